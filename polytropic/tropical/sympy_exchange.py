"""Tropical functions as SymPy expressions with Max and Min, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from polytropic.errors import InputError, MissingDependencyError
from polytropic.tropical.assembling import Function, polynomial_of, power, product, total
from polytropic.tropical.names import default_names, given_names, ordered_names, plain_name
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational
from polytropic.tropical.tuples import ComponentMap

__all__ = ["from_sympy", "to_sympy"]

MAX_TERMS = 1_000_000


def to_sympy(function: Any, symbols: Sequence[Any] | None = None) -> Any:
    """Write a function as a SymPy expression: ``Max`` of affine expressions, exactly.

    Parameters
    ----------
    function : TropicalPolynomial, TropicalRational or a map of them
    symbols : sequence of sympy.Symbol or str, optional
        By default real symbols ``x, y, z`` or ``x1, x2, ...``.

    Returns
    -------
    sympy.Expr, or list of them for a map
        Not evaluated by SymPy, so that no term is lost; the tropical zero is ``-oo``.

    Raises
    ------
    MissingDependencyError
        If SymPy is not installed.
    InputError
        If the number of symbols is wrong.

    Examples
    --------
    >>> print(to_sympy(TropicalPolynomial([[1, 0], [0, 2]], [0.5, 0])))
    Max(2*y, x + 1/2)
    """
    sympy = _sympy()
    if isinstance(function, ComponentMap):
        return [to_sympy(component, symbols) for component in function]
    if isinstance(function, TropicalRational):
        top, bottom = (to_sympy(f, symbols) for f in (function.numerator, function.denominator))
        return top - bottom
    if not isinstance(function, TropicalPolynomial):
        raise InputError(f"a {type(function).__name__} is no tropical function")
    names = default_names(function.n_variables) if symbols is None else symbols
    given_names(names, function.n_variables)
    letters = [sympy.Symbol(s, real=True) if isinstance(s, str) else s for s in names]
    affine = []
    for exponent, value in function.terms():
        parts = [_rational(sympy, a) * s for a, s in zip(exponent, letters, strict=True) if a]
        affine.append(sympy.Add(_rational(sympy, value), *parts))
    if len(affine) < 2:
        return affine[0] if affine else -sympy.oo
    return sympy.Max(*affine, evaluate=False)


def from_sympy(
    expression: Any, symbols: Sequence[Any] | None = None, *, max_terms: int = MAX_TERMS
) -> Function:
    """Read a piecewise linear SymPy expression.

    Parameters
    ----------
    expression : sympy.Expr
        Made of symbols and rational or floating numbers (floats mean the dyadic rationals that they
        encode) with Max, Min, Abs, sums, and products with numbers.
    symbols : sequence of sympy.Symbol or str, optional
        The variables in their order; by default the free symbols as `names.ordered_names` orders
        them.
    max_terms : int
        Refuse products with more terms.

    Returns
    -------
    TropicalPolynomial or TropicalRational
        A polynomial if no maximum of several terms is subtracted or minimised.

    Raises
    ------
    InputError
        If the expression is not of that form; the message names the part.
    BudgetError
        If an expanded product would have more than `max_terms` terms.
    MissingDependencyError
        If SymPy is not installed.

    Examples
    --------
    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> print(from_sympy(sympy.Max(2 * x + 1, y) + x))
    1*x^3 + x*y
    >>> from_sympy(sympy.Min(x, y))([3, 5])
    3.0
    """
    sympy = _sympy()
    expression = sympy.sympify(expression)
    if symbols is None:
        names = ordered_names(plain_name(s.name) for s in expression.free_symbols)
    else:
        names = given_names(symbols)
    if not names:
        raise InputError(f"{expression} has no variable: list them in symbols=")
    return _Reader(sympy, names, max_terms).read(expression)


class _Reader:
    def __init__(self, sympy: Any, names: tuple[str, ...], max_terms: int) -> None:
        self._sympy, self._names, self._max_terms = sympy, names, max_terms

    def read(self, e: Any) -> Function:
        sympy = self._sympy
        if e == -sympy.oo:
            return polynomial_of([({}, None)], self._names)
        if e.is_number and not e.has(sympy.Max, sympy.Min, sympy.Abs):
            return polynomial_of([({}, _number(e))], self._names)
        if e.is_Symbol:
            name = plain_name(e.name)
            if name not in self._names:
                raise InputError(f"the symbol {e} is none of those that were listed")
            return polynomial_of([({name: Fraction(1)}, Fraction(0))], self._names)
        if isinstance(e, sympy.Add):
            return self._product(e.args)
        if isinstance(e, sympy.Max):
            return total(map(self.read, e.args), self._max_terms)
        if isinstance(e, sympy.Min):
            inverses = [power(self.read(part), Fraction(-1)) for part in e.args]
            return power(total(inverses, self._max_terms), Fraction(-1))
        if isinstance(e, sympy.Abs):
            inside = self.read(e.args[0])
            return total([inside, power(inside, Fraction(-1))], self._max_terms)
        if isinstance(e, sympy.Mul):
            return self._multiple(e)
        raise InputError(f"{e} is not piecewise linear: {type(e).__name__} cannot be read")

    def _product(self, parts: Iterable[Any]) -> Function:
        read = map(self.read, parts)
        return reduce(lambda f, g: product(f, g, self._max_terms), read)

    def _multiple(self, e: Any) -> Function:
        numbers = [part for part in e.args if part.is_number]
        others = [part for part in e.args if not part.is_number]
        if len(others) != 1:
            raise InputError(f"{e} is not piecewise linear: it is a product of several variables")
        factor = Fraction(1)
        for part in numbers:
            factor *= _number(part)
        return power(self.read(others[0]), factor)


def _number(e: Any) -> Fraction:
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    if e.is_Float and e.is_finite:
        sign, mantissa, exponent, _ = e._mpf_
        return (-1) ** int(sign) * int(mantissa) * Fraction(2) ** int(exponent)
    raise InputError(f"{e} is no rational number: only such can be exact")


def _rational(sympy: Any, value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def _sympy() -> Any:
    try:
        import sympy
    except ImportError as problem:
        raise MissingDependencyError(
            "SymPy is needed for this; install it with: pip install sympy"
        ) from problem
    return sympy

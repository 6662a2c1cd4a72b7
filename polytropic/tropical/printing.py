"""Tropical functions in the field's notation, max-plus, as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from polytropic.errors import InputError
from polytropic.tropical.names import default_names, given_names, latex_names
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational
from polytropic.tropical.tuples import ComponentMap

__all__ = ["to_latex", "to_text"]

_Monomial = Callable[[Sequence[Fraction], Fraction], str]


def to_text(function: Any, variables: Iterable[object] | None = None) -> str:
    """Write a function so that `polytropic.tropical.parsing.parse` reads the very same one.

    Parameters
    ----------
    function : TropicalPolynomial, TropicalRational or a map of them
        The components of a map stand on lines of their own.
    variables : sequence of str, optional
        Names of the variables; by default ``x, y, z`` or ``x1, x2, ...``.  (If one of the default
        names would not occur, it is written with the exponent zero, so that the text tells the
        number of variables.)

    Returns
    -------
    str
        Terms in descending lexicographic order, with exact coefficients: ``3/2`` is three halves.

    Raises
    ------
    InputError
        If the number of names is wrong.

    Notes
    -----
    O(n d) for n monomials.

    Examples
    --------
    >>> print(to_text(TropicalPolynomial([[2, 0], [1, 1], [0, 0]], [0, 1.5, -2])))
    x^2 + 3/2*x*y + -2
    >>> print(to_text(TropicalPolynomial([[0.5, 0], [0, -1]], [1, 0]), ["u", "v"]))
    1*u^(1/2) + v^(-1)
    >>> print(to_text(TropicalPolynomial([[1, 0]], [3])))
    3*x*y^0
    """
    if isinstance(function, ComponentMap):
        return "\n".join(to_text(component, variables) for component in function)
    if isinstance(function, TropicalRational):
        top, bottom = function.numerator, function.denominator
        return f"({to_text(top, variables)}) / ({to_text(bottom, variables)})"
    f = _polynomial(function)
    names = _names(f, variables)
    missing = [] if variables is not None else _missing(f, names)

    def monomial(exponent: Sequence[Fraction], value: Fraction) -> str:
        factors = [
            name if power == 1 else f"{name}^{_exponent(power)}"
            for name, power in zip(names, exponent, strict=True)
            if power
        ]
        return "*".join(([str(value)] if value or not factors else []) + factors)

    parts = [monomial(*term) for term in reversed(f.terms())] or ["-inf"]
    parts[0] = "*".join([parts[0], *(f"{name}^0" for name in missing)])
    return " + ".join(parts)


def to_latex(function: Any, variables: Iterable[object] | None = None) -> str:
    r"""Write a function in LaTeX, with the signs ``\oplus`` and ``\oslash``.

    Parameters
    ----------
    function : TropicalPolynomial, TropicalRational or a map of them
        The components of a map are a column.
    variables : sequence of str, optional
        Names of the variables, by default those of `to_text`; numbers become indices.

    Returns
    -------
    str

    Examples
    --------
    >>> print(to_latex(TropicalPolynomial([[2, 0], [1, 1], [0, 0]], [0, 1.5, -2])))
    x^{2} \oplus \tfrac{3}{2} x y \oplus (-2)
    """
    if isinstance(function, ComponentMap):
        rows = r" \\ ".join(to_latex(component, variables) for component in function)
        return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"
    if isinstance(function, TropicalRational):
        parts = function.numerator, function.denominator
        return r" \oslash ".join(_grouped(part, variables) for part in parts)
    f = _polynomial(function)
    names = latex_names(_names(f, variables))

    def monomial(exponent: Sequence[Fraction], value: Fraction) -> str:
        factors = [
            name if power == 1 else f"{name}^{{{power}}}"
            for name, power in zip(names, exponent, strict=True)
            if power
        ]
        return " ".join(([_number(value)] if value or not factors else []) + factors)

    return r" \oplus ".join(monomial(*term) for term in reversed(f.terms())) or r"-\infty"


def _polynomial(function: Any) -> TropicalPolynomial:
    if not isinstance(function, TropicalPolynomial):
        raise InputError(f"a {type(function).__name__} is no tropical function")
    return function


def _names(f: TropicalPolynomial, variables: Iterable[object] | None) -> tuple[str, ...]:
    if variables is None:
        return default_names(f.n_variables)
    return given_names(variables, f.n_variables)


def _missing(f: TropicalPolynomial, names: tuple[str, ...]) -> list[str]:
    """Names without which the number of variables could not be read off."""
    used = (f.exponents_exact.numerators != 0).any(axis=0)
    absent = [name for name, occurs in zip(names, used.tolist(), strict=True) if not occurs]
    is_numbered = names[-1] != default_names(1)[0] and len(names[-1]) > 1
    return [name for name in absent if name == names[-1] or not is_numbered]


def _exponent(power: Fraction) -> str:
    return str(power) if power.denominator == 1 and power >= 0 else f"({power})"


def _number(value: Fraction) -> str:
    size = abs(value)
    whole = size.denominator == 1
    text = str(size) if whole else rf"\tfrac{{{size.numerator}}}{{{size.denominator}}}"
    return text if value >= 0 else f"(-{text})"


def _grouped(f: TropicalPolynomial, variables: Iterable[object] | None) -> str:
    text = to_latex(f, variables)
    return rf"\left( {text} \right)" if f.n_monomials > 1 else text

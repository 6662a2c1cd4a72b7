r"""Tropical functions read from text in the field's notation, max-plus.

::

    sum      =  product { plus product }                    plus   +  ⊕  (+)  \oplus
    product  =  factor { [times | over] factor }            times  *  ⊙  (.)  ·  \odot  (or none)
    factor   =  base [ power exponent ]                     over   /  ⊘  (/)  \oslash
    base     =  ["-"] number | "-inf" | name | "(" sum ")"  power  ^  **
    exponent =  ["-"] number | "(" ["-"] number ")" | "{" ["-"] number "}"

A number means its ordinary value, decimals exactly as they are written, and ``3/2`` (two integers
and a slash) is the fraction; the tropical quotient of two numbers is written ``3 ⊘ 2``.  What two
readers could read in two ways (``x^1/2``, ``1.5/2``, ``x/3/2``, ``-x``) is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias

from polytropic.errors import InputError
from polytropic.tropical.assembling import (
    Function,
    Monomial,
    polynomial_of,
    power,
    product,
    quotient,
    total,
)
from polytropic.tropical.maps import TropicalMap, map_of
from polytropic.tropical.names import given_names, ordered_names
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap
from polytropic.tropical.tokens import Token, fail, tokens

__all__ = ["parse", "parse_map", "parse_polynomial"]

MAX_TERMS = 1_000_000
_DEEPEST = 100


def parse(
    text: str, variables: Iterable[object] | None = None, *, max_terms: int = MAX_TERMS
) -> TropicalPolynomial | TropicalRational:
    """Read a tropical polynomial or rational function.

    Parameters
    ----------
    text : str
        For instance ``"1*x^2 + 1*y^2 + 2*x*y + 2*x + 2*y + 2"``: the maximum of ``1 + 2x``, ``1 +
        2y``, ``2 + x + y``, ...
    variables : sequence of str, optional
        Names in their order.  By default those that occur, in natural order (``x, y, z``; ``x2``
        before ``x10``), single letters with or without a number; names that are one letter with
        numbers stand for all from ``x1`` (or ``x0``, if it occurs) to the last.
    max_terms : int
        Refuse products with more terms.

    Returns
    -------
    TropicalPolynomial or TropicalRational
        A quotient, and a negative power of something with several terms, give a rational function.

    Raises
    ------
    InputError
        If the text cannot be read, with the position; or if it names no variable.
    BudgetError
        If an expanded product would have more than `max_terms` terms.

    Notes
    -----
    The signs are listed in `polytropic.tropical.parsing`.

    Examples
    --------
    >>> parse("1x^2 ⊕ 1y^2 ⊕ 2xy ⊕ 2", variables="xy")([[0, 0], [3, 1]])
    array([2., 7.])
    >>> parse("(x + 0)^(1/2) / (3/2*x_2^-1)")
    TropicalRational(2 / 1 monomials in 2 variables)
    >>> parse("x - 1")
    Traceback (most recent call last):
    polytropic.errors.InputError: position 2: max-plus has no subtraction: write ⊘ for the ...
    """
    (function,) = _parsed([text], variables, max_terms)
    return function


def parse_map(
    texts: Sequence[str], variables: Iterable[object] | None = None, *, max_terms: int = MAX_TERMS
) -> TropicalMap | TropicalRationalMap:
    """Read a map, one component from each text, in the variables of all of them.

    Parameters
    ----------
    texts : sequence of str
    variables, max_terms
        As for `parse`.

    Returns
    -------
    TropicalMap, or TropicalRationalMap if there is a quotient

    Raises
    ------
    InputError, BudgetError
        As for `parse`.

    Examples
    --------
    >>> parse_map(["x + 0", "x / y"])
    TropicalRationalMap(R^2 -> R^2)
    """
    if isinstance(texts, str):
        texts = texts.splitlines()
    return map_of(_parsed(texts, variables, max_terms))


def _parsed(
    texts: Sequence[str], variables: Iterable[object] | None, max_terms: int
) -> list[Function]:
    listed = None if variables is None else given_names(variables)
    trees = [_Reader.read(text, listed) for text in texts]
    names = listed
    if names is None:
        names = ordered_names(name for _, used in trees for name in used)
    if not names:
        raise InputError(f"{list(texts)} names no variable: list them in variables=")
    return [_function(tree, names, max_terms) for tree, _ in trees]


def parse_polynomial(text: str, variables: Iterable[object] | None = None) -> TropicalPolynomial:
    """Read a polynomial; quotients by a monomial are such.

    Examples
    --------
    >>> print(parse_polynomial("(x^2 + 3) / x"))
    x + 3*x^(-1)
    """
    f = parse(text, variables)
    if isinstance(f, TropicalPolynomial):
        return f
    if f.denominator.n_monomials > 1:
        raise InputError(
            f"{text!r} is a quotient by several terms: read it with parse, as a TropicalRational"
        )
    return f.numerator * f.denominator**-1


# -- the tree --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Sum:
    parts: list[_Node]


@dataclass(frozen=True)
class _Product:
    factors: list[tuple[bool, _Node]]
    """Whether to divide, and by what or with what to multiply."""


@dataclass(frozen=True)
class _Power:
    base: _Node
    exponent: Fraction


_Node: TypeAlias = _Sum | _Product | _Power | Monomial


@dataclass
class _Reader:
    """A recursive descent along the words of one text."""

    text: str
    words: list[Token]
    place: int = 0
    depth: int = 0
    used: set[str] = field(default_factory=set)

    @staticmethod
    def read(text: str, variables: Sequence[str] | None) -> tuple[_Node, set[str]]:
        if not isinstance(text, str):
            raise InputError(f"only text can be parsed, got a {type(text).__name__}")
        reader = _Reader(text, tokens(text, variables))
        tree = reader.sum()
        if reader.word.kind != "end":
            reader.unexpected()
        return tree, reader.used

    @property
    def word(self) -> Token:
        return self.words[self.place]

    def ahead(self, steps: int) -> Token:
        return self.words[min(self.place + steps, len(self.words) - 1)]

    def take(self, *kinds: str) -> Token | None:
        if self.word.kind not in kinds:
            return None
        self.place += 1
        return self.words[self.place - 1]

    def fail(self, problem: str, token: Token | None = None) -> NoReturn:
        fail(self.text, (token or self.word).position, problem)

    def unexpected(self) -> NoReturn:
        if self.word.kind == "minus":
            self.fail(
                "max-plus has no subtraction: write ⊘ for the quotient; a minus sign can only "
                "stand before a number"
            )
        if self.word.kind == "infinity":
            self.fail("only -inf is a value of max-plus")
        what = "the text ends" if self.word.kind == "end" else f"{self.word.text!r} stands"
        self.fail(f"{what} where a number, a variable or '(' should be")

    def sum(self) -> _Node:
        parts = [self.product()]
        while self.take("plus"):
            parts.append(self.product())
        return parts[0] if len(parts) == 1 else _Sum(parts)

    def product(self) -> _Node:
        factors = [(False, self.factor())]
        while True:
            divides = False
            if self.take("times", "star"):
                pass
            elif sign := self.take("over", "slash"):
                divides = True
                self.refuse_chain(sign)
            elif self.word.kind not in ("name", "open"):
                break
            elif factors[-1][0]:
                self.fail("after a quotient write the sign of the product, or parentheses")
            factors.append((divides, self.factor()))
        return factors[0][1] if len(factors) == 1 else _Product(factors)

    def refuse_chain(self, sign: Token) -> None:
        """After a division sign: no fraction may follow without parentheses."""
        if self.word.is_integer and self.ahead(1).kind == "slash" and self.ahead(2).is_integer:
            self.fail("two divisions: put the fraction in parentheses, or write ⊘", sign)

    def factor(self) -> _Node:
        base = self.base()
        if not self.take("power"):
            return base
        exponent = self.exponent()
        if self.word.kind == "power":
            self.fail("a power of a power: put the first one in parentheses")
        return _Power(base, exponent)

    def base(self) -> _Node:
        if self.take("minus"):
            if self.take("infinity"):
                return {}, None
            if self.word.kind != "number":
                self.fail(
                    "a minus sign can only stand before a number; write x^(-1) for the inverse"
                )
            return {}, -self.number()
        if self.word.kind == "number":
            return {}, self.number()
        if name := self.take("name"):
            self.used.add(name.text)
            return {name.text: Fraction(1)}, Fraction(0)
        if not (bracket := self.take("open")):
            self.unexpected()
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"more than {_DEEPEST} parentheses inside each other", bracket)
        inside = self.sum()
        if not self.take("close"):
            if self.word.kind != "end":
                self.unexpected()
            self.fail("this parenthesis is not closed", bracket)
        self.depth -= 1
        return inside

    def number(self) -> Fraction:
        """A number, or the fraction of two integers."""
        first = self.words[self.place]
        self.place += 1
        second = self.ahead(1)
        if self.word.kind != "slash" or second.kind != "number":
            return first.number
        if not (first.is_integer and second.is_integer):
            self.fail("only integers make a fraction: write ⊘ for the tropical quotient")
        self.place += 2
        if not second.number:
            self.fail("a fraction has the denominator zero", second)
        if self.word.kind == "power" or (
            self.word.kind == "slash" and self.ahead(1).kind == "number"
        ):
            self.fail("put the fraction in parentheses")
        return first.number / second.number

    def exponent(self) -> Fraction:
        bracket = self.take("open", "brace")
        negative = self.take("minus")
        if negative is None and self.word.text == "+":
            self.place += 1
        if self.word.kind != "number":
            self.fail("an exponent must be a number, as in x^2, x^(-1), x^(3/2)")
        if bracket is None:
            value = self.words[self.place].number
            self.place += 1
            if self.word.kind == "slash" and self.ahead(1).kind == "number":
                self.fail("write x^(1/2) for a root, (x^1)/2 for a quotient")
        else:
            value = self.number()
            if not self.take("close" if bracket.kind == "open" else "unbrace"):
                self.fail("the exponent should end here")
        return -value if negative else value


# -- its function ----------------------------------------------------------------------------------
def _function(node: _Node, names: tuple[str, ...], max_terms: int) -> Function:
    if isinstance(node, _Sum):
        monomials = [_monomial(part) for part in node.parts]
        plain = polynomial_of([m for m in monomials if m is not None], names)
        others = [
            _function(part, names, max_terms)
            for part, monomial in zip(node.parts, monomials, strict=True)
            if monomial is None
        ]
        return total([plain, *others] if None in monomials else [plain], max_terms)
    monomial = _monomial(node)
    if monomial is not None:
        return polynomial_of([monomial], names)
    if isinstance(node, _Power):
        return power(_function(node.base, names, max_terms), node.exponent)
    assert isinstance(node, _Product)
    result = _function(node.factors[0][1], names, max_terms)
    for divides, factor in node.factors[1:]:
        operation: Any = quotient if divides else product
        result = operation(result, _function(factor, names, max_terms), max_terms)
    return result


def _monomial(node: _Node) -> Monomial | None:
    """A node that is one monomial without divisions, read at once."""
    if isinstance(node, tuple):
        return node
    if isinstance(node, _Power):
        base = _monomial(node.base)
        if base is None or (base[1] is None and node.exponent <= 0):
            return None
        scaled = {name: a * node.exponent for name, a in base[0].items()}
        return scaled, None if base[1] is None else base[1] * node.exponent
    if isinstance(node, _Sum):
        return None
    powers: dict[str, Fraction] = {}
    value: Fraction | None = Fraction(0)
    for divides, factor in node.factors:
        monomial = None if divides else _monomial(factor)
        if monomial is None:
            return None
        for name, a in monomial[0].items():
            powers[name] = powers.get(name, Fraction(0)) + a
        value = None if value is None or monomial[1] is None else value + monomial[1]
    return powers, value

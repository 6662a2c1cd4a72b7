"""Numbers as text, exactly: integers of any length, ``p/q``, decimals and exponents."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

import flint

from polytropic.errors import FormatError

__all__ = ["digits", "integer", "number", "over_common_denominator", "ratio"]

_INTEGER = re.compile(r"[+-]?[0-9]+")
_RATIO = re.compile(r"([+-]?[0-9]+)/([0-9]+)")
_DECIMAL = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?")

_MAX_EXPONENT = 100_000  # a few bytes must not ask for gigabytes
_DIGITS = 4000  # Python refuses to convert integers with more than 4300 digits
_BITS = 13_000


def number(token: str) -> int | Fraction:
    """Read one number, as exactly what its digits say: 0.1 is 1/10.

    Raises
    ------
    FormatError
        If it is not an integer, a fraction ``p/q`` or a decimal (``2.``, ``.5``, ``-1.5e-3``).

    Examples
    --------
    >>> [str(number(token)) for token in ("-12", "6/4", "0.1", "25e-1", "-2.")]
    ['-12', '3/2', '1/10', '5/2', '-2']
    """
    if _INTEGER.fullmatch(token):
        return integer(token)
    if pair := _RATIO.fullmatch(token):
        denominator = integer(pair[2])
        if not denominator:
            raise FormatError(f"{_short(token)} divides by zero")
        return Fraction(integer(pair[1]), denominator)
    parts = _DECIMAL.fullmatch(token)
    if parts is None or not parts[2] + parts[3]:
        raise FormatError(
            f"{_short(token)} is no number: give an integer, a fraction p/q or a decimal"
        )
    return _decimal(token, *parts.groups())


def integer(token: str) -> int:
    """Read an integer of any length in decimal digits."""
    return int(token) if len(token) < _DIGITS else int(flint.fmpz(token.lstrip("+")))


def digits(value: int) -> str:
    """Write an integer of any length in decimal digits."""
    return str(value) if value.bit_length() < _BITS else str(flint.fmpz(value))


def ratio(numerator: int, denominator: int) -> str:
    """Write a fraction in lowest terms, without the denominator if that is 1; it is positive.

    Examples
    --------
    >>> ratio(6, 4), ratio(-4, 2)
    ('3/2', '-2')
    """
    common = math.gcd(numerator, denominator)
    text = digits(numerator // common)
    return text if denominator == common else f"{text}/{digits(denominator // common)}"


def over_common_denominator(row: Sequence[int | Fraction]) -> list[int]:
    """Multiply a row by the least positive integer that makes its entries integers.

    Examples
    --------
    >>> over_common_denominator([1, Fraction(1, 2), Fraction(-1, 3)])
    [6, 3, -2]
    """
    common = math.lcm(*(entry.denominator for entry in row))
    return [entry.numerator * (common // entry.denominator) for entry in row]


def _decimal(token: str, sign: str, whole: str, part: str, exponent: str | None) -> Fraction:
    power = integer(exponent or "0")
    if abs(power) > _MAX_EXPONENT:
        raise FormatError(f"{_short(token)} has an exponent beyond {_MAX_EXPONENT}")
    mantissa = integer(sign + whole + part)
    power -= len(part)
    return Fraction(mantissa * 10**power) if power >= 0 else Fraction(mantissa, 10**-power)


def _short(token: str) -> str:
    return repr(token if len(token) <= 40 else token[:37] + "...")

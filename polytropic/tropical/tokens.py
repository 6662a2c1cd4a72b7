"""The words of the field's notation for tropical functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from polytropic.errors import InputError
from polytropic.tropical.names import plain_name

__all__ = ["Token", "fail", "tokens"]

_SIGNS = {
    "plus": ("(+)", "⊕", r"\oplus", "+"),
    "times": ("(.)", "(*)", "⊙", "⊗", "·", "⋅", r"\odot", r"\otimes", r"\cdot"),
    "over": ("(/)", "⊘", "÷", r"\oslash"),
    "power": ("**", "^"),
    "star": ("*",),
    "slash": ("/",),
    "minus": ("-", "−"),
    "open": ("(", r"\left("),
    "close": (")", r"\right)"),
    "brace": ("{",),
    "unbrace": ("}",),
}
_BY_LENGTH = sorted(
    ((sign, kind) for kind, signs in _SIGNS.items() for sign in signs),
    key=lambda pair: -len(pair[0]),
)
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LETTERS = re.compile(r"[^\W\d_]+")
_INDEX = re.compile(r"_?\d+|_\{\d+\}")
_INFINITY = re.compile(r"(?:inf(?:inity)?|oo)(?![^\W_])|∞|\\infty(?![A-Za-z])")
_DIGITS = 4000  # Python's own limit for reading and writing integers is 4300
_SHOWN = 60


@dataclass(frozen=True)
class Token:
    """One word: its kind, what it says, and where it begins."""

    kind: str
    text: str
    position: int
    number: Fraction = Fraction(0)

    @property
    def is_integer(self) -> bool:
        """Whether this is a number that was written with digits only."""
        return self.kind == "number" and self.text.isdigit()


def fail(text: str, position: int, problem: str) -> NoReturn:
    """Raise an InputError that shows the place."""
    start = max(0, position - _SHOWN // 2)
    line = " ".join(text[start : start + _SHOWN].split("\n"))
    raise InputError(f"position {position}: {problem}\n    {line}\n    {' ' * (position - start)}^")


def tokens(text: str, variables: Sequence[str] | None = None) -> list[Token]:
    """Words of a text, and one of the kind "end".

    Parameters
    ----------
    text : str
    variables : sequence of str, optional
        Names that are known.  Without them, names are single letters, perhaps with a number.

    Raises
    ------
    InputError
        If there is something else in it, with its position.

    Examples
    --------
    >>> [word.kind for word in tokens("3/2 ⊙ x_1^2")]
    ['number', 'slash', 'number', 'times', 'name', 'power', 'number', 'end']
    """
    known = _pattern(variables) if variables is not None else None
    found, position = [], 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        word = _word(text, position, known)
        found.append(word)
        position += len(word.text)
    found.append(Token("end", "", len(text)))
    return [
        Token(word.kind, plain_name(word.text), word.position) if word.kind == "name" else word
        for word in found
    ]


def _word(text: str, position: int, known: re.Pattern[str] | None) -> Token:
    if number := _NUMBER.match(text, position):
        return Token("number", number[0], position, _value(text, position, number[0]))
    if known is not None and (name := known.match(text, position)):
        return Token("name", name[0], position)
    if infinity := _INFINITY.match(text, position):
        return Token("infinity", infinity[0], position)
    for sign, kind in _BY_LENGTH:
        if text.startswith(sign, position):
            return Token(kind, sign, position)
    if letters := _LETTERS.match(text, position):
        return _name(text, position, letters[0], known is not None)
    fail(text, position, f"{text[position]!r} means nothing here")


def _name(text: str, position: int, letters: str, are_listed: bool) -> Token:
    index = _INDEX.match(text, position + len(letters))
    name = letters + (index[0] if index else "")
    if are_listed:
        fail(text, position, f"{name!r} is none of the variables that were listed")
    if len(letters) > 1:
        fail(
            text,
            position,
            f"{letters!r} is no variable: names are single letters, perhaps with a number; write "
            f"{'*'.join(letters)} for a product, or list longer names in variables=",
        )
    return Token("name", name, position)


def _value(text: str, position: int, digits: str) -> Fraction:
    _, _, exponent = digits.lower().partition("e")
    if len(digits) > _DIGITS or (exponent and len(exponent) > 6):
        fail(text, position, "this number is too long")
    if exponent and abs(int(exponent)) > _DIGITS:
        fail(text, position, f"this number has more than {_DIGITS} digits")
    return Fraction(digits)


def _pattern(variables: Sequence[str]) -> re.Pattern[str]:
    """Any of the names, the longest first, in all spellings of their numbers."""
    spellings = []
    for name in sorted(variables, key=len, reverse=True):
        stem = name.rstrip("0123456789")
        number = name[len(stem) :]
        if stem and number:
            index = f"0*{number}(?!\\d)"
            spellings.append(rf"{re.escape(stem)}(?:_?{index}|_\{{{index}\}})")
        else:
            spellings.append(re.escape(name) + r"(?!_?\d)")
    return re.compile("|".join(spellings))

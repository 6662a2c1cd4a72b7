"""Names of variables: their spelling and their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from polytropic.errors import InputError

__all__ = ["default_names", "given_names", "latex_names", "ordered_names", "plain_name"]

_LETTERS = ("x", "y", "z")
_NUMBERED = re.compile(r"(.*?)_?\{?(\d+)\}?")
_MOST = 10_000


def default_names(n_variables: int) -> tuple[str, ...]:
    """``x, y, z`` for up to three variables, otherwise ``x1, x2, ...``.

    Examples
    --------
    >>> default_names(2), default_names(4)
    (('x', 'y'), ('x1', 'x2', 'x3', 'x4'))
    """
    if n_variables <= len(_LETTERS):
        return _LETTERS[:n_variables]
    return tuple(f"x{i + 1}" for i in range(n_variables))


def plain_name(name: str) -> str:
    """One spelling of ``x1``, ``x_1`` and ``x_{1}``.

    Examples
    --------
    >>> plain_name("x_{12}"), plain_name("y")
    ('x12', 'y')
    """
    found = _NUMBERED.fullmatch(name)
    return f"{found[1]}{int(found[2])}" if found and found[1] else name


def given_names(variables: Iterable[object], n_variables: int | None = None) -> tuple[str, ...]:
    """Check a list of names.

    Raises
    ------
    InputError
        If a name occurs twice, or their number is not the given one.
    """
    names = tuple(plain_name(str(name)) for name in variables)
    if not names or not all(names):
        raise InputError(f"variables must be names, at least one, got {variables!r}")
    if len(set(names)) < len(names):
        raise InputError(f"a variable is named twice in {', '.join(names)}")
    if n_variables is not None and len(names) != n_variables:
        raise InputError(f"{len(names)} names for {n_variables} variables: {', '.join(names)}")
    return names


def ordered_names(names: Iterable[str]) -> tuple[str, ...]:
    """Natural order of names that occur, with the missing ones of ``x1, x2, ...`` filled in.

    Parameters
    ----------
    names : iterable of str
        As `plain_name` spells them.

    Returns
    -------
    tuple of str
        Letters in alphabetical order and numbers by size.  If all are one letter with numbers,
        then all variables from ``x1`` (from ``x0`` if that occurs) to the last one.

    Raises
    ------
    InputError
        If so many variables would have to be filled in that it must be a mistake.

    Examples
    --------
    >>> ordered_names(["y", "x"]), ordered_names(["x10", "x9", "a"])
    (('x', 'y'), ('a', 'x9', 'x10'))
    >>> ordered_names(["x3", "x1"])
    ('x1', 'x2', 'x3')
    """
    found = sorted({_key(name) for name in names})
    stems = {stem for stem, _ in found}
    numbers = [number for _, number in found]
    if len(stems) == 1 and min(numbers, default=-1) >= 0:
        first, last = min(1, numbers[0]), numbers[-1]
        if last - first >= _MOST:
            raise InputError(
                f"variable {found[-1][0]}{last} asks for {last} variables; list the names that are "
                "meant in variables="
            )
        (stem,) = stems
        return tuple(f"{stem}{i}" for i in range(first, last + 1))
    return tuple(stem if number < 0 else f"{stem}{number}" for stem, number in found)


def _key(name: str) -> tuple[str, int]:
    found = _NUMBERED.fullmatch(name)
    return (found[1], int(found[2])) if found and found[1] else (name, -1)


def latex_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names with their numbers as indices."""
    pairs = (_key(name) for name in names)
    return tuple(stem if number < 0 else f"{stem}_{{{number}}}" for stem, number in pairs)

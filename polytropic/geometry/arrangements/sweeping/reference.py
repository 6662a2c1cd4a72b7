"""The sweep over lines in NumPy: what the compiled loops do, and what small problems use.

Forms f_1, ..., f_M on R^n and the distinguished coordinate e = x_{n-1} > 0 are given.  For every
(n-2)-subset T the forms in T vanish on a line of the chart e = 1, along which the height
t = x_{n-2} runs; every other form f_i vanishes at one of its points.  In general position these
points are distinct, and each belongs to one subset S = T + i.  The chamber that has the point of
S as its lowest one is read off the line: f_h for h not in S has the sign that it has there, f_i
increases with t or decreases, and so do the forms in T along the other edges.  A subset S is met
on the line of its first n-2 members.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import IntArray
from polytropic.geometry.arrangements.sign_vectors import Words, mask_words

__all__ = ["Line", "lines", "sweep_lines"]

_UNIT = 2.0**-53
_COVER = 1.0 + 2.0**-48
_TINY = 2.0**-1000


class Line(NamedTuple):
    """The forms on the line of a subset, or a partial subset whose form may vanish there.

    Attributes
    ----------
    chosen : list of int
        The subset, increasing.
    forms : Bounded, shape (M, n), or None
        Coefficients of all forms in the coordinates of `columns` and the last two.
    columns : list of int
        The column that each chosen form took over.
    """

    chosen: list[int]
    forms: Bounded | None
    columns: list[int]


def lines(forms: Bounded, prefix: list[int]) -> Iterator[Line]:
    """Lines of all subsets that begin with `prefix`, in lexicographic order."""
    yield from _extend(Line([], forms, []), prefix)


def _extend(line: Line, prefix: list[int]) -> Iterator[Line]:
    assert line.forms is not None
    size, n = line.forms.value.shape
    depth = len(line.chosen)
    if depth == n - 2:
        yield line
        return
    first = line.chosen[-1] + 1 if depth else 0
    choice = range(first, size + depth - (n - 2))
    for row in [prefix[depth]] if depth < len(prefix) else choice:
        value, error = line.forms.value[row], line.forms.error[row]
        sure = [k for k in range(n - 2) if k not in line.columns and abs(value[k]) > error[k]]
        if not sure:
            chosen = [*line.chosen, row]
            yield Line(prefix if len(chosen) < len(prefix) else chosen, None, [])
            continue
        column = max(sure, key=lambda k: abs(value[k]))
        moved = _pivot(line.forms, row, column)
        yield from _extend(Line([*line.chosen, row], moved, [*line.columns, column]), prefix)


def _pivot(forms: Bounded, row: int, column: int) -> Bounded:
    """Let the form of a row take over a column."""
    value, error = forms
    with np.errstate(all="ignore"):
        factor = value[:, column] / value[row, column]
        size = np.abs(factor)
        sure = abs(value[row, column]) - error[row, column]
        slack = (error[:, column] + size * error[row, column]) / sure + _UNIT * size
        slack = slack * _COVER + _TINY
        part = factor[:, None] * value[row]
        entries = value - part
        bound = error + size[:, None] * error[row]
        bound += slack[:, None] * (np.abs(value[row]) + error[row])
        bound += _UNIT * (np.abs(part) + np.abs(entries))
        bound = bound * _COVER + _TINY
    entries[:, column], bound[:, column] = factor, slack
    return Bounded(entries, bound)


def sweep_lines(
    forms: Bounded, prefix: list[int], bits: Words, bases: IntArray, start: int
) -> tuple[int, list[tuple[list[int], int]]]:
    """Write the chambers of all subsets that begin with `prefix`.

    Returns
    -------
    end : int
        Where writing ended.
    unsure : list of (rows, start)
        (Partial) subsets that the bounds do not settle, and where their chambers belong.
    """
    size, n = forms.value.shape
    at, unsure = start, []
    for line in lines(forms, prefix):
        width = subsets_from(line.chosen, size, n)
        if not _write(line, bits, bases, at):
            unsure.append((line.chosen, at))
        at += width
    return at, unsure


def subsets_from(chosen: list[int], size: int, n: int) -> int:
    """How many (n-1)-subsets of `size` forms begin with the chosen ones."""
    from math import comb

    return comb(size - 1 - chosen[-1] if chosen else size, n - 1 - len(chosen))


def _write(line: Line, bits: Words, bases: IntArray, at: int) -> bool:
    """Write the chambers above the vertices of a line; False if a sign is undecided."""
    if line.forms is None:
        return False
    value, error = line.forms
    size, n = value.shape
    others = np.delete(np.arange(size), line.chosen)
    slopes = value[:, n - 2]
    with np.errstate(all="ignore"):
        if not (np.abs(slopes) > error[:, n - 2])[others].all():
            return False
        points = -value[others, n - 1] / slopes[others]
        slack = error[others, n - 1] + np.abs(points) * error[others, n - 2]
        radii = slack / (np.abs(slopes) - error[:, n - 2])[others] + _UNIT * np.abs(points)
        radii = radii * _COVER + _TINY
        order = np.argsort(points)
        apart = np.diff(points[order]) * (1 - 4 * _UNIT)
        if not (apart > (radii[order][1:] + radii[order][:-1]) * _COVER).all():
            return False
        if not np.isfinite(points - radii).all():
            return False
    if len(bits):
        last = line.chosen[-1] if line.chosen else -1
        sorted_forms = others[order]
        place = np.empty(size, dtype=np.intp)
        place[sorted_forms] = np.arange(len(others))
        new = sorted_forms[sorted_forms > last]
        if not _edges_are_sure(line, new):
            return False
        signs = np.zeros((len(new), size + 1), dtype=bool)
        signs[:, 0] = True
        met = place[others] <= place[new][:, None]
        signs[:, others + 1] = met == (slopes[others] > 0)
        for chosen, column in zip(line.chosen, line.columns, strict=True):
            signs[:, chosen + 1] = (value[new, column] > 0) != (slopes[new] > 0)
        bits[at : at + len(new)] = mask_words(signs)
        if len(bases):
            bases[at : at + len(new), : n - 2] = np.array(line.chosen, dtype=np.int64) + 1
            bases[at : at + len(new), n - 2] = new + 1
    return True


def _edges_are_sure(line: Line, new: IntArray) -> bool:
    assert line.forms is not None
    value, error = line.forms
    chosen = np.ix_(new, np.array(line.columns, dtype=np.intp))
    return bool((np.abs(value[chosen]) > error[chosen]).all())

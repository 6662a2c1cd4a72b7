"""The walk that finds all vertices of a Minkowski sum; see `minkowski` for the idea."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.errors import BudgetError
from polytropic.geometry.minkowski.directions import Star, Stars
from polytropic.geometry.minkowski.judge import NO, YES, Judge, Lists

__all__ = ["Cells", "Progress", "rows_of", "walk"]

Progress = Callable[[int], Any]

_BLOCK = 1 << 22  # entries of the table of tests of one block
_CELLS = 1 << 13  # cells of one block: how often progress is told and the budget is checked


class Cells(NamedTuple):
    """Vertices of a sum, by their normal cones.

    Attributes
    ----------
    summands : int32 array, shape (N, k)
        Vertex of every summand so far.
    normals : array, shape (N, d)
        A function that is negative on all edges (minus an interior point of the normal cone),
        certain up to rounding: it is only used as a guess.
    lists : Lists
        Directed lines that span the cone of each vertex, most of the others left out.
    """

    summands: NDArray[np.int32]
    normals: FloatArray
    lists: Lists


def walk(
    given: Stars, judge: Judge, max_vertices: int | None, progress: Progress | None
) -> NDArray[np.int32]:
    """Vertices of the sum of all summands, as vertices of these: shape (N, k).

    Raises
    ------
    BudgetError
        As soon as more than `max_vertices` are known to exist.
    """
    d = given.directions.dimension
    generic = np.random.default_rng(0).standard_normal((1, d))
    rays = np.array([0, len(given.rays)]), given.rays
    cells = Cells(np.zeros((1, 0), np.int32), generic, rays)
    last = max((i for i, star in enumerate(given.summands) if len(star) > 1), default=-1)
    for place, star in enumerate(given.summands):
        if len(star) == 1:
            only = np.zeros((len(cells.summands), 1), np.int32)
            cells = cells._replace(summands=np.hstack([cells.summands, only]))
            continue
        cells = _add(cells, star, judge, max_vertices, progress, place == last)
    return cells.summands


def _add(
    cells: Cells,
    star: Star,
    judge: Judge,
    max_vertices: int | None,
    progress: Progress | None,
    is_last: bool,
) -> Cells:
    """Add one summand."""
    count, parts = 0, []
    for block in _blocks(len(cells.summands), len(star)):
        part = _add_to_block(cells, block, star, judge, is_last)
        parts.append(part)
        count += len(part.summands)
        if max_vertices is not None and count > max_vertices:
            raise BudgetError(
                f"the sum has more than {max_vertices} vertices; raise max_vertices, or add "
                "fewer summands"
            )
        if progress is not None:
            progress(count)
    lists = _joined([part.lists for part in parts])
    return Cells(
        np.concatenate([part.summands for part in parts]),
        np.concatenate([part.normals for part in parts]),
        lists,
    )


def _blocks(count: int, size: int) -> Iterator[IntArray]:
    step = min(max(1, _BLOCK // size), _CELLS)
    for start in range(0, count, step):
        yield np.arange(start, min(start + step, count))


def _joined(parts: list[Lists]) -> Lists:
    sizes = np.concatenate([np.diff(starts) for starts, _ in parts])
    return np.concatenate([[0], np.cumsum(sizes)]), np.concatenate([lines for _, lines in parts])


def _add_to_block(cells: Cells, block: IntArray, star: Star, judge: Judge, is_last: bool) -> Cells:
    table, q, r, normals = _meeting(cells, block, star, judge)
    order = np.lexsort((r, q))
    q, r, normals = q[order], r[order], normals[order]
    summands = np.column_stack([cells.summands[block[q]], r.astype(np.int32)])
    if is_last:  # nothing but the vertices is needed any more, and there may be millions
        return Cells(summands, normals[:0], (np.zeros(1, np.int64), np.zeros(0, np.int32)))
    return Cells(summands, normals, _lists_of_sums(cells.lists, block[q], star, q, r, table))


def _meeting(
    cells: Cells, block: IntArray, star: Star, judge: Judge
) -> tuple[NDArray[np.int8], IntArray, IntArray, FloatArray]:
    """Pairs of a cell (its place in the block) and a vertex of the summand that make vertices.

    Also the table of verdicts, 0 where no test was needed, and proofs for the pairs.
    """
    n = len(star)
    table = np.zeros((len(block), n), dtype=np.int8)
    # Functions in `normals` are positive on edges that leave a vertex: it is minimal there.
    q = np.arange(len(block))
    r = np.argmin(cells.normals[block] @ star.points.T, axis=1)
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    first = True
    while len(q):
        verdicts, normals, _ = judge.ask(
            cells.lists, block[q], (star.starts, star.lines), r, cells.normals[block[q]]
        )
        table[q, r] = verdicts
        good = verdicts == YES
        found.append((q[good], r[good], normals[good]))
        next_q, next_r = _untested_neighbours(table, q[good], r[good], star)
        if first:  # rounding may have chosen a vertex that is not there: then all are tried
            lost_q, lost_r = np.repeat(q[~good], n), np.tile(np.arange(n), int((~good).sum()))
            untested = table[lost_q, lost_r] == 0
            next_q = np.concatenate([next_q, lost_q[untested]])
            next_r = np.concatenate([next_r, lost_r[untested]])
            first = False
        q, r = next_q, next_r
    q, r = (np.concatenate([part[i] for part in found]) for i in (0, 1))
    return table, q, r, np.concatenate([part[2] for part in found])


def _untested_neighbours(
    table: NDArray[np.int8], q: IntArray, r: IntArray, star: Star
) -> tuple[IntArray, IntArray]:
    index, owner = rows_of(star.starts, r)
    keys = q[owner] * len(star) + star.ends[index]
    keys = np.unique(keys[table.ravel()[keys] == 0])
    cell, vertex = np.divmod(keys, len(star))
    return cell, vertex


def rows_of(starts: IntArray, which: IntArray) -> tuple[IntArray, IntArray]:
    """Indices of all entries of some lists, and the place in `which` of the list of each."""
    sizes = starts[which + 1] - starts[which]
    owner = np.repeat(np.arange(len(which)), sizes)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return starts[which][owner] + offset, owner


def _lists_of_sums(
    lists: Lists, cell: IntArray, star: Star, q: IntArray, r: IntArray, table: NDArray[np.int8]
) -> Lists:
    """Directed lines at new vertices, without edges that certainly are none of the sum.

    An edge to a vertex with which the cell has no full-dimensional meeting is no wall of the
    meeting cone: it is a positive combination of the others, or parallel to one that is kept.
    """
    old, old_owner = rows_of(lists[0], cell)
    new, new_owner = rows_of(star.starts, r)
    walls = table[q[new_owner], star.ends[new]] != NO
    owner = np.concatenate([old_owner, new_owner[walls]])
    line = np.concatenate([lists[1][old], star.lines[new[walls]]]).astype(np.int64)
    base = int(line.max(initial=0)) + 1
    owner, line = np.divmod(np.unique(owner * base + line), base)
    starts = np.searchsorted(owner, np.arange(len(cell) + 1))
    return starts, line.astype(np.int32)

"""What can be told about the vertices of a Minkowski sum once they are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, IntArray, exact
from polytropic.geometry.minkowski.directions import Star, Stars
from polytropic.geometry.minkowski.judge import YES, Judge, Lists
from polytropic.geometry.minkowski.walk import rows_of

__all__ = ["adjacent_pairs", "interior_normals"]

_BLOCK = 1 << 14  # vertices that are looked at together

_NO_LISTS: Lists = (np.zeros(2, np.int64), np.zeros(0, np.int32))


def interior_normals(given: Stars, choices: NDArray[np.int32]) -> ExactArray:
    """Functions that have their strict minimum at each vertex, shape (N, d).

    Parameters
    ----------
    given : Stars
    choices : int32 array, shape (N, k)
        Vertices of the summands that make vertices of the sum.
    """
    judge = Judge(given.directions)
    d = given.directions.dimension
    rows = np.zeros((len(choices), d))
    repaired: dict[int, Any] = {}
    if d:
        for block in _blocks(len(choices)):
            lists = _lists(given, choices[block])
            which = np.arange(len(block))
            guesses = np.ones((len(block), d))
            answer = judge.ask(lists, which, _NO_LISTS, np.zeros_like(which), guesses)
            rows[block] = answer[1]
            for t in answer[2].tolist():
                members = lists[1][lists[0][t] : lists[0][t + 1]]
                normal = judge.exact_normal(members.tolist())
                assert normal is not None
                repaired[int(block[t])] = normal
    if not repaired:
        return ExactArray.of_floats(rows)
    mixed = rows.astype(object)
    for index, normal in repaired.items():
        mixed[index] = normal
    return exact(mixed)


def adjacent_pairs(given: Stars, choices: NDArray[np.int32]) -> IntArray:
    """Pairs of vertices of the sum that span an edge, shape (n_edges, 2), sorted.

    A directed line at a vertex belongs to an edge of the sum exactly when some function is negative
    on it and positive on all others; the other end moves in every summand that has such an edge.
    """
    judge = Judge(given.directions)
    place = {row.tobytes(): index for index, row in enumerate(choices)}
    moves = [_Moves(star) for star in given.summands]
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    for block in _blocks(len(choices)):
        starts, lines = _lists(given, choices[block])
        owner = np.repeat(np.arange(len(block)), np.diff(starts))
        # Every edge is found from the end that it leaves in the direction of its line.
        asked = (lines & 1 == 0) & ~np.isin(lines, given.rays)
        owner, line = owner[asked], lines[asked].astype(np.int64)
        zeros = np.zeros((len(owner), given.directions.dimension))
        nowhere = np.zeros_like(owner)
        verdicts = judge.ask((starts, lines), owner, _NO_LISTS, nowhere, zeros, line)[0]
        walls = verdicts == YES
        ends = choices[block[owner[walls]]].copy()
        for column, move in enumerate(moves):
            move.along(ends[:, column], line[walls])
        tips = [place[row.tobytes()] for row in ends]
        pairs.append(np.column_stack([block[owner[walls]], np.array(tips, dtype=np.int64)]))
    found = np.sort(np.concatenate(pairs), axis=1)
    return found[np.lexsort(found.T[::-1])]


class _Moves:
    """Where the edges of a summand lead."""

    def __init__(self, star: Star) -> None:
        tails = np.repeat(np.arange(len(star)), np.diff(star.starts))
        self.base = int(star.lines.max(initial=0)) + 1
        keys = tails * self.base + star.lines
        order = np.argsort(keys)
        self.keys, self.ends = keys[order], star.ends[order]

    def along(self, vertices: NDArray[np.int32], lines: IntArray) -> None:
        """Replace vertices by the ends of their edges with these directed lines, if any."""
        if not len(self.keys):
            return
        keys = np.where(lines < self.base, vertices.astype(np.int64) * self.base + lines, -1)
        index = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = self.keys[index] == keys
        vertices[there] = self.ends[index[there]]


def _blocks(count: int) -> Iterator[IntArray]:
    for start in range(0, count, _BLOCK):
        yield np.arange(start, min(start + _BLOCK, count))


def _lists(given: Stars, choices: NDArray[np.int32]) -> Lists:
    """Directed lines of all edges and rays at vertices of the sum."""
    count = len(choices)
    owners = [np.repeat(np.arange(count), len(given.rays))]
    lines = [np.tile(given.rays, count)]
    for star, choice in zip(given.summands, choices.T, strict=True):
        index, owner = rows_of(star.starts, choice)
        owners.append(owner)
        lines.append(star.lines[index])
    base = 2 * len(given.directions.values) + 1
    keys = np.unique(np.concatenate(owners) * base + np.concatenate(lines))
    owner, line = np.divmod(keys, base)
    return np.searchsorted(owner, np.arange(count + 1)), line.astype(np.int32)

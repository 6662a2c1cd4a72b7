"""Flats of affine arrangements: the non-empty intersections, each with the rows that contain it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import flint
import numpy as np

from polytropic.arithmetic.linalg import echelon, integer_rows, primitive
from polytropic.arithmetic.numbers import ExactArray, FloatArray
from polytropic.errors import BudgetError
from polytropic.geometry.arrangements.counting.genericity import surely_generic
from polytropic.geometry.arrangements.hyperplanes import Hyperplanes
from polytropic.geometry.arrangements.sign_vectors import Words, mask_words
from polytropic.geometry.polytope import Halfspaces

__all__ = [
    "Flat",
    "Node",
    "Position",
    "Progress",
    "Vertices",
    "affine_subspace",
    "flats_of_rank",
    "position",
    "rows_of",
    "vertices_of",
]

Progress = Callable[[int, int], None]
"""Called as ``progress(rank, flats_found)``."""


@dataclass(frozen=True, eq=False, repr=False)
class Flat:
    """A non-empty intersection of hyperplanes.

    Attributes
    ----------
    hyperplanes : tuple of int
        All rows whose hyperplane contains it (zero rows, which are no hyperplanes, left out).
    dimension : int
    lifted : ExactArray, shape (m, d + 1)
        Rows ``(a_i, -b_i)`` of the arrangement.
    """

    hyperplanes: tuple[int, ...]
    dimension: int
    lifted: ExactArray

    @property
    def rank(self) -> int:
        """Codimension."""
        return self.lifted.shape[1] - 1 - self.dimension

    @cached_property
    def equations(self) -> Halfspaces:
        """Independent equations ``A x = b`` in echelon form, as primitive integer rows."""
        rows = echelon(self.lifted[list(self.hyperplanes)].numerators)[0]
        return Halfspaces(ExactArray(rows[:, :-1].copy()), ExactArray(-rows[:, -1]))

    @cached_property
    def _subspace(self) -> tuple[ExactArray, ExactArray]:
        return affine_subspace(self.lifted[list(self.hyperplanes)])

    @property
    def origin(self) -> ExactArray:
        """A point of the flat, shape (d,): the one whose free coordinates are zero."""
        return self._subspace[0]

    @property
    def directions(self) -> ExactArray:
        """Rows that span its directions, shape (dimension, d)."""
        return self._subspace[1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Flat):
            return NotImplemented
        return (self.hyperplanes, self.lifted) == (other.hyperplanes, other.lifted)

    def __hash__(self) -> int:
        return hash((self.hyperplanes, self.dimension))

    def __repr__(self) -> str:
        return f"Flat(dimension {self.dimension}, in hyperplanes {list(self.hyperplanes)})"


@dataclass(frozen=True, eq=False, repr=False)
class Vertices:
    """The points in which hyperplanes meet.

    Attributes
    ----------
    points_exact : ExactArray, shape (n, d)
    incidence : uint64 array, shape (n, W)
        Packed: bit i is set if the hyperplane of row i goes through the vertex.
    width : int
        Number m of rows.
    """

    points_exact: ExactArray
    incidence: Words
    width: int

    @cached_property
    def points(self) -> FloatArray:
        """The nearest floats, shape (n, d)."""
        return self.points_exact.to_float()

    def hyperplanes(self, vertex: int) -> tuple[int, ...]:
        """Rows whose hyperplanes go through a vertex."""
        row = self.incidence[vertex].tolist()
        return tuple(i for i in range(self.width) if row[i >> 6] >> (i & 63) & 1)

    def __len__(self) -> int:
        return len(self.points_exact)

    def __repr__(self) -> str:
        return f"Vertices({len(self):,} points in dimension {self.points_exact.shape[1]})"


class Node(NamedTuple):
    """A flat on the walk.

    Bits of the hyperplanes that contain it, those that led to it, and the hyperplanes of its
    restriction with the bits of those that they are made of, the one at infinity first.
    """

    members: int
    chain: tuple[int, ...]
    restricted: list[tuple[tuple[int, ...], int]]


def flats_of_rank(
    planes: Hyperplanes,
    rank: int,
    *,
    max_flats: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> list[Node]:
    """All flats of one rank.

    Parameters
    ----------
    planes : Hyperplanes
        Of the hyperplane at infinity (the first) and the rows of the cone.
    rank : int
    max_flats : int, optional
        Most flats of one rank.
    time_limit : float, optional
        Seconds.
    progress : callable, optional

    Notes
    -----
    O(F m r) operations on integers for F flats of less rank; at each flat all other rows are
    reduced to it, where those that become parallel lead to one flat and those that become
    parallel to infinity to none.
    """
    return deque(_ranks(planes, rank, max_flats, time_limit, progress), maxlen=1)[0]


def _ranks(
    planes: Hyperplanes,
    rank: int,
    max_flats: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Iterator[list[Node]]:
    """Walk up from the whole space; the flats of the last rank come without restrictions."""
    deadline = None if time_limit is None else time.monotonic() + time_limit
    start = [(primitive(row), 1 << i) for i, row in enumerate(planes.rows.numerators.tolist())]
    found = [Node(0, (), start)]
    yield found
    for level in range(rank):
        above: dict[int, Node] = {}
        for node in found:
            for members, place in _covers(node):
                if members not in above:
                    last = level == rank - 1
                    reduced = [] if last else _reduced(node, place)
                    first = node.restricted[place][1]
                    chain = (*node.chain, (first & -first).bit_length() - 1)
                    above[members] = Node(members, chain, reduced)
            if max_flats is not None and len(above) > max_flats:
                raise BudgetError(
                    f"there are more than max_flats = {max_flats:,} flats of rank {level + 1}"
                )
            if deadline is not None and time.monotonic() > deadline:
                raise BudgetError(f"time_limit was exceeded at the flats of rank {level + 1}")
        found = list(above.values())
        if progress is not None:
            progress(level + 1, len(found))
        yield found


def _covers(node: Node) -> Iterator[tuple[int, int]]:
    for place, (_, bits) in enumerate(node.restricted):
        if place:
            yield node.members | bits, place


def _reduced(node: Node, place: int) -> list[tuple[tuple[int, ...], int]]:
    """Hyperplanes of the restriction to one of the hyperplanes of a restriction."""
    pivot_row = node.restricted[place][0]
    pivot = min((j for j, x in enumerate(pivot_row) if x), key=lambda j: abs(pivot_row[j]))
    lead = pivot_row[pivot]
    groups: dict[tuple[int, ...], int] = {}
    for other, (row, bits) in enumerate(node.restricted):
        if other == place:
            continue
        factor = row[pivot]
        if factor:
            row = tuple([lead * x - factor * y for x, y in zip(row, pivot_row, strict=True)])
        row = row[:pivot] + row[pivot + 1 :]
        line = primitive(row)
        if next(x for x in line if x) < 0:
            line = tuple([-x for x in line])
        groups[line] = groups.get(line, 0) | bits
    # The first group is that of infinity; what is parallel to it does not meet the flat.
    return list(groups.items())


def rows_of(planes: Hyperplanes, members: int) -> tuple[int, ...]:
    """Given rows (not counting infinity) that lie on some hyperplanes."""
    return tuple(
        row - 1
        for row, plane in enumerate(planes.member.tolist())
        if plane > 0 and members >> plane & 1
    )


@dataclass(frozen=True)
class Position:
    """Whether hyperplanes are in a certain position, and if not, why; true or false itself.

    Attributes
    ----------
    holds : bool
    reason : str
    rows : tuple of int
        Rows of hyperplanes that break the rule, one for each hyperplane.
    """

    holds: bool
    reason: str
    rows: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return self.holds


def position(planes: Hyperplanes, dimension: int, *, generic: bool) -> Position:
    """Whether hyperplanes are simple, or (`generic`) in general position.

    Simple: whatever k hyperplanes meet do so in codimension k.  General position: moreover any
    k <= d hyperplanes meet.

    Notes
    -----
    Determinants modulo one prime prove general position in most cases that have it; otherwise a
    walk through the flats finds one that breaks the rule.
    """
    count, rank = len(planes.rows) - 1, planes.rows.shape[1] - 1
    kind = "in general position" if generic else "simple"
    holds = Position(True, f"{count} hyperplanes in dimension {dimension}, {kind}")
    if rank in (dimension, count) and surely_generic(planes.rows):
        return holds
    first = [int(row) - 1 for row in planes.representative]
    for k, nodes in enumerate(_ranks(planes, rank)):
        for node in nodes:
            members = [i for i in range(1, count + 1) if node.members >> i & 1]
            rows = tuple(first[i] for i in members)
            if len(members) > k:
                reason = f"the hyperplanes of rows {list(rows)} meet in codimension {k}"
                return Position(False, reason, rows)
            missing = _missing(node, count) if k < rank else []
            if k == rank < dimension:
                missing = [i for i in range(1, count + 1) if i not in members]
            if generic and missing:
                rows = (*rows, first[missing[0]])
                reason = f"the hyperplanes of rows {list(rows)} have no point in common"
                return Position(False, reason, rows)
    return holds


def _missing(node: Node, count: int) -> list[int]:
    """Hyperplanes that do not meet a flat."""
    met = node.members
    for place, (_, bits) in enumerate(node.restricted):
        met |= bits if place else 0
    return [i for i in range(1, count + 1) if not met >> i & 1]


def vertices_of(planes: Hyperplanes, nodes: list[Node], dimension: int) -> Vertices:
    """Coordinates of flats that are points, and the rows through them."""
    rows = planes.rows.numerators.tolist()
    numerators, denominators = [], []
    for node in nodes:
        system = [rows[i] for i in node.chain]
        line = _common_zero(system, dimension + 1)
        sign = 1 if line[-1] > 0 else -1
        numerators.append([sign * x for x in line[:-1]])
        denominators.append(sign * line[-1])
    points = ExactArray.of_rows(integer_rows(numerators, dimension), denominators)
    count = len(planes.rows)
    through = np.zeros((len(nodes), planes.n_rows), dtype=bool)
    real = np.flatnonzero(planes.member >= 0)
    octets = b"".join(node.members.to_bytes((count + 7) // 8, "little") for node in nodes)
    table = np.frombuffer(octets, dtype=np.uint8).reshape(len(nodes), (count + 7) // 8)
    bits = np.unpackbits(table, axis=1, bitorder="little", count=count).astype(bool)
    through[:, real] = bits[:, planes.member[real]]
    return Vertices(points, mask_words(through[:, 1:]), planes.n_rows - 1)


def _common_zero(system: list[list[int]], width: int) -> tuple[int, ...]:
    if not system:
        return (1,)
    basis, size = flint.fmpz_mat(system).nullspace()
    assert size == 1
    return primitive([int(basis[i, 0]) for i in range(width)])


def affine_subspace(equations: ExactArray) -> tuple[ExactArray, ExactArray]:
    """A point and a basis of directions of ``{x : equations . (x, 1) = 0}``, not empty.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> origin, directions = affine_subspace(exact([[1, 2, -4]]))
    >>> origin.to_float().tolist(), directions.to_float().tolist()
    ([4.0, 0.0], [[-2.0, 1.0]])
    """
    size = equations.shape[1] - 1
    basis, pivots = echelon(equations.numerators)
    assert size not in pivots, "the equations contradict each other"
    free = [j for j in range(size) if j not in set(pivots)]
    leads = [int(row[p]) for row, p in zip(basis, pivots, strict=True)]
    common = int(np.lcm.reduce(np.array([1, *leads], dtype=object)))
    origin = [0] * size
    directions = [[common * (j == f) for j in range(size)] for f in free]
    for row, pivot, lead in zip(basis.tolist(), pivots, leads, strict=True):
        origin[pivot] = -row[-1] * (common // lead)
        for direction, f in zip(directions, free, strict=True):
            direction[pivot] = -row[f] * (common // lead)
    return (
        ExactArray(integer_rows([origin], size), common)[0],
        ExactArray(integer_rows(directions, size), common),
    )

"""Mixed volumes and mixed cells, exactly.

Lift the vertices of polytopes P_1, ..., P_d in R^d to heights.  A *mixed cell* is a choice of one
edge from each polytope for which some linear function g makes ``height + g`` smallest on the whole
polytope exactly at the two ends of the edge, for every polytope.  For generic heights the volumes
of the parallelepipeds on these edges add up to the mixed volume.

The cells are found by moving the heights and watching the cells flip, from heights whose only cell
is known: Jensen (2016), "Tropical homotopy continuation", arXiv:1601.02818.  Every polytope is put
in a simplex; d simplices have one mixed cell at suitable heights.  Then, one polytope after the
other, the corners of its simplex rise to infinity.  A cell stays a mixed cell during an interval of
time; at its end one point c comes down to it, and the cell gives way to those in which c replaces
an end of an edge, according to the signs in the one affine dependency of c and the cell.

All of this is integer linear algebra, without tolerance.  Heights are random but their genericity
is not assumed: two points that reach a cell at one time would show, and new heights be drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray, frozen
from polytropic.errors import BudgetError, EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope

__all__ = ["MixedCells", "mixed_cells", "mixed_volume"]

_MAX_CELLS = 1_000_000
_WORD = 30  # bits of random heights; twice as many at every new attempt
_ATTEMPTS = 6

Edges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class MixedCells:
    """The mixed cells of a regular mixed subdivision.

    Attributes
    ----------
    edges : int array, shape (n, d, 2)
        The two vertices of the edge from each polytope, as numbers of its vertices.
    volumes : object array of Fraction, shape (n,)
        Volumes of the parallelepipeds on the edges.
    heights : tuple of object arrays of int, shapes (n_vertices of each,)
        The heights that induce the subdivision.
    """

    edges: IntArray
    volumes: ObjectArray
    heights: tuple[ObjectArray, ...]

    def __len__(self) -> int:
        return len(self.edges)

    def __repr__(self) -> str:
        return f"MixedCells({len(self)} cells)"


def mixed_volume(
    *polytopes: Polytope,
    rng: np.random.Generator | int | None = 0,
    max_cells: int = _MAX_CELLS,
) -> Fraction:
    """Mixed volume of d polytopes in R^d, normalised so that ``MV(P, ..., P) = d! vol(P)``.

    In other words the coefficient of ``t_1 ... t_d`` in ``vol(t_1 P_1 + ... + t_d P_d)``.  For
    Newton polytopes it is the number of common zeros without zero coordinates of a generic system
    of equations (Bernstein, Khovanskii, Kushnirenko).

    Parameters
    ----------
    *polytopes : Polytope
        d of them in R^d, bounded and not empty, of any dimension.
    rng : Generator, int or None
        For the heights; the answer does not depend on it.
    max_cells : int
        How many mixed cells may be visited.

    Returns
    -------
    Fraction
        An integer for lattice polytopes.

    Raises
    ------
    InputError
        If the number of polytopes is not the dimension of the space, or one is unbounded.
    EmptyPolytopeError
        If one is empty.
    BudgetError
        If more cells appear than allowed.

    Notes
    -----
    See `mixed_cells`.

    Examples
    --------
    >>> square, triangle = Polytope.box(0, 1, dim=2), Polytope.from_points([[0, 0], [2, 0], [0, 2]])
    >>> mixed_volume(square, triangle), mixed_volume(square, square)
    (Fraction(4, 1), Fraction(2, 1))
    """
    cells = mixed_cells(*polytopes, rng=rng, max_cells=max_cells)
    return sum(cells.volumes.tolist(), Fraction(0))


def mixed_cells(
    *polytopes: Polytope,
    rng: np.random.Generator | int | None = 0,
    max_cells: int = _MAX_CELLS,
) -> MixedCells:
    """Mixed cells of d polytopes in R^d for random heights.

    Parameters
    ----------
    *polytopes : Polytope
        As for `mixed_volume`.
    rng : Generator, int or None
    max_cells : int

    Returns
    -------
    MixedCells
        Their volumes add up to the mixed volume.

    Raises
    ------
    InputError, EmptyPolytopeError, BudgetError
        As for `mixed_volume`.

    Notes
    -----
    Two exact linear systems of size d for every cell on the way; in lattice units the volumes of
    the cells at any time add up to at most the product of the degrees (sizes of the surrounding
    simplices).  The heights that are found generic stay as they are: they are part of the result.

    Examples
    --------
    >>> segments = [Polytope.from_points([[0, 0], v]) for v in ([3, 1], [1, 2])]
    >>> cells = mixed_cells(*segments)
    >>> cells.edges.tolist(), cells.volumes.tolist()
    ([[[0, 1], [0, 1]]], [Fraction(5, 1)])
    """
    _check(polytopes)
    supports, common = _over_one_denominator([part.vertices_exact for part in polytopes])
    sizes = [len(part) for part in supports]
    if min(sizes) == 1:  # a point has no edge
        heights: list[ObjectArray] = [np.full(size, 0, dtype=object) for size in sizes]
        return _result([], supports, heights, common)
    generator = np.random.default_rng(rng)
    for attempt in range(_ATTEMPTS):
        words = 2**attempt
        heights = [_random(generator, words, size) for size in sizes]
        try:
            cells = _Homotopy(supports, heights, generator, words, max_cells).run()
        except _NotGenericError:
            continue
        return _result(cells, supports, heights, common)
    raise BudgetError("no generic heights were found; give another rng")


class _NotGenericError(Exception):
    """Two points reach a cell at the same time."""


class _Homotopy:
    """Points of all blocks in one list, first the vertices, then the corners of the simplices.

    Block i has the vertices of the i-th polytope and the corners of the simplex around them.
    """

    def __init__(
        self,
        supports: list[ObjectArray],
        heights: list[ObjectArray],
        generator: np.random.Generator,
        words: int,
        max_cells: int,
    ) -> None:
        d = len(supports)
        self.max_cells, self.visited = max_cells, 0
        corners = [_simplex_around(points) for points in supports]
        lifts = [_random(generator, words, d + 1) for _ in range(d)]
        for i, lift in enumerate(lifts):
            lift[0] = lift[i + 1] = 0
        self.points = [
            np.concatenate([around, inside])
            for around, inside in zip(corners, supports, strict=True)
        ]
        self.heights = [
            np.concatenate([outer, inner]) for outer, inner in zip(lifts, heights, strict=True)
        ]
        self.corners = d + 1

    def run(self) -> list[Edges]:
        d = len(self.points)
        # The function g = 0 touches the edges from corner 0 to corner i + 1 and nothing else.
        cells: list[Edges] = [tuple((0, i + 1) for i in range(d))]
        active = [slice(0, self.corners)] * d
        for block in range(d):
            active[block] = slice(0, None)
            cells = self._raise_corners(block, cells, _Stage(self, block, active))
            active[block] = slice(self.corners, None)
        return [tuple((a - d - 1, b - d - 1) for a, b in cell) for cell in cells]

    def _raise_corners(self, block: int, cells: list[Edges], stage: _Stage) -> list[Edges]:
        """Follow cells until the end of time; keep those that are off the risen corners."""
        seen, stack, kept = set(cells), list(cells), []
        while stack:
            cell = stack.pop()
            followers = stage.after(cell)
            if not followers and min(cell[block]) >= self.corners:
                kept.append(cell)
            new = [follower for follower in followers if follower not in seen]
            seen.update(new)
            stack.extend(new)
            if self.visited + len(seen) > self.max_cells:
                raise BudgetError(f"more than max_cells={self.max_cells} mixed cells were visited")
        self.visited += len(seen)
        return kept


class _Stage:
    """One block whose corners rise: heights are ``start + time * speed``."""

    def __init__(self, homotopy: _Homotopy, block: int, active: list[slice]) -> None:
        self.points, self.heights = homotopy.points, homotopy.heights
        self.block, self.corners = block, homotopy.corners
        rows, starts, speeds, blocks, places = [], [], [], [], []
        for i, part in enumerate(active):
            chosen = range(len(self.points[i]))[part]
            rows += self.points[i][part].tolist()
            starts += self.heights[i][part].tolist()
            speeds += [int(i == block and j < self.corners) for j in chosen]
            blocks += [i] * len(chosen)
            places += list(chosen)
        self.matrix = flint.fmpz_mat(rows)
        self.columns = list(zip(starts, speeds, blocks, places, strict=True))

    def after(self, cell: Edges) -> list[Edges]:
        """Cells that replace a cell at the end of its time; none if it stays forever."""
        arrival = self._first_arrival(cell)
        if arrival is None:
            return []
        block, place = arrival
        first, second = cell[block]
        share = self._share(cell, block, place)  # of the second end in the dependency
        found = []
        if share > 0:
            found.append((first, place))
        if share < 1:
            found.append((second, place))
        pairs = [(a, b) if a < b else (b, a) for a, b in found]
        return [(*cell[:block], pair, *cell[block + 1 :]) for pair in pairs]

    def _first_arrival(self, cell: Edges) -> tuple[int, int] | None:
        edges = self._edges(cell)
        rises = [
            [self._height(i, b) - self._height(i, a), self._speed(i, b) - self._speed(i, a)]
            for i, (a, b) in enumerate(cell)
        ]
        slopes, scale = flint.fmpq_mat(edges).solve(flint.fmpq_mat(rises)).numer_denom()
        products = (self.matrix * slopes).tolist()
        bases = [
            [scale * self._height(i, a), scale * self._speed(i, a)] for i, (a, _) in enumerate(cell)
        ]
        offsets = (flint.fmpz_mat([self.points[i][a].tolist() for i, (a, _) in enumerate(cell)])
                   * slopes).tolist()  # fmt: skip
        best: tuple[flint.fmpz, flint.fmpz] | None = None
        found: tuple[int, int] | None = None
        tie = False
        for (start, speed, block, place), (p, q) in zip(self.columns, products, strict=True):
            if place in cell[block]:
                continue
            gap = scale * start - bases[block][0] - p + offsets[block][0]
            drift = scale * speed - bases[block][1] - q + offsets[block][1]
            if drift > 0 or (drift == 0 and gap > 0):
                continue
            if drift == 0:  # it would touch the cell at all times
                raise _NotGenericError
            if best is None:
                best, found = (gap, -drift), (block, place)
                continue
            difference = gap * best[1] + drift * best[0]  # of the times gap / -drift
            if difference < 0:
                best, found, tie = (gap, -drift), (block, place), False
            elif difference == 0:
                tie = True
        if tie:
            raise _NotGenericError
        return found

    def _share(self, cell: Edges, block: int, place: int) -> flint.fmpq:
        first, _ = cell[block]
        point = self.points[block][place] - self.points[block][first]
        column = flint.fmpz_mat([[entry] for entry in point.tolist()])
        shares = self._edges(cell).transpose().solve(column)
        return shares[block, 0]

    def _edges(self, cell: Edges) -> flint.fmpz_mat:
        return flint.fmpz_mat(
            [(self.points[i][b] - self.points[i][a]).tolist() for i, (a, b) in enumerate(cell)]
        )

    def _height(self, block: int, place: int) -> int:
        return int(self.heights[block][place])

    def _speed(self, block: int, place: int) -> int:
        return int(block == self.block and place < self.corners)


# -- helpers -------------------------------------------------------------------------------------
def _check(polytopes: tuple[Polytope, ...]) -> None:
    spaces = sorted({part.ambient_dimension for part in polytopes})
    if spaces != [len(polytopes)]:
        raise InputError(
            f"a mixed volume takes d polytopes in R^d, got {len(polytopes)} in dimensions {spaces}"
        )
    for index, part in enumerate(polytopes):
        if part.is_empty:
            raise EmptyPolytopeError(f"polytope {index} is empty: it has no mixed volume")
        if not part.is_bounded:
            raise InputError(f"polytope {index} is unbounded: it has no mixed volume")


def _over_one_denominator(supports: list[ExactArray]) -> tuple[list[ObjectArray], int]:
    common = math.lcm(*(part.denominator for part in supports))
    return [part.over(common) for part in supports], common


def _random(generator: np.random.Generator, words: int, size: int) -> ObjectArray:
    """Random positive integers of some words."""
    array = np.full(size, 0, dtype=object)
    for _ in range(words):
        array = (array << _WORD) + generator.integers(0, 1 << _WORD, size).astype(object)
    return array + 1


def _simplex_around(points: ObjectArray) -> ObjectArray:
    """Corners of a simplex ``low + m conv(0, e_1, ..., e_d)`` that holds all points."""
    low = points.min(axis=0)
    size = (points - low).sum(axis=1).max()
    corners = np.tile(low, (points.shape[1] + 1, 1))
    for axis in range(points.shape[1]):
        corners[axis + 1, axis] += size
    return corners


def _result(
    cells: list[Edges], supports: list[ObjectArray], heights: list[ObjectArray], common: int
) -> MixedCells:
    d = len(supports)
    volumes = np.empty(len(cells), dtype=object)
    cells = sorted(cells)
    for index, cell in enumerate(cells):
        edges = [supports[i][b] - supports[i][a] for i, (a, b) in enumerate(cell)]
        size = abs(int(flint.fmpz_mat([edge.tolist() for edge in edges]).det()))
        volumes[index] = Fraction(size, common**d)
    edges_of_cells = np.array(cells, dtype=np.int64).reshape(-1, d, 2)
    lifts = tuple(frozen(lift) for lift in heights)
    return MixedCells(frozen(edges_of_cells), frozen(volumes), lifts)

"""Cutting a polyhedral complex by functions that are linear on each of its cells.

This is the shared engine behind arrangements, zonotopes and the linear regions of networks.

Everything is homogeneous: a cell is a pointed cone of dimension D spanned by its *generators*
(points of height one, directions of height zero, or the rays of a central fan), each carrying the
set of inequalities that are tight at it, as a bit mask.  A function h that is linear on every cell
cuts the cells on whose generators it takes both signs.  The new generators lie on the edges where h
changes sign; two generators span an edge exactly when no third one is tight wherever both are (the
combinatorial test of the double description method).  The complex stays face-to-face, so a new
generator is named by its edge, and neighbouring cells find the same name: no coordinate is ever
compared.

Signs come from floats with proven error bounds.  A sign that the filter leaves open is decided on
the exact generator, which is rebuilt in integers from its parents only then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, SignArray, blend, round_ratios
from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.linalg import (
    identity,
    integer_rows,
    kernel,
    pivot_columns,
    primitive,
    product,
)
from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.errors import BudgetError
from polytropic.geometry.arrangements.sign_vectors import mask_words
from polytropic.geometry.cutting import Cone, NewGenerators, cut_cones

__all__ = ["ExactForms", "ExactValues", "Fan", "Subdivision", "pointed_fan"]


class ExactValues(NamedTuple):
    """Exact values of n functions at k generators: ``numerators[i] / scales[i]``.

    The scale of a row is positive.  For a point it makes the row the values at the point itself,
    in the units of the float values; for a direction any scale will do.  The units of a column are
    those of the float values: exact rows are combined with rows that are not.  Numerators are
    linear in the generators, with a factor that depends on the column alone.
    """

    numerators: ObjectArray
    scales: list[int]


ExactForms = Callable[[ObjectArray], ExactValues]
"""Evaluates the cutting functions at homogeneous integer generators, shape (k, ambient)."""


class Fan(NamedTuple):
    """Cones to start from: pointed, face-to-face, with a common lineality space.

    Attributes
    ----------
    generators : object array, shape (n, ambient)
        Homogeneous integer rows.
    cells : list of list of int
        Generators of each cell.
    tight : list of list of int
        Beside every cell, one bit mask per generator: the inequalities tight there.
    n_bits : int
        Number of bits in use.
    dimension : int
        Dimension D of the cones (lineality not counted).
    lineality : object array, shape (l, ambient)
        Directions along which nothing changes.
    """

    generators: ObjectArray
    cells: list[list[int]]
    tight: list[list[int]]
    n_bits: int
    dimension: int
    lineality: ObjectArray


def pointed_fan(
    generators: ObjectArray,
    tight: Sequence[int],
    n_bits: int,
    lineality: ObjectArray,
    forms: ObjectArray,
    max_cells: int | None = None,
) -> Fan:
    """Split a cone with lineality into pointed cones by some of the given linear forms.

    If the forms have rank r on the lineality space, r of them that are independent there cut the
    cone into 2^r pointed ones; the directions on which every form vanishes remain as lineality.

    Parameters
    ----------
    generators : object array, shape (n, ambient)
        Generators of the pointed part of the cone.
    tight : sequence of int
        Tight inequalities of each generator, as bit masks over ``n_bits`` bits.
    lineality : object array, shape (l, ambient)
    forms : object array, shape (m, ambient)
        The forms that will cut the cone.
    max_cells : int, optional
        Refuse to make more cones than this.

    Returns
    -------
    Fan

    Raises
    ------
    BudgetError
        If ``2^r`` exceeds `max_cells`; nothing has been made by then.
    """
    ambient = lineality.shape[1]
    on_lineality = product(forms, lineality)
    chosen = pivot_columns(on_lineality.T) if len(lineality) else []
    _check_size(1 << len(chosen), max_cells)
    pivots = forms[chosen]
    axes = _dual_axes(on_lineality[chosen], lineality)
    rest = lineality
    if chosen:
        rest = product(kernel(on_lineality[chosen]), lineality.T)
    moved = _clear(generators, pivots, axes)
    pivot_rank = len(chosen)
    size = len(generators)
    rows = [*moved.tolist()]
    for axis in axes.tolist():
        rows += [axis, [-entry for entry in axis]]
    everything = (1 << n_bits) - 1
    pivot_bits = ((1 << pivot_rank) - 1) << n_bits
    cells, masks = [], []
    for pattern in range(1 << pivot_rank):
        cell, mask = list(range(size)), [bits | pivot_bits for bits in tight]
        for k in range(pivot_rank):
            cell.append(size + 2 * k + (pattern >> k & 1))
            mask.append(everything | (pivot_bits & ~(1 << (n_bits + k))))
        cells.append(cell)
        masks.append(mask)
    span = _rank_of_cone(moved) + pivot_rank
    return Fan(integer_rows(rows, ambient), cells, masks, n_bits + pivot_rank, span, rest)


def _check_size(n_cells: int, max_cells: int | None) -> None:
    """Raise a `BudgetError` if there are more cells than allowed."""
    if max_cells is not None and n_cells > max_cells:
        raise BudgetError(
            f"the complex has more than {max_cells} cells; raise the limit, or ask for a "
            "smaller domain"
        )


def _rank_of_cone(generators: ObjectArray) -> int:
    return len(pivot_columns(generators)) if len(generators) else 0


def _dual_axes(values: ObjectArray, lineality: ObjectArray) -> ObjectArray:
    """Vectors in the lineality space on which one chosen form is positive, the others zero."""
    axes = []
    for k in range(len(values)):
        others = np.delete(values, k, axis=0)
        null = kernel(others) if len(others) else identity(values.shape[1])
        heights = product(null, values[k : k + 1])[:, 0].tolist()
        index = next(i for i, height in enumerate(heights) if height)
        sign = 1 if heights[index] > 0 else -1
        vector = product(null[index : index + 1], lineality.T)[0].tolist()
        axes.append(primitive([sign * entry for entry in vector]))
    return integer_rows(axes, lineality.shape[1])


def _clear(generators: ObjectArray, forms: ObjectArray, axes: ObjectArray) -> ObjectArray:
    """Move generators along the axes until every chosen form vanishes on them."""
    if not len(forms) or not len(generators):
        return generators
    leads = np.diagonal(product(forms, axes)).tolist()
    common = int(np.prod(np.array(leads, dtype=object)))
    values = product(generators, forms).tolist()
    rows = []
    for row, heights in zip(generators.tolist(), values, strict=True):
        moved = [common * entry for entry in row]
        for height, lead, axis in zip(heights, leads, axes.tolist(), strict=True):
            factor = height * (common // lead)
            moved = [entry - factor * a for entry, a in zip(moved, axis, strict=True)]
        rows.append(primitive(moved))
    return integer_rows(rows, generators.shape[1])


class _Cell:
    """A cone in the making: generators, their tight sets, and what is known of its signs."""

    __slots__ = ("candidates", "generators", "n_bits", "origin", "tight")

    def __init__(
        self, generators: list[int], tight: list[int], n_bits: int, origin: int, candidates: int
    ) -> None:
        self.generators = generators
        self.tight = tight
        self.n_bits = n_bits
        self.origin = origin
        self.candidates = candidates


class Subdivision:
    """A face-to-face complex of cones that is refined in rounds; see the module's description.

    Parameters
    ----------
    fan : Fan
        Where to start.
    max_cells : int, optional
        Refuse to go beyond this many cells.

    Notes
    -----
    Cutting a cell with v generators costs O(v^3) bit operations at worst, and O(v) for polygons.
    """

    def __init__(self, fan: Fan, max_cells: int | None = None) -> None:
        self.dimension = fan.dimension
        self.lineality = fan.lineality
        self.max_cells = max_cells
        self._exact: dict[int, tuple[int, ...]] = {
            index: tuple(row) for index, row in enumerate(fan.generators.tolist())
        }
        self._ambient = fan.generators.shape[1]
        self._parents: list[tuple[int, int, int, int]] = [(-1, -1, -1, -1)] * len(fan.generators)
        self._rounds: list[ExactForms] = []
        self._cells = [
            _Cell(list(cell), list(tight), fan.n_bits, index, 0)
            for index, (cell, tight) in enumerate(zip(fan.cells, fan.tight, strict=True))
        ]
        self.signs: SignArray = np.zeros((len(self._cells), 0), dtype=np.int8)
        _check_size(len(self._cells), max_cells)

    @property
    def n_cells(self) -> int:
        """Number of cells at present."""
        return len(self._cells)

    @property
    def n_generators(self) -> int:
        """Number of generators ever made (every one stays a generator of some cell)."""
        return len(self._parents)

    @property
    def cells(self) -> list[list[int]]:
        """Generators of each cell."""
        return [cell.generators for cell in self._cells]

    # -- refining ------------------------------------------------------------------------------
    def cut(
        self, values: Bounded, heights: FloatArray, forms: ExactForms
    ) -> tuple[Bounded, FloatArray]:
        """Cut every cell by n functions in turn and append their signs to `signs`.

        Parameters
        ----------
        values : Bounded, shape (n_generators, n)
            The functions at the generators, each row scaled like its generator.
        heights : array, shape (n_generators,)
            1 for points and 0 for directions.
        forms : ExactForms

        Returns
        -------
        values, heights
            The same with rows for the new generators.
        """
        self._rounds.append(forms)
        table = _ValueTable(values, heights)
        buckets = self._schedule(table.signs)
        for index in range(table.width):
            active, buckets[index] = buckets[index], []
            if not active:
                continue
            start = time.perf_counter()
            self._stage(index, active, table, buckets)
            _check_size(sum(len(bucket) for bucket in buckets), self.max_cells)
            if worth_compiling(time.perf_counter() - start) and self._cut_the_rest(buckets, table):
                break
        self._cells = buckets[table.width]
        self._record_signs(table)
        return table.values, table.heights

    def _schedule(self, signs: SignArray) -> list[list[_Cell]]:
        """Put every cell in the bucket of the first function that may cut it."""
        width = signs.shape[1]
        buckets: list[list[_Cell]] = [[] for _ in range(width + 1)]
        maybe = self._any_per_cell(signs >= 1) & self._any_per_cell((signs < 0) | (signs > 1))
        packed = np.packbits(maybe, axis=1, bitorder="little")
        for index, cell in enumerate(self._cells):
            cell.origin = index
            cell.candidates = int.from_bytes(packed[index].tobytes(), "little")
            buckets[_lowest_bit(cell.candidates, width)].append(cell)
        return buckets

    def _any_per_cell(self, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        starts = np.cumsum([0] + [len(cell.generators) for cell in self._cells[:-1]])
        members = np.fromiter(
            chain.from_iterable(cell.generators for cell in self._cells), dtype=np.intp
        )
        # Sixty-four functions at a time.
        words = np.bitwise_or.reduceat(mask_words(flags)[members], starts, axis=0)
        octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
        bits = np.unpackbits(octets, axis=1, bitorder="little")[:, : flags.shape[1]]
        return bits.astype(bool)

    def _cut_the_rest(self, buckets: list[list[_Cell]], table: _ValueTable) -> bool:
        """Cut by the remaining functions in compiled loops; False if they cannot."""
        cells = [cell for bucket in buckets for cell in bucket]
        cones = [Cone(cell.generators, cell.tight, cell.n_bits, cell.origin) for cell in cells]

        def exactly(new: NewGenerators, names: Sequence[int]) -> tuple[Bounded, SignArray]:
            ends = new.parents.tolist()
            self._parents += [(u, v, len(self._rounds) - 1, index) for u, v, index in ends]
            table.append(new.values, new.heights)
            self._decide(table, list(names))
            return table.values.rows(np.array(names, dtype=np.intp)), table.signs[list(names)]

        limit = None if self.max_cells is None else self.max_cells
        parts = cut_cones(
            cones, table.values, table.signs, table.heights, self.dimension, exactly, limit
        )
        if parts is None:
            return False
        _check_size(len(parts), self.max_cells)
        for bucket in buckets:
            bucket.clear()
        buckets[table.width] += [
            _Cell(part.generators, part.tight, part.n_bits, cells[part.origin].origin, 0)
            for part in parts
        ]
        return True

    def _stage(
        self,
        index: int,
        active: list[_Cell],
        table: _ValueTable,
        buckets: list[list[_Cell]],
    ) -> None:
        """Cut all cells that function `index` may cut."""
        members = sorted({g for cell in active for g in cell.generators})
        signs = table.signs[members, index]
        self._decide(table, [g for g, s in zip(members, signs, strict=True) if s == UNDECIDED])
        column = table.signs[:, index].tolist()
        new_edges: dict[tuple[int, int], int] = {}
        for cell in active:
            cell.candidates &= cell.candidates - 1
            pieces = self._split(cell, column, new_edges)
            for piece in pieces:
                buckets[_lowest_bit(piece.candidates, table.width)].append(piece)
        if new_edges:
            round_number = len(self._rounds) - 1
            self._parents += [(u, v, round_number, index) for u, v in new_edges]
            table.extend(list(new_edges), index)

    def _split(
        self, cell: _Cell, column: list[int], new_edges: dict[tuple[int, int], int]
    ) -> list[_Cell]:
        above: list[int] = []
        below: list[int] = []
        on: list[int] = []
        for position, generator in enumerate(cell.generators):
            sign = column[generator]
            (above if sign > 0 else below if sign < 0 else on).append(position)
        if not above or not below:
            return [cell]
        bit = 1 << cell.n_bits
        shared = [(cell.generators[k], cell.tight[k] | bit) for k in on]
        for p, q, common in _edges_between(above, below, cell.tight, self.dimension - 2):
            u, v = cell.generators[p], cell.generators[q]
            key = (u, v) if u < v else (v, u)
            name = new_edges.setdefault(key, len(self._parents) + len(new_edges))
            shared.append((name, common | bit))
        pieces = []
        for side in (above, below):
            members = [(cell.generators[k], cell.tight[k]) for k in side] + shared
            names, tight = [m[0] for m in members], [m[1] for m in members]
            pieces.append(_Cell(names, tight, cell.n_bits + 1, cell.origin, cell.candidates))
        return pieces

    def _record_signs(self, table: _ValueTable) -> None:
        """Sign of every function on every cell; it is constant on the interior."""
        above = self._any_per_cell(table.signs == 1)
        below = self._any_per_cell(table.signs == -1)
        unknown = ~above & ~below & self._any_per_cell(table.signs == UNDECIDED)
        if unknown.any():
            rows = np.flatnonzero(unknown.any(axis=1)).tolist()
            members = sorted({g for row in rows for g in self._cells[row].generators})
            vague = (table.signs[members] == UNDECIDED).any(axis=1)
            self._decide(table, [g for g, v in zip(members, vague, strict=True) if v])
            above = self._any_per_cell(table.signs == 1)
            below = self._any_per_cell(table.signs == -1)
        new = above.astype(np.int8) - below.astype(np.int8)
        origins = np.array([cell.origin for cell in self._cells])
        self.signs = np.hstack([self.signs[origins], new])

    # -- exactness -----------------------------------------------------------------------------
    def _decide(self, table: _ValueTable, names: list[int]) -> None:
        """Replace all values of the current round at some generators by exact ones."""
        if names:
            table.replace(names, self._rounds[-1](self.exact_generators(names)))

    def exact_generators(self, names: Sequence[int] | None = None) -> ObjectArray:
        """Homogeneous primitive integer rows of some generators (all by default).

        A generator made on the edge (u, v) by a function h is ``|h(v)| u + |h(u)| v``, because h
        is linear on the edge.  They come in waves, those whose parents are known together.
        """
        wanted = range(self.n_generators) if names is None else names
        missing = self._unknown_ancestors(wanted)
        while missing:
            groups: dict[int, list[int]] = {}
            later = []
            for name in missing:
                first, second, round_number, _ = self._parents[name]
                if first in self._exact and second in self._exact:
                    groups.setdefault(round_number, []).append(name)
                else:
                    later.append(name)
            for round_number, ready in groups.items():
                self._rebuild(ready, round_number)
            missing = later
        return integer_rows([self._exact[name] for name in wanted], self._ambient)

    def _unknown_ancestors(self, names: Sequence[int] | range) -> list[int]:
        found: set[int] = set()
        stack = [name for name in names if name not in self._exact]
        while stack:
            name = stack.pop()
            if name in found or name in self._exact:
                continue
            found.add(name)
            stack += self._parents[name][:2]
        return sorted(found)

    def _rebuild(self, names: list[int], round_number: int) -> None:
        """Exact generators made in one round, on edges whose ends are known."""
        ends = sorted({parent for name in names for parent in self._parents[name][:2]})
        rows = integer_rows([self._exact[end] for end in ends], self._ambient)
        values = self._rounds[round_number](rows).numerators
        place = {end: row for row, end in enumerate(ends)}
        for name in names:
            u, v, _, index = self._parents[name]
            a, b = abs(values[place[v], index]), abs(values[place[u], index])
            pair = zip(self._exact[u], self._exact[v], strict=True)
            self._exact[name] = primitive([a * x + b * y for x, y in pair])

    # -- faces ---------------------------------------------------------------------------------
    def facets(self) -> list[list[frozenset[int]]]:
        """Facets of every cell, each as the set of its generators.

        Of the inequalities that a cell has met, those whose tight generators are not contained in
        those of another one are its facets.
        """
        return [_maximal_tight_sets(cell) for cell in self._cells]


class _ValueTable:
    """Values, signs and heights at all generators during one round, growing as edges are cut."""

    def __init__(self, values: Bounded, heights: FloatArray) -> None:
        self.size, self.width = values.value.shape
        self._value, self._error = values.value.copy(), values.error.copy()
        self._signs = values.signs()
        self._heights = heights.copy()

    @property
    def values(self) -> Bounded:
        return Bounded(self._value[: self.size], self._error[: self.size])

    @property
    def signs(self) -> SignArray:
        return self._signs[: self.size]

    @property
    def heights(self) -> FloatArray:
        return self._heights[: self.size]

    def extend(self, edges: list[tuple[int, int]], index: int) -> None:
        """Add one row per cut edge; function `index` vanishes there by construction."""
        ends = np.array(edges)
        first, second = self.values.rows(ends[:, 0]), self.values.rows(ends[:, 1])
        a = Bounded(np.abs(second.value[:, index]), second.error[:, index])
        b = Bounded(np.abs(first.value[:, index]), first.error[:, index])
        heights = (self.heights[ends[:, 0]], self.heights[ends[:, 1]])
        rows, ok = blend(first, second, (a, b), heights)
        error = np.where(ok[:, None], rows.error, np.inf)
        value = np.where(ok[:, None], rows.value, 0.0)
        value[:, index], error[:, index] = 0.0, 0.0
        self.append(Bounded(value, error), np.maximum(*heights))

    def append(self, rows: Bounded, heights: FloatArray) -> None:
        """Add rows."""
        needed = self.size + len(heights)
        if needed > len(self._heights):
            room = max(needed, 2 * len(self._heights)) - len(self._heights)
            self._value = np.concatenate([self._value, np.zeros((room, self.width))])
            self._error = np.concatenate([self._error, np.zeros((room, self.width))])
            self._signs = np.concatenate([self._signs, np.zeros((room, self.width), np.int8)])
            self._heights = np.concatenate([self._heights, np.zeros(room)])
        new = slice(self.size, needed)
        self._value[new], self._error[new] = rows.value, rows.error
        self._signs[new], self._heights[new] = rows.signs(), heights
        self.size = needed

    def replace(self, names: list[int], exact: ExactValues) -> None:
        """Put exact values, rounded, and their exact signs in the rows of some generators."""
        rows = exact.numerators.tolist()
        rounded = round_ratios(rows, exact.scales)
        self._value[names], self._error[names] = rounded
        self._signs[names] = [[(v > 0) - (v < 0) for v in row] for row in rows]


def _lowest_bit(mask: int, default: int) -> int:
    return (mask & -mask).bit_length() - 1 if mask else default


def _edges_between(
    above: list[int], below: list[int], tight: list[int], least: int
) -> list[tuple[int, int, int]]:
    """Pairs (p above, q below) that span an edge of the cell, with their common tight set."""
    edges = []
    for p in above:
        for q in below:
            common = tight[p] & tight[q]
            if common.bit_count() >= least and _only_two_contain(common, tight):
                edges.append((p, q, common))
    return edges


def _only_two_contain(common: int, tight: list[int]) -> bool:
    count = 0
    for mask in tight:
        if common & mask == common:
            count += 1
            if count > 2:
                return False
    return True


def _maximal_tight_sets(cell: _Cell) -> list[frozenset[int]]:
    by_bit: dict[int, list[int]] = {}
    for generator, mask in zip(cell.generators, cell.tight, strict=True):
        while mask:
            low = mask & -mask
            by_bit.setdefault(low, []).append(generator)
            mask ^= low
    sets = sorted({frozenset(members) for members in by_bit.values()}, key=len, reverse=True)
    maximal: list[frozenset[int]] = []
    for candidate in sets:
        if not any(candidate < other for other in maximal):
            maximal.append(candidate)
    return maximal

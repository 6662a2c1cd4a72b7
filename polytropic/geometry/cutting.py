"""Cutting the cells of a subdivision in compiled loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, SignArray
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import mask_words

if TYPE_CHECKING:
    from polytropic.geometry.cutting_kernels import Cells, Table

__all__ = ["Cone", "Exactly", "NewGenerators", "cut_cones"]

_MOST_BITS = 64


class Cone(NamedTuple):
    """A cell: its generators, a set of tight inequalities beside each, and where it came from."""

    generators: list[int]
    tight: list[int]
    n_bits: int
    origin: int


class NewGenerators(NamedTuple):
    """Generators made on edges: ends of the edges, functions that vanish, values and heights."""

    parents: IntArray
    values: Bounded
    heights: FloatArray


Exactly = Callable[[NewGenerators, Sequence[int]], tuple[Bounded, SignArray]]
"""Told of new generators and of names, gives exact signs and rounded values at those."""


def cut_cones(
    cones: Sequence[Cone],
    values: Bounded,
    signs: SignArray,
    heights: FloatArray,
    dimension: int,
    exactly: Exactly,
    max_cells: int | None = None,
) -> list[Cone] | None:
    """Cut cones by functions in turn, as `subdivide.Subdivision` does.

    Parameters
    ----------
    cones : sequence of Cone
    values : Bounded, shape (n_generators, n)
    signs : int8 array, shape (n_generators, n)
    heights : array, shape (n_generators,)
    dimension : int
        Of the cones.
    exactly : callable
        Settles undecided signs; it is called at least once, with all new generators.
    max_cells : int, optional
        Stop soon after there are more.

    Returns
    -------
    list of Cone, or None
        With origins among `cones`.  None if a cell has more than 64 inequalities that are tight
        somewhere; `exactly` may have been called by then.
    """
    from polytropic.geometry.cutting_kernels import cut_cells

    cells = _packed(cones)
    if cells is None:
        return None
    size = first_new = len(heights)
    table = _table(values, signs, heights)
    queue = np.arange(len(cones), dtype=np.int64)
    found: list[Cone] = []
    told = size
    while True:
        room = (1 << 62) if max_cells is None else max(0, max_cells - len(found))
        parts, table, size, waiting, wanted, wide = cut_cells(
            cells, queue, table, size, first_new, dimension - 2, room
        )
        if wide:
            return None
        found += _unpacked(parts)
        new = NewGenerators(
            table.parents[told:size],
            Bounded(table.value[told:size], table.error[told:size]),
            table.height[told:size],
        )
        names = wanted.tolist()
        settled, exact_signs = exactly(new, names)
        told = size
        if not len(waiting) or len(parts.n_bits) > room:
            return found
        table.value[wanted], table.error[wanted] = settled
        table.signs[wanted] = _sign_words(exact_signs)
        queue = waiting


def _packed(cones: Sequence[Cone]) -> Cells | None:
    from polytropic.geometry.cutting_kernels import Cells

    start = np.zeros(len(cones) + 1, dtype=np.int64)
    np.cumsum([len(cone.generators) for cone in cones], out=start[1:])
    members = np.fromiter((g for cone in cones for g in cone.generators), dtype=np.int32)
    tight: list[int] = []
    n_bits: list[int] = []
    for cone in cones:
        masks, count = cone.tight, cone.n_bits
        if count > _MOST_BITS:
            masks, count = _renumbered(masks)
            if count > _MOST_BITS:
                return None
        tight += masks
        n_bits.append(count)
    return Cells(
        start,
        members,
        np.array(tight, dtype=np.uint64),
        np.array(n_bits, dtype=np.int32),
        np.arange(len(cones), dtype=np.int64),
    )


def _renumbered(masks: list[int]) -> tuple[list[int], int]:
    """Number the bits anew, without those that are nowhere set."""
    used = 0
    for mask in masks:
        used |= mask
    places = [k for k in range(used.bit_length()) if used >> k & 1]
    moved = [sum(1 << new for new, old in enumerate(places) if m >> old & 1) for m in masks]
    return moved, len(places)


def _unpacked(cells: Cells) -> list[Cone]:
    members, tight = cells.members.tolist(), cells.tight.tolist()
    bounds = cells.start.tolist()
    bits, origins = cells.n_bits.tolist(), cells.origin.tolist()
    return [
        Cone(members[a:b], tight[a:b], n, origin)
        for a, b, n, origin in zip(bounds, bounds[1:], bits, origins, strict=False)
    ]


def _table(values: Bounded, signs: SignArray, heights: FloatArray) -> Table:
    from polytropic.geometry.cutting_kernels import Table

    room = 2 * len(heights) + 256
    return Table(
        _roomy(values.value, room),
        _roomy(values.error, room),
        _roomy(heights, room),
        _roomy(_sign_words(signs), room),
        np.full((room, 3), -1, dtype=np.int64),
        np.full((1 << (4 * room).bit_length(), 2), -1, dtype=np.int64),
    )


def _roomy(array: NDArray[Any], room: int) -> NDArray[Any]:
    longer = np.zeros((room, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _sign_words(signs: SignArray) -> NDArray[np.uint64]:
    """Functions that may be positive, then those that may be negative, packed."""
    undecided = signs == UNDECIDED
    positive = mask_words((signs == 1) | undecided)
    return np.concatenate([positive, mask_words((signs == -1) | undecided)], axis=1)

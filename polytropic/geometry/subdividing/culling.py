"""Cutting by wide stages: of thousands of functions only those that may cut the cells in hand.

Values of so many functions at all generators would fill the memory.  Here generators carry their
coordinates alone; when a block of cells is to be cut, values are found from these, functions that
have one and the same sign, known for sure, at all generators of the block are set aside (they are
linear on each cell, so they cut none), and the others cut in groups, so that blocks stay small.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import IntArray
from polytropic.geometry.arrangements.sign_vectors import mask_bits, mask_words
from polytropic.geometry.subdividing.blocks import Block, Cutting
from polytropic.geometry.subdividing.loops import Loops
from polytropic.geometry.subdividing.registry import Generators
from polytropic.geometry.subdividing.stages import Stages

__all__ = ["cut_culled"]

_AT_ONCE = 64  # functions that cut a block before it may be divided again
_VALUES = 1 << 22  # entries of one table of values: 32 MB
_UNNAMED = 1 << 30  # facets are called so until the loops are done; no function has such a number


def cut_culled(
    block: Block, stages: Stages, least: int, loops: Loops, keep: bool, room: int
) -> tuple[Block | None, Generators, int]:
    """Cut all cells of a block by some functions of its stage: `blocks.cut_block`, for many.

    Returns
    -------
    block : Block or None
        The parts, ready for the next functions of the stage, or for the next stage.  None if they
        are not wanted and nothing can cut them any more.
    new : Generators
    count : int
    """
    stage = block.stage
    group = _next_group(block, stages, loops)
    done = group.stop == stages.n_functions(stage)
    last = done and stage + 1 == len(stages)
    work = Cutting(block, group.values, len(group.columns), stages, loops, group.columns)
    span = (0, len(group.columns))
    work.run(least, keep or not last, room, span=span, first=_UNNAMED, last=last)
    return _after(work, group, stages.first_function(stage)), work.new_generators(), work.count


class _Group(NamedTuple):
    """Functions that cut next.

    Attributes
    ----------
    columns : int array, shape (k,)
    values : Bounded, shape (V, k)
    constant : uint64 array, shape (2 W,)
        Packed signs of the functions from the first to `stop` that do not cut.
    stop : int
    """

    columns: IntArray
    values: Bounded
    constant: NDArray[np.uint64]
    stop: int


def _next_group(block: Block, stages: Stages, loops: Loops) -> _Group:
    n = stages.n_functions(block.stage)
    size = len(block.heights)
    step = max(1, _VALUES // stages.widest)
    chunks = [slice(a, min(a + step, size)) for a in range(0, size, step)]
    values, common = None, None
    for chunk in chunks:
        values = stages.values_from_start(
            block.stage, block.places.rows(chunk), block.heights[chunk]
        )
        here = _common_signs(loops.sign_words(values.value, values.error, n))
        common = here if common is None else common & here
    assert values is not None
    assert common is not None
    words = common.reshape(3, -1)
    free = ~(words[0] | words[1] | words[2]) & _span(block.done, n, n)
    columns = np.flatnonzero(mask_bits(free[None, :], n)[0])
    stop = n
    if len(columns) > _AT_ONCE:
        columns = columns[:_AT_ONCE]
        stop = int(columns[-1]) + 1
    if len(chunks) > 1:
        tables = [
            stages.values_from_start(block.stage, block.places.rows(chunk), block.heights[chunk])
            for chunk in chunks
        ]
        values = Bounded(
            np.concatenate([table.value[:, columns] for table in tables]),
            np.concatenate([table.error[:, columns] for table in tables]),
        )
    else:
        values = Bounded(values.value[:, columns], values.error[:, columns])
    inside = _span(block.done, stop, n)
    return _Group(columns, values, (words[:2] & inside).ravel(), stop)


def _common_signs(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Functions that are surely positive at all generators, then negative ones, then zeros."""
    plus, minus = np.split(words, 2, axis=1)
    common: NDArray[np.uint64] = np.concatenate(
        [
            np.bitwise_and.reduce(plus & ~minus, axis=0),
            np.bitwise_and.reduce(minus & ~plus, axis=0),
            np.bitwise_and.reduce(~minus & ~plus, axis=0),
        ]
    )
    return common


def _span(first: int, last: int, n: int) -> NDArray[np.uint64]:
    """Words for n functions with bits first, ..., last - 1."""
    flags = np.zeros(n, dtype=bool)
    flags[first:last] = True
    return mask_words(flags)


def _after(work: Cutting, group: _Group, first_function: int) -> Block | None:
    block, stages = work.block, work.stages
    parts = work.parts()
    if parts is None:
        return None
    cells, origin, signs = parts
    fresh = cells.names >= _UNNAMED
    names = cells.names.copy()
    names[fresh] = first_function + group.columns[cells.names[fresh] - _UNNAMED]
    begun = np.zeros((len(origin), len(group.constant)), dtype=np.uint64)
    if block.begun is not None:
        begun |= block.begun[origin]
    begun |= group.constant | _scattered(signs, group.columns, len(group.constant) // 2)
    _, places, heights = work.generators()
    after = replace(
        block,
        cells=cells._replace(names=names),
        known=places,
        places=places,
        heights=heights,
        lineage=work.lineage,
        names=work.names,
    )
    if group.stop < stages.n_functions(block.stage):
        return replace(after, signs=block.signs[origin], done=group.stop, begun=begun)
    signs = np.concatenate([block.signs[origin], begun], axis=1)
    return replace(after, signs=signs, stage=block.stage + 1, done=0, begun=None)


def _scattered(signs: NDArray[np.uint64], columns: IntArray, n_words: int) -> NDArray[np.uint64]:
    """Packed signs of some functions as those of all: bit i becomes bit ``columns[i]``."""
    wide = np.zeros((len(signs), 2 * n_words), dtype=np.uint64)
    half = signs.shape[1] // 2
    for i, column in enumerate(columns.tolist()):
        target = np.uint64(column & 63)
        for source, start in ((0, 0), (half, n_words)):
            bit = signs[:, source + (i >> 6)] >> np.uint64(i & 63) & np.uint64(1)
            wide[:, start + (column >> 6)] |= bit << target
    return wide

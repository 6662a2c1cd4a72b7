"""Blocks of cells that are cut together, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, SignArray, round_ratios
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import mask_words
from polytropic.geometry.subdividing.cells import Cells, chosen, joined, with_words
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.geometry.subdividing.loops import Loops
from polytropic.geometry.subdividing.registry import Generators
from polytropic.geometry.subdividing.stages import Stages

__all__ = ["Block", "cut_block", "packed_signs", "part_of"]


@dataclass(frozen=True)
class Block:
    """Some cells of a complex, before a stage cuts them.

    Attributes
    ----------
    cells : Cells
        Their generators are numbered within the block.
    signs : uint64 array, shape (n, w)
        Signs of all functions so far: for every stage the positive ones, then the negative ones.
    known : Bounded, shape (V, m)
        What the stage before left at the generators; or, if some functions of this stage have cut
        already, the values of the stage.
    places : Bounded, shape (V, d)
        Coordinates of the generators.
    heights : array, shape (V,)
        1 for points, 0 for directions.
    lineage : Lineage
    names : int array, shape (V,)
        The generators in the lineage.
    stage : int
        The stage that cuts next.
    done : int
        How many of its functions have cut already.
    words : uint64 array, shape (V, 2 W)
        Packed signs of its functions at the generators, if some have.
    """

    cells: Cells
    signs: NDArray[np.uint64]
    known: Bounded
    places: Bounded
    heights: FloatArray
    lineage: Lineage
    names: IntArray
    stage: int
    done: int = 0
    words: NDArray[np.uint64] | None = None

    def __len__(self) -> int:
        return self.cells.n_cells


def part_of(block: Block, first: int, last: int, loops: Loops) -> tuple[Block, IntArray]:
    """Cells first, ..., last - 1 of a block as a block; also which generators it has."""
    cells = chosen(block.cells, np.arange(first, last))
    members, old = loops.renumber(cells.members, len(block.heights))
    part = Block(
        cells._replace(members=members),
        block.signs[first:last],
        block.known.rows(old),
        block.places.rows(old),
        block.heights[old],
        block.lineage,
        block.names[old],
        block.stage,
        block.done,
        None if block.words is None else block.words[old],
    )
    return part, old


@dataclass
class _Table:
    """Values at generators, with room for those to come; the arguments of the loops."""

    value: FloatArray
    error: FloatArray
    height: FloatArray
    signs: NDArray[np.uint64]
    parents: IntArray
    functions: NDArray[np.int32]
    slots: IntArray
    size: int


def cut_block(
    block: Block,
    stages: Stages,
    least: int,
    loops: Loops,
    keep: bool,
    room: int,
    most: int | None = None,
) -> tuple[Block, Generators, int]:
    """Cut all cells of a block by the functions of its stage.

    Parameters
    ----------
    block : Block
    stages : Stages
    least : int
        Number of inequalities that are tight along an edge, at least.
    loops : Loops
    keep : bool
        Whether the parts are wanted; otherwise they are only counted.
    room : int
        Stop soon after there are more parts.
    most : int, optional
        Cut by so many functions only, and leave the others of the stage for later.

    Returns
    -------
    block : Block
        The parts, the negative side of each cut first; its generators are those of `block` and
        then the new ones.
    new : Generators
        The new generators, with parents in the numbers of the block.
    count : int
        How many parts there are.
    """
    stage, n = block.stage, stages.n_functions(block.stage)
    values = block.known
    if not block.done:
        values = stages.values(stage, block.known, block.heights)
    stop = n if most is None else min(n, block.done + most)
    width = values.value.shape[1]
    table = _table(values, block, n, loops)
    first_new = table.size
    cells, queue = block.cells, np.arange(len(block))
    lineage, names = block.lineage, block.names
    found: list[tuple[Cells, IntArray, NDArray[np.uint64]]] = []
    count = 0
    while True:
        told = table.size
        result = loops.cut_cells(
            *cells, queue, table.value, table.error, table.height, table.signs, table.parents,
            table.functions, table.slots, told, first_new, n, block.done, stop, least,
            stages.first_function(stage), keep, stage + 1 == len(stages), room - count,
        )  # fmt: skip
        table = _Table(*result[8:16])
        waiting, wanted, too_wide = result[16:]
        if told < table.size:
            new = slice(told, table.size)
            size = len(lineage)
            names = np.concatenate([names, np.arange(size, size + table.size - told)])
            lineage = lineage.extended(
                names[table.parents[new]], stage, table.functions[new].astype(np.int64)
            )
        if too_wide:
            cells = with_words(cells, cells.tight.shape[1] + 1)
            continue
        count += result[7]
        if keep:
            found.append((Cells(*result[:5]), result[5], result[6]))
        if not len(waiting) or count > room:
            break
        _decide(table, wanted, width, lineage, names, stages, stage)
        queue = waiting
    after = _after(block, table, width, found, lineage, names, stages, stop)
    return after, _new_generators(table, width, first_new, stage), count


def _table(values: Bounded, block: Block, n: int, loops: Loops) -> _Table:
    """Columns: functions that cut, others, coordinates."""
    size = len(block.heights)
    room = 2 * size + 256
    signs = block.words
    if signs is None:
        signs = loops.sign_words(values.value, values.error, n)
    width = values.value.shape[1] + block.places.value.shape[1]
    tables = []
    for part, place in zip(values, block.places, strict=True):
        table = np.empty((room, width))
        table[:size, : part.shape[1]] = part
        table[:size, part.shape[1] :] = place
        tables.append(table)
    heights, roomy_signs = np.empty(room), np.empty((room, signs.shape[1]), dtype=np.uint64)
    heights[:size], roomy_signs[:size] = block.heights, signs
    return _Table(
        tables[0],
        tables[1],
        heights,
        roomy_signs,
        np.zeros((room, 2), dtype=np.int64),
        np.zeros(room, dtype=np.int32),
        np.full((1 << room.bit_length(), 2), -1, dtype=np.int64),
        size,
    )


def _decide(
    table: _Table,
    wanted: IntArray,
    width: int,
    lineage: Lineage,
    names: IntArray,
    stages: Stages,
    stage: int,
) -> None:
    """Replace all values of the stage at some generators by exact ones, rounded."""
    rows = lineage.exact_rows(names[wanted].tolist(), stages.exact_values)
    exact = stages.exact_values(stage, rows)
    numerators = exact.numerators.tolist()
    rounded = round_ratios(numerators, exact.scales)
    table.value[wanted, :width], table.error[wanted, :width] = rounded
    if table.value.shape[1] > width:
        # Values and coordinates of a direction must be those of one multiple of it.
        places, _ = stages.start(rows)
        table.value[wanted, width:], table.error[wanted, width:] = places
    n = stages.n_functions(stage)
    signs = [[(v > 0) - (v < 0) for v in row[:n]] for row in numerators]
    table.signs[wanted] = packed_signs(np.array(signs, dtype=np.int8))


def packed_signs(signs: SignArray) -> NDArray[np.uint64]:
    """Functions that may be positive, then those that may be negative, packed."""
    undecided = signs == UNDECIDED
    positive = mask_words((signs == 1) | undecided)
    return np.concatenate([positive, mask_words((signs == -1) | undecided)], axis=1)


def _new_generators(table: _Table, width: int, first_new: int, stage: int) -> Generators:
    new = slice(first_new, table.size)
    return Generators(
        table.parents[new],
        np.full(table.size - first_new, stage, dtype=np.int32),
        table.functions[new],
        Bounded(table.value[new, width:], table.error[new, width:]),
        table.height[new],
    )


def _after(
    block: Block,
    table: _Table,
    width: int,
    found: list[tuple[Cells, IntArray, NDArray[np.uint64]]],
    lineage: Lineage,
    names: IntArray,
    stages: Stages,
    stop: int,
) -> Block:
    """The parts as a block of the next stage, or of the rest of this one."""
    if not found:
        return block
    cells, origin, signs = found[0]
    if len(found) > 1:
        cells = joined([part[0] for part in found])
        origin = np.concatenate([part[1] for part in found])
        order = np.argsort(origin, kind="stable")
        cells, origin = chosen(cells, order), origin[order]
        signs = np.concatenate([part[2] for part in found])[order]
    size = table.size
    values = Bounded(table.value[:size, :width], table.error[:size, :width])
    if stop < stages.n_functions(block.stage):
        return replace(
            block,
            cells=cells,
            signs=block.signs[origin],
            known=values,
            places=Bounded(table.value[:size, width:], table.error[:size, width:]),
            heights=table.height[:size],
            lineage=lineage,
            names=names,
            done=stop,
            words=table.signs[:size],
        )
    return replace(
        block,
        cells=cells,
        signs=np.concatenate([block.signs[origin], signs], axis=1),
        known=stages.left(block.stage, values) if block.stage + 1 < len(stages) else values,
        places=Bounded(table.value[:size, width:], table.error[:size, width:]),
        heights=table.height[:size],
        lineage=lineage,
        names=names,
        stage=block.stage + 1,
        done=0,
        words=None,
    )

"""Blocks of cells that are cut together, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, SignArray, round_ratios
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import mask_bits, mask_words
from polytropic.geometry.subdividing.cells import Cells, chosen, joined, with_words
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.geometry.subdividing.loops import Loops
from polytropic.geometry.subdividing.registry import Generators
from polytropic.geometry.subdividing.stages import Stages

__all__ = ["Block", "Cutting", "cut_block", "packed_signs", "part_of", "unpacked_signs"]


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
    begun : uint64 array, shape (n, 2 W)
        Packed signs of those functions on the cells, if values are not carried along.
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
    begun: NDArray[np.uint64] | None = None

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
        None if block.begun is None else block.begun[first:last],
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
) -> tuple[Block | None, Generators, int]:
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
    block : Block or None
        The parts, the negative side of each cut first; its generators are those of `block` and
        then the new ones.  None if they are not wanted.
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
    work = Cutting(
        block, values, n, stages, loops, columns=np.arange(values.value.shape[1]), words=block.words
    )
    last = stage + 1 == len(stages)
    work.run(
        least, keep, room, span=(block.done, stop), first=stages.first_function(stage), last=last
    )
    return _after(work, stop), work.new_generators(), work.count


class Cutting:
    """Cells being cut by functions of one stage: what the loops fill, and what they found.

    Parameters
    ----------
    block : Block
        Its cells are cut.
    values : Bounded, shape (V, m)
        Of functions at its generators; the first n of them cut.
    n : int
    stages : Stages
    loops : Loops
    columns : int array, shape (m,)
        Which columns of the stage the values are.
    words : uint64 array, optional
        Packed signs of the n functions at the generators, if they are known.
    """

    def __init__(
        self,
        block: Block,
        values: Bounded,
        n: int,
        stages: Stages,
        loops: Loops,
        columns: IntArray,
        words: NDArray[np.uint64] | None = None,
    ) -> None:
        self.block, self.stages, self.loops = block, stages, loops
        self.n, self.columns = n, columns
        self.table = _table(values, block, n, loops, words)
        self.first_new = self.table.size
        self.lineage, self.names = block.lineage, block.names
        self._found: list[tuple[Cells, IntArray, NDArray[np.uint64]]] = []
        self.count = 0

    def run(
        self, least: int, keep: bool, room: int, span: tuple[int, int], first: int, last: bool
    ) -> None:
        """Cut by the functions of a span; facets are called by their numbers after `first`."""
        cells, queue = self.block.cells, np.arange(len(self.block))
        while True:
            table, told = self.table, self.table.size
            result = self.loops.cut_cells(
                *cells, queue, table.value, table.error, table.height, table.signs, table.parents,
                table.functions, table.slots, told, self.first_new, self.n, *span, least, first,
                keep, last, room - self.count,
            )  # fmt: skip
            self.table = _Table(*result[8:16])
            waiting, wanted, too_wide = result[16:]
            self._extend_lineage(told)
            if too_wide:
                cells = with_words(cells, cells.tight.shape[1] + 1)
                continue
            self.count += result[7]
            if keep:
                self._found.append((Cells(*result[:5]), result[5], result[6]))
            if not len(waiting) or self.count > room:
                break
            self._decide(wanted)
            queue = waiting

    def _extend_lineage(self, told: int) -> None:
        table = self.table
        if told == table.size:
            return
        new = slice(told, table.size)
        size = len(self.lineage)
        self.names = np.concatenate([self.names, np.arange(size, size + table.size - told)])
        columns = self.columns[table.functions[new]].astype(np.int64)
        parents = self.names[table.parents[new]]
        self.lineage = self.lineage.extended(parents, self.block.stage, columns)

    def _decide(self, wanted: IntArray) -> None:
        """Replace values at some generators by exact ones, rounded."""
        table, stages, stage = self.table, self.stages, self.block.stage
        rows = self.lineage.exact_rows(self.names[wanted].tolist(), stages.exact_values)
        signs = unpacked_signs(table.signs[wanted], self.n)
        columns, width = np.arange(len(self.columns)), len(self.columns)
        if stages.wide and table.height[wanted].all():
            # Values of directions must all be those of one multiple; points are what they are.
            columns = np.flatnonzero((signs == UNDECIDED).any(axis=0))
        exact = stages.exact_values(stage, rows, self.columns[columns])
        numerators = exact.numerators.tolist()
        block = np.ix_(wanted, columns)
        table.value[block], table.error[block] = round_ratios(numerators, exact.scales)
        if table.value.shape[1] > width:
            places, _ = stages.start(rows)
            table.value[wanted, width:], table.error[wanted, width:] = places
        cutting = columns < self.n
        exactly = [[(v > 0) - (v < 0) for v in row] for row in numerators]
        signs[:, columns[cutting]] = np.array(exactly, dtype=np.int8)[:, cutting]
        table.signs[wanted] = packed_signs(signs)

    def parts(self) -> tuple[Cells, IntArray, NDArray[np.uint64]] | None:
        """Parts in the order of the cells they come from, these cells, and signs; if kept."""
        if not self._found:
            return None
        cells, origin, signs = self._found[0]
        if len(self._found) > 1:
            cells = joined([part[0] for part in self._found])
            origin = np.concatenate([part[1] for part in self._found])
            order = np.argsort(origin, kind="stable")
            cells, origin = chosen(cells, order), origin[order]
            signs = np.concatenate([part[2] for part in self._found])[order]
        return cells, origin, signs

    def generators(self) -> tuple[Bounded, Bounded, FloatArray]:
        """Values, coordinates and heights of all generators, the new ones last."""
        table, size, width = self.table, self.table.size, len(self.columns)
        values = Bounded(table.value[:size, :width], table.error[:size, :width])
        places = Bounded(table.value[:size, width:], table.error[:size, width:])
        return values, places, table.height[:size]

    def new_generators(self) -> Generators:
        """The new generators alone."""
        table, new = self.table, slice(self.first_new, self.table.size)
        _, places, heights = self.generators()
        return Generators(
            table.parents[new],
            np.full(table.size - self.first_new, self.block.stage, dtype=np.int32),
            self.columns[table.functions[new]].astype(np.int32),
            places.rows(new),
            heights[new],
        )


def _table(
    values: Bounded, block: Block, n: int, loops: Loops, signs: NDArray[np.uint64] | None
) -> _Table:
    """Columns: functions that cut, others, coordinates."""
    size = len(block.heights)
    room = 2 * size + 256
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


def unpacked_signs(words: NDArray[np.uint64], n: int) -> SignArray:
    """Undo `packed_signs`, for n functions."""
    plus, minus = np.split(words, 2, axis=1)
    up, down = mask_bits(plus, n), mask_bits(minus, n)
    signs: SignArray = up - down
    signs[(up & down).astype(bool)] = UNDECIDED
    return signs


def packed_signs(signs: SignArray) -> NDArray[np.uint64]:
    """Functions that may be positive, then those that may be negative, packed."""
    undecided = signs == UNDECIDED
    positive = mask_words((signs == 1) | undecided)
    return np.concatenate([positive, mask_words((signs == -1) | undecided)], axis=1)


def _after(work: Cutting, stop: int) -> Block | None:
    """The parts as a block of the next stage, or of the rest of this one."""
    block, stages = work.block, work.stages
    parts = work.parts()
    if parts is None:
        return None
    cells, origin, signs = parts
    values, places, heights = work.generators()
    after = replace(
        block,
        cells=cells,
        signs=block.signs[origin],
        known=values,
        places=places,
        heights=heights,
        lineage=work.lineage,
        names=work.names,
    )
    if stop < work.n:
        return replace(after, done=stop, words=work.table.signs[: work.table.size])
    return replace(
        after,
        signs=np.concatenate([after.signs, signs], axis=1),
        known=stages.left(block.stage, values) if block.stage + 1 < len(stages) else values,
        stage=block.stage + 1,
        done=0,
        words=None,
    )

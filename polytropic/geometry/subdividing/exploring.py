"""Exploring a complex stage by stage: breadth first to begin with, then part by part, depth first.

The parts are found before anything is done in parallel, and each is explored without regard to the
others, so that the result and its order do not depend on who does the work.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import IntArray
from polytropic.geometry.subdividing.blocks import Block, cut_block, part_of
from polytropic.geometry.subdividing.cells import Cells, joined
from polytropic.geometry.subdividing.culling import cut_culled
from polytropic.geometry.subdividing.fans import Fan
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.geometry.subdividing.loops import Loops, choose_loops
from polytropic.geometry.subdividing.registry import Generators, Registry
from polytropic.geometry.subdividing.stages import Stages

__all__ = ["Exploration", "Harvest", "Limits", "explore", "first_block", "harvests"]

_ENOUGH_CELLS = 512  # so many cells are divided into parts
_MOST_PARTS = 64
_LEAST_CELLS = 256
_BLOCK_BYTES = 1 << 22  # of values at the generators of a block
_SMALLEST_BLOCK, _LARGEST_BLOCK = 64, 8192
_AHEAD = 8  # parts handed out before the first is back
_SECONDS_PER_CUT = 3e-5  # of one cell by one function in plain Python


class Harvest(NamedTuple):
    """What was found in one part.

    Attributes
    ----------
    cells : Cells
        Generators are numbered as in the part: first its own, then `new`.
    signs : uint64 array, shape (n, w)
    new : Generators
    n_cells : int
        Number of cells.
    complete : bool
        Whether the part was explored to its end.
    """

    cells: Cells
    signs: NDArray[np.uint64]
    new: Generators
    n_cells: int
    complete: bool


@dataclass(frozen=True)
class Exploration:
    """A complex that is divided into parts, each ready to be explored.

    Attributes
    ----------
    stages : Stages
    block : Block
        All cells, before the stage at which they are divided.
    registry : Registry
        Of the generators so far.
    known : int array
        Names of the block's generators there.
    parts : tuple of (int, int)
        First and last cells.
    least : int
    loops : Loops
    """

    stages: Stages
    block: Block
    registry: Registry
    known: IntArray
    parts: tuple[tuple[int, int], ...]
    least: int
    loops: Loops

    def task(self, number: int, keep: bool) -> tuple[_Task, IntArray]:
        """One part, and the names of its own generators in the registry."""
        part, old = part_of(self.block, *self.parts[number], self.loops)
        lineage, names = part.lineage.restricted(part.names)
        part = replace(part, lineage=lineage, names=names)
        return _Task(self.stages, part, self.least, keep, self.loops), self.known[old]

    def blocks(self, number: int, limits: Limits) -> Iterator[Block]:
        """Blocks of cells of one part that no function cuts any more, in order, one at a time."""
        part, _ = part_of(self.block, *self.parts[number], self.loops)
        task = _Task(self.stages, part, self.least, True, self.loops)
        size = len(part.heights)
        unused = Registry(part.lineage, size, 0, self.loops)
        for block, _ in task.leaves(part, unused, np.arange(size), limits, register=False):
            assert isinstance(block, Block)
            yield block


class Limits(NamedTuple):
    """When to stop: at more cells than `room`, or after `deadline` (``time.time()``)."""

    room: int
    deadline: float | None

    @property
    def over(self) -> bool:
        """Whether time is up."""
        return self.deadline is not None and time.time() > self.deadline


class _Task(NamedTuple):
    """A part, with all that exploring it takes; it can be sent to another process."""

    stages: Stages
    part: Block
    least: int
    keep: bool
    loops: Loops

    def run(self, limits: Limits) -> Harvest:
        """Explore the part."""
        lineage = self.part.lineage
        size = len(self.part.heights)
        registry = Registry(lineage, size, self.part.places.value.shape[1], self.loops)
        cells, signs = [], []
        count, complete = 0, True
        for block, names in self.leaves(self.part, registry, np.arange(size), limits):
            if isinstance(block, int):
                count += block
            else:
                count += len(block)
                members = names[block.cells.members].astype(np.int32)
                cells.append(block.cells._replace(members=members))
                signs.append(block.signs)
            if count > limits.room or limits.over:
                complete = False
                break
        none = self.part
        return Harvest(
            joined(cells) if cells else _no_cells(none),
            np.concatenate(signs) if signs else none.signs[:0],
            registry.generators(),
            count,
            complete,
        )

    def leaves(
        self,
        block: Block,
        registry: Registry,
        known: IntArray,
        limits: Limits,
        register: bool = True,
    ) -> Iterator[tuple[Block | int, IntArray]]:
        """Blocks of cells that no function cuts any more, in order, with names of generators.

        If the cells are not wanted, only their numbers.
        """
        if block.stage == len(self.stages):
            yield (block, known) if self.keep else (len(block), known)
            return
        last = block.stage + 1 == len(self.stages)
        keep = self.keep or not last
        # A cell of dimension d has about 2^d times the generators that are its own alone.
        width = _width(block, self.stages)
        first, step = 0, _next_size(len(block), len(block.heights) << (self.least + 1), width)
        while first < len(block):
            piece, own, end = block, known, min(first + step, len(block))
            if end - first < len(block):
                piece, old = part_of(block, first, end, self.loops)
                own = known[old]
            cut = cut_culled if self.stages.wide else cut_block
            after, new, count = cut(piece, self.stages, self.least, self.loops, keep, limits.room)
            step = _next_size(end - first, len(piece.heights) + len(new.heights), width)
            first = end
            if after is None:
                yield count, own
                continue
            names = registry.add(own, new) if register and self.keep else after.names
            yield from self.leaves(after, registry, names, limits, register)


def _width(block: Block, stages: Stages) -> int:
    """How many floats there are at a generator, when there are most."""
    if stages.wide:
        return stages.widest
    return max(1, block.known.value.shape[1] + block.places.value.shape[1])


def _next_size(cells: int, generators: int, width: int) -> int:
    """How many cells to cut at a time, after it has been seen how many generators some have.

    What has to be in hand at once should stay in the cache, and bounded in any case; fewer cells
    share fewer generators.
    """
    fitting = _BLOCK_BYTES * cells // (16 * width * max(generators, 1))
    return min(_LARGEST_BLOCK, max(_SMALLEST_BLOCK, fitting))


def _no_cells(part: Block) -> Cells:
    nothing = np.zeros(0, dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    return Cells(zero, nothing, part.cells.tight[:0], zero.copy(), nothing)


def first_block(fan: Fan, stages: Stages, places: bool = True) -> Block:
    """The cells of a fan, none of them cut yet."""
    known, heights = stages.start(fan.generators)
    starts, name_starts, members, tight, named = [0], [0], [], [], []
    words = 1
    for cell, masks in zip(fan.cells, fan.tight, strict=True):
        used = 0
        for mask in masks:
            used |= mask
        bits = [b for b in range(used.bit_length()) if used >> b & 1]
        words = max(words, (len(bits) + 63) // 64)
        place = {b: i for i, b in enumerate(bits)}
        tight += [sum(1 << place[b] for b in bits if mask >> b & 1) for mask in masks]
        members += cell
        named += [fan.names[b] for b in bits]
        starts.append(len(members))
        name_starts.append(len(named))
    table = np.array(
        [[mask >> (64 * w) & (1 << 64) - 1 for w in range(words)] for mask in tight],
        dtype=np.uint64,
    ).reshape(len(members), words)
    cells = Cells(
        np.array(starts, dtype=np.int64),
        np.array(members, dtype=np.int32),
        table,
        np.array(name_starts, dtype=np.int64),
        np.array(named, dtype=np.int32),
    )
    width = known.value.shape[1] if places else 0
    return Block(
        cells,
        np.zeros((cells.n_cells, 0), dtype=np.uint64),
        known,
        Bounded(known.value[:, :width], known.error[:, :width]),
        heights,
        Lineage.of_roots(fan.generators),
        np.arange(len(fan.generators)),
        0,
    )


def explore(
    fan: Fan, stages: Stages, *, keep: bool, limits: Limits, loops: Loops | None = None
) -> Exploration:
    """Cut a fan breadth first until there are enough cells to divide them into parts.

    If a limit is met before, there are fewer cells, each of which has a part of the complex in it.
    """
    block = first_block(fan, stages, places=keep or stages.wide)
    if loops is None:
        loops = _loops_for(block, stages)
    least = fan.dimension - 2
    size = len(block.heights)
    registry = Registry(block.lineage, size, block.places.value.shape[1], loops)
    known = np.arange(size)
    while block.stage < len(stages) and len(block) < _ENOUGH_CELLS:
        if stages.wide:
            after, new, count = cut_culled(block, stages, least, loops, True, limits.room)
        else:
            most = _functions_at_once(len(block), fan.dimension - 1, _width(block, stages))
            after, new, count = cut_block(block, stages, least, loops, True, limits.room, most)
        assert after is not None
        block = after
        known = registry.add(known, new)
        if count > limits.room or limits.over:
            break
    step = min(_LARGEST_BLOCK, max(_LEAST_CELLS, -(-len(block) // _MOST_PARTS)))
    parts = [(a, min(a + step, len(block))) for a in range(0, len(block), step)]
    return Exploration(stages, block, registry, known, tuple(parts), least, loops)


def _functions_at_once(n_cells: int, dimension: int, width: int) -> int:
    """By how many functions cells can be cut without becoming more than can be in hand at once."""
    room = _next_size(1, 1, width)
    for count in range(4, room):
        if n_cells * sum(comb(count + 1, i) for i in range(dimension + 1)) > room:
            return count
    return room


def _loops_for(block: Block, stages: Stages) -> Loops:
    """Compiled loops unless everything is so small that loading them costs more."""
    dimension = block.places.value.shape[1] or block.known.value.shape[1]
    functions = sum(stages.n_functions(stage) for stage in range(len(stages)))
    guess = len(block)
    for _ in range(dimension):
        guess *= 1 + functions / (2 * dimension)
    return choose_loops(_SECONDS_PER_CUT * min(guess, 1e9))


def harvests(
    exploration: Exploration,
    keep: bool,
    limits: Limits,
    executor: Executor | None,
    done: Callable[[int], Harvest | None],
) -> Iterator[tuple[int, IntArray, Harvest]]:
    """Explore all parts; they come in order, whoever explores them.

    Parameters
    ----------
    exploration : Exploration
    keep : bool
    limits : Limits
    executor : Executor, optional
    done : callable
        Gives what is known already of a part, or None.

    Yields
    ------
    number : int
    known : int array
        Names of the generators of the part.
    harvest : Harvest
    """
    numbers = iter(range(len(exploration.parts)))
    if executor is None:
        for number in numbers:
            task, known = exploration.task(number, keep)
            yield number, known, done(number) or task.run(limits)
        return
    pending: deque[tuple[int, IntArray, Harvest | Future[Harvest]]] = deque()
    try:
        for number in numbers:
            task, known = exploration.task(number, keep)
            before = done(number)
            pending.append((number, known, before or executor.submit(task.run, limits)))
            if len(pending) > _AHEAD:
                yield _collected(*pending.popleft())
        while pending:
            yield _collected(*pending.popleft())
    finally:
        for _, _, future in pending:
            if not isinstance(future, Harvest):
                future.cancel()


def _collected(
    number: int, known: IntArray, future: Harvest | Future[Harvest]
) -> tuple[int, IntArray, Harvest]:
    return number, known, future if isinstance(future, Harvest) else future.result()

"""Compiled loops that cut cells; `subdivide` says in plain Python what they do.

Importing this file imports numba; it is imported where it is used.

A cell is a list of generators and, beside each, the set of inequalities tight at it, as the bits of
one word.  The functions that cut are given by their values at the generators, with bounds, and by
two sets of functions for each generator, those that may be positive there and those that may be
negative.  A new generator lies on an edge and is found by the names of its ends.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.engines.bit_trees import popcount

__all__ = ["Cells", "Table", "cut_cells"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000
_SAFE_RELATIVE = 0.05
_SAFE_SHARE = 2.0**-900
_ONE = np.uint64(1)
_NONE = np.uint64(0)
_EMPTY = np.int64(-1)


class Cells(NamedTuple):
    """Cells of a complex, one after the other.

    Attributes
    ----------
    start : int array, shape (n + 1,)
        Where the generators of each cell begin.
    members : int32 array
        Generators.
    tight : uint64 array
        Beside each, the inequalities that are tight there.
    n_bits : int32 array, shape (n,)
        Number of bits in use.
    origin : int array, shape (n,)
        Which of the cells before each one is part of.
    """

    start: IntArray
    members: NDArray[np.int32]
    tight: NDArray[np.uint64]
    n_bits: NDArray[np.int32]
    origin: IntArray


class Table(NamedTuple):
    """What is known of the functions at the generators, with room for more of them.

    Attributes
    ----------
    value, error : arrays, shape (capacity, n)
    height : array, shape (capacity,)
    signs : uint64 array, shape (capacity, 2 W)
        Functions that may be positive there, then those that may be negative; a function in both
        sets has a vague sign, one in neither vanishes.
    parents : int array, shape (capacity, 3)
        Ends of the edge that a generator was made on, and the function that vanishes there.
    slots : int array, shape (S, 2)
        Open addressing: the names of two parents in one number, and the generator between them.
    """

    value: FloatArray
    error: FloatArray
    height: FloatArray
    signs: NDArray[np.uint64]
    parents: IntArray
    slots: IntArray


@njit(cache=True)  # type: ignore[untyped-decorator]
def _longer(array: Any, length: int) -> Any:
    """Copy of an array with another number of rows."""
    copy = np.zeros((length, array.shape[1]), array.dtype)
    for i in range(min(length, array.shape[0])):
        for k in range(array.shape[1]):
            copy[i, k] = array[i, k]
    return copy


@njit(cache=True)  # type: ignore[untyped-decorator]
def _longer_line(array: Any, length: int) -> Any:
    copy = np.zeros(length, array.dtype)
    for i in range(min(length, len(array))):
        copy[i] = array[i]
    return copy


@njit(cache=True)  # type: ignore[untyped-decorator]
def _place(key: int, mask: int) -> int:
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return int(np.int64(mixed >> np.uint64(24)) & mask)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _rehashed(old: IntArray, length: int) -> IntArray:
    slots = np.full((length, 2), _EMPTY)
    for i in range(len(old)):
        if old[i, 1] == _EMPTY:
            continue
        at = _place(old[i, 0], length - 1)
        while slots[at, 1] != _EMPTY:
            at = (at + 1) & (length - 1)
        slots[at, 0], slots[at, 1] = old[i, 0], old[i, 1]
    return slots


@njit(cache=True)  # type: ignore[untyped-decorator]
def _grown(table: Table, needed: int, first_new: int) -> Table:
    """The same table with room for more, its slots at most half full."""
    slots, length = table.slots, len(table.slots)
    while 2 * (needed - first_new) > length:
        length *= 2
    if length > len(slots):
        slots = _rehashed(slots, length)
    more = len(table.height)
    if needed <= more:
        return Table(table.value, table.error, table.height, table.signs, table.parents, slots)
    more = max(needed, 2 * more)
    return Table(
        _longer(table.value, more),
        _longer(table.error, more),
        _longer_line(table.height, more),
        _longer(table.signs, more),
        _longer(table.parents, more),
        slots,
    )


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _blend(table: Table, u: int, v: int, index: int, name: int) -> None:
    """Write the row of the generator on the edge uv where a function vanishes (see `blend`)."""
    value, error = table.value, table.error
    a, a_error = abs(value[v, index]), error[v, index]
    b, b_error = abs(value[u, index]), error[u, index]
    relative_a, relative_b = a_error / a, b_error / b
    sure = relative_a < _SAFE_RELATIVE and relative_b < _SAFE_RELATIVE
    r = (relative_a + relative_b) / (1.0 - relative_a) + 8.0 * _UNIT
    r = r / (1.0 - r)
    hu, hv = table.height[u], table.height[v]
    kind = 0
    if hu == hv:
        share_u, share_v = a / (a + b), b / (a + b)
        slack = share_u * share_v * r
    elif hu == 1.0:
        share_u, share_v = 1.0, b / a
        slack = share_v * r
        kind = 1
    else:
        share_u, share_v = a / b, 1.0
        slack = share_u * r
        kind = 2
    slack *= 1.0 + 8.0 * _UNIT
    sure = sure and min(share_u, share_v) > _SAFE_SHARE
    table.height[name] = max(hu, hv)
    signs, words = table.signs, table.signs.shape[1] // 2
    for w in range(2 * words):
        signs[name, w] = _NONE
    for k in range(value.shape[1]):
        left, right = share_u * value[u, k], share_v * value[v, k]
        if kind == 0:
            moved = abs(value[u, k] - value[v, k])
        elif kind == 1:
            moved = abs(value[v, k])
        else:
            moved = abs(value[u, k])
        carried = share_u * error[u, k] + share_v * error[v, k]
        entry = left + right
        bound = slack * moved + 1.5 * carried + 16.0 * _UNIT * (abs(left) + abs(right)) + _TINY
        dead = (
            value[u, k] == 0.0 and error[u, k] == 0.0 and value[v, k] == 0.0 and error[v, k] == 0.0
        )
        if k == index or dead:
            entry, bound = 0.0, 0.0
        elif not sure or not np.isfinite(entry) or not np.isfinite(bound):
            entry, bound = 0.0, np.inf
        value[name, k], error[name, k] = entry, bound
        bit = _ONE << np.uint64(k & 63)
        if not entry <= -bound and not (entry == 0.0 and bound == 0.0):
            signs[name, k >> 6] |= bit
        if not entry >= bound and not (entry == 0.0 and bound == 0.0):
            signs[name, words + (k >> 6)] |= bit


class Stack(NamedTuple):
    """Generators of the cells in hand, with their signs; a vague one is in both sets."""

    members: NDArray[np.int32]
    tight: NDArray[np.uint64]
    signs: NDArray[np.uint64]


class Parts(NamedTuple):
    """Room for taking one cell apart."""

    up: NDArray[np.int32]
    down: NDArray[np.int32]
    on: NDArray[np.int32]
    up_tight: NDArray[np.uint64]
    down_tight: NDArray[np.uint64]
    edge_up: NDArray[np.int32]
    edge_down: NDArray[np.int32]
    spare: Stack


@njit(cache=True)  # type: ignore[untyped-decorator]
def _stack(length: int, words: int) -> Stack:
    return Stack(
        np.zeros(length, np.int32),
        np.zeros(length, np.uint64),
        np.zeros((length, 2 * words), np.uint64),
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def _longer_stack(stack: Stack, length: int) -> Stack:
    return Stack(
        _longer_line(stack.members, length),
        _longer_line(stack.tight, length),
        _longer(stack.signs, length),
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def _parts(length: int) -> Parts:
    return Parts(
        np.zeros(length, np.int32),
        np.zeros(length, np.int32),
        np.zeros(length, np.int32),
        np.zeros(length, np.uint64),
        np.zeros(length, np.uint64),
        np.zeros(length, np.int32),
        np.zeros(length, np.int32),
        _stack(0, 1),
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def _wider_parts(parts: Parts, length: int, words: int) -> Parts:
    return Parts(
        parts.up, parts.down, parts.on, parts.up_tight, parts.down_tight, parts.edge_up,
        parts.edge_down, _stack(length, words),
    )  # fmt: skip


@njit(cache=True)  # type: ignore[untyped-decorator]
def _more_edges(parts: Parts, length: int) -> Parts:
    return Parts(
        parts.up, parts.down, parts.on, parts.up_tight, parts.down_tight,
        _longer_line(parts.edge_up, length), _longer_line(parts.edge_down, length), parts.spare,
    )  # fmt: skip


@njit(cache=True)  # type: ignore[untyped-decorator]
def _gather(
    source: Stack, chosen: Any, count: int, target: Stack, at: int, new_bit: np.uint64
) -> None:
    """Copy chosen generators; those that come before the place they go to are read first."""
    members, tight, signs = source.members, source.tight, source.signs
    for i in range(count):
        k = chosen[i]
        target.members[at + i], target.tight[at + i] = members[k], tight[k] | new_bit
        for w in range(signs.shape[1]):
            target.signs[at + i, w] = signs[k, w]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _move(source: Stack, count: int, target: Stack, at: int) -> None:
    for i in range(count):
        target.members[at + i], target.tight[at + i] = source.members[i], source.tight[i]
        for w in range(source.signs.shape[1]):
            target.signs[at + i, w] = source.signs[i, w]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _fill(stack: Stack, cells: Cells, begin: int, end: int, table: Table) -> None:
    """Take the generators of a cell in hand."""
    for i in range(begin, end):
        v = cells.members[i]
        stack.members[i - begin], stack.tight[i - begin] = v, cells.tight[i]
        for w in range(table.signs.shape[1]):
            stack.signs[i - begin, w] = table.signs[v, w]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _cut_edges(
    stack: Stack,
    parts: Parts,
    n_edges: int,
    at: int,
    new_bit: np.uint64,
    index: int,
    table: Table,
    size: int,
    first_new: int,
) -> tuple[Table, int]:
    """Find or make the generators on edges and put them behind those already in `spare`."""
    # Never more than one table for all the edges of one cell.
    if size + n_edges > len(table.height) or 2 * (size + n_edges - first_new) > len(table.slots):
        table = _grown(table, size + n_edges, first_new)
    slots, parents = table.slots, table.parents
    spare, mask = parts.spare, len(table.slots) - 1
    for i in range(n_edges):
        p, q = parts.edge_up[i], parts.edge_down[i]
        u, v = stack.members[p], stack.members[q]
        if u > v:
            u, v = v, u
        key = (np.int64(u) << 32) | np.int64(v)
        place = _place(key, mask)
        while slots[place, 1] != _EMPTY and slots[place, 0] != key:
            place = (place + 1) & mask
        name = slots[place, 1]
        if name == _EMPTY:
            name = size
            size += 1
            slots[place, 0], slots[place, 1] = key, name
            parents[name, 0], parents[name, 1], parents[name, 2] = u, v, index
            _blend(table, u, v, index, name)
        spare.members[at + i] = name
        spare.tight[at + i] = stack.tight[p] & stack.tight[q] | new_bit
        for w in range(table.signs.shape[1]):
            spare.signs[at + i, w] = table.signs[name, w]
    return table, size


@njit(cache=True)  # type: ignore[untyped-decorator]
def _only_two_contain(common: np.uint64, tight: Any, first: int, last: int) -> bool:
    count = 0
    for i in range(first, last):
        if common & tight[i] == common:
            count += 1
            if count > 2:
                return False
    return True


@njit(cache=True)  # type: ignore[untyped-decorator]
def _edges(
    stack: Stack, parts: Parts, first: int, last: int, n_up: int, n_down: int, least: int
) -> tuple[int, Parts]:
    """Pairs of generators on both sides that span an edge of the cell."""
    simple = True
    for i in range(first, last):
        simple = simple and popcount(stack.tight[i]) == least + 1
    n_edges = 0
    for i in range(n_up):
        own = parts.up_tight[i]
        for k in range(n_down):
            common = own & parts.down_tight[k]
            if popcount(common) < least:
                continue
            if not simple and not _only_two_contain(common, stack.tight, first, last):
                continue
            if n_edges == len(parts.edge_up):
                parts = _more_edges(parts, 2 * n_edges)
            parts.edge_up[n_edges], parts.edge_down[n_edges] = parts.up[i], parts.down[k]
            n_edges += 1
    return n_edges, parts


@njit(cache=True)  # type: ignore[untyped-decorator]
def _has_vague(signs: Any, words: int) -> bool:
    vague = _NONE
    for w in range(words):
        vague |= signs[w] & signs[words + w]
    return vague != _NONE


@njit(cache=True)  # type: ignore[untyped-decorator]
def _next_function(stack: Stack, first: int, last: int, after: int, n: int) -> int:
    """First function beyond `after` that may take both signs on a cell; n if there is none."""
    start = after + 1
    if start >= n:
        return n
    signs, words = stack.signs, stack.signs.shape[1] // 2
    for w in range(start >> 6, words):
        up, down = _NONE, _NONE
        for i in range(first, last):
            up |= signs[i, w]
            down |= signs[i, words + w]
        both = up & down
        if w == start >> 6:
            both = both >> np.uint64(start & 63) << np.uint64(start & 63)
        if both:
            return 64 * w + popcount((both & (~both + _ONE)) - _ONE)
    return n


@njit(cache=True)  # type: ignore[untyped-decorator]
def _packed_bits(tight: Any, first: int, last: int) -> int:
    """Renumber the bits of a cell, without those that are tight nowhere; how many are left."""
    used = _NONE
    for i in range(first, last):
        used |= tight[i]
    count = 0
    moved = np.zeros(last - first, np.uint64)
    for bit in range(64):
        if used >> np.uint64(bit) & _ONE:
            for i in range(first, last):
                moved[i - first] |= (tight[i] >> np.uint64(bit) & _ONE) << np.uint64(count)
            count += 1
    for i in range(first, last):
        tight[i] = moved[i - first]
    return count


@njit(cache=True)  # type: ignore[untyped-decorator]
def cut_cells(
    cells: Cells,
    queue: IntArray,
    table: Table,
    size: int,
    first_new: int,
    least: int,
    max_cells: int,
) -> tuple[Cells, Table, int, IntArray, IntArray, bool]:
    """Cut some cells by all functions in turn.

    Parameters
    ----------
    cells : Cells
    queue : int array
        Which of them to cut.
    table : Table
        Rows up to `size` are in use; those from `first_new` on were made on edges.
    least : int
        Number of tight inequalities that the ends of an edge share at least.
    max_cells : int
        Stop beyond this many new cells.

    Returns
    -------
    cells : Cells
        The parts, in the order of the queue.
    table, size
    waiting : int array
        Cells that were not cut, because a sign is vague.
    wanted : int array
        The generators with such signs.
    wide : bool
        Whether a cell has more than 64 inequalities; nothing else is of use then.
    """
    n = table.value.shape[1]
    most = 64
    out_start = np.zeros(len(queue) + 17, np.int64)
    out_bits, out_origin = np.zeros(len(queue) + 16, np.int32), np.zeros(len(queue) + 16, np.int64)
    out_members = np.zeros(2 * len(cells.members) + 64, np.int32)
    out_tight = np.zeros(2 * len(cells.members) + 64, np.uint64)
    n_out, filled = 0, 0
    words = table.signs.shape[1] // 2
    stack = _stack(1024, words)
    frame_end, frame_bits = np.zeros(n + 2, np.int64), np.zeros(n + 2, np.int64)
    frame_from = np.zeros(n + 2, np.int64)
    asked = np.zeros(len(table.height), np.bool_)
    waiting, wanted = np.zeros(len(queue), np.int64), np.zeros(16, np.int64)
    n_waiting, n_wanted = 0, 0
    parts = _parts(256)
    for at in range(len(queue)):
        cell = queue[at]
        begin, end = cells.start[cell], cells.start[cell + 1]
        if end - begin > len(stack.members):
            stack = _longer_stack(stack, 2 * (end - begin))
        _fill(stack, cells, begin, end, table)
        mark_out, mark_filled = n_out, filled
        depth = 0
        frame_end[0], frame_bits[0], frame_from[0] = end - begin, cells.n_bits[cell], -1
        stuck = False
        while depth >= 0:
            first = frame_end[depth - 1] if depth else 0
            last, bits = frame_end[depth], frame_bits[depth]
            index = _next_function(stack, first, last, frame_from[depth], n)
            if index >= n:
                count = last - first
                if filled + count > len(out_members):
                    out_members = _longer_line(out_members, 2 * (filled + count))
                    out_tight = _longer_line(out_tight, 2 * (filled + count))
                if n_out + 1 >= len(out_start):
                    out_start = _longer_line(out_start, 2 * n_out + 2)
                    out_bits = _longer_line(out_bits, 2 * n_out + 1)
                    out_origin = _longer_line(out_origin, 2 * n_out + 1)
                for i in range(first, last):
                    out_members[filled + i - first] = stack.members[i]
                    out_tight[filled + i - first] = stack.tight[i]
                filled += count
                out_bits[n_out], out_origin[n_out] = bits, cell
                n_out += 1
                out_start[n_out] = filled
                depth -= 1
                continue
            frame_from[depth] = index
            word, bit = index >> 6, _ONE << np.uint64(index & 63)
            if last - first > len(parts.up):
                parts = _parts(2 * (last - first))
            n_up, n_down, n_on = 0, 0, 0
            for i in range(first, last):
                if stack.signs[i, word] & bit:
                    stuck = stuck or stack.signs[i, words + word] & bit != _NONE
                    parts.up[n_up], parts.up_tight[n_up] = i, stack.tight[i]
                    n_up += 1
                elif stack.signs[i, words + word] & bit:
                    parts.down[n_down], parts.down_tight[n_down] = i, stack.tight[i]
                    n_down += 1
                else:
                    parts.on[n_on] = i
                    n_on += 1
            if stuck:
                for i in range(first, last):
                    v = stack.members[i]
                    if v >= len(asked):
                        asked = _longer_line(asked, 2 * v)
                    if asked[v] or not _has_vague(stack.signs[i], words):
                        continue
                    asked[v] = True
                    if n_wanted == len(wanted):
                        wanted = _longer_line(wanted, 2 * n_wanted)
                    wanted[n_wanted] = v
                    n_wanted += 1
                break
            if n_up == 0 or n_down == 0:
                continue
            if bits == most:
                bits = _packed_bits(stack.tight, first, last)
                if bits == most:
                    return (
                        Cells(out_start, out_members, out_tight, out_bits, out_origin),
                        table, size, waiting, wanted, True,
                    )  # fmt: skip
                for i in range(n_up):
                    parts.up_tight[i] = stack.tight[parts.up[i]]
                for i in range(n_down):
                    parts.down_tight[i] = stack.tight[parts.down[i]]
            new_bit = _ONE << np.uint64(bits)
            n_edges, parts = _edges(stack, parts, first, last, n_up, n_down, least)
            # The part below takes the place of the cell, the part above goes on top of the stack.
            n_shared = n_on + n_edges
            top = first + n_down + n_shared
            room = top + n_up + n_shared
            if room > len(stack.members):
                stack = _longer_stack(stack, 2 * room)
            if room + n_up > len(parts.spare.members):
                parts = _wider_parts(parts, 2 * (room + n_up), words)
            _gather(stack, parts.on, n_on, parts.spare, 0, new_bit)
            table, size = _cut_edges(
                stack, parts, n_edges, n_on, new_bit, index, table, size, first_new
            )
            _gather(stack, parts.up, n_up, parts.spare, n_shared, _NONE)
            _gather(stack, parts.down, n_down, stack, first, _NONE)
            _move(parts.spare, n_shared, stack, first + n_down)
            _move(parts.spare, n_shared + n_up, stack, top)
            frame_end[depth], frame_bits[depth] = top, bits + 1
            depth += 1
            frame_end[depth], frame_bits[depth] = top + n_up + n_shared, bits + 1
            frame_from[depth] = index
        if stuck:
            n_out, filled = mark_out, mark_filled
            waiting[n_waiting] = cell
            n_waiting += 1
        if n_out > max_cells:
            break
    return (
        Cells(
            out_start[: n_out + 1], out_members[:filled], out_tight[:filled], out_bits[:n_out],
            out_origin[:n_out],
        ),
        table, size, waiting[:n_waiting], wanted[:n_wanted], False,
    )  # fmt: skip

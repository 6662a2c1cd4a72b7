"""The compiled loop that cuts cells; `reference` says in plain Python what it does.

Importing this file imports numba; it is imported where it is used.

The cells in hand are rows of words: a generator, its tight set (T words), and the functions that
may be positive there (W words) and negative (W words).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.engines.bit_trees import popcount
from polytropic.geometry.subdividing.face_kernels import (
    edges,
    edges_of_simple,
    facets,
    is_simple,
    rename,
)
from polytropic.geometry.subdividing.name_kernels import place_of, rehashed
from polytropic.geometry.subdividing.value_kernels import blend, inherit_signs, set_signs

__all__ = ["cut_cells"]

_ONE = np.uint64(1)
_NONE = np.uint64(0)
_EMPTY = np.int64(-1)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _longer(array: Any, length: int) -> Any:
    """Copy of a table with room for more rows."""
    copy = np.empty((length, array.shape[1]), array.dtype)
    copy[: len(array)] = array
    return copy


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _longer_line(array: Any, length: int) -> Any:
    copy = np.empty(length, array.dtype)
    copy[: len(array)] = array
    return copy


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _copy_row(table: Any, source: int, target: int) -> None:
    """Copy a row of words; four is their usual number."""
    if table.shape[1] == 4:
        for w in range(4):
            table[target, w] = table[source, w]
    else:
        for w in range(table.shape[1]):
            table[target, w] = table[source, w]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _next_function(hand: Any, first: int, last: int, wide: int, start: int, n: int) -> int:
    """First function from `start` on that may take both signs on a cell; n if there is none."""
    if start >= n:
        return n
    words = (hand.shape[1] - 1 - wide) // 2
    for w in range(start >> 6, words):
        up, down = _NONE, _NONE
        for i in range(first, last):
            up |= hand[i, 1 + wide + w]
            down |= hand[i, 1 + wide + words + w]
        both = up & down
        if w == start >> 6:
            both = both >> np.uint64(start & 63) << np.uint64(start & 63)
        if both:
            return 64 * w + popcount((both & (~both + _ONE)) - _ONE)
    return n


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _ask(
    hand: Any, first: int, last: int, wide: int, asked: Any, wanted: IntArray, n_wanted: int
) -> Any:
    """Ask for the generators of a cell that have a vague sign."""
    words = (hand.shape[1] - 1 - wide) // 2
    for i in range(first, last):
        vague = _NONE
        for w in range(1 + wide, 1 + wide + words):
            vague |= hand[i, w] & hand[i, words + w]
        v = np.int64(hand[i, 0])
        if v >= len(asked):
            more = np.zeros(2 * v, np.bool_)
            more[: len(asked)] = asked
            asked = more
        if asked[v] or not vague:
            continue
        asked[v] = True
        if n_wanted == len(wanted):
            wanted = _longer_line(wanted, 2 * n_wanted)
        wanted[n_wanted] = v
        n_wanted += 1
    return asked, wanted, n_wanted


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _leaf_signs(hand: Any, first: int, last: int, wide: int, signs: Any) -> bool:
    """Signs of all functions on a cell; whether one of them is not known.

    Functions that were passed may have vague signs at generators made since.
    """
    words = len(signs) // 2
    unknown = False
    for w in range(words):
        plus, minus, vague = _NONE, _NONE, _NONE
        for i in range(first, last):
            p, m = hand[i, 1 + wide + w], hand[i, 1 + wide + words + w]
            plus |= p & ~m
            minus |= m & ~p
            vague |= p & m
        unknown = unknown or vague & ~(plus | minus) != _NONE
        signs[w], signs[words + w] = plus, minus
    return unknown


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def cut_cells(
    start: IntArray,
    members: Any,
    tight: Any,
    name_start: IntArray,
    names: Any,
    queue: IntArray,
    value: FloatArray,
    error: FloatArray,
    height: FloatArray,
    signs: Any,
    parents: IntArray,
    functions: Any,
    slots: IntArray,
    size: int,
    first_new: int,
    n: int,
    begin: int,
    stop: int,
    least: int,
    first_name: int,
    keep: bool,
    final: bool,
    room_left: int,
) -> Any:
    """Cut some cells by functions in turn, the negative side of each first.

    Parameters
    ----------
    start, members, tight, name_start, names
        `Cells`.
    queue : int array
        Which of them to cut.
    value, error, height, signs, parents, functions : arrays with room for more rows
        Rows up to `size` are in use; those from `first_new` on were made on edges.  `signs` is that
        of `sign_words`: a function in both sets has a vague sign, one in neither vanishes.
    slots : int array, shape (S, 2)
        Open addressing: the names of two parents in one number, and the generator between them.
    n : int
        Number of functions.
    begin, stop : int
        The first that cuts, and the first after it that does not.  Signs of cells mean something
        only if none comes after.
    least : int
        Number of tight inequalities that the ends of an edge share at least.
    first_name : int
        Name of the first function.
    keep : bool
        Whether the parts are wanted; otherwise they are only counted.
    final : bool
        Whether values of the functions are of no use afterwards.
    room_left : int
        Stop soon after there are more parts.

    Returns
    -------
    The parts (start, members, tight, name_start, names, origin, signs), their number; the tables
    (value, error, height, signs, parents, functions, slots, size); cells that were not cut because
    a sign is vague, and the generators with such signs; whether a cell has too many inequalities
    for its words (then nothing else is of use).
    """
    words, wide = signs.shape[1] // 2, tight.shape[1]
    most, row = 64 * wide, 1 + wide + 2 * words
    out = 2 * len(queue) + 16 if keep else 1
    out_start, out_name_start = np.zeros(out + 1, np.int64), np.zeros(out + 1, np.int64)
    out_origin = np.empty(out, np.int64)
    out_signs = np.empty((out, 2 * words), np.uint64)
    out_members = np.empty(4 * len(members) + 64 if keep else 1, np.int32)
    out_tight = np.empty((len(out_members), wide), np.uint64)
    out_names = np.empty(4 * len(names) + most if keep else 1, np.int32)
    n_out, filled, named = 0, 0, 0
    have = 1024
    hand = np.zeros((have, row), np.uint64)
    frame_begin, frame_end = np.zeros(n + 2, np.int64), np.zeros(n + 2, np.int64)
    frame_bits, frame_from = np.zeros(n + 2, np.int64), np.zeros(n + 2, np.int64)
    frame_names, frame_simple = np.zeros((n + 2, most), np.int32), np.zeros(n + 2, np.bool_)
    up, down, on = np.zeros(have, np.int32), np.zeros(have, np.int32), np.zeros(have, np.int32)
    near, near_word = np.zeros((have + 1, wide), np.uint64), np.zeros(have, np.uint64)
    up_end, down_end = np.zeros(have, np.int32), np.zeros(have, np.int32)
    kept, met = np.zeros(most, np.int32), np.zeros((most, wide), np.uint64)
    up_flags, down_flags = np.zeros(64 * words, np.uint8), np.zeros(64 * words, np.uint8)
    leaf_signs = np.zeros(2 * words, np.uint64)
    asked = np.zeros(len(height), np.bool_)
    waiting, wanted = np.zeros(len(queue), np.int64), np.zeros(16, np.int64)
    n_waiting, n_wanted = 0, 0
    too_wide = False
    for at in range(len(queue)):
        cell = queue[at]
        place, count = start[cell], start[cell + 1] - start[cell]
        if 2 * count > len(hand):
            hand = np.zeros((4 * count, row), np.uint64)
        for i in range(count):
            v = members[place + i]
            hand[i, 0] = v
            for w in range(wide):
                hand[i, 1 + w] = tight[place + i, w]
            for w in range(2 * words):
                hand[i, 1 + wide + w] = signs[v, w]
        n_bits = name_start[cell + 1] - name_start[cell]
        for b in range(n_bits):
            frame_names[0, b] = names[name_start[cell] + b]
        mark_out, mark_filled, mark_named = n_out, filled, named
        depth = 0
        frame_begin[0], frame_end[0], frame_bits[0], frame_from[0] = 0, count, n_bits, begin
        frame_simple[0] = is_simple(hand, 0, count, wide, least)
        stuck = False
        while depth >= 0:
            first, last, n_bits = frame_begin[depth], frame_end[depth], frame_bits[depth]
            count = last - first
            index = _next_function(hand, first, last, wide, frame_from[depth], stop)
            if index >= stop:
                depth -= 1
                n_out += 1
                if not keep:
                    continue
                if stop == n and _leaf_signs(hand, first, last, wide, leaf_signs):
                    stuck = True
                    asked, wanted, n_wanted = _ask(hand, first, last, wide, asked, wanted, n_wanted)
                    break
                if n_out > len(out_origin):
                    more = 2 * n_out
                    out_start = _longer_line(out_start, more + 1)
                    out_name_start = _longer_line(out_name_start, more + 1)
                    out_origin = _longer_line(out_origin, more)
                    out_signs = _longer(out_signs, more)
                if filled + count > len(out_members):
                    out_members = _longer_line(out_members, 2 * (filled + count))
                    out_tight = _longer(out_tight, 2 * (filled + count))
                if named + most > len(out_names):
                    out_names = _longer_line(out_names, 2 * (named + most))
                for w in range(2 * words):
                    out_signs[n_out - 1, w] = leaf_signs[w]
                simple = frame_simple[depth + 1]
                n_facets = facets(hand, first, last, wide, n_bits, simple, kept, met)
                for i in range(count):
                    out_members[filled + i] = np.int32(hand[first + i, 0])
                    for w in range(wide):
                        out_tight[filled + i, w] = hand[first + i, 1 + w]
                if n_facets < n_bits:
                    rename(out_tight, filled, filled + count, 0, wide, n_bits, kept)
                filled += count
                for b in range(n_bits):
                    if kept[b] >= 0:
                        out_names[named + kept[b]] = frame_names[depth + 1, b]
                named += n_facets
                out_origin[n_out - 1] = cell
                out_start[n_out], out_name_start[n_out] = filled, named
                continue
            frame_from[depth] = index + 1
            if count > len(up):
                more = 2 * count
                up, down = np.zeros(more, np.int32), np.zeros(more, np.int32)
                on = np.zeros(more, np.int32)
                near, near_word = np.zeros((more + 1, wide), np.uint64), np.zeros(more, np.uint64)
            plus, minus = 1 + wide + (index >> 6), 1 + wide + words + (index >> 6)
            bit = _ONE << np.uint64(index & 63)
            n_up, n_down, n_on = 0, 0, 0
            for i in range(first, last):
                if hand[i, plus] & bit:
                    stuck = stuck or hand[i, minus] & bit != _NONE
                    up[n_up] = i
                    n_up += 1
                elif hand[i, minus] & bit:
                    down[n_down] = i
                    n_down += 1
                else:
                    on[n_on] = i
                    n_on += 1
            if stuck:
                asked, wanted, n_wanted = _ask(hand, first, last, wide, asked, wanted, n_wanted)
                break
            if n_up == 0 or n_down == 0:
                continue
            if n_bits == most:
                simple = frame_simple[depth]
                n_facets = facets(hand, first, last, wide, n_bits, simple, kept, met)
                if n_facets == most:
                    too_wide = True
                    break
                rename(hand, first, last, 1, wide, n_bits, kept)
                for b in range(n_bits):
                    if kept[b] >= 0:
                        frame_names[depth, kept[b]] = frame_names[depth, b]
                n_bits = n_facets
            while True:
                if wide == 1 and frame_simple[depth]:
                    n_edges = edges_of_simple(
                        hand, up, n_up, down, n_down, near_word, up_end, down_end
                    )
                else:
                    n_edges = edges(
                        hand, first, last, wide, up, n_up, down, n_down, least, near, up_end,
                        down_end,
                    )  # fmt: skip
                if n_edges >= 0:
                    break
                more = -2 * n_edges
                up_end, down_end = np.zeros(more, np.int32), np.zeros(more, np.int32)
            if size + n_edges > len(height):
                more = 2 * (size + n_edges)
                value, error, signs = (
                    _longer(value, more),
                    _longer(error, more),
                    _longer(signs, more),
                )
                height, functions = _longer_line(height, more), _longer_line(functions, more)
                parents = _longer(parents, more)
            while 2 * (size + n_edges - first_new) > len(slots):
                slots = rehashed(slots, 2 * len(slots))
            # The part above takes the place of the cell, the part below goes behind both.
            n_shared = n_on + n_edges
            shared = first + n_up
            top = max(last, shared + n_shared)
            if top + n_shared + n_down > len(hand):
                hand = _longer(hand, 2 * (top + n_shared + n_down))
            new_word, new_bit = 1 + (n_bits >> 6), _ONE << np.uint64(n_bits & 63)
            mask = len(slots) - 1
            for i in range(n_edges):
                p, q, to = up_end[i], down_end[i], top + i
                u, v = np.int64(hand[p, 0]), np.int64(hand[q, 0])
                if u > v:
                    u, v = v, u
                key = (u << 32) | v
                place = place_of(key, mask)
                while slots[place, 1] != _EMPTY and slots[place, 0] != key:
                    place = (place + 1) & mask
                name = slots[place, 1]
                if name == _EMPTY:
                    name = size
                    size += 1
                    slots[place, 0], slots[place, 1] = key, name
                    parents[name, 0], parents[name, 1], functions[name] = u, v, index
                    blend(value, error, height, u, v, index, name, index if final else 0)
                    set_signs(value, error, signs, name, index, n, up_flags, down_flags)
                    inherit_signs(signs, u, v, name, index)
                hand[to, 0] = np.uint64(name)
                for w in range(1, 1 + wide):
                    hand[to, w] = hand[p, w] & hand[q, w]
                for w in range(2 * words):
                    hand[to, 1 + wide + w] = signs[name, w]
            for i in range(n_on):
                _copy_row(hand, on[i], top + n_edges + i)
            for i in range(top, top + n_shared):
                hand[i, new_word] |= new_bit
            for i in range(n_down):
                _copy_row(hand, down[i], top + n_shared + i)
            for i in range(n_up):
                _copy_row(hand, up[i], first + i)
            for i in range(n_shared):
                _copy_row(hand, top + i, shared + i)
            frame_names[depth, n_bits] = first_name + index
            simple = frame_simple[depth] and n_on == 0
            frame_end[depth], frame_bits[depth] = shared + n_shared, n_bits + 1
            frame_simple[depth] = simple
            for b in range(n_bits + 1):
                frame_names[depth + 1, b] = frame_names[depth, b]
            depth += 1
            frame_begin[depth], frame_end[depth] = top, top + n_shared + n_down
            frame_bits[depth], frame_from[depth] = n_bits + 1, index + 1
            frame_simple[depth] = simple
        if too_wide:
            break
        if stuck:
            n_out, filled, named = mark_out, mark_filled, mark_named
            waiting[n_waiting] = cell
            n_waiting += 1
        if n_out > room_left:
            break
    kept_out = n_out if keep else 0
    return (
        out_start[: kept_out + 1], out_members[:filled], out_tight[:filled],
        out_name_start[: kept_out + 1], out_names[:named], out_origin[:kept_out],
        out_signs[:kept_out], n_out,
        value, error, height, signs, parents, functions, slots, size,
        waiting[:n_waiting], wanted[:n_wanted], too_wide,
    )  # fmt: skip

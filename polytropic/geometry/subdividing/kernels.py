"""Compiled loops that cut cells; `reference` says in plain Python what they do.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.engines.bit_trees import popcount

__all__ = ["cut_cells", "register", "renumber", "sign_words"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000
_SAFE_RELATIVE = 0.05
_SAFE_SHARE = 2.0**-900
_ONE = np.uint64(1)
_NONE = np.uint64(0)
_EMPTY = np.int64(-1)
_GATHER = np.uint64(0x0102040810204080)  # moves the lowest bits of eight bytes side by side


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _longer(array: Any, length: int) -> Any:
    """Copy of a table with room for more rows."""
    copy = np.zeros((length, array.shape[1]), array.dtype)
    copy[: len(array)] = array
    return copy


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _longer_line(array: Any, length: int) -> Any:
    copy = np.zeros(length, array.dtype)
    copy[: len(array)] = array
    return copy


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _place(key: int, mask: int) -> int:
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return int(np.int64(mixed >> np.uint64(24)) & mask)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _blend(
    value: FloatArray, error: FloatArray, height: FloatArray, u: int, v: int, index: int, name: int
) -> None:
    """Write the row of the generator on the edge uv where a function vanishes (see `blend`)."""
    a, a_error = abs(value[v, index]), error[v, index]
    b, b_error = abs(value[u, index]), error[u, index]
    relative_a, relative_b = a_error / a, b_error / b
    sure = relative_a < _SAFE_RELATIVE and relative_b < _SAFE_RELATIVE
    r = (relative_a + relative_b) / (1.0 - relative_a) + 8.0 * _UNIT
    r = r / (1.0 - r)
    hu, hv = height[u], height[v]
    use_u, use_v = 1.0, 1.0
    if hu == hv:
        share_u, share_v = a / (a + b), b / (a + b)
        slack = share_u * share_v * r
    elif hu == 1.0:
        share_u, share_v = 1.0, b / a
        slack = share_v * r
        use_u = 0.0
    else:
        share_u, share_v = a / b, 1.0
        slack = share_u * r
        use_v = 0.0
    slack *= 1.0 + 8.0 * _UNIT
    carry = (1.0 + r) * (1.0 + 16.0 * _UNIT)
    sure = sure and min(share_u, share_v) > _SAFE_SHARE
    height[name] = max(hu, hv)
    poor = 0.0 if sure else np.inf
    for k in range(value.shape[1]):
        x, y = value[u, k], value[v, k]
        ex, ey = error[u, k], error[v, k]
        left, right = share_u * x, share_v * y
        moved = abs(use_u * x - use_v * y)
        entry = left + right
        bound = (
            slack * moved
            + carry * (share_u * ex + share_v * ey)
            + 16.0 * _UNIT * (abs(left) + abs(right))
            + (_TINY + poor)
        )
        fine = abs(entry) + bound < np.inf
        alive = abs(x) + abs(y) + (ex + ey) != 0.0
        value[name, k] = entry if fine and alive else 0.0
        error[name, k] = (bound if fine else np.inf) if alive else 0.0
    value[name, index], error[name, index] = 0.0, 0.0


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _set_signs(
    value: FloatArray, error: FloatArray, signs: Any, name: int, n: int, up: Any, down: Any
) -> None:
    """Pack the functions that may be positive at a generator, then those that may be negative."""
    for k in range(n):
        x, e = value[name, k], error[name, k]
        known = x != 0.0 or e != 0.0
        up[k] = np.uint8(not (x < -e) and known)
        down[k] = np.uint8(not (x > e) and known)
    wide_up, wide_down = up.view(np.uint64), down.view(np.uint64)
    words = signs.shape[1] // 2
    for w in range(words):
        plus, minus = _NONE, _NONE
        for i in range(8):
            shift = np.uint64(8 * i)
            plus |= ((wide_up[8 * w + i] * _GATHER) >> np.uint64(56)) << shift
            minus |= ((wide_down[8 * w + i] * _GATHER) >> np.uint64(56)) << shift
        signs[name, w], signs[name, words + w] = plus, minus


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sign_words(value: FloatArray, error: FloatArray, n: int) -> NDArray[np.uint64]:
    """Packed signs of the first n functions: where they may be positive, then negative."""
    words = max(1, (n + 63) // 64)
    signs = np.zeros((len(value), 2 * words), np.uint64)
    up, down = np.zeros(64 * words, np.uint8), np.zeros(64 * words, np.uint8)
    for name in range(len(value)):
        _set_signs(value, error, signs, name, n, up, down)
    return signs


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _next_function(signs: Any, first: int, last: int, start: int, n: int) -> int:
    """First function from `start` on that may take both signs on a cell; n if there is none."""
    if start >= n:
        return n
    words = signs.shape[1] // 2
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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _common(tight: Any, first: int, last: int, common: Any, row: Any) -> bool:
    """Whether only two generators of a cell have all the tight inequalities `common[row]`."""
    count = 0
    for i in range(first, last):
        inside = True
        for w in range(tight.shape[1]):
            inside = inside and common[row, w] & tight[i, w] == common[row, w]
        if inside:
            count += 1
            if count > 2:
                return False
    return True


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _weight(tight: Any, i: int) -> int:
    count = 0
    for w in range(tight.shape[1]):
        count += popcount(tight[i, w])
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _facets(
    tight: Any, first: int, last: int, n_bits: int, kept: Any, met: Any
) -> int:
    """Which inequalities of a cell are its facets: `kept[b]` is their new number, or -1.

    A facet is a set of generators where one inequality is tight and that is contained in no other
    such set; of equal sets the first counts.
    """
    words = tight.shape[1]
    for b in range(n_bits):
        kept[b] = -1
        for w in range(words):
            met[b, w] = ~_NONE
    for i in range(first, last):
        for w in range(words):
            rest = tight[i, w]
            while rest:
                low = rest & (~rest + _ONE)
                rest ^= low
                b = 64 * w + popcount(low - _ONE)
                kept[b] = 0
                for k in range(words):
                    met[b, k] &= tight[i, k]
    count = 0
    for b in range(n_bits):
        if kept[b] == -1:
            continue
        facet = True
        own = _ONE << np.uint64(b & 63)
        for w in range(words):
            rest = met[b, w]
            if w == b >> 6:
                rest ^= own
            while rest:
                low = rest & (~rest + _ONE)
                rest ^= low
                c = 64 * w + popcount(low - _ONE)
                if c < b or not met[c, b >> 6] & own:
                    facet = False
        kept[b] = count if facet else -1
        count += facet
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _renamed(source: Any, i: int, n_bits: int, kept: Any, target: Any, at: int) -> None:
    """Write a tight set with the new numbers of its inequalities."""
    words = source.shape[1]
    for w in range(words):
        target[at, w] = _NONE
    for w in range(words):
        rest = source[i, w]
        while rest:
            low = rest & (~rest + _ONE)
            rest ^= low
            b = kept[64 * w + popcount(low - _ONE)]
            if b >= 0:
                target[at, b >> 6] |= _ONE << np.uint64(b & 63)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _packed(tight: Any, first: int, last: int, names: Any, n_bits: int, kept: Any, met: Any) -> int:
    """Keep only the facets of a cell in hand; how many there are."""
    count = _facets(tight, first, last, n_bits, kept, met)
    spare = np.zeros((1, tight.shape[1]), np.uint64)
    for i in range(first, last):
        _renamed(tight, i, n_bits, kept, spare, 0)
        tight[i] = spare[0]
    for b in range(n_bits):
        if kept[b] >= 0:
            names[kept[b]] = names[b]
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _edges(
    tight: Any, first: int, last: int, up: Any, n_up: int, down: Any, n_down: int, least: int,
    near: Any, up_end: Any, down_end: Any,
) -> int:  # fmt: skip
    """Pairs of generators on both sides that span an edge of the cell.

    Returns minus one more than their number if they do not fit; `near` is room for tight sets.
    """
    words, room, count = tight.shape[1], len(up_end), 0
    for k in range(n_down):
        for w in range(words):
            near[k, w] = tight[down[k], w]
    for i in range(n_up):
        p = up[i]
        simple = _weight(tight, p) == least + 1
        for k in range(n_down):
            shared = 0
            for w in range(words):
                shared += popcount(tight[p, w] & near[k, w])
            if shared < least:
                continue
            if not simple and _weight(near, k) != least + 1:
                for w in range(words):
                    near[n_down, w] = tight[p, w] & near[k, w]
                if not _common(tight, first, last, near, n_down):
                    continue
            if count < room:
                up_end[count], down_end[count] = p, down[k]
            count += 1
    return count if count <= room else -1 - count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _edges_of_words(
    tight: Any, first: int, last: int, up: Any, n_up: int, down: Any, n_down: int, least: int,
    near: Any, up_end: Any, down_end: Any,
) -> int:  # fmt: skip
    """The same for tight sets of one word."""
    room, count = len(up_end), 0
    for k in range(n_down):
        near[k, 0] = tight[down[k], 0]
    for i in range(n_up):
        p = up[i]
        own = tight[p, 0]
        simple = popcount(own) == least + 1
        for k in range(n_down):
            if popcount(own & near[k, 0]) < least:
                continue
            if not simple and popcount(near[k, 0]) != least + 1:
                near[n_down, 0] = own & near[k, 0]
                if not _common(tight, first, last, near, n_down):
                    continue
            if count < room:
                up_end[count], down_end[count] = p, down[k]
            count += 1
    return count if count <= room else -1 - count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _ask(
    hand: Any, signs: Any, first: int, last: int, asked: Any, wanted: IntArray, n_wanted: int
) -> Any:
    """Ask for the generators of a cell that have a vague sign."""
    words = signs.shape[1] // 2
    for i in range(first, last):
        vague = _NONE
        for w in range(words):
            vague |= signs[i, w] & signs[i, words + w]
        v = hand[i]
        if v >= len(asked):
            asked = _longer_line(asked, 2 * v)
        if asked[v] or not vague:
            continue
        asked[v] = True
        if n_wanted == len(wanted):
            wanted = _longer_line(wanted, 2 * n_wanted)
        wanted[n_wanted] = v
        n_wanted += 1
    return asked, wanted, n_wanted


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
    least: int,
    first_name: int,
    keep: bool,
    room_left: int,
) -> Any:
    """Cut some cells by n functions in turn, the negative side of each first.

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
    least : int
        Number of tight inequalities that the ends of an edge share at least.
    first_name : int
        Name of the first function.
    keep : bool
        Whether the parts are wanted; otherwise they are only counted.
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
    most = 64 * wide
    out = len(queue) + 16 if keep else 1
    out_start, out_name_start = np.zeros(out + 1, np.int64), np.zeros(out + 1, np.int64)
    out_origin = np.zeros(out, np.int64)
    out_signs = np.zeros((out, 2 * words), np.uint64)
    out_members = np.zeros(2 * len(members) + 64 if keep else 1, np.int32)
    out_tight = np.zeros((len(out_members), wide), np.uint64)
    out_names = np.zeros(2 * len(names) + 64 if keep else 1, np.int32)
    n_out, filled, named = 0, 0, 0
    # The cells in hand, one upon the other: generators, tight sets, signs, names of inequalities.
    have = 1024
    hand, hand_tight = np.zeros(have, np.int32), np.zeros((have, wide), np.uint64)
    hand_signs = np.zeros((have, 2 * words), np.uint64)
    frame_end, frame_bits = np.zeros(n + 2, np.int64), np.zeros(n + 2, np.int64)
    frame_from, frame_names = np.zeros(n + 2, np.int64), np.zeros((n + 2, most), np.int32)
    spare, spare_tight = np.zeros(have, np.int32), np.zeros((have, wide), np.uint64)
    spare_signs = np.zeros((have, 2 * words), np.uint64)
    up, down, on = np.zeros(have, np.int32), np.zeros(have, np.int32), np.zeros(have, np.int32)
    near = np.zeros((have + 1, wide), np.uint64)
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
        begin, end = start[cell], start[cell + 1]
        count = end - begin
        while 2 * count > have:
            have *= 2
        if have > len(hand):
            hand, hand_tight = _longer_line(hand, have), _longer(hand_tight, have)
            hand_signs = _longer(hand_signs, have)
        for i in range(count):
            hand[i] = members[begin + i]
            for w in range(wide):
                hand_tight[i, w] = tight[begin + i, w]
            for w in range(2 * words):
                hand_signs[i, w] = signs[hand[i], w]
        n_bits = name_start[cell + 1] - name_start[cell]
        for b in range(n_bits):
            frame_names[0, b] = names[name_start[cell] + b]
        mark_out, mark_filled, mark_named = n_out, filled, named
        depth = 0
        frame_end[0], frame_bits[0], frame_from[0] = count, n_bits, 0
        stuck = False
        while depth >= 0:
            first = frame_end[depth - 1] if depth else 0
            last, n_bits = frame_end[depth], frame_bits[depth]
            index = _next_function(hand_signs, first, last, frame_from[depth], n)
            if index >= n:
                if not keep:
                    depth -= 1
                    n_out += 1
                    continue
                # Functions that were passed may have vague signs at generators made since.
                for w in range(words):
                    plus, minus, vague = _NONE, _NONE, _NONE
                    for i in range(first, last):
                        plus |= hand_signs[i, w] & ~hand_signs[i, words + w]
                        minus |= hand_signs[i, words + w] & ~hand_signs[i, w]
                        vague |= hand_signs[i, w] & hand_signs[i, words + w]
                    stuck = stuck or vague & ~(plus | minus) != _NONE
                    leaf_signs[w], leaf_signs[words + w] = plus, minus
                if stuck:
                    asked, wanted, n_wanted = _ask(
                        hand, hand_signs, first, last, asked, wanted, n_wanted
                    )
                    break
                depth -= 1
                n_out += 1
                count = last - first
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
                n_facets = _facets(hand_tight, first, last, n_bits, kept, met)
                for w in range(2 * words):
                    out_signs[n_out - 1, w] = leaf_signs[w]
                for i in range(first, last):
                    out_members[filled] = hand[i]
                    if n_facets == n_bits:
                        for w in range(wide):
                            out_tight[filled, w] = hand_tight[i, w]
                    else:
                        _renamed(hand_tight, i, n_bits, kept, out_tight, filled)
                    filled += 1
                for b in range(n_bits):
                    if kept[b] >= 0:
                        out_names[named + kept[b]] = frame_names[depth + 1, b]
                named += n_facets
                out_origin[n_out - 1] = cell
                out_start[n_out], out_name_start[n_out] = filled, named
                continue
            frame_from[depth] = index + 1
            word, bit = index >> 6, _ONE << np.uint64(index & 63)
            if last - first > len(up):
                more = 2 * (last - first)
                up, down, on = np.zeros(more, np.int32), np.zeros(more, np.int32), np.zeros(more, np.int32)
                near = np.zeros((more + 1, wide), np.uint64)
            n_up, n_down, n_on = 0, 0, 0
            for i in range(first, last):
                if hand_signs[i, word] & bit:
                    stuck = stuck or hand_signs[i, words + word] & bit != _NONE
                    up[n_up] = i
                    n_up += 1
                elif hand_signs[i, words + word] & bit:
                    down[n_down] = i
                    n_down += 1
                else:
                    on[n_on] = i
                    n_on += 1
            if stuck:
                asked, wanted, n_wanted = _ask(
                    hand, hand_signs, first, last, asked, wanted, n_wanted
                )
                break
            if n_up == 0 or n_down == 0:
                continue
            if n_bits == most:
                n_bits = _packed(hand_tight, first, last, frame_names[depth], n_bits, kept, met)
                if n_bits == most:
                    too_wide = True
                    break
            while True:
                if wide == 1:
                    n_edges = _edges_of_words(
                        hand_tight, first, last, up, n_up, down, n_down, least, near, up_end, down_end
                    )
                else:
                    n_edges = _edges(
                        hand_tight, first, last, up, n_up, down, n_down, least, near, up_end, down_end
                    )
                if n_edges >= 0:
                    break
                up_end, down_end = np.zeros(-2 * n_edges, np.int32), np.zeros(-2 * n_edges, np.int32)
            if size + n_edges > len(height):
                more = 2 * (size + n_edges)
                value, error, signs = _longer(value, more), _longer(error, more), _longer(signs, more)
                height, functions = _longer_line(height, more), _longer_line(functions, more)
                parents = _longer(parents, more)
            while 2 * (size + n_edges - first_new) > len(slots):
                slots = _rehashed(slots, 2 * len(slots))
            # The part above takes the place of the cell, the part below goes on top of it.
            n_shared = n_on + n_edges
            top = first + n_up + n_shared
            total = top + n_down + n_shared
            if total > len(hand):
                hand, hand_tight = _longer_line(hand, 2 * total), _longer(hand_tight, 2 * total)
                hand_signs = _longer(hand_signs, 2 * total)
            if n_shared + n_down > len(spare):
                more = 2 * (n_shared + n_down)
                spare, spare_tight = np.zeros(more, np.int32), np.zeros((more, wide), np.uint64)
                spare_signs = np.zeros((more, 2 * words), np.uint64)
            new_word, new_bit = n_bits >> 6, _ONE << np.uint64(n_bits & 63)
            mask = len(slots) - 1
            for i in range(n_edges):
                p, q = up_end[i], down_end[i]
                u, v = hand[p], hand[q]
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
                    parents[name, 0], parents[name, 1], functions[name] = u, v, index
                    _blend(value, error, height, u, v, index, name)
                    _set_signs(value, error, signs, name, n, up_flags, down_flags)
                spare[i] = name
                for w in range(wide):
                    spare_tight[i, w] = hand_tight[p, w] & hand_tight[q, w]
                for w in range(2 * words):
                    spare_signs[i, w] = signs[name, w]
            for i in range(n_on + n_down):
                k, to = (on[i] if i < n_on else down[i - n_on]), n_edges + i
                spare[to] = hand[k]
                for w in range(wide):
                    spare_tight[to, w] = hand_tight[k, w]
                for w in range(2 * words):
                    spare_signs[to, w] = hand_signs[k, w]
            for i in range(n_shared):
                spare_tight[i, new_word] |= new_bit
            for i in range(n_up):
                k, to = up[i], first + i
                hand[to] = hand[k]
                for w in range(wide):
                    hand_tight[to, w] = hand_tight[k, w]
                for w in range(2 * words):
                    hand_signs[to, w] = hand_signs[k, w]
            for i in range(n_shared):
                hand[first + n_up + i] = spare[i]
                for w in range(wide):
                    hand_tight[first + n_up + i, w] = spare_tight[i, w]
                for w in range(2 * words):
                    hand_signs[first + n_up + i, w] = spare_signs[i, w]
            for i in range(n_shared + n_down):
                hand[top + i] = spare[i]
                for w in range(wide):
                    hand_tight[top + i, w] = spare_tight[i, w]
                for w in range(2 * words):
                    hand_signs[top + i, w] = spare_signs[i, w]
            frame_names[depth, n_bits] = first_name + index
            frame_end[depth], frame_bits[depth] = top, n_bits + 1
            for b in range(n_bits + 1):
                frame_names[depth + 1, b] = frame_names[depth, b]
            depth += 1
            frame_end[depth], frame_bits[depth], frame_from[depth] = total, n_bits + 1, index + 1
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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def renumber(members: Any, n_generators: int) -> Any:
    """Number the generators in use anew, in order of appearance: members, old names."""
    new = np.full(n_generators, -1, np.int32)
    old = np.zeros(min(n_generators, len(members)), np.int64)
    moved = np.zeros(len(members), np.int32)
    count = 0
    for i in range(len(members)):
        v = members[i]
        if new[v] < 0:
            new[v] = count
            old[count] = v
            count += 1
        moved[i] = new[v]
    return moved, old[:count].copy()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def register(slots: IntArray, size: int, first_new: int, known: IntArray, parents: IntArray) -> Any:
    """Name generators by their edges: those of a part of a complex among those of the whole.

    Parameters
    ----------
    slots : int array
        As in `cut_cells`; it may be made longer.
    size : int
        Number of names given so far; those from `first_new` on were made on edges.
    known : int array
        Names of the first generators of the part.
    parents : int array, shape (k, 2)
        Ends of the edges of its other generators, in its own numbers, ends before what lies
        between.

    Returns
    -------
    slots, size
    names : int array
        Of all generators of the part.
    fresh : int array
        Which of the k generators are new to the whole.
    """
    n = len(known)
    names = np.zeros(n + len(parents), np.int64)
    names[:n] = known
    fresh = np.zeros(len(parents), np.int64)
    n_fresh = 0
    while 2 * (size + len(parents) - first_new) > len(slots):
        slots = _rehashed(slots, 2 * len(slots))
    mask = len(slots) - 1
    for i in range(len(parents)):
        u, v = names[parents[i, 0]], names[parents[i, 1]]
        if u > v:
            u, v = v, u
        key = (u << 32) | v
        place = _place(key, mask)
        while slots[place, 1] != _EMPTY and slots[place, 0] != key:
            place = (place + 1) & mask
        if slots[place, 1] == _EMPTY:
            slots[place, 0], slots[place, 1] = key, size
            size += 1
            fresh[n_fresh] = i
            n_fresh += 1
        names[n + i] = slots[place, 1]
    return slots, size, names, fresh[:n_fresh].copy()

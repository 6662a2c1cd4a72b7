"""Compiled loops on flats: contraction modulo primes, parallel classes, and walks up a lattice.

A flat is a set of bits with a basis of rows.  `Residues` says why residues decide dependence.  In
the contraction of a flat Y every row becomes a vector of length r - |basis|, known modulo each
prime up to a factor; it is scaled so that its first non-zero entry is one.  Two rows span the same
flat with Y exactly when these vectors agree modulo every prime.  That fails only if a prime sees
a vector vanish that is not zero, or a basis that is dependent: then the kernels return the place
of that prime, and the caller takes another one.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["expand", "find", "finish", "grown_slots", "lines_through", "top_flats"]

_LOW = 0xFFFFFFFF
_MIX = 0x2545F4914F6CDD1D


# -- arithmetic modulo a prime -------------------------------------------------------------------
@njit(cache=True)  # type: ignore[untyped-decorator]
def times(x: int, y: int, p: int, q: int) -> int:
    """Montgomery's product of two residues; q is -1/p modulo 2^32."""
    t = x * y
    t = (t + ((t * q) & _LOW) * p) >> 32
    return t - p if t >= p else t


@njit(cache=True)  # type: ignore[untyped-decorator]
def inverse(x: int, constants: Any) -> int:
    """Power p - 2 of a residue."""
    p, q, result = constants[0], constants[1], constants[2]
    exponent = p - 2
    while exponent:
        if exponent & 1:
            result = times(result, x, p, q)
        x = times(x, x, p, q)
        exponent >>= 1
    return result


@njit(cache=True)  # type: ignore[untyped-decorator]
def invert_all(values: Any, n: int, constants: Any, table: Any, partial: Any) -> None:
    """Invert all non-zero residues in place; without a table, with one inversion for all."""
    if len(table):
        for i in range(n):
            values[i] = table[values[i]]
        return
    p, q, running = constants[0], constants[1], constants[2]
    for i in range(n):
        partial[i] = running
        if values[i]:
            running = times(running, values[i], p, q)
    running = inverse(running, constants)
    for i in range(n - 1, -1, -1):
        if values[i]:
            value = values[i]
            values[i] = times(running, partial[i], p, q)
            running = times(running, value, p, q)


# -- one flat ------------------------------------------------------------------------------------
@njit(cache=True)  # type: ignore[untyped-decorator]
def contract(
    matrix: Any, constants: Any, table: Any, basis: Any, rows: int, work: Any, base: Any
) -> int:
    """Write the first rows, modulo the span of the basis, to `work`; -1, or a bad prime's place."""
    size, full = len(basis), matrix.shape[2]
    for s in range(len(matrix)):
        p, q = constants[s, 0], constants[s, 1]
        for h in range(rows):
            for j in range(full):
                work[s, h, j] = matrix[s, h, j]
        for i in range(size):
            for j in range(full):
                base[i, j] = matrix[s, basis[i], j]
        width = full
        for i in range(size):
            column = 0
            while column < width and base[i, column] == 0:
                column += 1
            if column == width:
                return s
            lead = table[base[i, column]] if len(table) else inverse(base[i, column], constants[s])
            width -= 1
            base[i, column] = base[i, width]
            for j in range(width):
                base[i, j] = times(base[i, j], lead, p, q)
            for other in range(i + 1, size):
                _eliminate(base[other], base[i], column, width, p, q)
            for h in range(rows):
                _eliminate(work[s, h], base[i], column, width, p, q)
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _eliminate(row: Any, pivot: Any, column: int, width: int, p: int, q: int) -> None:
    """Subtract a multiple of a pivot row (its pivot is one), and close up the pivot's column."""
    factor = row[column]
    row[column] = row[width]
    if factor:
        for j in range(width):
            value = row[j] - times(factor, pivot[j], p, q)
            row[j] = value + p if value < 0 else value


@njit(cache=True)  # type: ignore[untyped-decorator]
def normalise(
    work: Any, rows: int, width: int, constants: Any, table: Any, zero: Any, leads: Any,
    partial: Any,
) -> int:  # fmt: skip
    """Scale every row to first non-zero entry one, and mark the zero rows; -1, or a bad prime."""
    for s in range(len(work)):
        for h in range(rows):
            lead = 0
            for j in range(width):
                if work[s, h, j]:
                    lead = work[s, h, j]
                    break
            leads[h] = lead
            if s == 0:
                zero[h] = lead == 0
            elif zero[h] != (lead == 0):
                return 0 if zero[h] else s
        invert_all(leads, rows, constants[s], table, partial)
        p, q = constants[s, 0], constants[s, 1]
        for h in range(rows):
            for j in range(width):
                work[s, h, j] = times(work[s, h, j], leads[h], p, q)
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def classes(
    work: Any, rows: int, width: int, zero: Any, founders: int, slots: Any, label: Any, first: Any
) -> int:
    """Number the classes of equal rows among the first ones, in order of their first rows.

    Classes without a row before `founders` get no number (-1, as zero rows do).
    """
    mask = 4
    while mask < 2 * rows:
        mask *= 2
    mask -= 1
    for i in range(mask + 1):
        slots[i] = -1
    count = 0
    for h in range(rows):
        label[h] = -1
        if zero[h]:
            continue
        key = 0
        for s in range(len(work)):
            for j in range(width):
                key = (key ^ work[s, h, j]) * _MIX
                key ^= key >> 29
        place = (key ^ (key >> 32)) & mask
        while slots[place] >= 0 and not _same(work, h, first[slots[place]], width):
            place = (place + 1) & mask
        if slots[place] < 0 and h < founders:
            first[count] = h
            slots[place] = count
            count += 1
        label[h] = slots[place]
    return count


@njit(cache=True)  # type: ignore[untyped-decorator]
def _same(work: Any, one: int, other: int, width: int) -> bool:
    for s in range(len(work)):
        for j in range(width):
            if work[s, one, j] != work[s, other, j]:
                return False
    return True


# -- sets of bits --------------------------------------------------------------------------------
@njit(cache=True)  # type: ignore[untyped-decorator]
def has(bits: Any, h: int) -> bool:
    """Whether bit h is set."""
    return ((bits[h >> 6] >> np.uint64(h & 63)) & np.uint64(1)) != np.uint64(0)


@njit(cache=True)  # type: ignore[untyped-decorator]
def leading(bits: Any, base: Any, ends: Any) -> Any:
    """First orbit that meets a flat outside of the base, and in how many rows; past all if none."""
    start = 0
    for orbit in range(len(ends)):
        count = 0
        for h in range(start, ends[orbit]):
            if has(bits, h) and not has(base, h):
                count += 1
        if count:
            return orbit, count
        start = ends[orbit]
    return len(ends), 0


@njit(cache=True)  # type: ignore[untyped-decorator]
def find(keys: Any, slots: Any, bits: Any) -> int:
    """Place in the hash table where these bits are, or may be put."""
    mask = len(slots) - 1
    key: Any = 0
    for word in bits:
        key = (key ^ np.int64(word)) * _MIX
        key ^= key >> 29
    place = (key ^ (key >> 32)) & mask
    while slots[place] >= 0:
        other = keys[slots[place]]
        same = True
        for w in range(len(bits)):
            if other[w] != bits[w]:
                same = False
                break
        if same:
            break
        place = (place + 1) & mask
    return place


@njit(cache=True)  # type: ignore[untyped-decorator]
def grown_slots(keys: Any, count: int, size: int) -> Any:
    """Hash table of the first keys, with a power of two of slots."""
    slots = np.full(size, -1, np.int32)
    for i in range(count):
        slots[find(keys, slots, keys[i])] = i
    return slots


# -- walking up the lattice ----------------------------------------------------------------------
@njit(cache=True)  # type: ignore[untyped-decorator]
def expand(
    matrix: Any, constants: Any, table: Any, ends: Any, base: Any, keep: bool,
    keys: Any, values: Any, bases: Any, start: int, stop: int,
    new_keys: Any, new_values: Any, new_bases: Any, new_shares: Any, count: int, slots: Any,
    histogram: Any,
) -> Any:  # fmt: skip
    """Join flats of one rank with all rows outside, and add what they give to the flats above.

    A flat Y with value v gives ``v t`` to a flat X above, where t of the b rows of X in its
    leading orbit are not in Y.  `new_values` collects the sums of ``v t`` for every X, `new_shares`
    has its b, and ``histogram[b]`` adds up all of them.  Flats that give nothing to those above
    are left out of the table, unless `keep` is set.

    Returns
    -------
    done, count, bad : int
        Flats before `done` have been joined (the walk stops early when the table gets full);
        number of flats in the table; -1, or the place of a bad prime.
    """
    m, full = matrix.shape[1], matrix.shape[2]
    width = full - bases.shape[1]
    work = np.empty((len(matrix), m, full), np.int64)
    bottom = np.empty((full, full), np.int64)
    zero, label, first = np.empty(m, np.bool_), np.empty(m, np.int64), np.empty(m, np.int64)
    leads, partial = np.empty(m, np.int64), np.empty(m, np.int64)
    small = np.empty(4 * m + 8, np.int64)
    sets = np.empty((m, keys.shape[1]), np.uint64)
    one = np.uint64(1)
    for y in range(start, stop):
        if count + m > len(new_keys) or 2 * (count + m) > len(slots):
            return y, count, -1
        orbit, before = leading(keys[y], base, ends)
        founders = ends[orbit] if orbit < len(ends) else m
        bad = contract(matrix, constants, table, bases[y], m, work, bottom)
        if bad < 0:
            bad = normalise(work, m, width, constants, table, zero, leads, partial)
        if bad >= 0:
            return y, count, bad
        n = classes(work, m, width, zero, founders, small, label, first)
        for c in range(n):
            sets[c] = keys[y]
        for h in range(m):
            if label[h] >= 0:
                sets[label[h], h >> 6] |= one << np.uint64(h & 63)
        for c in range(n):
            above, share = leading(sets[c], base, ends)
            gain = share - before if above == orbit else share
            if gain == 0:
                continue
            histogram[share] += values[y] * gain
            if not keep and not _gives(sets[c], ends[above]):
                continue
            place = find(new_keys, slots, sets[c])
            if slots[place] < 0:
                slots[place] = count
                new_keys[count] = sets[c]
                new_values[count] = 0
                new_shares[count] = share
                new_bases[count, : bases.shape[1]] = bases[y]
                new_bases[count, bases.shape[1]] = first[c]
                count += 1
            new_values[slots[place]] += values[y] * gain
    return stop, count, -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _gives(bits: Any, end: int) -> bool:
    """Whether a row up to the leading orbit is missing; if not, nothing above gains."""
    for h in range(end):  # noqa: SIM110 - a generator would not compile
        if not has(bits, h):
            return True
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def finish(
    matrix: Any, constants: Any, table: Any, ends: Any, base: Any, relative: bool,
    keys: Any, values: Any, bases: Any, start: int, stop: int, points: Any, lines: Any,
) -> int:  # fmt: skip
    """Do the next two ranks above flats of rank r - 3 at once, without making their flats.

    The contraction of such a flat is a projective plane; the flats above are its points and lines.

    Parameters
    ----------
    relative : bool
        Every flat is its own base.
    points : int array
        ``points[b]`` adds up the values times t that flats of rank r - 2 receive (see `expand`).
    lines : int array
        ``lines[b, c]`` adds up what flats of rank r - 1 with c rows receive from those with b.

    Returns
    -------
    int
        -1, or the place of a bad prime.
    """
    m, full = matrix.shape[1], matrix.shape[2]
    work = np.empty((len(matrix), m, full), np.int64)
    bottom = np.empty((full, full), np.int64)
    zero, label, first = np.empty(m, np.bool_), np.empty(m, np.int64), np.empty(m, np.int64)
    leads, partial = np.empty(m, np.int64), np.empty(m, np.int64)
    small = np.empty(4 * m + 8, np.int64)
    orbit_of = np.empty(m, np.int64)
    slopes = np.empty((len(matrix), m), np.int64)
    owners = np.empty((3, m), np.int64)
    for y in range(start, stop):
        own = keys[y] if relative else base
        orbit, before = leading(keys[y], own, ends)
        rows = ends[orbit] if orbit < len(ends) else m
        bad = contract(matrix, constants, table, bases[y], rows, work, bottom)
        if bad < 0:
            bad = normalise(work, rows, 3, constants, table, zero, leads, partial)
        if bad >= 0:
            return bad
        n = classes(work, rows, 3, zero, rows, small, label, first)
        for c in range(n):
            owners[0, c] = 0
        o = 0
        for h in range(rows):
            while h >= ends[o]:
                o += 1
            orbit_of[h] = o
            if label[h] >= 0:
                owners[0, label[h]] += orbit_of[first[label[h]]] == o
        for c in range(n):
            _move(work, c, first[c])
            orbit_of[c] = orbit_of[first[c]]
        # From here on points, with their orbits (they come in order) and rows in them.
        past = 0
        for i in range(n):
            while past < n and orbit_of[past] <= orbit_of[i]:
                past += 1
            gain = owners[0, i]
            share = gain + before if orbit_of[i] == orbit else gain
            points[share] += values[y] * gain
            bad = _slopes(work, i, past, constants, table, slopes, leads, partial)
            if bad >= 0:
                return bad
            _lines(
                i, past, slopes, orbit_of, owners, small, first,
                orbit, before, share, values[y] * gain, lines,
            )  # fmt: skip
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _move(work: Any, to: int, source: int) -> None:
    if to != source:
        for s in range(len(work)):
            for j in range(3):
                work[s, to, j] = work[s, source, j]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _slopes(
    work: Any, i: int, n: int, constants: Any, table: Any, slopes: Any, leads: Any, partial: Any
) -> int:
    """Directions from point i to the first n points, as residues; p for the infinite slope.

    Returns -1, or the place of a prime that sees another point where point i is.
    """
    for s in range(len(work)):
        p, q = constants[s, 0], constants[s, 1]
        a, b, c = work[s, i, 0], work[s, i, 1], work[s, i, 2]
        for j in range(n):
            e, x, y = work[s, j, 0], work[s, j, 1], work[s, j, 2]
            if a:
                if e:
                    x = x - b if x >= b else x - b + p
                    y = y - c if y >= c else y - c + p
            elif b:
                y = y - times(x, c, p, q)
                y = y + p if y < 0 else y
                x = e
            else:
                y = x
                x = e
            if x == 0 and y == 0 and j != i:
                return s
            leads[j] = x
            slopes[s, j] = y
        invert_all(leads, n, constants[s], table, partial)
        for j in range(n):
            slopes[s, j] = times(slopes[s, j], leads[j], p, q) if leads[j] else p
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _lines(
    i: int, n: int, slopes: Any, orbit_of: Any, owners: Any, slots: Any, first: Any,
    orbit: int, before: int, share: int, value: int, lines: Any,
) -> None:  # fmt: skip
    """Add what point i gives to the lines through it (points come in the order of their orbits)."""
    mask = 4
    while mask < 2 * n:
        mask *= 2
    mask -= 1
    for k in range(mask + 1):
        slots[k] = -1
    count = 0
    for j in range(n):
        if j == i:
            continue
        key = 0
        for s in range(len(slopes)):
            key = (key ^ slopes[s, j]) * _MIX
            key ^= key >> 29
        place = (key ^ (key >> 32)) & mask
        while slots[place] >= 0:
            other, same = first[slots[place]], True
            for s in range(len(slopes)):
                if slopes[s, j] != slopes[s, other]:
                    same = False
                    break
            if same:
                break
            place = (place + 1) & mask
        line = slots[place]
        if line < 0:
            slots[place] = count
            first[count] = j
            owners[1, count] = owners[0, j]
            count += 1
        elif orbit_of[j] == orbit_of[first[line]]:
            owners[1, line] += owners[0, j]
    for line in range(count):
        gain = owners[1, line]
        if orbit_of[first[line]] < orbit_of[i]:
            lines[share, gain] += value * gain
        else:
            lines[share, share + gain] += value * gain


@njit(cache=True)  # type: ignore[untyped-decorator]
def lines_through(matrix: Any, constants: Any, table: Any) -> Any:
    """Number of flats of rank 2 that hold each row; and -1, or the place of a bad prime."""
    m, full = matrix.shape[1], matrix.shape[2]
    work = np.empty((len(matrix), m, full), np.int64)
    bottom = np.empty((full, full), np.int64)
    zero, label, first = np.empty(m, np.bool_), np.empty(m, np.int64), np.empty(m, np.int64)
    leads, partial = np.empty(m, np.int64), np.empty(m, np.int64)
    small = np.empty(4 * m + 8, np.int64)
    row, lines = np.empty(1, np.int64), np.zeros(m, np.int64)
    for h in range(m):
        row[0] = h
        bad = contract(matrix, constants, table, row, m, work, bottom)
        if bad < 0:
            bad = normalise(work, m, full - 1, constants, table, zero, leads, partial)
        if bad >= 0:
            return lines, bad
        lines[h] = classes(work, m, full - 1, zero, m, small, label, first)
    return lines, -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def top_flats(
    matrix: Any, constants: Any, table: Any, keys: Any, bases: Any, start: int, stop: int
) -> Any:
    """Pairs of a flat of rank r - 2 and one above, and flats of rank r - 1 (each counted once).

    A flat of rank r - 1 is counted with the closure of all but the last row of its first basis.
    """
    m, full = matrix.shape[1], matrix.shape[2]
    work = np.empty((len(matrix), m, full), np.int64)
    bottom = np.empty((full, full), np.int64)
    zero, label, first = np.empty(m, np.bool_), np.empty(m, np.int64), np.empty(m, np.int64)
    leads, partial = np.empty(m, np.int64), np.empty(m, np.int64)
    small = np.empty(4 * m + 8, np.int64)
    pairs, flats = 0, 0
    for y in range(start, stop):
        bad = contract(matrix, constants, table, bases[y], m, work, bottom)
        if bad < 0:
            bad = normalise(work, m, 2, constants, table, zero, leads, partial)
        if bad >= 0:
            return pairs, flats, bad
        n = classes(work, m, 2, zero, m, small, label, first)
        pairs += n
        last, bad = _last_of_basis(matrix, constants, table, keys[y], bases.shape[1], bottom)
        if bad >= 0:
            return pairs, flats, bad
        for c in range(n):
            flats += first[c] > last
    return pairs, flats, -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _last_of_basis(
    matrix: Any, constants: Any, table: Any, bits: Any, rank: int, bottom: Any
) -> Any:
    """Last row of the lexicographically first basis of a flat; -1 if it is empty."""
    last, full = -1, matrix.shape[2]
    row = np.empty(full, np.int64)
    for s in range(len(matrix)):
        p, q = constants[s, 0], constants[s, 1]
        size, width, end = 0, full, -1
        columns = np.empty(full, np.int64)
        for h in range(matrix.shape[1]):
            if size == rank:
                break
            if not has(bits, h):
                continue
            row[:] = matrix[s, h]
            width = full
            for i in range(size):
                width -= 1
                _eliminate(row, bottom[i], columns[i], width, p, q)
            column = 0
            while column < width and row[column] == 0:
                column += 1
            if column == width:
                continue
            lead = table[row[column]] if len(table) else inverse(row[column], constants[s])
            row[column] = row[width - 1]
            for j in range(width - 1):
                bottom[size, j] = times(row[j], lead, p, q)
            columns[size] = column
            size += 1
            end = h
        if size < rank:
            return last, s
        # A prime can only see too many dependences, and some prime sees the basis as it is.
        last = end if s == 0 else min(last, end)
    return last, -1

"""Sums of many subsets of the rows of a matrix, exact and correctly rounded.

Every column is cut into slices: the k-th holds the next bits of all entries as multiples of one
power of two, so few of them that floats hold every sum of a slice exactly, in whatever order it is
taken.  Sums of slices are therefore plain matrix products; two slices reach about 90 bits below the
largest sum, and adding two exact floats rounds correctly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    ObjectArray,
    frozen,
    nearest,
)
from polytropic.geometry.arrangements.sign_vectors import Words

__all__ = ["SubsetSums"]

_SUM_BITS = 52  # bits of the largest sum of one slice
_MOST_SLICES = 3
_BLOCK = 1 << 21  # bits unpacked at a time
_PER_BIT = 2e-9  # seconds that NumPy takes to unpack a bit and add what it stands for
_REACH = 800  # powers of two between the first slice and the others
_LEAST = 2.0**-900  # stands for anything below it
_NORMAL = -1000  # exponents above which scaling by powers of two rounds nothing


@dataclass(frozen=True, eq=False)
class _Column:
    """One column: slices, with the exponents of their units, and what they leave out."""

    slices: list[FloatArray]  # shape (m + 1,) each: the rows, then the base
    exponents: list[int]
    rest: float  # bound of what any sum misses, in units of the first slice; 0 if nothing


class SubsetSums:
    """``base + sum of rows[i]`` over subsets that are given as bits.

    Parameters
    ----------
    rows : ExactArray, shape (m, d)
    base : ExactArray, shape (d,)

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> sums = SubsetSums(exact([[1, 0.5], [1e-20, 3]]), exact([0, 0]))
    >>> sums.rounded(np.array([[1], [3]], dtype=np.uint64)).tolist()
    [[1.0, 0.5], [1.0, 3.5]]
    >>> sums.exact(np.array([[1]], dtype=np.uint64)).to_fractions().tolist()
    [[Fraction(1, 1), Fraction(1, 2)]]
    """

    def __init__(self, rows: ExactArray, base: ExactArray) -> None:
        self.rows, self.base = rows, base
        self.n_rows, self.dimension = rows.shape

    @cached_property
    def _integers(self) -> tuple[ObjectArray, int]:
        """Rows and then the base over one denominator, shape (m + 1, d)."""
        common = math.lcm(self.rows.denominator, self.base.denominator)
        below = self.base.over(common).reshape(1, -1)
        return np.concatenate([self.rows.over(common), below]), common

    @cached_property
    def _columns(self) -> list[_Column]:
        integers, denominator = self._integers
        return [_cut(column, denominator) for column in integers.T]

    # -- results -------------------------------------------------------------------------------
    def rounded(self, words: Words) -> FloatArray:
        """Nearest floats of the sums, shape (N, d); infinite beyond the range of floats.

        Notes
        -----
        O(N m d) float operations in blocks; integers decide where a sum is too close to the middle
        between two floats.
        """
        result = np.empty((len(words), self.dimension))
        for start, sums in self._blocks(words):
            block = slice(start, start + len(sums))
            settled = self._combine(sums, result[block])
            for i, j in np.argwhere(~settled).tolist():
                above, below = self._one(words[start + i], j)
                result[start + i, j] = nearest(above, below)
        return frozen(result + 0.0)

    def exact(self, words: Words) -> ExactArray:
        """The sums as exact rationals, shape (N, d)."""
        if all(len(c.slices) == 1 and not c.rest for c in self._columns):
            rounded = self.rounded(words)
            if self._scaling_is_exact(rounded):
                return ExactArray.of_floats(rounded)
        if any(column.rest for column in self._columns):
            integers, denominator = self._integers
            return ExactArray(self._product(words, integers), denominator)
        lowest = min(min((e for c in self._columns for e in c.exponents), default=0), 0)
        parts = [self._wide(sums, lowest) for _, sums in self._blocks(words)]
        empty = np.empty((0, self.dimension), dtype=object)
        return ExactArray(np.concatenate([empty, *parts]), 1 << -lowest)

    def _scaling_is_exact(self, rounded: FloatArray) -> bool:
        return bool(np.isfinite(rounded).all()) and all(
            column.exponents[0] > _NORMAL for column in self._columns
        )

    # -- sums of slices --------------------------------------------------------------------------
    @cached_property
    def _table(self) -> FloatArray:
        """All slices of all columns, shape (m + 1, c)."""
        channels = [part for column in self._columns for part in column.slices]
        return np.stack(channels, axis=1) if channels else np.zeros((self.n_rows + 1, 0))

    def _blocks(self, words: Words) -> Iterator[tuple[int, FloatArray]]:
        return _table_sums(self._table, words)

    def _combine(self, sums: FloatArray, out: FloatArray) -> NDArray[np.bool_]:
        """Round the exact totals of the slices; tell which roundings are proven."""
        settled = np.ones(out.shape, dtype=bool)
        first = 0
        for j, column in enumerate(self._columns):
            parts = sums[:, first : first + len(column.slices)]
            first += len(column.slices)
            shifted = [
                np.ldexp(parts[:, k], e - column.exponents[0])
                for k, e in enumerate(column.exponents)
            ]
            if len(shifted) > 2 or column.rest:
                total, settled[:, j] = _three(shifted, column.rest)
            else:
                total = shifted[0] if len(shifted) == 1 else shifted[0] + shifted[1]
            scale = column.exponents[0]
            with np.errstate(over="ignore", under="ignore"):
                out[:, j] = np.ldexp(total, scale)
            if scale < _NORMAL + 60:
                tiny = (total != 0) & (np.frexp(total)[1] + scale < _NORMAL)
                settled[:, j] &= ~tiny
        return settled

    def _wide(self, sums: FloatArray, lowest: int) -> ObjectArray:
        """Exact totals as multiples of ``2**lowest``."""
        result = np.empty((len(sums), self.dimension), dtype=object)
        first = 0
        for j, column in enumerate(self._columns):
            total = np.full(len(sums), 0, dtype=object)
            for k, exponent in enumerate(column.exponents):
                total += sums[:, first + k].astype(np.int64).astype(object) << (exponent - lowest)
            result[:, j] = total
            first += len(column.exponents)
        return result

    # -- without slices --------------------------------------------------------------------------
    def _one(self, word: NDArray[np.uint64], column: int) -> tuple[int, int]:
        integers, denominator = self._integers
        chosen = np.flatnonzero(_bits(word.reshape(1, -1), self.n_rows)[0]).tolist()
        entries = integers[:, column]
        return int(sum(entries[i] for i in chosen) + entries[-1]), denominator

    def _product(self, words: Words, integers: ObjectArray) -> ObjectArray:
        parts = [np.empty((0, self.dimension), dtype=object)]
        step = max(1, _BLOCK // (8 * (self.n_rows + 1)))
        for start in range(0, len(words), step):
            bits = _bits(words[start : start + step], self.n_rows)
            ones = np.ones((len(bits), 1), dtype=np.uint8)
            chosen = np.concatenate([bits, ones], axis=1).astype(int).astype(object)
            parts.append((ExactArray(chosen) @ ExactArray(integers)).numerators)
        return np.concatenate(parts)


def _table_sums(table: FloatArray, words: Words) -> Iterator[tuple[int, FloatArray]]:
    """Sums of the rows of a table, the last one always: first index and sums, in blocks."""
    rows, base = table[:-1], table[-1]
    step = max(1, _BLOCK // max(64, len(rows)))
    if not worth_compiling(len(words) * len(rows) * _PER_BIT):
        for start in range(0, len(words), step):
            bits = _bits(words[start : start + step], len(rows)).astype(np.float64)
            yield start, bits @ rows + base
        return
    from polytropic.geometry.zonotopes.kernels import add_octets

    tables = _octet_tables(rows)
    for start in range(0, len(words), step):
        octets = _octets(words[start : start + step])[:, : len(tables)]
        yield start, add_octets(octets, tables, base)


def _octets(words: Words) -> NDArray[np.uint8]:
    return np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)


def _bits(words: Words, width: int) -> NDArray[np.uint8]:
    if not width:
        return np.zeros((len(words), 0), dtype=np.uint8)
    return np.unpackbits(_octets(words), axis=1, bitorder="little", count=width)


def _octet_tables(rows: FloatArray) -> FloatArray:
    """Sums of all subsets of each eight rows, shape (ceil(m / 8), 256, c)."""
    n_octets = (len(rows) + 7) // 8
    padded = np.zeros((8 * n_octets, rows.shape[1]))
    padded[: len(rows)] = rows
    flags = _bits(np.arange(256, dtype=np.uint64).reshape(-1, 1), 8).astype(np.float64)
    return flags @ padded.reshape(n_octets, 8, rows.shape[1])


# -- slices --------------------------------------------------------------------------------------
def _cut(entries: ObjectArray, denominator: int) -> _Column:
    """Cut a column of rationals in slices, at most three."""
    size = sum(abs(entry) for entry in entries.tolist())
    slices: list[FloatArray] = []
    exponents: list[int] = []
    rest, below = entries, denominator
    for _ in range(_MOST_SLICES):
        if slices and not any(rest.tolist()):
            break
        # All sums of what is left are at most 2^(exponent + 52) in size.
        exponent = size.bit_length() - below.bit_length() + 1 - _SUM_BITS if size else 0
        if slices and exponent < exponents[0] - _REACH:
            break  # beside the first slice the next one would underflow
        up, down = max(-exponent, 0), max(exponent, 0)
        rest, unit = rest << up, below << down
        whole = (2 * rest + unit) // (2 * unit)
        rest, below = rest - whole * unit, below << up
        slices.append(whole.astype(np.float64))
        exponents.append(exponent)
        size = sum(abs(entry) for entry in rest.tolist())
    if not size:
        return _Column(slices, exponents, 0.0)
    missed = nearest(size << max(-exponents[0], 0), below << max(exponents[0], 0))
    return _Column(slices, exponents, max(2 * missed, _LEAST))


def _three(parts: list[FloatArray], rest: float) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Sum of exact parts of falling size, rounded, and where the rounding is proven."""
    parts = [*parts, np.zeros(len(parts[0])), np.zeros(len(parts[0]))]
    high, low = _two_sum(parts[0], parts[1])
    tail = low + parts[2]
    error = 2.0**-52 * np.abs(tail) + rest
    if not rest:
        error = np.where(parts[2] == 0, 0.0, error)
    total, tail = _two_sum(high, tail)
    settled = (total + (tail - 2 * error) == total) & (total + (tail + 2 * error) == total)
    # The sum of two exact numbers rounds correctly whatever they are.
    return total, settled | (error == 0)


def _two_sum(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)

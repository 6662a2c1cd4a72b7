"""Integer rows modulo primes that together see every minor: linear dependence in machine words.

If every minor of a matrix is smaller in size than the product of some primes, then a minor is zero
exactly when it is zero modulo all of them.  So a set of rows is dependent over the rationals
exactly when it is dependent modulo every prime, and no big integer is needed to tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import flint
import numpy as np

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray
from polytropic.arithmetic.rows import Rows

__all__ = ["Residues", "minor_bound", "residues", "small_rows"]

_RADIX = 1 << 32  # of Montgomery's form
_LARGEST_PRIME = 1 << 30  # so that sums of products fit into signed words of 64 bits
_TABLE = 1 << 16  # primes below this come with a table of inverses


@dataclass(frozen=True, eq=False)
class Residues:
    """Rows modulo K primes, in Montgomery's form (a is kept as ``a 2^32``).

    Attributes
    ----------
    matrix : int64 array, shape (K, m, r)
    constants : int64 array, shape (K, 3)
        The prime p, ``-1/p`` modulo 2^32, and the form of one.
    inverses : int64 array
        Inverses of all residues when there is one small prime; empty otherwise.
    """

    matrix: IntArray
    constants: IntArray
    inverses: IntArray

    @property
    def primes(self) -> list[int]:
        """The primes."""
        return [int(p) for p in self.constants[:, 0]]


def small_rows(rows: ExactArray) -> ObjectArray:
    """Integer rows with the same dependences: rows, then columns, without common divisors.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> small_rows(exact([[0.5, 2], [1, 0]])).tolist()
    [[1, 1], [1, 0]]
    """
    integers = Rows.of(rows).integers()
    divisors = [max(1, math.gcd(*column)) for column in integers.T.tolist()]
    return integer_rows(
        [[x // d for x, d in zip(row, divisors, strict=True)] for row in integers.tolist()],
        rows.shape[1],
    )


def minor_bound(rows: ObjectArray) -> int:
    """No minor, of any size, is larger: Hadamard's bound for rows, and for columns.

    Examples
    --------
    >>> minor_bound(integer_rows([[1, 1], [1, -1], [0, 1]], 2))
    2
    """
    count, width = rows.shape
    most = min(count, width)
    squares = sorted((max(1, sum(x * x for x in row)) for row in rows.tolist()), reverse=True)
    by_rows = math.prod(squares[:most])
    sizes = [max([1, *(abs(x) for x in column)]) for column in rows.T.tolist()]
    by_columns = math.prod(s * s * max(1, most) for s in sorted(sizes, reverse=True)[:most])
    return math.isqrt(min(by_rows, by_columns))


def residues(rows: ObjectArray, avoid: frozenset[int] = frozenset()) -> Residues:
    """Reduce integer rows modulo as many primes as their minors need.

    Parameters
    ----------
    rows : object array of int, shape (m, r)
    avoid : set of int
        Primes that turned out to divide a minor that matters.

    Examples
    --------
    >>> residues(integer_rows([[1, 2], [3, 4]], 2)).primes
    [13]
    """
    primes = _primes_beyond(minor_bound(rows), avoid)
    matrix = np.empty((len(primes), *rows.shape), dtype=np.int64)
    for place, p in enumerate(primes):
        matrix[place] = (rows * _RADIX % p).astype(np.int64) if rows.size else 0
    constants = [[p, -pow(p, -1, _RADIX) % _RADIX, _RADIX % p] for p in primes]
    inverses = _inverse_table(primes[0]) if primes[0] < _TABLE else np.empty(0, dtype=np.int64)
    return Residues(matrix, np.array(constants, dtype=np.int64), inverses)


def _primes_beyond(bound: int, avoid: frozenset[int]) -> list[int]:
    if bound < _TABLE // 2 and not avoid:
        # Above twice the bound lies a prime that is small enough for a table.
        candidate = max(bound + 1, 3) | 1
        while not flint.fmpz(candidate).is_prime():
            candidate += 2
        return [candidate]
    primes: list[int] = []
    candidate = _LARGEST_PRIME - 1
    product = 1
    while product <= bound:
        if candidate not in avoid and flint.fmpz(candidate).is_prime():
            primes.append(candidate)
            product *= candidate
        candidate -= 2
    return primes


def _inverse_table(p: int) -> IntArray:
    table = np.zeros(p, dtype=np.int64)
    for a in range(1, p):
        table[a * _RADIX % p] = pow(a, -1, p) * _RADIX % p
    return table

"""Lattice lengths of segments between integer points."""

from __future__ import annotations

import math

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, IntArray
from polytropic.errors import InputError

__all__ = ["lattice_lengths"]

_SMALL = 2**61  # differences of what is smaller fit in 64 bits


def lattice_lengths(points: ExactArray, pairs: IntArray) -> IntArray:
    """Lattice lengths of segments: one less than the number of their integer points.

    Parameters
    ----------
    points : ExactArray, shape (n, d)
        Integers.
    pairs : int array, shape (k, 2)

    Returns
    -------
    int array, shape (k,)
        Python integers (dtype object) where int64 does not suffice.

    Raises
    ------
    InputError
        If a coordinate is not an integer.
    """
    if points.floats is not None:
        whole = points.floats
        if not np.array_equal(whole, np.rint(whole)):
            raise InputError("weights need integer exponents")
        if (np.abs(whole) < _SMALL).all():
            return _short(whole.astype(np.int64), pairs)
    if points.denominator != 1:
        raise InputError("weights need integer exponents")
    rows = points.numerators
    try:
        small = rows.astype(np.int64)
        if (np.abs(small) < _SMALL).all():
            return _short(small, pairs)
    except OverflowError:
        pass
    lengths = [math.gcd(*(rows[i] - rows[j]).tolist()) for i, j in pairs.tolist()]
    fits = all(length < 2**63 for length in lengths)
    return np.array(lengths, dtype=np.int64 if fits else object)


def _short(rows: IntArray, pairs: IntArray) -> IntArray:
    return np.gcd.reduce(rows[pairs[:, 0]] - rows[pairs[:, 1]], axis=1)

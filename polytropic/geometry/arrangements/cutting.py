"""Chambers of small central arrangements, cut in plain Python."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.bounded import Bounded, SignArray, affine, integer_rounding
from polytropic.arithmetic.linalg import identity, integer_rows, product
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.geometry.subdivide import ExactValues, Subdivision, pointed_fan

__all__ = ["central_chambers"]


def central_chambers(normals: ObjectArray) -> SignArray:
    """Sign vectors of the chambers of ``{x : <n_i, x> = 0}``.

    Parameters
    ----------
    normals : object array, shape (m, d)
        Integer rows; zero rows have sign 0 everywhere, parallel rows are welcome.

    Returns
    -------
    int8 array, shape (N, m)
        In lexicographic order.

    Notes
    -----
    Chambers come in opposite pairs, so only those on one side of the first hyperplane are found.
    """
    width = normals.shape[1]
    nonzero = [i for i, row in enumerate(normals.tolist()) if any(row)]
    if not nonzero:
        return np.zeros((1, len(normals)), dtype=np.int8)
    fan = pointed_fan(integer_rows([], width), [], 0, identity(width), normals[nonzero])
    half = len(fan.cells) // 2
    # The first pivot form splits the fan by the lowest bit of the cell number: keep one side.
    side = fan._replace(cells=fan.cells[::2], tight=fan.tight[::2])
    assert len(side.cells) == half
    signs = _cut(Subdivision(side), side.generators, normals)
    return _sorted(np.concatenate([signs, -signs]))


def _cut(subdivision: Subdivision, generators: ObjectArray, normals: ObjectArray) -> SignArray:
    floats, weights = integer_rounding(generators), integer_rounding(normals)
    heights = np.zeros(len(generators))
    no_bias = Bounded(np.zeros(len(normals)), np.zeros(len(normals)))
    aligned = _aligned(normals)

    def forms(rows: ObjectArray) -> ExactValues:
        values = product(rows, aligned)
        sizes = [max(abs(entry).bit_length() for entry in row) for row in values.tolist()]
        return ExactValues(values, [1 << size for size in sizes])

    subdivision.cut(affine(floats, heights, weights, no_bias), heights, forms)
    return subdivision.signs


def _aligned(normals: ObjectArray) -> ObjectArray:
    """Scale rows by powers of two to one bit length, as `integer_rounding` does in floats.

    A generator that is decided exactly stands beside others that are not, in the same columns.
    """
    bits = [max((abs(entry).bit_length() for entry in row), default=0) for row in normals.tolist()]
    factors = [1 << (max(bits) - size) for size in bits]
    return normals * np.array(factors, dtype=object).reshape(-1, 1)


def _sorted(signs: SignArray) -> SignArray:
    order = np.lexsort(signs.T[::-1]) if signs.shape[1] else np.arange(len(signs))
    result: SignArray = signs[order]
    return result

"""Chambers of small central arrangements, cut in plain Python."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.bounded import Bounded, SignArray, affine, integer_rounding
from polytropic.arithmetic.linalg import identity, integer_rows, product
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.subdividing.blocks import cut_block
from polytropic.geometry.subdividing.exploring import first_block
from polytropic.geometry.subdividing.fans import Fan, pointed_fan
from polytropic.geometry.subdividing.loops import plain_loops
from polytropic.geometry.subdividing.stages import ExactValues

__all__ = ["central_chambers"]

_UNLIMITED = 1 << 62


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
    fan = pointed_fan(integer_rows([], width), [], [], identity(width), normals[nonzero])
    # The first pivot form splits the fan into two halves, one after the other: keep one side.
    half = len(fan.cells) // 2
    side = fan._replace(cells=fan.cells[half:], tight=fan.tight[half:])
    signs = _cut(side, normals)
    return _sorted(np.concatenate([signs, -signs]))


class _Forms:
    """Linear forms as the only stage of functions that cut."""

    def __init__(self, normals: ObjectArray) -> None:
        self._weights = integer_rounding(normals)
        self._no_bias = Bounded(np.zeros(len(normals)), np.zeros(len(normals)))
        self._aligned = _aligned(normals)

    wide = False

    @property
    def widest(self) -> int:
        """All forms are of one stage."""
        return len(self._aligned)

    def __len__(self) -> int:
        return 1

    def n_functions(self, stage: int) -> int:
        """Number of forms."""
        return len(self._aligned)

    def first_function(self, stage: int) -> int:
        """No forms come before."""
        return 0

    def start(self, generators: ObjectArray) -> tuple[Bounded, FloatArray]:
        """Generators in floats; all are directions."""
        return integer_rounding(generators), np.zeros(len(generators))

    def values(self, stage: int, known: Bounded, heights: FloatArray) -> Bounded:
        """Values of the forms."""
        return affine(known, heights, self._weights, self._no_bias)

    def values_from_start(self, stage: int, places: Bounded, heights: FloatArray) -> Bounded:
        """The same: there is one stage."""
        return self.values(stage, places, heights)

    def left(self, stage: int, values: Bounded) -> Bounded:
        """Nothing comes after."""
        return values

    def exact_values(
        self, stage: int, generators: ObjectArray, columns: IntArray | None = None
    ) -> ExactValues:
        """Values of the forms in integers."""
        forms = self._aligned if columns is None else self._aligned[columns]
        values = product(generators, forms)
        sizes = [max(abs(entry).bit_length() for entry in row) for row in values.tolist()]
        return ExactValues(values, [1 << size for size in sizes])


def _cut(fan: Fan, normals: ObjectArray) -> SignArray:
    forms = _Forms(normals)
    block = first_block(fan, forms, places=False)
    cells, _, _ = cut_block(block, forms, fan.dimension - 2, plain_loops(), True, _UNLIMITED)
    assert cells is not None
    plus, minus = np.split(cells.signs, 2, axis=1)
    signs: SignArray = SignVectors(plus, plus | minus, len(normals)).unpacked()
    return signs


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

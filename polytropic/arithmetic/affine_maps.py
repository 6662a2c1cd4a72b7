"""Affine maps prepared for many float evaluations with proven bounds, dense or sparse."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["AffineMapInFloats", "SparseEntries"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000
_SQUARES = 2.0**-450  # more than squares that underflow can hide
_UNDERFLOW = 2.0**-900
_NARROW = 16


class SparseEntries:
    """Where the entries of a sparse matrix are (rows compressed), without their values."""

    def __init__(self, indptr: IntArray, indices: IntArray, shape: tuple[int, int]) -> None:
        self.indptr, self.indices, self.shape = indptr, indices, shape

    def table(self, data: NDArray[Any]) -> csr_array:
        """The matrix with these values."""
        from scipy.sparse import csr_array

        return csr_array((data, self.indices, self.indptr), shape=self.shape)


class AffineMapInFloats:
    """``y -> W y + h b`` on rows y with heights h, with a bound on the error of every entry.

    Parameters
    ----------
    weight : Bounded, shape (out, in), or shape (nnz,) if `places` is given
    bias : Bounded, shape (out,)
    places : SparseEntries, optional

    Notes
    -----
    With ``g = (1 + 4 n u) e + c |y|`` and ``c = 2 (n + 3) u`` for sums of n terms, an entry errs by
    at most ``(|W| + E_W) g + E_W |y| + h (c |b| + E_b)`` (see `bounded.affine`).  The first product
    is taken as it is for sparse and for narrow matrices; for the others it is bounded by Cauchy and
    Schwarz, ``|W_k| |g|`` in Euclidean norms, which is hardly more for rows whose entries are of
    one size, and costs no second product of matrices.  An entry all of whose terms are exactly zero
    is exactly zero.
    """

    def __init__(self, weight: Bounded, bias: Bounded, places: SparseEntries | None = None) -> None:
        self._bias = bias
        size = np.abs(weight.value) + weight.error
        uncertain = weight.error if weight.error.any() else None
        self._norms: FloatArray | None = None
        if places is None:
            self._length = weight.value.shape[1] + 1
            self._weight: Any = weight.value.T
            self._size: Any = size.T
            self._uncertain: Any = None if uncertain is None else uncertain.T
            if weight.value.shape[1] > _NARROW:
                with np.errstate(all="ignore"):
                    norms = np.sqrt(np.einsum("ij,ij->i", size, size))
                self._norms = norms * (1 + 4 * self._length * _UNIT) + _SQUARES
        else:
            self._length = int(np.diff(places.indptr).max(initial=0)) + 1
            self._weight = places.table(weight.value).T.tocsr()
            self._size = places.table(size).T.tocsr()
            self._uncertain = None if uncertain is None else places.table(uncertain).T.tocsr()
        factor = 2 * (self._length + 3) * _UNIT
        self._constant = factor * np.abs(bias.value) + bias.error
        self._constant[(bias.value != 0) & (self._constant < _TINY)] = _TINY

    def __call__(self, y: Bounded, height: FloatArray) -> Bounded:
        """Evaluate at rows of shape (n, in) with heights of shape (n,), exactly 0 or 1."""
        length = self._length
        with np.errstate(all="ignore"):
            value = y.value @ self._weight
            value += height[:, None] * self._bias.value
            reach = np.abs(y.value)
            reach *= 2 * (length + 3) * _UNIT
            reach += (1 + 4 * length * _UNIT) * y.error
            if self._norms is not None:
                reaches = np.sqrt(np.einsum("ij,ij->i", reach, reach))
                reaches *= 1 + 4 * length * _UNIT
                reaches += _SQUARES
                error = reaches[:, None] * self._norms
            else:
                error = reach @ self._size
                error *= 1 + 4 * length * _UNIT
            if self._uncertain is not None:
                error += (1 + 4 * length * _UNIT) * (np.abs(y.value) @ self._uncertain)
            error += height[:, None] * self._constant
            error *= 1 + 8 * _UNIT
            untouched = error == 0 if self._norms is None and self._large(reach) else None
            error += length * _TINY
        # The bound is summed from products that are far smaller, so it may not overflow itself.
        error[~np.isfinite(value)] = np.inf
        if untouched is None:
            self._clear(value, error, y, height)
        else:
            error[untouched] = 0.0
        return Bounded(value, error)

    def _large(self, reach: FloatArray) -> bool:
        """Whether no product of something with a weight underflows, so that zeros are zeros."""
        least = float(np.min(reach, where=reach > 0, initial=1.0))
        return self._least * least > _UNDERFLOW

    @cached_property
    def _least(self) -> float:
        """The smallest weight in size that is not zero; at most one."""
        sizes = self._size.data if hasattr(self._size, "indptr") else self._size
        return float(np.min(sizes, where=sizes > 0, initial=1.0))

    @cached_property
    def _pattern(self) -> Any:
        """Ones where there are weights."""
        return (self._size != 0).astype(np.float32)

    def _clear(self, value: FloatArray, error: FloatArray, y: Bounded, height: FloatArray) -> None:
        """Entries without a term that is not exactly zero are exactly zero."""
        rows = np.flatnonzero((value == 0).any(axis=1))
        if not len(rows):
            return
        alive = ((y.value[rows] != 0) | (y.error[rows] != 0)).astype(np.float32)
        biased = (self._bias.value != 0) | (self._bias.error != 0)
        touched = alive @ self._pattern > 0
        touched |= (height[rows] != 0)[:, None] & biased
        error[rows] = np.where(touched, error[rows], 0.0)
        value[rows] = np.where(touched, value[rows], 0.0)

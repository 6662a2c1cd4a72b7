"""Telling many linear maps of a network apart, exactly, by residues modulo primes.

All maps are written with integers over one common denominator.  A bound M of the sizes of all these
integers is known before: two maps are equal if they agree modulo primes whose product exceeds 2 M,
and differ if they do not agree modulo one of them.  Primes are so small that products of matrices
modulo a prime are exact in float64.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.networks.homogeneous import relu_form
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network

__all__ = ["ResidueMaps"]

_BLOCK = 1 << 20  # entries of a block of rows


class _Step:
    """One layer in integers: ``W y + h b`` times `scale`, then the slopes times `unit`."""

    def __init__(self, layer: Layer) -> None:
        weight, bias = layer.weight, layer.bias
        entries = weight.data if isinstance(weight, SparseArray) else weight
        self.scale = math.lcm(entries.denominator, bias.denominator)
        self.entries, self.bias = entries.over(self.scale), bias.over(self.scale)
        self.sparse = weight if isinstance(weight, SparseArray) else None
        self.width, self.tested = layer.n_outputs, layer.tested
        self.unit, self.slopes = 1, None
        if layer.slope is not None:
            slopes: ExactArray = layer.slope[layer.tested]
            self.unit, self.slopes = slopes.denominator, slopes.numerators

    def bounds(self, below: list[int], height: int) -> tuple[list[int], int]:
        """Bounds of the sizes of the values, from those of the values below."""
        sizes = [abs(b) * height for b in self.bias.tolist()]
        if self.sparse is None:
            for i, row in enumerate(self.entries.tolist()):
                sizes[i] += sum(abs(w) * y for w, y in zip(row, below, strict=True))
        else:
            rows, columns = self.sparse.rows.tolist(), self.sparse.indices.tolist()
            for i, j, w in zip(rows, columns, self.entries.tolist(), strict=True):
                sizes[i] += abs(w) * below[j]
        steepest = 1
        if self.slopes is not None:
            steepest = max(self.unit, *(abs(s) for s in self.slopes.tolist()))
        return [size * steepest for size in sizes], height * self.scale * self.unit

    def table(self, prime: int) -> Any:
        """The transposed matrix modulo a prime, as floats."""
        entries = _residues(self.entries, prime)
        if self.sparse is None:
            return entries.T
        from scipy.sparse import csr_array

        places = (entries, self.sparse.indices, self.sparse.indptr)
        return csr_array(places, shape=self.sparse.shape).T.tocsr()


class ResidueMaps:
    """The linear maps that a network is on cones, without the constant offset of its output.

    Parameters
    ----------
    network : Network
    basis : object array, shape (k, d + 1)
        Rows whose images tell the maps.
    """

    def __init__(self, network: Network, basis: ObjectArray) -> None:
        layers, _ = relu_form(network)
        self._steps = [_Step(layer) for layer in layers]
        self._basis = basis
        sizes = [max(abs(entry) for entry in column) for column in basis[:, 1:].T.tolist()]
        height = max(abs(entry) for entry in basis[:, 0].tolist())
        for step in self._steps:
            sizes, height = step.bounds(sizes, height)
        self._bound = 2 * max(sizes, default=0)
        widest = max([step.width for step in self._steps] + [basis.shape[1]])
        # Sums of widest + 1 products of residues stay below 2^53.
        self._largest = 1 << (53 - (widest + 1).bit_length()) // 2

    @property
    def n_primes(self) -> int:
        """About how many primes a proof of equality takes."""
        return 1 + self._bound.bit_length() // (self._largest.bit_length() - 2)

    def labels(self, patterns: NDArray[np.bool_], groups: IntArray) -> IntArray:
        """Split groups of patterns until maps in each are proven equal; labels of the parts.

        Parameters
        ----------
        patterns : bool array, shape (n, n_units)
        groups : int array, shape (n,)
            Patterns of different groups are known to have different maps.
        """
        labels = np.unique(groups, return_inverse=True)[1]
        product = 1
        for prime in _primes_below(self._largest):
            if product > self._bound:
                break
            product *= prime
            # Who is alone needs no further proof.
            shared = np.flatnonzero(np.bincount(labels)[labels] > 1)
            if not len(shared):
                break
            fresh = _row_labels(self._images(patterns[shared], prime))
            pairs = labels[shared] * (fresh.max(initial=0) + 1) + fresh
            parts = np.unique(pairs, return_inverse=True)[1]
            labels[shared] = parts + labels.max() + 1
            labels = np.unique(labels, return_inverse=True)[1]
        return labels

    def _images(self, patterns: NDArray[np.bool_], prime: int) -> NDArray[np.int32]:
        prepared = [(step, step.table(prime)) for step in self._steps]
        size = len(self._basis) * max(step.width for step in self._steps)
        rows = max(1, _BLOCK // size)
        blocks = [
            self._block(prepared, patterns[first : first + rows], prime)
            for first in range(0, len(patterns), rows)
        ]
        return np.concatenate(blocks)

    def _block(
        self, prepared: list[tuple[_Step, Any]], patterns: NDArray[np.bool_], prime: int
    ) -> NDArray[np.int32]:
        n, k = len(patterns), len(self._basis)
        start = _residues(self._basis, prime)
        heights, y = np.tile(start[:, :1], (n, 1)), np.tile(start[:, 1:], (n, 1))
        first = 0
        for step, table in prepared:
            y = np.mod(y @ table + heights * _residues(step.bias, prime), prime)
            heights = np.mod(heights * (step.scale % prime), prime)
            if not len(step.tested):
                continue
            active = np.repeat(patterns[:, first : first + len(step.tested)], k, axis=0)
            first += len(step.tested)
            below = y[:, step.tested]
            unit = step.unit % prime
            off: FloatArray | float = 0.0
            if step.slopes is not None:
                off = np.mod(below * _residues(step.slopes, prime), prime)
            y = np.mod(y * unit, prime)
            y[:, step.tested] = np.where(active, np.mod(below * unit, prime), off)
            heights = np.mod(heights * unit, prime)
        return y.astype(np.int32).reshape(n, -1)


def _residues(array: ObjectArray, prime: int) -> FloatArray:
    residues: FloatArray = (array % prime).astype(np.float64)
    return residues


def _row_labels(rows: NDArray[np.int32]) -> IntArray:
    """Number rows so that equal ones have equal numbers."""
    joined = np.ascontiguousarray(rows).view(f"V{rows.shape[1] * 4}").ravel()
    labels: IntArray = np.unique(joined, return_inverse=True)[1].astype(np.int64)
    return labels


def _primes_below(limit: int) -> Iterator[int]:
    """Primes, the largest first."""
    small = [p for p in range(2, math.isqrt(limit) + 1) if all(p % q for q in range(2, p))]
    for number in range(limit - 1, 1, -1):
        if all(number % p or number == p for p in small):
            yield number

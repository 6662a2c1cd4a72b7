"""The part of `Builder` that makes affine maps of single numbers, of rows and of whole values."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, Numbers, exact, exact_scalar
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import InputError
from polytropic.networks.building.activations import Activations
from polytropic.networks.building.forms import Entries, Matrix, one_each
from polytropic.networks.building.values import Value
from polytropic.networks.building.wires import MAX_ENTRIES

__all__ = ["AffineOperations"]


class AffineOperations(Activations):
    """Dense layers, sums, products with constants, normalisation."""

    # -- matrices ------------------------------------------------------------------------------
    def dense(self, x: Value, weight: Numbers, bias: Numbers | None = None) -> Value:
        """``W x + b`` along the last axis.

        Parameters
        ----------
        x : Value, shape (..., in)
        weight : array_like or SparseArray, shape (out, in)
        bias : array_like, shape (out,), optional

        Returns
        -------
        Value
            Shape (..., out).
        """
        wires = self._wires("dense", x)
        matrix = _matrix("dense", weight)
        n_outputs, n_inputs = matrix.shape
        if not x.ndim or x.shape[-1] != n_inputs or not n_outputs:
            raise InputError(
                f"dense: a weight of shape {matrix.shape} as (out, in) does not fit values of "
                f"shape {x.shape}"
            )
        shift = self._bias("dense", bias, n_outputs)
        rows = wires.reshape(-1, n_inputs)
        nnz = matrix.nnz if isinstance(matrix, SparseArray) else n_outputs * n_inputs
        self._check_entries("dense", len(rows) * nnz)
        shape = (*x.shape[:-1], n_outputs)
        if len(rows) == 1:
            return self._affine(rows[0], matrix, shift, shape)
        repeated = _block_diagonal(matrix, len(rows))
        many = shift[np.tile(np.arange(n_outputs), len(rows))]
        return self._affine(rows.ravel(), repeated, many, shape)

    def linear_map(
        self, x: Value, weight: Numbers, bias: Numbers | None = None, shape: Sequence[int] = (-1,)
    ) -> Value:
        """``W x + b`` of all numbers of x in C order.

        Parameters
        ----------
        x : Value, of n numbers
        weight : array_like or SparseArray, shape (m, n)
        bias : array_like, shape (m,), optional
        shape : sequence of int
            What to make of the m numbers.
        """
        wires = self._wires("linear_map", x).ravel()
        matrix = _matrix("linear_map", weight)
        if matrix.shape[1] != len(wires):
            raise InputError(f"linear_map: a weight {matrix.shape} for {len(wires)} numbers")
        shift = self._bias("linear_map", bias, matrix.shape[0])
        return self.reshape(self._affine(wires, matrix, shift, (matrix.shape[0],)), shape)

    def _affine(
        self, wires: np.ndarray, weight: Matrix, bias: ExactArray, shape: Sequence[int]
    ) -> Value:
        return Value(self, self._graph.affine(wires, weight, bias).reshape(tuple(shape)))

    def _bias(self, op: str, bias: Numbers | None, size: int) -> ExactArray:
        if bias is None:
            return self._zeros(size)
        array = exact(bias, f"bias of {op}")
        if array.shape != (size,):
            raise InputError(f"{op}: a bias of shape {array.shape} for {size} outputs")
        return array

    @staticmethod
    def _check_entries(op: str, count: int) -> None:
        if count > MAX_ENTRIES:
            raise InputError(
                f"{op}: the affine map would have {count} entries; at most {MAX_ENTRIES} are made"
            )

    # -- two values ----------------------------------------------------------------------------
    def add(self, x: Value, y: Value) -> Value:
        """``x + y``, such as a residual addition; shapes broadcast."""
        return self._weighted_sum("add", [x, y], [1.0, 1.0])

    def subtract(self, x: Value, y: Value) -> Value:
        """``x - y``; shapes broadcast."""
        return self._weighted_sum("subtract", [x, y], [1.0, -1.0])

    def total(self, values: Sequence[Value]) -> Value:
        """Sum of any number of values; shapes broadcast."""
        return self._weighted_sum("total", values, [1.0] * len(values))

    def _weighted_sum(self, op: str, values: Sequence[Value], factors: Sequence[float]) -> Value:
        parts = self._many(op, values)
        shape = self._broadcast(op, *(part.shape for part in parts))
        self._check_entries(op, math.prod(shape) * len(parts))
        wide = np.stack([np.broadcast_to(part, shape).ravel() for part in parts], axis=1)
        terms = Entries(
            np.repeat(np.arange(len(wide)), len(parts)),
            wide.ravel(),
            ExactArray.of_floats(np.tile(np.array(factors), len(wide))),
            len(wide),
        )
        made = self._graph.combine(terms, self._zeros(len(wide)))
        return Value(self, made.reshape(shape))

    # -- constants -----------------------------------------------------------------------------
    def scale(self, x: Value, factor: Numbers) -> Value:
        """Multiply by one number."""
        return self.multiply(x, exact(factor, "factor of scale", ndim=0))

    def shift(self, x: Value, constant: Numbers) -> Value:
        """Add constants; shapes broadcast."""
        return self._elementwise("shift", x, None, exact(constant, "the constant of shift"))

    def multiply(self, x: Value, constant: Numbers) -> Value:
        """Multiply by constants, number by number; shapes broadcast."""
        return self._elementwise("multiply", x, exact(constant, "the constant of multiply"), None)

    def negate(self, x: Value) -> Value:
        """``-x``."""
        return self.multiply(x, -1)

    def _elementwise(
        self, op: str, x: Value, factors: ExactArray | None, shifts: ExactArray | None
    ) -> Value:
        """``factors * x + shifts``; what changes nothing is left out."""
        wires = self._wires(op, x)
        given = [array for array in (factors, shifts) if array is not None]
        shape = self._broadcast(op, x.shape, *(array.shape for array in given))
        flat = np.broadcast_to(wires, shape).ravel()
        if _all_are(factors, 1) and _all_are(shifts, 0):
            return Value(self, flat.reshape(shape))
        terms = one_each(flat, None if factors is None else self._spread(op, factors, shape))
        bias = self._zeros(len(flat)) if shifts is None else self._spread(op, shifts, shape)
        return Value(self, self._graph.combine(terms, bias).reshape(shape))

    def batch_norm(
        self,
        x: Value,
        gamma: Numbers,
        beta: Numbers,
        mean: Numbers,
        var: Numbers,
        epsilon: float = 1e-5,
        *,
        axis: int = 0,
    ) -> Value:
        """Normalise channels by fixed statistics: ``gamma (x - mean) / sqrt(var + eps) + beta``.

        Parameters
        ----------
        x : Value
            C channels on `axis`: the first one, or -1 for channels last.
        gamma, beta, mean, var : array_like, shape (C,)
        epsilon : float
        axis : int

        Notes
        -----
        A square root is seldom rational, so the network itself has to be chosen: its factor is
        ``gamma / sqrt(var + eps)`` computed in float64, each of the three operations correctly
        rounded, and its shift is ``beta - mean * factor``, exactly.
        """
        self._wires("batch_norm", x)
        names = ["gamma", "beta", "mean", "var"]
        arrays = [
            exact(array, f"{name} of batch_norm")
            for name, array in zip(names, (gamma, beta, mean, var), strict=True)
        ]
        scale, offset, centre, spread = arrays
        base = spread.to_float() + float(exact_scalar(epsilon, "epsilon of batch_norm"))
        if not (base > 0).all():
            raise InputError("batch_norm: var + epsilon must be positive")
        with np.errstate(all="ignore"):
            quotient = scale.to_float() / np.sqrt(base)
        factor = exact(quotient, "gamma / sqrt(var + epsilon) of batch_norm")
        shift = offset - factor * centre
        factors, shifts = (
            self._per_channel("batch_norm", array, x.shape, axis).reshape(*x.shape)
            for array in (factor, shift)
        )
        return self._elementwise("batch_norm", x, factors, shifts)

    # -- sums along axes -----------------------------------------------------------------------
    def sum(self, x: Value, axes: Sequence[int] | None = None, *, keep: bool = False) -> Value:
        """Sum along axes, by default all; `keep` leaves axes of length one behind."""
        return self._reduced("sum", x, axes, keep, is_mean=False)

    def mean(self, x: Value, axes: Sequence[int] | None = None, *, keep: bool = False) -> Value:
        """Mean along axes, by default all; `keep` leaves axes of length one behind."""
        return self._reduced("mean", x, axes, keep, is_mean=True)

    def _reduced(
        self, op: str, x: Value, axes: Sequence[int] | None, keep: bool, *, is_mean: bool
    ) -> Value:
        wires = self._wires(op, x)
        gone = sorted({self._axis(op, axis, x.ndim) for axis in range(x.ndim)} if axes is None
                      else {self._axis(op, axis, x.ndim) for axis in axes})  # fmt: skip
        rest = [axis for axis in range(x.ndim) if axis not in gone]
        shape = tuple(
            1 if axis in gone else size for axis, size in enumerate(x.shape) if keep or axis in rest
        )
        table = wires.transpose(rest + gone).reshape(math.prod(x.shape[a] for a in rest), -1)
        if not table.size:
            raise InputError(f"{op}: there is nothing along the axes {gone} of shape {x.shape}")
        count = table.shape[1]
        rows = np.repeat(np.arange(len(table)), count)
        factor = ExactArray(np.full(1, 1, dtype=object), count if is_mean else 1)
        if count & (count - 1) == 0 or not is_mean:
            factor = ExactArray.of_floats(factor.to_float())
        factors = factor[np.zeros(table.size, dtype=np.int64)]
        places = np.arange(table.size)
        weight = SparseArray.of_entries(rows, places, factors, (len(table), table.size))
        return self._affine(table.ravel(), weight, self._zeros(len(table)), shape)


def _matrix(op: str, weight: Numbers) -> Matrix:
    if isinstance(weight, SparseArray):
        return weight
    return exact(weight, f"weight of {op}", ndim=2)


def _all_are(array: ExactArray | None, number: int) -> bool:
    if array is None:
        return True
    if array.floats is not None:
        return bool((array.floats == number).all())
    return array.denominator == 1 and bool((array.numerators == number).all())


def _block_diagonal(matrix: Matrix, count: int) -> SparseArray:
    """The same matrix `count` times along the diagonal."""
    table = matrix if isinstance(matrix, SparseArray) else SparseArray.of_dense(matrix)
    step = np.repeat(np.arange(count), table.nnz)
    rows = np.tile(table.rows, count) + step * table.shape[0]
    columns = np.tile(table.indices, count) + step * table.shape[1]
    values = table.data[np.tile(np.arange(table.nnz), count)]
    shape = (count * table.shape[0], count * table.shape[1])
    return SparseArray.of_entries(rows, columns, values, shape)

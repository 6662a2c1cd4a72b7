"""Layers of affine forms, each followed by an activation with one kink, as exact values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, frozen
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Layer"]

_MOST_DENSE = 40_000_000  # entries of a matrix that is made dense: 320 MB as floats

FloatWeight: TypeAlias = "FloatArray | csr_array"


@dataclass(frozen=True)
class Layer:
    """One layer of affine forms ``z = W x + b``, each followed by an activation with one kink.

    A unit passes ``z`` on where ``z >= t``, and gives ``t + s (z - t)`` below.  Threshold t and
    slope s make ``max(z, t)`` of Zhang, Naitzat and Lim (section 4) for s = 0, the leaky ReLU for
    0 < s < 1 and the absolute value for s = -1.  A unit with s = 1 has no activation: it passes
    its value on and has no sign.

    Parameters
    ----------
    weight : ExactArray or SparseArray, shape (out, in)
    bias : ExactArray, shape (out,)
    threshold : ExactArray of shape (out,), or None
        ``t``; None is a layer without any activation.  Zero is ReLU.
    slope : ExactArray of shape (out,), or None
        ``s``; None is zero for every unit.

    Notes
    -----
    Layers that compute the same are written in one way: slopes that are all zero become None,
    slopes that are all one make the threshold None, and a unit of slope one has threshold zero.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> leaky = Layer(exact([[1], [1]]), exact([0, 0]), exact([0, 0]), exact([0.5, 1]))
    >>> leaky.apply(exact([[-4], [4]])).to_float()
    array([[-2., -4.],
           [ 4.,  4.]])
    >>> leaky.tested
    array([0])
    """

    weight: ExactArray | SparseArray
    bias: ExactArray
    threshold: ExactArray | None = None
    slope: ExactArray | None = None

    def __post_init__(self) -> None:
        if self.slope is None:
            return
        if self.threshold is None:
            raise InputError("a layer with slopes needs thresholds: where the slopes begin")
        passing = _equal_to(self.slope, 1)
        if passing.all():
            object.__setattr__(self, "threshold", None)
            object.__setattr__(self, "slope", None)
        elif _equal_to(self.slope, 0).all():
            object.__setattr__(self, "slope", None)
        elif (passing & ~_equal_to(self.threshold, 0)).any():
            integers = np.where(passing, 0, self.threshold.numerators)
            object.__setattr__(self, "threshold", ExactArray(integers, self.threshold.denominator))

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return self.weight.shape[1]

    @property
    def n_outputs(self) -> int:
        """Number of units."""
        return self.weight.shape[0]

    @property
    def is_linear(self) -> bool:
        """Whether no unit of the layer has an activation."""
        return self.threshold is None

    @cached_property
    def tested(self) -> IntArray:
        """Units that have an activation and so a sign, in increasing order; read-only."""
        if self.threshold is None:
            return frozen(np.zeros(0, dtype=np.int64))
        if self.slope is None:
            return frozen(np.arange(self.n_outputs))
        return frozen(np.flatnonzero(~_equal_to(self.slope, 1)))

    @property
    def dense_weight(self) -> ExactArray:
        """The weight with all its zeros, shape (out, in)."""
        if isinstance(self.weight, ExactArray):
            return self.weight
        if math.prod(self.weight.shape) > _MOST_DENSE:
            raise InputError(
                f"the weight of a layer has the shape {self.weight.shape} and is stored sparse; "
                f"this computation would need all of it, but makes at most {_MOST_DENSE} entries "
                "dense: cut the network or restrict its input to a smaller space first"
            )
        return self._dense

    @cached_property
    def _dense(self) -> ExactArray:
        assert isinstance(self.weight, SparseArray)
        return self.weight.to_dense()

    @cached_property
    def float_slope(self) -> FloatArray:
        """Slopes below the thresholds as nearest float64, shape (out,); 1 for a linear layer."""
        if self.threshold is None:
            return frozen(np.ones(self.n_outputs))
        return frozen(np.zeros(self.n_outputs)) if self.slope is None else self.slope.to_float()

    @cached_property
    def floats(self) -> tuple[FloatWeight, FloatArray, FloatArray]:
        """Weight, bias and threshold in nearest float64 (no threshold is ``-inf``).

        A sparse weight is given as a SciPy array.
        """
        threshold = np.full(self.n_outputs, -np.inf)
        if self.threshold is not None:
            threshold[self.tested] = self.threshold.to_float()[self.tested]
        weight: FloatWeight
        if isinstance(self.weight, SparseArray):
            weight = self.weight.to_csr()
        else:
            weight = self.weight.to_float()
        return weight, self.bias.to_float(), frozen(threshold)

    def apply(self, x: ExactArray) -> ExactArray:
        """Evaluate the layer exactly on a batch, shape (n, in) to (n, out)."""
        ones = ExactArray(np.full((len(x), 1), 1, dtype=object))
        weight = self.weight
        z = (weight @ x.T).T if isinstance(weight, SparseArray) else x @ weight.T
        return self.activate(z + ones @ self.bias.reshape(1, -1))

    def activate(self, z: ExactArray) -> ExactArray:
        """Apply the activations exactly to values of the affine forms, shape (n, out)."""
        if self.threshold is None:
            return z
        t = self.threshold.reshape(1, -1)
        common = math.lcm(z.denominator, t.denominator)
        values, kinks = z.over(common), t.over(common)
        if self.slope is None:
            return ExactArray(np.maximum(values, kinks), common)
        slopes = self.slope.reshape(1, -1)
        unit = slopes.denominator
        below = kinks * unit + slopes.numerators * (values - kinks)
        return ExactArray(np.where(values >= kinks, values * unit, below), common * unit)

    def activate_floats(self, z: FloatArray) -> FloatArray:
        """Apply the activations in float64, shape (n, out)."""
        if self.threshold is None:
            return z
        t = self.floats[2]
        if self.slope is None:
            return np.maximum(z, t)
        kinks = np.where(np.isfinite(t), t, 0.0)
        values: FloatArray = np.where(z >= t, z, kinks + self.float_slope * (z - kinks))
        return values

    def __getstate__(self) -> dict[str, Any]:
        kept = ("weight", "bias", "threshold", "slope")
        return {name: self.__dict__[name] for name in kept}


def _equal_to(array: ExactArray, number: int) -> NDArray[np.bool_]:
    if array.floats is not None:
        same: NDArray[np.bool_] = array.floats == number
        return same
    return (array.numerators == number * array.denominator).astype(bool)

"""The part of `Builder` that makes units: activations, maxima and pooling of maxima."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, Numbers, exact
from polytropic.errors import InputError
from polytropic.networks.building.forms import Entries, one_each
from polytropic.networks.building.shapes import ShapeOperations
from polytropic.networks.building.values import Value
from polytropic.networks.building.wires import WireArray

__all__ = ["Activations"]

_ABSENT = -1


class Activations(ShapeOperations):
    """Activations of single numbers, and maxima as tournaments of pairwise comparisons."""

    # -- one unit for every number -------------------------------------------------------------
    def relu(self, x: Value) -> Value:
        """``max(x, 0)``."""
        return self._activated("relu", x, exact(0), None)

    def threshold(self, x: Value, t: Numbers) -> Value:
        """``max(x, t)``, with t a number or an array that broadcasts to x."""
        return self._activated("threshold", x, exact(t, "t of threshold"), None)

    def leaky_relu(self, x: Value, alpha: Numbers = 0.01) -> Value:
        """``x`` where it is positive and ``alpha x`` elsewhere."""
        return self._activated("leaky_relu", x, exact(0), exact(alpha, "alpha", ndim=0))

    def prelu(self, x: Value, slopes: Numbers, *, axis: int = 0) -> Value:
        """``x`` where it is positive and ``slopes * x`` elsewhere.

        Parameters
        ----------
        x : Value
        slopes : array_like
            One number; shape (C,), one per channel on `axis`; or what broadcasts to x.
        axis : int
        """
        array = exact(slopes, "slopes of prelu")
        self._wires("prelu", x)
        if array.ndim == 1 and array.shape != (1,):
            array = self._per_channel("prelu", array, x.shape, axis).reshape(*x.shape)
        return self._activated("prelu", x, exact(0), array)

    def absolute(self, x: Value) -> Value:
        """``|x|``, with one unit of slope -1."""
        return self._activated("absolute", x, exact(0), exact(-1))

    def _activated(
        self, op: str, x: Value, threshold: ExactArray, slope: ExactArray | None
    ) -> Value:
        wires = self._wires(op, x)
        kinks = self._spread(op, threshold, x.shape)
        slopes = None if slope is None else self._spread(op, slope, x.shape)
        zeros = self._zeros(x.size)
        made = self._graph.combine(one_each(wires.ravel()), zeros, kinks, slopes)
        return Value(self, made.reshape(x.shape))

    # -- two units for every number ------------------------------------------------------------
    def clip(self, x: Value, lower: Numbers | None = None, upper: Numbers | None = None) -> Value:
        """``min(max(x, lower), upper)``: ``max(x, lower) - max(x - upper, 0)``, two units each.

        Parameters
        ----------
        x : Value
        lower, upper : number or array_like, optional
            What broadcasts to x; no bound on that side if omitted.
        """
        result = x if lower is None else self.threshold(x, lower)
        if upper is None:
            self._wires("clip", x)
            return result
        top = self._spread("clip", exact(upper, "upper bound of clip"), x.shape)
        if lower is not None:
            bottom = self._spread("clip", exact(lower, "lower bound of clip"), x.shape)
            if ((top - bottom).numerators < 0).any():
                raise InputError("clip: a lower bound lies above the upper bound")
        flat = self._wires("clip", x).ravel()
        zeros = self._zeros(x.size)
        above = self._graph.combine(one_each(flat), -top, zeros)
        clipped = self._pairs(self._wires("clip", result).ravel(), above, 1, -1)
        return Value(self, clipped.reshape(x.shape))

    def hard_tanh(self, x: Value, lower: Numbers = -1, upper: Numbers = 1) -> Value:
        """Clip to ``[-1, 1]``, or to other bounds."""
        return self.clip(x, lower, upper)

    # -- maxima --------------------------------------------------------------------------------
    def maximum(self, values: Sequence[Value]) -> Value:
        """Largest of several values, number by number; shapes broadcast.

        Notes
        -----
        A maximum is a tournament of pairwise comparisons ``max(a, b) = b + max(a - b, 0)``: every
        round is one layer, with one unit per pair, while other values are passed on.  Activation
        regions are those of this network of comparisons; the affine maps and the linear regions
        do not depend on how a maximum is computed.

        Examples
        --------
        >>> from polytropic.networks.building import Builder
        >>> b = Builder(3)
        >>> net = b.network(b.maximum([b.input[0], b.input[1], b.input[2]]))
        >>> net([[1.0, 5.0, 2.0], [1.0, 0.0, 2.0]]).ravel().tolist(), net.hidden_widths
        ([5.0, 2.0], (1, 1))
        """
        parts = self._many("maximum", values)
        shape = self._broadcast("maximum", *(part.shape for part in parts))
        self._check_size("maximum", (*shape, len(parts)))
        wide = np.stack([np.broadcast_to(part, shape).ravel() for part in parts], axis=1)
        return Value(self, self._tournament("maximum", wide).reshape(shape))

    def minimum(self, values: Sequence[Value]) -> Value:
        """Smallest of several values, as minus the `maximum` of their negatives."""
        self._many("minimum", values)
        negative = [self._scaled(value, exact(-1)) for value in values]
        return self._scaled(self.maximum(negative), exact(-1))

    def maxout(self, x: Value, groups: int, axis: int = 0) -> Value:
        """Maximum over neighbouring numbers along an axis.

        Parameters
        ----------
        x : Value
        groups : int
            Number of maxima: the axis is cut into that many runs of one length.
        axis : int

        Returns
        -------
        Value
            With `groups` numbers on that axis; regions as for `maximum`.
        """
        wires = self._wires("maxout", x)
        axis = self._axis("maxout", axis, x.ndim)
        if groups < 1 or x.shape[axis] % groups or not x.shape[axis]:
            raise InputError(f"maxout: {x.shape[axis]} numbers do not make {groups} equal groups")
        moved = np.moveaxis(wires, axis, -1)
        shape = (*moved.shape[:-1], groups)
        best = self._tournament("maxout", moved.reshape(-1, x.shape[axis] // groups))
        return Value(self, np.moveaxis(best.reshape(shape), -1, axis))

    def _tournament(self, op: str, table: WireArray) -> WireArray:
        """Wire of the maximum of every row; entries -1 do not take part."""
        present = table != _ABSENT
        if not present.any(axis=1).all():
            raise InputError(f"{op}: a maximum is taken of no values at all")
        # Present ones first, so that rows of equal count have the same pairs.
        table = np.take_along_axis(table, np.argsort(~present, axis=1, kind="stable"), axis=1)
        while table.shape[1] > 1:
            odd = table[:, -1:] if table.shape[1] % 2 else table[:, :0]
            first, second = table[:, : 2 * (table.shape[1] // 2)].reshape(len(table), -1, 2).T
            first, second = first.T, second.T
            meet = (second != _ABSENT) & (first != second)
            winners = first.copy()
            winners[meet] = self._larger(first[meet], second[meet])
            table = np.concatenate([winners, odd], axis=1)
        return table[:, 0]

    def _larger(self, a: WireArray, b: WireArray) -> WireArray:
        zeros = self._zeros(len(a))
        excess = self._pairs(a, b, 1, -1, zeros)
        return self._pairs(b, excess, 1, 1)

    def _pairs(
        self, a: WireArray, b: WireArray, p: int, q: int, threshold: ExactArray | None = None
    ) -> WireArray:
        """Forms ``p a + q b``."""
        rows = np.repeat(np.arange(len(a)), 2)
        factors = ExactArray.of_floats(np.tile([float(p), float(q)], len(a)))
        terms = Entries(rows, np.stack([a, b], axis=1).ravel(), factors, len(a))
        return self._graph.combine(terms, self._zeros(len(a)), threshold)

    def _scaled(self, x: Value, factor: ExactArray) -> Value:
        flat = self._wires("scale", x).ravel()
        terms = one_each(flat, self._spread("scale", factor, x.shape))
        return Value(self, self._graph.combine(terms, self._zeros(x.size)).reshape(x.shape))

"""The part of `Builder` that slides windows: convolutions and poolings."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, Numbers, exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import InputError
from polytropic.networks.building.affine import AffineOperations
from polytropic.networks.building.values import Value
from polytropic.networks.building.windows import Windows, per_axis, windows

__all__ = ["Convolutions"]


class Convolutions(AffineOperations):
    """Convolutions and poolings of values of shape (C, *spatial)."""

    def conv(
        self,
        x: Value,
        kernel: Numbers,
        bias: Numbers | None = None,
        strides: int | Sequence[int] = 1,
        pads: int | Sequence[int] = 0,
        dilations: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> Value:
        """Convolution (cross-correlation, as in all frameworks) in any number of dimensions.

        Parameters
        ----------
        x : Value, shape (C, *spatial)
        kernel : array_like, shape (M, C / groups, *size)
        bias : array_like, shape (M,), optional
        strides, dilations : int or sequence of int
            For all axes, or per axis.
        pads : int or sequence of int
            Zeros on all sides, per axis, or all beginnings and then all ends.
        groups : int

        Returns
        -------
        Value
            Shape (M, *windows).

        Examples
        --------
        >>> from polytropic.networks.building import Builder
        >>> b = Builder((1, 4))
        >>> net = b.network(b.conv(b.input, [[[1, -1]]]))
        >>> net([1.0, 4.0, 9.0, 16.0])
        array([-3., -5., -7.])
        """
        self._wires("conv", x)
        weights = exact(kernel, "kernel of conv")
        rank = x.ndim - 1
        if rank < 1 or weights.ndim != x.ndim + 1 or 0 in weights.shape:
            raise InputError(
                f"conv: a kernel of shape {weights.shape} as (M, C / groups, *size) does not fit "
                f"values of shape {x.shape} as (C, *spatial)"
            )
        if groups < 1 or x.shape[0] != groups * weights.shape[1] or weights.shape[0] % groups:
            raise InputError(
                f"conv: {weights.shape[0]} filters of {weights.shape[1]} channels in {groups} "
                f"groups do not fit {x.shape[0]} channels"
            )
        found = windows("conv", x.shape[1:], weights.shape[2:], strides, pads, dilations)
        n_filters = weights.shape[0]
        self._check_entries("conv", n_filters * weights.shape[1] * found.places.size)
        self._check_size("conv", (n_filters, *found.shape))
        matrix = _convolution(weights, found, math.prod(x.shape[1:]), groups)
        shift = self._bias("conv", bias, n_filters)
        many = shift[np.repeat(np.arange(n_filters), len(found.places))]
        flat = self._wires("conv", x).ravel()
        return self._affine(flat, matrix, many, (n_filters, *found.shape))

    def average_pool(
        self,
        x: Value,
        size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        pads: int | Sequence[int] = 0,
        count_include_pad: bool = False,
        ceil_mode: bool = False,
    ) -> Value:
        """Mean over windows, channel by channel.

        Parameters
        ----------
        x : Value, shape (C, *spatial)
        size, strides, pads : int or sequence of int
            As for `conv`; strides are the size by default.
        count_include_pad : bool
            Whether zeros of the padding count in the mean; else only numbers of x do.
        ceil_mode : bool
            Keep a last window that reaches beyond the padding.
        """
        wires, found = self._pooled("average_pool", x, size, strides, pads, 1, ceil_mode)
        inside = found.places >= 0
        counts = (inside if not count_include_pad else found.places >= -1).sum(axis=1)
        if not inside.any(axis=1).all():
            raise InputError("average_pool: a window lies in the padding altogether")
        n_windows = len(counts)
        rows, column = np.nonzero(inside)
        places = found.places[rows, column]
        shares = _reciprocals(counts)
        n_channels, n_places = wires.shape
        step = np.repeat(np.arange(n_channels), len(rows))
        weight = SparseArray.of_entries(
            np.tile(rows, n_channels) + step * n_windows,
            np.tile(places, n_channels) + step * n_places,
            shares[np.tile(rows, n_channels)],
            (n_channels * n_windows, wires.size),
        )
        shape = (n_channels, *found.shape)
        return self._affine(wires.ravel(), weight, self._zeros(n_channels * n_windows), shape)

    def global_average_pool(self, x: Value) -> Value:
        """Mean of every channel; the spatial axes stay, with length one."""
        self._wires("global_average_pool", x)
        return self.mean(x, range(1, x.ndim), keep=True)

    def global_max_pool(self, x: Value) -> Value:
        """Maximum of every channel; the spatial axes stay, with length one."""
        self._wires("global_max_pool", x)
        return self.max_pool(x, x.shape[1:])

    def max_pool(
        self,
        x: Value,
        size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        pads: int | Sequence[int] = 0,
        dilations: int | Sequence[int] = 1,
        ceil_mode: bool = False,
    ) -> Value:
        """Maximum over windows, channel by channel; padding never wins.

        Parameters
        ----------
        x : Value, shape (C, *spatial)
        size, strides, pads, dilations : int or sequence of int
            As for `conv`; strides are the size by default.
        ceil_mode : bool
            Keep a last window that reaches beyond the padding.

        Notes
        -----
        Every window is a tournament of pairwise comparisons of its own (see `maximum`), so the
        activation regions are those of a network of comparisons; linear regions and affine maps
        are those of the pooling.
        """
        wires, found = self._pooled("max_pool", x, size, strides, pads, dilations, ceil_mode)
        spread = wires[:, np.maximum(found.places, 0)]
        table = np.where(found.places >= 0, spread, -1).reshape(-1, found.places.shape[1])
        best = self._tournament("max_pool", table)
        return Value(self, best.reshape(wires.shape[0], *found.shape))

    def _pooled(
        self,
        op: str,
        x: Value,
        size: int | Sequence[int],
        strides: int | Sequence[int] | None,
        pads: int | Sequence[int],
        dilations: int | Sequence[int],
        ceil_mode: bool,
    ) -> tuple[np.ndarray, Windows]:
        """Wires of shape (C, n_places), and the windows."""
        wires = self._wires(op, x)
        if x.ndim < 2:
            raise InputError(f"{op}: values of shape {x.shape} are not (C, *spatial)")
        sizes = per_axis(op, "size", size, x.ndim - 1)
        steps = sizes if strides is None else strides
        found = windows(op, x.shape[1:], sizes, steps, pads, dilations, ceil_mode=ceil_mode)
        self._check_entries(op, x.shape[0] * found.places.size)
        return wires.reshape(x.shape[0], -1), found


def _convolution(weights: ExactArray, found: Windows, n_places: int, groups: int) -> SparseArray:
    """Matrix of a convolution, its entries in order of rows and columns."""
    n_filters, n_channels = weights.shape[:2]
    n_windows, n_taps = found.places.shape
    flat = weights.reshape(n_filters * n_channels * n_taps)
    shape = (n_filters, n_windows, n_channels, n_taps)
    taps = np.arange(len(flat)).reshape(n_filters, 1, n_channels, n_taps)
    nonzero = flat.floats != 0 if flat.floats is not None else (flat.numerators != 0).astype(bool)
    kept = (found.places >= 0)[None, :, None, :] & nonzero[taps]
    group = np.arange(n_filters) // (n_filters // groups)
    channel = group[:, None] * n_channels + np.arange(n_channels)
    columns = channel[:, None, :, None] * n_places + found.places[None, :, None, :]
    kept = np.broadcast_to(kept, shape)
    lengths = kept.reshape(n_filters * n_windows, -1).sum(axis=1)
    return SparseArray(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.broadcast_to(columns, shape)[kept],
        flat[np.broadcast_to(taps, shape)[kept]],
        (n_filters * n_windows, groups * n_channels * n_places),
    )


def _reciprocals(counts: np.ndarray) -> ExactArray:
    """``1 / n`` for every count, in float64 if all are exact there."""
    if ((counts & (counts - 1)) == 0).all():
        return ExactArray.of_floats(1.0 / counts)
    common = math.lcm(*np.unique(counts).tolist())
    shares = np.array([common // int(n) for n in counts] + [None], dtype=object)[:-1]
    return ExactArray(shares, common)

"""A network in homogeneous coordinates, in floats with error bounds and in integers.

A network of units with one kink is positively homogeneous once its biases are multiplied by a
height: at ``(1, x)`` it is the network at x, and at ``(0, r)`` it is its recession function in the
direction r (the limit of ``f(x + s r) / s``, the same for every x).  Points and directions can
therefore be pushed through it alike, and signs of units at both are found in the same way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.affine_maps import AffineMapInFloats, SparseEntries
from polytropic.arithmetic.bounded import Bounded, round_ratios, round_scaled
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.geometry.subdividing.stages import ExactValues
from polytropic.networks.alike import gather_alike
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network

__all__ = ["HomogeneousNetwork", "Stage", "relu_form"]

_BLOCK = 1 << 20  # entries of one block of floats: 8 MB
_NARROW = 256  # so many units are as quickly computed all as a few of them
_UNIT = 2.0**-53
_TINY = 2.0**-1000  # above any error of underflow


def relu_form(network: Network) -> tuple[list[Layer], ExactArray | None]:
    """Rewrite every threshold as zero: ``max(z, t) = max(z - t, 0) + t``.

    Returns
    -------
    layers : list of Layer
        With thresholds zero or None.
    offset : ExactArray or None
        What remains to be added to the output, if the last layer has an activation.
    """
    layers: list[Layer] = []
    offset: ExactArray | None = None
    for layer in network.layers:
        bias = layer.bias
        if offset is not None and not _is_zero(offset).all():
            bias = bias + layer.weight @ offset
        # Units that pass their value on have threshold zero.
        offset = layer.threshold
        if offset is None:
            layers.append(Layer(layer.weight, bias, None))
            continue
        zero = ExactArray.zeros(layer.n_outputs)
        if not _is_zero(offset).all():
            bias = bias - offset
        layers.append(Layer(layer.weight, bias, zero, layer.slope))
    return layers, offset


class _Affine:
    """One affine map ``z = W y + h b``: in floats, scaled entry by entry, and in integers.

    Columns are those of the map below, in their order and units: float value i there is the true
    value ``order[i]`` times ``2 ** -shift[i]``.
    """

    def __init__(self, layer: Layer, order: IntArray, shift: IntArray, rows: IntArray) -> None:
        self.layer = layer
        self.order = rows  # column i of the float values is this unit
        self._weight = layer.weight
        weight, bias = layer.weight[rows], layer.bias[rows]
        self.joined_bias = layer.bias
        below = np.zeros(len(order), dtype=np.int64)
        below[order] = shift
        place = np.zeros(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        if isinstance(weight, SparseArray):
            entries, row, column = weight.data, weight.rows, weight.indices
        else:
            entries = weight.reshape(-1)
            row = np.repeat(np.arange(weight.shape[0]), weight.shape[1])
            column = np.tile(np.arange(weight.shape[1]), weight.shape[0])
        sizes = _exponents(entries) + below[column]
        top = _exponents(bias)
        np.maximum.at(top, row, np.where(_is_zero(entries), _LOWEST, sizes))
        self.shift = np.where(top > _LOWEST, top, 0)
        scaled = _scaled(entries, below[column] - self.shift[row])
        scaled_bias = _scaled(bias, -self.shift)
        if isinstance(weight, SparseArray):
            places = SparseEntries(weight.indptr, place[column], weight.shape)
            self.floats = AffineMapInFloats(scaled, scaled_bias, places)
        else:
            table = [part.reshape(weight.shape)[:, order] for part in scaled]
            self.floats = AffineMapInFloats(Bounded(*table), scaled_bias)

    @cached_property
    def _joined(self) -> ExactArray:
        assert isinstance(self._weight, ExactArray)
        bias = self.layer.bias.reshape(-1, 1)
        return ExactArray.concatenate([bias, self._weight], axis=1)

    @cached_property
    def _columns(self) -> flint.fmpz_mat:
        return flint.fmpz_mat(self._joined.numerators.T.tolist())

    def __getstate__(self) -> dict[str, Any]:
        # FLINT's matrices do not pickle; they are made again when they are needed.
        return {name: value for name, value in self.__dict__.items() if name != "_columns"}

    def read_by(self, units: IntArray) -> IntArray:
        """Which units below some units read."""
        if isinstance(self._weight, SparseArray):
            entries, _ = self._weight.entries_of(units)
            return np.unique(self._weight.indices[entries])
        return np.arange(self._weight.shape[1])

    def exactly_at(
        self, units: IntArray, below: IntArray, heights: ObjectArray, values: ObjectArray
    ) -> tuple[ObjectArray, int]:
        """`exactly` for some units, from the values of those below that they read."""
        dense = isinstance(self._weight, ExactArray)
        if dense and (len(units) > len(self.order) // 4 or len(self.order) <= _NARROW):
            everything, common = self.exactly(heights, values)
            return everything[:, units], common
        bias = self.layer.bias[units]
        if isinstance(self._weight, SparseArray):
            entries, limits = self._weight.entries_of(units)
            places = np.searchsorted(below, self._weight.indices[entries])
            data = self._weight.data[entries]
            common = math.lcm(data.denominator, bias.denominator)
            image = np.full((len(units), len(values)), 0, dtype=object)
            filled = np.flatnonzero(np.diff(limits))
            if len(filled):
                products = data.over(common)[:, None] * values.T[places]
                image[filled] = np.add.reduceat(products, limits[:-1][filled], axis=0)
        else:
            weight = self._weight[units]
            common = math.lcm(weight.denominator, bias.denominator)
            image = (weight @ ExactArray(values.T)).over(common)
        return image.T + heights[:, None] * bias.over(common)[None, :], common

    def exactly(self, heights: ObjectArray, values: ObjectArray) -> tuple[ObjectArray, int]:
        """``W y + h b`` times a positive integer, and that integer, in the units' own order."""
        layer = self.layer
        if isinstance(self._weight, SparseArray):
            image = self._weight @ ExactArray(values.T.copy())
            bias = layer.bias
            common = image.denominator * bias.denominator
            shifted = image.over(common).T + heights[:, None] * bias.over(common)[None, :]
            return shifted, common
        joined = self._joined
        if 0 in (len(values), len(joined)):
            return np.full((len(values), len(joined)), 0, dtype=object), joined.denominator
        below = np.concatenate([heights[:, None], values], axis=1)
        entries = (flint.fmpz_mat(below.tolist()) * self._columns).entries()
        result = np.empty(len(entries), dtype=object)
        result[:] = [int(entry) for entry in entries]
        return result.reshape(len(values), len(joined)), joined.denominator


_LOWEST = -(1 << 40)


def _is_zero(array: ExactArray) -> NDArray[np.bool_]:
    if array.floats is not None:
        return array.floats == 0
    zero: NDArray[np.bool_] = array.numerators == 0
    return zero.astype(bool)


def _exponents(array: ExactArray) -> IntArray:
    """Exponents e with entries below ``2 ** e``, within two of the least; lowest for zeros."""
    if array.floats is not None:
        exponents = np.frexp(array.floats)[1].astype(np.int64)
    else:
        bits = array.denominator.bit_length()
        exponents = np.array(
            [abs(entry).bit_length() - bits + 1 for entry in array.numerators.tolist()],
            dtype=np.int64,
        )
    return np.where(_is_zero(array), _LOWEST, exponents)


def _scaled(array: ExactArray, exponents: IntArray) -> Bounded:
    """Round ``array * 2 ** exponents``, entry by entry."""
    if array.floats is not None:
        with np.errstate(over="ignore", under="ignore"):
            scaled = np.ldexp(array.floats, exponents)
            if np.array_equal(np.ldexp(scaled, -exponents), array.floats):
                return Bounded(scaled, np.zeros(scaled.shape))
    zero = _is_zero(array)
    exponents = np.where(zero, 0, exponents)
    if len(exponents) and np.ptp(exponents) == 0:
        return round_scaled(array, int(exponents[0]))
    rows, denominators = [], []
    for entry, exponent in zip(array.numerators.tolist(), exponents.tolist(), strict=True):
        rows.append([entry << max(exponent, 0)])
        denominators.append(array.denominator << max(-exponent, 0))
    if not rows:
        return Bounded(np.zeros(0), np.zeros(0))
    return Bounded(*(part.ravel() for part in round_ratios(rows, denominators)))


@dataclass(frozen=True)
class _Slopes:
    """Slopes of the tested units of a stage where they are negative."""

    exact: ExactArray
    floats: Bounded

    @staticmethod
    def of(layer: Layer) -> _Slopes | None:
        """Slopes of a layer; None if all are zero."""
        if layer.slope is None:
            return None
        slopes = layer.slope[layer.tested]
        return None if _is_zero(slopes).all() else _Slopes(slopes, round_scaled(slopes))


class Stage:
    """Affine maps up to the next units with a kink, and these units; the last one may have none.

    Attributes
    ----------
    n_tested : int
        Number of units with a sign: the first columns of the float values.
    first_unit : int
        Number of such units in the stages below.
    width : int
        Number of all units.
    widest : int
        The same for the widest affine map on the way.
    """

    def __init__(self, maps: list[_Affine], last: Layer, first_unit: int) -> None:
        self._maps = maps
        self.first_unit = first_unit
        self.tested = last.tested
        self.n_tested = len(last.tested)
        self.width = last.n_outputs
        self.widest = max(step.layer.n_outputs for step in maps)
        self.order, self.shift = maps[-1].order, maps[-1].shift
        self._slopes = _Slopes.of(last)

    # -- in floats -----------------------------------------------------------------------------
    def preactivation(self, y: Bounded, heights: FloatArray) -> Bounded:
        """Values of the stage before activation, tested units first, in units of their own."""
        for step in self._maps:
            y = step.floats(y, heights)
        return y

    def activate(self, z: Bounded) -> Bounded:
        """Apply the activation to rows of `preactivation`."""
        n = self.n_tested
        value, error = z.value[:, :n], z.error[:, :n]
        negative = value < -error
        if self._slopes is None:
            value = np.maximum(value, 0.0)
            error = np.where(negative, 0.0, error)
        else:
            slope, doubt = self._slopes.floats
            scale = np.abs(slope) + doubt
            below = np.where(negative, scale, np.maximum(scale, 1.0)) * error
            with np.errstate(all="ignore"):
                below = below * (1 + 4 * _UNIT) + (4 * _UNIT * scale + doubt) * np.abs(value)
                # Products may underflow to zero, or overflow.
                below += np.where((scale != 0) & ((value != 0) | (error != 0)), _TINY, 0.0)
                positive = value > error
                error = np.where(positive, error, below)
                value = np.where(value > 0, value, slope * value)
            error[~np.isfinite(value)] = np.inf
        if n == z.value.shape[1]:
            return Bounded(value, error)
        return Bounded(
            np.concatenate([value, z.value[:, n:]], axis=1),
            np.concatenate([error, z.error[:, n:]], axis=1),
        )

    # -- exactly -------------------------------------------------------------------------------
    def exactly(self, heights: ObjectArray, values: ObjectArray) -> tuple[ObjectArray, ObjectArray]:
        """Heights and values before activation, in integers and in the units' own order."""
        for step in self._maps:
            values, scale = step.exactly(heights, values)
            heights = heights * scale
        return heights, values

    def units_read(self, units: IntArray) -> tuple[list[IntArray], IntArray]:
        """Units of each map that some units of the stage depend on; then those below the stage."""
        wanted = []
        for step in reversed(self._maps):
            wanted.append(units)
            units = step.read_by(units)
        return wanted[::-1], units

    def exactly_at(
        self,
        wanted: list[IntArray],
        below: IntArray,
        heights: ObjectArray,
        values: ObjectArray,
    ) -> tuple[ObjectArray, ObjectArray]:
        """`exactly` for the units that are wanted of each map, from those that they read."""
        for step, units in zip(self._maps, wanted, strict=True):
            values, scale = step.exactly_at(units, below, heights, values)
            heights, below = heights * scale, units
        return heights, values

    def activate_exactly_at(
        self, units: IntArray, heights: ObjectArray, values: ObjectArray
    ) -> tuple[ObjectArray, ObjectArray]:
        """Apply the activation to integers of some units."""
        places = np.searchsorted(self.tested, units)
        places[places == self.n_tested] = 0
        tested = self.tested[places] == units
        off = (values < 0).astype(bool) & tested
        if self._slopes is None:
            return heights, np.where(off, 0, values)
        exact = self._slopes.exact
        slopes = exact.numerators[places]
        values = np.where(off, values * slopes[None, :], values * exact.denominator)
        return heights * exact.denominator, values

    def activate_exactly(
        self, heights: ObjectArray, values: ObjectArray, active: NDArray[np.bool_] | None = None
    ) -> tuple[ObjectArray, ObjectArray]:
        """Apply the activation to integers; `active` may say what is on, instead of the signs."""
        if not self.n_tested:
            return heights, values
        below = values[:, self.tested]
        on = (below > 0).astype(bool) if active is None else active
        if self._slopes is None:
            changed, factor = np.where(on, below, 0), 1
        else:
            exact = self._slopes.exact
            factor = exact.denominator
            changed = np.where(on, below * factor, below * exact.numerators[None, :])
        values = values * factor
        values[:, self.tested] = changed
        return heights * factor, values

    def in_float_units(
        self, values: ObjectArray, scales: list[int], columns: IntArray | None = None
    ) -> ExactValues:
        """Integers as columns of `preactivation`, over a positive scale for each row.

        All units in their own order; or those of some columns, in the order of these.
        """
        shifts = self.shift if columns is None else self.shift[columns]
        if columns is None:
            values = values[:, self.order]
        top = max(0, int(shifts.max(initial=0)))
        factors = np.array([1 << (top - shift) for shift in shifts.tolist()], dtype=object)
        return ExactValues(values * factors[None, :], [scale << top for scale in scales])


class HomogeneousNetwork:
    """Evaluates all layers of a network at homogeneous generators ``(t, x)``.

    Every unit has float units of its own, a power of two, so that neither huge nor tiny weights
    leave the range of floats and the entries of weight matrices are of size about one.
    """

    def __init__(self, network: Network) -> None:
        layers, self.offset = relu_form(network)
        layers = gather_alike(layers)
        self.n_inputs = network.n_inputs
        self.stages: list[Stage] = []
        order, shift = np.arange(network.n_inputs), np.zeros(network.n_inputs, dtype=np.int64)
        maps: list[_Affine] = []
        units = 0
        for layer in layers:
            rows = _tested_first(layer)
            maps.append(_Affine(layer, order, shift, rows))
            order, shift = rows, maps[-1].shift
            if len(layer.tested):
                self.stages.append(Stage(maps, layer, units))
                units += len(layer.tested)
                maps = []
        if maps:
            self.stages.append(Stage(maps, layers[-1], units))

    @property
    def cutting(self) -> list[Stage]:
        """The stages that have units with a sign."""
        return [stage for stage in self.stages if stage.n_tested]

    @staticmethod
    def start(generators: ObjectArray) -> tuple[Bounded, FloatArray]:
        """Round generators to height one (points) or to size about one (directions)."""
        rows = generators.tolist()
        scales = _leads(generators)
        value, error = round_ratios([row[1:] for row in rows], scales)
        shape = (len(generators), generators.shape[1] - 1)
        heights = np.array([1.0 if row[0] else 0.0 for row in rows])
        return Bounded(value.reshape(shape), error.reshape(shape)), heights

    def exact_preactivation(
        self, number: int, generators: ObjectArray, columns: IntArray | None = None
    ) -> ExactValues:
        """Values of a stage before its activation, in integers and in the units of its floats.

        If only some columns are wanted, only the units that they depend on are computed.
        """
        # A last row of height one tells the common factor, also of directions.
        size = generators.shape[1] - 1
        heights = np.concatenate([generators[:, 0], np.array([1], dtype=object)])
        values = np.concatenate([generators[:, 1:], np.full((1, size), 0, dtype=object)])
        stage = self.stages[number]
        if columns is None:
            for before in self.stages[:number]:
                heights, values = before.activate_exactly(*before.exactly(heights, values))
            heights, values = stage.exactly(heights, values)
        else:
            heights, values = self._exactly_at(number, stage.order[columns], heights, values)
        factor = int(heights[-1])
        scales = [factor * lead for lead in _leads(generators)]
        return stage.in_float_units(values[:-1], scales, columns)

    def _exactly_at(
        self, number: int, units: IntArray, heights: ObjectArray, values: ObjectArray
    ) -> tuple[ObjectArray, ObjectArray]:
        """Values of some units of a stage before activation: of what they depend on alone."""
        sorted_units, back = np.unique(units, return_inverse=True)
        plan, read = [], sorted_units
        for stage in reversed(self.stages[: number + 1]):
            wanted, read = stage.units_read(read)
            plan.append(wanted)
        values = values[:, read]
        for stage, wanted in zip(self.stages[:number], reversed(plan[1:]), strict=True):
            heights, values = stage.exactly_at(wanted, read, heights, values)
            read = wanted[-1]
            heights, values = stage.activate_exactly_at(read, heights, values)
        heights, values = self.stages[number].exactly_at(plan[0], read, heights, values)
        return heights, values[:, back]

    def exact_linear_map(self, pattern: NDArray[np.bool_], basis: ObjectArray) -> ExactArray:
        """Images of basis rows under the linear map that the network is where `pattern` holds.

        Parameters
        ----------
        pattern : bool array, shape (n_units,)
            Which units are active.
        basis : object array, shape (k, d + 1)

        Returns
        -------
        ExactArray, shape (k, p)
        """
        # Heights of directions are zero: a last row of height one tells the common denominator.
        heights = np.concatenate([basis[:, 0], np.array([1], dtype=object)])
        values = np.concatenate([basis[:, 1:], np.full((1, basis.shape[1] - 1), 0, dtype=object)])
        for stage in self.stages:
            heights, values = stage.exactly(heights, values)
            units = slice(stage.first_unit, stage.first_unit + stage.n_tested)
            heights, values = stage.activate_exactly(heights, values, pattern[None, units])
        images = ExactArray(values[:-1], int(heights[-1]))
        if self.offset is None:
            return images
        return images + ExactArray(basis[:, :1]) @ self.offset.reshape(1, -1)

    def bounded_linear_maps(self, patterns: NDArray[np.bool_], basis: ObjectArray) -> Bounded:
        """Float version of `exact_linear_map` for many patterns, shape (n, k * p).

        The offset of the output, common to all, is left out, and outputs are in float units and in
        the order of the floats: good for telling maps apart.
        """
        widest = max([stage.width for stage in self.stages])
        step = max(1, _BLOCK // (len(basis) * widest))
        starts = range(0, len(patterns), step)
        blocks = [self._bounded_block(patterns[start : start + step], basis) for start in starts]
        return Bounded(
            np.concatenate([block.value for block in blocks]),
            np.concatenate([block.error for block in blocks]),
        )

    def _bounded_block(self, patterns: NDArray[np.bool_], basis: ObjectArray) -> Bounded:
        y, heights = self.start(basis)
        n_cells, size = len(patterns), len(basis)
        y = Bounded(np.tile(y.value, (n_cells, 1)), np.tile(y.error, (n_cells, 1)))
        tall = np.tile(heights, n_cells)
        for stage in self.stages:
            z = stage.preactivation(y, tall)
            units = slice(stage.first_unit, stage.first_unit + stage.n_tested)
            active = np.repeat(patterns[:, units], size, axis=0)
            y = _masked(stage, z, active)
        return Bounded(y.value.reshape(n_cells, -1), y.error.reshape(n_cells, -1))


def _leads(generators: ObjectArray) -> list[int]:
    """What generators are divided by: points by their height, directions to size about one."""
    rows = generators.tolist()
    return [row[0] or 1 << max(abs(entry).bit_length() for entry in row) for row in rows]


def _tested_first(layer: Layer) -> IntArray:
    others = np.setdiff1d(np.arange(layer.n_outputs), layer.tested)
    order: IntArray = np.concatenate([layer.tested, others]).astype(np.int64)
    return order


def _masked(stage: Stage, z: Bounded, active: NDArray[np.bool_]) -> Bounded:
    """Activate rows by patterns: what is not active is multiplied by its slope."""
    n = stage.n_tested
    value, error = z.value.copy(), z.error.copy()
    if stage._slopes is None:
        off_value, off_error = np.zeros_like(value[:, :n]), np.zeros_like(error[:, :n])
    else:
        slope, doubt = stage._slopes.floats
        scale = np.abs(slope) + doubt
        off_value = slope * value[:, :n]
        off_error = scale * error[:, :n] * (1 + 4 * _UNIT)
        off_error += (4 * _UNIT * scale + doubt) * np.abs(value[:, :n])
        touched = (value[:, :n] != 0) | (error[:, :n] != 0)
        off_error += np.where((scale != 0) & touched, _TINY, 0.0)
        off_error[~np.isfinite(off_value)] = np.inf
    value[:, :n] = np.where(active, value[:, :n], off_value)
    error[:, :n] = np.where(active, error[:, :n], off_error)
    return Bounded(value, error)

"""Wires: the single numbers that run through a network while it is being built.

Every number has a wire, and wires come in blocks: the inputs, constants, and units, which are an
affine form of earlier wires with or without an activation.  Moving numbers about (reshaping,
slicing, padding, concatenating) only moves the names of wires and costs no layer.

Each wire has a *level*, the layer that gives it; forms without activation are written into the
forms that read them as long as that is cheap, so that a level is a round of activations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.arithmetic.sums import is_zero, product_of_entries, sum_of_entries
from polytropic.errors import InputError
from polytropic.networks.building.forms import (
    Entries,
    Matrix,
    columns_moved,
    compact,
    rows_scaled,
)
from polytropic.networks.network import Layer

__all__ = ["MAX_ENTRIES", "MAX_VALUES", "Block", "WireArray", "Wires"]

WireArray: TypeAlias = NDArray[np.int64]

MAX_VALUES = 1 << 22
"""Most values of one tensor: files of a few bytes may declare more than any memory holds."""

MAX_ENTRIES = 1 << 25
"""Most entries that are not zero of one affine map."""

_MAX_WIRES = 8 * MAX_VALUES
_FEW = 3  # terms of a sum that may be written into a dense weight
_CONSTANT = -1  # the level of constants: they are there before the inputs


@dataclass(frozen=True)
class Block:
    """Wires that were made together.

    Attributes
    ----------
    first, size : int
        Wires ``first:first + size``.
    level : int
        0 for inputs, -1 for constants.
    columns : int array
        The wires that its forms read; of lower level.
    weight : ExactArray or SparseArray or None, shape (size, len(columns))
        None for inputs and constants.
    bias : ExactArray, shape (size,)
    threshold, slope : ExactArray or None, shape (size,)
        As in `Layer`.
    is_sum : bool
        Whether every form is a sum of a few wires, each once and without a factor or bias.
    """

    first: int
    size: int
    level: int
    columns: WireArray
    weight: Matrix | None
    bias: ExactArray
    threshold: ExactArray | None = None
    slope: ExactArray | None = None
    is_sum: bool = False

    @property
    def is_linear(self) -> bool:
        """Whether its wires are affine forms without activation."""
        return self.weight is not None and self.threshold is None


class Wires:
    """All wires of one network that is being built."""

    def __init__(self, n_inputs: int) -> None:
        self.blocks: list[Block] = []
        self._first: list[int] = []
        self._level: WireArray = np.zeros(0, dtype=np.int64)
        self._block: WireArray = np.zeros(0, dtype=np.int64)
        none = np.zeros(0, dtype=np.int64)
        self._append(Block(0, n_inputs, 0, none, None, ExactArray.zeros(0)))

    # -- what is known of wires ----------------------------------------------------------------
    def __len__(self) -> int:
        return len(self._level)

    def levels(self, wires: WireArray) -> WireArray:
        """Level of each wire."""
        return self._level[wires]

    def blocks_of(self, wires: WireArray) -> WireArray:
        """Number of the block of each wire."""
        return self._block[wires]

    def are_constant(self, wires: WireArray) -> NDArray[np.bool_]:
        """Whether each wire is a constant."""
        constant: NDArray[np.bool_] = self._level[wires] == _CONSTANT
        return constant

    def constant_values(self, wires: WireArray) -> ExactArray:
        """Values of constant wires, shape (n,)."""
        order = np.argsort(self._block[wires], kind="stable")
        parts = [ExactArray.zeros(0)] if not len(wires) else []
        for number in np.unique(self._block[wires]).tolist():
            block = self.blocks[number]
            own = wires[order][self._block[wires[order]] == number]
            parts.append(block.bias[own - block.first])
        joined = ExactArray.concatenate(parts)
        back = np.empty(len(wires), dtype=np.int64)
        back[order] = np.arange(len(wires))
        return joined[back]

    def _flags(self, name: str) -> NDArray[np.bool_]:
        return np.array([getattr(block, name) for block in self.blocks])

    # -- making wires --------------------------------------------------------------------------
    def _append(self, block: Block) -> WireArray:
        if len(self) + block.size > _MAX_WIRES:
            raise InputError(f"the network would have more than {_MAX_WIRES} values in all")
        self._level = np.concatenate([self._level, np.full(block.size, block.level)])
        self._block = np.concatenate([self._block, np.full(block.size, len(self.blocks))])
        self.blocks.append(block)
        return np.arange(block.first, block.first + block.size)

    def constants(self, values: ExactArray) -> WireArray:
        """Wires of fixed values, shape (n,)."""
        none = np.zeros(0, dtype=np.int64)
        return self._append(Block(len(self), len(values), _CONSTANT, none, None, values))

    def affine(self, inputs: WireArray, weight: Matrix, bias: ExactArray) -> WireArray:
        """Forms ``weight @ inputs + bias`` of any weight, such as those of dense layers.

        The inputs are taken as they are: forms among them become layers of their own, unless they
        are sums of a few wires, which change no entry of the weight when written into it.
        """
        constant = self.are_constant(inputs)
        if constant.any():
            values = ExactArray.concatenate(
                [self.constant_values(inputs[constant]), ExactArray.zeros(1)]
            )
            place = np.full(len(inputs), constant.sum())
            place[constant] = np.arange(constant.sum())
            spread = values[place]
            bias = sum_of_entries(bias, weight @ _masked(spread, constant))
            if constant.all():
                return self.constants(bias)
        old, new = self._expanded_sums(inputs, np.flatnonzero(~constant))
        if len(new) == len(inputs) and np.array_equal(old, np.arange(len(old))):
            columns, position = new, None
            if len(np.unique(new)) < len(new):
                columns, position = np.unique(new, return_inverse=True)
        else:
            columns, position = np.unique(new, return_inverse=True)
        if position is not None:
            weight = columns_moved(weight, old, position, len(columns))
        level = 1 + int(self.levels(columns).max(initial=0))
        return self._append(Block(len(self), len(bias), level, columns, weight, bias))

    def _expanded_sums(self, inputs: WireArray, places: WireArray) -> tuple[WireArray, WireArray]:
        """Pairs (place among the inputs, wire to be read for it) with sums replaced by terms."""
        wires = inputs[places]
        levels, blocks = self.levels(wires), self.blocks_of(wires)
        is_sum = self._flags("is_sum")[blocks]
        top = int((levels - is_sum).max(initial=0)) + 1
        inlined = is_sum & (levels == top)
        old, new = [places[~inlined]], [wires[~inlined]]
        for number in np.unique(blocks[inlined]).tolist():
            block = self.blocks[number]
            own = np.flatnonzero(inlined & (blocks == number))
            assert isinstance(block.weight, SparseArray)
            part = block.weight[wires[own] - block.first]
            old.append(places[own][part.rows])
            new.append(block.columns[part.indices])
        order = np.argsort(np.concatenate(old), kind="stable")
        return np.concatenate(old)[order], np.concatenate(new)[order]

    def combine(
        self,
        terms: Entries,
        bias: ExactArray,
        threshold: ExactArray | None = None,
        slope: ExactArray | None = None,
    ) -> WireArray:
        """Forms of few terms, with an activation if thresholds are given.

        Forms among the terms are written into the new ones, if their level is as high as the new
        level less one; what is lower is carried up instead.
        """
        keep = self.are_constant(terms.wires)
        if keep.any():
            fixed = terms.where(keep)
            values = product_of_entries(self.constant_values(fixed.wires), fixed.factors)
            fixed = Entries(fixed.rows, fixed.wires, values, len(bias))
            bias = sum_of_entries(bias, fixed.row_sums())
            terms = terms.where(~keep)
        blocks = self.blocks_of(terms.wires)
        linear = self._flags("is_linear")[blocks]
        base = self.levels(terms.wires) - linear
        levels = np.full(len(bias), _CONSTANT)
        np.maximum.at(levels, terms.rows, base + 1)
        result = np.empty(len(bias), dtype=np.int64)
        for level in np.unique(levels).tolist():
            rows = np.flatnonzero(levels == level)
            own = terms.of_rows(rows)
            layer = [None if part is None else part[rows] for part in (threshold, slope)]
            if level == _CONSTANT:
                result[rows] = self._activated_constants(bias[rows], *layer)
            else:
                result[rows] = self._forms(own, bias[rows], level, *layer)
        return result

    def _activated_constants(
        self, values: ExactArray, threshold: ExactArray | None, slope: ExactArray | None
    ) -> WireArray:
        count = len(values)
        layer = Layer(ExactArray.zeros(count, 1), values, threshold, slope)
        return self.constants(layer.activate(values.reshape(1, count)).reshape(count))

    def _forms(
        self,
        terms: Entries,
        bias: ExactArray,
        level: int,
        threshold: ExactArray | None,
        slope: ExactArray | None,
    ) -> WireArray:
        """A block of one level."""
        blocks = self.blocks_of(terms.wires)
        inlined = self._flags("is_linear")[blocks] & (self.levels(terms.wires) == level)
        numbers = np.unique(blocks[inlined])

        def append(columns: WireArray, weight: Matrix, bias: ExactArray, is_sum: bool) -> WireArray:
            parts = (weight, bias, threshold, slope, is_sum)
            return self._append(Block(len(self), len(bias), level, columns, *parts))

        if len(numbers) == 1 and inlined.all() and terms.is_one_per_row:
            source = self.blocks[int(numbers[0])]
            chosen = terms.wires - source.first
            assert source.weight is not None
            weight = rows_scaled(source.weight, chosen, terms.factors)
            is_sum = source.is_sum and threshold is None and _is_sum(terms.factors, bias)
            bias = sum_of_entries(product_of_entries(source.bias[chosen], terms.factors), bias)
            return append(source.columns, weight, bias, is_sum)
        if not inlined.any():
            columns, place = np.unique(terms.wires, return_inverse=True)
            table = terms.matrix(place, len(columns))
            is_few = table.nnz <= _FEW * len(bias)
            is_sum = threshold is None and is_few and _is_sum(table.data, bias)
            return append(columns, table if is_sum else compact(table), bias, is_sum)
        pieces, read = [terms.where(~inlined)], [terms.wires[~inlined]]
        for number in numbers.tolist():
            source = self.blocks[number]
            part = terms.where(inlined & (blocks == number))
            own = part.weighted(source.bias[part.wires - source.first])
            bias = sum_of_entries(bias, own.row_sums())
            pieces.append(part.through(source.weight, source.first, source.columns))
            read.append(source.columns)
        joined = Entries.joined(pieces)
        columns = np.unique(np.concatenate(read))
        table = joined.matrix(np.searchsorted(columns, joined.wires), len(columns))
        return append(columns, compact(table), bias, False)


def _is_sum(factors: ExactArray, bias: ExactArray) -> bool:
    """Whether all factors are one and all biases zero."""
    ones = factors.floats
    return ones is not None and bool((ones == 1).all()) and is_zero(bias)


def _masked(values: ExactArray, mask: NDArray[np.bool_]) -> ExactArray:
    if values.floats is not None:
        return ExactArray.of_floats(np.where(mask, values.floats, 0.0))
    return ExactArray(np.where(mask, values.numerators, 0), values.denominator)

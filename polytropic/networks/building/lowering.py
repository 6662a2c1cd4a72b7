"""Layers from wires: what is needed is sorted by level, and carried up to where it is read."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, IntArray
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.arithmetic.sums import in_floats
from polytropic.networks.building.forms import Entries, Matrix, columns_moved, compact
from polytropic.networks.building.wires import Block, WireArray, Wires
from polytropic.networks.network import Layer, Network

__all__ = ["lowered"]


def lowered(wires: Wires, outputs: WireArray) -> Network:
    """Network from the inputs to some wires, leaving out whatever they do not need."""
    outputs = _distinct_units(wires, outputs)
    top = max(1, int(wires.levels(outputs).max(initial=0)))
    layers = []
    wanted = outputs
    for level in range(top, 0, -1):
        below = _inputs(wires) if level == 1 else _read(wires, wanted, level)
        layers.append(_layer(wires, wanted, level, below))
        wanted = below
    return Network(tuple(reversed(layers)))


def _distinct_units(wires: Wires, outputs: WireArray) -> WireArray:
    """Read outputs through forms of their own, if a unit would be made twice otherwise."""
    top = wires.levels(outputs) == wires.levels(outputs).max(initial=0)
    tested = np.array([block.threshold is not None for block in wires.blocks])
    units = outputs[top & tested[wires.blocks_of(outputs)]]
    if len(np.unique(units)) == len(units):
        return outputs
    weight = SparseArray.identity(len(outputs))
    return wires.affine(outputs, weight, ExactArray.zeros(len(outputs)))


def _inputs(wires: Wires) -> WireArray:
    return np.arange(wires.blocks[0].size)


def _read(wires: Wires, wanted: WireArray, level: int) -> WireArray:
    """Wires that a layer reads, sorted."""
    levels, blocks = wires.levels(wanted), wires.blocks_of(wanted)
    parts = [wanted[(levels < level) & ~wires.are_constant(wanted)]]
    parts += [wires.blocks[i].columns for i in np.unique(blocks[levels == level]).tolist()]
    return np.unique(np.concatenate(parts))


def _layer(wires: Wires, wanted: WireArray, level: int, below: WireArray) -> Layer:
    """One layer: forms of this level, and wires of lower levels that are carried along."""
    levels, numbers = wires.levels(wanted), wires.blocks_of(wanted)
    forms = np.unique(numbers[levels == level]).tolist()
    if len(forms) == 1 and (levels == level).all():
        block = wires.blocks[forms[0]]
        return _single(block, wanted - block.first, below)
    size = len(wanted)
    bias, threshold = ExactArray.zeros(size), ExactArray.zeros(size)
    slope = ExactArray.of_floats(np.ones(size))
    parts = []
    for number in np.unique(numbers).tolist():
        block, places = wires.blocks[number], np.flatnonzero(numbers == number)
        rows = wanted[places] - block.first
        if block.level == level:
            parts.append(_entries(block, rows, places, below, size))
            bias = _placed(bias, places, block.bias[rows])
            if block.threshold is not None:
                threshold = _placed(threshold, places, block.threshold[rows])
                own = ExactArray.zeros(len(rows)) if block.slope is None else block.slope[rows]
                slope = _placed(slope, places, own)
        elif block.level < 0:
            bias = _placed(bias, places, block.bias[rows])
        else:
            ones = ExactArray.of_floats(np.ones(len(rows)))
            parts.append(Entries(places, np.searchsorted(below, wanted[places]), ones, size))
    if not parts:
        return Layer(ExactArray.zeros(size, len(below)), bias, threshold, slope)
    joined = Entries.joined(parts)
    return _tidy(joined.matrix(joined.wires, len(below)), bias, threshold, slope)


def _tidy(
    weight: Matrix, bias: ExactArray, threshold: ExactArray | None, slope: ExactArray | None
) -> Layer:
    """Layer that stores floats wherever its numbers are floats."""
    if isinstance(weight, SparseArray):
        data = in_floats(weight.data)
        weight = compact(SparseArray(weight.indptr, weight.indices, data, weight.shape))
    else:
        weight = in_floats(weight)
    kinks = [None if part is None else in_floats(part) for part in (threshold, slope)]
    return Layer(weight, in_floats(bias), *kinks)


def _single(block: Block, rows: IntArray, below: WireArray) -> Layer:
    """Layer of one block, whose weight stays the same object if nothing moves in it."""
    weight, columns = block.weight, block.columns
    assert weight is not None
    if not np.array_equal(columns, below):
        places = np.searchsorted(below, columns)
        weight = columns_moved(weight, np.arange(len(columns)), places, len(below))
    bias, threshold, slope = block.bias, block.threshold, block.slope
    if not np.array_equal(rows, np.arange(block.size)):
        weight, bias = weight[rows], bias[rows]
        threshold = None if threshold is None else threshold[rows]
        slope = None if slope is None else slope[rows]
    return _tidy(weight, bias, threshold, slope)


def _entries(
    block: Block, rows: IntArray, places: IntArray, below: WireArray, size: int
) -> Entries:
    """Entries of some rows of a block, as columns of the layer."""
    assert block.weight is not None
    part = block.weight[rows]
    table = part if isinstance(part, SparseArray) else SparseArray.of_dense(part)
    columns = np.searchsorted(below, block.columns)[table.indices]
    return Entries(places[table.rows], columns, table.data, size)


def _placed(values: ExactArray, places: IntArray, parts: ExactArray) -> ExactArray:
    """Values with some entries replaced."""
    joined = ExactArray.concatenate([values, parts])
    order = np.arange(len(values))
    order[places] = len(values) + np.arange(len(parts))
    return joined[order]

"""Units that are one and the same function, known as such before anything is computed.

Networks made of maxima and minima, or trained on images with a plain background, have many units
with equal weights, and differences of them that vanish identically.  In floats such a difference
is as good as zero but never surely; when weights on equal units are gathered on one of them, it
has no weights left, and is zero without a doubt.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import pairwise

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, IntArray
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.networks.layer import Layer

__all__ = ["gather_alike"]


def gather_alike(layers: list[Layer]) -> list[Layer]:
    """Move weights on units that are equal to the first of them; drop weights on zeros.

    Parameters
    ----------
    layers : list of Layer
        With thresholds zero or None.

    Returns
    -------
    list of Layer
        With the same units, each the same function as before.

    Notes
    -----
    Units are equal if their weights (gathered so), biases and slopes are; zero if they have none.
    Where no two units are equal nothing is touched.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> zero = ExactArray.zeros
    >>> below = Layer(exact([[1, 2], [1, 2]]), exact([3, 3]), zero(2))
    >>> above = Layer(exact([[1, -1], [2, 1]]), exact([0, 0]))
    >>> gather_alike([below, above])[1].weight.to_float()
    array([[0., 0.],
           [3., 0.]])
    """
    gathered = []
    sources: IntArray | None = None
    for layer in layers:
        if sources is not None:
            layer = Layer(_moved(layer.weight, sources), layer.bias, layer.threshold, layer.slope)
        gathered.append(layer)
        sources = _sources(layer)
    return gathered


def _sources(layer: Layer) -> IntArray | None:
    """For every unit the first that is equal to it, -1 for zeros; None if all are different."""
    first: dict[Hashable, int] = {}
    keys = _rows(layer)
    sources = np.array([first.setdefault(key, unit) for unit, key in enumerate(keys)])
    zero = _zeros(layer)
    if not zero.any() and len(first) == layer.n_outputs:
        return None
    sources[zero] = -1
    return sources


def _zeros(layer: Layer) -> IntArray:
    bias = layer.bias.floats if layer.bias.floats is not None else layer.bias.numerators
    zero: IntArray = (bias == 0).astype(bool)
    weight = layer.weight
    if isinstance(weight, SparseArray):
        return zero & (np.diff(weight.indptr) == 0)
    entries = weight.floats if weight.floats is not None else weight.numerators
    for unit in np.flatnonzero(zero).tolist():
        zero[unit] = not entries[unit].any()
    return zero


def _rows(layer: Layer) -> Iterator[Hashable]:
    """What makes a unit the function it is."""
    biases = _entries(layer.bias)
    slopes = biases if layer.slope is None else _entries(layer.slope)
    weight = layer.weight
    if isinstance(weight, SparseArray):
        data, columns = _entries(weight.data), weight.indices
        limits = weight.indptr.tolist()
        for unit, (a, b) in enumerate(pairwise(limits)):
            row = columns[a:b].tobytes(), tuple(data[a:b])
            yield row, biases[unit], slopes[unit]
        return
    floats = weight.floats
    for unit in range(layer.n_outputs):
        # Adding zero makes negative zeros positive.
        row = tuple(weight.numerators[unit]) if floats is None else (floats[unit] + 0.0).tobytes()
        yield row, biases[unit], slopes[unit]


def _entries(array: ExactArray) -> list[float] | list[int]:
    entries = array.numerators if array.floats is None else array.floats
    values: list[float] | list[int] = entries.tolist()
    return values


def _moved(weight: ExactArray | SparseArray, sources: IntArray) -> ExactArray | SparseArray:
    """Columns added to those of their sources; those without a source dropped."""
    sparse = weight if isinstance(weight, SparseArray) else SparseArray.of_dense(weight)
    columns = sources[sparse.indices]
    kept = np.flatnonzero(columns >= 0)
    moved = SparseArray.of_entries(
        sparse.rows[kept], columns[kept], sparse.data[kept], sparse.shape
    )
    return moved if isinstance(weight, SparseArray) else moved.to_dense()

"""Units that are equal are known to be: sign vectors and functions stay what they were."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.networks.alike import gather_alike
from polytropic.networks.layer import Layer


@st.composite
def repetitive_layers(draw):
    """Small integer layers with few different rows, dense or sparse, ReLU or with slopes."""
    widths = draw(st.lists(st.integers(2, 5), min_size=3, max_size=4))
    layers = []
    for below, here in itertools.pairwise(widths):
        entry = st.integers(-1, 1)
        pool = draw(
            st.lists(
                st.tuples(st.lists(entry, min_size=below, max_size=below), entry, entry),
                min_size=1,
                max_size=2,
            )
        )
        chosen = [draw(st.sampled_from(pool)) for _ in range(here)]
        weight, bias, slope = zip(*chosen, strict=True)
        table = exact(list(weight))
        if draw(st.booleans()):
            table = SparseArray.of_dense(table)
        bent = exact(list(slope)) if draw(st.booleans()) else None
        layers.append(Layer(table, exact(list(bias)), ExactArray.zeros(here), bent))
    return layers


@given(repetitive_layers(), st.lists(st.integers(-3, 3), min_size=5, max_size=5))
def test_every_unit_stays_the_same_function(layers, point):
    x = y = exact([point[: layers[0].n_inputs]])
    for before, after in zip(layers, gather_alike(layers), strict=True):
        x, y = before.apply(x), after.apply(y)
        assert x == y
        assert before.tested.tolist() == after.tested.tolist()


@pytest.mark.parametrize("sparse", [False, True])
def test_differences_of_equal_units_have_no_weights_left(sparse):
    # max(a, b) - max(c, d) for four equal units a, b, c, d, as layers of two maxima.
    first = exact([[1, 2]] * 4)
    second = exact([[1, -1, 0, 0], [0, 1, 0, 0], [0, 0, 1, -1], [0, 0, 0, 1]])
    third = exact([[1, 1, -1, -1]])
    tables = [SparseArray.of_dense(t) if sparse else t for t in (first, second, third)]
    biases = [exact([3] * 4), ExactArray.zeros(4), ExactArray.zeros(1)]
    layers = [
        Layer(table, bias, ExactArray.zeros(len(bias)))
        for table, bias in zip(tables, biases, strict=True)
    ]
    last = gather_alike(layers)[-1].weight
    floats = (last.to_dense() if sparse else last).to_float()
    assert not np.asarray(floats).any()


def test_nothing_is_touched_where_all_units_differ():
    layers = [Layer(exact([[1, 0], [0, 1]]), exact([0, 0]), ExactArray.zeros(2))] * 2
    assert all(a is b for a, b in zip(gather_alike(layers), layers, strict=True))

"""Layers with slopes and sparse weights: what they mean, and how they are written down."""

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import InputError
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network

NUMBERS = st.integers(-3, 3)
SLOPES = st.sampled_from([0, 1, 1, -1, 2, 0.5, Fraction(1, 3), Fraction(-3, 2)])


@st.composite
def layers(draw):
    n_outputs, n_inputs = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rows = st.lists(NUMBERS, min_size=n_inputs, max_size=n_inputs)
    weight = draw(st.lists(rows, min_size=n_outputs, max_size=n_outputs))
    bias, threshold = (
        draw(st.lists(NUMBERS, min_size=n_outputs, max_size=n_outputs)) for _ in "bt"
    )
    slope = draw(st.lists(SLOPES, min_size=n_outputs, max_size=n_outputs))
    x = draw(rows)
    return weight, bias, threshold, slope, x


@given(layers())
def test_units_are_what_the_definition_says(data):
    weight, bias, threshold, slope, x = data
    expected = []
    for row, b, t, s in zip(weight, bias, threshold, slope, strict=True):
        z = sum(w * v for w, v in zip(row, x, strict=True)) + b
        expected.append(z if z >= t else t + Fraction(s) * (z - t))
    dense = Layer(exact(weight), exact(bias), exact(threshold), exact(np.array(slope, object)))
    sparse = Layer(SparseArray.of_dense(exact(weight)), dense.bias, dense.threshold, dense.slope)
    for layer in (dense, sparse):
        assert layer.apply(exact([x])).to_fractions()[0].tolist() == expected
        floats = Network((layer,))(np.array([x, x], dtype=float))
        np.testing.assert_allclose(floats, [[float(v) for v in expected]] * 2, atol=1e-12)
        assert Network((layer,))(np.array(x, dtype=float)).shape == (len(bias),)
        assert layer.tested.tolist() == [i for i, s in enumerate(slope) if s != 1]
        assert layer.is_linear == (len(layer.tested) == 0)
        assert layer.dense_weight == exact(weight)
        again = pickle.loads(pickle.dumps(layer))
        assert again == layer
        assert hash(again) == hash(layer)


def test_layers_that_compute_the_same_are_equal():
    weight, bias = exact([[1, 2], [3, 4]]), exact([0, 1])
    plain = Layer(weight, bias)
    assert Layer(weight, bias, exact([5, 6]), exact([1, 1])) == plain
    relu = Layer(weight, bias, exact([0, 0]))
    assert Layer(weight, bias, exact([0, 0]), exact([0, 0])) == relu
    mixed = Layer(weight, bias, exact([7, 2]), exact([1, 0]))
    assert mixed == Layer(weight, bias, exact([Fraction(1, 3), 2]), exact([1, 0]))
    assert mixed != Layer(weight, bias, exact([0, 3]), exact([1, 0]))
    assert len({plain, relu, mixed}) == 3


def test_counts_leave_out_units_without_activation():
    net = Network.from_layers(
        [([[1], [1], [1]], [0, 0, 0]), ([[1, 1, 1]], [0]), ([[1]], [0])],
        thresholds=[0, 0, None],
        slopes=[[0, 1, 0.5], 1, None],
    )
    assert net.hidden_widths == (2,)
    assert net.n_units == 2
    assert [layer.is_linear for layer in net.layers] == [False, True, True]
    assert net([[-2.0], [2.0]]).tolist() == [[-3.0], [6.0]]


def test_float_thresholds_say_where_there_is_none():
    layer = Layer(exact([[1], [1]]), exact([0, 0]), exact([3, 4]), exact([1, 0]))
    assert layer.floats[2].tolist() == [-np.inf, 4]
    assert layer.float_slope.tolist() == [1, 0]
    assert Layer(exact([[1]]), exact([0])).float_slope.tolist() == [1]


def test_tested_is_read_only():
    with pytest.raises(ValueError, match="read-only"):
        Layer(exact([[1]]), exact([0]), exact([0])).tested[0] = 1


def test_sparse_weights_can_be_given():
    sparse = SparseArray.of_dense(exact([[1, 0], [0, 2]]))
    net = Network.from_layers([(sparse, [0, 1]), ([[1, 1]], [0])])
    assert net.layers[0].weight is sparse
    assert net([[3.0, -1.0], [-3.0, 1.0]]).tolist() == [[3.0], [3.0]]
    assert pickle.loads(pickle.dumps(net)) == net
    assert net.evaluate_exact([[3, -1]]) == exact([[3]])


def test_huge_sparse_weights_are_not_made_dense():
    layer = Layer(
        SparseArray.of_entries([0], [0], exact([1]), (10**5, 10**5)), exact(np.zeros(10**5))
    )
    with pytest.raises(InputError, match="at most 40000000 entries"):
        layer.dense_weight  # noqa: B018


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slopes": [0]}, "2 layers but 1 slopes"),
        ({"slopes": [None, 0.5]}, "layer 2 has slopes but no threshold"),
        ({"slopes": [[0.5], None]}, r"slope of layer 1 must be a number or have shape \(2,\)"),
        ({"slopes": [float("nan"), None]}, "slope of layer 1.* is nan"),
    ],
)
def test_slopes_that_do_not_fit_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        Network.from_layers([([[1], [2]], [0, 0]), ([[1, 1]], [0])], **options)


def test_a_layer_with_slopes_needs_thresholds():
    with pytest.raises(InputError, match="needs thresholds"):
        Layer(exact([[1]]), exact([0]), None, exact([0.5]))

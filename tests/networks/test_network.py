"""Networks as values: evaluation, thresholds, and what is refused."""

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytropic import Network, linear_regions, tropicalize
from polytropic.errors import InputError
from polytropic.networks.homogeneous import relu_form

TENT = [([[1], [1]], [0, Fraction(-1, 2)]), ([[2, -4]], [0])]

BAD = {
    "no layer": ([], "at least one"),
    "not a pair": ([[[1, 2]]], "pair"),
    "nan weight": ([([[1, np.nan]], [0])], "finite"),
    "infinite bias": ([([[1, 2]], [np.inf])], "finite"),
    "ragged": ([([[1, 2], [3]], [0, 0])], "ragged"),
    "ragged with fractions": ([([[Fraction(1, 2), 2], [3]], [0, 0])], "ragged"),
    "vector for a matrix": ([([1, 2], [0])], "2 axes"),
    "empty matrix": ([(np.zeros((0, 2)), [])], "empty"),
    "bias too long": ([([[1, 2]], [0, 1])], r"\(1,\)"),
    "widths do not fit": ([([[1, 2]], [0]), ([[1, 1]], [0])], "layer 2 takes 2"),
    "strings": ([([["1"]], ["0"])], "integers, floats"),
    "complex": ([([[1j]], [0])], "integers, floats"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_layers_are_refused_by_name(name):
    layers, message = BAD[name]
    with pytest.raises(InputError, match=message):
        Network.from_layers(layers)


def test_bad_thresholds():
    with pytest.raises(InputError, match="2 layers but 1 thresholds"):
        Network.from_layers(TENT, thresholds=[0])
    with pytest.raises(InputError, match="threshold of layer 1"):
        Network.from_layers(TENT, thresholds=[[0, 0, 0], None])
    with pytest.raises(InputError, match="finite"):
        Network.from_layers(TENT, thresholds=[np.nan, None])


def test_bad_points():
    net = Network.from_layers(TENT)
    with pytest.raises(InputError, match="shape"):
        net([[1, 2]])
    with pytest.raises(InputError, match="shape"):
        net.evaluate_exact([[1, 2]])


def test_evaluation_of_points_and_batches():
    net = Network.from_layers(TENT)
    assert net([0.25]).tolist() == [0.5]
    assert net([[0.25], [0.5], [1]]).tolist() == [[0.5], [1], [0]]


def test_networks_are_values():
    net, same = Network.from_layers(TENT), Network.from_layers(TENT)
    assert net == same
    assert hash(net) == hash(same)
    assert pickle.loads(pickle.dumps(net)) == net
    assert net != Network.from_layers([TENT[0], ([[2, -3]], [0])])
    with pytest.raises(ValueError, match="read-only"):
        net.layers[0].weight.numerators[0, 0] = 5


def test_floats_mean_their_bits():
    net = Network.from_layers([([[0.1]], [0])])
    assert net.evaluate_exact([[1]]).to_fractions()[0, 0] == Fraction(0.1) != Fraction(1, 10)


numbers = st.integers(-3, 3)


@st.composite
def networks_with_thresholds(draw):
    d = draw(st.integers(1, 2))
    layers, thresholds, below = [], [], d
    for width in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)):
        rows = st.lists(numbers, min_size=below, max_size=below)
        layers.append(
            (
                draw(st.lists(rows, min_size=width, max_size=width)),
                draw(st.lists(numbers, min_size=width, max_size=width)),
            )
        )
        threshold = st.lists(numbers, min_size=width, max_size=width)
        thresholds.append(draw(st.none() | numbers | threshold))
        below = width
    return Network.from_layers(layers, thresholds=thresholds)


@given(networks_with_thresholds(), st.lists(numbers, min_size=2, max_size=2))
def test_thresholds_by_definition(net, x):
    values = [Fraction(v) for v in x[: net.n_inputs]]
    for layer in net.layers:
        weight, bias = layer.weight.to_fractions(), layer.bias.to_fractions()
        values = [sum(w * v for w, v in zip(r, values, strict=True)) + b
                  for r, b in zip(weight, bias, strict=True)]  # fmt: skip
        if layer.threshold is not None:
            limits = layer.threshold.to_fractions()
            values = [max(v, t) for v, t in zip(values, limits, strict=True)]
    point = [x[: net.n_inputs]]
    assert net.evaluate_exact(point).to_fractions()[0].tolist() == values
    assert net(point)[0].tolist() == [float(v) for v in values]
    assert [f.evaluate_exact(point)[0] for f in tropicalize(net)] == values


@given(networks_with_thresholds(), st.lists(numbers, min_size=2, max_size=2))
def test_relu_form_is_the_same_function(net, x):
    point = [x[: net.n_inputs]]
    layers, offset = relu_form(net)
    values = Network(tuple(layers)).evaluate_exact(point).to_fractions()[0]
    if offset is not None:
        values = values + offset.to_fractions()
    assert values.tolist() == net.evaluate_exact(point).to_fractions()[0].tolist()


@given(networks_with_thresholds())
def test_affine_maps_of_regions_are_the_network(net):
    """At a vertex of a region the affine map of the region gives the value of the network."""
    for region in linear_regions(net):
        corners = region.vertices_exact
        if not len(corners):
            continue
        mapped = corners @ region.affine_map.A_exact.T
        expected = net.evaluate_exact(corners).to_fractions()
        shifted = mapped.to_fractions() + region.affine_map.b_exact.to_fractions()[None, :]
        assert shifted.tolist() == expected.tolist()


def test_units_without_threshold_beside_others():
    net = Network.from_layers(
        [([[1], [1], [2]], [0, 0, 1]), ([[1, 1, 1]], [0])], thresholds=[[0, -np.inf, 3.0], None]
    )
    assert net([[-2.0], [2.0]]).ravel().tolist() == [0 - 2 + 3, 2 + 2 + 5]
    assert net.layers[0].tested.tolist() == [0, 2]
    bare = Network.from_layers([([[1]], [0]), ([[1]], [0])], thresholds=[-np.inf, None])
    assert bare.layers[0].is_linear

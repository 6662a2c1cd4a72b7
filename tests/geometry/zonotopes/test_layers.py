"""The four descriptions of one hidden layer, forth and back, also of real networks."""

from fractions import Fraction

import numpy as np
import pytest

from polytropic import Network, linear_regions, tropicalize
from polytropic.errors import InputError
from polytropic.geometry.zonotopes.layers import HiddenLayer
from polytropic.networks.formats import load_network

LAYERS = {
    "generic": ([[1, 2], [3, -1], [-1, 1], [2, 2]], [1, 0, -2, 1], [1, -1, 2, 1]),
    "zero units": ([[1, 0], [0, 0], [0, 0], [0, 0]], [0, 1, -1, 0], [1, 1, 1, 1]),
    "parallel units": ([[1, 1], [2, 2], [-1, -1], [1, 1]], [0, 0, 0, 1], [1, 1, -1, 2]),
    "thirds": (np.array([[Fraction(1, 3), 1], [1, 1]], dtype=object), [0.1, 0], [1, 3]),
    "one input": ([[1], [1], [-1]], [0, 1, 2], [[1, 1, 1], [0, 1, -1]]),
}


def check_both_ways(layer, patterns):
    """Pattern to vertex, to interior point, to affine piece, and back from each."""
    listed = np.asarray(patterns)
    vertices = layer.vertices_of(patterns)
    assert np.array_equal(np.asarray(layer.patterns_of_vertices(vertices)), listed)
    points = layer.interior_points(patterns)
    assert np.array_equal(np.asarray(layer.patterns_of(points)), listed)
    gradients, intercepts = layer.pieces_of(patterns)
    for i in range(len(listed)):
        value = (gradients[i] @ points[i] + intercepts[i]).to_float()
        assert value.tolist() == layer(points[i : i + 1])[0].tolist()


@pytest.mark.parametrize("name", sorted(LAYERS))
@pytest.mark.parametrize("is_listed", [True, False])
def test_descriptions_of_small_layers(name, is_listed):
    layer = HiddenLayer(*LAYERS[name])
    patterns = HiddenLayer(*LAYERS[name]).patterns
    if is_listed:
        patterns = layer.patterns
    check_both_ways(layer, patterns)
    assert ("upper_sign_vectors" in layer.zonotope.__dict__) == is_listed
    assert layer.n_patterns == len(patterns)
    gradients, intercepts = layer.pieces_of(layer.patterns)
    for i in range(len(patterns)):
        places = layer.patterns_of_piece(gradients[i], intercepts[i])
        same = [j for j in range(len(patterns))
                if gradients[j] == gradients[i] and intercepts[j] == intercepts[i]]  # fmt: skip
        assert places.tolist() == same


@pytest.mark.parametrize("name", ["generic", "zero units", "parallel units", "one input"])
def test_patterns_are_those_of_the_network(name):
    W1, b1, W2 = LAYERS[name]
    output = np.atleast_2d(W2)
    net = Network.from_layers([(W1, b1), (output, np.zeros(len(output)))])
    regions = linear_regions(net)
    on = {tuple(row) for row in regions.active_units.tolist()}
    signs = np.asarray(HiddenLayer(W1, b1, W2).patterns)
    assert {tuple(row) for row in (signs > 0).tolist()} == on


def test_pieces_are_the_monomials_of_the_tropical_map():
    W1, b1, W2 = LAYERS["generic"]
    layer = HiddenLayer(W1, b1, W2)
    function = tropicalize(Network.from_layers([(W1, b1), ([W2], [0])]))[0]
    points = layer.interior_points(layer.patterns)
    assert layer(points)[:, 0].tolist() == pytest.approx(function(points.to_float()).tolist())


def test_what_is_no_pattern_is_refused():
    layer = HiddenLayer([[1, 0], [0, 1], [1, 1]], [0, 0, 0])
    assert layer.is_pattern([1, 1, 1])
    assert not layer.is_pattern([1, 1, -1])
    assert not layer.is_pattern([1, 1, 0])
    with pytest.raises(InputError, match="pattern of no region"):
        layer.interior_points([[1, 1, -1]])
    for point in ([1, 1, 0], [0.5, 0, 0], [9, 9, 9]):
        with pytest.raises(InputError, match="no upper vertex"):
            layer.patterns_of_vertices([point])
    _ = layer.patterns
    with pytest.raises(InputError, match="no upper vertex"):
        layer.patterns_of_vertices([[1, 1, 0]])
    with pytest.raises(InputError, match="W1 has 3 rows"):
        HiddenLayer([[1], [1], [1]], [0, 0])
    assert len(layer.patterns_of_piece(np.full((3, 2), 7), [0, 0, 0])) == 0


def test_points_on_hyperplanes_have_zeros():
    layer = HiddenLayer([[1, 0], [0, 1]], [0.1, 0])
    assert np.asarray(layer.patterns_of([[-0.1, 3], [0, 0]])).tolist() == [[0, 1], [1, 0]]


# -- real weights ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("folder", "shape"), [("hcas", (25, 3)), ("vcas", None), ("acasxu", (50, 5))]
)
def test_first_layers_of_real_networks(data_dir, folder, shape):
    paths = [p for p in sorted((data_dir / "nets" / folder).rglob("*"))
             if p.name.endswith((".nnet", ".nnet.gz", ".onnx"))]  # fmt: skip
    network = load_network(paths[0])
    hidden, following = network.layers[:2]
    layer = HiddenLayer(hidden.weight, hidden.bias, following.weight, following.bias)
    if shape:
        assert (layer.n_units, layer.n_inputs) == shape
    points = np.random.default_rng(0).uniform(-1, 1, (8, layer.n_inputs))
    check_both_ways(layer, layer.patterns_of(points))
    if layer.n_inputs <= 3:
        every = layer.patterns
        chosen = every[np.arange(0, len(every), max(1, len(every) // 20))]
        check_both_ways(layer, chosen)
        assert len(every) == HiddenLayer(layer.W1, layer.b1).n_patterns

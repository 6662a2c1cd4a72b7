"""Published and closed-form numbers of chambers: listed by one way, counted by another."""

from math import comb, factorial

import numpy as np
import pytest

from polytropic import HyperplaneArrangement, Zonotope
from polytropic.geometry.arrangements.counting.theorems import generic_vertex_count
from polytropic.networks.formats import load_network
from tests.geometry.arrangements import families

RESONANCE = [2, 6, 32, 370, 11_292, 1_066_044, 347_326_352]
THRESHOLD = [2, 4, 14, 104, 1_882, 94_572, 15_028_134]
FAMILIES = [
    *((f"resonance {n}", families.resonance(n), RESONANCE[n - 1]) for n in range(1, 7)),
    *((f"threshold {n}", families.threshold(n), THRESHOLD[n]) for n in range(6)),
    *((f"S{n}", families.braid(n), factorial(n)) for n in range(2, 9)),
    *((f"B{n}", families.type_b(n), 2**n * factorial(n)) for n in range(1, 7)),
    *((f"D{n}", families.type_d(n), 2 ** (n - 1) * factorial(n)) for n in range(2, 7)),
]


@pytest.mark.parametrize(("rows", "count"), [f[1:] for f in FAMILIES], ids=[f[0] for f in FAMILIES])
def test_families(rows, count):
    zonotope = Zonotope(rows)
    assert zonotope.n_vertices == count
    signs = zonotope.sign_vectors
    assert len(signs) == len(np.unique(signs.positive, axis=0)) == count
    assert HyperplaneArrangement(rows).count() == count


@pytest.mark.parametrize(("rows", "count"), [(families.resonance(7), RESONANCE[6]),
                                             (families.threshold(6), THRESHOLD[6])])  # fmt: skip
def test_too_many_to_list(rows, count):
    moves = families.coordinate_permutations(rows) if len(rows) == 127 else None
    assert HyperplaneArrangement(rows).count(group=moves) == count


def generic(m, d):
    return np.random.default_rng(1000 * d + m).integers(-(10**6), 10**6 + 1, (m, d))


@pytest.mark.parametrize("d", range(1, 7))
def test_generic_zonotopes(d):
    for m in range(1, 31 if d < 5 else 19):
        zonotope = Zonotope(generic(m, d))
        expected = 2 * sum(comb(m - 1, i) for i in range(d)) if d > 1 else 2
        assert zonotope.n_vertices == generic_vertex_count(m, d) == expected
        assert len(zonotope.sign_vectors) == expected
        assert zonotope.n_upper_vertices == sum(comb(m, j) for j in range(d))


@pytest.mark.parametrize(("m", "d"), [(24, 5), (30, 5), (24, 6), (30, 6), (300, 2), (1000, 2),
                                      (300, 3), (1000, 3)])  # fmt: skip
def test_many_generic_generators(m, d):
    zonotope = Zonotope(generic(m, d))
    signs = zonotope.sign_vectors.positive
    assert len(signs) == generic_vertex_count(m, d) == zonotope.n_vertices
    keys = np.ascontiguousarray(signs).view(np.dtype((np.void, signs.shape[1] * 8))).ravel()
    assert len(np.unique(keys)) == len(keys)
    if d == 2:
        assert len(np.unique(zonotope.vertices, axis=0)) == 2 * m


# -- real first layers ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pattern", "n_files"),
    [("hcas/*.nnet", 40), ("vcas/*.nnet", 3), ("acasxu/nnet/*1_1*.nnet", 1)],
)
def test_first_layers_of_controllers(pattern, n_files, data_dir):
    files = sorted(data_dir.glob(f"nets/{pattern}"))[:n_files]
    assert files
    for file in files:
        layer = load_network(file).layers[0]
        arrangement = HyperplaneArrangement(layer.weight, -layer.bias)
        count = arrangement.count()
        signs = arrangement.sign_vectors
        assert len(signs) == count == len(np.unique(signs.positive, axis=0))
        # Random points lie in chambers that are listed, with the signs that they have.
        points = np.random.default_rng(0).standard_normal((500, layer.n_inputs))
        places = arrangement.locate(points)
        assert (places >= 0).all()
        values = points @ layer.weight.to_float().T + layer.bias.to_float()
        assert (np.sign(values) == signs[places].unpacked()).all()


@pytest.mark.parametrize("k", [2, 3])
def test_first_layers_of_image_networks_on_slices(k, data_dir):
    """A plane or a 3-space through points of R^784 meets the layer in an arrangement of its own."""
    layer = load_network(data_dir / "nets/mnist/mnist-net_256x2.onnx").layers[0]
    corners = np.random.default_rng(k).integers(0, 2, (k + 1, layer.n_inputs)) / 4
    span = corners[1:] - corners[0]
    from polytropic.arithmetic.numbers import exact

    rows = layer.weight @ exact(span.T)
    heights = layer.weight @ exact(corners[0]) + layer.bias
    arrangement = HyperplaneArrangement(rows, -heights)
    m = arrangement.n_hyperplanes
    assert arrangement.count() == len(arrangement.sign_vectors) == sum(
        comb(m, j) for j in range(k + 1)
    )  # fmt: skip
    points = np.random.default_rng(0).standard_normal((200, k))
    places = arrangement.locate(points)
    images = corners[0] + points @ span
    values = images @ layer.weight.to_float().T + layer.bias.to_float()
    sure = np.abs(values) > 1e-9
    signs = arrangement.sign_vectors[places].unpacked()
    assert (np.sign(values)[sure] == signs[sure]).all()

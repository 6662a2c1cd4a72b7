"""Real networks at their real sizes, and the published counts, each region of them."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from polytropic import (
    Polytope,
    Slice,
    count_regions,
    folding_network,
    linear_regions,
    load_network,
    newton_polytopes,
    simplify,
    tent_network,
)
from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import BudgetError
from polytropic.networks.formats import read_nnet
from tests.zoo.test_published_counts import hidden_only

IN_THE_BOX = [
    (2, (16, 16), 157),
    (2, (32, 32, 32), 987),
    (2, (64, 64, 64), 4_117),
    (2, (128,) * 4, 26_555),
    (2, (256,) * 3, 90_051),
    (3, (16, 16), 806),
    (3, (32, 32), 11_825),
    (3, (64, 64), 48_593),
    (3, (64, 64, 64), 105_862),
    (4, (16, 16), 3_080),
    (4, (32, 32), 54_174),
    (4, (32, 32, 32), 165_429),
    pytest.param(5, (32, 32), 657_466, marks=pytest.mark.slow),
    pytest.param(4, (64, 64), 1_252_103, marks=pytest.mark.slow),
]
EVERYWHERE = [
    (2, (16, 16), 0, 478),
    (2, (16, 16), 1, 488),
    (2, (16, 16), 2, 451),
    (3, (16, 16), 0, 4_279),
    (3, (32, 32), 0, 46_818),
    (4, (16, 16), 0, 34_463),
]


# -- published numbers ---------------------------------------------------------------------------
@pytest.mark.parametrize(("d", "widths", "count"), IN_THE_BOX)
def test_counts_in_the_box(d, widths, count):
    assert count_regions(hidden_only(d, widths), Polytope.box(-1, 1, dim=d)) == count


@pytest.mark.parametrize(("d", "widths", "seed", "count"), EVERYWHERE)
def test_counts_of_the_whole_space(d, widths, seed, count):
    assert count_regions(hidden_only(d, widths, seed)) == count


@pytest.mark.parametrize(
    ("d", "p", "depth"), [(2, 2, 2), (2, 2, 4), (2, 4, 2), (2, 4, 3), (3, 2, 2)]
)
def test_folding_networks_have_as_many_linear_regions_as_cubes(d, p, depth):
    net = folding_network(d, p, depth)
    assert net.hidden_widths == (d * p,) * depth
    regions = linear_regions(net, Polytope.box(0, 1, dim=d))
    side = p**depth
    assert regions.n_activation_regions == regions.n_linear_regions == side**d
    # Slopes are ± p^L in every coordinate, so there are 2^d of them.
    maps = {tuple(region.affine_map.A.ravel()) for region in regions}
    assert maps == {tuple(side * (2 * s - 1) for s in signs) for signs in np.ndindex(*(2,) * d)}
    # Each cube of the grid is a region: its centre lies in exactly one, known by the corners.
    corners = {tuple(sorted(map(tuple, (r.vertices * side).tolist()))) for r in regions}
    cubes = {
        tuple(sorted(tuple(float(c) for c in np.add(low, e)) for e in np.ndindex(*(2,) * d)))
        for low in np.ndindex(*(side,) * d)
    }
    assert corners == cubes


@pytest.mark.parametrize("k", range(2, 13))
def test_tent_maps_in_closed_form(k):
    net = tent_network(k)
    regions = linear_regions(net)
    found = newton_polytopes(net, 0, regions=regions)
    assert regions.n_linear_regions == 2**k + 2 == count_regions(net)
    assert regions.n_affine_maps == 2**k + 1  # zero on both sides of [0, 1]
    assert found.numerator.n_vertices == 2 ** (k - 1) + 2
    assert found.denominator.n_vertices == 2**k
    # Kinks at all multiples of 2^-k in [0, 1], and nowhere else.
    kinks = sorted({x for region in regions for x in region.vertices_exact.to_fractions().ravel()})
    assert kinks == [Fraction(i, 2**k) for i in range(2**k + 1)]


# -- networks that are constant ------------------------------------------------------------------
def test_twin_networks_are_one_linear_region(data_dir):
    paths = sorted((data_dir / "nets/twin").glob("*.onnx"))
    assert len(paths) == 27
    for path in paths:
        small = simplify(load_network(path)).network
        assert linear_regions(small).n_linear_regions == 1


@pytest.mark.parametrize("layers", [5, 10])
@pytest.mark.parametrize("inputs", [2, 4])
def test_twin_networks_as_they_are(data_dir, inputs, layers):
    """The same without simplification: many cells, one linear region, the constant 1."""
    name = f"twin_ladder-5_inp-{inputs}_layers-{layers}_width-1_margin.onnx"
    net = load_network(data_dir / "nets/twin" / name)
    plane = twin_plane(net.n_inputs)
    regions = linear_regions(net, plane)
    assert regions.n_linear_regions == regions.n_affine_maps == 1
    constant = regions[0].affine_map
    assert constant.b_exact.to_fractions().tolist() == [1]
    assert not constant.A_exact.numerators.any()


def twin_plane(d: int) -> Slice:
    directions = np.random.default_rng(d).integers(-8, 9, (2, d))
    return Slice.of([Fraction(1, 3)] * d, directions, within=Polytope.box(-1, 1, dim=2))


# -- aircraft ------------------------------------------------------------------------------------
def horizontal(data_dir):
    return sorted((data_dir / "nets/hcas").glob("*.nnet"))


@pytest.mark.parametrize("number", [0, 1])
def test_horizontal_cas_is_counted_whole(data_dir, number):
    check_horizontal(horizontal(data_dir)[number])


@pytest.mark.slow
def test_all_horizontal_cas_networks_are_counted_whole(data_dir):
    paths = horizontal(data_dir)
    assert len(paths) == 40
    counts = [check_horizontal(path) for path in paths]
    assert min(counts) > 20_000


def check_horizontal(path) -> int:
    """Count; every pattern of random points is that of one region; dead units are those of all."""
    file = read_nnet(path)
    low, high = file.normalized_box()
    regions = linear_regions(file.network, Polytope.box(low, high))
    assert len(regions) == count_regions(file.network, Polytope.box(low, high))
    signs = regions.sign_vectors
    assert len(np.unique(signs, axis=0)) == len(regions)
    points = low + (high - low) * np.random.default_rng(0).random((2000, len(low)))
    found, certain = float_signs(file.network, points)
    known = set(map(bytes, signs))
    assert certain.sum() > 1900
    assert {bytes(row) for row in found[certain]} <= known
    # A unit that is off at every point is dead or nearly; one that the regions call dead is off.
    dead, always = (signs <= 0).all(axis=0), (signs >= 0).all(axis=0)
    assert dead.any()
    assert (found[certain][:, dead] < 0).all()
    assert (found[certain][:, always] > 0).all()
    return len(regions)


def float_signs(network, points):
    """Signs of all units at points, and which points are not too close to any kink."""
    values, signs, certain = points, [], np.ones(len(points), dtype=bool)
    for layer in network.layers:
        z = values @ layer.weight.T.to_float() + layer.bias.to_float()
        if not layer.is_linear:
            certain &= (np.abs(z) > 1e-7).all(axis=1)
            signs.append(np.sign(z).astype(np.int8))
        values = layer.activate_floats(z)
    return np.ascontiguousarray(np.concatenate(signs, axis=1)), certain


@pytest.mark.parametrize("percent", [5, 10, 30])
def test_dead_units_of_pruned_acas_networks_are_dead_on_a_box(data_dir, percent):
    path = data_dir / f"nets/acasxu_pruned/ACASXU_run2a_1_1_batch_2000_pruned{percent}.nnet"
    file = read_nnet(path)
    low, high = file.normalized_box()
    centre, half = (low + high) / 2, (high - low) / 2 * 0.03
    regions = linear_regions(file.network, Polytope.box(centre - half, centre + half))
    assert len(regions) > 1
    pruned = np.concatenate(
        [(layer.floats[0] == 0).all(axis=1) for layer in file.network.layers if not layer.is_linear]
    )
    assert pruned.any()
    signs = regions.sign_vectors
    constant = (signs == signs[0]).all(axis=0)
    assert constant[pruned].all()
    # The network that is left has the very same regions.
    small = simplify(file.network).network
    assert small.n_units == file.network.n_units - pruned.sum()
    assert count_regions(small, Polytope.box(centre - half, centre + half)) == len(regions)


@pytest.mark.slow
def test_acas_has_more_than_a_million_regions(data_dir):
    path = data_dir / "nets/acasxu/nnet/ACASXU_run2a_1_1_batch_2000.nnet"
    file = read_nnet(path)
    with pytest.raises(BudgetError):
        count_regions(file.network, Polytope.box(*file.normalized_box()), max_regions=1_000_000)


# -- images --------------------------------------------------------------------------------------
PLANES = [
    ("mnist-net_256x2.onnx", 0, 1),
    ("mnist_relu_6_100.onnx", 0, 0.125),
    ("marabou_mnist5x20_leaky_relu.onnx", -1, 2),
    pytest.param("convSmallRELU__Point.onnx", 0, 0.01, marks=pytest.mark.slow),
    pytest.param("mnist_relu_6_100.onnx", 0, 1, marks=pytest.mark.slow),
    pytest.param("mnist-net_256x2.onnx", -1, 2, marks=pytest.mark.slow),
    pytest.param("marabou_cnn_max_mninst2.onnx", 0, 0.01, marks=pytest.mark.slow),
    pytest.param("verivital_Convnet_maxpool.onnx", 0, 0.001, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("name", "low", "high"), PLANES)
def test_classifier_on_the_plane_of_three_images(data_dir, name, low, high):
    net, plane, regions = on_the_plane(data_dir, name, low, high)
    check_lines(plane.restrict(net), regions, low, high)


def test_convolutions_on_the_plane_of_three_images(data_dir):
    """The same with 2,704 units in the first layer, without the exact walk along lines."""
    on_the_plane(data_dir, "convSmallRELU__Point.onnx", 0, 0.01)


def on_the_plane(data_dir, name, low, high):
    net = load_network(data_dir / "nets/mnist" / name)
    with np.load(data_dir / "data/mnist_10k10k.npz") as file:
        images = file["x_test"][:3].reshape(3, -1) / 255
    plane = Slice.through(images, within=Polytope.box(low, high, dim=2))
    regions = linear_regions(net, plane)
    assert len(regions) == count_regions(net, plane) > 1
    check_euler(regions)
    check_maps(net, plane, regions)
    return net, plane, regions


def check_euler(regions) -> None:
    """V - E + F = 1 for a square that is tiled by polygons, each with as many corners as sides."""
    sides = [len(cell) for cell in regions.cells]
    on_boundary = sum(sides) - 2 * len(regions.adjacency)
    edges = len(regions.adjacency) + on_boundary
    assert on_boundary >= 4
    assert regions.n_generators - edges + len(regions) == 1


def check_maps(net, plane, regions) -> None:
    """At the middle of some cells the affine map is what the whole network gives in floats."""
    chosen = np.random.default_rng(0).integers(0, len(regions), 20)
    for region in (regions[int(i)] for i in chosen):
        middle = region.vertices.mean(axis=0, keepdims=True)
        expected = net(plane.embed(middle))
        scale = np.abs(expected).max() + 1
        assert np.abs(region.affine_map(middle) - expected).max() < 1e-6 * scale


def check_lines(net, regions, low, high, n_lines: int = 1) -> None:
    """A line meets exactly the cells that its own exact enumeration, in one dimension, finds."""
    rng = np.random.default_rng(1)
    for _ in range(n_lines):
        ends = low + (high - low) * rng.integers(1, 8, (2, 2)) / 8
        ends[:, 0] = low, high  # from the left side to the right one
        p, q = ([Fraction(float(c)) for c in end] for end in ends)
        # Along y = p + slope (x - p); cells with corners strictly on both sides are crossed.
        slope = (q[1] - p[1]) / (q[0] - p[0])
        sides = sides_of_line(regions, p, slope)
        crossed = {
            bytes(regions.sign_vectors[index])
            for index, cell in enumerate(regions.cells)
            if sides[list(cell)].min() < 0 < sides[list(cell)].max()
        }
        expected = signs_along(net, p, q)
        assert len(expected) == len(set(expected))  # cells are convex: entered once
        assert crossed == set(expected)


def sides_of_line(regions, p, slope):
    """On which side of a line the vertices are: by rounded coordinates, near the line exactly."""
    (x, y), (x0, y0, m) = regions.places.value.T, map(float, (*p, slope))
    heights = y - y0 - m * (x - x0)
    near = np.flatnonzero(~(np.abs(heights) > 1e-6) | (regions.places.error > 1e-8).any(axis=1))
    sides = np.sign(heights).astype(int)
    for place, (t, a, b) in zip(near, regions.exact_generators(near).tolist(), strict=True):
        height = Fraction(b, t) - p[1] - slope * (Fraction(a, t) - p[0])
        sides[place] = (height > 0) - (height < 0)
    return sides


def signs_along(net, p, q) -> list[bytes]:
    """Sign vectors along a segment from exact evaluations alone: find kinks layer by layer."""

    def at(t: Fraction, depth: int) -> list[ExactArray]:
        """Distances of all units of the first layers from their thresholds."""
        x = exact([[a + t * (b - a) for a, b in zip(p, q, strict=True)]])
        distances = []
        for layer in net.layers[:depth]:
            z = (layer.weight @ x.reshape(-1) + layer.bias).reshape(1, -1)
            if layer.threshold is not None:
                d = z - layer.threshold.reshape(1, -1)
                distances.append(d)
            x = layer.apply(x)
        return distances

    kinks = [Fraction(0), Fraction(1)]
    for depth, layer in enumerate(net.layers, 1):
        if layer.threshold is None:
            continue
        rows = [at(t, depth)[-1] for t in kinks]
        tables = [row.to_fractions()[0][layer.tested].tolist() for row in rows]
        more = set()
        for (a, b), (one, two) in zip(pairwise(kinks), pairwise(tables), strict=True):
            more |= {a + (b - a) * u / (u - v) for u, v in zip(one, two, strict=True) if u * v < 0}
        kinks = sorted({*kinks, *more})
    found = []
    for a, b in pairwise(kinks):
        signs = []
        for d, layer in zip(
            at((a + b) / 2, len(net.layers)),
            [k for k in net.layers if k.threshold is not None],
            strict=True,
        ):
            signs.append(np.sign(d.numerators[0].astype(object))[layer.tested])
        found.append(bytes(np.concatenate(signs).astype(np.int8)))
    return found

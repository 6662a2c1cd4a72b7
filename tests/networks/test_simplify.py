"""Simplified networks are the same functions, and nothing superfluous is left in them."""

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Network, Polytope, linear_regions, load_network, random_network
from polytropic.arithmetic.numbers import exact
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.networks.simplify import simplify
from polytropic.networks.stability import preactivation_bounds
from tests.networks.rational_regions import activation_regions, box_forms


def network_of(layers, **options):
    return Network.from_layers(
        [(np.array(w, dtype=object), np.array(b, dtype=object)) for w, b in layers], **options
    )


def rational_points(d, n, rng, low=-50, high=50):
    points = np.empty((n, d), dtype=object)
    points[:] = [[Fraction(int(x), 7) for x in row] for row in rng.integers(low, high, (n, d))]
    return points


def assert_same_function(one, other, points):
    assert one.evaluate_exact(points) == other.evaluate_exact(points)


# -- the rules, one by one -----------------------------------------------------------------------
def hidden(rows, biases, outgoing, **options):
    given = {"thresholds": [0, None], **options}
    return network_of([(rows, biases), ([outgoing], [1])], **given)


def test_constants_are_folded():
    net = hidden([[0, 0], [1, 2], [0, 0]], [3, 0, -3], [2, 1, 5])
    assert simplify(net).network == network_of([([[1, 2]], [0]), ([[1]], [7])])
    assert simplify(net).changes[0].constant == (0, 2)


def test_units_that_nobody_reads_are_dropped():
    net = network_of([([[1], [2]], [1, 1]), ([[1, 0], [3, 0]], [0, 1]), ([[0, 2]], [0])])
    simplified = simplify(net)
    assert simplified.network == network_of([([[1]], [1]), ([[3]], [1]), ([[2]], [0])])
    assert [change.unused for change in simplified.changes] == [(1,), (0,), ()]


def test_positive_multiples_are_merged():
    net = hidden([[1, 2], [3, 1], [2, 4]], [1, 1, 2], [1, 1, 5])
    simplified = simplify(net, passing=False)
    assert simplified.network == hidden([[1, 2], [3, 1]], [1, 1], [11, 1])
    assert simplified.changes[0].merged == ((0, 2),)


def test_multiples_with_thresholds():
    # max(2 x + 1, 5) = 2 max(x, 2) + 1.
    net = hidden([[1], [2]], [0, 1], [1, 3], thresholds=[[2, 5], None])
    simplified = simplify(net).network
    assert simplified.n_units == 1
    assert_same_function(net, simplified, [[Fraction(k, 3)] for k in range(-9, 20)])


@pytest.mark.parametrize(
    ("slopes", "outgoing", "slope"),
    [
        ([0, 0], [2, -2], None),  # max(z, 0) - max(-z, 0) = z
        ([0, 0], [2, 2], -1),  # max(z, 0) + max(-z, 0) = |z|
        ([0, 0], [3, Fraction(-3, 2)], Fraction(1, 2)),  # a leaky ReLU
        ([0, 0], [1, -3], Fraction(1, 3)),
        ([-1, -1], [5, 7], -1),
        ([Fraction(1, 4)] * 2, [1, 1], -1),
        ([Fraction(1, 4), 0], [0, 2], 0),
    ],
)
def test_opposite_units_are_one(slopes, outgoing, slope):
    net = hidden([[1, 2], [-1, -2]], [1, -1], outgoing, slopes=[slopes, None])
    simplified = simplify(net).network
    assert simplified.hidden_widths == (() if slope is None else (1,))
    if slope is not None:
        layer = simplified.layers[0]
        found = Fraction(0) if layer.slope is None else layer.slope.to_fractions()[0]
        assert found == slope
    assert_same_function(net, simplified, rational_points(2, 40, np.random.default_rng(0)))


def test_units_on_one_hyperplane_are_at_most_two():
    rows = [[1, 2], [-2, -4], [3, 6], [-1, -2], [5, 1]]
    net = network_of(
        [(rows, [1, -2, 3, -1, 0]), ([[1, 2, 3, 4, 5], [2, -1, 0, 1, 1]], [0, 0]), ([[1, 3]], [0])],
        thresholds=[0, 0, None],
        slopes=[[0, 0, Fraction(1, 2), -1, 0], 0, None],
    )
    simplified = simplify(net)
    assert simplified.network.hidden_widths == (2, 2)
    assert simplified.network.layers[0].n_outputs == 3
    assert_same_function(net, simplified.network, rational_points(2, 60, np.random.default_rng(1)))
    # Without units that pass their value on, those of different kinds stay.
    plain = simplify(net, passing=False).network
    assert plain.hidden_widths == (5, 2)
    assert_same_function(net, plain, rational_points(2, 60, np.random.default_rng(2)))


def test_absolute_values_are_merged_without_passing_units():
    net = hidden([[1, 2], [-3, -6], [1, 0]], [1, -3, 0], [2, 1, 1], slopes=[[-1, -1, 0], None])
    simplified = simplify(net, passing=False)
    assert simplified.changes[0].merged == ((0, 1),)
    expected = hidden([[1, 2], [1, 0]], [1, 0], [5, 1], slopes=[[-1, 0], None])
    assert simplified.network == expected


def test_linear_units_are_gathered():
    """Four values pass one bending unit by, and the layer above has two units."""
    rng = np.random.default_rng(0)
    rows = rng.integers(1, 9, (5, 4)).tolist()
    net = network_of(
        [(rows, [1, 2, 3, 4, 5]), (rng.integers(1, 9, (2, 5)).tolist(), [-9, 7]), ([[1, -1]], [0])],
        thresholds=[0, 0, None],
        slopes=[[1, 1, 0, 1, 1], 0, None],
    )
    simplified = simplify(net)
    assert simplified.changes[0].gathered == (0, 1, 3, 4)
    assert simplified.network.layers[0].n_outputs == simplified.changes[0].n_left == 3
    assert simplified.network.hidden_widths == (1, 2)
    assert_same_function(net, simplified.network, rational_points(4, 40, rng))


def test_linear_layers_are_multiplied():
    net = network_of(
        [([[1, 2], [3, 4]], [1, 0]), ([[1, 1], [1, -1]], [0, 1]), ([[1, 1]], [0])],
        thresholds=[None, 0, None],
    )
    expected = network_of([([[4, 6], [-2, -2]], [1, 2]), ([[1, 1]], [0])])
    assert simplify(net).network == expected
    # A narrow layer between wide ones stays: multiplied out it would have more weights.
    narrow = random_network(8, [1], 8, rng=0)
    narrow = Network.from_layers(
        [(layer.weight, layer.bias) for layer in narrow.layers], thresholds=[None, 0]
    )
    assert simplify(narrow).network == narrow


def test_a_constant_network_has_no_unit_left():
    net = network_of([([[1]], [0]), ([[0], [0]], [-1, 2]), ([[3, 4]], [1])])
    simplified = simplify(net)
    assert simplified.network == network_of([([[0]], [9])])
    assert simplified.changes[0].n_left == 0
    assert linear_regions(simplified.network).n_linear_regions == 1
    assert "Network(1-1-2-1) to Network(1-1)" in repr(simplified)


def test_a_last_layer_with_activation():
    net = network_of([([[1], [1]], [0, 1]), ([[0, 0], [1, 1]], [-1, 0])], thresholds=[0, 0])
    simplified = simplify(net)
    assert simplified.network.hidden_widths == (2, 1)
    assert_same_function(net, simplified.network, [[Fraction(k, 3)] for k in range(-9, 9)])
    assert simplify(net, passing=False).network == net


# -- random networks, spoilt -----------------------------------------------------------------------
@st.composite
def spoilt(draw):
    """A random network, and the same function with superfluous units."""
    d = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    widths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    layers, below = [], d
    for width in [*widths, 2]:
        # Wide integers, so that nothing is superfluous by chance.
        weight = rng.integers(1, 1000, (width, below)) * rng.choice([-1, 1], (width, below))
        layers.append((weight.tolist(), rng.integers(-999, 999, width).tolist()))
        below = width
    more = [(list(map(list, w)), list(b)) for w, b in layers]
    for _ in range(draw(st.integers(1, 5))):
        depth = int(rng.integers(len(more) - 1))
        (weight, bias), (above, _) = more[depth], more[depth + 1]
        kind = draw(st.sampled_from(["multiple", "zero", "unread", "permuted"]))
        unit = int(rng.integers(len(weight)))
        if kind == "permuted":
            order = rng.permutation(len(weight)).tolist()
            weight[:], bias[:] = [weight[i] for i in order], [bias[i] for i in order]
            for row in above:
                row[:] = [row[i] for i in order]
        elif kind == "multiple":
            factor, share = Fraction(int(rng.integers(1, 9)), 3), Fraction(1, 5)
            weight.append([factor * w for w in weight[unit]])
            bias.append(factor * bias[unit])
            for row in above:
                row.append(row[unit] * share / factor)
                row[unit] -= row[unit] * share
        elif kind == "zero":
            value = int(rng.integers(-3, 4))
            weight.append([0] * len(weight[0]))
            bias.append(value)
            out = rng.integers(-3, 4, len(above)).tolist()
            for row, w in zip(above, out, strict=True):
                row.append(w)
            rest = more[depth + 1][1]
            rest[:] = [b - max(value, 0) * w for b, w in zip(rest, out, strict=True)]
        else:
            weight.append(rng.integers(-9, 9, len(weight[0])).tolist())
            bias.append(1)
            for row in above:
                row.append(0)
    return network_of(layers), network_of(more), rng


@settings(max_examples=60)
@given(spoilt())
def test_superfluous_units_vanish_again(case):
    plain, more, rng = case
    simplified = simplify(more)
    assert simplified.network.hidden_widths == simplify(plain).network.hidden_widths
    points = rational_points(plain.n_inputs, 10, rng)
    assert_same_function(plain, simplified.network, points)
    assert simplify(simplified.network).network == simplified.network
    assert pickle.loads(pickle.dumps(simplified)) == simplified
    for change, layer in zip(simplified.changes, more.layers, strict=True):
        assert change.n_units == layer.n_outputs


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 3), st.booleans(), st.booleans())
def test_small_integers_with_any_slopes(seed, d, on_box, passing):
    """Every rule at once, on networks where all of them apply by chance."""
    rng = np.random.default_rng(seed)
    layers, thresholds, slopes, below = [], [], [], d
    for width in [*rng.integers(1, 6, 3).tolist(), 2]:
        layers.append((rng.integers(-1, 2, (width, below)), rng.integers(-1, 2, width)))
        thresholds.append(rng.integers(-1, 2, width))
        slopes.append([[Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(2)][i]
                       for i in rng.integers(0, 5, width)])  # fmt: skip
        below = width
    net = network_of(layers, thresholds=thresholds, slopes=slopes)
    domain = Polytope.box(-1, 1, dim=d) if on_box else None
    simplified = simplify(net, domain, passing=passing)
    assert simplified.network.n_units <= net.n_units
    if not passing:
        kinds = {Fraction(0) if s is None else s for s in map(tuple, slopes) for s in s}
        found = [layer.slope for layer in simplified.network.layers if layer.slope is not None]
        assert {s for slope in found for s in slope.to_fractions().tolist()} <= kinds | {0, 1}
    points = rational_points(d, 20, rng, *((-7, 8) if on_box else (-50, 50)))
    assert_same_function(net, simplified.network, points)


# -- domains -------------------------------------------------------------------------------------
def test_stable_units_on_a_box():
    net = network_of([([[1], [1], [-1]], [0, -1, 5]), ([[1, 1, 1]], [0])])
    simplified = simplify(net, Polytope.box(0, 1, dim=1))
    assert (simplified.changes[0].on, simplified.changes[0].off) == ((0, 2), (1,))
    # x + (5 - x): found to be the constant 5.
    assert simplified.network == network_of([([[0]], [5])])
    assert simplify(net, Polytope.box(0, 1, dim=1), passing=False).network.hidden_widths == (2,)


def maps_on_box(net, low, high):
    """Affine maps on the regions of a box, by elimination in fractions."""
    layers = [
        (layer.weight.to_fractions().tolist(), layer.bias.to_fractions().tolist())
        for layer in net.layers
    ]
    thresholds = [
        None if layer.threshold is None else layer.threshold.to_fractions().tolist()
        for layer in net.layers
    ]
    slopes = [
        None if layer.slope is None else layer.slope.to_fractions().tolist() for layer in net.layers
    ]
    d = net.n_inputs
    forms = box_forms(Fraction(low), Fraction(high), d)
    cells = activation_regions(layers, d, thresholds=thresholds, slopes=slopes, inequalities=forms)
    return {tuple(cell.outputs) for cell in cells}


@pytest.mark.parametrize("seed", range(6))
def test_the_maps_on_a_domain_stay(seed):
    net = random_network(2, [6, 5, 4], rng=seed)
    box = Polytope.box(-0.25, 0.5, dim=2)
    regions = linear_regions(net, box)
    by_bounds, by_regions = simplify(net, box), simplify(net, regions=regions)
    signs = np.asarray(regions.sign_vectors)
    bending = ((signs > 0).any(axis=0) & (signs < 0).any(axis=0)).sum()
    assert by_regions.network.n_units <= bending
    assert bending <= by_bounds.network.n_units < net.n_units
    points = [[Fraction(x) for x in p] for p in regions[0].vertices.tolist()]
    maps = maps_on_box(net, -0.25, 0.5)
    for simplified in (by_bounds, by_regions):
        assert_same_function(net, simplified.network, points)
        assert maps_on_box(simplified.network, -0.25, 0.5) == maps
        assert linear_regions(simplified.network, box).n_affine_maps == len(maps)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_bounds_enclose_what_units_do(seed, d):
    rng = np.random.default_rng(seed)
    layers, thresholds, slopes, below = [], [], [], d
    for width in rng.integers(1, 5, 4).tolist():
        layers.append((rng.integers(-2, 3, (width, below)) / 2, rng.integers(-2, 3, width)))
        thresholds.append(rng.integers(-1, 2, width))
        slopes.append(rng.choice([0, 1, -1, 0.5, 2, -3], width))
        below = width
    net = network_of(layers, thresholds=thresholds, slopes=slopes)
    corners = rng.integers(-2, 3, (d + 1, d))
    simplex = Polytope.from_points(corners)
    box = Polytope.box(corners.min(axis=0), corners.max(axis=0))
    shares = rng.dirichlet(np.ones(d + 1), 20)
    shares = np.round(shares * 64) / 64
    shares[:, 0] = 1 - shares[:, 1:].sum(axis=1)
    shares = np.vstack([shares[(shares >= 0).all(axis=1)], np.eye(d + 1)])
    points = shares @ corners
    for domain in (simplex, box):
        bounds = preactivation_bounds(net, domain)
        values = exact(points)
        for layer, bound in zip(net.layers, bounds, strict=True):
            z = Network((layer_without_activation(layer),)).evaluate_exact(values)
            ends = z.to_fractions()
            assert (ends >= bound.lower.to_fractions()).all()
            assert (ends <= bound.upper.to_fractions()).all()
            values = layer.activate(z)
    # The first layer is attained at a corner of the domain.
    z = Network((layer_without_activation(net.layers[0]),)).evaluate_exact(corners)
    first = preactivation_bounds(net, simplex)[0]
    assert first.lower.to_fractions().tolist() == z.to_fractions().min(axis=0).tolist()
    assert first.upper.to_fractions().tolist() == z.to_fractions().max(axis=0).tolist()


def layer_without_activation(layer):
    return type(layer)(layer.weight, layer.bias)


@pytest.mark.parametrize(
    ("domain", "error", "message"),
    [
        (Polytope.from_halfspaces([[1, 0]], [1]), InputError, "unbounded"),
        (Polytope.empty(2), EmptyPolytopeError, "empty"),
        (Polytope.box(0, 1, dim=3), InputError, "2 inputs"),
        ([0, 1], InputError, "Polytope.box"),
    ],
)
def test_bad_domains(domain, error, message):
    with pytest.raises(error, match=message):
        simplify(random_network(2, [3], rng=0), domain)


def test_regions_of_another_network_are_refused():
    regions = linear_regions(random_network(2, [3], rng=0))
    with pytest.raises(InputError, match="another network"):
        simplify(random_network(2, [3], rng=1), regions=regions)


# -- real networks -------------------------------------------------------------------------------
def test_twin_networks_are_the_constant_one(data_dir):
    paths = sorted((data_dir / "nets" / "twin").glob("*.onnx"))
    assert len(paths) == 27
    for path in paths:
        net = load_network(path)
        simplified = simplify(net).network
        assert simplified.hidden_widths == ()
        assert simplified.layers[0].weight.numerators.any() == 0
        assert simplified.layers[0].bias.to_fractions().tolist() == [1]


@pytest.mark.parametrize(("percent", "least", "most"), [(5, 2, 2), (10, 4, 5), (30, 12, 15)])
def test_pruned_acas_networks_have_dead_units(data_dir, percent, least, most):
    paths = sorted((data_dir / "nets" / "acasxu_pruned").glob(f"*_pruned{percent}.nnet"))
    assert len(paths) == 2
    for path in paths:
        net = load_network(path)
        simplified = simplify(net)
        dead = [int((layer.floats[0] == 0).all(axis=1).sum()) for layer in net.layers[:6]]
        assert least <= min(dead) <= max(dead) <= most
        assert [len(change.constant) for change in simplified.changes[:6]] == dead
        assert simplified.network.hidden_widths == tuple(50 - n for n in dead)
        points = np.random.default_rng(0).uniform(-0.5, 0.5, (3, 5))
        assert_same_function(net, simplified.network, points)


def test_horizontal_cas_on_its_box(data_dir):
    path = sorted((data_dir / "nets" / "hcas").glob("*.nnet"))[0]
    net = load_network(path)
    box = Polytope.box(-0.5, 0.5, dim=3)
    simplified = simplify(net, box)
    assert len(simplified.changes[0].off) >= 1
    assert simplified.network.n_units < net.n_units == 125
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (5, 3))
    assert_same_function(net, simplified.network, points)

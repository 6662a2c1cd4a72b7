"""The converse of Theorem 5.4, equality of functions, and cleared denominators."""

import gzip
import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import (
    Network,
    Polytope,
    linear_regions,
    load_network,
    random_integer_network,
    random_network,
    tropicalize,
)
from polytropic.arithmetic.numbers import exact
from polytropic.errors import InputError
from polytropic.networks.cancelling import sums_of_network
from polytropic.networks.converse import MaxMinForm, max_min_form, to_network
from polytropic.networks.denominators import clear_denominators, maximum_form
from polytropic.networks.equality import difference_witness, equals_function
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRationalMap
from polytropic.tropical.signed_sums import SignedSum

NUMBERS = st.integers(-4, 4)


@st.composite
def polynomials(draw, d, most=6):
    n = draw(st.integers(1, most))
    powers = draw(st.lists(st.tuples(*[NUMBERS] * d), min_size=n, max_size=n))
    return TropicalPolynomial(powers, draw(st.lists(NUMBERS, min_size=n, max_size=n)))


def some_points(d, seed=0, count=20):
    return exact(np.random.default_rng(seed).integers(-99, 100, (count, d)) / 8)


# -- polynomials and quotients ---------------------------------------------------------------------
@given(st.data())
@settings(max_examples=12, deadline=None)
def test_quotients_are_networks_of_known_depth(data):
    d = data.draw(st.integers(1, 2))
    f, g = data.draw(polynomials(d)), data.draw(polynomials(d))
    net = to_network(f / g, simplify=False)
    largest = max(f.n_monomials, g.n_monomials)
    assert len(net.layers) == int(np.ceil(np.log2(largest))) + 1
    assert all(layer.weight.denominator == 1 for layer in net.layers)
    points = some_points(d)
    assert net.evaluate_exact(points).to_fractions()[:, 0].tolist() == (
        (f / g).evaluate_exact(points).tolist()
    )
    assert equals_function(net, f / g)


def test_constants_and_monomials_are_one_layer():
    constant = TropicalPolynomial.monomial([0, 0], 7)
    assert repr(to_network(constant)) == "Network(2-1)"
    assert to_network(TropicalPolynomial.monomial([2, -1], 3))([[1, 1]]).item() == 4


def test_fractions_and_maps():
    f = TropicalPolynomial([[Fraction(1, 3)], [2]], [0, Fraction(1, 7)])
    g = TropicalPolynomial([[1], [0], [-1], [5]], [0, 1, 2, -9])
    quotients = TropicalRationalMap((f / g, g / f))
    for maps in (quotients, [f / g, g / f]):
        net = to_network(maps)
        assert net.n_outputs == 2
        assert equals_function(net, quotients)


def test_the_tropical_zero_and_other_things_are_refused():
    with pytest.raises(InputError, match="tropical zero"):
        to_network(TropicalPolynomial([[1]], [-np.inf]))
    with pytest.raises(InputError, match="takes tropical"):
        to_network("x")
    with pytest.raises(InputError, match="variables"):
        to_network([TropicalPolynomial([[1]], [0]), TropicalPolynomial([[1, 1]], [0])])


@pytest.mark.parametrize("seed", range(3))
def test_there_and_back(seed):
    net = random_integer_network(1 + seed % 3, [3, 2], 1 + seed % 2, rng=seed)
    there = tropicalize(net)
    back = to_network(there)
    assert equals_function(net, there)
    assert equals_function(net, back)
    assert equals_function(back, there)


@pytest.mark.slow
def test_there_and_back_with_hundreds_of_terms():
    net = random_network(2, [16, 16], rng=0)
    there = tropicalize(net)
    assert there[0].numerator.n_monomials == 266
    assert equals_function(net, to_network(there))


# -- equality --------------------------------------------------------------------------------------
def moved(net, amount):
    """The same network with one weight changed."""
    *below, last = net.layers
    weight = last.weight.to_fractions().copy()
    weight[0, 0] += amount
    return Network.from_layers([*((k.weight, k.bias) for k in below), (weight, last.bias)])


@pytest.mark.parametrize("seed", range(3))
def test_small_differences_are_found(seed):
    net = random_network(1 + seed % 3, [4, 3], rng=seed)
    other = moved(net, Fraction(1, 10**30))
    for second in (other, tropicalize(other), to_network(tropicalize(other))):
        point = difference_witness(net, second)
        if point is None:
            regions = linear_regions(Network(net.layers[:-1]))
            assert not any(r.affine_map.A_exact.numerators[0].any() for r in regions)
            continue
        values = [f.evaluate_exact(point.reshape(1, -1)) for f in (net, other)]
        assert values[0] != values[1]


def test_a_difference_far_away_or_in_a_tiny_place_is_found():
    x = TropicalPolynomial([[1]], [0])
    far = x + 0 + TropicalPolynomial([[2]], [-(10**40)])
    (point,) = difference_witness(x + 0, far).to_fractions()
    assert point > 10**40
    # A hat of height 10^-40 between two close points.
    a, b = Fraction(1, 3), Fraction(1, 3) + Fraction(2, 10**40)
    net = Network.from_layers([([[1], [1], [1]], [-a, -(a + b) / 2, -b]), ([[1, -2, 1]], [0])])
    zero = Network.from_layers([([[0]], [0])])
    point = difference_witness(net, zero)
    assert a < point.to_fractions()[0] < b
    assert equals_function(net, net)


def test_neurons_that_only_look_different():
    net = random_integer_network(2, [4, 3], rng=5)
    *below, last = net.layers
    doubled = Network.from_layers([
        (2 * below[0].weight.to_fractions(), 2 * below[0].bias.to_fractions()),
        (below[1].weight.to_fractions() / 2, below[1].bias),
        (last.weight, last.bias),
    ])  # fmt: skip
    assert equals_function(net, doubled)
    deeper = Network((*net.layers, *Network.from_layers([([[1]], [0])]).layers))
    assert equals_function(deeper, doubled)


def test_affine_networks_and_skips():
    """Nothing bends; and values pass lines that no unit sees."""
    plain = Network.from_layers([([[1, 2]], [3])])
    assert equals_function(plain, Network.from_layers([([[1, 2], [0, 0]], [0, 1]), ([[1, 1]], [2])],
                                                      thresholds=[None, None]))  # fmt: skip
    skip = Network.from_layers(
        [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0]), ([[1]], [0])],
        thresholds=[[0, 0], 0, None], slopes=[[0, 1], None, None],
    )  # fmt: skip
    assert equals_function(skip, skip)
    assert not equals_function(skip, Network.from_layers([([[1, 1]], [0]), ([[1]], [0])]))


def test_shapes_must_agree():
    with pytest.raises(InputError, match="cannot be compared"):
        equals_function(random_network(2, [2], rng=0), random_network(1, [2], rng=0))
    with pytest.raises(InputError, match="decided for"):
        equals_function(random_network(2, [2], rng=0), 3)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_signed_sums_keep_the_function(data):
    f, g = data.draw(polynomials(2)), data.draw(polynomials(2))
    total = SignedSum.of(f).times(2) - SignedSum.of(g).plus(1)
    points = some_points(2)
    expected = 2 * f.evaluate_exact(points) - g.evaluate_exact(points) - 1
    quotient = total.split()
    assert quotient.evaluate_exact(points).tolist() == expected.tolist()
    larger = total.positive_part().split()
    assert larger.evaluate_exact(points).tolist() == np.maximum(expected, 0).tolist()


@pytest.mark.parametrize("seed", range(4))
def test_sums_layer_by_layer_are_the_network(seed):
    net = random_integer_network(2, [3, 3], 2, rng=seed)
    net = Network.from_layers(
        [(k.weight, k.bias) for k in net.layers], thresholds=[0, 1, None],
        slopes=[Fraction(-1, 2), [0, 1, 3], None],
    )  # fmt: skip
    points = some_points(2)
    values = net.evaluate_exact(points).to_fractions()
    for column, total in enumerate(sums_of_network(net)):
        found = total.split().evaluate_exact(points)
        assert found.tolist() == values[:, column].tolist()


# -- max-min forms ---------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(4))
def test_max_min_forms_are_networks(seed):
    rng = np.random.default_rng(seed)
    sets = [rng.choice(5, rng.integers(1, 5), replace=False) for _ in range(4)]
    slopes, constants = rng.integers(-3, 4, (5, 2)), rng.integers(-3, 4, 5)
    form = MaxMinForm(slopes, constants, sets)
    points = some_points(2)
    direct = [
        max(min(sum(a * x for a, x in zip(slopes[i].tolist(), p, strict=True)) + int(constants[i])
                for i in s.tolist()) for s in sets)
        for p in points.to_fractions().tolist()
    ]  # fmt: skip
    assert form.evaluate_exact(points).tolist() == direct
    net = to_network(form)
    assert net.evaluate_exact(points).to_fractions()[:, 0].tolist() == direct
    assert len(net.layers) <= 2 + 2 + 1
    assert equals_function(form, tropicalize(net))


@pytest.mark.parametrize("seed", range(2))
def test_regions_are_networks_again(seed):
    net = random_integer_network(1 + seed % 2, [3, 2], 1 + seed % 2, rng=10 + seed)
    regions = linear_regions(net)
    assert equals_function(to_network(regions), net)
    for form in max_min_form(regions):
        assert form.n_variables == net.n_inputs


def test_the_least_of_two_hinges_by_its_pieces():
    quadrant = Polytope.from_halfspaces([[-1, 0], [0, -1], [1, -1]], [0, 0, 0])
    mirrored = Polytope.from_halfspaces([[-1, 0], [0, -1], [-1, 1]], [0, 0, 0])
    left = Polytope.from_halfspaces([[1, 0]], [0])
    below = Polytope.from_halfspaces([[0, 1], [-1, 0]], [0, 0])
    pieces = [(quadrant, ([1, 0], 0)), (mirrored, ([0, 1], 0)), (left, ([0, 0], 0)),
              (below, ([0, 0], 0))]  # fmt: skip
    (form,) = max_min_form(pieces)
    x, y = TropicalPolynomial([[1, 0]], [0]), TropicalPolynomial([[0, 1]], [0])
    assert equals_function(form, (0 + x + y + x * y) / (0 + x + y))


def test_pieces_that_do_not_fit_are_refused():
    left, right = Polytope.from_halfspaces([[1]], [0]), Polytope.from_halfspaces([[-1]], [0])
    with pytest.raises(InputError, match="no continuous function"):
        max_min_form([(left, ([1], 1)), (right, ([1], 0))])
    with pytest.raises(InputError, match="full-dimensional"):
        max_min_form([(Polytope.from_points([[0]]), ([1], 1))])
    with pytest.raises(InputError, match="no piece"):
        max_min_form([])


def test_two_level_lattice_networks(data_dir):
    with gzip.open(data_dir / "nets/tll/tll_n2_all240.json.gz", "rt") as file:
        given = json.load(file)
    one = given["N8_i0"]
    slopes, constants = one["localLinearFns"][0]
    form = MaxMinForm(slopes, constants, one["selectorSets"][0])
    net = to_network(form)
    published = load_network(data_dir / "nets/tll/tll_n2_N8_i0.onnx.gz")
    points = np.random.default_rng(0).uniform(-2, 2, (40, 2))
    np.testing.assert_allclose(published(points)[:, 0], form(points), atol=1e-5)
    assert net.evaluate_exact(points).to_fractions()[:, 0].tolist() == (
        form.evaluate_exact(points).tolist()
    )


# -- denominators ----------------------------------------------------------------------------------
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_cleared_networks(seed, biases):
    rng = np.random.default_rng(seed)
    net = random_network(2, [3, 2], 2, rng=seed)
    net = Network.from_layers(
        [(layer.weight, layer.bias) for layer in net.layers],
        thresholds=[Fraction(1, 3), 0.5, [0, Fraction(-2, 7)]],
        slopes=[[0, 0.25, -1], [3, 1], [Fraction(1, 3), 0]] if seed % 2 else None,
    )
    cleared = clear_denominators(net, biases=biases)
    assert cleared.factor == np.prod(np.array(cleared.layer_factors, dtype=object))
    for layer in cleared.network.layers:
        assert layer.weight.denominator == 1
        assert not biases or layer.bias.denominator == 1
        assert not biases or layer.threshold is None or layer.threshold.denominator == 1
        assert layer.slope is None or set(layer.slope.to_fractions().tolist()) <= {0, 1}
    points = exact(rng.integers(-40, 41, (20, 2)) / 8)
    expected = net.evaluate_exact(points) * cleared.factor
    assert cleared.network.evaluate_exact(points) == expected


def test_the_maximum_form_is_the_same_function():
    net = Network.from_layers(
        [([[1], [2]], [0, 1]), ([[1, -1]], [0])], thresholds=[[0, 1], 0], slopes=[[-1, 1], 0.5]
    )
    assert equals_function(net, maximum_form(net))
    relu = random_network(2, [2], rng=0)
    assert maximum_form(relu) is relu

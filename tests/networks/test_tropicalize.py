"""Networks as tropical maps: both methods, laws on random networks, budgets, lazy maps."""

from fractions import Fraction

import numpy as np
import pytest

from polytropic import (
    Builder,
    Network,
    linear_regions,
    random_integer_network,
    random_network,
    tropicalize,
)
from polytropic.arithmetic.numbers import exact
from polytropic.errors import BudgetError, InputError
from polytropic.networks.bounds import montufar_bound
from polytropic.networks.construct import tent_network
from polytropic.networks.lazy import lazy_tropicalize
from polytropic.networks.naive import naive_monomials, predicted_terms
from polytropic.networks.pieces import affine_pieces
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.products import simplified_product
from polytropic.tropical.refinements import common_refinement


def random_case(seed):
    """A net of up to three hidden layers in up to three dimensions; some degenerate."""
    rng = np.random.default_rng([6, seed])
    d, depth = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    most = {1: 5, 2: 4, 3: 3}[d]
    widths = rng.integers(1, most + 1, depth).tolist()
    make = random_integer_network if seed % 2 else random_network
    net = make(d, widths, int(rng.integers(1, 3)), rng=rng)
    return with_duplicates(net) if seed % 3 == 0 else net


def with_duplicates(net):
    """Repeat the first unit of the first layer, and add one that is never on."""
    first, second, *others = net.layers
    weight, bias = first.weight.to_fractions(), first.bias.to_fractions()
    outgoing = second.weight.to_fractions()
    layers = [
        (np.vstack([weight, weight[:1], 0 * weight[:1]]), [*bias, bias[0], -1]),
        (np.hstack([outgoing, 2 * outgoing[:, :1], outgoing[:, :1]]), second.bias),
        *((layer.weight, layer.bias) for layer in others),
    ]
    return Network.from_layers(layers)


def check_laws(net, seed):
    by_products = tropicalize(net, method="products")
    assert by_products.components == tropicalize(net, method="regions").components
    rng = np.random.default_rng(seed)
    points = exact(rng.integers(-60, 61, (12, net.n_inputs)) / 8)
    values = net.evaluate_exact(points).to_fractions()
    found = np.stack([f.evaluate_exact(points) for f in by_products], axis=1)
    assert (found == values).all()
    tops, bottoms = lazy_tropicalize(net).evaluate_parts_exact(points)
    regions = linear_regions(net)
    assert len(regions) <= montufar_bound(net)
    pieces = affine_pieces(regions)
    for output, quotient in enumerate(by_products):
        f, g = quotient.numerator, quotient.denominator
        assert f.evaluate_exact(points).tolist() == tops.to_fractions()[:, output].tolist()
        assert g.evaluate_exact(points).tolist() == bottoms.to_fractions()[:, output].tolist()
        both = simplified_product(f, g).n_monomials
        assert both == pieces.n_product(output)
        assert max(f.n_regions, g.n_regions) <= both <= len(regions)
        assert quotient.n_regions <= both
        number, _ = naive_monomials(net, output)
        assert number is None or f.n_monomials + g.n_monomials <= number
    if net.n_outputs == 1:
        assert regions.n_linear_regions == by_products[0].n_regions


FAST = sorted({*range(27)} - {0, 14})


@pytest.mark.parametrize("seed", FAST)
def test_laws_of_random_networks(seed):
    check_laws(random_case(seed), seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", sorted({*range(200)} - {*FAST}))
def test_laws_of_more_random_networks(seed):
    check_laws(random_case(seed), seed)


# -- worked examples -------------------------------------------------------------------------------
def test_the_two_layer_example_of_the_paper():
    weights = [[-1, 1], [1, -3], [1, 2], [-4, 1], [3, 2]]
    layers = [(weights, [1, -1, 2, 0, -2]), ([[1, 2, 1, -1, -3]], [0])]
    net = Network.from_layers(layers, thresholds=[0, 0])
    (hat,) = tropicalize(net, method="products")
    assert hat.numerator.upper_hull().tolist() == [
        [1, 7, 0], [5, 9, 3], [6, 1, -1], [7, 0, -2], [7, 3, 1], [8, 2, 0], [10, 13, -6],
        [14, 12, -6],
    ]  # fmt: skip
    assert hat.denominator.upper_hull().tolist() == [
        [1, 7, 0], [5, 6, 0], [10, 13, -6], [14, 12, -6],
    ]  # fmt: skip
    assert hat.n_regions == 15
    (open_end,) = tropicalize(Network.from_layers(layers), method="products")
    assert (open_end.numerator.n_monomials, open_end.n_regions) == (7, 16)


@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_tent_maps(k):
    (hat,) = tropicalize(tent_network(k), method="products")
    sizes = (hat.numerator.n_monomials, hat.denominator.n_monomials)
    assert sizes == ((2, 2) if k == 1 else (2 ** (k - 1) + 2, 2**k))
    assert hat.n_regions == (3 if k == 1 else 2**k + 2)


# -- architectures ---------------------------------------------------------------------------------
SLOPES = [0, 1, -1, 2, Fraction(1, 2), Fraction(-3, 2)]


@pytest.mark.parametrize("seed", range(6))
def test_slopes_and_thresholds(seed):
    rng = np.random.default_rng(seed)
    layers, thresholds, slopes = [], [], []
    below = 2
    for width in (3, 2, 1):
        layers.append((rng.integers(-2, 3, (width, below)), rng.integers(-2, 3, width)))
        thresholds.append(rng.integers(-2, 3, width))
        # What passes the first layer along a line that it does not see has a test of its own.
        known = SLOPES if slopes else [s for s in SLOPES if s != 1]
        slopes.append(np.array([known[i] for i in rng.integers(0, len(known), width)], object))
        below = width
    net = Network.from_layers(layers, thresholds=thresholds, slopes=slopes)
    check_laws(net, seed)


def test_skip_connections_past_lines_that_no_first_unit_sees():
    layers = [([[1, 0], [0, 1]], [0, 0]), ([[1, 1], [1, -1]], [0, 1]), ([[1, -1]], [0])]
    net = Network.from_layers(layers, thresholds=[[0, 0], 0, None], slopes=[[0, 1], None, None])
    with pytest.raises(InputError):
        linear_regions(net)
    found = tropicalize(net, method="regions")
    assert found.components == tropicalize(net, method="products").components
    assert found.components == tropicalize(net).components


def test_sparse_layers_share_what_they_use():
    """Units that use few inputs: their products see only these."""
    weight = np.zeros((4, 6), dtype=int)
    for unit in range(4):
        weight[unit, unit : unit + 3] = [1, -2, 1]
    net = Network.from_layers(
        [(np.arange(12).reshape(6, 2) - 5, np.arange(6) - 2), (weight, [0, 1, -1, 2]),
         ([[1, -1, 0, 2]], [0])]
    )  # fmt: skip
    check_laws(net, 0)


def test_the_method_is_one_of_three():
    with pytest.raises(InputError, match="method"):
        tropicalize(tent_network(1), method="magic")


# -- refinements -----------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(5))
def test_products_of_powers(seed):
    rng = np.random.default_rng(seed)
    d = 1 + seed % 3
    parts = [
        TropicalPolynomial(rng.integers(-2, 3, (n, d)), rng.integers(-3, 4, n))
        for n in (1, 3, 4, 4)
    ]
    parts.append(parts[1])
    powers = [[1, 2, Fraction(1, 3), 0, 1], [0, 0, 0, 1, 0]]
    found = common_refinement(parts).products(exact(np.array(powers, dtype=object)))
    for product, row in zip(found, powers, strict=True):
        expected = TropicalPolynomial.monomial([0] * d)
        for part, power in zip(parts, row, strict=True):
            expected = expected * part**power
        assert product == expected.simplify()


# -- sizes -----------------------------------------------------------------------------------------
def test_what_is_too_large_is_refused_in_advance():
    net = random_network(20, [64, 64], rng=0)
    with pytest.raises(BudgetError, match="predicted"):
        tropicalize(net)
    with pytest.raises(BudgetError):
        lazy_tropicalize(net).expand()


@pytest.mark.parametrize("method", ["products", "regions"])
def test_what_turns_out_too_large_is_stopped(method):
    """Composed tents have more pieces than general position predicts."""
    net = tent_network(8)
    assert predicted_terms(net).general == 17
    with pytest.raises(BudgetError, match="20"):
        tropicalize(net, method=method, max_terms=20)


# -- lazy maps -------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(1, 5))
def test_support_points_are_vertices(seed):
    net = random_case(seed)
    rng = np.random.default_rng(seed)
    ways = rng.integers(-3, 4, (15, net.n_inputs + 1))
    ways[:, -1] = abs(ways[:, -1])
    lazy = lazy_tropicalize(net)
    points, supports = lazy.support_points(ways), lazy.support(ways)
    for output, quotient in enumerate(lazy.expand()):
        sides = [
            (quotient.numerator, points.numerators, supports[0]),
            (quotient.denominator, points.denominators, supports[1]),
        ]
        for f, found, support in sides:
            rows = f.upper_hull_exact().to_fractions()
            values = rows @ ways.T.astype(object)
            assert support.to_fractions()[:, output].tolist() == values.max(axis=0).tolist()
            known = set(map(tuple, rows.tolist()))
            for way, point in zip(ways, found.to_fractions()[:, output].tolist(), strict=True):
                assert np.dot(point, way) == (rows @ way.astype(object)).max()
                if way[-1]:
                    assert tuple(point) in known


def test_gradients_and_floats_of_deep_maps():
    lazy = lazy_tropicalize(random_network(3, [6] * 8, 2, rng=1))
    x = np.random.default_rng(0).standard_normal((5, 3))
    exactly = lazy.evaluate_parts_exact(x)
    for floats, true in zip(lazy.evaluate_parts(x), exactly, strict=True):
        np.testing.assert_allclose(floats, true.to_float(), rtol=1e-12)
    up, down = lazy.gradients(x)
    step = np.full((5, 3), 2.0**-30)
    later = lazy.evaluate_parts_exact(x + step)
    for gradient, before, after in zip((up, down), exactly, later, strict=True):
        slope = (after - before).to_float() / 2.0**-30
        np.testing.assert_allclose(slope, gradient.to_float().sum(axis=2), rtol=1e-6)


def test_convolutions_and_poolings():
    """Three pixels: a convolution, the sum of its maximum and its mean, and a dense layer."""
    build = Builder((1, 1, 3))
    hidden = build.relu(build.conv(build.input, [[[[1, -1]]], [[[2, 1]]]], [0, -1]))
    pooled, mean = build.max_pool(hidden, (1, 2)), build.average_pool(hidden, (1, 2))
    flat = build.flatten(build.add(pooled, mean))
    net = build.network(build.dense(flat, [[1, -2]], [1]))
    products, regions = (tropicalize(net, method=m)[0].simplify() for m in ("products", "regions"))
    assert products.numerator == regions.numerator
    assert products.denominator == regions.denominator
    points = np.random.default_rng(0).integers(-5, 6, (50, 3))
    expected = net.evaluate_exact(points).to_fractions().ravel().tolist()
    assert products.evaluate_exact(points).tolist() == expected

"""Upper hulls from regions against symbolic expansion, closed forms, and the chain of counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import (
    Network,
    Polytope,
    linear_regions,
    random_integer_network,
    random_network,
    region_bound,
    tent_network,
    tropicalize,
)
from polytropic.errors import BudgetError, InputError
from polytropic.networks.newton import newton_polytopes
from tests import brute_force


def terms(hull):
    return [tuple(row) for row in hull.vertices_exact.to_fractions().tolist()]


def terms_of(polynomial):
    return sorted((*power, value) for power, value in polynomial.simplify().terms())


def check(net):
    found, hats = newton_polytopes(net), tropicalize(net)
    regions = linear_regions(net)
    assert len(found) == net.n_outputs
    for output, (polytopes, hat) in enumerate(zip(found, hats, strict=True)):
        f, g = hat.numerator, hat.denominator
        assert terms(polytopes.numerator) == terms_of(f)
        assert terms(polytopes.denominator) == terms_of(g)
        assert terms(polytopes.product) == terms_of(f * g)
        # The chain of inequalities; the last is Theorem 6.3.
        sizes = [polytopes.numerator.n_vertices, polytopes.denominator.n_vertices]
        assert max(sizes) <= len(polytopes.product) <= polytopes.n_activation_regions
        assert polytopes.n_activation_regions == len(regions) <= region_bound(net)
        assert newton_polytopes(net, output) == polytopes
        assert newton_polytopes(net, output, regions=regions) == polytopes
    if net.n_outputs == 1:
        assert regions.n_linear_regions <= len(found[0].product)


@pytest.mark.parametrize("net", [
    random_network(2, [4, 3], 2, rng=0),
    random_network(3, [3, 2], rng=1),
    random_network(2, [], 2, rng=2),
    random_network(1, [4, 3, 3], rng=3),
    Network.from_layers([([[0, 0], [1, 0]], [1, -1]), ([[1, 1]], [0])]),
], ids=repr)  # fmt: skip
def test_the_same_as_symbolic_expansion(net):
    check(net)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_the_same_as_symbolic_expansion_for_small_integers(seed, d):
    check(random_integer_network(d, [3, 2], 2, largest=2, rng=seed))


@pytest.mark.parametrize("k", [2, 3, 4, 5, 6, 8])
def test_tents(k):
    (found,) = newton_polytopes(tent_network(k))
    assert len(found.numerator) == 2 ** (k - 1) + 2
    assert len(found.denominator) == 2**k
    assert len(found.product) <= found.n_activation_regions == 2**k + 2
    # Slopes of G go from 0 to 4 * 6^(k - 1) in the recursion of section 6.5.
    assert found.denominator.newton_polytope == Polytope.box(0, 4 * 6 ** (k - 1), dim=1)


@pytest.mark.parametrize("signs", [[1, 1, 1, -1, -1], [1, 1, 1, 1, 1], [-1, -1, 1, -1, -1]])
def test_one_generic_layer(signs):
    """N(F) and N(G) count the regions of the units with positive and negative outgoing weight."""
    rng = np.random.default_rng(4)
    W, b = rng.standard_normal((5, 2)), rng.standard_normal(5)
    found = newton_polytopes(Network.from_layers([(W, b), ([signs], [0])]), 0)
    n = {1: signs.count(1), -1: signs.count(-1)}
    wanted = {s: 1 + n[s] + n[s] * (n[s] - 1) // 2 for s in n}
    assert (len(found.numerator), len(found.denominator)) == (wanted[1], wanted[-1])
    assert len(found.product) == 16


def test_polytopes_have_those_upper_vertices():
    net = random_integer_network(2, [4, 3], rng=1)
    found = newton_polytopes(net, 0)
    for hull in (found.numerator, found.denominator, found.product):
        below = hull.polytope
        assert below.n_vertices == len(hull)
        assert below.vertices_exact == hull.vertices_exact
        assert below.rays.tolist() == [[0, 0, -1]]
        exponents = [row[:-1] for row in terms(hull)]
        corners = {row[1:] for row in brute_force.hull_vertices(exponents)}
        if hull.newton_polytope.dimension == 2:
            assert hull.newton_polytope.n_vertices == len(corners)
    # Minkowski sum of what is below both is what is below the product.
    assert found.numerator.polytope + found.denominator.polytope == found.product.polytope


def test_functions_agree_with_the_network():
    net = random_integer_network(2, [4, 3], rng=5)
    found = newton_polytopes(net, 0)
    points = np.random.default_rng(0).integers(-9, 10, (20, 2))
    difference = found.numerator.polynomial.evaluate_exact(points)
    difference = difference - found.denominator.polynomial.evaluate_exact(points)
    assert difference.tolist() == net.evaluate_exact(points).to_fractions().ravel().tolist()


def test_what_is_refused():
    net = random_network(2, [4], rng=0)
    with pytest.raises(InputError, match=r"one of 0\.\.0, got 1"):
        newton_polytopes(net, 1)
    with pytest.raises(InputError, match="without a domain"):
        newton_polytopes(net, regions=linear_regions(net, Polytope.box(0, 1, dim=2)))
    with pytest.raises(InputError, match="another network"):
        newton_polytopes(net, regions=linear_regions(random_network(2, [4], rng=1)))
    with pytest.raises(BudgetError):
        newton_polytopes(net, max_regions=3)

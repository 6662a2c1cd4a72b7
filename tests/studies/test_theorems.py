"""Theorems of Zhang, Naitzat and Lim on examples, and that failures would be seen."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest

from polytropic import Network, Polytope, random_integer_network, random_network, tropicalize
from polytropic.errors import InputError
from polytropic.networks.construct import tent_network
from polytropic.studies import tropical_geometry as theorems
from polytropic.tropical.polynomial import TropicalPolynomial

E1 = TropicalPolynomial([[2, 0], [0, 2], [1, 1], [1, 0], [0, 1], [0, 0]], [1, 1, 2, 2, 2, 2])


@pytest.mark.parametrize("power", [0, 1, 3])
def test_powers(power):
    check = theorems.proposition_3_1(E1, power)
    assert check.holds
    assert check.applies
    assert check.value.n_vertices == (1 if power == 0 else E1.lifted_polytope().n_vertices)


@pytest.mark.parametrize("seed", range(5))
def test_products_and_sums(seed):
    rng = np.random.default_rng(seed)
    f, g = (
        TropicalPolynomial(rng.integers(0, 3, (4, 2)), rng.integers(-3, 4, 4)) for _ in range(2)
    )
    for check in theorems.proposition_3_2(f, g):
        assert check.holds
        assert check.witness is None


@pytest.mark.parametrize(("d", "m"), [(1, 3), (2, 4), (2, 6), (3, 5)])
def test_general_zonotopes_are_extreme(d, m):
    rng = np.random.default_rng([d, m])
    generators = rng.integers(-99, 100, (m, d + 1))
    check = theorems.corollary_3_4(generators)
    assert check.claim == sum(comb(m, j) for j in range(d + 1))
    assert check.tight
    assert check.failing == ()
    parts = [Polytope.from_points([[0] * (d + 1), g]) for g in generators.tolist()]
    whole = theorems.theorem_3_3(parts)
    assert whole.value == whole.claim == 2 * sum(comb(m - 1, j) for j in range(d + 1))
    assert whole.failing == ()


def test_special_zonotopes_are_not():
    check = theorems.corollary_3_4([[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]])
    assert check.holds
    assert not check.tight
    assert "projected generators are in general position" in check.failing
    whole = theorems.theorem_3_3([Polytope.box(0, 1, dim=3), Polytope.from_points(np.eye(3))])
    assert whole.holds
    assert not whole.tight
    assert theorems.theorem_3_3([Polytope.from_points([[1, 2]])]).value == 1
    with pytest.raises(InputError):
        theorems.corollary_3_4([[1]])


@pytest.mark.parametrize("seed", range(2))
def test_networks(seed):
    make = random_integer_network if seed % 2 else random_network
    net = make(2, [3, 3], 2, rng=seed)
    recursion = theorems.proposition_5_1(net)
    assert recursion.holds
    assert recursion.applies == bool(seed % 2)
    for output in range(2):
        assert all(check.holds for check in theorems.lemma_6_2(net, output))
        check = theorems.theorem_6_3(net, output)
        assert check.holds
        assert check.applies == bool(seed % 2)
        chain = check.witness
        assert max(chain["N(F)"], chain["N(G)"]) <= chain["N(F⊙G)"]
        assert chain["N(F⊙G)"] <= chain["activation regions"] <= check.claim == 49
        assert theorems.uniform_width_bound(net, output).claim == 49


def test_lemma_6_2_with_an_activation_at_the_end():
    weights = [[-1, 1], [1, -3], [1, 2], [-4, 1], [3, 2]]
    net = Network.from_layers(
        [(weights, [1, -1, 2, 0, -2]), ([[1, 2, 1, -1, -3]], [0])], thresholds=[0, 0]
    )
    bottom, top = theorems.lemma_6_2(net)
    assert (bottom.value.n_vertices, top.value.n_vertices) == (4, 8)
    assert bottom.holds
    assert top.holds
    check = theorems.theorem_6_3(net)
    assert "the output has no activation" in check.failing
    assert check.value == 15


def test_one_hidden_layer():
    generic = random_network(3, [6], rng=0)
    check = theorems.one_hidden_layer(generic)
    assert check.tight
    assert check.value == 42
    assert not check.failing
    with pytest.raises(InputError, match="one hidden layer"):
        theorems.one_hidden_layer(tent_network(2))


@pytest.mark.parametrize("seed", range(3))
def test_depth(seed):
    quotient = tropicalize(random_network(1, [3, 2], rng=seed))[0]
    check = theorems.theorem_5_4(quotient)
    assert check.holds
    assert check.claim - check.value == 1
    assert {h.name: h.holds for h in check.hypotheses}["the network is the function"]


def test_convex_degrees_and_compositions():
    x, y = TropicalPolynomial([[1, 0]], [0]), TropicalPolynomial([[0, 1]], [0])
    saddle = (x + 0) * (y + 0) / (x * y + 0)
    assert theorems.convex_degree(saddle) == theorems.ConvexDegree(6, 6)
    assert theorems.convex_degree(saddle).exact
    for seed in range(4):
        inner = random_network(2, [3], 3, rng=seed)
        outer = random_network(3, [4], 1, rng=seed + 50)
        check = theorems.composition_bound(outer, inner)
        assert check.holds
        assert check.witness[0] == 1 + 4 + 6
    with pytest.raises(InputError):
        theorems.composition_bound(random_network(2, [2], rng=0), random_network(2, [2], rng=0))


def test_a_failing_statement_says_so():
    check = replace(theorems.proposition_3_1(E1, 2), value=E1.lifted_polytope())
    assert not check.holds
    assert "FAILS" in str(check)

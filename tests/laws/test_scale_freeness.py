"""What must not change when input is scaled, permuted, repeated or padded with zeros.

Exactness leaves no excuse: a power of two changes no combinatorics, nor does the order of
neurons, coordinates or rows, nor a neuron that is there twice or does nothing.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.geometry.polytope import Polytope
from polytropic.geometry.zonotopes.zonotope import Zonotope
from polytropic.networks.network import Network
from polytropic.networks.regions import linear_regions
from polytropic.tropical.polynomial import TropicalPolynomial

POWERS = [0, 1, -3, 60, -60, 300, -300, 900, -900]
seeds = st.integers(0, 2**32 - 1)


# -- networks ------------------------------------------------------------------------------------
def draw_layers(rng, d):
    """Degenerate (small integers) or generic, with one or two hidden layers."""
    widths = [int(w) for w in rng.integers(2, 6, rng.integers(1, 3))] + [int(rng.integers(1, 3))]
    layers, size = [], d
    integers = rng.random() < 0.6
    for width in widths:
        shape = (width, size + 1)
        joined = rng.integers(-2, 3, shape) if integers else rng.standard_normal(shape)
        layers.append((joined[:, :-1].astype(float), joined[:, -1].astype(float)))
        size = width
    return layers


def facts(layers, domain):
    """All counts, and which regions make a linear region, independent of any order."""
    regions = linear_regions(Network.from_layers(layers), domain)
    return {
        "activation regions": regions.n_activation_regions,
        "linear regions": regions.n_linear_regions,
        "affine maps": regions.n_affine_maps,
        "adjacent pairs": len(regions.adjacency),
        "vertices": sorted(len(region.vertices) for region in regions),
        "rays": sorted(len(region.rays) for region in regions),
        "sizes": sorted(np.unique(regions.linear_labels, return_counts=True)[1].tolist()),
    }


def network_and_domain(seed):
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 4))
    domain = [None, Polytope.box(-1, 2, dim=d)][int(rng.integers(2))]
    return rng, d, draw_layers(rng, d), domain


def scaled_neurons(rng, layers):
    """Scale the inputs of neurons and, inversely, their outputs: the same network."""
    changed = [(w.copy(), b.copy()) for w, b in layers]
    for (w, b), (after, _) in pairwise(changed):
        for j in range(len(b)):
            # Halves of the range, so that a weight between two scaled neurons stays a float.
            factor = 2.0 ** (int(rng.choice(POWERS)) // 2)
            w[j], b[j] = w[j] * factor, b[j] * factor
            after[:, j] /= factor
    return changed


def scaled_layers(rng, layers):
    """Scale whole layers; the biases above see the scale of everything below."""
    changed, below = [], Fraction(1)
    for w, b in layers:
        factor = Fraction(2) ** int(rng.choice([-300, 0, 60, 300]))
        exact_bias = np.array([Fraction(x) * factor * below for x in b], dtype=object)
        changed.append((w * float(factor), exact_bias))
        below *= factor
    return changed


def permuted_neurons(rng, layers):
    changed = [(w.copy(), b.copy()) for w, b in layers]
    for k in range(len(changed) - 1):
        order = rng.permutation(len(changed[k][1]))
        changed[k] = (changed[k][0][order], changed[k][1][order])
        changed[k + 1] = (changed[k + 1][0][:, order], changed[k + 1][1])
    return changed


def with_a_duplicate(rng, layers):
    """Double one neuron and halve what leaves it."""
    changed = [(w.copy(), b.copy()) for w, b in layers]
    k = int(rng.integers(len(layers) - 1))
    (w, b), (after, bias) = changed[k], changed[k + 1]
    j = int(rng.integers(len(b)))
    changed[k] = (np.vstack([w, w[j]]), np.append(b, b[j]))
    after[:, j] /= 2
    changed[k + 1] = (np.column_stack([after, after[:, j]]), bias)
    return changed


def with_a_zero_neuron(rng, layers):
    changed = [(w.copy(), b.copy()) for w, b in layers]
    k = int(rng.integers(len(layers) - 1))
    (w, b), (after, bias) = changed[k], changed[k + 1]
    changed[k] = (np.vstack([w, np.zeros(w.shape[1])]), np.append(b, 0.0))
    changed[k + 1] = (np.column_stack([after, rng.integers(-3, 4, len(after))]), bias)
    return changed


CHANGES = [scaled_neurons, scaled_layers, permuted_neurons, with_a_duplicate, with_a_zero_neuron]


@pytest.mark.parametrize("change", CHANGES, ids=lambda f: f.__name__)
@settings(max_examples=30)
@given(seed=seeds)
def test_the_same_network_otherwise_written(change, seed):
    rng, _, layers, domain = network_and_domain(seed)
    assert facts(change(rng, layers), domain) == facts(layers, domain)


@settings(max_examples=30)
@given(seeds, st.sampled_from(POWERS))
def test_coordinates_permuted_and_scaled(seed, power):
    rng, d, layers, domain = network_and_domain(seed)
    order = rng.permutation(d)
    factor = 2.0**power
    (w, b), *rest = layers
    scaled = None
    if domain is not None:
        scaled = Polytope.from_points(domain.vertices * factor)
    changed = [(w[:, order] / factor, b), *rest]
    assert facts(changed, scaled) == facts(layers, domain)


@settings(max_examples=30)
@given(seeds)
def test_maps_of_a_scaled_network_are_the_same(seed):
    rng, _, layers, domain = network_and_domain(seed)
    pairs = [
        (region.sign_vector.tolist(), region.affine_map)
        for region in linear_regions(Network.from_layers(layers), domain)
    ]
    other = [
        (region.sign_vector.tolist(), region.affine_map)
        for region in linear_regions(Network.from_layers(scaled_neurons(rng, layers)), domain)
    ]
    assert pairs == other


# -- polytopes -----------------------------------------------------------------------------------
def shape_of(polytope):
    incidence = polytope.incidence
    return (
        polytope.dimension,
        polytope.n_vertices,
        polytope.n_facets,
        sorted(incidence.sum(axis=0).tolist()),
        sorted(incidence.sum(axis=1).tolist()),
    )


@settings(max_examples=40)
@given(seeds, st.lists(st.sampled_from(POWERS), min_size=4, max_size=4))
def test_polytopes_scaled_axis_by_axis(seed, powers):
    rng = np.random.default_rng(seed)
    d, n = int(rng.integers(1, 5)), int(rng.integers(1, 16))
    points = rng.integers(-2, 3, (n, d)).astype(float)
    if rng.random() < 0.3:
        points += rng.standard_normal(d)  # rounded sums: what was coplanar is only nearly so
    factors = 2.0 ** np.array(powers[:d])
    polytope, order = Polytope.from_points(points), rng.permutation(d)
    changed = np.vstack([points, points[:2]])[rng.permutation(n + min(n, 2))][:, order]
    assert shape_of(Polytope.from_points(changed * factors[order])) == shape_of(polytope)


@settings(max_examples=40)
@given(seeds)
def test_rows_of_inequalities_scaled_and_repeated(seed):
    rng = np.random.default_rng(seed)
    d, k = int(rng.integers(1, 4)), int(rng.integers(1, 8))
    A, b = rng.integers(-2, 3, (k, d)).astype(float), rng.integers(-1, 4, k).astype(float)
    factors = 2.0 ** rng.choice(POWERS, k)
    rows = np.column_stack([A, b]) * factors[:, None]
    rows = np.vstack([rows, rows[:1], 3 * rows[-1:], np.zeros((1, d + 1))])
    rows = rows[rng.permutation(len(rows))]
    one, two = Polytope.from_halfspaces(A, b), Polytope.from_halfspaces(rows[:, :-1], rows[:, -1])
    assert one == two
    assert one.description.facets.tolist() == two.description.facets.tolist()


# -- zonotopes -----------------------------------------------------------------------------------
@settings(max_examples=40)
@given(seeds)
def test_zonotopes_with_scaled_split_and_zero_generators(seed):
    rng = np.random.default_rng(seed)
    d, m = int(rng.integers(1, 5)), int(rng.integers(1, 8))
    integers = rng.random() < 0.6
    generators = rng.integers(-2, 3, (m, d)) * 1.0 if integers else rng.standard_normal((m, d))
    zonotope = Zonotope(generators)

    factors = rng.choice([1.0, -1.0], m) * 2.0 ** rng.choice(POWERS, m)
    changed = np.vstack([generators * factors[:, None], np.zeros((1, d)), generators[:1] * -4])
    changed = changed[rng.permutation(len(changed))][:, rng.permutation(d)]
    assert Zonotope(changed).n_vertices == zonotope.n_vertices

    # Scaling by positive factors keeps the upper hull as well, if the last axis stays last.
    upward = generators * np.abs(factors)[:, None]
    assert Zonotope(upward).n_upper_vertices == zonotope.n_upper_vertices
    axes = 2.0 ** rng.choice(POWERS, d)
    assert Zonotope(generators * axes).n_upper_vertices == zonotope.n_upper_vertices

    halves = np.vstack([generators / 2, generators / 2])
    assert Zonotope(halves).to_polytope() == zonotope.to_polytope()


# -- tropical polynomials ------------------------------------------------------------------------
@settings(max_examples=40)
@given(seeds, st.sampled_from(POWERS), st.sampled_from(POWERS))
def test_subdivisions_with_scaled_lifts(seed, power, axis_power):
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 4))
    exponents = np.unique(rng.integers(0, 4, (int(rng.integers(1, 14)), d)), axis=0)
    lift = rng.integers(-3, 4, len(exponents)).astype(float)
    order = rng.permutation(d)

    def cells(a, c):
        subdivision = TropicalPolynomial(a, c).dual_subdivision()
        return sorted(cell.members for cell in subdivision.maximal_cells), subdivision.edges

    plain = cells(exponents, lift)
    assert cells(exponents * 2.0**axis_power, lift * 2.0**power) == plain
    # An affine function added to the lift moves the dual points and nothing else.
    assert cells(exponents, lift + exponents @ rng.integers(-5, 6, d) + 7) == plain
    permuted = exponents[:, order]
    found, edges = cells(permuted, lift)
    ranks = np.lexsort(permuted.T[::-1])
    assert sorted(tuple(sorted(int(ranks[i]) for i in cell)) for cell in found) == plain[0]
    assert {frozenset(ranks[list(e)].tolist()) for e in edges} == {frozenset(e) for e in plain[1]}

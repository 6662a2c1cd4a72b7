"""Degenerate networks: sign vectors of all regions against elimination in fractions, and laws.

The networks are small (d <= 3) and built to break programs that decide by tolerance: duplicated,
negated, zero, dead and permuted neurons, rows scaled by millions, pairs of nearly parallel walls.
"""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Network, Polytope, linear_regions
from polytropic.errors import InputError
from tests import brute_force
from tests.networks.rational_regions import activation_regions, box_forms

WIDTHS = {1: [4, 4, 3], 2: [4, 3], 3: [3, 2]}
DOMAINS = ["space", "box", "halfspace", "segment", "flat"]


def integer_layers(d, rng, widths=None, largest=2):
    layers, below = [], d
    for width in [*(WIDTHS[d] if widths is None else widths), 1]:
        weight = rng.integers(-largest, largest + 1, (width, below)).tolist()
        layers.append((weight, rng.integers(-largest, largest + 1, width).tolist()))
        below = width
    return layers


def add_unit(layers, depth, row, bias, outgoing):
    """The network with one more unit in a hidden layer."""
    (weight, biases), (above, above_biases) = layers[depth], layers[depth + 1]
    grown = [*weight, list(row)], [*biases, bias]
    read = [[*r, out] for r, out in zip(above, outgoing, strict=True)], above_biases
    return [*layers[:depth], grown, read, *layers[depth + 2 :]]


def multiple(factor):
    def change(layers, rng):
        depth = int(rng.integers(len(layers) - 1))
        weight, biases = layers[depth]
        unit = int(rng.integers(len(weight)))
        row = [factor * w for w in weight[unit]]
        outgoing = rng.integers(-2, 3, len(layers[depth + 1][0])).tolist()
        return add_unit(layers, depth, row, factor * biases[unit], outgoing)

    return change


def constant(bias):
    def change(layers, rng):
        for depth in range(len(layers) - 1):
            row = [0] * len(layers[depth][0][0])
            layers = add_unit(layers, depth, row, bias, [1] * len(layers[depth + 1][0]))
        return layers

    return change


def dead(layers, rng):
    """A unit that sees only what is never negative, through negative weights."""
    row = (-rng.integers(0, 3, len(layers[1][0][0]))).tolist()
    return add_unit(layers, 1, row, int(rng.integers(-1, 1)), [3] * len(layers[2][0]))


def permuted(layers, rng):
    changed = list(layers)
    for depth in range(len(layers) - 1):
        weight, biases = changed[depth]
        order = rng.permutation(len(weight)).tolist()
        changed[depth] = [weight[i] for i in order], [biases[i] for i in order]
        above, rest = changed[depth + 1]
        changed[depth + 1] = [[row[i] for i in order] for row in above], rest
    return changed


def scaled(factors):
    """Every unit of the hidden layers times a factor; what reads it divides by the same."""

    def change(layers, rng):
        changed = list(layers)
        for depth in range(len(layers) - 1):
            weight, biases = changed[depth]
            by = [factors[i] for i in rng.integers(0, len(factors), len(weight))]
            changed[depth] = (
                [[f * w for w in row] for f, row in zip(by, weight, strict=True)],
                [f * b for f, b in zip(by, biases, strict=True)],
            )
            above, rest = changed[depth + 1]
            changed[depth + 1] = (
                [[w / f for f, w in zip(by, row, strict=True)] for row in above],
                rest,
            )
        return changed

    return change  # fmt: skip


def nearly_parallel(tilt):
    def change(layers, rng):
        weight, biases = layers[0]
        row = [w + tilt * int(x) for w, x in zip(weight[0], rng.integers(-2, 3, len(weight[0])),
                                                 strict=True)]  # fmt: skip
        return add_unit(layers, 0, row, biases[0] + tilt, [1] * len(layers[1][0]))

    return change


MILLION = Fraction(10) ** 6
CHANGES = {
    "small integers": lambda layers, rng: layers,
    "duplicate": multiple(1),
    "negated": multiple(-1),
    "multiple": multiple(Fraction(-7, 3)),
    "zero row, zero bias": constant(0),
    "zero row, positive": constant(2),
    "dead": dead,
    "permuted": permuted,
    "scaled exactly": scaled([MILLION, 1 / MILLION, Fraction(1)]),
    "scaled by powers of two": scaled([2.0**20, 2.0**-20, 1.0]),
    "scaled and rounded": scaled([1e6, 1e-6, 1.0]),
    "scaled by thirds": scaled([3.0, 0.1, 1.0]),
    "nearly parallel, 1e-7": nearly_parallel(1e-7),
    "nearly parallel, 1e-10": nearly_parallel(1e-10),
    "nearly parallel, exactly": nearly_parallel(Fraction(1, 10**10)),
}


def as_network(layers, **options):
    return Network.from_layers(
        [(np.array(w, dtype=object), np.array(b, dtype=object)) for w, b in layers], **options
    )


def domain_of(kind, d, rng):
    """The domain for the library, and for the oracle its dimension, forms and chart."""
    if kind == "space":
        return None, {"dimension": d}
    if kind == "box":
        return Polytope.box(-3, 2, dim=d), {"dimension": d, "inequalities": box_forms(-3, 2, d)}
    if kind == "halfspace":
        form = (1, *rng.integers(1, 3, d).tolist())
        half = Polytope.from_halfspaces([[-a for a in form[1:]]], [form[0]])
        return half, {"dimension": d, "inequalities": [form]}
    k = 1 if kind == "segment" else max(d - 1, 1)
    origin = rng.integers(-3, 4, d).tolist()
    steps = (6 * np.eye(d, dtype=int)[:k] + rng.integers(-1, 2, (k, d))).tolist()
    corners = [[x + y for x, y in zip(origin, step, strict=True)] for step in steps]
    simplex = [(0, *row) for row in np.eye(k, dtype=int).tolist()] + [(1, *[-1] * k)]
    return Polytope.from_points([origin, *corners]), {
        "dimension": k,
        "inequalities": simplex,
        "chart": (origin, steps),
    }


def sign_vectors(regions):
    return [tuple(row) for row in np.asarray(regions.sign_vectors).tolist()]


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("change", CHANGES)
def test_sign_vectors_are_those_found_by_elimination(change, d):
    rng = np.random.default_rng([d, list(CHANGES).index(change)])
    for kind in DOMAINS:
        layers = CHANGES[change](integer_layers(d, rng), rng)
        domain, where = domain_of(kind, d, rng)
        cells = activation_regions(layers, where.pop("dimension"), **where)
        regions = linear_regions(as_network(layers), domain)
        assert sign_vectors(regions) == [cell.signs for cell in cells], (kind, layers)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_maps_of_regions_are_those_found_by_elimination(d):
    rng = np.random.default_rng(d)
    layers = CHANGES["multiple"](integer_layers(d, rng), rng)
    cells = activation_regions(layers, d)
    regions = linear_regions(as_network(layers))
    for region, cell in zip(regions, cells, strict=True):
        (form,) = cell.outputs
        assert region.affine_map.b_exact.to_fractions().tolist() == [form[0]]
        assert region.affine_map.A_exact.to_fractions().tolist() == [list(form[1:])]
        assert region.polytope.contains([cell.point])[0]


@pytest.mark.parametrize("change", ["duplicate", "negated", "multiple", "zero row, zero bias",
                                    "dead", "permuted", "scaled exactly",
                                    "scaled by powers of two"])  # fmt: skip
def test_what_changes_no_wall_changes_no_count(change):
    """With one hidden layer; in deeper ones a changed unit may move the walls above it."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        layers = integer_layers(2, rng, [5])
        if change == "dead":
            more = add_unit(layers, 0, [0, 0], -1, [3])
        else:
            more = CHANGES[change](layers, rng)
        counts = [len(linear_regions(as_network(net))) for net in (layers, more)]
        assert counts[0] == counts[1]


# -- units that are no ReLU ----------------------------------------------------------------------
SLOPES = {
    "leaky": [Fraction(1, 10)],
    "absolute value": [-1],
    "leaky in floats": [0.01, 0.3],
    "mixed with passing units": [0, 1, -1, 0.5, 2],
}


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("name", SLOPES)
def test_units_with_slopes(name, d):
    rng = np.random.default_rng([d, list(SLOPES).index(name)])
    for kind in ["space", "box", "flat"]:
        layers = integer_layers(d, rng)
        slopes = [
            [SLOPES[name][i] for i in rng.integers(0, len(SLOPES[name]), len(bias))]
            for _, bias in layers[:-1]
        ]
        slopes = [*slopes, None]
        thresholds = [rng.integers(-1, 2, len(bias)).tolist() for _, bias in layers[:-1]] + [None]
        domain, where = domain_of(kind, d, rng)
        given = {"thresholds": thresholds, "slopes": slopes}
        cells = activation_regions(layers, where.pop("dimension"), **where, **given)
        # A unit that passes its value on has no threshold.
        try:
            regions = linear_regions(as_network(layers, **given), domain)
        except InputError as refusal:
            # Refused by name: lines that no first unit sees, while a passing unit hands them on.
            foreseen = (name, kind) == ("mixed with passing units", "space")
            if not foreseen or "give a bounded domain" not in str(refusal):
                raise
            continue
        assert sign_vectors(regions) == [cell.signs for cell in cells], (kind, layers, slopes)


def test_a_line_that_no_first_unit_sees_is_refused_on_all_of_space():
    """A value that passes the first layer hands such a line on to the second."""
    layers = [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])]
    given = {"thresholds": [[0, 0], [0], None], "slopes": [[0, 1], [0], None]}
    net = as_network(layers, **given)
    with pytest.raises(InputError, match="give a bounded domain"):
        linear_regions(net)
    cells = activation_regions(layers, 2, inequalities=box_forms(-3, 3, 2), **given)
    regions = linear_regions(net, Polytope.box(-3, 3, dim=2))
    assert sign_vectors(regions) == [cell.signs for cell in cells]
    assert [cell.signs for cell in cells] == [(-1, -1), (-1, 1), (1, -1), (1, 1)]


def test_a_residual_block():
    """``x + relu(A x + b)``, written with units that pass their values on."""
    rng = np.random.default_rng(0)
    inner = rng.integers(-2, 3, (2, 2)).tolist()
    layers = [([*inner, [1, 0], [0, 1]], [1, -1, 0, 0]),
              ([[1, 0, 1, 0], [0, 1, 0, 1], [1, -1, 2, 1]], [0, 1, -1]),
              ([[1, 2, -1]], [0])]  # fmt: skip
    given = {"thresholds": [0, 0, None], "slopes": [[0, 0, 1, 1], 0, None]}
    cells = activation_regions(layers, 2, **given)
    regions = linear_regions(as_network(layers, **given))
    assert sign_vectors(regions) == [cell.signs for cell in cells]


def test_clipping():
    """``min(max(z, 0), 1) = max(z, 0) - max(z - 1, 0)``: two parallel walls for every value."""
    rows = [[1, 1], [1, 1], [1, -1], [1, -1]]
    layers = [(rows, [0, -1, 0, -1]), ([[1, -1, 2, -2], [1, -1, -1, 1]], [-1, 0]), ([[1, 1]], [0])]
    cells = activation_regions(layers, 2)
    assert sign_vectors(linear_regions(as_network(layers))) == [cell.signs for cell in cells]


# -- laws ----------------------------------------------------------------------------------------
@settings(max_examples=30)
@given(st.integers(1, 3), st.integers(0, 2**32), st.sampled_from(sorted(CHANGES)))
def test_one_layer_has_as_many_regions_as_zaslavsky_says(d, seed, change):
    rng = np.random.default_rng(seed)
    layers = integer_layers(d, rng, [5])
    if change != "dead":
        layers = CHANGES[change](layers, rng)
    weight, bias = layers[0]
    expected = brute_force.affine_regions(weight, [-b for b in bias])
    assert len(linear_regions(as_network(layers))) == expected


def faces_of(polytope):
    """All faces that hold a point, as the sets of their vertices and rays."""
    points = [(1, *v) for v in polytope.vertices_exact.to_fractions().tolist()]
    generators = points + [(0, *r) for r in polytope.rays_exact.to_fractions().tolist()]
    facets = [
        frozenset(g for g, on in zip(generators, row, strict=True) if on)
        for row in polytope.incidence.tolist()
    ]
    faces, new = {frozenset(generators)}, {frozenset(generators)}
    while new:
        new = {face & facet for face in new for facet in facets} - faces
        faces |= new
    return {face for face in faces if any(g[0] for g in face)}


def euler_characteristic(regions):
    n_lines = len(regions[0].polytope.lines_exact)
    faces = set().union(*(faces_of(region.polytope) for region in regions))
    ranks = [brute_force.rank(sorted(face)) - 1 + n_lines for face in faces]
    return sum((-1) ** dimension for dimension in ranks)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("d", [1, 2, 3])
def test_euler_characteristic_of_the_complex(d, seed):
    """Open faces are open balls, so their signs add up to the characteristic of the domain."""
    rng = np.random.default_rng([d, seed])
    net = as_network(CHANGES["multiple"](integer_layers(d, rng), rng))
    assert euler_characteristic(linear_regions(net)) == (-1) ** d
    assert euler_characteristic(linear_regions(net, Polytope.box(-2, 2, dim=d))) == 1
    half = Polytope.from_halfspaces([[1] * d], [1])
    assert euler_characteristic(linear_regions(net, half)) == 0


@pytest.mark.parametrize("change", CHANGES)
def test_regions_tile_the_domain(change):
    """Exact volumes add up, neighbours are few, and points lie where one region alone is."""
    for d in (1, 2, 3):
        rng = np.random.default_rng([d, 5, list(CHANGES).index(change)])
        layers = CHANGES[change](integer_layers(d, rng), rng)
        regions = linear_regions(as_network(layers), Polytope.box(-3, 2, dim=d))
        polytopes = [region.polytope for region in regions]
        assert sum(polytope.volume for polytope in polytopes) == 5**d
        assert 2 * len(regions.adjacency) <= 2 * d * len(regions)
        points = rng.integers(-30, 21, (20, d)) / 10 + 2.0**-30
        points = np.clip(points, -3, 2)
        inside = np.array([polytope.contains(points) for polytope in polytopes])
        assert inside.any(axis=0).all()
        # Whoever lies in two regions lies on a wall of both: in neither's interior.
        for k in np.flatnonzero(inside.sum(axis=0) > 1):
            for i in np.flatnonzero(inside[:, k]):
                A, b = polytopes[i].facets.exact_A, polytopes[i].facets.exact_b
                point = [Fraction(x) for x in points[k].tolist()]
                gaps = [
                    beta - sum(a * x for a, x in zip(row, point, strict=True))
                    for row, beta in zip(A.to_fractions().tolist(), b.to_fractions().tolist(),
                                         strict=True)
                ]  # fmt: skip
                assert min(gaps) == 0


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_differ_only_where_their_common_facet_vanishes(seed):
    """Adjacency against what it means, for every pair of regions of a degenerate network."""
    rng = np.random.default_rng(seed)
    regions = linear_regions(as_network(integer_layers(2, rng)), Polytope.box(-3, 2, dim=2))
    pairs = {tuple(pair) for pair in np.asarray(regions.adjacency).tolist()}
    for i, j in combinations(range(len(regions)), 2):
        common = regions[i].polytope & regions[j].polytope
        assert ((i, j) in pairs) == (common.dimension == 1)

"""The depth-against-vertices study: closed forms, independent counts, refusals."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from math import comb

import cdd
import cdd.gmp
import numpy as np
import pytest

from polytropic import (
    Network,
    Polytope,
    folding_network,
    random_integer_network,
    random_network,
    tent_network,
    tropicalize,
)
from polytropic.errors import InputError
from polytropic.studies import depth
from polytropic.studies.depth import DepthRow, cases, group_rows, measure, naive_monomials, reading


def regions_of_generic_lines(n, d):
    return sum(comb(n, i) for i in range(d + 1))


# -- closed forms --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("k", "regions", "maps", "n_f", "n_g", "bound"),
    [
        (1, 3, 3, 2, 2, 3),
        (2, 6, 5, 4, 4, 9),
        (3, 10, 9, 6, 8, 27),
        (4, 18, 17, 10, 16, 81),
        (5, 34, 33, 18, 32, 243),
        (6, 66, 65, 34, 64, 729),
    ],
)
def test_tent_table(k, regions, maps, n_f, n_g, bound):
    row = measure(tent_network(k))
    assert (row.linear_regions, row.affine_maps) == (regions, maps)
    assert (row.n_numerator, row.n_denominator, row.bound) == (n_f, n_g, bound)
    assert row.n_product == row.activation_regions == regions
    assert (row.d, row.widths, row.depth) == (1, (2,) * k, k)


@pytest.mark.parametrize(
    ("d", "p", "layers"), [(1, 3, 3), (2, 2, 1), (2, 2, 3), (2, 3, 2), (3, 2, 2)]
)
def test_folding(d, p, layers):
    net = folding_network(d, p, layers)
    on_the_line = p**layers + 1 + (p % 2 == 0 and layers > 1)
    assert measure(net).linear_regions == on_the_line**d
    inside = measure(net, domain=Polytope.box(0, 1, dim=d))
    assert inside.linear_regions == p ** (d * layers)
    assert inside.n_product == on_the_line**d  # polynomials live on all of R^d


@pytest.mark.parametrize(("n", "d", "seed"), [(5, 1, 0), (6, 2, 1), (7, 2, 2), (6, 3, 3)])
def test_one_generic_hidden_layer(n, d, seed):
    net = random_network(d, [n], rng=seed)
    positive = int((net.layers[1].floats[0] > 0).sum())
    row = measure(net)
    assert row.n_numerator == regions_of_generic_lines(positive, d)
    assert row.n_denominator == regions_of_generic_lines(n - positive, d)
    assert row.linear_regions == row.n_product == row.bound == regions_of_generic_lines(n, d)


# -- all vertices of the lifted polytopes ----------------------------------------------------------
def minkowski(polytopes):
    total = [(0, 0, 0)]
    for points in polytopes:
        sums = {tuple(np.add(p, q).tolist()) for p in total for q in points}
        total = hull(sums)
    return total


def hull(points):
    """Vertices of points in space, by cddlib in rationals."""
    rows = [[1, *point] for point in sorted(set(points))]
    matrix = cdd.gmp.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
    cdd.gmp.matrix_canonicalize(matrix)
    return [tuple(row[1:]) for row in matrix.array]


def lifted(net):
    """P(F), P(G) of every output in the plane, by Lemma 6.2 and nothing else."""
    pairs = [([(1, 0, 0)], [(0, 0, 0)]), ([(0, 1, 0)], [(0, 0, 0)])]
    for layer in net.layers:
        above = []
        rows = layer.dense_weight.to_fractions().tolist()
        for weights, bias in zip(rows, layer.bias.to_fractions().tolist(), strict=True):
            up, down = [[(0, 0, bias)]], []
            for weight, (f, g) in zip(weights, pairs, strict=True):
                if weight:
                    same, other = (f, g) if weight > 0 else (g, f)
                    up.append([tuple(abs(weight) * x for x in p) for p in same])
                    down.append([tuple(abs(weight) * x for x in p) for p in other])
            h, g = minkowski(up), minkowski(down)
            above.append((h if layer.is_linear else hull([*h, *g]), g))
        pairs = above
    return pairs


@pytest.mark.parametrize("widths", [(3,), (3, 2)])
@pytest.mark.parametrize("seed", range(2))
def test_all_vertices_agree_with_minkowski_sums_of_layers(widths, seed):
    net = random_integer_network(2, widths, rng=seed)
    ((f, g),) = lifted(net)
    row = measure(net)
    assert (row.vertices_numerator, row.vertices_denominator) == (len(f), len(g))


def test_the_two_layer_example_of_the_paper():
    first = ([[-1, 1], [1, -3], [1, 2], [-4, 1], [3, 2]], [1, -1, 2, 0, -2])
    row = measure(Network.from_layers([first, ([[1, 2, 1, -1, -3]], [0])]))
    assert (row.n_numerator, row.vertices_numerator) == (7, 8)
    assert (row.n_denominator, row.vertices_denominator) == (4, 4)


# -- a second way --------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [random_network, random_integer_network])
@pytest.mark.parametrize(
    ("d", "widths"), [(1, (3, 3)), (2, (3,)), (2, (3, 3)), (2, (2, 3, 2)), (3, (3, 2))]
)
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_tropical_products(make, d, widths, seed):
    net = make(d, widths, 2, rng=seed)
    for output, hat in enumerate(tropicalize(net)):
        row = measure(net, output=output)
        assert row.n_numerator == hat.numerator.n_regions
        assert row.n_denominator == hat.denominator.n_regions
        assert row.n_sum == (hat.numerator + hat.denominator).n_regions
        assert row.n_product == hat.common_refinement().n_regions
        assert row.linear_regions == measure(net).linear_regions


def expand(net):
    """Numbers of monomials by listing them, like terms apart."""
    pairs = [([0], [0])] * net.n_inputs
    for layer in net.layers:
        above = []
        for weights in layer.weight.numerators.tolist():
            used = [
                (f, g) if w > 0 else (g, f) for w, (f, g) in zip(weights, pairs, strict=True) if w
            ]
            h = list(product(*(f for f, _ in used)))
            g = list(product(*(g for _, g in used)))
            above.append((h if layer.is_linear else h + g, g))
        pairs = above
    return [len(f) + len(g) for f, g in pairs]


@pytest.mark.parametrize("seed", range(5))
def test_naive_monomials_by_listing(seed):
    net = random_integer_network(2, [3, 2], 2, largest=1, rng=seed)
    for output, truth in enumerate(expand(net)):
        number, log10 = naive_monomials(net, output)
        assert number == truth
        assert log10 == pytest.approx(math.log10(truth))


def test_too_many_naive_monomials_are_given_by_their_logarithm():
    number, log10 = naive_monomials(tent_network(6))
    # |F| = |H| + |G| doubles and squares: 2^(2^k) for the tent.
    assert number == 2 ** (2**6)
    number, log10 = naive_monomials(tent_network(10))
    assert number is None
    assert log10 == pytest.approx(2**10 * math.log10(2), rel=1e-12)


# -- refusals ------------------------------------------------------------------------------------
def test_over_the_budget_there_are_no_counts():
    row = measure(tent_network(5), max_regions=33)
    assert row.refusal is not None
    for column in depth.COUNTS[1:-3]:
        assert getattr(row, column) is None
    assert row.bound == 243
    assert row.raw_monomials == 2**32
    assert measure(tent_network(5), max_regions=34).linear_regions == 34


def test_a_group_with_a_refusal_has_no_median():
    rows = list(depth.run(["random"], [2], [4], [2], range(3), max_regions=29))
    assert {row.refusal is None for row in rows} == {True, False}
    (group,) = group_rows(rows)
    assert group.median("linear_regions") is None
    assert group.median("bound") == 121


def test_no_such_output():
    with pytest.raises(InputError, match="outputs 0 to 0"):
        measure(tent_network(1), output=1)


# -- cases and rows ------------------------------------------------------------------------------
def test_cases():
    found = cases(["tent", "folding", "random"], [2, 3], [2, 4, 6], [1, 2], [0, 1])
    tents = [case for case in found if case.family == "tent"]
    assert [(case.d, case.widths, case.seed) for case in tents] == [
        (1, (2,), None),
        (1, (2, 2), None),
    ]
    foldings = {(case.d, case.widths[0]) for case in found if case.family == "folding"}
    assert foldings == {(2, 4), (2, 6), (3, 6)}
    assert sum(case.family == "random" for case in found) == 2 * 3 * 2 * 2
    assert len(set(found)) == len(found)
    for case in found:
        net = case.network()
        assert (net.n_inputs, net.hidden_widths, net.n_outputs) == (case.d, case.widths, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["tent", "hat"], [2], [2], [1], [0]), "unknown family 'hat'"),
        ((["random"], [0], [2], [1], [0]), "dimension"),
        ((["random"], [2], [0], [1], [0]), "width"),
        ((["random"], [2], [2], [0], [0]), "depth"),
    ],
)
def test_wrong_cases(arguments, message):
    with pytest.raises(InputError, match=message):
        cases(*arguments)


def test_run_leaves_out_what_is_done():
    everything = list(depth.run(["tent", "random"], [2], [3], [1, 2], range(2)))
    done = {row.case for row in everything[1:4]}
    rest = list(depth.run(["tent", "random"], [2], [3], [1, 2], range(2), done=done))
    assert [row.case for row in rest] == [everything[0].case, *(r.case for r in everything[4:])]


@pytest.mark.parametrize("d", [2, 3])
def test_trained_networks_know_their_task(d):
    points, labels = depth.shells(d)
    before, after = (depth.trained_network(d, [8, 8], steps=n, rng=0) for n in (0, 400))
    right = [((net(points)[:, 0] > 0) == (labels > 0)).mean() for net in (before, after)]
    assert right[0] < 0.65 < 0.7 < right[1]
    assert depth.trained_network(d, [8, 8], rng=0) == after


def test_rows_come_in_order_whatever_the_workers():
    wanted = cases(["tent", "random"], [2], [3], [3, 1, 2], range(2))
    alone = [row.case for row in depth.measure_cases(wanted)]
    with ThreadPoolExecutor(3) as executor:
        together = [row.case for row in depth.measure_cases(wanted, executor=executor)]
    assert alone == together == wanted


def test_a_time_limit_names_itself():
    row = measure(tent_network(4), time_limit=1e-9)
    assert row.activation_regions is None
    assert "time limit of 1e-09 seconds" in row.refusal
    assert not row.answers(None, None)
    assert row.answers(10, 1e-9)


def test_rows_survive_json():
    for row in depth.run(["tent", "folding"], [2], [4], [1, 6], [0], max_regions=100):
        text = json.dumps({**row.to_json(), "something": "else"})
        assert DepthRow.from_json(json.loads(text)) == row


@pytest.mark.parametrize("text", ["{}", '{"family": "tent"}', "[]", "3"])
def test_other_json_is_refused(text):
    with pytest.raises(InputError, match="no row of the depth study"):
        DepthRow.from_json(json.loads(text))


# -- the reading ---------------------------------------------------------------------------------
def test_reading_tells_constructed_from_random_families():
    rows = depth.run(["tent", "folding", "random"], [2], [4], range(1, 5), range(3))
    sentences = reading(rows)
    assert sentences[0] == "Linear regions grow exponentially with depth for tent and folding."
    assert not any("exponentially with depth for random" in text for text in sentences)


def row_with(depth_, regions, d=2, seed=0):
    return DepthRow(
        family="network",
        d=d,
        widths=(9,) * depth_,
        depth=depth_,
        seed=seed,
        raw_monomials=1,
        log10_raw_monomials=0.0,
        n_numerator=1,
        n_denominator=1,
        n_sum=1,
        n_product=1,
        vertices_numerator=1,
        vertices_denominator=1,
        activation_regions=regions,
        linear_regions=regions,
        affine_maps=1,
        bound=10**9,
        montufar_lower=1,
        serra=10**9,
    )


@pytest.mark.parametrize("d", [1, 2, 3])
def test_reading_separates_polynomials_from_exponentials(d):
    depths = range(1, 9)
    polynomial = [row_with(k, (9 * k) ** d, d) for k in depths]
    exponential = [row_with(k, 3 ** (d * k), d) for k in depths]
    assert ": not exponential" in reading(polynomial)[-1]
    assert ": exponential" in reading(exponential)[-1]


def test_rates_are_those_of_exact_laws():
    (series,) = depth.series_of(
        [row_with(k, 5 * 3**k, seed=s) for k in range(1, 6) for s in (0, 1)]
    )
    found = depth.growth(series)
    assert found.kind == "exponential"
    assert (found.factor.low, found.factor.estimate, found.factor.high) == pytest.approx((3, 3, 3))
    (series,) = depth.series_of([row_with(k, 7 * k**2) for k in range(1, 6)])
    found = depth.growth(series)
    assert found.kind == "polynomial"
    assert (found.power.low, found.power.estimate, found.power.high) == pytest.approx((2, 2, 2))


def test_the_interval_is_that_of_student_for_the_slopes_of_the_seeds():
    factors = (2, 4, 8)
    rows = [row_with(k, f**k, seed=s) for k in range(1, 5) for s, f in enumerate(factors)]
    (series,) = depth.series_of(rows)
    found = depth.growth(series).factor
    logs = np.log(factors)
    reach = 4.302652729911275 * logs.std(ddof=1) / math.sqrt(3)  # Student, two degrees of freedom
    assert found.estimate == pytest.approx(4)
    assert found.low == pytest.approx(4 * math.exp(-reach))
    assert found.high == pytest.approx(4 * math.exp(reach))


def test_no_growth_is_not_growth():
    rows = [row_with(k, 10 + (k + s) % 3, seed=s) for k in range(1, 7) for s in range(4)]
    (series,) = depth.series_of(rows)
    assert depth.growth(series).kind == "none"
    assert "growth not established" in reading(rows)[-1]


def test_reading_of_few_depths_says_nothing_about_growth():
    rows = list(depth.run(["tent"], [1], [2], range(1, 4), [0]))
    (sentence,) = reading(rows)
    assert "exponential" not in sentence
    assert "3, 6, 10 linear regions at depths 1 to 3" in sentence


def test_reading_names_what_is_missing():
    rows = list(depth.run(["tent"], [1], [2], [2, 3, 5], [0], max_regions=20))
    (sentence,) = reading(rows)
    assert "6, 10 linear regions at depths 2 to 3; over the budget at depth 5" in sentence
    (sentence,) = reading(depth.run(["tent"], [1], [2], [5], [0], max_regions=20))
    assert "over the budget at every depth" in sentence


def test_a_network_of_ones_own():
    net = Network.from_layers([(np.eye(2), [0, 0]), ([[1, -1]], [0])])
    row = measure(net, family="mine", seed=7)
    assert (row.family, row.seed, row.linear_regions) == ("mine", 7, 4)

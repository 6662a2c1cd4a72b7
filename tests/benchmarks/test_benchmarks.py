"""The benchmarks count what they say, in small."""

import math

import pytest

from benchmarks import measuring, polytopes, real_networks, regions, zonotopes
from polytropic import HyperplaneArrangement, Polytope, Zonotope, linear_regions


def test_peers_agree_with_ours_on_small_zonotopes():
    for generators, truth in [
        (zonotopes.generic(5, 3), 22),
        (zonotopes.type_a(4), math.factorial(4)),
        (zonotopes.type_b(3), 2**3 * math.factorial(3)),
        (zonotopes.resonance(3), 32),
    ]:
        assert Zonotope(generators).n_vertices == truth
        assert zonotopes.by_qhull(generators) == truth
        assert zonotopes.by_cdd(generators) == truth


def test_counts_of_chambers():
    rows = zonotopes.resonance(3)
    moves = zonotopes.symmetric_group(rows)
    assert HyperplaneArrangement(rows).count(group=moves) == 32
    assert all(sorted(move) == list(range(len(rows))) for move in moves)
    assert Zonotope(zonotopes.threshold(3)).n_vertices == 104


def test_exact_peers_that_are_installed():
    pytest.importorskip("ppl")
    assert zonotopes.by_ppl(zonotopes.generic(5, 3)) == 22


@pytest.mark.parametrize(("n", "d"), [(20, 3), (15, 4)])
def test_hulls(n, d):
    points = polytopes.on_sphere(n, d)
    facets = polytopes.ours(points)
    assert facets == polytopes.ours_rounded(points)
    assert facets == polytopes.qhull(points) == polytopes.by_cdd(points)
    if d == 3:
        assert facets == 2 * n - 4
    A, b = polytopes.polar_rows(points)
    for count in (polytopes.ours_from_rows, polytopes.ours_from_rows_rounded):
        assert count(A, b) == facets == polytopes.qhull_from_rows(A, b)


def test_families_of_polytopes():
    for points, vertices, facets in [
        (polytopes.permutahedron(4), 24, 14),
        (polytopes.cuts(4), 8, 16),
        (polytopes.cell_24(), 24, 24),
        (polytopes.cyclic(8, 4), 8, 20),
    ]:
        polytope = Polytope.from_points(points)
        assert (polytope.n_vertices, polytope.n_facets) == (vertices, facets)
    assert polytopes.ours_from_rows(*polytopes.dwarfed_cube(5)) == 26
    assert len(polytopes.cell_120()) == 600


def test_the_networks_are_those_of_the_table():
    net = regions.hidden_layers(2, (16, 16))
    assert len(linear_regions(net)) == 478
    assert len(linear_regions(net, Polytope.box(-1, 1, dim=2))) == 157


def test_a_wrong_count_and_a_failure_are_shown():
    ours = measuring.Run(7, 0.5)
    assert measuring.cells(ours, 7) == ["0.5000", "right"]
    assert measuring.cells(measuring.Run(8, 50.0), 7, ours) == ["50.00", "100×", "8 wrong"]
    failed = measuring.measure(lambda: 1 // 0)
    assert failed.problem == "ZeroDivisionError"
    assert measuring.cells(failed, 7, ours)[2] == "ZeroDivisionError"
    assert measuring.cells(None, 7, ours) == ["–", "–", "–"]


def test_a_real_network_is_counted_in_a_process_of_its_own(data_dir):
    case = real_networks.Case("fold", real_networks.folding, (2, 2, 2), 16)
    outcome = real_networks.alone(case)
    assert outcome.regions == 16
    assert 0 < outcome.before <= outcome.peak
    assert real_networks.row(case, outcome)[-1] == "right"
    assert real_networks.row(case._replace(truth=17), outcome)[-1] == "not 17"
    case = real_networks.CASES[2]
    network, domain = case.question(*case.arguments)
    assert network.n_inputs == domain.ambient_dimension == 3


def test_real_networks_without_data_say_what_to_set(monkeypatch, capsys):
    monkeypatch.delenv("POLYTROPIC_DATA", raising=False)
    assert real_networks.run(False)
    assert "set POLYTROPIC_DATA" in capsys.readouterr().out

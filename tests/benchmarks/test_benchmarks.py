"""The benchmarks count what they say, in small."""

import math

import pytest

from benchmarks import hulls, measuring, regions, zonotopes
from polytropic import Polytope, Zonotope, linear_regions


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


@pytest.mark.parametrize(("n", "d"), [(20, 3), (15, 4)])
def test_hulls(n, d):
    import cdd.gmp

    points = hulls.on_sphere(n, d)
    facets = hulls.by_polytropic(points)
    assert facets == hulls.by_qhull(points) == hulls.by_cdd(cdd.gmp)(points)
    if d == 3:
        assert facets == 2 * n - 4


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

"""Scaling and shifting points changes no combinatorics: random hulls of every kind."""

import cdd
import cdd.gmp
import numpy as np
import pytest

from polytropic import Polytope

SETTINGS = [(2.0**-40, 0.0), (1e6, 0.0), (2.0**40, 0.0), (1.0, 1e6), (2.0**40, 1e6 * 2.0**40)]


def integer_points(seed):
    """Small integers: many ties, and exact under all these scales and shifts."""
    rng = np.random.default_rng(seed)
    d = 2 + seed % 4
    return rng.integers(-4, 5, (20 + 3 * seed, d)).astype(float)


def round_points(seed):
    """Points on a sphere, to 20 bits: in general position, and exact as well."""
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((30 + 5 * seed, 2 + seed % 4))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return np.rint(points * 2**20) / 2**20


def table(points):
    """Which of the given points are vertices, and which of them lie on common facets."""
    hull = Polytope.from_points(points)
    rows = {tuple(row): index for index, row in reversed(list(enumerate(points.tolist())))}
    names = [rows[tuple(vertex)] for vertex in hull.vertices.tolist()]
    facets = np.split(hull.facet_members.indices, hull.facet_members.indptr[1:-1])
    return {frozenset(names[i] for i in facet) for facet in facets}, set(names)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", [integer_points, round_points])
def test_twenty_hulls_at_all_scales(seed, kind):
    points = kind(seed)
    wanted = table(points)
    for scale, shift in SETTINGS:
        moved = points * scale + shift
        assert ((moved - shift) / scale == points).all(), "the test must move exactly"
        assert table(moved) == wanted


@pytest.mark.parametrize("seed", range(0, 20, 3))
def test_the_referee_agrees_at_one_scale(seed):
    points = integer_points(seed)
    rows = [[1, *(int(x) for x in row)] for row in points.tolist()]
    matrix = cdd.gmp.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
    found = cdd.gmp.copy_inequalities(cdd.gmp.polyhedron_from_matrix(matrix))
    on_facets = {
        frozenset(i for i, row in enumerate(rows) if not sum(map(lambda a, x: a * x, f, row)))
        for f in found.array
    }
    facets, vertices = table(points)
    first = {tuple(row): index for index, row in reversed(list(enumerate(points.tolist())))}
    for facet in on_facets:
        members = {first[tuple(points[i].tolist())] for i in facet}
        assert frozenset(members & vertices) in facets
    assert len(facets) == len(on_facets)

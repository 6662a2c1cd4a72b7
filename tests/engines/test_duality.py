"""Degenerate facets proven from the other side."""

import numpy as np
import pytest

from polytropic import Polytope
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.rows import Rows
from polytropic.engines import cdd, hulls, qhull
from polytropic.engines.duality import facets_by_duality
from polytropic.engines.slices import take_slice


def simple_polytope(n, d, seed=0):
    """Vertices of the polar of a hull of points on a sphere: many of them on every facet."""
    points = np.random.default_rng(seed).standard_normal((n, d))
    points = np.rint(1000 * points / np.linalg.norm(points, axis=1, keepdims=True))
    f = Polytope.from_points(points).facets
    rows = np.column_stack([f.exact_b.numerators, f.exact_A.numerators])
    return points, take_slice(Rows(None, integer_rows(rows.tolist(), d + 1)))


@pytest.mark.parametrize(("n", "d"), [(12, 3), (30, 3), (14, 4), (25, 4), (12, 5)])
def test_facets_are_those_of_cddlib(n, d):
    _, points = simple_polytope(n, d)
    rows = points.rows.integers()
    found = facets_by_duality(points, qhull.propose(points.points))
    assert found is not None
    wanted = cdd.extreme_rays(rows)
    assert sorted(found.normals.tolist()) == sorted(wanted.tolist())
    values = found.normals.astype(object) @ rows.T.astype(object)
    assert (found.incidence == (values == 0)).all()
    assert found.extreme.tolist() == list(range(len(rows)))


def test_a_missing_facet_is_noticed():
    _, points = simple_polytope(25, 4)
    proposal = qhull.propose(points.points)
    for group in np.unique(proposal.planes, axis=0)[:6]:
        kept = (proposal.planes != group).any(axis=1)
        some = qhull.Proposal(*(part[kept] for part in proposal))
        assert facets_by_duality(points, some) is None


def test_nonsense_is_refused():
    _, points = simple_polytope(20, 3)
    proposal = qhull.propose(points.points)
    rng = np.random.default_rng(1)
    garbage = rng.integers(0, len(points.points), proposal.simplices.shape)
    planes = rng.standard_normal(proposal.planes.shape)
    assert facets_by_duality(points, qhull.Proposal(garbage, proposal.neighbours, planes)) is None


def test_the_way_back_from_many_halfspaces():
    points = simple_polytope(80, 5)[0]
    hull = Polytope.from_points(points)
    again = Polytope.from_halfspaces(hull.facets.exact_A, hull.facets.exact_b)
    assert again.n_facets == hull.n_facets
    assert again.conversion.engine == "duality"
    assert again == hull


def test_open_signs_are_decided_when_the_other_side_fails(monkeypatch):
    # Neither simple nor simplicial, and in thirds, so that floats leave every tie open.
    grid = np.array([[x, y, z] for x in range(6) for y in range(6) for z in range(6)])
    rows = [[3, *(int(c) for c in row)] for row in grid]
    monkeypatch.setattr(hulls, "_MANY_OPEN", 3)
    found = hulls.cone_facets(Rows(None, integer_rows(rows, 4)))
    assert found.report.engine in ("qhull", "duality")
    assert len(found.normals) == 6
    assert found.members.sum() == 6 * 36

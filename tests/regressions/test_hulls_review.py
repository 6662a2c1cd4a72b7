"""Hulls that a proof once accepted, or could have accepted, wrongly."""

import pickle

import numpy as np
import pytest

from polytropic.arithmetic.double_double import cofactor_ratios
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.minors import roundings
from polytropic.arithmetic.rows import Rows
from polytropic.engines import boundary_kernels, boundary_reference, certificates
from polytropic.engines.certificates import certify
from polytropic.engines.slices import take_slice
from polytropic.geometry.operations import affine_preimage
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.sections import minkowski_difference, section


@pytest.mark.parametrize("d", [2, 3])
def test_polar_points_among_the_subnormal_numbers(d):
    # The polar points a / b keep a dozen bits; they were taken for exact.
    rng = np.random.default_rng(1)
    directions = rng.standard_normal((50, d))
    A = 1e-300 * directions / np.linalg.norm(directions, axis=1)[:, None]
    b = 3e20 * (1 + rng.uniform(-1e-3, 1e-3, 50))
    found = Polytope.from_halfspaces(A, b, engine="qhull")
    wanted = Polytope.from_halfspaces(A, b, engine="cdd")
    assert found.n_facets == wanted.n_facets
    assert found.description.generators.tolist() == wanted.description.generators.tolist()


@pytest.mark.parametrize(
    ("row", "height"),
    [
        ([3.0, 2.0**-1074, 1.0], None),
        ([4.0, 2.0**-1074, 1.0], None),
        ([1e20, 1e-300, 1e-290], None),
        ([1 / 0.7, 0.5, 0.25], [0.7, 0.0, 0.0]),
    ],
)
def test_points_of_a_slice_are_exact_where_they_claim_to_be(row, height):
    rows = Rows(np.array([row, [1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]))
    points = take_slice(rows, None if height is None else np.array(height))
    assert points is not None
    for row, point, error in zip(
        rows.integers().tolist(), points.points, points.errors, strict=True
    ):
        found = points._row_of(point).tolist()
        same = all(p * row[0] == q * found[0] for p, q in zip(found, row, strict=True))
        assert same or error > 0


def polygon(n):
    """The boundary of a polygon with corners 0, ..., n - 1 in this order."""
    simplices = np.array([[i, (i + 1) % n] for i in range(n)], dtype=np.int64)
    neighbours = np.array([[(i + 1) % n, (i - 1) % n] for i in range(n)], dtype=np.int64)
    return simplices, neighbours


@pytest.mark.parametrize("compiled", [False, True])
def test_small_integers_beside_huge_ones(compiled, monkeypatch):
    # Products of small integers underflow once scaled by the huge one: no exact zeros there.
    monkeypatch.setattr(certificates, "_COMPILED", 0 if compiled else 1000)
    points = [[x, x * x] for x in range(-3, 4)] + [[2.0**990, 2.0**1000], [-(2.0**990), 2.0**1000]]
    certificate = certify(*polygon(9), take_slice(Rows(np.column_stack([np.ones(9), points]))))
    assert certificate is not None
    assert not len(certificate.flat)


@pytest.mark.parametrize("loops", [boundary_reference, boundary_kernels])
def test_a_walk_that_ends_below_zero_has_not_ended_at_the_top(loops):
    # Seen from inside, some functional is positive; far below, errors exceed the slack.
    points, neighbours = np.array([[1.0]]), np.array([[1, 2], [0, 2], [0, 1], [0, 1]])
    scaled = np.array([[-500.0], [-500.1], [-500.1], [2.0]])
    near = loops.near_boundary(
        points, np.array([0]), np.zeros(1), scaled, 0.99, 0.0, np.zeros(1), neighbours, 0.001
    )
    assert near.tolist() == [0]


@pytest.mark.parametrize("power", [-1060, -500, 0, 500, 1015])
def test_the_largest_coordinate_is_found_at_any_scale(power):
    rng = np.random.default_rng(5)
    rows = rng.uniform(-1, 1, (30, 4))
    rows[:, 3] *= 2.0**-20  # so that the last coordinate is the largest
    exponents = np.array([1, power, power, power])
    simplices = np.array([rng.choice(30, 3, replace=False) for _ in range(40)])
    ratios, sure = cofactor_ratios(rows, exponents, simplices, -1, roundings(3))
    assert sure.mean() > 0.9
    assert (np.abs(ratios[sure, 1:]).max(axis=1) == 1).all()


SQUARE = Polytope.box(0, 1, dim=2)
MADE_OF_ROWS = {
    "preimage": (affine_preimage(SQUARE, [[2, 0], [0, 4]]), Polytope.box(0, [0.5, 0.25])),
    "section": (section(SQUARE, [0, 0], [[2, 0], [0, 2]]), Polytope.box(0, 0.5, dim=2)),
    "difference": (
        minkowski_difference(Polytope.box(0, 3, dim=2), Polytope.box(0, 0.5, dim=2)),
        Polytope.box(0, 2.5, dim=2),
    ),
    "generators": (
        Polytope._from_rows(integer_rows([[2, 4], [3, -3]], 2), integer_rows([], 2)),
        Polytope.box(-1, 2, dim=1),
    ),
}


@pytest.mark.parametrize("name", MADE_OF_ROWS)
def test_rows_of_derived_polytopes_are_primitive(name):
    found, wanted = MADE_OF_ROWS[name]
    assert found == wanted
    assert hash(found) == hash(wanted)
    for part in ("facets", "generators"):
        rows = [getattr(polytope.description, part).tolist() for polytope in (found, wanted)]
        assert rows[0] == rows[1]


@pytest.mark.parametrize("asked", [False, True])
def test_an_unpickled_description_is_read_only(asked):
    description = Polytope.from_points([[0, 0], [3, 0], [0, 3]], lines=[[0, 0]]).description
    names = ("generators", "lineality", "equations", "facets", "incidence", "vertex_floats")
    if asked:
        assert all(getattr(description, name) is not None for name in names)
    copy = pickle.loads(pickle.dumps(description))
    for name in names:
        assert not getattr(copy, name).flags.writeable, name
        assert getattr(copy, name).tolist() == getattr(description, name).tolist()

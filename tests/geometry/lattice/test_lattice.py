"""Lattice points against scans of the bounding box, Pick's theorem and closed formulas."""

import itertools
import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import BudgetError, InputError
from polytropic.geometry.lattice import (
    interior_lattice_points,
    lattice_points,
    n_lattice_points,
)
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume


def scan(polytope, strict=False):
    """Every integer point of the bounding box, tried in fractions."""
    vertices = polytope.vertices_exact.to_fractions().tolist()
    ranges = [range(math.ceil(min(c)), math.floor(max(c)) + 1) for c in zip(*vertices, strict=True)]

    def gaps(halfspaces, point):
        rows = halfspaces.exact_A.to_fractions().tolist()
        sides = halfspaces.exact_b.to_fractions().tolist()
        pairs = zip(rows, sides, strict=True)
        return [b - sum(a * x for a, x in zip(row, point, strict=True)) for row, b in pairs]

    return [
        list(point)
        for point in itertools.product(*ranges)
        if all(gap > 0 if strict else gap >= 0 for gap in gaps(polytope.facets, point))
        and not any(gaps(polytope.equations, point))
    ]


@st.composite
def polytopes(draw):
    d = draw(st.integers(1, 4))
    over = draw(st.integers(1, 3))
    reach = 3 * over if d < 4 else over
    corner = st.lists(st.integers(-reach, reach), min_size=d, max_size=d)
    points = draw(st.lists(corner, min_size=1, max_size=d + 2))
    return Polytope.from_points([[Fraction(x, over) for x in row] for row in points])


@settings(max_examples=120, deadline=None)
@given(polytopes())
def test_slices_find_what_a_scan_finds(polytope):
    everything, inner = scan(polytope), scan(polytope, strict=True)
    assert lattice_points(polytope).tolist() == everything
    assert interior_lattice_points(polytope).tolist() == inner
    assert n_lattice_points(polytope) == len(everything)
    assert n_lattice_points(polytope, interior=True) == len(inner)


@pytest.mark.parametrize("seed", range(4))
def test_pick(seed):
    points = np.random.default_rng(seed).integers(-1000, 1000, (12, 2))
    polygon = Polytope.from_points(points)
    inner = n_lattice_points(polygon, interior=True)
    boundary = n_lattice_points(polygon) - inner
    assert volume(polygon) == inner + Fraction(boundary, 2) - 1


@pytest.mark.parametrize("d", [1, 2, 4, 6])
def test_simplices_and_cross_polytopes(d):
    unit = np.eye(d, dtype=int)
    for t in (1, 3):
        simplex = Polytope.from_points(np.vstack([0 * unit[:1], t * unit]))
        assert n_lattice_points(simplex) == math.comb(t + d, d)
        flat = Polytope.from_points(t * np.eye(d + 1, dtype=int))
        assert len(lattice_points(flat)) == math.comb(t + d, d)
        cross = Polytope.from_points(np.vstack([t * unit, -t * unit]))
        expected = sum(2**k * math.comb(d, k) * math.comb(t, k) for k in range(d + 1))
        assert len(lattice_points(cross)) == n_lattice_points(cross) == expected


def test_flat_polytopes_that_miss_the_lattice():
    missing = Polytope.from_points([[0, Fraction(1, 2)], [5, Fraction(1, 2)]])
    assert lattice_points(missing).shape == (0, 2)
    # On 2 x + 4 y = 3 there is no integer point at all.
    line = Polytope.from_halfspaces([[1, 0], [-1, 0]], [50, 50], [[2, 4]], [3])
    assert n_lattice_points(line) == 0
    # On 6 x + 10 y + 15 z = 1 there are many, none of them where two coordinates vanish.
    plane = Polytope.from_halfspaces(
        np.vstack([np.eye(3), -np.eye(3)]).astype(int), [9] * 6, [[6, 10, 15]], [1]
    )
    found = lattice_points(plane)
    assert found.tolist() == [
        list(p) for p in itertools.product(range(-9, 10), repeat=3)
        if 6 * p[0] + 10 * p[1] + 15 * p[2] == 1
    ]  # fmt: skip
    assert len(found) > 0


def test_degenerate_inputs():
    assert lattice_points(Polytope.empty(3)).shape == (0, 3)
    assert n_lattice_points(Polytope.empty(3)) == 0
    assert lattice_points(Polytope.from_points(np.zeros((1, 0)))).shape == (1, 0)
    assert lattice_points(Polytope.from_points([[2, -3]])).tolist() == [[2, -3]]
    assert interior_lattice_points(Polytope.from_points([[2, -3]])).tolist() == [[2, -3]]
    assert lattice_points(Polytope.from_points([[0.5, 1]])).shape == (0, 2)
    for unbounded in (Polytope.from_halfspaces([[1, 0]], [0]), Polytope.from_points([[0]], [[1]])):
        with pytest.raises(InputError, match="unbounded"):
            lattice_points(unbounded)


def test_coordinates_beyond_int64():
    far = 10**30
    segment = Polytope.from_points([[far, 0], [far + 3, 6]])
    assert lattice_points(segment).tolist() == [[far + i, 2 * i] for i in range(4)]
    square = Polytope.from_points([[far, far], [far + 1, far], [far, far + 1], [far + 1, far + 1]])
    assert n_lattice_points(square) == 4
    long = Polytope.from_points([[0, 0], [10**40, 0], [0, 1]])
    assert n_lattice_points(long) == 10**40 + 2


def test_floats_mean_their_bits():
    # The float 0.1 lies above 1/10, so ten times it is above one.
    assert n_lattice_points(Polytope.box(0, 10 * Fraction(0.1), dim=1)) == 2
    assert n_lattice_points(Polytope.box(0, 10 * Fraction(0.3), dim=1)) == 3


def test_budgets():
    cube = Polytope.box(0, 99, dim=3)
    with pytest.raises(BudgetError, match="max_points"):
        lattice_points(cube, max_points=10**5)
    assert n_lattice_points(cube) == 10**6
    with pytest.raises(BudgetError, match="slices"):
        n_lattice_points(cube, max_slices=5000)


def test_a_million_points_within_seconds():
    ball = np.array([[x, y, z] for x, y, z in itertools.product((-2, -1, 1, 2), repeat=3)])
    polytope = Polytope.from_points(27 * ball)
    start = time.process_time()
    found = lattice_points(polytope)
    assert time.process_time() - start < 5
    assert len(found) == 109**3


def reflexive_polytopes(path):
    lines = path.read_text().splitlines()
    place = 0
    while place < len(lines) and lines[place].strip():
        size = int(lines[place].split()[0])
        yield np.array([line.split() for line in lines[place + 1 : place + 1 + size]], dtype=int)
        place += size + 1


def test_reflexive_polygons(data_dir):
    polygons = list(reflexive_polytopes(data_dir / "polytopes/reflexive/reflexive_polytopes_2d"))
    assert len(polygons) == 16
    for points in polygons:
        assert interior_lattice_points(Polytope.from_points(points)).tolist() == [[0, 0]]


@pytest.mark.slow
def test_reflexive_polytopes(data_dir):
    solids = list(reflexive_polytopes(data_dir / "polytopes/reflexive/reflexive_polytopes_3d"))
    assert len(solids) == 4319
    counts = []
    for points in solids:
        polytope = Polytope.from_points(points)
        assert interior_lattice_points(polytope).tolist() == [[0, 0, 0]]
        counts.append(len(lattice_points(polytope)))
    assert (min(counts), max(counts)) == (5, 39)


def test_rational_corners_of_flat_polytopes():
    segment = Polytope.from_points([[Fraction(1, 2)] * 2, [Fraction(7, 2)] * 2])
    assert lattice_points(segment).tolist() == [[1, 1], [2, 2], [3, 3]]
    thirds = [[Fraction(x, 3) for x in row] for row in [(1, 1, 1), (10, 1, -8), (1, 11, -9)]]
    triangle = Polytope.from_points(thirds)  # on x + y + z = 1
    assert lattice_points(triangle).tolist() == scan(triangle)
    assert len(lattice_points(triangle)) == 3


def test_a_translation_by_integers_changes_no_count():
    corners = [[0, 0], [3, 10**10 + 1], [1, 7]]
    plain = Polytope.from_points(corners)
    far = Polytope.from_points([[x + 10**10, y - 10**18] for x, y in corners])
    assert n_lattice_points(far) == n_lattice_points(plain) > 10**9

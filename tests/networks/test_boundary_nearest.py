"""Nearest points: conditions of optimality, linear programs per cell, samples."""

import math
from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from polytropic import Network, Polytope, Slice, random_integer_network, random_network
from polytropic.errors import BudgetError, InputError
from polytropic.networks.boundaries import boundary_complex, nearest_boundary_point
from polytropic.networks.boundaries.projecting import project_by_program, project_orthogonally
from tests.networks.boundary_examples import RELU, diamond, small_networks, torus

NORMS = (1, 2, math.inf)
numbers = st.integers(-4, 4)


@st.composite
def polyhedra(draw):
    """Homogeneous rows of points and directions, and directions of lines."""
    d = draw(st.integers(1, 4))
    points = draw(st.lists(st.lists(numbers, min_size=d, max_size=d), min_size=1, max_size=7))
    rays = draw(st.lists(st.lists(numbers, min_size=d, max_size=d), max_size=3))
    lines = draw(st.sampled_from([[], [[0] * (d - 1) + [1]], [[1] * d]]))
    scales = draw(st.lists(st.integers(1, 3), min_size=len(points), max_size=len(points)))
    rows = [[t, *point] for t, point in zip(scales, points, strict=True)]
    rows += [[0, *ray] for ray in rays if any(ray)]
    target = draw(st.lists(st.fractions(-9, 9, max_denominator=3), min_size=d, max_size=d))
    table = np.array(rows, dtype=object)
    return table, np.array([[0, *line] for line in lines], dtype=object).reshape(-1, d + 1), target


@settings(max_examples=60)
@given(polyhedra())
def test_orthogonal_projections_are_optimal(case):
    """y is the nearest point if and only if no generator lies on the near side of its plane."""
    rows, lines, target = case
    y, square = project_orthogonally(rows, lines, target)
    away = [a - b for a, b in zip(y, target, strict=True)]
    assert square == sum(a * a for a in away)
    for row in rows.tolist():
        point = [x - row[0] * c for x, c in zip(row[1:], y, strict=True)]
        assert sum(a * b for a, b in zip(point, away, strict=True)) >= 0
    for line in lines.tolist():
        assert sum(a * b for a, b in zip(line[1:], away, strict=True)) == 0
    assert Polytope._from_rows(rows, lines).contains([y])[0]


@settings(max_examples=25)
@given(polyhedra(), st.sampled_from([1, math.inf]))
def test_projections_by_programs(case, norm):
    """Against SciPy, with weights of the generators as variables."""
    rows, lines, target = case
    polytope = Polytope._from_rows(rows, lines)
    y, square = project_by_program(polytope, target, norm)
    assert polytope.contains([y])[0]
    gaps = [abs(a - b) for a, b in zip(y, target, strict=True)]
    assert square == (max(gaps) if norm > 2 else sum(gaps)) ** 2
    assert math.sqrt(square) == pytest.approx(_distance(rows, lines, target, norm), abs=1e-6)


def _distance(rows, lines, target, norm):
    """Least t (or sum of t) with -t <= target - sum of generators <= t."""
    generators = np.vstack([rows, lines]).astype(float)
    x, d = np.array(target, dtype=float), len(target)
    extra = d if norm == 1 else 1
    cover = np.eye(d) if norm == 1 else np.ones((d, 1))
    moves = generators[:, 1:].T
    found = linprog(
        [0] * len(generators) + [1] * extra,
        A_ub=np.block([[moves, -cover], [-moves, -cover]]),
        b_ub=np.concatenate([x, -x]),
        A_eq=[np.append(generators[:, 0], [0] * extra)],
        b_eq=[1],
        bounds=[(0, None)] * len(rows) + [(None, None)] * len(lines) + [(0, None)] * extra,
    )
    assert found.status == 0
    return found.fun


@pytest.mark.parametrize(("name", "network"), [*small_networks()])
def test_against_all_cells(name, network):
    """No cell is nearer than what was found: pruning by boxes forgets none."""
    rng = np.random.default_rng(3)
    boundary = boundary_complex(network, Fraction(1, 2))
    for x in rng.integers(-6, 7, (2, network.n_inputs)).tolist():
        target = [Fraction(c) for c in x]
        for norm in NORMS:
            found = boundary.nearest(x, norm)
            if boundary.is_empty:
                assert found is None
                continue
            assert network.evaluate_exact(found.point_exact.reshape(1, -1)).to_fractions() == [
                [Fraction(1, 2)]
            ]
            gaps = np.abs(found.point_exact.to_fractions() - target)
            sizes = {1: gaps.sum() ** 2, 2: (gaps**2).sum(), math.inf: gaps.max() ** 2}
            assert found.squared_distance == sizes[norm]
            squares = []
            for cell in boundary.cells:
                rows = cell.complex.generators[list(cell.members)]
                lines = cell.complex.lineality
                if norm == 2:
                    squares.append(project_orthogonally(rows, lines, target)[1])
                else:
                    polytope = Polytope._from_rows(rows, lines)
                    squares.append(project_by_program(polytope, target, norm)[1])
            assert found.squared_distance == min(squares) == squares[found.cell]


def test_against_shapely_and_samples():
    """In the plane: distances to segments, and balls inside which the sign does not change."""
    network = random_network(2, [8, 8], 1, rng=3)
    rng = np.random.default_rng(0)
    points = rng.uniform(-2, 2, (12, 2))
    threshold = float(np.median(network(points)))
    box = Polytope.box(-2, 2, dim=2)
    boundary = boundary_complex(network, threshold, domain=box)
    lines = shapely.MultiLineString([cell.vertices for cell in boundary.cells])
    for x in points:
        found = boundary.nearest(x)
        assert found.distance == pytest.approx(shapely.Point(x).distance(lines), abs=1e-12)
        far = boundary.nearest(x, math.inf)
        ball = np.clip(x + 0.999 * far.distance * rng.uniform(-1, 1, (400, 2)), -2, 2)
        assert len({*(network(ball).ravel() > threshold).tolist()}) == 1
        assert far.distance <= found.distance <= boundary.nearest(x, 1).distance


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize(
    ("network", "threshold"),
    [
        (random_network(2, [6, 5], 1, rng=2), 0.3),
        (random_network(3, [5, 4], 1, rng=1), 0.25),
        (torus(), 0.5),
        (RELU, 3),
        (random_integer_network(2, [4], 1, rng=1), -1),
    ],
)
def test_growing_boxes_find_the_same(network, threshold, norm):
    d = network.n_inputs
    boundary = boundary_complex(network, threshold)
    for x in np.random.default_rng(1).uniform(-3, 3, (2, d)):
        whole = boundary.nearest(x, norm)
        found = nearest_boundary_point(network, x, norm, threshold=threshold)
        assert (found is None) == (whole is None)
        if found is not None:
            assert found.squared_distance == whole.squared_distance


def test_growing_boxes_in_domains():
    inside = Polytope.box(2, 5, dim=2)
    found = nearest_boundary_point(diamond(2), [0, 0], threshold=6, domain=inside)
    assert found.squared_distance == 18
    assert nearest_boundary_point(diamond(2), [0, 0], threshold=1, domain=inside) is None
    assert nearest_boundary_point(diamond(2), [0, 0], threshold=-1) is None
    far = nearest_boundary_point(diamond(2), [0, 0], 1, threshold=10**30)
    assert far.distance_exact == 10**30
    plane = Slice.through([[0, 0, 1], [1, 0, 1], [0, 1, 1]])
    found = nearest_boundary_point(diamond(3), [5, 0], threshold=3, domain=plane)
    assert found.squared_distance == 9
    on = nearest_boundary_point(diamond(2), [1, 0], threshold=1)
    assert on.squared_distance == 0


def test_nearest_ties_of_a_classifier():
    """Without classes: the nearest point at which the decision changes."""
    network = random_integer_network(2, [5], 4, rng=3)
    for x in ([1, 2], [-3, 0.5], [0, 0]):
        found = nearest_boundary_point(network, x, math.inf)
        first, second, *_ = sorted(
            network.evaluate_exact(found.point_exact.reshape(1, -1)).to_fractions()[0], reverse=True
        )
        assert first == second
        radius = float(found.distance)
        steps = np.random.default_rng(0).uniform(-0.999 * radius, 0.999 * radius, (300, 2))
        assert len({*network(np.array(x) + steps).argmax(axis=1).tolist()}) == 1
        pair = nearest_boundary_point(network, x, math.inf, classes=(0, 1), threshold=1)
        if pair is not None:
            values = network.evaluate_exact(pair.point_exact.reshape(1, -1)).to_fractions()[0]
            assert values[0] - values[1] == 1


def test_distances_are_exact():
    found = boundary_complex(diamond(2), 1).nearest([3, 2])
    assert found.squared_distance == 8
    assert found.distance_exact is None
    assert found.distance == math.sqrt(8)
    assert found.point.tolist() == [1.0, 0.0]
    # A tilted line at a huge scale, where floats have no digits left.
    line = Network.from_layers([([[1, 2]], [-(10**40) - 5])])
    found = boundary_complex(line).nearest([10**40, 0])
    assert found.squared_distance == 5
    found = boundary_complex(line).nearest([10**40, 0], math.inf)
    assert found.distance_exact == Fraction(5, 3)
    assert boundary_complex(line).nearest([10**40, 0], 1).distance_exact == Fraction(5, 2)


def test_wrong_questions_are_refused():
    boundary = boundary_complex(diamond(2), 1)
    with pytest.raises(InputError, match="norm"):
        boundary.nearest([0, 0], 3)
    with pytest.raises(InputError, match="shape"):
        boundary.nearest([0, 0, 0])
    with pytest.raises(InputError, match="shape"):
        nearest_boundary_point(diamond(2), [1])
    with pytest.raises(InputError, match="margin"):
        nearest_boundary_point(random_network(2, [3], 3, rng=0), [0, 0], threshold=1)
    with pytest.raises(BudgetError):
        nearest_boundary_point(random_network(2, [9, 9], rng=0), [0, 0], max_regions=1)

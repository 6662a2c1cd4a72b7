"""Decision boundaries through regions: as sets, against signs, contours and the tropical route."""

import math
from fractions import Fraction

import contourpy
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Network, Polytope, Slice, decision_boundary, random_network
from polytropic.errors import BudgetError, EmptyPolytopeError, InputError
from polytropic.networks.boundaries import boundary_complex
from tests.networks.boundary_examples import (
    E3,
    E4,
    RELU,
    diamond,
    middle_of,
    moons_network,
    small_networks,
    torus,
)

BOX, BOX_3 = Polytope.box(-2, 2, dim=2), Polytope.box(-2, 2, dim=3)


def values(network, points, classes=None):
    table = network.evaluate_exact(np.array(points, dtype=object)).to_fractions()
    return table[:, 0] if classes is None else table[:, classes[0]] - table[:, classes[1]]


def lies_in(complex_, point):
    return any(cell.polytope.contains([point])[0] for cell in complex_)


# -- both routes -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "network"), [*small_networks()])
def test_both_routes_give_the_same_set(name, network):
    for threshold in (0, Fraction(1, 3)):
        tropical = decision_boundary(network, threshold)
        regional = decision_boundary(network, threshold, route="regions")
        assert tropical.n_positive_regions == regional.n_positive_regions
        assert tropical.n_negative_regions == regional.n_negative_regions
        assert tropical.satisfies_bounds
        assert tropical.has_interior == regional.has_interior
        assert regional.is_empty == (len(tropical.cells) == 0)
        for cell in regional.cells:
            middle = middle_of(cell)
            assert values(network, [middle]) == [threshold]
            assert lies_in(tropical.cells, middle)
        for cell in tropical.cells:
            assert lies_in(regional.cells, middle_of(cell))


@pytest.mark.parametrize("classes", [(0, 1), (1, 0)])
@pytest.mark.parametrize("margin", [0, 2])
def test_both_routes_measure_the_same_length(classes, margin):
    """Tropical cells cut by the box, summed by hand."""
    tropical = decision_boundary(E3, margin, classes=classes)
    regional = decision_boundary(E3, margin, classes=classes, domain=BOX)
    total = 0.0
    for cell in tropical.cells:
        inside = cell.polytope & BOX
        if inside.dimension == 1:
            total += math.dist(*inside.vertices.tolist())
    assert regional.area == pytest.approx(total, rel=1e-12)
    assert regional.threshold == tropical.threshold == margin


def test_open_pieces():
    boundary = decision_boundary(RELU, route="regions")
    assert boundary.has_interior
    (cell,) = boundary.open_cells
    assert cell.vertices.tolist() == [[0.0]]
    assert cell.rays.tolist() == [[-1.0]]
    assert (boundary.n_positive_regions, boundary.n_negative_regions) == (1, 0)
    assert boundary.area == math.inf
    # Example E4: the cone between 225 and 243.4349 degrees, and one more ray.
    boundary = decision_boundary(E4, route="regions")
    (cone,) = boundary.open_cells
    assert sorted(map(tuple, cone.rays.tolist())) == [(-1.0, -2.0), (-1.0, -1.0)]
    assert boundary.dimensions.tolist() == [2, 1]
    (ray,) = boundary.cells[1].rays
    assert math.degrees(math.atan2(ray[1], ray[0])) == pytest.approx(128.6598, abs=1e-4)
    assert boundary.betti_numbers == (1, 0, 0)


# -- against the sign of the network ---------------------------------------------------------------
@pytest.mark.parametrize("seed", range(2))
def test_segments_cross_it_as_often_as_the_sign_changes(seed):
    """10^5 random points in pairs: an odd number of crossings if and only if the sides differ."""
    network = random_network(2, [8, 8], 1, rng=seed)
    rng = np.random.default_rng(seed)
    ends = rng.uniform(-2, 2, (50_000, 2, 2))
    threshold = float(np.median(network(ends[:, 0])))
    boundary = boundary_complex(network, threshold, domain=BOX)
    sides = network(ends.reshape(-1, 2)).reshape(-1, 2) - threshold
    assert (np.abs(sides) > 1e-9).all()
    parity = np.zeros(len(ends), dtype=bool)
    for number in np.flatnonzero(boundary.crossings):
        a, b = boundary.cells[int(number)].vertices
        parity ^= _cross(ends[:, 0], ends[:, 1], a, b)
    assert ((sides[:, 0] * sides[:, 1] < 0) == parity).all()
    assert (boundary.side_of(ends[:100, 0]) == np.sign(sides[:100, 0])).all()


def _cross(p, q, a, b):
    def turn(u, v, w):
        return np.sign((v - u)[..., 0] * (w - u)[..., 1] - (v - u)[..., 1] * (w - u)[..., 0])

    return (turn(p, q, a) * turn(p, q, b) < 0) & (turn(a, b, p) * turn(a, b, q) < 0)


def test_touching_is_no_crossing():
    """|x| = 0: both sides of the line are positive, and are two components."""
    network = Network.from_layers([([[1, 0], [-1, 0]], [0, 0]), ([[1, 1]], [0])])
    boundary = boundary_complex(network, domain=BOX)
    assert len(boundary) == 1
    assert not boundary.crossings.any()
    assert (boundary.n_positive_regions, boundary.n_negative_regions) == (2, 0)
    assert boundary.side_of([[0, 1], [1, 0], [-1, 5]]).tolist() == [0, 1, 1]


# -- against contour lines -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("network", "share"),
    [(moons_network(0), None), (moons_network(1), None), (random_network(2, [9, 9], rng=7), 0.4)],
)
def test_against_marching_squares(network, share):
    axis = np.linspace(-2, 2, 501)
    grid = network(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)).reshape(501, 501)
    threshold = 0.0 if share is None else float(np.quantile(grid, share))
    lines = contourpy.contour_generator(axis, axis, grid).lines(threshold)
    boundary = boundary_complex(network, threshold, domain=BOX)
    length = sum(np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line in lines)
    assert boundary.area == pytest.approx(length, rel=1e-2)  # corners are cut off
    assert boundary.n_components == len(lines)
    closed = sum(bool((line[0] == line[-1]).all()) for line in lines)
    assert boundary.betti_numbers == (len(lines), closed)[: len(boundary.betti_numbers)]
    ours = shapely.MultiLineString([cell.vertices for cell in boundary.cells])
    assert shapely.hausdorff_distance(ours, shapely.MultiLineString(lines)) < 0.02


# -- sizes -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("d", "cell", "count"), [(1, 1, 2), (2, 2, 4), (3, Fraction(3, 4), 8), (4, Fraction(1, 9), 16)]
)
def test_cross_polytopes(d, cell, count):
    """Squared sizes of the facets of the cross-polytope, and spheres."""
    boundary = boundary_complex(diamond(d), 1)
    assert boundary.squared_sizes_exact() == [cell] * count
    assert boundary.area == pytest.approx(count * math.sqrt(cell), rel=1e-14)
    assert boundary.betti_numbers == ((2,) if d == 1 else (1, *[0] * (d - 2), 1))
    assert boundary.euler_characteristic == 1 + (-1) ** (d - 1)
    assert (boundary.n_positive_regions, boundary.n_negative_regions) == (2 if d == 1 else 1, 1)


def test_sizes_of_one_cell_are_those_of_its_polytope():
    network = random_network(3, [6, 4], 1, rng=4)
    boundary = boundary_complex(network, float(network([0.1, 0.2, 0.3])[0]), domain=BOX_3)
    assert len(boundary) > 10
    for cell, size in zip(boundary.cells, boundary.sizes.tolist(), strict=True):
        v = cell.vertices
        # Independent: the area of a planar polygon, sorted by angle around its centre.
        _, _, axes = np.linalg.svd(v - v.mean(axis=0))
        flat = (v - v.mean(axis=0)) @ axes[:2].T
        order = np.argsort(np.arctan2(flat[:, 1], flat[:, 0]))
        assert size == pytest.approx(shapely.Polygon(flat[order]).area, rel=1e-6)
    exact = boundary.squared_sizes_exact()
    assert boundary.sizes == pytest.approx([math.sqrt(s) for s in exact], rel=1e-6)


def test_poorly_known_vertices_are_measured_exactly():
    """A segment of length 2^-40 far out, where floats know nothing of it."""
    far = Fraction(2**40)
    network = Network.from_layers([([[1, 1]], [0])])
    end = far + Fraction(1, 2**40)
    strip = Polytope.box([far, -2 * far], [end, 0])
    boundary = boundary_complex(network, 0, domain=strip)
    assert boundary.squared_sizes_exact() == [2 * Fraction(1, 2**80)]
    assert boundary.area == pytest.approx(math.sqrt(2) * 2.0**-40, rel=1e-6)


# -- topology --------------------------------------------------------------------------------------
def test_torus():
    boundary = boundary_complex(torus(), Fraction(1, 2))
    assert boundary.betti_numbers == (1, 2, 1)
    assert boundary.euler_characteristic == 0
    assert (boundary.n_positive_regions, boundary.n_negative_regions) == (1, 1)
    # Cut open by a plane through the axis, each half is a tube.
    half = boundary_complex(torus(), Fraction(1, 2), domain=Polytope.box([-9, 0, -9], [9, 9, 9]))
    assert half.betti_numbers == (1, 1, 0)


def test_unbounded_boundaries():
    cross = Network.from_layers(
        [([[1, 0], [-1, 0], [0, 1], [0, -1]], [0] * 4), ([[1, 1, -1, -1]], [0])]
    )
    boundary = boundary_complex(cross)
    assert boundary.f_vector == (1, 4)
    assert boundary.betti_numbers == (1, 0)
    assert (boundary.euler_characteristic, boundary.euler_characteristic_compact) == (1, -3)
    assert (boundary.n_positive_regions, boundary.n_negative_regions) == (2, 2)
    assert boundary.area == math.inf
    # Along lines: |x| = 1 in the space is two planes.
    walls = Network.from_layers([([[1, 0, 0], [-1, 0, 0]], [0, 0]), ([[1, 1]], [0])])
    boundary = boundary_complex(walls, 1)
    assert boundary.betti_numbers == (2, 0, 0)
    assert boundary.f_vector == (0, 0, 2)
    assert (boundary.n_positive_regions, boundary.n_negative_regions) == (2, 1)


@pytest.mark.parametrize(
    ("network", "size"),
    [(random_network(2, [5, 4], rng=s), 10**6) for s in range(3)]
    + [(random_network(3, [4, 3], rng=s), 10**6) for s in range(2)],
)
def test_a_large_box_has_the_homology_of_the_whole(network, size):
    d = network.n_inputs
    whole = boundary_complex(network, Fraction(1, 5))
    boxed = boundary_complex(network, Fraction(1, 5), domain=Polytope.box(-size, size, dim=d))
    assert whole.betti_numbers == boxed.betti_numbers
    assert whole.n_components == boxed.n_components == whole.betti_numbers[0]
    assert whole.n_positive_regions == boxed.n_positive_regions


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.sampled_from([2, 3]), st.integers(1, 4))
def test_alexander_duality(seed, d, threshold):
    """A compact boundary with b_{d-1} = b has b + 1 components outside (and may be empty)."""
    rng = np.random.default_rng(seed)
    weight = np.vstack([absolute(d), rng.integers(-2, 3, (3, d))])
    output = [[13] * 2 * d + rng.integers(-2, 1, 3).tolist()]
    network = Network.from_layers([(weight, rng.integers(-2, 3, len(weight))), (output, [-2])])
    boundary = boundary_complex(network, threshold)
    assert all(not len(cell.rays) for cell in boundary.cells)
    if boundary.has_interior or boundary.is_empty:
        return
    betti = boundary.betti_numbers
    top = betti[d - 1] if len(betti) == d else 0
    assert boundary.n_positive_regions + boundary.n_negative_regions == top + 1
    assert betti[0] == boundary.n_components
    assert sum((-1) ** k * b for k, b in enumerate(betti)) == boundary.euler_characteristic


def absolute(d):
    return np.kron(np.eye(d, dtype=int), [[1], [-1]])


# -- domains and inputs of all kinds ---------------------------------------------------------------
def test_without_any_boundary():
    for boundary in (
        boundary_complex(diamond(2), -1),
        boundary_complex(diamond(2), 9, domain=BOX),
        boundary_complex(Network.from_layers([([[0, 0]], [1])])),
    ):
        assert boundary.is_empty
        assert len(boundary) == boundary.n_components == boundary.euler_characteristic == 0
        assert boundary.betti_numbers == boundary.f_vector == ()
        assert boundary.dimension == -1
        assert boundary.area == 0
        assert boundary.nearest([0, 0]) is None
        assert boundary.n_positive_regions + boundary.n_negative_regions == 1


def test_flat_domains():
    network = diamond(2)
    segment = Polytope.from_points([[-2, 0], [2, 0]])
    boundary = boundary_complex(network, 1, domain=segment)
    assert boundary.cells.vertices.tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    assert boundary.betti_numbers == (2,)
    assert boundary.area == 2  # points are counted
    assert boundary.nearest([0.5, 1]).squared_distance == Fraction(5, 4)
    point = Polytope.from_points([[1, 0]])
    assert boundary_complex(network, 1, domain=point).betti_numbers == (1,)
    assert boundary_complex(network, 2, domain=point).is_empty
    with pytest.raises(EmptyPolytopeError):
        boundary_complex(network, 1, domain=Polytope.empty(2))


def test_slices():
    plane = Slice.through([[0, 0, 0], [1, 0, 0], [0, 1, 0]], within=BOX)
    boundary = decision_boundary(diamond(3), 1, domain=plane)
    assert boundary.area == pytest.approx(4 * math.sqrt(2))
    assert boundary.side_of([[0, 0], [2, 2]]).tolist() == [-1, 1]
    assert boundary.nearest([1, 1]).squared_distance == Fraction(1, 2)


def test_a_huge_scale_changes_nothing():
    for factor in (Fraction(2) ** 200, Fraction(1, 2**200), 10**30):
        network = Network.from_layers([(absolute(2), [0] * 4), ([[1] * 4], [-factor])])
        boundary = boundary_complex(network)
        assert boundary.betti_numbers == (1, 1)
        assert boundary.squared_sizes_exact() == [2 * factor**2] * 4


def test_wrong_questions_are_refused():
    with pytest.raises(InputError, match="say which two"):
        boundary_complex(random_network(2, [3], 3, rng=0))
    with pytest.raises(InputError, match="different outputs"):
        boundary_complex(E3, classes=(1, 1))
    with pytest.raises(InputError, match="route"):
        decision_boundary(E3, route="any")
    with pytest.raises(InputError, match="tropical route"):
        decision_boundary(E3, domain=BOX, route="tropical")
    with pytest.raises(InputError, match="shape"):
        boundary_complex(E3).side_of([[1, 2, 3]])
    with pytest.raises(BudgetError):
        boundary_complex(random_network(2, [8, 8], rng=0), domain=BOX, max_regions=5)

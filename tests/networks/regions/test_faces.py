"""Faces, facets and adjacency of complexes against geometry that knows nothing of them."""

import math
from itertools import combinations

import networkx
import numpy as np
import pytest
import shapely

from polytropic import Network, Polytope, linear_regions, random_network
from polytropic.arithmetic.linalg import rank
from polytropic.errors import InputError
from polytropic.networks.regions import faces, faces_kernels
from tests.networks.regions.cases import CASES, NAMES, complex_of

EULER = {"everywhere": None, "box": 1, "orthant": 0, "segment": 1, "strip": None}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_facets_neighbours_and_faces_of_any_complex(case):
    regions = complex_of(case)
    table, d = regions.facet_table, regions.dimension
    for index in range(min(len(regions), 12)):
        region = regions[index]
        description = region.polytope.description
        # The far face of an unbounded region is no facet of it.
        ours = sorted(map(sorted, regions.facets[index]))
        assert region.n_facets == len(ours) == region.polytope.n_facets
        for name, neighbour in zip(region.facets, region.neighbours, strict=True):
            assert (neighbour < 0) == (name < 0)
            if name >= 0:
                assert regions.signs[neighbour][name] == -regions.signs[index][name] != 0
        assert description.dimension == d
    # Every facet spans a hyperplane, and its generators are those of both regions.
    for facet in range(0, len(table), max(1, len(table) // 40)):
        own = regions.exact_generators(table.members_of(facet).astype(int))
        assert rank(own) + len(regions.lineality) == d
    expected = EULER[case[2]]
    if expected is None:
        lines = 0 if regions.domain is None else regions.domain.description.lineality.shape[0]
        expected = (-1) ** (d if regions.domain is None else lines)
    assert regions.euler_characteristic == expected


BOUNDED = [case for case in CASES if case[2] in ("box", "segment")]


@pytest.mark.parametrize("case", BOUNDED, ids=[name for name, _, _ in BOUNDED])
def test_faces_are_those_of_the_polytopes(case):
    regions = complex_of(case)
    if len(regions) > 60:
        regions = regions.subcomplex(range(60))
    union = {}
    for region in regions:
        lattice = region.polytope.face_lattice()
        vertices = [tuple(v) for v in region.polytope.vertices_exact.to_fractions().tolist()]
        for k in range(regions.dimension + 1):
            for face in lattice.faces(k):
                corners = frozenset(vertices[i] for i in lattice.vertices(face))
                union.setdefault(k, set()).add(corners)
    assert regions.f_vector == tuple(len(union[k]) for k in range(regions.dimension + 1))
    assert regions.f_vector_bounded == regions.f_vector


@pytest.mark.parametrize(("d", "m"), [(1, 5), (2, 6), (3, 5), (4, 5)])
def test_generic_arrangements_have_the_f_vector_of_zaslavsky(d, m):
    """f_k = C(m, d-k) * sum_{i<=k} C(m-d+k, i); bounded: C(m, d-k) * C(m-d+k-1, k)."""
    rng = np.random.default_rng(d)
    net = Network.from_layers([(rng.standard_normal((m, d)), rng.standard_normal(m)),
                               (np.ones((1, m)), [0])])  # fmt: skip
    regions = linear_regions(net)
    everything = tuple(
        math.comb(m, d - k) * sum(math.comb(m - d + k, i) for i in range(k + 1))
        for k in range(d + 1)
    )
    bounded = tuple(math.comb(m, d - k) * math.comb(m - d + k - 1, k) for k in range(d + 1))
    assert regions.f_vector == everything
    assert regions.f_vector_bounded == bounded
    assert regions.n_vertices == everything[0]
    assert regions.is_bounded.sum() == bounded[-1]
    assert regions.n_rays == 2 * math.comb(m, d - 1)


def test_adjacency_in_the_plane_is_that_of_shapely():
    net = random_network(2, [8, 8], rng=2)
    regions = linear_regions(net, Polytope.box(-1, 1, dim=2))
    polygons = [shapely.MultiPoint(region.vertices).convex_hull for region in regions]
    pairs = [
        [i, j]
        for i, j in combinations(range(len(polygons)), 2)
        if polygons[i].buffer(1e-9).intersection(polygons[j]).length > 1e-7
    ]
    assert regions.adjacency.tolist() == pairs
    graph = regions.graph()
    assert networkx.is_connected(graph)
    assert sorted(map(sorted, graph.edges)) == pairs
    matrix = regions.adjacency_matrix
    assert matrix.shape == (len(regions),) * 2
    assert (matrix != matrix.T).nnz == 0
    assert matrix.nnz == 2 * len(pairs)
    assert regions.f_vector[1] == len(regions.facet_table)


def test_mean_degree_of_hyperplanes_is_at_most_twice_the_dimension():
    for d in (2, 3):
        regions = linear_regions(random_network(d, [9], rng=d))
        assert 2 * len(regions.adjacency) / len(regions) < 2 * d


@pytest.mark.parametrize("case", CASES[::3], ids=NAMES[::3])
def test_compiled_faces_are_those_in_plain_python(case):
    regions = complex_of(case)
    cells, level = regions.arrays, faces.regions_as_faces(regions.arrays)
    for _ in range(regions.dimension - len(regions.lineality)):
        arguments = (*level, cells.members, cells.tight, regions.is_point)
        slow, fast = faces.below_in_python(*arguments), faces_kernels.faces_below(*arguments)
        for one, other in zip(slow, fast, strict=True):
            assert one.tolist() == other.tolist()
        level = faces.Faces(*slow[:2])


def test_more_facets_than_a_word_has_bits():
    angles = 2 * np.pi * np.arange(150) / 150
    polygon = Polytope.from_points(np.column_stack([np.cos(angles), np.sin(angles)]))
    net = Network.from_layers([([[1.0, 0.3], [0.2, 1]], [0.1, 0.2]), ([[1, 1]], [0])])
    regions = linear_regions(net, polygon)
    assert regions.f_vector == (155, 158, 4)  # 150 + 4 ends + 1 crossing; 154 + 4; 4 regions
    assert regions.volumes.sum() == pytest.approx(150 * math.sin(2 * np.pi / 150) / 2)


def test_what_faces_cannot_be_asked_for():
    regions = linear_regions(random_network(2, [3], rng=0))
    with pytest.raises(InputError, match="dimensions 0 to 2, not 3"):
        regions.faces(3)

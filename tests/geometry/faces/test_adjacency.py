"""Adjacency of vertices and facets against cdd, the faces themselves, and known graphs."""

from fractions import Fraction
from math import comb

import cdd.gmp
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse.csgraph import shortest_path

from polytropic import Polytope
from polytropic.errors import InputError
from polytropic.geometry.faces import edges
from polytropic.geometry.faces.adjacency import (
    _neighbours,
    _neighbours_reference,
    facet_adjacency,
    graph,
    vertex_adjacency,
)
from polytropic.geometry.faces.bitsets import column_keys
from polytropic.geometry.faces.walk import Incidences
from tests.brute_force import primitive
from tests.geometry.face_oracles import (
    cell24,
    cross_polytope,
    cyclic,
    faces_by_definition,
    permutahedron,
    polyhedra,
    polytopes,
    santos_prismatoid,
)


def pairs_of(matrix):
    dense = matrix.toarray()
    assert dense.dtype == bool
    assert np.array_equal(dense, dense.T)
    return {(int(i), int(j)) for i, j in np.argwhere(dense) if i < j}


def by_definition(p):
    """Pairs of generators on edges, and of facets through ridges, from all faces."""
    levels = faces_by_definition(p)
    low = len(p.description.lineality)
    edges_ = set(levels[low + 1]) if p.dimension > low else set()
    facets = [set(np.flatnonzero(row).tolist()) for row in p.incidence]
    ridges = [set(f) for f in levels[p.dimension - 2]] if p.dimension - 2 >= low else []
    pairs = {tuple(i for i, facet in enumerate(facets) if ridge <= facet) for ridge in ridges}
    return edges_, pairs


@settings(max_examples=60)
@given(polyhedra(most=7))
def test_both_adjacencies_by_definition(p):
    edge_pairs, facet_pairs = by_definition(p)
    assert pairs_of(vertex_adjacency(p)) == edge_pairs
    if p.dimension - len(p.description.lineality) > 1:
        assert pairs_of(facet_adjacency(p)) == facet_pairs


@settings(max_examples=40)
@given(polyhedra(d=4, most=9))
def test_kernel_agrees_with_the_reference(p):
    incidences = Incidences.of(p)
    if incidences.rank < 2:
        return
    from polytropic.geometry.faces import adjacency as adjacency

    facets, generators = incidences.table, incidences.by_generator
    points = np.arange(incidences.n_generators) < incidences.n_points
    ones = np.ones(incidences.n_facets, dtype=bool)
    ways = [(generators, facets, ones, incidences.n_points),
            (facets, generators, points, incidences.n_facets)]  # fmt: skip
    for members, items, weighty, first in ways:
        expected = _neighbours_reference(members, weighty, first)
        old = adjacency._FEW
        adjacency._FEW = -1
        try:
            found = _neighbours(members, items, weighty, first, incidences.rank - 1)
        finally:
            adjacency._FEW = old
        assert found.tolist() == expected.tolist()


def cdd_adjacencies(points):
    """Pairs of points, and of primitive facet rows, that are adjacent according to cdd."""
    rows = [[Fraction(1), *map(Fraction, p)] for p in points]
    matrix = cdd.gmp.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
    poly = cdd.gmp.polyhedron_from_matrix(matrix)
    facets = [primitive(row) for row in cdd.gmp.copy_output(poly).array]
    vertex_pairs = {
        (min(i, j), max(i, j))
        for i, js in enumerate(cdd.gmp.copy_input_adjacency(poly))
        for j in js
    }
    facet_pairs = {
        frozenset((facets[i], facets[j]))
        for i, js in enumerate(cdd.gmp.copy_adjacency(poly))
        for j in js
    }
    return vertex_pairs, facet_pairs


@settings(max_examples=25)
@given(polytopes(4, least=5, most=9))
def test_against_cdd(p):
    if p.dimension < 4:
        return
    check_against_cdd(p)


def check_against_cdd(p):
    vertex_pairs, facet_pairs = cdd_adjacencies(p.vertices_exact.to_fractions().tolist())
    rows = [tuple(map(int, row)) for row in p.description.facets.tolist()]
    assert pairs_of(vertex_adjacency(p)) == vertex_pairs
    ours = {frozenset((rows[i], rows[j])) for i, j in pairs_of(facet_adjacency(p))}
    assert ours == facet_pairs


@pytest.mark.parametrize(
    "p",
    [cell24(), cyclic(10, 5), cross_polytope(5), Polytope.box(0, 1, dim=5), santos_prismatoid()],
)
def test_known_polytopes_against_cdd(p):
    check_against_cdd(p)


def test_long_ridges_need_more_than_one_key():
    """13 vertices out of 17 do not fit into one 64-bit key."""
    p = cyclic(17, 14)
    assert len(column_keys(np.zeros((1, 13), dtype=np.int64), 17)) == 2
    check_against_cdd(p)


def test_graphs_of_permutahedra_are_cayley_graphs():
    p = permutahedron(6)
    pairs = edges(p)
    assert len(pairs) == 1800
    differences = p.vertices[pairs[:, 1]] - p.vertices[pairs[:, 0]]
    assert (np.abs(differences).sum(axis=1) == 2).all()
    assert nx.diameter(graph(permutahedron(5))) == 10
    # Facets are proper non-empty subsets; they meet when one contains the other.
    expected = sum(comb(6, k) * (2**k - 2) for k in range(1, 6))
    assert facet_adjacency(p).nnz == 2 * expected


def test_cyclic_polytopes_are_neighbourly():
    assert len(edges(cyclic(20, 6))) == comb(20, 2)


def test_santos_prismatoid_has_width_six():
    """Between its two bases, facet by facet, it takes six steps, one more than its dimension."""
    p = santos_prismatoid()
    normals = p.facets.exact_A.numerators
    bases = [i for i, row in enumerate(normals.tolist()) if not any(row[:4])]
    steps = shortest_path(facet_adjacency(p), unweighted=True, indices=bases[0])
    assert len(bases) == 2
    assert steps[bases[1]] == 6


def test_points_on_a_sphere():
    rng = np.random.default_rng(0)
    points = rng.standard_normal((300, 5))
    p = Polytope.from_points(points / np.linalg.norm(points, axis=1)[:, None])
    table = facet_adjacency(p)
    assert (table.sum(axis=1) == 5).all()
    assert vertex_adjacency(p).nnz // 2 == len(edges(p))


def test_rays_and_degenerate_inputs():
    strip = Polytope.from_halfspaces([[1, 0], [-1, 0], [0, -1]], [1, 0, 0])
    assert pairs_of(vertex_adjacency(strip)) == {(0, 1), (0, 2), (1, 2)}
    assert len(pairs_of(facet_adjacency(strip))) == 2  # the two parallel sides do not meet
    wedge = Polytope.from_points([[0, 0, 0]], rays=np.eye(3, dtype=int))
    assert pairs_of(vertex_adjacency(wedge)) == {(0, 1), (0, 2), (0, 3)}
    assert facet_adjacency(wedge).nnz == 6
    assert vertex_adjacency(Polytope.empty(2)).shape == (0, 0)
    assert vertex_adjacency(Polytope.from_points([[]])).nnz == 0
    segment = Polytope.from_points([[0, 0], [1, 1]])
    assert pairs_of(facet_adjacency(segment)) == {(0, 1)}
    assert facet_adjacency(Polytope.from_points([[0]], rays=[[1]])).toarray().tolist() == [[False]]
    slab = Polytope.from_halfspaces([[1, 0], [-1, 0]], [1, 0])
    assert pairs_of(vertex_adjacency(slab)) == {(0, 1)}
    with pytest.raises(InputError, match="line"):
        graph(slab)
    assert graph(strip).number_of_edges() == 1

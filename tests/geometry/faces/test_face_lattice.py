"""Face lattices against their definition, networkx and closed formulas."""

import pickle
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Polytope
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.faces import faces
from polytropic.geometry.faces import lattice as module
from polytropic.geometry.faces import walk as face_walk
from polytropic.geometry.faces.lattice import face_lattice
from tests.geometry.face_oracles import (
    cell24,
    cross_polytope,
    cyclic,
    permutahedron,
    polyhedra,
    simplex,
)


def as_sets(lattice):
    return [frozenset(lattice.generators(i)) for i in range(len(lattice))]


def hasse(sets):
    """Covers of a family of sets, by definition."""
    return [
        (i, j)
        for i, a in enumerate(sets)
        for j, b in enumerate(sets)
        if a < b and not any(a < c < b for c in sets)
    ]


@settings(max_examples=25)
@given(polyhedra(most=6), st.data())
def test_order_meet_and_join_by_definition(p, data):
    lattice = face_lattice(p)
    sets = as_sets(lattice)
    assert sets[1:] == [frozenset(f) for level in faces(p) for f in level]
    assert [tuple(pair) for pair in lattice.covers.tolist()] == hasse(sets)
    places = st.integers(0, len(lattice) - 1)
    for _ in range(5):
        i, j = data.draw(places), data.draw(places)
        below = [k for k in range(len(sets)) if sets[k] <= sets[i] & sets[j]]
        above = [k for k in range(len(sets)) if sets[k] >= sets[i] | sets[j]]
        assert lattice.meet(i, j) == max(below, key=lambda k: len(sets[k]))
        assert lattice.join(i, j) == min(above, key=lambda k: len(sets[k]))
        assert lattice.is_below(i, j) == (sets[i] <= sets[j])
        between = [k for k in range(len(sets)) if sets[i] <= sets[k] <= sets[j]]
        assert lattice.interval(i, j).tolist() == between


@pytest.mark.parametrize("work", [1 << 29, -1])
@pytest.mark.parametrize(
    "p",
    [
        cell24(),
        cyclic(8, 4),
        permutahedron(4),
        Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 2, 0]], [[1, 1, 1], [0, 1, 1]]),
        Polytope.from_points([[0, 0, 0], [1, 1, 0]], [[1, 0, 0]], [[0, 0, 1]]),
        Polytope.from_points([[0, 0]], [[1, 0]]),
    ],
)
def test_covers_through_the_kernel_in_both_directions(p, work, monkeypatch):
    monkeypatch.setattr(face_walk, "_SMALL", -1)
    monkeypatch.setattr(module, "_WORK", work)
    lattice = face_lattice(p)
    assert [tuple(pair) for pair in lattice.covers.tolist()] == hasse(as_sets(lattice))


@pytest.mark.parametrize("p", [cell24(), cyclic(9, 5), permutahedron(5)])
def test_lattices_of_polytopes_are_eulerian(p):
    """Every interval of length two is a diamond; intervals have as many even as odd elements."""
    lattice = face_lattice(p)
    diagram = lattice.to_networkx()
    assert nx.is_directed_acyclic_graph(diagram)
    assert nx.dag_longest_path_length(diagram) == lattice.dimension + 1
    for lower in range(0, len(lattice), 7):
        for middle in diagram.successors(lower):
            for upper in diagram.successors(middle):
                assert len(lattice.interval(lower, upper)) == 4
    interval = lattice.interval(1, len(lattice) - 1)
    assert sum((-1) ** int(k) for k in lattice.dimensions[interval]) == 0


def test_flags():
    cube = face_lattice(Polytope.box(0, 1, dim=4))
    assert cube.flag_number([0, 1, 2, 3]) == 2**4 * 24
    assert cube.flag_number([]) == 1
    assert cube.flag_number([1]) == 32
    for p in (cell24(), cyclic(8, 4)):
        lattice = face_lattice(p)
        sets = [[frozenset(f) for f in level] for level in faces(p)]
        for low, middle in combinations(range(4), 2):
            expected = sum(a < b for a in sets[low] for b in sets[middle])
            assert lattice.flag_number([low, middle]) == expected
    assert face_lattice(cell24()).flag_number([0, 1, 2, 3]) == 1152
    assert face_lattice(simplex(5)).flag_number(range(5)) == 720
    with pytest.raises(InputError, match="increase"):
        cube.flag_number([2, 1])
    with pytest.raises(InputError, match="increase"):
        cube.flag_number([5])


def test_questions_about_faces():
    lattice = face_lattice(cross_polytope(3))
    assert lattice.f_vector == (6, 12, 8, 1)
    assert list(lattice.faces(2)) == list(range(19, 27))
    for face in lattice.faces(2):
        assert len(lattice.vertices(face)) == 3
        assert len(lattice.facets(face)) == 1
        assert lattice.face_of(lattice.vertices(face)) == face
    assert lattice.face_of([0, 5]) == len(lattice) - 1
    assert lattice.face_of([]) == 0
    assert lattice.facets(0) == tuple(range(8))
    assert np.array_equal(np.bitwise_count(lattice.facet_sets).sum(axis=1)[1:7], [4] * 6)
    for wrong in (-1, 28):
        with pytest.raises(InputError, match="face must lie"):
            lattice.vertices(wrong)
    with pytest.raises(InputError, match="generators must lie"):
        lattice.face_of([6])


def test_degenerate_lattices():
    empty = face_lattice(Polytope.empty(3))
    assert (len(empty), empty.f_vector, empty.dimension, len(empty.covers)) == (1, (), -1, 0)
    assert empty.meet(0, 0) == empty.join(0, 0) == 0
    point = face_lattice(Polytope.from_points([[]]))
    assert (point.f_vector, point.covers.tolist()) == ((1,), [[0, 1]])
    plane = face_lattice(Polytope.from_halfspaces([[0, 0]], [1]))
    assert (plane.f_vector, plane.dimensions.tolist()) == ((0, 0, 1), [-1, 2])
    assert plane.euler_characteristic == 1
    half = face_lattice(Polytope.from_points([[0, 0]], [[1, 0]]))
    assert half.covers.tolist() == [[0, 1], [1, 2]]
    assert half.vertices(2) == (0,)
    assert half.generators(2) == (0, 1)
    with pytest.raises(InputError, match="rays alone"):
        half.face_of([1])


def test_budget_and_pickle():
    with pytest.raises(BudgetError):
        face_lattice(cell24(), max_faces=100)
    lattice = pickle.loads(pickle.dumps(face_lattice(cell24())))
    assert lattice.f_vector == (24, 96, 96, 24, 1)
    assert repr(lattice) == "FaceLattice(f_vector=(24, 96, 96, 24, 1))"

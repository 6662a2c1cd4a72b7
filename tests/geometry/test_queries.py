"""The methods of polytopes are the functions of their modules; operators mean what sets mean."""

import numpy as np
import pytest
import shapely.geometry

from polytropic import Polytope
from polytropic.errors import EmptyPolytopeError, InputError

SQUARE = Polytope.box(-1, 1, dim=2)
DIAMOND = Polytope.from_points([[1, 0], [-1, 0], [0, 1], [0, -1]])


def test_operators():
    assert (SQUARE + DIAMOND).n_vertices == 8
    assert SQUARE & 2 * DIAMOND == SQUARE == SQUARE & DIAMOND * 2
    assert SQUARE | DIAMOND == SQUARE
    assert -SQUARE == SQUARE
    assert DIAMOND <= SQUARE
    assert SQUARE >= DIAMOND
    assert not SQUARE <= DIAMOND
    shifted = Polytope.from_points([[1, 2]]) + DIAMOND
    assert -shifted == Polytope.from_points([[-1, -2]]) + DIAMOND


@pytest.mark.parametrize(
    "use",
    [
        lambda: SQUARE + 3,
        lambda: SQUARE & 3,
        lambda: SQUARE | "x",
        lambda: SQUARE <= 5,
        lambda: SQUARE <= None,
    ],
)
def test_operators_with_anything_else_are_type_errors(use):
    with pytest.raises(TypeError):
        use()


def test_numbers_and_faces():
    cube = Polytope.box(0, 1, dim=3)
    assert (cube.f_vector, cube.volume) == ((8, 12, 6, 1), 1)
    assert cube.centroid.to_float().tolist() == [0.5] * 3
    assert len(cube.faces(1)) == len(cube.edges) == cube.graph().number_of_edges() == 12
    assert [len(level) for level in cube.faces()] == list(cube.f_vector)
    assert cube.vertex_adjacency().nnz == 24
    assert cube.facet_adjacency().nnz == 24
    assert cube.face_lattice().f_vector == cube.f_vector
    assert cube.normal_fan().is_complete
    assert cube.triangulation().shape == (6, 4)
    assert cube.chebyshev_ball().radius == 0.5
    assert cube.contains([cube.interior_point().to_float()]).all()
    assert (cube.is_simple, cube.is_simplicial, cube.is_zonotope) == (True, False, True)
    assert cube.is_lattice_polytope
    assert not cube.is_generalised_permutohedron
    assert len(cube.lattice_points()) == cube.ehrhart_polynomial()(1) == 8
    assert SQUARE.is_reflexive
    assert SQUARE.is_isomorphic(DIAMOND)
    assert cube.project([0, 2]) == Polytope.box(0, 1, dim=2)
    assert cube.slice([[1, 1, 1]], [1]).n_vertices == 3
    assert cube.polar().n_rays == 3


def test_directions():
    assert SQUARE.support([1, 2]) == 3
    assert SQUARE.support([[1, 2], [0, -1]]).tolist() == [3.0, 1.0]
    assert SQUARE.maximise([1, 0]).value == 1
    assert SQUARE.minimise([1, 0]).value == -1
    assert len(SQUARE.maximisers([[1, 0]])[0]) == 2


@pytest.mark.parametrize(
    "nothing",
    [
        Polytope.empty(1),
        Polytope.from_halfspaces([[1], [-1]], [0, -1]),
        Polytope.from_halfspaces([[1]], [5], [[1], [1]], [0, 1]),
    ],
    ids=["empty", "infeasible", "contradictory equations"],
)
def test_what_an_empty_polytope_cannot_answer_it_refuses_by_name(nothing):
    assert nothing.is_empty
    assert (nothing.n_vertices, nothing.n_facets, nothing.dimension) == (0, 0, -1)
    assert nothing.maximise([1]).status == "empty"
    for question in (
        lambda: nothing.support([1]),
        lambda: nothing.centroid,
        lambda: nothing.chebyshev_ball(),
        lambda: nothing.interior_point(),
        lambda: nothing.polar(),
        lambda: nothing.f_vector,
    ):
        with pytest.raises(EmptyPolytopeError):
            question()


def test_unbounded_questions_are_refused_by_name():
    ray = Polytope.from_points([[0]], rays=[[1]])
    for question in (lambda: ray.volume, lambda: ray.lattice_points(), lambda: ray.support([1])):
        with pytest.raises(InputError, match=r"unbounded|bounded"):
            question()
    assert ray.maximise([1]).status == "unbounded"
    assert np.isinf(ray.support([[1.0]])).all()


def test_files_and_pictures(tmp_path):
    cube = Polytope.box(0, 1, dim=3)
    for name in ("cube.ine", "cube.ext"):
        cube.write(tmp_path / name)
        assert Polytope.read(tmp_path / name) == cube
    cube.write(tmp_path / "cube.OFF")
    assert (tmp_path / "cube.OFF").read_text().startswith("OFF")
    assert shapely.geometry.shape(SQUARE).area == 4
    assert SQUARE._repr_svg_().startswith("<svg")
    assert cube._repr_svg_() is None

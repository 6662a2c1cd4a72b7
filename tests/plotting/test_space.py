"""Surfaces, cut cells and interactive scenes in space."""

import sys
from types import ModuleType

import numpy as np
import pytest
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from polytropic import (
    Network,
    Polytope,
    TropicalPolynomial,
    Zonotope,
    decision_boundary,
    linear_regions,
    plot,
    random_network,
    volume,
)
from polytropic.errors import InputError
from polytropic.geometry.normal_fan import normal_fan
from polytropic.plotting.clipping import Face, clip_polygon, cut_faces, flat_hull
from polytropic.plotting.interactive import plotly_figure
from polytropic.plotting.space_cells import Window
from tests.plotting.pictures import of_kind

BOX = Polytope.box(-1, 1, dim=3)


def triangles(scene):
    """Corners of all triangles, shape (n, 3, 3)."""
    return np.concatenate([mesh.points[mesh.triangles] for mesh in scene.meshes])


def enclosed(scene):
    """Volume inside closed surfaces, by the divergence theorem, whatever their orientation."""
    total = 0.0
    for mesh in scene.meshes:
        corners = mesh.points[mesh.triangles]
        inside = mesh.points.mean(axis=0)
        total += np.abs(np.linalg.det(corners - inside)).sum() / 6
    return total


def area_of(scene):
    corners = triangles(scene)
    sides = corners[:, 1:] - corners[:, :1]
    return np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1).sum() / 2


# -- clipping ------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(4))
def test_cutting_a_box_gives_the_polytope(seed):
    rng = np.random.default_rng(seed)
    A, b = rng.integers(-4, 5, (6, 3)), rng.integers(1, 4, 6)
    A = A[np.abs(A).sum(axis=1) > 0]
    exact = Polytope.from_halfspaces(
        np.concatenate([A, np.eye(3, dtype=int), -np.eye(3, dtype=int)]),
        np.concatenate([b[: len(A)], np.ones(6, dtype=int)]),
    )
    size = np.linalg.norm(A, axis=1)
    rows = zip(A / size[:, None], b[: len(A)] / size, range(len(A)), strict=True)
    faces = Window.of(BOX).intersect(list(rows))
    corners = np.unique(np.round(np.concatenate([f.corners for f in faces]), 9), axis=0)
    assert len(faces) == exact.n_facets
    np.testing.assert_allclose(
        corners[np.lexsort(corners.T)],
        exact.vertices[np.lexsort(np.round(exact.vertices, 9).T)],
        atol=1e-9,
    )


def test_segments_and_points_are_clipped_too():
    half = np.array([1.0, 0, 0])
    segment = np.array([[0.0, 0, 0], [2, 0, 0]])
    assert clip_polygon(segment, half, 1.0).tolist() == [[0, 0, 0], [1, 0, 0]]
    assert len(clip_polygon(segment, half, -1.0)) == 0
    assert clip_polygon(segment[:1], half, 1.0).tolist() == [[0, 0, 0]]


def test_a_plane_that_only_touches_cuts_nothing():
    faces = list(Window.of(BOX).faces)
    assert cut_faces(faces, np.array([1.0, 0, 0]), 1.0) is faces
    assert cut_faces(faces, np.array([1.0, 0, 0]), -1.5) == []
    assert isinstance(faces[0], Face)
    assert len(flat_hull(np.array([[1.0, 2, 3]]))) == 1


# -- surfaces ------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(3))
def test_a_surface_is_where_two_monomials_tie(seed):
    rng = np.random.default_rng(seed)
    f = TropicalPolynomial(rng.integers(0, 4, (9, 3)), rng.integers(-3, 4, 9))
    frame = (-3, -3, -3, 3, 3, 3)
    scene = plot(f, frame=frame).scene
    points = triangles(scene).mean(axis=1)
    assert np.abs(points).max() <= 3 + 1e-9
    values = np.sort(f.exponents @ points.T + f.coefficients[:, None], axis=0)
    np.testing.assert_allclose(values[-1], values[-2], atol=1e-8)
    # Nothing is missing: every change of the winner along a random line is on a triangle.
    ends = rng.uniform(-3, 3, (60, 2, 3))
    steps = ends[:, :1] + np.linspace(0, 1, 400)[:, None] * (ends[:, 1:] - ends[:, :1])
    winners = np.argmax(steps @ f.exponents.T + f.coefficients, axis=2)
    changes = (winners[:, 1:] != winners[:, :-1]).any(axis=1)
    hits = np.array([_hits(triangles(scene), *pair) for pair in ends])
    assert (hits >= changes).all()


def _hits(corners, a, b):
    """Whether a segment meets a triangle (Möller and Trumbore)."""
    p, q, r = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    along = b - a
    cross = np.cross(along, r)
    det = np.einsum("ij,ij->i", q, cross)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.einsum("ij,ij->i", a - p, cross) / det
        other = np.cross(a - p, q)
        v = other @ along / det
        t = np.einsum("ij,ij->i", r, other) / det
    slack = 1e-7
    return ((u >= -slack) & (v >= -slack) & (u + v <= 1 + slack) & (t >= 0) & (t <= 1)).any()


def test_the_boundary_of_a_ball_in_the_one_norm():
    absolute = np.concatenate([np.eye(3, dtype=int), -np.eye(3, dtype=int)])
    net = Network.from_layers([(absolute, [0] * 6), ([[1] * 6], [-1])])
    for boundary in (decision_boundary(net), decision_boundary(net, domain=BOX)):
        style = {"superset": False} if hasattr(boundary, "ties") else {}
        assert area_of(plot(boundary, **style).scene) == pytest.approx(4 * 3**0.5)


def test_walls_of_the_fan_of_a_cube_are_the_planes_of_coordinates():
    scene = plot(normal_fan(BOX)).scene
    assert area_of(scene) == pytest.approx(3 * 4)


def test_planes_of_an_arrangement_end_at_the_window():
    from polytropic import HyperplaneArrangement

    planes = HyperplaneArrangement([[1, 0, 0], [1, 1, 0]], [0, 0])
    scene = plot(planes, frame=(-1, -1, -1, 1, 1, 1)).scene
    assert area_of(scene) == pytest.approx(4 + 4 * 2**0.5)


# -- cells cut open ------------------------------------------------------------------------------
def test_cut_cells_fill_the_part_of_the_domain():
    regions = linear_regions(random_network(3, [5, 4], rng=0), BOX)
    corner = Polytope.from_halfspaces([[1, 1, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1]], [1, 1, 1, 1])
    everything = enclosed(plot(regions, explode=0.1).scene)
    assert everything == pytest.approx(8)
    inside = Polytope.from_halfspaces(
        np.concatenate([corner.halfspaces[0], BOX.halfspaces[0]]),
        np.concatenate([corner.halfspaces[1], BOX.halfspaces[1]]),
    )
    assert enclosed(plot(regions, frame=corner, explode=0.1).scene) == pytest.approx(
        float(volume(inside))
    )


def test_unbounded_cells_fill_their_window():
    regions = linear_regions(random_network(3, [4, 3], rng=1))
    assert not regions.is_bounded.all()
    scene = plot(regions, frame=(-2, -1, 0, 2, 1, 3), explode=0.2).scene
    assert enclosed(scene) == pytest.approx(4 * 2 * 3)


def test_an_unbounded_polyhedron_is_cut():
    octant = Polytope.from_halfspaces(-np.eye(3, dtype=int), [0, 0, 0])
    assert enclosed(plot(octant, frame=(-1, -1, -1, 2, 2, 2)).scene) == pytest.approx(8)
    line = plot(Polytope.from_points([[0, 0, 0]], lines=[[1, 1, 1]]), frame=(-1, -1, -1, 1, 1, 1))
    ends = np.concatenate([lines.ends.reshape(-1, 3) for lines in line.scene.lines])
    np.testing.assert_allclose(np.sort(ends[:, 0]), [-1, 1])


def test_cells_of_a_subdivision_in_space_fill_the_newton_polytope():
    rng = np.random.default_rng(0)
    f = TropicalPolynomial(rng.integers(0, 4, (10, 3)), rng.integers(-3, 4, 10))
    scene = plot(f.dual_subdivision(), explode=0.1).scene
    assert enclosed(scene) == pytest.approx(float(volume(f.newton_polytope())))


# -- interactive ---------------------------------------------------------------------------------
def test_scenes_hold_every_facet_also_those_that_are_not_seen():
    drawing = plot(BOX)
    assert len(triangles(drawing.scene)) == 12
    assert area_of(drawing.scene) == pytest.approx(24)
    assert enclosed(plot(linear_regions(random_network(3, [3], rng=0), BOX)).scene) > 7.99
    assert plot(Polytope.box(0, 1, dim=2)).scene is None
    assert of_kind(drawing, Poly3DCollection)


def test_plotly_gets_plain_lists():
    scene = plot(Zonotope([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])).scene
    figure = plotly_figure(scene)
    mesh, front, back, *dots = figure["data"]
    assert (mesh["type"], len(mesh["i"]), len(mesh["facecolor"])) == ("mesh3d", 24, 24)
    assert max(mesh["i"] + mesh["j"] + mesh["k"]) < len(mesh["x"])
    segments = sum(x is None for x in front["x"] + back["x"])
    assert segments == 24  # edges, each followed by a gap
    assert (front["line"]["dash"], back["line"]["dash"]) == ("solid", "dash")
    assert sum(len(trace["x"]) for trace in dots) == 14
    assert figure["layout"]["scene"]["aspectmode"] == "data"
    import json

    json.dumps(figure, allow_nan=False)


class _Recorder(ModuleType):
    """Stands for a package that is not there, and remembers what it was given."""

    def __init__(self, name):
        super().__init__(name)
        self.calls = []

    def Figure(self, given):
        self.calls.append(given)
        return self

    def Plotter(self):
        return self

    def PolyData(self, points, **cells):
        self.calls.append((points, cells))
        body = ModuleType("body")
        body.cell_data = {}
        return body

    def add_mesh(self, body, **look):
        self.calls.append(look)

    def add_points(self, points, **look):
        self.calls.append((points, look))


def test_other_backends_get_the_scene(monkeypatch):
    plotly, vista = _Recorder("plotly.graph_objects"), _Recorder("pyvista")
    monkeypatch.setitem(sys.modules, "plotly", ModuleType("plotly"))
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", plotly)
    monkeypatch.setitem(sys.modules, "pyvista", vista)
    drawing = plot(BOX, backend="plotly", colour="red")
    assert drawing.figure is plotly
    assert plotly.calls[0] == plotly_figure(plot(BOX, colour="red").scene)
    plot(BOX, backend="pyvista")
    points, cells = vista.calls[0]
    assert len(points) == 24
    assert cells["faces"].reshape(-1, 4)[:, 0].tolist() == [3] * 12
    with pytest.raises(InputError, match="is flat"):
        plot(Polytope.box(0, 1, dim=2), backend="plotly")


@pytest.mark.parametrize("backend", ["plotly", "pyvista"])
def test_a_missing_package_is_named(monkeypatch, backend):
    module = {"plotly": "plotly.graph_objects"}.get(backend, backend)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"polytropic\[{backend}\]"):
        plot(BOX, backend=backend)

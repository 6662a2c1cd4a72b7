"""Meshes, read back: closed, oriented outwards, and around the same volume."""

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from polytropic.errors import EmptyPolytopeError, FormatError, InputError
from polytropic.geometry.faces import f_vector
from polytropic.geometry.formats.meshes import to_obj, to_off, to_ply, to_stl, write_mesh
from polytropic.geometry.formats.polygons import counterclockwise
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume


def read_off(text):
    magic, counts, *lines = text.splitlines()
    n, k, e = map(int, counts.split())
    assert magic == "OFF"
    assert len(lines) == n + k
    points = [tuple(map(Fraction, line.split())) for line in lines[:n]]
    polygons = []
    for line in lines[n:]:
        size, *corners = map(int, line.split())
        assert size == len(corners)
        polygons.append(corners)
    assert e == len({frozenset(side) for polygon in polygons for side in sides(polygon)})
    return points, polygons


def read_obj(text):
    points, polygons = [], []
    for line in text.splitlines():
        kind, *words = line.split()
        if kind == "v":
            points.append(tuple(map(Fraction, words)))
        else:
            assert kind == "f"
            polygons.append([int(word) - 1 for word in words])
    return points, polygons


def read_ply(text):
    head, body = text.split("end_header\n")
    words = head.split()
    n, k = (int(words[words.index(name) + 1]) for name in ("vertex", "face"))
    assert head.startswith("ply\nformat ascii 1.0\n")
    assert head.count("property double") == 3
    lines = body.splitlines()
    assert len(lines) == n + k
    points = [tuple(map(Fraction, line.split())) for line in lines[:n]]
    polygons = [list(map(int, line.split())) for line in lines[n:]]
    assert all(polygon[0] == len(polygon) - 1 for polygon in polygons)
    return points, [polygon[1:] for polygon in polygons]


def read_stl(text):
    points, polygons = {}, []
    for line in text.splitlines():
        words = line.split()
        if words[0] == "facet":
            polygons.append([])
        elif words[0] == "vertex":
            point = tuple(map(Fraction, words[1:]))
            polygons[-1].append(points.setdefault(point, len(points)))
    assert all(len(polygon) == 3 for polygon in polygons)
    return list(points), polygons


READERS = {"off": (to_off, read_off), "obj": (to_obj, read_obj), "ply": (to_ply, read_ply),
           "stl": (to_stl, read_stl)}  # fmt: skip


def sides(polygon):
    return list(zip(polygon, [*polygon[1:], polygon[0]], strict=True))


def signed_volume(points, polygons):
    """Sum of the tetrahedra from the origin over a fan in every polygon."""
    total = Fraction(0)
    for first, *rest in polygons:
        for second, third in pairwise(rest):
            a, b, c = points[first], points[second], points[third]
            total += (
                a[0] * (b[1] * c[2] - b[2] * c[1])
                - a[1] * (b[0] * c[2] - b[2] * c[0])
                + a[2] * (b[0] * c[1] - b[1] * c[0])
            )
    return total / 6


def check_mesh(polytope, points, polygons, *, triangles=False):
    edges = Counter(side for polygon in polygons for side in sides(polygon))
    # Closed and consistently oriented: every side is there once, and once in the other direction.
    assert set(edges.values()) == {1}
    assert all((j, i) in edges for i, j in edges)
    n_vertices, n_edges, n_facets, _ = f_vector(polytope)
    assert set(points) == {tuple(map(Fraction, v)) for v in polytope.vertices.tolist()}
    assert len(points) - len(edges) // 2 + len(polygons) == 2
    if not triangles:
        assert (len(points), len(edges) // 2, len(polygons)) == (n_vertices, n_edges, n_facets)


CUBE = Polytope.box(0, 1, dim=3)
SOLIDS = {
    "cube": CUBE,
    "tetrahedron": Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    "octahedron": Polytope.from_points(np.vstack([np.eye(3), -np.eye(3)])),
    "pyramid off the origin": Polytope.from_points(
        [[5, 5, 5], [7, 5, 5], [7, 7, 5], [5, 7, 5], [6, 6, 9], [6, 5, 5]]
    ),
    "permutahedron": Polytope.from_points(
        [[x, y, z] for x in range(4) for y in range(4) for z in range(4) if len({x, y, z}) == 3]
    ),
    "prism over a 300-gon": Polytope.from_points(
        [[x, x * x, z] for x in range(300) for z in (0, 1)]
    ),
}


@pytest.mark.parametrize("name", SOLIDS)
@pytest.mark.parametrize("kind", READERS)
def test_solids_read_back(name, kind):
    write, read = READERS[kind]
    points, polygons = read(write(SOLIDS[name]))
    check_mesh(SOLIDS[name], points, polygons, triangles=kind == "stl")
    assert signed_volume(points, polygons) == volume(SOLIDS[name])


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=4, max_size=12))
def test_random_solids_read_back(points):
    polytope = Polytope.from_points(points)
    assume(polytope.dimension == 3)
    for kind, (write, read) in READERS.items():
        corners, polygons = read(write(polytope))
        check_mesh(polytope, corners, polygons, triangles=kind == "stl")
        assert signed_volume(corners, polygons) == volume(polytope)


@pytest.mark.parametrize("name", ["cube", "octahedron", "permutahedron"])
def test_normals_of_stl_are_unit_and_point_outside(name):
    text = to_stl(SOLIDS[name]).split()
    starts = [i for i, word in enumerate(text) if word == "normal"]
    normals = np.array([[float(x) for x in text[i + 1 : i + 4]] for i in starts])
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, rtol=1e-15)
    points, polygons = read_stl(to_stl(SOLIDS[name]))
    p = np.array(points, dtype=float)
    for normal, (a, b, c) in zip(normals, polygons, strict=True):
        cross = np.cross(p[b] - p[a], p[c] - p[a])
        np.testing.assert_allclose(cross / np.linalg.norm(cross), normal, atol=1e-15)


@pytest.mark.parametrize("kind", READERS)
def test_a_flat_polygon_is_seen_from_the_positive_side(kind):
    write, read = READERS[kind]
    square = Polytope.from_points([[0, 0, 1], [2, 0, 1], [0, 2, 1], [2, 2, 1]])
    points, polygons = read(write(square))
    area = Fraction(0)
    for polygon in polygons:
        area += sum(points[i][0] * points[j][1] - points[j][0] * points[i][1]
                    for i, j in sides(polygon)) / 2  # fmt: skip
    assert (area, len(polygons)) == (4, 2 if kind == "stl" else 1)
    tilted = Polytope.from_points([[0, 0, 0], [1, 0, -1], [0, 1, -1]])
    (polygon,) = read_obj(to_obj(tilted))[1]  # its normal is (1, 1, 1)
    assert set(sides(polygon)) == {(0, 2), (2, 1), (1, 0)}


def test_long_polygons_are_counted_in_integers():
    assert "property list uint int" in to_ply(SOLIDS["prism over a 300-gon"])
    assert "property list uchar int" in to_ply(CUBE)


def test_coordinates_read_back_as_the_same_floats():
    rng = np.random.default_rng(0)
    polytope = Polytope.from_points(rng.standard_normal((20, 3)) * [1e-200, 1, 1e200])
    for kind, (write, _) in READERS.items():
        numbers = {float(word) for word in write(polytope).split() if word[-1].isdecimal()}
        assert set(polytope.vertices.ravel().tolist()) <= numbers, kind


def test_orientation_beyond_the_reach_of_floats():
    """A cube of side 1 around 10^30: rounded it is one point, but its mesh is right."""
    shifted = Polytope.from_points(
        [[10**30 + x, y, 10**30 + z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    )
    points, polygons = zip(*(read_off(to_off(p)) for p in (CUBE, shifted)), strict=True)
    assert polygons[0] == polygons[1]
    assert len(points[1]) == 8


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.fractions(-4, 4, max_denominator=5)] * 2), min_size=1, max_size=9))
def test_cyclic_order_is_counterclockwise(points):
    polygon = Polytope.from_points(points)
    order = counterclockwise(polygon.vertices_exact)
    corners = [polygon.vertices_exact.to_fractions()[i] for i in order]
    assert sorted(order) == list(range(polygon.n_vertices))
    assert order[0] == 0
    for a, b, c in zip(corners, corners[1:] + corners[:1], corners[2:] + corners[:2], strict=True):
        turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        assert turn > 0 or polygon.dimension < 2
    angles = [
        math.atan2(*(b - a)[::-1]) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    falls = sum(a > b for a, b in zip(angles, angles[1:] + angles[:1], strict=True))
    assert falls == 1 or polygon.dimension < 2  # around once


# -- files and refusals ----------------------------------------------------------------------------
@pytest.mark.parametrize("suffix", [".off", ".obj", ".ply", ".stl", ".STL"])
def test_suffix_chooses_the_format(tmp_path, suffix):
    path = tmp_path / f"cube{suffix}"
    write_mesh(CUBE, path)
    assert path.read_text() == READERS[suffix[1:].lower()][0](CUBE)


def test_refusals(tmp_path):
    with pytest.raises(FormatError, match=r"no known mesh format.*\.off, \.obj, \.ply, \.stl"):
        write_mesh(CUBE, tmp_path / "cube.gltf")
    with pytest.raises(InputError, match="this polytope in 2"):
        to_off(Polytope.box(0, 1, dim=2))
    with pytest.raises(EmptyPolytopeError):
        to_obj(Polytope.empty(3))
    with pytest.raises(InputError, match="unbounded"):
        to_ply(Polytope.from_points([[0, 0, 0]], rays=np.eye(3)))
    with pytest.raises(InputError, match="this one has 1"):
        to_stl(Polytope.from_points([[0, 0, 0], [1, 1, 1]]))
    with pytest.raises(InputError, match="beyond the range of float64"):
        to_off(Polytope.from_points([[0, 0, 0], [10**400, 0, 0], [0, 1, 0], [0, 0, 1]]))

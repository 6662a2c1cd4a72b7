"""Pictures for notebooks, read back as XML."""

import re
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import InputError
from polytropic.geometry.formats.pictures import svg
from polytropic.geometry.polytope import Polytope

SVG = "{http://www.w3.org/2000/svg}"
UP, RIGHT = [0, 1], [1, 0]


def parse(polytope, **options):
    root = ElementTree.fromstring(svg(polytope, **options))
    assert root.tag == f"{SVG}svg"
    x, y, width, height = map(float, root.get("viewBox").split())
    assert (x, y) == (0, 0)
    assert (width, height) == (float(root.get("width")), float(root.get("height")))
    for points in numbers(root):
        assert (points >= 0).all()
        assert (points <= [width, height]).all()
    return root


def numbers(root):
    """Coordinates of everything that is drawn."""
    for polygon in root.iter(f"{SVG}polygon"):
        yield pairs(polygon.get("points"))
    for path in root.iter(f"{SVG}path"):
        yield pairs(path.get("d"))
    for circle in root.iter(f"{SVG}circle"):
        yield np.array([[float(circle.get("cx")), float(circle.get("cy"))]])


def pairs(text):
    return np.array([float(x) for x in re.findall(r"[-\d.]+", text)]).reshape(-1, 2)


def segments(root):
    """Edges that are drawn by themselves."""
    return [pairs(path.get("d")).reshape(-1, 2, 2) for path in root.iter(f"{SVG}path")]


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.integers(-5, 5)] * 2), min_size=1, max_size=8))
def test_polygons_are_drawn_to_scale(points):
    polytope = Polytope.from_points(points)
    root = parse(polytope, size=300)
    dots = np.array([[float(c.get(k)) for k in ("cx", "cy")] for c in root.iter(f"{SVG}circle")])
    size = np.ptp(polytope.vertices, axis=0).max()
    scale = 300 / size if size else 1
    wanted = (polytope.vertices - polytope.vertices[0]) * [scale, -scale]
    np.testing.assert_allclose(dots - dots[0], wanted, atol=0.011)
    if polytope.dimension == 2:
        (outline,) = [pairs(p.get("points")) for p in root.iter(f"{SVG}polygon")]
        assert len(outline) == polytope.n_vertices
        a, b = outline, np.roll(outline, -1, axis=0)
        assert (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() < 0  # y downwards: clockwise


@pytest.mark.parametrize(
    ("points", "title", "tags"),
    [
        ([[0, 0], [1, 0], [0, 1]], "polygon with 3 vertices", {"polygon": 1, "circle": 3}),
        ([[0, 0], [1, 1]], "segment", {"path": 1, "circle": 2}),
        ([[5, 5]], "point", {"circle": 1}),
    ],
)
def test_bounded(points, title, tags):
    root = parse(Polytope.from_points(points))
    assert root.find(f"{SVG}title").text == title
    found = [element.tag.removeprefix(SVG) for element in root.iter()]
    assert {tag: found.count(tag) for tag in ("polygon", "path", "circle") if tag in found} == tags


def test_empty():
    root = parse(Polytope.empty(2))
    assert root.find(f"{SVG}text").text == "empty"


UNBOUNDED = {
    # polyhedron: (edges that are drawn, dots)
    "quadrant": (Polytope.from_points([[0, 0]], rays=[UP, RIGHT]), 2, 1),
    "half strip": (Polytope.from_points([[0, 0], RIGHT], rays=[UP]), 3, 2),
    "strip": (Polytope.from_points([[0, 0], RIGHT], lines=[[1, 2]]), 2, 0),
    "half-plane": (Polytope.from_halfspaces([[1, 2]], [3]), 1, 0),
    "plane": (Polytope.from_halfspaces(np.zeros((0, 2)), []), 0, 0),
    "line": (Polytope.from_points([[1, 1]], lines=[[2, 1]]), 1, 0),
    "ray": (Polytope.from_points([[1, 1]], rays=[[2, 1]]), 1, 1),
    "far from the origin": (Polytope.from_points([[10**20, 0]], rays=[UP, RIGHT]), 2, 1),
}


@pytest.mark.parametrize("name", UNBOUNDED)
def test_unbounded_fades_and_shows_its_own_edges_only(name):
    polytope, n_edges, n_dots = UNBOUNDED[name]
    root = parse(polytope)
    assert sum(map(len, segments(root))) == n_edges
    assert len(list(root.iter(f"{SVG}circle"))) == n_dots
    (mask,) = root.iter(f"{SVG}mask")
    (group,) = root.iter(f"{SVG}g")
    assert group.get("mask") == f"url(#{mask.get('id')})"
    assert group.find(f"{SVG}circle") is None  # dots do not fade


def test_masks_have_one_name_exactly_if_they_are_the_same():
    """All pictures of a notebook are on one page and see each other's masks."""
    masks = [re.search(r"<defs>.*</defs>", svg(p)).group() for p, _, _ in UNBOUNDED.values()]
    names = [re.search(r'mask id="(\w+)"', mask).group(1) for mask in masks]
    assert len(set(zip(names, masks, strict=True))) == len(set(names)) == len(set(masks)) > 3


def test_vertices_are_well_within_what_is_shown():
    polytope = Polytope.from_points([[0, 0], [3, -1], [9, 0]], rays=[[1, 2], [-1, 4]])
    root = parse(polytope)
    gradient = next(root.iter(f"{SVG}radialGradient"))
    centre = np.array([float(gradient.get("cx")), float(gradient.get("cy"))])
    for circle in root.iter(f"{SVG}circle"):
        dot = np.array([float(circle.get("cx")), float(circle.get("cy"))])
        assert np.linalg.norm(dot - centre) < 0.6 * float(gradient.get("r"))


def test_moved_and_scaled_exactly():
    near = Polytope.from_points([[0, 0], [1, 0], [0, 1]])
    tiny = Fraction(1, 10**40)
    far = Polytope.from_points([[1, 1], [1 + tiny, 1], [1, 1 + tiny]])
    assert svg(near) == svg(far)


def test_many_vertices_are_not_dotted():
    found = {
        n: svg(Polytope.from_points([[x, x * x] for x in range(n)])).count("<circle")
        for n in (5, 60, 61, 400)
    }
    assert found == {5: 5, 60: 60, 61: 0, 400: 0}


def test_refusals():
    with pytest.raises(InputError, match="in dimension 3"):
        svg(Polytope.box(0, 1, dim=3))
    with pytest.raises(InputError, match="size must be positive"):
        svg(Polytope.box(0, 1, dim=2), size=0)

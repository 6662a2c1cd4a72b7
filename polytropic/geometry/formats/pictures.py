"""Small pictures of planar polyhedra, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.formats.polygons import counterclockwise
from polytropic.geometry.operations import intersection
from polytropic.geometry.polytope import Polytope

__all__ = ["svg"]

_COLOUR = "#3b6fb6"
_MARGIN = 8
_MOST_DOTS = 60  # beyond this many, dots are no vertices to the eye but a thick line
_REACH = Fraction(5, 2)  # how much further than its vertices an unbounded polyhedron is drawn


class _Frame(NamedTuple):
    """A rectangle of the plane, and how many pixels one unit is."""

    left: Fraction
    top: Fraction
    width: Fraction
    height: Fraction
    scale: Fraction

    def sides(self) -> tuple[float, float]:
        """Width and height of the whole picture, in pixels."""
        return (
            float(self.width * self.scale) + 2 * _MARGIN,
            float(self.height * self.scale) + 2 * _MARGIN,
        )

    def pixels(self, point: Sequence[Fraction]) -> str:
        x, y = (point[0] - self.left) * self.scale, (self.top - point[1]) * self.scale
        return f"{_short(_MARGIN + x)},{_short(_MARGIN + y)}"


def svg(polytope: Polytope, *, size: int = 200) -> str:
    """Picture of a polyhedron in the plane, as a standalone SVG document.

    Parameters
    ----------
    polytope : Polytope
        In R^2.  The y axis points upwards and both axes have the same scale; an unbounded
        polyhedron fades out where it goes on.
    size : int, optional
        Length of the longer side, in pixels, without a margin.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the polyhedron does not lie in the plane, or `size` is not positive.

    Notes
    -----
    Vertices are moved and scaled exactly before they are rounded, so that small polytopes far from
    the origin keep their shape.

    Examples
    --------
    >>> triangle = Polytope.from_points([[0, 0], [2, 0], [0, 1]])
    >>> '<polygon points="8,108 208,108 8,8"' in svg(triangle)
    True
    """
    if polytope.ambient_dimension != 2:
        raise InputError(
            f"a picture needs a polytope in the plane, this one lies in dimension "
            f"{polytope.ambient_dimension}; project it with affine_image first"
        )
    if size <= 0:
        raise InputError(f"size must be positive, got {size}")
    if polytope.is_empty:
        text = f'<text x="{_MARGIN}" y="24" font-family="sans-serif" fill="gray">empty</text>'
        return _document("empty polytope", 60, 32, text)
    shown, window = polytope, None
    if not polytope.is_bounded:
        window = _window(polytope)
        shown = intersection(polytope, window)
    frame = _frame(shown, size)
    body = _shape(polytope, shown, frame)
    if window is not None:
        body = _faded(body, window, frame)
    if len(polytope.lines_exact) == 0 and polytope.n_vertices <= _MOST_DOTS:
        points = polytope.vertices_exact.to_fractions().tolist()
        body += "".join(_dot(frame.pixels(point)) for point in points)
    return _document(_title(polytope), *frame.sides(), body)


def _frame(shown: Polytope, size: int) -> _Frame:
    (left, bottom), (right, top) = _bounds(shown)
    longer = max(right - left, top - bottom)
    scale = Fraction(size) / longer if longer else Fraction(1)
    return _Frame(left, top, right - left, top - bottom, scale)


def _window(polytope: Polytope) -> Polytope:
    """Square around the vertices of an unbounded polyhedron, larger than they need."""
    low, high = (np.array(bound, dtype=object) for bound in _bounds(polytope))
    longer = max(high - low)
    half = longer / 2 * _REACH if longer else Fraction(1)
    middle = (low + high) / 2
    return Polytope.box(middle - half, middle + half)


def _bounds(polytope: Polytope) -> tuple[list[Fraction], list[Fraction]]:
    points = polytope.vertices_exact.to_fractions()
    return points.min(axis=0).tolist(), points.max(axis=0).tolist()


def _shape(polytope: Polytope, shown: Polytope, frame: _Frame) -> str:
    """The polygon or segment that is shown, and those of its edges that are the polyhedron's."""
    points = [frame.pixels(corner) for corner in shown.vertices_exact.to_fractions().tolist()]
    if shown.dimension == 0:
        return ""
    if shown.dimension == 1:
        return _segments([(points[0], points[1])])
    order = counterclockwise(shown.vertices_exact)
    outline = " ".join(points[i] for i in order)
    edge = f'stroke="{_COLOUR}" stroke-width="2" stroke-linejoin="round"'
    if polytope.is_bounded:
        return f'<polygon points="{outline}" fill="{_COLOUR}" fill-opacity="0.25" {edge}/>'
    sides = [(i, j) for i, j in pairwise([*order, order[0]])]
    real = _on_facets(polytope, shown.vertices_exact)
    lines = [(points[i], points[j]) for i, j in sides if (real[:, i] & real[:, j]).any()]
    area = f'<polygon points="{outline}" fill="{_COLOUR}" fill-opacity="0.25"/>'
    return area + _segments(lines)


def _on_facets(polytope: Polytope, points: ExactArray) -> NDArray[np.bool_]:
    """Which points lie on which facets, shape (n_facets, n)."""
    A, b = polytope.facets.exact_A, polytope.facets.exact_b
    gaps = A @ points.T - ExactArray.concatenate([b.reshape(len(b), 1)] * len(points), axis=1)
    return np.array(gaps.numerators == 0, dtype=bool)


def _segments(pairs: list[tuple[str, str]]) -> str:
    path = "".join(f"M{start}L{end}" for start, end in pairs)
    return f'<path d="{path}" fill="none" stroke="{_COLOUR}" stroke-width="2"/>' if path else ""


def _dot(point: str) -> str:
    x, y = point.split(",")
    return f'<circle cx="{x}" cy="{y}" r="3" fill="{_COLOUR}"/>'


def _faded(body: str, window: Polytope, frame: _Frame) -> str:
    """Let everything vanish towards the sides of the window."""
    width, height = map(_short, frame.sides())
    low, high = _bounds(window)
    x, y = frame.pixels([(a + b) / 2 for a, b in zip(low, high, strict=True)]).split(",")
    circle = f'cx="{x}" cy="{y}" r="{_short((high[0] - low[0]) / 2 * frame.scale)}"'
    size = f'width="{width}" height="{height}"'
    # Pictures on one page share their names, so different masks must have different names.
    name = f"fade{crc32((circle + size).encode()):08x}"
    return (
        f'<defs><radialGradient id="{name}g" gradientUnits="userSpaceOnUse" {circle}>'
        f'<stop offset="0.6" stop-color="white"/><stop offset="1" stop-color="black"/>'
        f'</radialGradient><mask id="{name}" maskUnits="userSpaceOnUse" x="0" y="0" {size}>'
        f'<rect {size} fill="url(#{name}g)"/></mask></defs><g mask="url(#{name})">{body}</g>'
    )


def _document(title: str, width: float, height: float, body: str) -> str:
    w, h = _short(width), _short(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
        f"<title>{title}</title>{body}</svg>"
    )


def _title(polytope: Polytope) -> str:
    if not polytope.is_bounded:
        return f"unbounded polyhedron of dimension {polytope.dimension}"
    if polytope.dimension == 2:
        return f"polygon with {polytope.n_vertices} vertices"
    return "segment" if polytope.dimension else "point"


def _short(value: Fraction | float) -> str:
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

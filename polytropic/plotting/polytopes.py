"""Polytopes on the line, in the plane and in space."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.complexes import Cell
from polytropic.geometry.polytope import Polytope
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.clipping import Face
from polytropic.plotting.colours import PALETTE, lighter
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.fading import add_veil
from polytropic.plotting.frames import (
    Frame,
    apply_frame,
    choose_frame,
    choose_line_frame,
    is_in_use,
)
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.region_solids import draw_cells
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.solids import Solid, add_solid
from polytropic.plotting.space_cells import SpaceComplex, choose_window
from polytropic.plotting.style import BOLD, MEDIUM, dot_area, finer

__all__ = ["check_dimension", "solid_of"]


@draw.register
def _cell(obj: Cell, ax: Axes | None = None, **style: Any) -> Drawing:
    return draw(obj.polytope, ax, **style)


@draw.register
def _polytope(
    obj: Polytope,
    ax: Axes | None = None,
    *,
    colour: Any = PALETTE[0],
    frame: Any = None,
    fade: bool = True,
) -> Drawing:
    check_dimension(obj)
    if obj.is_empty:
        raise EmptyPolytopeError("the polytope is empty: there is nothing to draw")
    if obj.ambient_dimension == 3:
        return _in_space(obj, ax, colour, frame)
    return _in_plane(obj, ax, colour, frame, fade)


def check_dimension(obj: Any) -> None:
    """Refuse what lies in no space that can be seen."""
    if not 1 <= obj.ambient_dimension <= 3:
        raise InputError(
            f"a {type(obj).__name__} in dimension {obj.ambient_dimension} cannot be drawn: only "
            "those in dimensions 1 to 3 can"
        )


# -- the line and the plane ----------------------------------------------------------------------
def _in_plane(obj: Polytope, ax: Axes | None, colour: Any, given: Any, fade: bool) -> Drawing:
    is_line = obj.ambient_dimension == 1
    plane = PlaneComplex(obj.description.generators, obj.description.lineality)
    if is_line:
        frame = choose_line_frame(given, ax, plane.vertices(), 0.2)
    else:
        frame = choose_frame(given, ax, plane.vertices(), 0.12 if obj.is_bounded else 0.35)
    keep = given is None and is_in_use(ax)
    ax = canvas(ax, ("$x$", "") if is_line else ("$x_1$", "$x_2$"))
    body, boundary = _pieces(obj, plane, frame)
    pale = lighter(colour)
    artists: list[Artist | None] = [
        add_areas(ax, [body[i] for i in areas(body)], facecolors=[pale], edgecolors=[pale]),
        add_lines(ax, [body[i] for i in segments(body)], colors=[colour], linewidths=BOLD),
        add_lines(ax, boundary, linewidths=finer(1.3 * MEDIUM, len(boundary))),
    ]
    if not plane.has_lines:
        artists.append(add_dots(ax, plane.vertices(), s=dot_area(obj.n_vertices)))
    if fade and not plane.is_bounded and not is_line:
        artists.append(add_veil(ax, frame))
    if not keep:
        _apply(ax, frame, is_line)
    return drawn(ax, artists)


def _pieces(
    obj: Polytope, plane: PlaneComplex, frame: Frame
) -> tuple[list[FloatArray], list[FloatArray]]:
    """The polytope itself, and the edges around it, as far as they are in the frame."""
    everything = range(len(obj.description.generators))
    body = plane.pieces([everything], frame)
    if obj.dimension < 2:
        return body, []
    facets = [np.flatnonzero(row).tolist() for row in obj.description.incidence]
    edges = plane.pieces(facets, frame)
    return body, [edges[i] for i in segments(edges)]


def _apply(ax: Axes, frame: Frame, is_line: bool) -> None:
    if not is_line:
        apply_frame(ax, frame)
        return
    ax.set_xlim(frame.xmin, frame.xmax)
    ax.set_ylim(frame.ymin, frame.ymax)
    ax.set_yticks([])


# -- space ---------------------------------------------------------------------------------------
def solid_of(obj: Polytope) -> Solid:
    """A bounded polytope as a solid with ordered facets."""
    facets = tuple(tuple(np.flatnonzero(row).tolist()) for row in obj.incidence)
    return Solid(obj.vertices, facets, obj.dimension)


def _in_space(obj: Polytope, ax: Axes | None, colour: Any, frame: Any) -> Drawing:
    if frame is not None or not obj.is_bounded:
        return _cut(obj, ax, colour, frame)
    marks = SpaceMarks(solid_canvas(ax))
    add_solid(marks, solid_of(obj), colour)
    return drawn_in_space(marks)


def _cut(obj: Polytope, ax: Axes | None, colour: Any, frame: Any) -> Drawing:
    """The part of a polyhedron inside a window."""
    space = SpaceComplex(obj.description.generators, obj.description.lineality)
    window = choose_window(frame, ax, space.vertices)
    marks = SpaceMarks(solid_canvas(ax))
    if obj.dimension < 3:
        piece = space.piece(range(len(space.places)), window)
        if not len(piece):
            raise InputError("nothing lies inside the frame")
        solid = Solid(piece, (tuple(range(len(piece))),), len(piece) - 1 if len(piece) < 3 else 2)
        add_solid(marks, solid, colour)
        return drawn_in_space(marks)
    A, b = obj.halfspaces
    sizes = np.linalg.norm(A, axis=1)
    rows = zip(A / sizes[:, None], (b / sizes).tolist(), range(len(b)), strict=True)
    faces = window.intersect(list(rows))
    if not faces:
        raise InputError("nothing lies inside the frame")
    # What the window cuts off has no edges there: pale where it goes on.
    pale = np.array([lighter(colour, 0.35)])
    return draw_cells(marks, [[Face(f.corners, f.normal) for f in faces]], pale, 0.0)

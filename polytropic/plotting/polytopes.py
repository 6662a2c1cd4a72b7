"""Polytopes and zonotopes on the line, in the plane and in space."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.zonotopes.zonotope import Zonotope
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import PALETTE, lighter
from polytropic.plotting.dispatch import plot
from polytropic.plotting.drawing import Drawing, canvas, drawn, solid_canvas
from polytropic.plotting.frames import (
    Frame,
    apply_frame,
    choose_frame,
    choose_line_frame,
    is_in_use,
)
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.solids import Solid, add_solid
from polytropic.plotting.style import BOLD, MEDIUM, dot_area, finer

__all__: list[str] = []


@plot.register
def _zonotope(
    obj: Zonotope, ax: Axes | None = None, *, colour: str = PALETTE[0], frame: Any = None
) -> Drawing:
    if obj.ambient_dimension > 3:
        _refuse(obj)
    return _polytope(obj.to_polytope(), ax, colour=colour, frame=frame)


@plot.register
def _polytope(
    obj: Polytope, ax: Axes | None = None, *, colour: str = PALETTE[0], frame: Any = None
) -> Drawing:
    if obj.ambient_dimension > 3:
        _refuse(obj)
    if obj.is_empty:
        raise EmptyPolytopeError("the polytope is empty: there is nothing to draw")
    if obj.ambient_dimension == 3:
        return _in_space(obj, ax, colour, frame)
    return _in_plane(obj, ax, colour, frame)


def _refuse(obj: Polytope | Zonotope) -> None:
    raise InputError(
        f"a {type(obj).__name__} in dimension {obj.ambient_dimension} cannot be drawn: only those "
        "in dimensions 1 to 3 can"
    )


# -- the line and the plane ----------------------------------------------------------------------
def _in_plane(obj: Polytope, ax: Axes | None, colour: str, given: Any) -> Drawing:
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
def _in_space(obj: Polytope, ax: Axes | None, colour: str, frame: Any) -> Drawing:
    if frame is not None:
        raise InputError("frame clips drawings in the plane; in space leave it out")
    if not obj.is_bounded:
        raise InputError(
            "an unbounded polyhedron in dimension 3 cannot be drawn: add the inequalities of a box"
        )
    axes = solid_canvas(ax)
    facets = tuple(tuple(np.flatnonzero(row).tolist()) for row in obj.description.incidence)
    solid = Solid(obj.vertices, facets, obj.dimension)
    return drawn(axes, add_solid(axes, solid, colour))

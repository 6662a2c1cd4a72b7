"""Tropical curves in the plane, and graphs of tropical polynomials in one variable."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.text import Text

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import PALETTE, darker
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.duality import cell_colours, check_colour_by, region_colours
from polytropic.plotting.fading import add_veil
from polytropic.plotting.frames import (
    Frame,
    apply_frame,
    choose_frame,
    choose_line_frame,
    is_in_use,
)
from polytropic.plotting.labels import Labels
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.space_cells import SpaceComplex, choose_window
from polytropic.plotting.style import DOT, INK, MEDIUM, dot_area, finer
from polytropic.plotting.surfaces import add_pieces, add_window, pieces_in
from polytropic.tropical.hypersurface import TropicalHypersurface
from polytropic.tropical.polynomial import TropicalPolynomial

__all__: list[str] = []

_CLEARANCE = 0.06
"""Edges of less than twice this part of the frame are too short for a weight."""


@draw.register
def _polynomial(obj: TropicalPolynomial, ax: Axes | None = None, **style: Any) -> Drawing:
    return draw(obj.hypersurface(), ax, **style)


@draw.register
def _hypersurface(
    obj: TropicalHypersurface,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    colour_by: str = "cells",
    colour: Any = PALETTE[0],
    weights: bool = True,
    labels: bool = False,
    fade: bool = True,
) -> Drawing:
    check_colour_by(colour_by, ("cells", "regions"))
    f = obj.polynomial
    if f.n_variables == 1:
        return _graph(f, ax, frame)
    if f.n_variables == 3:
        return _surface(obj, ax, frame, colour)
    if f.n_variables != 2:
        raise InputError(
            f"a tropical hypersurface in {f.n_variables} variables cannot be drawn: only surfaces "
            "(three variables), curves (two) and graphs (one) can"
        )
    return _curve(obj, ax, frame, colour_by, (weights, labels, fade))


# -- surfaces ------------------------------------------------------------------------------------
def _surface(obj: TropicalHypersurface, ax: Axes | None, given: Any, colour: Any) -> Drawing:
    cells = obj.complex
    space = SpaceComplex(cells.generators, cells.lineality)
    points = space.vertices if len(space.vertices) else np.zeros((1, 3))
    window = choose_window(given, ax, points)
    marks = SpaceMarks(solid_canvas(ax))
    add_window(marks, window)
    add_pieces(marks, pieces_in(space, cells.cells, window), colour)
    return drawn_in_space(marks)


# -- curves --------------------------------------------------------------------------------------
def _curve(
    obj: TropicalHypersurface,
    ax: Axes | None,
    given: Any,
    colour_by: str,
    parts: tuple[bool, bool, bool],
) -> Drawing:
    weights, numbers, fade = parts
    cells = obj.complex.cells
    plane = PlaneComplex(obj.complex.generators, obj.complex.lineality)
    frame = choose_frame(given, ax, plane.vertices())
    keep = given is None and is_in_use(ax)
    ax = canvas(ax)
    pieces = plane.pieces(cells, frame)
    shown = segments(pieces)
    width = finer(1.3 * MEDIUM, len(shown))
    fills = _filled_regions(ax, obj, frame) if colour_by == "regions" else None
    lines = add_lines(ax, [pieces[i] for i in shown], linewidths=width)
    dots = _dots(ax, obj, frame, colour_by) if not plane.has_lines else None
    places = Labels(ax, frame)
    places.keep_off(plane.vertices() if not plane.has_lines else np.empty((0, 2)), 3.0)
    labels = _weights(places, obj, [(i, pieces[i]) for i in shown], frame) if weights else []
    if numbers:
        labels += _numbers(places, obj, frame)
    veil = add_veil(ax, frame) if fade and not plane.is_bounded and shown else None
    if not keep:
        apply_frame(ax, frame)
    return drawn(ax, [fills, lines, dots, *labels, veil])


def _numbers(places: Labels, obj: TropicalHypersurface, frame: Frame) -> list[Text]:
    """Number of its monomial in every region."""
    plane = PlaneComplex(obj.regions.generators, obj.regions.lineality)
    texts = [str(k) for k in range(len(obj.regions))]
    return places.inside(plane.pieces(obj.regions.cells, frame), texts)


def _filled_regions(ax: Axes, obj: TropicalHypersurface, frame: Frame) -> Artist | None:
    plane = PlaneComplex(obj.regions.generators, obj.regions.lineality)
    pieces = plane.pieces(obj.regions.cells, frame)
    shown = areas(pieces)
    colours = region_colours(obj.polynomial)[shown]
    return add_areas(
        ax, [pieces[i] for i in shown], facecolors=colours, edgecolors=colours, linewidths=0.3
    )


def _dots(ax: Axes, obj: TropicalHypersurface, frame: Frame, colour_by: str) -> Artist | None:
    points = obj.polynomial.dual_subdivision().points.reshape(-1, 2)
    seen = np.flatnonzero((points >= frame[:2]).all(axis=1) & (points <= frame[2:]).all(axis=1))
    inside = cell_colours(obj.polynomial)[seen] if colour_by == "cells" else INK
    look = {"s": dot_area(len(seen)), "linewidths": finer(0.8, len(seen))}
    return add_dots(ax, points[seen], facecolors=inside, **look)


def _weights(
    places: Labels, obj: TropicalHypersurface, pieces: list[tuple[int, FloatArray]], frame: Frame
) -> list[Text]:
    """Write weights above one on their edges, wherever there is room."""
    if obj.polynomial.exponents_exact.denominator != 1:
        return []
    room = _CLEARANCE * max(frame.width, frame.height)
    kept = [
        (piece.mean(axis=0), str(obj.weights[index]))
        for index, piece in pieces
        if obj.weights[index] > 1 and np.hypot(*(piece[1] - piece[0])) >= 2 * room
    ]
    middles = np.array([middle for middle, _ in kept]).reshape(-1, 2)
    return places.at(middles, [text for _, text in kept], box="white")


# -- graphs --------------------------------------------------------------------------------------
def _graph(f: TropicalPolynomial, ax: Axes | None, given: Any) -> Drawing:
    """Graph of a polynomial in one variable, with its breakpoints."""
    regions = f.hypersurface().regions
    plane = PlaneComplex(regions.generators, regions.lineality)
    breaks = f.hypersurface().complex
    points = PlaneComplex(breaks.generators, breaks.lineality).vertices(breaks.cells)
    window = choose_line_frame(given, ax, points)
    is_empty = not is_in_use(ax)
    ax = canvas(ax, ("$x$", "$f(x)$"))
    pieces = [_lifted(f, piece) for piece in plane.pieces(regions.cells, window)]
    shown = segments(pieces)
    colours = [darker(to_hex(c), 0.15) for c in region_colours(f)[shown]]
    lines = add_lines(ax, [pieces[i] for i in shown], colors=colours, linewidths=2 * MEDIUM)
    dots = add_dots(ax, _lifted(f, points), s=DOT)
    if is_empty:
        ax.set_xlim(window.xmin, window.xmax)
        ax.autoscale(axis="y")
    return drawn(ax, [lines, dots])


def _lifted(f: TropicalPolynomial, points: FloatArray) -> FloatArray:
    return np.column_stack([points[:, 0], f(points[:, :1])]) if len(points) else points

"""Tropical curves in the plane, and graphs of tropical polynomials in one variable."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import darker
from polytropic.plotting.dispatch import plot
from polytropic.plotting.drawing import Drawing, canvas, drawn
from polytropic.plotting.duality import cell_colours, check_colour_by, region_colours
from polytropic.plotting.frames import (
    Frame,
    apply_frame,
    choose_frame,
    choose_line_frame,
    is_in_use,
)
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.style import DOT, FONT, INK, MEDIUM, dot_area, finer
from polytropic.tropical.hypersurface import TropicalHypersurface
from polytropic.tropical.polynomial import TropicalPolynomial

__all__: list[str] = []

_CLEARANCE = 0.06
"""How far apart weights are written, as part of the frame."""


@plot.register
def _polynomial(
    obj: TropicalPolynomial,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    colour_by: str = "cells",
    weights: bool = True,
) -> Drawing:
    return _hypersurface(obj.hypersurface(), ax, frame=frame, colour_by=colour_by, weights=weights)


@plot.register
def _hypersurface(
    obj: TropicalHypersurface,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    colour_by: str = "cells",
    weights: bool = True,
) -> Drawing:
    check_colour_by(colour_by, ("cells", "regions"))
    f = obj.polynomial
    if f.n_variables == 1:
        return _graph(f, ax, frame)
    if f.n_variables != 2:
        raise InputError(
            f"a tropical hypersurface in {f.n_variables} variables cannot be drawn: only curves "
            "(two variables) and graphs (one variable) can"
        )
    return _curve(obj, ax, frame, colour_by, weights)


# -- curves --------------------------------------------------------------------------------------
def _curve(
    obj: TropicalHypersurface, ax: Axes | None, given: Any, colour_by: str, weights: bool
) -> Drawing:
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
    labels = _weights(ax, obj, [(i, pieces[i]) for i in shown], frame) if weights else []
    if not keep:
        apply_frame(ax, frame)
    return drawn(ax, [fills, lines, dots, *labels])


def _filled_regions(ax: Axes, obj: TropicalHypersurface, frame: Frame) -> Artist | None:
    plane = PlaneComplex(obj.regions.generators, obj.regions.lineality)
    pieces = plane.pieces(obj.regions.cells, frame)
    shown = areas(pieces)
    colours = region_colours(obj.polynomial)[shown]
    return add_areas(
        ax, [pieces[i] for i in shown], facecolors=colours, edgecolors=colours, linewidths=0.3
    )


def _dots(ax: Axes, obj: TropicalHypersurface, frame: Frame, colour_by: str) -> Artist | None:
    cells = obj.polynomial.dual_subdivision().maximal_cells
    points = np.array([cell.point for cell in cells]).reshape(-1, 2)
    seen = np.flatnonzero((points >= frame[:2]).all(axis=1) & (points <= frame[2:]).all(axis=1))
    inside = cell_colours(obj.polynomial)[seen] if colour_by == "cells" else INK
    look = {"s": dot_area(len(seen)), "linewidths": finer(0.8, len(seen))}
    return add_dots(ax, points[seen], facecolors=inside, **look)


def _weights(
    ax: Axes, obj: TropicalHypersurface, pieces: list[tuple[int, FloatArray]], frame: Frame
) -> list[Artist]:
    """Write weights above one on their edges, wherever there is room."""
    if obj.polynomial.exponents_exact.denominator != 1:
        return []
    room = _CLEARANCE * max(frame.width, frame.height)
    taken: list[FloatArray] = []
    labels: list[Artist] = []
    for index, piece in pieces:
        middle = piece.mean(axis=0)
        weight = int(obj.weights[index])
        crowded = any(np.hypot(*(middle - other)) < room for other in taken)
        if weight == 1 or crowded or np.hypot(*(piece[1] - piece[0])) < 2 * room:
            continue
        taken.append(middle)
        box = {"boxstyle": "round,pad=0.05", "facecolor": "white", "edgecolor": "none"}
        labels.append(
            ax.text(
                middle[0],
                middle[1],
                str(weight),
                ha="center",
                va="center",
                fontsize=FONT - 1,
                bbox=box,
            )
        )
    return labels


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

"""Networks with one input: graphs over coloured intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import FloatArray
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.drawing import Drawing, canvas, drawn
from polytropic.plotting.frames import Frame, choose_line_frame, is_in_use
from polytropic.plotting.marks import add_areas, add_dots, add_lines, centres, segments
from polytropic.plotting.region_cells import region_plane
from polytropic.plotting.region_shades import Shades
from polytropic.plotting.style import MEDIUM, THIN, dot_area, finer

__all__ = ["draw_on_line"]


def draw_on_line(obj: RegionComplex, ax: Axes | None, shades: Shades, given: Any) -> Drawing:
    """Draw the graph of an output over coloured intervals, with its breakpoints."""
    plane = region_plane(obj, given)
    frame = choose_line_frame(given, ax, plane.vertices(), margin=0 if plane.is_bounded else 0.2)
    is_empty = not is_in_use(ax)
    ax = canvas(ax, ("$x$" if obj.slice is None else "$t$", "output"))
    pieces = plane.pieces(obj.cells, frame)
    shown = segments(pieces)
    colours = shades.of_cells(centres(pieces)[:, :1])[shown]
    bands = [_band(pieces[i]) for i in shown]
    # Bands are as high as the axes, whatever the values are.
    whole_height = {"transform": ax.get_xaxis_transform(), "linewidths": finer(THIN, len(shown))}
    fills = add_areas(ax, bands, facecolors=(1 + colours) / 2, edgecolors="white", **whole_height)
    lines = add_lines(ax, [_over(shades, pieces[i]) for i in shown], linewidths=1.5 * MEDIUM)
    dots = add_dots(ax, _over(shades, _breakpoints(obj, plane, frame)), s=dot_area(3 * len(shown)))
    if is_empty:
        ax.set_xlim(frame.xmin, frame.xmax)
        ax.autoscale(axis="y")
    return drawn(ax, [fills, lines, dots])


def _band(piece: FloatArray) -> FloatArray:
    low, high = sorted(piece[:, 0].tolist())
    return np.array([[low, 0.0], [high, 0.0], [high, 1.0], [low, 1.0]])


def _over(shades: Shades, points: FloatArray) -> FloatArray:
    """Points of the graph above points of the axis."""
    values = shades.regions.network(points[:, :1])[:, shades.output]
    return np.column_stack([points[:, 0], values])


def _breakpoints(obj: RegionComplex, plane: PlaneComplex, frame: Frame) -> FloatArray:
    """Points between different linear regions."""
    cells = [set(cell) for cell in obj.cells]
    labels = obj.linear_labels.tolist()
    pairs = obj.adjacency.tolist()
    shared = [cells[i] & cells[j] for i, j in pairs if labels[i] != labels[j]]
    found = [piece for piece in plane.pieces(shared, frame) if len(piece)]
    return np.concatenate([np.empty((0, 2)), *found])

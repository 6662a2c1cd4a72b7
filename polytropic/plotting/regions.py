"""Activation regions of networks and the linear regions they make."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import palette
from polytropic.plotting.dispatch import plot
from polytropic.plotting.drawing import Drawing, canvas, drawn
from polytropic.plotting.duality import check_colour_by
from polytropic.plotting.frames import Frame, apply_frame, choose_frame, is_in_use
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, centres, segments
from polytropic.plotting.region_graphs import draw_on_line
from polytropic.plotting.region_shades import COLOURINGS, COLOURMAP, Shades, value_limits
from polytropic.plotting.region_solids import draw_in_space
from polytropic.plotting.style import FONT, MEDIUM, MUTED, SIZE, THIN, finer

__all__: list[str] = []


@plot.register
def _regions(
    obj: RegionComplex,
    ax: Axes | None = None,
    *,
    colour_by: str = "affine map",
    frame: Any = None,
    edges: bool = True,
    explode: float = 0.15,
) -> Drawing:
    check_colour_by(colour_by, COLOURINGS)
    dimension = obj.network.n_inputs
    if dimension == 1:
        return draw_on_line(obj, ax, Shades(obj, colour_by), frame)
    if dimension == 2:
        return _in_plane(obj, ax, colour_by, frame, edges)
    if dimension == 3:
        return draw_in_space(obj, ax, Shades(obj, colour_by), frame, explode)
    raise InputError(
        f"regions in dimension {dimension} cannot be drawn: only those of networks with one, two "
        "or three inputs can"
    )


# -- the plane -----------------------------------------------------------------------------------
def _in_plane(
    obj: RegionComplex, ax: Axes | None, colour_by: str, given: Any, edges: bool
) -> Drawing:
    plane = PlaneComplex(obj.generators, obj.lineality)
    frame = _plane_frame(obj, plane, ax, given)
    is_new, keep = ax is None, given is None and is_in_use(ax)
    ax = canvas(ax)
    pieces = plane.pieces(obj.cells, frame)
    fills = _add_fills(ax, obj, colour_by, pieces, edges)
    strips = _add_strips(ax, obj, colour_by, pieces)
    borders = _add_borders(ax, obj, plane, frame, colour_by) if edges else []
    if not keep:
        apply_frame(ax, frame)
    if is_new and colour_by == "value" and isinstance(fills, PolyCollection):
        _add_bar(ax, fills)
    return drawn(ax, [fills, strips, *borders])


def _add_bar(ax: Axes, fills: PolyCollection) -> None:
    """Explain the colours of values, in a figure that is widened for it."""
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    figure.set_size_inches(1.2 * SIZE, SIZE)
    bar = figure.colorbar(fills, ax=ax, shrink=0.8, pad=0.03)
    bar.ax.tick_params(labelsize=FONT, width=0.6, length=2.5)
    bar.set_label("value of the network", fontsize=FONT)


def _plane_frame(obj: RegionComplex, plane: PlaneComplex, ax: Axes | None, given: Any) -> Frame:
    bounded = plane.is_point.all() and not plane.has_lines
    if bounded and given is None and not is_in_use(ax):
        low, high = plane.coordinates.min(axis=0), plane.coordinates.max(axis=0)
        if (low < high).all():
            # The domain says what is to be seen: all of it and nothing else.
            return Frame(*low.tolist(), *high.tolist())
    return choose_frame(given, ax, plane.vertices())


def _add_fills(
    ax: Axes, obj: RegionComplex, colour_by: str, pieces: list[FloatArray], edges: bool
) -> PolyCollection | None:
    """All cells in one collection; their outlines are the edges between activation regions."""
    shown = areas(pieces)
    polygons = [pieces[i] for i in shown]
    if not polygons:
        return None
    shades = Shades(obj, colour_by)
    # Without edges, outlines in the colour of the cells close the gaps that renderers leave.
    outline = MUTED if edges else "face"
    look: dict[str, Any] = {"edgecolors": outline, "linewidths": finer(THIN, len(shown) // 2)}
    if colour_by != "value":
        return add_areas(ax, polygons, facecolors=palette(shades.labels)[shown], **look)
    values = shades.values(np.array([polygon.mean(axis=0) for polygon in polygons]))
    return add_areas(ax, polygons, array=values, cmap=COLOURMAP, clim=value_limits(values), **look)


def _add_strips(ax: Axes, obj: RegionComplex, colour_by: str, pieces: list[FloatArray]) -> Any:
    """Cells of a domain that is a segment, a ray, a line or a point in the plane."""
    dimension = 2 if obj.domain is None else obj.domain.dimension
    if dimension == 2:
        return None
    colours = Shades(obj, colour_by).of_cells(centres(pieces))
    if dimension == 0:
        return add_dots(ax, np.concatenate(pieces), facecolors=colours)
    shown = segments(pieces)
    colours = colours[shown]
    return add_lines(ax, [pieces[i] for i in shown], colors=colours, linewidths=4 * MEDIUM)


def _add_borders(
    ax: Axes, obj: RegionComplex, plane: PlaneComplex, frame: Frame, colour_by: str
) -> list[LineCollection | None]:
    """Lines between different linear regions, and those around the domain."""
    alone: dict[frozenset[int], int] = {}
    between = []
    for label, facets in zip(obj.linear_labels.tolist(), obj.facets, strict=True):
        for facet in facets:
            # A facet has at most two cells: whoever is still alone at the end is on the boundary.
            other = alone.pop(facet, None)
            if other is None:
                alone[facet] = label
            elif other != label:
                between.append(facet)
    width = finer(MEDIUM, len(obj) // 2)
    if colour_by == "value":
        width /= 2  # the shades are to be compared across the lines
    return [
        add_lines(ax, _lines(plane, facets, frame), linewidths=width)
        for facets in (between, list(alone))
    ]


def _lines(plane: PlaneComplex, facets: list[frozenset[int]], frame: Frame) -> list[FloatArray]:
    pieces = plane.pieces(facets, frame)
    return [pieces[i] for i in segments(pieces)]

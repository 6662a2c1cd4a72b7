"""Activation regions of networks and the linear regions they make."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.networks.regions import Region, RegionComplex
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import palette
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn
from polytropic.plotting.fading import add_veil
from polytropic.plotting.frames import Frame, apply_frame, choose_frame, is_in_use
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, centres, segments
from polytropic.plotting.region_cells import facet_lists, region_lists, region_plane
from polytropic.plotting.region_graphs import draw_on_line
from polytropic.plotting.region_shades import COLOURMAP, Shades, value_limits
from polytropic.plotting.region_solids import draw_in_space
from polytropic.plotting.style import FONT, MEDIUM, MUTED, SIZE, THIN, finer

__all__ = ["plane_frame"]


@draw.register
def _region(obj: Region, ax: Axes | None = None, **style: Any) -> Drawing:
    return draw(obj.polytope, ax, **style)


@draw.register
def _regions(
    obj: RegionComplex,
    ax: Axes | None = None,
    *,
    colour_by: Any = "affine map",
    output: int = 0,
    frame: Any = None,
    edges: bool = True,
    fade: bool = True,
    explode: float = 0.15,
) -> Drawing:
    shades = Shades(obj, colour_by, output)
    dimension = obj.network.n_inputs
    if dimension == 1:
        return draw_on_line(obj, ax, shades, frame)
    if dimension == 2:
        return _in_plane(obj, ax, shades, frame, edges, fade)
    if dimension == 3:
        return draw_in_space(obj, ax, shades, frame, explode)
    raise InputError(
        f"regions in dimension {dimension} cannot be drawn: only those of networks with one, two "
        "or three inputs can; take a Slice"
    )


# -- the plane -----------------------------------------------------------------------------------
def _in_plane(
    obj: RegionComplex, ax: Axes | None, shades: Shades, given: Any, edges: bool, fade: bool
) -> Drawing:
    plane = region_plane(obj, given)
    whole = obj.domain is not None and obj.domain.is_bounded and not obj.is_part
    seen = obj.domain.vertices if whole and obj.domain is not None else plane.coordinates
    frame = plane_frame(plane, ax, given, seen)
    is_new, keep = ax is None, given is None and is_in_use(ax)
    ax = canvas(ax, ("$x_1$", "$x_2$") if obj.slice is None else ("$t_1$", "$t_2$"))
    pieces = plane.pieces(region_lists(obj), frame)
    fills = _add_fills(ax, shades, pieces, edges)
    strips = _add_strips(ax, obj, shades, pieces)
    borders = _add_borders(ax, obj, plane, frame, shades) if edges else []
    veil = add_veil(ax, frame) if fade and not plane.is_bounded else None
    if not keep:
        apply_frame(ax, frame)
    if is_new and shades.is_scale and isinstance(fills, PolyCollection):
        _add_bar(ax, fills, shades.name)
    return drawn(ax, [fills, strips, *borders, veil])


def _add_bar(ax: Axes, fills: PolyCollection, name: str) -> None:
    """Explain the colours of values, in a figure that is widened for it."""
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    figure.set_size_inches(1.2 * SIZE, SIZE)
    bar = figure.colorbar(fills, ax=ax, shrink=0.8, pad=0.03)
    bar.ax.tick_params(labelsize=FONT, width=0.6, length=2.5)
    bar.set_label(name, fontsize=FONT)


def plane_frame(plane: PlaneComplex, ax: Axes | None, given: Any, seen: FloatArray) -> Frame:
    """Window of regions in the plane: all of a bounded domain and nothing else."""
    if plane.is_bounded and given is None and not is_in_use(ax) and len(seen):
        low, high = seen.min(axis=0), seen.max(axis=0)
        if (low < high).all():
            return Frame(*low.tolist(), *high.tolist())
    return choose_frame(given, ax, plane.vertices())


def _add_fills(
    ax: Axes, shades: Shades, pieces: list[FloatArray], edges: bool
) -> PolyCollection | None:
    """All cells in one collection; their outlines are the edges between activation regions."""
    shown = areas(pieces)
    polygons = [pieces[i] for i in shown]
    if not polygons:
        return None
    # Without edges, outlines in the colour of the cells close the gaps that renderers leave.
    outline = MUTED if edges else "face"
    look: dict[str, Any] = {"edgecolors": outline, "linewidths": finer(THIN, len(shown) // 2)}
    if not shades.is_scale:
        return add_areas(ax, polygons, facecolors=palette(shades.labels)[shown], **look)
    values = shades.values(np.array([polygon.mean(axis=0) for polygon in polygons]), shown)
    return add_areas(ax, polygons, array=values, cmap=COLOURMAP, clim=value_limits(values), **look)


def _add_strips(ax: Axes, obj: RegionComplex, shades: Shades, pieces: list[FloatArray]) -> Any:
    """Cells of a domain that is a segment, a ray, a line or a point in the plane."""
    if obj.dimension == 2:
        return None
    colours = shades.of_cells(centres(pieces))
    if obj.dimension == 0:
        return add_dots(ax, np.concatenate(pieces), facecolors=colours)
    shown = segments(pieces)
    colours = colours[shown]
    return add_lines(ax, [pieces[i] for i in shown], colors=colours, linewidths=4 * MEDIUM)


def _add_borders(
    ax: Axes, obj: RegionComplex, plane: PlaneComplex, frame: Frame, shades: Shades
) -> list[LineCollection | None]:
    """Lines between different linear regions, and those around the domain."""
    beside = obj.facet_table.regions
    alone = beside[:, 1] < 0
    labels = obj.linear_labels
    between = ~alone
    between[between] = labels[beside[between, 0]] != labels[beside[between, 1]]
    width = finer(MEDIUM, len(obj) // 2)
    if shades.is_scale:
        width /= 2  # the shades are to be compared across the lines
    return [
        add_lines(ax, _lines(obj, plane, chosen, frame), linewidths=width)
        for chosen in (between, alone)
    ]


def _lines(
    obj: RegionComplex, plane: PlaneComplex, chosen: NDArray[np.bool_], frame: Frame
) -> list[FloatArray]:
    pieces = plane.pieces(facet_lists(obj).chosen(np.flatnonzero(chosen)), frame)
    return [pieces[i] for i in segments(pieces)]

"""Polyhedral complexes of any kind, bent hyperplanes and slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.polytope import Polytope
from polytropic.networks.regions import RegionComplex, Slice
from polytropic.networks.regions.bending import BentHyperplane
from polytropic.plotting.cells import PlaneComplex
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
from polytropic.plotting.polytopes import check_dimension
from polytropic.plotting.region_cells import region_places, region_plane
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.space_cells import SpaceComplex, choose_window
from polytropic.plotting.style import BOLD, DOT, MEDIUM, THIN, finer
from polytropic.plotting.surfaces import add_pieces, add_window, pieces_in

__all__ = ["draw_flat_cells"]


@draw.register
def _complex(
    obj: PolyhedralComplex,
    ax: Axes | None = None,
    *,
    colour: Any = PALETTE[0],
    frame: Any = None,
    fade: bool = True,
) -> Drawing:
    check_dimension(obj)
    if not len(obj):
        raise InputError("the complex has no cells: there is nothing to draw")
    if obj.ambient_dimension == 3:
        space = SpaceComplex(obj.generators, obj.lineality)
        return _in_space(space, obj.cells, ax, colour, frame)
    plane = PlaneComplex(obj.generators, obj.lineality)
    return _in_plane(plane, obj.cells, ax, colour, frame, obj.ambient_dimension, fade)


@draw.register
def _bent(
    obj: BentHyperplane,
    ax: Axes | None = None,
    *,
    colour: Any = PALETTE[6],
    frame: Any = None,
    regions: bool = True,
    fade: bool = True,
) -> Drawing:
    whole = obj.complex
    dimension = whole.network.n_inputs
    if not 1 <= dimension <= 3:
        raise InputError(
            f"a bent hyperplane in dimension {dimension} cannot be drawn; take a Slice"
        )
    if dimension == 3:
        space = SpaceComplex.rounded(region_places(whole), whole.is_point, whole.lineality)
        domain = whole.domain
        if frame is None and domain is not None and domain.is_bounded and domain.dimension == 3:
            frame = domain
        return _in_space(space, obj.pieces, ax, colour, frame)
    before: tuple[Artist, ...] = ()
    if regions and dimension == 2 and not is_in_use(ax):
        below = draw(whole, ax, frame=frame, edges=False, fade=False)
        before, ax, frame = below.artists, below.axes, _limits(below.axes)
        _pale(before, whole)
    plane = region_plane(whole, frame)
    found = _in_plane(plane, obj.pieces, ax, colour, frame, dimension, fade)
    return Drawing(found.figure, found.axes, (*before, *found.artists))


def _limits(ax: Axes) -> tuple[float, ...]:
    (xmin, xmax), (ymin, ymax) = ax.get_xlim(), ax.get_ylim()
    return xmin, ymin, xmax, ymax


def _pale(artists: Sequence[Any], whole: RegionComplex) -> None:
    """Let the regions say only where they are."""
    width = finer(THIN, len(whole))
    for artist in artists:
        artist.set(facecolor="#f4f4f4", edgecolor="#bbbbbb", linewidth=width)


@draw.register
def _slice(
    obj: Slice, ax: Axes | None = None, *, colour: Any = PALETTE[0], frame: Any = None
) -> Drawing:
    if obj.ambient_dimension not in (2, 3):
        raise InputError(
            f"a slice of R^{obj.ambient_dimension} cannot be drawn, only of R^2 and R^3: draw the "
            "regions on it, plot(linear_regions(net, slice))"
        )
    if obj.within is None:
        body = Polytope.from_points(obj.origin.reshape(1, -1), lines=obj.directions)
    else:
        part = obj.within
        rays, lines = (_directions(obj, rows) for rows in (part.rays_exact, part.lines_exact))
        body = Polytope.from_points(obj.embed_exact(part.vertices_exact), rays=rays, lines=lines)
    return draw(body, ax, colour=colour, frame=frame)


def _directions(obj: Slice, rows: ExactArray) -> ExactArray:
    return rows @ obj.directions


# -- drawing -------------------------------------------------------------------------------------
def draw_flat_cells(
    ax: Axes, plane: PlaneComplex, cells: Any, frame: Frame, colour: Any
) -> list[Artist | None]:
    """Draw areas, segments and points of cells in the plane."""
    pieces = plane.pieces(cells, frame)
    shown = segments(pieces)
    points = [piece for piece in pieces if len(piece) == 1]
    pale = lighter(colour)
    dots = np.concatenate([np.empty((0, 2)), *points])
    return [
        add_areas(ax, [pieces[i] for i in areas(pieces)], facecolors=[pale], linewidths=MEDIUM),
        add_lines(
            ax, [pieces[i] for i in shown], colors=colour, linewidths=finer(BOLD, len(shown))
        ),
        add_dots(ax, dots, s=DOT, facecolors=[colour]),
    ]


def _in_plane(
    plane: PlaneComplex,
    cells: Sequence[tuple[int, ...]],
    ax: Axes | None,
    colour: Any,
    given: Any,
    dimension: int,
    fade: bool,
) -> Drawing:
    points = plane.vertices(cells)
    keep = given is None and is_in_use(ax)
    if dimension == 1:
        frame = choose_line_frame(given, ax, points)
    else:
        frame = choose_frame(given, ax, points)
    ax = canvas(ax, ("$x$", "") if dimension == 1 else ("$x_1$", "$x_2$"))
    artists = draw_flat_cells(ax, plane, cells, frame, colour)
    used = np.unique(np.array([member for cell in cells for member in cell], dtype=np.int64))
    if fade and dimension == 2 and not (plane.is_point[used].all() and not plane.has_lines):
        artists.append(add_veil(ax, frame))
    if not keep:
        apply_frame(ax, frame)
        if dimension == 1:
            ax.set_aspect("auto")
            ax.set_yticks([])
    return drawn(ax, artists)


def _in_space(
    space: SpaceComplex, cells: Sequence[tuple[int, ...]], ax: Axes | None, colour: Any, frame: Any
) -> Drawing:
    used = np.unique(np.array([member for cell in cells for member in cell], dtype=np.int64))
    points = space.places[used[space.is_point[used]]]
    window = choose_window(frame, ax, points if len(points) else np.zeros((1, 3)))
    marks = SpaceMarks(solid_canvas(ax))
    add_window(marks, window)
    add_pieces(marks, pieces_in(space, cells, window), colour)
    return drawn_in_space(marks)

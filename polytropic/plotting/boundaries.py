"""Decision boundaries, with the tropical hypersurface that contains them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.networks.boundary import DecisionBoundary
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
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.space_cells import SpaceComplex, choose_window
from polytropic.plotting.style import BOLD, DOT, FONT, INK, MUTED, THIN
from polytropic.plotting.surfaces import add_pieces, add_window, pieces_in
from polytropic.tropical.coloured import TieLocus

__all__ = ["add_legend"]

_FIRST: Final = lighter(PALETTE[0], 0.6)
_SECOND: Final = lighter(PALETTE[1], 0.6)
_OPEN: Final = "#b8b8b8"


@draw.register
def _boundary(
    obj: DecisionBoundary,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    sides: bool = True,
    superset: bool = True,
    legend: bool = True,
    fade: bool = True,
) -> Drawing:
    names = ("positive side", "negative side")
    if obj.classes is not None:
        names = (f"class {obj.classes[0]}", f"class {obj.classes[1]}")
    return _draw(obj.ties, ax, frame, (sides, superset, legend, fade), (*names, "boundary"))


@draw.register
def _ties(
    obj: TieLocus,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    sides: bool = True,
    superset: bool = True,
    legend: bool = True,
    fade: bool = True,
) -> Drawing:
    names = ("first is larger", "second is larger", "equal")
    return _draw(obj, ax, frame, (sides, superset, legend, fade), names)


def _draw(
    ties: TieLocus,
    ax: Axes | None,
    given: Any,
    parts: tuple[bool, bool, bool, bool],
    names: tuple[str, str, str],
) -> Drawing:
    if not 1 <= ties.first.n_variables <= 3:
        raise InputError(
            f"a boundary in {ties.first.n_variables} variables cannot be drawn: only those in one, "
            "two or three variables can"
        )
    sides, superset, legend, fade = parts
    if ties.first.n_variables == 3:
        return _in_space(ties, ax, given, superset)
    if ties.first.n_variables == 1:
        return _on_line(ties, ax, given, names, legend)
    frame = _frame(ties, ax, given)
    keep = given is None and is_in_use(ax)
    ax = canvas(ax)
    artists: list[Artist | None] = []
    if sides:
        artists.append(_areas(ax, ties.first_regions, frame, _FIRST, label=names[0]))
        artists.append(_areas(ax, ties.second_regions, frame, _SECOND, label=names[1]))
    artists.append(_open_pieces(ax, ties, frame, names[2]))
    if superset:
        artists.append(_superset(ax, ties, frame))
    artists += _locus(ax, ties, frame, names[2])
    if fade:
        artists.append(add_veil(ax, frame))
    if not keep:
        apply_frame(ax, frame)
    result = drawn(ax, artists)
    if legend and result.artists:
        add_legend(ax, result.artists)
    return result


def _frame(ties: TieLocus, ax: Axes | None, given: Any) -> Frame:
    plane = PlaneComplex(ties.cells.generators, ties.cells.lineality)
    cells = ties.cells.cells or ties.superset_cells.cells
    return choose_frame(given, ax, plane.vertices(cells))


def _pieces(cells: PolyhedralComplex, frame: Frame) -> list[Any]:
    return PlaneComplex(cells.generators, cells.lineality).pieces(cells.cells, frame)


def _areas(
    ax: Axes, cells: PolyhedralComplex, frame: Frame, colour: Any, **look: Any
) -> Artist | None:
    pieces = _pieces(cells, frame)
    polygons = [pieces[i] for i in areas(pieces)]
    # Outlines in their own colour close the gaps that renderers leave between neighbours.
    look = {"edgecolors": [colour], "linewidths": THIN, "zorder": 0.5} | look
    return add_areas(ax, polygons, facecolors=[colour], **look)


def _open_pieces(ax: Axes, ties: TieLocus, frame: Frame, name: str) -> Artist | None:
    look = {"hatch": "////", "edgecolors": [INK], "label": f"{name} (open piece)"}
    return _areas(ax, ties.open_cells, frame, _OPEN, **look)


def _superset(ax: Axes, ties: TieLocus, frame: Frame) -> Artist | None:
    pieces = _pieces(ties.superset_cells, frame)
    lines = [pieces[i] for i in segments(pieces)]
    look = {"linewidths": 2 * THIN, "linestyles": (0, (4, 2.5)), "colors": MUTED}
    return add_lines(ax, lines, label="rest of the tropical curve", **look)


def _locus(ax: Axes, ties: TieLocus, frame: Frame, name: str) -> list[Artist | None]:
    """Lines of the locus, and points where it is nothing more."""
    pieces = _pieces(ties.cells, frame)
    lines = [pieces[i] for i in segments(pieces)]
    points = [piece for piece in pieces if len(piece) == 1]
    artists: list[Artist | None] = [
        add_lines(ax, lines, linewidths=BOLD, colors=INK, label=name, zorder=4)
    ]
    if points:
        look = {"s": DOT, "zorder": 4, "label": f"{name} (point)"}
        artists.append(add_dots(ax, np.concatenate(points), **look))
    return artists


# -- the line and space --------------------------------------------------------------------------
def _on_line(
    ties: TieLocus, ax: Axes | None, given: Any, names: tuple[str, str, str], legend: bool
) -> Drawing:
    """Both sides as thick segments, the boundary as dots on them."""
    plane = PlaneComplex(ties.cells.generators, ties.cells.lineality)
    frame = choose_line_frame(given, ax, plane.vertices(ties.cells.cells))
    keep = given is None and is_in_use(ax)
    ax = canvas(ax, ("$x$", ""))
    parts = [
        (ties.first_regions, PALETTE[0], names[0]),
        (ties.second_regions, PALETTE[1], names[1]),
        (ties.open_cells, PALETTE[7], f"{names[2]} (open piece)"),
    ]
    artists: list[Artist | None] = []
    for cells, colour, name in parts:
        pieces = _pieces(cells, frame)
        lines = [pieces[i] for i in segments(pieces)]
        artists.append(add_lines(ax, lines, colors=colour, linewidths=2 * BOLD, label=name))
    points = [piece for piece in _pieces(ties.cells, frame) if len(piece) == 1]
    artists.append(add_dots(ax, np.concatenate([np.empty((0, 2)), *points]), s=DOT, label=names[2]))
    if not keep:
        ax.set_xlim(frame.xmin, frame.xmax)
        ax.set_ylim(frame.ymin, frame.ymax)
        ax.set_yticks([])
    result = drawn(ax, artists)
    if legend and result.artists:
        add_legend(ax, result.artists)
    return result


def _in_space(ties: TieLocus, ax: Axes | None, given: Any, superset: bool) -> Drawing:
    """The boundary as a surface, the rest of the tropical surface pale."""
    cells, rest = ties.cells, ties.superset_cells
    space = SpaceComplex(cells.generators, cells.lineality)
    used = sorted({member for cell in cells.cells or rest.cells for member in cell})
    points = space.places[[member for member in used if space.is_point[member]]]
    window = choose_window(given, ax, points if len(points) else np.zeros((1, 3)))
    marks = SpaceMarks(solid_canvas(ax))
    add_window(marks, window)
    if superset:
        add_pieces(marks, pieces_in(space, rest.cells, window), MUTED, opacity=0.15, dashed=True)
    flat = _without_interior(ties)
    add_pieces(marks, pieces_in(space, flat, window), PALETTE[6])
    return drawn_in_space(marks)


def _without_interior(ties: TieLocus) -> Sequence[tuple[int, ...]]:
    """Cells of the locus; of full-dimensional ones nothing, as they would hide the rest."""
    full = set(ties.open_cells.cells)
    return [cell for cell in ties.cells.cells if cell not in full]


def add_legend(ax: Axes, artists: Sequence[Artist]) -> None:
    """Explain below the axes what has a name."""
    handles = [artist for artist in artists if not str(artist.get_label()).startswith("_")]
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.17),
        ncols=2,
        fontsize=FONT,
        frameon=False,
        handlelength=1.4,
        columnspacing=1.0,
    )

"""Decision boundaries, with the tropical hypersurface that contains them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.networks.boundary import DecisionBoundary
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import PALETTE, lighter
from polytropic.plotting.dispatch import plot
from polytropic.plotting.drawing import Drawing, canvas, drawn
from polytropic.plotting.frames import Frame, apply_frame, choose_frame, is_in_use
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.style import BOLD, DOT, FONT, INK, MUTED, THIN
from polytropic.tropical.coloured import TieLocus

__all__: list[str] = []

_FIRST: Final = lighter(PALETTE[0], 0.6)
_SECOND: Final = lighter(PALETTE[1], 0.6)
_OPEN: Final = lighter(PALETTE[7], 0.3)


@plot.register
def _boundary(
    obj: DecisionBoundary,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    sides: bool = True,
    superset: bool = True,
    legend: bool = True,
) -> Drawing:
    names = ("positive side", "negative side")
    if obj.classes is not None:
        names = (f"class {obj.classes[0]}", f"class {obj.classes[1]}")
    return _draw(obj.ties, ax, frame, (sides, superset, legend), (*names, "boundary"))


@plot.register
def _ties(
    obj: TieLocus,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    sides: bool = True,
    superset: bool = True,
    legend: bool = True,
) -> Drawing:
    names = ("first is larger", "second is larger", "equal")
    return _draw(obj, ax, frame, (sides, superset, legend), names)


def _draw(
    ties: TieLocus,
    ax: Axes | None,
    given: Any,
    parts: tuple[bool, bool, bool],
    names: tuple[str, str, str],
) -> Drawing:
    if ties.first.n_variables != 2:
        raise InputError(
            f"a boundary in {ties.first.n_variables} variables cannot be drawn: only those in two "
            "variables can"
        )
    sides, superset, legend = parts
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
    if not keep:
        apply_frame(ax, frame)
    result = drawn(ax, artists)
    if legend and result.artists:
        _add_legend(ax, result.artists)
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


def _add_legend(ax: Axes, artists: tuple[Artist, ...]) -> None:
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

"""Boundaries that were found through activation regions: of a threshold, and between classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.errors import InputError
from polytropic.networks.boundaries import ArgmaxBoundary, BoundaryComplex, FaceComplex
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.boundaries import add_legend
from polytropic.plotting.colours import PALETTE, lighter
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.fading import add_veil
from polytropic.plotting.frames import Frame, apply_frame, choose_line_frame, is_in_use
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.region_cells import region_lists, region_places, region_plane
from polytropic.plotting.regions import plane_frame
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.space_cells import SpaceComplex, choose_window
from polytropic.plotting.style import BOLD, DOT, INK, THIN, finer
from polytropic.plotting.surfaces import add_pieces, add_window, pieces_in

__all__: list[str] = []


@draw.register
def _threshold(
    obj: BoundaryComplex,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    sides: bool = True,
    legend: bool = True,
) -> Drawing:
    """Colour the sides; regions on which the threshold is taken everywhere are hatched."""
    names = ["negative side", "boundary (open piece)", "positive side"]
    if obj.classes is not None:
        names[2], names[0] = f"class {obj.classes[0]}", f"class {obj.classes[1]}"
    looks = [(names[2], PALETTE[0]), (names[0], PALETTE[1]), (names[1], PALETTE[7])]
    labels = np.where(np.asarray(obj.sides) < 0, 1, np.where(np.asarray(obj.sides) > 0, 0, 2))
    return _draw(obj, ax, frame, obj.all_regions, labels, looks, (sides, legend))


@draw.register
def _classes(
    obj: ArgmaxBoundary,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    sides: bool = True,
    legend: bool = True,
) -> Drawing:
    colours = [PALETTE[k % 8] for k in range(obj.network.n_outputs)]
    looks = [(f"class {k}", colour) for k, colour in enumerate(colours)]
    return _draw(obj, ax, frame, obj.regions, obj.winners, looks, (sides, legend))


@draw.register
def _faces(obj: FaceComplex, ax: Axes | None = None, *, frame: Any = None) -> Drawing:
    nothing = np.zeros(len(obj.regions), dtype=np.int64)
    return _draw(obj, ax, frame, obj.regions, nothing, [("", INK)], (False, False))


def _draw(
    obj: FaceComplex,
    ax: Axes | None,
    given: Any,
    regions: RegionComplex,
    labels: IntArray,
    looks: Sequence[tuple[str, str]],
    parts: tuple[bool, bool],
) -> Drawing:
    dimension = regions.network.n_inputs
    if dimension == 3:
        return _in_space(obj, ax, given)
    if dimension not in (1, 2):
        raise InputError(
            f"a boundary in dimension {dimension} cannot be drawn: only those of networks with "
            "one, two or three inputs can; take a Slice"
        )
    sides, legend = parts
    plane = region_plane(regions, given)
    if dimension == 1:
        frame = choose_line_frame(given, ax, plane.vertices(), 0 if plane.is_bounded else 0.2)
    else:
        domain = regions.domain
        whole = domain is not None and domain.is_bounded
        seen = domain.vertices if whole and domain is not None else plane.coordinates
        frame = plane_frame(plane, ax, given, seen)
    keep = given is None and is_in_use(ax)
    letter = "x" if regions.slice is None else "t"
    names = (f"${letter}$", "") if dimension == 1 else (f"${letter}_1$", f"${letter}_2$")
    ax = canvas(ax, names)
    artists: list[Artist | None] = []
    if sides:
        pieces = plane.pieces(region_lists(regions), frame)
        for k, look in enumerate(looks):
            artists += _side(ax, [pieces[i] for i in np.flatnonzero(labels == k)], look)
    artists += _locus(ax, obj, given, frame)
    if dimension == 2 and not plane.is_bounded:
        artists.append(add_veil(ax, frame))
    if not keep:
        apply_frame(ax, frame)
        if dimension == 1:
            ax.set_aspect("auto")
            ax.set_yticks([])
    result = drawn(ax, artists)
    if legend and result.artists:
        add_legend(ax, result.artists)
    return result


def _side(ax: Axes, pieces: list[FloatArray], look: tuple[str, str]) -> list[Artist | None]:
    name, colour = look
    pale = lighter(colour, 0.6)
    options: dict[str, Any] = {"edgecolors": [pale], "linewidths": THIN, "zorder": 0.5}
    if "open piece" in name:
        options |= {"hatch": "////", "edgecolors": [INK]}
    lines = [pieces[i] for i in segments(pieces)]
    return [
        add_areas(ax, [pieces[i] for i in areas(pieces)], facecolors=[pale], label=name, **options),
        add_lines(ax, lines, colors=colour, linewidths=2 * BOLD, label=name),
    ]


def _locus(ax: Axes, obj: FaceComplex, given: Any, frame: Frame) -> list[Artist | None]:
    """The boundary itself: lines, and points where it is nothing more."""
    below = [k for k, d in enumerate(obj.dimensions.tolist()) if d < obj.regions.dimension]
    pieces = region_plane(obj.regions, given).pieces([obj.pieces[k] for k in below], frame)
    lines = [pieces[i] for i in segments(pieces)]
    points = [piece for piece in pieces if len(piece) == 1]
    dots = np.concatenate([np.empty((0, 2)), *points])
    width = finer(BOLD, len(lines) // 8)
    return [
        add_lines(ax, lines, linewidths=width, colors=INK, label="boundary", zorder=4),
        add_dots(ax, dots, s=DOT, zorder=4, label="boundary" if not lines else "_points"),
    ]


def _in_space(obj: FaceComplex, ax: Axes | None, given: Any) -> Drawing:
    regions = obj.regions
    space = SpaceComplex.rounded(region_places(regions), regions.is_point, regions.lineality)
    domain = regions.domain
    if given is None and domain is not None and domain.is_bounded and domain.dimension == 3:
        given = domain
    window = choose_window(given, ax, space.vertices if len(space.vertices) else np.zeros((1, 3)))
    marks = SpaceMarks(solid_canvas(ax))
    add_window(marks, window)
    below = [k for k, d in enumerate(obj.dimensions.tolist()) if d < 3]
    add_pieces(marks, pieces_in(space, [obj.pieces[k] for k in below], window), PALETTE[6])
    return drawn_in_space(marks)

"""Hyperplane arrangements: their chambers, with sign vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.arrangements.arrangement import HyperplaneArrangement
from polytropic.networks.network import Network
from polytropic.networks.regions import RegionComplex, linear_regions
from polytropic.plotting.colours import PALETTE, palette
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.frames import Frame, choose_line_frame, is_in_use
from polytropic.plotting.labels import Labels
from polytropic.plotting.marks import add_dots, add_lines, segments
from polytropic.plotting.polytopes import check_dimension
from polytropic.plotting.region_cells import region_lists, region_plane
from polytropic.plotting.region_shades import Shades
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.space_cells import choose_window
from polytropic.plotting.style import MEDIUM, dot_area
from polytropic.plotting.surfaces import add_pieces, add_window
from polytropic.plotting.zonotopes import sign_text

__all__: list[str] = []


@draw.register
def _arrangement(
    obj: HyperplaneArrangement,
    ax: Axes | None = None,
    *,
    frame: Any = None,
    sign_vectors: bool = False,
    numbers: bool = False,
    fade: bool = True,
) -> Drawing:
    check_dimension(obj)
    if not obj.n_hyperplanes:
        raise InputError("the arrangement has no hyperplanes: there is nothing to draw")
    chambers = _chambers(obj)
    if obj.ambient_dimension == 3:
        return _in_space(obj, chambers, ax, frame)
    if obj.ambient_dimension == 1:
        return _on_line(chambers, ax, frame)
    found = draw(chambers, ax, frame=frame, colour_by="pattern", fade=fade)
    extra: list[Artist] = []
    if sign_vectors or numbers:
        extra = _labels(obj, chambers, found.axes, sign_vectors)
    return Drawing(found.figure, found.axes, (*found.artists, *extra))


def _chambers(obj: HyperplaneArrangement) -> RegionComplex:
    """The chambers as the activation regions of a network with one unit per hyperplane."""
    hidden = (obj.A_exact, obj.b_exact * -1)
    output = (ExactArray(np.full((1, obj.n_rows), 1, dtype=object)), [0])
    return linear_regions(Network.from_layers([hidden, output]))


def _on_line(chambers: RegionComplex, ax: Axes | None, given: Any) -> Drawing:
    """Intervals in colours, and the points between them."""
    plane = region_plane(chambers, given)
    frame = choose_line_frame(given, ax, plane.vertices())
    keep = given is None and is_in_use(ax)
    ax = canvas(ax, ("$x$", ""))
    pieces = plane.pieces(region_lists(chambers), frame)
    shown = segments(pieces)
    colours = palette(Shades(chambers, "pattern").labels)[shown]
    artists = [
        add_lines(ax, [pieces[i] for i in shown], colors=colours, linewidths=4 * MEDIUM),
        add_dots(ax, plane.vertices(), s=dot_area(len(pieces))),
    ]
    if not keep:
        ax.set_xlim(frame.xmin, frame.xmax)
        ax.set_ylim(frame.ymin, frame.ymax)
        ax.set_yticks([])
    return drawn(ax, artists)


def _labels(
    obj: HyperplaneArrangement, chambers: RegionComplex, ax: Axes, signs: bool
) -> list[Artist]:
    (xmin, xmax), (ymin, ymax) = ax.get_xlim(), ax.get_ylim()
    frame = Frame(xmin, ymin, xmax, ymax)
    pieces = region_plane(chambers).pieces(region_lists(chambers), frame)
    texts = [sign_text(row) if signs else str(k) for k, row in enumerate(chambers.sign_vectors)]
    return list(Labels(ax, frame).inside(pieces, texts))


def _in_space(
    obj: HyperplaneArrangement, chambers: RegionComplex, ax: Axes | None, given: Any
) -> Drawing:
    """Every plane in its own colour, as far as the window reaches."""
    points = _vertices(chambers)
    window = choose_window(given, ax, points)
    marks = SpaceMarks(solid_canvas(ax))
    add_window(marks, window)
    for k, (normal, offset) in enumerate(zip(obj.A, obj.b.tolist(), strict=True)):
        length = float(np.linalg.norm(normal))
        if not length:
            continue
        faces = window.intersect([(normal / length, offset / length, "plane")])
        sections = [face.corners for face in faces if face.name == "plane"]
        add_pieces(marks, sections, PALETTE[k % len(PALETTE)], opacity=0.55)
    return drawn_in_space(marks)


def _vertices(chambers: RegionComplex) -> Any:
    """Vertices of the chambers, or the origin."""
    points = chambers.places.value[chambers.is_point]
    return points if len(points) else np.zeros((1, 3))

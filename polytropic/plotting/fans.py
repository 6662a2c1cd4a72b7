"""Normal fans in the plane and in space."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from polytropic.errors import InputError
from polytropic.geometry.normal_fan import NormalFan
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import neighbourly, palette
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.fading import add_veil
from polytropic.plotting.frames import Frame, apply_frame, is_in_use, read_frame
from polytropic.plotting.labels import Labels
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.space_cells import SpaceComplex, Window, choose_window
from polytropic.plotting.style import DOT, MEDIUM
from polytropic.plotting.surfaces import add_pieces, add_window, pieces_in

__all__: list[str] = []


@draw.register
def _fan(
    obj: NormalFan, ax: Axes | None = None, *, frame: Any = None, labels: bool = False
) -> Drawing:
    if obj.ambient_dimension not in (2, 3):
        raise InputError(
            f"a normal fan in dimension {obj.ambient_dimension} cannot be drawn: only those in "
            "dimensions 2 and 3 can"
        )
    if obj.ambient_dimension == 3:
        return _in_space(obj, ax, frame)
    return _in_plane(obj, ax, frame, labels)


def _rows(directions: Any, origin: bool) -> Any:
    """Homogeneous rows of directions, with the origin before them or not."""
    rows = [[0, *row] for row in directions.numerators.tolist()]
    width = directions.shape[1] + 1
    if origin:
        rows.insert(0, [1] + [0] * (width - 1))
    return np.array(rows, dtype=object).reshape(-1, width)


def _in_plane(obj: NormalFan, ax: Axes | None, given: Any, labels: bool) -> Drawing:
    frame = Frame(-1.0, -1.0, 1.0, 1.0) if given is None else read_frame(given)
    keep = given is None and is_in_use(ax)
    ax = canvas(ax, ("$u_1$", "$u_2$"))
    plane = PlaneComplex(_rows(obj.rays_exact, True), _rows(obj.lineality_exact, False))
    cones = [(0, *(ray + 1 for ray in cone)) for cone in obj.maximal_cones]
    pieces = plane.pieces(cones, frame)
    rays = plane.pieces([(0, ray + 1) for ray in range(len(obj.rays_exact))], frame)
    colours = palette(neighbourly(len(cones), _neighbours(obj)))
    shown = areas(pieces)
    origin = np.zeros((1, 2)) if not plane.has_lines else np.empty((0, 2))
    texts = Labels(ax, frame)
    artists = [
        add_areas(ax, [pieces[i] for i in shown], facecolors=colours[shown], edgecolors="face"),
        add_lines(ax, [rays[i] for i in segments(rays)], linewidths=1.5 * MEDIUM),
        add_lines(ax, [pieces[i] for i in segments(pieces)], linewidths=1.5 * MEDIUM),
        add_dots(ax, origin, s=DOT),
        *(texts.inside(pieces, [str(k) for k in range(len(pieces))]) if labels else []),
        add_veil(ax, frame),
    ]
    if not keep:
        apply_frame(ax, frame)
    return drawn(ax, artists)


def _neighbours(obj: NormalFan) -> Any:
    """Pairs of maximal cones that share a ray (in the plane: a wall)."""
    owners: dict[int, list[int]] = {}
    for index, cone in enumerate(obj.maximal_cones):
        for ray in cone:
            owners.setdefault(ray, []).append(index)
    pairs = [pair for cones in owners.values() for pair in combinations(cones, 2)]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _in_space(obj: NormalFan, ax: Axes | None, given: Any) -> Drawing:
    """Walls between maximal cones, and the rays, inside a box."""
    space = SpaceComplex(_rows(obj.rays_exact, True), _rows(obj.lineality_exact, False))
    window = (
        Window.box([-1] * 3, [1] * 3) if given is None else choose_window(given, ax, space.vertices)
    )
    cones = [set(cone) for cone in obj.maximal_cones]
    rank = 2 - len(obj.lineality_exact)  # rays that span a wall, at least
    walls = {tuple(sorted(a & b)) for a, b in combinations(cones, 2) if len(a & b) >= max(rank, 0)}
    if not obj.is_complete:
        walls |= {tuple(sorted(cone)) for cone in obj.maximal_cones if len(cone) <= 2}
    marks = SpaceMarks(solid_canvas(ax, ("$u_1$", "$u_2$", "$u_3$")))
    add_window(marks, window)
    cells = [(0, *(ray + 1 for ray in wall)) for wall in sorted(walls)]
    add_pieces(marks, pieces_in(space, cells, window), "#56b4e9", opacity=0.6)
    rays = pieces_in(space, [(0, ray + 1) for ray in range(len(obj.rays_exact))], window)
    marks.add_segments([ray for ray in rays if len(ray) == 2], linewidths=1.5 * MEDIUM, zorder=4)
    return drawn_in_space(marks)

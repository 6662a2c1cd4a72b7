"""Upper hulls of lifted polytopes above the subdivisions that they project to."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.networks.newton import UpperHull
from polytropic.plotting.cells import circular_order
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.duality import cell_colours
from polytropic.plotting.frames import is_in_use
from polytropic.plotting.marks import add_dots, add_lines
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.solids import show_all
from polytropic.plotting.style import BOLD, INK, MEDIUM, MUTED, THIN, dot_area, finer
from polytropic.tropical.subdivision import DualSubdivision

__all__ = ["draw_lifted"]

_HEIGHT = 0.6  # of the upper hull, as part of the width
_GAP = 0.4  # between it and the subdivision


@draw.register
def _upper_hull(obj: UpperHull, ax: Axes | None = None) -> Drawing:
    return draw_lifted(obj.polynomial.dual_subdivision(), ax)


def draw_lifted(obj: DualSubdivision, ax: Axes | None) -> Drawing:
    """Draw the upper faces of a lifted polytope and, below them, their projections.

    Parameters
    ----------
    obj : DualSubdivision
        In one or two dimensions.
    ax : matplotlib.axes.Axes, optional
        Of two or three dimensions.

    Raises
    ------
    InputError
        If the lifted polytope lies in more than three dimensions.
    """
    n = obj.polynomial.n_variables
    if n > 2:
        raise InputError(
            f"a lifted polytope in dimension {n + 1} cannot be drawn: leave out lifted=True"
        )
    return _in_space(obj, ax) if n == 2 else _in_plane(obj, ax)


def _in_plane(obj: DualSubdivision, ax: Axes | None) -> Drawing:
    """The upper chain of a polygon, with dotted lines down to the axis of exponents."""
    f = obj.polynomial
    points = np.column_stack([f.exponents, f.coefficients])
    is_empty = not is_in_use(ax)
    ax = canvas(ax, ("$a$", "$c$"))
    upper = points[list(obj.vertices)]
    others = np.setdiff1d(np.arange(len(points)), np.array(obj.vertices))
    low = points[:, 1].min() - 0.25 * max(float(np.ptp(points[:, 1])), 1.0)
    drops = [np.array([point, [point[0], low]]) for point in upper]
    chain = [points[list(cell.corners)] for cell in obj.maximal_cells if len(cell.corners) == 2]
    floor = [np.array([[a[0], low], [b[0], low]]) for a, b in chain]
    colours = cell_colours(f)[: len(chain)]
    artists: list[Artist | None] = [
        add_lines(ax, drops, colors=MUTED, linewidths=THIN, linestyles="dotted"),
        add_lines(ax, chain, colors=colours, linewidths=BOLD),
        add_lines(ax, floor, colors=colours, linewidths=BOLD),
        add_dots(ax, upper, s=dot_area(len(upper))),
        add_dots(ax, points[others], s=dot_area(len(points)), facecolors="white"),
    ]
    if is_empty:
        ax.margins(0.08)
        ax.autoscale_view()
    return drawn(ax, artists)


def _in_space(obj: DualSubdivision, ax: Axes | None) -> Drawing:
    f = obj.polynomial
    axes: Any = solid_canvas(ax, ("$a_1$", "$a_2$", "$c$"))
    width = float(np.ptp(f.exponents, axis=0).max()) or 1.0
    hull = list(obj.vertices)
    # Lifts have units of their own: the hull is as high as it looks well.
    low, high = float(f.coefficients[hull].min()), float(f.coefficients[hull].max())
    unit = _HEIGHT * width / ((high - low) or 1.0)
    heights = unit * (f.coefficients - low)
    tops = np.column_stack([f.exponents, heights])
    feet = np.column_stack([f.exponents, np.full(f.n_monomials, -_GAP * width)])
    marks = SpaceMarks(axes)
    show_all(axes, np.concatenate([tops[hull], feet]))
    colours = cell_colours(f)
    rings = [_ring(f.exponents, cell.corners) for cell in obj.maximal_cells]
    edge = finer(1.2 * MEDIUM, len(rings))
    _add_faces(marks, [feet[ring] for ring in rings], colours, 0.75, zorder=1, linewidths=THIN)
    drops = [np.array([tops[k], feet[k]]) for k in hull]
    marks.add_segments(drops, MUTED, dashed=True, linewidths=THIN, zorder=1.5)
    _add_faces(marks, [tops[ring] for ring in rings], colours, 0.9, zorder=2, linewidths=edge)
    marks.add_dots(tops[hull], INK, s=0.5 * dot_area(len(hull)))
    _label_heights(axes, low, high, unit)
    return drawn_in_space(marks)


def _ring(exponents: FloatArray, corners: tuple[int, ...]) -> Any:
    members = np.array(corners)
    return members[circular_order(exponents[members][None])[0]]


def _add_faces(
    marks: SpaceMarks, faces: list[FloatArray], colours: FloatArray, opacity: float, **look: Any
) -> None:
    """Polygons; segments where the Newton polytope is one."""
    full = [k for k, face in enumerate(faces) if len(face) > 2]
    rgba = np.column_stack([colours[full], np.full(len(full), opacity)])
    marks.add_polygons([faces[k] for k in full], rgba, **look)
    marks.add_segments([face for face in faces if len(face) == 2], linewidths=BOLD)


def _label_heights(axes: Any, low: float, high: float, unit: float) -> None:
    """Ticks with the true lifts, although the picture is stretched."""
    values = np.unique([low, high])
    axes.set_zticks((unit * (values - low)).tolist(), [f"{value:.3g}" for value in values])

"""Dual subdivisions of Newton polytopes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.geometry.lattice.points import lattice_points
from polytropic.plotting.cells import circular_order
from polytropic.plotting.clipping import Face, flat_hull
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.duality import cell_colours, check_colour_by, region_colours
from polytropic.plotting.frames import Frame, apply_frame, frame_around, is_in_use
from polytropic.plotting.labels import Labels
from polytropic.plotting.lifted import draw_lifted
from polytropic.plotting.marks import add_areas, add_dots, add_lines
from polytropic.plotting.polytopes import solid_of
from polytropic.plotting.region_solids import draw_cells
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.solids import show_all
from polytropic.plotting.style import DOT, INK, MEDIUM, MUTED, SOFT_FILL, dot_area, finer
from polytropic.plotting.surfaces import add_pieces
from polytropic.tropical.subdivision import DualSubdivision

__all__: list[str] = []

_MARGIN = 0.08
_MOST_POINTS = 10_000


@draw.register
def _subdivision(
    obj: DualSubdivision,
    ax: Axes | None = None,
    *,
    colour_by: str = "cells",
    labels: str | None = None,
    lattice: bool = False,
    lifted: bool = False,
    explode: float = 0.2,
) -> Drawing:
    check_colour_by(colour_by, ("cells", "regions"))
    if labels not in (None, "lifts", "numbers"):
        raise InputError(f"labels={labels!r}: choose 'lifts', 'numbers' or None")
    n_variables = obj.polynomial.n_variables
    if n_variables > 3:
        raise InputError(
            f"a dual subdivision in dimension {n_variables} cannot be drawn: only those of "
            "polynomials in one, two or three variables can"
        )
    if lifted:
        return draw_lifted(obj, ax)
    if n_variables == 3:
        return _in_space(obj, ax, explode)
    exponents = _plane_exponents(obj)
    is_empty = not is_in_use(ax)
    ax = canvas(ax, ("$a_1$", "$a_2$"))
    cells = _cells(ax, obj, exponents, colour_by)
    artists = [*cells, *_monomials(ax, obj, exponents, colour_by)]
    if lattice:
        artists.append(_other_lattice_points(ax, obj))
    if is_empty:
        apply_frame(ax, frame_around(exponents, _MARGIN if labels is None else 2 * _MARGIN))
    if labels is not None:
        artists += _labels(ax, obj, exponents, labels, colour_by)
    _label_lattice(ax, obj)
    return drawn(ax, artists)


def _in_space(obj: DualSubdivision, ax: Axes | None, explode: float) -> Drawing:
    """Cells pulled apart; of a flat Newton polytope, only its cells."""
    colours = cell_colours(obj.polynomial)
    axes = solid_canvas(ax, ("$a_1$", "$a_2$", "$a_3$"))
    marks = SpaceMarks(axes)
    if obj.dimension < 3:
        solids = [flat_hull(cell.vertices) for cell in obj.maximal_cells]
        show_all(axes, obj.polynomial.exponents)
        add_pieces(marks, solids, INK, colours=colours)
        return drawn_in_space(marks)
    cells = []
    for cell in obj.maximal_cells:
        solid = solid_of(cell.polytope)
        outlines = [solid.points[list(polygon)] for polygon in solid.polygons]
        names = [frozenset(map(tuple, outline.tolist())) for outline in outlines]
        faces = zip(outlines, solid.normals, names, strict=True)
        cells.append([Face(*face) for face in faces])
    return draw_cells(marks, cells, colours, explode)


def _plane_exponents(obj: DualSubdivision) -> FloatArray:
    """Exponents as points of the plane; those of one variable lie on its first axis."""
    exponents = obj.polynomial.exponents
    return np.pad(exponents, [(0, 0), (0, 2 - exponents.shape[1])])


def _cells(
    ax: Axes, obj: DualSubdivision, exponents: FloatArray, colour_by: str
) -> list[Artist | None]:
    """Polygons; segments if the Newton polytope is one."""
    corners = [exponents[list(cell.corners)] for cell in obj.maximal_cells]
    by_cell = colour_by == "cells"
    colours = cell_colours(obj.polynomial) if by_cell else np.array([SOFT_FILL] * len(corners))
    flat = [k for k, points in enumerate(corners) if len(points) == 2]
    full = [k for k, points in enumerate(corners) if len(points) > 2]
    polygons = [corners[k][circular_order(corners[k][None])[0]] for k in full]
    width = finer(MEDIUM, len(corners))
    return [
        add_areas(ax, polygons, facecolors=colours[full], linewidths=width),
        add_lines(ax, [corners[k] for k in flat], colors=colours[flat], linewidths=3 * MEDIUM),
    ]


def _monomials(
    ax: Axes, obj: DualSubdivision, exponents: FloatArray, colour_by: str
) -> list[Artist | None]:
    """Vertices as filled dots, the other monomials as hollow ones."""
    extreme = np.array(obj.vertices)
    others = np.setdiff1d(np.arange(len(exponents)), extreme)
    size = dot_area(len(exponents))
    edge = finer(0.8, len(exponents))
    filled = INK if colour_by == "cells" else region_colours(obj.polynomial)
    if colour_by == "regions":
        size = min(2 * size, 1.5 * DOT)  # their colours must be seen
    return [
        add_dots(ax, exponents[extreme], s=size, facecolors=filled, linewidths=edge),
        add_dots(ax, exponents[others], s=size, facecolors="white", linewidths=edge),
    ]


def _other_lattice_points(ax: Axes, obj: DualSubdivision) -> Artist | None:
    """Small crosses at lattice points of the Newton polytope that are no monomials."""
    found = lattice_points(obj.polynomial.newton_polytope(), max_points=_MOST_POINTS)
    known = set(map(tuple, obj.polynomial.exponents_exact.to_fractions().tolist()))
    others = [row for row in np.asarray(found).tolist() if tuple(row) not in known]
    points = np.array(others, dtype=np.float64).reshape(-1, obj.polynomial.n_variables)
    flat = np.pad(points, [(0, 0), (0, 2 - points.shape[1])])
    size = 0.6 * dot_area(len(flat))
    return add_dots(ax, flat, s=size, marker="x", facecolors=MUTED, edgecolors=None, linewidths=0.6)


def _labels(
    ax: Axes, obj: DualSubdivision, exponents: FloatArray, labels: str, colour_by: str
) -> list[Artist]:
    """Lifts of all monomials, or numbers of the vertices (those of the regions of the curve)."""
    (xmin, xmax), (ymin, ymax) = ax.get_xlim(), ax.get_ylim()
    places = Labels(ax, Frame(xmin, ymin, xmax, ymax))
    if labels == "lifts":
        texts = [_number(value) for value in obj.polynomial.coefficients_exact.to_fractions()]
        points = exponents
    else:
        texts = [str(k) for k in range(len(obj.vertices))]
        points = exponents[list(obj.vertices)]
    largest = 1.5 * DOT if colour_by == "regions" else DOT
    radius = 1.5 + (min(largest, 2 * dot_area(len(exponents))) / np.pi) ** 0.5
    places.keep_off(exponents, radius - 1.5)
    return list(places.beside(points, texts, radius=radius, box="white"))


def _number(value: Fraction) -> str:
    """A lift as it is if that is short, else rounded."""
    text = str(value)
    return (text if len(text) <= 5 else f"{float(value):.3g}").replace("-", "−")


def _label_lattice(ax: Axes, obj: DualSubdivision) -> None:
    axes: list[Any] = [ax.xaxis, ax.yaxis]
    if obj.polynomial.exponents_exact.denominator == 1:
        for axis in axes:
            axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    if obj.polynomial.n_variables == 1:
        ax.set_yticks([])
        ax.set_ylabel("")

"""Dual subdivisions of Newton polytopes in the plane."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.plotting.cells import circular_order
from polytropic.plotting.dispatch import plot
from polytropic.plotting.drawing import Drawing, canvas, drawn
from polytropic.plotting.duality import cell_colours, check_colour_by, region_colours
from polytropic.plotting.frames import apply_frame, frame_around, is_in_use
from polytropic.plotting.marks import add_areas, add_dots, add_lines
from polytropic.plotting.style import DOT, INK, MEDIUM, SOFT_FILL, dot_area, finer
from polytropic.tropical.subdivision import DualSubdivision

__all__: list[str] = []

_MARGIN = 0.08


@plot.register
def _subdivision(
    obj: DualSubdivision, ax: Axes | None = None, *, colour_by: str = "cells"
) -> Drawing:
    check_colour_by(colour_by, ("cells", "regions"))
    n_variables = obj.polynomial.n_variables
    if n_variables > 2:
        raise InputError(
            f"a dual subdivision in dimension {n_variables} cannot be drawn: only those of "
            "polynomials in one or two variables can"
        )
    exponents = _plane_exponents(obj)
    is_empty = not is_in_use(ax)
    ax = canvas(ax, ("$a_1$", "$a_2$"))
    cells = _cells(ax, obj, exponents, colour_by)
    artists = [*cells, *_monomials(ax, obj, exponents, colour_by)]
    if is_empty:
        apply_frame(ax, frame_around(exponents, _MARGIN))
    _label_lattice(ax, obj)
    return drawn(ax, artists)


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


def _label_lattice(ax: Axes, obj: DualSubdivision) -> None:
    axes: list[Any] = [ax.xaxis, ax.yaxis]
    if obj.polynomial.exponents_exact.denominator == 1:
        for axis in axes:
            axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    if obj.polynomial.n_variables == 1:
        ax.set_yticks([])
        ax.set_ylabel("")

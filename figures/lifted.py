"""Lifted polytopes with coloured upper faces, above the subdivision that these project to."""

from fractions import Fraction

import numpy as np
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection
from numpy.typing import NDArray

from polytropic import Polytope, TropicalPolynomial, plot
from polytropic.arithmetic.numbers import ExactArray
from polytropic.plotting.cells import circular_order
from polytropic.plotting.duality import cell_colours
from polytropic.plotting.solids import towards_viewer
from polytropic.plotting.style import MUTED

_BODY = "#bbbbbb"


def draw_lifted(
    ax: Axes3D,
    f: TropicalPolynomial,
    solid: Polytope,
    *,
    height: float = 0.5,
    gap: float = 0.5,
    zoom: float = 1.2,
    plumb: bool = True,
) -> None:
    """Draw a lifted polytope of f and, below it, the dual subdivision in matching colours.

    Upright, the solid is stretched to `height` times its width, and hangs `gap` times its width
    above the subdivision.
    """
    width = float(np.ptp(solid.vertices[:, :2], axis=0).max())
    unit = Fraction(height * width / np.ptp(solid.vertices[:, 2])).limit_denominator(1000)
    stretched = _stretched(solid.vertices_exact, unit)
    low = float(unit) * solid.vertices[:, 2].min() - gap * width
    plot(Polytope.from_points(stretched), ax, colour=_BODY)
    _draw_roof(ax, f, float(unit))
    _draw_floor(ax, f, low)
    if plumb:
        _draw_plumb_lines(ax, f, float(unit), low)
    ax.set_zlim(low, stretched.to_float()[:, 2].max())
    spans = [np.ptp(limits) for limits in (ax.get_xlim(), ax.get_ylim(), ax.get_zlim())]
    ax.set_box_aspect(spans, zoom=zoom)
    for artist in ax.collections:
        artist.set_clip_on(False)


def _stretched(points: ExactArray, unit: Fraction) -> ExactArray:
    """Multiply the last coordinate, exactly: facets stay flat."""
    return ExactArray.concatenate([points[:, :2], points[:, 2:] * unit], axis=1)


def _corners(f: TropicalPolynomial) -> list[NDArray[np.intp]]:
    """Monomials at the corners of every cell of the subdivision, in circular order."""
    found = []
    for cell in f.dual_subdivision().maximal_cells:
        members = np.array(cell.corners)
        ring = members[circular_order(f.exponents[members][None])[0]]
        found.append(np.append(ring, ring[0]))  # closed, see Solid.outline
    return found


def _draw_roof(ax: Axes3D, f: TropicalPolynomial, unit: float) -> None:
    """Colour the upper faces that face the viewer."""
    eye = towards_viewer(ax)
    cells = f.dual_subdivision().maximal_cells
    # (x*, 1) is the normal of an upper face; stretching divides its last entry.
    seen = [k for k, cell in enumerate(cells) if np.append(cell.point, 1 / unit) @ eye > 0]
    points = np.column_stack([f.exponents, unit * f.coefficients])
    faces = [points[_corners(f)[k]] for k in seen]
    roof = Poly3DCollection(faces, facecolors=cell_colours(f)[seen], alpha=0.9, zorder=2.5)
    ax.add_collection3d(roof)


def _draw_floor(ax: Axes3D, f: TropicalPolynomial, low: float) -> None:
    """Draw the dual subdivision at a height."""
    points = np.column_stack([f.exponents, np.full(f.n_monomials, low)])
    faces = [points[members] for members in _corners(f)]
    look = {"edgecolors": MUTED, "linewidths": 0.4, "alpha": 0.6, "zorder": 0}
    ax.add_collection3d(Poly3DCollection(faces, facecolors=cell_colours(f), **look))


def _draw_plumb_lines(ax: Axes3D, f: TropicalPolynomial, unit: float, low: float) -> None:
    """Connect upper vertices with those of the subdivision."""
    tops = np.column_stack([f.exponents, unit * f.coefficients])
    feet = np.column_stack([f.exponents, np.full(f.n_monomials, low)])
    lines = [np.array([tops[i], feet[i]]) for i in f.dual_subdivision().vertices]
    look = {"colors": MUTED, "linewidths": 0.4, "linestyles": "dotted", "zorder": 0.5}
    ax.add_collection3d(Line3DCollection(lines, **look))

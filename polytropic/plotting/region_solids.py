"""Regions in space, pulled apart so that one sees between them."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.cells import float_rows
from polytropic.plotting.drawing import Drawing, drawn, solid_canvas
from polytropic.plotting.region_shades import Shades
from polytropic.plotting.solids import Solid, shaded, show_all, towards_viewer
from polytropic.plotting.style import INK, THIN, finer

__all__ = ["draw_in_space"]

_MOST_CELLS: Final = 5000


def draw_in_space(
    obj: RegionComplex,
    ax: Axes | None,
    shades: Shades,
    frame: Any,
    explode: float,
) -> Drawing:
    """Draw the facets of all cells that face the viewer, each cell moved away from the middle.

    Parameters
    ----------
    obj : RegionComplex
        Of a bounded domain in dimension 3.
    ax : matplotlib.axes.Axes, optional
    shades : Shades
    frame
        Must be None: there is no clipping in space.
    explode : float
        How far cells move, as part of their distance from the middle; 0 leaves no gaps.

    Returns
    -------
    Drawing

    Raises
    ------
    InputError
        If the domain is unbounded, there are too many cells, or a frame is given.
    """
    coordinates, is_point = float_rows(obj.generators)
    dimension = _check(obj, is_point, frame)
    axes = solid_canvas(ax)
    centres = np.array([coordinates[list(cell)].mean(axis=0) for cell in obj.cells])
    shifts = float(explode) * (centres - coordinates.mean(axis=0))
    solids = [
        Solid(coordinates + shift, tuple(map(tuple, facets)), dimension)
        for shift, facets in zip(shifts, obj.facets, strict=True)
    ]
    show_all(axes, np.concatenate([solid.corners for solid in solids]))
    eye = towards_viewer(axes)
    hidden = _shared(obj) if explode == 0 and dimension == 3 else set()
    faces, colours = _seen_faces(solids, shades.of_cells(centres), eye, hidden)
    look = {"edgecolors": INK, "linewidths": finer(THIN, len(obj)), "zorder": 2}
    shell = Poly3DCollection(faces, facecolors=colours, **look)
    axes.add_collection3d(shell)
    return drawn(axes, [shell])


def _check(obj: RegionComplex, is_point: NDArray[np.bool_], frame: Any) -> int:
    """Dimension of the domain, if this can be drawn."""
    if frame is not None:
        raise InputError("frame clips drawings in the plane; in space leave it out")
    dimension = 3 if obj.domain is None else obj.domain.dimension
    if not is_point.all() or len(obj.lineality):
        raise InputError(
            "unbounded regions in dimension 3 cannot be drawn: give linear_regions a bounded "
            "domain, such as Polytope.box(-1, 1, dim=3)"
        )
    if dimension < 2:
        raise InputError(f"regions of a domain of dimension {dimension} in space cannot be drawn")
    if len(obj) > _MOST_CELLS:
        raise InputError(
            f"{len(obj)} regions in dimension 3 are too many to be seen: at most {_MOST_CELLS}"
        )
    return dimension


def _shared(obj: RegionComplex) -> set[frozenset[int]]:
    """Facets between two cells, which nobody sees when the cells are not pulled apart."""
    counts = Counter(facet for facets in obj.facets for facet in facets)
    return {facet for facet, count in counts.items() if count > 1}


def _seen_faces(
    solids: list[Solid], colours: FloatArray, eye: FloatArray, hidden: set[frozenset[int]]
) -> tuple[list[FloatArray], FloatArray]:
    """Polygons that face the viewer, and their colours in the light."""
    faces: list[FloatArray] = []
    shades = []
    for solid, colour in zip(solids, colours, strict=True):
        seen = np.flatnonzero(solid.normals @ eye > 0) if solid.dimension == 3 else np.array([0])
        seen = seen[[frozenset(solid.polygons[k]) not in hidden for k in seen]]
        faces += [solid.outline(k) for k in seen]
        shades.append(shaded(np.tile(colour, (len(seen), 1)), solid.normals[seen], eye))
    return faces, np.concatenate(shades)

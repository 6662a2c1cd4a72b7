"""Regions in space, pulled apart so that one sees between them."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, TypeAlias

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

Facets: TypeAlias = tuple[frozenset[int], ...]

_MOST_CELLS: Final = 3000


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
    solids = [_solid(obj, i, coordinates, shifts[i], dimension) for i in range(len(obj))]
    show_all(axes, np.concatenate([solid.corners for solid in solids]))
    eye = towards_viewer(axes)
    hidden = _shared(obj) if explode == 0 and dimension == 3 else set()
    colours = shades.of_cells(centres)
    artists = []
    for rank, index in enumerate(_back_to_front(obj, solids, centres @ eye, eye)):
        faces, seen = _seen_faces(solids[index], obj.facets[index], eye, hidden)
        if faces:
            shaded_faces = shaded(np.tile(colours[index], (len(faces), 1)), seen, eye)
            look = {"edgecolors": INK, "linewidths": finer(THIN, len(obj))}
            cell = Poly3DCollection(faces, facecolors=shaded_faces, **look)
            cell.set_zorder(2 + rank / len(obj))
            axes.add_collection3d(cell)
            artists.append(cell)
    return drawn(axes, artists)


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


def _solid(
    obj: RegionComplex, index: int, coordinates: FloatArray, shift: FloatArray, dimension: int
) -> Solid:
    """One cell, moved, with its facets in the order of the complex."""
    place = {member: k for k, member in enumerate(obj.cells[index])}
    facets = tuple(tuple(place[member] for member in facet) for facet in obj.facets[index])
    return Solid(coordinates[list(obj.cells[index])] + shift, facets, dimension)


def _seen_faces(
    solid: Solid, facets: Facets, eye: FloatArray, hidden: set[frozenset[int]]
) -> tuple[list[FloatArray], FloatArray]:
    """Polygons that face the viewer, and their normals."""
    kept = [0]  # of a flat cell: itself
    if solid.dimension == 3:
        seen = np.flatnonzero(solid.normals @ eye > 0).tolist()
        kept = [k for k in seen if facets[k] not in hidden]
    return [solid.outline(k) for k in kept], solid.normals[kept]


def _back_to_front(
    obj: RegionComplex, solids: list[Solid], depths: FloatArray, eye: FloatArray
) -> list[int]:
    """Order in which cells can be painted one over the other.

    Of two neighbours the one beyond their facet, as seen from the other, comes later.  Pulling
    cells apart is shrinking each of them and then magnifying the whole, so the order stays right.
    """
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(solids)), ()))
    first: dict[frozenset[int], tuple[int, float]] = {}
    for i, solid in enumerate(solids):
        if solid.dimension < 3:
            break  # cells in one plane never hide each other
        for facet, normal in zip(obj.facets[i], solid.normals, strict=True):
            j, facing = first.setdefault(facet, (i, float(normal @ eye)))
            if i != j and facing:
                sorter.add(*((i, j) if facing > 0 else (j, i)))
    try:
        return list(sorter.static_order())
    except CycleError:
        # Facets that are seen edge-on may be rounded to either side.
        return np.argsort(depths, kind="stable").tolist()

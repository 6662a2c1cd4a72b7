"""Regions in space, pulled apart so that one sees between them, or cut open by a window."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.cells import CellLists
from polytropic.plotting.clipping import Face, Faces, flat_hull
from polytropic.plotting.drawing import Drawing, drawn_in_space, solid_canvas
from polytropic.plotting.region_cells import facet_lists, region_lists, region_places
from polytropic.plotting.region_shades import Shades
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.solids import shaded, show_all, towards_viewer
from polytropic.plotting.space_cells import SpaceComplex, Window, choose_window
from polytropic.plotting.style import INK, THIN, finer

__all__ = ["draw_cells", "draw_in_space"]

_MOST_CELLS: Final = 3000


def draw_in_space(
    obj: RegionComplex, ax: Axes | None, shades: Shades, frame: Any, explode: float
) -> Drawing:
    """Draw the facets of all cells that face the viewer, each cell moved away from the middle.

    Parameters
    ----------
    obj : RegionComplex
        Of a domain of dimension 2 or 3 in space.
    ax : matplotlib.axes.Axes, optional
    shades : Shades
    frame
        Six numbers or a bounded polytope: what lies outside is cut off.  By default all of a
        bounded domain is seen, and the vertices of an unbounded one.
    explode : float
        How far cells move, as part of their distance from the middle; 0 leaves no gaps.

    Returns
    -------
    Drawing

    Raises
    ------
    InputError
        If the domain is a line or a point, there are too many cells, or the frame is wrong.
    """
    if obj.dimension < 2:
        raise InputError(
            f"regions of a domain of dimension {obj.dimension} in space cannot be drawn"
        )
    if len(obj) > _MOST_CELLS:
        raise InputError(
            f"{len(obj)} regions in dimension 3 are too many to be seen: at most {_MOST_CELLS}"
        )
    space = SpaceComplex.rounded(region_places(obj), obj.is_point, obj.lineality)
    window = None
    if frame is not None or not space.is_bounded:
        window = choose_window(frame, ax, space.vertices)
    cells = _all_faces(obj, space, window)
    if not any(cells):
        raise InputError("nothing lies inside the frame")
    centres = np.array([_centre(faces) for faces in cells])
    colours = shades.of_cells(centres)
    axes = solid_canvas(ax, _names(obj))
    return draw_cells(SpaceMarks(axes), cells, colours, explode)


def _names(obj: RegionComplex) -> tuple[str, ...]:
    letter = "x" if obj.slice is None else "t"
    return tuple(f"${letter}_{k}$" for k in (1, 2, 3))


# -- faces of cells ------------------------------------------------------------------------------
def _all_faces(obj: RegionComplex, space: SpaceComplex, window: Window | None) -> list[Faces]:
    lists = region_lists(obj)
    if obj.dimension == 2:
        return [_flat(space, lists[i], window) for i in range(len(obj))]
    table, facets = obj.facet_table, facet_lists(obj)
    inner = obj.interior_points
    found = []
    for i in range(len(obj)):
        own = table.facets[table.start[i] : table.start[i + 1]].tolist()
        found.append(_faces(space, lists[i], own, facets, inner[i], window))
    return found


def _faces(
    space: SpaceComplex,
    cell: list[int],
    own: list[int],
    facets: CellLists,
    inside: FloatArray,
    window: Window | None,
) -> Faces:
    """Faces around one cell, named by their facets; empty if it is outside of the window."""
    halfspaces = [(*space.halfspace(facets[k], inside), k) for k in own]
    bounded = bool(space.is_point[cell].all()) and not len(space.lines)
    if bounded and (window is None or window.holds(space.places[cell])):
        return [Face(flat_hull(space.places[facets[k]]), normal, k) for normal, _, k in halfspaces]
    assert window is not None
    return window.intersect(halfspaces)


def _flat(space: SpaceComplex, cell: list[int], window: Window | None) -> Faces:
    """The cell itself, of a domain in a plane."""
    corners = flat_hull(space.places[cell]) if window is None else space.piece(cell, window)
    if len(corners) < 3:
        return []
    return [Face(corners, np.linalg.svd(corners - corners.mean(axis=0))[2][2])]


def _centre(faces: Faces) -> FloatArray:
    if not faces:
        return np.zeros(3)  # nobody sees it
    centre: FloatArray = np.concatenate([face.corners for face in faces]).mean(axis=0)
    return centre


# -- drawing -------------------------------------------------------------------------------------
def draw_cells(
    marks: SpaceMarks, cells: list[Faces], colours: FloatArray, explode: float
) -> Drawing:
    """Draw solids that meet in common facets, moved away from the middle.

    Parameters
    ----------
    marks : SpaceMarks
    cells : list of lists of Face
        Faces with one name are one facet of two cells; an empty list is nothing to draw.
    colours : float array, shape (n, 3)
    explode : float
    """
    everything = np.concatenate([face.corners for faces in cells for face in faces])
    middle = (everything.min(axis=0) + everything.max(axis=0)) / 2
    shifts = [float(explode) * (_centre(faces) - middle) for faces in cells]
    moved = [
        [face.corners + shift for face in faces] for faces, shift in zip(cells, shifts, strict=True)
    ]
    show_all(marks.axes, np.concatenate([corners for cell in moved for corners in cell]))
    eye = towards_viewer(marks.axes)
    hidden = _shared(cells) if explode == 0 else set()
    n_shown = sum(map(bool, cells))
    for rank, index in enumerate(_back_to_front(cells, eye)):
        faces = cells[index]
        kept = [k for k, face in enumerate(faces) if face.name is None or face.name not in hidden]
        normals = np.array([faces[k].normal for k in kept]).reshape(-1, 3)
        base = np.tile(colours[index], (len(kept), 1))
        opaque = np.concatenate([shaded(base, normals, eye), np.ones((len(kept), 1))], axis=1)
        marks.keep_polygons([moved[index][k] for k in kept], opaque)
        facing = normals @ eye > 0 if len(faces) > 1 else np.ones(len(kept), dtype=bool)
        seen = np.flatnonzero(facing).tolist()
        marks.show_polygons(
            [moved[index][kept[k]] for k in seen],
            opaque[seen],
            edgecolors=INK,
            linewidths=finer(THIN, n_shown),
            zorder=2 + rank / len(cells),
        )
    return drawn_in_space(marks)


def _shared(cells: list[Faces]) -> set[Any]:
    """Facets between two cells, which nobody sees when the cells are not pulled apart."""
    counts = Counter(face.name for faces in cells for face in faces if face.name is not None)
    return {name for name, count in counts.items() if count > 1}


def _back_to_front(cells: list[Faces], eye: FloatArray) -> list[int]:
    """Order in which cells can be painted one over the other.

    Of two neighbours the one beyond their facet, as seen from the other, comes later.  Pulling
    cells apart is shrinking each of them and then magnifying the whole, so the order stays right.
    """
    shown = [i for i, faces in enumerate(cells) if faces]
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(shown, ()))
    first: dict[Any, tuple[int, float]] = {}
    for i in shown:
        for face in cells[i]:
            if face.name is None:
                continue
            j, facing = first.setdefault(face.name, (i, float(face.normal @ eye)))
            if i != j and facing:
                sorter.add(*((i, j) if facing > 0 else (j, i)))
    try:
        return list(sorter.static_order())
    except CycleError:
        # Facets that are seen edge-on may be rounded to either side.
        depths = np.array([_centre(cells[i]) @ eye for i in shown])
        return [shown[k] for k in np.argsort(depths, kind="stable")]

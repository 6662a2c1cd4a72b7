"""Convex solids in space: their true facets, with what lies behind them dashed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from mpl_toolkits.mplot3d import Axes3D
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray
from polytropic.plotting.cells import circular_order
from polytropic.plotting.colours import lighter
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.style import BOLD, INK, MEDIUM, MUTED, dot_area, finer

__all__ = ["Solid", "add_solid", "shaded", "show_all", "towards_viewer"]

_LIGHT = np.array([0.35, -0.55, 0.76])
_SHADE = 0.35
_OPACITY = 0.72
_ZOOM = 0.84
_MARGIN = 0.05
_THINNEST = 0.3


@dataclass(frozen=True, eq=False)
class Solid:
    """A convex polytope of any dimension in space.

    Attributes
    ----------
    points : float array, shape (n, 3)
        Among them all vertices.
    facets : tuple of tuple of int
        Vertices of every facet, in any order.
    dimension : int
        From 0 to 3.
    """

    points: FloatArray
    facets: tuple[tuple[int, ...], ...]
    dimension: int

    @property
    def corners(self) -> FloatArray:
        """Points that lie on facets: the vertices."""
        return self.points[self._members]

    @cached_property
    def _members(self) -> list[int]:
        return sorted(set().union(*self.facets))

    @cached_property
    def polygons(self) -> tuple[tuple[int, ...], ...]:
        """Facets with their corners in order; of a flat solid, the solid itself."""
        if self.dimension == 3:
            return tuple(self._in_order(facet) for facet in self.facets)
        if self.dimension == 2:
            return (self._in_order(tuple(self._members)),)
        return ()

    def outline(self, index: int) -> FloatArray:
        """Corners of a polygon with the first one again at the end.

        Where polygons differ in size, `Poly3DCollection` forgets the last edge of the smaller ones.
        """
        polygon = self.polygons[index]
        return self.points[[*polygon, polygon[0]]]

    @cached_property
    def normals(self) -> FloatArray:
        """Unit normals of the polygons, shape (k, 3), outward for a solid of dimension 3."""
        centre = self.corners.mean(axis=0)
        found = []
        for polygon in self.polygons:
            corners = self.points[list(polygon)]
            normal = _plane_basis(corners)[2]
            outward = (corners.mean(axis=0) - centre) @ normal >= 0
            found.append(normal if outward else -normal)
        return np.array(found).reshape(-1, 3)

    @cached_property
    def edges(self) -> dict[tuple[int, int], list[int]]:
        """For every edge the polygons around it."""
        around: dict[tuple[int, int], list[int]] = {}
        for index, polygon in enumerate(self.polygons):
            for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True):
                around.setdefault((min(a, b), max(a, b)), []).append(index)
        return around

    def _in_order(self, members: tuple[int, ...]) -> tuple[int, ...]:
        corners = self.points[list(members)]
        flat = (corners - corners.mean(axis=0)) @ _plane_basis(corners)[:2].T
        return tuple(members[i] for i in circular_order(flat[None])[0].tolist())


def _plane_basis(corners: FloatArray) -> FloatArray:
    """Two directions in the plane of some points, and the normal."""
    return np.linalg.svd(corners - corners.mean(axis=0), full_matrices=True)[2]


def towards_viewer(ax: Axes3D) -> FloatArray:
    """Direction from the scene to the eye."""
    elevation, azimuth = np.deg2rad([ax.elev, ax.azim])
    flat = np.cos(elevation)
    return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)])


def shaded(colours: FloatArray, normals: FloatArray, eye: FloatArray) -> FloatArray:
    """Colours in the light from above: facets that turn away are darker, shape (k, 3)."""
    # A facet that is seen from behind is lit from its other side.
    facing = np.where(normals @ eye >= 0, 1.0, -1.0)
    light = facing * (normals @ _LIGHT) / np.linalg.norm(_LIGHT)
    strength = 1 - _SHADE * (1 - light[:, None]) / 2
    return np.clip(colours * strength, 0, 1)


def add_solid(marks: SpaceMarks, solid: Solid, colour: Any, opacity: float = _OPACITY) -> None:
    """Draw a convex solid: translucent facets, seen edges solid and hidden ones dashed."""
    show_all(marks.axes, solid.points)
    if solid.dimension == 1:
        marks.add_segments([solid.points], colour, linewidths=BOLD)
    elif solid.dimension > 1:
        _add_shell(marks, solid, colour, opacity)
    _add_dots(marks, solid)


def _add_shell(marks: SpaceMarks, solid: Solid, colour: Any, opacity: float) -> None:
    eye = towards_viewer(marks.axes)
    seen = _seen(solid, eye)
    base = np.tile(lighter(colour, 0.35), (len(solid.polygons), 1))
    thickness = np.where(seen, opacity, 0.35 * opacity)[:, None]
    colours = np.concatenate([shaded(base, solid.normals, eye), thickness], axis=1)
    polygons = [solid.points[list(polygon)] for polygon in solid.polygons]
    marks.add_polygons(polygons, colours, edgecolors="none")
    width = finer(1.2 * MEDIUM, len(solid.edges))
    marks.add_segments(_edges_where(solid, seen), linewidths=width)
    back = _edges_where(solid, ~seen, every=True)
    marks.add_segments(back, MUTED, dashed=True, linewidths=0.7 * width, zorder=1)


def _seen(solid: Solid, eye: FloatArray) -> NDArray[np.bool_]:
    """Which polygons face the viewer."""
    if solid.dimension == 3:
        facing: NDArray[np.bool_] = solid.normals @ eye > 0
        return facing
    return np.ones(len(solid.polygons), dtype=bool)


def _add_dots(marks: SpaceMarks, solid: Solid) -> None:
    """Vertices, paler where they are hidden."""
    in_front = np.ones(len(solid.points), dtype=bool)
    if solid.dimension == 3:
        in_front[:] = False
        for k in np.flatnonzero(_seen(solid, towards_viewer(marks.axes))):
            in_front[list(solid.polygons[k])] = True
    size = 0.5 * dot_area(2 * len(solid.points))
    marks.add_dots(solid.points[in_front], INK, s=size)
    marks.add_dots(solid.points[~in_front], MUTED, s=size, zorder=1)


def _edges_where(solid: Solid, wanted: NDArray[np.bool_], every: bool = False) -> list[FloatArray]:
    """Edges such that some (or every) polygon around them is wanted."""
    test = all if every else any
    return [
        solid.points[list(edge)]
        for edge, around in solid.edges.items()
        if test(wanted[k] for k in around)
    ]


def show_all(ax: Axes3D, points: FloatArray) -> None:
    """Set the limits such that all points, and what was there before, are seen to scale."""
    low, high = points.min(axis=0), points.max(axis=0)
    if ax.has_data():
        before = np.array([ax.get_xlim(), ax.get_ylim(), ax.get_zlim()])
        low, high = np.minimum(low, before[:, 0]), np.maximum(high, before[:, 1])
    spans = high - low
    size = float(spans.max()) or 1.0
    spans = np.maximum((1 + _MARGIN) * spans, _THINNEST * size)
    middle = (low + high) / 2
    for axis, a, b in zip("xyz", middle - spans / 2, middle + spans / 2, strict=True):
        getattr(ax, f"set_{axis}lim")(a, b)
    # Equal scales, with room for the labels, which matplotlib does not reckon with in space.
    ax.set_aspect("equal")
    ax.set_box_aspect(spans, zoom=_ZOOM)

"""What lies in space, as arrays: for drawings that can be turned around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.plotting.style import INK, MEDIUM, THIN

__all__ = ["Dots", "Lines", "Mesh", "Scene", "SpaceMarks"]


Colour: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles.

    Attributes
    ----------
    points : float array, shape (n, 3)
    triangles : int array, shape (m, 3)
    colours : float array, shape (m, 4)
        Red, green, blue and opacity of every triangle.
    """

    points: FloatArray
    triangles: IntArray
    colours: FloatArray

    @staticmethod
    def of(polygons: Sequence[FloatArray], colours: FloatArray) -> Mesh:
        """Cut convex polygons, each with its colour, into triangles from their first corners.

        Examples
        --------
        >>> square = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
        >>> Mesh.of([square], np.ones((1, 4))).triangles.tolist()
        [[0, 1, 2], [0, 2, 3]]
        """
        starts = np.cumsum([0, *map(len, polygons)])
        fans = [
            [start, start + k, start + k + 1]
            for start, polygon in zip(starts.tolist(), polygons, strict=False)
            for k in range(1, len(polygon) - 1)
        ]
        triangles = np.array(fans, dtype=np.int64).reshape(-1, 3)
        owner = np.searchsorted(starts, triangles[:, 0], side="right") - 1
        return Mesh(np.concatenate([np.empty((0, 3)), *polygons]), triangles, colours[owner])


@dataclass(frozen=True, eq=False)
class Lines:
    """Segments in one colour: ends, shape (n, 2, 3); width in points."""

    ends: FloatArray
    colour: Colour
    width: float
    dashed: bool = False


@dataclass(frozen=True, eq=False)
class Dots:
    """Points, shape (n, 3), in one colour."""

    points: FloatArray
    colour: Colour


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that was drawn in space.

    Attributes
    ----------
    meshes : tuple of Mesh
    lines : tuple of Lines
    dots : tuple of Dots
    """

    meshes: tuple[Mesh, ...] = ()
    lines: tuple[Lines, ...] = ()
    dots: tuple[Dots, ...] = ()


@dataclass(eq=False)
class SpaceMarks:
    """Draws on axes of three dimensions and keeps what was drawn as a scene."""

    axes: Axes3D
    artists: list[Artist] = field(default_factory=list)
    meshes: list[Mesh] = field(default_factory=list)
    lines: list[Lines] = field(default_factory=list)
    dots: list[Dots] = field(default_factory=list)

    @property
    def scene(self) -> Scene:
        """What was drawn so far."""
        return Scene(tuple(self.meshes), tuple(self.lines), tuple(self.dots))

    def add_polygons(
        self, polygons: Sequence[FloatArray], colours: FloatArray, **look: Any
    ) -> Poly3DCollection | None:
        """Fill convex polygons, colours of shape (n, 4), all in one collection."""
        self.keep_polygons(polygons, colours)
        return self.show_polygons(polygons, colours, **look)

    def keep_polygons(self, polygons: Sequence[FloatArray], colours: FloatArray) -> None:
        """Put polygons into the scene only: those that are not seen from here."""
        if len(polygons):
            self.meshes.append(Mesh.of(polygons, colours))

    def show_polygons(
        self, polygons: Sequence[FloatArray], colours: FloatArray, **look: Any
    ) -> Poly3DCollection | None:
        """Draw polygons without putting them into the scene."""
        if not len(polygons):
            return None
        # Where polygons differ in size, `Poly3DCollection` forgets the last edge of smaller ones.
        closed = [np.concatenate([polygon, polygon[:1]]) for polygon in polygons]
        options: dict[str, Any] = {"edgecolors": INK, "linewidths": THIN, "zorder": 2}
        shell = Poly3DCollection(closed, facecolors=colours, **(options | look))
        self.axes.add_collection3d(shell)
        self.artists.append(shell)
        return shell

    def add_segments(
        self, pieces: Sequence[FloatArray], colour: Any = INK, *, dashed: bool = False, **look: Any
    ) -> Line3DCollection | None:
        """Draw segments in one colour, all in one collection."""
        if not len(pieces):
            return None
        options: dict[str, Any] = {"linewidths": MEDIUM, "zorder": 3} | look
        if dashed:
            options["linestyles"] = "dashed"
        lines = Line3DCollection(list(pieces), color=colour, **options)
        self.axes.add_collection3d(lines)
        self.artists.append(lines)
        rgba = to_rgba(colour)
        self.lines.append(Lines(np.array(pieces), rgba, float(options["linewidths"]), dashed))
        return lines

    def add_dots(self, points: FloatArray, colour: Any = INK, **look: Any) -> None:
        """Mark points in one colour."""
        if not len(points):
            return
        options: dict[str, Any] = {"depthshade": False, "linewidths": 0, "zorder": 5}
        dots = self.axes.scatter(*np.asarray(points).T, color=colour, **(options | look))
        self.artists.append(dots)
        self.dots.append(Dots(np.asarray(points), to_rgba(colour)))

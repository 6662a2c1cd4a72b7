"""Cells in space, seen through a window: a box or another bounded polytope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from mpl_toolkits.mplot3d import Axes3D
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.plotting.cells import float_rows
from polytropic.plotting.clipping import Face, Faces, clip_polygon, cut_faces, flat_hull
from polytropic.plotting.frames import Frame, frame_around

__all__ = ["SpaceComplex", "Window", "choose_window"]


@dataclass(frozen=True, eq=False)
class Window:
    """A bounded polytope of dimension 3 in floats: ``A @ x <= b``, and its faces."""

    A: FloatArray
    b: FloatArray
    faces: tuple[Face, ...]

    @property
    def corners(self) -> FloatArray:
        """Corners of all faces."""
        return np.concatenate([face.corners for face in self.faces])

    @staticmethod
    def of(polytope: Polytope) -> Window:
        """The window that a user gave as a polytope."""
        if polytope.ambient_dimension != 3 or polytope.dimension != 3 or not polytope.is_bounded:
            raise InputError(
                "a frame in space must be six numbers or a bounded polytope of dimension 3, got "
                f"{polytope!r}"
            )
        A, b = polytope.halfspaces
        lengths = np.linalg.norm(A, axis=1)
        A, b = A / lengths[:, None], b / lengths
        faces = [
            Face(flat_hull(polytope.vertices[row]), normal)
            for row, normal in zip(polytope.incidence, A, strict=True)
        ]
        return Window(A, b, tuple(faces))

    @staticmethod
    def box(low: Any, high: Any) -> Window:
        """A box."""
        return Window.of(Polytope.box(low, high))

    def clip(self, corners: FloatArray) -> FloatArray:
        """Part of a polygon, a segment or a point inside."""
        for normal, offset in zip(self.A, self.b.tolist(), strict=True):
            corners = clip_polygon(corners, normal, offset)
        return corners

    def holds(self, points: FloatArray) -> bool:
        """Whether all points are inside, up to rounding."""
        values = points @ self.A.T - self.b
        return bool((values <= 1e-9 * (1 + np.abs(self.b))).all())

    def intersect(self, halfspaces: list[tuple[FloatArray, float, Any]]) -> Faces:
        """Faces around the part of the window inside of halfspaces (normal, offset, name)."""
        faces: Faces = list(self.faces)
        for normal, offset, name in halfspaces:
            faces = cut_faces(faces, normal, offset, name)
        return faces


def choose_window(given: Any, ax: Any, points: FloatArray, margin: float = 0.35) -> Window:
    """Window that was given, else that of axes already drawn on, else a box around the points."""
    if isinstance(given, Polytope):
        return Window.of(given)
    if given is not None:
        return _read(given)
    if isinstance(ax, Axes3D) and ax.has_data():
        limits = np.array([ax.get_xlim(), ax.get_ylim(), ax.get_zlim()])
        return Window.box(limits.min(axis=1), limits.max(axis=1))
    # The planes of coordinates, two at a time, have frames already.
    xy, yz = frame_around(points[:, :2], margin), frame_around(points[:, 1:], margin)
    half = max(xy.width, yz.width) / 2
    centre = np.array([_middle(xy)[0], _middle(xy)[1], _middle(yz)[1]])
    return Window.box(centre - half, centre + half)


def _middle(frame: Frame) -> tuple[float, float]:
    return (frame.xmin + frame.xmax) / 2, (frame.ymin + frame.ymax) / 2


def _read(given: Any) -> Window:
    names = "(xmin, ymin, zmin, xmax, ymax, zmax)"
    try:
        numbers = np.array([float(value) for value in given])
    except (TypeError, ValueError) as problem:
        raise InputError(f"frame must be {names} or a polytope, got {given!r}") from problem
    if len(numbers) != 6 or not np.isfinite(numbers).all():
        raise InputError(
            f"frame in space must be {names}, all finite, or a polytope, got {given!r}"
        )
    if not (numbers[:3] < numbers[3:]).all():
        raise InputError(f"frame {names} must have its minima below its maxima, got {given!r}")
    return Window.box(numbers[:3], numbers[3:])


class SpaceComplex:
    """Generators of cells in space.

    Parameters
    ----------
    generators : object array, shape (n, 4)
        Homogeneous integer rows.
    lineality : object array, shape (l, 4)
    """

    def __init__(self, generators: ObjectArray, lineality: ObjectArray) -> None:
        places, is_point = float_rows(generators)
        self._set(places, is_point, lineality)

    @classmethod
    def rounded(
        cls, places: FloatArray, is_point: NDArray[np.bool_], lineality: ObjectArray
    ) -> SpaceComplex:
        """A complex whose generators are known in floats."""
        made = cls.__new__(cls)
        made._set(places, is_point, lineality)
        return made

    def _set(self, places: FloatArray, is_point: NDArray[np.bool_], lineality: ObjectArray) -> None:
        self.places, self.is_point = places, is_point
        lines = float_rows(lineality)[0].reshape(-1, 3)
        self.lines = np.concatenate([lines, -lines])

    @property
    def is_bounded(self) -> bool:
        """Whether there are neither rays nor lines."""
        return bool(self.is_point.all()) and not len(self.lines)

    @property
    def vertices(self) -> FloatArray:
        """All points among the generators."""
        return self.places[self.is_point]

    def piece(self, cell: Collection[int], window: Window) -> FloatArray:
        """Part inside the window of a flat cell: polygon, segment, point or nothing."""
        points, rays = self._parts(cell)
        if not len(rays):
            return window.clip(flat_hull(points))
        gaps = np.linalg.norm(points[:, None] - window.corners[None], axis=2)
        far = points[:, None] + 2 * float(gaps.max()) * _between(rays)[None]
        # A line is known by both ends.
        cloud = far.reshape(-1, 3) if len(rays) == 2 and len(points) == 1 else None
        is_line = cloud is not None and bool(np.allclose(rays[0], -rays[1]))
        if cloud is None or not is_line:
            cloud = np.concatenate([points, far.reshape(-1, 3)])
        return window.clip(flat_hull(cloud))

    def halfspace(self, facet: Collection[int], inside: FloatArray) -> tuple[FloatArray, float]:
        """Outward normal and offset of a facet of a cell with a known inner point."""
        points, rays = self._parts(facet)
        arms = np.concatenate([points[1:] - points[0], rays])
        normal = np.linalg.svd(arms, full_matrices=True)[2][2]
        offset = float(normal @ points[0])
        return (normal, offset) if normal @ inside <= offset else (-normal, -offset)

    def _parts(self, cell: Collection[int]) -> tuple[FloatArray, FloatArray]:
        members = np.array(list(cell), dtype=np.int64)
        points = self.places[members[self.is_point[members]]]
        if not len(points):
            points = np.zeros((1, 3))  # a cell without points is a cone at the origin
        rays = np.concatenate([self.places[members[~self.is_point[members]]], self.lines])
        return points, rays / np.linalg.norm(rays, axis=1, keepdims=True)


def _between(rays: FloatArray) -> FloatArray:
    """Unit vectors, and such as lie between them, so dense that their hull reaches far out."""
    for _ in range(2):
        sums = np.array([a + b for a, b in combinations(rays, 2)]).reshape(-1, 3)
        lengths = np.linalg.norm(sums, axis=1)
        sums = sums[lengths > 1e-9] / lengths[lengths > 1e-9, None]
        rays = np.unique(np.concatenate([rays, sums]), axis=0)
    return rays

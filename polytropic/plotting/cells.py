"""Cells of exact complexes as arrays of corners that can be drawn.

Vertices and rays are homogeneous integer rows ``(t, x)``.  They are rounded to floats once, for all
cells together; bounded cells inside the frame are put in order in bulk, and only what crosses the
frame is clipped, by shapely.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.errors import InputError
from polytropic.plotting.frames import Frame

__all__ = ["CellLists", "Cells", "PlaneComplex", "circular_order", "float_rows"]

Cells: TypeAlias = Sequence[Collection[int]]
_Direction: TypeAlias = tuple[int, ...]

_WIDEST_STEP = np.pi / 4
_SLACK = 1e-9


def float_rows(generators: ObjectArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Round homogeneous rows: points ``x / t`` correctly, directions to a largest entry of one.

    Parameters
    ----------
    generators : object array, shape (n, d + 1)

    Returns
    -------
    coordinates : float array, shape (n, d)
    is_point : bool array, shape (n,)

    Raises
    ------
    InputError
        If a point lies beyond the range of floats.

    Examples
    --------
    >>> coordinates, is_point = float_rows(np.array([[2, 1, 4], [0, -3, 1]], dtype=object))
    >>> coordinates.tolist(), is_point.tolist()
    ([[0.5, 2.0], [-1.0, 0.3333333333333333]], [True, False])
    """
    rows = generators.tolist()
    # Python divides integers of any size with one rounding.
    scales = [row[0] or max(map(abs, row)) or 1 for row in rows]
    try:
        flat = [x / scale for row, scale in zip(rows, scales, strict=True) for x in row[1:]]
    except OverflowError as problem:
        raise InputError("a vertex lies beyond the range of floats: rescale before drawing") from (
            problem
        )
    coordinates = np.array(flat, dtype=np.float64).reshape(len(rows), generators.shape[1] - 1)
    return coordinates, np.array([bool(row[0]) for row in rows], dtype=bool)


def circular_order(points: FloatArray) -> NDArray[np.intp]:
    """Order the corners of convex polygons counter-clockwise.

    Parameters
    ----------
    points : float array, shape (m, k, 2)
        Each of m polygons has k corners.

    Returns
    -------
    int array, shape (m, k)

    Examples
    --------
    >>> circular_order(np.array([[[0, 0], [1, 1], [1, 0], [0, 1]]])).tolist()
    [[0, 2, 1, 3]]
    """
    arms = points - points.mean(axis=1, keepdims=True)
    return np.argsort(np.arctan2(arms[..., 1], arms[..., 0]), axis=1, kind="stable")


@dataclass(frozen=True, eq=False)
class CellLists:
    """Lists of indices, one after the other in one array.

    Attributes
    ----------
    members : int array
    starts, sizes : int array, shape (n,)
        Where each list begins, and its length.
    """

    members: NDArray[np.integer[Any]]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @staticmethod
    def of(lists: Cells | CellLists) -> CellLists:
        """Flatten sequences of indices."""
        if isinstance(lists, CellLists):
            return lists
        sizes = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
        flat = chain.from_iterable(lists)
        members = np.fromiter(flat, dtype=np.int64, count=int(sizes.sum()))
        return CellLists(members, np.cumsum(sizes) - sizes, sizes)

    @staticmethod
    def between(members: NDArray[np.integer[Any]], bounds: NDArray[np.int64]) -> CellLists:
        """Lists that begin and end at the given places, shape (n + 1,)."""
        return CellLists(members, bounds[:-1], np.diff(bounds))

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> list[int]:
        start = self.starts[index]
        found: list[int] = self.members[start : start + self.sizes[index]].tolist()
        return found

    def chosen(self, indices: NDArray[np.intp]) -> CellLists:
        """Some of the lists."""
        return CellLists(self.members, self.starts[indices], self.sizes[indices])


class PlaneComplex:
    """Generators of cells in the plane, or on a line that is drawn as the axis ``y = 0``.

    Parameters
    ----------
    generators : object array, shape (n, d + 1)
        Homogeneous rows, d = 1 or 2.
    lineality : object array, shape (l, d + 1)
        Directions that belong to every cell with both signs.
    """

    def __init__(self, generators: ObjectArray, lineality: ObjectArray):
        rows = _in_plane(generators)
        self._set(*float_rows(rows), lambda chosen: rows[chosen], lineality)

    @classmethod
    def rounded(
        cls,
        coordinates: FloatArray,
        is_point: NDArray[np.bool_],
        exact_rows: Callable[[list[int]], ObjectArray],
        lineality: ObjectArray,
    ) -> PlaneComplex:
        """A complex whose generators are known in floats; exact rows are asked for when needed.

        Parameters
        ----------
        coordinates : float array, shape (n, d)
        is_point : bool array, shape (n,)
        exact_rows : callable
            From indices of rays to their homogeneous rows.
        lineality : object array, shape (l, d + 1)
        """
        plane = cls.__new__(cls)
        missing = 2 - coordinates.shape[1]
        flat = np.pad(coordinates, [(0, 0), (0, missing)])
        plane._set(flat, is_point, lambda chosen: _in_plane(exact_rows(chosen)), lineality)
        return plane

    def _set(
        self,
        coordinates: FloatArray,
        is_point: NDArray[np.bool_],
        exact_rows: Callable[[list[int]], ObjectArray],
        lineality: ObjectArray,
    ) -> None:
        self.coordinates, self.is_point, self._exact_rows = coordinates, is_point, exact_rows
        self._lines = [tuple(row[1:]) for row in _in_plane(lineality).tolist()]

    @property
    def has_lines(self) -> bool:
        """Whether cells contain lines, so that they have no vertices."""
        return bool(self._lines)

    @property
    def is_bounded(self) -> bool:
        """Whether there are neither rays nor lines."""
        return bool(self.is_point.all()) and not self.has_lines

    def vertices(self, cells: Cells | CellLists | None = None) -> FloatArray:
        """Points among the generators of some cells (by default of all)."""
        used = np.zeros(len(self.coordinates), dtype=bool)
        used[slice(None) if cells is None else CellLists.of(cells).members] = True
        return self.coordinates[used & self.is_point]

    def pieces(self, cells: Cells | CellLists, frame: Frame) -> list[FloatArray]:
        """Part of every cell inside the frame.

        Parameters
        ----------
        cells : CellLists, or sequence of sequences of int
            Indices of generators.
        frame : Frame

        Returns
        -------
        list of float arrays, shape (k, 2)
            Corners of a polygon in counter-clockwise order, both ends of a segment, or one point;
            no row where the cell does not meet the frame in its own dimension.
        """
        found: list[FloatArray] = [np.empty((0, 2))] * len(cells)
        lists = CellLists.of(cells)
        if not len(lists):
            return found
        bounded, low, high = self._extents(lists)
        corner, opposite = np.array(frame[:2]), np.array(frame[2:])
        # Corners that are rounded just beyond the frame need no clipping.
        slack = _SLACK * max(frame.width, frame.height)
        whole = (low >= corner - slack).all(axis=1) & (high <= opposite + slack).all(axis=1)
        whole &= bounded
        beyond = bounded & ((high < corner) | (low > opposite)).any(axis=1)
        self._place_whole(found, lists, np.flatnonzero(whole))
        self._place_clipped(found, lists, np.flatnonzero(~whole & ~beyond), frame)
        return found

    def _extents(self, lists: CellLists) -> tuple[NDArray[np.bool_], FloatArray, FloatArray]:
        """Which cells are bounded, and the boxes around those."""
        bounded = np.logical_and.reduceat(self.is_point[lists.members], lists.starts)
        corners = self.coordinates[lists.members]
        low = np.minimum.reduceat(corners, lists.starts)
        high = np.maximum.reduceat(corners, lists.starts)
        return bounded & (not self.has_lines), low, high

    # -- cells inside the frame ------------------------------------------------------------------
    def _place_whole(
        self, found: list[FloatArray], lists: CellLists, indices: NDArray[np.intp]
    ) -> None:
        """Put corners in order, for all cells with equally many at once."""
        sizes = lists.sizes[indices]
        for size in np.unique(sizes).tolist():
            group = indices[sizes == size]
            corners = self.coordinates[lists.members[lists.starts[group, None] + np.arange(size)]]
            if size > 2:
                order = circular_order(corners)
                corners = np.take_along_axis(corners, order[..., None], axis=1)
            for i, polygon in zip(group.tolist(), corners, strict=True):
                found[i] = polygon

    # -- cells that cross the frame --------------------------------------------------------------
    def _place_clipped(
        self, found: list[FloatArray], cells: CellLists, indices: NDArray[np.intp], frame: Frame
    ) -> None:
        clouds = [self._cut_off(cells[i], frame) for i in indices.tolist()]
        if not clouds:
            return
        owner = np.repeat(np.arange(len(clouds)), [len(cloud) for cloud in clouds])
        sets = np.asarray(shapely.multipoints(np.concatenate(clouds), indices=owner))
        hulls = shapely.convex_hull(sets)
        parts = shapely.intersection(hulls, shapely.box(*frame))
        kept = shapely.get_dimensions(parts) == shapely.get_dimensions(hulls)
        kept &= ~shapely.is_empty(parts)
        if kept.any():
            for i, piece in zip(indices[kept], _split(parts[kept]), strict=True):
                found[i] = piece

    def _cut_off(self, cell: Collection[int], frame: Frame) -> FloatArray:
        """Points whose hull is the cell as far as the frame reaches."""
        points = self.coordinates[[i for i in cell if self.is_point[i]]]
        rays = tuple(i for i in cell if not self.is_point[i])
        if not len(points):
            points = np.zeros((1, 2))  # a cell without points is a cone at the origin
        directions = self._directions(rays)
        if not len(directions):
            return points
        gaps = points[:, None, :] - frame.corners[None, :, :]
        reach = 2 * float(np.hypot(gaps[..., 0], gaps[..., 1]).max())
        far = (points[:, None, :] + reach * directions[None, :, :]).reshape(-1, 2)
        # A line is known by both ends: a third point would be rounded off it.
        is_line = len(self._lines) == 1 and len(points) + len(rays) == 1
        return far if is_line else np.concatenate([points, far])

    def _directions(self, rays: tuple[int, ...]) -> FloatArray:
        """Unit vectors of the recession cone, dense enough that their hull reaches far out."""
        if not rays:
            return self._line_directions
        return _spread(
            _extremes(
                [tuple(row[1:]) for row in self._exact_rows(list(rays)).tolist()], self._lines
            )
        )

    @cached_property
    def _line_directions(self) -> FloatArray:
        return _spread(_extremes([], self._lines))


def _in_plane(rows: ObjectArray) -> ObjectArray:
    if rows.shape[1] == 3:
        return rows
    return np.concatenate([rows, np.full((len(rows), 1), 0, dtype=object)], axis=1)


def _extremes(rays: list[_Direction], lines: list[_Direction]) -> list[_Direction]:
    """Directions whose hull with the origin is the recession cone, as integers."""
    if len(lines) > 1:
        return [(1, 0), (0, 1), (-1, 0), (0, -1)]
    return [*lines, *(tuple(-entry for entry in line) for line in lines), *rays]


def _spread(extremes: list[_Direction]) -> FloatArray:
    """Unit vectors of the extremes and, in wide cones, of directions between them."""
    found = [_unit(e) for e in extremes]
    for a, b in combinations(extremes, 2):
        turn = a[0] * b[1] - a[1] * b[0]
        if turn:
            found += _between(_unit(a), _unit(b), 1 if turn > 0 else -1)
    return np.array(found).reshape(-1, 2)


def _between(a: FloatArray, b: FloatArray, turn: int) -> list[FloatArray]:
    # The side is exact; the angle may be rounded to a straight one without harm.
    angle = np.arctan2(abs(a[0] * b[1] - a[1] * b[0]), a @ b)
    steps = int(np.ceil(angle / _WIDEST_STEP))
    start = np.arctan2(a[1], a[0])
    angles = [start + turn * angle * k / steps for k in range(1, steps)]
    return [np.array([np.cos(t), np.sin(t)]) for t in angles]


def _unit(direction: _Direction) -> FloatArray:
    scale = max(map(abs, direction))
    vector = np.array([entry / scale for entry in direction])
    unit: FloatArray = vector / np.hypot(*vector)
    return unit


def _split(parts: NDArray[Any]) -> list[FloatArray]:
    """Corners of shapely polygons (counter-clockwise, none twice), segments and points."""
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    pieces = np.split(coordinates, np.flatnonzero(np.diff(owner)) + 1)
    return [piece if len(piece) < 3 else _counterclockwise(piece[:-1]) for piece in pieces]


def _counterclockwise(polygon: FloatArray) -> FloatArray:
    return polygon[circular_order(polygon[None])[0]]

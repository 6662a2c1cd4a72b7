"""Artists of many areas, lines or dots at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.path import Path

from polytropic.arithmetic.numbers import FloatArray
from polytropic.plotting.style import INK, MEDIUM

__all__ = [
    "ManyPolygons",
    "ManySegments",
    "add_areas",
    "add_dots",
    "add_lines",
    "areas",
    "centres",
    "segments",
]


_MANY: Final = 2000
"""Segments in one path: beyond that renderers run out of memory for it."""


class ManyPolygons(PolyCollection):
    """Thousands of polygons: all with equally many corners are made at once."""

    def set_verts(self, verts: Any, closed: bool = True) -> None:
        """Replace the polygons, in their order."""
        sizes = np.fromiter(map(len, verts), dtype=np.int64, count=len(verts))
        paths = np.empty(len(verts), dtype=object)
        for size in np.unique(sizes).tolist():
            group = np.flatnonzero(sizes == size)
            same: Any = np.stack([verts[i] for i in group.tolist()])
            super().set_verts(same, closed)
            paths[group] = self.get_paths()
        self._paths = paths.tolist()
        self.stale = True

    def set_paths(self, verts: Any, closed: bool = True) -> None:
        """Replace the polygons."""
        self.set_verts(verts, closed)


class ManySegments(LineCollection):
    """Thousands of segments that look the same, in a few paths: ten times as fast to make."""

    def set_segments(self, segments: Any) -> None:
        """Put every few thousand segments, shape (n, 2, 2), into one path."""
        if segments is None:
            return
        ends = np.asarray(segments, dtype=np.float64)
        paths = []
        for start in range(0, len(ends), _MANY):
            part = ends[start : start + _MANY].reshape(-1, 2)
            codes = np.tile(
                np.array([Path.MOVETO, Path.LINETO], dtype=Path.code_type), len(part) // 2
            )
            paths.append(Path(part, codes))
        self.set_paths(paths)

    def set_paths(self, paths: Any) -> None:
        """Replace the paths."""
        self._paths = list(paths)
        self.stale = True

    def get_segments(self) -> list[FloatArray]:
        """The segments, one by one."""
        return list(np.concatenate([path.vertices for path in self.get_paths()]).reshape(-1, 2, 2))


def areas(pieces: Sequence[FloatArray]) -> list[int]:
    """Indices of the pieces that are polygons."""
    return [i for i, piece in enumerate(pieces) if len(piece) > 2]


def segments(pieces: Sequence[FloatArray]) -> list[int]:
    """Indices of the pieces that are segments."""
    return [i for i, piece in enumerate(pieces) if len(piece) == 2]


def centres(pieces: Sequence[FloatArray]) -> FloatArray:
    """One point of every piece; of those outside the frame, which nobody sees, any point."""
    return np.array([piece.mean(axis=0) if len(piece) else np.zeros(2) for piece in pieces])


def add_areas(ax: Axes, polygons: Sequence[FloatArray], **look: Any) -> PolyCollection | None:
    """Fill polygons, all in one collection (none makes nothing)."""
    if not len(polygons):
        return None
    options: dict[str, Any] = {"edgecolors": INK, "linewidths": MEDIUM, "zorder": 1}
    kind = ManyPolygons if len(polygons) > _MANY else PolyCollection
    collection = kind(polygons, **(options | look))
    collection.set_joinstyle("round")
    _add(ax, collection, polygons, follows_data="transform" not in look)
    return collection


def add_lines(ax: Axes, pieces: Sequence[FloatArray], **look: Any) -> LineCollection | None:
    """Draw segments, all in one collection (none makes nothing)."""
    if not len(pieces):
        return None
    options: dict[str, Any] = {"colors": INK, "linewidths": MEDIUM, "zorder": 2}
    look = options | look
    many = len(pieces) > _MANY and isinstance(look["colors"], str)
    collection = ManySegments(pieces, **look) if many else LineCollection(list(pieces), **look)
    collection.set_capstyle("round")
    _add(ax, collection, pieces)
    return collection


def add_dots(ax: Axes, points: FloatArray, **look: Any) -> PathCollection | None:
    """Mark points, shape (n, 2) (none makes nothing)."""
    if not len(points):
        return None
    options: dict[str, Any] = {"facecolors": INK, "edgecolors": INK, "linewidths": 0.8, "zorder": 3}
    x, y = np.asarray(points).T
    return ax.scatter(x, y, **(options | look))


def _add(
    ax: Axes, collection: Collection, pieces: Sequence[FloatArray], follows_data: bool = True
) -> None:
    # Left to itself, matplotlib finds the limits path by path, which takes as long as all the rest.
    ax.add_collection(collection, autolim=not follows_data)
    # Neither can it stick out of the axes, and every round of the layout would measure it.
    collection.set_in_layout(len(pieces) <= _MANY)
    if follows_data:
        ax.update_datalim(np.concatenate(pieces))

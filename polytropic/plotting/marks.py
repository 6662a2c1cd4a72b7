"""Artists of many areas, lines or dots at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection

from polytropic.arithmetic.numbers import FloatArray
from polytropic.plotting.style import INK, MEDIUM

__all__ = ["add_areas", "add_dots", "add_lines", "areas", "centres", "segments"]


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
    collection = PolyCollection(polygons, **(options | look))
    collection.set_joinstyle("round")
    _add(ax, collection, polygons, follows_data="transform" not in look)
    return collection


def add_lines(ax: Axes, pieces: Sequence[FloatArray], **look: Any) -> LineCollection | None:
    """Draw segments, all in one collection (none makes nothing)."""
    if not len(pieces):
        return None
    options: dict[str, Any] = {"colors": INK, "linewidths": MEDIUM, "zorder": 2}
    collection = LineCollection(list(pieces), **(options | look))
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
    if follows_data:
        ax.update_datalim(np.concatenate(pieces))

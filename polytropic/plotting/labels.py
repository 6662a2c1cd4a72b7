"""Short texts that stay apart: from each other, and inside of what they name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.textpath import TextPath

from polytropic.arithmetic.numbers import FloatArray
from polytropic.plotting.frames import Frame
from polytropic.plotting.style import FONT, INK

__all__ = ["Labels"]

_ROOM: Final = 1.3
"""Axes may become smaller when a figure is laid out: letters then take up more of them."""
_DIRECTIONS: Final = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
_LIMIT: Final = 400
_HALO: Final = {"boxstyle": "round,pad=0.08", "edgecolor": "none", "alpha": 0.75}


class Labels:
    """Places for texts in axes with equal scales; a text without a place is left out.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    frame : Frame
        What the axes show, or will show.
    size : float
        Of the letters, in points.
    """

    def __init__(self, ax: Axes, frame: Frame, size: float = FONT - 1) -> None:
        self.ax, self.frame, self.size = ax, frame, size
        figure = ax.figure
        inches = np.array(ax.bbox.size) / figure.dpi
        per_point = max(frame.width / (72 * inches[0]), frame.height / (72 * inches[1]))
        self.point = _ROOM * float(per_point)
        self._taken: list[tuple[float, float, float, float]] = []

    def keep_off(self, points: FloatArray, radius: float) -> None:
        """Let no text cover dots of some radius, in points."""
        reach = radius * self.point
        for x, y in np.asarray(points).reshape(-1, 2)[: 4 * _LIMIT].tolist():
            self._taken.append((x - reach, y - reach, x + reach, y + reach))

    def inside(
        self, polygons: Sequence[FloatArray], texts: Sequence[str], boxes: Any = None
    ) -> list[Text]:
        """Write texts into polygons where they fit, the largest polygons first.

        Parameters
        ----------
        polygons : sequence of float arrays, shape (k, 2)
            What has fewer than three corners is left out.
        texts : sequence of str
        boxes : sequence of colours, optional
            Of boxes behind the texts.
        """
        shapes = [shapely.Polygon(polygon) if len(polygon) > 2 else None for polygon in polygons]
        sizes = [shape.area if shape is not None else 0.0 for shape in shapes]
        found = []
        for i in np.argsort(sizes, kind="stable")[::-1][:_LIMIT].tolist():
            shape = shapes[i]
            if shape is None:
                continue
            centre = np.array(shape.centroid.coords[0])
            box = self._box(centre, texts[i])
            if shapely.contains(shape, shapely.box(*box)) and self._take(box):
                found.append(self._write(centre, texts[i], None if boxes is None else boxes[i]))
        return found

    def at(self, points: FloatArray, texts: Sequence[str], box: Any = None) -> list[Text]:
        """Write texts centred at points, where nothing else is written."""
        found = []
        for point, text in list(zip(np.asarray(points), texts, strict=True))[:_LIMIT]:
            if self._take(self._box(point, text)):
                found.append(self._write(point, text, box))
        return found

    def beside(
        self, points: FloatArray, texts: Sequence[str], radius: float = 3.0, box: Any = None
    ) -> list[Text]:
        """Write texts beside dots of some radius in points, nearer to their own than to others."""
        self.keep_off(points, 0.8 * radius)
        found = []
        for point, text in list(zip(np.asarray(points), texts, strict=True))[:_LIMIT]:
            width, height = self._extent(text)
            for right, up in self._outward(point, points):
                gap = radius / np.hypot(right, up)
                away = np.array([right * (width / 2 + gap), up * (height / 2 + gap)])
                centre = point + away * self.point
                others = np.linalg.norm(points - centre, axis=1).min()
                is_own = np.linalg.norm(point - centre) <= others
                if is_own and self._take(self._box(centre, text)):
                    found.append(self._write(centre, text, box))
                    break
        return found

    def _outward(self, point: FloatArray, points: FloatArray) -> list[tuple[int, int]]:
        """Directions, those that lead away from the middle first."""
        away = point - np.mean(points, axis=0)
        return sorted(_DIRECTIONS, key=lambda d: -float(np.dot(d, away) / np.hypot(*d)))

    def _extent(self, text: str) -> tuple[float, float]:
        """Width and height in points."""
        if not text:
            return 0.0, 0.0
        box = TextPath((0, 0), text, size=self.size).get_extents()
        return float(box.width) + 2.0, self.size + 2.0

    def _box(self, centre: FloatArray, text: str) -> tuple[float, float, float, float]:
        width, height = self._extent(text)
        half = np.array([width, height]) / 2 * self.point
        return (*(centre - half).tolist(), *(centre + half).tolist())

    def _take(self, box: tuple[float, float, float, float]) -> bool:
        a, b, c, d = box
        f = self.frame
        if a < f.xmin or b < f.ymin or c > f.xmax or d > f.ymax:
            return False
        if any(a < u and x < c and b < v and y < d for x, y, u, v in self._taken):
            return False
        self._taken.append(box)
        return True

    def _write(self, centre: FloatArray, text: str, box: Any) -> Text:
        options: dict[str, Any] = {"color": INK, "zorder": 6, "clip_on": True}
        if box is not None:
            options["bbox"] = {**_HALO, "facecolor": box}
        x, y = np.asarray(centre).tolist()
        return self.ax.text(x, y, text, ha="center", va="center", fontsize=self.size, **options)

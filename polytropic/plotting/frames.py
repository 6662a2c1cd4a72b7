"""Frames: the windows through which unbounded things are seen."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError

__all__ = [
    "Frame",
    "apply_frame",
    "choose_frame",
    "choose_line_frame",
    "frame_around",
    "is_in_use",
    "read_frame",
]

_MARGIN = 0.35
_FENCE = 1.5
_FEW = 20


class Frame(NamedTuple):
    """The window ``[xmin, xmax] x [ymin, ymax]``."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float

    @property
    def width(self) -> float:
        """Length of the horizontal sides."""
        return self.xmax - self.xmin

    @property
    def height(self) -> float:
        """Length of the vertical sides."""
        return self.ymax - self.ymin

    @property
    def corners(self) -> FloatArray:
        """Corners in counter-clockwise order, shape (4, 2)."""
        x, y, u, v = self
        return np.array([[x, y], [u, y], [u, v], [x, v]])


def read_frame(values: Any, dimension: int = 2) -> Frame:
    """Check a frame that a user gave.

    Parameters
    ----------
    values : sequence of float
        ``(xmin, ymin, xmax, ymax)``; ``(xmin, xmax)`` when the dimension is 1.
    dimension : int
        1 or 2.

    Raises
    ------
    InputError
        If there are not so many finite numbers, or the frame has no interior.

    Examples
    --------
    >>> read_frame((-1, -2, 1, 2)).height
    4.0
    """
    names = "(xmin, ymin, xmax, ymax)" if dimension == 2 else "(xmin, xmax)"
    try:
        numbers = [float(value) for value in values]
    except (TypeError, ValueError) as problem:
        raise InputError(f"frame must be {names} in numbers, got {values!r}") from problem
    if len(numbers) != 2 * dimension or not all(map(math.isfinite, numbers)):
        raise InputError(f"frame must be {names}, all finite, got {values!r}")
    if dimension == 1:
        numbers = [numbers[0], -1.0, numbers[1], 1.0]
    frame = Frame(*numbers)
    if not (frame.width > 0 and frame.height > 0):
        raise InputError(f"frame {names} must have its minima below its maxima, got {values!r}")
    return frame


def frame_around(points: FloatArray, margin: float = _MARGIN) -> Frame:
    """Square frame that shows points with a margin.

    Of many points those outside Tukey's fences (1.5 interquartile ranges) are left out: a random
    network has vertices so far away that nothing else could be seen.

    Parameters
    ----------
    points : float array, shape (n, 2)
        None at all gives a frame around the origin.
    margin : float
        As part of the longer side.

    Examples
    --------
    >>> frame_around(np.array([[0.0, 0.0], [2.0, 2.0]]), margin=0.5)
    Frame(xmin=-1.0, ymin=-1.0, xmax=3.0, ymax=3.0)
    """
    seen = np.concatenate([points, np.zeros((0 if len(points) else 1, 2))])
    low, high = np.array([_span(seen[:, 0]), _span(seen[:, 1])]).T
    size = float((high - low).max())
    if size == 0:
        # A single point: any window does, if floats can tell its sides from the point.
        size = max(2.0, float(np.abs(seen).max()) * 1e-3)
    half = size * (0.5 + margin)
    centre = (low + high) / 2
    return Frame(*(centre - half).tolist(), *(centre + half).tolist())


def choose_frame(given: Any, ax: Axes | None, points: FloatArray, margin: float = _MARGIN) -> Frame:
    """Frame that was given, else that of axes already drawn on, else one around the points."""
    if given is not None:
        return read_frame(given)
    if is_in_use(ax):
        assert ax is not None
        (xmin, xmax), (ymin, ymax) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
        return Frame(xmin, ymin, xmax, ymax)
    return frame_around(points, margin)


def choose_line_frame(
    given: Any, ax: Axes | None, points: FloatArray, margin: float = _MARGIN
) -> Frame:
    """Frame for things on a line, which is drawn as the axis ``y = 0``."""
    if given is not None:
        return read_frame(given, 1)
    if is_in_use(ax):
        assert ax is not None
        xmin, xmax = sorted(ax.get_xlim())
    else:
        xmin, _, xmax, _ = frame_around(points, margin)
    return Frame(xmin, -1.0, xmax, 1.0)


def is_in_use(ax: Axes | None) -> bool:
    """Whether axes already show something, so that their limits are to be kept."""
    return isinstance(ax, Axes) and ax.has_data()


def apply_frame(ax: Axes, frame: Frame) -> None:
    """Show exactly the frame, with equal scales."""
    ax.set_xlim(frame.xmin, frame.xmax)
    ax.set_ylim(frame.ymin, frame.ymax)
    ax.set_aspect("equal")


def _span(values: FloatArray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    first, third = np.quantile(values, [0.25, 0.75]).tolist()
    reach = _FENCE * (third - first)
    if len(values) < _FEW or reach == 0:
        return low, high
    inside = values[(values >= first - reach) & (values <= third + reach)]
    return float(inside.min()), float(inside.max())

"""Zonotopes with their generators and sign vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.quiver import Quiver
from mpl_toolkits.mplot3d import proj3d

from polytropic.arithmetic.numbers import FloatArray
from polytropic.geometry.zonotopes.zonotope import Zonotope
from polytropic.plotting.colours import PALETTE
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing
from polytropic.plotting.frames import Frame, apply_frame
from polytropic.plotting.labels import Labels
from polytropic.plotting.polytopes import check_dimension
from polytropic.plotting.solids import show_all, towards_viewer
from polytropic.plotting.style import DOT, FONT, INK, MEDIUM, dot_area

__all__ = ["sign_text"]

_GENERATORS = PALETTE[6]
_MARGIN = 0.14


@draw.register
def _zonotope(
    obj: Zonotope,
    ax: Axes | None = None,
    *,
    colour: Any = PALETTE[0],
    frame: Any = None,
    generators: bool = False,
    sign_vectors: bool = False,
) -> Drawing:
    check_dimension(obj)
    body = draw(obj.to_polytope(), ax, colour=colour, frame=frame)
    artists: list[Any] = list(body.artists)
    if obj.ambient_dimension == 3:
        if generators:
            artists += _arrows_in_space(body, obj)
        if sign_vectors:
            artists += _signs_in_space(body, obj)
        return Drawing(body.figure, body.axes, tuple(artists), body.scene)
    keep = frame is not None or (ax is not None and len(ax.collections) > len(body.artists))
    seen = _frame(body, obj, keep, generators)
    if generators:
        artists.append(_arrows(body.axes, obj))
    if sign_vectors:
        labels = Labels(body.axes, seen)
        texts = [sign_text(signs) for signs in np.asarray(obj.sign_vectors)]
        radius = 1.5 + (min(DOT, dot_area(len(texts))) / np.pi) ** 0.5
        artists += labels.beside(_flat(obj.vertices), texts, radius=radius)
    return Drawing(body.figure, body.axes, tuple(artists))


def sign_text(signs: Any) -> str:
    """A sign vector in letters.

    Examples
    --------
    >>> sign_text([1, -1, 0])
    '+−0'
    """
    return "".join("−0+"[int(sign) + 1] for sign in signs)


def _flat(points: FloatArray) -> FloatArray:
    return np.pad(points, [(0, 0), (0, 2 - points.shape[1])])


def _frame(body: Drawing, obj: Zonotope, keep: bool, generators: bool) -> Frame:
    """What is seen; a new frame has room for letters and for generators at the base."""
    (xmin, xmax), (ymin, ymax) = body.axes.get_xlim(), body.axes.get_ylim()
    frame = Frame(xmin, ymin, xmax, ymax)
    if keep or obj.ambient_dimension == 1:
        return frame
    points = obj.vertices
    if generators:
        points = np.concatenate([points, obj.base + obj.generators, obj.base[None]])
    low, high = points.min(axis=0), points.max(axis=0)
    half = (0.5 + _MARGIN) * (float((high - low).max()) or 1.0)
    centre = (low + high) / 2
    frame = Frame(*(centre - half).tolist(), *(centre + half).tolist())
    apply_frame(body.axes, frame)
    return frame


def _arrows(ax: Axes, obj: Zonotope) -> Quiver:
    """Generators as arrows from the base."""
    ends, start = _flat(obj.generators), _flat(obj.base[None])[0]
    starts = np.tile(start, (len(ends), 1))
    look: dict[str, Any] = {"color": _GENERATORS, "width": 1.4 * MEDIUM / 72, "zorder": 3.5}
    return ax.quiver(
        *starts.T, *ends.T, angles="xy", scale_units="xy", scale=1, units="inches", **look
    )


def _arrows_in_space(body: Drawing, obj: Zonotope) -> list[Any]:
    axes: Any = body.axes
    ends = obj.base + obj.generators
    show_all(axes, np.concatenate([ends, obj.base[None]]))
    starts = np.tile(obj.base, (len(ends), 1))
    look = {"color": _GENERATORS, "linewidths": 1.4 * MEDIUM, "arrow_length_ratio": 0.12}
    return [axes.quiver(*starts.T, *obj.generators.T, zorder=4, **look)]


def _signs_in_space(body: Drawing, obj: Zonotope) -> list[Any]:
    """Sign vectors outside of the vertices, away from the centre."""
    axes: Any = body.axes
    size = float(np.ptp(obj.vertices, axis=0).max()) or 1.0
    arms = obj.vertices - obj.centre
    lengths = np.linalg.norm(arms, axis=1, keepdims=True)
    places = obj.vertices + 0.07 * size * arms / np.where(lengths > 0, lengths, 1)
    look: dict[str, Any] = {"fontsize": FONT - 2, "color": INK, "ha": "center", "va": "center"}
    texts = [sign_text(signs) for signs in np.asarray(obj.sign_vectors)]
    kept = _apart(axes, places, texts)
    return [axes.text(*places[k].tolist(), texts[k], zorder=6, **look) for k in kept]


def _apart(axes: Any, places: FloatArray, texts: list[str]) -> list[int]:
    """Which texts can be written without covering each other, those in front first."""
    x, y, _ = proj3d.proj_transform(*places.T, axes.get_proj())
    pixels = axes.transData.transform(np.column_stack([x, y])) * 72 / axes.figure.dpi
    room = np.array([0.75 * (FONT - 2) * max(map(len, texts), default=1), FONT]) * 1.3
    kept: list[int] = []
    for k in np.argsort(-(places @ towards_viewer(axes)), kind="stable").tolist():
        gaps = np.abs(pixels[kept] - pixels[k]) if kept else np.empty((0, 2))
        if (gaps >= room).any(axis=1).all():
            kept.append(k)
    return sorted(kept)

"""Cutting polygons and solids in space, in floats: for what is shown, not for what is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely

from polytropic.arithmetic.numbers import FloatArray

__all__ = ["Face", "clip_polygon", "cut_faces", "flat_hull"]

_SLACK = 1e-12
_MERGED = 1e-10


@dataclass(frozen=True, eq=False)
class Face:
    """One polygon around a solid.

    Attributes
    ----------
    corners : float array, shape (k, 3)
        In circular order.
    normal : float array, shape (3,)
        Outward.
    name : object
        What the face is part of; None for the window.
    """

    corners: FloatArray
    normal: FloatArray
    name: Any = None


Faces: TypeAlias = list[Face]


def flat_hull(points: FloatArray) -> FloatArray:
    """Corners of the hull of points in one plane in space, in circular order.

    Two points for a segment, one for a point.

    Examples
    --------
    >>> corners = [[0, 0, 1], [2, 0, 1], [1, 1, 1], [2, 2, 1], [0, 2, 1]]
    >>> len(flat_hull(np.array(corners, dtype=float)))
    4
    """
    middle = points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(points - middle, full_matrices=True)
    sizes = np.pad(sizes, (0, 2))
    slack = _MERGED * (1 + float(np.abs(points).max()))
    if sizes[0] <= slack:
        return points[:1]
    if sizes[1] <= slack:
        along = points @ axes[0]
        return points[[int(along.argmin()), int(along.argmax())]]
    flat = shapely.convex_hull(shapely.multipoints((points - middle) @ axes[:2].T))
    # Corners that rounding alone keeps apart are one.
    rings = shapely.get_coordinates(shapely.simplify(flat, slack))
    ring: FloatArray = middle + rings[:-1] @ axes[:2]
    return ring


def clip_polygon(corners: FloatArray, normal: FloatArray, offset: float) -> FloatArray:
    """Part of a convex polygon, a segment or a point with ``normal @ x <= offset``.

    Notes
    -----
    Sutherland and Hodgman (1974).

    Examples
    --------
    >>> square = np.array([[0.0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0]])
    >>> clip_polygon(square, np.array([1.0, 0, 0]), 1.0)[:, 0].max()
    np.float64(1.0)
    """
    if not len(corners):
        return corners
    beyond = corners @ normal - offset
    slack = _SLACK * (1 + float(np.abs(beyond).max()))
    if (beyond <= slack).all():
        return corners
    n = len(corners)
    found = []
    for i in range(n):
        j = (i + 1) % n
        if beyond[i] <= slack:
            found.append(corners[i])
        crosses = (beyond[i] > slack) != (beyond[j] > slack)
        on_plane = min(abs(beyond[i]), abs(beyond[j])) <= slack
        if crosses and not on_plane and (n > 2 or i == 0):
            share = beyond[i] / (beyond[i] - beyond[j])
            found.append(corners[i] + share * (corners[j] - corners[i]))
    return np.array(found).reshape(-1, 3)


def cut_faces(faces: Faces, normal: FloatArray, offset: float, name: Any = None) -> Faces:
    """Faces around the part of a convex solid with ``normal @ x <= offset``.

    The new face on the plane gets the name.
    """
    heights = [face.corners @ normal - offset for face in faces]
    if not faces:
        return []
    slack = 10 * _SLACK * (1 + max(float(np.abs(h).max()) for h in heights))
    if all((h <= slack).all() for h in heights):
        return faces
    kept, rim = [], []
    for face in faces:
        corners = clip_polygon(face.corners, normal, offset)
        if not len(corners):
            continue
        rim.append(corners[np.abs(corners @ normal - offset) <= 10 * slack])
        if len(corners) > 2:
            kept.append(Face(corners, face.normal, face.name))
    around = np.concatenate([np.empty((0, 3)), *rim])
    if not kept or len(around) < 3:
        return []
    lid = flat_hull(around)
    return [*kept, Face(lid, normal, name)] if len(lid) > 2 else kept

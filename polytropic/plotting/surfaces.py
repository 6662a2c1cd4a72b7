"""Surfaces, curves and points in space inside a window."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.colors import to_rgb

from polytropic.arithmetic.numbers import FloatArray
from polytropic.plotting.colours import lighter
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.solids import shaded, show_all, towards_viewer
from polytropic.plotting.space_cells import SpaceComplex, Window
from polytropic.plotting.style import BOLD, INK, MEDIUM, MUTED, THIN, dot_area, finer

__all__ = ["add_pieces", "add_window", "pieces_in"]

_OPACITY: Final = 0.8


def pieces_in(
    space: SpaceComplex, cells: Sequence[Collection[int]], window: Window
) -> list[FloatArray]:
    """Parts of flat cells inside the window, without those that do not reach into it."""
    found = [space.piece(cell, window) for cell in cells]
    return [piece for piece in found if len(piece)]


def add_pieces(
    marks: SpaceMarks,
    pieces: Sequence[FloatArray],
    colour: Any,
    *,
    opacity: float = _OPACITY,
    colours: FloatArray | None = None,
    dashed: bool = False,
) -> None:
    """Draw polygons, segments and points in one colour, polygons lit from above.

    Parameters
    ----------
    marks : SpaceMarks
    pieces : sequence of float arrays, shape (k, 3)
    colour : colour
    opacity : float
    colours : float array, shape (n, 3), optional
        One colour for every piece instead.
    dashed : bool
        Draw segments dashed.
    """
    flat = [k for k, piece in enumerate(pieces) if len(piece) > 2]
    eye = towards_viewer(marks.axes)
    if flat:
        base = np.tile(lighter(colour, 0.2), (len(flat), 1)) if colours is None else colours[flat]
        normals = np.array([_normal(pieces[k]) for k in flat])
        rgba = np.column_stack([shaded(base, normals, eye), np.full(len(flat), opacity)])
        width = finer(1.5 * THIN, len(flat) // 2)
        edge = INK if opacity > 0.5 else MUTED
        marks.add_polygons([pieces[k] for k in flat], rgba, edgecolors=edge, linewidths=width)
    lines = [piece for piece in pieces if len(piece) == 2]
    marks.add_segments(lines, to_rgb(colour), linewidths=MEDIUM if dashed else BOLD, dashed=dashed)
    dots = [piece for piece in pieces if len(piece) == 1]
    marks.add_dots(np.concatenate([np.empty((0, 3)), *dots]), INK, s=dot_area(len(dots)))


def _normal(corners: FloatArray) -> FloatArray:
    normal: FloatArray = np.linalg.svd(corners - corners.mean(axis=0), full_matrices=True)[2][2]
    return normal


def add_window(marks: SpaceMarks, window: Window) -> None:
    """Show the whole window, with thin edges, those at the back dashed."""
    show_all(marks.axes, window.corners)
    eye = towards_viewer(marks.axes)
    sides: dict[frozenset[tuple[float, ...]], list[bool]] = {}
    ends: dict[frozenset[tuple[float, ...]], FloatArray] = {}
    for face in window.faces:
        for a, b in zip(face.corners, np.roll(face.corners, -1, axis=0), strict=True):
            key = frozenset({tuple(np.round(a, 9).tolist()), tuple(np.round(b, 9).tolist())})
            sides.setdefault(key, []).append(bool(face.normal @ eye > 0))
            ends[key] = np.array([a, b])
    for seen in (True, False):
        chosen = [ends[key] for key, flags in sides.items() if any(flags) == seen]
        look = {"linewidths": THIN, "zorder": 4 if seen else 1}
        marks.add_segments(chosen, MUTED, dashed=not seen, **look)

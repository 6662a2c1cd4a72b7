"""Fading: what goes on beyond the frame grows pale towards it."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from polytropic.plotting.frames import Frame

__all__ = ["VEIL", "add_veil"]

VEIL: Final = "polytropic-veil"
_STEPS: Final = 12
_DEPTH: Final = 0.09
_PALEST: Final = 0.8
_ORDER: Final = 2.9


def add_veil(ax: Axes, frame: Frame) -> PatchCollection | None:
    """Lay thin rings along the frame, in the colour of the background, one over the other.

    They cover lines and areas, but not dots and letters.  A second veil over the same axes would
    make them paler still, and is not laid.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    frame : Frame

    Returns
    -------
    PatchCollection or None
        None if there is a veil already.
    """
    if any(artist.get_gid() == VEIL for artist in ax.collections):
        return None
    # Together the rings let (1 - each) ** _STEPS of what is below them shine through.
    each = 1 - (1 - _PALEST) ** (1 / _STEPS)
    depths = _DEPTH * min(frame.width, frame.height) * (1 - np.arange(_STEPS) / _STEPS)
    rings = [PathPatch(_ring(frame, float(depth))) for depth in depths]
    veil = PatchCollection(rings, facecolor=ax.get_facecolor(), alpha=each, linewidth=0)
    veil.set_zorder(_ORDER)
    veil.set_gid(VEIL)
    veil.set_label("_veil")
    ax.add_collection(veil, autolim=False)
    return veil


def _ring(frame: Frame, depth: float) -> Path:
    outer = frame.corners
    inner = Frame(
        frame.xmin + depth, frame.ymin + depth, frame.xmax - depth, frame.ymax - depth
    ).corners
    # The hole goes round the other way.
    points = np.concatenate([outer, outer[:1], inner[::-1], inner[-1:]])
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * 2
    return Path(points, codes)

"""What all figures share: letters, sizes, and how they are laid out and written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from polytropic.plotting import save

COLUMN = 3.35
PAGE = 6.9
"""Widths in inches of one column and of both, in most journals."""

_DPI = 170

_SETTINGS = {
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "savefig.facecolor": "white",
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the common style; the settings of matplotlib are as before afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


def sheet(width: float, height: float) -> Figure:
    """Return an empty figure of the given size in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def space(figure: Figure, place: Any) -> Axes:
    """Return axes of three dimensions without a box, for solids that speak for themselves."""
    ax = figure.add_subplot(place, projection="3d", computed_zorder=False)
    ax.set_proj_type("ortho")
    ax.set_axis_off()
    return ax


def panel_titles(axes: list[Axes], titles: list[str]) -> None:
    """Write "(a) ...", "(b) ..." above the panels."""
    for letter, ax, title in zip("abcdefgh", axes, titles, strict=False):
        ax.set_title(f"({letter}) {title}")


def build(make: Any, name: str, folder: Path, *, seed: int = 0, small: bool = False) -> list[Path]:
    """Draw one figure and write it as PDF and PNG."""
    with style():
        figure = make(np.random.default_rng(seed), small)
        return [save(figure, folder / f"{name}{kind}", dpi=_DPI) for kind in (".pdf", ".png")]

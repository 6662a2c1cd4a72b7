"""Draws what it is given; computes no geometry.

`plot` draws any object of the library that can be seen; `plot_dual` shows a tropical curve beside
its dual subdivision, or regions beside Newton polytopes; `save` writes a drawing to a file, always
with the same bytes.
"""

from polytropic.plotting import (
    arrangements,
    boundaries,
    complexes,
    curves,
    face_boundaries,
    fans,
    lifted,
    newton,
    polytopes,
    regions,
    subdivisions,
    zonotopes,
)
from polytropic.plotting.dispatch import plot
from polytropic.plotting.drawing import Drawing, save
from polytropic.plotting.dual import plot_dual

__all__ = ["Drawing", "plot", "plot_dual", "save"]

# Importing these is what registers their kinds of objects with `plot`.
_KINDS = (
    arrangements,
    boundaries,
    complexes,
    curves,
    face_boundaries,
    fans,
    lifted,
    newton,
    polytopes,
    regions,
    subdivisions,
    zonotopes,
)

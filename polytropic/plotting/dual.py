"""A tropical curve beside its dual subdivision."""

from __future__ import annotations

from typing import Any

from polytropic.errors import InputError
from polytropic.plotting.dispatch import plot
from polytropic.plotting.drawing import Drawing, label_axes, new_figure
from polytropic.plotting.style import FONT, SIZE
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["plot_dual"]


def plot_dual(
    f: TropicalPolynomial, *, frame: Any = None, colour_by: str = "regions"
) -> tuple[Drawing, Drawing]:
    """Draw a tropical curve beside its dual subdivision, in matching colours.

    Parameters
    ----------
    f : TropicalPolynomial
        In two variables.
    frame : (xmin, ymin, xmax, ymax), optional
        Window of the curve.
    colour_by : {"regions", "cells"}
        Give every region of the curve the colour of its vertex of the subdivision, or every vertex
        of the curve the colour of its cell.

    Returns
    -------
    curve, subdivision : Drawing
        In one figure.

    Raises
    ------
    InputError
        If f is no polynomial in two variables.

    Examples
    --------
    >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
    >>> curve, subdivision = plot_dual(f)
    >>> curve.figure is subdivision.figure
    True
    """
    if not isinstance(f, TropicalPolynomial) or f.n_variables != 2:
        raise InputError(f"plot_dual needs a TropicalPolynomial in two variables, got {f!r}")
    left, right = new_figure(2 * SIZE, SIZE).subplots(1, 2)
    curve = plot(f, label_axes(left, "$x_1$", "$x_2$"), frame=frame, colour_by=colour_by)
    subdivision = plot(
        f.dual_subdivision(), label_axes(right, "$a_1$", "$a_2$"), colour_by=colour_by
    )
    curve.axes.set_title("tropical curve", fontsize=FONT + 1)
    subdivision.axes.set_title("dual subdivision", fontsize=FONT + 1)
    return curve, subdivision

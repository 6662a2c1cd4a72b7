"""Dual views: a tropical curve beside its subdivision, a network beside P(F) and P(G)."""

from __future__ import annotations

from typing import Any

from polytropic.errors import InputError
from polytropic.networks.network import Network
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, label_axes, new_figure
from polytropic.plotting.duality import check_colour_by
from polytropic.plotting.network_dual import draw_network_dual
from polytropic.plotting.style import FONT, SIZE
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["plot_dual"]


def plot_dual(
    f: TropicalPolynomial | Network,
    *,
    frame: Any = None,
    colour_by: str = "regions",
    labels: bool = True,
    output: int = 0,
    max_regions: int | None = None,
) -> tuple[Drawing, ...]:
    """Draw dual things side by side, in matching colours.

    Parameters
    ----------
    f : TropicalPolynomial or Network
        In two variables: its tropical curve and its dual subdivision.  With two inputs: its
        regions, and the upper hulls of P(F) and P(G), seen from above.
    frame : (xmin, ymin, xmax, ymax), optional
        Window of the curve, or of the regions.
    colour_by : {"regions", "cells"}
        Of a polynomial: give every region of the curve the colour of its vertex of the subdivision,
        or every vertex of the curve the colour of its cell.
    labels : bool
        Write the number of its vertex into every region that has room for it; of a network those
        of both vertices, "F, G", on the colour of the vertex of P(G).
    output : int
        Of a network: which output.
    max_regions : int, optional
        Of a network: stop with a `BudgetError` when there are more activation regions.

    Returns
    -------
    curve, subdivision : Drawing
        In one figure; for a network three drawings: regions, P(F), P(G).

    Raises
    ------
    InputError
        If f is neither, or not in the plane.

    Examples
    --------
    >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
    >>> curve, subdivision = plot_dual(f)
    >>> curve.figure is subdivision.figure
    True
    """
    if isinstance(f, Network):
        return draw_network_dual(f, frame, labels, output, max_regions)
    if not isinstance(f, TropicalPolynomial) or f.n_variables != 2:
        raise InputError(
            "plot_dual needs a TropicalPolynomial in two variables or a Network with two inputs, "
            f"got {f!r}"
        )
    check_colour_by(colour_by, ("cells", "regions"))
    numbers = labels and colour_by == "regions"
    left, right = new_figure(2 * SIZE, SIZE).subplots(1, 2)
    curve = draw(
        f, label_axes(left, "$x_1$", "$x_2$"), frame=frame, colour_by=colour_by, labels=numbers
    )
    subdivision = draw(
        f.dual_subdivision(),
        label_axes(right, "$a_1$", "$a_2$"),
        colour_by=colour_by,
        labels="numbers" if numbers else None,
    )
    curve.axes.set_title("tropical curve", fontsize=FONT + 1)
    subdivision.axes.set_title("dual subdivision", fontsize=FONT + 1)
    return curve, subdivision

"""Monomials of the tropical functions of random networks, with their regions and the bound.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), section 5 and theorem
6.3: N(.) counts the monomials that are needed, and N(F), N(G) and N(F . G) never exceed the bound
on the linear regions.  Dots are medians over seeds, bars reach from the least to the greatest.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import PAGE, panel_titles, sheet
from polytropic.plotting.colours import PALETTE
from polytropic.plotting.style import INK, MUTED
from polytropic.studies.depth import DepthRow, run

_LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "bound": ("bound of theorem 6.3", {"color": MUTED, "linestyle": "--"}),
    "activation_regions": ("activation regions", {"color": INK, "marker": "x"}),
    "linear_regions": ("linear regions", {"color": PALETTE[6], "marker": "s"}),
    "n_product": (r"$N(F \odot G)$", {"color": PALETTE[3], "marker": "D"}),
    "n_numerator": ("$N(F)$", {"color": PALETTE[5], "marker": "o"}),
    "n_denominator": ("$N(G)$", {"color": PALETTE[2], "marker": "^"}),
}


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    seeds = [int(seed) for seed in rng.integers(2**31, size=1 if small else 5)]
    depths, widths = (range(1, 3), (2, 3)) if small else (range(1, 5), (2, 3, 4, 6, 8))
    deep = list(run(["random"], [2], [3 if small else 4], depths, seeds))
    wide = list(run(["random"], [2], widths, [2], seeds))
    figure = sheet(PAGE, 3.1)
    axes = list(figure.subplots(1, 2))
    _draw(axes[0], deep, [row.depth for row in deep])
    _draw(axes[1], wide, [row.widths[0] for row in wide])
    axes[0].set(xlabel="hidden layers", ylabel="count")
    axes[1].set(xlabel="units in each layer")
    handles = axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=6, frameon=False, columnspacing=1.2)
    names = [f"against depth, width {deep[0].widths[0]}", "against width, two hidden layers"]
    panel_titles(axes, names)
    return figure


def _draw(ax: Axes, rows: Sequence[DepthRow], places: Sequence[int]) -> None:
    """One line for every count; lines stand a little apart, so that no bar hides another."""
    ticks = sorted(set(places))
    for k, (column, (name, look)) in enumerate(_LOOKS.items()):
        counts = [
            [getattr(row, column) for row, place in zip(rows, places, strict=True) if place == tick]
            for tick in ticks
        ]
        known = [[count for count in group if count is not None] for group in counts]
        middles = np.array([np.median(group) for group in known])
        ranges = [[min(group) for group in known], [max(group) for group in known]]
        spans = np.abs(np.array(ranges) - middles)
        shifted = np.array(ticks) + 0.035 * (k - 2.5)
        style = {"markersize": 3.5, "linewidth": 1.0, "elinewidth": 0.6} | look
        ax.errorbar(shifted, middles, yerr=spans, label=name, **style)
    ax.set_yscale("log")
    ax.set_xticks(ticks)

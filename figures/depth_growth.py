"""Linear regions against depth: exponential where it is constructed, tame where it is found.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), theorem 6.3 (the
bound); tent and folding networks as in Montúfar et al., "On the number of linear regions of deep
neural networks" (2014).  Every count is exact and over all of R^d; lines are medians, bands reach
from the least to the greatest of the seeds (one region: all units of some layer are dead).
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from figures.style import PAGE, panel_titles, sheet
from polytropic.plotting.colours import PALETTE
from polytropic.plotting.style import MUTED
from polytropic.studies.depth import DepthRow, run

_LOOKS = {
    "tent": (PALETTE[5], "o"),
    "folding": (PALETTE[6], "s"),
    "random": (PALETTE[2], "^"),
    "trained": (PALETTE[3], "D"),
}


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    depths = range(1, 3 if small else 7)
    seeds = [int(seed) for seed in rng.integers(2**31, size=1 if small else 5)]
    line = list(run(["tent"], [1], [2], depths, [0]))
    line += list(run(["random", "trained"], [1], [4], depths, seeds))
    plane_depths = range(1, 3 if small else 6)
    plane = list(run(["folding"], [2], [4], range(1, 3 if small else 4), [0]))
    plane += list(run(["random", "trained"], [2], [4], plane_depths, seeds))
    figure = sheet(PAGE, 2.9)
    axes = list(figure.subplots(1, 2))
    for ax, rows in zip(axes, (line, plane), strict=True):
        _draw(ax, rows)
    axes[0].set_ylabel("linear regions")
    panel_titles(axes, ["one input", "two inputs, width 4"])
    return figure


def _draw(ax: Axes, rows: Sequence[DepthRow]) -> None:
    """One line for each family, and the bound of the random networks above them."""
    for family in dict.fromkeys(row.family for row in rows):
        mine = [row for row in rows if row.family == family and row.linear_regions is not None]
        depths = sorted({row.depth for row in mine})
        counts = [[row.linear_regions for row in mine if row.depth == depth] for depth in depths]
        colour, marker = _LOOKS[family]
        name = f"{family}, width {mine[0].widths[0]}"
        look = {"color": colour, "marker": marker, "markersize": 4, "linewidth": 1.2}
        ax.plot(depths, [np.median(c) for c in counts], label=name, **look)
        ax.fill_between(
            depths,
            [min(c) for c in counts],
            [max(c) for c in counts],
            color=colour,
            alpha=0.2,
            lw=0,
        )
    bound = {row.depth: row.bound for row in rows if row.family == "random"}
    ax.plot(list(bound), list(bound.values()), "--", color=MUTED, lw=0.9, label="bound, width 4")
    ax.set_yscale("log")
    ax.set_xlabel("hidden layers")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False, fontsize=7)

"""What a collision avoidance network advises around the own aircraft, and its linear regions.

HorizontalCAS (Julian and Kochenderfer, "Guaranteeing safety for neural network-based aircraft
collision avoidance systems", 2019): the plane of positions of an intruder whose course is at right
angles to one's own.  Linear regions as in Zhang, Naitzat and Lim, "Tropical geometry of deep neural
networks" (2018).  Needs POLYTROPIC_DATA.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.data import real_file
from figures.style import PAGE, panel_titles, sheet
from polytropic import Polytope, Slice, argmax_boundary, linear_regions, load_network, plot

FILE = "nets/hcas/HCAS_rect_v6_pra0_tau00_25HU_3000.nnet"
ADVISORIES = ("clear of conflict", "weak left", "weak right", "strong left", "strong right")

_SPAN = 112_000
"""Feet in one unit of the normalised input."""
_COURSE = -0.25
"""In turns."""


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    network = load_network(real_file(FILE))
    reach = 1 / 32 if small else 1 / 4
    window = Polytope.box(-reach, reach, dim=2)
    plane = Slice.of([0, 0, _COURSE], [[1, 0, 0], [0, 1, 0]], within=window)
    figure = sheet(PAGE, 3.7)
    axes = list(figure.subplots(1, 2))
    regions = linear_regions(network, plane)
    plot(regions, axes[0], fade=False)
    found = argmax_boundary(network, plane)
    handles = []
    for artist in plot(found, axes[1], legend=False).artists:
        name = str(artist.get_label())
        if name.startswith("class"):
            artist.set_label(ADVISORIES[int(name.removeprefix("class "))])
            handles.append(artist)
    figure.legend(handles=handles, loc="outside lower center", ncols=5, frameon=False)
    step = 10_000 if not small else 2_000
    ticks = np.arange(-2, 3) * step
    for ax in axes:
        ax.set_xticks(ticks / _SPAN, [f"{t / 1000:g}" for t in ticks])
        ax.set_yticks(ticks / _SPAN, [f"{t / 1000:g}" for t in ticks])
        ax.set(xlabel="ahead (1000 ft)", ylabel="to the left (1000 ft)")
    panel_titles(axes, [f"{regions.n_linear_regions} linear regions", "advisories"])
    return figure

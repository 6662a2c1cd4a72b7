"""Linear regions of a network with three inputs, whole and cut open.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), section 6.3: in three
dimensions the regions are polyhedra, of which a box shows the outside only.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.style import PAGE, panel_titles, sheet, space
from polytropic import Polytope, linear_regions, plot, random_network


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    network = random_network(3, [3] if small else [5, 4], rng=rng)
    regions = linear_regions(network, Polytope.box(-1, 1, dim=3))
    figure = sheet(PAGE, 2.7)
    grid = figure.add_gridspec(1, 3)
    axes = [space(figure, place) for place in grid]
    half = Polytope.from_halfspaces(
        [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1], [1, -1, 1]],
        [1, 1, 1, 1, 1, 1, 0],
    )
    plot(regions, axes[0], explode=0)
    plot(regions, axes[1], explode=0, frame=half)
    plot(regions, axes[2], explode=0.35)
    # Drawing sets the aspect, so the zoom comes afterwards.
    for ax in axes:
        ax.set_box_aspect((1, 1, 1), zoom=1.0)
    panel_titles(axes, [f"{regions.n_linear_regions} linear regions", "cut open", "pulled apart"])
    return figure

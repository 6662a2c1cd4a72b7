"""The two-layer network that is worked out in full, from weights to dual subdivision.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), the worked example of
the appendix: polytopes of numerator and denominator, the dual subdivision of the numerator, and
its tropical curve.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.lifted import draw_lifted
from figures.style import PAGE, panel_titles, sheet, space
from polytropic import Network, plot, tropicalize
from polytropic.plotting.drawing import label_axes

FIRST = ([[-1, 1], [1, -3], [1, 2], [-4, 1], [3, 2]], [1, -1, 2, 0, -2])
SECOND = ([[1, 2, 1, -1, -3]], [0])


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    network = Network.from_layers([FIRST, SECOND], thresholds=[0, 0])
    value = tropicalize(network)[0]
    f, g = value.numerator, value.denominator
    figure = sheet(PAGE, 5.6)
    grid = figure.add_gridspec(2, 2)
    tops = [space(figure, grid[0, 0]), space(figure, grid[0, 1])]
    for ax, polynomial in zip(tops, (f, g), strict=True):
        ax.view_init(elev=30, azim=-40)
        draw_lifted(ax, polynomial, polynomial.lifted_polytope())
    cells = label_axes(figure.add_subplot(grid[1, 0]), "$a_1$", "$a_2$")
    curve = label_axes(figure.add_subplot(grid[1, 1]), "$x_1$", "$x_2$")
    plot(f.dual_subdivision(), cells)
    plot(f, curve, frame=(-8, -11, 18, 15))
    near = curve.inset_axes((0.56, 0.5, 0.42, 0.48))
    plot(f, near, frame=(-1.1, -1.3, 1.3, 2.0))
    near.set(xticks=[], yticks=[])
    curve.indicate_inset_zoom(near)
    names = ["$P(F)$", "$P(G)$", "dual subdivision of $F$", "tropical curve of $F$"]
    panel_titles([*tops, cells, curve], names)
    return figure

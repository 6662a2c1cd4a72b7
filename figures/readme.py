"""The first picture of the README: a trained network, and the polytope that stands for it.

Left, its linear regions and decision boundary; right, the lifted Newton polytope of its numerator
above the dual subdivision (Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks",
2018, sections 3, 5 and 6.1).
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import NDArray

from figures.lifted import draw_lifted
from figures.style import PAGE, sheet, space
from figures.training import train, two_moons
from polytropic import Polytope, decision_boundary, linear_regions, plot, tropicalize
from polytropic.plotting.style import INK

WINDOW = (-1.6, -1.35, 2.6, 1.85)


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    points, labels = two_moons(rng, 120)
    widths = [4, 4] if small else [8, 8]
    network = train(rng, points, labels, widths)
    regions = linear_regions(network, Polytope.box(WINDOW[:2], WINDOW[2:]))
    rational = tropicalize(network)
    f = rational[0].numerator

    figure = sheet(PAGE, 3.05)
    grid = figure.add_gridspec(1, 2, width_ratios=[1.25, 1])
    left, right = figure.add_subplot(grid[0]), space(figure, grid[1])
    for artist in plot(regions, left).artists:
        artist.set(edgecolor="white", linewidth=0.7)
    _draw_boundary(left, decision_boundary(network, rational=rational))
    _draw_data(left, points, labels)
    left.set(xticks=[], yticks=[])
    right.view_init(elev=34, azim=-60)
    draw_lifted(right, f, f.lifted_polytope(), height=0.45, gap=0.42, zoom=1.35, plumb=False)
    left.set_title(f"a trained network: {regions.n_linear_regions} linear regions")
    right.set_title("its tropical numerator, and the dual subdivision")
    return figure


def _draw_boundary(ax: Axes, boundary: object) -> None:
    drawing = plot(boundary, ax, sides=False, superset=False, legend=False)
    for artist in drawing.artists:
        artist.set_path_effects([Stroke(linewidth=4.5, foreground="white"), Normal()])


def _draw_data(ax: Axes, points: NDArray[np.float64], labels: NDArray[np.float64]) -> None:
    look = {"s": 9, "linewidths": 0.6, "zorder": 6, "edgecolors": INK}
    ax.scatter(*points[labels > 0].T, facecolors=INK, **look)
    ax.scatter(*points[labels < 0].T, facecolors="white", **look)

"""Zonotopes of a network with one hidden layer, and the dual subdivision of their upper faces.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), section 6.2: numerator
and denominator are Minkowski sums of segments ``[0, |w_j| (W_j, b_j)]``.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.lifted import draw_lifted
from figures.style import PAGE, panel_titles, sheet, space
from polytropic import TropicalPolynomial, Zonotope, layer_zonotopes, plot
from polytropic.arithmetic.numbers import ExactArray
from polytropic.plotting.drawing import label_axes


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    n = 6 if small else 9
    directions = rng.permutation(n) * np.pi / n + rng.uniform(-0.1, 0.1, n)
    weight = np.column_stack([np.cos(directions), np.sin(directions)])
    bias = rng.uniform(-0.5, 0.5, n)
    output = np.where(np.arange(n) % 3 == 0, -1.0, 1.0)
    top, bottom = layer_zonotopes(weight, bias, output)
    f, g = (TropicalPolynomial(z[:, :2], z[:, 2]) for z in _upper(top, bottom))
    figure = sheet(PAGE, 2.5)
    grid = figure.add_gridspec(1, 3)
    solids = [space(figure, grid[0]), space(figure, grid[1])]
    for ax, polynomial, zonotope in zip(solids, (f, g), (top, bottom), strict=True):
        ax.view_init(elev=38, azim=-60)
        draw_lifted(ax, polynomial, zonotope.to_polytope(), height=0.4, gap=0.6, zoom=1.1)
    cells = label_axes(figure.add_subplot(grid[2]), "$a_1$", "$a_2$")
    plot(f.dual_subdivision(), cells)
    panel_titles(
        [*solids, cells], ["zonotope of $F$", "zonotope of $G$", "dual subdivision of $F$"]
    )
    return figure


def _upper(*zonotopes: Zonotope) -> list[ExactArray]:
    return [zonotope.upper_vertices_exact for zonotope in zonotopes]

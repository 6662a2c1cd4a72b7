"""A tropical curve, its dual subdivision, and the polytope whose upper faces make it.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), figures 1 and 2: the
quadric ``1 x1^2 + 1 x2^2 + 2 x1 x2 + 2 x1 + 2 x2 + 2``.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.lifted import draw_lifted
from figures.style import PAGE, panel_titles, sheet, space
from polytropic import TropicalPolynomial, plot
from polytropic.plotting.drawing import label_axes

EXPONENTS = [[2, 0], [0, 2], [1, 1], [1, 0], [0, 1], [0, 0]]
COEFFICIENTS = [1, 1, 2, 2, 2, 2]

_LABELS = {
    (-0.3, -0.3): r"$2$",
    (0.5, -0.3): r"$2 \odot x_1$",
    (-0.3, 0.5): r"$2 \odot x_2$",
    (0.55, 0.55): r"$2 \odot x_1 \odot x_2$",
    (1.35, -0.1): r"$1 \odot x_1^2$",
    (-0.1, 1.38): r"$1 \odot x_2^2$",
}


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    f = TropicalPolynomial(EXPONENTS, COEFFICIENTS)
    figure = sheet(PAGE, 2.45)
    grid = figure.add_gridspec(1, 3)
    curve = label_axes(figure.add_subplot(grid[0]), "$x_1$", "$x_2$")
    cells = label_axes(figure.add_subplot(grid[1]), "$a_1$", "$a_2$")
    solid = space(figure, grid[2])
    plot(f, curve, colour_by="regions", frame=(-0.6, -0.6, 1.7, 1.7))
    for (x, y), text in _LABELS.items():
        curve.text(x, y, text, ha="center", va="center")
    plot(f.dual_subdivision(), cells, colour_by="regions")
    solid.view_init(elev=28, azim=-115)
    draw_lifted(solid, f, f.lifted_polytope(), height=0.4, gap=0.55)
    panel_titles(
        [curve, cells, solid], ["tropical curve", "dual subdivision", "upper faces of $P(f)$"]
    )
    return figure

"""Linear regions of a random network beside the tropical curve and subdivision of its numerator.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), sections 5 and 6.3: a
network is a quotient of tropical polynomials, and the curve of the numerator is made of pieces of
the boundaries between linear regions.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.style import PAGE, panel_titles, sheet
from polytropic import Polytope, linear_regions, plot, random_network, tropicalize
from polytropic.plotting.drawing import label_axes


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    network = random_network(2, [4, 4] if small else [16, 16], rng=rng)
    regions = linear_regions(network, Polytope.box(-1, 1, dim=2))
    f = tropicalize(network)[0].numerator
    figure = sheet(PAGE, 2.55)
    left, middle, right = figure.subplots(1, 3)
    plot(regions, label_axes(left, "$x_1$", "$x_2$"))
    plot(f, label_axes(middle, "$x_1$", "$x_2$"), frame=(-1, -1, 1, 1))
    plot(f.dual_subdivision(), label_axes(right, "$a_1$", "$a_2$"))
    titles = [
        f"{regions.n_linear_regions} linear regions",
        "tropical curve of $F$",
        "dual subdivision of $F$",
    ]
    panel_titles([left, middle, right], titles)
    return figure

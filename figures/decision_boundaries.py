"""Decision boundaries and the tropical curve that contains them, or almost.

Alfarra et al., "On the decision boundaries of neural networks: a tropical geometry perspective"
(2022), theorem 2: two networks without biases.  In the second one a monomial is shared, so the
boundary has an open piece, which is not in the curve.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.style import PAGE, panel_titles, sheet
from polytropic import Network, decision_boundary, plot
from polytropic.plotting.drawing import label_axes

GENERIC = [[1, 2], [-2, 1], [1, -2]]
DEGENERATE = [[1, 2], [-1, 1], [2, -1]]
OUTPUT = [[1, -1, 2], [-2, 1, 1]]


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    figure = sheet(0.8 * PAGE, 3.25)
    axes = list(figure.subplots(1, 2))
    for ax, weight in zip(axes, (GENERIC, DEGENERATE), strict=True):
        network = Network.from_layers([(weight, [0, 0, 0]), (OUTPUT, [0, 0])])
        ties = decision_boundary(network)
        drawing = plot(ties, label_axes(ax, "$x_1$", "$x_2$"), frame=(-1, -1, 1, 1), legend=False)
    # The second panel has every kind of mark.
    figure.legend(
        handles=[a for a in drawing.artists if not str(a.get_label()).startswith("_")],
        loc="outside lower center",
        ncols=3,
        frameon=False,
        columnspacing=1.2,
        handlelength=1.6,
    )
    panel_titles(axes, ["generic weights", "a shared monomial"])
    return figure

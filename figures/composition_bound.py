"""The bound on the regions of a composition, layer by layer.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), the bound on the convex
degree of a composition, from which theorem 6.3 follows: one more layer of width n cuts each of the
activation regions ("cells") that there are into at most ``sum_{i <= d} C(n, i)`` parts.
"""

import numpy as np
from matplotlib.figure import Figure

from figures.style import PAGE, panel_titles, sheet
from polytropic import Network, Polytope, linear_regions, montufar_bound, plot, random_network
from polytropic.plotting.drawing import label_axes


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    width, d = (3, 2) if small else (8, 2)
    network = random_network(d, [width] * 3, rng=rng)
    most = montufar_bound((d, width))
    figure = sheet(PAGE, 2.75)
    axes = list(figure.subplots(1, 3))
    titles, before = [], 1
    for n_layers, ax in enumerate(axes, start=1):
        regions = linear_regions(_first(network, n_layers), Polytope.box(-2, 2, dim=d))
        plot(regions, label_axes(ax, "$x_1$", "$x_2$"), colour_by="pattern")
        count = len(regions)
        word = "layer" if n_layers == 1 else "layers"
        titles.append(
            f"{n_layers} {word}: {count} cells,\n"
            rf"at most ${before}\cdot {most} = {before * most}$"
        )
        if count > before * most:
            raise AssertionError(f"{count} regions, more than {before} * {most}")
        before = count
    panel_titles(axes, titles)
    return figure


def _first(network: Network, n_layers: int) -> Network:
    """Keep the first hidden layers, and add up their units for an output."""
    hidden = [(layer.dense_weight, layer.bias) for layer in network.layers[:n_layers]]
    units = network.layers[n_layers - 1].n_outputs
    return Network.from_layers([*hidden, ([[1] * units], [0])])

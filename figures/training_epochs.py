"""Linear regions and decision boundary of a classifier while it is trained.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), sections 6.1 and 6.3:
the same network after more and more steps, from the same start.
"""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke

from figures.style import PAGE, panel_titles, sheet
from figures.training import train, two_moons
from polytropic import Polytope, boundary_complex, linear_regions, plot
from polytropic.plotting.style import INK

WINDOW = (-1.6, -1.35, 2.6, 1.85)


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    points, labels = two_moons(rng, 120)
    start = int(rng.integers(2**31))
    widths, moments = ([3, 3], (0, 20)) if small else ([8, 8], (0, 30, 100, 300, 1000, 3000))
    box = Polytope.box(WINDOW[:2], WINDOW[2:])
    rows, columns = (1, 2) if small else (2, 3)
    figure = sheet(PAGE, 2.8 if small else 4.2)
    axes = list(figure.subplots(rows, columns).flat)
    titles = []
    for ax, steps in zip(axes, moments, strict=True):
        network = train(np.random.default_rng(start), points, labels, widths, steps)
        regions = linear_regions(network, box)
        for artist in plot(regions, ax).artists:
            artist.set(edgecolor="white", linewidth=0.6)
        for artist in plot(
            boundary_complex(network, domain=box), ax, sides=False, legend=False
        ).artists:
            artist.set_path_effects([Stroke(linewidth=4, foreground="white"), Normal()])
        look = {"s": 5, "linewidths": 0.4, "zorder": 6, "edgecolors": INK}
        ax.scatter(*points[labels > 0].T, facecolors=INK, **look)
        ax.scatter(*points[labels < 0].T, facecolors="white", **look)
        ax.set(xticks=[], yticks=[], xlabel="", ylabel="")
        titles.append(f"{steps} steps: {regions.n_linear_regions} regions")
    panel_titles(axes, titles)
    return figure

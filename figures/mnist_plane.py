"""The plane through three images of digits: linear regions and classes of a network on it.

Zhang, Naitzat and Lim, "Tropical geometry of deep neural networks" (2018), section 6.3, on a plane
in R^784.  The network has ten hidden layers of ten units.  Needs POLYTROPIC_DATA.
"""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from figures.data import real_file
from figures.style import PAGE, panel_titles, sheet
from polytropic import Polytope, Slice, argmax_boundary, linear_regions, load_network, plot

NETWORK = "nets/mnist/marabou_mnist10x10.nnet"
IMAGES = "data/mnist_10k10k.npz"
DIGITS = (0, 1, 7)

_EXTRA = ("#5a4a8a", "#8c2d04")
"""Colours of the digits 8 and 9."""


def make(rng: np.random.Generator, small: bool = False) -> Figure:
    network = load_network(real_file(NETWORK))
    with np.load(real_file(IMAGES)) as data:
        first = [int(np.flatnonzero(data["y_test"] == digit)[0]) for digit in DIGITS]
        images = data["x_test"][first]
    reach = (0.4, 0.6) if small else (-0.5, 1.5)
    window = Polytope.box(*reach, dim=2)
    plane = Slice.through(images.reshape(3, -1) / 255, within=window)
    figure = sheet(PAGE, 3.7)
    axes = list(figure.subplots(1, 2))
    regions = linear_regions(network, plane)
    plot(regions, axes[0], fade=False)
    drawing = plot(argmax_boundary(network, plane), axes[1], legend=False)
    named = [a for a in drawing.artists if str(a.get_label()).startswith("class")]
    for artist in named:
        # Ten classes are two more than there are colours in the palette.
        digit = int(str(artist.get_label()).removeprefix("class "))
        if digit >= 8:
            artist.set(facecolor=_EXTRA[digit - 8], edgecolor=_EXTRA[digit - 8])
    figure.legend(handles=named, loc="outside lower center", ncols=8, frameon=False)
    for place, image in zip([(0, 0), (1, 0), (0, 1)], images, strict=True):
        if not small:
            picture = OffsetImage(np.repeat(255 - image[..., None], 3, axis=2), zoom=0.9)
            axes[1].add_artist(AnnotationBbox(picture, place, pad=0.1))
    for ax in axes:
        ax.set(xlabel="$t_1$", ylabel="$t_2$")
    panel_titles(axes, [f"{regions.n_linear_regions} linear regions", "classes"])
    return figure

"""Pictures against values of the network on a grid, pixel by pixel."""

import io

import numpy as np
import pytest
from matplotlib import image
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from polytropic import (
    Network,
    Polytope,
    TropicalPolynomial,
    decision_boundary,
    linear_regions,
    plot,
    random_network,
)
from polytropic.networks.boundaries import argmax_boundary
from polytropic.plotting.colours import PALETTE, lighter

PIXELS = 160
FRAME = (-1.0, -1.0, 1.0, 1.0)


def picture(obj, **style):
    """Colours of all pixels of a drawing that fills its figure, shape (rows, columns, 3)."""
    figure = Figure(figsize=(1, 1), dpi=PIXELS)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    plot(obj, ax, frame=FRAME, **style)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PIXELS)
    buffer.seek(0)
    return image.imread(buffer)[::-1, :, :3]


def grid():
    ticks = (np.arange(PIXELS) + 0.5) / PIXELS * 2 - 1
    return np.stack(np.meshgrid(ticks, ticks), axis=2).reshape(-1, 2)


def agreement(pixels, labels):
    """Part of the pixels whose colour is the commonest one of their label."""
    flat = np.round(pixels.reshape(-1, 3) * 255).astype(int) @ [1 << 16, 1 << 8, 1]
    right = 0
    colours = {}
    for label in np.unique(labels):
        values, counts = np.unique(flat[labels == label], return_counts=True)
        right += counts.max()
        colours[int(label)] = int(values[counts.argmax()])
    return right / len(flat), colours


def test_regions_are_where_the_affine_maps_are():
    net = random_network(2, [7, 5], rng=4)
    regions = linear_regions(net)
    pixels = picture(regions, edges=False, fade=False)
    labels = regions.affine_labels[regions.locate(grid())]
    assert agreement(pixels, labels)[0] > 0.93  # the rest are pixels on edges


def test_values_are_in_the_order_of_the_colours():
    net = random_network(2, [6], rng=1)
    pixels = picture(linear_regions(net), colour_by="value", edges=False, fade=False)
    from matplotlib import colormaps

    scale = colormaps["cividis"](np.linspace(0, 1, 256))[:, :3]
    gaps = np.linalg.norm(pixels.reshape(-1, 1, 3) - scale[None], axis=2)
    values = net(grid())[:, 0]
    assert np.corrcoef(gaps.argmin(axis=1), values)[0, 1] > 0.9


def test_sides_of_a_boundary_are_signs_of_the_network():
    net = random_network(2, [8, 6], rng=2)
    pixels = picture(decision_boundary(net), superset=False, legend=False, fade=False)
    first, second = lighter(PALETTE[0], 0.6), lighter(PALETTE[1], 0.6)
    flat = pixels.reshape(-1, 3)
    expected = np.where(net(grid()) > 0, [first], [second])
    assert (np.abs(flat - expected).max(axis=1) < 0.02).mean() > 0.93


def test_classes_are_where_the_outputs_are_largest():
    rng = np.random.default_rng(3)
    net = Network.from_layers(
        [
            (rng.standard_normal((6, 2)), rng.standard_normal(6)),
            (rng.standard_normal((4, 6)), [0] * 4),
        ]
    )
    pixels = picture(argmax_boundary(net, Polytope.box(-1, 1, dim=2)), legend=False)
    winners = net(grid()).argmax(axis=1)
    share, colours = agreement(pixels, winners)
    assert share > 0.93
    for k, colour in colours.items():
        rgb = [round(255 * x) for x in lighter(to_rgb(PALETTE[k]), 0.6)]
        assert np.abs(np.subtract([colour >> 16, colour >> 8 & 255, colour & 255], rgb)).max() <= 1


@pytest.mark.parametrize("seed", [0, 1])
def test_regions_of_a_curve_are_where_the_monomials_win(seed):
    rng = np.random.default_rng(seed)
    f = TropicalPolynomial(rng.integers(0, 6, (12, 2)), rng.uniform(-1, 1, 12))
    pixels = picture(f, colour_by="regions", weights=False, fade=False)
    winners = np.argmax(grid() @ f.exponents.T + f.coefficients, axis=1)
    share, colours = agreement(pixels, winners)
    assert share > 0.9
    assert len(colours) > 3

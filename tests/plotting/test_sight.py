"""Colours as readers see them who lack one kind of cone."""

import numpy as np
import pytest

from polytropic.plotting.boundaries import _FIRST, _SECOND
from polytropic.plotting.colours import PALETTE, lighter, palette
from polytropic.plotting.newton import _COLOURS

# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
SIGHTS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colours, sight):
    """Coordinates in CIELAB (white D65) of sRGB colours as they are seen."""
    rgb = np.asarray(colours, dtype=float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ SIGHTS[sight].T, 0, 1)
    xyz = seen @ _XYZ.T / (_XYZ @ np.ones(3))
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


def smallest_distance(colours, sight):
    places = lab(colours, sight)
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
    return gaps[np.triu_indices(len(places), 1)].min()


@pytest.mark.parametrize("sight", SIGHTS)
def test_areas_differ_for_everyone(sight):
    # A difference of 2.3 is just noticeable (side by side).
    assert smallest_distance(palette(range(len(PALETTE))), sight) > 7


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(
    "pair", [(_FIRST, _SECOND), [lighter(c, 0.35) for c in _COLOURS]], ids=["sides", "F and G"]
)
def test_two_sides_differ_much_for_everyone(sight, pair):
    assert smallest_distance(pair, sight) > 20


def test_red_and_green_of_one_lightness_would_be_noticed_by_this_test():
    bad = [(0.80, 0.35, 0.30), (0.48, 0.52, 0.22)]
    assert smallest_distance(bad, "all cones") > 40
    assert smallest_distance(bad, "deuteranopia") < 20

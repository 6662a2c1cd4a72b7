"""The figures of the library: one script each, and ``python -m figures`` draws them all.

Every script has ``make(rng, small=False)``, which returns a matplotlib figure, and says in its
first lines which figure of which paper it draws.
"""

import importlib
from types import ModuleType

__all__ = ["FROM_DATA", "NAMES", "load"]

NAMES = (
    "tropical_curve",
    "two_layer_example",
    "layer_zonotopes",
    "random_network",
    "decision_boundaries",
    "training_epochs",
    "depth_growth",
    "counts",
    "composition_bound",
    "cut_open",
    "advisory_map",
    "mnist_plane",
    "readme",
)

FROM_DATA = ("advisory_map", "mnist_plane")
"""Those that need the real networks and images in POLYTROPIC_DATA, and are left out without."""


def load(name: str) -> ModuleType:
    """Import the script of one figure."""
    return importlib.import_module(f"figures.{name}")

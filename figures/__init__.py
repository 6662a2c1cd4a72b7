"""The figures of the library: one script each, and ``python -m figures`` draws them all.

Every script has ``make(rng, small=False)``, which returns a matplotlib figure, and says in its
first lines which figure of which paper it draws.
"""

import importlib
from types import ModuleType

__all__ = ["NAMES", "load"]

NAMES = (
    "tropical_curve",
    "two_layer_example",
    "layer_zonotopes",
    "random_network",
    "decision_boundaries",
    "readme",
)


def load(name: str) -> ModuleType:
    """Import the script of one figure."""
    return importlib.import_module(f"figures.{name}")

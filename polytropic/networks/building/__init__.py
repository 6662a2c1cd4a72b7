"""Building networks out of operations: `Builder` lowers everything to layers of units."""

from polytropic.networks.building.builder import Builder
from polytropic.networks.building.values import Value

__all__ = ["Builder", "Value"]

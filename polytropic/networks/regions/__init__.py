"""Linear regions of networks: every activation region, exactly, on R^d or on a polyhedron."""

from polytropic.networks.regions.complex import AffineMap, Region, RegionComplex
from polytropic.networks.regions.enumerate import count_regions, iter_regions, linear_regions
from polytropic.networks.regions.slices import Slice

__all__ = [
    "AffineMap",
    "Region",
    "RegionComplex",
    "Slice",
    "count_regions",
    "iter_regions",
    "linear_regions",
]

"""Polytopes for the tropical geometry of neural networks, exactly.

The way of one network through the library: `load_network` or `Network.from_layers` gives a
`Network`; `tropicalize` writes it as tropical rational functions with Newton polytopes, upper
hulls and dual subdivisions; `linear_regions` lists its activation regions; `decision_boundary`
finds where it decides; `plot` draws any of these.
"""

from typing import Any

from polytropic.errors import PolytropicError
from polytropic.geometry.arrangements.arrangement import HyperplaneArrangement
from polytropic.geometry.faces import f_vector
from polytropic.geometry.formats.files import read_polytope, write_polytope
from polytropic.geometry.minkowski import MinkowskiVertices, minkowski_sum, minkowski_vertices
from polytropic.geometry.operations import (
    affine_image,
    convex_hull,
    intersection,
    polar,
)
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume
from polytropic.geometry.volumes.mixed import mixed_volume
from polytropic.geometry.zonotopes.layers import HiddenLayer, layer_zonotopes
from polytropic.geometry.zonotopes.over_approximation import OverApproximation, reduce_order
from polytropic.geometry.zonotopes.zonotope import Zonotope
from polytropic.networks.around import activation_region
from polytropic.networks.boundary import decision_boundary
from polytropic.networks.bounds import (
    RegionBounds,
    arora_bound,
    arora_lower_bound,
    bounds,
    montufar_bound,
    montufar_lower_bound,
    region_bound,
    serra_bound,
)
from polytropic.networks.building import Builder
from polytropic.networks.construct import (
    folding_network,
    random_integer_network,
    random_network,
    tent_network,
)
from polytropic.networks.estimates import EstimatedRegions, expected_regions
from polytropic.networks.formats import (
    from_sklearn,
    from_torch,
    load_network,
    read_torch_state_dict,
    save_network,
)
from polytropic.networks.network import Network
from polytropic.networks.newton import NewtonPolytopes, UpperHull, newton_polytopes
from polytropic.networks.regions import Slice, count_regions, iter_regions, linear_regions
from polytropic.networks.simplify import Simplified, simplify
from polytropic.networks.stability import UnitBounds, preactivation_bounds
from polytropic.networks.tropicalize import tropicalize
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational

__version__ = "0.1.0"

__all__ = [
    "Builder",
    "EstimatedRegions",
    "HiddenLayer",
    "HyperplaneArrangement",
    "MinkowskiVertices",
    "Network",
    "NewtonPolytopes",
    "OverApproximation",
    "Polytope",
    "PolytropicError",
    "RegionBounds",
    "Simplified",
    "Slice",
    "TropicalPolynomial",
    "TropicalRational",
    "UnitBounds",
    "UpperHull",
    "Zonotope",
    "activation_region",
    "affine_image",
    "arora_bound",
    "arora_lower_bound",
    "bounds",
    "convex_hull",
    "count_regions",
    "decision_boundary",
    "expected_regions",
    "f_vector",
    "folding_network",
    "from_sklearn",
    "from_torch",
    "intersection",
    "iter_regions",
    "layer_zonotopes",
    "linear_regions",
    "load_network",
    "minkowski_sum",
    "minkowski_vertices",
    "mixed_volume",
    "montufar_bound",
    "montufar_lower_bound",
    "newton_polytopes",
    "plot",
    "polar",
    "preactivation_bounds",
    "random_integer_network",
    "random_network",
    "read_polytope",
    "read_torch_state_dict",
    "reduce_order",
    "region_bound",
    "save_network",
    "serra_bound",
    "simplify",
    "tent_network",
    "tropicalize",
    "volume",
    "write_polytope",
]


def __getattr__(name: str) -> Any:
    # Drawing needs matplotlib, which takes longer to import than everything else together.
    if name == "plot":
        from polytropic.plotting import plot

        return plot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

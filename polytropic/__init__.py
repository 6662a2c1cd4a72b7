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
from polytropic.networks.boundaries import (
    argmax_boundary,
    boundary_complex,
    nearest_boundary_point,
)
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
from polytropic.networks.converse import MaxMinForm, max_min_form, to_network
from polytropic.networks.denominators import ClearedNetwork, clear_denominators, maximum_form
from polytropic.networks.equality import difference_witness, equals_function
from polytropic.networks.estimates import EstimatedRegions, expected_regions
from polytropic.networks.formats import (
    from_sklearn,
    from_torch,
    load_network,
    read_torch_state_dict,
    save_network,
)
from polytropic.networks.lazy import LazyTropicalMap, lazy_tropicalize
from polytropic.networks.naive import predicted_terms
from polytropic.networks.network import Network
from polytropic.networks.newton import NewtonPolytopes, UpperHull, newton_polytopes
from polytropic.networks.regions import Slice, count_regions, iter_regions, linear_regions
from polytropic.networks.simplify import Simplified, simplify
from polytropic.networks.stability import UnitBounds, preactivation_bounds
from polytropic.networks.tropicalize import tropicalize
from polytropic.tropical.curves import PlaneCurve, plane_curve
from polytropic.tropical.hypersurface import TropicalHypersurface
from polytropic.tropical.intersections import StableIntersection, stable_intersection
from polytropic.tropical.maps import TropicalMap
from polytropic.tropical.mixed import MixedSubdivision, mixed_subdivision
from polytropic.tropical.parsing import parse, parse_map
from polytropic.tropical.polynomial import TropicalPolynomial, TropicalSignomial
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap
from polytropic.tropical.refinements import common_refinement
from polytropic.tropical.subdivision import DualSubdivision
from polytropic.tropical.sympy_exchange import from_sympy, to_sympy
from polytropic.tropical.weighted import WeightedComplex

__version__ = "0.1.0"

__all__ = [
    "Builder",
    "ClearedNetwork",
    "Drawing",
    "DualSubdivision",
    "EstimatedRegions",
    "HiddenLayer",
    "HyperplaneArrangement",
    "LazyTropicalMap",
    "MaxMinForm",
    "MinkowskiVertices",
    "MixedSubdivision",
    "Network",
    "NewtonPolytopes",
    "OverApproximation",
    "PlaneCurve",
    "Polytope",
    "PolytropicError",
    "RegionBounds",
    "Simplified",
    "Slice",
    "StableIntersection",
    "TropicalHypersurface",
    "TropicalMap",
    "TropicalPolynomial",
    "TropicalRational",
    "TropicalRationalMap",
    "TropicalSignomial",
    "UnitBounds",
    "UpperHull",
    "WeightedComplex",
    "Zonotope",
    "activation_region",
    "affine_image",
    "argmax_boundary",
    "arora_bound",
    "arora_lower_bound",
    "boundary_complex",
    "bounds",
    "clear_denominators",
    "common_refinement",
    "convex_hull",
    "count_regions",
    "decision_boundary",
    "difference_witness",
    "equals_function",
    "expected_regions",
    "f_vector",
    "folding_network",
    "from_sklearn",
    "from_sympy",
    "from_torch",
    "intersection",
    "iter_regions",
    "layer_zonotopes",
    "lazy_tropicalize",
    "linear_regions",
    "load_network",
    "max_min_form",
    "maximum_form",
    "minkowski_sum",
    "minkowski_vertices",
    "mixed_subdivision",
    "mixed_volume",
    "montufar_bound",
    "montufar_lower_bound",
    "nearest_boundary_point",
    "newton_polytopes",
    "parse",
    "parse_map",
    "plane_curve",
    "plot",
    "plot_dual",
    "polar",
    "preactivation_bounds",
    "predicted_terms",
    "random_integer_network",
    "random_network",
    "read_polytope",
    "read_torch_state_dict",
    "reduce_order",
    "region_bound",
    "save",
    "save_network",
    "serra_bound",
    "simplify",
    "stable_intersection",
    "tent_network",
    "to_network",
    "to_sympy",
    "tropicalize",
    "volume",
    "write_polytope",
]


def __getattr__(name: str) -> Any:
    # Drawing needs matplotlib, which takes longer to import than everything else together.
    if name in ("Drawing", "plot", "plot_dual", "save"):
        from polytropic import plotting

        return getattr(plotting, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

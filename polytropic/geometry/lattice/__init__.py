"""Integer points of polytopes, and how many there are in their multiples."""

from polytropic.geometry.lattice.ehrhart import (
    EhrhartPolynomial,
    EhrhartQuasiPolynomial,
    ehrhart_polynomial,
    ehrhart_quasi_polynomial,
    h_star_vector,
)
from polytropic.geometry.lattice.points import (
    interior_lattice_points,
    lattice_points,
    n_lattice_points,
)

__all__ = [
    "EhrhartPolynomial",
    "EhrhartQuasiPolynomial",
    "ehrhart_polynomial",
    "ehrhart_quasi_polynomial",
    "h_star_vector",
    "interior_lattice_points",
    "lattice_points",
    "n_lattice_points",
]

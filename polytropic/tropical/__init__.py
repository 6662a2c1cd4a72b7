"""Tropical polynomials and rational functions, dual subdivisions, hypersurfaces."""

"""Minkowski sums of polyhedra from the graphs of their summands."""

from polytropic.geometry.minkowski.sums import (
    MinkowskiVertices,
    minkowski_sum,
    minkowski_vertices,
)

__all__ = ["MinkowskiVertices", "minkowski_sum", "minkowski_vertices"]

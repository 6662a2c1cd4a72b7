"""Graphs of polyhedra on which the simplex method answers very many questions, if that pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.maxima import Graph, greatest_signs
from polytropic.arithmetic.numbers import ExactArray
from polytropic.arithmetic.rows import Rows
from polytropic.geometry.faces.adjacency import facet_adjacency, vertex_adjacency
from polytropic.geometry.optimisation import is_converted
from polytropic.geometry.polytope import Polytope

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["slack_signs", "vertex_graph"]

_PER_ENTRY = 1.3e-9  # seconds for comparing a vertex with others in a direction
_PER_PAIR = 2e-8  # seconds for two vertices of a facet that may be neighbours
_STEPS = 2  # of a walk, for each dimension (with what makes them dear)


def vertex_graph(polytope: Polytope, n_directions: int) -> Graph | None:
    """Edges between the vertices, if walks on them pay for so many directions.

    Examples
    --------
    >>> vertex_graph(Polytope.box(0, 1, dim=2), 3) is None
    True
    """
    if not is_converted(polytope) or polytope.is_empty or len(polytope.lines):
        return None
    n, table = polytope.n_vertices, polytope.facet_members
    return _graph(n, polytope.dimension, n_directions, table, lambda: vertex_adjacency(polytope))


def slack_signs(polytope: Polytope, points: Rows) -> NDArray[np.int8] | None:
    """Signs of the least slacks of points ``(1, x)``: -1 outside, 1 inside, `UNDECIDED` if close.

    None if comparing every point with every facet is no dearer.

    Notes
    -----
    Facets are the vertices of a polytope, a section of the polar cone: divide every inequality by
    its value at a point of the interior.  Its edges are the ridges, and the facet whose (divided)
    slack is least is found as a vertex that is greatest in a direction.

    Examples
    --------
    >>> slack_signs(Polytope.box(0, 1, dim=1), Rows(np.array([[1.0, 3.0]]))) is None
    True
    """
    d = polytope.ambient_dimension
    if not is_converted(polytope) or polytope.dimension < d or not polytope.is_bounded:
        return None
    n, table = polytope.n_facets, polytope.facet_members.T.tocsr()
    graph = _graph(n, d, len(points), table, lambda: facet_adjacency(polytope))
    if graph is None:
        return None
    facets = polytope.description.facets
    centre = Rows(np.array([[1.0, *polytope.vertices.mean(axis=0)]])).integers()[0]
    heights = (facets * centre).sum(axis=1).tolist()
    if min(heights) <= 0:  # rounding has moved the centre of something flat out of it
        return None
    section = ExactArray.of_rows(-facets, heights)
    signs = greatest_signs(points, section, graph)
    return np.where(np.abs(signs) == 1, -signs, signs)


def _graph(
    n: int, d: int, m: int, table: csr_array, adjacency: Callable[[], csr_array]
) -> Graph | None:
    """Graph of n items, if it pays to find it and to walk on it m times."""
    seconds = m * n * _PER_ENTRY
    if n <= 2 * _STEPS * d * d or not worth_compiling(seconds):
        return None
    sizes = np.diff(table.indptr).astype(float)
    if (sizes**2).sum() * _PER_PAIR > seconds:
        return None
    edges = adjacency()[:n, :n]
    if _STEPS * d * edges.nnz > n * n:
        return None
    return Graph(edges.indptr, edges.indices)

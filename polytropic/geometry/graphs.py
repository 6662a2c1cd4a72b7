"""Connected components of adjacency graphs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polytropic.arithmetic.numbers import IntArray

__all__ = ["component_labels"]


def component_labels(n_nodes: int, edges: Sequence[tuple[int, int]] | IntArray) -> IntArray:
    """Label the nodes of a graph by connected component, in order of each one's first node.

    Parameters
    ----------
    n_nodes : int
    edges : sequence of pairs, or array of shape (k, 2)

    Returns
    -------
    int array, shape (n_nodes,)

    Examples
    --------
    >>> component_labels(4, [(0, 2), (1, 3)])
    array([0, 1, 0, 1])
    """
    # Imported here because SciPy takes most of the time that `import polytropic` would take.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    weights = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((weights, (pairs[:, 0], pairs[:, 1])), shape=(n_nodes, n_nodes))
    labels: IntArray = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels

"""Decision boundaries of networks as two-coloured tropical hypersurfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from polytropic.arithmetic.numbers import exact_scalar
from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.networks.network import Network
from polytropic.networks.tropicalize import tropicalize
from polytropic.tropical.coloured import TieLocus
from polytropic.tropical.rational import TropicalRationalMap

__all__ = ["DecisionBoundary", "decision_boundary"]


@dataclass(frozen=True, repr=False)
class DecisionBoundary:
    """The set B where a network takes a threshold value, or where two of its outputs tie.

    Attributes
    ----------
    network : Network
    ties : TieLocus
        ``f`` and ``g`` with ``B = {f = g}``; the network (or the first class) wins where ``f > g``.
    classes : pair of int or None
        The two outputs that are compared; None for a threshold on a single output.
    """

    network: Network
    ties: TieLocus
    classes: tuple[int, int] | None

    @property
    def cells(self) -> PolyhedralComplex:
        """Maximal cells of B, exact; full-dimensional where B contains an open set."""
        return self.ties.cells

    @property
    def superset_cells(self) -> PolyhedralComplex:
        """Cells of the tropical hypersurface of ``max(f, g)`` that are not part of B.

        Together with `cells` they make the superset of Proposition 6.1 (ii).
        """
        return self.ties.superset_cells

    @property
    def has_interior(self) -> bool:
        """Whether B contains an open set, so that Proposition 6.1 (ii) fails for it literally."""
        return self.ties.has_interior

    @property
    def n_positive_regions(self) -> int:
        """Connected components where the value exceeds the threshold; at most N(f)."""
        return self.ties.n_first_components

    @property
    def n_negative_regions(self) -> int:
        """Connected components where the value is below the threshold; at most N(g)."""
        return self.ties.n_second_components

    def __repr__(self) -> str:
        return f"DecisionBoundary({len(self.cells)} cells of {self.network!r})"


def decision_boundary(
    network: Network,
    threshold: Any = 0,
    *,
    classes: tuple[int, int] | None = None,
    rational: TropicalRationalMap | None = None,
) -> DecisionBoundary:
    """Find where a network crosses a threshold, or where two of its classes tie.

    Parameters
    ----------
    network : Network
    threshold : number
        For one output: the value c of ``{x : net(x) = c}``.  For two classes: the margin c of
        ``{x : net_i(x) - net_j(x) = c}``.
    classes : pair of int, optional
        The outputs i and j to compare; by default (0, 1) when there are exactly two outputs.
    rational : TropicalRationalMap, optional
        The result of ``tropicalize(network)``, if it is there already.

    Returns
    -------
    DecisionBoundary

    Raises
    ------
    InputError
        If the classes are missing, equal or out of range.
    BudgetError
        If the tropical map is too large to expand.

    Notes
    -----
    Zhang, Naitzat and Lim, Proposition 6.1: with ``net = F - G`` the boundary is where F ties with
    ``c G`` (tropically), and F_i G_j with ``c F_j G_i`` for two classes.

    Examples
    --------
    >>> net = Network.from_layers([([[1, 0], [-1, 0], [0, 1]], [0, 0, 0]), ([[1, 1, -1]], [0])])
    >>> boundary = decision_boundary(net)  # |x| = max(y, 0)
    >>> len(boundary.cells), boundary.n_positive_regions, boundary.n_negative_regions
    (3, 2, 1)
    """
    functions = tropicalize(network) if rational is None else rational
    margin = exact_scalar(threshold, "threshold")
    if classes is None and network.n_outputs == 1:
        f, g = functions[0].numerator, functions[0].denominator
        return DecisionBoundary(network, TieLocus(f, g * margin), None)
    i, j = _check_classes(classes, network.n_outputs)
    first = (functions[i].numerator * functions[j].denominator).simplify()
    second = (functions[j].numerator * functions[i].denominator).simplify()
    return DecisionBoundary(network, TieLocus(first, second * margin), (i, j))


def _check_classes(classes: tuple[int, int] | None, n_outputs: int) -> tuple[int, int]:
    if classes is None:
        if n_outputs == 2:
            return 0, 1
        raise InputError(f"the network has {n_outputs} outputs: say which two with classes=(i, j)")
    i, j = classes
    if not (0 <= i < n_outputs and 0 <= j < n_outputs) or i == j:
        raise InputError(
            f"classes={classes}: give two different outputs between 0 and {n_outputs - 1}"
        )
    return i, j

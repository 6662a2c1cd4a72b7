"""Decision boundaries of networks: two-coloured tropical hypersurfaces, or faces of regions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, overload

from polytropic.arithmetic.numbers import exact_scalar
from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.polytope import Polytope
from polytropic.networks.boundaries.comparing import checked_classes
from polytropic.networks.boundaries.threshold import BoundaryComplex, boundary_complex
from polytropic.networks.network import Network
from polytropic.networks.regions import Slice
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
    threshold : Fraction
        The value, or the margin of the first class over the second one; it is part of `ties`.
    """

    network: Network
    ties: TieLocus
    classes: tuple[int, int] | None
    threshold: Fraction = Fraction(0)

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
        """Connected components where the value exceeds the threshold; at most `positive_bound`."""
        return self.ties.n_first_components

    @property
    def n_negative_regions(self) -> int:
        """Connected components where the value is below the threshold; at most `negative_bound`."""
        return self.ties.n_second_components

    @property
    def positive_bound(self) -> int:
        """N(f), the number of linear regions of the numerator (Proposition 6.1 (i))."""
        return self.ties.first.n_regions

    @property
    def negative_bound(self) -> int:
        """N(g), the number of linear regions of the denominator (Proposition 6.1 (i))."""
        return self.ties.second.n_regions

    @property
    def satisfies_bounds(self) -> bool:
        """Whether the numbers of regions keep to both bounds, as Proposition 6.1 (i) says."""
        return (
            self.n_positive_regions <= self.positive_bound
            and self.n_negative_regions <= self.negative_bound
        )

    def __repr__(self) -> str:
        return f"DecisionBoundary({len(self.cells)} cells of {self.network!r})"


Route = Literal["tropical", "regions"]


@overload
def decision_boundary(
    network: Network,
    threshold: Any = 0,
    *,
    classes: tuple[int, int] | None = None,
    rational: TropicalRationalMap | None = None,
    domain: None = None,
    route: Literal["tropical"] | None = None,
    max_regions: int | None = None,
) -> DecisionBoundary: ...


@overload
def decision_boundary(
    network: Network,
    threshold: Any = 0,
    *,
    classes: tuple[int, int] | None = None,
    rational: TropicalRationalMap | None = None,
    domain: Polytope | Slice,
    route: Literal["regions"] | None = None,
    max_regions: int | None = None,
) -> BoundaryComplex: ...


@overload
def decision_boundary(
    network: Network,
    threshold: Any = 0,
    *,
    classes: tuple[int, int] | None = None,
    rational: TropicalRationalMap | None = None,
    domain: Polytope | Slice | None = None,
    route: Literal["regions"],
    max_regions: int | None = None,
) -> BoundaryComplex: ...


def decision_boundary(
    network: Network,
    threshold: Any = 0,
    *,
    classes: tuple[int, int] | None = None,
    rational: TropicalRationalMap | None = None,
    domain: Polytope | Slice | None = None,
    route: Route | None = None,
    max_regions: int | None = None,
) -> DecisionBoundary | BoundaryComplex:
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
    domain : Polytope or Slice, optional
        Where to look; by default in all of R^d.
    route : {"tropical", "regions"}, optional
        Through the tropical map, on all of R^d, or through activation regions, in any domain and
        for deep networks.  By default tropical if and only if there is no domain.
    max_regions : int, optional
        For the route through regions: stop with a `BudgetError` when there are more.

    Returns
    -------
    DecisionBoundary or BoundaryComplex
        The first for the tropical route, the second (see `boundary_complex`) for the other one;
        the sets are the same, their cells may be divided differently.

    Raises
    ------
    InputError
        If the classes are missing, equal or out of range, or the route does not fit the rest.
    BudgetError
        If the tropical map is too large to expand, or there are more than `max_regions` regions.

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
    >>> boundary.positive_bound, boundary.negative_bound, boundary.satisfies_bounds
    (2, 2, True)
    >>> inside = decision_boundary(net, domain=Polytope.box(-1, 1, dim=2))
    >>> inside.betti_numbers, round(inside.area, 12)
    ((1, 0), 3.828427124746)
    """
    if route not in (None, "tropical", "regions"):
        raise InputError(f"route={route!r}: choose 'tropical' or 'regions'")
    if route == "regions" or (route is None and domain is not None):
        if rational is not None:
            raise InputError("the route through regions makes no use of a tropical map: leave it")
        return boundary_complex(
            network, threshold, classes=classes, domain=domain, max_regions=max_regions
        )
    if domain is not None:
        raise InputError("the tropical route knows all of R^d only: use route='regions'")
    functions = tropicalize(network) if rational is None else rational
    margin = exact_scalar(threshold, "threshold")
    if classes is None and network.n_outputs == 1:
        f, g = functions[0].numerator, functions[0].denominator
        return DecisionBoundary(network, TieLocus(f, g * margin), None, margin)
    i, j = checked_classes(classes, network.n_outputs)
    first = (functions[i].numerator * functions[j].denominator).simplify()
    second = (functions[j].numerator * functions[i].denominator).simplify()
    return DecisionBoundary(network, TieLocus(first, second * margin), (i, j), margin)

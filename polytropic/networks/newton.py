"""Upper hulls of the Newton polytopes of a network, read off its activation regions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import overload

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.network import Network
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.regions import RegionComplex, linear_regions
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["NewtonPolytopes", "UpperHull", "newton_polytopes"]


@dataclass(frozen=True, repr=False)
class UpperHull:
    """Vertices on the upper faces of a lifted Newton polytope P(f).

    Attributes
    ----------
    vertices_exact : ExactArray, shape (n, d + 1)
        Rows ``(a, c)``, one for each linear region of ``f(x) = max <a, x> + c``, sorted.
    """

    vertices_exact: ExactArray

    @property
    def vertices(self) -> FloatArray:
        """Vertices, correctly rounded."""
        return self.vertices_exact.to_float()

    @property
    def n_vertices(self) -> int:
        """Number of upper vertices: N(f), the number of linear regions of f."""
        return len(self.vertices_exact)

    def __len__(self) -> int:
        return self.n_vertices

    @cached_property
    def polynomial(self) -> TropicalPolynomial:
        """The tropical polynomial f with these monomials."""
        return TropicalPolynomial(self.vertices_exact[:, :-1], self.vertices_exact[:, -1])

    @cached_property
    def polytope(self) -> Polytope:
        """Everything on and below the upper faces, a polyhedron in R^(d + 1) with one ray down.

        Its vertices are the upper vertices, and its bounded faces the upper faces of P(f).  The
        function f does not determine what else P(f) has below.
        """
        down = [[0] * (self.vertices_exact.shape[1] - 1) + [-1]]
        return Polytope.from_points(self.vertices_exact, rays=down)

    @cached_property
    def newton_polytope(self) -> Polytope:
        """The Newton polytope of f in R^d: the hull of its exponents."""
        return Polytope.from_points(self.vertices_exact[:, :-1])

    def __repr__(self) -> str:
        return f"UpperHull({len(self)} vertices in dimension {self.vertices_exact.shape[1]})"


@dataclass(frozen=True, repr=False)
class NewtonPolytopes:
    """Upper hulls of P(F), P(G) and P(F ⊙ G) for one output ``F - G`` of a network.

    Attributes
    ----------
    numerator, denominator, product : UpperHull
    n_activation_regions : int
        ``max(N(F), N(G)) <= N(F ⊙ G) <= n_activation_regions``.
    """

    numerator: UpperHull
    denominator: UpperHull
    product: UpperHull
    n_activation_regions: int

    def __repr__(self) -> str:
        return (
            f"NewtonPolytopes(N(F) = {len(self.numerator)}, N(G) = {len(self.denominator)}, "
            f"N(F ⊙ G) = {len(self.product)}, {self.n_activation_regions} activation regions)"
        )


@overload
def newton_polytopes(
    network: Network,
    output: int,
    *,
    regions: RegionComplex | None = None,
    max_regions: int | None = None,
) -> NewtonPolytopes: ...


@overload
def newton_polytopes(
    network: Network,
    output: None = None,
    *,
    regions: RegionComplex | None = None,
    max_regions: int | None = None,
) -> tuple[NewtonPolytopes, ...]: ...


def newton_polytopes(
    network: Network,
    output: int | None = None,
    *,
    regions: RegionComplex | None = None,
    max_regions: int | None = None,
) -> NewtonPolytopes | tuple[NewtonPolytopes, ...]:
    """Find the upper-hull vertices of P(F), P(G) and P(F ⊙ G) without expanding any product.

    Every output of a network is a tropical quotient ``F - G`` (see `tropicalize`).  F and G are
    affine on each activation region, so the distinct pieces over all regions are the vertices.

    Parameters
    ----------
    network : Network
    output : int, optional
        One output only; by default all.
    regions : RegionComplex, optional
        The regions of this network on all of R^d, if they are known already.
    max_regions : int, optional
        Stop with a `BudgetError` when there are more activation regions.

    Returns
    -------
    NewtonPolytopes, or a tuple with one for each output

    Raises
    ------
    InputError
        If there is no such output, or the regions are of another network or of a domain.
    BudgetError
        If there are more than `max_regions` regions.

    Notes
    -----
    As long as `linear_regions` on R^d, and `affine_pieces` after it: linear in the number of
    regions for a given network.  From Proposition 5.1 of Zhang, Naitzat and Lim, by induction.

    Examples
    --------
    >>> from polytropic import tent_network
    >>> found = newton_polytopes(tent_network(3), 0)
    >>> found
    NewtonPolytopes(N(F) = 6, N(G) = 8, N(F ⊙ G) = 10, 10 activation regions)
    >>> found.numerator.newton_polytope.vertices.ravel().tolist()
    [0.0, 144.0]
    """
    if output is not None and not 0 <= output < network.n_outputs:
        raise InputError(f"output must be one of 0..{network.n_outputs - 1}, got {output}")
    if regions is None:
        regions = linear_regions(network, max_regions=max_regions)
    elif regions.network != network:
        raise InputError("regions are those of another network")
    pieces = affine_pieces(regions)

    def polytopes_of(index: int) -> NewtonPolytopes:
        f, g = pieces.numerators[:, index], pieces.denominators[:, index]
        scale = pieces.scale
        return NewtonPolytopes(_hull(f, scale), _hull(g, scale), _hull(f + g, scale), len(regions))

    if output is not None:
        return polytopes_of(output)
    return tuple(map(polytopes_of, range(network.n_outputs)))


def _hull(pieces: ObjectArray, scale: int) -> UpperHull:
    distinct = sorted(set(map(tuple, pieces.tolist())))
    return UpperHull(ExactArray(integer_rows(distinct, pieces.shape[1]), scale))

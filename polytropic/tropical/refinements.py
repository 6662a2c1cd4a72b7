"""The common refinement of the regions of many tropical polynomials, and products made on it.

A choice of one monomial of every polynomial belongs to a region of their product exactly when its
lifted points add up to a vertex of the upper hull of the sum of the lifted polytopes.  Powers do
not change which choices these are: the normal fan of a polytope is that of its multiples.  So one
walk along the sum of all lifted polytopes serves every product of powers of the same polynomials.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polytropic.arithmetic.linalg import product
from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray, frozen
from polytropic.errors import BudgetError
from polytropic.geometry.minkowski import minkowski_vertices
from polytropic.geometry.polytope import Polytope
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["CommonRefinement", "common_refinement"]


@dataclass(frozen=True, eq=False, repr=False)
class CommonRefinement:
    """Regions on which each of several tropical polynomials is given by one monomial.

    Attributes
    ----------
    polynomials : tuple of k TropicalPolynomial
        Simplified.
    choices : int array, shape (n, k)
        For each of n regions (with interior, all different) the monomial of each polynomial.
    """

    polynomials: tuple[TropicalPolynomial, ...]
    choices: IntArray

    def __len__(self) -> int:
        return len(self.choices)

    @cached_property
    def _pieces(self) -> tuple[ObjectArray, int]:
        """Integers ``scale * (a, c)`` of every polynomial on every region, shape (k, n (d + 1))."""
        tables = [_lifted_points(f) for f in self.polynomials]
        scale = math.lcm(*(table.denominator for table in tables))
        chosen = zip(tables, self.choices.T, strict=True)
        rows = [table.over(scale)[choice].reshape(-1) for table, choice in chosen]
        return np.stack(rows), scale

    def products(self, powers: ExactArray) -> list[TropicalPolynomial]:
        """Products of powers of the polynomials, all of them simplified.

        Parameters
        ----------
        powers : ExactArray, shape (m, k)
            Not negative.

        Returns
        -------
        list of m TropicalPolynomial

        Notes
        -----
        One product of matrices; no hull is computed.  On each region a product is one affine
        function, and as it is convex, equal slopes mean the same one.

        Examples
        --------
        >>> from polytropic.arithmetic.numbers import exact
        >>> f = TropicalPolynomial([[0], [1], [2]], [0, 0, -1])
        >>> g = TropicalPolynomial([[0], [3]], [0, -3])
        >>> (cube,) = common_refinement([f, g]).products(exact([[1, 2]]))
        >>> cube == (f * g**2).simplify()
        True
        """
        pieces, scale = self._pieces
        width = self.polynomials[0].n_variables + 1
        values = product(powers.numerators, pieces.T)
        found = []
        for row in values:
            terms = ExactArray(row.reshape(-1, width).copy(), scale * powers.denominator)
            found.append(TropicalPolynomial(terms[:, :-1], terms[:, -1]))
        return found

    def __repr__(self) -> str:
        return f"CommonRefinement({len(self)} regions of {len(self.polynomials)} polynomials)"


def common_refinement(
    polynomials: Sequence[TropicalPolynomial],
    *,
    simplified: bool = False,
    max_regions: int | None = None,
) -> CommonRefinement:
    """Find all choices of monomials whose regions have common interior points.

    Parameters
    ----------
    polynomials : sequence of TropicalPolynomial
        At least one, none of them the tropical zero.
    simplified : bool
        Whether all of them are known to be so.
    max_regions : int, optional
        Refuse to find more.

    Returns
    -------
    CommonRefinement

    Raises
    ------
    BudgetError
        If there are more than `max_regions` regions.

    Notes
    -----
    Proposition 3.2 of Zhang, Naitzat and Lim (products are Minkowski sums), by the walk of
    `minkowski_vertices` on the lifted polytopes with everything below them.

    Examples
    --------
    >>> x, y = TropicalPolynomial([[0], [1]], [0, 0]), TropicalPolynomial([[0], [1]], [0, -1])
    >>> common_refinement([x, y, x**2]).choices.tolist()
    [[0, 0, 0], [1, 0, 1], [1, 1, 1]]
    """
    simple = tuple(f if simplified else f.simplify() for f in polynomials)
    # What has one monomial, or is there twice, takes no part in the walk.
    different = list(dict.fromkeys(f for f in simple if f.n_monomials > 1))
    regions = _walk(different, max_regions)
    place = {f: column for column, f in enumerate(different)}
    choices = np.zeros((len(regions), len(simple)), dtype=np.int64)
    for column, f in enumerate(simple):
        if f in place:
            choices[:, column] = regions[:, place[f]]
    return CommonRefinement(simple, frozen(choices))


def _walk(polynomials: list[TropicalPolynomial], max_regions: int | None) -> IntArray:
    """Choices for simplified polynomials that are all different and no monomials."""
    if len(polynomials) < 2:
        size = polynomials[0].n_monomials if polynomials else 1
        _check(size, max_regions)
        return np.arange(size)[:, None]
    down = [[0] * polynomials[0].n_variables + [-1]]
    tables = [_lifted_points(f) for f in polynomials]
    parts = [Polytope.from_points(table, rays=down) for table in tables]
    try:
        found = minkowski_vertices(parts, max_vertices=max_regions)
    except BudgetError as problem:
        raise _too_many(max_regions) from problem
    columns = [
        _places(part.vertices_exact, table)[choice]
        for part, table, choice in zip(parts, tables, found.summands.T, strict=True)
    ]
    return np.stack(columns, axis=1)


def _places(vertices: ExactArray, points: ExactArray) -> IntArray:
    """Where the vertices are among the points."""
    if vertices == points:
        return np.arange(len(points))
    known = {tuple(row): index for index, row in enumerate(points.to_fractions().tolist())}
    return np.array([known[tuple(row)] for row in vertices.to_fractions().tolist()])


def _lifted_points(f: TropicalPolynomial) -> ExactArray:
    columns = [f.exponents_exact, f.coefficients_exact.reshape(-1, 1)]
    return ExactArray.concatenate(columns, axis=1)


def _check(size: int, max_regions: int | None) -> None:
    if max_regions is not None and size > max_regions:
        raise _too_many(max_regions)


def _too_many(max_regions: int | None) -> BudgetError:
    return BudgetError(
        f"a product of tropical polynomials has more than {max_regions} monomials that are "
        "needed: raise the limit, or keep the factors apart (see lazy_tropicalize for networks)"
    )

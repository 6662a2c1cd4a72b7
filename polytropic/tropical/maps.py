"""Vector maps of tropical polynomials; affine maps are those whose components are monomials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polytropic.arithmetic.numbers import ExactArray, Numbers, exact
from polytropic.errors import InputError
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap
from polytropic.tropical.tuples import ComponentMap

__all__ = ["TropicalMap", "affine_map", "map_of"]


class TropicalMap(ComponentMap[TropicalPolynomial]):
    """A tuple of tropical polynomials in the same variables: a map R^d -> R^p.

    ``F + G``, ``F * G``, ``F / G`` and ``F ** k`` work component by component, with maps of the
    same shape, single functions and numbers; quotients are a `TropicalRationalMap`.  ``F(x)``
    evaluates, ``F(G)`` composes.

    Parameters
    ----------
    components : sequence of TropicalPolynomial

    Raises
    ------
    InputError
        If there is no component, or their numbers of variables differ.

    Examples
    --------
    >>> x, y = TropicalPolynomial.variables(2)
    >>> F = TropicalMap((x + y, x * y))
    >>> F([3, 4]), F.shape
    (array([4., 7.]), (2, 2))
    >>> print(F(F)[0])
    x*y + x + y
    """

    @classmethod
    def _kind(cls) -> type[TropicalPolynomial]:
        return TropicalPolynomial

    @staticmethod
    def identity(n_variables: int) -> TropicalMap:
        """Return the map ``x -> x``."""
        return TropicalMap(TropicalPolynomial.variables(n_variables))

    @staticmethod
    def parse(texts: Sequence[str], variables: Any = None) -> TropicalMap:
        """Read one polynomial from each text, in the variables of all of them.

        Examples
        --------
        >>> TropicalMap.parse(["x + 0", "y^2"]).shape
        (2, 2)
        """
        from polytropic.tropical.parsing import parse_map

        found = parse_map(texts, variables)
        if not isinstance(found, TropicalMap):
            raise InputError("there is a quotient among the texts: read them with parse_map")
        return found


def affine_map(matrix: Numbers, offset: Numbers | None = None) -> TropicalMap:
    """The affine map ``x -> A x + b``: every component is one monomial ``b_i x^{a_i}``.

    Parameters
    ----------
    matrix : array_like, shape (p, d)
        Integers, fractions or floats (which mean the dyadic rationals they encode).
    offset : array_like, shape (p,), optional
        Zero by default.

    Returns
    -------
    TropicalMap

    Raises
    ------
    InputError
        If the shapes do not match or an entry is not finite.

    Examples
    --------
    >>> affine_map([[1, 2], [0, -1]], [5, 0])([1, 1])
    array([ 8., -1.])
    """
    a = exact(matrix, "matrix", ndim=2)
    if 0 in a.shape:
        raise InputError(f"matrix has shape {a.shape}: rows and columns must be positive in number")
    b = ExactArray.zeros(a.shape[0]) if offset is None else exact(offset, "offset", ndim=1)
    if b.shape != a.shape[:1]:
        raise InputError(f"offset must have shape ({a.shape[0]},), got {b.shape}")
    monomials = (TropicalPolynomial(a[i : i + 1], b[i : i + 1]) for i in range(len(a)))
    return TropicalMap(tuple(monomials))


def map_of(
    components: Sequence[TropicalPolynomial | TropicalRational],
) -> TropicalMap | TropicalRationalMap:
    """The map with given components: of polynomials, or of rational functions if one is such.

    Parameters
    ----------
    components : sequence of TropicalPolynomial and TropicalRational

    Returns
    -------
    TropicalMap or TropicalRationalMap

    Examples
    --------
    >>> x, y = TropicalPolynomial.variables(2)
    >>> map_of([x, x / (x + y)])
    TropicalRationalMap(R^2 -> R^2)
    """
    polynomials = [f for f in components if isinstance(f, TropicalPolynomial)]
    if len(polynomials) == len(components):
        return TropicalMap(tuple(polynomials))
    return TropicalRationalMap(tuple(TropicalRational.of(f) for f in components))

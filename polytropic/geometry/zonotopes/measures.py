"""Volumes and lattice points of zonotopes, by determinants of their generators."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import rank
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements.sign_vectors import mask_words
from polytropic.geometry.lattice.ehrhart import EhrhartPolynomial
from polytropic.geometry.zonotopes.merging import reduced
from polytropic.geometry.zonotopes.spans import MAX_SUBSETS, spans, subset_blocks
from polytropic.geometry.zonotopes.subset_sums import SubsetSums
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = ["ehrhart_polynomial", "lattice_point_count", "volume"]

_MACHINE = 2.0**62
_ENTRIES = 1 << 20


def volume(zonotope: Zonotope, *, max_subsets: int = MAX_SUBSETS) -> Fraction:
    """Exact d-dimensional volume; zero for a flat zonotope.

    Parameters
    ----------
    zonotope : Zonotope
    max_subsets : int
        Budget for C(k, d - 1), k the number of distinct directions.

    Returns
    -------
    Fraction

    Raises
    ------
    BudgetError
        In advance.

    Notes
    -----
    The volume is the sum of ``|det|`` over all d-subsets of generators (McMullen; Shephard 1974).
    With n the normal of a (d-1)-subset, d times it is the sum over these subsets of
    ``sum_j |<n, g_j>| = <n, sum_j s_j g_j>``: once the signs s_j are known, one exact product for
    every (d-1)-subset instead of one determinant for every d-subset.

    Examples
    --------
    >>> volume(Zonotope([[1, 0], [0, 1], [1, 1]]))
    Fraction(3, 1)
    """
    merged = reduced(zonotope).zonotope.generators_exact
    size, width = merged.shape
    if size < width or rank(merged.numerators) < width:
        return Fraction(0)
    rows = merged.numerators
    whole = ExactArray(rows)
    sums = SubsetSums(whole, ExactArray.zeros(width))
    everything = rows.sum(axis=0)
    total = 0
    for span in spans(rows, max_subsets=max_subsets):
        above = sums.exact(mask_words(span.signs > 0))
        # Rows of sign 0 contribute nothing, whichever way they are counted.
        weights = 2 * above.numerators - everything
        total += int((span.normals() * weights).sum())
    return Fraction(total, width * merged.denominator**width)


def ehrhart_polynomial(zonotope: Zonotope, *, max_subsets: int = MAX_SUBSETS) -> EhrhartPolynomial:
    """Number of lattice points of the dilations of a lattice zonotope.

    Parameters
    ----------
    zonotope : Zonotope
        With integer generators and an integer base.
    max_subsets : int
        Budget for the number of subsets of at most r distinct directions, r the dimension.

    Returns
    -------
    EhrhartPolynomial

    Raises
    ------
    InputError
        If a generator or the base is not integer.
    BudgetError
        In advance.

    Notes
    -----
    The coefficient of t^k is the sum, over the independent k-subsets of generators, of the greatest
    common divisor of their k x k minors (Stanley, "A zonotope associated with graphical degree
    sequences", 1991, theorem 2.2).

    Examples
    --------
    >>> found = ehrhart_polynomial(Zonotope([[1, 0], [0, 1], [1, 1]]))
    >>> [int(c) for c in found.coefficients], found(1), found(2)
    ([1, 3, 3], 7, 19)
    """
    for name in ("generators", "base"):
        if getattr(zonotope, f"{name}_exact").denominator != 1:
            raise InputError(
                f"the {name} must be integer for lattice points to be counted by determinants; "
                "scale the zonotope, or count with polytropic.geometry.lattice on to_polytope()"
            )
    # The sum is linear along each direction, so parallel generators may be merged.
    rows = reduced(zonotope).zonotope.generators_exact.numerators
    size, degree = len(rows), rank(rows)
    n_subsets = sum(comb(size, k) for k in range(degree + 1))
    if n_subsets > max_subsets:
        raise BudgetError(
            f"{size} generators of rank {degree} have {n_subsets:,} subsets to look at, more than "
            f"max_subsets={max_subsets:,}"
        )
    coefficients = [Fraction(1)]
    for k in range(1, degree + 1):
        coefficients.append(Fraction(_sum_of_divisors(rows, k)))
    return EhrhartPolynomial(tuple(coefficients))


def lattice_point_count(zonotope: Zonotope, *, max_subsets: int = MAX_SUBSETS) -> int:
    """Number of lattice points of a lattice zonotope; see `ehrhart_polynomial`.

    Examples
    --------
    >>> lattice_point_count(Zonotope([[2, 0], [0, 3]]))
    12
    """
    return ehrhart_polynomial(zonotope, max_subsets=max_subsets)(1)


def _sum_of_divisors(rows: ObjectArray, k: int) -> int:
    """Sum over k-subsets of the greatest common divisor of the k x k minors."""
    largest = max(sum(abs(x) for x in row) for row in rows.tolist())
    small = float(largest) ** k < _MACHINE
    table = rows.astype(np.int64) if small else rows
    total = 0
    step = max(1, _ENTRIES // 2 ** min(rows.shape[1], 12))
    for subsets in subset_blocks(len(rows), k, step):
        minors = _maximal_minors(table[subsets].transpose(1, 2, 0))
        # The divisor of a single minor keeps its sign.
        total += int(np.abs(np.gcd.reduce(minors, axis=0)).astype(object).sum())
    return total


def _maximal_minors(rows: NDArray[np.generic]) -> NDArray[np.generic]:
    """All k x k minors of matrices, shape (k, d, n) to (C(d, k), n), by Laplace expansion."""
    size, width, _ = rows.shape
    minors = {1 << column: rows[0, column] for column in range(width)}
    for level in range(1, size):
        wider: dict[int, NDArray[np.generic]] = {}
        for mask in range(1 << width):
            if mask.bit_count() != level + 1:
                continue
            columns = [c for c in range(width) if mask >> c & 1]
            wider[mask] = sum(
                (-1) ** (level + place) * rows[level, c] * minors[mask ^ (1 << c)]
                for place, c in enumerate(columns)
            )
        minors = wider
    return np.stack(list(minors.values()))

"""Section 3: polytopes of powers, products and sums, and how many vertices sums have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb
from typing import Any

from polytropic.arithmetic.linalg import integer_rows, primitive, rank
from polytropic.arithmetic.numbers import ExactArray, Numbers, exact, exact_scalar
from polytropic.errors import InputError
from polytropic.geometry.minkowski import minkowski_sum, minkowski_vertices
from polytropic.geometry.operations import convex_hull, dilate
from polytropic.geometry.polytope import Polytope
from polytropic.studies.tropical_geometry.checks import Hypothesis, TheoremCheck
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.refinements import common_refinement

__all__ = ["corollary_3_4", "proposition_3_1", "proposition_3_2", "theorem_3_3"]

_MOST_MINORS = 50_000


def proposition_3_1(f: TropicalPolynomial, power: Any) -> TheoremCheck:
    """``P(f^a) = a P(f)`` for a power ``a >= 0``.

    Parameters
    ----------
    f : TropicalPolynomial
    power : number

    Returns
    -------
    TheoremCheck
        ``claim`` and ``value`` are the polytopes; the witness is a vertex of one only, or None.

    Examples
    --------
    >>> f = TropicalPolynomial([[0], [1], [2]], [0, 1, 0])
    >>> proposition_3_1(f, 3).holds
    True
    """
    k = exact_scalar(power, "power")
    hypotheses = (
        Hypothesis("the power is a natural number", k >= 0 and k.denominator == 1),
        Hypothesis("f is not the tropical zero", f.n_monomials > 0),
    )
    claim, value = dilate(f.lifted_polytope(), k), (f**k).lifted_polytope()
    witness = _difference(value, claim)
    return TheoremCheck("P(f^a) = a P(f)", hypotheses, "==", claim, value, witness)


def proposition_3_2(f: TropicalPolynomial, g: TropicalPolynomial) -> tuple[TheoremCheck, ...]:
    """``P(f g) = P(f) + P(g)``, and ``P(f + g)`` is the hull of both (tropical operations).

    Parameters
    ----------
    f, g : TropicalPolynomial

    Returns
    -------
    (TheoremCheck, TheoremCheck)
        For the product and for the sum.  Where like terms are combined only the larger one stays,
        which leaves the upper faces as they are: polytopes are compared with all below them.  The
        hypothesis for full equality says whether the polytopes themselves are equal.

    Examples
    --------
    >>> f = TropicalPolynomial([[0], [1]], [0, 0])
    >>> product, total = proposition_3_2(f, TropicalPolynomial([[0], [1]], [-1, 5]))
    >>> product.holds, total.holds, total.failing
    (True, True, ('no lower face is lost when like terms are combined',))
    """
    p, q = f.lifted_polytope(), g.lifted_polytope()
    pairs = [
        ("P(f ⊙ g) = P(f) + P(g)", (f * g).lifted_polytope(), minkowski_sum(p, q)),
        ("P(f ⊕ g) = conv(P(f) ∪ P(g))", (f + g).lifted_polytope(), convex_hull(p, q)),
    ]
    checks = []
    for statement, value, claim in pairs:
        whole = Hypothesis(
            "no lower face is lost when like terms are combined", value == claim, "equality"
        )
        below, expected = _with_below(value), _with_below(claim)
        witness = _difference(below, expected)
        checks.append(TheoremCheck(statement, (whole,), "==", expected, below, witness))
    return tuple(checks)


def theorem_3_3(polytopes: Sequence[Polytope]) -> TheoremCheck:
    """A sum of polytopes with m non-parallel edges has ``2 sum_{j<d} C(m-1, j)`` vertices at most.

    Parameters
    ----------
    polytopes : sequence of Polytope
        Bounded, in the same space.

    Returns
    -------
    TheoremCheck
        The witness is the `MinkowskiVertices` of the sum.

    Notes
    -----
    P. Gritzmann and B. Sturmfels (1993).  The bound is used with d the dimension of the sum, which
    is never worse.  Equality holds for zonotopes with generators in general position.

    Examples
    --------
    >>> segments = [Polytope.from_points([[0, 0], g]) for g in [[1, 0], [0, 1], [1, 1]]]
    >>> check = theorem_3_3(segments)
    >>> check.value, check.claim, check.tight
    (6, 6, True)
    """
    parts = list(polytopes)
    lines = {_line(row) for part in parts for row in _edge_vectors(part).tolist()}
    found = minkowski_vertices(parts)
    d = rank(ExactArray(_rows(lines, parts[0].ambient_dimension)).numerators) if lines else 0
    m = len(lines)
    claim = 2 * sum(comb(m - 1, j) for j in range(d)) if m else 1
    zonotopes = all(part.is_zonotope for part in parts)
    hypotheses = (
        Hypothesis("all polytopes are bounded", all(part.is_bounded for part in parts)),
        Hypothesis("all polytopes are zonotopes", zonotopes, "equality"),
        Hypothesis(
            "edge directions are in general position", _general(_rows(lines, 0), d), "equality"
        ),
    )
    statement = "vertices of a Minkowski sum (Gritzmann and Sturmfels)"
    return TheoremCheck(statement, hypotheses, "<=", claim, len(found), found)


def corollary_3_4(generators: Numbers) -> TheoremCheck:
    """A zonotope of m segments in R^(d+1) has at most ``sum_{j<=d} C(m, j)`` upper vertices.

    Parameters
    ----------
    generators : array_like, shape (m, d + 1)
        The last coordinate is the height.

    Returns
    -------
    TheoremCheck
        The witness is the tropical polynomial whose monomials are the upper vertices.

    Examples
    --------
    >>> check = corollary_3_4([[1, 0, 1], [0, 1, 2], [1, 1, 0], [1, -1, 5]])
    >>> check.value, check.claim, check.failing
    (11, 11, ())
    """
    rows = exact(generators, "generators", ndim=2)
    m, width = rows.shape
    if width < 2 or not m:
        raise InputError(
            f"generators must have shape (m, d + 1), m and d positive, got {rows.shape}"
        )
    factors = [_segment(rows[[i]]) for i in range(m)]
    (f,) = common_refinement(factors).products(exact([[1] * m]))
    d = width - 1
    integers = rows.numerators
    hypotheses = (
        Hypothesis("generators are in general position", _general(integers, width), "equality"),
        Hypothesis(
            "projected generators are in general position",
            _general(integers[:, :-1], d),
            "equality",
        ),
    )
    claim = sum(comb(m, j) for j in range(d + 1))
    return TheoremCheck("upper vertices of a zonotope", hypotheses, "<=", claim, f.n_monomials, f)


# -- parts -----------------------------------------------------------------------------------------
def _segment(generator: ExactArray) -> TropicalPolynomial:
    ends = ExactArray.concatenate([ExactArray.zeros(1, generator.shape[1]), generator])
    return TropicalPolynomial(ends[:, :-1], ends[:, -1])


def _with_below(polytope: Polytope) -> Polytope:
    down = [[0] * (polytope.ambient_dimension - 1) + [-1]]
    return Polytope.from_points(polytope.vertices_exact, rays=down)


def _difference(value: Polytope, claim: Polytope) -> Any:
    """A vertex of one of two polyhedra that the other does not have, or None."""
    sets = [set(map(tuple, p.vertices_exact.to_fractions().tolist())) for p in (value, claim)]
    return min(sets[0] ^ sets[1], default=None)


def _edge_vectors(polytope: Polytope) -> Any:
    pairs, points = polytope.edges, polytope.vertices_exact.numerators
    return points[pairs[:, 1]] - points[pairs[:, 0]]


def _line(row: list[int]) -> tuple[int, ...]:
    direction = primitive(row)
    return max(direction, tuple(-entry for entry in direction))


def _rows(lines: Any, width: int) -> Any:
    ordered = sorted(lines)
    return integer_rows(ordered, len(ordered[0]) if ordered else width)


def _general(rows: Any, dimension: int) -> bool | None:
    """Whether any so many rows, as far as there are, are independent."""
    size = min(dimension, len(rows))
    if comb(len(rows), size) > _MOST_MINORS:
        return None
    return all(rank(rows[list(chosen)]) == size for chosen in combinations(range(len(rows)), size))

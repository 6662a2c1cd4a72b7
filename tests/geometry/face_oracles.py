"""Polyhedra with known faces, and faces again from their definition; shared by tests of faces."""

from fractions import Fraction
from itertools import combinations, product
from math import comb, factorial

import numpy as np
from hypothesis import strategies as st

from polytropic import Polytope
from tests.brute_force import rank

coordinate = st.integers(-2, 2)


def vectors(d, least, most):
    return st.lists(st.lists(coordinate, min_size=d, max_size=d), min_size=least, max_size=most)


@st.composite
def polyhedra(draw, d=3, most=7):
    """Hulls of points, many of them with rays and some with lines."""
    points = draw(vectors(d, 1, most))
    rays = draw(st.one_of(st.just([]), vectors(d, 0, 3)))
    lines = draw(st.one_of(st.just([]), st.just([]), vectors(d, 0, 1)))
    return Polytope.from_points(points, rays, lines)


def polytopes(d=3, least=1, most=8):
    return vectors(d, least, most).map(Polytope.from_points)


def simplex(d):
    return Polytope.from_points(np.vstack([np.zeros(d, int), np.eye(d, dtype=int)]))


def cross_polytope(d):
    return Polytope.from_points(np.vstack([np.eye(d, dtype=int), -np.eye(d, dtype=int)]))


def cyclic(n, d):
    return Polytope.from_points([[t**k for k in range(1, d + 1)] for t in range(n)])


def permutahedron(n):
    """Through its facets, which is the quick way."""
    rows = [
        ([-int(i in chosen) for i in range(n)], -k * (k + 1) // 2)
        for k in range(1, n)
        for chosen in combinations(range(n), k)
    ]
    A, b = zip(*rows, strict=True)
    return Polytope.from_halfspaces(list(A), list(b), [[1] * n], [n * (n + 1) // 2])


def cell24():
    points = [
        [signs[chosen.index(i)] if i in chosen else 0 for i in range(4)]
        for chosen in combinations(range(4), 2)
        for signs in product((1, -1), repeat=2)
    ]
    return Polytope.from_points(points)


def signed(*entries):
    """All vectors with these absolute values."""
    choices = [(x, -x) if x else (0,) for x in entries]
    return [list(point) for point in product(*choices)]


def santos_prismatoid():
    """Santos, A counterexample to the Hirsch conjecture (2012), Theorem 1.6."""
    upper = [(18, 0, 0, 0), (0, 18, 0, 0), (0, 0, 45, 0), (0, 0, 0, 45), (15, 15, 0, 0),
             (0, 0, 30, 30), (0, 10, 40, 0), (10, 0, 0, 40)]  # fmt: skip
    lower = [(0, 0, 0, 18), (0, 0, 18, 0), (45, 0, 0, 0), (0, 45, 0, 0), (0, 0, 15, 15),
             (30, 30, 0, 0), (40, 0, 10, 0), (0, 40, 0, 10)]  # fmt: skip
    return Polytope.from_points(
        [[*p, 1] for v in upper for p in signed(*v)] + [[*p, -1] for v in lower for p in signed(*v)]
    )


def relabelled(polytope, order, signs):
    """Image under a signed permutation of the coordinates."""
    points = polytope.vertices_exact.numerators[:, order] * np.array(signs, dtype=object)
    return Polytope.from_points(points)


def stirling(n, k):
    """Partitions of n things into k blocks."""
    return sum((-1) ** (k - j) * comb(k, j) * j**n for j in range(k + 1)) // factorial(k)


def faces_by_definition(polytope):
    """Non-empty faces by dimension: intersections of facets, with the rank of what is on them."""
    description = polytope.description
    generators = [tuple(map(int, row)) for row in description.generators.tolist()]
    lines = [tuple(map(int, row)) for row in description.lineality.tolist()]
    n_points = polytope.n_vertices
    tight = [
        frozenset(
            i
            for i, g in enumerate(generators)
            if sum(a * x for a, x in zip(row, g, strict=True)) == 0
        )
        for row in description.facets.tolist()
    ]
    found = {frozenset(range(len(generators)))}
    for facet in tight:  # closed under intersection after every step
        found |= {face & facet for face in found}
    levels = [[] for _ in range(polytope.dimension + 1)]
    for face in found:
        if any(i < n_points for i in face):
            rows = [[Fraction(x) for x in generators[i]] for i in face]
            levels[rank([*rows, *lines]) - 1].append(tuple(sorted(face)))
    return [sorted(level) for level in levels]

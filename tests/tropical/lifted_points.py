"""Upper faces of lifted points by trying all subsets, in fractions."""

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from polytropic import TropicalPolynomial


def solve(rows, sides):
    """A rational solution of linear equations (free unknowns 0) and the rank, or None."""
    table = [[Fraction(x) for x in (*row, side)] for row, side in zip(rows, sides, strict=True)]
    width, pivots = len(table[0]) - 1, []
    for column in range(width):
        top = len(pivots)
        lead = next((r for r in range(top, len(table)) if table[r][column]), None)
        if lead is None:
            continue
        table[top], table[lead] = table[lead], table[top]
        table[top] = [x / table[top][column] for x in table[top]]
        for r, row in enumerate(table):
            if r != top and row[column]:
                table[r] = [x - row[column] * y for x, y in zip(row, table[top], strict=True)]
        pivots.append(column)
    if any(row[-1] for row in table[len(pivots) :]):
        return None
    solution = [Fraction(0)] * width
    for row, column in zip(table, pivots, strict=False):
        solution[column] = row[-1]
    return solution, len(pivots)


def rank(rows):
    """Rank of rational rows."""
    return solve(rows, [0] * len(rows))[1] if len(rows) else 0


def dimension(points):
    """Affine dimension of some points."""
    return rank([[x - y for x, y in zip(p, points[0], strict=True)] for p in points])


def maximal(terms, x):
    """Terms that are maximal at a point, and their value."""
    values = [c + sum(a * v for a, v in zip(power, x, strict=True)) for power, c in terms]
    best = max(values)
    return frozenset(i for i, value in enumerate(values) if value == best), best


def cells(terms):
    """Maximal cells of the dual subdivision: a point where each set of terms ties."""
    d = dimension([power for power, _ in terms])
    found = {}
    for chosen in combinations(range(len(terms)), d + 1):
        # c_i + <a_i, x> = t for the chosen terms
        rows = [[*terms[i][0], -1] for i in chosen]
        answer = solve(rows, [-terms[i][1] for i in chosen])
        if answer is None or answer[1] <= d:
            continue
        members, best = maximal(terms, answer[0][:-1])
        if best == answer[0][-1] and set(chosen) <= members:
            found[members] = answer[0][:-1]
    return found


def walls(powers):
    """Sets of points on the facets of a Newton polytope."""
    d = dimension(powers)
    found = set()
    for chosen in combinations(range(len(powers)), d):
        if d == 0 or dimension([powers[i] for i in chosen]) < d - 1:
            continue
        first = powers[chosen[0]]
        steps = [[x - y for x, y in zip(powers[i], first, strict=True)] for i in chosen[1:]]
        # Some power off the hyperplane determines a functional that is 0 on it and 1 there.
        for off in powers:
            step = [x - y for x, y in zip(off, first, strict=True)]
            answer = solve([*steps, step], [0] * len(steps) + [1])
            if answer is None:
                continue
            sides = [
                sum(n * (x - y) for n, x, y in zip(answer[0], power, first, strict=True))
                for power in powers
            ]
            if min(sides) >= 0 or max(sides) <= 0:
                found.add(frozenset(i for i, side in enumerate(sides) if side == 0))
            break
    return found


def faces(terms):
    """Members of all cells of every dimension, closed under intersection."""
    powers = [power for power, _ in terms]
    upper = set(cells(terms))
    known, new = set(upper), set(upper)
    facets = upper | walls(powers)
    while new:
        new = {a & b for a in new for b in facets} - known - {frozenset()}
        known |= new
    by_dimension = {}
    for members in known:
        size = dimension([powers[i] for i in sorted(members)])
        by_dimension.setdefault(size, set()).add(members)
    return by_dimension


def corners(terms, members):
    """Members that are no convex combination of others: alone on a face of dimension zero."""
    zero = faces(terms).get(0, set())
    return frozenset(i for i in members if frozenset([i]) in zero)


coordinate = st.integers(-3, 3)


def polynomials(d, size=7, heights=coordinate):
    """Small integer polynomials; many are degenerate, some have flat Newton polytopes."""
    term = st.tuples(st.lists(coordinate, min_size=d, max_size=d), heights)
    return st.lists(term, min_size=1, max_size=size).map(
        lambda terms: TropicalPolynomial([t[0] for t in terms], [t[1] for t in terms])
    )


def random_polynomial(rng, d, size, spread=5, heights=9):
    """A random integer polynomial."""
    powers = rng.integers(0, spread, (size, d))
    return TropicalPolynomial(powers, rng.integers(-heights, heights + 1, size))


def concave(rng, n, d, spread=60):
    """Many integer exponents with heights near a paraboloid: nearly all are vertices."""
    powers = np.unique(rng.integers(0, spread, (n, d)), axis=0)
    noise = rng.integers(0, 1000, len(powers))
    return TropicalPolynomial(powers, noise - 1000 * (powers**2).sum(axis=1))

"""Arrangements with known numbers, and their numbers again by definition; shared by tests."""

from fractions import Fraction
from itertools import combinations, product

from tests.brute_force import rank


def resonance(n):
    """All non-zero 0/1 rows."""
    return [row for row in product((0, 1), repeat=n) if any(row)]


def threshold(n):
    """All rows (1, x) with x of zeros and ones."""
    return [(1, *row) for row in product((0, 1), repeat=n)]


def braid(n):
    return [[(k == i) - (k == j) for k in range(n)] for i, j in combinations(range(n), 2)]


def type_d(n):
    plus = [[(k == i) + (k == j) for k in range(n)] for i, j in combinations(range(n), 2)]
    return braid(n) + plus


def type_b(n):
    return type_d(n) + [[int(k == i) for k in range(n)] for i in range(n)]


def coordinate_permutations(rows, columns=None):
    """A transposition and a cycle of some coordinates, as permutations of rows up to sign."""
    n = len(rows[0])
    moved = list(range(n) if columns is None else columns)
    where = {}
    for i, row in enumerate(rows):
        where[tuple(row)] = where[tuple(-x for x in row)] = i
    swapped = [moved[1], moved[0], *moved[2:]]
    turned = [*moved[1:], moved[0]]
    generators = []
    for images in (swapped, turned):
        column = list(range(n))
        for source, target in zip(moved, images, strict=True):
            column[source] = target
        generators.append([where[tuple(row[c] for c in column)] for row in rows])
    return generators


def whitney_by_subsets(rows, infinity=None):
    """Whitney's theorem: each subset S of hyperplanes adds (-1)^|S| to the number of its rank.

    With a hyperplane at infinity only subsets that meet in affine space count.
    """
    lines = {}
    for row in rows:
        lead = next((x for x in row if x), 0)
        if lead and not (infinity and rank([row, infinity]) == 1):
            lines[tuple(Fraction(x) / Fraction(lead) for x in row)] = row
    distinct = list(lines)
    numbers = [0] * ((rank(distinct) if distinct else 0) + 1)
    for size in range(len(distinct) + 1):
        for chosen in combinations(distinct, size):
            height = rank(chosen) if chosen else 0
            if infinity and rank([*chosen, infinity]) == height:
                continue
            numbers[height] += (-1) ** size
    while numbers[-1] == 0:
        numbers.pop()
    return [abs(number) for number in numbers]

"""All 16 reflexive polygons and 4,319 reflexive polytopes of dimension 3 (Kreuzer and Skarke).

A lattice polytope is reflexive if its facets are ``<a, x> <= 1`` with integer a.  The table
``<a, v>`` of facets against vertices determines it up to rational linear maps, and that of its
polar is the transpose.
"""

from collections import Counter
from functools import cache
from itertools import product
from math import gcd

import numpy as np
import pytest

from polytropic.geometry.operations import polar
from polytropic.geometry.polytope import Polytope

STEP = 40  # every so many in the normal run


def read(path):
    """Vertices of all polytopes in a file of matrices, each after its shape."""
    lines = iter(path.read_text().split("\n"))
    for line in lines:
        if line:
            n, d = map(int, line.split())
            rows = np.array([list(map(int, next(lines).split())) for _ in range(n)])
            assert rows.shape == (n, d)
            yield rows


@pytest.fixture(scope="module")
def reflexive(data_dir):
    folder = data_dir / "polytopes/reflexive"
    return {d: list(read(folder / f"reflexive_polytopes_{d}d")) for d in (2, 3)}


def integers(array):
    assert array.denominator == 1
    return array.numerators.astype(np.int64)


def normals(polytope):
    """The a of all facets ``<a, x> <= 1``."""
    assert (integers(polytope.facets.exact_b) == 1).all()
    return integers(polytope.facets.exact_A)


def rows_of(array):
    return set(map(tuple, array.tolist()))


@cache
def grid(low, high):
    return np.array(list(product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))))


def lattice_heights(vertices, facets):
    """Greatest ``<a, x>`` over the facets, for all lattice points in the bounding box."""
    low, high = vertices.min(axis=0).tolist(), vertices.max(axis=0).tolist()
    return (grid(tuple(low), tuple(high)) @ facets.T).max(axis=1)


def lengths(pairs, points):
    """Lattice lengths of the segments between pairs of points."""
    return [gcd(*(points[i] - points[j]).tolist()) for i, j in pairs]


def edges_with_duals(table):
    """Pairs of vertices that span an edge of a 3-polytope, and the two facets on it."""
    shared = table.astype(int) @ table.T.astype(int)
    facets = np.argwhere(np.triu(shared == 2, 1))
    return [np.flatnonzero(table[i] & table[j]) for i, j in facets], facets


def fingerprint(pairing):
    """Invariant of the table of facets against vertices under permutations of rows and columns.

    Every row is told apart by its entries and the columns that they stand in, and so on.
    """
    pairing = 1 - pairing  # non-negative: Python hashes -1 and -2 alike
    rows, columns = [0] * len(pairing), [0] * pairing.shape[1]
    for _ in range(3):
        seen = [
            [(label, tuple(sorted(zip(line, others, strict=True)))) for label, line in own]
            for own, others in (
                (list(zip(rows, pairing.tolist(), strict=True)), columns),
                (list(zip(columns, pairing.T.tolist(), strict=True)), rows),
            )
        ]
        rows, columns = ([hash(label) for label in part] for part in seen)
    return tuple(sorted(rows)), tuple(sorted(columns))


def check_reflexive(vertices):
    """Check a polytope and its polar.

    Return its table, both numbers of lattice points, and the lattice lengths of its edges and of
    their dual edges.
    """
    polytope = Polytope.from_points(vertices)
    facets = normals(polytope)
    assert rows_of(integers(polytope.vertices_exact)) == rows_of(vertices)  # all are vertices
    assert ((facets @ vertices.T == 1) == polytope.incidence[:, order(polytope, vertices)]).all()
    dual = polar(polytope)
    dual_vertices = integers(dual.vertices_exact)
    assert rows_of(dual_vertices) == rows_of(facets)
    assert rows_of(normals(dual)) == rows_of(vertices)
    numbers = []
    for points, walls in ((vertices, facets), (facets, vertices)):
        heights = lattice_heights(points, walls)
        assert (heights < 1).sum() == 1  # the origin is the only lattice point inside
        numbers.append(int((heights <= 1).sum()))
    pairing, sides = facets @ vertices.T, []
    if vertices.shape[1] == 2:
        assert sum(numbers) - 2 == 12
    else:
        edges, dual_edges = edges_with_duals(pairing == 1)
        assert len(vertices) - len(edges) + len(facets) == 2
        sides = list(zip(lengths(edges, vertices), lengths(dual_edges, facets), strict=True))
        assert sum(a * b for a, b in sides) == 24
    return pairing, numbers, sides


def order(polytope, vertices):
    """Positions of the given vertices among those of the polytope."""
    place = {row: i for i, row in enumerate(map(tuple, integers(polytope.vertices_exact).tolist()))}
    return [place[tuple(row)] for row in vertices.tolist()]


def is_smooth(vertices, pairing):
    """Whether every facet is a simplex on a basis of the lattice."""
    on_facet = pairing == 1
    if (on_facet.sum(axis=1) != vertices.shape[1]).any():
        return False
    return all(abs(round(np.linalg.det(vertices[row]))) == 1 for row in on_facet)


def check_family(polytopes):
    """Check all polytopes of one dimension, which are closed under polarity."""
    found = [check_reflexive(vertices) for vertices in polytopes]
    kinds = Counter((fingerprint(p), *n, *sorted(s)) for p, n, s in found)
    duals = Counter(
        (fingerprint(p.T), *n[::-1], *sorted((b, a) for a, b in s)) for p, n, s in found
    )
    assert kinds == duals
    smooth = sum(
        is_smooth(vertices, pairing)
        for vertices, (pairing, *_) in zip(polytopes, found, strict=True)
    )
    simplices = sum(len(vertices) == vertices.shape[1] + 1 for vertices in polytopes)
    return len(kinds), smooth, simplices, max(numbers[0] for _, numbers, _ in found)


def test_all_reflexive_polygons(reflexive):
    """16 classes; 5 smooth ones, 5 triangles, at most 10 lattice points."""
    assert check_family(reflexive[2]) == (16, 5, 5, 10)


def test_some_reflexive_polytopes(reflexive):
    assert len(reflexive[3]) == 4319
    for vertices in reflexive[3][::STEP]:
        check_reflexive(vertices)


@pytest.mark.slow
def test_all_reflexive_polytopes(reflexive):
    """4319 classes; 18 smooth Fano threefolds, 48 simplices, at most 39 lattice points."""
    kinds, *others = check_family(reflexive[3])
    assert others == [18, 48, 39]
    assert kinds == 4318  # what is compared tells all classes apart but two


def test_lattice_points_are_counted_as_contains_does(reflexive):
    """The brute-force count that is used above, against the library's own question."""
    for vertices in [*reflexive[2], *reflexive[3][::400]]:
        polytope = Polytope.from_points(vertices)
        low, high = vertices.min(axis=0).tolist(), vertices.max(axis=0).tolist()
        inside = polytope.contains(grid(tuple(low), tuple(high)))
        assert (lattice_heights(vertices, normals(polytope)) <= 1).tolist() == inside.tolist()

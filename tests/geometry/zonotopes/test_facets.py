"""Facets and faces against hulls of vertices, which know nothing of generators."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings

from polytropic import Polytope, Zonotope
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.zonotopes import facets as facets_module
from polytropic.geometry.zonotopes.facets import facets
from tests.geometry.arrangements import families
from tests.geometry.zonotopes.families import DEGENERATE, zonotopes


def hull(zonotope):
    """The hull of the vertices, converted by an engine."""
    return Polytope.from_points(zonotope.vertices_exact)


def rows_of(A, b):
    left, right = A.numerators.tolist(), b.numerators.tolist()
    return {(*row, height) for row, height in zip(left, right, strict=True)}


def check_facets(z):
    p = hull(z)
    found = z.facets
    assert len(found) == p.n_facets
    assert found.polytope == p
    assert len(found.equations) == len(p.equations)
    if p.dimension == z.ambient_dimension:
        assert rows_of(found.exact_A, found.exact_b) == rows_of(p.facets.exact_A, p.facets.exact_b)
        A, b = z.halfspaces
        expected = {(*row, y) for row, y in zip(*(x.tolist() for x in p.halfspaces), strict=True)}
        assert {(*row, y) for row, y in zip(A.tolist(), b.tolist(), strict=True)} == expected
    heights = (found.exact_A @ z.generators_exact.T).numerators
    signs = np.sign(heights.astype(object)).astype(int) if heights.size else heights
    assert np.array_equal(np.asarray(found.sign_vectors), signs)
    for i in range(len(found)):
        chosen = [j for j, row in enumerate(z.generators_exact.numerators.tolist())
                  if any(row) and not signs[i, j]]  # fmt: skip
        assert found.generators_of(i) == tuple(chosen)


@pytest.mark.parametrize("name", sorted(DEGENERATE))
def test_facets_of_degenerate_zonotopes(name):
    check_facets(Zonotope(*DEGENERATE[name]))


@given(zonotopes())
@settings(max_examples=60)
def test_facets_are_those_of_the_hull(z):
    check_facets(z)


@pytest.mark.parametrize(("m", "d"), [(5, 2), (30, 3), (9, 4), (7, 5)])
@pytest.mark.parametrize("kind", ["floats", "integers"])
def test_generic_zonotopes_have_two_facets_for_each_subset(m, d, kind):
    rng = np.random.default_rng(m * d)
    rows = rng.standard_normal((m, d))
    if kind == "integers":
        rows = np.round(rows * 1000)
    z = Zonotope(rows)
    assert len(z.facets) == 2 * comb(m, d - 1)
    numbers = [comb(m, k) * 2 * sum(comb(m - k - 1, i) for i in range(d - k)) for k in range(d)]
    assert z.f_vector == (*numbers, 1)
    # Every facet is the maximum of its normal.
    assert z.support_exact(z.facets.exact_A) == z.facets.exact_b


def test_too_many_subsets_are_refused():
    with pytest.raises(BudgetError, match="max_subsets=10"):
        facets(Zonotope(np.vander(np.arange(12), 4)), max_subsets=10)


# -- faces -----------------------------------------------------------------------------------------
def check_faces(z):
    p = hull(z)
    numbers = [len(z.faces(k)) for k in range(z.dimension + 1)]
    assert tuple(numbers) == z.f_vector == p.f_vector
    for k in range(z.dimension + 1):
        rows = np.asarray(z.faces(k))
        assert len({tuple(row) for row in rows.tolist()}) == len(rows)
        for signs in rows[:3]:
            found = z.face(signs)
            assert found.dimension == k
            assert p.contains(found.zonotope.vertices_exact).all()


@pytest.mark.parametrize("name", sorted(DEGENERATE))
def test_faces_of_degenerate_zonotopes(name):
    check_faces(Zonotope(*DEGENERATE[name]))


@given(zonotopes())
@settings(max_examples=25)
def test_faces_are_those_of_the_hull(z):
    check_faces(z)


@pytest.mark.parametrize("name", ["a segment", "concurrent", "thirds", "a hexagon in space"])
def test_is_face_against_all_sign_vectors(name):
    z = Zonotope(*DEGENERATE[name])
    every = {tuple(row) for k in range(z.dimension + 1) for row in np.asarray(z.faces(k)).tolist()}
    size = len(z.generators_exact)
    for signs in product([-1, 0, 1], repeat=size):
        assert z.is_face(signs) == (signs in every)


def test_a_vector_of_no_face_is_refused():
    z = Zonotope([[1, 0], [0, 1], [1, 1]])
    with pytest.raises(InputError, match="sign vector of no face"):
        z.face([1, 1, -1])
    with pytest.raises(InputError, match="must have 3 entries"):
        z.is_face([1, 1])
    with pytest.raises(InputError, match="has no 3-faces"):
        z.faces(3)


# -- points and directions -------------------------------------------------------------------------
@given(zonotopes())
@settings(max_examples=25)
def test_containment_by_facets_and_by_programs(z):
    from polytropic.geometry.zonotopes.containment import coefficients

    rng = np.random.default_rng(0)
    points = [z.centre_exact.to_fractions(), *z.vertices_exact.to_fractions()[:2]]
    points += [row + Fraction(int(rng.integers(-1, 2)), 2) for row in list(points)]
    inside = z.contains(np.array(points, dtype=object))
    assert inside.tolist() == hull(z).contains(np.array(points, dtype=object)).tolist()
    from polytropic.arithmetic.numbers import ExactArray, exact

    for point, expected in zip(points, inside.tolist(), strict=True):
        found = coefficients(z, exact(np.array(point, dtype=object)))
        assert (found is not None) == expected
        if found is not None:
            share = ExactArray(*found)
            values = share.to_fractions().tolist()
            assert all(0 <= x <= 1 for x in values)
            total = share.reshape(1, -1) @ z.generators_exact if len(values) else None
            if total is not None:
                assert (total[0] + z.base_exact) == exact(np.array(point, dtype=object))


def test_many_generators_take_linear_programs():
    rng = np.random.default_rng(0)
    z = Zonotope(rng.integers(-5, 6, (24, 6)))
    directions = rng.integers(-5, 6, (3, 6))
    top = z.vertex_at(np.sign(directions @ z.generators.T)).to_float()
    inside = z.contains(np.vstack([top, top + 1e-9 * directions]))
    assert "facets" not in z.__dict__
    assert inside.tolist() == [True] * 3 + [False] * 3


def test_exact_support_and_centre():
    z = Zonotope([[1, 2], [Fraction(1, 3), 0]], [1, 0])
    assert z.support_exact([[3, -1], [-1, 0]]).to_fractions().tolist() == [5, -1]
    assert z.centre_exact.to_fractions().tolist() == [Fraction(5, 3), 1]
    assert hull(z).contains([z.centre_exact.to_fractions()]).all()


@pytest.mark.parametrize(
    "generators",
    [
        families.resonance(5),
        families.threshold(4),
        np.random.default_rng(0).integers(-2, 3, (25, 4)),
    ],
    ids=["resonance 5", "threshold 4", "small integers"],
)
def test_facets_from_flats_are_those_from_subsets(generators, monkeypatch):
    def found(many):
        monkeypatch.setattr(facets_module, "_MANY", many)
        facets = Zonotope(generators).facets
        halfspaces = zip(facets.exact_A.numerators.tolist(), facets.exact_b.numerators.tolist(),
                         np.asarray(facets.sign_vectors).tolist(), strict=True)  # fmt: skip
        return sorted(halfspaces)

    assert found(0) == found(10**9)

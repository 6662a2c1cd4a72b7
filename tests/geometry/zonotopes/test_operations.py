"""Maps, sums, merged generators, recognition and over-approximations."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from polytropic import Polytope, Zonotope, affine_image, minkowski_sum
from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.zonotopes.over_approximation import reduce_order
from tests.geometry.zonotopes.families import DEGENERATE, zonotopes


def hull(zonotope):
    return Polytope.from_points(zonotope.vertices_exact)


@given(zonotopes())
@settings(max_examples=40)
def test_merging_keeps_the_set_and_tells_the_signs(z):
    found = z.reduced()
    assert hull(found.zonotope) == hull(z)
    rows = found.zonotope.generators_exact.numerators.tolist()
    assert all(any(row) for row in rows)
    wide = found.expand(found.zonotope.sign_vectors)
    assert {tuple(s) for s in wide} == {tuple(s) for s in z.sign_vectors}
    assert z.vertex_at(wide) == found.zonotope.vertices_exact


@pytest.mark.parametrize("name", sorted(DEGENERATE))
def test_recognition_gives_the_zonotope_back(name):
    z = Zonotope(*DEGENERATE[name])
    found = Zonotope.from_polytope(hull(z))
    assert hull(found) == hull(z)
    assert len(found.generators_exact) == len(z.reduced().zonotope.generators_exact)


def test_a_triangle_is_no_zonotope():
    with pytest.raises(InputError, match="no zonotope"):
        Zonotope.from_polytope(Polytope.from_points([[0, 0], [1, 0], [0, 1]]))


@given(zonotopes(most=4))
@settings(max_examples=25)
def test_maps_agree_with_those_of_polytopes(z):
    d = z.ambient_dimension
    matrix = np.array([[1, 2, 0], [0, -1, 3]])[:, :d]
    assert hull(matrix @ z) == affine_image(hull(z), matrix)
    assert hull(z.image(matrix, [1, 2])) == affine_image(hull(z), matrix, [1, 2])
    assert hull(-z) == affine_image(hull(z), -np.eye(d, dtype=int))
    assert hull(Fraction(1, 3) * z) == hull(z * Fraction(1, 3)) == Fraction(1, 3) * hull(z)
    other = Zonotope(np.eye(d, dtype=int) + 1, np.arange(d))
    assert hull(z + other) == minkowski_sum(hull(z), hull(other))
    assert hull(z.translate(np.arange(d))) == affine_image(hull(z), np.eye(d), np.arange(d))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda z: z + Zonotope([[1]]), "cannot add zonotopes in dimensions 2 and 1"),
        (lambda z: z.image([[1]]), "matrix must have 2 columns"),
        (lambda z: z.translate([1]), r"offset must have shape \(2,\)"),
        (lambda z: z.contains([[1]]), r"points must have shape \(n, 2\)"),
        (lambda z: reduce_order(z, 0.5), "at least 1"),
        (lambda z: reduce_order(z, 2, method="box"), "must be 'girard'"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make(Zonotope([[1, 0], [0, 1]]))


@pytest.mark.parametrize("method", ["girard", "combastel", "pca"])
@pytest.mark.parametrize("order", [1, 1.5, 2, 3])
@pytest.mark.parametrize("d", [2, 3])
def test_over_approximations_contain_the_original(method, order, d):
    rng = np.random.default_rng(d)
    z = Zonotope(np.vstack([rng.standard_normal((7, d)), np.zeros((1, d))]), np.ones(d) / 3)
    found = reduce_order(z, order, method=method)
    assert len(found.zonotope.generators_exact) <= order * d
    assert found.zonotope.contains(z.vertices_exact).all()
    assert found.holds()
    assert found.volume_ratio >= 1
    assert found.volume_ratio == found.zonotope.volume / z.volume
    assert (found.width_ratios >= 1).all() or method == "pca"


@given(zonotopes())
@settings(max_examples=25)
def test_over_approximations_of_anything(z):
    for method in ("girard", "combastel", "pca"):
        found = reduce_order(z, 1, method=method)
        assert len(found.zonotope.generators_exact) <= z.ambient_dimension
        assert found.holds()
        assert found.zonotope.contains(z.vertices_exact).all()


def test_nothing_is_lost_when_nothing_must_be():
    z = Zonotope([[1, 0], [-2, 0], [0, 3]])
    found = reduce_order(z, 1)
    assert found.is_exact
    assert found.holds()
    assert found.volume_ratio == 1


def test_a_false_proof_does_not_hold():
    rng = np.random.default_rng(0)
    z = Zonotope(rng.standard_normal((6, 2)))
    found = reduce_order(z, 1.5)
    proof = found.proof()
    smaller = type(proof)(proof.kept, proof.boxed, proof.basis, proof.coefficients,
                          proof.lower, proof.upper * Fraction(9, 10))  # fmt: skip
    assert not smaller.holds(z, found.zonotope)
    # The zonotope that the smaller bounds describe does not contain the original either.
    corner = z.base_exact + smaller.lower @ proof.basis
    edges = (smaller.upper - smaller.lower).reshape(-1, 1) * proof.basis
    rows = ExactArray.concatenate([z.generators_exact[list(proof.kept)], edges])
    assert not smaller.holds(z, Zonotope(rows, corner))
    assert not proof.holds(z, Zonotope(found.zonotope.generators_exact * Fraction(9, 10)))
    fewer = proof.coefficients[np.arange(1, len(proof.boxed))]
    lost = type(proof)(proof.kept, proof.boxed[1:], proof.basis, fewer, proof.lower, proof.upper)
    assert not lost.holds(z, found.zonotope)

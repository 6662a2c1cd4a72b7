"""The worked examples of the reference: published data, every number checked."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from polytropic import (
    Network,
    Polytope,
    TropicalPolynomial,
    decision_boundary,
    folding_network,
    layer_zonotopes,
    linear_regions,
    region_bound,
    tent_network,
    tropicalize,
)

E1 = TropicalPolynomial(
    [[2, 0], [0, 2], [1, 1], [1, 0], [0, 1], [0, 0]],
    [1, 1, 2, 2, 2, 2],
)

E2_FIRST = ([[-1, 1], [1, -3], [1, 2], [-4, 1], [3, 2]], [1, -1, 2, 0, -2])
E2_SECOND = ([[1, 2, 1, -1, -3]], [0])
E2_NUMERATOR = {
    (4, 7, 1),
    (5, 9, 3),
    (6, 1, -1),
    (6, 8, 2),
    (7, 0, -2),
    (7, 3, 1),
    (8, 2, 0),
}
E2_DENOMINATOR = {(1, 7, 0), (5, 6, 0), (10, 13, -6), (14, 12, -6)}

E3 = [([[1, 2], [-2, 1], [1, -2]], [0, 0, 0]), ([[1, -1, 2], [-2, 1, 1]], [0, 0])]
E4 = [([[1, 2], [-1, 1], [2, -1]], [0, 0, 0]), ([[1, -1, 2], [-2, 1, 1]], [0, 0])]


def rows(array) -> set[tuple]:
    return {tuple(row) for row in np.asarray(array).tolist()}


def angles(boundary) -> list[float]:
    directions = [ray for cell in boundary.cells for ray in cell.rays]
    return sorted(round(float(np.degrees(np.arctan2(r[1], r[0])) % 360), 4) for r in directions)


class TestFirstExample:
    def test_all_six_monomials_count(self):
        assert E1.n_regions == 6
        assert rows(E1.newton_polytope().vertices) == {(0, 0), (2, 0), (0, 2)}

    def test_the_subdivision_has_a_true_square(self):
        cells = {frozenset(rows(c.vertices)) for c in E1.dual_subdivision().maximal_cells}
        assert cells == {
            frozenset({(0, 0), (1, 0), (1, 1), (0, 1)}),
            frozenset({(1, 0), (2, 0), (1, 1)}),
            frozenset({(0, 1), (0, 2), (1, 1)}),
        }

    def test_the_curve(self):
        curve = E1.hypersurface()
        assert rows(curve.complex.vertices) == {(0, 0), (1, 0), (0, 1)}
        bounded, rays = set(), set()
        for cell in curve.complex:
            ends = [tuple(v) for v in cell.vertices.tolist()]
            if len(ends) == 2:
                bounded.add(frozenset(ends))
            else:
                rays.add((ends[0], tuple(cell.rays[0].tolist())))
        assert bounded == {frozenset({(0, 0), (1, 0)}), frozenset({(0, 0), (0, 1)})}
        assert rays == {
            ((0, 0), (0, -1)),
            ((0, 0), (-1, 0)),
            ((1, 0), (0, -1)),
            ((1, 0), (1, 1)),
            ((0, 1), (1, 1)),
            ((0, 1), (-1, 0)),
        }

    def test_balancing(self):
        curve = E1.hypersurface()
        for vertex in curve.complex.vertices:
            total = np.zeros(2)
            for cell, weight in zip(curve.complex, curve.weights, strict=True):
                ends = cell.vertices
                if not (ends == vertex).all(axis=1).any():
                    continue
                away = cell.rays[0] if len(ends) == 1 else ends.sum(axis=0) - 2 * vertex
                total += weight * away / np.gcd(*np.abs(away).astype(int))
            assert total.tolist() == [0, 0]

    def test_the_variant_with_constant_term_one_has_four_triangles(self):
        f = TropicalPolynomial(
            E1.exponents,
            [
                1 if not any(e) else c
                for e, c in zip(E1.exponents.tolist(), E1.coefficients.tolist(), strict=True)
            ],
        )
        cells = f.dual_subdivision().maximal_cells
        assert f.n_regions == 6
        assert sorted(len(c.corners) for c in cells) == [3, 3, 3, 3]


class TestTwoLayerExample:
    linear = Network.from_layers([E2_FIRST, E2_SECOND])
    rectified = Network.from_layers([E2_FIRST, E2_SECOND], thresholds=[0, 0])

    def test_upper_hulls(self):
        nu = tropicalize(self.linear)[0]
        assert rows(nu.numerator.upper_hull()) == E2_NUMERATOR
        assert rows(nu.denominator.upper_hull()) == E2_DENOMINATOR
        assert nu.numerator.lifted_polytope().n_vertices <= 8

    def test_newton_areas(self):
        nu = tropicalize(self.linear)[0]
        assert ConvexHull(nu.numerator.newton_polytope().vertices).volume == pytest.approx(17)
        assert ConvexHull(nu.denominator.newton_polytope().vertices).volume == pytest.approx(33)

    def test_numerator_cells_are_three_parallelograms(self):
        cells = tropicalize(self.linear)[0].numerator.dual_subdivision().maximal_cells
        assert [len(c.corners) for c in cells] == [4, 4, 4]
        assert [c.point_exact.to_fractions().tolist() for c in cells] == [
            [Fraction(-4, 5), Fraction(-3, 5)],
            [0, -1],
            [1, 0],
        ]

    def test_numerator_zonotope_has_eight_vertices(self):
        top, bottom = layer_zonotopes(*E2_FIRST, E2_SECOND[0])
        assert (top.n_vertices, top.n_upper_vertices) == (8, 7)
        assert (bottom.n_vertices, bottom.n_upper_vertices) == (4, 4)
        shift = np.array(min(E2_NUMERATOR)) - np.array(min(top.upper_vertices.tolist()))
        assert rows(top.upper_vertices + shift) == E2_NUMERATOR
        # The common factor moves both zonotopes alike.
        assert {tuple(r[:2]) for r in (bottom.upper_vertices + shift).tolist()} == {
            (1, 7), (5, 6), (10, 13), (14, 12),
        }  # fmt: skip

    def test_the_bound_is_tight_without_output_threshold(self):
        regions = linear_regions(self.linear)
        assert len(regions) == regions.n_linear_regions == region_bound(self.linear) == 16
        assert tropicalize(self.linear)[0].n_regions == 16

    def test_with_output_threshold(self):
        f = tropicalize(self.rectified)[0].numerator
        assert rows(f.upper_hull()) == {
            (1, 7, 0), (5, 9, 3), (6, 1, -1), (7, 0, -2),
            (7, 3, 1), (8, 2, 0), (10, 13, -6), (14, 12, -6),
        }  # fmt: skip
        newton = f.newton_polytope()
        assert rows(newton.vertices) == {(7, 0), (14, 12), (10, 13), (1, 7), (6, 1)}
        assert ConvexHull(newton.vertices).volume == pytest.approx(77.5)
        cells = f.dual_subdivision().maximal_cells
        assert sorted(len(c.corners) for c in cells) == [3, 3, 3, 3, 3, 4, 4]
        points = {tuple(c.point_exact.to_fractions().tolist()) for c in cells}
        assert points == {
            (Fraction(-5), Fraction(17, 2)),
            (Fraction(3, 7), Fraction(12, 7)),
            (Fraction(-1, 2), Fraction(-1, 2)),
            (Fraction(-5, 8), Fraction(-11, 16)),
            (Fraction(16), Fraction(-9)),
            (Fraction(1), Fraction(0)),
            (Fraction(0), Fraction(-1)),
        }
        assert {p for p, c in ((tuple(c.point), c) for c in cells) if len(c.corners) == 4} == {
            (1, 0),
            (0, -1),
        }

    def test_raw_monomials_before_simplification(self):
        """The hull of H and G has 11 distinct monomials, one of them inside a cell."""
        nu = tropicalize(self.linear)[0]
        union = nu.numerator + nu.denominator
        assert union.n_monomials == 11
        assert union.n_regions == 8

    def test_regions_with_output_threshold(self):
        regions = linear_regions(self.rectified)
        assert len(regions) == 23
        assert regions.n_linear_regions == 15
        assert tropicalize(self.rectified)[0].n_regions == 15

    @pytest.mark.parametrize("threshold", [0, 1, 3, -4])
    def test_sides_of_the_decision_boundary(self, threshold):
        boundary = decision_boundary(self.linear, threshold)
        assert boundary.n_positive_regions <= 4
        assert boundary.n_negative_regions <= 2
        assert not boundary.has_interior


class TestTwoClassExamples:
    @staticmethod
    def generators(layers):
        a, b = np.array(layers[0][0]), np.array(layers[1][0])
        plus, minus = np.maximum(b, 0), np.maximum(-b, 0)
        return (plus[0] + minus[1])[:, None] * a, (minus[0] + plus[1])[:, None] * a

    def test_generic_zonotopes_and_hull(self):
        from polytropic import Zonotope

        one, two = (Zonotope(g) for g in self.generators(E3))
        assert rows(one.vertices) == {(0, 0), (2, -4), (5, 2), (3, 6)}
        assert rows(two.vertices) == {(0, 0), (-4, 2), (-3, 0), (1, -2)}
        assert ConvexHull(one.vertices).volume == pytest.approx(24)
        assert ConvexHull(two.vertices).volume == pytest.approx(6)
        hull = Polytope.from_points(np.vstack([one.vertices, two.vertices]))
        assert rows(hull.vertices) == {(2, -4), (5, 2), (3, 6), (-4, 2), (-3, 0)}
        assert ConvexHull(hull.vertices).volume == pytest.approx(48)

    def test_generic_newton_polygon_is_the_shifted_hull(self):
        boundary = decision_boundary(Network.from_layers(E3))
        newton = boundary.ties.polynomial.newton_polytope()
        assert rows(newton.vertices) == {(6, 2), (9, 8), (7, 12), (0, 8), (1, 6)}

    def test_generic_boundary_is_two_rays(self):
        boundary = decision_boundary(Network.from_layers(E3))
        assert angles(boundary) == [119.7449, 231.3402]
        assert not boundary.has_interior
        others = [ray for cell in boundary.superset_cells for ray in cell.rays]
        found = sorted(round(float(np.degrees(np.arctan2(y, x)) % 360), 2) for x, y in others)
        assert found == [26.57, 206.57, 333.43]

    def test_degenerate_hull(self):
        boundary = decision_boundary(Network.from_layers(E4))
        newton = boundary.ties.polynomial.newton_polytope()
        unshifted = {(4, -2), (7, 4), (3, 6), (-2, 2), (0, 0)}
        assert rows(newton.vertices) == {(x + 2, y + 3) for x, y in unshifted}
        assert ConvexHull(newton.vertices).volume == pytest.approx(39)

    def test_degenerate_boundary_contains_a_cone(self):
        boundary = decision_boundary(Network.from_layers(E4))
        assert boundary.has_interior
        assert angles(boundary) == [128.6598, 225.0, 243.4349]
        cone = boundary.ties.open_cells[0]
        found = sorted(float(np.degrees(np.arctan2(y, x)) % 360) for x, y in cone.rays)
        assert found == pytest.approx([225, 243.4349488])


class TestSmallClassics:
    def test_saddle(self):
        net = Network.from_layers([([[1, 0], [0, 1], [1, 1]], [0] * 3), ([[1, 1, -1]], [0])])
        regions = linear_regions(net)
        assert regions.n_linear_regions == 6
        assert regions.n_affine_maps == 5
        nu = tropicalize(net)[0]
        refinement = nu.common_refinement()
        counts = (nu.numerator.n_regions, nu.denominator.n_regions, refinement.n_regions)
        assert counts == (4, 2, 6)
        assert nu.n_regions == 6

    def test_l_shape(self):
        f = TropicalPolynomial([[0, 0], [1, 0], [0, 1], [1, 1]], [0] * 4)
        g = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0] * 3)
        shape = f / g
        assert (f.n_regions, g.n_regions, shape.common_refinement().n_regions) == (4, 3, 5)
        assert shape.n_regions == 3

    def test_l_shape_as_a_network(self):
        # min(max(x, 0), max(y, 0)) = u - max(u - v, 0) with u = max(x, 0) and v = max(y, 0)
        net = Network.from_layers(
            [([[1, 0], [0, 1]], [0, 0]), ([[1, 0], [1, -1]], [0, 0]), ([[1, -1]], [0])]
        )
        assert linear_regions(net).n_linear_regions == 3

    def test_merging_on_the_line(self):
        x = TropicalPolynomial([[1]], [0])
        f, g = TropicalPolynomial([[0], [1], [2]], [0, 0, -1]), x + 0
        quotient = f / g
        assert (f.n_regions, g.n_regions) == (3, 2)
        assert quotient.common_refinement().n_regions == 3
        assert quotient.n_regions == 2

    def test_formal_and_functional_equality(self):
        f = TropicalPolynomial([[1, 1], [2, 0], [0, 2]], [0, 0, 0])
        g = TropicalPolynomial([[2, 0], [0, 2]], [0, 0])
        assert f != g
        assert f.equals_function(g)
        assert f.n_regions == 2

    def test_flat_coefficients_give_the_newton_polytope(self):
        grid = [[i, j] for i in range(4) for j in range(4)]
        f = TropicalPolynomial(grid, [0] * 16)
        assert f.n_regions == 4
        (cell,) = f.dual_subdivision().maximal_cells
        assert len(cell.members) == 16

    def test_one_monomial(self):
        f = TropicalPolynomial.monomial([3, -1], 2)
        assert f.n_regions == 1
        assert len(f.hypersurface().complex) == 0


TENT = {  # k: N(T^k), distinct maps, N(F), N(G), bound
    1: (3, 3, 2, 2, 3),
    2: (6, 5, 4, 4, 9),
    3: (10, 9, 6, 8, 27),
    4: (18, 17, 10, 16, 81),
    5: (34, 33, 18, 32, 243),
    6: (66, 65, 34, 64, 729),
}


@pytest.mark.parametrize("k", sorted(TENT))
def test_tent_table(k):
    net = tent_network(k)
    regions = linear_regions(net)
    nu = tropicalize(net)[0]
    found = (
        regions.n_linear_regions,
        regions.n_affine_maps,
        nu.numerator.n_regions,
        nu.denominator.n_regions,
        region_bound(net),
    )
    assert found == TENT[k]
    assert nu.n_regions == TENT[k][0]
    x = [[Fraction(i, 97)] for i in range(-20, 120)]
    assert nu.evaluate_exact(x).tolist() == [tent(v, k) for (v,) in x]


def tent(x: Fraction, k: int) -> Fraction:
    for _ in range(k):
        x = 2 * max(x, 0) - 4 * max(x - Fraction(1, 2), 0)
    return x


@pytest.mark.parametrize(
    ("d", "pieces", "layers"), [(2, 2, 2), (2, 2, 4), (2, 4, 2), (3, 2, 2), (1, 3, 3)]
)
def test_folding(d, pieces, layers):
    regions = linear_regions(folding_network(d, pieces, layers), Polytope.box(0, 1, dim=d))
    assert len(regions) == regions.n_linear_regions == pieces ** (d * layers)

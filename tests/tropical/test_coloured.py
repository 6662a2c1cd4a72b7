"""Tie loci against the definition: where are two polynomials equal?"""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polytropic import Network, TropicalPolynomial, decision_boundary, linear_regions
from polytropic.tropical.coloured import TieLocus
from tests.tropical.test_polynomial import by_definition, polynomials


def lies_in(complex_, x) -> bool:
    return any(cell.polytope.contains([x])[0] for cell in complex_)


@given(polynomials(2, size=5), polynomials(2, size=5), st.data())
def test_the_locus_is_where_they_tie(f, g, data):
    ties = TieLocus(f, g)
    grid = st.fractions(-4, 4, max_denominator=2)
    for _ in range(5):
        x = [data.draw(grid), data.draw(grid)]
        assert lies_in(ties.cells, x) == (by_definition(f, x) == by_definition(g, x))
    for cell in ties.cells:
        # A point in the relative interior: the mean of the vertices plus all rays.
        middle = interior_point(cell)
        assert by_definition(f, middle) == by_definition(g, middle)
    for cell in ties.superset_cells:
        middle = interior_point(cell)
        assert by_definition(f, middle) != by_definition(g, middle)
    for region in ties.first_regions:
        middle = interior_point(region)
        assert by_definition(f, middle) > by_definition(g, middle)


def interior_point(cell) -> list[Fraction]:
    vertices = cell.vertices_exact.to_fractions()
    middle = vertices.sum(axis=0) / len(vertices)
    return (middle + cell.rays.astype(int).astype(object).sum(axis=0)).tolist()


@given(polynomials(1, size=5), polynomials(1, size=5))
def test_components_on_the_line(f, g):
    """On the line the sides are intervals: count sign changes between all breakpoints."""
    ties = TieLocus(f, g)
    breaks = sorted(
        {p for h in (f, g, f + g) for (p,) in h.hypersurface().regions.vertices_exact
         .to_fractions().tolist()} | {Fraction(0)}
    )  # fmt: skip
    # The difference is affine between breakpoints of max(f, g), f and g, so its sign is constant
    # on each open interval and at each point; runs of equal signs are the components.
    samples = [breaks[0] - 1]
    for a, b in zip(breaks, [*breaks[1:], breaks[-1] + 2], strict=True):
        samples += [a, (a + b) / 2]
    signs = [by_definition(f, [x]) - by_definition(g, [x]) for x in samples]
    signs = [(s > 0) - (s < 0) for s in signs]
    runs = [s for i, s in enumerate(signs) if i == 0 or s != signs[i - 1]]
    assert ties.n_first_components == runs.count(1)
    assert ties.n_second_components == runs.count(-1)


def test_theorem_two_with_biases():
    """conv(Z_1, Z_2), lifted and shifted, is the polytope of the decision boundary."""
    rng = np.random.default_rng(5)
    for n, p in [(1, 3), (2, 4), (2, 5), (3, 4)]:
        a, c = rng.integers(-4, 5, (p, n)), rng.integers(-4, 5, p)
        b, e = rng.integers(-4, 5, (2, p)), rng.integers(-4, 5, 2)
        plus, minus = np.maximum(b, 0), np.maximum(-b, 0)
        weights = plus[0] + minus[1], minus[0] + plus[1]
        lifted = np.column_stack([a, c])
        clouds = []
        for weight, offset in zip(weights, e, strict=True):
            sums = [np.append(np.zeros(n, int), offset)]
            for generator in weight[:, None] * lifted:
                sums += [s + generator for s in sums]
            clouds.append(np.array(sums))
        shift = (weights[0] + weights[1]) @ np.maximum(-a, 0)
        cloud = np.vstack(clouds)
        expected = TropicalPolynomial(cloud[:, :n] + shift, cloud[:, n])
        found = decision_boundary(Network.from_layers([(a, c), (b, e)])).ties.polynomial
        assert found.simplify() == expected.simplify()


def test_boundary_of_a_random_network_separates_its_signs():
    rng = np.random.default_rng(2)
    net = Network.from_layers(
        [(rng.standard_normal((6, 2)), rng.standard_normal(6)),
         (rng.standard_normal((6, 6)), rng.standard_normal(6)),
         (rng.standard_normal((1, 6)), [0.1])]
    )  # fmt: skip
    boundary = decision_boundary(net)
    # On every cell the network vanishes, at every vertex exactly.
    for cell in boundary.cells:
        assert not any(net.evaluate_exact(cell.vertices_exact).numerators.ravel().tolist())
    # The number of segments agrees with cutting the regions by one more unit.
    extended = Network.from_layers(
        [(layer.weight, layer.bias) for layer in net.layers] + [([[1]], [0])]
    )
    cut = linear_regions(extended)
    both = {tuple(row) for row in cut.sign_vectors[:, :-1].tolist()}
    assert len(cut) - len(both) == len(boundary.cells)

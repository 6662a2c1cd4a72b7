"""Mixed volumes: published numbers, closed formulas, inclusion and exclusion, Cayley's trick."""

from fractions import Fraction
from itertools import combinations, permutations
from math import factorial, prod

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import BudgetError, EmptyPolytopeError, InputError
from polytropic.geometry.minkowski import minkowski_sum
from polytropic.geometry.operations import affine_image, dilate, translate
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes import mixed as mixed
from polytropic.geometry.volumes.measure import volume
from polytropic.geometry.volumes.mixed import mixed_cells, mixed_volume
from polytropic.geometry.volumes.triangulations import placing_triangulation

coordinate = st.integers(-3, 3)


def polytopes(d: int, most: int = 5):
    point = st.lists(coordinate, min_size=d, max_size=d)
    return st.lists(point, min_size=1, max_size=most).map(Polytope.from_points)


def bodies(d: int, most: int = 5):
    return st.lists(polytopes(d, most), min_size=d, max_size=d)


# -- oracles -------------------------------------------------------------------------------------
def by_sums(parts) -> Fraction:
    """Inclusion and exclusion over the sums of some of the bodies."""
    d, total = len(parts), Fraction(0)
    for size in range(1, d + 1):
        for chosen in combinations(parts, size):
            total += (-1) ** (d - size) * volume(minkowski_sum(*chosen))
    return total


def by_cayley(parts) -> Fraction:
    """Any triangulation of the Cayley configuration, its simplices with two corners of each."""
    d, rows, owners = len(parts), [], []
    for i, part in enumerate(parts):
        for point in part.vertices_exact.to_fractions().tolist():
            rows.append([int(i == j) for j in range(d)] + point)
            owners.append(i)
    total = Fraction(0)
    simplices = placing_triangulation(rows)
    if simplices.shape[1] < 2 * d:
        return total
    for simplex in simplices.tolist():
        blocks = [[c for c in simplex if owners[c] == i] for i in range(d)]
        if all(len(block) == 2 for block in blocks):
            edges = [
                [y - x for x, y in zip(rows[a][d:], rows[b][d:], strict=True)] for a, b in blocks
            ]
            edges = [[flint.fmpq(x.numerator, x.denominator) for x in edge] for edge in edges]
            size = flint.fmpq_mat(edges).det()
            total += abs(Fraction(int(size.p), int(size.q)))
    return total


@given(bodies(2, 6))
def test_planes_by_sums(parts):
    assert mixed_volume(*parts) == by_sums(parts)


@given(bodies(3, 4))
@settings(max_examples=25)
def test_spaces_by_sums_and_by_cayley(parts):
    value = mixed_volume(*parts)
    assert value == by_sums(parts)
    assert value == by_cayley(parts)


@pytest.mark.parametrize("seed", range(3))
def test_four_dimensions_by_cayley(seed):
    rng = np.random.default_rng(seed)
    parts = [Polytope.from_points(rng.integers(0, 4, (4, 4))) for _ in range(4)]
    assert mixed_volume(*parts) == by_cayley(parts)


# -- published numbers ---------------------------------------------------------------------------
def cyclic(n: int) -> list[Polytope]:
    """Newton polytopes of the cyclic n-roots system."""
    sums = [[[int((j - i) % n < k) for j in range(n)] for i in range(n)] for k in range(1, n)]
    return [Polytope.from_points(points) for points in [*sums, [[1] * n, [0] * n]]]


@pytest.mark.parametrize(("n", "roots"), [(2, 2), (3, 6), (4, 16), (5, 70), (6, 156), (7, 924)])
def test_cyclic_roots(n, roots):
    """As in Emiris and Canny (1995), "Efficient incremental algorithms ... mixed volume"."""
    assert mixed_volume(*cyclic(n)) == roots


@pytest.mark.parametrize("n", [3, 4])
def test_cyclic_roots_by_cayley(n):
    assert by_cayley(cyclic(n)) == mixed_volume(*cyclic(n))


@pytest.mark.slow
def test_cyclic_eight_roots():
    assert mixed_volume(*cyclic(8)) == 2560


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_katsura_has_bezout_many_affine_roots(n):
    """With the constants that generic affine coordinates bring along, 2^n."""
    size = n + 1
    zero = (0,) * size
    unit = [tuple(int(i == j) for j in range(size)) for i in range(size)]
    systems = [{zero, *unit}]
    for m in range(n):
        pairs = [(abs(k), abs(m - k)) for k in range(-n, n + 1) if abs(m - k) <= n]
        products = {tuple(a + b for a, b in zip(unit[i], unit[j], strict=True)) for i, j in pairs}
        systems.append({zero, unit[m], *products})
    assert mixed_volume(*(Polytope.from_points(sorted(s)) for s in systems)) == 2**n


# -- closed formulas -----------------------------------------------------------------------------
@given(st.integers(1, 4).flatmap(lambda d: st.lists(st.integers(0, 4), min_size=d, max_size=d)))
def test_dense_systems_have_bezout_many_roots(degrees):
    d = len(degrees)
    corners = np.vstack([np.zeros(d, int), np.eye(d, dtype=int)])
    assert mixed_volume(*(Polytope.from_points(corners * k) for k in degrees)) == prod(degrees)


@given(st.integers(1, 4).flatmap(
    lambda d: st.lists(st.lists(st.integers(0, 5), min_size=d, max_size=d), min_size=d, max_size=d)
))  # fmt: skip
def test_boxes_give_permanents(sides):
    d = len(sides)
    permanent = sum(prod(sides[i][p[i]] for i in range(d)) for p in permutations(range(d)))
    assert mixed_volume(*(Polytope.box([0] * d, row) for row in sides)) == permanent


@given(st.integers(1, 4).flatmap(
    lambda d: st.lists(st.lists(coordinate, min_size=d, max_size=d), min_size=d, max_size=d)
))  # fmt: skip
def test_segments_give_determinants(rows):
    size = abs(int(flint.fmpz_mat(rows).det()))
    segments = [Polytope.from_points([[0] * len(rows), row]) for row in rows]
    assert mixed_volume(*segments) == size


@given(st.integers(1, 3).flatmap(lambda d: polytopes(d, 7)))
@settings(max_examples=50)
def test_equal_bodies(p):
    d = p.ambient_dimension
    assert mixed_volume(*[p] * d) == factorial(d) * volume(p)


# -- laws ----------------------------------------------------------------------------------------
@given(bodies(3), polytopes(3), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_symmetric_and_multilinear(parts, extra, random):
    first, second, third = parts
    value = mixed_volume(first, second, third)
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert mixed_volume(*shuffled, rng=random.randrange(100)) == value
    assert mixed_volume(dilate(first, Fraction(3, 2)), second, third) == Fraction(3, 2) * value
    other = mixed_volume(extra, second, third)
    assert mixed_volume(minkowski_sum(first, extra), second, third) == value + other
    assert mixed_volume(translate(first, [1, -2, 3]), second, third) == value
    shear = [[1, 2, 0], [0, 1, -1], [0, 0, 1]]
    assert mixed_volume(*(affine_image(part, shear) for part in parts)) == value


@given(bodies(3, 6))
@settings(max_examples=30)
def test_alexandrov_and_fenchel(parts):
    p, q, r = parts
    assert mixed_volume(p, q, r) ** 2 >= mixed_volume(p, p, r) * mixed_volume(q, q, r)


@given(bodies(3))
@settings(max_examples=40)
def test_cells_are_cells(parts):
    """For every cell a linear function touches the lifted polytopes exactly at its edges."""
    cells = mixed_cells(*parts, rng=5)
    points = [part.vertices_exact.to_fractions() for part in parts]
    seen = set()
    for edges, size in zip(cells.edges.tolist(), cells.volumes.tolist(), strict=True):
        seen.add(str(edges))
        rows = [points[i][b] - points[i][a] for i, (a, b) in enumerate(edges)]
        rises = [cells.heights[i][a] - cells.heights[i][b] for i, (a, b) in enumerate(edges)]
        matrix = flint.fmpq_mat(
            [[flint.fmpq(x.numerator, x.denominator) for x in row] for row in rows]
        )
        assert abs(matrix.det()) == flint.fmpq(size.numerator, size.denominator) > 0
        slope = matrix.solve(flint.fmpq_mat([[flint.fmpq(rise)] for rise in rises])).entries()
        g = np.array([Fraction(int(x.p), int(x.q)) for x in slope], dtype=object)
        for i, edge in enumerate(edges):
            values = points[i] @ g + cells.heights[i]
            assert set(np.flatnonzero(values == values.min()).tolist()) == set(edge)
    assert len(seen) == len(cells)


# -- ordinary unusual inputs ---------------------------------------------------------------------
def test_floats_and_huge_numbers():
    rng = np.random.default_rng(3)
    parts = [Polytope.from_points(rng.standard_normal((5, 3))) for _ in range(3)]
    assert mixed_volume(*parts) == by_sums(parts)
    big, small = 10**30, Fraction(1, 7)
    assert mixed_volume(Polytope.box([0, 0], [big, 1]), Polytope.box([0, 0], [1, small])) == (
        big * small + 1
    )
    segment = Polytope.from_points([[0.1], [0.7]])
    assert mixed_volume(segment) == Fraction(0.7) - Fraction(0.1)


def test_heights_that_are_not_generic_are_drawn_again(monkeypatch):
    """Start with heights that are all equal: the ties are seen, and others are tried."""
    draw, calls = mixed._random, []

    def dull(generator, words, size):
        calls.append(words)
        if words == 1:
            return np.full(size, 1, dtype=object)
        return draw(generator, words, size)

    monkeypatch.setattr(mixed, "_random", dull)
    assert mixed_volume(*cyclic(4)) == 16
    assert max(calls) > 1
    monkeypatch.setattr(mixed, "_random", lambda *_: np.full(_[2], 1, dtype=object))
    with pytest.raises(BudgetError, match="rng"):
        mixed_volume(*cyclic(4))


@pytest.mark.parametrize("seed", range(12))
def test_ties_never_decide(monkeypatch, seed):
    """First heights from so few numbers that some ties are sure to come, or not to matter."""
    draw = mixed._random

    def coarse(generator, words, size):
        if words == 1:
            return generator.integers(1, 3 + seed, size).astype(object)
        return draw(generator, words, size)

    monkeypatch.setattr(mixed, "_random", coarse)
    assert mixed_volume(*cyclic(4), rng=seed) == 16
    assert mixed_volume(*cyclic(5), rng=seed) == 70
    cubes = [Polytope.box([0] * 3, sides) for sides in ([1, 2, 1], [2, 1, 1], [1, 1, 3])]
    assert mixed_volume(*cubes, rng=seed) == 21  # the permanent


def ints(*entries) -> np.ndarray:
    return np.array(entries, dtype=object)


def test_two_points_that_arrive_together_are_noticed(monkeypatch):
    """Both ends of the segment come down to the only cell when time is minus their height."""
    monkeypatch.setattr(mixed, "_random", lambda *_: ints(1, 1))
    ends = [ints([0], [2])]
    with pytest.raises(mixed._NotGenericError):
        mixed._Homotopy(ends, [ints(1, 1)], None, 1, 100).run()
    assert mixed._Homotopy(ends, [ints(1, 2)], None, 1, 100).run() == [((0, 1),)]


def test_a_point_that_lies_in_a_cell_forever_is_noticed(monkeypatch):
    """The second simplex has all its corners at height zero, so one too many is lowest."""
    square = ints([0, 0], [1, 0], [0, 1])
    heights = [ints(1, 20, 300), ints(4000, 50, 6)]
    for height, generic in [(7, True), (0, False)]:
        lifts = iter([ints(0, 0, 5), ints(0, height, 0)])
        monkeypatch.setattr(mixed, "_random", lambda *_, lifts=lifts: next(lifts))
        homotopy = mixed._Homotopy([square, square], heights, None, 1, 100)
        if generic:
            assert len(homotopy.run()) == 1
        else:
            with pytest.raises(mixed._NotGenericError):
                homotopy.run()


def test_same_seed_same_cells():
    one, two = (mixed_cells(*cyclic(5), rng=7) for _ in range(2))
    assert np.array_equal(one.edges, two.edges)
    assert repr(one) == f"MixedCells({len(one)} cells)"


def test_refusals():
    square = Polytope.box(0, 1, dim=2)
    with pytest.raises(InputError, match="d polytopes in R"):
        mixed_volume(square)
    with pytest.raises(InputError, match="d polytopes in R"):
        mixed_volume(square, Polytope.box(0, 1, dim=1))
    with pytest.raises(InputError):
        mixed_volume()
    with pytest.raises(EmptyPolytopeError, match="polytope 1"):
        mixed_volume(square, Polytope.empty(2))
    with pytest.raises(InputError, match="polytope 0 is unbounded"):
        mixed_volume(Polytope.from_points([[0, 0]], rays=[[1, 1]]), square)
    with pytest.raises(BudgetError, match="max_cells=3"):
        mixed_volume(*cyclic(5), max_cells=3)
    assert mixed_volume(square, Polytope.from_points([[4, 4]])) == 0

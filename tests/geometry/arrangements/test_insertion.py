"""Chambers by deletion and restriction: published counts, another algorithm, plain fractions."""

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import exact
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements.cutting import central_chambers
from polytropic.geometry.arrangements.inserting import (
    cone_exact,
    cone_kernels,
    insertion,
    integer_forms,
)
from polytropic.geometry.arrangements.inserting import exact as insertion_exact
from polytropic.geometry.arrangements.inserting import kernels as insertion_kernels
from polytropic.geometry.arrangements.inserting.column_scaling import column_exponents
from polytropic.geometry.arrangements.inserting.insertion import insert_hyperplanes
from tests import brute_force

SMALL = st.integers(-2, 2)


# -- families ------------------------------------------------------------------------------------
def unit(n, *entries):
    row = [0] * n
    for place, entry in entries:
        row[place] = entry
    return row


def resonance(n):
    return [list(x) for x in product((0, 1), repeat=n) if any(x)]


def threshold(n):
    return [[1, *x] for x in product((0, 1), repeat=n)]


def braid(n):
    axes = [unit(n - 1, (i, 1)) for i in range(n - 1)]
    return axes + [unit(n - 1, (i, 1), (j, -1)) for i, j in combinations(range(n - 1), 2)]


def type_d(n):
    return [unit(n, (i, 1), (j, s)) for i, j in combinations(range(n), 2) for s in (1, -1)]


def type_b(n):
    return [unit(n, (i, 1)) for i in range(n)] + type_d(n)


def distinct(rows):
    """The rows without zero rows and without those parallel to an earlier one."""
    kept = {}
    for row in rows:
        if any(row):
            direction = brute_force.primitive(row)
            kept.setdefault(max(direction, tuple(-x for x in direction)), row)
    return list(kept.values())


def essential(rows):
    """Distinct rows, or None if they do not have full rank."""
    rows = distinct(rows)
    return rows if rows and brute_force.rank(rows) == len(rows[0]) else None


# -- what is checked -----------------------------------------------------------------------------
def signs_of(chambers):
    """Sign vectors as integers."""
    return [sum(int(w) << 64 * k for k, w in enumerate(row)) for row in chambers.bits]


def check_points(rows, chambers):
    """Every point has the signs that it stands for, in fractions."""
    rows = [[Fraction(x) for x in row] for row in rows]
    for i, signs in enumerate(signs_of(chambers)):
        point = chambers.exact_points.get(i, chambers.points[i].tolist())
        values = [brute_force.dot(row, [Fraction(x) for x in point]) for row in rows]
        assert all(values)
        assert signs == sum((value > 0) << k for k, value in enumerate(values))


def expected_signs(rows):
    integers = np.empty((len(rows), len(rows[0])), dtype=object)
    integers[:] = [brute_force.primitive(row) for row in rows]
    table = central_chambers(integers).tolist()
    return {sum((s > 0) << k for k, s in enumerate(row)) for row in table if row[0] > 0}


def check(rows):
    """All there is to check, against another algorithm."""
    chambers = insert_hyperplanes(exact(rows))
    signs = signs_of(chambers)
    assert len(set(signs)) == len(signs)
    assert set(signs) == expected_signs(rows)
    check_points(rows, chambers)
    return chambers


# -- counts --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rows", "count"),
    [
        *[(resonance(n), c) for n, c in enumerate([6, 32, 370, 11292], 2)],
        *[(threshold(n), c) for n, c in enumerate([4, 14, 104, 1882, 94572], 1)],
        *[(braid(n), math.factorial(n)) for n in range(2, 9)],
        *[(type_b(n), 2**n * math.factorial(n)) for n in range(1, 7)],
        *[(type_d(n), 2 ** (n - 1) * math.factorial(n)) for n in range(2, 7)],
    ],
)
def test_published_counts(rows, count):
    chambers = insert_hyperplanes(exact(rows))
    assert 2 * len(chambers.bits) == count
    assert len(np.unique(chambers.bits, axis=0)) == len(chambers.bits)
    assert not len(chambers.bits) or (chambers.bits[:, 0] & np.uint64(1)).all()
    if count < 2000:
        check_points(rows, chambers)


@pytest.mark.slow
def test_the_resonance_arrangement_of_rank_6():
    rows = np.array(resonance(6))
    chambers = insert_hyperplanes(exact(rows))
    assert 2 * len(chambers.bits) == 1066044
    assert len(np.unique(chambers.bits)) == len(chambers.bits)
    # Points have 53 bits and rows six entries 0 or 1: sums of integers below 2^60 are exact.
    floats = np.ldexp(chambers.points, 53)
    sure = (floats == np.rint(floats)).all(axis=1)
    values = floats[sure].astype(np.int64) @ rows.T
    bits = chambers.bits[sure] >> np.arange(63, dtype=np.uint64) & np.uint64(1)
    inexact = set(chambers.exact_points)
    kept = np.array([i not in inexact for i in np.flatnonzero(sure).tolist()])
    assert kept.sum() > 10000
    assert ((values > 0) == (bits == 1))[kept].all()


@pytest.mark.parametrize(("m", "d"), [(1, 1), (7, 2), (64, 2), (65, 2), (70, 3), (130, 3), (14, 5)])
def test_rows_in_general_position(m, d):
    # Points of the moment curve: any d rows are independent.
    rows = [[(i - m // 2) ** k for k in range(d)] for i in range(m)]
    chambers = insert_hyperplanes(exact(rows))
    assert chambers.bits.shape == (sum(math.comb(m - 1, i) for i in range(d)), -(-m // 64))
    assert len(set(signs_of(chambers))) == len(chambers.bits)
    if m < 65:
        check_points(rows, chambers)


# -- against another algorithm -------------------------------------------------------------------
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(SMALL, min_size=n, max_size=n),
                                                    min_size=n, max_size=9)))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_small_integers(rows):
    rows = essential(rows)
    assume(rows is not None)
    assert 2 * len(check(rows).bits) == brute_force.central_chambers(rows)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("distance", [1e-7, 1e-10, 2.0**-60])
def test_near_parallel_rows(n, distance):
    rng = np.random.default_rng(n)
    rows = rng.integers(-2, 3, (n + 3, n)).astype(float)
    rows = np.vstack([np.eye(n), rows, rows[:3] + distance * rng.integers(-1, 2, (3, n))])
    check(essential(rows.tolist()))


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_floats_of_every_scale(n):
    rng = np.random.default_rng(n)
    degenerate = np.vstack([np.eye(n), rng.integers(-2, 3, (6, n))])
    m = len(degenerate)
    check(rng.standard_normal((9, n)).tolist())
    check(essential((degenerate * 10.0 ** rng.integers(-6, 7, m)[:, None]).tolist()))
    check(essential(np.ldexp(degenerate, rng.integers(-900, 900, m)[:, None]).tolist()))


@pytest.mark.parametrize("spread", [8, 20, 60, 500, 900])
@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_columns_of_every_scale(n, spread):
    rng = np.random.default_rng(n)
    rows = np.vstack([np.eye(n), rng.integers(-2, 3, (6, n))])
    rows = essential(np.ldexp(rows, rng.integers(-spread, spread, n)).tolist())
    chambers = check(rows)
    if spread < 500:
        assert not chambers.exact_points  # as few as without the scales
    assert pieces(rows, 3) == whole(rows)


def test_points_that_floats_cannot_hold_are_scaled_back_in_integers():
    # An entry of the row sum is 2^3000 times another: no float vector is in every chamber.
    rows = [[1, 0], [0, 1], [2**3000, 1], [2**3000, 3], [2**3000, -1], [2**3000, -3]]
    chambers = check(rows)
    assert chambers.exact_points


def test_a_few_large_entries_are_no_scale():
    assert column_exponents([(1, 2**25), (2**25, 1), (1, 1)]) is None
    assert column_exponents([(1, 2**15 - 1), (1, 0)]) is None
    # Scaling would lose the machine integers.
    rows = [(2**20, 1), *[(k, 2**20 + 1) for k in range(1, 9)]]
    assert column_exponents(rows) is None
    assert column_exponents(rows[1:]) is not None


def test_scaled_rows_have_the_same_chambers():
    rows = essential(np.random.default_rng(0).integers(-2, 3, (9, 4)).tolist())
    scaled = [[2**i * x for x in row] for i, row in enumerate(rows)]
    one, other = insert_hyperplanes(exact(rows)), insert_hyperplanes(exact(scaled))
    assert np.array_equal(one.bits, other.bits)
    assert np.array_equal(one.points, other.points)


def combined(rows, others, factors):
    """Rows ``a x + b y``."""
    a, b = factors
    return (np.array(rows, dtype=object) * a + np.array(others, dtype=object) * b).tolist()


def test_integers_and_fractions_of_many_digits():
    small = np.random.default_rng(1).integers(-2, 3, (8, 3)).tolist()
    large = combined(small, small[::-1], (10**40, 1))
    check(essential([[1, 0, 0], [0, 10**50, 1], [0, 1, 10**50], *large]))
    check(essential(combined(small, small[::-1], (Fraction(1, 3**30), Fraction(1, 7)))))


def test_a_chamber_too_thin_for_floats_has_an_integer_point():
    # Between x = y and x = (1 + 2^-60) y no pair of floats of one size lies, but integers do.
    rows = [[1, 1, 1], [1, -1, 0], [2**60, -(2**60) - 1, 0], [0, 1, -1], [0, 2**60, -(2**60) - 1]]
    chambers = check(rows)
    assert chambers.exact_points


def test_order_and_orientation_of_rows_do_not_matter():
    rows = resonance(4)
    rng = np.random.default_rng(3)
    order = [0, *(1 + rng.permutation(len(rows) - 1)).tolist()]
    flips = [1, *rng.choice([-1, 1], len(rows) - 1).tolist()]
    pairs = list(zip(order, flips, strict=True))
    changed = [[flips[k] * x for x in rows[i]] for k, i in enumerate(order)]
    expected = {
        sum(((signs >> i & 1) == (f > 0)) << k for k, (i, f) in enumerate(pairs))
        for signs in signs_of(insert_hyperplanes(exact(rows)))
    }
    assert set(signs_of(insert_hyperplanes(exact(changed)))) == expected


# -- the compiled loops and their reference ------------------------------------------------------
def only_doubts(bits, points, sure, count, columns, bounds, j, column, walls, below, fine, doubts):
    """What `split` does if floats prove nothing at all."""
    places = {row.tobytes(): q for q, row in enumerate(walls)}
    for i in range(count):
        doubts[i] = i, places.get(bits[i].tobytes(), -1)
    return count, int((doubts[:count, 1] >= 0).sum()), count


@pytest.mark.parametrize("rows", [resonance(3), type_b(3), braid(5), threshold(3)])
@pytest.mark.parametrize("what", ["all in Python", "no floats"])
def test_without_compiled_loops(rows, what, monkeypatch):
    chambers = insert_hyperplanes(exact(rows))
    monkeypatch.setattr(integer_forms, "SMALL", 0)  # no rows are small: all in Python integers
    if what == "no floats":
        monkeypatch.setattr(insertion_kernels, "split", only_doubts)
    reference = insert_hyperplanes(exact(rows))
    assert set(signs_of(reference)) == set(signs_of(chambers))
    check_points(rows, reference)


@given(st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=3, max_size=9),
       st.integers(1, 8))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_restrictions_agree(rows, walls):
    rows = distinct(rows)
    assume(len(rows) > walls)
    j = len(rows) - 1
    vectors = [brute_force.primitive(row) for row in rows]
    found = insertion_kernels.restrict(np.array(vectors), j, walls)
    column, classes, which, flips, largest, left = found
    expected = insertion_exact.restrict_exactly(vectors, j, walls)
    # Both take the first comparable pivot, and five and one are comparable.
    assert column == expected[0]
    assert [tuple(row) for row in classes.tolist()] == expected[1]
    assert which.tolist() == expected[2].tolist()
    assert flips.tolist() == expected[3].tolist()
    assert left == expected[4]
    assert largest == np.abs(classes).max()
    if left:
        assert set(which[:walls].tolist()) == set(range(left))
        assert (flips[:walls] == 1).all()
    # Row i restricted is a positive multiple of its class: compare on a point of the plane.
    for point in ([1, 0], [0, 1], [3, -7]):
        x = insertion_exact.lifted(point, vectors[j], column)
        assert brute_force.dot(vectors[j], x) == 0
        for i in range(j):
            value = flips[i] * brute_force.dot(classes[which[i]].tolist(), point)
            assert np.sign(brute_force.dot(vectors[i], x)) == np.sign(value)


def test_walls_that_become_opposite_leave_nothing():
    # On z = 0 both x + z and -x + z are walls, and x = 0 is all that lies between them.
    rows = np.array([[1, 0, 1], [-1, 0, 1], [0, 0, 1]])
    assert insertion_kernels.restrict(rows, 2, 2)[-1] == 0
    assert insertion_kernels.restrict(rows, 2, 1)[-1] == 1
    rows[1] *= -1
    assert insertion_kernels.restrict(rows, 2, 2)[-1] == 1


@given(st.lists(st.lists(st.integers(-9, 9), min_size=2, max_size=2), min_size=1, max_size=9),
       st.sampled_from([1, 2**31 // 10]), st.integers(1, 4))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_pencils_agree(rows, factor, walls):
    rows = distinct(rows)
    assume(len(rows) >= walls)
    vectors = [(factor * a + (factor > 1), factor * b) for a, b in rows]
    vectors = [brute_force.primitive(row) for row in distinct(vectors)]
    bits, points = insertion_kernels.pencil(np.array(vectors), walls)
    signs, _ = insertion_exact.pencil_exactly(vectors, walls)
    assert bits.ravel().tolist() == signs
    for sign, point in zip(signs, points, strict=True):
        assert insertion_exact.agrees(vectors, sign, insertion_exact.integer_vector(point))
    everything, _ = insertion_exact.pencil_exactly(vectors, 1)
    ones = (1 << walls) - 1
    assert signs == [sign for sign in everything if sign & ones == ones]


# -- pieces --------------------------------------------------------------------------------------
def pieces(rows, walls, points=True):
    """The chambers of every orientation of the first rows, by their signs for the rows as given."""
    found = {}
    for turns in product([1, -1], repeat=walls - 1):
        turns = [1, *turns] + [1] * (len(rows) - walls)
        turned = [[turn * x for x in row] for turn, row in zip(turns, rows, strict=True)]
        chambers = insert_hyperplanes(exact(turned), walls=walls)
        assert chambers.bits.shape == (len(chambers.bits), -(-len(rows) // 64))
        assert chambers.points.shape == (len(chambers.bits), len(rows[0]))
        if points:
            check_points(turned, chambers)
        back = sum((turn < 0) << k for k, turn in enumerate(turns))
        for signs in signs_of(chambers):
            assert signs & ((1 << walls) - 1) == (1 << walls) - 1
            assert signs ^ back not in found
            found[signs ^ back] = turns
    return set(found)


def shuffled(rows, seed):
    rng = np.random.default_rng(seed)
    turns = rng.choice([-1, 1], len(rows)).tolist()
    return [
        [t * x for x in rows[i]] for i, t in zip(rng.permutation(len(rows)), turns, strict=True)
    ]


def whole(rows):
    return set(signs_of(insert_hyperplanes(exact(rows))))


@pytest.mark.parametrize("walls", [2, 3, 4, 6])
@pytest.mark.parametrize(
    "rows",
    [resonance(2), resonance(3), resonance(4), braid(5), braid(6), type_b(3), type_b(4), type_d(4)],
)
def test_pieces_are_the_whole(rows, walls):
    rows = shuffled(rows, walls)
    walls = min(walls, len(rows))
    assert pieces(rows, walls) == whole(rows)


def test_pieces_of_more_dimensions_than_are_compiled():
    rows = resonance(5)
    axes = [2**k - 1 for k in range(5)]
    rows = [rows[i] for i in axes] + [row for i, row in enumerate(rows) if i not in axes]
    assert len(pieces(rows, 5, points=False)) == 5646
    rows = shuffled(braid(7), 0)
    assert pieces(rows, 6) == whole(rows)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(SMALL, min_size=n, max_size=n),
                                                    min_size=n, max_size=9)),
       st.integers(1, 9))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_pieces_of_small_integers(rows, walls):
    rows = essential(rows)
    assume(rows is not None)
    walls = min(walls, len(rows), 6)
    found = pieces(rows, walls)
    assert found == expected_signs(rows)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("distance", [1e-7, 2.0**-60])
def test_pieces_of_near_parallel_rows(n, distance):
    rng = np.random.default_rng(n)
    rows = rng.integers(-2, 3, (4, n)).astype(float)
    near = rows[:3] + distance * rng.integers(-1, 2, (3, n))
    # Walls that are nearly one: the cone between two of them is too thin for floats.
    rows = essential(np.vstack([rows[:3], near, np.eye(n), rows[3:]]).tolist())
    assert pieces(rows, min(5, len(rows))) == expected_signs(rows)


@pytest.mark.parametrize("rows", [resonance(3), braid(5), type_b(3), threshold(3)])
def test_all_rows_are_walls(rows):
    everything = whole(rows)
    rng = np.random.default_rng(0)
    m = len(rows)
    known = sorted(everything)[:: max(1, len(everything) // 8)]
    drawn = [1 + 2 * int(k) for k in rng.integers(0, 2 ** (m - 1), 8)]
    for signs in [*known, *drawn]:
        turned = [[x if signs >> k & 1 else -x for x in row] for k, row in enumerate(rows)]
        chambers = insert_hyperplanes(exact(turned), walls=m)
        assert len(chambers.bits) == (signs in everything)
        check_points(turned, chambers)


def test_a_cone_without_a_point():
    rows = [[1, 0, 0, 0], [0, 1, 0, 0], [-1, -1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    for small in (rows, [[x * (10**30 + k) for x in row] for k, row in enumerate(rows)]):
        chambers = insert_hyperplanes(exact(small), walls=3)
        assert chambers.bits.shape == (0, 1)
        assert chambers.points.shape == (0, 4)
        assert not chambers.exact_points


@pytest.mark.parametrize("rows", [resonance(4), braid(6), type_b(4), threshold(3)])
@pytest.mark.parametrize("what", ["all in Python", "not compiled", "no floats"])
def test_pieces_without_compiled_loops(rows, what, monkeypatch):
    rows = shuffled(rows, 1)
    expected = whole(rows)
    monkeypatch.setattr(insertion, "_COMPILED", 0)
    if what == "all in Python":
        monkeypatch.setattr(integer_forms, "SMALL", 0)
    if what == "no floats":
        monkeypatch.setattr(cone_kernels, "sides", lambda *given: -1)
        monkeypatch.setattr(insertion_kernels, "split", only_doubts)
    walls = 3 if what == "not compiled" else 2
    assert pieces(rows, walls) == expected


@given(st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(SMALL, min_size=n, max_size=n),
                                                    min_size=n, max_size=9)),
       st.integers(2, 6))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_cones_agree(rows, walls):
    rows = [brute_force.primitive(row) for row in distinct(rows)]
    assume(len(rows) >= walls)
    signs, point = np.zeros(len(rows), dtype=np.int64), np.empty(len(rows[0]))
    status = cone_kernels.sides(np.array(rows), walls, signs, point)
    expected, vector = cone_exact.sides_exactly(rows, walls)
    assert status == (vector is not None)
    assert signs.tolist() == expected
    if status:
        for candidate in (vector, insertion_exact.integer_vector(point)):
            assert insertion_exact.agrees(rows[:walls], (1 << walls) - 1, candidate)
    assert (vector is not None) == expected_cone(rows[:walls])


def expected_cone(walls):
    """Whether walls are positive somewhere, by all sign vectors of another algorithm."""
    integers = np.empty((len(walls), len(walls[0])), dtype=object)
    integers[:] = walls
    return bool((central_chambers(integers) > 0).all(axis=1).any())


def test_cones_that_machine_numbers_do_not_tell():
    # The cone between two planes is thinner than floats can prove.
    thin = [[2**30, 1 - 2**30, 0, 0], [1 - 2**30, 2**30 - 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert pieces([*thin, [1, 1, 1, 1]], 3) == expected_signs([*thin, [1, 1, 1, 1]])
    wide = [[2**30 + k, 2**30 - 3 * k, k * k - 7, 2**29 + 5 * k] for k in range(6)]
    assert pieces(wide, 4) == expected_signs(wide)


def test_more_than_64_walls():
    # Tangents of a circle are the walls of a cone, and all of them are needed.
    walls = [[1 - t * t, 2 * t, 1 + t * t] for t in range(-35, 35)]
    chambers = insert_hyperplanes(exact([*walls, [1, 0, 0], [0, 1, 0]]), walls=70)
    assert len(chambers.bits) == 4
    assert set(signs_of(chambers)) == {((1 << 70) - 1) | k << 70 for k in range(4)}


def test_only_the_cone_is_met(monkeypatch):
    """Work is that of the piece: no restriction has more chambers than the piece itself."""
    monkeypatch.setattr(insertion, "_COMPILED", 0)
    met = []
    run = insertion._Insertion.insert

    def told(self, forms, walls, progress=None):
        cells = run(self, forms, walls, progress)
        met.append(len(cells.bits))
        return cells

    monkeypatch.setattr(insertion._Insertion, "insert", told)
    rows = resonance(4)
    axes = [0, 1, 3, 7]
    rows = [rows[i] for i in axes] + [row for i, row in enumerate(rows) if i not in axes]
    assert len(insert_hyperplanes(exact(rows), walls=4).bits) == 1
    assert met == [1]  # nothing cuts the positive orthant, so nothing is restricted
    met.clear()
    rows[1] = [-x for x in rows[1]]
    count = len(insert_hyperplanes(exact(rows), walls=4).bits)
    assert 1 < count < 185
    assert max(met) == count


@pytest.mark.slow
def test_pieces_of_the_resonance_arrangement_of_rank_6():
    rows = resonance(6)
    axes = [2**k - 1 for k in range(6)]
    rows = [rows[i] for i in axes] + [row for i, row in enumerate(rows) if i not in axes]
    total = 0
    for turns in product([1, -1], repeat=5):
        turned = [[t * x for x in row] for t, row in zip([1, *turns], rows[:6], strict=True)]
        total += len(insert_hyperplanes(exact(turned + rows[6:]), walls=6).bits)
    assert total == 533022


# -- budgets -------------------------------------------------------------------------------------
def test_the_budget_of_chambers():
    rows = exact(type_b(3))
    assert len(insert_hyperplanes(rows, max_chambers=24).bits) == 24
    with pytest.raises(BudgetError, match="max_chambers=23"):
        insert_hyperplanes(rows, max_chambers=23)
    with pytest.raises(BudgetError, match="at least 16"):
        insert_hyperplanes(rows, max_chambers=15)


def test_the_budget_of_chambers_of_a_piece():
    rows = exact(type_b(3))
    count = len(insert_hyperplanes(rows, walls=3).bits)
    assert count == 6
    assert len(insert_hyperplanes(rows, walls=3, max_chambers=6).bits) == 6
    with pytest.raises(BudgetError, match="max_chambers=5"):
        insert_hyperplanes(rows, walls=3, max_chambers=5)
    assert len(insert_hyperplanes(exact(resonance(4)), walls=15, max_chambers=1).bits) == 1


@pytest.mark.parametrize("walls", [0, -1, 10])
def test_walls_are_some_of_the_rows(walls):
    with pytest.raises(InputError, match="walls must be between 1 and the 9 rows"):
        insert_hyperplanes(exact(type_b(3)), walls=walls)


def test_a_product_of_lines_and_a_pencil_has_the_fewest_chambers():
    # The bound in advance is attained, so it may not be larger.
    rows = exact([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [0, 1, 2]])
    assert len(insert_hyperplanes(rows, max_chambers=8).bits) == 8


def test_the_budget_of_time():
    with pytest.raises(BudgetError, match="time_limit"):
        insert_hyperplanes(exact(resonance(4)), time_limit=0.0)


@pytest.mark.parametrize("rows", [resonance(5), resonance(4), resonance(3), type_b(2)])
@pytest.mark.parametrize("walls", [1, 2, 3])
def test_progress(rows, walls):
    told = []
    chambers = insert_hyperplanes(exact(rows), walls=walls, progress=lambda *now: told.append(now))
    assert told == sorted(told)
    assert {total for _, total, _ in told} == {len(rows)}
    assert told[-1] == (len(rows), len(rows), len(chambers.bits))


def test_many_planes_are_inserted_one_by_one(monkeypatch):
    rows = exact(type_b(3))
    expected = insert_hyperplanes(rows)
    monkeypatch.setattr(insertion, "_AT_ONCE", 0)
    told = []
    chambers = insert_hyperplanes(rows, progress=lambda *now: told.append(now))
    assert set(signs_of(chambers)) == set(signs_of(expected))
    assert len(told) == 8

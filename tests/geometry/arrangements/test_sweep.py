"""The sweep over lines: closed formulas, brute force, and its own two ways against each other."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.linalg import rank
from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors, mask_words
from polytropic.geometry.arrangements.sweeping import sweep as module
from polytropic.geometry.arrangements.sweeping.points import sweep_points
from polytropic.geometry.arrangements.sweeping.sweep import NotGeneric, Sweep, TooClose
from tests import brute_force


def listed(rows):
    """Sign vectors as a set of tuples, and the sweep."""
    sweep = Sweep(distinct_hyperplanes(exact(rows)).rows)
    return set(map(bytes, sweep.chambers())), sweep


def kinds(rng, m, d, kind):
    if kind == "floats":
        return rng.standard_normal((m, d))
    if kind == "integers":
        return rng.integers(-(10**6), 10**6 + 1, (m, d))
    if kind == "scaled rows":
        return rng.standard_normal((m, d)) * 10.0 ** rng.integers(-6, 7, (m, 1))
    if kind == "scaled columns":
        return rng.standard_normal((m, d)) * 2.0 ** rng.integers(-300, 300, (1, d))
    if kind == "fractions":
        return np.array([[Fraction(int(rng.integers(-99, 100)), int(rng.integers(1, 99)))
                          for _ in range(d)] for _ in range(m)])  # fmt: skip
    base = np.repeat(rng.integers(-5, 6, (m, d)), 2, axis=0)[:m]
    return base + float(kind.split()[1]) * rng.standard_normal((m, d))


KINDS = ["floats", "integers", "scaled rows", "scaled columns", "fractions", "near 1e-7",
         "near 1e-10", "near 1e-14"]  # fmt: skip


@pytest.fixture(params=["NumPy", "compiled"])
def way(request, monkeypatch):
    monkeypatch.setattr(module, "worth_compiling", lambda seconds: request.param == "compiled")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
def test_chambers_are_those_of_brute_force(way, kind, d):
    rng = np.random.default_rng(d)
    for m in (d, d + 1, d + 3):
        rows = kinds(rng, m, d, kind)
        try:
            found, sweep = listed(rows)
        except NotGeneric:
            continue
        assert len(found) == sweep.n_chambers
        assert 2 * len(found) == brute_force.central_chambers(rows.tolist())
        check_points(sweep, 7)


def check_points(sweep, size):
    """Blocks hold what the list holds, and their points have these signs."""
    together = set()
    for bits, subsets in sweep.blocks(size):
        rays = sweep_points(sweep, bits, subsets).exact_rays()
        values = (sweep.rows @ rays.T).numerators.T
        assert (values != 0).all()
        assert (mask_words(values > 0) == bits).all()
        assert sum(len(rows) for _, rows in subsets) == len(bits)
        together |= set(map(bytes, bits))
    assert together == set(map(bytes, sweep.chambers()))


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_rationals_say_the_same_as_bounded_floats(way, d, monkeypatch):
    rows = distinct_hyperplanes(exact(kinds(np.random.default_rng(d), d + 4, d, "floats"))).rows
    swift = Sweep(rows)
    slow = Sweep(rows)
    everything = Bounded(slow.flag.forms.value, np.full_like(slow.flag.forms.error, np.inf))
    slow.flag.forms = everything
    slow._patience = 10**6
    assert np.array_equal(swift.chambers(), slow.chambers())
    swift_blocks, slow_blocks = list(swift.blocks(10)), list(slow.blocks(10))
    for (bits, subsets), (same_bits, same_subsets) in zip(swift_blocks, slow_blocks, strict=True):
        assert np.array_equal(bits, same_bits)
        for (level, members), (same, same_members) in zip(subsets, same_subsets, strict=True):
            assert level == same
            assert np.array_equal(members, same_members)


@pytest.mark.parametrize(("m", "d"), [(30, 2), (200, 3), (30, 4), (18, 5), (14, 6), (12, 9)])
def test_both_ways_write_the_same(m, d, monkeypatch):
    rows = distinct_hyperplanes(exact(np.random.default_rng(m).standard_normal((m, d)))).rows
    lists = []
    for compiled in (False, True):
        monkeypatch.setattr(module, "worth_compiling", lambda seconds, c=compiled: c)
        sweep = Sweep(rows)
        lists.append((sweep.chambers(), [part for _, part in sweep.blocks(1000)]))
    assert np.array_equal(lists[0][0], lists[1][0])
    assert len(np.unique(lists[0][0], axis=0)) == sum(comb(m - 1, i) for i in range(d))
    for own, other in zip(lists[0][1], lists[1][1], strict=True):
        assert all(np.array_equal(a[1], b[1]) for a, b in zip(own, other, strict=True))


small = st.integers(-3, 3)


@given(st.integers(2, 4).flatmap(
    lambda d: st.lists(st.lists(small, min_size=d, max_size=d), min_size=1, max_size=7)
))  # fmt: skip
def test_general_position_is_decided(rows):
    planes = distinct_hyperplanes(exact(np.array(rows))).rows
    assume(len(planes))
    n = planes.shape[1]
    sweep = Sweep(planes)
    try:
        sweep.check()
    except NotGeneric as problem:
        subset = problem.subset
        assert len(set(subset)) == len(subset) <= n
        assert rank(planes[subset].numerators) < len(subset)
        with pytest.raises(NotGeneric):
            Sweep(planes).chambers()
        return
    assert 2 * sweep.n_chambers == brute_force.central_chambers(planes.numerators.tolist())


def test_one_dependent_subset_among_many_is_found(way):
    rows = np.random.default_rng(0).integers(-999, 1000, (40, 4))
    rows[31] = rows[5] - 3 * rows[17] + 2 * rows[28]
    with pytest.raises(NotGeneric) as problem:
        Sweep(exact(rows)).check()
    assert problem.value.subset == [5, 17, 28, 31]


def test_two_nearly_equal_vertices_are_told_apart(way):
    # Three lines through one point of the plane, but for one bit of one entry.
    rows = np.array([[0, 0, 1.0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 2, 0.5]])
    with pytest.raises(NotGeneric):
        Sweep(exact(rows)).check()
    rows[3, 2] = 2.0**-1074
    found, sweep = listed(rows)
    assert len(found) == 11
    check_points(sweep, 4)


def test_patience_ends():
    rows = distinct_hyperplanes(exact(np.random.default_rng(0).standard_normal((60, 3)))).rows
    sweep = Sweep(rows)
    sweep.flag.forms = Bounded(sweep.flag.forms.value, np.full((60, 3), np.inf))
    sweep._patience = 10
    with pytest.raises(TooClose):
        sweep.chambers()


def test_duplicates_are_no_business_of_the_sweep():
    planes = distinct_hyperplanes(ExactArray.of_floats(np.array([[1.0, 2], [0, 0], [-3, -6]])))
    assert planes.rows.shape == (1, 1)
    signs = planes.expand(Sweep(planes.rows).chambers())
    assert isinstance(signs, SignVectors)
    assert np.asarray(signs).tolist() == [[1, 0, -1]]

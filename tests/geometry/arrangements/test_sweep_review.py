"""The sweep read sceptically: its corners, against fractions that know no floats."""

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import exact
from polytropic.geometry.arrangements import chambers as lists
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors, mask_words
from polytropic.geometry.arrangements.sweeping import reference as sweep_reference
from polytropic.geometry.arrangements.sweeping import sweep as module
from polytropic.geometry.arrangements.sweeping.flag import Flag
from polytropic.geometry.arrangements.sweeping.points import sweep_points
from polytropic.geometry.arrangements.sweeping.sweep import NotGeneric, Sweep
from tests import brute_force

ABOVE = exact([0, 0, 1])


def corner(kind, rng, m, d):
    """Rows that lie at, or just beside, a degeneracy, or at the ends of the range of floats."""
    base = rng.integers(-3, 4, (m, d)).astype(float)
    if kind == "small integers":
        return base
    if kind == "last bits":
        return base * (1 + rng.integers(-2, 3, (m, d)) * 2.0**-52)
    if kind == "rows at the ends":
        return np.ldexp(base, rng.integers(-1070, 1020, (m, 1)))
    if kind == "columns at the ends":
        return np.ldexp(base, rng.integers(-900, 900, (1, d)))
    if kind == "entries at the ends":
        return np.ldexp(base, rng.choice([-1074, -1000, -999, -960, -520, 0, 1000], (m, d)))
    if kind == "shifted a little":
        return base + rng.choice([0, 2.0**-1074, 2.0**-1000, 2.0**-60, 2.0**-45], (m, d))
    if kind == "huge integers":
        return [[int(x) << int(rng.integers(0, 2000)) for x in row] for row in base]
    tails = rng.integers(-1, 2, (m, d)).tolist()
    return [[Fraction(int(x), 7) + Fraction(t, 10**300) for x, t in zip(row, tail, strict=True)]
            for row, tail in zip(base, tails, strict=True)]  # fmt: skip


KINDS = ["small integers", "last bits", "rows at the ends", "columns at the ends",
         "entries at the ends", "shifted a little", "huge integers", "fractions"]  # fmt: skip


def fractions(array):
    return [[Fraction(x) for x in row] for row in array.to_fractions().tolist()]


@pytest.fixture(params=["NumPy", "compiled"])
def way(request, monkeypatch):
    monkeypatch.setattr(module, "worth_compiling", lambda seconds: request.param == "compiled")
    return request.param


def cases(kind, seed, number, most=3):
    rng = np.random.default_rng(seed)
    for _ in range(number):
        d = int(rng.integers(2, 5))
        rows = corner(kind, rng, int(rng.integers(d, d + most + 1)), d)
        planes = distinct_hyperplanes(exact(rows))
        if len(planes.rows):
            yield planes.rows, rng


# -- whatever the input ---------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_corners_are_decided_as_fractions_decide_them(way, kind):
    for rows, _ in cases(kind, 1, 12):
        plain, n = fractions(rows), rows.shape[1]
        generic = all(brute_force.rank(s) == n for s in combinations(plain, n))
        sweep = Sweep(rows)
        try:
            sweep.check()
            blamed = None
        except NotGeneric as problem:
            blamed = problem.subset
        assert generic == (blamed is None)
        if blamed is not None:
            assert brute_force.rank([plain[i] for i in blamed]) < len(blamed) <= n
            with pytest.raises(NotGeneric):
                Sweep(rows).chambers()
            continue
        whole = sweep.chambers()
        assert len(set(map(bytes, whole))) == sum(comb(len(rows) - 1, k) for k in range(n))
        parts = []
        for bits, subsets in sweep.blocks(3):
            rays = fractions(sweep_points(sweep, bits, subsets).exact_rays())
            for ray, words in zip(rays, bits, strict=True):
                values = [brute_force.dot(row, ray) for row in plain]
                assert all(values)
                assert np.array_equal(mask_words([value > 0 for value in values]), words)
            parts.append(bits)
        assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("kind", KINDS)
def test_undecided_entries_change_nothing(way, kind):
    """Chambers of unsure lines and unsure beginnings land where they belong."""
    for rows, rng in cases(kind, 2, 6):
        try:
            expected = Sweep(rows).chambers()
        except NotGeneric:
            continue
        doubtful = Sweep(rows)
        error = doubtful.flag.forms.error.copy()
        spots = rng.random(error.shape) < rng.choice([0.05, 0.2, 0.5])
        error[spots] = rng.choice([np.inf, np.nan, 0.5])
        doubtful.flag.forms = Bounded(doubtful.flag.forms.value, error)
        doubtful._patience = 10**6
        assert np.array_equal(doubtful.chambers(), expected)
        for size in (1, 4):
            assert np.array_equal(np.concatenate([b for b, _ in doubtful.blocks(size)]), expected)


# -- the flag, in fractions -----------------------------------------------------------------------
def true_forms(rows, flag):
    """The forms in the coordinates of the flag, rows scaled as their floats are."""
    if rows.floats is not None:
        exponents = np.frexp(np.abs(rows.floats).max(axis=1))[1].tolist()
        scaled = [
            [Fraction(x) / Fraction(2) ** e for x in row]
            for row, e in zip(rows.floats.tolist(), exponents, strict=True)
        ]
    else:
        scaled = [
            [Fraction(x, 1 << max(abs(y).bit_length() for y in row)) for x in row]
            for row in rows.numerators.tolist()
        ]
    shifts = [Fraction(2) ** int(s) for s in flag._shifts]
    scaled = [[x * s for x, s in zip(row, shifts, strict=True)] for row in scaled]
    first, p, n = scaled[0], flag._pivot, rows.shape[1]
    mix = [[Fraction(int(k == q)) if k <= q else Fraction(int(flag._mix[k, q]), 2**45)
            for q in range(n - 1)] for k in range(n - 1)]  # fmt: skip
    forms = []
    for row in scaled:
        rest = [row[k] - row[p] * first[k] / first[p] for k in range(n) if k != p]
        mixed = [sum(x * m[q] for x, m in zip(rest, mix, strict=True)) for q in range(n - 1)]
        forms.append([*mixed, row[p] if first[p] > 0 else -row[p]])
    return forms


def assert_within(bounded, truth):
    for value, error, true in zip(bounded.value.ravel(), bounded.error.ravel(),
                                  [x for row in truth for x in row], strict=True):  # fmt: skip
        if np.isfinite(value) and np.isfinite(error):
            assert abs(Fraction(value) - true) <= Fraction(error)
        else:
            assert not abs(value) > error


@pytest.mark.parametrize("kind", KINDS)
def test_floats_and_integers_describe_one_flag(kind):
    for rows, rng in cases(kind, 3, 20):
        flag = Flag(rows, 0)
        truth = true_forms(rows, flag)
        assert_within(flag.forms, truth)
        for form, integers in zip(truth, flag.exact_forms().tolist(), strict=True):
            k = next(k for k, x in enumerate(form) if x)
            factor = integers[k] / form[k]
            assert factor > 0
            assert [factor * x for x in form] == integers
        place = [Fraction(int(x)) for x in rng.integers(-9, 10, rows.shape[1])]
        point = flag.exactly_from_flag(place)
        for row, form in zip(fractions(rows), truth, strict=True):
            here, there = brute_force.dot(row, point), brute_force.dot(form, place)
            assert (here > 0) - (here < 0) == (there > 0) - (there < 0)


@pytest.mark.parametrize("kind", KINDS)
def test_bounds_survive_pivots(kind):
    from polytropic.geometry.arrangements.sweeping.kernels import _pivot

    for rows, rng in cases(kind, 4, 20):
        flag, n = Flag(rows, 0), rows.shape[1]
        truth, forms, alive, free = true_forms(rows, flag), flag.forms, [], list(range(n - 2))
        for row in rng.permutation(len(rows))[: n - 2].tolist():
            value, error = forms
            sure = [k for k in free if abs(value[row, k]) > error[row, k]]
            if not sure:
                break
            column = int(rng.choice(sure))  # not the largest: bounds must hold all the same
            new = Bounded(np.zeros(value.shape), np.zeros(value.shape))
            _pivot(value, error, *new, row, column)
            lead = truth[row]
            truth = [[form[column] / lead[column] if k == column
                      else form[k] - form[column] / lead[column] * lead[k] for k in range(n)]
                     for form in truth]  # fmt: skip
            alive.append(row)
            free.remove(column)
            others = [i for i in range(len(rows)) if i not in alive]
            same = sweep_reference._pivot(forms, row, column)
            for found in (new, same):
                assert_within(found.rows(np.array(others)), [truth[i] for i in others])
            forms = Bounded(new.value, new.error)
            truth = [[Fraction(0)] * n if i in alive else form for i, form in enumerate(truth)]


# -- an unlucky flag ------------------------------------------------------------------------------
def rows_against_flags(*seeds):
    """Generic rows, some of them parallel to a line of the flags that these seeds give."""
    base = np.array([[0, 0, 1.0], [1, 0.3, 0.2], [0.2, 1, 0.5]])
    aimed = []
    for seed in seeds:
        mix = Flag(exact(base), seed)._mix
        aimed.append([mix[1, 0] * 2.0**-45, -1, 0.7 + seed / 9])
    return exact(np.concatenate([base[:1], np.array(aimed), base[1:]]))


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2, 3)])
def test_an_unlucky_flag_is_exchanged(way, seeds):
    rows = rows_against_flags(*seeds)
    m = len(rows)
    half = 1 + (m - 1) + comb(m - 1, 2)
    assert lists.count_generic(rows) == 2 * half
    assert len(lists.central_chambers(rows)) == 2 * half
    whole = lists.chambers_above(rows, ABOVE)
    assert len(whole) == half
    parts = SignVectors.concatenate([part for part, _ in lists.chamber_blocks(rows, ABOVE, 2)])
    assert sorted(whole.find(parts).tolist()) == list(range(half))


# -- patience -------------------------------------------------------------------------------------
def nearly_concurrent(k):
    """Lines that pass one point at distances of about 2^-49: every one has vertices in doubt."""
    rng, unit = np.random.default_rng(5), 1 << 60
    rows = [[0, 0, 1]]
    for _ in range(k):
        slope = int(rng.integers(-unit, unit))
        near = int(rng.integers(-unit, unit)) << 14
        rows.append([unit * unit, slope * unit, -(3 * unit + 7 * slope) * unit // 10 + near])
    return exact(rows)


def test_blocks_go_on_once_general_position_is_proven(way, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 12)
    rows = nearly_concurrent(8)
    Sweep(rows).check()
    blocks = list(lists.chamber_blocks(rows, ABOVE, 5, with_points=True))
    assert sum(len(signs) for signs, _ in blocks) == 1 + 8 + comb(8, 2)


def test_both_ways_lose_patience_alike(monkeypatch):
    rows = distinct_hyperplanes(exact(np.random.default_rng(1).standard_normal((14, 5)))).rows
    left = []
    for compiled in (False, True):
        monkeypatch.setattr(module, "worth_compiling", lambda seconds, c=compiled: c)
        sweep = Sweep(rows)
        error = sweep.flag.forms.error.copy()
        error[[3, 7, 8]] = np.inf
        sweep.flag.forms = Bounded(sweep.flag.forms.value, error)
        sweep._patience = 10**6
        sweep.chambers()
        left.append(sweep._patience)
    assert left[0] == left[1]


# -- lists ----------------------------------------------------------------------------------------
def test_the_order_does_not_depend_on_what_was_listed_before(monkeypatch):
    rows = exact([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
    orders = []
    for compiled in (False, True):
        monkeypatch.setattr(lists, "worth_compiling", lambda seconds, c=compiled: c)
        orders.append(lists.central_chambers(rows))
    assert orders[0] == orders[1]
    assert orders[0] == lists.central_chambers(rows, max_chambers=1000)


def test_astronomical_numbers_of_chambers_are_no_floats():
    rows = exact(np.random.default_rng(0).integers(-99, 100, (2000, 250)))
    assert Sweep(rows).n_chambers > 2**1024


def test_sign_vectors_find_the_first_and_count():
    vectors = SignVectors.from_signs([[0, 1], [1, -1], [1, -1]])
    assert vectors.index([1, -1]) == 1
    assert vectors.find(vectors).tolist() == [0, 1, 1]
    assert vectors.count([1, -1]) == 2
    with pytest.raises(ValueError, match="not among"):
        vectors.index([0, 1], 1)

"""Exact linear programs: certificates are checked in fractions, optima by cddlib and by HiGHS."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.rows import Rows
from polytropic.engines import highs, linear_programs
from polytropic.engines.linear_programs import Solution, cdd_optimum, solve


def value_at(row, point):
    return row[0] + sum(a * x for a, x in zip(row[1:], point, strict=True))


def check(inequalities, equations, objective, found: Solution):
    """Everything that the solution claims, in fractions."""
    tables = [[int(x) for x in row] for row in [*inequalities.tolist(), *equations.tolist()]]
    k = len(inequalities)
    if found.status != "empty":
        assert all(value_at(row, found.point) >= 0 for row in tables[:k])
        assert all(value_at(row, found.point) == 0 for row in tables[k:])
    if found.status == "unbounded":
        assert all(value_at([0, *row[1:]], found.ray) >= 0 for row in tables[:k])
        assert all(value_at([0, *row[1:]], found.ray) == 0 for row in tables[k:])
        assert sum(c * x for c, x in zip(objective, found.ray, strict=True)) > 0
        return
    assert all(factor > 0 for row, factor in found.multipliers.items() if row < k)
    total = [
        sum((f * tables[i][j] for i, f in found.multipliers.items()), Fraction(0))
        for j in range(len(objective) + 1)
    ]
    if found.status == "empty":
        assert total[0] < 0
        assert not any(total[1:])
    else:
        assert total == [found.value, *(-c for c in objective)]
        assert found.value == sum(c * x for c, x in zip(objective, found.point, strict=True))


def no_equations(d):
    return integer_rows([], d + 1)


@st.composite
def programs(draw):
    d = draw(st.integers(0, 4))
    entry = st.integers(-3, 3)
    row = st.lists(entry, min_size=d + 1, max_size=d + 1)
    inequalities = draw(st.lists(row, max_size=9))
    equations = draw(st.lists(row, max_size=2))
    objective = draw(st.lists(entry, min_size=d, max_size=d))
    return integer_rows(inequalities, d + 1), integer_rows(equations, d + 1), objective


@settings(max_examples=300, deadline=None)
@given(programs())
def test_small_programs_agree_with_cddlib_and_prove_it(program):
    inequalities, equations, objective = program
    found = solve(Rows(None, inequalities), equations, objective)
    check(inequalities, equations, objective, found)
    assert (found.status, found.value) == cdd_optimum(inequalities, equations, objective)


@settings(max_examples=60, deadline=None)
@given(programs())
def test_proposals_change_nothing_but_the_way(program):
    inequalities, equations, objective = program
    plain = solve(Rows(None, inequalities), equations, objective, propose=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear_programs, "_SMALL", -1)
        found = solve(Rows(None, inequalities), equations, objective)
    check(inequalities, equations, objective, found)
    assert (found.status, found.value) == (plain.status, plain.value)


@pytest.mark.parametrize("seed", range(5))
def test_any_proposal_is_repaired(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    rows = integer_rows(rng.integers(-9, 10, (30, 5)).tolist(), 5)
    rows[:, 0] = abs(rows[:, 0]) + 1
    nonsense = rng.permutation(30)
    monkeypatch.setattr(linear_programs, "probable_order", lambda *_: nonsense)
    found = solve(Rows(None, rows), no_equations(4), [1, 2, 3, 4])
    assert found.pivots > 0
    check(rows, no_equations(4), [1, 2, 3, 4], found)
    assert (found.status, found.value) == cdd_optimum(rows, no_equations(4), [1, 2, 3, 4])


@pytest.mark.parametrize(("k", "d"), [(40, 3), (200, 6), (300, 12)])
def test_random_programs_agree_with_highs_without_a_pivot(k, d):
    rng = np.random.default_rng(k)
    A, b, c = rng.standard_normal((k, d)), 1 + rng.random(k), rng.integers(-99, 99, d)
    rows = Rows(np.column_stack([b, -A]))
    found = solve(rows, no_equations(d), c.tolist())
    assert found.pivots == 0
    check(rows.integers(), no_equations(d), c.tolist(), found)
    theirs = linprog(-c, A_ub=A, b_ub=b, bounds=(None, None))
    assert float(found.value) == pytest.approx(-theirs.fun, rel=1e-6)


def test_infeasible_program_is_refuted_from_the_proposal():
    rng = np.random.default_rng(1)
    rows = Rows(np.column_stack([-1 - rng.random(200), -rng.standard_normal((200, 5))]))
    found = solve(rows, no_equations(5), [1] * 5)
    assert found.status == "empty"
    assert found.pivots <= 3
    check(rows.integers(), no_equations(5), [1] * 5, found)


def test_contradicting_and_dependent_equations():
    equations = integer_rows([[1, -1, -1], [2, -2, -2]], 3)
    found = solve(Rows(None, no_equations(2)), equations, [3, 3])
    assert found.value == 3
    worse = integer_rows([[1, -1, -1], [3, -2, -2]], 3)
    found = solve(Rows(None, no_equations(2)), worse, [0, 0])
    check(no_equations(2), worse, [0, 0], found)
    assert found.status == "empty"
    assert found.multipliers


def test_programs_with_lines():
    strip = integer_rows([[1, -1, 1], [1, 1, -1]], 3)  # |x - y| <= 1
    found = solve(Rows(None, strip), no_equations(2), [2, -2])
    assert found.value == 2
    found = solve(Rows(None, strip), no_equations(2), [1, 0])
    assert found.status == "unbounded"
    check(strip, no_equations(2), [1, 0], found)


@pytest.mark.parametrize("seed", range(6))
def test_scales_from_2_to_minus_40_to_2_to_40(seed):
    rng = np.random.default_rng(seed)
    A = np.ldexp(rng.standard_normal((40, 4)), rng.integers(-40, 41, (40, 4)))
    b = np.ldexp(1 + rng.random(40), rng.integers(-40, 41, 40))
    c = [
        int(x) << int(s)
        for x, s in zip(rng.integers(-9, 9, 4), rng.integers(0, 80, 4), strict=True)
    ]
    rows = Rows(np.column_stack([b, -A]))
    found = solve(rows, no_equations(4), c)
    check(rows.integers(), no_equations(4), c, found)


def test_integers_of_25_digits():
    rng = np.random.default_rng(3)
    big = [[int(x) * 10**16 + int(y) for x, y in zip(*pair, strict=True)]
           for pair in zip(rng.integers(-(10**9), 10**9, (30, 4)).tolist(),
                           rng.integers(0, 10**9, (30, 4)).tolist(), strict=True)]  # fmt: skip
    rows = integer_rows([[abs(row[0]), *row[1:]] for row in big], 4)
    found = solve(Rows(None, rows), no_equations(3), [10**24 + 1, -(10**24), 7])
    check(rows, no_equations(3), [10**24 + 1, -(10**24), 7], found)
    assert found.status == "optimal"


def test_highly_degenerate_vertex():
    rng = np.random.default_rng(2)
    A = rng.integers(-3, 4, (120, 6))
    rows = integer_rows(np.column_stack([A.sum(axis=1), -A]).tolist(), 7)
    c = (rng.integers(0, 5, 120) @ A).tolist()
    found = solve(Rows(None, rows), no_equations(6), c)
    check(rows, no_equations(6), c, found)
    assert found.value == sum(c)


def test_a_cut_of_one_part_in_10_to_20_decides():
    # x <= 1 and x >= 1 + 10^-20: floats cannot see it.
    rows = integer_rows([[1, -1], [-(10**20) - 1, 10**20]], 2)
    assert solve(Rows(None, rows), no_equations(1), [1]).status == "empty"
    rows = integer_rows([[1, -1], [-(10**20) + 1, 10**20]], 2)
    assert solve(Rows(None, rows), no_equations(1), [1]).value == 1


def test_highs_giving_up_is_no_reason_to_give_up(monkeypatch):
    class GaveUp:
        status = 4

    monkeypatch.setattr(highs, "_highs", lambda *_: GaveUp())
    monkeypatch.setattr(linear_programs, "_SMALL", -1)
    rows = integer_rows([[4, -1, 0], [5, 0, -1], [0, 1, 0], [0, 0, 1]], 3)
    assert solve(Rows(None, rows), no_equations(2), [1, 1]).value == 9

"""Integer linear algebra against elimination in fractions."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polytropic.arithmetic.linalg import (
    echelon,
    integer_rows,
    kernel,
    pivot_columns,
    primitive,
    product,
    rank,
    reduce_modulo,
)
from tests import brute_force

entries = st.one_of(st.integers(-3, 3), st.integers(-(10**25), 10**25))


@st.composite
def matrices(draw, max_rows=4, max_width=4):
    width = draw(st.integers(1, max_width))
    n_rows = draw(st.integers(0, max_rows))
    rows = [draw(st.lists(entries, min_size=width, max_size=width)) for _ in range(n_rows)]
    if rows and draw(st.booleans()):  # a dependent row, which random ones never are
        factors = draw(st.lists(st.integers(-2, 2), min_size=n_rows, max_size=n_rows))
        rows.append([brute_force.dot(factors, column) for column in zip(*rows, strict=True)])
    return integer_rows(rows, width)


def dots(left, right):
    return [[brute_force.dot(p, q) for q in right.tolist()] for p in left.tolist()]


@given(st.lists(entries, max_size=5))
def test_primitive_divides_by_the_greatest_common_divisor(row):
    result = primitive(row)
    assert math.gcd(*result) == (1 if any(row) else 0)
    assert [x * math.gcd(*row) for x in result] == row


@given(matrices(), matrices())
def test_product_is_the_product(left, right):
    width = min(left.shape[1], right.shape[1])
    left, right = left[:, :width], right[:, :width]
    assert product(left, right).tolist() == dots(left, right)


@given(matrices())
def test_rank_and_echelon_agree_with_elimination(rows):
    basis, pivots = echelon(rows)
    reduced = brute_force.reduced(rows.tolist())
    assert basis.tolist() == [list(brute_force.primitive(row)) for row in reduced]
    assert pivots == [next(i for i, x in enumerate(row) if x) for row in reduced]
    assert pivot_columns(rows) == pivots
    assert rank(rows) == len(reduced)
    assert all(basis[i, p] > 0 for i, p in enumerate(pivots))


@given(matrices(), st.randoms())
def test_equal_row_spaces_have_equal_echelon_forms(rows, random):
    shuffled = [[7 * x for x in row] for row in rows.tolist()] + rows.tolist()
    random.shuffle(shuffled)
    other = integer_rows(shuffled, rows.shape[1])
    assert echelon(other)[0].tolist() == echelon(rows)[0].tolist()


@given(matrices())
def test_kernel_is_all_that_is_orthogonal(rows):
    null = kernel(rows)
    assert not any(any(line) for line in dots(null, rows))
    assert len(null) + rank(rows) == rows.shape[1]
    assert rank(null) == len(null)
    assert echelon(null)[0].tolist() == null.tolist()


@given(matrices(), matrices())
def test_reduction_clears_pivots_and_keeps_classes(rows, lines):
    width = min(rows.shape[1], lines.shape[1])
    rows, (basis, pivots) = rows[:, :width], echelon(lines[:, :width])
    reduced = reduce_modulo(rows, basis, pivots)
    for before, after in zip(rows.tolist(), reduced.tolist(), strict=True):
        assert not any(after[p] for p in pivots)
        # before - after / c lies in the span for a positive c: the direction was not reversed.
        null = kernel(np.concatenate([basis, integer_rows([after], width)]))
        assert not any(brute_force.dot(before, row) for row in null.tolist())
        for row in kernel(basis).tolist():
            a, b = brute_force.dot(before, row), brute_force.dot(after, row)
            assert (a > 0) == (b > 0)
            assert (a < 0) == (b < 0)


def test_rows_stay_python_integers():
    rows = integer_rows([[2**80, 1], [1, 2**80]], 2)
    for array in (rows, product(rows, rows), echelon(rows)[0], kernel(rows[:1])):
        assert {type(x) for x in array.ravel().tolist()} <= {int}
    assert integer_rows([], 3).shape == (0, 3)

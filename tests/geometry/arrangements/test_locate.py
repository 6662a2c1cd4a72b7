"""Signs of points against fractions, also where floats cannot tell."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import HyperplaneArrangement

NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.fractions(-2, 2, max_denominator=9),
    st.floats(-3, 3).filter(lambda x: x == 0 or abs(x) > 1e-300),
    st.sampled_from([0.1, 0.2, 0.3, 1e-200, 1e200, 2**70, 2.0**900, 2.0**-900, 5e-324]),
)


def expected(arrangement, points):
    rows = arrangement.A_exact.to_fractions().tolist()
    right = arrangement.b_exact.to_fractions().tolist()
    return [
        [
            (v > 0) - (v < 0)
            for a, b in zip(rows, right, strict=True)
            for v in [sum(x * Fraction(y) for x, y in zip(a, point, strict=True)) - b]
        ]
        for point in points
    ]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_all_kinds_of_numbers(data):
    d = data.draw(st.integers(1, 3))
    m, n = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))

    def table(size, width):
        row = st.lists(NUMBERS, min_size=width, max_size=width)
        return data.draw(st.lists(row, min_size=size, max_size=size))

    arrangement = HyperplaneArrangement(table(m, d), table(1, m)[0])
    points = table(n, d)
    assert arrangement.signs(points).unpacked().tolist() == expected(arrangement, points)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_points_on_hyperplanes_of_floats(seed):
    """The right-hand sides are the rounded products: many signs hang on the last bit."""
    rng = np.random.default_rng(seed)
    A = rng.integers(-9, 10, (5, 3)) / 10
    points = rng.integers(-9, 10, (6, 3)) / 7
    arrangement = HyperplaneArrangement(A, A @ points[0])
    assert arrangement.signs(points).unpacked().tolist() == expected(arrangement, points.tolist())


def test_chambers_of_points():
    rng = np.random.default_rng(3)
    A, b = rng.integers(-2, 3, (7, 3)), rng.integers(-2, 3, 7)
    arrangement = HyperplaneArrangement(A, b)
    points = rng.integers(-8, 9, (4000, 3)) / 4
    where = arrangement.locate(points)
    values = np.sign(A @ points.T - b[:, None]).T.astype(int)  # exact: few bits
    hyperplane = A.any(axis=1)
    on_one = (values[:, hyperplane] == 0).any(axis=1)
    assert (where == -1).tolist() == on_one.tolist()
    assert 0 < on_one.sum() < 4000
    unpacked = arrangement.sign_vectors.unpacked()
    assert (unpacked[where[~on_one]] == values[~on_one]).all()


def test_many_words_and_blocks():
    rng = np.random.default_rng(5)
    A, b = rng.standard_normal((150, 2)), rng.standard_normal(150)
    arrangement = HyperplaneArrangement(A, b)
    points = rng.standard_normal((5000, 2))
    where = arrangement.locate(points)
    assert (where >= 0).all()
    assert arrangement.sign_vectors[where] == arrangement.signs(points)
    assert arrangement.locate(arrangement.interior_points_exact).tolist() == list(
        range(len(arrangement.chambers))
    )


@pytest.mark.parametrize("n", [0, 1])
def test_few(n):
    empty = HyperplaneArrangement(np.zeros((0, 2)))
    assert empty.locate(np.zeros((n, 2))).tolist() == [0] * n
    line = HyperplaneArrangement([[1, 0]], [1])
    assert line.locate(np.ones((n, 2))).tolist() == [-1] * n


def test_values_below_their_errors():
    """Hyperplanes through rounded products: floats get some of these signs wrong."""
    rng = np.random.default_rng(11)
    A, points = rng.standard_normal((300, 3)), rng.standard_normal((300, 3))
    b = [float(sum(Fraction(x) * Fraction(y) for x, y in zip(*p, strict=True)))
         for p in zip(A.tolist(), points.tolist(), strict=True)]  # fmt: skip
    arrangement = HyperplaneArrangement(A, b)
    found = arrangement.signs(points).unpacked()
    truth = np.array(expected(arrangement, points.tolist()))
    assert (found == truth).all()
    rough = np.sign(A @ points.T - np.array(b)[:, None]).T
    assert (rough != truth).any()

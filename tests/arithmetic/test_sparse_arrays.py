"""Sparse exact matrices against dense ones, and sums against fractions."""

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.arithmetic.sums import in_floats, product_of_entries, sum_of_entries, sums_of_runs
from polytropic.errors import InputError

NUMBERS = st.sampled_from(
    [0, 0, 1, -1, 3, 0.5, 0.1, -0.1, Fraction(1, 3), Fraction(-2, 7), 2**80, 1e300, -1e300, 5e-324]
)
SIZES = st.integers(0, 4)


@st.composite
def entries(draw):
    rows, columns = draw(SIZES) + 1, draw(SIZES) + 1
    places = st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1))
    listed = draw(st.lists(st.tuples(places, NUMBERS), max_size=12))
    return rows, columns, listed


def build(rows, columns, listed):
    dense = np.full((rows, columns), Fraction(0), dtype=object)
    for place, value in listed:
        dense[place] += Fraction(value)
    values = np.empty(len(listed), dtype=object)
    values[:] = [value for _, value in listed]
    at = np.array([place for place, _ in listed], dtype=int).reshape(-1, 2)
    return SparseArray.of_entries(at[:, 0], at[:, 1], exact(values), (rows, columns)), dense


@given(entries())
def test_entries_add_up(data):
    sparse, dense = build(*data)
    assert sparse.to_dense() == exact(dense)
    assert sparse.nnz == np.count_nonzero(dense)
    assert sparse == SparseArray.of_dense(exact(dense))
    assert hash(sparse) == hash(SparseArray.of_dense(exact(dense)))
    for start, stop in zip(sparse.indptr[:-1], sparse.indptr[1:], strict=True):
        assert (np.diff(sparse.indices[start:stop]) > 0).all()


@given(entries(), st.data())
def test_algebra_is_that_of_dense_matrices(data, more):
    sparse, dense = build(*data)
    rows, columns = dense.shape
    x = exact(np.array(more.draw(st.lists(NUMBERS, min_size=columns, max_size=columns)), object))
    assert sparse @ x == exact(dense) @ x
    assert sparse @ x.reshape(columns, 1) == exact(dense) @ x.reshape(columns, 1)
    assert sparse.T.to_dense() == exact(dense).T
    assert (-sparse).to_dense() == -exact(dense)
    chosen = np.array(more.draw(st.lists(st.integers(0, rows - 1))), dtype=int)
    assert sparse[chosen].to_dense() == exact(dense)[chosen]
    factors = exact(np.array(more.draw(st.lists(NUMBERS, min_size=rows, max_size=rows)), object))
    scaled = dense * factors.to_fractions()[:, None]
    assert sparse.scale_rows(factors).to_dense() == exact(scaled)
    assert sparse.exponent >= exact(dense).exponent - 1


def test_floats_stay_floats():
    rows, columns = np.array([0, 1, 0]), np.array([1, 0, 1])
    sparse = SparseArray.of_entries(rows, columns, exact([0.5, 3.0, 0.25]), (2, 2))
    assert sparse.data.floats is not None
    assert sparse.to_csr().toarray().tolist() == [[0, 0.75], [3, 0]]
    assert SparseArray.of_entries([0, 0], [0, 0], exact([1e16, 1]), (1, 1)).data == exact(
        [10**16 + 1]
    )


def test_cancelling_entries_vanish():
    sparse = SparseArray.of_entries([0, 0], [1, 1], exact([0.1, -0.1]), (1, 2))
    assert sparse.nnz == 0
    assert (sparse @ exact([1, 2])) == exact([0])


def test_pickles_and_is_read_only():
    sparse = SparseArray.of_entries([0, 2], [1, 0], exact([Fraction(1, 3), 2]), (3, 2))
    again = pickle.loads(pickle.dumps(sparse))
    assert again == sparse
    with pytest.raises(ValueError, match="read-only"):
        again.indices[0] = 1
    assert again != sparse[[0, 1]]
    assert repr(sparse) == "SparseArray(shape (3, 2), 2 entries)"


@pytest.mark.parametrize(("rows", "columns"), [([2], [0]), ([-1], [0]), ([0], [2])])
def test_places_outside_are_refused(rows, columns):
    with pytest.raises(InputError, match="outside"):
        SparseArray.of_entries(rows, columns, exact([1]), (2, 2))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="do not fit"):
        SparseArray.identity(2) @ exact([1, 2, 3])
    with pytest.raises(InputError, match="cannot have 2 row limits"):
        SparseArray(np.array([0, 1]), np.array([0]), exact([1]), (2, 2))
    with pytest.raises(InputError, match="list of their indices"):
        SparseArray.identity(2)[0]


FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9).map(float)


@given(st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=8), st.data())
def test_sums_and_products_are_exact(pairs, more):
    left, right = (np.array(part) for part in zip(*pairs, strict=True))
    fractions = [[Fraction(x) for x in part.tolist()] for part in (left, right)]
    a, b = ExactArray.of_floats(left), ExactArray.of_floats(right)
    assert sum_of_entries(a, b).to_fractions().tolist() == [
        x + y for x, y in zip(*fractions, strict=True)
    ]
    assert product_of_entries(a, b).to_fractions().tolist() == [
        x * y for x, y in zip(*fractions, strict=True)
    ]
    cuts = more.draw(st.sets(st.integers(1, len(pairs) - 1))) if len(pairs) > 1 else set()
    starts = [0, *sorted(cuts)]
    sums = sums_of_runs(a, np.array(starts)).to_fractions().tolist()
    stops = [*starts[1:], len(pairs)]
    runs = zip(starts, stops, strict=True)
    assert sums == [sum(fractions[0][i:j], Fraction(0)) for i, j in runs]


@pytest.mark.parametrize("tiny", [2.0**-600, 3 * 2.0**-537])
def test_products_below_the_range_of_floats_are_exact(tiny):
    product = product_of_entries(exact([tiny]), exact([tiny]))
    assert product.to_fractions().tolist() == [Fraction(tiny) ** 2]


def test_long_runs_and_what_floats_cannot_hold():
    ones = exact(np.ones(1000))
    assert sums_of_runs(ones, np.array([0])) == exact([1000])
    assert in_floats(exact(np.array([2**60 + 1], dtype=object))).floats is None
    assert in_floats(exact(np.array([2**60], dtype=object))).floats is not None
    assert in_floats(exact(np.array([2**2000], dtype=object))).floats is None

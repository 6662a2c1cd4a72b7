"""Degenerate arrangements listed in pieces: the same chambers, each once, with points in them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polytropic import HyperplaneArrangement
from polytropic.arithmetic.numbers import exact
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
from polytropic.geometry.arrangements.inserting.insertion import insert_hyperplanes
from polytropic.geometry.arrangements.inserting.pieces import piecewise
from polytropic.geometry.arrangements.sign_vectors import mask_words
from tests.geometry.arrangements import families


def check(rows, size):
    whole = insert_hyperplanes(rows).bits
    found = set()
    for bits, points in piecewise(rows, size):
        values = (rows @ points.exact_rays().T).numerators.T
        assert (values != 0).all()
        assert (mask_words(values > 0) == bits).all()
        own = set(map(bytes, bits))
        assert len(own) == len(bits)
        assert not own & found
        found |= own
    assert found == set(map(bytes, whole))


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        (families.resonance(3), 1),
        (families.resonance(4), 10),
        (families.threshold(3), 7),
        (families.type_b(4), 20),
        (families.type_d(4), 50),
        (families.braid(5), 5),
    ],
)
def test_families(rows, size):
    check(distinct_hyperplanes(exact(np.array(rows))).rows, size)


row = st.lists(st.integers(-2, 2), min_size=3, max_size=3)


@given(st.lists(row, min_size=1, max_size=7), st.integers(1, 9))
def test_small_integers(rows, size):
    planes = distinct_hyperplanes(exact(np.array(rows))).rows
    assume(len(planes))
    check(planes, size)


@pytest.mark.parametrize("scale", [1e-7, 1e-10, 2.0**-60])
def test_nearly_parallel_rows(scale):
    rng = np.random.default_rng(1)
    rows = np.repeat(rng.integers(-2, 3, (5, 3)), 2, axis=0).astype(float)
    rows[1::2] += scale * rng.integers(-2, 3, (5, 3))
    check(distinct_hyperplanes(exact(rows)).rows, 4)


def test_blocks_of_an_arrangement_that_is_not_generic():
    resonance = HyperplaneArrangement(families.resonance(4))
    sizes, together = [], set()
    for signs, points in resonance.iter_blocks_with_points(30):
        assert (np.asarray(signs) == resonance.signs(points)).all()
        sizes.append(len(signs))
        together |= set(map(bytes, signs.positive))
    assert sum(sizes) == len(together) == 370
    assert max(sizes) < 185

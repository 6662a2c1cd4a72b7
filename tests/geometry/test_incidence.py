"""Incidences as bit masks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from polytropic.geometry.incidence import bits_of, irredundant, mask_of


@given(st.lists(st.booleans(), max_size=80))
def test_masks_hold_their_bits(flags):
    mask = mask_of(np.array(flags, dtype=bool))
    assert bits_of(mask) == [i for i, flag in enumerate(flags) if flag]


@given(arrays(bool, st.tuples(st.integers(2, 7), st.integers(0, 6))))
def test_maximal_rows_are_kept_once(incidence):
    sets = [frozenset(np.flatnonzero(row).tolist()) for row in incidence]
    wanted = [
        i
        for i, own in enumerate(sets)
        if not any(own < other for other in sets) and own not in sets[:i]
    ]
    assert irredundant(incidence) == wanted


@pytest.mark.parametrize(
    ("shape", "kept"), [((0, 3), []), ((1, 0), [0]), ((1, 3), [0]), ((3, 0), [0])]
)
def test_rows_without_incidences(shape, kept):
    # A single vertex lies on no facet; it is kept although its set is empty.
    assert irredundant(np.zeros(shape, dtype=bool)) == kept

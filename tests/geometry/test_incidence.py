"""Incidences as bit masks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from polytropic.arithmetic.sparse import csr_of_flags
from polytropic.geometry.incidence import bits_of, extreme_members, irredundant, mask_of


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


@given(st.integers(0, 2**32), st.integers(2, 4), st.booleans())
def test_extreme_rows_by_definition(seed, rank, many):
    # Both ways of finding them, on tables with equal, dominated and isolated columns.
    flags = np.random.default_rng(seed).random((6, 9)) < 0.6
    flags = np.concatenate([flags, flags[:, :3]], axis=1)
    sets = [frozenset(np.flatnonzero(column)) for column in flags.T]
    wanted = [
        j
        for j, facets in enumerate(sets)
        if len(facets) >= rank - 1 and facets not in sets[:j] and not any(facets < s for s in sets)
    ]
    width = 300 if many else 0  # rows on no facet are never extreme
    table = csr_of_flags(np.concatenate([flags, np.zeros((6, width), dtype=bool)], axis=1))
    assert extreme_members(table, rank).tolist() == wanted

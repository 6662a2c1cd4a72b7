"""Sums of subsets: exact, and rounded to the nearest float to the last bit."""

from fractions import Fraction

import numpy as np
import pytest

from polytropic.arithmetic.numbers import exact, nearest
from polytropic.geometry.arrangements.sign_vectors import mask_words
from polytropic.geometry.zonotopes import subset_sums
from polytropic.geometry.zonotopes.subset_sums import SubsetSums


def cases():
    rng = np.random.default_rng(0)
    power = rng.integers(-6, 7, (100, 1))
    falling = np.arange(900, -901, -100).reshape(-1, 1)
    return {
        "floats": (rng.standard_normal((70, 3)), [0, 0.1, 0]),
        "integers": (rng.integers(-5, 6, (130, 4)), [0, 0, 0, 1]),
        "decades": (rng.standard_normal((100, 2)) * 10.0**power, [1, 0]),
        "thirds": (np.full((9, 1), Fraction(1, 3)), [0]),
        "halfway": ([[2.0**53], [1.0], [2.0**-60], [-(2.0**-150)], [2.0**-150]], [0]),
        "huge": (np.array([[10**40, 1], [3, -(10**39)]], dtype=object), [1, 2]),
        "overflow": (np.full((20, 1), 1e308), [0]),
        "subnormal": (np.ldexp(rng.integers(-9, 9, (20, 2)).astype(float), -1074), [0, 0]),
        "far apart": (np.ldexp(rng.standard_normal((19, 1)), falling), [0]),
        "very far apart": ([[1.0], [2.0**-300], [2.0**900]], [2.0**-900]),
        "nothing between": ([[2.0**900], [0.0], [1.0]], [2.0**-900]),
        "a lone base": ([[0.0, 2.0**900]], [0, 2.0**-900]),
        "none": (np.zeros((0, 2)), [1, 2]),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(cases()))
@pytest.mark.parametrize("compiled", [False, True])
def test_sums_are_exact_and_rounded_to_the_last_bit(name, compiled, monkeypatch):
    monkeypatch.setattr(subset_sums, "worth_compiling", lambda seconds: compiled)
    rows, base = (exact(part) for part in cases()[name])
    flags = np.random.default_rng(1).random((60, len(rows))) < 0.5
    words = mask_words(flags)
    sums = SubsetSums(rows, base)
    fractions, start = rows.to_fractions(), base.to_fractions()
    true = [
        [start[j] + sum((fractions[k, j] for k in np.flatnonzero(flag)), Fraction(0))
         for j in range(rows.shape[1])]
        for flag in flags
    ]  # fmt: skip
    assert sums.exact(words).to_fractions().tolist() == true
    rounded = [[nearest(x.numerator, x.denominator) for x in row] for row in true]
    assert sums.rounded(words).tolist() == rounded

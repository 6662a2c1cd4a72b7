"""The chambers of hyperplane arrangements: which engine lists them."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry import chambers as cutting
from polytropic.geometry.arrangements.hyperplanes import Hyperplanes, distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors, Words, mask_words
from polytropic.geometry.arrangements.sweep import NotGeneric, Sweep, TooClose

__all__ = ["central_chambers", "chambers_above"]


def central_chambers(rows: ExactArray) -> SignVectors:
    """Sign vectors of the chambers of ``{x : <n_i, x> = 0}``.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        Zero rows have sign 0 everywhere; parallel rows are welcome.

    Returns
    -------
    SignVectors, N vectors of width m
        Vector N-1-i is the negative of vector i.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> signs = central_chambers(exact([[1, 0], [0, 1], [1, 1]]))
    >>> len(signs), signs == -signs[::-1]
    (6, True)
    """
    planes = distinct_hyperplanes(rows)
    if not len(planes.rows):
        return planes.expand(np.zeros((1, 1), dtype=np.uint64))
    return planes.expand(_both_sides(planes.rows))


def chambers_above(rows: ExactArray, form: ExactArray) -> SignVectors:
    """Sign vectors of the chambers that meet the open half-space ``<form, x> > 0``.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
    form : ExactArray, shape (n,)
        Not zero.  For the cone of an affine arrangement, the hyperplane at infinity.

    Returns
    -------
    SignVectors, N vectors of width m
    """
    planes = _with_form(rows, form)
    return planes.expand(_one_side(planes.rows), skip=1)


def _with_form(rows: ExactArray, form: ExactArray) -> Hyperplanes:
    planes = distinct_hyperplanes(ExactArray.concatenate([form.reshape(1, -1), rows]))
    if planes.member[0] < 0:
        raise InputError("the form is zero, so no point lies above it")
    return planes


def _both_sides(rows: ExactArray) -> Words:
    try:
        sweep = Sweep(rows)
        bits = np.empty((2 * sweep.n_chambers, sweep.n_words), dtype=np.uint64)
        half = bits[: sweep.n_chambers]
        sweep.write(half)
    except (NotGeneric, TooClose):
        half = _degenerate(rows)
        bits = np.empty((2 * len(half), half.shape[1]), dtype=np.uint64)
        bits[: len(half)] = half
    everywhere = mask_words(np.ones(len(rows), dtype=bool))
    np.bitwise_xor(half[::-1], everywhere, out=bits[len(half) :])
    return bits


def _one_side(rows: ExactArray) -> Words:
    """Chambers of distinct hyperplanes on the positive side of the first, as bits."""
    try:
        return Sweep(rows).chambers()
    except (NotGeneric, TooClose):
        return _degenerate(rows)


def _degenerate(rows: ExactArray) -> Words:
    signs = cutting.central_chambers(rows.numerators)
    return mask_words(signs[signs[:, 0] > 0] > 0)

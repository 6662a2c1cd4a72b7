"""The loop of `minkowski_kernels` in NumPy: the readable version, and the one for few tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray

__all__ = ["decide"]

_OPEN, _YES, _NO = 0, 1, 2
_UNIT = 2.0**-53
_TINY = 2.0**-900
_ZERO = 1e-22  # squared norm below which the origin is proposed
_CENTRED = 0.25  # how close to the widest margin a function must come
_LIGHT = 1e-10  # weight below which a direction is dropped from a proposal
_MULTIPLES = 24  # common denominators that are tried for integer weights
_LARGE = 2.0**20

_Lists = tuple[IntArray, NDArray[np.int32]]


def decide(
    lists: _Lists,
    which: IntArray,
    more_lists: _Lists,
    which_more: IntArray,
    flipped: IntArray,
    guesses: FloatArray,
    values: FloatArray,
    radii: FloatArray,
    balanced: FloatArray,
    balance: FloatArray,
    small: IntArray,
) -> tuple[NDArray[np.int8], FloatArray, IntArray]:
    """Decide whether some u has ``<u, x> > 0`` for all directions x of a list, for many lists.

    Parameters
    ----------
    lists, more_lists : pairs (starts, directed lines)
    which, which_more : int array, shape (t,)
        Test i is about the union of list ``which[i]`` and list ``which_more[i]``.
    flipped : int array, shape (t,)
        A directed line that is taken in the opposite direction, or -1.
    guesses : array, shape (t, d)
        Functions that are tried first.
    values, radii, balanced, balance, small
        See `Directions`.

    Returns
    -------
    verdicts : int8 array, shape (t,)
        1 if there is such a u, 2 if there is none (both proven), 0 if it is left open.
    normals : array, shape (t, d)
        Proven u of verdict 1.
    supports : int64 array, shape (t, d + 2)
        Directed lines that probably have a vanishing positive combination, then -1.
    """
    count, d = len(which), values.shape[1]
    verdicts = np.zeros(count, dtype=np.int8)
    normals = np.zeros((count, d))
    supports = np.full((count, d + 2), -1, dtype=np.int64)
    for t in range(count):
        members = _members(lists, which[t], more_lists, which_more[t], flipped[t])
        clash = np.intersect1d(members, members ^ 1)
        if len(clash):
            verdicts[t], supports[t, :2] = _NO, clash[:2]
            continue
        lines, signs = members >> 1, 1.0 - 2.0 * (members & 1)
        vectors, errors = signs[:, None] * values[lines], radii[lines]
        if _proven(guesses[t], vectors, errors):
            verdicts[t], normals[t] = _YES, guesses[t]
            continue
        found, x, corral, weights = _least_point(signs[:, None] * balanced[lines])
        if found == _YES:
            normals[t] = balance @ x
            if _proven(normals[t], vectors, errors):
                verdicts[t] = _YES
        elif found == _NO:
            heavy = weights > _LIGHT
            corral, weights = corral[heavy], weights[heavy]
            supports[t, : len(corral)] = members[corral]
            proven = False
            if len(small):
                whole = (1 - 2 * (members[corral] & 1))[:, None] * small[lines[corral]]
                proven = _cancels_in_integers(whole, weights, balance)
            if not proven and len(corral) == d + 1:
                proven = _cancels(vectors[corral], errors[corral])
            if proven:
                verdicts[t] = _NO
    return verdicts, normals, supports


def _members(lists: _Lists, i: int, more_lists: _Lists, j: int, flipped: int) -> IntArray:
    parts = [own[1][own[0][k] : own[0][k + 1]] for own, k in ((lists, i), (more_lists, j))]
    members = np.concatenate(parts).astype(np.int64)
    return np.unique(np.where(members == flipped, members ^ 1, members))


def _proven(u: FloatArray, vectors: FloatArray, errors: FloatArray) -> bool:
    """Whether ``<u, x> > 0`` for all vectors, roundings and errors of x included."""
    length = np.abs(u).sum()
    if not 0 < length < np.inf:
        return False
    size = np.abs(vectors) @ np.abs(u)
    bound = 2 * (len(u) + 3) * _UNIT * size + 2 * errors * length + _TINY
    return bool((vectors @ u > bound).all())


def _least_point(points: FloatArray) -> tuple[int, FloatArray, IntArray, FloatArray]:
    """Wolfe's method for the point x of least norm in the hull of the points.

    Returns what x says about the origin (1: x separates it from the points with a fair share of
    the best margin, 2: it is in the hull, 0: neither is clear), x, and the points and weights of
    which x is the combination.

    Notes
    -----
    P. Wolfe, "Finding the nearest point in a polytope", Mathematical Programming 11 (1976).
    """
    d = points.shape[1]
    corral = [int(np.argmin(points @ points.sum(axis=0)))]
    weights: Any = np.ones(1)
    for _ in range(50 + 20 * d):
        x = weights @ points[corral]
        if x @ x < _ZERO:
            return _NO, x, np.array(corral), weights
        heights = points @ x
        entering = int(np.argmin(heights))
        if heights[entering] > _CENTRED * (x @ x):
            return _YES, x, np.array(corral), weights
        if len(corral) == d + 1 or entering in corral:
            break
        corral.append(entering)
        weights = np.append(weights, 0.0)
        while True:
            gram = 1 + points[corral] @ points[corral].T
            target = np.linalg.lstsq(gram, np.ones(len(corral)), rcond=None)[0]
            target /= target.sum()
            low = target < np.minimum(weights, 0)
            if not low.any():
                weights = target
                break
            shares = np.full(len(corral), np.inf)
            shares[low] = weights[low] / (weights[low] - target[low])
            leaving = int(np.argmin(shares))
            weights = np.delete(weights + shares[leaving] * (target - weights), leaving)
            corral.pop(leaving)
            if not corral:
                return _OPEN, x, np.array(corral, dtype=np.int64), weights
    return _OPEN, x, np.array(corral), weights


def _cancels_in_integers(whole: IntArray, weights: FloatArray, balance: FloatArray) -> bool:
    """Whether small integers near the proposed weights make integer vectors cancel, exactly."""
    # The weights belong to balanced unit vectors.
    factors = weights / np.linalg.norm(whole @ balance, axis=1)
    for multiple in range(1, _MULTIPLES + 1):
        scaled = factors / factors.min() * multiple
        if not scaled.max() < _LARGE:
            return False
        rounded = np.rint(scaled)
        near = (np.abs(scaled - rounded) <= 1e-6 * scaled).all()
        if near and not (rounded.astype(np.int64) @ whole).any():
            return True
    return False


def _cancels(vectors: FloatArray, errors: FloatArray) -> bool:
    """Whether d + 1 vectors certainly have a positive combination that vanishes.

    With A the columns of all vectors but the first, a, and B its approximate inverse,
    ``|I - B A| < 1`` proves A regular, and the error of an approximate solution y of ``A y = -a``
    is at most ``|B r| / (1 - |I - B A|)`` for its residual r (all norms are maxima).
    """
    d = vectors.shape[1]
    a, A, spread = vectors[0], vectors[1:].T, errors[1:]
    try:
        B = np.linalg.inv(A)
    except np.linalg.LinAlgError:
        return False
    with np.errstate(all="ignore"):
        y = -B @ a
        rounding = 2 * (d + 3) * _UNIT
        absolute = np.abs(B)
        gap = np.abs(B @ A - np.eye(d)) + rounding * (absolute @ np.abs(A) + np.eye(d))
        gap += 2 * np.outer(absolute.sum(axis=1), spread)
        residual = np.abs(A @ y + a) + rounding * (np.abs(A) @ np.abs(y) + np.abs(a))
        residual += 2 * (errors[0] + spread @ np.abs(y)) + _TINY
        error = 4 * (absolute @ residual).max()
        return bool(gap.sum(axis=1).max() < 0.5 and (y > error).all())

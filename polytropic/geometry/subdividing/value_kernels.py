"""Compiled loops for values and signs at generators made on edges.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray

__all__ = ["blend", "inherit_signs", "set_signs", "sign_words"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000
_SAFE_RELATIVE = 0.05
_SAFE_SHARE = 2.0**-900
_ONE = np.uint64(1)
_NONE = np.uint64(0)
_GATHER = np.uint64(0x0102040810204080)  # moves the lowest bits of eight bytes side by side


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def blend(
    value: FloatArray,
    error: FloatArray,
    height: FloatArray,
    u: int,
    v: int,
    index: int,
    name: int,
    first: int,
) -> None:
    """Write the row of the generator on the edge uv where a function vanishes (see `blend`).

    Columns before `first` are of no further use and left as they are.
    """
    a, a_error = abs(value[v, index]), error[v, index]
    b, b_error = abs(value[u, index]), error[u, index]
    relative_a, relative_b = a_error / a, b_error / b
    sure = relative_a < _SAFE_RELATIVE and relative_b < _SAFE_RELATIVE
    r = (relative_a + relative_b) / (1.0 - relative_a) + 8.0 * _UNIT
    r = r / (1.0 - r)
    hu, hv = height[u], height[v]
    use_u, use_v = 1.0, 1.0
    if hu == hv:
        share_u, share_v = a / (a + b), b / (a + b)
        slack = share_u * share_v * r
    elif hu == 1.0:
        share_u, share_v = 1.0, b / a
        slack = share_v * r
        use_u = 0.0
    else:
        share_u, share_v = a / b, 1.0
        slack = share_u * r
        use_v = 0.0
    slack *= 1.0 + 8.0 * _UNIT
    carry = (1.0 + r) * (1.0 + 16.0 * _UNIT)
    sure = sure and min(share_u, share_v) > _SAFE_SHARE
    height[name] = max(hu, hv)
    poor = 0.0 if sure else np.inf
    for k in range(first, value.shape[1]):
        x, y = value[u, k], value[v, k]
        ex, ey = error[u, k], error[v, k]
        left, right = share_u * x, share_v * y
        moved = abs(use_u * x - use_v * y)
        entry = left + right
        bound = (
            slack * moved
            + carry * (share_u * ex + share_v * ey)
            + 16.0 * _UNIT * (abs(left) + abs(right))
            + (_TINY + poor)
        )
        fine = abs(entry) + bound < np.inf
        alive = abs(x) + abs(y) + (ex + ey) != 0.0
        value[name, k] = entry if fine and alive else 0.0
        error[name, k] = (bound if fine else np.inf) if alive else 0.0
    value[name, index], error[name, index] = 0.0, 0.0


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def set_signs(
    value: FloatArray,
    error: FloatArray,
    signs: Any,
    name: int,
    first: int,
    n: int,
    up: Any,
    down: Any,
) -> None:
    """Pack the functions first, ..., n - 1 that may be positive at a generator, then negative."""
    for k in range(first, n):
        x, e = value[name, k], error[name, k]
        known = x != 0.0 or e != 0.0
        up[k] = np.uint8(not (x < -e) and known)
        down[k] = np.uint8(not (x > e) and known)
    wide_up, wide_down = up.view(np.uint64), down.view(np.uint64)
    words = signs.shape[1] // 2
    for w in range(first >> 6, words):
        plus, minus = _NONE, _NONE
        for i in range(8):
            shift = np.uint64(8 * i)
            plus |= ((wide_up[8 * w + i] * _GATHER) >> np.uint64(56)) << shift
            minus |= ((wide_down[8 * w + i] * _GATHER) >> np.uint64(56)) << shift
        signs[name, w], signs[name, words + w] = plus, minus


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def inherit_signs(signs: Any, u: int, v: int, name: int, index: int) -> None:
    """Signs of the functions before `index` between u and v: none has opposite signs there."""
    words = signs.shape[1] // 2
    for w in range((index >> 6) + 1):
        passed = ~_NONE if w < index >> 6 else (_ONE << np.uint64(index & 63)) - _ONE
        for at in (w, words + w):
            later = signs[name, at] & ~passed
            signs[name, at] = ((signs[u, at] | signs[v, at]) & passed) | later


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sign_words(value: FloatArray, error: FloatArray, n: int) -> NDArray[np.uint64]:
    """Packed signs of the first n functions: where they may be positive, then negative."""
    words = max(1, (n + 63) // 64)
    signs = np.zeros((len(value), 2 * words), np.uint64)
    up, down = np.zeros(64 * words, np.uint8), np.zeros(64 * words, np.uint8)
    for name in range(len(value)):
        set_signs(value, error, signs, name, 0, n, up, down)
    return signs

"""When compiled loops are worth their loading."""

from __future__ import annotations

import sys

__all__ = ["worth_compiling"]

_LOADING = 0.8  # seconds for importing numba and its first use
_CALLING = 0.02  # seconds for finding compiled loops in the cache of an imported numba


def worth_compiling(seconds: float) -> bool:
    """Whether loading compiled loops costs less than what NumPy would take, in seconds.

    Examples
    --------
    >>> worth_compiling(10.0), worth_compiling(1e-6)
    (True, False)
    """
    return seconds > (_CALLING if "numba" in sys.modules else _LOADING)

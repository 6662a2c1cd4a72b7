"""When compiled loops are worth their loading."""

from __future__ import annotations

import sys

__all__ = ["worth_compiling"]

_LOADING = 0.8  # seconds for importing numba and its first use
_CALLING = 0.02  # seconds for finding compiled loops in the cache of an imported numba


class _Declined:
    """Seconds that compiled loops would have saved in this process, had they been loaded."""

    seconds = 0.0


def worth_compiling(seconds: float) -> bool:
    """Whether loading compiled loops costs less than what NumPy would take, in seconds.

    What was declined before counts too, so that many small problems get compiled loops in the end,
    and no sequence of problems takes more than twice as long as with foresight.

    Examples
    --------
    >>> worth_compiling(10.0)
    True
    """
    cost = _CALLING if "numba" in sys.modules else _LOADING
    if _Declined.seconds + seconds > cost:
        return True
    _Declined.seconds += seconds
    return False

"""A linear function that is positive on given rows, proposed by HiGHS."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.numbers import FloatArray
from polytropic.arithmetic.rows import Rows

__all__ = ["positive_function"]


def positive_function(rows: Rows) -> FloatArray | None:
    """Propose u with ``rows @ u > 0`` by a wide margin; None if there seems to be none.

    The cone over the rows is pointed exactly if there is one.  Nothing is proven: whoever uses u
    checks the signs.
    """
    # Imported here because most conversions do without.
    from scipy.optimize import linprog

    values = rows.bounded().value
    with np.errstate(all="ignore"):
        size = np.abs(values).max(axis=1)
        values = values / size[:, None]
    if not np.isfinite(values).all():
        return None
    n, width = values.shape
    objective = np.zeros(width + 1)
    objective[-1] = -1
    bounds = [(-1.0, 1.0)] * width + [(None, 1.0)]
    matrix = np.column_stack([-values, np.ones(n)])
    found = linprog(objective, matrix, np.zeros(n), bounds=bounds, method="highs")
    if found.status != 0 or found.x is None or not found.x[-1] > 0:
        return None
    return np.asarray(found.x[:-1], dtype=np.float64)

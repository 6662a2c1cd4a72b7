"""What HiGHS proposes for a linear program: which inequalities are probably tight.

Its answers are floats and are never believed; `linear_programs` proves or repairs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import integer_rounding
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import FloatArray
from polytropic.arithmetic.rows import Rows

__all__ = ["probable_order"]

_NOISE = 1e-9  # of the largest multiplier: only chooses which basis is tried first


def probable_order(
    rows: Rows, is_equation: NDArray[np.bool_], objective: Sequence[int]
) -> NDArray[np.intp] | None:
    """Inequalities in the order in which they probably belong to a deciding basis.

    Parameters
    ----------
    rows : Rows, shape (k + m, d + 1)
        Homogeneous; d and k are positive.
    is_equation : bool array, shape (k + m,)
    objective : sequence of int, length d
        To be maximised; if it is zero, any vertex is welcome.

    Returns
    -------
    int array, shape (k,), or None
        None if HiGHS gives up.

    Examples
    --------
    >>> rows = Rows(np.array([[5.0, -1], [2, -1], [0, 1]]))  # x <= 5, x <= 2, x >= 0
    >>> int(probable_order(rows, np.zeros(3, dtype=bool), [1])[0])
    1
    """
    scaled = _scaled(rows, objective)
    if scaled is None:
        return None
    A, b, c = scaled
    keep = ~is_equation
    E, f = (A[is_equation], b[is_equation]) if is_equation.any() else (None, None)
    A, b = A[keep], b[keep]
    if not any(objective):
        c = A.sum(axis=0)  # bounded, as the sum of the bounds, and so best in a vertex
    found = _highs(-c, A, b, E, f, (None, None))
    if found.status == 2:
        # Infeasible: the tight rows of the best point are those that contradict each other.
        up = np.column_stack([A, -np.ones(len(A))])
        side = None if E is None else np.column_stack([E, np.zeros(len(E))])
        found = _highs(np.eye(A.shape[1] + 1)[-1], up, b, side, f, (None, None))
    elif found.status == 3:
        found = _highs(-c, A, np.zeros(len(b)), E, None if f is None else 0 * f, (-1, 1))
    if found.status != 0:
        return None
    weight = np.abs(found.ineqlin.marginals)
    weight[weight <= _NOISE * weight.max(initial=0)] = 0
    order: NDArray[np.intp] = np.lexsort((np.abs(found.slack), -weight))
    return order


def _highs(c: FloatArray, A: Any, b: Any, E: Any, f: Any, bounds: tuple[Any, Any]) -> Any:
    from scipy.optimize import linprog

    return linprog(c, A_ub=A, b_ub=b, A_eq=E, b_eq=f, bounds=bounds, method="highs-ds")


def _scaled(
    rows: Rows, objective: Sequence[int]
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """``A, b, c`` with rows and columns brought to about one by powers of two."""
    table = rows.bounded().value
    goal = integer_rounding(integer_rows([objective], len(objective))).value[0]
    with np.errstate(all="ignore"):
        A, b = -table[:, 1:], table[:, 0]
        for _ in range(3):
            step = _exponents(A, 1)
            A, b = np.ldexp(A, -step[:, None]), np.ldexp(b, -step)
            step = _exponents(A, 0)
            A, goal = np.ldexp(A, -step), np.ldexp(goal, -step)
        b = np.ldexp(b, -_exponents(b[None], 1)[0])
        goal = np.ldexp(goal, -_exponents(goal[None], 1)[0])
    finite = np.isfinite(A).all() and np.isfinite(b).all() and np.isfinite(goal).all()
    return (A, b, goal) if finite else None


def _exponents(table: FloatArray, axis: int) -> NDArray[np.int32]:
    """Mean exponents of the entries that are not zero."""
    alive = table != 0
    exponents = np.frexp(table)[1] * alive
    means = exponents.sum(axis=axis) / np.maximum(alive.sum(axis=axis), 1)
    rounded: NDArray[np.int32] = np.rint(means).astype(np.int32)
    return rounded

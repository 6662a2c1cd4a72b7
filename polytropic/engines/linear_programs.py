"""Linear programs, solved exactly: HiGHS proposes, rational arithmetic proves or repairs.

Rows are homogeneous: an inequality is a row ``r = (b, -a)`` with ``r . (1, x) >= 0``, an equation
the same with ``= 0``.  A *basis* is a maximal independent set of rows that are held tight.  The
exact part is the criss-cross method: it needs no feasible start, so it accepts whatever was
proposed, ends after finitely many pivots (usually none), and always ends in a certificate that
anyone can check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import cdd
import cdd.gmp
import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, affine, integer_rounding
from polytropic.arithmetic.linalg import integer_rows, kernel, pivot_columns, primitive, product
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.arithmetic.rows import Rows
from polytropic.engines.highs import probable_order

__all__ = ["Solution", "Status", "cdd_optimum", "solve"]

Status = Literal["optimal", "unbounded", "empty"]

_SMALL = 64  # entries below which exact pivots from any basis are cheaper than a call of HiGHS
_PRIME = (1 << 61) - 1


@dataclass(frozen=True)
class Solution:
    """What a linear program came to, with its proof.

    Attributes
    ----------
    status : {"optimal", "unbounded", "empty"}
    point : tuple of Fraction
        A basic feasible point (a vertex, if the rows have full rank); none if empty.
    value : Fraction or None
        The maximum, if there is one.
    ray : tuple of int
        If unbounded: a direction in which one can go on for ever and the objective grows.
    multipliers : dict of row to Fraction
        Equations are numbered after the inequalities; those of inequalities are positive.  If
        optimal, the multiples of the rows ``a`` sum to the objective and those of ``b`` to the
        maximum; if empty, to zero and to a negative number (Farkas).
    pivots : int
        Exact pivots after the proposal.
    """

    status: Status
    point: tuple[Fraction, ...] = ()
    value: Fraction | None = None
    ray: tuple[int, ...] = ()
    multipliers: dict[int, Fraction] = field(default_factory=dict)
    pivots: int = 0


def solve(
    inequalities: Rows, equations: ObjectArray, objective: Sequence[int], *, propose: bool = True
) -> Solution:
    """Maximise ``objective . x`` exactly.

    Parameters
    ----------
    inequalities : Rows, shape (k, d + 1)
    equations : object array, shape (m, d + 1)
    objective : sequence of int, length d
    propose : bool
        Whether HiGHS may propose a basis; without it the pivots start at the first basis.

    Returns
    -------
    Solution

    Notes
    -----
    After a good proposal one exact solution of a d x d system and O(k d) filtered products.

    Examples
    --------
    >>> square = Rows(np.array([[1.0, -1, 0], [1, 0, -1], [0, 1, 0], [0, 0, 1]]))
    >>> found = solve(square, integer_rows([], 3), [1, 2])
    >>> found.status, found.value, found.multipliers
    ('optimal', Fraction(3, 1), {0: Fraction(1, 1), 1: Fraction(2, 1)})
    """
    count = len(inequalities)
    rows = inequalities
    if len(equations) or inequalities.floats is None:
        rows = Rows(None, np.concatenate([inequalities.integers(), equations]))
    is_equation = np.arange(len(rows)) >= count
    first = np.concatenate([np.arange(count, len(rows)), np.arange(count)])
    if propose and count and len(objective) and len(rows) * rows.width > _SMALL:
        proposed = probable_order(rows, is_equation, objective)
        if proposed is not None:
            first = np.concatenate([np.arange(count, len(rows)), proposed])
    system = _System(rows.take(first), is_equation[first])
    found = system.maximise(list(objective))
    if found.status == "unbounded":
        feasible = solve(inequalities, equations, [0] * len(objective), propose=propose)
        pivots = found.pivots + feasible.pivots
        if feasible.status == "empty":
            return replace(feasible, pivots=pivots)
        return Solution("unbounded", feasible.point, None, found.ray, pivots=pivots)
    named = {int(first[row]): factor for row, factor in found.multipliers.items()}
    return replace(found, multipliers=dict(sorted(named.items())))


class _System:
    """Rows in the order in which the pivot rule prefers them, equations first."""

    def __init__(self, rows: Rows, is_equation: NDArray[np.bool_]) -> None:
        self.rows = rows
        self.n_equations = int(is_equation.sum())
        self.integers = rows.integers()
        self.normals: ObjectArray = -self.integers[:, 1:]
        self.floats = rows.bounded()
        self.basis = _independent(self.normals)
        self.columns = list(range(rows.width - 1))
        if len(self.basis) < rows.width - 1:
            self.columns = pivot_columns(self.normals[self.basis])
        self.pivots = 0

    # -- answers ------------------------------------------------------------------------------
    def maximise(self, objective: list[int]) -> Solution:
        """Optimal, empty, or (whether or not there is a feasible point) a ray that rises."""
        contradiction = self._contradicting_equation()
        if contradiction is not None:
            return Solution("empty", multipliers=contradiction)
        ray = self._line(objective)
        if ray is not None:
            return Solution("unbounded", ray=ray)
        return self._criss_cross(objective)

    def _contradicting_equation(self) -> dict[int, Fraction] | None:
        active = [row for row in self.basis if row < self.n_equations]
        for row in range(self.n_equations):
            if row in active:
                continue
            # An equation that depends on the others: either it follows from them, or 0 = 1 does.
            factors = _combination(self.normals[active], self.normals[row])
            gap = Fraction(int(self.integers[row, 0])) - sum(
                f * int(self.integers[a, 0]) for f, a in zip(factors, active, strict=True)
            )
            if gap:
                sign = -1 if gap > 0 else 1
                found = {a: -sign * f for f, a in zip(factors, active, strict=True) if f}
                return {**found, row: Fraction(sign)}
        return None

    def _line(self, objective: list[int]) -> tuple[int, ...] | None:
        """Line of the polyhedron along which the objective is not constant."""
        if len(self.columns) == len(objective):
            return None
        lines = kernel(self.normals[self.basis])
        slopes = product(lines, integer_rows([objective], len(objective)))[:, 0].tolist()
        for line, slope in zip(lines.tolist(), slopes, strict=True):
            if slope:
                return tuple(entry if slope > 0 else -entry for entry in line)
        return None

    # -- pivots --------------------------------------------------------------------------------
    def _criss_cross(self, objective: list[int]) -> Solution:
        """Least-index criss-cross method from the present basis."""
        goal = [objective[c] for c in self.columns]
        while True:
            matrix = self._matrix()
            point = self._point(matrix)
            violated = self._first_violated(point)
            factors = _solve(matrix.transpose(), goal)
            falling = self._first_falling(factors)
            if violated is None and falling is None:
                return self._optimal(point, factors, objective)
            if violated is not None and (falling is None or violated < self.basis[falling]):
                factors = _solve(matrix.transpose(), self._cut(violated))
                leaving = self._least(place for place in self._free_places() if factors[place] > 0)
                if leaving is None:
                    named = zip(self.basis, factors, strict=True)
                    farkas = {row: -f for row, f in named if f}
                    return Solution(
                        "empty", multipliers={**farkas, violated: Fraction(1)}, pivots=self.pivots
                    )
                self._exchange(leaving, violated)
            else:
                assert falling is not None
                direction = self._edge(matrix, falling)
                entering = self._first_blocking(direction)
                if entering is None:
                    return Solution("unbounded", ray=direction, pivots=self.pivots)
                self._exchange(falling, entering)

    def _exchange(self, place: int, row: int) -> None:
        self.basis[place] = row
        self.pivots += 1

    def _free_places(self) -> list[int]:
        return [place for place, row in enumerate(self.basis) if row >= self.n_equations]

    def _least(self, places: Any) -> int | None:
        return min(places, key=lambda place: self.basis[place], default=None)

    def _first_falling(self, factors: Sequence[Fraction]) -> int | None:
        return self._least(place for place in self._free_places() if factors[place] < 0)

    def _cut(self, row: int) -> list[int]:
        return [int(self.normals[row, c]) for c in self.columns]

    def _matrix(self) -> flint.fmpz_mat:
        size = len(self.columns)
        return flint.fmpz_mat(size, size, [e for row in self.basis for e in self._cut(row)])

    def _lift(self, values: Sequence[Fraction]) -> list[Fraction]:
        full = [Fraction(0)] * self.normals.shape[1]
        for column, value in zip(self.columns, values, strict=True):
            full[column] = value
        return full

    def _point(self, matrix: flint.fmpz_mat) -> tuple[Fraction, ...]:
        heights = [int(self.integers[row, 0]) for row in self.basis]
        return tuple(self._lift(_solve(matrix, heights)))

    def _edge(self, matrix: flint.fmpz_mat, place: int) -> tuple[int, ...]:
        """Direction that leaves one row of the basis and stays on the others."""
        step = [-int(i == place) for i in range(len(self.basis))]
        return _homogeneous(self._lift(_solve(matrix, step)), 0)[1:]

    # -- filtered signs ------------------------------------------------------------------------
    def _signs(self, vector: tuple[int, ...]) -> NDArray[np.int8]:
        column = integer_rows([vector], len(vector))
        no_bias = Bounded(np.zeros(1), np.zeros(1))
        signs = affine(
            self.floats, np.zeros(len(self.integers)), integer_rounding(column), no_bias
        ).signs()[:, 0]
        (open_rows,) = np.nonzero(signs == UNDECIDED)
        if len(open_rows):
            values = product(self.integers[open_rows], column)[:, 0].tolist()
            signs[open_rows] = [(value > 0) - (value < 0) for value in values]
        return signs

    def _first_violated(self, point: tuple[Fraction, ...]) -> int | None:
        return _first(self._signs(_homogeneous(point, 1)) < 0, self.n_equations)

    def _first_blocking(self, direction: tuple[int, ...]) -> int | None:
        return _first(self._signs((0, *direction)) < 0, self.n_equations)

    def _optimal(
        self, point: tuple[Fraction, ...], factors: Sequence[Fraction], objective: list[int]
    ) -> Solution:
        value = sum((c * x for c, x in zip(objective, point, strict=True)), Fraction(0))
        named = {row: f for row, f in zip(self.basis, factors, strict=True) if f}
        return Solution("optimal", point, value, (), named, self.pivots)


def _first(flags: NDArray[np.bool_], start: int) -> int | None:
    (found,) = np.nonzero(flags[start:])
    return int(found[0]) + start if len(found) else None


def _solve(matrix: flint.fmpz_mat, right: Sequence[int]) -> list[Fraction]:
    if not len(right):
        return []
    found = matrix.solve(flint.fmpz_mat(len(right), 1, list(right)))
    return [Fraction(int(entry.p), int(entry.q)) for entry in found.entries()]


def _combination(rows: ObjectArray, target: ObjectArray) -> list[Fraction]:
    """Factors f with ``f @ rows = target`` for independent rows that span the target."""
    if not len(rows):
        return []
    columns = pivot_columns(rows)
    matrix = flint.fmpz_mat(rows[:, columns].T.tolist())
    return _solve(matrix, [int(entry) for entry in target[columns].tolist()])


def _homogeneous(point: Sequence[Fraction], height: int) -> tuple[int, ...]:
    common = int(np.lcm.reduce(np.array([1, *(x.denominator for x in point)], dtype=object)))
    return primitive([common * height, *(int(x * common) for x in point)])


def _independent(normals: ObjectArray) -> list[int]:
    """First rows that carry the rank (modulo a prime, if that already proves the rank)."""
    n, d = normals.shape
    if 0 in (n, d):
        return []
    for size in sorted({min(n, 4 * d + 16), n}):
        entries = [int(x) % _PRIME for x in normals[:size].T.ravel().tolist()]
        reduced, rank = flint.nmod_mat(d, size, entries, _PRIME).rref()
        if rank == d:
            table = [[int(x) for x in row] for row in reduced.tolist()]
            return [next(i for i, x in enumerate(row) if x) for row in table]
    return pivot_columns(normals.T)


# -- the referee -----------------------------------------------------------------------------------
def cdd_optimum(
    inequalities: ObjectArray, equations: ObjectArray, objective: Sequence[int]
) -> tuple[Status, Fraction | None]:
    """Status and maximum by cddlib in GMP arithmetic, independent of everything above.

    Examples
    --------
    >>> cdd_optimum(integer_rows([[3, -2]], 2), integer_rows([], 2), [1])
    ('optimal', Fraction(3, 2))
    """
    # The last row is always true: cddlib cannot do without rows.
    rows = [*inequalities.tolist(), *equations.tolist(), [1] + [0] * len(objective)]
    linear = set(range(len(inequalities), len(inequalities) + len(equations)))
    matrix = cdd.gmp.matrix_from_array(
        rows,
        rep_type=cdd.RepType.INEQUALITY,
        lin_set=linear,
        obj_type=cdd.LPObjType.MAX,
        obj_func=[0, *objective],
    )
    program = cdd.gmp.linprog_from_matrix(matrix)
    cdd.gmp.linprog_solve(program)
    if program.status == cdd.LPStatusType.OPTIMAL:
        return "optimal", Fraction(program.obj_value)
    kinds = cdd.LPStatusType
    if program.status in (kinds.DUAL_INCONSISTENT, kinds.STRUC_DUAL_INCONSISTENT):
        # No dual solution: unbounded unless there is no primal one either.
        zero = [0] * len(objective)
        feasible = cdd_optimum(inequalities, equations, zero)[0] == "optimal"
        return ("unbounded" if feasible else "empty"), None
    return ("unbounded" if program.status == kinds.UNBOUNDED else "empty"), None

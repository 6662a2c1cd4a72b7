"""Exact tests whether some linear function is positive on all directions of a list.

Most answers are proposed and proven in floats by a compiled loop; the few that stay open go to
integers, and to an exact linear program if these do not confirm the proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.arithmetic.rows import Rows
from polytropic.engines.linear_programs import Solution, solve
from polytropic.geometry.minkowski.directions import Directions

__all__ = ["NO", "YES", "Judge", "Lists"]

YES, NO = 1, 2

Lists = tuple[IntArray, NDArray[np.int32]]
"""Lists of directed lines: list i is ``lines[starts[i] : starts[i + 1]]``."""

# Tests, and lines, up to which the work is done before the compiled loop would be loaded.
_FEW_TESTS = 64
_FEW_LINES = 64


class Judge:
    """Decides lists of directed lines; remembers which sets of them cancel.

    Parameters
    ----------
    directions : Directions

    Attributes
    ----------
    tests, exact_tests, programs : int
        Tests so far; those that floats left open; those that took an exact linear program.
    """

    def __init__(self, directions: Directions) -> None:
        self.directions = directions
        self.tests = self.exact_tests = self.programs = 0
        self._cancelling: dict[tuple[int, ...], bool] = {}

    def ask(
        self,
        lists: Lists,
        which: IntArray,
        more_lists: Lists,
        which_more: IntArray,
        guesses: FloatArray,
        flipped: IntArray | None = None,
    ) -> tuple[NDArray[np.int8], FloatArray, IntArray]:
        """Decide, for every test, whether a function is positive on the union of two lists.

        Parameters
        ----------
        lists, more_lists : Lists
        which, which_more : int array, shape (t,)
            The lists of every test.
        guesses : array, shape (t, d)
            Functions that are tried first.
        flipped : int array, shape (t,), optional
            A directed line of every test that is taken in the opposite direction.

        Returns
        -------
        verdicts : int8 array, shape (t,)
            `YES` or `NO`.
        normals : array, shape (t, d)
            For `YES`: such a function.
        rounded : int array
            Tests whose function is only rounded, since floats could not prove it.
        """
        if flipped is None:
            flipped = np.full(len(which), -1)
        self.tests += len(which)
        own = self.directions
        verdicts, normals, supports = self._loop()(
            lists, which, more_lists, which_more, flipped, guesses,
            own.values, own.radii, own.balanced, own.balance, own.small,
        )  # fmt: skip
        left_open = np.flatnonzero(verdicts == 0)
        for t in left_open.tolist():
            parts = [_list(lists, which[t]), _list(more_lists, which_more[t])]
            members = np.unique(np.concatenate(parts))
            members = np.where(members == flipped[t], members ^ 1, members)
            verdicts[t], normal = self._settle(members.tolist(), supports[t].tolist())
            if normal is not None:
                normals[t] = normal
        return verdicts, normals, left_open[verdicts[left_open] == YES]

    def _loop(self) -> Any:
        if self.tests > _FEW_TESTS or len(self.directions.values) > _FEW_LINES:
            from polytropic.geometry.minkowski.kernels import decide
        else:
            from polytropic.geometry.minkowski.reference import decide
        return decide

    def exact_normal(self, members: Sequence[int]) -> tuple[Fraction, ...] | None:
        """Exact function that is at least one on the primitive vectors of directed lines."""
        found = self._program(members)
        return found.point if found.status != "empty" else None

    def _settle(
        self, members: Sequence[int], support: Sequence[int]
    ) -> tuple[int, FloatArray | None]:
        self.exact_tests += 1
        proposed = tuple(sorted(index for index in support if index >= 0))
        if proposed and self._cancels(proposed):
            return NO, None
        found = self._program(members)
        if found.status == "empty":
            self._cancelling[tuple(sorted(members[row] for row in found.multipliers))] = True
            return NO, None
        largest = max(abs(entry) for entry in found.point)
        return YES, np.array([float(entry / largest) for entry in found.point])

    def _program(self, members: Sequence[int]) -> Solution:
        """Exact linear program ``<u, x> >= 1``."""
        self.programs += 1
        vectors = self.directions.integers(members)
        rows = integer_rows([[-1, *row] for row in vectors.tolist()], vectors.shape[1] + 1)
        nothing = integer_rows([], vectors.shape[1] + 1)
        return solve(Rows(None, rows), nothing, [0] * vectors.shape[1])

    def _cancels(self, support: tuple[int, ...]) -> bool:
        """Whether a set of directions has one relation, up to a factor, and that is positive."""
        known = self._cancelling.get(support)
        if known is None:
            columns = self.directions.integers(support).T
            relations, nullity = flint.fmpz_mat(columns.tolist()).nullspace()
            factors = [int(relations[i, 0]) for i in range(len(support))]
            signs = {(factor > 0) - (factor < 0) for factor in factors}
            known = nullity == 1 and len(signs) == 1
            self._cancelling[support] = known
        return known


def _list(lists: Lists, index: int) -> NDArray[np.int32]:
    starts, lines = lists
    return lines[starts[index] : starts[index + 1]]

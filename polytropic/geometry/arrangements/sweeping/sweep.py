"""Chambers of arrangements in general position, one for every small subset of hyperplanes.

Let e, f_1, ..., f_M be linear forms on R^n, any n of which are independent, and c_1, c_2, ... a
generic flag of further forms.  In the chart e = 1 a chamber on which c_1 is bounded below has one
lowest vertex, the common zero of n-1 forms, and every vertex is the lowest of exactly one chamber;
the chambers on which c_1 is not bounded below are those of the arrangement at infinity, e = 0, on
its side c_1 < 0, and so on with c_2.  So the chambers with e > 0 correspond to the subsets of at
most n-1 forms, and come out one by one: no search, nothing found twice, nothing to remember.

Signs are read off lines (see `reference`) with proven bounds; a line that they leave open is
done in rationals.  What is not in general position is noticed there, and left to other engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice, pairwise
from math import comb, inf
from typing import NamedTuple

import flint
import numpy as np

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.linalg import rank
from polytropic.arithmetic.numbers import ExactArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import Words, mask_words, n_words
from polytropic.geometry.arrangements.sweeping import reference as sweep_reference
from polytropic.geometry.arrangements.sweeping.flag import Flag

__all__ = ["NotGeneric", "Sweep", "TooClose", "n_generic_chambers"]

_TASK = 1 << 18  # chambers between two looks at the clock
_PER_LINE = 1.5e-4  # seconds that NumPy takes for one line
_PER_SIGN = 4e-9  # and for one sign
_MOST_FLAGS = 1000
_MANY = 10**18  # of anything, and still a float
_PATIENCE = 500  # lines done in rationals before giving up


class NotGeneric(Exception):
    """The forms are not in general position.

    Attributes
    ----------
    subset : list of int
        At most n rows that are dependent.
    """

    def __init__(self, subset: Sequence[int]) -> None:
        super().__init__("not in general position")
        self.subset = list(subset)


class TooClose(Exception):
    """Floats leave too many lines open: another engine will be quicker."""


class _UnluckyFlag(Exception):
    """The flag of heights is not generic; another one will do."""


class _Task(NamedTuple):
    """Chambers of all subsets of one level that begin with a prefix."""

    level: int
    prefix: list[int]
    size: int


def n_generic_chambers(n_forms: int, n: int) -> int:
    """Chambers with e > 0 of e and `n_forms` others on R^n in general position.

    Examples
    --------
    >>> n_generic_chambers(3, 3)
    7
    """
    return sum(comb(n_forms, k) for k in range(n))


class Sweep:
    """Forms in general position, ready to be swept.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        Distinct hyperplanes of rank n; the first is the distinguished form e.

    Notes
    -----
    Listing takes O(C(m, n-2) (m n + m log m)) operations beside the output, counting the same;
    the memory beside the output does not grow with it.
    """

    def __init__(self, rows: ExactArray) -> None:
        self.rows = rows
        self.n_forms, self.n = rows.shape[0] - 1, rows.shape[1]
        self.n_chambers = n_generic_chambers(self.n_forms, self.n)
        self._attempt = 0
        self._patience: float = _PATIENCE + comb(self.n_forms, max(0, self.n - 2)) // 50
        n_lines = sum(comb(self.n_forms, max(0, k - 1)) for k in range(self.n))
        self._compiled = worth_compiling(
            _PER_LINE * min(n_lines, _MANY) + _PER_SIGN * min(self.n_chambers * len(rows), _MANY)
        )
        self.flag = Flag(rows, 0)

    @property
    def n_words(self) -> int:
        """Words of a sign vector over all rows."""
        return n_words(self.n_forms + 1)

    # -- what is asked -------------------------------------------------------------------------
    def chambers(
        self, with_bases: bool = False, tick: Callable[[int], None] | None = None
    ) -> Words:
        """Bits of all chambers with e > 0, shape (N, W).

        Raises
        ------
        NotGeneric
        """
        bits = np.empty((self.n_chambers, self.n_words), dtype=np.uint64)
        self.write(bits, tick)
        return bits

    def write(self, bits: Words, tick: Callable[[int], None] | None = None) -> None:
        """Write the bits of all chambers into an array of shape (N, W)."""
        while True:
            try:
                at = 0
                for task in self._tasks(_TASK):
                    at = self._run(task, bits, _NO_BASES, at)
                    if tick is not None:
                        tick(at)
                return
            except _UnluckyFlag:
                self._another_flag()

    def check(self, tick: Callable[[int], None] | None = None) -> None:
        """Prove general position, or raise NotGeneric; stores nothing."""
        self._prove(self._tasks(_TASK, levels=1), tick)
        self._patience = inf  # no other engine has to take over any more

    def check_some(self, size: int) -> None:
        """Prove general position of a first few subsets, or raise NotGeneric."""
        self._prove(islice(self._tasks(size, levels=1), 1), None)

    def _prove(self, tasks: Iterator[_Task], tick: Callable[[int], None] | None) -> None:
        nothing = np.empty((0, self.n_words), dtype=np.uint64)
        done = 0
        for task in tasks:
            while True:
                try:
                    self._run(task, nothing, _NO_BASES, 0)
                    break
                except _UnluckyFlag:
                    self._another_flag()
            done += task.size
            if tick is not None:
                tick(done)

    def blocks(self, size: int) -> Iterator[tuple[Words, list[tuple[int, IntArray]]]]:
        """Bits of the chambers in order, about `size` at a time, and the subsets they belong to.

        The subsets come as pairs (level, rows), each for as many chambers as it has rows.
        """
        given: set[bytes] = set()  # under flags that turned out to be unlucky
        while True:
            number = 0
            try:
                for bits, subsets in self._blocks(size):
                    yield _without(given, bits, subsets) if given else (bits, subsets)
                    number += 1
                return
            except _UnluckyFlag:
                for bits, _ in islice(self._blocks(size), number):
                    given.update(row.tobytes() for row in bits)
                self._another_flag()

    def _blocks(self, size: int) -> Iterator[tuple[Words, list[tuple[int, IntArray]]]]:
        for group in _grouped(self._tasks(size), size):
            total = sum(task.size for task in group)
            bits = np.empty((total, self.n_words), dtype=np.uint64)
            subsets, at = [], 0
            for task in group:
                bases = np.empty((task.size, self.n - 1 - task.level), dtype=np.int64)
                at = self._run(task, bits[at : at + task.size], bases, 0) + at
                subsets.append((task.level, bases))
            yield bits, subsets

    # -- tasks ---------------------------------------------------------------------------------
    def _tasks(self, size: int, levels: int | None = None) -> Iterator[_Task]:
        for level in range(self.n if levels is None else levels):
            yield from self._split(_Task(level, [], comb(self.n_forms, self.n - 1 - level)), size)

    def _split(self, task: _Task, size: int) -> Iterator[_Task]:
        """Lengthen prefixes until no task is larger than asked, or no prefix can grow."""
        n = self.n - task.level
        if task.size <= size or len(task.prefix) >= n - 2:
            if task.size:
                yield task
            return
        first = task.prefix[-1] + 1 if task.prefix else 0
        for row in range(first, self.n_forms):
            prefix = [*task.prefix, row]
            part = sweep_reference.subsets_from(prefix, self.n_forms, n)
            if part:
                yield from self._split(_Task(task.level, prefix, part), size)

    def _run(self, task: _Task, bits: Words, bases: IntArray, at: int) -> int:
        """Write the chambers of a task, its unsure lines in rationals."""
        forms = self.flag.level(task.level)
        if forms.value.shape[1] == 1:
            return self._write_last(forms, bits, at)
        end, unsure = self._sweep(forms, task.prefix, bits, bases, at)
        for chosen, start in unsure:
            self._settle(task.level, chosen, bits, bases, start)
        return end

    def _sweep(
        self, forms: Bounded, prefix: list[int], bits: Words, bases: IntArray, at: int
    ) -> tuple[int, list[tuple[list[int], int]]]:
        if not self._compiled:
            return sweep_reference.sweep_lines(forms, prefix, bits, bases, at)
        from polytropic.geometry.arrangements.sweeping.kernels import sweep_lines

        room = 64
        while True:
            unsure = np.empty((room, forms.value.shape[1] + 1), dtype=np.int64)
            start = np.array(prefix, dtype=np.int64)
            end, used = sweep_lines(*forms, start, bits, bases, at, unsure)
            if used <= room:
                table = unsure[:used].tolist()
                return end, [(row[1 : 1 + row[0]], row[-1]) for row in table]
            room *= 16

    def _write_last(self, forms: Bounded, bits: Words, at: int) -> int:
        """The chamber that no form of the flag bounds below: one point at infinity."""
        if (np.abs(forms.value) <= forms.error).any():
            exact = self.flag.exact_level(self.n - 1)
            signs = np.array([(row[0] > 0) - (row[0] < 0) for row in exact.tolist()])
            if not signs.all():
                raise _UnluckyFlag
        else:
            signs = np.sign(forms.value[:, 0])
        if len(bits):
            bits[at] = mask_words(np.concatenate([[True], signs > 0]))
        return at + 1

    # -- lines in rationals --------------------------------------------------------------------
    def _settle(
        self, level: int, chosen: list[int], bits: Words, bases: IntArray, start: int
    ) -> None:
        """Write the chambers of a (partial) subset by exact arithmetic."""
        n = self.n - level
        missing = n - 2 - len(chosen)
        self._patience -= comb(self.n_forms - 1 - chosen[-1] if chosen else 0, missing)
        if self._patience < 0:
            raise TooClose
        for rest in combinations(range(chosen[-1] + 1 if chosen else 0, self.n_forms), missing):
            line = [*chosen, *rest]
            width = sweep_reference.subsets_from(line, self.n_forms, n)
            if width:
                self._settle_line(level, line, bits, bases, start)
                start += width

    def _settle_line(
        self, level: int, chosen: list[int], bits: Words, bases: IntArray, start: int
    ) -> None:
        n = self.n - level
        table = self._on_line(level, chosen)
        points: dict[int, Fraction] = {}
        for i, row in enumerate(table):
            if i in chosen:
                continue
            if row[n - 2] == 0:
                raise self._blame(level, [*chosen, i])
            points[i] = Fraction(-row[n - 1], row[n - 2])
        order = sorted(points, key=points.__getitem__)
        for before, after in pairwise(order):
            if points[before] == points[after]:
                raise self._blame(level, [*chosen, before, after])
        if not len(bits):
            return
        signs = [True, *(table[i][n - 2] < 0 for i in range(self.n_forms))]
        last = chosen[-1] if chosen else -1
        for i in order:
            rising = table[i][n - 2] > 0
            signs[i + 1] = rising
            if i <= last:
                continue
            for q, s in enumerate(chosen):
                if table[i][q] == 0:
                    raise self._blame(level, [*chosen[:q], *chosen[q + 1 :], i])
                signs[s + 1] = (table[i][q] > 0) != rising
            bits[start] = mask_words(signs)
            if len(bases):
                bases[start] = [s + 1 for s in [*chosen, i]]
            start += 1

    def _on_line(self, level: int, chosen: list[int]) -> list[list[Fraction]]:
        """All forms in terms of the chosen ones, the height and the distinguished coordinate."""
        n = self.n - level
        forms = self.flag.exact_level(level)
        unit = [[int(i == k) for i in range(n)] for k in (n - 2, n - 1)]
        basis = flint.fmpq_mat(flint.fmpz_mat([*forms[chosen].tolist(), *unit]))
        if basis.rank() < n:
            raise self._blame(level, chosen)
        table = flint.fmpq_mat(flint.fmpz_mat(forms.tolist())) * basis.inv()
        return [[Fraction(int(x.p), int(x.q)) for x in row] for row in table.tolist()]

    def _blame(self, level: int, forms: list[int]) -> Exception:
        """Why some forms are dependent: because of the rows themselves, or because of the flag."""
        own = [i + 1 for i in forms]
        for subset in ([0, *own], own):
            if len(subset) <= self.n and rank(self.rows[subset].numerators) < len(subset):
                return NotGeneric(subset)
        return _UnluckyFlag()

    def _another_flag(self) -> None:
        self._attempt += 1
        if self._attempt == _MOST_FLAGS:
            raise AssertionError("no generic flag was found")
        self.flag = Flag(self.rows, self._attempt)


_NO_BASES = np.empty((0, 0), dtype=np.int64)


def _without(
    given: set[bytes], bits: Words, subsets: list[tuple[int, IntArray]]
) -> tuple[Words, list[tuple[int, IntArray]]]:
    """Chambers of a block that were not given before."""
    new = np.array([row.tobytes() not in given for row in bits], dtype=bool)
    kept, at = [], 0
    for level, rows in subsets:
        kept.append((level, rows[new[at : at + len(rows)]]))
        at += len(rows)
    return bits[new], kept


def _grouped(tasks: Iterator[_Task], size: int) -> Iterator[list[_Task]]:
    group: list[_Task] = []
    total = 0
    for task in tasks:
        if group and total + task.size > size:
            yield group
            group, total = [], 0
        group.append(task)
        total += task.size
    if group:
        yield group

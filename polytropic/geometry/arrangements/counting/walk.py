"""Walking up the lattice of flats of a central arrangement, rank by rank.

Let ``v(X) = |mu(0, X)|`` for a flat X, and fix an ordered partition of the hyperplanes into blocks.
The leading block of X is the first that meets X.  For every hyperplane h in X Weisner's theorem
says ``v(X) = sum of v(Y)`` over the flats Y with ``Y v h = X``; they lie just below X and do not
contain h.  Averaged over the b hyperplanes of X in its leading block,

    ``b v(X) = sum of v(Y) t(Y, X)`` over the flats Y just below X,

where t of those b hyperplanes are not in Y.  With blocks of one hyperplane this counts broken
circuits, and most pairs (Y, X) give nothing: a flat Y matters only to what it spans with a
hyperplane before its own first one.  With the orbits of a symmetry group as blocks all terms are
invariant, so one flat of every orbit is enough, with the sum of v over its orbit as its value.

The same holds above any flat X0 in place of 0, with the hyperplanes outside of X0.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray
from polytropic.errors import BudgetError
from polytropic.geometry.arrangements.counting.residues import Residues, residues, small_rows
from polytropic.geometry.arrangements.sign_vectors import Words, n_words

__all__ = [
    "Budget",
    "Lattice",
    "Level",
    "Progress",
    "chambers_above",
    "count_top",
    "levels",
    "whitney_above",
]

Progress: TypeAlias = Callable[[int, int, int], None]
"""Called as ``progress(rank, flats_done, n_flats)``."""

_HEADROOM = 1 << 62
_SECONDS = 0.2  # between two looks at the clock


class BadPrimeError(Exception):
    """A prime divides a minor that matters; another one has to take its place."""


@dataclass
class Budget:
    """What a walk may use.

    Attributes
    ----------
    max_flats : int, optional
        Flats of one rank that are kept.
    time_limit : float, optional
        Seconds.
    progress : callable, optional
    """

    max_flats: int | None = None
    time_limit: float | None = None
    progress: Progress | None = None
    started: float = field(default_factory=time.monotonic)

    def check(self, rank: int, done: int, total: int, kept: int = 0) -> None:
        """Report, and raise a `BudgetError` beyond a limit."""
        if self.progress is not None:
            self.progress(rank, done, total)
        where = f"at flat {done:,} of {total:,} of rank {rank}"
        if self.max_flats is not None and kept > self.max_flats:
            raise BudgetError(
                f"more than max_flats = {self.max_flats:,} flats of rank {rank + 1} have to be "
                f"kept ({where}); allow more, or give the symmetry group"
            )
        if self.time_limit is not None and time.monotonic() - self.started > self.time_limit:
            raise BudgetError(
                f"time_limit = {self.time_limit} s was exceeded {where}; allow more, or give the "
                f"symmetry group"
            )


@dataclass(frozen=True, eq=False)
class Level:
    """Flats of one rank: packed rows, values, and a basis of each."""

    keys: Words
    values: IntArray
    bases: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.keys)


class Lattice:
    """The flats of distinct hyperplanes of full rank, seen modulo primes.

    Parameters
    ----------
    rows : ExactArray, shape (m, r)
        Of rank r, none zero, no two parallel, in the order in which they are to count.
    sizes : sequence of int, optional
        Sizes of consecutive blocks of rows; by default every row is one.
    """

    def __init__(self, rows: ExactArray, sizes: list[int] | None = None) -> None:
        self._rows = rows
        self.integers: ObjectArray = small_rows(rows)
        self.m, self.rank = rows.shape
        self.ends: IntArray = np.cumsum([1] * self.m if sizes is None else sizes, dtype=np.int64)
        self._avoid: frozenset[int] = frozenset()

    @cached_property
    def residues(self) -> Residues:
        """The rows modulo primes."""
        return residues(self.integers, self._avoid)

    @property
    def largest_block(self) -> int:
        """Size of the largest block."""
        return int(np.diff(self.ends, prepend=0).max())

    def avoid(self, place: int) -> BadPrimeError:
        """Forget a prime."""
        self._avoid |= {self.residues.primes[place]}
        del self.residues
        return BadPrimeError()

    def bottom(self) -> Level:
        """The flat of rank 0."""
        keys = np.zeros((1, n_words(self.m)), dtype=np.uint64)
        return Level(keys, np.ones(1, dtype=np.int64), np.zeros((1, 0), dtype=np.int32))

    def shortest(self) -> Lattice:
        """The same hyperplanes, all blocks single, in an order that makes walks short.

        A flat whose first hyperplane comes early has little to give.  Most flats hold those
        hyperplanes that are in general position to most others: they lie on the most lines.
        """
        if self.rank < 4:
            return self
        from polytropic.geometry.arrangements.counting.kernels import lines_through

        def count() -> IntArray:
            mod = self.residues
            lines, bad = lines_through(mod.matrix, mod.constants, mod.inverses)
            if bad >= 0:
                raise self.avoid(bad)
            found: IntArray = lines
            return found

        order = np.argsort(-self.persist(count), kind="stable")
        return Lattice(self._rows[order])

    def persist(self, work: Callable[[], Any]) -> Any:
        """Do some work, again with other primes until all of them are good."""
        while True:
            try:
                return work()
            except BadPrimeError:
                continue


def whitney_above(
    lattice: Lattice,
    start: Level | None = None,
    budget: Budget | None = None,
    merge: Callable[[Level, IntArray], Level] | None = None,
) -> list[int]:
    """Absolute Whitney numbers of the interval from one flat to the top, one for every rank.

    Parameters
    ----------
    lattice : Lattice
    start : Level, optional
        One flat with value 1; the flat of rank 0 by default.
    budget : Budget, optional
    merge : callable, optional
        What makes one flat of every orbit, given flats and divisors.
    """
    begin = lattice.bottom() if start is None else start
    limits = budget or Budget()
    found: list[int] = lattice.persist(lambda: _whitney(lattice, begin, limits, merge))
    return found


def _whitney(
    lattice: Lattice, start: Level, budget: Budget, merge: Callable[..., Level] | None
) -> list[int]:
    height = lattice.rank - start.bases.shape[1]
    numbers = [1]
    base = start.keys[0]
    level = start
    while lattice.rank - level.bases.shape[1] > 3:
        level, total = _next_level(lattice, level, base, budget, merge)
        numbers.append(total)
    if height >= 3:
        numbers += _points_and_lines(lattice, level, base, budget)
    elif height == 2:
        numbers.append(count_top(lattice, start)[0])
    # The alternating sum is zero: 1 is a root of the characteristic polynomial.
    if height:
        numbers.append(abs(sum(n if k % 2 else -n for k, n in enumerate(numbers))))
    return numbers


def levels(lattice: Lattice, top: int, budget: Budget) -> Iterator[Level]:
    """All flats with their values, rank by rank from 0 to `top` (at most r - 1)."""
    level = lattice.bottom()
    base = level.keys[0]
    yield level
    for _ in range(top):
        raise_level = partial(_next_level, lattice, level, base, budget, None, True)
        level = lattice.persist(raise_level)[0]
        yield level


def _next_level(
    lattice: Lattice, level: Level, base: Words, budget: Budget,
    merge: Callable[..., Level] | None, keep: bool = False,
) -> tuple[Level, int]:  # fmt: skip
    """The flats of the next rank that matter, and the sum of the values of all."""
    from polytropic.geometry.arrangements.counting.kernels import expand, grown_slots

    rank, words = level.bases.shape[1], level.keys.shape[1]
    if sum(level.values.tolist()) * lattice.m >= _HEADROOM:
        # What reaches one flat of the next rank is at most this sum times the number of rows.
        raise BudgetError(
            f"the Möbius numbers of rank {rank} add up to more than the 64-bit counters of the "
            "walk can hold; such an arrangement cannot be counted here"
        )
    mod = lattice.residues
    room = 4 * lattice.m + 64
    keys = np.empty((room, words), np.uint64)
    values, shares = np.empty(room, np.int64), np.empty(room, np.int64)
    bases = np.empty((room, rank + 1), np.int32)
    slots = grown_slots(keys, 0, 1 << (2 * room).bit_length())
    total, count, done = Fraction(0), 0, 0
    for begin, end in _batches(level, lattice.m):
        done = begin
        while done < end:
            if count + lattice.m > room:
                room = 2 * (count + lattice.m)
                keys, values, shares, bases = (
                    _longer(a, room) for a in (keys, values, shares, bases)
                )
                slots = grown_slots(keys, count, 1 << (2 * room).bit_length())
            histogram = np.zeros(lattice.largest_block + 1, np.int64)
            done, count, bad = expand(
                mod.matrix, mod.constants, mod.inverses, lattice.ends, base, keep,
                level.keys, level.values, level.bases, done, end,
                keys, values, bases, shares, count, slots, histogram,
            )  # fmt: skip
            if bad >= 0:
                raise lattice.avoid(bad)
            total += sum(Fraction(int(histogram[b]), int(b)) for b in np.flatnonzero(histogram))
            budget.check(rank, done, len(level), count)
    shares, raised = shares[:count], Level(keys[:count], values[:count], bases[:count])
    if merge is not None:
        raised = merge(raised, shares)
    else:
        raised = Level(raised.keys, raised.values // shares, raised.bases)
    return raised, int(total)


def _points_and_lines(lattice: Lattice, level: Level, base: Words, budget: Budget) -> list[int]:
    """Whitney numbers of ranks r - 2 and r - 1 from the flats of rank r - 3."""
    from polytropic.geometry.arrangements.counting.kernels import finish

    mod, most = lattice.residues, lattice.largest_block + 1
    numbers = [Fraction(0), Fraction(0)]
    for begin, end in _batches(level, lattice.m**2):
        points, lines = np.zeros(most, np.int64), np.zeros((most, most), np.int64)
        bad = finish(
            mod.matrix, mod.constants, mod.inverses, lattice.ends, base, False,
            level.keys, level.values, level.bases, begin, end, points, lines,
        )  # fmt: skip
        if bad >= 0:
            raise lattice.avoid(bad)
        numbers[0] += sum(Fraction(int(points[b]), int(b)) for b in np.flatnonzero(points))
        pairs = np.argwhere(lines).tolist()
        numbers[1] += sum(Fraction(int(lines[b, c]), b * c) for b, c in pairs)
        budget.check(lattice.rank - 3, end, len(level))
    return [int(number) for number in numbers]


def chambers_above(lattice: Lattice, level: Level) -> int:
    """Chambers of the restrictions to all flats of rank r - 3."""
    from polytropic.geometry.arrangements.counting.kernels import finish

    def count() -> int:
        mod = lattice.residues
        points, lines = np.zeros(2, np.int64), np.zeros((2, 2), np.int64)
        ends = np.arange(1, lattice.m + 1)
        bad = finish(
            mod.matrix, mod.constants, mod.inverses, ends, level.keys[0], True,
            level.keys, np.ones(len(level), np.int64), level.bases, 0, len(level), points, lines,
        )  # fmt: skip
        if bad >= 0:
            raise lattice.avoid(bad)
        # In a plane 1 + p + s + (s - p + 1) for p points that receive s in all from each other.
        return 2 * (len(level) + int(lines.sum()))

    found: int = lattice.persist(count)
    return found


def count_top(lattice: Lattice, level: Level) -> tuple[int, int]:
    """Pairs of a flat of rank r - 2 (of the level) and one above, and flats of rank r - 1."""
    from polytropic.geometry.arrangements.counting.kernels import top_flats

    mod = lattice.residues
    pairs, flats, bad = top_flats(
        mod.matrix, mod.constants, mod.inverses, level.keys, level.bases, 0, len(level)
    )
    if bad >= 0:
        raise lattice.avoid(bad)
    return int(pairs), int(flats)


def _batches(level: Level, factor: int) -> Iterator[tuple[int, int]]:
    """Consecutive flats whose values times a factor cannot overflow, for a fraction of a second."""
    begin, step = 0, 64
    while begin < len(level):
        started = time.monotonic()
        end = min(begin + step, len(level))
        while sum(level.values[begin:end].tolist()) * factor >= _HEADROOM:
            if end == begin + 1:
                raise BudgetError(
                    f"a flat of rank {level.bases.shape[1]} has a Möbius number beyond the "
                    f"64-bit counters of the walk; such an arrangement cannot be counted here"
                )
            end = begin + (end - begin) // 2
        yield begin, end
        begin = end
        step = 2 * step if time.monotonic() - started < _SECONDS else max(1, step // 2)


def _longer(array: NDArray[Any], room: int) -> NDArray[Any]:
    longer = np.empty((room, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer

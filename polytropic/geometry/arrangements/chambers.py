"""The chambers of hyperplane arrangements: which engine lists them, and within what limits.

In general position a sweep lists them, otherwise insertion of one hyperplane after the other; small
arrangements that are not generic are cut in plain Python, before compiled loops would be loaded.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements import cutting
from polytropic.geometry.arrangements.hyperplanes import Hyperplanes, distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors, Words, mask_words
from polytropic.geometry.arrangements.sweeping.points import InteriorPoints, sweep_points
from polytropic.geometry.arrangements.sweeping.sweep import NotGeneric, Sweep, TooClose

__all__ = [
    "Progress",
    "central_chambers",
    "chamber_blocks",
    "chambers_above",
    "chambers_with_points",
    "count_generic",
]

Progress: TypeAlias = Callable[[int, int, int], None]
"""Called as ``progress(done, total, n_chambers)``."""

_PER_CHAMBER = 1e-4  # seconds that plain Python takes
_GLANCE = 1 << 16  # chambers looked at before much memory is taken
_SHARE = 0.8  # of the machine's memory
_MANY = 10**6  # chambers that are proven generic before they are refused
_FAR = 20


def central_chambers(
    rows: ExactArray,
    *,
    max_chambers: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> SignVectors:
    """Sign vectors of the chambers of ``{x : <n_i, x> = 0}``.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        Zero rows have sign 0 everywhere; parallel rows are welcome.
    max_chambers : int, optional
        Refuse to list more.
    time_limit : float, optional
        Seconds.
    progress : callable, optional
        Called as ``progress(done, total, n_chambers)`` now and then.

    Returns
    -------
    SignVectors, N vectors of width m
        In no particular order, but the same one every time; vector N-1-i is the negative of
        vector i.

    Raises
    ------
    BudgetError
        If a limit is exceeded, or the result does not fit into memory.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> signs = central_chambers(exact([[1, 0], [0, 1], [1, 1]]))
    >>> len(signs), signs == -signs[::-1]
    (6, True)
    """
    planes = distinct_hyperplanes(rows)
    if not len(planes.rows):
        if max_chambers is not None and max_chambers < 1:
            raise BudgetError(f"the arrangement has 1 chamber, more than {max_chambers=}")
        return planes.expand(np.zeros((1, 1), dtype=np.uint64))
    bits = _listed(planes.rows, _Budget(max_chambers, time_limit, progress, sides=2))
    half = bits[: len(bits) // 2]
    everywhere = mask_words(np.ones(len(planes.rows), dtype=bool))
    np.bitwise_xor(half[::-1], everywhere, out=bits[len(half) :])
    return planes.expand(bits)


def chambers_above(
    rows: ExactArray,
    form: ExactArray,
    *,
    max_chambers: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> SignVectors:
    """Sign vectors of the chambers that meet the open half-space ``<form, x> > 0``.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
    form : ExactArray, shape (n,)
        Not zero.  For the cone of an affine arrangement, the hyperplane at infinity.
    max_chambers, time_limit, progress : optional
        As for `central_chambers`.

    Returns
    -------
    SignVectors, N vectors of width m

    Examples
    --------
    The regions of three lines in the plane, in homogeneous coordinates (x, y, 1):

    >>> from polytropic.arithmetic.numbers import exact
    >>> len(chambers_above(exact([[1, 0, 0], [0, 1, 0], [1, 1, -1]]), exact([0, 0, 1])))
    7
    """
    planes = _with_form(rows, form)
    bits = _listed(planes.rows, _Budget(max_chambers, time_limit, progress, sides=1))
    return planes.expand(bits, skip=1)


def chambers_with_points(
    rows: ExactArray,
    form: ExactArray,
    *,
    max_chambers: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> tuple[SignVectors, InteriorPoints]:
    """Chambers that meet a half-space, as `chambers_above`, with a ray of that side in each.

    Returns
    -------
    signs : SignVectors, N vectors of width m
    points : InteriorPoints, rays of R^n
        Proven to lie inside.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> lines = exact([[1, 0, 0], [0, 1, 0], [1, 1, -1]])
    >>> signs, points = chambers_with_points(lines, exact([0, 0, 1]))
    >>> bool((np.sign(points.floats @ lines.to_float().T) == signs.unpacked()).all())
    True
    """
    planes = _with_form(rows, form)
    budget = _Budget(max_chambers, time_limit, progress, sides=1)
    found = _inserted(planes.rows, budget)
    return planes.expand(found[0], skip=1), _in_all_columns(found[1], planes, rows.shape[1])


def chamber_blocks(
    rows: ExactArray, form: ExactArray | None, size: int, *, with_points: bool = False
) -> Iterator[tuple[SignVectors, InteriorPoints | None]]:
    """List chambers about `size` at a time.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
    form : ExactArray, shape (n,), or None
        Only chambers that meet its positive side; None for all of a central arrangement.
    size : int
        Chambers in one block, more or less.
    with_points : bool
        Whether to find a ray inside every chamber.

    Yields
    ------
    signs, points
        Points are None unless asked for.

    Notes
    -----
    Memory does not grow with the number of chambers.  In general position, which is proven before
    the first block comes, they are swept; other arrangements are cut in pieces by a few of their
    hyperplanes, and one piece after the other is listed.
    """
    if size < 1:
        raise InputError(f"size must be at least 1, got {size}")
    planes = distinct_hyperplanes(rows) if form is None else _with_form(rows, form)
    if not len(planes.rows):
        points = InteriorPoints(np.zeros((1, rows.shape[1])), {}) if with_points else None
        yield planes.expand(np.zeros((1, 1), dtype=np.uint64)), points
        return
    skip = 0 if form is None else 1
    everywhere = mask_words(np.ones(len(planes.rows), dtype=bool))
    for bits, rays in _half_blocks(planes.rows, size, with_points):
        points = None if rays is None else _in_all_columns(rays, planes, rows.shape[1])
        yield planes.expand(bits, skip=skip), points
        if form is None:
            yield planes.expand(bits ^ everywhere), None if points is None else points.opposite()


def _half_blocks(
    rows: ExactArray, size: int, with_points: bool
) -> Iterator[tuple[Words, InteriorPoints | None]]:
    sweep = Sweep(rows)
    try:
        sweep.check()
    except (NotGeneric, TooClose):
        from polytropic.geometry.arrangements.inserting.pieces import piecewise

        for bits, points in piecewise(rows, size):
            yield bits, points if with_points else None
        return
    for bits, subsets in sweep.blocks(size):
        yield bits, sweep_points(sweep, bits, subsets) if with_points else None


def count_generic(
    rows: ExactArray, form: ExactArray | None = None, *, progress: Progress | None = None
) -> int | None:
    """Number of chambers of an arrangement in general position; None if it is not, or too nearly.

    General position is proven, with bounds on floats and rationals where they leave something
    open; nothing is stored.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> count_generic(exact([[1, 0], [0, 1], [1, 1]]))
    6
    >>> count_generic(exact([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]])) is None
    True
    """
    planes = distinct_hyperplanes(rows) if form is None else _with_form(rows, form)
    if not len(planes.rows):
        return 1
    sweep = Sweep(planes.rows)
    total = sweep.n_chambers
    try:
        sweep.check(None if progress is None else lambda done: progress(done, total, done))
    except (NotGeneric, TooClose):
        return None
    return total if form is not None else 2 * total


# -- engines -------------------------------------------------------------------------------------
class _Budget:
    """Limits on a list of chambers, of which one side is made and the other perhaps follows."""

    def __init__(
        self,
        max_chambers: int | None,
        time_limit: float | None,
        progress: Progress | None,
        sides: int,
    ) -> None:
        self.most = max_chambers
        self.time_limit = time_limit
        self.deadline = math.inf if time_limit is None else time.monotonic() + time_limit
        self.progress = progress
        self.sides = sides

    @property
    def most_on_one_side(self) -> int | None:
        """Limit for the side that is made."""
        return None if self.most is None else self.most // self.sides

    @property
    def seconds_left(self) -> float | None:
        """What is left of the time limit."""
        return None if self.time_limit is None else max(0.0, self.deadline - time.monotonic())

    def tick(self, done: int, total: int) -> None:
        """Tell how far the list has come; BudgetError if time is up."""
        if self.progress is not None:
            self.progress(done, total, done * self.sides)
        if time.monotonic() > self.deadline:
            raise BudgetError(
                f"time_limit={self.time_limit} was exceeded with {done * self.sides:,} chambers "
                f"listed of {total * self.sides:,}"
            )


def _with_form(rows: ExactArray, form: ExactArray) -> Hyperplanes:
    planes = distinct_hyperplanes(ExactArray.concatenate([form.reshape(1, -1), rows]))
    if planes.member[0] < 0:
        raise InputError("the form is zero, so no point lies above it")
    return planes


def _listed(rows: ExactArray, budget: _Budget) -> Words:
    """Chambers of distinct hyperplanes on the positive side of the first, and room for the rest."""
    try:
        sweep = Sweep(rows)
        _refuse_generic(sweep, budget)
        bits = np.empty((budget.sides * sweep.n_chambers, sweep.n_words), dtype=np.uint64)
        sweep.write(bits[: sweep.n_chambers], lambda done: budget.tick(done, sweep.n_chambers))
        return bits
    except (NotGeneric, TooClose):
        half = _degenerate(rows, budget)
    if budget.sides == 1:
        return half
    return np.concatenate([half, np.empty_like(half)])


def _refuse_generic(sweep: Sweep, budget: _Budget) -> None:
    """Refuse a list that is too long before it is begun, if it is proven to be."""
    count = budget.sides * sweep.n_chambers
    size = 8 * count * sweep.n_words
    if budget.most is not None and count > budget.most:
        if count > _MANY and count > _FAR * budget.most:
            raise TooClose  # the proof alone would take long; the other engine stops early
        sweep.check(lambda done: budget.tick(0, sweep.n_chambers))
        raise BudgetError(
            f"the arrangement has {count:,} chambers, more than max_chambers={budget.most}; raise "
            "the limit, or list them in blocks"
        )
    if size > _SHARE * _memory():
        # Whatever their position: n of the rows are independent, and any other cuts a quarter of
        # the 2^n chambers of those, twice.
        least = (sweep.n_forms + 3 - sweep.n) * 2**sweep.n // 4 * budget.sides
        if 8 * least * sweep.n_words <= _SHARE * _memory():
            sweep.check_some(_GLANCE)
        raise BudgetError(
            f"the arrangement may have {count:,} chambers, {size >> 30:,} GiB of sign vectors; "
            "count them, list them in blocks, or give max_chambers"
        )
    sweep.check_some(_GLANCE)


def _memory() -> float:
    """Bytes of memory of this machine, as far as it tells."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return math.inf


def _degenerate(rows: ExactArray, budget: _Budget) -> Words:
    small = math.comb(len(rows), min(rows.shape[1], len(rows) // 2))
    if small >= _MANY:
        return _inserted(rows, budget)[0]
    if budget.most is None and not worth_compiling(_PER_CHAMBER * small):
        signs = cutting.central_chambers(rows.numerators)
        bits = mask_words(signs[signs[:, 0] > 0] > 0)
    else:
        bits = _inserted(rows, budget)[0]
    # Which engine listed them depends on what this process did before: the order must not.
    return bits[np.lexsort(bits.T)]


def _inserted(rows: ExactArray, budget: _Budget) -> tuple[Words, InteriorPoints]:
    from polytropic.geometry.arrangements.inserting.insertion import insert_hyperplanes

    def tell(done: int, total: int, found: int) -> None:
        if budget.progress is not None:
            budget.progress(done, total, found * budget.sides)

    found = insert_hyperplanes(
        rows,
        max_chambers=budget.most_on_one_side,
        time_limit=budget.seconds_left,
        progress=tell,
    )
    return found.bits, InteriorPoints(found.points, found.exact_points)


def _in_all_columns(points: InteriorPoints, planes: Hyperplanes, width: int) -> InteriorPoints:
    """Points of the columns that carry the rank, with zeros in the others."""
    if len(planes.columns) == width:
        return points
    floats = np.zeros((len(points.floats), width))
    floats[:, planes.columns] = points.floats
    integers = {}
    for index, ray in points.integers.items():
        wide = [0] * width
        for column, entry in zip(planes.columns.tolist(), ray, strict=True):
            wide[column] = entry
        integers[index] = tuple(wide)
    return InteriorPoints(floats, integers)

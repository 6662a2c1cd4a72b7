"""The distinct hyperplanes of a list of rows: zero rows dropped, parallel ones merged, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import pivot_columns, primitive, rank
from polytropic.arithmetic.numbers import ExactArray, FloatArray, frozen
from polytropic.geometry.arrangements.sign_vectors import (
    SignVectors,
    Words,
    gather_bits,
    mask_words,
)

__all__ = ["Hyperplanes", "distinct_hyperplanes"]


@dataclass(frozen=True, eq=False)
class Hyperplanes:
    """Distinct linear hyperplanes, and how the rows they came from lie on them.

    Attributes
    ----------
    rows : ExactArray, shape (k, r)
        One of the given rows for every hyperplane, in the order of first appearance, restricted to
        `columns`; they have rank r, and no two of them are parallel.
    member : int array, shape (m,)
        Which hyperplane every given row belongs to; -1 for a zero row.
    orientation : int8 array, shape (m,)
        Whether a given row is a positive (1) or negative (-1) multiple of its hyperplane's; 0 for
        a zero row.
    representative : int array, shape (k,)
        The given row that stands for each hyperplane.
    columns : int array, shape (r,)
        Columns that carry the rank.  Setting the other coordinates to zero loses nothing: it picks
        one point on every translate of the lineality space.
    """

    rows: ExactArray
    member: NDArray[np.intp]
    orientation: NDArray[np.int8]
    representative: NDArray[np.intp]
    columns: NDArray[np.intp]

    @property
    def n_rows(self) -> int:
        """Number m of given rows."""
        return len(self.member)

    @cached_property
    def is_identity(self) -> bool:
        """Whether the given rows are the hyperplanes, one by one."""
        return len(self.rows) == len(self.member)

    def expand(self, bits: Words, skip: int = 0) -> SignVectors:
        """Sign vectors over the given rows, but for the first few, from bits over the hyperplanes.

        Parameters
        ----------
        bits : uint64 array, shape (N, W)
        skip : int
            How many of the given rows to leave out.
        """
        member, orientation = self.member[skip:], self.orientation[skip:]
        support = mask_words((orientation != 0).reshape(1, -1))
        if not skip and self.is_identity:
            return SignVectors(bits, support, self.n_rows)
        positive = gather_bits(bits, member, orientation < 0)
        return SignVectors(positive, support, len(member))


def distinct_hyperplanes(rows: ExactArray) -> Hyperplanes:
    """Merge parallel rows and drop zero ones.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)

    Returns
    -------
    Hyperplanes

    Notes
    -----
    O(m n) float operations and a sort; integers decide only between rows whose quotients by their
    largest entries round to the same floats.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> found = distinct_hyperplanes(exact([[1, 2, 0], [0, 0, 0], [-2, -4, 0], [0, 1, 0]]))
    >>> found.rows.to_float().tolist(), found.member.tolist(), found.orientation.tolist()
    ([[1.0, 2.0], [0.0, 1.0]], [0, -1, 0, 1], [1, 0, -1, 1])
    """
    found = _merge_floats(rows.floats) if rows.floats is not None else _merge_integers(rows)
    member, orientation, representative = found
    chosen = rows[representative]
    columns = _carrying_columns(chosen)
    if len(columns) < rows.shape[1]:
        chosen = chosen[:, columns]
    return Hyperplanes(
        chosen, frozen(member), frozen(orientation), frozen(representative), frozen(columns)
    )


_Merged = tuple[NDArray[np.intp], NDArray[np.int8], NDArray[np.intp]]


def _merge_floats(floats: FloatArray) -> _Merged:
    """Merge rows of floats.

    Quotients are correctly rounded, so parallel rows have the same; only rows that share all
    quotients need a proof that they are parallel.
    """
    places = np.abs(floats).argmax(axis=1) if floats.shape[1] else np.zeros(len(floats), np.intp)
    largest = floats[np.arange(len(floats)), places] if floats.shape[1] else np.zeros(len(floats))
    nonzero = np.flatnonzero(largest)
    keys = floats[nonzero] / largest[nonzero, None] + 0.0
    _, group = np.unique(keys, axis=0, return_inverse=True)
    group = group.ravel()
    order = np.argsort(group, kind="stable")
    _, first, size = np.unique(group[order], return_index=True, return_counts=True)
    leader = np.arange(len(floats))
    sign = np.sign(largest).astype(np.int8)
    for start, count in zip(first[size > 1].tolist(), size[size > 1].tolist(), strict=True):
        alike = np.sort(nonzero[order[start : start + count]])
        lines: dict[tuple[int, ...], int] = {}
        for index, row in zip(
            alike.tolist(), ExactArray.of_floats(floats[alike]).numerators.tolist(), strict=True
        ):
            line = primitive(row if largest[index] > 0 else [-entry for entry in row])
            leader[index] = lines.setdefault(line, index)
    return _numbered(leader, sign)


def _merge_integers(rows: ExactArray) -> _Merged:
    lines: dict[tuple[int, ...], int] = {}
    leader = np.arange(len(rows))
    sign = np.zeros(len(rows), dtype=np.int8)
    for index, row in enumerate(rows.numerators.tolist()):
        lead = next((entry for entry in row if entry), 0)
        if lead:
            sign[index] = 1 if lead > 0 else -1
            line = primitive(row if lead > 0 else [-entry for entry in row])
            leader[index] = lines.setdefault(line, index)
    return _numbered(leader, sign)


def _numbered(leader: NDArray[np.intp], sign: NDArray[np.int8]) -> _Merged:
    """Number hyperplanes in the order in which their first rows come."""
    representative = np.flatnonzero((leader == np.arange(len(leader))) & (sign != 0))
    number = np.full(len(leader), -1, dtype=np.intp)
    number[representative] = np.arange(len(representative))
    member = np.where(sign != 0, number[leader], -1)
    orientation = (sign * sign[leader]).astype(np.int8)
    return member, orientation, representative


def _carrying_columns(rows: ExactArray) -> NDArray[np.intp]:
    """First columns that carry the rank, exactly; all of them after one small determinant."""
    size, width = rows.shape
    if size >= width > 0 and _few_rows_span(rows):
        return np.arange(width)
    return np.array(pivot_columns(rows.numerators) if size else [], dtype=np.intp)


def _few_rows_span(rows: ExactArray) -> bool:
    """Whether some rows, as many as columns, chosen by floats, are independent: proof of rank."""
    floats = rows.to_float()
    size = np.abs(floats).max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        rest = floats / size
        chosen: list[int] = []
        for _ in range(rows.shape[1]):
            lengths = (rest * rest).sum(axis=1)
            best = int(np.nan_to_num(lengths).argmax())
            chosen.append(best)
            rest = rest - np.outer(rest @ rest[best] / lengths[best], rest[best])
    return rank(rows[chosen].numerators) == rows.shape[1]

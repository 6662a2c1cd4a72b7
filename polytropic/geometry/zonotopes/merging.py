"""Parallel generators merged and zero ones dropped, with a record of which went where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, frozen
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = ["Reduction", "reduced"]


@dataclass(frozen=True, eq=False)
class Reduction:
    """A zonotope written with as few generators as possible.

    Attributes
    ----------
    zonotope : Zonotope
        The same set: pairwise non-parallel generators, none of them zero.
    original : Zonotope
    member : int array, shape (m,)
        The generator of `zonotope` that each original one became part of; -1 for a zero one.
    orientation : int8 array, shape (m,)
        Whether it points the same way (1) or the opposite way (-1: then it moved the base); 0 for
        a zero one.
    """

    zonotope: Zonotope
    original: Zonotope
    member: NDArray[np.intp]
    orientation: NDArray[np.int8]

    def expand(self, signs: SignVectors) -> SignVectors:
        """Sign vectors over the original generators from those over the merged ones."""
        table = np.asarray(signs)
        wide = np.zeros((len(table), len(self.member)), dtype=np.int8)
        kept = self.member >= 0
        wide[:, kept] = table[:, self.member[kept]] * self.orientation[kept]
        return SignVectors.from_signs(wide)


def reduced(zonotope: Zonotope) -> Reduction:
    """Merge parallel generators and drop zero ones.

    Parameters
    ----------
    zonotope : Zonotope

    Returns
    -------
    Reduction

    Notes
    -----
    A segment ``[0, -c g]`` is ``-c g + [0, c g]``: generators opposite to the first one of their
    direction move the base.

    Examples
    --------
    >>> found = reduced(Zonotope([[1, 0], [0, 0], [-2, 0], [0, 1]]))
    >>> found.zonotope.generators.tolist(), found.zonotope.base.tolist()
    ([[3.0, 0.0], [0.0, 1.0]], [-2.0, 0.0])
    >>> found.member.tolist(), found.orientation.tolist()
    ([0, -1, 0, 1], [1, 0, -1, 1])
    """
    rows, base = zonotope.generators_exact, zonotope.base_exact
    planes = distinct_hyperplanes(rows)
    member, orientation = planes.member, planes.orientation
    sizes = np.bincount(member[member >= 0], minlength=len(planes.representative))
    merged = rows[planes.representative]
    if (sizes > 1).any():
        numerators = merged.over(rows.denominator).copy()
        numerators[:] = 0
        kept = np.flatnonzero(member >= 0)
        signed = rows.numerators[kept] * orientation[kept, None].astype(int).astype(object)
        np.add.at(numerators, member[kept], signed)
        merged = ExactArray(numerators, rows.denominator)
    if (orientation < 0).any():
        moved = rows[np.flatnonzero(orientation < 0)]
        base = base + ExactArray(moved.numerators.sum(axis=0), moved.denominator)
    found = Zonotope(merged, base) if len(merged) < len(rows) or (sizes > 1).any() else zonotope
    return Reduction(found, zonotope, frozen(member.copy()), frozen(orientation.copy()))

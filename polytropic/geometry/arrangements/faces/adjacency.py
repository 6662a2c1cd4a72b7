"""Which chambers share a facet, and in which hyperplane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import frozen

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["ChamberAdjacency"]


@dataclass(frozen=True, eq=False, repr=False)
class ChamberAdjacency:
    """Pairs of chambers with a common facet.

    Attributes
    ----------
    n_chambers : int
    pairs : int array, shape (E, 2)
        The first chamber of a pair is the one on the positive side; sorted by hyperplane.
    hyperplane : int array, shape (E,)
        The first row whose hyperplane holds the common facet.
    """

    n_chambers: int
    pairs: NDArray[np.intp]
    hyperplane: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.pairs)

    @cached_property
    def matrix(self) -> csr_array:
        """Symmetric sparse matrix, shape (N, N), with True for neighbours."""
        from scipy.sparse import csr_array

        i, j = self.pairs.T
        both = (np.concatenate([i, j]), np.concatenate([j, i]))
        shape = (self.n_chambers, self.n_chambers)
        return csr_array((np.ones(2 * len(self), dtype=bool), both), shape=shape)

    @cached_property
    def _by_chamber(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        chamber = self.pairs.T.ravel()
        order = np.argsort(chamber, kind="stable")
        starts = np.searchsorted(chamber[order], np.arange(self.n_chambers + 1))
        other = self.pairs[:, ::-1].T.ravel()[order]
        return starts, frozen(other), frozen(np.tile(self.hyperplane, 2)[order])

    def neighbours(self, chamber: int) -> NDArray[np.intp]:
        """Chambers that share a facet with one, in the order of `walls`."""
        starts, other, _ = self._by_chamber
        return other[starts[chamber] : starts[chamber + 1]]

    def walls(self, chamber: int) -> NDArray[np.intp]:
        """First rows of the hyperplanes that hold the facets of one chamber."""
        starts, _, wall = self._by_chamber
        return wall[starts[chamber] : starts[chamber + 1]]

    @property
    def n_walls(self) -> NDArray[np.intp]:
        """Number of facets of every chamber, shape (N,)."""
        return np.diff(self._by_chamber[0])

    def __repr__(self) -> str:
        return f"ChamberAdjacency({self.n_chambers:,} chambers, {len(self):,} pairs)"

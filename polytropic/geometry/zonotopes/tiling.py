"""Fine zonotopal tilings: zonotopes cut into parallelotopes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import pivot_columns
from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.volumes.simplices import determinants
from polytropic.geometry.zonotopes.spans import MAX_SUBSETS, spans
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = ["Tiling", "tiling"]

_HEIGHT_BITS = 24


@dataclass(frozen=True, eq=False, repr=False)
class Tiling:
    """Parallelotopes that cover a zonotope and overlap only in their boundaries.

    Attributes
    ----------
    zonotope : Zonotope
    bases : int array, shape (n, r)
        The generators that span each tile: every basis among the generators, once.
    sign_vectors : SignVectors, n vectors of width m
        0 for the generators of the tile (and zero generators), +1 for those added to reach its
        base point, -1 for the others.
    """

    zonotope: Zonotope
    bases: NDArray[np.intp]
    sign_vectors: SignVectors

    def __len__(self) -> int:
        return len(self.bases)

    def __repr__(self) -> str:
        return f"Tiling({len(self):,} parallelotopes in dimension {self.bases.shape[1]})"

    def __getitem__(self, index: int) -> Zonotope:
        """One tile."""
        number = range(len(self))[index]
        return Zonotope(
            self.zonotope.generators_exact[self.bases[number]], self.base_points_exact[number]
        )

    @cached_property
    def base_points_exact(self) -> ExactArray:
        """Base points of the tiles as exact rationals, shape (n, d)."""
        return self.zonotope.vertex_at(self.sign_vectors)

    @cached_property
    def base_points(self) -> FloatArray:
        """Base points of the tiles, correctly rounded, shape (n, d)."""
        return self.zonotope._sums.rounded(self.sign_vectors.positive)

    @cached_property
    def volumes(self) -> ExactArray:
        """Exact volumes of the tiles, shape (n,); they add up to that of the zonotope.

        Raises
        ------
        InputError
            If the zonotope is flat.
        """
        rows = self.zonotope.generators_exact
        size = self.zonotope.ambient_dimension
        if self.bases.shape[1] < size:
            raise InputError("the zonotope is flat: its tiles have no d-dimensional volume")
        found = np.abs(determinants(rows.numerators, self.bases))
        return ExactArray(found, rows.denominator**size)


def tiling(zonotope: Zonotope, *, seed: int = 0, max_subsets: int = MAX_SUBSETS) -> Tiling:
    """Tile a zonotope by parallelotopes, one for every basis among its generators.

    Parameters
    ----------
    zonotope : Zonotope
        Degenerate, flat and parallel generators are welcome.
    seed : int
        Other seeds give other tilings.
    max_subsets : int
        Budget for C(m, r), r the dimension.

    Returns
    -------
    Tiling

    Raises
    ------
    BudgetError
        In advance.

    Notes
    -----
    Lift generator i to ``(g_i, h_i)`` with random integers h_i: the lower facets of the lifted
    zonotope project to a tiling (Shephard 1974).  It is fine if every lower facet is spanned by as
    few generators as possible, which is checked; if not, other heights are drawn.

    Examples
    --------
    >>> tiles = tiling(Zonotope([[1, 0], [0, 1], [1, 1]]))
    >>> tiles.bases.tolist(), tiles.volumes.to_float().tolist()
    ([[0, 1], [0, 2], [1, 2]], [1.0, 1.0, 1.0])
    """
    rows = zonotope.generators_exact
    integers = rows.numerators
    alive = np.flatnonzero((integers != 0).any(axis=1)) if len(rows) else np.zeros(0, np.intp)
    columns = pivot_columns(integers[alive]) if len(alive) else []
    flat = integers[np.ix_(alive, np.array(columns, dtype=np.intp))]
    rng = np.random.default_rng(seed)
    bits = _HEIGHT_BITS
    found = None
    while found is None:
        found = _lower_facets(flat, _heights(rng, len(flat), bits), max_subsets)
        bits *= 2
    bases, signs = found
    wide = np.zeros((len(bases), len(rows)), dtype=np.int8)
    wide[:, alive] = signs
    return Tiling(zonotope, alive[bases], SignVectors.from_signs(wide))


def _heights(rng: np.random.Generator, size: int, bits: int) -> ObjectArray:
    heights = np.empty(size, dtype=object)
    heights[:] = [int.from_bytes(rng.bytes(bits // 8), "little") for _ in range(size)]
    return heights


def _lower_facets(
    rows: ObjectArray, heights: ObjectArray, max_subsets: int
) -> tuple[NDArray[np.intp], Any] | None:
    """Bases and signs of the tiles; None if the heights are not generic."""
    size, rank = rows.shape
    lifted = np.concatenate([rows, -heights.reshape(-1, 1)], axis=1)
    # One more vector, the vertical one, tells lower facets from upper and vertical ones.
    vertical = np.full((1, rank + 1), 0, dtype=object)
    vertical[0, -1] = 1
    bases, signs = [np.zeros((0, rank), dtype=np.intp)], [np.zeros((0, size), dtype=np.int8)]
    for span in spans(lifted, max_subsets=max_subsets, probes=vertical):
        proper = np.flatnonzero(span.signs[:, -1])
        side = span.signs[proper, :-1] * span.signs[proper, -1:]
        if ((side == 0).sum(axis=1) > rank).any():
            return None
        bases.append(span.subsets[proper])
        signs.append(side)
    return np.concatenate(bases), np.concatenate(signs)

"""Piecewise linear functions given on convex pieces, as maxima of minima of affine functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, exact, exact_scalar
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.converse.forms import MaxMinForm
from polytropic.networks.network import Layer, Network
from polytropic.networks.regions import RegionComplex, linear_regions

__all__ = ["max_min_form"]


def max_min_form(
    pieces: RegionComplex | Iterable[tuple[Polytope, tuple[Any, Any]]],
    *,
    max_cells: int = 1_000_000,
) -> tuple[MaxMinForm, ...]:
    """Write a function that is given on convex pieces in max-min form.

    Parameters
    ----------
    pieces : RegionComplex, or sequence of (Polytope, (A, b))
        Regions of a network; or full-dimensional polyhedra, each with the affine map
        ``x -> A x + b`` on it, A of shape (p, d) or, for p = 1, (d,).
    max_cells : int
        Refuse to cut the pieces into more cells than this.

    Returns
    -------
    tuple of p MaxMinForm
        Each is equal to the given function on every piece; this is checked.

    Raises
    ------
    InputError
        If the pieces are no continuous function on a convex set, or not full-dimensional.
    BudgetError
        If there are more than `max_cells` cells.

    Notes
    -----
    Each piece is cut where its own affine function g ties with another; on a cell, the set of all
    functions that are at least g gives one minimum.  A form is equal to the function on a cell
    exactly when every set has a member that is at most g there, and g's own set has none below.

    S. Ovchinnikov, *Max-min representations of piecewise linear functions* (2002).

    Examples
    --------
    >>> left, right = Polytope.from_halfspaces([[1]], [0]), Polytope.from_halfspaces([[-1]], [0])
    >>> (f,) = max_min_form([(left, ([-1], 0)), (right, ([2], 0))])
    >>> f, f([[-3.0], [3.0]]).tolist()
    (MaxMinForm(2 minima of 2 affine functions in 1 variables), [3.0, 6.0])
    """
    if isinstance(pieces, RegionComplex):
        maps = [region.affine_map for region in pieces]
        given = [
            (region.polytope, (m.A_exact, m.b_exact))
            for region, m in zip(pieces, maps, strict=True)
        ]
    else:
        given = [(piece, _affine(*affine, piece)) for piece, affine in pieces]
    if not given:
        raise InputError("there is no piece: give at least one polyhedron with its affine map")
    counts = {len(b) for _, (_, b) in given}
    if len(counts) > 1:
        raise InputError(f"the pieces have different numbers of outputs: {sorted(counts)}")
    domains = [piece for piece, _ in given]
    for number, piece in enumerate(domains):
        if piece.dimension < piece.ambient_dimension:
            raise InputError(f"piece {number} is not full-dimensional")
    return tuple(
        _one_output(domains, [(a[[k]], b[[k]]) for _, (a, b) in given], max_cells)
        for k in range(counts.pop())
    )


def _affine(matrix: Any, offset: Any, piece: Polytope) -> tuple[ExactArray, ExactArray]:
    a = exact(matrix, "A")
    if a.ndim == 1:
        a = a.reshape(1, -1)
        offset = [exact_scalar(offset, "b")] if np.ndim(offset) == 0 else offset
    b = exact(offset, "b", ndim=1)
    if a.shape != (len(b), piece.ambient_dimension):
        raise InputError(
            f"on a piece in dimension {piece.ambient_dimension}, A has shape {a.shape} and b "
            f"{b.shape}: they must be (p, d) and (p,)"
        )
    return a, b


@dataclass(frozen=True)
class _Cells:
    """Parts of a piece: which affine functions are at least, and at most, its own on each."""

    above: NDArray[np.bool_]
    below: NDArray[np.bool_]


def _one_output(
    domains: Sequence[Polytope], maps: list[tuple[ExactArray, ExactArray]], max_cells: int
) -> MaxMinForm:
    order: dict[tuple[ExactArray, ExactArray], int] = {}
    own = [order.setdefault(affine, len(order)) for affine in maps]
    slopes = ExactArray.concatenate([a for a, _ in order])
    constants = ExactArray.concatenate([b for _, b in order])
    cells, total = [], 0
    for domain, index in zip(domains, own, strict=True):
        cells.append(_cells(domain, index, slopes, constants, max_cells - total))
        total += len(cells[-1].above)
    above = np.unique(np.concatenate([part.above for part in cells]), axis=0)
    least = _minimal(above)
    for number, part in enumerate(cells):
        if not (part.below.astype(np.int64) @ least.T.astype(np.int64)).all():
            raise InputError(
                "the pieces are no continuous function on a convex set: no max-min form agrees "
                f"with all of them on piece {number}"
            )
    return MaxMinForm(slopes, constants, [np.flatnonzero(row).tolist() for row in least])


def _cells(
    domain: Polytope, own: int, slopes: ExactArray, constants: ExactArray, max_cells: int
) -> _Cells:
    """Cut a piece where its function ties with others."""
    count = len(slopes)
    others = np.delete(np.arange(count), own)
    signs = np.zeros((1, 0), dtype=np.int8)
    if len(others):
        same = np.full(len(others), own)
        weight, bias = slopes[others] - slopes[same], constants[others] - constants[same]
        zeros = ExactArray.zeros(len(others))
        total = Layer(exact([[1] * len(others)]), ExactArray.zeros(1))
        comparing = Network((Layer(weight, bias, zeros), total))
        try:
            signs = linear_regions(comparing, domain, max_regions=max(max_cells, 1)).sign_vectors
        except BudgetError as problem:
            raise BudgetError(
                "the pieces are cut into too many cells where affine functions tie: raise "
                "max_cells, or merge pieces with the same map"
            ) from problem
    above = np.ones((len(signs), count), dtype=bool)
    below = above.copy()
    above[:, others], below[:, others] = signs >= 0, signs <= 0
    return _Cells(above, below)


def _minimal(sets: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that contain no other row; the rows are all different."""
    kept: list[NDArray[np.bool_]] = []
    for row in sets[np.argsort(sets.sum(axis=1), kind="stable")]:
        if not any((smaller <= row).all() for smaller in kept):
            kept.append(row)
    return np.array(kept)

"""Pointed cones to start from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product as product_of_signs
from typing import NamedTuple

import numpy as np

from polytropic.arithmetic.linalg import (
    identity,
    integer_rows,
    kernel,
    pivot_columns,
    primitive,
    product,
)
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.errors import BudgetError

__all__ = ["Fan", "check_size", "pointed_fan"]


class Fan(NamedTuple):
    """Cones to start from: pointed, face-to-face, with a common lineality space.

    Attributes
    ----------
    generators : object array, shape (n, ambient)
        Homogeneous integer rows.
    cells : list of list of int
        Generators of each cell.
    tight : list of list of int
        Beside every cell, one bit mask per generator: the inequalities tight there.
    names : list of int
        What each bit is: the number of a function, or negative for an inequality of the domain.
    dimension : int
        Dimension D of the cones (lineality not counted).
    lineality : object array, shape (l, ambient)
        Directions along which nothing changes.
    """

    generators: ObjectArray
    cells: list[list[int]]
    tight: list[list[int]]
    names: list[int]
    dimension: int
    lineality: ObjectArray


def pointed_fan(
    generators: ObjectArray,
    tight: Sequence[int],
    names: Sequence[int],
    lineality: ObjectArray,
    forms: ObjectArray,
    max_cells: int | None = None,
) -> Fan:
    """Split a cone with lineality into pointed cones by some of the given linear forms.

    If the forms have rank r on the lineality space, r of them that are independent there cut the
    cone into 2^r pointed ones; the directions on which every form vanishes remain as lineality.

    Parameters
    ----------
    generators : object array, shape (n, ambient)
        Generators of the pointed part of the cone.
    tight : sequence of int
        Tight inequalities of each generator, as bit masks.
    names : sequence of int
        What each bit is.
    lineality : object array, shape (l, ambient)
    forms : object array, shape (m, ambient)
        The forms that will cut the cone; they are functions 0, 1, ...
    max_cells : int, optional
        Refuse to make more cones than this.

    Returns
    -------
    Fan

    Raises
    ------
    BudgetError
        If ``2^r`` exceeds `max_cells`; nothing has been made by then.
    """
    ambient, n_bits = lineality.shape[1], len(names)
    on_lineality = product(forms, lineality)
    chosen = pivot_columns(on_lineality.T) if len(lineality) else []
    check_size(1 << len(chosen), max_cells)
    pivots = forms[chosen]
    axes = _dual_axes(on_lineality[chosen], lineality)
    rest = lineality
    if chosen:
        rest = product(kernel(on_lineality[chosen]), lineality.T)
    moved = _clear(generators, pivots, axes)
    pivot_rank = len(chosen)
    size = len(generators)
    rows = [*moved.tolist()]
    for axis in axes.tolist():
        rows += [axis, [-entry for entry in axis]]
    everything = (1 << n_bits) - 1
    pivot_bits = ((1 << pivot_rank) - 1) << n_bits
    cells, masks = [], []
    # The negative side of the first form first, and so on.
    for pattern in product_of_signs(range(2), repeat=pivot_rank):
        cell, mask = list(range(size)), [bits | pivot_bits for bits in tight]
        for k in range(pivot_rank):
            cell.append(size + 2 * k + 1 - pattern[k])
            mask.append(everything | (pivot_bits & ~(1 << (n_bits + k))))
        cells.append(cell)
        masks.append(mask)
    span = _rank_of_cone(moved) + pivot_rank
    return Fan(integer_rows(rows, ambient), cells, masks, [*names, *chosen], span, rest)


def check_size(n_cells: int, max_cells: int | None) -> None:
    """Raise a `BudgetError` if there are more cells than allowed."""
    if max_cells is not None and n_cells > max_cells:
        raise BudgetError(
            f"the complex has more than {max_cells} cells; raise the limit, or ask for a "
            "smaller domain"
        )


def _rank_of_cone(generators: ObjectArray) -> int:
    return len(pivot_columns(generators)) if len(generators) else 0


def _dual_axes(values: ObjectArray, lineality: ObjectArray) -> ObjectArray:
    """Vectors in the lineality space on which one chosen form is positive, the others zero."""
    axes = []
    for k in range(len(values)):
        others = np.delete(values, k, axis=0)
        null = kernel(others) if len(others) else identity(values.shape[1])
        heights = product(null, values[k : k + 1])[:, 0].tolist()
        index = next(i for i, height in enumerate(heights) if height)
        sign = 1 if heights[index] > 0 else -1
        vector = product(null[index : index + 1], lineality.T)[0].tolist()
        axes.append(primitive([sign * entry for entry in vector]))
    return integer_rows(axes, lineality.shape[1])


def _clear(generators: ObjectArray, forms: ObjectArray, axes: ObjectArray) -> ObjectArray:
    """Move generators along the axes until every chosen form vanishes on them."""
    if not len(forms) or not len(generators):
        return generators
    leads = np.diagonal(product(forms, axes)).tolist()
    common = int(np.prod(np.array(leads, dtype=object)))
    values = product(generators, forms).tolist()
    rows = []
    for row, heights in zip(generators.tolist(), values, strict=True):
        moved = [common * entry for entry in row]
        for height, lead, axis in zip(heights, leads, axes.tolist(), strict=True):
            factor = height * (common // lead)
            moved = [entry - factor * a for entry, a in zip(moved, axis, strict=True)]
        rows.append(primitive(moved))
    return integer_rows(rows, generators.shape[1])

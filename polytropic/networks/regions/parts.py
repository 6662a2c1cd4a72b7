"""Parts of a complex of regions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.errors import InputError
from polytropic.geometry.subdividing.cells import chosen

if TYPE_CHECKING:
    from polytropic.networks.regions.complex import RegionComplex

__all__ = ["chosen_regions", "part_of_complex"]


def chosen_regions(regions: RegionComplex, which: Any) -> IntArray:
    """Indices of regions, increasing, from a predicate, a bool array or an index array."""
    if callable(which):
        flags = [bool(which(region)) for region in regions]
        return np.flatnonzero(np.array(flags, dtype=bool))
    array = np.asarray(which)
    if array.dtype == bool:
        if array.shape != (len(regions),):
            raise InputError(
                f"a bool array must have one entry for each of {len(regions)} regions, got shape "
                f"{array.shape}"
            )
        return np.flatnonzero(array)
    if array.ndim != 1 or (len(array) and array.dtype.kind not in "iu"):
        raise InputError("give a predicate, a bool array or an array of indices of regions")
    index = np.unique(array.astype(np.int64))
    if len(index) and (index[0] < 0 or index[-1] >= len(regions)):
        raise InputError(f"regions have the indices 0 to {len(regions) - 1}")
    return index


def part_of_complex(regions: RegionComplex, index: IntArray) -> RegionComplex:
    """Some regions of a complex, in its order, with only the generators that they need.

    Notes
    -----
    Generators that others were made from stay in the list of generators, though no region has them.
    """
    cells = chosen(regions.arrays, index)
    used, members = np.unique(cells.members.astype(np.int64), return_inverse=True)
    lineage, names = regions._lineage.restricted(used)
    count = len(lineage)
    kept = np.full(count, -1, dtype=np.int64)
    kept[names] = used
    missing = np.flatnonzero(kept < 0)
    places = regions.places.rows(np.where(kept < 0, 0, kept))
    places.error[missing] = np.inf
    is_point = regions.is_point[np.where(kept < 0, 0, kept)]
    cells = cells._replace(members=names[members].astype(np.int32))
    for array in (*cells, *places, is_point):
        frozen(array)
    return replace(
        regions,
        signs=regions.signs[index],
        arrays=cells,
        places=places,
        is_point=is_point,
        is_part=True,
        _lineage=lineage,
    )

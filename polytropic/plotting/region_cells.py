"""Complexes of regions as cells that can be drawn, without integers where floats are enough."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from polytropic.arithmetic.numbers import FloatArray
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.cells import CellLists, PlaneComplex, float_rows
from polytropic.plotting.frames import read_frame

__all__ = ["facet_lists", "region_lists", "region_places", "region_plane"]

_ACCURACY: Final = 1e-4
"""Part of the picture that nobody sees: a fiftieth of a dot of a printer."""


def region_places(obj: RegionComplex, size: float | None = None) -> FloatArray:
    """Coordinates of vertices and directions of rays, shape (n, d).

    The floats that the regions were found with are taken where their proven errors cannot be seen;
    the others are rounded from integers.

    Parameters
    ----------
    obj : RegionComplex
    size : float, optional
        Width of the window through which they are seen; by default that of everything.

    Returns
    -------
    float array, shape (n, d)
        With errors below a ten thousandth of the size, or of a typical coordinate if that is less.
    """
    value, error = obj.places
    known = np.isfinite(value) & np.isfinite(error)
    typical = float(np.median(np.abs(value[known]))) if known.any() else 0.0
    allowed = _ACCURACY * (typical if size is None else min(typical, size))
    poor = np.flatnonzero(~(known & (error <= allowed)).all(axis=1))
    places = np.array(value, dtype=np.float64)
    if len(poor):
        places[poor] = float_rows(obj.exact_generators(poor))[0]
    return places


def region_plane(obj: RegionComplex, given: Any = None) -> PlaneComplex:
    """Generators of regions in the plane or on the line, to be seen through the given frame."""
    size = None
    if given is not None:
        frame = read_frame(given, obj.network.n_inputs)
        size = min(frame.width, frame.height) if obj.network.n_inputs > 1 else frame.width
    return PlaneComplex.rounded(
        region_places(obj, size),
        obj.is_point,
        lambda chosen: obj.exact_generators(np.array(chosen, dtype=np.int64)),
        obj.lineality,
    )


def region_lists(obj: RegionComplex) -> CellLists:
    """Vertices and rays of every region."""
    return CellLists.between(obj.arrays.members, obj.arrays.start)


def facet_lists(obj: RegionComplex) -> CellLists:
    """Vertices and rays of every facet, in the order of ``obj.facet_table``."""
    table = obj.facet_table
    return CellLists.between(table.members, table.member_start)

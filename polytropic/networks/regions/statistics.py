"""What a complex of regions looks like, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.numbers import FloatArray, IntArray

if TYPE_CHECKING:
    from polytropic.networks.regions.complex import RegionComplex

__all__ = ["RegionStatistics", "region_statistics"]

_SAMPLE = 200  # regions whose inradius is found


@dataclass(frozen=True, eq=False, repr=False)
class RegionStatistics:
    """Numbers about a complex of regions; all are exact but volumes and inradii.

    Attributes
    ----------
    n_regions, n_bounded, n_unbounded : int
    n_vertices, n_rays : int
    n_facets : int
    n_adjacent : int
        Pairs of regions that share a facet.
    facets : (int, float, int)
        Least, mean and largest number of facets of a region.
    degrees : (int, float, int)
        The same of neighbours; for hyperplanes in general position the mean is at most 2 d.
    dead_units : int array
        Units that are positive on no region.
    always_on_units : int array
        Units that are positive on every region.
    vanishing_units : int array
        Units that vanish on some region as a whole.
    inradii : array
        Of all regions, or of `sampled` ones.
    sampled : int array
        The regions that `inradii` belongs to.
    volume_quantiles : array, shape (5,)
        Least, quartiles and largest volume of the bounded regions; empty if there is none.
    """

    n_regions: int
    n_bounded: int
    n_unbounded: int
    n_vertices: int
    n_rays: int
    n_facets: int
    n_adjacent: int
    facets: tuple[int, float, int]
    degrees: tuple[int, float, int]
    dead_units: IntArray
    always_on_units: IntArray
    vanishing_units: IntArray
    inradii: FloatArray
    sampled: IntArray
    volume_quantiles: FloatArray

    def __repr__(self) -> str:
        few = "" if len(self.sampled) == self.n_regions else f" (of {len(self.sampled)} regions)"
        rows = [
            ("regions", f"{self.n_regions:,}"),
            ("bounded, unbounded", f"{self.n_bounded:,}, {self.n_unbounded:,}"),
            ("vertices, rays", f"{self.n_vertices:,}, {self.n_rays:,}"),
            ("facets, adjacent pairs", f"{self.n_facets:,}, {self.n_adjacent:,}"),
            ("facets of a region", _spread(self.facets)),
            ("neighbours of a region", _spread(self.degrees)),
            ("units dead, always on", f"{len(self.dead_units)}, {len(self.always_on_units)}"),
            ("units zero on a region", f"{len(self.vanishing_units)}"),
            (f"inradius{few}", _quantiles(_quartiles(self.inradii))),
            ("volume", _quantiles(self.volume_quantiles)),
        ]  # fmt: skip
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


_QUARTERS = [0, 0.25, 0.5, 0.75, 1]


def _quartiles(values: FloatArray) -> FloatArray:
    """Least, quartiles and largest, each of them one of the values (some may be infinite)."""
    if not len(values):
        return np.zeros(0)
    return np.quantile(values, _QUARTERS, method="nearest")


def _spread(numbers: tuple[int, float, int]) -> str:
    least, mean, most = numbers
    return f"{least} to {most}, mean {mean:.2f}"


def _quantiles(values: FloatArray) -> str:
    return " · ".join(f"{v:.3g}" for v in values.tolist()) or "none"


def region_statistics(regions: RegionComplex, sample: int = _SAMPLE) -> RegionStatistics:
    """Numbers about a complex; inradii of at most `sample` regions, evenly spread."""
    n = len(regions)
    unbounded = ~regions.is_bounded
    n_facets = np.diff(regions.facet_table.start)
    degrees = np.bincount(regions.adjacency.ravel(), minlength=n)
    positive, negative = _ever(regions)
    sampled = np.unique(np.linspace(0, max(n - 1, 0), min(n, sample)).astype(np.int64))
    volumes = regions.volumes[~unbounded]
    return RegionStatistics(
        n,
        int(n - unbounded.sum()),
        int(unbounded.sum()),
        regions.n_vertices,
        regions.n_rays,
        len(regions.facet_table),
        len(regions.adjacency),
        _summary(n_facets),
        _summary(degrees),
        np.flatnonzero(~positive[0]),
        np.flatnonzero(positive[1]),
        np.flatnonzero(negative),
        regions.inradii(sampled),
        sampled,
        _quartiles(volumes),
    )


def _summary(numbers: IntArray) -> tuple[int, float, int]:
    if not len(numbers):
        return 0, 0.0, 0
    return int(numbers.min()), float(numbers.mean()), int(numbers.max())


def _ever(regions: RegionComplex) -> tuple[FloatArray, FloatArray]:
    """Which units are positive somewhere and everywhere; which are zero on some region."""
    width = regions.signs.width
    once, always = np.zeros(width, dtype=bool), np.ones(width, dtype=bool)
    zero = np.zeros(width, dtype=bool)
    for block in regions.signs.blocks(1 << 14):
        signs = block.unpacked()
        once |= (signs > 0).any(axis=0)
        always &= (signs > 0).all(axis=0)
        zero |= (signs == 0).any(axis=0)
    return np.stack([once, always]), zero

"""Estimates of numbers of regions by sampling: labelled as what they are, beside exact counts."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.optimisation import bounding_box
from polytropic.geometry.polytope import Polytope
from polytropic.networks.around import activation_region, conditions_around
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network

__all__ = ["EstimatedRegions", "expected_regions"]

Method = Literal["volume", "species"]

_GRID_BITS = 53
_TRIES = 1000  # batches of candidates without enough points inside before giving up


@dataclass(frozen=True, repr=False)
class EstimatedRegions:
    """An estimate (not a count) of the number of activation regions in a domain.

    Attributes
    ----------
    estimate : float
    standard_error : float
        Estimated from the same sample: too small if the sample missed regions that matter, as it
        usually does when many regions are small.  NaN for a sample of one point.
    samples : int
        Points that were sampled.
    method : {"volume", "species"}
    n_seen : int
        Distinct regions in which a point lay: exactly this many exist at least.
    """

    estimate: float
    standard_error: float
    samples: int
    method: Method
    n_seen: int

    def __repr__(self) -> str:
        return (
            f"EstimatedRegions(estimate {self.estimate:.4g} ± {self.standard_error:.2g} by "
            f"{self.method}, {self.n_seen} regions seen by {self.samples} samples)"
        )


def expected_regions(
    network: Network,
    domain: Polytope,
    *,
    samples: int = 1000,
    method: Method = "volume",
    rng: np.random.Generator | int | None = None,
) -> EstimatedRegions:
    """Estimate the number of activation regions in a bounded domain from random points.

    Parameters
    ----------
    network : Network
    domain : Polytope
        Bounded and of full dimension.
    samples : int
        Number of points, uniform in the domain.
    method : {"volume", "species"}
        "volume": the mean of ``vol(domain) / vol(region of x)`` over the points x; its expectation
        is the number of regions exactly, as each region contributes its share of the points times
        the inverse of this share.  For small d, since it computes the exact volume of every
        region that it sees.

        "species": the lower bound of Chao from how many regions were seen once and twice; for any
        d, and too low on average.
    rng : Generator or int, optional

    Returns
    -------
    EstimatedRegions

    Raises
    ------
    InputError
        If the domain is unbounded, flat or of the wrong dimension, or an argument is out of range.
    EmptyPolytopeError
        If the domain is empty.

    Notes
    -----
    The variance of one term of "volume" is ``sum_r vol(domain) / vol(r) - N^2``: where volumes
    differ by orders of magnitude, its tail is heavy.  A sample then contains no point of the
    small regions, gives too low a number and too small an error, and very seldom far too high
    ones.  Compare `n_seen` with the estimate: it is good only if most regions were seen, or
    regions are of similar size.

    Points are exact rationals on a grid of ``2^53`` steps along every side of the bounding box;
    signs of units at them are exact, and points on a wall are drawn again.  Regions that hold no
    point of this grid are not counted, and those of a few grid points with an error.

    Chao, *Nonparametric estimation of the number of classes in a population* (1984), with the
    variance of Chao (1987).

    Examples
    --------
    >>> from polytropic import linear_regions, random_network
    >>> net, box = random_network(2, [4], rng=0), Polytope.box(-1, 1, dim=2)
    >>> expected_regions(net, box, samples=400, rng=0)
    EstimatedRegions(estimate 4.026 ± 0.27 by volume, 4 regions seen by 400 samples)
    >>> len(linear_regions(net, box))
    4
    """
    if samples < 1:
        raise InputError(f"samples must be at least 1, got {samples}")
    if method not in ("volume", "species"):
        raise InputError(f'method must be "volume" or "species", got {method!r}')
    _check(network, domain)
    generator = np.random.default_rng(rng)
    found: Counter[bytes] = Counter()
    witness: dict[bytes, ObjectArray] = {}
    while (missing := samples - found.total()) > 0:
        points = _uniform(domain, missing, generator)
        signs, on_wall = _signs(network, points)
        for row, point, wall in zip(signs, points.to_fractions(), on_wall, strict=True):
            if not wall:
                found[row.tobytes()] += 1
                witness.setdefault(row.tobytes(), point)
    if method == "species":
        estimate, error = _chao(found)
    else:
        whole = domain.volume
        shares = {
            key: float(whole / activation_region(network, point, domain).volume)
            for key, point in witness.items()
        }
        terms = np.array([shares[key] for key in found.elements()])
        estimate = float(terms.mean())
        error = float(terms.std(ddof=1) / math.sqrt(samples)) if samples > 1 else math.nan
    return EstimatedRegions(estimate, error, samples, method, len(found))


# -- points and their signs ------------------------------------------------------------------------
def _check(network: Network, domain: Polytope) -> None:
    if not isinstance(domain, Polytope):
        raise InputError(
            f"domain must be a Polytope (for a box: Polytope.box(lower, upper)), got {domain!r}"
        )
    if domain.ambient_dimension != network.n_inputs:
        raise InputError(
            f"the network takes {network.n_inputs} inputs but the domain lies in dimension "
            f"{domain.ambient_dimension}"
        )
    if domain.is_empty:
        raise EmptyPolytopeError("the domain is empty: there is no region to count")
    if not domain.is_bounded:
        raise InputError("the domain is unbounded: points cannot be uniform in it")
    if domain.dimension < domain.ambient_dimension:
        raise InputError(
            f"the domain is flat (dimension {domain.dimension} in R^{domain.ambient_dimension}): "
            "restrict the network to its affine hull first"
        )


def _uniform(domain: Polytope, count: int, rng: np.random.Generator) -> ExactArray:
    """Exact points of a fine grid, uniform in the domain, by rejection from its bounding box."""
    lower, upper = bounding_box(domain)
    side = (upper - lower).reshape(1, -1)
    ones = ExactArray(np.full((count, 1), 1, dtype=object))
    kept: list[ExactArray] = []
    for _ in range(_TRIES):
        steps = rng.integers(0, 1 << _GRID_BITS, (count, domain.ambient_dimension))
        numerators = (2 * steps.astype(object) + 1) * side.numerators
        offset = ExactArray(numerators, side.denominator << (_GRID_BITS + 1))
        points = ones @ lower.reshape(1, -1) + offset
        kept.append(points[np.flatnonzero(domain.contains(points))])
        if sum(map(len, kept)) >= count:
            return ExactArray.concatenate(kept)[:count]
    raise InputError(
        f"the domain fills too little of its bounding box: {_TRIES * count} random points of the "
        f"box gave {sum(map(len, kept))} in the domain"
    )


def _signs(network: Network, points: ExactArray) -> tuple[SignArray, list[bool]]:
    """Sign of every unit at every point, and whether the point is on a wall.

    A unit that is zero at a point, but not on the whole region around it, is a wall.
    """
    values, columns = points, [np.zeros((len(points), 0), dtype=np.int8)]
    for layer in network.layers:
        z = Layer(layer.weight, layer.bias).apply(values)
        if layer.threshold is not None:
            kinks = ExactArray(np.full((len(points), 1), 1, dtype=object))
            heights = z - kinks @ layer.threshold.reshape(1, -1)
            columns.append(np.sign(heights.numerators[:, layer.tested]).astype(np.int8))
        values = layer.activate(z)
    signs = np.concatenate(columns, axis=1)
    # Which forms the units are near a point depends on the signs at it alone.
    verdicts: dict[bytes, bool] = {}
    for i in np.flatnonzero((signs == 0).any(axis=1)).tolist():
        if signs[i].tobytes() not in verdicts:
            verdicts[signs[i].tobytes()] = len(conditions_around(network, points[i])[1]) > 0
    return signs, [verdicts.get(row.tobytes(), False) for row in signs]


# -- species ---------------------------------------------------------------------------------------
def _chao(found: Counter[bytes]) -> tuple[float, float]:
    """Chao's lower bound of the number of species, and its standard error."""
    frequencies = Counter(found.values())
    once, twice, seen = frequencies[1], frequencies[2], len(found)
    if twice == 0:
        unseen = Fraction(once * (once - 1), 2)
        estimate = seen + unseen
        variance = unseen + Fraction(once * (2 * once - 1) ** 2, 4)
        variance -= Fraction(once**4, 4) / estimate
    else:
        ratio = Fraction(once, twice)
        estimate = seen + ratio * once / 2
        variance = twice * (ratio**2 / 2 + ratio**3 + ratio**4 / 4)
    return float(estimate), math.sqrt(max(float(variance), 0.0))

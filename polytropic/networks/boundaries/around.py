"""The nearest point of a decision boundary, looked for in boxes that grow around a point."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from polytropic.arithmetic.linalg import identity
from polytropic.arithmetic.numbers import ExactArray, exact, exact_scalar
from polytropic.errors import InputError
from polytropic.geometry.optimisation import bounding_box
from polytropic.geometry.polytope import Polytope
from polytropic.networks.boundaries.argmax import argmax_boundary
from polytropic.networks.boundaries.comparing import checked_classes
from polytropic.networks.boundaries.nearest import NearestPoint, Norm, checked_norm
from polytropic.networks.boundaries.threshold import boundary_complex
from polytropic.networks.network import Network
from polytropic.networks.regions import Slice
from polytropic.networks.regions.locating import signs_of_units
from polytropic.networks.regions.stages import NetworkStages

__all__ = ["nearest_boundary_point"]

_GROWTHS = 8  # boxes before all of the domain is searched
_FACTOR = 2


def nearest_boundary_point(
    network: Network,
    point: Any,
    norm: Norm = 2,
    *,
    threshold: Any = 0,
    classes: tuple[int, int] | None = None,
    domain: Polytope | Slice | None = None,
    max_regions: int | None = None,
) -> NearestPoint | None:
    """The point nearest to a given one at which a network is undecided, exactly.

    Parameters
    ----------
    network : Network
        With one output: undecided where that is `threshold`.  With more: where two of them tie for
        the largest, or, if `classes` are given, where the margin between these is `threshold`.
    point : array_like, shape (d,)
        On a slice, in its coordinates.
    norm : {1, 2, numpy.inf}
    threshold : number
    classes : pair of int, optional
    domain : Polytope or Slice, optional
        Where the nearest point is looked for; by default all of R^d.
    max_regions : int, optional
        For each box that is searched.

    Returns
    -------
    NearestPoint or None
        None if the network is decided everywhere in the domain.

    Raises
    ------
    InputError
        If the point, the norm, the classes or the domain do not fit.
    BudgetError
        If a box has more than `max_regions` regions.

    Notes
    -----
    A nearest point at distance r lies in the box of half-width r around the given one, so only
    regions in that box matter.  The first box is guessed from the affine map around the point;
    boxes are doubled until what was found in one is as near as its sides.  After 8 boxes without
    success the domain itself is searched.

    Examples
    --------
    >>> absolute = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    >>> net = Network.from_layers([(absolute, [0] * 4), ([[1] * 4], [-1])])
    >>> found = nearest_boundary_point(net, [2, 1], np.inf)  # |x| + |y| = 1
    >>> found.point, found.distance_exact
    (array([1., 0.]), Fraction(1, 1))
    """
    if isinstance(domain, Slice):
        network, domain = domain.restrict(network), domain.within
    norm, x = checked_norm(norm), exact(point, "point", ndim=1)
    if x.shape != (network.n_inputs,):
        raise InputError(f"point must have shape ({network.n_inputs},), got {x.shape}")
    margin = exact_scalar(threshold, "threshold")
    search = _Search(network, margin, classes, max_regions)
    reach = _reach(domain, x)
    radius = search.first_radius(x)
    for _ in range(_GROWTHS):
        if reach is not None and radius >= reach:
            break
        found = search.nearest(x, norm, _box(x, radius, domain))
        if found is None:
            radius *= _FACTOR
        elif found.squared_distance <= radius**2:
            return found
        else:
            radius = max(_rounded_up(Fraction(found.distance)), radius * _FACTOR)
    return search.nearest(x, norm, domain)


class _Search:
    """What is looked for, wherever that is."""

    def __init__(
        self,
        network: Network,
        threshold: Fraction,
        classes: tuple[int, int] | None,
        max_regions: int | None,
    ) -> None:
        self._network, self._threshold, self._max_regions = network, threshold, max_regions
        self._all_classes = classes is None and network.n_outputs > 1
        if self._all_classes and threshold:
            raise InputError("a margin is between two outputs: say which with classes=(i, j)")
        self._classes = classes
        if classes is not None:
            self._classes = checked_classes(classes, network.n_outputs)

    def nearest(self, x: ExactArray, norm: Norm, domain: Polytope | None) -> NearestPoint | None:
        """The nearest point in a domain, if there is any."""
        if domain is not None and domain.is_empty:
            return None
        if self._all_classes:
            ties = argmax_boundary(self._network, domain, max_regions=self._max_regions)
            return ties.nearest(x, norm)
        boundary = boundary_complex(
            self._network,
            self._threshold,
            classes=self._classes,
            domain=domain,
            max_regions=self._max_regions,
        )
        return boundary.nearest(x, norm)

    def first_radius(self, x: ExactArray) -> Fraction:
        """About how far the boundary is, if the network is affine: only a guess."""
        stages, size = NetworkStages(self._network), self._network.n_inputs + 1
        active = np.zeros(0, dtype=bool)
        if len(stages):
            active = signs_of_units(stages, x.reshape(1, -1))[0] > 0
        rows = stages.homogeneous.exact_linear_map(active, identity(size)).to_fractions()
        values = rows[0] + x.to_fractions() @ rows[1:]
        if self._all_classes:
            order = sorted(range(len(values)), key=lambda k: values[k], reverse=True)
            i, j = order[:2]
        elif self._classes is not None:
            i, j = self._classes
        else:
            i, j = 0, None
        gap, slopes = values[i] - self._threshold, rows[1:, i]
        if j is not None:
            gap, slopes = gap - values[j], slopes - rows[1:, j]
        slope = sum(map(abs, slopes), Fraction(0))
        return _rounded_up(abs(gap) / slope) if gap and slope else Fraction(1)


def _rounded_up(value: Fraction) -> Fraction:
    """A power of two that is larger, by less than a factor of four."""
    return Fraction(2) ** (value.numerator.bit_length() - value.denominator.bit_length() + 1)


def _box(x: ExactArray, radius: Fraction, domain: Polytope | None) -> Polytope:
    centre = x.to_fractions()
    box = Polytope.box(centre - radius, centre + radius)
    return box if domain is None else box & domain


def _reach(domain: Polytope | None, x: ExactArray) -> Fraction | None:
    """A box of this half-width around x holds the domain; None if no box does."""
    if domain is None or domain.is_empty or not domain.is_bounded:
        return None
    lower, upper = bounding_box(domain)
    gaps = [*(x - lower).to_fractions().tolist(), *(upper - x).to_fractions().tolist()]
    reach: Fraction = max(gaps)
    return reach

"""Seconds to find decision boundaries of random networks through regions, and to ask about them.

The networks are ``random_network(d, widths, rng=0)`` on [-1, 1]^d, the threshold is the median of
the values at 2,000 random points.  In the plane the peer is a contour line: the network on a grid
of 1,001 x 1,001 points and contourpy, which finds the boundary approximately.
"""

from functools import cached_property

import contourpy
import numpy as np

from benchmarks.measuring import cells, measure, script, show
from polytropic import Polytope, linear_regions, random_network
from polytropic.networks.boundaries import (
    BoundaryComplex,
    boundary_complex,
    nearest_boundary_point,
)

# d, widths, whether it takes long
CASES = [
    (2, (16, 16), False),
    (2, (64, 64, 64), False),
    (3, (32, 32), False),
    (4, (16, 16), False),
    (5, (16, 16), False),
    (4, (32, 32), True),
]
_GRID = 1001
_SAME_LENGTH = 0.01  # corners of contour lines are cut off


class Case:
    """One network with its threshold, and the questions."""

    def __init__(self, d: int, widths: tuple[int, ...]) -> None:
        self.d = d
        self.network = random_network(d, list(widths), rng=0)
        self.box = Polytope.box(-1, 1, dim=d)
        rng = np.random.default_rng(1)
        self.threshold = float(np.median(self.network(rng.uniform(-1, 1, (2000, d)))))
        self.point = rng.uniform(-1, 1, d)

    @cached_property
    def found(self) -> BoundaryComplex:
        """The boundary, once."""
        return boundary_complex(self.network, self.threshold, domain=self.box)

    def boundary(self) -> int:
        """Cells of the boundary."""
        return len(boundary_complex(self.network, self.threshold, domain=self.box))

    def regions(self) -> int:
        """What is there to be cut: the activation regions alone."""
        return len(linear_regions(self.network, self.box))

    def topology_and_area(self) -> int:
        """Euler characteristic from Betti numbers, and the area, of a new boundary."""
        found = boundary_complex(self.network, self.threshold, domain=self.box)
        assert found.area > 0
        return sum((-1) ** k * betti for k, betti in enumerate(found.betti_numbers))

    def nearest(self) -> int:
        """The nearest point in the maximum norm, from boxes that grow."""
        found = nearest_boundary_point(
            self.network, self.point, np.inf, threshold=self.threshold, domain=self.box
        )
        whole = self.found.nearest(self.point, np.inf)
        assert found is not None
        assert whole is not None
        return int(found.squared_distance == whole.squared_distance)

    def contour(self) -> float:
        """Length of the contour lines on a grid."""
        axis = np.linspace(-1, 1, _GRID)
        points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        grid = self.network(points).reshape(_GRID, _GRID)
        lines = contourpy.contour_generator(axis, axis, grid).lines(self.threshold)
        return float(sum(np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line in lines))


def run(everything: bool) -> bool:
    """Measure, print, and say whether all answers agree."""
    rows, all_right = [], True
    Case(2, (16, 16)).topology_and_area()  # loads what is loaded once
    for d, widths, is_long in CASES:
        if is_long and not everything:
            continue
        case = Case(d, widths)
        own, below = measure(case.boundary), measure(case.regions)
        more, near = measure(case.topology_and_area), measure(case.nearest)
        all_right &= more.count == case.found.euler_characteristic and near.count == 1
        peer = ["", ""]
        if d == 2:
            all_right &= abs(case.contour() / case.found.area - 1) < _SAME_LENGTH
            peer = list(cells(measure(lambda c=case: int(c.contour() > 0)), 1, own)[:2])  # type: ignore[misc]
        name = f"{d}; {', '.join(map(str, widths))}"
        # The truth of these counts is in the tests; here the answers have to agree.
        seconds, others = cells(own, len(case.found))[0], cells(below, below.count, own)[:2]
        topology, nearest = f"{more.seconds:.3f}", f"{near.seconds:.3f}"
        all_right &= own.count == len(case.found)
        rows.append([name, f"{own.count:,}", seconds, *others, topology, nearest, *peer])
    columns = [
        "d; widths",
        "cells",
        "boundary",
        "regions alone",
        "/ ours",
        "and topology, area",
    ]
    show("Decision boundaries", [*columns, "nearest", "contour lines", "/ ours"], rows)
    return all_right


main = script(run)

if __name__ == "__main__":
    main()

"""Volumes, centroids and points inside, against Qhull, exact volumes and the domain."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from polytropic import Network, Polytope, linear_regions, random_network
from polytropic.errors import InputError
from polytropic.geometry.volumes.measure import volume
from polytropic.networks.regions import complex as region_complex
from tests.networks.regions.cases import CASES, NAMES, complex_of


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_volumes_of_any_complex(case):
    regions = complex_of(case)
    exact = regions.volumes_exact()
    bounded = regions.is_bounded
    assert [v == math.inf for v in exact] == (~bounded).tolist()
    for index in np.flatnonzero(bounded)[:15].tolist():
        assert exact[index] == volume(regions[index].polytope) == regions[index].volume
    floats = np.array([float(v) for v in exact])
    np.testing.assert_allclose(regions.volumes, floats, rtol=1e-9)
    if regions.domain is not None and bounded.all():
        assert sum(exact, Fraction(0)) == volume(regions.domain)
    value, error = (part[bounded] for part in regions._measures.volume)
    if regions.dimension == regions.network.n_inputs:
        assert (np.abs(value - floats[bounded]) <= error).all()


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_points_inside_any_complex(case):
    regions = complex_of(case)
    chosen = list(range(min(len(regions), 15)))
    points = regions.interior_points_exact(chosen)
    # Interior points lie in the closure of their own region alone.
    start, found = regions.locate_all(points)
    assert start.tolist() == list(range(len(chosen) + 1))
    assert found.tolist() == chosen
    if regions.dimension == regions.network.n_inputs:
        assert regions.locate(regions.interior_points).tolist() == list(range(len(regions)))
    bounded = np.flatnonzero(regions.is_bounded)
    assert regions.locate(regions.centroids[bounded]).tolist() == bounded.tolist() or (
        regions.dimension < regions.network.n_inputs
    )


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_volumes_and_centroids_of_generic_regions_are_those_of_qhull(d):
    regions = linear_regions(random_network(d, [6, 4] if d < 5 else [5], rng=d),
                             Polytope.box(-1, 1, dim=d))  # fmt: skip
    for index in range(0, len(regions), max(1, len(regions) // 12)):
        assert regions.volumes[index] == pytest.approx(
            ConvexHull(regions[index].vertices).volume, rel=1e-6
        )
    assert sum(regions.volumes_exact(), Fraction(0)) == 2**d
    assert np.allclose(regions.volumes @ regions.centroids, 0)


def test_a_segment_has_lengths():
    net = Network.from_layers([([[1, 0]], [0]), ([[1]], [0])])
    regions = linear_regions(net, Polytope.from_points([[-3, -4], [3, 4]]))
    assert regions.relative_volumes.tolist() == [5, 5]
    assert regions.volumes.tolist() == regions.volumes_exact() == [0, 0]
    assert regions.centroids.tolist() == [[-1.5, -2], [1.5, 2]]


def test_tiny_regions_are_measured_exactly():
    """Two nearly parallel lines cut a sliver that floats know nothing of."""
    tiny = Fraction(1, 10**18)
    net = Network.from_layers([([[1, 0], [1, tiny]], [0, 0]), ([[1, 1]], [0])])
    regions = linear_regions(net, Polytope.box(-1, 1, dim=2))
    assert sorted(regions.volumes_exact())[0] == tiny / 2
    assert sorted(regions.volumes)[0] == pytest.approx(float(tiny / 2), rel=1e-3)


def test_what_floats_do_not_prove_is_measured_exactly(monkeypatch):
    regions = linear_regions(random_network(3, [6, 4], rng=0), Polytope.box(-1, 1, dim=3))
    exact = [float(v) for v in regions.volumes_exact()]
    assert regions._measures.volume.value.tolist() != exact
    monkeypatch.setattr(region_complex, "_VOLUME_ERROR", -1.0)
    assert regions.volumes.tolist() == exact


def test_balls_inside_triangles_have_known_radii():
    net = Network.from_layers([([[1, -1]], [0]), ([[1]], [0])])
    regions = linear_regions(net, Polytope.box(0, 1, dim=2))
    radius = 1 - math.sqrt(0.5)
    assert regions.inradii() == pytest.approx([radius, radius])
    centres = regions.chebyshev_centres([1])
    assert np.abs(centres - [[1 - radius, radius]]).max() < 1e-12
    with pytest.raises(InputError, match="indices 0 to 1"):
        regions.inradii([2])


def test_inradii_of_unbounded_regions():
    regions = linear_regions(Network.from_layers([([[1, 0]], [0]), ([[1]], [0])]))
    assert regions.inradii().tolist() == [math.inf, math.inf]
    assert regions.volumes.tolist() == [math.inf, math.inf]
    assert np.isnan(regions.centroids).all()

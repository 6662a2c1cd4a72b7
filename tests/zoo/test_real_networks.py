"""Real networks: HorizontalCAS advisories and two-level-lattice networks with known regions."""

import gzip
import json
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from polytropic import Polytope, linear_regions, load_network, simplify
from polytropic.networks.formats import read_nnet
from tests.zoo.rational_plane import area, box, centroid, clip, count_components, cut, value


def test_horizontal_cas_in_a_box(data_dir):
    file = read_nnet(data_dir / "nets/hcas/HCAS_rect_v6_pra0_tau00_25HU_3000.nnet")
    lower, upper = file.normalized_box()
    domain = Polytope.box(lower / 40, upper / 40)
    regions = linear_regions(file.network, domain)
    assert len(regions) >= 1000
    check_tiling(regions, domain)


def check_tiling(regions, domain) -> None:
    """Every random point lies in the closure of exactly one region, the one of its own pattern."""
    rng = np.random.default_rng(0)
    low, high = domain.vertices.min(axis=0), domain.vertices.max(axis=0)
    points = low + (high - low) * rng.random((200, len(low)))
    patterns = {tuple(row) for row in regions.active_units.tolist()}
    assert len(patterns) == len(regions)
    index = {tuple(row): i for i, row in enumerate(regions.active_units.tolist())}
    for x in points:
        region = regions[index[tuple(exact_pattern(regions.network, x))]]
        assert region.polytope.contains([x])[0]
        np.testing.assert_allclose(region.affine_map([x]), regions.network([x]), rtol=1e-9)
    # Average number of neighbours: a region of a simple complex in R^d has about 2 d facets.
    assert 2 * len(regions.adjacency) / len(regions) <= 2 * len(low)


def exact_pattern(network, x) -> list[bool]:
    """Which units are on at a point, in exact rationals."""
    from polytropic.arithmetic.numbers import exact

    values, pattern = exact([x]), []
    for layer in network.layers:
        z = values @ layer.weight.T + layer.bias.reshape(1, -1)
        if not layer.is_linear:
            pattern += [v > 0 for v in z.numerators[0].tolist()]
        values = layer.apply(values)
    return pattern


@pytest.mark.slow
def test_horizontal_cas_on_its_whole_input_box(data_dir):
    file = read_nnet(data_dir / "nets/hcas/HCAS_rect_v6_pra0_tau00_25HU_3000.nnet")
    domain = Polytope.box(*file.normalized_box())
    regions = linear_regions(file.network, domain)
    assert len(regions) > 100_000
    check_tiling(regions, domain)


# -- two-level-lattice networks ------------------------------------------------------------------
@pytest.mark.parametrize("name", ["N8_i0", "N8_i1", "N8_i2"])
def test_lattice_network_against_its_max_min_form(data_dir, name):
    net, lines, selectors = lattice(data_dir, name)
    regions = linear_regions(net, Polytope.box(-2, 2, dim=2))
    expected = max_min_regions(lines, selectors)
    assert (regions.n_linear_regions, regions.n_affine_maps) == expected
    assert max_min_by_division(lines, selectors) == expected


@pytest.mark.parametrize(
    "name",
    [
        *(f"N8_i{i}" for i in range(10)),
        "N16_i0",
        *(pytest.param(f"N16_i{i}", marks=pytest.mark.slow) for i in (1, 2, 3)),
        *(pytest.param(f"N{n}_i0", marks=pytest.mark.slow) for n in (24, 32)),
    ],
)
def test_simplified_lattice_network_against_its_max_min_form(data_dir, name):
    """Losslessly simplified, large ones are within reach; the function is that of the file."""
    net, lines, selectors = lattice(data_dir, name)
    regions = linear_regions(simplify(net).network, Polytope.box(-2, 2, dim=2))
    found = regions.n_linear_regions, regions.n_affine_maps
    assert found == max_min_by_division(lines, selectors)


def lattice(data_dir, name):
    """A network, and the affine functions and sets of its max-min form."""
    net = load_network(data_dir / f"nets/tll/tll_n2_{name}.onnx.gz")
    with gzip.open(data_dir / "nets/tll/tll_n2_all240.json.gz", "rt") as file:
        entry = json.load(file)[name]
    slopes, offsets = entry["localLinearFns"][0]
    # The file stores the same affine functions in single precision: they are what counts.
    first = net.layers[0]
    np.testing.assert_array_equal(first.weight.to_float(), np.float32(slopes))
    np.testing.assert_array_equal(first.bias.to_float(), np.float32(offsets))
    rows, constants = first.weight.to_fractions().tolist(), first.bias.to_fractions().tolist()
    lines = [(*row, b) for row, b in zip(rows, constants, strict=True)]
    return net, lines, entry["selectorSets"][0]


def max_min_by_division(lines, selectors) -> tuple[int, int]:
    """The same as `max_min_regions`, cutting a cell only where its label may change."""
    first, *others = (sorted(set(s)) for s in selectors)
    cells = least_of(lines, first, box(-2, 2))
    for s in others:
        after = []
        for cell, label in cells:
            rest = [cell]
            for i in s:
                # Where line i is below the label, so is the minimum: nothing changes there.
                higher = minus(lines[i], lines[label])
                parts = [part for piece in rest for part in cut(piece, higher)]
                rest = [part for part in parts if value(higher, centroid(part)) > 0]
                after += [(part, label) for part in parts if value(higher, centroid(part)) <= 0]
            for part in rest:
                after += least_of(lines, s, part)
        cells = after
    labelled = [(cell, lines[label]) for cell, label in cells]
    return count_components(labelled), len({label for _, label in labelled})


def least_of(lines, s, cell):
    """Divide a cell into those on which one of the lines in a set is the least."""
    found = []
    for i in s:
        piece = cell
        for k in s:
            if k != i:
                piece = clip(piece, minus(lines[k], lines[i])) if piece else piece
        if len(piece) > 2 and area(piece) > 0:
            found.append((piece, i))
    return found


def minus(one, two):
    return tuple(a - b for a, b in zip(one, two, strict=True))


def max_min_regions(lines, selectors) -> tuple[int, int]:
    """Linear regions on [-2, 2]^2 of ``max_j min_{i in s_j}``: overlay all ties, then merge."""
    cells = [box(-2, 2)]
    for one, two in combinations(lines, 2):
        tie = tuple(Fraction(a) - Fraction(b) for a, b in zip(one, two, strict=True))
        cells = [piece for cell in cells for piece in cut(cell, tie)]
    labelled = []
    for cell in cells:
        x = centroid(cell)
        heights = [value(line, x) for line in lines]
        winner = max(min((heights[i], i) for i in s) for s in selectors)[1]
        labelled.append((cell, lines[winner]))
    return count_components(labelled), len({label for _, label in labelled})

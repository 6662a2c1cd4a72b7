"""Verbs that count: regions, zonotope, tropicalize."""

import json
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from click.testing import CliRunner

from polytropic import (
    Network,
    Polytope,
    Zonotope,
    linear_regions,
    load_network,
    save_network,
    tropicalize,
)
from polytropic.cli import main


def cells_of(table):
    """Last column of a printed table by its first."""
    rows = [line.rsplit(maxsplit=1) for line in table.splitlines() if len(line.split()) > 1]
    return {name.strip(): value for name, value in rows}


def fractions(rows):
    return [[Fraction(x) for x in row] for row in rows]


# -- regions -------------------------------------------------------------------------------------
def test_regions_of_the_tent(run, run_json):
    found = run_json("regions", "tent.npz")
    assert found.pop("seconds") >= 0
    assert found == {
        "network": "tent.npz",
        "inputs": 1,
        "hidden_widths": [2, 2, 2, 2],
        "outputs": 1,
        "domain": "R^1",
        "activation_regions": 18,
        "linear_regions": 18,
        "affine_maps": 17,
        "bound": 81,
    }
    table = cells_of(run("regions", "tent.npz"))
    assert table["activation regions"] == "18"
    assert table["linear regions"] == "18"
    assert table["distinct affine maps"] == "17"
    assert table["bound of Theorem 6.3"] == "81"


def test_regions_of_a_generic_arrangement(run_json):
    assert run_json("regions", "generic.npz")["linear_regions"] == 1 + 6 + comb(6, 2)
    assert run_json("regions", "space.npz")["linear_regions"] == 1 + 4 + 6 + 4


def test_regions_in_a_box(run_json):
    found = run_json("regions", "fold.npz", "--box", 0, 1)
    assert (found["linear_regions"], found["domain"]) == (16, "[0, 1]^2")
    found = run_json("regions", "fold.npz", "--box", "0,0", "1/2,1")
    assert (found["linear_regions"], found["domain"]) == (8, "[0, 1/2] × [0, 1]")
    # The box of the text is meant, not the nearest floats: 0.1 and 1/10 are the same number.
    wide = run_json("regions", "fold.npz", "--box", "-0.1", "0.3")
    assert wide["domain"] == "[-1/10, 3/10]^2"


DOMAINS = {
    "halfspaces.json": {"A": [[1, 0], [-1, 0], [0, 1], [0, -1]], "b": [1, 0, "1/2", 0]},
    "points.json": {"points": [[0, 0], [1, 0], [0, 0.5], [1, "1/2"]]},
    "plane.json": {"A": [[1, 0], [-1, 0]], "b": [1, 0], "A_eq": [[0, 1]], "b_eq": ["1/4"]},
}


@pytest.mark.parametrize(
    ("file", "regions"), [("halfspaces.json", 8), ("points.json", 8), ("plane.json", 4)]
)
def test_regions_in_a_domain(run_json, folder, file, regions):
    (folder / file).write_text(json.dumps(DOMAINS[file]))
    found = run_json("regions", "fold.npz", "--domain", file)
    assert (found["linear_regions"], found["domain"]) == (regions, file)


def test_decimals_in_a_domain_are_decimals(run_json, folder):
    (folder / "d.json").write_text('{"A": [[1], [-1]], "b": [0.1, -0.1]}')
    found = run_json("regions", "tent.npz", "--domain", "d.json", "--cells")
    assert found["regions"][0]["vertices"] == [["1/10"]]


def test_regions_in_a_domain_of_arrays(run_json, folder):
    np.savez(folder / "d.npz", A=np.vstack([np.eye(2), -np.eye(2)]), b=[1, 1, 0, 0])
    assert run_json("regions", "fold.npz", "--domain", "d.npz")["linear_regions"] == 16


@pytest.mark.parametrize("box", [[], ["--box", -2, 2]])
def test_cells_are_exact(run_json, box):
    found = run_json("regions", "several.npz", *box, "--cells")
    domain = Polytope.box(-2, 2, dim=2) if box else None
    regions = linear_regions(load_network("several.npz"), domain)
    assert len(found["regions"]) == len(regions) == found["activation_regions"]
    for listed, region in zip(found["regions"], regions, strict=True):
        assert fractions(listed["vertices"]) == region.vertices_exact.to_fractions().tolist()
        assert fractions(listed["rays"]) == region.rays_exact.to_fractions().tolist()
        assert listed["sign_vector"] == region.sign_vector.tolist()
        assert fractions(listed["A"]) == region.affine_map.A_exact.to_fractions().tolist()
        assert fractions([listed["b"]]) == [region.affine_map.b_exact.to_fractions().tolist()]


# -- zonotope ------------------------------------------------------------------------------------
def test_zonotope_of_a_generic_layer(run, run_json):
    found = run_json("zonotope", "generic.npz")
    first = found["first_layer"]
    assert first["n_generators"] == 6
    assert first["n_vertices"] == len(first["vertices"]) == 2 * (1 + 5 + 10)
    assert first["n_upper_vertices"] == len(first["upper_vertices"]) == 22
    layer = load_network("generic.npz").layers[0]
    rows = [[Fraction(x) for x in row] for row in first["generators"]]
    assert [row[:2] for row in rows] == layer.weight.to_fractions().tolist()
    assert [row[2] for row in rows] == layer.bias.to_fractions().tolist()
    assert Zonotope(rows).n_vertices == first["n_vertices"]
    tropical = run_json("tropicalize", "generic.npz")["components"][0]
    assert found["numerator"]["n_upper_vertices"] == tropical["n_numerator"]
    assert found["denominator"]["n_upper_vertices"] == tropical["n_denominator"]
    table = run("zonotope", "generic.npz")
    assert [line.split() for line in table.splitlines() if "first layer" in line] == [
        ["first", "layer", "6", "32", "22"]
    ]
    assert "numerator" in table


def test_zonotope_of_a_deeper_network_has_no_lifted_ones(run, run_json):
    assert set(run_json("zonotope", "several.npz")) == {
        *("network", "inputs", "hidden_widths", "outputs", "first_layer", "seconds")
    }
    assert "numerator" not in run("zonotope", "several.npz")


def test_zonotope_that_is_too_big_is_refused_in_advance(fail, run_json):
    line = fail("zonotope", "wide.npz")
    assert "60 generators in dimension 41" in line
    assert f"{2 * sum(comb(59, i) for i in range(41)):,}" in line
    fail("zonotope", "generic.npz", "--max-vertices", 31)
    assert run_json("zonotope", "generic.npz", "--max-vertices", 32)["first_layer"]


# -- tropicalize ---------------------------------------------------------------------------------
def test_tropicalize_the_tent(run, run_json):
    found = run_json("tropicalize", "tent.npz")
    assert found["components"] == [
        {
            "output": 0,
            "n_numerator": 10,
            "n_denominator": 16,
            "n_sum": 10,
            "n_product": 18,
            "raw_monomials": 65536,
            "log10_raw_monomials": pytest.approx(4.816479930623699),
        }
    ]
    (line,) = [line for line in run("tropicalize", "tent.npz").splitlines() if "65,536" in line]
    assert line.split() == ["0", "10", "16", "10", "18", "65,536"]


def test_terms_are_exact(run, run_json):
    found = run_json("tropicalize", "several.npz", "--terms")
    hats = tropicalize(load_network("several.npz"))
    assert [part["output"] for part in found["components"]] == [0, 1, 2]
    for part, hat in zip(found["components"], hats, strict=True):
        for name, f in [("numerator", hat.numerator), ("denominator", hat.denominator)]:
            exponents = [tuple(map(Fraction, row)) for row in part[name]["exponents"]]
            constants = list(map(Fraction, part[name]["coefficients"]))
            assert list(zip(exponents, constants, strict=True)) == f.terms()
            assert part[f"n_{name}"] == len(exponents)
    assert run("tropicalize", "several.npz", "--terms").count("of output") == 6


def test_integers_are_json_integers_of_any_size(folder):
    huge = 10**5000
    # As a file it would have to hold floats: 2^16000 as a product of layers that are powers of two.
    layers = [([[2.0**1000]], [0.0])] * 16
    save_network(Network.from_layers(layers, thresholds=[None] * 15 + [0]), folder / "huge.npz")
    result = CliRunner().invoke(main, ["tropicalize", "huge.npz", "--terms", "--json"])
    assert result.exit_code == 0
    digits = result.stdout.split('"numerator": {"exponents": [[')[1].split("]")[0]
    assert digits == "0"
    assert huge < 2**17000
    last = result.stdout.split('"numerator": {"exponents": [[0], [')[1].split("]")[0]
    assert len(last) > 4300
    assert hex(int.from_bytes(_decimal_to_bytes(last))) == hex(2**16000)


def _decimal_to_bytes(digits):
    value = 0
    for start in range(0, len(digits), 1000):
        part = digits[start : start + 1000]
        value = value * 10 ** len(part) + int(part)
    return value.to_bytes(-(-value.bit_length() // 8))


def test_one_output_only(run_json, fail):
    found = run_json("tropicalize", "several.npz", "--output-index", 1)
    assert [part["output"] for part in found["components"]] == [1]
    for index in (3, -1):
        assert "numbered 0 to 2" in fail("tropicalize", "several.npz", "--output-index", index)

"""114 published polytope files, and others: every number that somebody else has computed."""

import json
import os
import re
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from polytropic.geometry.faces import f_vector
from polytropic.geometry.formats.files import read_polytope, read_polytopes, write_polytope
from polytropic.geometry.operations import affine_image
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume


def published():
    """What PPL, lrs and the authors of the files say, by file, where they say anything."""
    folder = os.environ.get("POLYTROPIC_DATA")
    if not folder:
        return {}
    entries = json.loads((Path(folder) / "polytopes/expected.json").read_text())
    return {name: entry for name, entry in entries.items() if entry.get("dual")}


PUBLISHED = published()

# Everything else takes a few seconds at most.
SLOW = {
    "cddlib/prodst62.ext", "cddlib/sampleh8.ine", "lrslib/bv7.ine", "lrslib/cp7.ext",
    "lrslib/ext_c30-15.ext", "lrslib/ext_cyclic25_13.ext", "lrslib/mit41-16.ine",
    "lrslib/perm8.ine", "sympol/cut7.ext", "sympol/e6.ine", "sympol/metric_7.ine",
}  # fmt: skip

# The published counts are those of the ideal polytope; the decimals in the file describe another.
# An H-description with rounded entries keeps its facets but splits vertices on more than d of them
# (rhomtria: 12 vertices of degree 5 become 3 each); rounded vertices stay vertices, but facets
# with more than d of them (reg600-5: 120 dodecahedra) break into pieces.  cddlib in exact
# arithmetic finds the same numbers.  In dodeca no vertex lies on more than three facets, and in
# icododeca the rounded numbers are symmetric enough for every vertex to stay on its four.
DECIMALS = {
    "cddlib/rhomtria.ine": {"vertices": 56},
    "cddlib/reg600-5.ext": {"facets": 2264},
}


def counts(polytope):
    return {
        "vertices": polytope.n_vertices,
        "rays": polytope.n_rays,
        "lines": len(polytope.lines_exact),
        "facets": polytope.n_facets,
        "dim": polytope.dimension,
        "eqs": len(polytope.equations),
    }


def wanted(name):
    entry = PUBLISHED[name]
    numbers = entry["dual"]
    if isinstance(numbers, str):  # "facets=341088 bases=319770"
        numbers = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", numbers)}
    numbers = {**(entry.get("ppl") or {}), **numbers, **DECIMALS.get(name, {})}
    if numbers.get("vertices") == numbers.get("rays") == 0:
        numbers = {"vertices": 0, "rays": 0, "lines": 0, "dim": -1}  # PPL calls this dimension 0
    return {key: value for key, value in numbers.items() if key not in ("bases", "comment")}


def check_counts(folder, name):
    expected = wanted(name)
    assert len(expected) >= 1
    found = counts(read_polytope(folder / "polytopes" / name))
    assert {key: found[key] for key in expected} == expected


def test_the_table_is_complete(data_dir):
    assert len(PUBLISHED) == 110
    assert set(PUBLISHED) >= SLOW


@pytest.mark.parametrize("name", sorted(set(PUBLISHED) - SLOW))
def test_counts(data_dir, name):
    check_counts(data_dir, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SLOW & set(PUBLISHED)))
def test_counts_that_take_longer(data_dir, name):
    check_counts(data_dir, name)


@pytest.fixture
def polytopes(data_dir):
    return lambda name: read_polytope(data_dir / "polytopes" / name)


@pytest.mark.parametrize(
    "name",
    ["cddlib/ccc4.ext", "cddlib/nonfull.ine", "cddlib/sampleh1.ine", "cddlib/rcubocta.ine",
     "cddlib/infeas.ine", "cddlib/origin.ine", "cddlib/rhomtria.ine", "cddlib/kkd18_4.ine",
     "lrslib/ine_truss2.ine", "lrslib/ine_tsp5.ine", "lrslib/perm4.ine", "lrslib/ext_vol1.ext"],
)  # fmt: skip
@pytest.mark.parametrize("representation", ["H", "V"])
def test_files_survive_being_written(polytopes, name, representation, tmp_path):
    polytope = polytopes(name)
    for minimal in (False, True):
        write_polytope(polytope, tmp_path / "p.ine", representation, minimal=minimal)
        assert read_polytope(tmp_path / "p.ine") == polytope


# -- decimals --------------------------------------------------------------------------------------
def test_decimals_are_near_the_ideal_polytope(polytopes):
    """Pieces of one ideal facet (or vertex) agree to the digits in the file, others do not."""
    polytope = polytopes("cddlib/reg600-5.ext")
    directions = polytope.facets.A / polytope.facets.b[:, None]
    assert len(np.unique(np.round(directions, 6), axis=0)) == 120
    rhombic = polytopes("cddlib/rhomtria.ine")
    assert len(np.unique(np.round(rhombic.vertices, 6), axis=0)) == 32


@pytest.mark.slow
def test_cddlib_finds_the_same_decimals(polytopes):
    polytope = polytopes("cddlib/reg600-5.ext")
    other = Polytope.from_points(polytope.vertices_exact, engine="cdd")
    assert other.facets.exact_A == polytope.facets.exact_A
    assert other.facets.exact_b == polytope.facets.exact_b


def test_digits_of_decimals(polytopes):
    row = polytopes("cddlib/dodeca.ine").facets
    ratio = Fraction(61803398874989485, 10**17)
    slopes = {
        abs(entry / b)
        for a, b in zip(row.exact_A.to_fractions(), row.exact_b.to_fractions(), strict=True)
        for entry in a
    }
    assert slopes == {0, 1, ratio}


# -- projections -----------------------------------------------------------------------------------
def projection(polytope, columns):
    """Forget all coordinates but some."""
    return affine_image(polytope, np.eye(polytope.ambient_dimension, dtype=int)[columns])


@pytest.mark.parametrize("name", ["project1", "project2"])
def test_projections_of_cddlib(polytopes, name):
    """``project 3 1 2 3`` in the files keeps x1, x2 and x3."""
    image = projection(polytopes(f"cddlib/{name}.ine"), [0, 1, 2])
    assert image == polytopes(f"cddlib/{name}res.ine")


@pytest.mark.parametrize("n", [4, 5, pytest.param(6, marks=pytest.mark.slow)])
def test_extended_formulations_project_to_permutahedra(polytopes, n):
    """The last n coordinates of a doubly stochastic matrix, weighted by rows, are a permutation."""
    extended = polytopes(f"lrslib/bv{n}.ine")
    assert extended.ambient_dimension == n * n + n
    assert projection(extended, np.arange(n * n, n * n + n)) == polytopes(f"lrslib/perm{n}.ine")


@pytest.mark.parametrize("n", [4, 5, 6])
def test_permutahedra(polytopes, n):
    orders = list(map(list, permutations(range(1, n + 1))))
    assert polytopes(f"lrslib/perm{n}.ine").vertices.tolist() == orders


# -- single files ----------------------------------------------------------------------------------
def test_empty_and_point(polytopes):
    assert polytopes("cddlib/infeas.ine").is_empty
    assert polytopes("cddlib/origin.ine") == Polytope.from_points(np.zeros((1, 6)))


def test_huge_integers(polytopes):
    polytope = polytopes("cddlib/kkd38_6.ine")
    rows = polytope.description.facets.ravel().tolist()
    assert max(map(abs, rows)) == 73511950112254277868261780941
    assert (polytope.n_vertices, polytope.n_facets) == (252, 38)
    assert not np.isin(polytope.vertices, [np.inf, -np.inf]).any()


@pytest.mark.slow
def test_redundant_rows(data_dir, polytopes):
    """The comment in the file names them: 35 of the 100."""
    text = (data_dir / "polytopes/cddlib/sampleh8.ine").read_text()
    comment = re.search(r"redundant rows are(.*?)LP type", text, re.S).group(1)
    redundant = {int(word) for word in re.findall(r"\d+", comment)}
    body = text.split("integer")[1].split("end")[0].split()
    rows = [tuple(map(int, body[i : i + 10])) for i in range(0, 1000, 10)]
    facets = polytopes("cddlib/sampleh8.ine").description.facets.tolist()
    facets = {tuple(row) for row in facets}
    found = {i for i, row in enumerate(rows, 1) if primitive(row) not in facets}
    assert found == redundant
    assert len(redundant) == 35


def primitive(row):
    common = np.gcd.reduce(row)
    return tuple(entry // common for entry in row)


def test_prismatoid_against_the_hirsch_conjecture(polytopes):
    """Santos 2012, Theorem 1.5: all vertices on two facets, which are six ridges apart."""
    prismatoid = polytopes("sympol/santos_prismatoid.ext")
    assert prismatoid == polytopes("sympol/santos_prismatoid-reduced_symmetry.ext")
    assert (prismatoid.n_vertices, prismatoid.n_facets, prismatoid.dimension) == (48, 322, 5)
    table = prismatoid.incidence
    bases = [
        i for i, row in enumerate(prismatoid.facets.exact_A.numerators.tolist())
        if not any(row[:4])
    ]  # fmt: skip
    assert [int(table[i].sum()) for i in bases] == [24, 24]
    assert table[bases].any(axis=0).all()
    assert nx.shortest_path_length(ridge_graph(table, 5), *bases) == 6


def ridge_graph(table, dimension):
    """Facets, joined if the vertices that they share lie on no third facet."""
    graph = nx.Graph()
    shared = table.astype(int) @ table.T.astype(int)
    for i, j in zip(*np.nonzero(np.triu(shared >= dimension - 1, 1)), strict=True):
        common = table[i] & table[j]
        if table[:, common].all(axis=1).sum() == 2:
            graph.add_edge(int(i), int(j))
    return graph


# -- polymake --------------------------------------------------------------------------------------
def test_sample_of_polydb(data_dir):
    """The names count vertices and facets: 3d.5v.6f.G0."""
    found = read_polytopes(data_dir / "polytopes/polymake/geometric_01.pdata")
    assert len(found) == 14
    for name, polytope in found.items():
        dimension, vertices, facets = map(int, re.findall(r"(\d+)[dvf]", name))
        assert (polytope.dimension, polytope.n_vertices) == (dimension, vertices)
        assert polytope.n_facets == facets
        assert {x for row in polytope.vertices.tolist() for x in row} == {0, 1}


def test_transportation_polytope(data_dir, polytopes):
    """Both descriptions, the f-vector and the volume are in the file."""
    polytope = polytopes("topcom/transportation-small.poly")
    text = (data_dir / "polytopes/topcom/transportation-small.poly").read_text()
    facets = text.split("\nFACETS\n")[1].split("\n\n")[0].splitlines()
    rows = {tuple(map(int, line.split())) for line in facets}
    assert {tuple(row) for row in polytope.description.facets.tolist()} == rows
    assert f_vector(polytope)[:-1] == (18, 36, 27, 9)
    assert volume(polytope) == Fraction(2625, 1000)

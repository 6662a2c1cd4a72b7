"""Double description: published counts, cddlib in rationals, and the kernels by definition."""

import itertools
import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.arithmetic.linalg import integer_rows, kernel, pivot_columns, product, rank
from polytropic.arithmetic.signs import product_signs
from polytropic.engines import cdd, double_description
from polytropic.engines.adjacency import crossing_edges, edges_by_definition
from polytropic.engines.bit_trees import bit_tree, search
from polytropic.engines.double_description import ORDERS, extreme_rays
from polytropic.engines.machine_rays import combined, products
from polytropic.engines.wide_integers import packed
from polytropic.errors import BudgetError, InputError


def rows_of(lists):
    return integer_rows(lists, len(lists[0]))


def as_set(rays):
    return {tuple(row) for row in rays.tolist()}


def assert_is_description(found, rows):
    """The rays of cddlib, each once, with all rows that vanish on them."""
    assert as_set(found.rays) == as_set(cdd.extreme_rays(rows))
    assert_is_consistent(found, rows)


def assert_is_consistent(found, rows):
    assert len(as_set(found.rays)) == len(found.rays)
    signs = product_signs(found.integers, rows)
    assert (signs >= 0).all()
    assert (found.incidence == (signs == 0)).all()
    assert (found.members().toarray() == (signs == 0)).all()
    assert found.implicit.tolist() == np.flatnonzero((signs == 0).all(axis=0)).tolist()


def points(d, coordinates):
    return [[1, *point] for point in itertools.product(coordinates, repeat=d)]


def cube(d):
    """Inequalities of [-1, 1]^d."""
    return [[1, *(s * (i == j) for j in range(d))] for i in range(d) for s in (1, -1)]


SMALL = st.integers(-2, 2)


@st.composite
def cones(draw, entries=SMALL, max_rows=11):
    width = draw(st.integers(1, 5))
    row = st.lists(entries, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=width, max_size=max_rows))
    return rows_of(rows)


@st.composite
def hulls(draw):
    """Cones over some points of {0, 1, 2}^d: many of them lie on a facet together."""
    d = draw(st.integers(3, 5))
    every = points(d, (0, 1, 2) if d < 5 else (0, 1))
    return rows_of(draw(st.lists(st.sampled_from(every), min_size=d + 1, max_size=24)))


# -- the referee ---------------------------------------------------------------------------------
@given(cones(), st.sampled_from(ORDERS))
def test_small_cones_have_the_rays_of_cddlib(rows, order):
    if rank(rows) < rows.shape[1]:
        with pytest.raises(InputError, match="contains lines"):
            extreme_rays(rows, order=order)
    else:
        assert_is_description(extreme_rays(rows, order=order), rows)


@given(hulls(), st.sampled_from(ORDERS))
def test_hulls_of_lattice_points_have_the_facets_of_cddlib(rows, order):
    if rank(rows) == rows.shape[1]:
        assert_is_description(extreme_rays(rows, order=order), rows)


@settings(max_examples=60)
@given(cones(entries=st.integers(-(10**25), 10**25) | st.integers(-(2**63), 2**63), max_rows=8))
def test_huge_integers(rows):
    if rank(rows) == rows.shape[1]:
        assert_is_description(extreme_rays(rows), rows)


@settings(max_examples=60)
@given(cones(entries=st.integers(-(2**31), 2**31), max_rows=8))
def test_integers_near_the_end_of_machine_words(rows):
    if rank(rows) == rows.shape[1]:
        assert_is_description(extreme_rays(rows), rows)
        assert_is_description(extreme_rays(rows.astype(np.int64)), rows)


@pytest.mark.parametrize("order", ORDERS)
def test_all_orders_give_the_same_description(order):
    rows = rows_of(points(4, (-1, 0, 1))[3::2])
    assert_is_description(extreme_rays(rows, order=order), rows)


def test_racers_take_turns_and_finish(monkeypatch):
    monkeypatch.setattr(double_description, "_FIRST_LIMIT", 5)
    rows = rows_of(points(4, (-1, 0, 1))[3::2])
    assert_is_description(extreme_rays(rows), rows)


# -- closed formulas -----------------------------------------------------------------------------
@pytest.mark.parametrize("d", [1, 2, 5, 9])
def test_cubes_and_cross_polytopes(d):
    vertices = extreme_rays(np.array(cube(d)))
    assert as_set(vertices.rays) == {tuple(row) for row in points(d, (-1, 1))}
    assert (vertices.incidence.sum(axis=1) == d).all()
    assert as_set(extreme_rays(vertices.rays).rays) == {tuple(row) for row in cube(d)}


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_permutahedra(n):
    vertices = np.array([[1, *p[:-1]] for p in itertools.permutations(range(n))])
    facets = extreme_rays(vertices)
    assert len(facets.rays) == 2**n - 2
    sizes = sorted(math.factorial(k) * math.factorial(n - k) for k in range(1, n)
                   for _ in range(math.comb(n, k)))  # fmt: skip
    assert sorted(facets.incidence.sum(axis=1).tolist()) == sizes
    assert as_set(extreme_rays(facets.rays).rays) == as_set(vertices)


@pytest.mark.parametrize(("d", "n"), [(4, 12), (7, 13), (10, 16), (11, 15)])
def test_cyclic_polytopes(d, n):
    """Gale: the number of facets; all of them simplices."""
    facets = extreme_rays(rows_of([[t**k for k in range(d + 1)] for t in range(n)]))
    half = d // 2
    if d % 2:
        count = 2 * math.comb(n - half - 1, half)
    else:
        count = n * math.comb(n - half, half) // (n - half)
    assert len(facets.rays) == count
    assert (facets.incidence.sum(axis=1) == d).all()


@pytest.mark.parametrize(("n", "count"), [(3, 4), (4, 16), (5, 56), (6, 368)])
def test_cut_polytopes(n, count):
    """Christof and Reinelt; most facets hold far more vertices than their dimension asks for."""
    sides = [(0, *side) for side in itertools.product((0, 1), repeat=n - 1)]
    cuts = [[int(s[i] != s[j]) for i in range(n) for j in range(i)] for s in sides]
    rows = rows_of([[1, *cut] for cut in cuts])
    facets = extreme_rays(rows)
    assert len(facets.rays) == count
    assert_is_consistent(facets, rows)
    assert as_set(extreme_rays(facets.rays).rays) == as_set(rows)


def test_a_dwarfed_cube_of_high_dimension_needs_another_order():
    """All 2^18 vertices of the cube would come first in most orders; d^2 + 1 are left."""
    d = 18
    unit = np.eye(d, dtype=np.int64)
    sides = np.concatenate([np.c_[np.zeros(d, int), unit], np.c_[np.ones(d, int), -unit]])
    rows = np.concatenate([sides, [[3] + [-2] * d]])
    found = extreme_rays(rows)
    assert len(found.rays) == d * d + 1
    assert found.statistics.largest < 2**14


# -- degenerate input ----------------------------------------------------------------------------
def test_repeated_redundant_and_zero_rows():
    rows = np.array(cube(3))
    more = np.concatenate([rows, 0 * rows[:1], 3 * rows[::-1], [[1, 0, 0, 0]], [[2, 1, 1, 0]]])
    found = extreme_rays(more)
    assert_is_description(found, more.astype(object))
    assert found.incidence[:, 6].all()
    assert (found.incidence[:, 7:13] == found.incidence[:, 5::-1]).all()
    assert not found.incidence[:, 13].any()
    assert found.incidence[:, 14].sum() == 2
    assert found.implicit.tolist() == [6]


def test_a_flat_cone_tells_its_equations():
    rows = np.array([[1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]])
    found = extreme_rays(rows)
    assert as_set(found.rays) == {(1, 0, 0), (0, 0, 1)}
    assert found.implicit.tolist() == [1, 2]


@pytest.mark.parametrize("d", [1, 2, 4])
def test_the_cone_of_the_origin_alone(d):
    unit = np.eye(d, dtype=np.int64)
    found = extreme_rays(np.concatenate([unit, [[-1] * d]]))
    assert found.rays.shape == (0, d)
    assert found.incidence.shape == (0, d + 1)
    assert found.implicit.tolist() == list(range(d + 1))


def test_one_coordinate():
    assert extreme_rays(np.array([[0], [3], [1]])).rays.tolist() == [[1]]
    assert extreme_rays(np.array([[-7]])).incidence.tolist() == [[False]]


@pytest.mark.parametrize("rows", [np.zeros((0, 2), int), np.zeros((3, 2), int), [[1, 2], [2, 4]]])
def test_cones_with_lines_are_refused(rows):
    with pytest.raises(InputError, match="contains lines"):
        extreme_rays(np.array(rows))


def test_rank_that_is_hidden_from_the_prime():
    p = 2**31 - 1
    rows = rows_of([[1, 0, 0], [1, p, 0], [0, 0, p], [1, 1, 1]])
    assert_is_description(extreme_rays(rows, order="given"), rows)
    assert_is_description(extreme_rays(rows[:3]), rows[:3])


def test_rows_in_any_layout_and_width_of_words():
    rows = np.array(cube(3))
    wanted = as_set(extreme_rays(rows).rays)
    wide = np.repeat(rows, 2, axis=0)[::2]
    for same in (np.asfortranarray(rows), wide, rows.astype(np.int8), rows.astype(object)):
        same.setflags(write=False)
        assert as_set(extreme_rays(same).rays) == wanted


def test_wrong_shapes_and_orders_are_refused():
    for rows in (np.zeros(3, int), np.zeros((3, 0), int)):
        with pytest.raises(InputError, match="shape"):
            extreme_rays(rows)
    with pytest.raises(InputError, match="there is no order"):
        extreme_rays(np.eye(2, dtype=int), order="best")


# -- budgets -------------------------------------------------------------------------------------
@pytest.mark.parametrize("order", ["auto", "given"])
def test_budgets(order):
    rows = np.array(cube(7))
    assert len(extreme_rays(rows, max_rays=128, order=order).rays) == 128
    with pytest.raises(BudgetError, match="max_rays=100"):
        extreme_rays(rows, max_rays=100, order=order)
    with pytest.raises(BudgetError, match="time_limit"):
        extreme_rays(rows, time_limit=0.0, order=order)


def test_progress_is_told():
    calls = []
    extreme_rays(np.array(cube(4)), progress=lambda *numbers: calls.append(numbers))
    assert calls[-1] == (8, 8, 16)


# -- machine words -------------------------------------------------------------------------------
def test_what_arithmetic_was_used():
    assert extreme_rays(np.array(cube(4))).statistics.arithmetic == "int64"
    big = rows_of([[10**20 + 1, 0, 1], [1, 10**20, 0], [0, 1, 10**20], [1, -1, -1]])
    found = extreme_rays(big)
    assert found.statistics.arithmetic == "integers"
    assert found.rays.dtype == object
    assert_is_description(found, big)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=6, max_size=6))
def test_products_are_right_where_they_say_so(entries):
    ray, row = np.array([entries[:3]]), np.array(entries[3:])
    # A second ray on which the huge terms cancel.
    ray = np.concatenate([ray, [[entries[4], -entries[3], 1]]])
    values, fits = products(ray, row)
    for i in range(2):
        exact = sum(int(a) * int(b) for a, b in zip(ray[i], row, strict=True))
        if fits[i]:
            assert values[i] == exact
        else:
            size = sum(abs(int(a) * int(b)) for a, b in zip(ray[i], row, strict=True))
            assert abs(exact) + size / 2**49 > 2**61


@given(st.lists(st.integers(-(2**40), 2**40), min_size=8, max_size=8))
def test_combinations_are_right_where_they_say_so(entries):
    rays = np.array([entries[:3], entries[3:6]])
    above, below = abs(entries[6]) + 1, -abs(entries[7]) - 1
    pairs = np.array([[0, 1]])
    found, proven = combined(rays, np.array([above, below]), np.array([True, True]), pairs)
    exact = [-below * a + above * b for a, b in zip(entries[:3], entries[3:6], strict=True)]
    common = math.gcd(*exact)
    if proven[0] and common:
        assert found[0].tolist() == [x // common for x in exact]
    if not proven[0]:
        assert max(map(abs, exact)) // math.gcd(above, below) > 2**60
    assert not combined(rays, np.array([above, below]), np.array([True, False]), pairs)[1][0]


# -- edges ---------------------------------------------------------------------------------------
@given(hulls() | cones(), st.integers(0, 2**32 - 1), st.integers(0, 70))
def test_edges_are_those_of_the_definition(rows, seed, offset):
    if rank(rows) < rows.shape[1]:
        return
    found = extreme_rays(rows)
    if found.implicit.size or not len(found.rays):
        return
    flags = np.zeros((len(found.rays), offset + len(rows)), dtype=bool)  # more than one word
    flags[:, offset:] = found.incidence
    bits = packed(flags)
    values = np.random.default_rng(seed).integers(-1, 2, len(bits))
    edges = crossing_edges(bits, values, rows.shape[1])
    assert sorted(map(tuple, edges.tolist())) == edges_by_definition(bits, values, rows.shape[1])


def test_edges_of_polytopes_with_many_vertices():
    vertices = np.array([[1, *p[:-1]] for p in itertools.permutations(range(5))])
    for rows in (vertices, extreme_rays(vertices).rays, np.array(points(5, (0, 1)))):
        found = extreme_rays(rows)
        values = np.random.default_rng(0).integers(-1, 2, len(found.rays))
        edges = crossing_edges(found.bits, values, rows.shape[1])
        wanted = edges_by_definition(found.bits, values, rows.shape[1])
        assert sorted(map(tuple, edges.tolist())) == wanted


def test_edges_of_a_cube():
    """Vertices of a cube are adjacent when they differ in one coordinate: words side by side."""
    d = 8
    found = extreme_rays(np.array(cube(d)))
    values = found.rays[:, 1:].sum(axis=1)
    edges = crossing_edges(found.bits, values, d + 1)
    assert len(edges) == 0 or (values[edges[:, 0]] > 0).all()
    values = np.ascontiguousarray(found.rays[:, 3])
    edges = crossing_edges(found.bits, values, d + 1)
    assert len(edges) == 2 ** (d - 1)
    difference = found.rays[edges[:, 0]] - found.rays[edges[:, 1]]
    assert (difference == [0, 0, 0, 2, 0, 0, 0, 0, 0]).all()


@pytest.mark.parametrize(("n", "searches"), [(0, 9), (31, 9), (300, 1), (300, 9)])
def test_a_tree_finds_what_a_scan_finds(n, searches):
    flags = np.random.default_rng(n).random((n, 90)) < 0.2
    bits = packed(flags)
    bits.setflags(write=False)
    order = np.arange(n)
    tree = bit_tree(bits, order, searches)
    assert (len(tree.segments) > 0) == (n == 300 and searches == 9)
    found = np.empty(n, dtype=np.int64)
    for i in range(0, n, 10):
        common = (flags & flags[i]).sum(axis=1)
        for least in range(8):
            count = search(tree, bits, bits[i], least, found)
            assert sorted(found[:count].tolist()) == np.flatnonzero(common >= least).tolist()


# -- published counts ----------------------------------------------------------------------------
_FILES = [
    "cddlib/ccc4.ext", "cddlib/ccc5.ext", "cddlib/ccc6.ext", "cddlib/ccp5.ext", "cddlib/ccp6.ext",
    "cddlib/cross6.ine", "cddlib/cross8.ine", "cddlib/cross10.ine", "cddlib/cube10.ine",
    "cddlib/cube12.ine", "cddlib/cyclic12-6.ext", "cddlib/cyclic14-8.ext",
    "cddlib/cyclic16-10.ext", "cddlib/hexocta.ine", "cddlib/infeas.ine",
    "cddlib/integralpoints.ine", "cddlib/irbox200-4.ext", "cddlib/kkd18_4.ine",
    "cddlib/kkd27_5.ine", "cddlib/kkd38_6.ine", "cddlib/nonfull.ine", "cddlib/origin.ine",
    "cddlib/project2.ine", "cddlib/reg24-5.ext", "cddlib/reg24-5.ine", "cddlib/sampleh1.ine",
    "cddlib/sampleh8.ine", "lrslib/bv4.ine", "lrslib/bv5.ine", "lrslib/bv6.ine",
    "lrslib/cp5.ine", "lrslib/cp6.ine", "lrslib/ext_cyclic25_13.ext", "lrslib/ext_mit33.ext",
    "lrslib/ext_tsp5.ext", "lrslib/ext_vol1.ext", "lrslib/ine_in4.ine", "lrslib/ine_in5.ine",
    "lrslib/ine_in6.ine", "lrslib/ine_in7.ine", "lrslib/ine_metric40_11.ine",
    "lrslib/ine_trunc10.ine", "lrslib/ine_truss2.ine", "lrslib/ine_tsp5.ine",
    "lrslib/metric80_16.ine", "lrslib/mit31-20.ine", "lrslib/mit41-16.ine", "lrslib/mp5.ext",
    "lrslib/mp5a.ine", "lrslib/mp6.ine", "lrslib/perm4.ine", "lrslib/perm6.ine",
    "lrslib/perm7.ine", "sympol/cross-polytope4.ext", "sympol/cut6.ext", "sympol/cut6.ine",
    "sympol/cyclic-2-3-5.ext", "sympol/d4.ine", "sympol/d5.ine", "sympol/e6.ine",
    "sympol/metric_6.ine", "sympol/santos_prismatoid.ext",
]  # fmt: skip


@pytest.mark.parametrize("name", _FILES)
def test_published_counts(data_dir, name):
    folder = data_dir / "polytopes"
    known = json.loads((folder / "expected.json").read_text())[name]
    rows, basis = read_cone(folder / name, known["rep"])
    found = extreme_rays(rows)
    if known["rep"] == "V":
        # The face at infinity is a facet of the cone, and of no polyhedron that has a vertex on it.
        heights = rows[:, 0] if basis is None else None
        proper = found.incidence if heights is None else found.incidence[:, heights > 0]
        assert proper.any(axis=1).sum() == known["dual"]["facets"]
    else:
        heights = found.integers[:, 0] if basis is None else product(found.integers, basis)[:, 0]
        counts = {"vertices": (heights > 0).sum(), "rays": (heights == 0).sum()}
        if not counts["vertices"]:
            counts["rays"] = 0
        assert counts == {key: known["dual"].get(key, 0) for key in counts}


def read_cone(path, kind):
    """Rows of a cone that has neither equations nor lines; the last one bounds the heights."""
    lines = [line.split() for line in path.read_text().splitlines()]
    lines = [line for line in lines if line]
    begin = next(i for i, line in enumerate(lines) if line[0] == "begin")
    end = next(i for i, line in enumerate(lines) if line[0] == "end")
    width = int(lines[begin + 1][1])
    entries = [Fraction(entry) for line in lines[begin + 2 : end] for entry in line]
    rows = [entries[i : i + width] for i in range(0, len(entries), width)]
    linear = [line[2:] for line in lines[:begin] + lines[end:] if line[0] == "linearity"]
    equations = {int(entry) - 1 for line in linear for entry in line}
    cleared = [[int(x * math.lcm(*(y.denominator for y in row))) for x in row] for row in rows]
    if kind == "H":
        cleared.append([1] + [0] * (width - 1))
    inside = rows_of([row for i, row in enumerate(cleared) if i not in equations])
    basis = None
    if equations:
        basis = kernel(rows_of([cleared[i] for i in sorted(equations)]))
        inside, basis = product(inside, basis), basis.T
    if rank(inside) < inside.shape[1]:
        # Divide by the lines; or (points) leave out coordinates that are functions of the others.
        columns = pivot_columns(inside)
        inside, basis = inside[:, columns], None if basis is None else basis[:, columns]
    return inside, basis

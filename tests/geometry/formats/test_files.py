"""Files of cddlib and lrs: what they mean, what is written, and how they can be broken."""

import gzip
from fractions import Fraction

import cdd
import cdd.gmp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import FormatError, InputError, MissingFileError
from polytropic.geometry.formats.files import read_polytope, write_polytope
from polytropic.geometry.formats.opening import suffix_of
from polytropic.geometry.polytope import Polytope

HALF = Fraction(1, 2)
HUGE = 10**5000 + 7  # more digits than Python converts by itself


def read(tmp_path, text, name="file.ine"):
    path = tmp_path / name
    path.write_text(text)
    return read_polytope(path)


def inequalities(*rows, kind="rational", before="", after=""):
    return matrix("H", rows, kind, before, after)


def generators(*rows, kind="rational", before="", after=""):
    return matrix("V", rows, kind, before, after)


def matrix(letter, rows, kind, before, after):
    width = len(rows[0].split())
    head = [
        f"{letter}-representation",
        *before.splitlines(),
        "begin",
        f"{len(rows)} {width} {kind}",
    ]
    return "\n".join([*head, *rows, "end", after])


def from_rows(inequality_rows, equation_rows=()):
    """Independent of the reader: b + <a, x> >= 0 as A x <= b."""

    def split(rows):
        return [[-x for x in row[1:]] for row in rows], [row[0] for row in rows]

    return Polytope.from_halfspaces(*split(inequality_rows), *split(equation_rows or [[0, 0, 0]]))


# -- inequalities --------------------------------------------------------------------------------
TRIANGLE = Polytope.from_points([[0, 0], [1, 0], [0, 1]])


@pytest.mark.parametrize("kind", ["integer", "rational", "real", "Real"])
def test_inequalities_of_every_type(tmp_path, kind):
    assert read(tmp_path, inequalities("0 1 0", "0 0 1", "1 -1 -1", kind=kind)) == TRIANGLE


def test_signs_of_inequalities(tmp_path):
    """The row (b, a) is b + a x >= 0."""
    assert read(tmp_path, inequalities("-3 1", "5 -1")).vertices.tolist() == [[3], [5]]


def test_decimals_are_exact(tmp_path):
    found = read(tmp_path, inequalities("0.1 -1", "-1e-1 1", kind="real"))
    assert found.dimension == 0
    assert found.vertices_exact.to_fractions().tolist() == [[Fraction(1, 10)]]
    # In floats 0.1 + 0.2 exceeds 0.3; in digits it does not.
    edge = read(tmp_path, inequalities("-0.1 1 0", "-0.2 0 1", ".3 -1 -1.0", kind="real"))
    assert edge.vertices_exact.to_fractions().tolist() == [[Fraction(1, 10), Fraction(1, 5)]]


@pytest.mark.parametrize("option", ["linearity 1 3", "equality 1 3", "partial_enumeration 1 3"])
@pytest.mark.parametrize("place", ["before", "after"])
def test_linear_rows_are_equations(tmp_path, option, place):
    text = inequalities("0 1 0", "0 0 1", "1 -1 -1", **{place: option})
    assert read(tmp_path, text) == Polytope.from_points([[1, 0], [0, 1]])


def test_linearity_given_twice_is_united(tmp_path):
    text = inequalities("-1 1 0", "-2 0 1", "9 -1 0", before="linearity 1 1", after="linearity 1 2")
    assert read(tmp_path, text) == Polytope.from_points([[1, 2]])


def test_nonnegative_counts_only_before_begin(tmp_path):
    """As lrs has it: afterwards the word is ignored."""
    assert read(tmp_path, inequalities("1 -1 -1", before="nonnegative")) == TRIANGLE
    assert not read(tmp_path, inequalities("1 -1 -1", after="nonnegative")).is_bounded


def test_free_format_comments_and_options(tmp_path):
    text = (
        """a name
* a comment with begin
# and another
   H-representation
begin
 3
 """.replace("\n 3\n ", "\n 3 3 integer\n")
        + """0 1
0 0 0 1 1
* in between
-1
-1
end
volume
project 1 1
minimize
 0 1 1
"""
    )
    assert read(tmp_path, text) == TRIANGLE


def test_without_a_header_it_is_inequalities_whatever_the_suffix(tmp_path):
    assert read(tmp_path, "begin\n2 2 integer\n1 1\n1 -1\nend\n", "x.ext").vertices.tolist() == [
        [-1],
        [1],
    ]


def test_rows_that_are_counted_later(tmp_path):
    """What lrs prints can be read back."""
    text = "V-representation\nbegin\n***** 3 rational\n 1 0 0\n 1 1 0\n 1 0 1\nend\n"
    assert read(tmp_path, text) == TRIANGLE


def test_empty_whole_and_zero_dimensional(tmp_path):
    assert read(tmp_path, inequalities("-1 0 0")).is_empty
    assert read(tmp_path, inequalities("-1 1", "0 -1")).is_empty
    assert read(tmp_path, "V-representation\nbegin\n0 4 integer\nend").is_empty
    assert read(tmp_path, "V-representation\nbegin\n0 4 integer\nend").ambient_dimension == 3
    whole = read(tmp_path, "H-representation\nbegin\n0 3 integer\nend")
    assert (whole.dimension, len(whole.lines_exact)) == (2, 2)
    assert read(tmp_path, inequalities("1")).dimension == 0
    assert read(tmp_path, inequalities("-1")).is_empty
    assert read(tmp_path, generators("1")).dimension == 0


# -- generators ----------------------------------------------------------------------------------
def test_points_rays_and_lines(tmp_path):
    text = generators("1 1/2 0 0", "0 0 1 0", "0 0 0 1", before="linearity 1 3")
    wanted = Polytope.from_points([[HALF, 0, 0]], rays=[[0, 1, 0]], lines=[[0, 0, 1]])
    assert read(tmp_path, text) == wanted


def test_any_positive_first_entry_is_a_point(tmp_path):
    assert read(tmp_path, generators("2 4", "1/2 0")).vertices.tolist() == [[0], [2]]
    assert read(tmp_path, generators("3 1 1", "2 0 1")) == Polytope.from_points(
        [[Fraction(1, 3), Fraction(1, 3)], [0, HALF]]
    )


def test_a_linear_point_is_there_with_both_signs(tmp_path):
    """The cone over the rows, cut at height 1: the other points become directions from it."""
    wanted = Polytope.from_points([[2, 0]], rays=[[-1, 1]], lines=[[0, 1]])
    for row in ("1 2 0", "-1 -2 0", "1/2 1 0"):
        found = read(tmp_path, generators("1 1 1", row, "0 0 1", before="linearity 2 2 3"))
        assert found == wanted
    two = read(tmp_path, generators("1 2 0", "-3 0 0", before="linearity 2 1 2"))
    assert two == Polytope.from_points([[0, 0]], lines=[[1, 0]])


def test_directions_alone_span_a_cone_at_the_origin(tmp_path):
    cone = read(tmp_path, generators("0 1 0", "0 1 1"))
    assert cone == Polytope.from_points([[0, 0]], rays=[[1, 0], [1, 1]])
    line = read(tmp_path, generators("0 1 1", before="linearity 1 1"))
    assert line == Polytope.from_points([[0, 0]], lines=[[1, 1]])
    assert read(tmp_path, generators("0 0 0")) == Polytope.from_points([[0, 0]])


rows_of_cones = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=5
)


@settings(max_examples=60)
@given(rows_of_cones, st.sets(st.integers(1, 5)))
def test_generators_mean_what_they_mean_to_cddlib(tmp_path_factory, rows, linear):
    """Also linear rows that are points: cddlib takes the cone and cuts it at height one."""
    linear = {index for index in linear if index <= len(rows)}
    if not any(row[0] for row in rows):
        rows = [*rows, (1, 0, 0)]  # cddlib gives a cone without a point no apex
    option = f"linearity {len(linear)} {' '.join(map(str, linear))}" if linear else ""
    text = generators(*(" ".join(map(str, row)) for row in rows), before=option)
    found = read(tmp_path_factory.mktemp("cone"), text)

    matrix = cdd.gmp.matrix_from_array(
        rows, rep_type=cdd.RepType.GENERATOR, lin_set={i - 1 for i in linear}
    )
    answer = cdd.gmp.copy_inequalities(cdd.gmp.polyhedron_from_matrix(matrix))
    equations = [row for i, row in enumerate(answer.array) if i in answer.lin_set]
    wanted = from_rows(
        [row for i, row in enumerate(answer.array) if i not in answer.lin_set] or [[1, 0, 0]],
        equations,
    )
    assert found == wanted


# -- writing -------------------------------------------------------------------------------------
POLYHEDRA = {
    "point": Polytope.from_points([[2, 3]]),
    "triangle": TRIANGLE,
    "fractions": Polytope.from_points([[Fraction(1, 3), 0], [0, Fraction(-2, 7)], [5, 1]]),
    "floats": Polytope.from_points([[0.1, 0.2], [0.3, 1e-300], [1e300, -5.5]]),
    "redundant": Polytope.from_halfspaces(
        [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1]], [1, 1, 1, 1, 9]
    ),
    "cone": Polytope.from_points([[0, 0, 0]], rays=[[1, 0, 0], [0, 1, 1]]),
    "shifted cone": Polytope.from_points([[HALF, 0]], rays=[[1, 0], [0, 1]]),
    "strip": Polytope.from_points([[0, 0], [1, 0]], lines=[[1, 2]]),
    "equations": Polytope.from_halfspaces([[1, 0, 0]], [1], [[0, 1, 0], [0, 2, 3]], [HALF, 1]),
    "flat, unbounded": Polytope.from_points([[1, 1, 1]], rays=[[1, 0, 0]], lines=[[0, 1, 0]]),
    "empty": Polytope.empty(3),
    "empty by halfspaces": Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, -1]),
    "whole plane": Polytope.from_halfspaces(np.zeros((0, 2)), []),
    "huge": Polytope.from_points([[HUGE, 0], [0, Fraction(1, HUGE)], [-1, -HUGE]]),
    "repeated": Polytope.from_points([[0, 0], [0, 0], [1, 1]]),
    "no coordinates": Polytope.from_points(np.zeros((1, 0))),
}  # fmt: skip


@pytest.mark.parametrize("minimal", [False, True])
@pytest.mark.parametrize("suffix", [".ine", ".ext", ".ine.gz", ".EXT"])
@pytest.mark.parametrize("name", POLYHEDRA)
def test_what_is_written_reads_back(tmp_path, name, suffix, minimal):
    path = tmp_path / f"p{suffix}"
    write_polytope(POLYHEDRA[name], path, minimal=minimal)
    found = read_polytope(path)
    assert found == POLYHEDRA[name]
    assert found.ambient_dimension == POLYHEDRA[name].ambient_dimension


@given(
    st.lists(st.tuples(*[st.fractions(-5, 5, max_denominator=9)] * 2), min_size=1, max_size=5),
    st.lists(st.tuples(*[st.integers(-3, 3)] * 2), max_size=2),
    st.sampled_from(["H", "V"]),
)
@settings(max_examples=60)
def test_every_polyhedron_survives_a_file(tmp_path_factory, points, rays, representation):
    polytope = Polytope.from_points(points, rays=np.array(rays, dtype=int).reshape(-1, 2))
    path = tmp_path_factory.mktemp("trip") / "p.ine"
    write_polytope(polytope, path, representation)
    assert path.read_text().startswith(f"{representation}-representation")
    assert read_polytope(path) == polytope


@pytest.mark.parametrize("name", ["triangle", "strip", "shifted cone", "equations", "redundant"])
def test_cddlib_reads_what_is_written(tmp_path, name):
    """cddlib's own reader agrees on which rows there are, which are linear, and what they span."""
    for suffix in (".ine", ".ext"):
        path = tmp_path / f"p{suffix}"
        write_polytope(POLYHEDRA[name], path)
        lines = path.read_text().splitlines()
        linear = [line for line in lines if line.startswith("linearity")]
        start = lines.index("begin")
        n, width, _ = lines[start + 1].split()
        rows = [[Fraction(x) for x in line.split()] for line in lines[start + 2 : -1]]
        assert (len(rows), {len(row) for row in rows}) == (int(n), {int(width)})
        kind = cdd.RepType.INEQUALITY if suffix == ".ine" else cdd.RepType.GENERATOR
        indices = {int(x) - 1 for x in linear[0].split()[2:]} if linear else set()
        matrix = cdd.gmp.matrix_from_array(rows, rep_type=kind, lin_set=indices)
        answer = cdd.gmp.copy_generators(cdd.gmp.polyhedron_from_matrix(matrix))
        assert len(answer.lin_set) == len(POLYHEDRA[name].lines_exact)
        points = [row for i, row in enumerate(answer.array) if row[0] and i not in answer.lin_set]
        assert len(points) == POLYHEDRA[name].n_vertices


def test_given_rows_are_written_without_a_conversion(tmp_path, monkeypatch):
    def refuse(self):
        raise AssertionError("converted")

    redundant = Polytope.from_halfspaces([[1], [-1], [2]], [1, 1, 5])
    points = Polytope.from_points([[0.5], [3], [1]])
    monkeypatch.setattr(Polytope, "description", property(refuse))
    write_polytope(redundant, tmp_path / "p.ine")
    assert (tmp_path / "p.ine").read_text().splitlines()[2:-1] == [
        " 3 2 integer",
        " 1 -1",
        " 1 1",
        " 5 -2",
    ]
    write_polytope(points, tmp_path / "p.ext")
    assert (tmp_path / "p.ext").read_text().splitlines()[3:-1] == [" 1 1/2", " 1 3", " 1 1"]
    with pytest.raises(AssertionError, match="converted"):
        write_polytope(points, tmp_path / "p.ine")


def test_minimal_leaves_out_what_is_redundant(tmp_path):
    path = tmp_path / "p.ine"
    write_polytope(POLYHEDRA["redundant"], path, minimal=True)
    assert " 4 3 integer" in path.read_text()


def test_equal_polytopes_give_equal_gzip_files(tmp_path):
    for name in ("a.ine.gz", "b.ine.gz"):
        write_polytope(TRIANGLE, tmp_path / name)
    assert (tmp_path / "a.ine.gz").read_bytes() == (tmp_path / "b.ine.gz").read_bytes()
    assert (tmp_path / "a.ine.gz").read_bytes()[4:8] == bytes(4)  # no time of writing
    assert gzip.decompress((tmp_path / "a.ine.gz").read_bytes()).startswith(b"H-representation\n")


def test_suffixes():
    from pathlib import Path

    names = ["a.ine", "A.EXT", "a.b.ext.gz", "a", "a.gz", ".ine"]
    assert [suffix_of(Path(name)) for name in names] == [".ine", ".ext", ".ext", "", "", ""]


# -- broken files ----------------------------------------------------------------------------------
OPENED = "V-representation\nbegin\n"

BROKEN = {
    # text: what the message must say
    "": "no line 'begin'",
    "H-representation\n": "no line 'begin'",
    "infeasible\n": "line 1, 'infeasible',.*answer of a program",
    "H-representation\nbegin\n": "ends after line 2",
    OPENED + "3 2\n": "line 3: expected numbers of rows and columns",
    OPENED
    + "2 2 complex\n1 1\n1 2\nend": "line 3: unknown type 'complex'.*integer, rational, real",
    OPENED + "x 2 integer\nend": "line 3: 'x' by '2'",
    OPENED + "-1 2 integer\nend": "line 3: '-1' by '2'",
    OPENED + "1 0 integer\nend": "line 3: '1' by '0'",
    OPENED + "2 2 integer\n1 1\n": "ends without 'end'; line 3 declares 2 rows of 2 numbers, 1",
    OPENED + "2 2 integer\n1 1\nend": "ends before its 2 rows of 2 numbers at line 4",
    OPENED + "2 2 integer\n1 1\n1 2\n1 3\nend": "goes on beyond its 2 rows of 2 numbers at line 6",
    OPENED + "2 2 integer\n1 1\n1 2 3\nend": "line 5: 3 entries, but every row has 2",
    OPENED + "2 3 integer\n1 1 1\n1 2\nend": "line 5: 2 entries, but every row has 3",
    OPENED + "***** 3 rational\n1 1 1\n1 2\nend": "line 5: 2 entries, but every row has 3",
    OPENED + "1 2 real\n1 nan\nend": "line 4: 'nan' is no number",
    OPENED + "1 2 real\n1 inf\nend": "line 4: 'inf' is no number",
    OPENED + "1 2 rational\n1 1/0\nend": "line 4: '1/0' divides by zero",
    OPENED + "1 2 real\n1 1e9999999\nend": "line 4: .* exponent",
    OPENED + "1 2 integer\n-1 2\nend": "-1 2 starts with a negative number",
    OPENED + "1 2 integer\n1 2\nend\nlinearity 1 2": "lists row 2, .* numbered from 1 to 1",
    OPENED + "1 2 integer\n1 2\nend\nlinearity 1 0": "lists row 0",
    OPENED + "1 2 integer\n1 2\nend\nlinearity 2 1": "line 6: declares 2 linear rows but lists 1",
    OPENED + "1 2 integer\n1 2\nend\nlinearity": "line 6: expected how many",
    OPENED + "1 2 integer\n1 2\nend\nlinearity one": "line 6: expected how many",
    OPENED + "1 2 integer\n1 2\nend\nbegin\n1 2 integer\n": "line 6: a second 'begin'",
    "H-representation\n" + OPENED + "1 2 integer\n1 2\nend": "line 2: V-representation, but line 1",
    "nonnegative\n" + OPENED + "1 2 integer\n1 2\nend": "'nonnegative' goes with",
    "nonnegative\nbegin\n1 2 integer\n1 2\nend\nlinearity 1 1": "'nonnegative' goes with",
    "nonnegative\nbegin\n0 1000000000 integer\nend": "'nonnegative' goes with",
    "strict_inequality 1 1\nbegin\n1 2 integer\n1 2\nend": "line 1: strict inequalities",
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_files_are_refused_by_name(tmp_path, text):
    with pytest.raises(FormatError, match=BROKEN[text]) as caught:
        read(tmp_path, text)
    assert "file.ine: " in str(caught.value)


def test_wrong_names_and_files(tmp_path):
    with pytest.raises(MissingFileError, match=r"nothing\.ine does not exist"):
        read_polytope(tmp_path / "nothing.ine")
    with pytest.raises(FormatError, match="is a directory"):
        read_polytope(tmp_path)
    with pytest.raises(FormatError, match=r"no known polytope format.*\.ine, \.ext, \.json"):
        read(tmp_path, "", "file.txt")
    with pytest.raises(FormatError, match=r"written as \.ine or \.ext"):
        write_polytope(TRIANGLE, tmp_path / "p.json")
    with pytest.raises(InputError, match="'H' or 'V', got 'X'"):
        write_polytope(TRIANGLE, tmp_path / "p.ine", "X")
    with pytest.raises(FormatError, match="cannot be written"):
        write_polytope(TRIANGLE, tmp_path / "no folder" / "p.ine")
    with pytest.raises(InputError, match="a path must be"):
        read_polytope(7)


def test_compressed_files_are_read_within_limits(tmp_path):
    path = tmp_path / "p.ine.gz"
    path.write_bytes(gzip.compress(inequalities("0 1", "1 -1").encode() + b"\n" * 100_000))
    assert read_polytope(path).n_vertices == 2
    with pytest.raises(FormatError, match="more than the limit of 1000 bytes"):
        read_polytope(path, max_bytes=1000)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match="not a complete gzip file"):
        read_polytope(path)


def test_old_encodings_and_byte_order_marks(tmp_path):
    path = tmp_path / "p.ine"
    path.write_bytes("* Müller\n".encode("latin-1") + inequalities("0 1", "1 -1").encode())
    assert read_polytope(path).n_vertices == 2
    path.write_bytes(b"\xef\xbb\xbf" + inequalities("0 1", "1 -1").replace("\n", "\r\n").encode())
    assert read_polytope(path).n_vertices == 2

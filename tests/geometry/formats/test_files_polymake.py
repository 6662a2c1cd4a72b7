"""Files of polymake: JSON, exports of polyDB, and the old plain text."""

import json
from fractions import Fraction

import pytest

from polytropic.errors import FormatError
from polytropic.geometry.formats.files import read_polytope, read_polytopes
from polytropic.geometry.polytope import Polytope


def polymake(tmp_path, content, name="file.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_polytope(path)


SQUARE = [["1", "0", "0"], ["1", "1", "0"], ["1", "0", "1"], ["1", "1", "1"]]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ({"VERTICES": SQUARE}, Polytope.box(0, 1, dim=2)),
        ({"POINTS": [*SQUARE, [2, 1, "1"]]}, Polytope.box(0, 1, dim=2)),
        ({"VERTICES": [["1", "1/3"], [0, 1]]},
         Polytope.from_points([[Fraction(1, 3)]], rays=[[1]])),
        ({"VERTICES": [[1, 0, 0], [1, 1, 0]], "LINEALITY_SPACE": [[0, 1, 1]]},
         Polytope.from_points([[0, 0], [1, 0]], lines=[[1, 1]])),
        ({"FACETS": [["1", "-1"], ["0", 1]]}, Polytope.box(0, 1, dim=1)),
        ({"FACETS": [[1, -1, 0], [0, 1, 0]], "AFFINE_HULL": [[-5, 0, 1]]},
         Polytope.from_points([[0, 5], [1, 5]])),
        ({"FACETS": [[1, -1, 0], [0, 1, 0]], "LINEAR_SPAN": [[-5, 0, 1]]},
         Polytope.from_points([[0, 5], [1, 5]])),
        ({"INEQUALITIES": [[1, -1], [0, 1], [9, -1]], "EQUATIONS": []}, Polytope.box(0, 1, dim=1)),
        ({"EQUATIONS": [[-1, 2]]}, Polytope.from_points([[Fraction(1, 2)]])),
        ({"FACETS": [{"0": "1", "2": "-1"}, {"2": 1}, {"1": 1}, {"0": 1, "1": -1}, {"cols": 3}]},
         Polytope.box(0, 1, dim=2)),
        ({"VERTICES": None, "POINTS": SQUARE, "INPUT_LINEALITY": None}, Polytope.box(0, 1, dim=2)),
        ({"VERTICES": SQUARE, "AFFINE_HULL": [{"cols": 3}], "LINEALITY_SPACE": []},
         Polytope.box(0, 1, dim=2)),
        ({"VERTICES": [], "CONE_AMBIENT_DIM": 3}, Polytope.empty(2)),
        ('{"_type": "polytope::Polytope<Float>", "VERTICES": [[1, 0.1], [1.0, 25e-2]]}',
         Polytope.from_points([[Fraction(1, 10)], [Fraction(1, 4)]])),
        ({"_type": "polytope::LatticePolytope", "POINTS": SQUARE}, Polytope.box(0, 1, dim=2)),
        ({"_type": "matroid::Matroid", "POLYTOPE": {"POINTS": SQUARE}}, Polytope.box(0, 1, dim=2)),
        ({"data": [{"_id": "a", "VERTICES": SQUARE}]}, Polytope.box(0, 1, dim=2)),
        ([{"VERTICES": SQUARE}], Polytope.box(0, 1, dim=2)),
        ("_version 1.4\n\nPOINTS\n1 0 0\n1 1/2 0\n\nDIM\n4\n\nAFFINE_HULL\n",
         Polytope.from_points([[0, 0], [Fraction(1, 2), 0]])),
    ],
)  # fmt: skip
def test_polymake(tmp_path, content, wanted):
    assert polymake(tmp_path, content) == wanted
    assert polymake(tmp_path, content, "file.poly") == wanted


def test_huge_integers(tmp_path):
    digits = "1" + "0" * 5000
    wanted = Polytope.from_points([[10**5000]])
    assert polymake(tmp_path, {"VERTICES": [[1, digits]]}) == wanted
    assert polymake(tmp_path, f'{{"VERTICES": [[1, {digits}]]}}') == wanted


def test_several_polytopes_keep_their_names(tmp_path):
    path = tmp_path / "file.pdata"
    path.write_text(json.dumps({"data": [{"_id": "b", "POINTS": [[1, 2]]}, {"POINTS": [[1, 3]]}]}))
    found = read_polytopes(path)
    assert {name: p.vertices.tolist() for name, p in found.items()} == {"b": [[2]], "2": [[3]]}
    with pytest.raises(FormatError, match=r"holds 2 polytopes \(b, 2\).*read_polytopes"):
        read_polytope(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1: not JSON"),
        ('{"POINTS": [[1, NaN]]}', "NaN is no number"),
        ('{"POINTS": [[1, Infinity]]}', "Infinity is no number"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "holds 0 polytopes"),
        ("[1]", "object 1 is a int"),
        ("<?xml version='1.0'?>", "XML"),
        ("nothing here", "no polymake file"),
        ("DIM\n3\n", "none of the sections VERTICES, FACETS"),
        ({"_type": "matroid::Matroid", "_id": "M", "BASES": [[0]]}, "'M' is a matroid::Matroid"),
        ({"_type": "polytope::Cone<Rational>", "FACETS": [[1, 0]]}, "is a polytope::Cone"),
        ({"_type": "tropical::Polytope<Max>", "POINTS": [[0, 1]]}, "is a tropical::Polytope"),
        ({"_type": "polytope::PointConfiguration<Rational>", "POINTS": [[1, 1]]}, "PointConfig"),
        ({"N_FACETS": 5}, "none of the sections"),
        ({"VERTICES": 5}, "VERTICES is not a list"),
        ({"VERTICES": [5]}, "VERTICES, row 1: it is not a list of numbers"),
        ({"VERTICES": [[1, 0], [1, "a"]]}, "VERTICES, row 2: 'a' is no number"),
        ({"VERTICES": [[1, None]]}, "row 1: None is no rational"),
        ({"VERTICES": [[True, 1]]}, "row 1: True is no rational"),
        ({"VERTICES": [[1, {"a": 1}]]}, "is no rational"),
        ({"VERTICES": [["1", "1+2r5"]]}, r"'1\+2r5' is no number"),
        ({"VERTICES": [[1, 0], [1, 0, 0]]}, r"have lengths \[2, 3\]"),
        ({"VERTICES": [[1, 0]], "LINEALITY_SPACE": [[0, 0, 1]]}, r"have lengths \[2, 3\]"),
        ({"VERTICES": [[-1, 0]]}, "starts with a negative number"),
        ({"VERTICES": [[0, 1]]}, "only directions"),
        ({"VERTICES": [[]]}, "homogenising"),
        ({"VERTICES": []}, "no CONE_AMBIENT_DIM"),
        ({"FACETS": [{"5": 1}, {"cols": 3}]}, "column '5' of a sparse row with 3"),
        ({"FACETS": [{"0": 1}, {"cols": 10**12}]}, "at most 100000"),
        ({"data": [{"_id": "a", "POINTS": [[1]]}] * 2}, "two objects have the _id 'a'"),
    ],
)
def test_broken_polymake_files(tmp_path, content, message):
    with pytest.raises(FormatError, match=message):
        polymake(tmp_path, content)

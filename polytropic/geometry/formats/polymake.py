"""polymake's files: JSON (since version 4; polyDB exports) and the plain text of versions 1 and 2.

Rows are homogeneous: ``1 x`` is a point, ``0 x`` a direction, ``b a`` means ``b + <a, x> >= 0``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from polytropic.errors import FormatError
from polytropic.geometry.formats.homogeneous import from_constraint_rows, from_generator_rows
from polytropic.geometry.formats.numerals import integer, number, over_common_denominator
from polytropic.geometry.polytope import Polytope

__all__ = ["parse"]

_Rows = list[list[int]]
_Section = Mapping[str, Any]

# The first that is present is used: irredundant before redundant, generators before inequalities;
# equations alone are a description too.
_EQUATIONS = ("EQUATIONS", "AFFINE_HULL", "LINEAR_SPAN")
_DESCRIPTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("V", "VERTICES", ("LINEALITY_SPACE",)),
    ("H", "FACETS", ("AFFINE_HULL", "LINEAR_SPAN")),
    ("V", "POINTS", ("INPUT_LINEALITY",)),
    ("H", "INEQUALITIES", _EQUATIONS),
    ("H", "", _EQUATIONS),
)
_MAX_COLUMNS = 100_000  # a sparse row is written out
_HEADING = re.compile(r"[A-Z][A-Z0-9_]*")
_TYPE = re.compile(r"polytope::\w*(Polytope|Polyhedron)\b")


def parse(text: str) -> dict[str, Polytope]:
    """Read all polytopes of a polymake file, by their ``_id`` (or number, if they have none).

    Raises
    ------
    FormatError
        If the text is malformed, or holds other things than polytopes; the message names them.

    Examples
    --------
    >>> found = parse('{"_id": "tent", "INEQUALITIES": [["1", "-1"], [0, 1], [3, "-1/2"]]}')
    >>> found["tent"].vertices.tolist()
    [[0.0], [1.0]]
    """
    start = text.lstrip()[:1]
    if start == "<":
        raise FormatError("the XML of old polymake; load and save it with polymake >= 4")
    if start not in ("{", "["):
        return {"1": _polytope(_text_sections(text), "this file")}
    found: dict[str, Polytope] = {}
    for position, item in enumerate(_items(_json(text)), 1):
        if not isinstance(item, dict):
            raise FormatError(f"object {position} is a {type(item).__name__}, not an object")
        name = str(item.get("_id", position))
        if name in found:
            raise FormatError(f"two objects have the _id {name!r}")
        found[name] = _polytope(item, f"object {name!r}")
    return found


# -- the two notations -----------------------------------------------------------------------------
def _json(text: str) -> Any:
    def refuse(word: str) -> NoReturn:
        raise FormatError(f"{word} is no number that a polytope can have")

    try:
        return json.loads(text, parse_int=integer, parse_float=number, parse_constant=refuse)
    except json.JSONDecodeError as problem:
        raise FormatError(f"line {problem.lineno}: not JSON: {problem.msg}") from problem
    except RecursionError as problem:
        raise FormatError("the JSON is nested too deeply") from problem


def _items(content: Any) -> Iterator[Any]:
    """Objects of a file: one, a list, or a polyDB export with a list under ``data``."""
    if isinstance(content, dict) and isinstance(content.get("data"), list):
        content = content["data"]
    yield from content if isinstance(content, list) else [content]


def _text_sections(text: str) -> dict[str, list[list[str]]]:
    """Sections of the plain notation: a name in capitals, then rows up to the next name."""
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in text.split("\n"):
        words = line.split()
        if words and _HEADING.fullmatch(words[0]) and len(words) == 1:
            rows = sections.setdefault(words[0], [])
        elif words and not line.startswith(("_", "#")):
            rows.append(words)
    if not sections:
        raise FormatError("no polymake file: neither JSON nor sections with names in capitals")
    return sections


# -- what they mean --------------------------------------------------------------------------------
def _polytope(content: _Section, what: str) -> Polytope:
    kind = content.get("_type")
    if isinstance(kind, str) and not _TYPE.match(kind):
        inner = content.get("POLYTOPE")  # a matroid may bring its polytope along
        if isinstance(inner, dict):
            return _polytope(inner, what)
        raise FormatError(f"{what} is a {kind}, not a polytope::Polytope<Rational>")
    for notation, main, linear in _DESCRIPTIONS:
        if content.get(main) is not None or (
            not main and any(content.get(name) for name in linear)
        ):
            try:
                return _described(content, notation, main, linear)
            except FormatError as problem:
                raise FormatError(f"{what}: {problem}") from problem
    names = ", ".join(main for _, main, _ in _DESCRIPTIONS[:-1])
    raise FormatError(f"{what} has none of the sections {names}")


def _described(content: _Section, notation: str, main: str, linear: tuple[str, ...]) -> Polytope:
    rows = _rows(content.get(main) or [], main)
    lines = [row for name in linear for row in _rows(content.get(name) or [], name)]
    widths = {len(row) for row in rows + lines} or _declared_width(content)
    if len(widths) != 1:
        names = ", ".join(name for name in (main, *linear) if content.get(name))
        raise FormatError(f"the rows of {names} have lengths {sorted(widths)}")
    width = widths.pop()
    if width == 0:
        raise FormatError(f"{main} has rows without the homogenising coordinate")
    if notation == "H":
        return from_constraint_rows(rows, lines, width)
    return from_generator_rows(rows, lines, width, apex=False)


def _declared_width(content: _Section) -> set[int]:
    width = content.get("CONE_AMBIENT_DIM")
    if isinstance(width, int) and not isinstance(width, bool) and width > 0:
        return {width}
    raise FormatError("no rows, and no CONE_AMBIENT_DIM that says in which dimension")


def _rows(section: Any, name: str) -> _Rows:
    if not isinstance(section, list):
        raise FormatError(f"{name} is not a list of rows")
    width = _sparse_width(section)
    rows: _Rows = []
    for position, row in enumerate(section, 1):
        if isinstance(row, dict) and set(row) == {"cols"}:
            continue
        try:
            dense = _dense(row, width) if isinstance(row, dict) else row
            if not isinstance(dense, list):
                raise FormatError("it is not a list of numbers")
            rows.append(over_common_denominator([_entry(value) for value in dense]))
        except FormatError as problem:
            raise FormatError(f"{name}, row {position}: {problem}") from problem
    return rows


def _sparse_width(section: list[Any]) -> int:
    """Number of columns, which a sparse matrix states in a last row of its own."""
    last = section[-1] if section else None
    width = last.get("cols", 0) if isinstance(last, dict) else 0
    if not isinstance(width, int) or width > _MAX_COLUMNS:
        raise FormatError(f"a sparse matrix of {width!r} columns; at most {_MAX_COLUMNS} are read")
    return width


def _dense(row: dict[str, Any], width: int) -> list[Any]:
    dense: list[Any] = [0] * width
    for column, value in row.items():
        if not column.isdecimal() or int(column) >= width:
            raise FormatError(f"column {column!r} of a sparse row with {width} columns")
        dense[int(column)] = value
    return dense


def _entry(value: Any) -> Any:
    if isinstance(value, str):
        return number(value)
    if isinstance(value, (bool, list, dict)) or value is None:
        raise FormatError(f"{value!r} is no rational number")
    return value

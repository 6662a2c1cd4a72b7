"""Meshes of 3-D polytopes for other programs: OFF, OBJ, PLY and STL.

Vertices are correctly rounded to float64; which vertices lie on a facet, in which order, and which
side is outside is exact.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from polytropic.errors import FormatError, InputError
from polytropic.geometry.formats.opening import as_path, suffix_of, write_text
from polytropic.geometry.formats.polygons import oriented_facets
from polytropic.geometry.polytope import Polytope

__all__ = ["to_obj", "to_off", "to_ply", "to_stl", "write_mesh"]

_UCHAR = 255


def write_mesh(polytope: Polytope, path: str | os.PathLike[str]) -> None:
    """Write a 3-D polytope to a mesh file; its suffix says which format.

    Parameters
    ----------
    polytope : Polytope
        Bounded, in R^3, of dimension 3 (or 2: one polygon).
    path : str or os.PathLike
        Ending in ``.off``, ``.obj``, ``.ply`` or ``.stl`` (and ``.gz``); an existing file of that
        name is replaced.

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polytope is empty, unbounded or of another dimension, or beyond the range of floats.
    FormatError
        If the suffix is another one, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_mesh(Polytope.box(0, 1, dim=3), Path(folder) / "cube.off")
    ...     (Path(folder) / "cube.off").read_text().split()[:4]
    ['OFF', '8', '6', '12']
    """
    file = as_path(path)
    writer = _WRITERS.get(suffix_of(file))
    if writer is None:
        known = ", ".join(_WRITERS)
        raise FormatError(f"{file} is of no known mesh format; the suffixes written are {known}")
    write_text(file, writer(polytope))


def to_off(polytope: Polytope) -> str:
    """Text of an OFF file, with the facets as polygons.

    Parameters and errors are those of `write_mesh`.

    Examples
    --------
    >>> print(to_off(Polytope.from_points([[0, 0, 0], [2, 0, 0], [0, 0.5, 0]])), end="")
    OFF
    3 1 3
    0 0 0
    0 0.5 0
    2 0 0
    3 0 2 1
    """
    polygons, _ = oriented_facets(polytope)
    corners = _corners(polytope)
    sides = sum(map(len, polygons))
    edges = sides if len(polygons) == 1 else sides // 2
    head = ["OFF", f"{len(corners)} {len(polygons)} {edges}"]
    return _text(head, corners, (_words(len(polygon), *polygon) for polygon in polygons))


def to_obj(polytope: Polytope) -> str:
    """Text of a Wavefront OBJ file, with the facets as polygons.

    Parameters and errors are those of `write_mesh`.

    Examples
    --------
    >>> print(to_obj(Polytope.from_points([[0, 0, 0], [2, 0, 0], [0, 0.5, 0]])), end="")
    v 0 0 0
    v 0 0.5 0
    v 2 0 0
    f 1 3 2
    """
    polygons, _ = oriented_facets(polytope)
    corners = (f"v {corner}" for corner in _corners(polytope))
    return _text(corners, (_words("f", *(i + 1 for i in polygon)) for polygon in polygons))


def to_ply(polytope: Polytope) -> str:
    """Text of a PLY file (ASCII, coordinates as doubles), with the facets as polygons.

    Parameters and errors are those of `write_mesh`.

    Examples
    --------
    >>> to_ply(Polytope.box(0, 1, dim=3)).splitlines()[2:4]
    ['element vertex 8', 'property double x']
    """
    polygons, _ = oriented_facets(polytope)
    corners = _corners(polytope)
    # Readers know lists that count in bytes best, but a byte counts to 255 only.
    count = "uchar" if max(map(len, polygons)) <= _UCHAR else "uint"
    head = [
        "ply",
        "format ascii 1.0",
        f"element vertex {len(corners)}",
        *(f"property double {axis}" for axis in "xyz"),
        f"element face {len(polygons)}",
        f"property list {count} int vertex_indices",
        "end_header",
    ]
    return _text(head, corners, (_words(len(polygon), *polygon) for polygon in polygons))


def to_stl(polytope: Polytope) -> str:
    """Text of an STL file (ASCII): every facet as a fan of triangles with its outer normal.

    Parameters and errors are those of `write_mesh`.

    Examples
    --------
    >>> to_stl(Polytope.box(0, 1, dim=3)).count("facet normal")
    12
    """
    polygons, normals = oriented_facets(polytope)
    corners = _corners(polytope)
    lines = ["solid polytope"]
    for polygon, normal in zip(polygons, normals.tolist(), strict=True):
        direction = _words(*map(_decimal, _unit(normal)))
        for second, third in pairwise(polygon[1:]):
            lines += [f"facet normal {direction}", "outer loop"]
            lines += [f"vertex {corners[i]}" for i in (polygon[0], second, third)]
            lines += ["endloop", "endfacet"]
    return _text(lines, ["endsolid polytope"])


_WRITERS: dict[str, Callable[[Polytope], str]] = {
    ".off": to_off,
    ".obj": to_obj,
    ".ply": to_ply,
    ".stl": to_stl,
}


def _corners(polytope: Polytope) -> list[str]:
    vertices = polytope.vertices
    if not np.isfinite(vertices).all():
        raise InputError("a vertex is beyond the range of float64; scale the polytope down first")
    return [_words(*map(_decimal, row)) for row in vertices.tolist()]


def _unit(normal: Sequence[int]) -> list[float]:
    largest = max(map(abs, normal))
    scaled = [entry / largest for entry in normal]  # correctly rounded, however long the integers
    return [entry / math.hypot(*scaled) + 0.0 for entry in scaled]


def _decimal(value: float) -> str:
    """Shortest decimal that reads back as the same float64."""
    return repr(value).removesuffix(".0")


def _words(*parts: object) -> str:
    return " ".join(map(str, parts))


def _text(*blocks: Iterable[str]) -> str:
    return "\n".join(line for block in blocks for line in block) + "\n"

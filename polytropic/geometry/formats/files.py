"""Reading and writing polytope files: ``.ine`` and ``.ext`` of cddlib and lrs, polymake's JSON.

Everything is exact: a decimal in a file means what its digits say (0.1 is 1/10), and integers and
fractions are what is written.  A name may end in ``.gz``.
"""

from __future__ import annotations

import os
from typing import Literal

from polytropic.errors import FormatError, InputError
from polytropic.geometry.formats import cdd_text, polymake
from polytropic.geometry.formats.opening import (
    MAX_BYTES,
    as_path,
    existing_file,
    read_text,
    suffix_of,
    write_text,
)
from polytropic.geometry.polytope import Polytope

__all__ = ["read_polytope", "read_polytopes", "write_polytope"]

_CDD = (".ine", ".ext")
_POLYMAKE = (".json", ".pdata", ".poly", ".mat")
_REPRESENTATIONS = {".ine": "H", ".ext": "V"}


def read_polytope(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Polytope:
    """Read the one polytope in a file; its suffix says which format.

    Parameters
    ----------
    path : str or os.PathLike
        ``.ine`` and ``.ext`` are the format of cddlib and lrs; the header in the file, not the
        suffix, says whether it holds inequalities (also if there is no header) or generators.
        ``.json``, ``.pdata``, ``.poly`` and ``.mat`` are polymake's.
    max_bytes : int, optional
        Largest size of the decompressed file, in bytes.

    Returns
    -------
    Polytope
        With the description that the file holds; nothing is converted yet.

    Raises
    ------
    FormatError
        If the file is missing (then it is also a `FileNotFoundError`), cut off, malformed, too
        large, of an unknown format, or holds several polytopes; the message names the line.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "square.ine"
    ...     write_polytope(Polytope.box(0, 1, dim=2), path)
    ...     read_polytope(path) == Polytope.box(0, 1, dim=2)
    True
    """
    found = read_polytopes(path, max_bytes=max_bytes)
    if len(found) == 1:
        return next(iter(found.values()))
    names = ", ".join(list(found)[:5]) + (", ..." if len(found) > 5 else "")
    raise FormatError(
        f"{path} holds {len(found)} polytopes ({names}); take them all with read_polytopes"
    )


def read_polytopes(
    path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES
) -> dict[str, Polytope]:
    """Read all polytopes in a file, such as an export of polyDB, by their names.

    Parameters and errors are those of `read_polytope`.

    Returns
    -------
    dict of str to Polytope
        In the order of the file; the name of an unnamed one is its number.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "two.json"
    ...     _ = path.write_text('[{"POINTS": [[1, 2]]}, {"POINTS": [[1, 3]]}]')
    ...     [(name, found.vertices.tolist()) for name, found in read_polytopes(path).items()]
    [('1', [[2.0]]), ('2', [[3.0]])]
    """
    file = existing_file(path)
    suffix = suffix_of(file)
    if suffix not in _CDD + _POLYMAKE:
        known = ", ".join(_CDD + _POLYMAKE)
        raise FormatError(f"{file} is of no known polytope format; the suffixes read are {known}")
    text = read_text(file, max_bytes)
    try:
        return {"1": cdd_text.parse(text)} if suffix in _CDD else polymake.parse(text)
    except (FormatError, InputError) as problem:
        raise FormatError(f"{file}: {problem}") from problem


def write_polytope(
    polytope: Polytope,
    path: str | os.PathLike[str],
    representation: Literal["H", "V"] | None = None,
    *,
    minimal: bool = False,
) -> None:
    """Write a polytope in the format of cddlib and lrs, exactly.

    Parameters
    ----------
    polytope : Polytope
        Empty, flat and unbounded ones are written like any other.
    path : str or os.PathLike
        Ending in ``.ine`` or ``.ext`` (and ``.gz``); an existing file of that name is replaced.
    representation : {"H", "V"}, optional
        Inequalities or generators; by default what the suffix says, H for ``.ine``.
    minimal : bool, optional
        Whether to write facets or vertices only, which asks for a conversion.  By default the rows
        are those that the polytope was made of, if they are of the kind to be written.

    Raises
    ------
    FormatError
        If the suffix is another one, or the file cannot be written.
    InputError
        If `representation` is another one.

    Notes
    -----
    A cone has its apex written.  An H-representation of the empty polytope is the row
    ``-1 0 ... 0``, and one of the whole space the row ``1 0 ... 0``, because not every program
    reads zero rows.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ray.ext"
    ...     write_polytope(Polytope.from_points([[0.5]], rays=[[2]]), path)
    ...     print(path.read_text(), end="")
    V-representation
    begin
     2 2 rational
     1 1/2
     0 1
    end
    """
    file = as_path(path)
    suffix = suffix_of(file)
    if suffix not in _CDD:
        raise FormatError(f"{file}: polytopes are written as .ine or .ext; change the suffix")
    chosen = _REPRESENTATIONS[suffix] if representation is None else representation
    if chosen not in ("H", "V"):
        raise InputError(f"representation must be 'H' or 'V', got {representation!r}")
    write_text(file, cdd_text.render(polytope, chosen, minimal))

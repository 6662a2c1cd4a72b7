"""Opening text files that come from outside, and writing them: what they are, and how much is read.

A name that ends in ``.gz`` means a gzip file.
"""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

from polytropic.errors import FormatError, InputError, MissingFileError

__all__ = ["MAX_BYTES", "as_path", "existing_file", "read_text", "suffix_of", "write_text"]

MAX_BYTES = 1 << 30
"""Default limit on the decompressed size of a polytope file, in bytes (1 GiB)."""

_CHUNK = 1 << 20


def as_path(path: str | os.PathLike[str]) -> Path:
    """Return `path` as a `Path`, or say that it is none."""
    try:
        return Path(path)
    except TypeError as problem:
        kind = type(path).__name__
        raise InputError(f"a path must be a str or an os.PathLike, got {kind}") from problem


def existing_file(path: str | os.PathLike[str]) -> Path:
    """Return the path of an existing regular file.

    Raises
    ------
    MissingFileError
        If nothing is there.
    FormatError
        If it is a directory or another thing that is not a file.
    InputError
        If `path` is not a path.
    """
    file = as_path(path)
    if file.is_file():
        return file
    if file.is_dir():
        raise FormatError(f"{file} is a directory; give the name of a file in it")
    if file.exists():
        raise FormatError(f"{file} is not a regular file")
    raise MissingFileError(f"{file} does not exist (working directory: {Path.cwd()})")


def suffix_of(file: Path) -> str:
    """Last suffix in lower case, that of what is compressed for ``.gz``.

    Examples
    --------
    >>> suffix_of(Path("cube.INE")), suffix_of(Path("cube.ext.gz"))
    ('.ine', '.ext')
    """
    name = Path(file.name.lower())
    return name.with_suffix("").suffix if name.suffix == ".gz" else name.suffix


def read_text(file: Path, max_bytes: int = MAX_BYTES) -> str:
    """Read a whole text file of at most `max_bytes` bytes, decompressing it if it is a ``.gz``."""
    content = bytearray()
    try:
        with gzip.open(file, "rb") if _is_gzip(file) else file.open("rb") as stream:
            # In pieces: the size that a gzip file states is not to be trusted with an allocation.
            while piece := stream.read(_CHUNK):
                content += piece
                if len(content) > max_bytes:
                    raise FormatError(
                        f"{file} holds more than the limit of {max_bytes} bytes; "
                        "allow more with max_bytes="
                    )
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise FormatError(f"{file} is not a complete gzip file: {problem}") from problem
    except OSError as problem:
        raise FormatError(f"{file} cannot be read: {problem.strerror or problem}") from problem
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Old files are in Latin-1 and have names in their comments; numbers and words are ASCII.
        return content.decode("latin-1")


def write_text(file: Path, text: str) -> None:
    """Write a text file, compressed if it is a ``.gz``; equal texts give equal bytes."""
    content = text.encode("utf-8")
    if _is_gzip(file):
        content = gzip.compress(content, mtime=0)
    if file.is_dir():
        raise FormatError(f"{file} is a directory; give the name of a file")
    try:
        file.write_bytes(content)
    except OSError as problem:
        raise FormatError(f"{file} cannot be written: {problem.strerror or problem}") from problem


def _is_gzip(file: Path) -> bool:
    return file.suffix.lower() == ".gz"

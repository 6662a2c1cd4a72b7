"""Opening files that come from outside: what they are, and how much of them is read."""

from __future__ import annotations

import contextlib
import gzip
import os
import zlib
from pathlib import Path

from polytropic.errors import FormatError
from polytropic.geometry.formats.opening import as_path, existing_file

__all__ = ["MAX_BYTES", "as_path", "existing_file", "read_bytes", "read_gzip", "write_whole"]

MAX_BYTES = 2 << 30
"""Default limit on the decompressed size of a network file, in bytes (2 GiB)."""

_CHUNK = 1 << 20


def read_bytes(file: Path, max_bytes: int) -> bytes:
    """Read a whole file of at most `max_bytes` bytes."""
    try:
        size = file.stat().st_size
        if size > max_bytes:
            raise FormatError(
                f"{file} holds {size} bytes, more than the limit of {max_bytes}; "
                "allow more with max_bytes="
            )
        return file.read_bytes()
    except OSError as problem:
        raise FormatError(f"{file} cannot be read: {problem.strerror or problem}") from problem


def read_gzip(file: Path, max_bytes: int) -> bytes:
    """Decompress a whole gzip file to at most `max_bytes` bytes."""
    content = bytearray()
    try:
        with gzip.open(file, "rb") as stream:
            # In pieces: the size that a gzip file states is not to be trusted with an allocation.
            while piece := stream.read(_CHUNK):
                content += piece
                if len(content) > max_bytes:
                    raise FormatError(
                        f"{file} decompresses to more than the limit of {max_bytes} bytes; "
                        "allow more with max_bytes="
                    )
    except (EOFError, zlib.error, OSError) as problem:
        raise FormatError(f"{file} is not a complete gzip file: {problem}") from problem
    return bytes(content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, or nothing at all.

    Beside the target and then renamed, so that nobody ever sees half a file.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise FormatError(f"{path} cannot be written: {problem.strerror or problem}") from problem

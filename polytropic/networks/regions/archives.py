"""Archives of plain arrays (.npz without pickles): exact numbers in, bit for bit the same out.

Integers of any size are kept as one text of hexadecimal numerals, floats as they are.
"""

from __future__ import annotations

import io
import lzma
import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, ObjectArray, frozen
from polytropic.errors import FormatError
from polytropic.networks.formats.files import write_whole

__all__ = ["Archive", "read_archive", "write_archive"]

# What zipfile, its decompressors and NumPy's header parser raise on bytes that are no archive.
_BROKEN = (
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


class Archive:
    """Named arrays, and exact ones under names that begin alike."""

    def __init__(self, arrays: dict[str, NDArray[Any]] | None = None) -> None:
        self.arrays = {} if arrays is None else arrays

    # -- writing -------------------------------------------------------------------------------
    def put_integers(self, name: str, integers: ObjectArray) -> None:
        """Keep an array of Python integers."""
        text = " ".join(f"{entry:x}" for entry in integers.ravel().tolist())
        self.arrays[f"{name}.hex"] = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
        self.arrays[f"{name}.shape"] = np.array(integers.shape, dtype=np.int64)

    def put_exact(self, name: str, array: ExactArray) -> None:
        """Keep an exact array, as floats if it is stored in floats."""
        if array.floats is not None:
            self.arrays[f"{name}.float"] = array.floats
            return
        self.put_integers(name, array.numerators)
        self.put_integers(f"{name}.below", np.array([array.denominator], dtype=object))

    # -- reading -------------------------------------------------------------------------------
    def has(self, name: str) -> bool:
        """Whether there is an exact array, or one of integers, of that name."""
        return f"{name}.float" in self.arrays or f"{name}.hex" in self.arrays

    def plain(self, name: str, dtype: Any, ndim: int) -> NDArray[Any]:
        """One array as it was put in, read-only."""
        if name not in self.arrays:
            raise FormatError(f"the array {name!r} is missing")
        array = self.arrays[name]
        if array.dtype != np.dtype(dtype) or array.ndim != ndim:
            raise FormatError(
                f"{name} must hold {np.dtype(dtype)} entries in {ndim} axes, not {array.dtype} in "
                f"{array.ndim}"
            )
        return frozen(array)

    def integers(self, name: str, ndim: int) -> ObjectArray:
        """An array of Python integers."""
        shape = tuple(self.plain(f"{name}.shape", np.int64, 1).tolist())
        text = self.plain(f"{name}.hex", np.uint8, 1).tobytes()
        try:
            entries = [int(numeral, 16) for numeral in text.decode("ascii").split()]
        except ValueError as problem:
            raise FormatError(f"{name} is no list of hexadecimal integers") from problem
        if len(shape) != ndim or min(shape, default=0) < 0 or math.prod(shape) != len(entries):
            raise FormatError(f"{name} has {len(entries)} integers but the shape {shape}")
        array = np.empty(len(entries), dtype=object)
        array[:] = entries
        return array.reshape(shape)

    def exact(self, name: str, ndim: int) -> ExactArray:
        """An exact array."""
        if f"{name}.float" in self.arrays:
            floats = self.plain(f"{name}.float", np.float64, ndim)
            if not np.isfinite(floats).all():
                raise FormatError(f"{name} has an entry that is not finite")
            return ExactArray.of_floats(floats)
        numerators = self.integers(name, ndim)
        below = self.integers(f"{name}.below", 1)
        if len(below) != 1 or below[0] < 1:
            raise FormatError(f"the denominator of {name} is not one positive integer")
        return ExactArray(numerators, int(below[0]))


def write_archive(archive: Archive, path: Path) -> None:
    """Write all arrays, or nothing at all."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, array in archive.arrays.items():
            part = io.BytesIO()
            npy.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
            # Without the time of day, so that the same complex gives the same file.
            target.writestr(zipfile.ZipInfo(f"{name}.npy"), part.getvalue(), zipfile.ZIP_DEFLATED)
    write_whole(path, content.getvalue())


def read_archive(path: Path, max_bytes: int) -> Archive:
    """Read all arrays, after checking how much memory they take."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            total = sum(member.file_size for member in members)
            if total > max_bytes:
                raise FormatError(
                    f"the arrays decompress to {total} bytes, more than the limit of {max_bytes}; "
                    "allow more with max_bytes="
                )
            arrays = {}
            for member in members:
                name = member.filename.removesuffix(".npy")
                if name in arrays or name == member.filename:
                    raise FormatError(f"unexpected member {member.filename!r}")
                arrays[name] = _read_array(archive, member, name)
            return Archive(arrays)
    except FormatError:
        raise
    except _BROKEN as problem:
        raise FormatError(f"not a complete .npz archive: {problem}") from problem


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    with archive.open(member) as stream:
        version = npy.read_magic(stream)
        if version != (1, 0):
            raise FormatError(f"{name} has version {version} of the .npy format; 1.0 is read")
        shape, fortran, dtype = npy.read_array_header_1_0(stream)
        if dtype.hasobject:
            raise FormatError(f"{name} holds Python objects (a pickle), which are never loaded")
        wanted, present = math.prod(shape) * dtype.itemsize, member.file_size - stream.tell()
        if dtype.kind not in "iufb" or fortran or min(shape, default=0) < 0 or wanted != present:
            raise FormatError(
                f"the header of {name} promises shape {shape} of {dtype}, that is {wanted} bytes, "
                f"but {present} are there"
            )
        # The sizes in the zip directory may lie: never more is read than they say.
        data = stream.read(wanted)
        if len(data) != wanted or stream.read(1):
            raise FormatError(f"{name} is not as long as it says")
    return np.frombuffer(data, dtype).reshape(shape).copy()

"""Networks as NumPy archives: arrays ``W1, b1, W2, b2, ...`` and optional thresholds ``t1, ...``.

The one format that is also written: every float64 weight comes back bit for bit.
"""

from __future__ import annotations

import io
import lzma
import math
import os
import re
import tokenize
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, exact
from polytropic.errors import FormatError, InputError
from polytropic.networks.formats.files import existing_file, write_whole
from polytropic.networks.network import Layer, Network

__all__ = ["read_npz", "write_npz"]

_NAME = re.compile(r"([Wbt])([1-9][0-9]{0,8})\.npy")

_LONG_BITS = 200

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

_Arrays = dict[tuple[str, int], NDArray[Any]]


def read_npz(path: str | os.PathLike[str], max_bytes: int) -> Network:
    """Read a network from a NumPy archive.

    Parameters
    ----------
    path : str or os.PathLike
    max_bytes : int
        Largest sum of the decompressed sizes of the arrays, in bytes.

    Returns
    -------
    Network

    Raises
    ------
    FormatError
        If the file is no archive of plain numeric arrays with the names and shapes of a network.
    """
    file = existing_file(path)
    try:
        return _network(_read_arrays(file, max_bytes))
    except (FormatError, InputError) as problem:
        raise FormatError(f"{file}: {problem}") from problem


def write_npz(net: Network, path: Path) -> None:
    """Write a network as a NumPy archive, or write nothing at all.

    Parameters
    ----------
    net : Network
    path : Path

    Raises
    ------
    InputError
        If a weight is not a float64.
    FormatError
        If the file cannot be written.
    """
    content = io.BytesIO()
    np.savez(content, **_named_floats(net))
    write_whole(path, content.getvalue())


# -- reading -------------------------------------------------------------------------------------
def _read_arrays(file: Path, max_bytes: int) -> _Arrays:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist(), max_bytes)
            return {
                _key(member): _read_array(archive, member, max_bytes)
                for member in archive.infolist()
            }
    except FormatError:
        raise
    except _BROKEN as problem:
        raise FormatError(f"not a complete .npz archive: {problem}") from problem


def _check_members(members: list[zipfile.ZipInfo], max_bytes: int) -> None:
    keys = [_key(member) for member in members]
    if len(set(keys)) != len(keys):
        raise FormatError("two arrays have the same name")
    total = sum(member.file_size for member in members)
    if total > max_bytes:
        raise FormatError(
            f"the arrays decompress to {total} bytes, more than the limit of {max_bytes}; "
            "allow more with max_bytes="
        )


def _key(member: zipfile.ZipInfo) -> tuple[str, int]:
    matched = _NAME.fullmatch(member.filename)
    if not matched:
        name = member.filename.removesuffix(".npy")
        raise FormatError(
            f"unexpected array {name!r}; a network has W1, b1, W2, b2, ... and, if it likes, "
            "thresholds t1, t2, ..."
        )
    return matched[1], int(matched[2])


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> NDArray[Any]:
    name = member.filename.removesuffix(".npy")
    with archive.open(member) as stream:
        shape, fortran, dtype = _read_header(stream, name)
        if dtype.hasobject:
            raise FormatError(f"{name} holds Python objects (a pickle), which are never loaded")
        if dtype.kind not in "iuf":
            raise FormatError(f"{name} holds {dtype} entries; weights are integers or floats")
        wanted = math.prod(shape) * dtype.itemsize
        present = member.file_size - stream.tell()
        if wanted != present or min(shape, default=0) < 0:
            raise FormatError(
                f"the header of {name} promises shape {shape} of {dtype}, that is {wanted} bytes, "
                f"but {present} are there"
            )
        # Read before anything is allocated: the sizes in the zip directory may lie as well.
        data = stream.read(max_bytes)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _read_header(stream: Any, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(stream)
    if version == (1, 0):
        return npy.read_array_header_1_0(stream)
    if version == (2, 0):
        return npy.read_array_header_2_0(stream)
    raise FormatError(f"{name} has version {version} of the .npy format; 1.0 and 2.0 are read")


def _network(arrays: _Arrays) -> Network:
    count = max((number for kind, number in arrays if kind != "t"), default=0)
    if not count:
        raise FormatError("there is no W1: the archive holds no network")
    for number in range(1, count + 1):
        for kind in "Wb":
            if (kind, number) not in arrays:
                raise FormatError(f"{kind}{number} is missing: the last layer is number {count}")
    if stray := [number for _, number in arrays if number > count]:
        raise FormatError(f"t{stray[0]} belongs to no layer: the last layer is number {count}")
    numbers = range(1, count + 1)
    return Network.from_layers(
        [(arrays["W", number], arrays["b", number]) for number in numbers],
        thresholds=[_threshold(arrays, number, count) for number in numbers],
    )


def _threshold(arrays: _Arrays, number: int, count: int) -> NDArray[Any] | int | None:
    array = arrays.get(("t", number))
    if array is None:
        return 0 if number < count else None
    absent = np.isneginf(array)
    if array.size and absent.all():
        width = arrays["W", number].shape[:1]
        if array.shape not in ((), width):
            raise InputError(f"t{number} has shape {array.shape}, but layer {number} {width}")
        return None
    if absent.any():
        raise InputError(
            f"t{number} is -inf for some units and finite for others; "
            "an activation belongs to a whole layer: all or none may be -inf"
        )
    return array


# -- writing -------------------------------------------------------------------------------------
def _named_floats(net: Network) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for number, layer in enumerate(net.layers, 1):
        if layer.slope is not None:
            raise InputError(
                f"layer {number} has units with slopes, which a .npz file does not hold"
            )
        named[f"W{number}"] = _floats(layer.dense_weight, f"W{number}")
        named[f"b{number}"] = _floats(layer.bias, f"b{number}")
        if not _has_default_threshold(layer, last=number == len(net.layers)):
            named[f"t{number}"] = _threshold_floats(layer, number)
    return named


def _has_default_threshold(layer: Layer, *, last: bool) -> bool:
    if last or layer.threshold is None:
        return last and layer.is_linear
    return not layer.threshold.numerators.any()


def _threshold_floats(layer: Layer, number: int) -> FloatArray:
    if layer.threshold is None:
        return np.full(layer.n_outputs, -np.inf)
    return _floats(layer.threshold, f"t{number}")


def _floats(array: ExactArray, name: str) -> FloatArray:
    rounded = array.to_float()
    if np.isfinite(rounded).all() and exact(rounded) == array:
        return rounded
    for where, value in np.ndenumerate(array.to_fractions()):
        nearest = float(rounded[where])
        if not math.isfinite(nearest) or value != Fraction(nearest):
            break
    raise InputError(
        f"{name}{list(where)} = {_shown(value)} is not a float64, so a .npz file would change it; "
        "round the weights first if that is meant"
    )


def _shown(value: Fraction) -> str:
    # Python refuses to print integers of some thousand digits, and nobody would read them.
    long = max(abs(value.numerator), value.denominator).bit_length() > _LONG_BITS
    return "a fraction of many digits" if long else str(value)

"""Tensors in files of PyTorch (``.pth``, ``.pt``), read without PyTorch and without any pickle run.

Both containers are read: the zip archive of ``torch.save`` since version 1.6, and the older one.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.formats.files import read_bytes
from polytropic.networks.formats.torch_pickles import Storage, StoredTensor, read_description

__all__ = ["as_array", "as_arrays", "read_tensors"]

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001

_DTYPES = {
    "BFloat16": "u2",
    "Bool": "u1",
    "Byte": "u1",
    "Char": "i1",
    "Double": "f8",
    "Float": "f4",
    "Half": "f2",
    "Int": "i4",
    "Long": "i8",
    "Short": "i2",
}

# Keys under which training scripts put the state dict when they save more besides.
_WRAPPERS = ("state_dict", "model_state_dict", "model")

_BROKEN = (EOFError, OSError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)

_Fetch = Callable[[Storage], NDArray[Any]]


def read_tensors(file: Path, max_bytes: int) -> dict[str, NDArray[Any]]:
    """Read the state dict in a file of PyTorch.

    Parameters
    ----------
    file : Path
    max_bytes : int
        Largest size of the file, and of all tensors together as float64, in bytes.

    Returns
    -------
    dict of str to ndarray
        In the order of the file; bfloat16 becomes float32, without any rounding.

    Raises
    ------
    FormatError
        If the file is damaged, or there is no state dict in it.
    UnsupportedOperatorError
        If it holds anything but plain data and tensors.
    """
    content = read_bytes(file, max_bytes)
    described, fetch = (_archive if content[:2] == b"PK" else _legacy)(content)
    return _state_dict(described, fetch, max_bytes)


# -- containers ----------------------------------------------------------------------------------
def _archive(content: bytes) -> tuple[Any, _Fetch]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = archive.namelist()
    except _BROKEN as problem:
        raise FormatError(f"not a complete file of PyTorch: {problem}") from problem
    descriptions = [name for name in names if name.endswith("/data.pkl")]
    if len(descriptions) != 1:
        raise FormatError("not a file of torch.save: there is no data.pkl in it")
    root = descriptions[0].removesuffix("data.pkl")
    if any(name.startswith(f"{root}code/") for name in names):
        raise UnsupportedOperatorError(
            "it is a TorchScript program; save its state dict alone: "
            "torch.save(module.state_dict(), path)"
        )

    def member(name: str) -> bytes:
        try:
            if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
                # torch.save does not compress, and so no entry can be larger than the file.
                raise FormatError(f"{name} is compressed, which torch.save does not do")
            return archive.read(name)
        except KeyError as problem:
            raise FormatError(f"{name} is missing") from problem
        except _BROKEN as problem:
            raise FormatError(f"{name} is damaged: {problem}") from problem

    order = member(f"{root}byteorder") if f"{root}byteorder" in names else b"little"
    if order not in (b"little", b"big"):
        raise FormatError(f"the order of bytes is {order[:20]!r}")

    def fetch(storage: Storage) -> NDArray[Any]:
        return _numbers(
            storage, member(f"{root}data/{storage.key}"), "<" if order == b"little" else ">"
        )

    return read_description(member(f"{root}data.pkl")), fetch


def _legacy(content: bytes) -> tuple[Any, _Fetch]:
    """Three pickles of versions, one of the data, one of the keys; then the numbers."""
    stream = io.BytesIO(content)
    try:
        magic = read_description(stream)
    except FormatError as problem:
        raise FormatError("not a complete file of torch.save") from problem
    if magic != _MAGIC or read_description(stream) != _PROTOCOL:
        raise FormatError("not a file of torch.save")
    system = read_description(stream)
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise FormatError("numbers in the order of bytes of another machine are not read")
    described = read_description(stream)
    keys = read_description(stream)
    start = stream.tell()
    places: dict[str, tuple[int, int]] = {}
    sizes = _sizes_of(described)
    for key in keys if isinstance(keys, list) else [None]:
        if not isinstance(key, str) or key not in sizes:
            raise FormatError("the list of storages is damaged")
        # Each storage is preceded by the number of its elements.
        count = int.from_bytes(content[start : start + 8], "little")
        places[key] = (start + 8, count)
        start += 8 + count * np.dtype(_DTYPES[sizes[key].kind]).itemsize

    def fetch(storage: Storage) -> NDArray[Any]:
        if storage.key not in places:
            raise FormatError(f"storage {storage.key} is missing")
        begin, count = places[storage.key]
        length = count * np.dtype(_DTYPES[storage.kind]).itemsize
        return _numbers(storage, content[begin : begin + length], "<")

    return described, fetch


def _sizes_of(described: Any) -> dict[str, Storage]:
    """All storages that a description mentions, by key."""
    found: dict[str, Storage] = {}
    waiting, seen = [described], set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, StoredTensor):
            if isinstance(value.storage, Storage):
                found[value.storage.key] = value.storage
        elif isinstance(value, dict | list | tuple) and id(value) not in seen:
            seen.add(id(value))
            waiting += value.values() if isinstance(value, dict) else value
    return found


def _numbers(storage: Storage, data: bytes, order: str) -> NDArray[Any]:
    dtype = np.dtype(order + _DTYPES[storage.kind])
    if len(data) != storage.size * dtype.itemsize:
        raise FormatError(
            f"storage {storage.key} should hold {storage.size} numbers of {dtype.itemsize} bytes, "
            f"but {len(data)} bytes are there"
        )
    return np.frombuffer(data, dtype)


# -- tensors -------------------------------------------------------------------------------------
def _state_dict(described: Any, fetch: _Fetch, max_bytes: int) -> dict[str, NDArray[Any]]:
    found = described
    for key in _WRAPPERS:
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not found:
        raise FormatError("there is no state dict in it: a dict of names and tensors")
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, StoredTensor):
            raise FormatError(
                f"entry {name!r} is no tensor; save the state dict alone, or under the key "
                "'state_dict'"
            )
    left = max_bytes
    tensors = {}
    for name, value in found.items():
        count = _checked_size(name, value)
        left -= 8 * count
        if left < 0:
            raise FormatError(
                f"the tensors up to {name!r} take more than the limit of {max_bytes} bytes; allow "
                "more with max_bytes="
            )
        tensors[name] = _view(value, fetch)
    return tensors


def _checked_size(name: str, tensor: StoredTensor) -> int:
    """Check that a view stays in its storage, and count its numbers."""
    axes = (tensor.shape, tensor.strides)
    whole = all(isinstance(a, tuple) and all(type(n) is int and n >= 0 for n in a) for a in axes)
    if (
        not whole
        or not isinstance(tensor.storage, Storage)
        or len(tensor.shape) != len(tensor.strides)
        or type(tensor.offset) is not int
        or tensor.offset < 0
    ):
        raise FormatError(f"the description of tensor {name!r} is damaged")
    # With Python's integers, because the sizes may be anything.
    count = 1
    last = tensor.offset
    for size, stride in zip(tensor.shape, tensor.strides, strict=True):
        count *= size
        last += (size - 1) * stride
    if len(tensor.shape) > 16 or (count and last >= tensor.storage.size):
        raise FormatError(f"tensor {name!r} of shape {tensor.shape} does not fit its storage")
    return count


def _view(tensor: StoredTensor, fetch: _Fetch) -> NDArray[Any]:
    if 0 in tensor.shape:
        return np.zeros(tensor.shape)
    numbers = fetch(tensor.storage)[tensor.offset :]
    step = numbers.itemsize
    strides = [step * stride for stride in tensor.strides]
    array = np.lib.stride_tricks.as_strided(numbers, tensor.shape, strides, writeable=False)
    if tensor.storage.kind == "BFloat16":
        # The upper half of a float32.
        return (array.astype(np.uint32) << 16).view(np.float32)
    return np.array(array.astype(array.dtype.newbyteorder("=")))


def as_arrays(state: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the tensors of a state dict in memory as arrays, without rounding."""
    return {str(name): as_array(value) for name, value in state.items()}


def as_array(tensor: Any) -> NDArray[Any]:
    """Return a tensor of PyTorch, or what is an array already, as an array without rounding."""
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().cpu()
        # NumPy knows no bfloat16, and float64 holds every float of fewer bits.
        return np.asarray(tensor.double().numpy() if tensor.is_floating_point() else tensor.numpy())
    return np.asarray(tensor)

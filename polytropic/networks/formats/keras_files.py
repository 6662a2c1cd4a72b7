"""Opening Keras files: the description of the layers, and their weights.

Only JSON text and arrays of numbers are read.  Layers of code (Lambda) and pickles, which Keras
itself might run, are never looked at, and a file cannot send the reader to other files.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.errors import FormatError, MissingDependencyError, UnsupportedOperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KerasFile", "open_keras"]

# Codes of the HDF5 filters that come with the library: deflate, shuffle, Fletcher's checksum, LZF.
_FILTERS = {1, 2, 3, 32000}

# What h5py raises on files that are damaged.
_BROKEN = (AttributeError, KeyError, OSError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True)
class KerasFile:
    """What one file says: ``{"class_name": ..., "config": ...}``, and where its weights are.

    Attributes
    ----------
    model : mapping
    version : int
        Of Keras: 1, 2 or 3.
    backend : str or None
    weights : callable
        From the name of a layer to its arrays, in the order in which Keras keeps them.
    """

    model: Mapping[str, Any]
    version: int
    backend: str | None
    weights: Callable[[str], list[NDArray[Any]]]


@contextmanager
def open_keras(file: Path, max_bytes: int) -> Iterator[KerasFile]:
    """Open a ``.h5`` file of Keras 1 or 2, or a ``.keras`` file of Keras 3.

    Parameters
    ----------
    file : Path
    max_bytes : int
        Largest sum of the sizes of the arrays that are read, in bytes.

    Raises
    ------
    FormatError
        If the file is no complete model.
    MissingDependencyError
        If the package h5py is not installed.
    """
    h5py = _require_h5py()
    if file.stat().st_size > max_bytes:
        raise FormatError(
            f"it is larger than the limit of {max_bytes} bytes; allow more with max_bytes="
        )
    described: Mapping[str, Any] | None
    source: Path | io.BytesIO
    if zipfile.is_zipfile(file):
        described, source = _read_zip(file, max_bytes)
    else:
        described, source = None, file
    try:
        opened = h5py.File(source, "r")
    except _BROKEN as problem:
        raise FormatError(f"not a complete HDF5 file: {problem}") from problem
    with opened as root:
        arrays = _Arrays(h5py, max_bytes)
        if described is None:
            yield _legacy(root, arrays)
        else:
            yield KerasFile(described, 3, None, _numbered_weights(root, arrays))


def _require_h5py() -> Any:
    try:
        import h5py  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError as problem:
        raise MissingDependencyError(
            "reading files of Keras needs the package h5py: pip install 'polytropic[keras]'"
        ) from problem
    return h5py


# -- .keras --------------------------------------------------------------------------------------
def _read_zip(file: Path, max_bytes: int) -> tuple[Mapping[str, Any], io.BytesIO]:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = []
            for name in ("config.json", "model.weights.h5"):
                if archive.getinfo(name).file_size > max_bytes:
                    raise FormatError(
                        f"{name} decompresses to more than the limit of {max_bytes} bytes; allow "
                        "more with max_bytes="
                    )
                parts.append(archive.read(name))
    except KeyError as problem:
        raise FormatError(f"not a .keras file: {problem.args[0]}") from problem
    except (EOFError, OSError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error) as problem:
        raise FormatError(f"not a complete .keras file: {problem}") from problem
    return _parsed(parts[0]), io.BytesIO(parts[1])


def _numbered_weights(root: Any, arrays: _Arrays) -> Callable[[str], list[NDArray[Any]]]:
    """Weights as Keras 3 keeps them: ``layers/dense_2/vars/0`` with the layer's name attached."""
    places: dict[str, Any] = {}
    with _damage_named("the weights"):
        for key in arrays.group(root, "layers"):
            group = arrays.group(root, f"layers/{key}")
            if "vars" not in group:
                continue
            variables = arrays.group(group, "vars")
            name = variables.attrs.get("name")
            if name is None:
                raise FormatError(
                    f"the weights of {key!r} do not say to which layer they belong; save the model "
                    "again with a newer Keras 3"
                )
            places[_text(name)] = variables

    def of_layer(name: str) -> list[NDArray[Any]]:
        if name not in places:
            return []
        with _damage_named(f"the weights of {name!r}"):
            keys = sorted(places[name], key=int)
            return [arrays.read(places[name], key) for key in keys]

    return of_layer


# -- .h5 -----------------------------------------------------------------------------------------
def _legacy(root: Any, arrays: _Arrays) -> KerasFile:
    with _damage_named("the attributes"):
        if "model_config" not in root.attrs:
            raise FormatError(
                "there is no model_config: the file holds weights without a network; save the "
                "whole model (model.save, not model.save_weights)"
            )
        model = _parsed(_text(root.attrs["model_config"]))
        weights = arrays.group(root, "model_weights")
        # Older files say it in the group of the weights, and the oldest not at all.
        stated = root.attrs.get("keras_version", weights.attrs.get("keras_version", "1"))
        version = _text(stated).partition(".")[0]
        backend = root.attrs.get("backend", weights.attrs.get("backend"))
    if version not in ("1", "2", "3"):
        raise FormatError(f"it was written by Keras {_text(stated)}; 1, 2 and 3 are read")

    def of_layer(name: str) -> list[NDArray[Any]]:
        with _damage_named(f"the weights of {name!r}"):
            if name not in weights:
                return []
            group = arrays.group(weights, name)
            return [arrays.read(group, key) for key in _long_list(group.attrs, "weight_names")]

    return KerasFile(model, int(version), None if backend is None else _text(backend), of_layer)


def _long_list(attributes: Any, name: str) -> list[str]:
    """Read a list of names, which Keras cuts into pieces ``name0``, ``name1`` if it is long."""
    if name in attributes:
        return [_text(entry) for entry in attributes[name]]
    names: list[str] = []
    piece = 0
    while f"{name}{piece}" in attributes:
        names += [_text(entry) for entry in attributes[f"{name}{piece}"]]
        piece += 1
    if not piece:
        raise FormatError(f"the attribute {name} is missing")
    return names


class _Arrays:
    """Reads groups and arrays of numbers, and nothing that leads elsewhere."""

    def __init__(self, h5py: Any, max_bytes: int) -> None:
        self._h5py = h5py
        self._left = max_bytes
        self._max_bytes = max_bytes

    def group(self, parent: Any, path: str) -> Any:
        found = self._found(parent, path)
        if not isinstance(found, self._h5py.Group):
            raise FormatError(f"{path!r} is not a group")
        return found

    def read(self, parent: Any, path: str) -> NDArray[Any]:
        data = self._found(parent, path)
        if not isinstance(data, self._h5py.Dataset):
            raise FormatError(f"{path!r} is not an array")
        if data.dtype.kind not in "fiu" or data.shape is None:
            raise FormatError(f"{path!r} holds {data.dtype}; weights are floats")
        if data.is_virtual or data.external:
            raise FormatError(f"the values of {path!r} are in another file, which is not read")
        creation = data.id.get_create_plist()
        filters = {creation.get_filter(place)[0] for place in range(creation.get_nfilters())}
        if filters - _FILTERS:
            raise FormatError(f"{path!r} is compressed in a way that is not read")
        # A chunked array may state a huge shape without holding any of it.
        size = data.size * max(data.dtype.itemsize, 8)
        if size > self._left:
            raise FormatError(
                f"{path!r} of shape {data.shape} and what came before take more than the limit of "
                f"{self._max_bytes} bytes; allow more with max_bytes="
            )
        self._left -= size
        return np.asarray(data[()])

    def _found(self, parent: Any, path: str) -> Any:
        here = parent
        for part in path.split("/"):
            link = here.get(part, getlink=True) if isinstance(here, self._h5py.Group) else None
            if link is None:
                raise FormatError(f"{path!r} is missing")
            if not isinstance(link, self._h5py.HardLink):
                raise FormatError(f"{path!r} is a link to another place, which is not followed")
            here = here[part]
        return here


# -- text ----------------------------------------------------------------------------------------
@contextmanager
def _damage_named(what: str) -> Iterator[None]:
    try:
        yield
    except FormatError:
        raise
    except _BROKEN as problem:
        raise FormatError(f"{what} cannot be read: {problem}") from problem


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, str):
        return value
    raise FormatError(f"text was expected, but there is {type(value).__name__}")


def _parsed(text: str | bytes) -> Mapping[str, Any]:
    try:
        model = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise FormatError(f"the description of the model is not JSON: {problem}") from problem
    if not isinstance(model, dict) or not isinstance(model.get("class_name"), str):
        raise FormatError("the description of the model has no class_name")
    if model["class_name"] not in ("Sequential", "Functional", "Model"):
        raise UnsupportedOperatorError(
            f"the model is a {model['class_name']}; Sequential and Functional models are read"
        )
    return model

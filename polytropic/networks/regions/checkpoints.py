"""A file that keeps what was found part by part, so that a run that was stopped can go on.

The file starts with a line that says what it is and a digest of the question; then come records,
one per part, each with its length and a checksum.  A record that was being written when the run
was killed is dropped.  Nothing in the file is executed.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import ExactArray
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import FormatError
from polytropic.geometry.subdividing.cells import Cells
from polytropic.geometry.subdividing.exploring import Exploration, Harvest
from polytropic.geometry.subdividing.registry import Generators
from polytropic.networks.network import Network
from polytropic.networks.regions.collecting import Question

__all__ = ["Checkpoint", "digest"]

_MAGIC = b"polytropic regions 2 "
_HEAD = struct.Struct("<QQI")  # number of the part, bytes, checksum

_ARRAYS = (
    "start", "members", "tight", "name_start", "names", "signs", "parents", "stages", "columns",
    "places", "errors", "heights",
)  # fmt: skip


def digest(question: Question, exploration: Exploration, keep: bool) -> str:
    """What a run depends on, in a few characters: network, domain, division into parts."""
    state = hashlib.sha256()
    _add_network(state, question.network)
    fan = question.fan
    parts, block = exploration.parts, exploration.block
    for what in (fan.generators.tolist(), fan.lineality.tolist(), fan.cells, fan.tight, parts):
        state.update(repr(what).encode())
    state.update(repr((block.stage, block.done)).encode())
    cells = block.cells
    for array in (block.signs, cells.start, cells.tight, cells.name_start, cells.names):
        state.update(np.ascontiguousarray(array).tobytes())
    state.update(b"cells" if keep else b"count")
    return state.hexdigest()


def _add_network(state: Any, network: Network) -> None:
    for layer in network.layers:
        state.update(b"layer")
        for array in (layer.weight, layer.bias, layer.threshold, layer.slope):
            _add(state, array)


def _add(state: Any, array: ExactArray | SparseArray | None) -> None:
    if array is None:
        state.update(b"none")
    elif isinstance(array, SparseArray):
        state.update(repr(array.shape).encode())
        state.update(np.asarray(array.indptr, dtype="<i8").tobytes())
        state.update(np.asarray(array.indices, dtype="<i8").tobytes())
        _add(state, array.data)
    else:
        state.update(repr(array.shape).encode())
        floats = array.floats
        if floats is not None:
            state.update(np.ascontiguousarray(floats, dtype="<f8").tobytes())
        else:
            state.update(repr((array.numerators.tolist(), array.denominator)).encode())


class Checkpoint:
    """Harvests of parts in a file, found again when a run is repeated.

    Parameters
    ----------
    path : str or os.PathLike
    question : str
        The digest of what is asked.

    Raises
    ------
    FormatError
        If the file is there and is not a checkpoint of this question.
    """

    def __init__(self, path: str | os.PathLike[str], question: str) -> None:
        self._path = Path(path)
        self._places: dict[int, tuple[int, int]] = {}
        header = _MAGIC + question.encode() + b"\n"
        if self._path.exists() and self._path.stat().st_size:
            self._file: BinaryIO = self._path.open("r+b")
            self._check(header)
            self._find_records()
        else:
            self._file = self._path.open("w+b")
            self._file.write(header)
            self._sync()

    def _check(self, header: bytes) -> None:
        found = self._file.read(len(header))
        if found == header:
            return
        self._file.close()
        if header.startswith(found):
            # Killed while the first line was written.
            self._file = self._path.open("w+b")
            self._file.write(header)
            return
        if found.startswith(_MAGIC):
            raise FormatError(
                f"{self._path} is the checkpoint of another network, domain or question; give "
                "another file, or delete this one"
            )
        raise FormatError(f"{self._path} is not a checkpoint; give another file")

    def _find_records(self) -> None:
        """Whole records; what follows the last of them is cut off."""
        end = self._file.tell()
        size = self._path.stat().st_size
        while True:
            head = self._file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                break
            number, length, checksum = _HEAD.unpack(head)
            if length > size - end - _HEAD.size:
                break
            content = self._file.read(length)
            if zlib.crc32(content) != checksum:
                break
            self._places[number] = (end + _HEAD.size, length)
            end += _HEAD.size + length
        self._file.seek(end)
        self._file.truncate()

    def get(self, number: int) -> Harvest | None:
        """What was found in a part before, or None."""
        if number not in self._places:
            return None
        place, length = self._places[number]
        self._file.seek(place)
        return _unpacked(self._file.read(length))

    def add(self, number: int, harvest: Harvest) -> None:
        """Keep what was found in a part."""
        if number in self._places or not harvest.complete:
            return
        content = _packed(harvest)
        self._file.seek(0, os.SEEK_END)
        place = self._file.tell() + _HEAD.size
        self._file.write(_HEAD.pack(number, len(content), zlib.crc32(content)) + content)
        self._sync()
        self._places[number] = (place, len(content))

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _packed(harvest: Harvest) -> bytes:
    cells, new = harvest.cells, harvest.new
    arrays = (
        *cells, harvest.signs, new.parents, new.stages, new.columns, *new.places, new.heights,
    )  # fmt: skip
    target = io.BytesIO()
    named = dict(zip(_ARRAYS, arrays, strict=True))
    np.savez(target, count=np.array(harvest.n_cells), **named)  # type: ignore[arg-type]
    return target.getvalue()


def _unpacked(content: bytes) -> Harvest:
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        arrays = [stored[name] for name in _ARRAYS]
        count = int(stored["count"])
    places = Bounded(arrays[9], arrays[10])
    new = Generators(arrays[6], arrays[7], arrays[8], places, arrays[11])
    return Harvest(Cells(*arrays[:5]), arrays[5], new, count, True)

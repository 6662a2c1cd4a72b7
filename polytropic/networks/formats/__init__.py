"""Networks from files, ``.npz``, ``.nnet``, ``.onnx``, Keras and PyTorch, and from memory.

Files are data: nothing in them is ever executed, and sizes are checked before memory is taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from polytropic.errors import FormatError, InputError
from polytropic.networks.formats.files import MAX_BYTES, as_path, existing_file
from polytropic.networks.formats.keras import read_keras
from polytropic.networks.formats.nnet import NnetFile, read_nnet
from polytropic.networks.formats.npz import read_npz, write_npz
from polytropic.networks.formats.onnx import read_onnx
from polytropic.networks.formats.scikit import from_sklearn
from polytropic.networks.formats.torch_modules import from_torch
from polytropic.networks.formats.torch_states import read_torch_state_dict
from polytropic.networks.network import Network

__all__ = [
    "MAX_BYTES",
    "NnetFile",
    "from_sklearn",
    "from_torch",
    "load_network",
    "read_nnet",
    "read_torch_state_dict",
    "save_network",
]


_Reader: TypeAlias = Callable[[Path, int, bool], Network]


def _without_logits(read: Callable[[Path, int], Network]) -> _Reader:
    """Give a reader an argument that has no meaning for its format."""

    def reader(file: Path, max_bytes: int, logits: bool) -> Network:
        if logits:
            raise InputError(f"{file}: logits=True is for files of Keras (.h5, .keras) only")
        return read(file, max_bytes)

    return reader


def _read_nnet_network(file: Path, max_bytes: int) -> Network:
    return read_nnet(file, max_bytes=max_bytes).network


def _read_keras(file: Path, max_bytes: int, logits: bool) -> Network:
    return read_keras(file, max_bytes, logits=logits)


def _read_torch(file: Path, max_bytes: int) -> Network:
    return read_torch_state_dict(file, max_bytes=max_bytes)


_READERS: dict[str, _Reader] = {
    ".npz": _without_logits(read_npz),
    ".nnet": _without_logits(_read_nnet_network),
    ".onnx": _without_logits(read_onnx),
    ".onnx.gz": _without_logits(read_onnx),
    ".h5": _read_keras,
    ".hdf5": _read_keras,
    ".keras": _read_keras,
    ".pth": _without_logits(_read_torch),
    ".pt": _without_logits(_read_torch),
}


def load_network(
    path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES, logits: bool = False
) -> Network:
    """Read a network from a file; its suffix says which format.

    Parameters
    ----------
    path : str or os.PathLike
        ``.npz`` holds arrays ``W1`` of shape (out, in), ``b1`` of shape (out,), ``W2``, ... and
        optionally thresholds ``t1``, ... for ``max(W x + b, t)``: shape (out,) or one number,
        ``-inf`` for a layer without activation; by default all layers but the last are ReLU.
        ``.nnet`` is Kyle Julian's text format; the network takes normalised inputs (`read_nnet`
        also returns their units).

        ``.onnx`` (also ``.onnx.gz``), ``.h5`` of Keras 1 and 2 (also ``.hdf5``) and ``.keras`` of
        Keras 3 hold graphs of layers.  The network takes their input flattened in C order without
        the batch axis: an image with channels last, as in Keras, has its channels last.

        ``.pth`` and ``.pt`` hold a state dict of PyTorch, which does not say what is done with the
        weights.  Here it must be of linear layers only, and a ReLU is assumed between each two;
        `read_torch_state_dict` reads others.
    max_bytes : int, optional
        Largest size of the decompressed file, in bytes.
    logits : bool, optional
        Leave out a softmax or sigmoid at the very end of a Keras file, which is refused otherwise.

    Returns
    -------
    Network
        With the weights exactly as they are in the file.

    Raises
    ------
    FormatError
        If the file is missing (then it is also a `FileNotFoundError`), truncated, malformed, too
        large or of an unknown format, or if it holds NaN or infinite weights.
    UnsupportedOperatorError
        If the file uses an operator or a layer that is not read, or anything that would have to
        be executed; the message names it.
    MissingDependencyError
        If the package onnx is needed, for ONNX files, or h5py, for files of Keras.
    InputError
        If `logits` is asked for and the file is not one of Keras.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_network(net, Path(folder) / "tent.npz")
    ...     load_network(Path(folder) / "tent.npz") == net
    True
    """
    file = existing_file(path)
    for suffix, reader in _READERS.items():
        if file.name.lower().endswith(suffix):
            return reader(file, max_bytes, logits)
    known = ", ".join(_READERS)
    raise FormatError(f"{file} is of no known network format; the suffixes read are {known}")


def save_network(net: Network, path: str | os.PathLike[str]) -> None:
    """Write a network to a ``.npz`` file, exactly or not at all.

    Parameters
    ----------
    net : Network
        Every weight, bias and threshold must be a float64.
    path : str or os.PathLike
        An existing file of that name is replaced.

    Raises
    ------
    InputError
        If a weight is not a float64; the message names it.
    FormatError
        If the suffix is not ``.npz``, or the file cannot be written.

    Examples
    --------
    >>> from fractions import Fraction
    >>> save_network(Network.from_layers([([[Fraction(1, 3)]], [0])]), "third.npz")
    Traceback (most recent call last):
        ...
    polytropic.errors.InputError: W1[0, 0] = 1/3 is not a float64, so a .npz file would change it...
    """
    file = as_path(path)
    if not file.name.lower().endswith(".npz"):
        raise FormatError(f"{file}: networks are written as .npz only; change the suffix")
    if file.is_dir():
        raise FormatError(f"{file} is a directory; give the name of a file")
    write_npz(net, file)

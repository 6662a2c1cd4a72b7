"""Reading and writing network files: ``.npz``, ``.nnet``, ``.onnx`` and ``.onnx.gz``.

Files are data: nothing in them is ever executed, and sizes are checked before memory is taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from polytropic.errors import FormatError
from polytropic.networks.formats.files import MAX_BYTES, as_path, existing_file
from polytropic.networks.formats.nnet import NnetFile, read_nnet
from polytropic.networks.formats.npz import read_npz, write_npz
from polytropic.networks.formats.onnx import read_onnx
from polytropic.networks.network import Network

__all__ = ["MAX_BYTES", "NnetFile", "load_network", "read_nnet", "save_network"]


def _read_nnet_network(path: str | os.PathLike[str], max_bytes: int) -> Network:
    return read_nnet(path, max_bytes=max_bytes).network


_READERS: dict[str, Callable[[str | os.PathLike[str], int], Network]] = {
    ".npz": read_npz,
    ".nnet": _read_nnet_network,
    ".onnx": read_onnx,
    ".onnx.gz": read_onnx,
}


def load_network(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Network:
    """Read a network from a file; its suffix says which format.

    Parameters
    ----------
    path : str or os.PathLike
        ``.npz`` holds arrays ``W1`` of shape (out, in), ``b1`` of shape (out,), ``W2``, ... and
        optionally thresholds ``t1``, ... for ``max(W x + b, t)``: shape (out,) or one number,
        ``-inf`` for a layer without activation; by default all layers but the last are ReLU.
        ``.nnet`` is Kyle Julian's text format; the network takes normalised inputs (`read_nnet`
        also returns their units).  ``.onnx`` (also ``.onnx.gz``) must be a chain of dense layers
        and ReLUs; its input is flattened in C order without the batch axis.
    max_bytes : int, optional
        Largest size of the decompressed file, in bytes.

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
        If an ONNX graph uses an operator that is not read, or is not a chain.
    MissingDependencyError
        If an ONNX file is to be read and the package onnx is not installed.

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
            return reader(file, max_bytes)
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

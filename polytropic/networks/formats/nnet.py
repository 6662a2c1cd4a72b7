"""Networks in Kyle Julian's ``.nnet`` text format (ACAS Xu, HCAS, VerticalCAS).

Comment lines start with ``//``.  Then, one line each and numbers separated by commas: number of
layers, inputs, outputs, largest width; the widths; a flag that nobody uses; smallest inputs;
largest inputs; means; ranges.  Then, layer by layer, one line per row of W and one per entry of b.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, frozen
from polytropic.errors import FormatError, InputError
from polytropic.networks.formats.files import MAX_BYTES, existing_file, read_bytes
from polytropic.networks.network import Network

__all__ = ["NnetFile", "read_nnet"]

_HEADER_LINES = 7


@dataclass(frozen=True, eq=False)
class NnetFile:
    """What a ``.nnet`` file holds: a network and the units of its inputs and outputs.

    Parameters
    ----------
    network : Network
        Acts on normalised inputs ``(x - mean) / range``, as the weights in the file do.
    input_lower, input_upper : ndarray, shape (d,)
        The box of inputs that the file declares, in raw units.
    means, ranges : ndarray, shape (d + 1,)
        Mean and range of every input and, last, of the outputs (one pair for all of them): the raw
        output is ``network(...) * ranges[-1] + means[-1]``.
    """

    network: Network
    input_lower: FloatArray
    input_upper: FloatArray
    means: FloatArray
    ranges: FloatArray

    def __post_init__(self) -> None:
        for name in _ROWS:
            own = np.array(getattr(self, name), dtype=np.float64)
            object.__setattr__(self, name, frozen(own))

    def normalized_box(self) -> tuple[FloatArray, FloatArray]:
        """Return the declared box in the units that the network takes.

        Returns
        -------
        lower, upper : ndarray, shape (d,)
            ``(x - mean) / range``, rounded once to float64.

        Raises
        ------
        InputError
            If the range of an input is not positive, or the box is beyond the reach of float64.

        Examples
        --------
        >>> net = Network.from_layers([([[1, 1]], [0])])
        >>> NnetFile(net, [0, 0], [8, 1], [4, 0.5, 0], [16, 2, 1]).normalized_box()
        (array([-0.25, -0.25]), array([0.25, 0.25]))
        """
        for number, value in enumerate(self.ranges[:-1].tolist(), 1):
            if value <= 0:
                raise InputError(f"input {number} has range {value}, so it has no normalised unit")
        return self._normalized(self.input_lower), self._normalized(self.input_upper)

    def _normalized(self, point: FloatArray) -> FloatArray:
        rows = zip(point.tolist(), self.means.tolist(), self.ranges.tolist(), strict=False)
        try:
            return np.array([float((Fraction(x) - Fraction(m)) / Fraction(r)) for x, m, r in rows])
        except OverflowError as problem:
            raise InputError("the normalised box is too large for float64") from problem

    def _key(self) -> tuple[Any, ...]:
        return (self.network, *(tuple(getattr(self, name).tolist()) for name in _ROWS))

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, NnetFile) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        # Through the constructor, because an unpickled array has forgotten that it is read-only.
        return NnetFile, (self.network, *(getattr(self, name) for name in _ROWS))

    def __repr__(self) -> str:
        return f"NnetFile({self.network!r})"


_ROWS = ("input_lower", "input_upper", "means", "ranges")


def read_nnet(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> NnetFile:
    """Read a network and the units of its inputs from a ``.nnet`` file.

    Hidden layers are ReLU, the last layer is linear.  A decimal number in the file means the
    nearest float64.

    Parameters
    ----------
    path : str or os.PathLike
    max_bytes : int, optional
        Largest size of the file, in bytes.

    Returns
    -------
    NnetFile

    Raises
    ------
    FormatError
        If the file is missing, truncated or malformed; the message names the line.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> lines = ["1,2,1,2", "2,1", "0", "0,0", "8,1", "4,0.5,0", "16,2,1", "1,-1", "0.5"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small.nnet"
    ...     _ = path.write_text(chr(10).join(lines))
    ...     read_nnet(path).network([[3, 1]])
    array([[2.5]])
    """
    file = existing_file(path)
    content = read_bytes(file, max_bytes)
    try:
        return _parse(_lines(content))
    except (FormatError, InputError) as problem:
        raise FormatError(f"{file}: {problem}") from problem


class _Line(NamedTuple):
    number: int
    text: str


def _lines(content: bytes) -> list[_Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FormatError(f"not a text file: {problem}") from problem
    # Not splitlines(), which also breaks at characters that no editor counts as a line end.
    stripped = enumerate((line.strip() for line in text.split("\n")), 1)
    return [_Line(n, line) for n, line in stripped if line and not line.startswith("//")]


def _parse(lines: list[_Line]) -> NnetFile:
    if len(lines) < _HEADER_LINES:
        raise FormatError(
            f"the file ends at line {_last(lines)}, within the {_HEADER_LINES} lines of its header"
        )
    sizes = _sizes(lines[0], lines[1])
    body = lines[_HEADER_LINES:]
    _check_length(body, 2 * sum(sizes[1:]), _last(lines))
    d = sizes[0]
    lower, upper = (_at_least(line, d)[:d] for line in lines[3:5])
    # Some ACAS Xu files keep two inputs that were since fixed; the outputs always come last.
    means, ranges = ([*row[:d], row[-1]] for row in (_at_least(k, d + 1) for k in lines[5:7]))
    rows = (np.array(row) for row in (lower, upper, means, ranges))
    return NnetFile(_network(sizes, body), *rows)


def _last(lines: list[_Line]) -> int:
    return lines[-1].number if lines else 0


def _sizes(header: _Line, widths: _Line) -> list[int]:
    declared, sizes = _integers(header), _integers(widths)
    if len(declared) < 3:
        raise FormatError(
            f"line {header.number}: expected the numbers of layers, inputs and outputs"
        )
    layers, inputs, outputs = declared[:3]
    if len(sizes) != layers + 1 or layers < 1:
        raise FormatError(
            f"line {widths.number}: {len(sizes)} widths, but line {header.number} declares "
            f"{layers} layers"
        )
    if min(sizes) < 1:
        raise FormatError(f"line {widths.number}: a layer of width {min(sizes)}")
    if (sizes[0], sizes[-1]) != (inputs, outputs):
        raise FormatError(
            f"line {widths.number}: widths from {sizes[0]} to {sizes[-1]}, but line "
            f"{header.number} declares {inputs} inputs and {outputs} outputs"
        )
    return sizes


def _check_length(body: list[_Line], wanted: int, last: int) -> None:
    if len(body) < wanted:
        raise FormatError(
            f"the file ends at line {last}: its header declares {wanted} lines of weights and "
            f"biases, {len(body)} are there"
        )
    if len(body) > wanted:
        raise FormatError(
            f"line {body[wanted].number}: the weights and biases that the header declares end "
            "before this line"
        )


def _network(sizes: Sequence[int], body: list[_Line]) -> Network:
    layers: list[tuple[NDArray[Any], NDArray[Any]]] = []
    start = 0
    for n_inputs, n_outputs in pairwise(sizes):
        middle, end = start + n_outputs, start + 2 * n_outputs
        weight = np.array([_exactly(line, n_inputs) for line in body[start:middle]])
        bias = np.array([_exactly(line, 1)[0] for line in body[middle:end]])
        layers.append((weight, bias))
        start = end
    return Network.from_layers(layers)


def _exactly(line: _Line, count: int) -> list[float]:
    values = _floats(line)
    if len(values) != count:
        raise FormatError(f"line {line.number}: expected {count} numbers, found {len(values)}")
    return values


def _at_least(line: _Line, count: int) -> list[float]:
    values = _floats(line)
    if len(values) < count:
        raise FormatError(
            f"line {line.number}: expected at least {count} numbers, found {len(values)}"
        )
    return values


def _floats(line: _Line) -> list[float]:
    values = _convert(line, float, "a number")
    for position, value in enumerate(values, 1):
        if not math.isfinite(value):
            raise FormatError(
                f"line {line.number}: number {position} is {value}; every number must be finite"
            )
    return values


def _integers(line: _Line) -> list[int]:
    return _convert(line, int, "a whole number")


def _convert(line: _Line, kind: Any, wanted: str) -> list[Any]:
    values = []
    for token in line.text.rstrip(", \t").split(","):
        # Python alone reads 1_000 and digits of other scripts as numbers; the format knows neither.
        plain = token.isascii() and "_" not in token
        try:
            values.append(kind(token if plain else ""))
        except ValueError as problem:
            shown = token.strip()[:40]
            raise FormatError(f"line {line.number}: {shown!r} is not {wanted}") from problem
    return values

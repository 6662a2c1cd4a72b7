"""Sign vectors, one bit for every entry: the names of chambers and faces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import frozen
from polytropic.errors import InputError

__all__ = ["SignVectors", "Words", "gather_bits", "mask_bits", "mask_words", "n_words"]

Words = NDArray[np.uint64]

_BLOCK = 1 << 22  # signs unpacked at a time
_ROWS = 1 << 13  # rows rearranged at a time, so that they stay in the cache


def n_words(width: int) -> int:
    """Number of 64-bit words that hold a sign vector of `width` entries (at least one)."""
    return max(1, (width + 63) // 64)


def mask_words(flags: ArrayLike) -> Words:
    """Pack flags, shape (..., m), into words, shape (..., W): flag i is bit i % 64 of word i // 64.

    Examples
    --------
    >>> mask_words([True, False, True])
    array([5], dtype=uint64)
    """
    array = np.asarray(flags, dtype=bool)
    width = array.shape[-1]
    padded = np.zeros((*array.shape[:-1], 64 * n_words(width)), dtype=bool)
    padded[..., :width] = array
    packed = np.packbits(padded, axis=-1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def gather_bits(words: Words, sources: NDArray[np.intp], flips: NDArray[np.bool_]) -> Words:
    """Rearrange packed bits: bit j of the result is bit ``sources[j]``, or its opposite.

    Parameters
    ----------
    words : uint64 array, shape (N, W)
    sources : int array, shape (m,)
        -1 makes a bit zero.
    flips : bool array, shape (m,)

    Notes
    -----
    Runs of bits are moved together, so that nearly trivial rearrangements cost a few shifts.

    Examples
    --------
    >>> gather_bits(np.array([[6]], np.uint64), np.array([1, 0]), np.array([False, True]))
    array([[3]], dtype=uint64)
    """
    moved = np.zeros((len(words), n_words(len(sources))), dtype=np.uint64)
    runs = list(_runs(sources, flips))
    for start in range(0, len(words), _ROWS):
        block, target = words[start : start + _ROWS], moved[start : start + _ROWS]
        for place, source, length, flip in runs:
            piece = block[:, source >> 6] >> np.uint64(source & 63)
            mask = np.uint64((1 << length) - 1)
            piece = (piece ^ mask if flip else piece) & mask
            target[:, place >> 6] |= piece << np.uint64(place & 63)
    return moved


def _runs(
    sources: NDArray[np.intp], flips: NDArray[np.bool_]
) -> Iterator[tuple[int, int, int, bool]]:
    """Stretches (place, source, length, flip) that stay within one word on both sides."""
    place, size = 0, len(sources)
    order, turned = sources.tolist(), flips.tolist()
    while place < size:
        source, end = order[place], place + 1
        while (
            end < size
            and order[end] == source + end - place
            and turned[end] == turned[place]
            and end & 63
            and order[end] & 63
        ):
            end += 1
        if source >= 0:
            yield place, source, end - place, turned[place]
        place = end


@dataclass(frozen=True, eq=False, repr=False)
class SignVectors(Sequence[SignArray]):
    """N sign vectors with m entries -1, 0 or +1, packed.

    Attributes
    ----------
    positive : uint64 array, shape (N, W)
        Bit ``i % 64`` of word ``i // 64`` is set where entry i is +1.
    support : uint64 array, shape (1, W) or (N, W)
        The same for the entries that are not 0; one row if they are the same everywhere.
    width : int
        Number m of entries.

    Notes
    -----
    It behaves like a read-only sequence of int8 rows: ``vectors[i]`` is one of them, a slice or an
    index array gives packed vectors again, ``numpy.asarray(vectors)`` unpacks all.

    Examples
    --------
    >>> signs = SignVectors.from_signs([[1, 0, -1], [-1, 0, -1]])
    >>> signs.positive.tolist(), signs.support.tolist()
    ([[1], [0]], [[5]])
    >>> signs[1].tolist(), signs.index([1, 0, -1])
    ([-1, 0, -1], 0)
    """

    positive: Words
    support: Words
    width: int

    def __post_init__(self) -> None:
        frozen(self.positive), frozen(self.support)

    @staticmethod
    def from_signs(signs: ArrayLike) -> SignVectors:
        """Pack an array of -1, 0 and +1, shape (N, m)."""
        array = np.asarray(signs)
        if array.ndim != 2 or not np.isin(array, (-1, 0, 1)).all():
            raise InputError("signs must be an array of -1, 0 and 1 with two axes")
        support = mask_words(array != 0)
        if len(support) and (support == support[0]).all():
            support = support[:1]
        elif not len(support):
            support = mask_words(np.ones((1, array.shape[1]), dtype=bool))
        return SignVectors(mask_words(array > 0), support, array.shape[1])

    @staticmethod
    def concatenate(parts: Sequence[SignVectors]) -> SignVectors:
        """Join lists of vectors of the same width."""
        positive = np.concatenate([part.positive for part in parts])
        first = parts[0].support
        if all(len(p.support) == 1 and (p.support == first).all() for p in parts):
            return SignVectors(positive, first, parts[0].width)
        supports = [np.broadcast_to(p.support, p.positive.shape) for p in parts]
        return SignVectors(positive, np.concatenate(supports), parts[0].width)

    # -- as a sequence -------------------------------------------------------------------------
    def __len__(self) -> int:
        return len(self.positive)

    @property
    def shape(self) -> tuple[int, int]:
        """(N, m)."""
        return len(self.positive), self.width

    @property
    def nbytes(self) -> int:
        """Bytes that the packed vectors take."""
        return self.positive.nbytes + self.support.nbytes

    @overload
    def __getitem__(self, key: int) -> SignArray: ...

    @overload
    def __getitem__(self, key: slice | Sequence[int] | NDArray[Any]) -> SignVectors: ...

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, np.integer)):
            index = range(len(self))[int(key)]
            return self[index : index + 1].unpacked()[0]
        support = self.support if len(self.support) == 1 else self.support[key]
        return SignVectors(self.positive[key], support, self.width)

    def __iter__(self) -> Iterator[SignArray]:
        for block in self.blocks(max(1, _BLOCK // max(1, self.width))):
            yield from block.unpacked()

    def __neg__(self) -> SignVectors:
        return SignVectors(~self.positive & self.support, self.support, self.width)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SignVectors):
            return NotImplemented
        return (
            self.shape == other.shape
            and np.array_equal(self.positive, other.positive)
            and bool((self.support == other.support).all() or not len(self))
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.positive.tobytes()))

    def __repr__(self) -> str:
        return f"SignVectors({len(self):,} vectors with {self.width} entries)"

    # -- views ---------------------------------------------------------------------------------
    @property
    def negative(self) -> Words:
        """Words of the entries that are -1, shape (N, W)."""
        return ~self.positive & self.support

    def unpacked(self) -> SignArray:
        """All entries as -1, 0 and 1: int8 array, shape (N, m)."""
        positive = mask_bits(self.positive, self.width)
        support = mask_bits(self.support, self.width)
        return (2 * positive - 1) * support

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self.unpacked().astype(dtype or np.int8, copy=False)

    def blocks(self, size: int) -> Iterator[SignVectors]:
        """The vectors in order, at most `size` at a time."""
        for start in range(0, len(self), size):
            yield self[start : start + size]

    # -- finding -------------------------------------------------------------------------------
    @cached_property
    def _places(self) -> dict[bytes, int]:
        support = np.broadcast_to(self.support, self.positive.shape)
        both = np.ascontiguousarray(np.concatenate([self.positive, support], axis=1))
        step, raw = both.shape[1] * 8, both.tobytes()
        return {raw[i * step : (i + 1) * step]: i for i in reversed(range(len(self)))}

    def find(self, vectors: SignVectors) -> NDArray[np.intp]:
        """Index of each of the given vectors in this list, -1 for those that are not in it."""
        if vectors.width != self.width:
            raise InputError(f"these sign vectors have {self.width} entries, not {vectors.width}")
        support = np.broadcast_to(vectors.support, vectors.positive.shape)
        both = np.ascontiguousarray(np.concatenate([vectors.positive, support], axis=1))
        step, raw = both.shape[1] * 8, both.tobytes()
        places = self._places
        found = [places.get(raw[i * step : (i + 1) * step], -1) for i in range(len(vectors))]
        return np.array(found, dtype=np.intp)

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Index of one sign vector; ValueError if it is not in the list."""
        first, last, _ = slice(start, stop).indices(len(self))
        among = self[first:] if first else self
        place = int(among.find(SignVectors.from_signs([value]))[0])
        if place < 0 or place + first >= last:
            raise ValueError(f"{np.asarray(value).tolist()} is not among these sign vectors")
        return place + first

    def count(self, value: Any) -> int:
        """How often one sign vector is in the list."""
        one = SignVectors.from_signs([value])
        if one.width != self.width:
            return 0
        same = (self.positive == one.positive) & (self.support == one.support)
        return int(same.all(axis=1).sum())

    def __contains__(self, value: Any) -> bool:
        return bool(self.find(SignVectors.from_signs([value]))[0] >= 0)


def mask_bits(words: Words, width: int) -> SignArray:
    """Undo `mask_words`: the first `width` bits of words, shape (N, W), as zeros and ones."""
    octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    bits = np.unpackbits(octets, axis=1, bitorder="little", count=width) if width else octets[:, :0]
    return bits.view(np.int8)

"""The loops that cut cells, in plain Python: what `kernels` does, function by function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, blend
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import mask_words

__all__ = ["cut_cells", "register", "renumber", "sign_words"]


def sign_words(value: FloatArray, error: FloatArray, n: int) -> NDArray[np.uint64]:
    """Packed signs of the first n functions: where they may be positive, then negative."""
    signs = Bounded(value[:, :n], error[:, :n]).signs()
    undecided = signs == UNDECIDED
    positive = mask_words((signs == 1) | undecided)
    return np.concatenate([positive, mask_words((signs == -1) | undecided)], axis=1)


def renumber(members: NDArray[np.int32], n_generators: int) -> tuple[NDArray[np.int32], IntArray]:
    """Number the generators in use anew, in order of appearance: members, old names."""
    new: dict[int, int] = {}
    moved = [new.setdefault(v, len(new)) for v in members.tolist()]
    return np.array(moved, dtype=np.int32), np.array(list(new), dtype=np.int64)


def register(
    slots: IntArray, size: int, first_new: int, known: IntArray, parents: IntArray
) -> tuple[IntArray, int, IntArray, IntArray]:
    """Name generators by their edges; the slots are a list of ends and names here."""
    table = _table_of(slots)
    names, fresh = known.tolist(), []
    for i, (p, q) in enumerate(parents.tolist()):
        key = _key(names[p], names[q])
        if key not in table:
            table[key] = size
            size += 1
            fresh.append(i)
        names.append(table[key])
    return _slots_of(table), size, np.array(names, dtype=np.int64), np.array(fresh, dtype=np.int64)


def _key(u: int, v: int) -> int:
    return min(u, v) << 32 | max(u, v)


def _table_of(slots: IntArray) -> dict[int, int]:
    return {key: name for key, name in slots.tolist() if name >= 0}


def _slots_of(table: dict[int, int]) -> IntArray:
    return np.array(list(table.items()), dtype=np.int64).reshape(-1, 2)


class _Cell(NamedTuple):
    """A cell in hand: generators, the tight set of each, and what the inequalities are."""

    generators: list[int]
    tight: list[int]
    names: list[int]


class _Vague(Exception):
    """A sign is not known that decides what becomes of a cell."""

    def __init__(self, cell: _Cell) -> None:
        self.cell = cell


class _Tables:
    """Values and signs at generators, growing as edges are cut."""

    def __init__(
        self, value: FloatArray, error: FloatArray, height: FloatArray, signs: Any, size: int
    ) -> None:
        self.rows = Bounded(value[:size], error[:size])
        self.height = height[:size]
        self.plus = [_integer(row) for row in signs[:size, : signs.shape[1] // 2].tolist()]
        self.minus = [_integer(row) for row in signs[:size, signs.shape[1] // 2 :].tolist()]

    def sign(self, generator: int, index: int) -> int:
        """Sign of a function at a generator."""
        plus, minus = self.plus[generator] >> index & 1, self.minus[generator] >> index & 1
        return UNDECIDED if plus and minus else plus - minus

    def append(self, u: int, v: int, index: int, n: int) -> None:
        """Add the generator on the edge uv where a function vanishes."""
        first, second = self.rows.rows(np.array([u])), self.rows.rows(np.array([v]))
        a = Bounded(np.abs(second.value[:, index]), second.error[:, index])
        b = Bounded(np.abs(first.value[:, index]), first.error[:, index])
        heights = (self.height[[u]], self.height[[v]])
        rows, ok = blend(first, second, (a, b), heights)
        value = np.where(ok[:, None], rows.value, 0.0)
        error = np.where(ok[:, None], rows.error, np.inf)
        value[:, index], error[:, index] = 0.0, 0.0
        self.rows = Bounded(
            np.concatenate([self.rows.value, value]), np.concatenate([self.rows.error, error])
        )
        self.height = np.concatenate([self.height, np.maximum(*heights)])
        words = sign_words(value, error, n)[0].tolist()
        # No function that was passed has opposite signs at the ends.
        passed = (1 << index) - 1
        for signs, own in ((self.plus, words[: len(words) // 2]),
                           (self.minus, words[len(words) // 2 :])):  # fmt: skip
            signs.append((signs[u] | signs[v]) & passed | _integer(own) & ~passed)


def _integer(words: list[int]) -> int:
    return sum(word << 64 * place for place, word in enumerate(words))


def _words(number: int, count: int) -> list[int]:
    return [number >> 64 * place & (1 << 64) - 1 for place in range(count)]


def cut_cells(
    start: IntArray,
    members: Any,
    tight: Any,
    name_start: IntArray,
    names: Any,
    queue: IntArray,
    value: FloatArray,
    error: FloatArray,
    height: FloatArray,
    signs: Any,
    parents: IntArray,
    functions: Any,
    slots: IntArray,
    size: int,
    first_new: int,
    n: int,
    begin: int,
    stop: int,
    least: int,
    first_name: int,
    keep: bool,
    final: bool,
    room_left: int,
) -> tuple[Any, ...]:
    """Cut some cells by n functions in turn, the negative side of each first (see `kernels`).

    Numbers of inequalities are unlimited here, so that no cell ever has too many.
    """
    tables = _Tables(value, error, height, signs, size)
    edges = _table_of(slots)
    made: list[tuple[int, int, int]] = [
        (*pair, function)
        for pair, function in zip(parents[:size].tolist(), functions[:size].tolist(), strict=True)
    ]

    def on_edge(u: int, v: int, index: int) -> int:
        key = _key(u, v)
        if key not in edges:
            edges[key] = len(made)
            made.append((min(u, v), max(u, v), index))
            tables.append(min(u, v), max(u, v), index, n)
        return edges[key]

    leaves: list[tuple[_Cell, int]] = []
    waiting, wanted = [], []
    for number in queue.tolist():
        cell = _cell(start, members, tight, name_start, names, number)
        try:
            found = list(_parts(cell, begin, stop, tables, least, first_name, on_edge))
            for leaf in found if keep and stop == n else []:
                _leaf_signs(leaf, tables)
        except _Vague as reason:
            waiting.append(number)
            vague = [g for g in reason.cell.generators if tables.plus[g] & tables.minus[g]]
            wanted += [g for g in vague if g not in wanted]
            continue
        leaves += [(leaf, number) for leaf in found]
        if len(leaves) > room_left:
            break
    arrays = _arrays(leaves if keep else [], tables, n, stop == n)
    half = signs.shape[1] // 2
    new_signs = [
        _words(p, half) + _words(m, half) for p, m in zip(tables.plus, tables.minus, strict=True)
    ]
    table = np.array(made, dtype=np.int64).reshape(-1, 3)
    return (
        *arrays, len(leaves), *tables.rows, tables.height, np.array(new_signs, dtype=np.uint64),
        table[:, :2], table[:, 2].astype(np.int32), _slots_of(edges), len(made),
        np.array(waiting, dtype=np.int64), np.array(wanted, dtype=np.int64), False,
    )  # fmt: skip


def _cell(
    start: IntArray, members: Any, tight: Any, name_start: IntArray, names: Any, number: int
) -> _Cell:
    own = slice(int(start[number]), int(start[number + 1]))
    named = slice(int(name_start[number]), int(name_start[number + 1]))
    masks = [_integer(row) for row in tight[own].tolist()]
    return _Cell(members[own].tolist(), masks, names[named].tolist())


def _parts(
    cell: _Cell, index: int, n: int, tables: _Tables, least: int, first_name: int, on_edge: Any
) -> Iterator[_Cell]:
    """Parts of a cell after cutting by functions index, ..., n - 1."""
    while index < n:
        signs = [tables.sign(generator, index) for generator in cell.generators]
        plus = any(tables.plus[g] >> index & 1 for g in cell.generators)
        minus = any(tables.minus[g] >> index & 1 for g in cell.generators)
        if plus and minus:
            if UNDECIDED in signs:
                raise _Vague(cell)
            break
        index += 1
    else:
        yield _facets_only(cell)
        return
    bit = 1 << len(cell.names)
    up = [i for i, sign in enumerate(signs) if sign > 0]
    down = [i for i, sign in enumerate(signs) if sign < 0]
    on = [i for i, sign in enumerate(signs) if sign == 0]
    shared = [
        (
            on_edge(cell.generators[p], cell.generators[q], index),
            cell.tight[p] & cell.tight[q] | bit,
        )
        for p in up
        for q in down
        if _is_edge(p, q, cell.tight, least)
    ]
    shared += [(cell.generators[k], cell.tight[k] | bit) for k in on]
    above = [(cell.generators[k], cell.tight[k]) for k in up] + shared
    below = shared + [(cell.generators[k], cell.tight[k]) for k in down]
    names = [*cell.names, first_name + index]
    for side in (below, above):
        part = _Cell([g for g, _ in side], [mask for _, mask in side], names)
        yield from _parts(part, index + 1, n, tables, least, first_name, on_edge)


def _leaf_signs(cell: _Cell, tables: _Tables) -> tuple[int, int]:
    """Functions that are positive on a cell, and those that are negative.

    Functions that were passed may have vague signs at generators made since.
    """
    plus = minus = vague = 0
    for g in cell.generators:
        plus |= tables.plus[g] & ~tables.minus[g]
        minus |= tables.minus[g] & ~tables.plus[g]
        vague |= tables.plus[g] & tables.minus[g]
    if vague & ~(plus | minus):
        raise _Vague(cell)
    return plus, minus


def _is_edge(p: int, q: int, tight: Sequence[int], least: int) -> bool:
    """Whether two generators span an edge: no third one is tight wherever both are."""
    common = tight[p] & tight[q]
    if common.bit_count() < least:
        return False
    return sum(common & mask == common for mask in tight) == 2


def _facets_only(cell: _Cell) -> _Cell:
    """Keep the inequalities that are facets: their sets of generators lie in no other such set."""
    sets = [
        frozenset(g for g, mask in zip(cell.generators, cell.tight, strict=True) if mask >> b & 1)
        for b in range(len(cell.names))
    ]
    facets = [
        b
        for b, own in enumerate(sets)
        if own and not any(own < other or (own == other and c < b) for c, other in enumerate(sets))
    ]
    tight = [sum(1 << i for i, b in enumerate(facets) if mask >> b & 1) for mask in cell.tight]
    return _Cell(cell.generators, tight, [cell.names[b] for b in facets])


def _arrays(
    leaves: list[tuple[_Cell, int]], tables: _Tables, n: int, known: bool
) -> tuple[Any, ...]:
    """Cells, their origins and their signs, as arrays."""
    cells = [cell for cell, _ in leaves]
    wide = max([(len(cell.names) + 63) // 64 for cell in cells], default=1) or 1
    words = max(1, (n + 63) // 64)
    signs = []
    for cell in cells:
        plus, minus = _leaf_signs(cell, tables) if known else (0, 0)
        signs.append(_words(plus, words) + _words(minus, words))
    masks = [_words(mask, wide) for cell in cells for mask in cell.tight]
    return (
        np.cumsum([0] + [len(cell.generators) for cell in cells]),
        np.array([g for cell in cells for g in cell.generators], dtype=np.int32),
        np.array(masks, dtype=np.uint64).reshape(-1, wide),
        np.cumsum([0] + [len(cell.names) for cell in cells]),
        np.array([name for cell in cells for name in cell.names], dtype=np.int32),
        np.array([origin for _, origin in leaves], dtype=np.int64),
        np.array(signs, dtype=np.uint64).reshape(-1, 2 * words),
    )

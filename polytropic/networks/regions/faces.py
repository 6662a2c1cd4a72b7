"""Faces of all regions of a complex, dimension by dimension, each face once.

A face of a region is where some of its facets meet; its vertices and rays are those at which the
facets are tight, so faces are found from the incidences alone, and the same face of two regions is
known by its vertices and rays.  Faces that lie at infinity (without any vertex) are left out.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.geometry.subdividing.cells import Cells

__all__ = ["Faces", "Incidences", "below_in_python", "faces_below", "regions_as_faces"]

_SECONDS_PER_ENTRY = 4e-6  # of one generator of a face in plain Python


class Faces(NamedTuple):
    """Faces of one dimension.

    Attributes
    ----------
    start : int array, shape (n + 1,)
        Where each face begins.
    entries : int32 array
        Places among the members of the regions: those of the region in which the face was found
        first, in the order of the numbers of its generators.
    """

    start: IntArray
    entries: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.start) - 1

    def generators(self, cells: Cells) -> NDArray[np.int32]:
        """Vertices and rays, one face after the other, increasing in each."""
        return cells.members[self.entries]


class Incidences(NamedTuple):
    """Which faces are the facets of which faces of one dimension more.

    Attributes
    ----------
    start : int array, shape (n + 1,)
        Where the facets of each face begin.
    below : int32 array, shape (k,)
        Facets, one face after the other.
    bits : int32 array, shape (k,)
        The inequality of the region that is tight on each.
    """

    start: IntArray
    below: NDArray[np.int32]
    bits: NDArray[np.int32]

    @property
    def above(self) -> IntArray:
        """The face of which each entry of `below` is a facet, shape (k,)."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


def regions_as_faces(cells: Cells) -> Faces:
    """The regions, generators of each in increasing order."""
    owners = np.repeat(np.arange(cells.n_cells), np.diff(cells.start))
    keys = owners * (int(cells.members.max(initial=0)) + 1) + cells.members
    order = np.arange(len(keys))
    if (np.diff(keys) < 0).any():
        order = np.argsort(keys, kind="stable")
    return Faces(cells.start, order.astype(np.int32))


def faces_below(
    faces: Faces, cells: Cells, is_point: NDArray[np.bool_]
) -> tuple[Faces, Incidences]:
    """The facets of faces of one dimension, each once, and which are facets of which.

    Notes
    -----
    The faces in which the others of a face are contained are those that no other inequality
    exceeds: O(generators times facets) for every face, and one look-up for each facet; two facets
    are the same when they have the same generators, which are compared, not only their hashes.
    """
    if worth_compiling(_SECONDS_PER_ENTRY * len(faces.entries)):
        from polytropic.networks.regions import faces_kernels

        search = faces_kernels.faces_below
    else:
        search = below_in_python
    found = search(faces.start, faces.entries, cells.members, cells.tight, is_point)
    start, entries, below_start, below, bits = map(frozen, found)
    return Faces(start, entries), Incidences(below_start, below, bits)


def below_in_python(
    start: IntArray,
    entries: NDArray[np.int32],
    members: NDArray[np.int32],
    tight: NDArray[np.uint64],
    is_point: NDArray[np.bool_],
) -> tuple[IntArray, NDArray[np.int32], IntArray, NDArray[np.int32], NDArray[np.int32]]:
    """Facets of faces, in plain Python: starts and entries, then starts, facets and bits."""
    masks = [sum(w << 64 * k for k, w in enumerate(row)) for row in tight.tolist()]
    known: dict[tuple[int, ...], int] = {}
    child_start, child_entries = [0], []
    below_start, below, bits = [0], [], []
    plain, limits = entries.tolist(), start.tolist()
    for first, last in pairwise(limits):
        own = plain[first:last]
        for bit, face in _facets_of(own, masks):
            key = tuple(members[face].tolist())
            if not is_point[list(key)].any():
                continue
            child = known.setdefault(key, len(known))
            if child == len(child_start) - 1:
                child_entries += face
                child_start.append(len(child_entries))
            below.append(child)
            bits.append(bit)
        below_start.append(len(below))
    return (
        np.array(child_start, dtype=np.int64),
        np.array(child_entries, dtype=np.int32),
        np.array(below_start, dtype=np.int64),
        np.array(below, dtype=np.int32),
        np.array(bits, dtype=np.int32),
    )


def _facets_of(face: list[int], masks: list[int]) -> list[tuple[int, list[int]]]:
    """Largest faces of a face, with the first inequality that is tight on each."""
    common, used = -1, 0
    for entry in face:
        common &= masks[entry]
        used |= masks[entry]
    used &= ~common
    parts: dict[frozenset[int], int] = {}
    for bit in range(used.bit_length()):
        if used >> bit & 1:
            parts.setdefault(frozenset(e for e in face if masks[e] >> bit & 1), bit)
    largest = [part for part in parts if not any(part < other for other in parts)]
    return [(parts[part], [e for e in face if e in part]) for part in largest]

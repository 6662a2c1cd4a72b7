"""Sets of bits, and a tree that finds those that have much in common with a given one.

Importing this file imports numba; it is imported where it is used.  Numba's cache looks only at the
file of the function that is called: whoever changes this file must touch `adjacency` and
`machine_rays`, too, or the old code stays in them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray

__all__ = ["Bits", "Tree", "bit_tree", "has_bit", "popcount", "resized", "search"]

Bits = NDArray[np.uint64]
"""Sets of bits, one per row: bit j of a set is bit ``j % 64`` of word ``j // 64``."""

_LEAF = 16  # sets that a leaf of the tree holds
_FEW_SEARCHES = 8  # building a tree costs about as much as so many scans
_SAMPLE = 64  # sets that choose the bit on which a segment of the tree is split


@intrinsic  # type: ignore[untyped-decorator]
def popcount(typing_context: Any, word: Any) -> Any:
    """Number of bits that are set, as one machine instruction."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counter = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(counter, arguments)

    return types.int64(types.uint64), generate


@njit(cache=True)  # type: ignore[untyped-decorator]
def has_bit(zeros: Bits, bit: int) -> bool:
    """Whether one bit of one set is set."""
    return (zeros[bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1) != np.uint64(0)


@njit(cache=True)  # type: ignore[untyped-decorator]
def resized(array: Any, length: int, width: int) -> Any:
    """Copy of a matrix with other numbers of rows and columns; new entries are zero."""
    # Loops, because a slice on the left makes numba compile for seconds.
    copy = np.zeros((length, width), array.dtype)
    for i in range(min(length, array.shape[0])):
        for k in range(min(width, array.shape[1])):
            copy[i, k] = array[i, k]
    return copy


class Tree(NamedTuple):
    """Rays in an order in which every subtree is a segment; nodes in preorder.

    Attributes
    ----------
    order : int64 array, shape (n,)
        Indices of the rays.
    bits : uint64 array, shape (n, words)
        Their zero sets, in that order; empty if there are no nodes and all rays must be looked at.
    unions : uint64 array, shape (nodes, words)
        What the zero sets below a node have together.
    segments : int64 array, shape (nodes, 4)
        First ray, end of the rays (0 if the node is not a leaf), the node after the subtree, and
        the parent.
    """

    order: IntArray
    bits: Bits
    unions: Bits
    segments: IntArray


@njit(cache=True)  # type: ignore[untyped-decorator]
def bit_tree(bits: Bits, rays: IntArray, searches: int) -> Any:
    """Split the rays on bits that about half of them have, until few are left.

    For few searches it is not worth the work: then there are no nodes.
    """
    n, words = len(rays), bits.shape[1]
    order = rays.copy()
    if searches < _FEW_SEARCHES or n < 2 * _LEAF:
        return Tree(order, np.empty((0, words), np.uint64), np.empty((0, words), np.uint64),
                    np.empty((0, 4), np.int64))  # fmt: skip
    stack = np.empty((256, 3), np.int64)
    capacity = 64
    unions = np.empty((capacity, words), np.uint64)
    segments = np.empty((capacity, 4), np.int64)
    nodes = 0
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, n, -1
    depth = 1
    while depth:
        depth -= 1
        start, stop, parent = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        if nodes == capacity:
            capacity *= 2
            unions = resized(unions, capacity, words)
            segments = resized(segments, capacity, 4)
        union = unions[nodes]
        for w in range(words):
            union[w] = np.uint64(0)
        for k in range(start, stop):
            for w in range(words):
                union[w] |= bits[order[k], w]
        segments[nodes, 3] = parent
        segments[nodes, 0], segments[nodes, 1] = start, stop
        middle = start
        if stop - start > _LEAF:
            middle = _partition(bits, order, start, stop, _splitting_bit(bits, order, start, stop))
        if start < middle < stop and depth + 2 <= len(stack):
            segments[nodes, 1] = 0
            stack[depth, 0], stack[depth, 1], stack[depth, 2] = middle, stop, nodes
            stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = start, middle, nodes
            depth += 2
        nodes += 1
    # The subtree of a node ends where that of its last child does; children come after parents.
    for node in range(nodes):
        segments[node, 2] = node + 1
    for node in range(nodes - 1, 0, -1):
        parent = segments[node, 3]
        segments[parent, 2] = max(segments[parent, 2], segments[node, 2])
    sorted_bits = np.empty((n, words), np.uint64)
    for k in range(n):
        for w in range(words):
            sorted_bits[k, w] = bits[order[k], w]
    return Tree(order, sorted_bits, unions[:nodes], segments[:nodes])


@njit(cache=True)  # type: ignore[untyped-decorator]
def _splitting_bit(bits: Bits, order: IntArray, start: int, stop: int) -> int:
    """Bit that is nearest to being in half of a sample of the zero sets."""
    counts = np.zeros(64 * bits.shape[1], np.int64)
    step = max(1, (stop - start) // _SAMPLE)
    sampled = 0
    for k in range(start, stop, step):
        sampled += 1
        for w in range(bits.shape[1]):
            word = bits[order[k], w]
            while word:
                low = word & (~word + np.uint64(1))
                counts[64 * w + popcount(low - np.uint64(1))] += 1
                word ^= low
    best, error = 0, 2 * sampled
    for bit in range(len(counts)):
        if abs(2 * counts[bit] - sampled) < error:
            best, error = bit, abs(2 * counts[bit] - sampled)
    return best


@njit(cache=True)  # type: ignore[untyped-decorator]
def _partition(bits: Bits, order: IntArray, start: int, stop: int, bit: int) -> int:
    """Bring the rays whose zero sets have a bit to the front; returns where they end."""
    middle = start
    for k in range(start, stop):
        if has_bit(bits[order[k]], bit):
            order[k], order[middle] = order[middle], order[k]
            middle += 1
    return middle


@njit(cache=True)  # type: ignore[untyped-decorator]
def search(tree: Any, bits: Bits, zeros: Bits, least: int, found: IntArray) -> int:
    """Find the rays of a tree that share at least so many zeros with the given set."""
    words = len(zeros)
    n = 0
    if len(tree.segments) == 0:
        for ray in tree.order:
            common = 0
            for w in range(words):
                common += popcount(bits[ray, w] & zeros[w])
            if common >= least:
                found[n] = ray
                n += 1
        return n
    node = 0
    while node < len(tree.segments):
        common = 0
        for w in range(words):
            common += popcount(tree.unions[node, w] & zeros[w])
        if common < least:
            node = tree.segments[node, 2]
            continue
        for k in range(tree.segments[node, 0], tree.segments[node, 1]):
            common = 0
            for w in range(words):
                common += popcount(tree.bits[k, w] & zeros[w])
            if common >= least:
                found[n] = tree.order[k]
                n += 1
        node += 1
    return n

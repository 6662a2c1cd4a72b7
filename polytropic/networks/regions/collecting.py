"""Putting a complex of regions together from the parts that were explored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.linalg import echelon
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray, frozen
from polytropic.geometry.arrangements.sign_vectors import SignVectors, gather_bits, n_words
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.subdividing.blocks import Block
from polytropic.geometry.subdividing.cells import Cells, chosen, joined
from polytropic.geometry.subdividing.exploring import Harvest
from polytropic.geometry.subdividing.fans import Fan
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.geometry.subdividing.registry import Generators, Registry
from polytropic.networks.network import Network
from polytropic.networks.regions.complex import RegionComplex
from polytropic.networks.regions.slices import Slice
from polytropic.networks.regions.stages import NetworkStages

__all__ = ["Collector", "Question"]


class Question:
    """What was asked: a network, where, and the fan of cones over the domain."""

    def __init__(
        self,
        network: Network,
        domain: Polytope | None,
        where: Slice | None,
        stages: NetworkStages,
        fan: Fan,
        basis: ObjectArray,
    ) -> None:
        self.network, self.domain, self.slice = network, domain, where
        self.stages, self.fan = stages, fan
        self.basis, _ = echelon(basis)

    def complex(
        self,
        cells: Cells,
        signs: NDArray[np.uint64],
        new: Generators,
        complete: bool,
    ) -> RegionComplex:
        """The complex of some cells; `new` are the generators behind those of the fan."""
        known, heights = self.stages.start(self.fan.generators)
        lineage = Lineage(
            self.fan.generators,
            new.parents,
            new.stages.astype(np.int64),
            new.columns.astype(np.int64),
        )
        places = Bounded(
            np.concatenate([known.value, new.places.value]),
            np.concatenate([known.error, new.places.error]),
        )
        heights = np.concatenate([heights, new.heights])
        return self._of(cells, signs, lineage, places, heights, complete)

    def complex_of_block(self, block: Block) -> RegionComplex:
        """The cells of one block, which no unit cuts any more."""
        lineage, names = block.lineage.restricted(block.names)
        count = len(lineage)
        width = block.places.value.shape[1]
        places = Bounded(np.zeros((count, width)), np.full((count, width), np.inf))
        heights = np.zeros(count)
        places.value[names], places.error[names] = block.places
        heights[names] = block.heights
        cells = block.cells._replace(members=names[block.cells.members].astype(np.int32))
        return self._of(cells, block.signs, lineage, places, heights, False)

    def _of(
        self,
        cells: Cells,
        signs: NDArray[np.uint64],
        lineage: Lineage,
        places: Bounded,
        heights: FloatArray,
        complete: bool,
    ) -> RegionComplex:
        order = self._order(signs)
        if order is not None:
            cells, signs = chosen(cells, order), signs[order]
        for array in cells:
            frozen(array)
        return RegionComplex(
            self.network,
            self.domain,
            self.slice,
            sign_vectors(self.stages, signs),
            cells,
            Bounded(*map(frozen, places)),
            frozen(heights > 0),
            self.fan.lineality,
            complete,
            lineage,
            self.basis,
        )

    def _order(self, signs: NDArray[np.uint64]) -> IntArray | None:
        """Lexicographic order, if the cells do not come in it.

        They do, unless the cones to start from were made by other units than the first ones.
        """
        chosen_first = [name for name in self.fan.names if name >= 0]
        if chosen_first == list(range(len(chosen_first))):
            return None
        unpacked = sign_vectors(self.stages, signs, n_stages=1).unpacked()
        order: IntArray = np.lexsort(unpacked.T[::-1])
        return order


def sign_vectors(
    stages: NetworkStages, signs: NDArray[np.uint64], n_stages: int | None = None
) -> SignVectors:
    """Pack signs, which come stage by stage, without gaps between the stages."""
    positive, negative = [], []
    sources: list[int] = []
    first = 0
    for stage in range(len(stages) if n_stages is None else n_stages):
        n = stages.n_functions(stage)
        words = n_words(n)
        positive.append(signs[:, first : first + words])
        negative.append(signs[:, first + words : first + 2 * words])
        sources += range(32 * first, 32 * first + n)
        first += 2 * words
    if not sources:
        nothing = np.zeros((len(signs), 1), dtype=np.uint64)
        return SignVectors(nothing, nothing[:1], 0)
    places, flips = np.array(sources, dtype=np.intp), np.zeros(len(sources), dtype=np.bool_)
    plus = gather_bits(np.concatenate(positive, axis=1), places, flips)
    minus = gather_bits(np.concatenate(negative, axis=1), places, flips)
    support = plus | minus
    if len(support) and (support == support[0]).all():
        support = support[:1].copy()
    return SignVectors(plus, support, len(sources))


class Collector:
    """Joins the harvests of the parts, in order."""

    def __init__(self, question: Question, registry: Registry) -> None:
        self._question, self._registry = question, registry
        self._cells: list[Cells] = []
        self._signs: list[NDArray[np.uint64]] = []

    def add(self, known: IntArray, harvest: Harvest) -> None:
        """Add what was found in a part whose first generators have these names."""
        names = self._registry.add(known, harvest.new)
        members = names[harvest.cells.members].astype(np.int32)
        self._cells.append(harvest.cells._replace(members=members))
        self._signs.append(harvest.signs)

    def complex(self, complete: bool) -> RegionComplex:
        """All that was collected."""
        cells, signs = joined(self._cells), np.concatenate(self._signs)
        return self._question.complex(cells, signs, self._registry.generators(), complete)

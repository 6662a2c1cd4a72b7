"""Listing, streaming and counting the activation regions of a network."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import BudgetError
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.subdividing.exploring import (
    Exploration,
    Harvest,
    Limits,
    explore,
    harvests,
)
from polytropic.geometry.subdividing.fans import check_size
from polytropic.geometry.subdividing.loops import compiled_loops
from polytropic.networks.network import Network
from polytropic.networks.regions.checkpoints import Checkpoint, digest
from polytropic.networks.regions.collecting import Collector, Question
from polytropic.networks.regions.complex import Region, RegionComplex
from polytropic.networks.regions.domains import domain_fan
from polytropic.networks.regions.slices import Slice
from polytropic.networks.regions.stages import NetworkStages

__all__ = ["count_regions", "iter_regions", "linear_regions"]

Progress = Callable[[int, int, int], None]
"""Called as ``progress(parts_done, n_parts, n_regions)``."""

_UNLIMITED = 1 << 62


def linear_regions(
    network: Network,
    domain: Polytope | Slice | None = None,
    *,
    max_regions: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> RegionComplex:
    """Enumerate every activation region of a network, exactly.

    Parameters
    ----------
    network : Network
        Of any depth, with input dimension d.
    domain : Polytope or Slice, optional
        A polyhedron in R^d of any dimension, such as ``Polytope.box(-1, 1, dim=d)``, or an affine
        slice such as ``Slice.through(points)``; by default all of R^d.
    max_regions : int, optional
        Stop with a `BudgetError` when there are more.
    time_limit : float, optional
        Stop after about so many seconds with the regions found until then; the result says
        ``complete=False``.
    progress : callable, optional
        Called as ``progress(parts_done, n_parts, n_regions)``: the domain is divided into parts,
        each of which is explored on its own.
    executor : Executor, optional
        Anything with the interface of `concurrent.futures`: threads or processes that explore the
        parts.  The result is the same, in the same order, whatever their number.
    checkpoint : str or os.PathLike, optional
        A file that keeps what was found in each part.  If it is there already, from a run that was
        stopped, its parts are not explored again; the result is the same, bit for bit.

    Returns
    -------
    RegionComplex

    Raises
    ------
    InputError
        If the domain has another dimension than the input of the network, or is empty.
    BudgetError
        If there are more than `max_regions` regions.
    FormatError
        If the checkpoint is of another network, domain or version.

    Notes
    -----
    Regions are full-dimensional in the domain.  Each region is cut by the units of each layer in
    turn; the time is proportional to the number of regions (for fixed d, with about 2^d vertices
    for each), about as many float operations as evaluating the network at every vertex, and exact
    work only where the float filter is undecided.

    Zhang, Naitzat and Lim, Theorem 6.3, bounds the number of linear regions.

    Examples
    --------
    Three lines through a point:

    >>> net = Network.from_layers([([[1, 0], [0, 1], [1, 1]], [0, 0, 0]), ([[1, 1, 1]], [0])])
    >>> regions = linear_regions(net)
    >>> regions.n_activation_regions, regions.n_linear_regions, regions.n_affine_maps
    (6, 6, 6)
    >>> regions[0].affine_map.A
    array([[0., 0.]])
    """
    question = _question(network, domain, max_regions)
    limits = _limits(max_regions, time_limit)
    exploration = _explored(question, True, limits, checkpoint)
    collector = Collector(question, exploration.registry)
    complete = True
    for known, harvest in _harvested(
        question, exploration, True, limits, max_regions, progress, executor, checkpoint
    ):
        collector.add(known, harvest)
        complete = complete and harvest.complete
    return collector.complex(complete)


def count_regions(
    network: Network,
    domain: Polytope | Slice | None = None,
    *,
    max_regions: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> int:
    """Count the activation regions of a network, exactly, in memory that does not grow with them.

    Parameters
    ----------
    network, domain, max_regions, time_limit, progress, executor, checkpoint
        As for `linear_regions`.

    Returns
    -------
    int

    Raises
    ------
    BudgetError
        If there are more than `max_regions` regions, or time is up; the message says how many were
        counted.

    Examples
    --------
    >>> from polytropic import random_network
    >>> count_regions(random_network(2, [16, 16], rng=0))
    478
    """
    question = _question(network, domain, max_regions)
    limits = _limits(max_regions, time_limit)
    exploration = _explored(question, False, limits, checkpoint)
    total = 0
    for _, harvest in _harvested(
        question, exploration, False, limits, max_regions, progress, executor, checkpoint
    ):
        total += harvest.n_cells
        if not harvest.complete:
            raise BudgetError(
                f"after time_limit={time_limit} seconds {total} regions were counted and there are "
                "more; allow more time, or give a checkpoint file and call again"
            )
    return total


def iter_regions(
    network: Network,
    domain: Polytope | Slice | None = None,
    *,
    max_regions: int | None = None,
) -> Iterator[Region]:
    """Stream the activation regions of a network, in memory that does not grow with them.

    Parameters
    ----------
    network, domain
        As for `linear_regions`.
    max_regions : int, optional
        Raise a `BudgetError` when there are more.

    Yields
    ------
    Region
        Its `complex` holds only some regions beside it.

    Examples
    --------
    >>> from polytropic import tent_network
    >>> [region.affine_map.A.item() for region in iter_regions(tent_network(1))]
    [0.0, 2.0, -2.0]
    """
    question = _question(network, domain, max_regions)
    limits = _limits(max_regions, None)
    exploration = _explored(question, True, limits, None)
    total = 0
    for number in range(len(exploration.parts)):
        for block in exploration.blocks(number, limits):
            part = question.complex_of_block(block)
            total += len(part)
            check_size(total, max_regions)
            yield from part


def _question(
    network: Network, domain: Polytope | Slice | None, max_regions: int | None
) -> Question:
    where = None
    if isinstance(domain, Slice):
        where, domain = domain, domain.within
        network = where.restrict(network)
    stages = NetworkStages(network)
    fan, basis = domain_fan(stages, network.n_inputs, domain, max_regions)
    return Question(network, domain, where, stages, fan, basis)


def _explored(
    question: Question, keep: bool, limits: Limits, checkpoint: str | os.PathLike[str] | None
) -> Exploration:
    # What a checkpoint keeps is the same bit for bit only if the same loops go on.
    loops = None if checkpoint is None else compiled_loops()
    # Nor may the division into parts depend on the limits of one run.
    limits = limits if checkpoint is None else _limits(None, None)
    return explore(question.fan, question.stages, keep=keep, limits=limits, loops=loops)


def _limits(max_regions: int | None, time_limit: float | None) -> Limits:
    room = _UNLIMITED if max_regions is None else max_regions
    return Limits(room, None if time_limit is None else time.time() + time_limit)


def _harvested(
    question: Question,
    exploration: Exploration,
    keep: bool,
    limits: Limits,
    max_regions: int | None,
    progress: Progress | None,
    executor: Executor | None,
    checkpoint: str | os.PathLike[str] | None,
) -> Iterator[tuple[IntArray, Harvest]]:
    """Harvests of all parts in order, within the limits, kept in the checkpoint."""
    total, n_parts = 0, len(exploration.parts)
    store = None
    if checkpoint is not None:
        store = Checkpoint(checkpoint, digest(question, exploration, keep))
    if progress is not None:
        progress(0, n_parts, 0)
    try:
        before = _nothing if store is None else store.get
        for number, known, harvest in harvests(exploration, keep, limits, executor, before):
            if store is not None:
                store.add(number, harvest)
            total += harvest.n_cells
            check_size(total, max_regions)
            if progress is not None:
                progress(number + 1, n_parts, total)
            yield known, harvest
            if not harvest.complete:
                return
    finally:
        if store is not None:
            store.close()


def _nothing(number: int) -> None:
    """Without a checkpoint, nothing is known of a part."""

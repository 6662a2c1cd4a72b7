"""Counting everything for one network, or for many, in order."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

from polytropic.errors import BudgetError, InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.bounds import montufar_lower_bound, region_bound, serra_bound
from polytropic.networks.naive import naive_monomials
from polytropic.networks.network import Network
from polytropic.networks.pieces import AffinePieces, affine_pieces
from polytropic.networks.regions import RegionComplex, linear_regions
from polytropic.studies.depth.cases import DepthCase, cases
from polytropic.studies.depth.rows import COUNTS, MEASURED, DepthRow

__all__ = ["MAX_REGIONS", "measure", "measure_case", "measure_cases", "run"]

MAX_REGIONS = 50_000
"""Networks with more activation regions than this are left out by default."""

_AHEAD = 32  # cases that wait in an executor


def measure(
    net: Network,
    *,
    family: str = "network",
    seed: int | None = None,
    output: int = 0,
    domain: Polytope | None = None,
    max_regions: int | None = MAX_REGIONS,
    time_limit: float | None = None,
) -> DepthRow:
    """Count everything for one network.

    Parameters
    ----------
    net : Network
    family, seed :
        How to name it in the row.
    output : int
        The output whose numerator and denominator are counted.
    domain : Polytope, optional
        Where to count regions; numerators and denominators always live on all of R^d.
    max_regions : int, optional
        With more activation regions than this, every count that needs them is None.
    time_limit : float, optional
        Stop enumerating regions after about so many seconds in all, and begin nothing after them;
        what was not counted by then is None.

    Returns
    -------
    DepthRow

    Raises
    ------
    InputError
        If there is no such output, or the domain does not fit.

    Notes
    -----
    As long as `linear_regions` and `affine_pieces`, twice: all vertices of a lifted polytope are
    the upper ones and those of the polytope upside down, whose network has its biases negated.

    Examples
    --------
    >>> from polytropic import tent_network
    >>> row = measure(tent_network(5), family="tent")
    >>> row.n_numerator, row.n_denominator, row.linear_regions, row.affine_maps, row.bound
    (18, 32, 34, 33, 243)
    >>> row.vertices_numerator, row.vertices_denominator
    (23, 38)
    """
    if not 0 <= output < net.n_outputs:
        raise InputError(f"output {output} of a network with outputs 0 to {net.n_outputs - 1}")
    work = _Work(net, output, domain, max_regions, time_limit)
    work.run()
    size = naive_monomials(net, output)
    shape = (net.n_inputs, *net.hidden_widths)
    return DepthRow(
        family=family,
        d=net.n_inputs,
        widths=net.hidden_widths,
        depth=len(net.hidden_widths),
        seed=seed,
        raw_monomials=size[0],
        log10_raw_monomials=size[1],
        bound=region_bound(net),
        montufar_lower=montufar_lower_bound(shape),
        serra=serra_bound(net),
        max_regions=max_regions,
        time_limit=time_limit,
        refusal=work.refusal,
        **work.seconds,
        **work.counts,
    )


class _Work:
    """The parts of the work on one network, with what they gave, how long they took, and limits."""

    def __init__(
        self,
        net: Network,
        output: int,
        domain: Polytope | None,
        max_regions: int | None,
        time_limit: float | None,
    ) -> None:
        self.net, self.output, self.domain = net, output, domain
        self.max_regions, self.time_limit = max_regions, time_limit
        self.counts: dict[str, Any] = dict.fromkeys(COUNTS[1:-3])
        self.seconds: dict[str, Any] = dict.fromkeys(MEASURED[:3], 0.0)
        self.refusal: str | None = None
        self._start, self._last = perf_counter(), thread_time()

    def run(self) -> None:
        """Do one part after the other, until a budget stops it."""
        try:
            regions = self._regions()
            pieces = self._tropical(regions)
            self._lifted(pieces)
        except BudgetError as problem:
            self.refusal = str(problem)

    def _regions(self) -> RegionComplex:
        regions = self._enumerate(self.net)
        inside = regions if self.domain is None else self._enumerate(self.net, self.domain)
        self.counts |= {
            "activation_regions": inside.n_activation_regions,
            "linear_regions": inside.n_linear_regions,
            "affine_maps": inside.n_affine_maps,
        }
        self._stop("seconds_regions")
        return regions

    def _tropical(self, regions: RegionComplex) -> AffinePieces:
        pieces = affine_pieces(regions)
        self.counts |= {
            "n_numerator": pieces.n_numerator(self.output),
            "n_denominator": pieces.n_denominator(self.output),
            "n_sum": pieces.n_sum(self.output),
            "n_product": pieces.n_product(self.output),
        }
        self._stop("seconds_tropical")
        return pieces

    def _lifted(self, upper: AffinePieces) -> None:
        lower = affine_pieces(self._enumerate(_upside_down(self.net)))
        # Denominators of weights and biases decide the scale, and those have not changed.
        assert upper.scale == lower.scale
        for column, above, below in [
            ("vertices_numerator", upper.numerators, lower.numerators),
            ("vertices_denominator", upper.denominators, lower.denominators),
        ]:
            vertices = {tuple(row) for row in above[:, self.output].tolist()}
            vertices |= {(*row[:-1], -row[-1]) for row in below[:, self.output].tolist()}
            self.counts[column] = len(vertices)
        self._stop("seconds_lifted")

    def _enumerate(self, net: Network, domain: Polytope | None = None) -> RegionComplex:
        left = self._left()
        if left == 0:
            raise self._too_long()
        regions = linear_regions(net, domain, max_regions=self.max_regions, time_limit=left)
        if not regions.complete:
            raise self._too_long()
        return regions

    def _too_long(self) -> BudgetError:
        return BudgetError(f"the time limit of {self.time_limit:g} seconds; raise it to go on")

    def _stop(self, part: str) -> None:
        self.seconds[part] = round(thread_time() - self._last, 4)
        self._last = thread_time()
        is_last = part == "seconds_lifted"
        if not is_last and self._left() == 0:
            raise self._too_long()

    def _left(self) -> float | None:
        """Seconds of the clock on the wall, on which limits are set."""
        if self.time_limit is None:
            return None
        return max(self.time_limit - (perf_counter() - self._start), 0.0)


def _upside_down(net: Network) -> Network:
    """The network ``-h net(x / -h)`` at height h = -1: that of the lifted polytopes mirrored."""
    layers = [
        replace(
            layer,
            bias=-layer.bias,
            threshold=None if layer.threshold is None else -layer.threshold,
        )
        for layer in net.layers
    ]
    return Network(tuple(layers))


# -- many networks -------------------------------------------------------------------------------
def measure_case(
    case: DepthCase, *, max_regions: int | None = MAX_REGIONS, time_limit: float | None = None
) -> DepthRow:
    """Make the network of a case and `measure` it, with the memory that this took."""
    _forget_peak_memory()
    row = measure(
        case.network(),
        family=case.family,
        seed=case.seed,
        max_regions=max_regions,
        time_limit=time_limit,
    )
    return replace(row, peak_memory=round(_peak_memory(), 1))


def measure_cases(
    wanted: Iterable[DepthCase],
    *,
    max_regions: int | None = MAX_REGIONS,
    time_limit: float | None = None,
    executor: Executor | None = None,
) -> Iterator[DepthRow]:
    """Measure networks, each as it is asked for.

    Parameters
    ----------
    wanted : iterable of DepthCase
    max_regions, time_limit :
        As for `measure`, for every network.
    executor : Executor, optional
        Anything with the interface of `concurrent.futures`.  Rows come in the order of `wanted`
        whatever the number of workers; at most a few dozen networks wait in it.

    Yields
    ------
    DepthRow

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as executor:
    ...     rows = measure_cases(cases(["tent"], [], [], [3, 1], []), executor=executor)
    ...     print([row.linear_regions for row in rows])
    [10, 3]
    """
    budgets: dict[str, Any] = {"max_regions": max_regions, "time_limit": time_limit}
    if executor is None:
        for case in wanted:
            yield measure_case(case, **budgets)
        return
    rest = iter(wanted)
    waiting: deque[Future[DepthRow]] = deque()
    try:
        for case in islice(rest, _AHEAD):
            waiting.append(executor.submit(measure_case, case, **budgets))
        while waiting:
            yield waiting.popleft().result()
            for case in islice(rest, 1):
                waiting.append(executor.submit(measure_case, case, **budgets))
    finally:
        for future in waiting:
            future.cancel()


def run(
    families: Sequence[str],
    dims: Iterable[int],
    widths: Iterable[int],
    depths: Iterable[int],
    seeds: Iterable[int],
    *,
    done: Collection[DepthCase] = (),
    max_regions: int | None = MAX_REGIONS,
    time_limit: float | None = None,
    executor: Executor | None = None,
) -> Iterator[DepthRow]:
    """Measure the networks of a study, each as it is asked for.

    Parameters
    ----------
    families, dims, widths, depths, seeds :
        As for `cases`.
    done : collection of DepthCase
        Networks to leave out.
    max_regions, time_limit, executor : optional
        As for `measure_cases`.

    Yields
    ------
    DepthRow

    Examples
    --------
    >>> [row.linear_regions for row in run(["tent"], [1], [2], range(1, 7), [0])]
    [3, 6, 10, 18, 34, 66]
    """
    wanted = [c for c in cases(families, dims, widths, depths, seeds) if c not in done]
    yield from measure_cases(
        wanted, max_regions=max_regions, time_limit=time_limit, executor=executor
    )


# -- memory ----------------------------------------------------------------------------------------
def _forget_peak_memory() -> None:
    """Let the peak begin anew, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _peak_memory() -> float:
    """Most memory in MB that the process had in hand."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        import resource  # not on every system

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)

"""``polytropic regions``: how many linear regions a network has."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from polytropic.cli import common
from polytropic.networks.bounds import region_bound
from polytropic.networks.network import Network
from polytropic.networks.regions import Region, RegionComplex, count_regions, linear_regions

__all__ = ["command"]


@click.command("regions")
@click.argument("net", type=common.NETWORK)
@common.in_domain
@click.option("--max-regions", type=click.IntRange(1), help="Stop when there are more.")
@click.option("--cells", is_flag=True, help="With --json: also every region, exactly.")
@click.option(
    "--count",
    "only_count",
    is_flag=True,
    help="Only count activation regions, in memory that does not grow with them.",
)
@click.option("--workers", type=click.IntRange(1), default=1, help="Threads; 1 by default.")
@click.option(
    "--checkpoint",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what was found in this file, and go on from there if it exists.",
)
@common.json_option
def command(
    net: tuple[str, Network],
    box: tuple[list[Fraction], list[Fraction]] | None,
    domain_file: Path | None,
    max_regions: int | None,
    cells: bool,
    only_count: bool,
    workers: int,
    checkpoint: Path | None,
    as_json: bool,
) -> None:
    """Count the linear regions of NET, over all of R^d or in a domain."""
    path, network = net
    if cells and only_count:
        raise click.UsageError("--cells lists the regions that --count only counts; leave one out")
    where = common.Where.of(network, box, domain_file)
    start = perf_counter()
    counts: dict[str, Any]
    ask = count_regions if only_count else linear_regions
    result = _explored(ask, network, where, max_regions, workers, checkpoint)
    found: RegionComplex | tuple[()] = ()
    if isinstance(result, int):
        counts = {"activation_regions": result}
    else:
        found = result
        counts = {
            "activation_regions": result.n_activation_regions,
            "linear_regions": result.n_linear_regions,
            "affine_maps": result.n_affine_maps,
        }
    counts["bound"] = region_bound(network)
    seconds = round(perf_counter() - start, 3)
    if as_json:
        listed = {"regions": [_cell(region) for region in found]} if cells else {}
        header = {**common.describe(path, network), "domain": where.name}
        common.print_json({**header, **counts, "seconds": seconds, **listed})
        return
    filled = common.table(["", "number"])
    for name, value in counts.items():
        filled.add_row(_NAMES[name], common.number(value))
    filled.add_row("seconds", common.number(seconds))
    common.print_table(f"{path}: {network!r} on {where.name}", filled)


_NAMES = {
    "activation_regions": "activation regions",
    "linear_regions": "linear regions",
    "affine_maps": "distinct affine maps",
    "bound": "bound of Theorem 6.3",
}


def _explored(
    ask: Callable[..., RegionComplex | int],
    network: Network,
    where: common.Where,
    max_regions: int | None,
    workers: int,
    checkpoint: Path | None,
) -> RegionComplex | int:
    """Explore with a progress bar, and with threads if more than one is wanted."""
    with contextlib.ExitStack() as stack:
        bar = stack.enter_context(common.progress_bar())
        task = bar.add_task("parts", total=None)

        def progress(done: int, total: int, n_regions: int) -> None:
            bar.update(task, completed=done, total=total, description=f"{n_regions:,} regions")

        executor = None
        if workers > 1:
            executor = stack.enter_context(ThreadPoolExecutor(workers))
        return ask(
            network,
            where.domain,
            max_regions=max_regions,
            progress=progress,
            executor=executor,
            checkpoint=checkpoint,
        )


def _cell(region: Region) -> dict[str, Any]:
    affine = region.affine_map
    return {
        "sign_vector": region.sign_vector,
        "A": affine.A_exact,
        "b": affine.b_exact,
        "vertices": region.vertices_exact,
        "rays": region.rays_exact,
    }

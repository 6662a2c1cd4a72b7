"""``polytropic regions``: how many linear regions a network has."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from polytropic.cli import common
from polytropic.networks.bounds import region_bound
from polytropic.networks.network import Network
from polytropic.networks.regions import Region, RegionComplex, linear_regions

__all__ = ["command"]


@click.command("regions")
@click.argument("net", type=common.NETWORK)
@common.in_domain
@click.option("--max-regions", type=click.IntRange(1), help="Stop when there are more.")
@click.option("--cells", is_flag=True, help="With --json: also every region, exactly.")
@common.json_option
def command(
    net: tuple[str, Network],
    box: tuple[list[Fraction], list[Fraction]] | None,
    domain_file: Path | None,
    max_regions: int | None,
    cells: bool,
    as_json: bool,
) -> None:
    """Count the linear regions of NET, over all of R^d or in a domain."""
    path, network = net
    where = common.Where.of(network, box, domain_file)
    start = perf_counter()
    found = _enumerate(network, where, max_regions)
    counts: dict[str, Any] = {
        "activation_regions": found.n_activation_regions,
        "linear_regions": found.n_linear_regions,
        "affine_maps": found.n_affine_maps,
        "bound": region_bound(network),
    }
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


def _enumerate(network: Network, where: common.Where, max_regions: int | None) -> RegionComplex:
    with common.progress_bar() as bar:
        task = bar.add_task("layers", total=len(network.layers))

        def progress(done: int, total: int, n_cells: int) -> None:
            bar.update(task, completed=done, description=f"layers ({n_cells:,} regions)")

        return linear_regions(network, where.domain, max_regions=max_regions, progress=progress)


def _cell(region: Region) -> dict[str, Any]:
    affine = region.affine_map
    return {
        "sign_vector": region.sign_vector,
        "A": affine.A_exact,
        "b": affine.b_exact,
        "vertices": region.vertices_exact,
        "rays": region.rays_exact,
    }

"""``polytropic zonotope``: the zonotopes of a first layer."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import click

from polytropic.cli import common
from polytropic.errors import BudgetError
from polytropic.geometry.zonotopes.zonotope import Zonotope
from polytropic.networks.network import Network
from polytropic.networks.zonotopes import first_layer_zonotope, lifted_zonotopes, most_vertices

__all__ = ["command"]


@click.command("zonotope")
@click.argument("net", type=common.NETWORK)
@click.option(
    "--max-vertices",
    type=click.IntRange(1),
    default=2_000_000,
    show_default=True,
    help="Refuse when there could be more.",
)
@common.json_option
def command(net: tuple[str, Network], max_vertices: int, as_json: bool) -> None:
    """Find the vertices of the zonotope of the first layer of NET.

    Its generators are the rows of [W1 | b1].  A network with one hidden layer and one output also
    shows the lifted zonotopes of its numerator and denominator.
    """
    path, network = net
    start = perf_counter()
    bodies = {"first layer": first_layer_zonotope(network)}
    if (pair := lifted_zonotopes(network)) is not None:
        bodies |= {"numerator": pair[0], "denominator": pair[1]}
    for body in bodies.values():
        _check_size(body, max_vertices)
    found = {name: _measure(body) for name, body in bodies.items()}
    seconds = round(perf_counter() - start, 3)
    if as_json:
        listed = {name.replace(" ", "_"): _list(body) for name, body in bodies.items()}
        common.print_json({**common.describe(path, network), **listed, "seconds": seconds})
        return
    title = f"{path}: zonotopes of {network!r} in R^{network.n_inputs + 1}"
    filled = common.table(["", "generators", "vertices", "upper vertices"])
    for name, counts in found.items():
        filled.add_row(name, *(common.number(value) for value in counts.values()))
    common.print_table(title, filled)


def _check_size(body: Zonotope, max_vertices: int) -> None:
    if (most := most_vertices(body)) > max_vertices:
        m, d = body.generators_exact.shape
        raise BudgetError(
            f"a zonotope of {m} generators in dimension {d} has up to {most:,} vertices, more than "
            f"--max-vertices {max_vertices:,}"
        )


def _measure(body: Zonotope) -> dict[str, int]:
    return {
        "n_generators": len(body.generators_exact),
        "n_vertices": body.n_vertices,
        "n_upper_vertices": body.n_upper_vertices,
    }


def _list(body: Zonotope) -> dict[str, Any]:
    return {
        **_measure(body),
        "generators": body.generators_exact,
        "vertices": body.vertices_exact,
        "upper_vertices": body.upper_vertices_exact,
    }

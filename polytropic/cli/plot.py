"""``polytropic plot``: a picture of a network, into a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from polytropic.cli import common
from polytropic.errors import InputError
from polytropic.networks.boundary import DecisionBoundary, decision_boundary
from polytropic.networks.network import Network
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.regions import linear_regions
from polytropic.networks.zonotopes import first_layer_zonotope
from polytropic.tropical.coloured import TieLocus
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["boundary_between", "command"]


@dataclass(frozen=True)
class _Request:
    """What was asked to be drawn."""

    network: Network
    box: tuple[list[Fraction], list[Fraction]] | None
    output: int
    part: str
    classes: tuple[int, int] | None
    max_regions: int | None
    style: dict[str, Any]

    @property
    def where(self) -> common.Where:
        return common.Where.of(self.network, self.box, None)

    @property
    def frame(self) -> dict[str, Any]:
        """The box as the window of a drawing in the plane or on the line."""
        if self.box is None:
            return {}
        lower, upper = common.corners(self.network, self.box)
        return {"frame": (*map(float, lower), *map(float, upper))}

    def polynomial(self) -> TropicalPolynomial:
        pieces = affine_pieces(linear_regions(self.network, max_regions=self.max_regions))
        rational = pieces.rational(_checked(self.output, self.network))
        parts: dict[str, Callable[[], TropicalPolynomial]] = {
            "numerator": lambda: rational.numerator,
            "denominator": lambda: rational.denominator,
            "sum": lambda: rational.numerator + rational.denominator,
            "product": rational.common_refinement,
        }
        return parts[self.part]()


def _regions(request: _Request) -> tuple[Any, dict[str, Any]]:
    found = linear_regions(request.network, request.where.domain, max_regions=request.max_regions)
    return found, request.style


def _curve(request: _Request) -> tuple[Any, dict[str, Any]]:
    return request.polynomial(), {**request.frame, **request.style}


def _subdivision(request: _Request) -> tuple[Any, dict[str, Any]]:
    return request.polynomial().dual_subdivision(), request.style


def _zonotope(request: _Request) -> tuple[Any, dict[str, Any]]:
    return first_layer_zonotope(request.network), request.style


def _boundary(request: _Request) -> tuple[Any, dict[str, Any]]:
    found = boundary_between(request.network, request.classes, max_regions=request.max_regions)
    return found, {**request.frame, **request.style}


_KINDS = {
    "regions": _regions,
    "curve": _curve,
    "subdivision": _subdivision,
    "zonotope": _zonotope,
    "boundary": _boundary,
}


def boundary_between(
    network: Network, classes: tuple[int, int] | None, *, max_regions: int | None = None
) -> DecisionBoundary:
    """The result of `decision_boundary` at 0, from affine pieces instead of tropical products."""
    pieces = affine_pieces(linear_regions(network, max_regions=max_regions))
    if classes is None and network.n_outputs == 2:
        classes = (0, 1)
    if classes is None:
        return decision_boundary(network, rational=pieces.rational_map())
    i, j = (_checked(output, network) for output in classes)
    if i == j:
        raise InputError(f"--classes {i} {j}: give two different outputs")
    difference = pieces.difference(i, j)
    ties = TieLocus(difference.numerator, difference.denominator)
    return DecisionBoundary(network, ties, (i, j))


def _checked(output: int, network: Network) -> int:
    if not 0 <= output < network.n_outputs:
        raise InputError(f"output {output}: the outputs are numbered 0 to {network.n_outputs - 1}")
    return output


@click.command("plot")
@click.argument("kind", type=click.Choice(list(_KINDS)))
@click.argument("net", type=common.NETWORK)
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to draw: .png, .pdf or .svg.",
)
@click.option(
    "--box",
    nargs=2,
    type=common.NUMBERS,
    metavar="LO HI",
    help="What to show; numbers, or one for each coordinate: -1,-1 1,2.",
)
@click.option(
    "--output-index", type=int, default=0, show_default=True, help="Curve, subdivision: of which."
)
@click.option(
    "--part",
    type=click.Choice(["numerator", "denominator", "sum", "product"]),
    default="numerator",
    show_default=True,
    help="Curve, subdivision: of F, G, F⊕G or F⊙G.",
)
@click.option(
    "--classes", nargs=2, type=int, metavar="I J", help="Boundary: between which outputs."
)
@click.option("--colour-by", help="What colours say: for regions affine map, pattern or value.")
@click.option("--max-regions", type=click.IntRange(1), help="Stop when there are more.")
def command(
    kind: str,
    net: tuple[str, Network],
    file: Path,
    box: tuple[list[Fraction], list[Fraction]] | None,
    output_index: int,
    part: str,
    classes: tuple[int, int] | None,
    colour_by: str | None,
    max_regions: int | None,
) -> None:
    """Draw NET into a file.

    KIND is one of: regions (linear regions), curve (tropical curve of the numerator or another
    part), subdivision (its dual), zonotope (of the first layer), boundary (decision boundary).
    """
    from polytropic.plotting import plot, save

    style: dict[str, Any] = {} if colour_by is None else {"colour_by": colour_by}
    request = _Request(net[1], box, output_index, part, classes, max_regions, style)
    obj, style = _KINDS[kind](request)
    click.echo(f"wrote {save(plot(obj, **style), file)}")

"""``polytropic plot``: a picture of a network, into a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import numpy as np

from polytropic.cli import common
from polytropic.errors import FormatError, InputError
from polytropic.geometry.arrangements.arrangement import HyperplaneArrangement
from polytropic.geometry.polytope import Polytope
from polytropic.networks.boundaries import argmax_boundary, boundary_complex
from polytropic.networks.boundary import DecisionBoundary, decision_boundary
from polytropic.networks.network import Network
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.regions import Slice, linear_regions
from polytropic.networks.zonotopes import first_layer_zonotope
from polytropic.tropical.coloured import TieLocus
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational

__all__ = ["boundary_between", "command"]


@dataclass(frozen=True)
class _Request:
    """What was asked to be drawn."""

    network: Network
    box: tuple[list[Fraction], list[Fraction]] | None
    through: Path | None
    output: int
    part: str | None
    unit: int
    classes: tuple[int, int] | None
    max_regions: int | None
    style: dict[str, Any]

    @property
    def domain(self) -> Polytope | Slice | None:
        if self.through is None:
            return common.Where.of(self.network, self.box, None).domain
        rows = _points(self.through)
        within = None
        if self.box is not None:
            lower, upper = (_spread(bound, len(rows) - 1) for bound in self.box)
            within = Polytope.box(lower, upper)
        return Slice.through(rows, within=within)

    @property
    def frame(self) -> dict[str, Any]:
        """The box as the window of a drawing."""
        if self.box is None:
            return {}
        lower, upper = common.corners(self.network, self.box)
        return {"frame": (*map(float, lower), *map(float, upper))}

    def rational(self) -> TropicalRational:
        pieces = affine_pieces(linear_regions(self.network, max_regions=self.max_regions))
        return pieces.rational(_checked(self.output, self.network))

    def polynomial(self) -> TropicalPolynomial:
        rational = self.rational()
        parts: dict[str, Callable[[], TropicalPolynomial]] = {
            "numerator": lambda: rational.numerator,
            "denominator": lambda: rational.denominator,
            "sum": lambda: rational.numerator + rational.denominator,
            "product": rational.common_refinement,
        }
        return parts[self.part or "numerator"]()


def _points(file: Path) -> np.ndarray[Any, Any]:
    """Points of a slice, the rows of an .npy file."""
    try:
        with file.open("rb") as stream:
            rows = np.load(stream, allow_pickle=False)
    except ValueError as problem:
        raise FormatError(f"{file}: not an .npy file of numbers: {problem}") from problem
    if not isinstance(rows, np.ndarray) or rows.ndim < 2:
        raise FormatError(f"{file}: must hold one array with a point in each row")
    return rows.reshape(len(rows), -1)


def _spread(bound: list[Fraction], size: int) -> list[Fraction]:
    if len(bound) not in (1, size):
        raise InputError(f"--box: give one number or {size}, one for each coordinate of the slice")
    return bound * size if len(bound) == 1 else bound


def _regions(request: _Request) -> tuple[Any, dict[str, Any]]:
    found = linear_regions(request.network, request.domain, max_regions=request.max_regions)
    return found, {"output": request.output, **request.style}


def _bent(request: _Request) -> tuple[Any, dict[str, Any]]:
    found = linear_regions(request.network, request.domain, max_regions=request.max_regions)
    return found.bent_hyperplane(request.unit), request.style


def _curve(request: _Request) -> tuple[Any, dict[str, Any]]:
    return request.polynomial(), {**request.frame, **request.style}


def _subdivision(request: _Request) -> tuple[Any, dict[str, Any]]:
    return request.polynomial().dual_subdivision(), request.style


def _dual(request: _Request) -> tuple[Any, dict[str, Any]]:
    if request.part is not None:
        return request.polynomial(), {**request.frame, **request.style}
    limits = {"output": request.output, "max_regions": request.max_regions}
    return request.network, {**request.frame, **limits, **request.style}


def _newton(request: _Request) -> tuple[Any, dict[str, Any]]:
    return request.rational(), request.style


def _zonotope(request: _Request) -> tuple[Any, dict[str, Any]]:
    return first_layer_zonotope(request.network), request.style


def _arrangement(request: _Request) -> tuple[Any, dict[str, Any]]:
    layer = request.network.layers[0]
    if layer.threshold is None:
        raise InputError("the first layer has no activation, so it makes no arrangement")
    offsets = (layer.threshold - layer.bias)[layer.tested]
    found = HyperplaneArrangement(layer.dense_weight[layer.tested], offsets)
    return found, {**request.frame, **request.style}


def _boundary(request: _Request) -> tuple[Any, dict[str, Any]]:
    if request.classes is None and request.network.n_outputs > 2:
        found: Any = argmax_boundary(
            request.network, request.domain, max_regions=request.max_regions
        )
        return found, request.style
    if request.through is not None:
        found = boundary_complex(
            request.network,
            classes=request.classes,
            domain=request.domain,
            max_regions=request.max_regions,
        )
        return found, request.style
    found = boundary_between(request.network, request.classes, max_regions=request.max_regions)
    return found, {**request.frame, **request.style}


_KINDS = {
    "regions": _regions,
    "boundary": _boundary,
    "bent": _bent,
    "curve": _curve,
    "subdivision": _subdivision,
    "dual": _dual,
    "newton": _newton,
    "zonotope": _zonotope,
    "arrangement": _arrangement,
}

_OF_A_SLICE = ("regions", "boundary", "bent")


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
    "--through",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Regions, boundary, bent: on the slice through 2, 3 or 4 points, rows of an .npy file; "
    "the first is the origin of the coordinates of the slice, the others the unit vectors.",
)
@click.option("--output-index", type=int, default=0, show_default=True, help="Which output of NET.")
@click.option(
    "--part",
    type=click.Choice(["numerator", "denominator", "sum", "product"]),
    help="Curve, subdivision, dual: of F (the default), G, F⊕G or F⊙G.",
)
@click.option("--unit", type=int, default=0, show_default=True, help="Bent: of which unit.")
@click.option(
    "--classes", nargs=2, type=int, metavar="I J", help="Boundary: between which outputs."
)
@click.option(
    "--colour-by",
    help="What colours say: for regions affine map, pattern, value or gradient; "
    "for curve, subdivision and dual cells or regions.",
)
@click.option("--lifted", is_flag=True, help="Subdivision, newton: with the lifts, as a roof.")
@click.option("--signs", is_flag=True, help="Zonotope, arrangement: write sign vectors.")
@click.option("--max-regions", type=click.IntRange(1), help="Stop when there are more.")
def command(
    kind: str,
    net: tuple[str, Network],
    file: Path,
    box: tuple[list[Fraction], list[Fraction]] | None,
    through: Path | None,
    output_index: int,
    part: str | None,
    unit: int,
    classes: tuple[int, int] | None,
    colour_by: str | None,
    lifted: bool,
    signs: bool,
    max_regions: int | None,
) -> None:
    """Draw NET into a file.

    KIND is one of: regions (linear regions), boundary (decision boundary, or where the largest of
    several outputs tie), bent (where one unit vanishes), curve (tropical curve of the numerator or
    another part), subdivision (its dual), dual (regions beside P(F) and P(G), or with --part a
    curve beside its subdivision), newton (Newton polytopes of numerator and denominator), zonotope
    and arrangement (of the first layer).
    """
    from polytropic import plotting

    style: dict[str, Any] = {} if colour_by is None else {"colour_by": colour_by}
    style |= {"lifted": True} if lifted else {}
    style |= {"sign_vectors": True} if signs else {}
    if through is not None and kind not in _OF_A_SLICE:
        raise InputError(f"--through is for {', '.join(_OF_A_SLICE)}, not for {kind}")
    if through is None and net[1].n_inputs > 3:
        advice = (
            "give two to four of its inputs with --through points.npy, for the slice they span"
            if kind in _OF_A_SLICE
            else f"draw its {', '.join(_OF_A_SLICE)} with --through points.npy instead"
        )
        raise InputError(
            f"the network has {net[1].n_inputs} inputs, and pictures at most 3: {advice}"
        )
    request = _Request(net[1], box, through, output_index, part, unit, classes, max_regions, style)
    obj, style = _KINDS[kind](request)
    drawing = plotting.plot_dual(obj, **style) if kind == "dual" else plotting.plot(obj, **style)
    click.echo(f"wrote {plotting.save(drawing, file)}")

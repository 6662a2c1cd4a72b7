"""``polytropic tropicalize``: a network as a quotient of tropical polynomials."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import click

from polytropic.cli import common
from polytropic.errors import InputError
from polytropic.networks.network import Network
from polytropic.networks.pieces import AffinePieces, affine_pieces
from polytropic.networks.regions import linear_regions
from polytropic.studies.depth import naive_monomials
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["command"]


@click.command("tropicalize")
@click.argument("net", type=common.NETWORK)
@click.option("--output-index", type=int, help="Only this output, counted from 0.")
@click.option("--terms", is_flag=True, help="Also list the monomials of F and G.")
@click.option("--max-regions", type=click.IntRange(1), help="Stop when there are more.")
@common.json_option
def command(
    net: tuple[str, Network],
    output_index: int | None,
    terms: bool,
    max_regions: int | None,
    as_json: bool,
) -> None:
    """Write every output of NET as F - G and count the vertices of their upper hulls.

    N(F), N(G) count the linear regions of the tropical polynomials F and G; N(F⊕G) those of their
    maximum, whose hypersurface contains the decision boundary; N(F⊙G) their common refinement.
    """
    path, network = net
    outputs = _chosen(network, output_index)
    start = perf_counter()
    pieces = affine_pieces(linear_regions(network, max_regions=max_regions))
    found = [_measure(network, pieces, output) for output in outputs]
    seconds = round(perf_counter() - start, 3)
    if as_json:
        if terms:
            found = [{**counts, **_terms(pieces, counts["output"])} for counts in found]
        common.print_json(
            {**common.describe(path, network), "components": found, "seconds": seconds}
        )
        return
    filled = common.table(["output", "N(F)", "N(G)", "N(F⊕G)", "N(F⊙G)", "monomials unsimplified"])
    for counts in found:
        sizes = [common.number(counts[key]) for key in _COLUMNS]
        filled.add_row(str(counts["output"]), *sizes, _size(counts))
    common.print_table(f"{path}: {network!r} as tropical rational functions F - G", filled)
    if terms:
        _print_terms(pieces, outputs)


_COLUMNS = ("n_numerator", "n_denominator", "n_sum", "n_product")


def _chosen(network: Network, index: int | None) -> list[int]:
    if index is None:
        return list(range(network.n_outputs))
    if not 0 <= index < network.n_outputs:
        raise InputError(
            f"--output-index {index}: the outputs are numbered 0 to {network.n_outputs - 1}"
        )
    return [index]


def _measure(network: Network, pieces: AffinePieces, output: int) -> dict[str, Any]:
    exact, log10 = naive_monomials(network, output)
    return {
        "output": output,
        "n_numerator": pieces.n_numerator(output),
        "n_denominator": pieces.n_denominator(output),
        "n_sum": pieces.n_sum(output),
        "n_product": pieces.n_product(output),
        "raw_monomials": exact,
        "log10_raw_monomials": log10,
    }


def _size(counts: dict[str, Any]) -> str:
    return common.large_number(counts["raw_monomials"], counts["log10_raw_monomials"])


def _terms(pieces: AffinePieces, output: int) -> dict[str, Any]:
    rational = pieces.rational(output)
    return {
        "numerator": _listed(rational.numerator),
        "denominator": _listed(rational.denominator),
    }


def _listed(f: TropicalPolynomial) -> dict[str, Any]:
    return {"exponents": f.exponents_exact, "coefficients": f.coefficients_exact}


def _print_terms(pieces: AffinePieces, outputs: list[int]) -> None:
    for output in outputs:
        rational = pieces.rational(output)
        for name, f in [("F", rational.numerator), ("G", rational.denominator)]:
            axes = [f"x{k}" for k in range(1, f.n_variables + 1)]
            filled = common.table(["monomial", *axes, "constant"])
            for place, (exponent, constant) in enumerate(f.terms(), 1):
                filled.add_row(str(place), *(f"{float(a):.6g}" for a in (*exponent, constant)))
            common.print_table(f"{name} of output {output}", filled)

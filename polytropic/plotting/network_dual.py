"""Regions of a network beside the upper hulls of its numerator and denominator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray
from polytropic.errors import InputError
from polytropic.networks.network import Network
from polytropic.networks.pieces import AffinePieces, affine_pieces
from polytropic.networks.regions import RegionComplex, linear_regions
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, drawn, label_axes, new_figure
from polytropic.plotting.duality import region_colours
from polytropic.plotting.fading import add_veil
from polytropic.plotting.frames import Frame, apply_frame, choose_frame
from polytropic.plotting.labels import Labels
from polytropic.plotting.marks import add_areas, add_lines, areas, segments
from polytropic.plotting.region_cells import facet_lists, region_lists, region_plane
from polytropic.plotting.style import FONT, INK, MEDIUM, SIZE, finer
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["draw_network_dual"]


@dataclass(frozen=True, eq=False)
class _Side:
    """Numerator or denominator: its polynomial, and which vertex wins on every region."""

    polynomial: TropicalPolynomial
    winners: IntArray

    @cached_property
    def colours(self) -> FloatArray:
        """Colour of the winner on every region, shape (n, 3)."""
        found: FloatArray = region_colours(self.polynomial)[self.winners]
        return found


def draw_network_dual(
    network: Network, given: Any, labels: bool, output: int, max_regions: int | None
) -> tuple[Drawing, Drawing, Drawing]:
    """Draw regions coloured like their vertices of P(F), then P(F) and P(G): see `plot_dual`."""
    if network.n_inputs != 2:
        raise InputError(
            f"plot_dual needs a network with two inputs, this one takes {network.n_inputs}"
        )
    if not 0 <= output < network.n_outputs:
        raise InputError(f"output {output}: the outputs are numbered 0 to {network.n_outputs - 1}")
    regions = linear_regions(network, max_regions=max_regions)
    pieces = affine_pieces(regions)
    numerator = _side(pieces, pieces.numerators[:, output])
    denominator = _side(pieces, pieces.denominators[:, output])
    left, middle, right = new_figure(3 * SIZE, SIZE).subplots(1, 3)
    first = _regions(regions, numerator, denominator, left, given, labels)
    found = [first]
    for ax, side, name in [(middle, numerator, "F"), (right, denominator, "G")]:
        found.append(
            draw(
                side.polynomial.dual_subdivision(),
                label_axes(ax, "$a_1$", "$a_2$"),
                colour_by="regions",
                labels="numbers" if labels else None,
            )
        )
        ax.set_title(f"$P({name})$ from above", fontsize=FONT + 1)
    left.set_title("regions", fontsize=FONT + 1)
    return found[0], found[1], found[2]


def _side(pieces: AffinePieces, rows: Any) -> _Side:
    terms = ExactArray(rows.copy(), pieces.scale)
    polynomial = TropicalPolynomial(terms[:, :-1], terms[:, -1])
    vertices = polynomial.dual_subdivision().vertices
    monomials = polynomial.terms()
    number = {monomials[monomial]: k for k, monomial in enumerate(vertices)}
    keys = terms.to_fractions().tolist()
    winners = [number[(tuple(row[:-1]), row[-1])] for row in keys]
    return _Side(polynomial, np.array(winners, dtype=np.int64))


def _regions(
    regions: RegionComplex,
    numerator: _Side,
    denominator: _Side,
    ax: Axes,
    given: Any,
    labels: bool,
) -> Drawing:
    """Activation regions in the colours of P(F); solid lines bend F, dashed ones only G."""
    label_axes(ax, "$x_1$", "$x_2$")
    plane = region_plane(regions, given)
    frame = choose_frame(given, ax, plane.vertices())
    pieces = plane.pieces(region_lists(regions), frame)
    shown = areas(pieces)
    fills = add_areas(
        ax,
        [pieces[i] for i in shown],
        facecolors=numerator.colours[shown],
        edgecolors="face",
        linewidths=0.2,
    )
    beside = regions.facet_table.regions
    bends = [
        side.winners[beside[:, 0]] != side.winners[beside[:, 1]]
        for side in (numerator, denominator)
    ]
    width = finer(1.3 * MEDIUM, len(shown))
    lines = []
    for chosen, style in [(bends[0], "solid"), (bends[1] & ~bends[0], (0, (3, 2)))]:
        facets = facet_lists(regions).chosen(np.flatnonzero(chosen & (beside[:, 1] >= 0)))
        found = plane.pieces(facets, frame)
        ends = [found[i] for i in segments(found)]
        lines.append(add_lines(ax, ends, linewidths=width, linestyles=style, colors=INK))
    texts = _texts(ax, frame, pieces, numerator, denominator) if labels else []
    veil = None if plane.is_bounded else add_veil(ax, frame)
    apply_frame(ax, frame)
    return drawn(ax, [fills, *lines, *texts, veil])


def _texts(
    ax: Axes, frame: Frame, pieces: list[FloatArray], numerator: _Side, denominator: _Side
) -> list[Any]:
    """One text for every pair of vertices, in the largest of its regions."""
    sizes = np.array([_area(piece) for piece in pieces])
    best: dict[tuple[int, int], int] = {}
    pairs = list(zip(numerator.winners.tolist(), denominator.winners.tolist(), strict=True))
    for k in np.argsort(sizes, kind="stable").tolist():
        best[pairs[k]] = k
    chosen = [k for k in best.values() if sizes[k] > 0]
    names = [f"{pairs[k][0]}, {pairs[k][1]}" for k in chosen]
    boxes = [tuple(denominator.colours[k].tolist()) for k in chosen]
    return list(Labels(ax, frame).inside([pieces[k] for k in chosen], names, boxes))


def _area(corners: FloatArray) -> float:
    if len(corners) < 3:
        return 0.0
    x, y = corners.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2

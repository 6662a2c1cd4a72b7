"""``polytropic demo``: from trained classifiers to tables and pictures of their geometry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from polytropic.cli import common
from polytropic.cli.bench import print_depth_table
from polytropic.cli.training import RECIPES, Classifier, train
from polytropic.errors import FormatError
from polytropic.networks.boundary import DecisionBoundary
from polytropic.networks.bounds import region_bound
from polytropic.networks.pieces import AffinePieces, affine_pieces
from polytropic.networks.regions import RegionComplex, linear_regions
from polytropic.networks.zonotopes import first_layer_zonotope, lifted_zonotopes
from polytropic.studies import depth
from polytropic.tropical.coloured import TieLocus

__all__ = ["command"]


@click.command("demo")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo_output",
    show_default=True,
    metavar="DIR",
    help="Where to write the pictures.",
)
@click.option("--quick", is_flag=True, help="Two networks only, PNG only, a shorter depth table.")
def command(output: Path, quick: bool) -> None:
    """Train small classifiers, count their tropical geometry exactly and draw it.

    Needs scikit-learn (pip install 'polytropic[demo]') and uses only the data that come with it.
    """
    start = perf_counter()
    recipes = RECIPES[1:3] if quick else RECIPES
    album = _Album(output, [".png"] if quick else [".png", ".pdf"])
    with common.progress_bar() as bar:
        task = bar.add_task("networks", total=len(recipes) + 1)
        for recipe in recipes:
            portrait = _Portrait(train(recipe))
            _report(portrait, _draw(portrait, album))
            bar.advance(task)
        _report_depth(album, quick)
        bar.advance(task)
    click.echo(
        f"{len(album.names)} pictures are in {album.folder.resolve()} "
        f"({', '.join(suffix[1:].upper() for suffix in album.suffixes)}); "
        f"{perf_counter() - start:.0f} s in all"
    )


# -- counting ------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class _Portrait:
    """The geometry of one classifier."""

    classifier: Classifier

    @cached_property
    def regions(self) -> RegionComplex:
        return linear_regions(self.classifier.network)

    @cached_property
    def inside(self) -> RegionComplex:
        return linear_regions(self.classifier.network, self.classifier.box)

    @cached_property
    def pieces(self) -> AffinePieces:
        return affine_pieces(self.regions)

    @cached_property
    def boundary(self) -> DecisionBoundary:
        """Where the most often confused classes tie, or a single output vanishes."""
        network = self.classifier.network
        if network.n_outputs == 1:
            return DecisionBoundary(network, _ties(self.pieces, 0, None), None)
        i, j = self.rivals
        return DecisionBoundary(network, _ties(self.pieces, i, j), (i, j))

    @cached_property
    def rivals(self) -> tuple[int, int]:
        """The two classes that are most often taken for each other."""
        values = self.classifier.network(self.classifier.points)
        mistakes = list(
            zip(self.classifier.labels.tolist(), values.argmax(axis=1).tolist(), strict=True)
        )
        pairs = combinations(range(len(self.classifier.classes)), 2)
        return max(pairs, key=lambda ij: mistakes.count(ij) + mistakes.count(ij[::-1]))

    @property
    def shown_output(self) -> int:
        """The output whose polynomials are drawn."""
        return 0 if self.classifier.network.n_outputs == 1 else self.rivals[0]

    @property
    def shown_name(self) -> str:
        """What that output stands for."""
        classes = self.classifier.classes
        return classes[1 if self.classifier.network.n_outputs == 1 else self.shown_output]

    def counts(self) -> Iterator[tuple[str, str, str]]:
        """Name, number over R^d, number in the box of the data."""
        network, everywhere, inside = self.classifier.network, self.regions, self.inside
        zonotope = first_layer_zonotope(network)
        yield "first-layer zonotope: vertices", common.number(zonotope.n_vertices), ""
        yield "… upper vertices", common.number(zonotope.n_upper_vertices), ""
        for name, count in [
            ("N(F), for every output", self.pieces.n_numerator),
            ("N(G)", self.pieces.n_denominator),
            ("N(F⊕G)", self.pieces.n_sum),
            ("N(F⊙G)", self.pieces.n_product),
        ]:
            numbers = [count(output) for output in range(network.n_outputs)]
            yield name, _compact(numbers), ""
        for name, key in [
            ("activation regions", "n_activation_regions"),
            ("linear regions", "n_linear_regions"),
            ("distinct affine maps", "n_affine_maps"),
        ]:
            here, there = getattr(everywhere, key), getattr(inside, key)
            yield name, common.number(here), common.number(there)
        yield "bound of Theorem 6.3", common.number(region_bound(network)), ""


def _ties(pieces: AffinePieces, i: int, j: int | None) -> TieLocus:
    rational = pieces.rational(i) if j is None else pieces.difference(i, j)
    return TieLocus(rational.numerator, rational.denominator)


def _compact(numbers: list[int]) -> str:
    if len(set(numbers)) == 1:
        return common.number(numbers[0])
    if len(numbers) > 3:
        return f"{min(numbers):,} to {max(numbers):,}"
    return ", ".join(map(common.number, numbers))


def _report(portrait: _Portrait, seconds_drawing: float) -> None:
    classifier = portrait.classifier
    start = perf_counter()
    rows = list(portrait.counts())
    seconds = perf_counter() - start
    filled = common.table(["", f"R^{classifier.network.n_inputs}", "data box"])
    for row in rows:
        filled.add_row(*row)
    filled.add_section()
    filled.add_row("training accuracy", "", f"{classifier.accuracy:.1%}")
    for name, value in [
        ("training", classifier.seconds),
        ("counting", seconds),
        ("drawing", seconds_drawing),
    ]:
        filled.add_row(f"seconds {name}", f"{value:.1f}", "")
    lower, upper = classifier.corners
    box = " × ".join(f"[{float(a)}, {float(b)}]" for a, b in zip(lower, upper, strict=True))
    common.print_table(
        f"{classifier.title}: {classifier.network!r}, {len(classifier.points):,} points in {box}",
        filled,
    )


# -- drawing -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Album:
    """A folder of pictures."""

    folder: Path
    suffixes: list[str]
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise FormatError(f"{self.folder} is a file; give a folder for the pictures")
        self.folder.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, figure: Any) -> None:
        from polytropic.plotting import save

        for suffix in self.suffixes:
            save(figure, self.folder / f"{name}{suffix}")
        self.names.append(name)


def _draw(portrait: _Portrait, album: _Album) -> float:
    start = perf_counter()
    draw = _draw_flat if portrait.classifier.network.n_inputs == 2 else _draw_in_space
    draw(portrait, album, portrait.classifier.recipe.name)
    return perf_counter() - start


def _draw_flat(portrait: _Portrait, album: _Album, name: str) -> None:
    from polytropic.cli import pictures

    classifier, output = portrait.classifier, portrait.shown_output
    album.add(f"{name}-regions", pictures.flat_picture(classifier))
    numerator = portrait.pieces.rational(output).numerator
    label = f"F for {portrait.shown_name}"
    album.add(f"{name}-curve", pictures.curve_picture(classifier, numerator, label))
    bodies: list[Any] = [("first-layer zonotope", first_layer_zonotope(classifier.network))]
    if (pair := lifted_zonotopes(classifier.network)) is not None:
        bodies += zip(["numerator P(F)", "denominator P(G)"], pair, strict=True)
    album.add(f"{name}-zonotope", pictures.solids_picture(bodies))
    i, j = portrait.boundary.classes or (1, 0)
    rivals = classifier.classes[i], classifier.classes[j]
    album.add(f"{name}-boundary", pictures.boundary_picture(classifier, portrait.boundary, rivals))


def _draw_in_space(portrait: _Portrait, album: _Album, name: str) -> None:
    from polytropic.cli import pictures

    album.add(f"{name}-regions", pictures.space_picture(portrait.classifier))
    rational = portrait.pieces.rational(portrait.shown_output)
    bodies = [
        ("Newton polytope of F", rational.numerator.newton_polytope()),
        ("Newton polytope of G", rational.denominator.newton_polytope()),
    ]
    album.add(f"{name}-newton", pictures.solids_picture(bodies))


# -- depth ---------------------------------------------------------------------------------------
def _report_depth(album: _Album, quick: bool) -> None:
    from polytropic.cli import pictures

    depths, seeds = (range(1, 5), range(2)) if quick else (range(1, 6), range(5))
    rows = list(depth.run(depth.FAMILIES, [2], [4], depths, seeds))
    print_depth_table(rows)
    for sentence in depth.reading(rows):
        common.print_line(sentence)
    album.add("depth", pictures.depth_picture(rows))

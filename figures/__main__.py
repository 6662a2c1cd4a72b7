"""Draw figures: ``python -m figures [--small] [--output FOLDER] [NAME ...]``."""

import time
from pathlib import Path

import click

from figures import FROM_DATA, NAMES, load
from figures.data import data_folder
from figures.style import build

_HERE = Path(__file__).parent


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[NAME]...")
@click.option("--small", is_flag=True, help="Smaller networks: every figure in seconds.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=_HERE / "out",
    help="Folder to write into (figures/out).",
)
def main(names: tuple[str, ...], small: bool, output: Path) -> None:
    """Draw the figures with the given NAMES (all by default) as PDF and PNG."""
    output.mkdir(parents=True, exist_ok=True)
    for name in names or NAMES:
        if name in FROM_DATA and data_folder() is None:
            click.echo(f"{name}: left out, because POLYTROPIC_DATA names no folder of real data")
            continue
        start = time.perf_counter()
        pdf, png = build(load(name).make, name, output, small=small)
        if name == "readme" and not small:
            # The README shows this one, so it is kept in the repository.
            (_HERE / "readme.png").write_bytes(png.read_bytes())
        click.echo(f"{name}: {pdf}, {png} ({time.perf_counter() - start:.1f} s)")


if __name__ == "__main__":
    main()

"""Set up the peers, ask them, and print what they answered beside what we did."""

import sys
from pathlib import Path

import click

from benchmarks.measuring import header
from benchmarks.peers.cases import TABLES
from benchmarks.peers.environment import default_folder, set_up, versions
from benchmarks.peers.programs import PEERS
from benchmarks.peers.tables import asker, show_table


@click.command()
@click.option("--setup", is_flag=True, help="First install the peers that are not there.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Their virtual environment [default: in the cache of the user, or POLYTROPIC_PEERS].",
)
@click.option("--patience", default=60.0, show_default=True, help="Seconds for one question.")
@click.option("--only", multiple=True, metavar="WORD", help="Only tables with this in the title.")
@click.option("--all", "everything", is_flag=True, help="Also the long questions.")
def main(
    setup: bool, folder: Path | None, patience: float, only: tuple[str, ...], everything: bool
) -> None:
    """Compare with other programs on the same inputs; fail when one of our counts is wrong."""
    sys.exit(0 if run(setup, folder or default_folder(), patience, only, everything) else 1)


def run(
    setup: bool, folder: Path, patience: float, only: tuple[str, ...], everything: bool
) -> bool:
    """Set up if asked to, ask, print, and say whether all our counts are right."""
    if setup:
        for package in set_up(folder, PEERS):
            click.echo(f"{package} could not be installed")
    there = versions(folder, PEERS)
    click.echo(header())
    click.echo("Peers: " + (", ".join(f"{n} {v}" for n, v in there.items()) or "none"))
    if missing := [peer.name for peer in PEERS if peer.name not in there]:
        click.echo(f"Not installed: {', '.join(missing)} (python -m benchmarks.peers --setup)")
    click.echo("Where a question has no number, our count stands for the right one.")
    ask_one, all_right = asker(folder, patience), True
    for title, cases in TABLES.items():
        if not only or any(word.lower() in title.lower() for word in only):
            all_right &= show_table(title, cases, ask_one, there, everything)
    return all_right


if __name__ == "__main__":
    main()

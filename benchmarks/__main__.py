"""A selection of all benchmarks, in less than five minutes."""

import sys

import click

from benchmarks import (
    boundaries,
    minkowski,
    polytopes,
    real_networks,
    regions,
    supports,
    tropical,
    tropical_evaluation,
    tropicalizing,
    zonotopes,
)
from benchmarks.measuring import header
from benchmarks.peers.__main__ import run as run_peers
from benchmarks.peers.environment import default_folder
from polytropic.cli.bench import print_depth_table
from polytropic.studies import depth


def main() -> None:
    """Run the selection; fail when one of our counts is wrong."""
    click.echo(header())
    verdicts = [
        benchmark.run(False)
        for benchmark in (
            regions,
            real_networks,
            zonotopes,
            polytopes,
            minkowski,
            supports,
            tropical,
            tropical_evaluation,
            tropicalizing,
            boundaries,
        )
    ]
    rows = list(depth.run(depth.FAMILIES, [2, 3], [4, 6], range(1, 5), range(3)))
    print_depth_table(rows)
    for sentence in depth.reading(rows):
        click.echo(sentence)
    # The peers that are installed (python -m benchmarks.peers --setup); the others are named.
    verdicts.append(run_peers(False, default_folder(), 20.0, ("degenerate",), False))
    sys.exit(0 if all(verdicts) else 1)


if __name__ == "__main__":
    main()

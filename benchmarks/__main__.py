"""A selection of all benchmarks, in less than five minutes."""

import sys

import click

from benchmarks import minkowski, polytopes, real_networks, regions, supports, zonotopes
from benchmarks.measuring import header
from polytropic.cli.bench import print_depth_table
from polytropic.studies import depth


def main() -> None:
    """Run the selection; fail when one of our counts is wrong."""
    click.echo(header())
    verdicts = [
        benchmark.run(False)
        for benchmark in (regions, real_networks, zonotopes, polytopes, minkowski, supports)
    ]
    rows = list(depth.run(depth.FAMILIES, [2, 3], [4, 6], range(1, 5), range(3)))
    print_depth_table(rows)
    for sentence in depth.reading(rows):
        click.echo(sentence)
    sys.exit(0 if all(verdicts) else 1)


if __name__ == "__main__":
    main()

"""The command line: thin, one verb per question."""

from __future__ import annotations

import click

from polytropic import __version__
from polytropic.cli import bench, demo, plot, regions, tropicalize, zonotope
from polytropic.cli.common import PoliteGroup

__all__ = ["main"]


@click.group(cls=PoliteGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Tropical geometry of ReLU networks, exactly.

    NET is a network file: .npz, .nnet or .onnx.
    """


for verb in (regions, zonotope, tropicalize, plot, bench, demo):
    main.add_command(verb.command)

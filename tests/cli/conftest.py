"""Networks in files, and a way to run the command line on them."""

import json

import pytest
from click.testing import CliRunner

from polytropic import (
    folding_network,
    random_integer_network,
    random_network,
    save_network,
    tent_network,
)
from polytropic.cli import main

NETWORKS = {
    "tent": tent_network(4),
    "fold": folding_network(2, 2, 2),
    "generic": random_network(2, [6], rng=0),
    "several": random_integer_network(2, [4, 3], 3, rng=0),
    "space": random_network(3, [4], rng=1),
    "wide": random_network(40, [60], rng=0),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a folder that holds the networks."""
    monkeypatch.chdir(tmp_path)
    for name, net in NETWORKS.items():
        save_network(net, f"{name}.npz")
    return tmp_path


@pytest.fixture
def run():
    """Run ``polytropic`` and expect success."""

    def call(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.stderr or result.output
        assert not result.stderr
        return result.stdout

    return call


@pytest.fixture
def run_json(run):
    """Run ``polytropic … --json`` and read the one object that it prints."""

    def call(*arguments):
        text = run(*arguments, "--json")
        assert text.count("\n") == 1
        return json.loads(text)

    return call


@pytest.fixture
def fail():
    """Run ``polytropic`` and expect one line on stderr, exit code 2 and nothing else."""

    def call(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 2, result.output
        assert isinstance(result.exception, SystemExit)
        assert not result.stdout
        assert "Traceback" not in result.stderr
        (line,) = result.stderr.splitlines()
        assert line.startswith("polytropic: ")
        return line

    return call

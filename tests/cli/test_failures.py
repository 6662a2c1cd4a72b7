"""Everything that can be wrong with a call: one line on stderr, exit code 2."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from polytropic import __version__
from polytropic.cli import main

VERBS = ("regions", "zonotope", "tropicalize", "plot", "bench", "demo")


def test_version_and_help():
    result = CliRunner().invoke(main, ["--version"], prog_name="polytropic")
    assert (result.exit_code, result.stdout) == (0, f"polytropic {__version__}\n")
    listed = CliRunner().invoke(main, ["-h"])
    assert all(verb in listed.stdout for verb in VERBS)
    for verb in VERBS:
        assert CliRunner().invoke(main, [verb, "--help"]).exit_code == 0


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (None, "missing.npz", "does not exist"),
        (b"PK\x03\x04 and then nothing", "broken.npz", "broken.npz"),
        (b"", "empty.nnet", "empty.nnet"),
        (b"1,2,3", "net.txt", "known network format"),
    ],
)
@pytest.mark.parametrize("verb", [["regions"], ["zonotope"], ["tropicalize"], ["plot", "regions"]])
def test_bad_networks(folder, fail, verb, content, name, message):
    if content is not None:
        (folder / name).write_bytes(content)
    output = ["-o", "x.png"] if verb[0] == "plot" else []
    assert message in fail(*verb, name, *output)
    assert not (folder / "x.png").exists()


def test_a_folder_is_no_network(fail):
    assert "directory" in fail("regions", ".")


def test_nan_in_a_network(folder, fail):
    np.savez(folder / "nan.npz", W1=[[np.nan]], b1=[0.0])
    assert "nan" in fail("regions", "nan.npz").lower()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "neither JSON nor .npz"),
        ("[1]", "one JSON object"),
        ("{}", "needs A and b"),
        ('{"A": [[1, 0]]}', "needs A and b"),
        ('{"A": [[1, 0]], "b": [1], "c": 1}', "unknown key 'c'"),
        ('{"A": [[1, 0]], "b": ["one"]}', "'one' is not a number"),
        ('{"A": [[1, 0], [1]], "b": [1, 1]}', "ragged"),
        ('{"A": [[1]], "b": [1]}', "2 inputs"),
        ('{"A": [[1, 0], [-1, 0]], "b": [-1, -1]}', "empty"),
        ('{"A": [[NaN, 0]], "b": [1]}', "finite"),
    ],
)
def test_bad_domains(folder, fail, text, message):
    (folder / "d.json").write_text(text)
    assert message in fail("regions", "fold.npz", "--domain", "d.json")


def test_missing_and_broken_domain_files(folder, fail):
    assert "d.json: No such file" in fail("regions", "fold.npz", "--domain", "d.json")
    assert "d.npz: No such file" in fail("regions", "fold.npz", "--domain", "d.npz")
    (folder / "d.npz").write_bytes(b"nothing of the kind")
    assert "d.npz" in fail("regions", "fold.npz", "--domain", "d.npz")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--box", "1", "0"], "lower[0] exceeds upper[0]"),
        (["--box", "0,0,0", "1,1,1"], "--box has 3 coordinates but the network takes 2"),
        (["--box", "0", "1", "--domain", "d.json"], "not both"),
        (["--max-regions", "5"], "more than 5"),
    ],
)
def test_bad_boxes_and_budgets(fail, options, message):
    assert message in fail("regions", "fold.npz", *options)


@pytest.mark.parametrize(
    "arguments",
    [
        ["regions"],
        ["regions", "tent.npz", "--box", "0", "one"],
        ["regions", "tent.npz", "--box", "0", "1/0"],
        ["regions", "tent.npz", "--nonsense"],
        ["plot", "nothing", "tent.npz", "-o", "x.png"],
        ["nothing"],
        ["bench", "depth", "--dims", "two"],
        ["bench", "depth", "--family", "hat"],
    ],
)
def test_wrong_usage(arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert not result.stdout
    assert "Error:" in result.stderr


def test_the_real_program(folder):
    """Through a process of its own: exit code, streams, no traceback."""
    command = [sys.executable, "-m", "polytropic", "regions"]
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(
        [*command, "fold.npz", "--json"], capture_output=True, env=environment, check=True
    )
    assert json.loads(done.stdout)["activation_regions"] == 36
    assert not done.stderr
    failed = subprocess.run([*command, "no.npz"], capture_output=True, env=environment)
    assert failed.returncode == 2
    assert failed.stdout == b""
    assert failed.stderr.startswith(b"polytropic: no.npz")


def test_starting_imports_nothing_heavy():
    code = (
        "import sys, polytropic.cli; "
        "print([m for m in ('matplotlib', 'sklearn', 'onnx', 'torch', 'shapely', 'rich') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_numbers_are_never_shortened(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    narrow = run("tropicalize", "several.npz")
    assert "…" not in narrow
    monkeypatch.setenv("COLUMNS", "200")
    wide = run("tropicalize", "several.npz")
    assert narrow.split() == wide.split()

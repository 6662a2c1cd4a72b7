"""``polytropic bench depth``: its file, its table, its interruptions."""

import csv
import json
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from polytropic.cli import main
from polytropic.cli.common import large_number
from polytropic.studies import depth
from polytropic.studies.depth import measuring

CALL = ["bench", "depth", "--dims", "2", "--widths", "2", "4", "--depths", "1..3", "--seeds", "2"]
CALL += ["--family", "tent", "folding", "random", "--output", "runs.jsonl"]


def without_timings(file):
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return [{k: v for k, v in row.items() if k not in depth.MEASURED} for row in rows]


def test_one_line_for_every_run(folder, run):
    run(*CALL)
    rows = without_timings(folder / "runs.jsonl")
    assert len(rows) == 3 + 3 + 2 * 3 * 2
    tents = [row for row in rows if row["family"] == "tent"]
    assert [(row["depth"], row["linear_regions"], row["n_denominator"]) for row in tents] == [
        (1, 3, 2),
        (2, 6, 4),
        (3, 10, 8),
    ]
    assert {tuple(row["widths"]) for row in rows if row["family"] == "folding"} == {
        (4,),
        (4, 4),
        (4, 4, 4),
    }
    assert {row["seed"] for row in rows if row["family"] == "random"} == {0, 1}
    assert all("polytropic" in row["environment"] and row["exact"] for row in rows)


def test_the_table(folder, run):
    text = run("bench", "depth", "--family", "tent", "--depths", "1..6")
    lines = [line.split() for line in text.splitlines() if line.strip().startswith("tent  ")]
    table = [[3, 3, 2, 2, 3], [6, 5, 4, 4, 9], [10, 9, 6, 8, 27], [18, 17, 10, 16, 81]]
    table += [[34, 33, 18, 32, 243], [66, 65, 34, 64, 729]]
    columns = "family d widths seeds monomials F G sum product PF PG activation linear maps bound"
    place = {name: index for index, name in enumerate(columns.split())}
    found = [
        [int(line[place[name]]) for name in ("linear", "maps", "F", "G", "bound")] for line in lines
    ]
    assert found == table
    assert "grow exponentially with depth for tent" in " ".join(text.split())
    assert not list(folder.glob("*.jsonl"))


def test_json(run_json):
    found = run_json("bench", "depth", "--family", "tent", "--depths", 2, 4)
    assert [row["linear_regions"] for row in found["rows"]] == [6, 18]
    assert found["rows"][0]["raw_monomials"] == 16
    assert all(isinstance(sentence, str) for sentence in found["reading"])


def test_ranges_and_several_values_are_the_same(run_json):
    calls = [
        ["--depths", "1..3", "--dims", "2", "3"],
        ["--depths", "1", "--depths", "2", "--depths", "3", "--dims", "2..3"],
        ["--dims", "2", "3", "--depths", "1", "2..3"],
    ]
    options = ["--family", "random", "--widths", "2", "--seeds", "1"]
    found = [run_json("bench", "depth", *call, *options)["rows"] for call in calls]
    shapes = [[(row["d"], row["widths"]) for row in rows] for rows in found]
    assert shapes[0] == shapes[1] == shapes[2]
    assert len(shapes[0]) == 6


@pytest.mark.parametrize(
    "after", [pytest.param(0, marks=pytest.mark.slow), 1, pytest.param(7, marks=pytest.mark.slow)]
)
def test_interrupted_and_started_again(folder, run, monkeypatch, after):
    run(*CALL)
    file = folder / "runs.jsonl"
    whole = without_timings(file)
    file.unlink()
    calls = []

    def measure(case, **options):
        assert len(without_timings(file)) == len(calls)  # every row is written at once
        if len(calls) == after:
            raise KeyboardInterrupt
        calls.append(case)
        return real(case, **options)

    real = measuring.measure_case
    monkeypatch.setattr(measuring, "measure_case", measure)
    result = CliRunner().invoke(main, CALL)
    assert result.exit_code == 1
    assert "Aborted" in result.stderr
    assert len(without_timings(file)) == after
    # A machine that goes down can leave half a line behind.
    with file.open("a") as stream:
        stream.write(json.dumps(whole[after])[:40])
    monkeypatch.setattr(
        measuring, "measure_case", lambda case, **o: calls.append(case) or real(case, **o)
    )
    run(*CALL)
    assert without_timings(file) == whole
    assert len(calls) == len(whole)  # nothing was measured twice


def test_killed_and_started_again(folder, run):
    run(*CALL)
    file = folder / "runs.jsonl"
    whole = without_timings(file)
    file.unlink()
    process = subprocess.Popen([sys.executable, "-m", "polytropic", *CALL])
    while not (file.exists() and file.read_bytes().count(b"\n") >= 2) and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    process.wait()
    run(*CALL)
    assert without_timings(file) == whole


@pytest.mark.slow
def test_workers_write_the_same_file(folder, run):
    call = ["bench", "depth", "--family", "tent", "--depths", "1..4", "--output"]
    run(*call, "one.jsonl")
    run(*call, "two.jsonl", "--workers", 2)
    assert without_timings(folder / "one.jsonl") == without_timings(folder / "two.jsonl")


def test_done_runs_are_read_not_repeated(folder, run, run_json, monkeypatch):
    run(*CALL)
    before = (folder / "runs.jsonl").read_bytes()
    monkeypatch.setattr(measuring, "measure_case", None)
    found = run_json(*CALL)
    assert len(found["rows"]) == 18
    assert (folder / "runs.jsonl").read_bytes() == before


def test_a_larger_budget_asks_again(folder, run_json):
    call = ["bench", "depth", "--family", "tent", "--depths", "3", "--output", "runs.jsonl"]
    found = [run_json(*call, "--max-regions", n)["rows"][0] for n in (5, 4, 10)]
    assert [row["linear_regions"] for row in found] == [None, None, 10]
    assert len(without_timings(folder / "runs.jsonl")) == 2
    assert [row.linear_regions for row in depth.read_rows(folder / "runs.jsonl")] == [10]


def test_csv_and_latex(folder, run):
    call = ["bench", "depth", "--family", "random", "--depths", "1", "2"]
    run(*call, "--csv", "t.csv", "--latex", "t.tex")
    with (folder / "t.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["bound"] for row in rows] == ["11", "121"]
    for row in rows:
        low, middle, high = (float(row[f"n_product{end}"]) for end in ("_min", "", "_max"))
        assert low <= middle <= high
    text = (folder / "t.tex").read_text()
    assert text.count("\\\\\n") == 3
    assert {line.count("&") for line in text.splitlines() if "&" in line} == {15}


def test_a_file_of_something_else_is_left_alone(folder, fail):
    file = folder / "runs.jsonl"
    for text in ('{"a": 1}\n', "hello\n", '[1, 2]\n{"x"'):
        file.write_text(text)
        assert "line 1, is no row" in fail(*CALL)
        assert file.read_text() == text


def test_no_such_shape(fail):
    options = ["--family", "folding", "--dims", 3, "--widths", 4]
    assert "multiple of the dimension" in fail("bench", "depth", *options)


def test_over_the_budget_there_are_dashes(run, run_json):
    call = ["bench", "depth", "--family", "tent", "--depths", "4", "5", "--max-regions", "20"]
    four, five = run_json(*call)["rows"]
    assert (four["linear_regions"], five["linear_regions"]) == (18, None)
    text = run(*call)
    (line,) = [line.split() for line in text.splitlines() if " 2×5 " in line]
    assert line[5:14] == ["–"] * 9
    assert line[14] == "243"
    assert "tent, d = 1, 2×5: 1 of 1; " in text


def test_a_plot(folder, run):
    run(*CALL[:-2], "--plot", "depth.png")
    assert (folder / "depth.png").read_bytes().startswith(b"\x89PNG")


def test_large_numbers():
    assert large_number(65536, 4.8) == "65,536"
    assert large_number(10**12, 12.0) == "1.0e12"
    assert large_number(None, 99.99) == "9.8e99"
    assert large_number(None, 99.9999) == "1.0e100"
    assert large_number(None, 123456.7) == "10^123,457"

"""Peers are asked in processes of their own; here fakes answer."""

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.measuring import Run
from benchmarks.peers import tables
from benchmarks.peers.asking import ask
from benchmarks.peers.cases import DEGENERATE, TABLES, Case
from benchmarks.peers.environment import versions
from benchmarks.peers.programs import ADAPTERS, OURS, PEERS

FAKE = f"""
import sys
sys.path.insert(0, {str(ADAPTERS)!r})
from protocol import answer
def fails(question): raise ZeroDivisionError
def sleeps(question): import time; time.sleep(60)
answer(dict(sums=lambda q: q["x"].sum(), fails=fails, sleeps=sleeps,
            talks=lambda q: print("hello") or 1, dies=lambda q: __import__("os")._exit(3)))
"""


@pytest.fixture
def fake(tmp_path):
    file = tmp_path / "ask_fake.py"
    file.write_text(FAKE)
    return lambda task, patience=30: ask(
        Path(sys.executable), file, task, {"x": np.arange(5)}, patience
    )


def test_answers_and_failures(fake):
    assert fake("sums").count == 10
    assert fake("talks").count == 1
    assert fake("fails").problem == "ZeroDivisionError"
    assert fake("dies").problem == "exit code 3"
    assert fake("sleeps", 1.0).problem == "over 1 s"


def test_a_table_marks_counts_and_names_who_is_missing():
    case = Case("three lines", "regions", {}, 6, "regioncam affinitree relucent shapely")
    counts = {OURS.name: Run(6, 0.5), "regioncam": Run(6, 10.0), "affinitree": Run(8, 0.25)}
    counts["relucent"] = Run(None, 0.0, "ValueError")
    lines, right = tables.lines_of(
        case, lambda program, task, arrays: counts[program.name], list(counts)
    )
    assert right
    assert [line[1:] for line in lines] == [
        ["polytropic", "6", "right", "0.5000", ""],
        ["regioncam", "6", "right", "10.00", "20×"],
        ["affinitree", "8", "WRONG", "0.2500", "0.5×"],
        ["relucent", "–", "ValueError", "–", "–"],
        ["shapely", "–", "not installed", "–", "–"],
    ]
    counts[OURS.name] = Run(7, 0.5)
    assert not tables.lines_of(case, lambda p, *_: counts[p.name], [])[1]


def test_every_question_names_known_peers_and_every_peer_has_an_adapter():
    names = {peer.name for peer in PEERS}
    for case in (case for cases in TABLES.values() for case in cases):
        assert set(case.peers.split()) <= names
    assert all(program.adapter.exists() for program in (OURS, *PEERS))


def test_ours_through_its_adapter():
    case = DEGENERATE[0]
    assert ask(Path(sys.executable), OURS.adapter, case.task, case.arrays, 60).count == 6


def test_no_environment_has_no_peers(tmp_path):
    assert versions(tmp_path, PEERS) == {}

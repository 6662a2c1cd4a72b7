"""Asking everybody about everything, side by side."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.measuring import Run, show
from benchmarks.peers.asking import ask
from benchmarks.peers.cases import Case
from benchmarks.peers.environment import python_in
from benchmarks.peers.programs import OURS, PEERS, Program

Ask = Callable[[Program, str, Mapping[str, Any]], Run]

COLUMNS = ["question", "program", "count", "", "CPU s", "/ ours"]


def asker(folder: Path, patience: float) -> Ask:
    """Ask ours with this interpreter and peers with that of their environment."""

    def one(program: Program, task: str, arrays: Mapping[str, Any]) -> Run:
        python = Path(sys.executable) if program is OURS else python_in(folder)
        return ask(python, program.adapter, task, arrays, patience)

    return one


def lines_of(case: Case, ask_one: Ask, there: Iterable[str]) -> tuple[list[list[str]], bool]:
    """Lines of a table about one question, and whether our count is right."""
    ours = ask_one(OURS, case.task, case.arrays)
    truth = ours.count if case.truth is None else case.truth
    question = case.name if case.truth is None else f"{case.name} = {truth:,}"
    lines = [[question, OURS.name, *_cells(ours, truth, None)]]
    for peer in PEERS:
        if peer.name not in case.peers.split():
            continue
        if peer.name in there:
            cells = _cells(ask_one(peer, case.task, case.arrays), truth, ours)
        else:
            cells = ["–", "not installed", "–", "–"]
        lines.append(["", peer.name, *cells])
    return lines, ours.count is not None and ours.count == truth


def _cells(run: Run, truth: int | None, ours: Run | None) -> list[str]:
    """Count, verdict, seconds and how many times ours that is."""
    count = "–" if run.count is None else f"{run.count:,}"
    verdict = run.problem or ("right" if run.count == truth else "WRONG")
    if run.count is None:
        return [count, verdict, "–", "–" if ours else ""]
    seconds = f"{run.seconds:.4f}" if run.seconds < 1 else f"{run.seconds:.2f}"
    if ours is None:
        return [count, verdict, seconds, ""]
    if not ours.seconds:
        return [count, verdict, seconds, "–"]
    ratio = run.seconds / ours.seconds
    return [count, verdict, seconds, f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2g}×"]


def show_table(
    title: str, cases: Iterable[Case], ask_one: Ask, there: Iterable[str], everything: bool
) -> bool:
    """Print one table; say whether all our counts are right."""
    rows: list[list[str]] = []
    all_right = True
    for case in cases:
        if case.long and not everything:
            continue
        lines, right = lines_of(case, ask_one, there)
        rows += lines
        all_right &= right
    show(title, COLUMNS, rows)
    return all_right

"""How a peer is asked: ``python ask_peer.py TASK question.npz answer.json``.

The question is a file of arrays, the answer a JSON object with a count, CPU seconds of this one
process (the median of up to five runs, without imports) and what went wrong, if anything did.
The answer is a file because peers print what they like.  Imports nothing but NumPy and the peer.
"""

import json
import statistics
import sys
from collections.abc import Callable, Mapping
from time import process_time
from typing import Any

import numpy as np

ENOUGH = 2.0  # seconds after which a run is not repeated
REPEATS = 5

Question = dict[str, np.ndarray]


def layers(question: Question) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights (out, in) and biases of the layers of a network, each followed by ReLU."""
    n = len(question) // 2
    return [(question[f"w{i}"], question[f"b{i}"]) for i in range(n)]


def answer(tasks: Mapping[str, Callable[[Question], int]]) -> None:
    """Do the task that the command line names and write the answer."""
    task, source, target = sys.argv[1:4]
    with np.load(source) as archive:
        question = {name: archive[name] for name in archive.files}
    found: dict[str, Any] = {"count": None, "seconds": None, "problem": ""}
    seconds: list[float] = []
    try:
        while len(seconds) < REPEATS and sum(seconds) < ENOUGH:
            start = process_time()
            found["count"] = int(tasks[task](question))
            seconds.append(process_time() - start)
        found["seconds"] = statistics.median(seconds)
    except Exception as problem:  # a peer may fail in any way, and that is a result
        found["problem"] = type(problem).__name__
    with open(target, "w", encoding="utf-8") as file:
        json.dump(found, file)

"""Asking a program about one input, in a process of its own."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.measuring import Run

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def ask(python: Path, adapter: Path, task: str, arrays: Mapping[str, Any], patience: float) -> Run:
    """Run an adapter; what it does not answer in `patience` seconds is a problem of its own."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "question.npz"), Path(folder, "answer.json")
        np.savez(source, **arrays)
        command = [str(python), str(adapter), task, str(source), str(target)]
        environment = {**os.environ, **dict.fromkeys(_THREADS, "1")}
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=patience, check=False, env=environment
            )
        except subprocess.TimeoutExpired:
            return Run(None, patience, f"over {patience:g} s")
        if not target.exists():
            return Run(None, 0.0, f"exit code {done.returncode}")
        found = json.loads(target.read_text(encoding="utf-8"))
    return Run(found["count"], found["seconds"] or 0.0, found["problem"])

"""The virtual environment of the peers."""

import json
import os
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.programs import Program

_PATIENCE = 1200  # seconds for one package

_LOOK = """
import importlib.metadata, importlib.util, json, sys
found = {}
for name, module, package in json.loads(sys.argv[1]):
    try:
        if importlib.util.find_spec(module):
            found[name] = importlib.metadata.version(package)
    except Exception:
        pass
print(json.dumps(found))
"""


def default_folder() -> Path:
    """The folder of the environment: in the cache of the user, or where POLYTROPIC_PEERS says."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("POLYTROPIC_PEERS") or Path(cache, "polytropic", "peers"))


def python_in(folder: Path) -> Path:
    """The interpreter of an environment."""
    names = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return folder.joinpath(*names)


def set_up(folder: Path, programs: Sequence[Program]) -> list[str]:
    """Install what the programs need, each on its own; return the packages that did not install."""
    if not python_in(folder).exists():
        venv.create(folder, with_pip=True)
    failed = []
    for package in dict.fromkeys(["numpy", *(program.package for program in programs)]):
        command = [str(python_in(folder)), "-m", "pip", "install", "--quiet", package]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
            installed = done.returncode == 0
        except subprocess.TimeoutExpired:
            installed = False
        if not installed:
            failed.append(package)
    return failed


def versions(folder: Path, programs: Sequence[Program]) -> dict[str, str]:
    """Versions of the programs that are there, by name."""
    python = python_in(folder)
    if not python.exists():
        return {}
    wanted = json.dumps([[p.name, p.module, p.package] for p in programs])
    done = subprocess.run(
        [str(python), "-c", _LOOK, wanted], capture_output=True, text=True, check=False
    )
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {}

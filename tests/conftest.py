"""What every test shares: the real data, the settings of hypothesis and of matplotlib."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from polytropic.geometry.subdividing import loops

# Before anything imports matplotlib: tests draw into memory, also where there is a screen.
os.environ["MPLBACKEND"] = "Agg"

# Exact arithmetic takes long on some examples, so no example has a deadline. In CI the examples
# are the same every time; choose with `pytest --hypothesis-profile=thorough` when hunting.
settings.register_profile("default", deadline=None, derandomize="CI" in os.environ)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile("default")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real networks, images and polytopes, named by POLYTROPIC_DATA."""
    folder = os.environ.get("POLYTROPIC_DATA")
    if not folder:
        pytest.skip("needs the real data: set POLYTROPIC_DATA to its folder")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"POLYTROPIC_DATA names {folder!r}, which is not a folder")
    return path


@pytest.fixture(scope="module", params=["Python", "compiled"])
def way_of_cutting(request):
    """Cut cells in plain Python only, or in compiled loops only."""
    chosen = loops.worth_compiling
    loops.worth_compiling = lambda seconds: request.param == "compiled"
    yield request.param
    loops.worth_compiling = chosen

"""What every test shares: the real data, the settings of hypothesis and of matplotlib."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from polytropic.geometry.subdividing import loops
from polytropic.networks.regions import stages

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


@pytest.fixture(
    scope="module", params=[pytest.param("Python", marks=pytest.mark.slow), "compiled", "wide"]
)
def way_of_cutting(request):
    """Cut cells in plain Python only, in compiled loops only, or as stages too wide to carry."""
    chosen, most = loops.worth_compiling, stages._MOST_CARRIED
    loops.worth_compiling = lambda seconds: request.param != "Python"
    stages._MOST_CARRIED = 0 if request.param == "wide" else most
    yield request.param
    loops.worth_compiling, stages._MOST_CARRIED = chosen, most

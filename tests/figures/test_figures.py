"""Every figure can be drawn again, by its script alone."""

import ast
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure
from PIL import Image

import figures
from figures.__main__ import main
from figures.data import data_folder
from figures.style import build, style

FOLDER = Path(figures.__file__).parent


def skip_without_data(name):
    if name in figures.FROM_DATA and data_folder() is None:
        pytest.skip("needs the real data: set POLYTROPIC_DATA to its folder")


def size_of(file):
    with Image.open(file) as picture:
        return picture.size


@pytest.mark.parametrize("name", figures.NAMES)
def test_every_figure_is_made_small(name, tmp_path):
    skip_without_data(name)
    before = dict(matplotlib.rcParams)
    committed = (FOLDER / "readme.png").read_bytes()
    done = CliRunner().invoke(main, ["--small", "--output", str(tmp_path), name])
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{name}.pdf", f"{name}.png"]
    assert dict(matplotlib.rcParams) == before
    assert (FOLDER / "readme.png").read_bytes() == committed
    width, height = size_of(tmp_path / f"{name}.png")
    assert width > height > 300


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    make = figures.load("layer_zonotopes").make
    files = [build(make, str(i), tmp_path, seed=4, small=True) for i in range(2)]
    for first, second in zip(*files, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_scripts_say_what_they_draw():
    for name in figures.NAMES:
        script = figures.load(name)
        assert "Zhang, Naitzat and Lim" in script.__doc__ or "Alfarra" in script.__doc__


def test_every_script_is_listed():
    found = set()
    for file in FOLDER.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "make" for node in tree.body):
            found.add(file.stem)
    assert found == set(figures.NAMES)


@pytest.mark.parametrize("name", figures.FROM_DATA)
def test_without_the_real_data_a_figure_is_left_out(name, tmp_path, monkeypatch):
    monkeypatch.delenv("POLYTROPIC_DATA", raising=False)
    done = CliRunner().invoke(main, ["--small", "--output", str(tmp_path), name])
    assert done.exit_code == 0, done.output
    assert "left out" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_figure():
    done = CliRunner().invoke(main, ["moon"])
    assert done.exit_code == 2
    assert "tropical_curve" in done.output


def test_figures_leave_nothing_in_pyplot():
    from matplotlib import pyplot

    figure = figures.load("tropical_curve").make(np.random.default_rng(0), small=True)
    assert isinstance(figure, Figure)
    assert pyplot.get_fignums() == []


def test_the_picture_of_the_readme_is_small_enough():
    file = FOLDER / "readme.png"
    assert file.stat().st_size < 300_000
    assert size_of(file)[0] > 1000


@pytest.mark.parametrize("name", figures.NAMES)
def test_titles_fit_and_do_not_overlap(name):
    skip_without_data(name)
    with style():
        figure = figures.load(name).make(np.random.default_rng(0), small=True)
        figure.draw_without_rendering()
    for legend in [*figure.legends, *(ax.get_legend() for ax in figure.axes)]:
        if legend is not None:
            box = legend.get_window_extent()
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
    boxes = [ax.title.get_window_extent() for ax in figure.axes if ax.get_title()]
    assert boxes
    for i, box in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert not any(box.overlaps(other) for other in boxes[:i])

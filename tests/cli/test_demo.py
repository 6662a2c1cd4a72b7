"""``polytropic demo``, in its short form."""

import re
import sys

import pytest

pytest.importorskip("sklearn")

import numpy as np

from polytropic import linear_regions
from polytropic.cli.training import RECIPES, network_of, train


def test_quick_demo(folder, run):
    text = run("demo", "--quick", "--output", "pictures")
    names = {file.name for file in (folder / "pictures").iterdir()}
    assert names == {
        "cancer-2d-regions.png",
        "cancer-2d-curve.png",
        "cancer-2d-zonotope.png",
        "cancer-2d-boundary.png",
        "cancer-3d-regions.png",
        "cancer-3d-newton.png",
        "depth.png",
    }
    last = " ".join(text.split("\n\n")[-1].split()) if "\n\n" in text else text
    assert f"7 pictures are in {folder / 'pictures'}" in last.replace("\n", "")
    net = train(RECIPES[1]).network
    counted = re.search(r"activation regions +(\d+) +(\d+)", text)
    assert counted is not None
    assert int(counted[1]) == len(linear_regions(net)) == 37
    assert int(counted[2]) == len(linear_regions(net, train(RECIPES[1]).box))
    for name in ("N(F), for every output", "N(G)", "N(F⊙G)", "linear regions", "bound of Theorem"):
        assert text.count(name) >= 2


def test_training_is_deterministic_and_the_network_is_the_classifier():
    first, second = train(RECIPES[0]), train(RECIPES[0])
    assert first.network == second.network
    said = first.network(first.points).argmax(axis=1)
    assert (said == first.labels).mean() == pytest.approx(first.accuracy)
    binary = train(RECIPES[1])
    positive = binary.network(binary.points)[:, 0] > 0
    assert (positive == binary.labels).mean() == pytest.approx(binary.accuracy)
    assert binary.box.contains(binary.points).all()


def test_conversion_of_a_fitted_model():
    from sklearn.neural_network import MLPRegressor

    x = np.linspace(-1, 1, 40).reshape(-1, 1)
    model = MLPRegressor(hidden_layer_sizes=(4, 3), solver="lbfgs", max_iter=50, random_state=0)
    model.fit(x, np.abs(x).ravel())
    net = network_of(model)
    assert net.hidden_widths == (4, 3)
    np.testing.assert_allclose(net(x).ravel(), model.predict(x), rtol=1e-12)


def test_without_scikit_learn(fail, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.decomposition", None)
    line = fail("demo", "--quick", "--output", "pictures")
    assert "pip install 'polytropic[demo]'" in line


def test_output_must_be_a_folder(folder, monkeypatch):
    from click.testing import CliRunner

    from polytropic.cli import main

    (folder / "taken").write_text("")
    result = CliRunner().invoke(main, ["demo", "--output", "taken"])
    assert result.exit_code == 2
    assert "taken" in result.stderr

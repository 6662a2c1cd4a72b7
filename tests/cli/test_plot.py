"""``polytropic plot``."""

import numpy as np
import pytest
from matplotlib.axes import Axes

import polytropic.plotting
from polytropic import decision_boundary, load_network, tropicalize
from polytropic.cli.plot import boundary_between

MAGIC = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}


NAMES = (
    "regions", "curve", "subdivision", "zonotope", "boundary", "dual", "newton", "arrangement",
    "bent",
)  # fmt: skip
KINDS = [(kind, ".png") for kind in NAMES]


@pytest.mark.parametrize(("kind", "suffix"), [*KINDS, ("curve", ".pdf"), ("curve", ".svg")])
def test_every_kind_and_format(folder, run, kind, suffix):
    file = folder / f"{kind}{suffix}"
    assert run("plot", kind, "generic.npz", "-o", file) == f"wrote {file}\n"
    assert file.read_bytes().startswith(MAGIC[suffix])


@pytest.mark.parametrize(
    "options",
    [
        ["regions", "tent.npz", "--box", "0", "1"],
        ["regions", "fold.npz", "--box", "0", "1", "--colour-by", "value"],
        ["regions", "space.npz", "--box", "-1", "1"],
        ["curve", "several.npz", "--output-index", "2", "--part", "denominator"],
        ["curve", "several.npz", "--part", "product", "--colour-by", "regions"],
        ["curve", "several.npz", "--part", "sum", "--box", "-1,-2", "1,2"],
        ["curve", "tent.npz", "--box", "0", "1"],
        ["subdivision", "several.npz", "--part", "product"],
        ["boundary", "several.npz", "--classes", "0", "2", "--box", "-3", "3"],
        ["boundary", "several.npz", "--box", "-3", "3"],
        ["regions", "fold.npz", "--box", "0", "1", "--colour-by", "gradient"],
        ["regions", "wide.npz", "--through", "points.npy", "--box", "-1", "1"],
        ["regions", "space.npz"],
        ["curve", "space.npz"],
        ["bent", "fold.npz", "--unit", "3", "--box", "0", "1"],
        ["dual", "several.npz", "--part", "sum"],
        ["newton", "generic.npz", "--lifted"],
        ["subdivision", "generic.npz", "--lifted"],
        ["arrangement", "generic.npz", "--signs"],
    ],
)
def test_options(folder, run, options):
    np.save(folder / "points.npy", np.random.default_rng(0).standard_normal((3, 40)))
    run("plot", *options, "-o", "picture.png")
    assert (folder / "picture.png").stat().st_size > 1000


def test_the_box_is_what_is_seen(run, monkeypatch):
    seen = []

    def keep(drawing, file):
        assert isinstance(drawing.axes, Axes)
        seen.append((*drawing.axes.get_xlim(), *drawing.axes.get_ylim()))
        return file

    monkeypatch.setattr(polytropic.plotting, "save", keep)
    for kind in ("regions", "curve", "boundary"):
        run("plot", kind, "generic.npz", "-o", "x.png", "--box", "-1,-2", "3,4")
    assert seen == [pytest.approx((-1, 3, -2, 4))] * 3


@pytest.mark.parametrize("kind", ["curve", "subdivision"])
def test_parts(run, monkeypatch, kind):
    drawn = []

    def keep(obj, **style):
        drawn.append(obj.polynomial if kind == "subdivision" else obj)

    monkeypatch.setattr(polytropic.plotting, "plot", keep)
    monkeypatch.setattr(polytropic.plotting, "save", lambda drawing, file: file)
    for part in ("numerator", "denominator", "sum", "product"):
        call = ["plot", kind, "several.npz", "--output-index", "1", "--part", part, "-o", "x.png"]
        run(*call)
    hat = tropicalize(load_network("several.npz"))[1]
    f, g = hat.numerator, hat.denominator
    assert drawn == [f, g, f + g, (f * g).simplify()]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["regions", "tent.npz", "-o", "x.gif"], "x.gif"),
        (["regions", "tent.npz", "-o", "no/x.png"], "no/x.png"),
        (["zonotope", "space.npz", "-o", "x.png"], "dimension 4"),
        (["bent", "tent.npz", "-o", "x.png", "--unit", "99"], "no unit 99"),
        (["curve", "tent.npz", "-o", "x.png", "--through", "tent.npz"], "--through is for"),
        (["regions", "wide.npz", "-o", "x.png", "--through", "tent.npz"], "one array"),
        (["regions", "tent.npz", "-o", "x.png", "--lifted"], "without 'lifted'"),
        (["boundary", "several.npz", "-o", "x.png", "--classes", "1", "1"], "different outputs"),
        (["boundary", "several.npz", "-o", "x.png", "--classes", "0", "3"], "numbered 0 to 2"),
        (["curve", "several.npz", "-o", "x.png", "--output-index", "3"], "numbered 0 to 2"),
        (["dual", "space.npz", "-o", "x.png"], "two inputs"),
        (["regions", "fold.npz", "-o", "x.png", "--colour-by", "taste"], "taste"),
        (["regions", "fold.npz", "-o", "x.png", "--max-regions", "3"], "more than 3"),
    ],
)
def test_what_cannot_be_drawn(folder, fail, options, message):
    assert message in fail("plot", *options)
    assert not list(folder.glob("x.*"))


@pytest.mark.parametrize("classes", [None, (0, 1), (2, 0)])
def test_boundary_without_products_is_the_boundary(folder, classes):
    net = load_network("generic.npz" if classes is None else "several.npz")
    quick, slow = boundary_between(net, classes), decision_boundary(net, classes=classes)
    assert quick.ties == slow.ties
    assert quick.classes == slow.classes

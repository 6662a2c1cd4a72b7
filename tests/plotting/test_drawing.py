"""What all drawings promise: named refusals, no side effects, the same bytes every time."""

import ast
import io
import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import polytropic.plotting
from polytropic import (
    HyperplaneArrangement,
    Network,
    Polytope,
    Slice,
    TropicalPolynomial,
    Zonotope,
    decision_boundary,
    linear_regions,
    newton_polytopes,
    plot,
    random_network,
    tropicalize,
)
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.normal_fan import normal_fan
from polytropic.plotting import Drawing, plot_dual, save
from polytropic.plotting.drawing import _unmoved
from polytropic.tropical.coloured import TieLocus
from tests.plotting.pictures import E1, E3, LINE

IN_THREE = TropicalPolynomial([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0, 1])
CUBE = Polytope.box(0, 1, dim=3)
NET = random_network(2, [4, 4], rng=0)
DRAWABLE = {
    "curve": lambda: E1,
    "hypersurface": lambda: E1.hypersurface(),
    "graph": lambda: TropicalPolynomial([[0], [1], [3]], [0, 0, -3]),
    "subdivision": lambda: E1.dual_subdivision(),
    "segment": lambda: Polytope.box(0, 1, dim=1),
    "square": lambda: Polytope.box(0, 1, dim=2),
    "cube": lambda: CUBE,
    "hexagon": lambda: Zonotope([[1, 0], [0, 1], [1, 1]]),
    "zonotope": lambda: Zonotope([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]),
    "regions 1": lambda: linear_regions(random_network(1, [4], rng=0)),
    "regions 2": lambda: linear_regions(NET),
    "regions 3": lambda: linear_regions(random_network(3, [4], rng=0), CUBE),
    "boundary": lambda: decision_boundary(E3),
    "boundary 1": lambda: decision_boundary(random_network(1, [3], rng=0)),
    "boundary 3": lambda: decision_boundary(random_network(3, [2], rng=2)),
    "boundary complex": lambda: decision_boundary(E3, domain=Polytope.box(-1, 1, dim=2)),
    "surface": lambda: IN_THREE,
    "subdivision 3": lambda: IN_THREE.dual_subdivision(),
    "rational": lambda: tropicalize(NET)[0],
    "pair": lambda: (E1, LINE),
    "newton": lambda: newton_polytopes(NET, 0),
    "upper hull": lambda: newton_polytopes(NET, 0).numerator,
    "fan": lambda: normal_fan(Polytope.box(0, 1, dim=2)),
    "fan 3": lambda: normal_fan(CUBE),
    "arrangement 1": lambda: HyperplaneArrangement([[1], [2]], [0, 1]),
    "arrangement": lambda: HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1]),
    "arrangement 3": lambda: HyperplaneArrangement([[1, 0, 1], [0, 1, 0], [1, 1, 1]], [0, 0, 1]),
    "bent": lambda: linear_regions(NET).bent_hyperplane(5),
    "slice 2": lambda: Slice.of([0, 0], [[1, 2]]),
    "slice 3": lambda: Slice.of([0, 0, 0], [[1, 2, 0], [0, 1, 1]]),
    "complex": lambda: E1.hypersurface().complex,
    "region": lambda: linear_regions(NET)[0],
    "unbounded in space": lambda: Polytope.from_points([[0, 0, 0]], rays=np.eye(3, dtype=int)),
    "unbounded regions in space": lambda: linear_regions(random_network(3, [3], rng=0)),
    "ties": lambda: TieLocus(E1, LINE),
}


WRITTEN = ("curve", "cube", "regions 2", "boundary complex", "fan 3", "upper hull", "zonotope")


@cache
def made(name):
    return DRAWABLE[name]()


@pytest.fixture(params=DRAWABLE)
def drawable(request):
    return made(request.param)


@pytest.fixture(params=WRITTEN)
def written(request):
    """Few of them: writing takes longer than drawing."""
    return made(request.param)


# -- results -------------------------------------------------------------------------------------
def test_the_result_is_always_a_drawing(drawable):
    drawing = plot(drawable)
    assert type(drawing) is Drawing
    assert type(drawing.figure) is Figure
    assert isinstance(drawing.axes, Axes)
    assert drawing.axes.figure is drawing.figure
    assert drawing.artists
    assert all(artist.axes is drawing.axes for artist in drawing.artists)
    with pytest.raises(AttributeError):
        drawing.axes = None


def test_given_axes_are_drawn_on(drawable):
    space = type(plot(drawable).axes).__name__ == "Axes3D"
    figure = Figure()
    ax = figure.add_subplot(projection="3d" if space else None)
    drawing = plot(drawable, ax)
    assert drawing.axes is ax
    assert drawing.figure is figure


def test_axes_in_a_part_of_a_figure():
    figure = Figure()
    left, _ = figure.subfigures(1, 2)
    assert plot(E1, left.add_subplot()).figure is figure


def test_drawings_show_themselves_in_notebooks():
    assert plot(E1)._repr_png_().startswith(b"\x89PNG")


def test_figures_can_be_pickled(drawable):
    figure = plot(drawable).figure
    assert isinstance(pickle.loads(pickle.dumps(figure)), Figure)


# -- refusals ------------------------------------------------------------------------------------
FOUR = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
IN_FOUR = TropicalPolynomial(np.eye(4, dtype=int).tolist(), [0, 0, 0, 0])
REFUSED = {
    "number": (lambda: plot(3), "a int cannot be drawn: objects that can be drawn are Argmax"),
    "network": (lambda: plot(NET), "linear_regions"),
    "keyword": (lambda: plot(E1, colur="red"), "without 'colur'"),
    "pair of three": (lambda: plot((E1, LINE, E1)), "two members"),
    "pair of numbers": (lambda: plot((1, 2)), "got a int"),
    "pair of dimensions": (lambda: plot((E1, IN_THREE)), "dimensions 2 and 3"),
    "number of an output": (lambda: plot(linear_regions(NET), output=1), "numbered 0 to 0"),
    "colours of a few": (lambda: plot(linear_regions(NET), colour_by=[1, 2]), "every region"),
    "labels": (lambda: plot(E1.dual_subdivision(), labels="names"), "'lifts', 'numbers'"),
    "slice of four": (lambda: plot(Slice.of([0] * 4, [[1, 0, 0, 0]])), "R.4"),
    "fan in four": (lambda: plot(normal_fan(Polytope.box(0, 1, dim=4))), "dimension 4"),
    "arrangement in four": (lambda: plot(HyperplaneArrangement([[1] * 4])), "dimension 4"),
    "no hyperplanes": (lambda: plot(HyperplaneArrangement([[0, 0]], [1])), "nothing to draw"),
    "backend": (lambda: plot(CUBE, backend="paper"), "'plotly' or 'pyvista'"),
    "backend with axes": (lambda: plot(CUBE, Figure().add_subplot(), backend="plotly"), "ax="),
    "map": (lambda: plot(tropicalize(NET)), "components"),
    "surface": (lambda: plot(IN_FOUR), "in 4 variables"),
    "subdivision in space": (lambda: plot(IN_FOUR.dual_subdivision()), "dimension 4"),
    "polytope in four": (lambda: plot(Polytope.from_points(FOUR)), "Polytope in dimension 4"),
    "zonotope in four": (lambda: plot(Zonotope(FOUR)), "Zonotope in dimension 4"),
    "lifted in four": (lambda: plot(IN_THREE.dual_subdivision(), lifted=True), "dimension 4"),
    "regions in four": (
        lambda: plot(linear_regions(random_network(4, [2], rng=0))),
        "dimension 4",
    ),
    "regions of a line in space": (
        lambda: plot(
            linear_regions(
                random_network(3, [2], rng=0), Polytope.from_points([[0, 0, 0], [1, 1, 1]])
            )
        ),
        "dimension 1",
    ),
    "boundary in four": (
        lambda: plot(decision_boundary(random_network(4, [2], rng=0))),
        "4 variables",
    ),
    "zero": (lambda: plot(TropicalPolynomial([[0, 0]], [-np.inf])), "zero"),
    "axes of space": (lambda: plot(E1, Figure().add_subplot(projection="3d")), "flat"),
    "axes of the plane": (lambda: plot(CUBE, Figure().add_subplot()), "three dimensions"),
    "no axes": (lambda: plot(E1, "here"), "axes"),
    "frame of two": (lambda: plot(E1, frame=(0, 1)), "xmin, ymin"),
    "frame of four": (
        lambda: plot(TropicalPolynomial([[0], [1]], [0, 0]), frame=(0, 1, 2, 3)),
        "xmin, xmax",
    ),
    "frame of nan": (lambda: plot(E1, frame=(0, 0, 1, np.nan)), "finite"),
    "frame without inside": (lambda: plot(E1, frame=(0, 0, 0, 1)), "minima below"),
    "frame of words": (lambda: plot(E1, frame="wide"), "numbers"),
    "frame in space": (lambda: plot(CUBE, frame=(0, 0, 1, 1)), "xmin, ymin, zmin"),
    "flat frame": (lambda: plot(CUBE, frame=(0, 0, 0, 1, 1, 0)), "minima below"),
    "frame of a polygon": (lambda: plot(CUBE, frame=Polytope.box(0, 1, dim=2)), "dimension 3"),
    "frame beside": (lambda: plot(CUBE, frame=(5, 5, 5, 6, 6, 6)), "nothing lies inside"),
    "colours of curves": (lambda: plot(E1, colour_by="moon"), "'cells' or 'regions'"),
    "colours of regions": (
        lambda: plot(linear_regions(NET), colour_by="moon"),
        "'affine map' or 'pattern' or 'value' or 'gradient'",
    ),
    "dual of a line": (lambda: plot_dual(TropicalPolynomial([[0], [1]], [0, 0])), "two variables"),
    "dual of a box": (lambda: plot_dual(CUBE), "two variables"),
    "file": (lambda: save(plot(E1), "picture.jpg"), r"\.pdf, \.png, \.svg"),
    "saving a number": (lambda: save(3, "picture.pdf"), "Drawing or a Figure"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_have_names(name):
    call, message = REFUSED[name]
    with pytest.raises(InputError, match=message):
        call()


def test_an_empty_polytope_is_refused():
    with pytest.raises(EmptyPolytopeError, match="nothing to draw"):
        plot(Polytope.empty(2))


def test_too_many_regions_in_space_are_refused(monkeypatch):
    monkeypatch.setattr("polytropic.plotting.region_solids._MOST_CELLS", 3)
    with pytest.raises(InputError, match="too many"):
        plot(linear_regions(random_network(3, [4], rng=0), CUBE))


# -- no side effects -----------------------------------------------------------------------------
def test_settings_of_matplotlib_stay_as_they_are(drawable):
    with matplotlib.rc_context({"lines.linewidth": 7.5, "svg.hashsalt": None}):
        before = dict(matplotlib.rcParams)
        plot(drawable)
        assert dict(matplotlib.rcParams) == before


def test_saving_leaves_the_settings_too(tmp_path):
    with matplotlib.rc_context({"svg.hashsalt": None, "pdf.fonttype": 3}):
        before = dict(matplotlib.rcParams)
        save(plot_dual(E1), tmp_path / "picture.svg")
        assert dict(matplotlib.rcParams) == before


def test_no_figure_is_left_open(drawable):
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    plot(drawable)
    assert pyplot.get_fignums() == before


def test_objects_are_not_changed(drawable):
    before = repr(drawable)
    plot(drawable)
    plot(drawable)
    assert repr(drawable) == before


def test_plotting_computes_no_geometry():
    forbidden = (
        "polytropic.engines",
        "cdd",
        "scipy.spatial",
        "scipy.optimize",
        "matplotlib.pyplot",
    )
    (folder,) = polytropic.plotting.__path__
    for file in Path(folder).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            assert not any(f"{name}.".startswith(f"{bad}.") for name in names for bad in forbidden)


# -- files ---------------------------------------------------------------------------------------
def assert_same_bytes(make, kind, tmp_path):
    first, second = (save(plot(make()), tmp_path / f"{i}.{kind}").read_bytes() for i in range(2))
    assert len(first) > 1000
    assert first == second


def test_the_same_drawing_has_the_same_bytes(written, tmp_path):
    assert_same_bytes(lambda: written, "svg", tmp_path)


@pytest.mark.parametrize("kind", ["pdf", "png"])
@pytest.mark.parametrize("name", ["subdivision", "cube"])
def test_files_of_every_kind_have_the_same_bytes(name, kind, tmp_path):
    assert_same_bytes(DRAWABLE[name], kind, tmp_path)


def test_bytes_do_not_depend_on_the_day_or_on_hashes_and_pyplot_is_not_used(tmp_path):
    code = """
import sys
from polytropic import Polytope, TropicalPolynomial, decision_boundary, linear_regions, plot
from polytropic import newton_polytopes, random_network
from polytropic.geometry.normal_fan import normal_fan
from polytropic.plotting import plot_dual, save
net = random_network(2, [4, 4], rng=0)
drawing = plot(linear_regions(net, Polytope.box(-1, 1, dim=2)))
plot(decision_boundary(net), drawing.axes, sides=False)
for kind in "pdf", "svg":
    save(drawing, f"{sys.argv[1]}.{kind}")
cube = Polytope.box(0, 1, dim=3)
scene = plot(normal_fan(cube), plot(cube).axes)
save(scene, f"{sys.argv[1]}.png")
lower, upper = plot_dual(net), plot(newton_polytopes(net, 0), lifted=True)
for number, other in enumerate([lower, upper]):
    save(other, f"{sys.argv[1]}{number}.svg")
plot_dual(TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0]))
assert "matplotlib.pyplot" not in sys.modules
"""
    runs = [("1", tmp_path / "one"), ("2", tmp_path / "two")]
    for seed, stem in runs:
        environment = os.environ | {"PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed + "00000000"}
        subprocess.run([sys.executable, "-c", code, str(stem)], env=environment, check=True)
    for end in (".pdf", ".svg", ".png", "0.svg", "1.svg"):
        first, second = (Path(f"{stem}{end}").read_bytes() for _, stem in runs)
        assert first == second


def test_both_drawings_of_a_pair_are_saved(tmp_path):
    pair = plot_dual(E1)
    file = save(pair, tmp_path / "pair.PNG")
    assert file.read_bytes() == save(pair[0].figure, tmp_path / "figure.png").read_bytes()


def test_the_layout_has_settled_when_a_figure_is_written():
    curve, _ = plot_dual(E1)
    engine = curve.figure.get_layout_engine()
    start = curve.axes.get_position(original=True).bounds
    with _unmoved(curve.figure):
        before = curve.axes.get_position(original=True).bounds
        engine.execute(curve.figure)
        np.testing.assert_allclose(curve.axes.get_position(original=True).bounds, before, atol=3e-3)
    assert curve.axes.get_position(original=True).bounds == start


def test_figures_can_be_saved_without_us(written):
    buffer = io.BytesIO()
    plot(written).figure.savefig(buffer)
    assert buffer.getbuffer().nbytes > 1000


def test_plot_is_the_same_from_the_top():
    assert polytropic.plot is polytropic.plotting.plot
    assert Network is polytropic.Network

"""Letters: apart from each other, inside of what they name, and true."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.text import Text

from polytropic import (
    HyperplaneArrangement,
    Network,
    Polytope,
    TropicalPolynomial,
    Zonotope,
    plot,
    random_integer_network,
)
from polytropic.geometry.normal_fan import normal_fan
from polytropic.plotting import plot_dual
from polytropic.plotting.zonotopes import sign_text
from tests.plotting.pictures import E1, of_kind


def polynomial(seed, n=25, size=8):
    rng = np.random.default_rng(seed)
    return TropicalPolynomial(rng.integers(0, size, (n, 2)), rng.integers(-9, 10, n))


def boxes_of(drawing):
    drawing.figure.draw_without_rendering()
    return [text.get_window_extent() for text in drawing.artists if isinstance(text, Text)]


LETTERED = {
    "curve": lambda: plot(polynomial(0), labels=True),
    "lifts": lambda: plot(polynomial(1).dual_subdivision(), labels="lifts"),
    "numbers": lambda: plot(polynomial(2).dual_subdivision(), labels="numbers"),
    "dual": lambda: plot_dual(polynomial(3))[1],
    "network": lambda: plot_dual(random_integer_network(2, [5, 3], rng=3))[0],
    "zonotope": lambda: plot(
        Zonotope([[1, 0], [0, 1], [1, 1], [2, -1], [1, 3], [3, 1]]), sign_vectors=True
    ),
    "arrangement": lambda: plot(
        HyperplaneArrangement(np.random.default_rng(0).integers(-3, 4, (7, 2)), range(7)),
        sign_vectors=True,
    ),
    "fan": lambda: plot(normal_fan(polynomial(4).newton_polytope()), labels=True),
}


@pytest.mark.parametrize("name", LETTERED)
def test_texts_do_not_overlap_and_stay_inside(name):
    drawing = LETTERED[name]()
    boxes = boxes_of(drawing)
    assert len(boxes) > 3
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    frame = drawing.axes.get_window_extent()
    for box in boxes:
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert frame.y0 <= box.y0
        assert box.y1 <= frame.y1


def test_axes_labels_and_ticks_are_not_clipped():
    for drawing in (plot(E1), plot(Polytope.box(0, 1, dim=3)), plot_dual(E1)[0]):
        figure = drawing.figure
        figure.draw_without_rendering()
        whole, ax = figure.bbox, drawing.axes
        axes = [ax.xaxis, ax.yaxis, *([ax.zaxis] if hasattr(ax, "zaxis") else [])]
        for axis in axes:
            box = axis.label.get_window_extent()
            assert whole.x0 <= box.x0 < box.x1 <= whole.x1
            assert whole.y0 <= box.y0 < box.y1 <= whole.y1
            assert axis.label.get_fontsize() >= 7


@pytest.mark.parametrize("seed", range(3))
def test_a_region_has_the_number_of_its_vertex(seed):
    f = polynomial(seed)
    curve, subdivision = plot_dual(f)
    vertices = np.array(f.dual_subdivision().vertices)
    numbers = [
        text for text in of_kind(curve, Text) if text.get_color() and not text.get_bbox_patch()
    ]
    assert len(numbers) > 2
    for text in numbers:
        winner = int(np.argmax(f.exponents @ text.get_position() + f.coefficients))
        assert vertices[int(text.get_text())] == winner
    points = f.exponents[vertices]
    for text in of_kind(subdivision, Text):
        nearest = np.linalg.norm(points - text.get_position(), axis=1).argmin()
        assert int(text.get_text()) == nearest


def test_a_region_of_a_network_has_the_numbers_of_both_vertices():
    net = random_integer_network(2, [4, 3], rng=2)
    regions, first, second = plot_dual(net, frame=(-2, -2, 2, 2))
    from polytropic import tropicalize

    hat = tropicalize(net)[0]
    texts = of_kind(regions, Text)
    assert len(texts) > 3
    sides = (hat.numerator, hat.denominator)
    for text in texts:
        numbers = [int(part) for part in text.get_text().split(",")]
        for f, drawing, number in zip(sides, (first, second), numbers, strict=True):
            winner = f.exponents[np.argmax(f.exponents @ text.get_position() + f.coefficients)]
            filled = of_kind(drawing, PathCollection)[0]
            assert filled.get_offsets()[number].tolist() == winner.tolist()
    assert first.figure is second.figure is regions.figure


def test_lifts_are_those_of_the_monomials():
    f = TropicalPolynomial([[0, 0], [4, 0], [0, 4]], [0, -1, 2])
    texts = {
        t.get_text(): t.get_position()
        for t in of_kind(plot(f.dual_subdivision(), labels="lifts"), Text)
    }
    assert set(texts) == {"0", "−1", "2"}
    assert np.linalg.norm(np.subtract(texts["−1"], (4, 0))) < 1


def test_sign_vectors_of_a_zonotope_lie_at_their_vertices():
    zonotope = Zonotope([[1, 0], [0, 1], [1, 1], [2, -1]])
    drawing = plot(zonotope, sign_vectors=True, generators=True)
    texts = of_kind(drawing, Text)
    assert len(texts) == 8
    for text in texts:
        nearest = np.linalg.norm(zonotope.vertices - text.get_position(), axis=1).argmin()
        assert text.get_text() == sign_text(zonotope.sign_vectors[int(nearest)])
    (arrows,) = [a for a in drawing.artists if type(a).__name__ == "Quiver"]
    ends = np.column_stack([arrows.U, arrows.V])
    np.testing.assert_array_equal(ends, zonotope.generators)


def test_sign_vectors_of_chambers_are_those_at_the_letters():
    lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
    texts = of_kind(plot(lines, sign_vectors=True, frame=(-4, -4, 4, 4)), Text)
    assert len(texts) >= 6
    for text in texts:
        assert text.get_text() == sign_text(np.sign(lines.A @ text.get_position() - lines.b))


def test_a_network_must_have_two_inputs():
    from polytropic.errors import InputError

    with pytest.raises(InputError, match="two inputs"):
        plot_dual(Network.from_layers([([[1]], [0]), ([[1]], [0])]))

"""Decision boundaries as artists, against the worked examples."""

import numpy as np
import pytest
import shapely
from matplotlib.collections import LineCollection, PolyCollection

from polytropic import Network, TropicalPolynomial, decision_boundary, plot
from polytropic.tropical.coloured import TieLocus
from tests.plotting.pictures import (
    E3,
    E4,
    LINE,
    area_and_overlap,
    areas,
    dots,
    lines,
    of_kind,
    polygons,
)

FRAME = (-1, -1, 1, 1)


def labelled(drawing, label):
    return [artist for artist in drawing.artists if artist.get_label() == label]


def angles(collection):
    """Directions in degrees of rays from the origin."""
    found = []
    for segment in collection.get_segments():
        far = max(segment, key=np.linalg.norm)
        assert np.linalg.norm(segment, axis=1).min() == pytest.approx(0, abs=1e-12)
        found.append(np.degrees(np.arctan2(far[1], far[0])) % 360)
    return sorted(found)


def test_e3_has_two_rays_and_three_more_in_the_superset():
    drawing = plot(decision_boundary(E3), frame=FRAME)
    (true,), (rest,) = (
        labelled(drawing, "boundary"),
        labelled(drawing, "rest of the tropical curve"),
    )
    assert angles(true) == pytest.approx([119.7449, 231.3402], abs=1e-4)
    assert angles(rest) == pytest.approx([26.5651, 206.5651, 333.4349], abs=1e-4)
    assert true.get_linewidth()[0] > 2 * rest.get_linewidth()[0]
    assert rest.get_linestyle()[0][1] is not None
    assert true.get_linestyle()[0][1] is None


@pytest.mark.parametrize("network", [E3, E4])
def test_sides_are_where_the_classes_win(network):
    drawing = plot(decision_boundary(network), frame=FRAME)
    for name, sign in [("class 0", 1), ("class 1", -1)]:
        (side,) = labelled(drawing, name)
        for corners in polygons(side):
            first, second = network(corners.mean(axis=0))
            assert sign * (first - second) > 0
    area, overlap = area_and_overlap(areas(drawing))
    assert area == pytest.approx(4)
    assert overlap == pytest.approx(0)


def test_e4_has_an_open_piece_between_225_and_243_degrees():
    drawing = plot(decision_boundary(E4), frame=FRAME)
    (piece,) = labelled(drawing, "boundary (open piece)")
    (corners,) = polygons(piece)
    assert shapely.Polygon(corners).equals(shapely.Polygon([(0, 0), (-1, -1), (-0.5, -1)]))
    assert piece.get_hatch()
    (true,) = labelled(drawing, "boundary")
    assert angles(true) == pytest.approx([128.6598], abs=1e-4)


def test_parts_can_be_left_out():
    boundary = decision_boundary(E3)
    assert len(plot(boundary, sides=False, superset=False, legend=False, fade=False).artists) == 1
    assert not of_kind(plot(boundary, sides=False), PolyCollection)
    assert len(of_kind(plot(boundary, superset=False), LineCollection)) == 1
    assert plot(boundary, legend=False).axes.get_legend() is None


def test_the_legend_names_what_is_there():
    texts = [t.get_text() for t in plot(decision_boundary(E3)).axes.get_legend().get_texts()]
    assert texts == ["class 0", "class 1", "rest of the tropical curve", "boundary"]


def test_the_legend_fits_into_the_figure():
    drawing = plot(decision_boundary(E4))
    drawing.figure.draw_without_rendering()
    box = drawing.axes.get_legend().get_window_extent()
    figure = drawing.figure.bbox
    assert figure.x0 <= box.x0 < box.x1 <= figure.x1
    assert figure.y0 <= box.y0 < box.y1 <= figure.y1
    assert not box.overlaps(drawing.axes.xaxis.label.get_window_extent())


def test_one_output_has_a_positive_and_a_negative_side():
    network = Network.from_layers([([[1, 0], [-1, 0], [0, 1]], [0, 0, 0]), ([[1, 1, -1]], [0])])
    drawing = plot(decision_boundary(network, 0.25), frame=FRAME)
    (positive,), (negative,) = (
        labelled(drawing, "positive side"),
        labelled(drawing, "negative side"),
    )
    assert all(network(c.mean(axis=0))[0] > 0.25 for c in polygons(positive))
    assert all(network(c.mean(axis=0))[0] < 0.25 for c in polygons(negative))


def test_ties_everywhere_nowhere_and_in_one_point():
    everywhere = plot(TieLocus(LINE, LINE), frame=FRAME)
    (piece,) = labelled(everywhere, "equal (open piece)")
    assert area_and_overlap(polygons(piece))[0] == pytest.approx(4)
    zero, one = (TropicalPolynomial([[0, 0]], [c]) for c in (0, 1))
    nowhere = plot(TieLocus(zero, one), fade=False)
    assert [a.get_label() for a in nowhere.artists] == ["second is larger"]
    cross = TropicalPolynomial([[1, 0], [-1, 0], [0, 1], [0, -1]], [0, 0, 0, 0])
    point = plot(TieLocus(cross, TropicalPolynomial([[0, 0]], [0])))
    assert dots(point).tolist() == [[0, 0]]
    assert len(lines(point)) == 4

"""Cells as arrays of corners, where rounding and clipping could go wrong."""

import numpy as np
import pytest
import shapely

from polytropic.plotting.cells import PlaneComplex, circular_order, float_rows
from polytropic.plotting.frames import Frame, frame_around

FRAME = Frame(-1, -1, 1, 1)


def plane(generators, lineality=()):
    rows = [np.array(list(rows), dtype=object).reshape(-1, 3) for rows in (generators, lineality)]
    return PlaneComplex(*rows)


def area(piece):
    return shapely.Polygon(piece).area if len(piece) > 2 else 0


@pytest.mark.parametrize("side", [1, -1])
def test_rays_count_modulo_the_line(side):
    # As floats, the ray and the line have one direction.
    cells = plane([[1, 0, 0], [0, 10**20, side]], [[0, 1, 0]])
    (piece,) = cells.pieces([(0, 1)], FRAME)
    assert area(piece) == pytest.approx(2)
    assert (side * piece[:, 1] > -1e-9).all()


def test_cones_without_a_point_start_at_the_origin():
    (piece,) = plane([[0, 1, 0], [0, 0, 1]]).pieces([(0, 1)], FRAME)
    assert area(piece) == pytest.approx(1)
    assert piece.min() == 0


def test_cells_that_only_touch_the_frame_are_left_out():
    cells = plane([[1, 1, -1], [1, 2, -1], [1, 2, 1], [1, 1, 1], [1, 1, 0]])
    square, edge, corner = cells.pieces([(0, 1, 2, 3), (1, 2), (4,)], FRAME)
    assert len(square) == len(edge) == 0
    assert corner.tolist() == [[1, 0]]


def test_no_cells():
    assert plane([[1, 0, 0]]).pieces([], FRAME) == []


def test_pieces_come_in_the_order_of_the_cells():
    points = [[1, 0, 0], [2, 1, 0], [2, 1, 1], [2, 0, 1], [1, 5, 5], [0, 1, 1]]
    cells = [(0, 5), (0, 1, 2, 3), (0,), (4, 0), (1, 2, 3), (4,)]
    sizes = [len(piece) for piece in plane(points).pieces(cells, FRAME)]
    assert sizes == [2, 4, 1, 2, 3, 0]


def test_corners_go_around_counterclockwise():
    rng = np.random.default_rng(0)
    angles = np.sort(rng.uniform(0, 2 * np.pi, (50, 7)), axis=1)
    points = np.stack([3 + np.cos(angles), np.sin(angles)], axis=2)
    shuffled = rng.permuted(np.arange(7)[None].repeat(50, axis=0), axis=1)
    mixed = np.take_along_axis(points, shuffled[..., None], axis=1)
    order = circular_order(mixed)
    for polygon in np.take_along_axis(mixed, order[..., None], axis=1):
        assert shapely.Polygon(polygon).is_valid
        assert shapely.LinearRing(polygon).is_ccw


def test_points_are_rounded_once():
    big = 3**200
    rows = np.array([[big, 1, 2 * big], [0, -big, big // 2]], dtype=object)
    coordinates, is_point = float_rows(rows)
    assert coordinates.tolist() == [[1 / big, 2], [-1, (big // 2) / big]]
    assert is_point.tolist() == [True, False]


def test_frames_show_all_of_few_points_and_most_of_many():
    ring = np.array([[np.cos(t), np.sin(t)] for t in np.linspace(0, 6, 200)])
    far = np.array([[1000.0, 0.0]])
    assert frame_around(np.concatenate([ring[::20], far])).xmax > 1000
    assert frame_around(np.concatenate([ring, far])).xmax < 3
    assert frame_around(np.concatenate([ring, far])).ymin < -1


def test_frames_without_extent():
    assert frame_around(np.empty((0, 2))).width > 1
    lonely = frame_around(np.array([[1e20, 0.0]]))
    assert lonely.xmin < 1e20 < lonely.xmax

"""Colours: neighbours differ, and few are needed."""

import networkx as nx
import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv

from polytropic.plotting.colours import PALETTE, neighbourly, palette


def planar_graph(seed):
    from scipy.spatial import Delaunay

    points = np.random.default_rng(seed).standard_normal((400, 2))
    triangles = Delaunay(points).simplices
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])


@pytest.mark.parametrize("seed", range(5))
def test_planar_maps_need_no_more_than_the_palette(seed):
    pairs = planar_graph(seed)
    labels = neighbourly(400, pairs)
    assert (labels[pairs[:, 0]] != labels[pairs[:, 1]]).all()
    assert labels.max() < len(PALETTE)
    # All colours are used, none much more than the others.
    counts = np.bincount(labels, minlength=len(PALETTE))
    assert counts.min() > 400 / len(PALETTE) / 2


def test_a_complete_graph_gets_a_colour_for_everyone():
    pairs = np.array(list(nx.complete_graph(20).edges))
    labels = neighbourly(20, pairs)
    assert sorted(labels.tolist()) == list(range(20))
    assert len(np.unique(palette(labels), axis=0)) == 20


def test_loops_and_repetitions_do_not_matter():
    pairs = np.array([[0, 1], [1, 0], [0, 0], [1, 2]])
    assert neighbourly(3, pairs).tolist() == neighbourly(3, pairs[[0, 3]]).tolist()


def test_nothing_to_colour():
    none = np.empty((0, 2), dtype=np.int64)
    assert neighbourly(0, none).tolist() == []
    assert palette([]).shape == (0, 3)
    assert len(set(neighbourly(8, none).tolist())) == 8


def test_colours_of_areas_are_pale_enough_for_black_lines():
    assert (rgb_to_hsv(palette(range(len(PALETTE))))[:, 2] > 0.6).all()

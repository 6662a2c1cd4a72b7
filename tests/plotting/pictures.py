"""What the tests of drawings share: readers of artists, and objects known by hand."""

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection, PolyCollection

from polytropic import Network, TropicalPolynomial

# Worked example E1: Zhang, Naitzat and Lim (2018), figure 1.
E1 = TropicalPolynomial([[2, 0], [0, 2], [1, 1], [1, 0], [0, 1], [0, 0]], [1, 1, 2, 2, 2, 2])
LINE = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])

# Worked examples E3 and E4: Alfarra et al. (2022), without biases.
_OUTPUT = ([[1, -1, 2], [-2, 1, 1]], [0, 0])
E3 = Network.from_layers([([[1, 2], [-2, 1], [1, -2]], [0, 0, 0]), _OUTPUT])
E4 = Network.from_layers([([[1, 2], [-1, 1], [2, -1]], [0, 0, 0]), _OUTPUT])


def of_kind(drawing, kind):
    """Artists of exactly one class."""
    return [artist for artist in drawing.artists if type(artist) is kind]


def lines(drawing):
    """All segments that were drawn, shape (n, 2, 2)."""
    return [s for artist in of_kind(drawing, LineCollection) for s in artist.get_segments()]


def polygons(collection):
    """Corners of the polygons of one collection, without the closing one."""
    return [path.vertices[:-1] for path in collection.get_paths()]


def areas(drawing):
    """Polygons of all collections."""
    return [p for artist in of_kind(drawing, PolyCollection) for p in polygons(artist)]


def dots(drawing):
    """Positions of dots of all collections, shape (n, 2)."""
    found = [np.asarray(artist.get_offsets()) for artist in of_kind(drawing, PathCollection)]
    return np.concatenate([np.empty((0, 2)), *found])


def area_and_overlap(pieces):
    """Area of the union of polygons, and how much they overlap, by shapely."""
    shapes = [shapely.Polygon(piece) for piece in pieces]
    union = shapely.union_all(shapes).area
    return union, sum(shape.area for shape in shapes) - union


def unordered(segments):
    """Segments as a sorted list, whatever their direction and order."""
    rounded = [sorted(map(tuple, np.round(segment, 9).tolist())) for segment in segments]
    return sorted(rounded)

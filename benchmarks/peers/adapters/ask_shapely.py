"""Shapely: cells of the lines of one hidden layer in a square, by noding and polygonizing."""

import numpy as np
from protocol import Question, answer
from shapely import LineString, box, polygonize, unary_union


def regions(question: Question) -> int:
    size = float(question["size"])
    square = box(-size, -size, size, size)
    lines = [square.boundary]
    for normal, offset in zip(question["w0"], question["b0"], strict=True):
        length = np.hypot(*normal)
        if not length:
            continue
        foot, along = -offset * normal / length**2, np.array([-normal[1], normal[0]]) / length
        reach = 4 * size + np.abs(foot).max()
        line = LineString([foot - reach * along, foot + reach * along]).intersection(square)
        if not line.is_empty:
            lines.append(line)
    return len(polygonize([unary_union(lines)]).geoms)


if __name__ == "__main__":
    answer({"regions": regions})

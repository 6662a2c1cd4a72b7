"""An independent, all-rational account of planar subdivisions: convex polygons cut by lines.

It shares nothing with the library: polygons are lists of `Fraction` pairs in order, and a cut is
two Sutherland-Hodgman clips.
"""

from collections import defaultdict
from fractions import Fraction

Point = tuple[Fraction, Fraction]
Line = tuple[Fraction, Fraction, Fraction]  # a x + b y + c


def box(low, high) -> list[Point]:
    low, high = Fraction(low), Fraction(high)
    return [(low, low), (high, low), (high, high), (low, high)]


def value(line: Line, p: Point) -> Fraction:
    return line[0] * p[0] + line[1] * p[1] + line[2]


def clip(polygon: list[Point], line: Line) -> list[Point]:
    """Part of a polygon where the line is non-negative."""
    kept = []
    for p, q in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        vp, vq = value(line, p), value(line, q)
        if vp >= 0:
            kept.append(p)
        if vp * vq < 0:
            t = vp / (vp - vq)
            kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return kept


def area(polygon: list[Point]) -> Fraction:
    total = Fraction(0)
    for p, q in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        total += p[0] * q[1] - p[1] * q[0]
    return abs(total) / 2


def cut(polygon: list[Point], line: Line) -> list[list[Point]]:
    """Pieces of positive area."""
    if not any(line[:2]):
        return [polygon]
    pieces = [clip(polygon, line), clip(polygon, tuple(-c for c in line))]
    pieces = [piece for piece in pieces if len(piece) > 2 and area(piece) > 0]
    return pieces if len(pieces) == 2 else [polygon]


def centroid(polygon: list[Point]) -> Point:
    n = len(polygon)
    return sum(p[0] for p in polygon) / n, sum(p[1] for p in polygon) / n


def network_cells(layers, polygon: list[Point]):
    """Activation cells of a ReLU network (last layer linear) as (polygon, affine map rows)."""
    identity = [(Fraction(1), Fraction(0), Fraction(0)), (Fraction(0), Fraction(1), Fraction(0))]
    cells = [(polygon, identity)]
    for depth, (weights, biases) in enumerate(layers):
        is_last = depth == len(layers) - 1
        refined = []
        for piece, below in cells:
            forms = [compose(row, b, below) for row, b in zip(weights, biases, strict=True)]
            parts = [piece]
            if not is_last:
                for form in forms:
                    parts = [p for part in parts for p in cut(part, form)]
            for part in parts:
                middle = centroid(part)
                zero = (Fraction(0),) * 3
                on = [f if is_last or value(f, middle) > 0 else zero for f in forms]
                refined.append((part, on))
        cells = refined
    return cells


def compose(row, bias, below) -> Line:
    total = [Fraction(0), Fraction(0), Fraction(bias)]
    for weight, line in zip(row, below, strict=True):
        for k in range(3):
            total[k] += Fraction(weight) * line[k]
    return tuple(total)


def count_components(cells) -> int:
    """Edge-connected sets of polygons with equal labels; a side may be several edges long."""
    by_line = defaultdict(list)
    for index, (polygon, _) in enumerate(cells):
        for p, q in zip(polygon, polygon[1:] + polygon[:1], strict=True):
            if p != q:
                by_line[supporting(p, q)].append((min(p, q), max(p, q), index))
    parent = list(range(len(cells)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for segments in by_line.values():
        segments.sort()
        for k, (_, end, i) in enumerate(segments):
            for start, _, j in segments[k + 1 :]:
                if start >= end:
                    break
                if cells[i][1] == cells[j][1]:
                    parent[root(i)] = root(j)
    return len({root(i) for i in range(len(cells))})


def supporting(p: Point, q: Point):
    a, b = q[1] - p[1], p[0] - q[0]
    c = -(a * p[0] + b * p[1])
    lead = a if a else b
    return a / lead, b / lead, c / lead

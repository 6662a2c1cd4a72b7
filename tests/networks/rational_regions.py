"""Activation regions of small networks in fractions, by a method that nothing else here uses.

A region is a list of strict inequalities; whether there is a point that satisfies them all is
found by eliminating one variable after the other (Fourier and Motzkin).  No vertices, no rays, no
linear programs, no floats, and nothing from the library: unbounded regions, lines and charts of
flat domains need no care of their own.  Forms are tuples ``(c, a_1, ..., a_d)`` for ``c + <a, x>``.
"""

import math
from fractions import Fraction
from typing import NamedTuple


class Cell(NamedTuple):
    """One region: the signs of its units, inequalities, a point inside, and the outputs there."""

    signs: tuple
    forms: tuple
    point: tuple
    outputs: list


def evaluate(form, point):
    return form[0] + sum(a * x for a, x in zip(form[1:], point, strict=True))


def tightest(forms):
    """For every direction only the strongest inequality; None if one cannot hold."""
    strongest = {}
    for constant, *normal in forms:
        fractions = [Fraction(a) for a in normal]
        if not any(fractions):
            if constant <= 0:
                return None
            continue
        common = math.lcm(*(a.denominator for a in fractions))
        integers = [int(a * common) for a in fractions]
        divisor = math.gcd(*integers)
        key = tuple(a // divisor for a in integers)
        bound = Fraction(constant) * common / divisor
        strongest[key] = min(bound, strongest.get(key, bound))
    return [(constant, *normal) for normal, constant in strongest.items()]


def point_inside(forms, dimension):
    """A point where every form is positive, or None."""
    forms = tightest(forms)
    if forms is None:
        return None
    if dimension == 0:
        return ()
    below = [form for form in forms if form[-1] > 0]
    above = [form for form in forms if form[-1] < 0]
    shadows = [form[:-1] for form in forms if form[-1] == 0]
    shadows += [
        tuple(x * -v[-1] + y * u[-1] for x, y in zip(u[:-1], v[:-1], strict=True))
        for u in below
        for v in above
    ]
    rest = point_inside(shadows, dimension - 1)
    if rest is None:
        return None
    lows = [-evaluate(form[:-1], rest) / form[-1] for form in below]
    highs = [-evaluate(form[:-1], rest) / form[-1] for form in above]
    if lows and highs:
        last = between(max(lows), min(highs))
    elif lows:
        last = math.floor(max(lows)) + 1
    elif highs:
        last = math.ceil(min(highs)) - 1
    else:
        last = 0
    return (*rest, Fraction(last))


def between(low, high):
    """A number of few digits strictly between two others."""
    scale = 1
    while math.floor(low * scale) + 1 >= high * scale:
        scale *= 2
    return Fraction(math.floor(low * scale) + 1, scale)


def activation_regions(
    layers, dimension, *, thresholds=None, slopes=None, inequalities=(), chart=None
):
    """Enumerate the cells of a network, sorted by sign vector.

    Parameters
    ----------
    layers : list of (W, b)
        In numbers of any exact kind; floats count as the rationals that they encode.
    dimension : int
        Of the domain, which is the set where all `inequalities` (forms) are at least zero.
    thresholds, slopes : list, optional
        A number or list of numbers per layer.  A threshold None, and a slope 1, are units without
        an activation and without a sign.  A unit that vanishes on a region has sign 0 there.
    chart : (origin, directions), optional
        The input of the network at the point y is ``origin + sum y_i directions[i]``.
    """
    thresholds = thresholds or [0] * (len(layers) - 1) + [None]
    slopes = slopes or [None] * len(layers)
    if chart is None:
        unit = [[int(i == j) for j in range(dimension)] for i in range(dimension)]
        chart = [0] * dimension, unit
    origin, directions = chart
    inputs = [(Fraction(x), *(Fraction(v[i]) for v in directions)) for i, x in enumerate(origin)]
    start = point_inside(inequalities, dimension)
    if start is None:
        raise ValueError("the domain is flat or empty: give a chart of its affine hull")
    cells = [Cell((), tuple(inequalities), start, inputs)]
    for (weight, bias), threshold, slope in zip(layers, thresholds, slopes, strict=True):
        kinks = per_unit(threshold, len(bias))
        bends = per_unit(0 if slope is None else slope, len(bias))
        cells = [
            new
            for cell in cells
            for new in refine(cell, preactivation(weight, bias, cell.outputs), kinks, bends)
        ]
    return sorted(cells)


def per_unit(value, width):
    return list(value) if isinstance(value, (list, tuple)) else [value] * width


def preactivation(weight, bias, below):
    forms = []
    for row, b in zip(weight, bias, strict=True):
        total = [Fraction(b)] + [Fraction(0)] * (len(below[0]) - 1)
        for w, form in zip(row, below, strict=True):
            if w:
                total = [x + Fraction(w) * y for x, y in zip(total, form, strict=True)]
        forms.append(tuple(total))
    return forms


def refine(cell, forms, kinks, bends):
    """Cut one cell by the units of a layer."""
    pieces = [cell._replace(outputs=[])]
    for form, kink, bend in zip(forms, kinks, bends, strict=True):
        if kink is None or bend == 1:
            pieces = [piece._replace(outputs=[*piece.outputs, form]) for piece in pieces]
            continue
        kink, bend = Fraction(kink), Fraction(bend)
        height = (form[0] - kink, *form[1:])
        bent = (kink + bend * height[0], *(bend * a for a in height[1:]))
        pieces = [
            Cell((*piece.signs, sign), bounds, point, [*piece.outputs, form if sign > 0 else bent])
            for piece in pieces
            for sign, bounds, point in sides(piece, height)
        ]
    return pieces


def sides(piece, height):
    """Parts of a cell where a form has one sign: (sign, inequalities, point)."""
    here = evaluate(height, piece.point)
    if not any(height[1:]):
        return [((here > 0) - (here < 0), piece.forms, piece.point)]
    found = []
    for sign in (-1, 1):
        bounds = (*piece.forms, tuple(sign * x for x in height))
        inside = piece.point if sign * here > 0 else point_inside(bounds, len(piece.point))
        if inside is not None:
            found.append((sign, bounds, inside))
    return found if len(found) > 1 else [(found[0][0], piece.forms, piece.point)]


def box_forms(low, high, dimension):
    """Forms that are at least zero on the box ``[low, high]^d``."""
    forms = []
    for axis in range(dimension):
        unit = [int(i == axis) for i in range(dimension)]
        forms += [(-low, *unit), (high, *(-x for x in unit))]
    return forms

"""Integrals over simple polytopes, one term for each vertex.

Lawrence (1991), "Polytope volume computation", Math. Comp. 57: in a simple polytope write a linear
form c as a combination gamma of the outer normals of the facets through each vertex v.  If no
gamma_i is zero, then with A_v the matrix of these normals

    d! vol(P)  =  sum over v of  (c . v)^d / (|det A_v| gamma_1 ... gamma_d),

and the same sum with the power d + 1 is (d + 1)! times the integral of c.  Each vertex is used
once, so numbers with long denominators meet only in one sum at the end; the terms may be far larger
than the sum, which is why the formula needs exact arithmetic.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import count

import flint
import numpy as np

from polytropic.geometry.descriptions import DoubleDescription
from polytropic.geometry.volumes.relative import fraction_of, sum_by_halves

__all__ = ["is_simple", "lawrence_centroid", "lawrence_volume"]


def is_simple(description: DoubleDescription) -> bool:
    """Whether every vertex lies on as many facets as the (bounded) polytope has dimensions."""
    degrees = np.asarray(description.facet_members.sum(axis=0)).ravel()
    return bool((degrees == description.dimension).all())


def lawrence_volume(description: DoubleDescription) -> Fraction:
    """Volume of a simple, full-dimensional polytope."""
    d = description.dimension
    return fraction_of(_power_sums(description, d, [[0] * d])[0] / math.factorial(d))


def lawrence_centroid(description: DoubleDescription) -> list[flint.fmpq]:
    """Centre of mass of a simple, full-dimensional polytope."""
    d = description.dimension
    # The integral of a linear form is linear in the form.
    steps = [[int(i == j) for i in range(d)] for j in range(d)]
    base, *others = _power_sums(description, d + 1, [[0] * d, *steps])
    volume = _power_sums(description, d, [[0] * d])[0]
    return [(other - base) / (volume * (d + 1)) for other in others]


def _power_sums(
    description: DoubleDescription, power: int, offsets: list[list[int]]
) -> list[flint.fmpq]:
    """Lawrence's sum for some linear forms, at given offsets from one that makes all generic."""
    for attempt in count():
        size = 1 << (10 + 4 * attempt)
        base = np.random.default_rng(attempt).integers(-size, size, description.dimension)
        forms = [[c + step for c, step in zip(base.tolist(), o, strict=True)] for o in offsets]
        sums = [_power_sum(description, form, power) for form in forms]
        if None not in sums:
            break
    return [found for found in sums if found is not None]


def _power_sum(description: DoubleDescription, form: list[int], power: int) -> flint.fmpq | None:
    """Lawrence's sum for one linear form; None if the form is constant along an edge."""
    normals = (-description.facets[:, 1:]).tolist()
    through = description.facet_members.T.tocsr()
    column = flint.fmpz_mat([[c] for c in form])
    terms = []
    for vertex, (height, *point) in enumerate(description.generators.tolist()):
        on = through.indices[through.indptr[vertex] : through.indptr[vertex + 1]]
        matrix = flint.fmpz_mat([normals[i] for i in on.tolist()])
        gamma = matrix.transpose().solve(column).entries()
        weight = math.prod(gamma, start=flint.fmpq(abs(matrix.det())))
        if not weight:
            return None
        value = flint.fmpq(sum(c * x for c, x in zip(form, point, strict=True)), height)
        terms.append(value**power / weight)
    return sum_by_halves(terms)

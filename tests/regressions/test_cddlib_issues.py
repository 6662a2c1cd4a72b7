"""Inputs on which cddlib in floats went wrong, from its public issue tracker, and what is right.

The numbers of each report are taken as the decimals that they are.  cddlib in rationals decides.
"""

from fractions import Fraction

import numpy as np
import pytest

from polytropic import Polytope
from polytropic.geometry.faces import f_vector


def decimals(text):
    return [[Fraction(word) for word in line.split()] for line in text.strip().splitlines()]


ISSUE_34 = decimals("""
-8.02 -2.955 -2.412
-7.942 -2.622 -2.362
-7.956 -1.271 -2.403
-7.878 -0.937 -2.353
-7.763 1.284 -2.392
-7.685 1.617 -2.342
-7.699 2.968 -2.383
-7.621 3.301 -2.333
-6.495 3.278 -1.779
0.773 3.13 -2.645
""")

ISSUE_44 = decimals("""
0.5 1 -0.4561
-0.5 1 -0.51431
0.47213 0.94423 0.48569
-0.47213 0.94423 0.43067
""")

ISSUE_67 = decimals("""
-0.5367662906646729 0.9292178750038147 0.36953237652778625
0.39611172676086426 0.058287363499403 -0.9982998371124268
-0.17240175604820251 -0.0582873672246933 0.9982998371124268
-0.45 1 0
0.45 0 -1
-0.35 0 1
""")


@pytest.mark.parametrize("engine", ["auto", "qhull", "dd"])
def test_issue_34_points_nearly_on_planes(engine):
    hull = Polytope.from_points(ISSUE_34, engine=engine)
    assert hull == Polytope.from_points(ISSUE_34, engine="cdd")
    assert hull.contains(ISSUE_34).all()
    numbers = f_vector(hull)
    assert numbers[0] - numbers[1] + numbers[2] == 2
    floats = Polytope.from_points(np.array(ISSUE_34, dtype=float), engine=engine)
    assert floats == Polytope.from_points(np.array(ISSUE_34, dtype=float), engine="cdd")


@pytest.mark.parametrize("engine", ["auto", "qhull", "dd"])
@pytest.mark.parametrize("last", ["0.47213", "0.47214"])
def test_issue_44_a_cone_over_a_quadrilateral(engine, last):
    rays = [*ISSUE_44[:3], [-Fraction(last), *ISSUE_44[3][1:]]]
    cone = Polytope.from_points([[0, 0, 0]], rays=rays, engine=engine)
    assert (cone.n_vertices, cone.n_rays, cone.n_facets) == (1, 4, 4)
    assert cone == Polytope.from_points([[0, 0, 0]], rays=rays, engine="cdd")


@pytest.mark.parametrize("engine", ["auto", "qhull", "dd"])
def test_issue_67_nearly_parallel_constraints(engine):
    A = [[-x for x in row[1:]] for row in ISSUE_67]
    b = [row[0] for row in ISSUE_67]
    region = Polytope.from_halfspaces(A, b, engine=engine)
    assert region == Polytope.from_halfspaces(A, b, engine="cdd")
    assert region.n_vertices == 5
    floats = np.array(A, dtype=float), np.array(b, dtype=float)
    assert Polytope.from_halfspaces(*floats, engine=engine).n_vertices == 5

"""Inputs on which all programs are compared, with the right counts where theory has them."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.polytopes import cell_24, cyclic, on_sphere, permutahedron
from benchmarks.zonotopes import generic, resonance, type_a, type_b

Layers = Sequence[tuple[Any, Any]]


class Case(NamedTuple):
    """One question.

    Without a truth of theory our own count stands for it.  `peers` are those that can be asked;
    `long` ones wait for ``--all``.
    """

    name: str
    task: str
    arrays: dict[str, Any]
    truth: int | None
    peers: str
    long: bool = False


# -- networks --------------------------------------------------------------------------------------
def hidden_layers(d: int, widths: Sequence[int]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """The random hidden layers of `benchmarks.regions`, as arrays."""
    rng = np.random.default_rng(0)
    layers, below = [], d
    for width in widths:
        weight = rng.standard_normal((width, below)) / np.sqrt(below)
        layers.append((weight, 0.5 * rng.standard_normal(width)))
        below = width
    return layers


def regions(
    name: str, layers: Layers, size: float, truth: int | None, peers: str, long: bool = False
) -> Case:
    """A network in the box [-size, size]^d, or on all of R^d for size 0."""
    arrays: dict[str, Any] = {"size": float(size)}
    for i, (weight, bias) in enumerate(layers):
        arrays |= {f"w{i}": np.array(weight, float), f"b{i}": np.array(bias, float)}
    return Case(name, "regions", arrays, truth, peers, long)


def random_regions(
    d: int, widths: Sequence[int], size: float, truth: int, peers: str, long: bool = False
) -> Case:
    name = f"{d}; {','.join(map(str, widths))}"
    return regions(name, hidden_layers(d, widths), size, truth, peers, long)


IN_A_BOX = [
    random_regions(2, (16, 16), 1, 157, "regioncam affinitree relucent"),
    random_regions(2, (64,) * 3, 1, 4_117, "regioncam affinitree"),
    random_regions(2, (128,) * 4, 1, 26_555, "regioncam"),
    random_regions(3, (16, 16), 1, 806, "affinitree relucent"),
    random_regions(3, (32, 32), 1, 11_825, "affinitree", True),
    random_regions(3, (64,) * 3, 1, 105_862, "affinitree", True),
    random_regions(4, (32,) * 3, 1, 165_429, "affinitree", True),
]
EVERYWHERE = [
    random_regions(2, (16, 16), 0, 478, "affinitree relucent"),
    random_regions(3, (16, 16), 0, 4_279, "affinitree"),
    random_regions(4, (16, 16), 0, 34_463, "affinitree", True),
    random_regions(3, (32, 32), 0, 46_818, "affinitree", True),
]

_RNG = np.random.default_rng(7)
_LINES, _OFFSETS = _RNG.standard_normal((8, 2)), _RNG.standard_normal(8)
_COPIES = np.vstack([_LINES, _LINES[0], -_LINES[3], 4 * _LINES[5]])
_COPIED = np.append(_OFFSETS, [_OFFSETS[0], -_OFFSETS[3], 4 * _OFFSETS[5]])
_THIRD = 1 / 3  # no third: the lines still meet in the origin
_CONCURRENT = [[1, _THIRD], [_THIRD, 1], [1 + _THIRD, 1 + _THIRD]]
_GRID = ([[1, 0]] * 5 + [[0, 1]] * 5, [-0.5, -0.25, 0, 0.25, 0.5] * 2)
_BRAID = [[int(k == i) - int(k == j) for k in range(4)] for i, j in combinations(range(4), 2)]
_PLANE = "regioncam affinitree relucent shapely"


def _degenerate(size: float, peers: str) -> list[Case]:
    """One hidden layer each, so that the number of cells is that of an arrangement."""
    return [
        regions("three concurrent lines", [(_CONCURRENT, [0] * 3)], size, 6, peers),
        regions("the same, six times as many", [(_CONCURRENT * 6, [0] * 18)], size, 6, peers),
        regions("grid of 5 × 5 lines", [_GRID], size, 36, peers),
        regions("8 lines", [(_LINES, _OFFSETS)], size, 37, peers),
        regions("8 lines, 3 of them twice", [(_COPIES, _COPIED)], size, 37, peers),
    ]


DEGENERATE = [
    *(c._replace(name=f"{c.name}; square of ±1000") for c in _degenerate(1000, _PLANE)),
    *(c._replace(name=f"{c.name}; plane") for c in _degenerate(0, "affinitree relucent")),
    regions("braid arrangement in R^4", [(_BRAID, [0] * 6)], 0, 24, "affinitree relucent"),
]


# -- polytopes -------------------------------------------------------------------------------------
_HULLS = "Qhull cdd cdd.gmp PPL normaliz"


def zonotope(
    name: str, generators: NDArray[Any], truth: int, peers: str, long: bool = False
) -> Case:
    return Case(name, "zonotope", {"generators": generators}, truth, peers, long)


ZONOTOPES = [
    zonotope("generic (12, 3)", generic(12, 3), 134, _HULLS),
    zonotope("generic (9, 4)", generic(9, 4), 186, _HULLS),
    zonotope("generic (40, 3)", generic(40, 3), 1_562, "Qhull PPL normaliz", True),
    zonotope("generic (100, 3)", generic(100, 3), 9_902, "Qhull"),
    zonotope("generic (20, 5)", generic(20, 5), 10_072, "Qhull", True),
    zonotope("permutahedron 5", type_a(5), 120, _HULLS),
    zonotope("B4", type_b(4), 384, "Qhull PPL normaliz"),
    zonotope("B5", type_b(5), 3_840, "Qhull"),
    zonotope("resonance 4", resonance(4), 370, "Qhull PPL normaliz"),
    zonotope("resonance 5", resonance(5), 11_292, "Qhull", True),
]


def hull(name: str, points: NDArray[Any], truth: int | None, peers: str = _HULLS) -> Case:
    return Case(name, "hull", {"points": points}, truth, peers)


HULLS = [
    hull("100 points on a sphere, R^3", on_sphere(100, 3), 196),
    hull("1000 points on a sphere, R^3", on_sphere(1000, 3), 1_996, "Qhull cdd PPL normaliz"),
    hull("1000 points on a sphere, R^4", on_sphere(1000, 4), None, "Qhull PPL normaliz"),
    hull("24-cell", cell_24(), 24),
    hull("permutahedron S5", permutahedron(5), 30),
    hull("permutahedron S6", permutahedron(6), 62, "Qhull cdd PPL normaliz"),
    hull("cyclic, 16 points in R^6", cyclic(16, 6), 352),
]


# -- subdivisions ----------------------------------------------------------------------------------
def subdivision(
    name: str,
    exponents: Iterable[Any],
    coefficients: Iterable[Any],
    truth: int | None,
    peers: str,
    long: bool = False,
) -> Case:
    arrays = {"exponents": np.array(exponents), "coefficients": np.array(coefficients)}
    return Case(name, "subdivision", arrays, truth, peers, long)


def _random_terms(n: int, d: int, scale: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distinct exponents and integer coefficients near a paraboloid, so that many are vertices."""
    rng = np.random.default_rng(1)
    exponents = np.unique(rng.integers(0, 200, (n, d)), axis=0)
    heights = scale - scale * ((exponents - 100) ** 2).sum(axis=1) // 10**4
    return exponents, heights + rng.integers(-scale // 1000, scale // 1000 + 1, len(exponents))


def _paraboloid(n: int, d: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """All exponents below n, lifted so that the cells are the unit cubes between them."""
    exponents = np.array(list(np.ndindex(*[n] * d)))
    return exponents, -(exponents**2).sum(axis=1)


_FIRST = ([(2, 0), (0, 2), (1, 1), (1, 0), (0, 1), (0, 0)], [1, 1, 2, 2, 2, 2])
_ALL = "tropix Qhull cdd cdd.gmp PPL normaliz"
SUBDIVISIONS = [
    subdivision("first example of the paper", *_FIRST, 3, _ALL),
    subdivision("8 × 8 squares", *_paraboloid(9, 2), 64, _ALL),
    subdivision("6 × 6 × 6 cubes", *_paraboloid(7, 3), 216, _ALL),
    subdivision(
        "1000 monomials, d = 2", *_random_terms(1000, 2, 10**4), None, "tropix Qhull PPL normaliz"
    ),
    subdivision(
        "1000 monomials, d = 2, lifts to 10^9", *_random_terms(1000, 2, 10**9), None,
        "tropix Qhull PPL normaliz",
    ),
    subdivision(
        "1000 monomials, d = 3", *_random_terms(1000, 3, 10**4), None, "tropix Qhull PPL normaliz"
    ),
]  # fmt: skip

TABLES = {
    "Regions in [-1, 1]^d, random networks": IN_A_BOX,
    "Regions of R^d, random networks": EVERYWHERE,
    "Regions of degenerate networks": DEGENERATE,
    "Vertices of zonotopes": ZONOTOPES,
    "Facets of hulls": HULLS,
    "Maximal cells of regular subdivisions": SUBDIVISIONS,
}

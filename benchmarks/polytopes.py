"""Conversions of polytopes: ours (proven), Qhull in floats, and the exact engines.

Sums and support functions have scripts of their own, `minkowski` and `supports`.

"Ours" is the time to all counts and incidences, exact and proven; "and coordinates" adds correctly
rounded facets (or vertices) in floats.  Qhull is SciPy's call alone, on the same floats.  Normaliz
(PyNormaliz), the Parma Polyhedra Library (pplpy) and cddlib in rationals are exact; the first two
are asked if they are installed.
"""

import importlib.util
import itertools
import math
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cdd
import cdd.gmp
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, HalfspaceIntersection

from benchmarks.measuring import Run, cells, measure, script, show
from polytropic import Polytope

Points = NDArray[Any]


# -- inputs --------------------------------------------------------------------------------------
def on_sphere(n: int, d: int, radius: int = 10**6) -> Points:
    """Random points on a sphere, rounded to integers; all are vertices and facets are simplices."""
    points = np.random.default_rng(0).standard_normal((n, d))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return np.rint(radius * points).astype(np.int64)


def gaussian(n: int, d: int) -> Points:
    """Normally distributed floats, most of which are inside."""
    return np.random.default_rng(1).standard_normal((n, d))


def permutahedron(n: int) -> Points:
    """Permutations of 0, ..., n - 1 without their last entry: full-dimensional, n! vertices."""
    return np.array(list(itertools.permutations(range(n))))[:, :-1]


def cuts(n: int) -> Points:
    """Incidence vectors of the cuts of the complete graph: the cut polytope, 2^(n-1) vertices."""
    sides = [(0, *side) for side in itertools.product((0, 1), repeat=n - 1)]
    pairs = list(itertools.combinations(range(n), 2))
    return np.array([[side[i] ^ side[j] for i, j in pairs] for side in sides])


def cell_24() -> Points:
    """The 24-cell."""
    signs = [np.array(s) for s in itertools.product((1, -1), repeat=2)]
    pairs = itertools.combinations(range(4), 2)
    rows = [np.eye(4)[list(pair)].T @ sign for pair in pairs for sign in signs]
    return np.array(rows).astype(np.int64)


def cell_120(digits: int = 9) -> Points:
    """The 600 vertices of the 120-cell in decimals: nearly, but not quite, the regular one."""
    golden = (1 + math.sqrt(5)) / 2
    kinds = [
        ((2, 2, 0, 0), False),
        ((math.sqrt(5), 1, 1, 1), False),
        ((golden, golden, golden, golden**-2), False),
        ((golden**2, golden**-1, golden**-1, golden**-1), False),
        ((golden**2, golden**-2, 1, 0), True),
        ((math.sqrt(5), golden**-1, golden, 0), True),
        ((2, 1, golden, golden**-1), True),
    ]
    rows = set()
    for entries, even in kinds:
        for order in itertools.permutations(range(4)):
            inversions = sum(a > b for a, b in itertools.combinations(order, 2))
            if even and inversions % 2:
                continue
            for signs in itertools.product((1, -1), repeat=4):
                row = [sign * entries[place] for sign, place in zip(signs, order, strict=True)]
                rows.add(tuple(round(x * 10**digits) + 0 for x in row))
    return np.array(sorted(rows))


def cyclic(n: int, d: int) -> Points:
    """Points on the moment curve."""
    return np.array([[t**k for k in range(1, d + 1)] for t in range(n)])


def zero_one(n: int, d: int) -> Points:
    """Random points with entries 0 and 1."""
    return np.unique(np.random.default_rng(0).integers(0, 2, (n, d)), axis=0)


def dwarfed_cube(d: int) -> tuple[Points, Points]:
    """Rows of a cube cut by ``2 sum x <= 3``: 2 d + 1 facets, d^2 + 1 vertices."""
    identity = np.eye(d, dtype=np.int64)
    A = np.vstack([-identity, identity, 2 * np.ones((1, d), dtype=np.int64)])
    return A, np.array([0] * d + [1] * d + [3])


def polar_rows(points: Points) -> tuple[Points, Points]:
    """Rows ``<p, x> <= 1`` for points around the origin, brought to the unit ball."""
    A = points / np.abs(points).max()
    return A, np.ones(len(A))


# -- conversions ---------------------------------------------------------------------------------
def ours(points: Points) -> int:
    """Number of facets, with incidences, proven."""
    polytope = Polytope.from_points(points)
    return int(polytope.facet_members.shape[0])


def ours_rounded(points: Points) -> int:
    """The same with correctly rounded facets."""
    polytope = Polytope.from_points(points)
    return len(polytope.halfspaces[0]) + 0 * int(polytope.facet_members.shape[0])


def ours_from_rows(A: Points, b: Points) -> int:
    """Number of vertices, proven."""
    return Polytope.from_halfspaces(A, b).n_vertices


def ours_from_rows_rounded(A: Points, b: Points) -> int:
    """The same with incidences and correctly rounded vertices."""
    polytope = Polytope.from_halfspaces(A, b)
    return len(polytope.vertices) + 0 * polytope.facet_members.shape[0]


def qhull(points: Points) -> int:
    """Number of simplices according to Qhull."""
    return len(ConvexHull(points).simplices)


def qhull_from_rows(A: Points, b: Points) -> int:
    """Number of vertices according to Qhull, which is given a point inside."""
    rows = np.column_stack([A, -b])
    return len(HalfspaceIntersection(rows, np.zeros(A.shape[1])).intersections)


def by_cdd(points: Points) -> int:
    """Number of facets according to cddlib in rationals."""
    matrix = cdd.gmp.matrix_from_array(
        [[1, *row] for row in points.tolist()], rep_type=cdd.RepType.GENERATOR
    )
    return len(cdd.gmp.copy_inequalities(cdd.gmp.polyhedron_from_matrix(matrix)).array)


def by_normaliz(points: Points) -> int:
    """Number of facets according to normaliz (over the integers)."""
    import PyNormaliz

    cone = PyNormaliz.Cone(polytope=points.tolist())
    return len(cone.SupportHyperplanes())


def by_ppl(points: Points) -> int:
    """Number of facets according to the Parma Polyhedra Library."""
    import ppl

    variables = [ppl.Variable(i) for i in range(points.shape[1])]
    system = ppl.Generator_System()
    for row in points.tolist():
        system.insert(ppl.point(sum(x * v for x, v in zip(row, variables, strict=True))))
    return len(ppl.C_Polyhedron(system).minimized_constraints())


def by_normaliz_from_rows(A: Points, b: Points) -> int:
    """Number of vertices according to normaliz."""
    import PyNormaliz

    rows = np.column_stack([-A, b]).tolist()
    return len(PyNormaliz.Cone(inhom_inequalities=rows).VerticesOfPolyhedron())


def by_ppl_from_rows(A: Points, b: Points) -> int:
    """Number of vertices according to the Parma Polyhedra Library."""
    import ppl

    variables = [ppl.Variable(i) for i in range(A.shape[1])]
    system = ppl.Constraint_System()
    for row, level in zip(A.tolist(), b.tolist(), strict=True):
        system.insert(sum(x * v for x, v in zip(row, variables, strict=True)) <= level)
    return len(ppl.C_Polyhedron(system).minimized_generators())


def by_cdd_from_rows(A: Points, b: Points) -> int:
    """Number of vertices according to cddlib in rationals."""
    matrix = cdd.gmp.matrix_from_array(
        np.column_stack([b, -A]).tolist(), rep_type=cdd.RepType.INEQUALITY
    )
    return len(cdd.gmp.copy_generators(cdd.gmp.polyhedron_from_matrix(matrix)).array)


def _asked(module: str, work: Callable[[], int]) -> Run | None:
    return measure(work) if importlib.util.find_spec(module) else None


# -- tables --------------------------------------------------------------------------------------
GENERAL = [
    (kind, n, d)
    for kind in (on_sphere, gaussian)
    for n, d in [(100, 3), (1000, 3), (1000, 4), (1000, 5)]
]


def run_general(everything: bool) -> bool:
    """Points in general position, both directions, against Qhull."""
    rows, all_right = [], True
    for kind, n, d in GENERAL:
        points = kind(n, d)
        name = f"{n} {'integer points on a sphere' if kind is on_sphere else 'Gaussian floats'}"
        A, b = polar_rows(points)
        directions = [
            ("V→H", ours, ours_rounded, qhull, (points,)),
            ("H→V", ours_from_rows, ours_from_rows_rounded, qhull_from_rows, (A, b)),
        ]
        for arrow, *programs, given in directions:
            found, rounded, peer = (measure(lambda f=f, x=given: f(*x)) for f in programs)
            all_right &= found.count == rounded.count
            all_right &= d != 3 or kind is gaussian or found.count == 2 * n - 4
            rows.append(
                [
                    f"{arrow} {name}, R^{d}",
                    f"{found.count:,}",
                    *(f"{run.seconds:.4f}" for run in (found, rounded, peer)),
                    *(f"{run.seconds / peer.seconds:.2f}×" for run in (found, rounded)),
                ]
            )
    times = ["ours", "and coordinates", "Qhull", "ours / Qhull", "and coordinates / Qhull"]
    show("Points in general position", ["work", "facets or vertices", *times], rows)
    return all_right


def degenerate_cases(everything: bool) -> list[tuple[str, Points, int | None]]:
    """Points whose hulls have large facets, with the number of facets where theory knows it."""
    cases: list[tuple[str, Points, int | None]] = [
        ("permutahedron S5", permutahedron(5), 30),
        ("permutahedron S6", permutahedron(6), 62),
        ("permutahedron S7", permutahedron(7), 126),
        ("cut polytope of K5", cuts(5), 56),
        ("cut polytope of K6", cuts(6), 368),
        ("24-cell", cell_24(), 24),
        ("120-cell in 9 decimals", cell_120(), None),
        ("cyclic, 16 points in R^6", cyclic(16, 6), 352),
        ("cyclic, 20 points in R^8", cyclic(20, 8), 2275),
        ("0/1, 60 points in R^8", zero_one(60, 8), None),
        ("0/1, 100 points in R^10", zero_one(100, 10), None),
    ]
    return cases if everything else [case for case in cases if "S7" not in case[0]]


def run_degenerate(everything: bool) -> bool:
    """Degenerate points, and rows, against the exact engines."""
    rows, all_right = [], True
    for name, points, known in degenerate_cases(everything):
        found = measure(lambda p=points: ours(p))
        large = len(points) > 200 or points.shape[1] > 9  # minutes for cddlib
        peers = [
            _asked("ppl", lambda p=points: by_ppl(p)),
            _asked("PyNormaliz", lambda p=points: by_normaliz(p)),
            None if large else measure(lambda p=points: by_cdd(p)),
        ]
        all_right &= _row(rows, f"V→H {name}", found, known, peers)
    for d in (6, 8, 10, 12):
        A, b = dwarfed_cube(d)
        all_right &= _row(
            rows,
            f"H→V dwarfed cube in R^{d}",
            measure(lambda A=A, b=b: ours_from_rows(A, b)),
            d * d + 1,
            _peers_from_rows(A, b),
        )
    for n in (5, 6, 7):
        polytope = Polytope.from_points(permutahedron(n))
        A, b = polytope.facets.A.astype(np.int64), polytope.facets.b.astype(np.int64)
        all_right &= _row(
            rows,
            f"H→V permutahedron S{n}",
            measure(lambda A=A, b=b: ours_from_rows(A, b)),
            math.factorial(n),
            _peers_from_rows(A, b, ask_cdd=n < 7),
        )
    peers = [column for name in ("PPL", "normaliz", "cdd.gmp") for column in (name, "/ ours", "")]
    show("Degenerate polytopes", ["work", "count", "ours", "", *peers], rows)
    return all_right


def _peers_from_rows(A: Points, b: Points, ask_cdd: bool = True) -> list[Run | None]:
    return [
        _asked("ppl", lambda: by_ppl_from_rows(A, b)),
        _asked("PyNormaliz", lambda: by_normaliz_from_rows(A, b)),
        measure(lambda: by_cdd_from_rows(A, b)) if ask_cdd else None,
    ]


def _row(
    rows: list[list[str]], name: str, found: Run, known: int | None, peers: list[Run | None]
) -> bool:
    assert found.count is not None
    truth = found.count if known is None else known
    others = [cell for peer in peers for cell in cells(peer, truth, found)]
    rows.append([name, f"{truth:,}", *cells(found, truth), *others])
    return found.count == truth


# -- many points, with memory ----------------------------------------------------------------------
def many_points(kind: str) -> Points:
    """A hundred thousand points in space."""
    rng = np.random.default_rng(2)
    if kind == "sphere":
        return on_sphere(100_000, 3).astype(float)
    return rng.standard_normal((100_000, 3)) if kind == "Gaussian" else rng.random((100_000, 3))


def run_many(everything: bool) -> bool:
    """A hundred thousand points: seconds and memory beyond the input, each in its own process."""
    rows, all_right = [], True
    for kind in ("Gaussian", "cube", "sphere"):
        figures = {who: _in_a_process(who, kind) for who in ("ours", "qhull")}
        (count, seconds, memory), (peer_count, peer, peer_memory) = figures.values()
        all_right &= count == peer_count or kind != "Gaussian"
        rows.append(
            [f"100,000 points, {kind}", f"{count:,.0f}", f"{seconds:.3f}", f"{peer:.3f}",
             f"{seconds / peer:.2f}×", f"{memory:.0f}", f"{peer_memory:.0f}",
             f"{memory / max(peer_memory, 1):.1f}×"]
        )  # fmt: skip
    columns = ["work", "facets", "ours", "Qhull", "ratio", "ours, MB", "Qhull, MB", "ratio"]
    show("Many points in space", columns, rows)
    return all_right


def _in_a_process(who: str, kind: str) -> tuple[float, float, float]:
    """Count, seconds and peak memory in MB beyond what was in use before the first run."""
    arguments = [sys.executable, "-m", "benchmarks.polytopes", "--one", who, kind]
    output = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    count, seconds, memory = map(float, output.split())
    return count, seconds, memory


def _one(who: str, kind: str) -> None:
    work = ours if who == "ours" else qhull
    work(many_points("cube")[:2000])  # loads what either needs
    points = many_points(kind)
    before = _peak_memory(forget=True)
    first = work(points)
    memory = (_peak_memory() - before) / 1024
    found = measure(lambda: work(points))
    print(first, found.seconds, memory)


def _peak_memory(forget: bool = False) -> float:
    """Peak resident memory in kB; Linux can forget the peak so far and start from the present."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    if forget:
        Path("/proc/self/clear_refs").write_text("5")
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return float(peak.split()[1])


def run(everything: bool) -> bool:
    """Measure, print, and say whether our counts agree with theory and the exact engines."""
    return all([run_general(everything), run_degenerate(everything), run_many(everything)])


main = script(run)

if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:4])
    else:
        main()

"""Zonotopes and arrangements: vertices listed with their sign vectors, and chambers counted.

Qhull works in floats; ``cdd.gmp`` and PPL are exact.  They see the corners of a parallelotope
first and then, for every further generator g, the union of the vertices so far with their
translates by g; polymake has a function of its own.  Peers that are not installed are said to be
missing.
"""

import os
import subprocess
import tracemalloc
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import cdd
import cdd.gmp
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from benchmarks.measuring import cells, measure, script, show
from polytropic import HyperplaneArrangement, Zonotope, load_network
from polytropic.geometry.arrangements.counting.theorems import buck
from polytropic.networks.zonotopes import first_layer_zonotope

Rows = NDArray[np.int64]


# -- families with known numbers of vertices -----------------------------------------------------
def generic(m: int, d: int) -> Rows:
    """Random integer generators; 2 sum_{i<d} C(m-1, i) vertices."""
    return np.random.default_rng(0).integers(-(10**6), 10**6 + 1, (m, d))


def resonance(n: int) -> Rows:
    """All non-zero 0/1 vectors."""
    return np.array([row for row in product([0, 1], repeat=n) if any(row)])


def threshold(n: int) -> Rows:
    """All (1, x) with x a 0/1 vector."""
    return np.array([(1, *row) for row in product([0, 1], repeat=n)])


def type_a(n: int) -> Rows:
    """Positive roots e_i - e_j without the last coordinate: n! vertices."""
    unit = np.eye(n, dtype=np.int64)
    return np.array([unit[i] - unit[j] for i, j in combinations(range(n), 2)])[:, :-1]


def type_b(n: int) -> Rows:
    """Roots e_i and e_i ± e_j: 2^n n! vertices."""
    unit = np.eye(n, dtype=np.int64)
    pairs = list(combinations(range(n), 2))
    sums = [unit[i] + s * unit[j] for i, j in pairs for s in (1, -1)]
    return np.array([*unit, *sums])


class Case(NamedTuple):
    """Generators, the right number of vertices, and who is asked about them."""

    name: str
    generators: Rows
    truth: int
    peers: str = ""  # q for Qhull, c for cdd.gmp, p for PPL, m for polymake
    long: bool = False


CASES = [
    Case("generic (12, 3)", generic(12, 3), 134, "qcpm"),
    Case("generic (40, 3)", generic(40, 3), 1_562, "qpm", True),
    Case("generic (100, 3)", generic(100, 3), 9_902, "q"),
    Case("generic (9, 4)", generic(9, 4), 186, "qcpm"),
    Case("generic (20, 5)", generic(20, 5), 10_072, "q"),
    Case("generic (16, 8)", generic(16, 8), 32_768, "q", True),
    Case("generic (1000, 3)", generic(1000, 3), 999_002),
    Case("generic (60, 5)", generic(60, 5), 978_812),
    Case("permutahedron 5", type_a(5), 120, "qcpm"),
    Case("permutahedron 7", type_a(7), 5_040, "q", True),
    Case("permutahedron 8", type_a(8), 40_320),
    Case("B4", type_b(4), 384, "qp"),
    Case("B5", type_b(5), 3_840, "q"),
    Case("B6", type_b(6), 46_080),
    Case("threshold 5", threshold(5), 94_572),
    Case("resonance 4", resonance(4), 370, "qp"),
    Case("resonance 5", resonance(5), 11_292, "q", True),
    Case("resonance 6", resonance(6), 1_066_044),
]


# -- peers ---------------------------------------------------------------------------------------
def _start(generators: Rows) -> tuple[Rows, Rows]:
    """Corners of a parallelotope, and the generators that are left."""
    chosen: list[int] = []
    for i in range(len(generators)):
        if np.linalg.matrix_rank(generators[[*chosen, i]]) > len(chosen):
            chosen.append(i)
    corners = np.array(list(product([0, 1], repeat=len(chosen)))) @ generators[chosen]
    return corners, np.delete(generators, chosen, axis=0)


def by_qhull(generators: Rows) -> int:
    """Vertices according to Qhull in floats."""
    corners, rest = _start(generators)
    vertices = corners.astype(float)
    for generator in rest:
        points = np.concatenate([vertices, vertices + generator])
        vertices = points[ConvexHull(points).vertices]
    return len(vertices)


def by_cdd(generators: Rows) -> int:
    """Vertices according to cddlib in rationals."""
    corners, rest = _start(generators)
    vertices: list[list[Any]] = corners.tolist()
    for generator in rest.tolist():
        moved = [[a + b for a, b in zip(v, generator, strict=True)] for v in vertices]
        rows = dict.fromkeys((1, *point) for point in [*vertices, *moved])
        matrix = cdd.gmp.matrix_from_array(list(rows), rep_type=cdd.RepType.GENERATOR)
        cdd.gmp.matrix_canonicalize(matrix)
        vertices = [list(row[1:]) for row in matrix.array]
    return len(vertices)


def by_ppl(generators: Rows) -> int:
    """Vertices according to the Parma Polyhedra Library in integers, if it is installed."""
    import ppl

    corners, rest = _start(generators)
    vertices: list[list[int]] = corners.tolist()
    for generator in rest.tolist():
        moved = [[a + b for a, b in zip(v, generator, strict=True)] for v in vertices]
        system = ppl.Generator_System()
        for row in [*vertices, *moved]:
            system.insert(ppl.point(ppl.Linear_Expression(row, 0)))
        points = ppl.C_Polyhedron(system).minimized_generators()
        vertices = [[int(x) for x in point.coefficients()] for point in points]
    return len(vertices)


def by_polymake(generators: Rows) -> int:
    """Vertices according to polymake in rationals, if it is installed."""
    rows = ",".join("[0," + ",".join(map(str, row)) + "]" for row in generators.tolist())
    question = (
        'use application "polytope"; my $g = new Matrix<Rational>([' + rows + "]);"
        "print zonotope($g, rows_are_points => 0)->N_VERTICES;"
    )
    answer = subprocess.run(
        ["polymake", question], capture_output=True, text=True, check=True, timeout=_PATIENCE
    )
    return int(answer.stdout.split()[-1])


_PATIENCE = 300.0  # seconds for polymake
PEERS: dict[str, tuple[str, Callable[[Rows], int]]] = {
    "q": ("Qhull", by_qhull),
    "c": ("cdd.gmp", by_cdd),
    "p": ("PPL", by_ppl),
    "m": ("polymake", by_polymake),
}


# -- tables --------------------------------------------------------------------------------------
def listing(everything: bool) -> bool:
    """List all vertices as sign vectors, and as points."""
    rows, all_right = [], True
    for case in CASES:
        if case.long and not everything:
            continue
        signs = measure(lambda g=case.generators: len(Zonotope(g).sign_vectors))
        points = measure(lambda g=case.generators: len(Zonotope(g).vertices))
        all_right &= signs.count == points.count == case.truth
        speed = f"{case.truth / signs.seconds / 1e6:.2f}"
        asked = []
        for letter, (_, peer) in PEERS.items():
            if letter not in case.peers:
                asked.append("–")
                continue
            run = measure(lambda g=case.generators, p=peer: p(g), children=letter == "m")
            _, ratio, verdict = cells(run, case.truth, signs)
            asked.append(ratio if verdict == "right" else f"{ratio} {verdict}")
        row = [case.name, f"{case.truth:,}", *cells(signs, case.truth), speed]
        rows.append([*row, cells(points, case.truth)[0], *asked])
    columns = ["generators", "vertices", "signs, s", "", "10^6/s", "points, s"]
    columns += [f"{name} / signs" for name, _ in PEERS.values()]
    show("Vertices of zonotopes", columns, rows)
    return all_right


def counting(everything: bool) -> bool:
    """Count chambers without listing them."""
    rows, all_right = [], True
    for name, work, truth, long in COUNTS:
        if long and not everything:
            continue
        run = measure(work)
        all_right &= run.count == truth
        speed = f"{truth / run.seconds:,.0f}"
        rows.append([name, f"{truth:,}", *cells(run, truth), speed])
    show("Chambers counted", ["arrangement", "chambers", "s", "", "per s"], rows)
    return all_right


def _count(generators: Rows, group: Any = None) -> int:
    return HyperplaneArrangement(generators).count(group=group)


def symmetric_group(generators: Rows) -> list[list[int]]:
    """A transposition and a cycle of the coordinates, as permutations of the rows."""
    place = {tuple(row): i for i, row in enumerate(generators.tolist())}
    n = generators.shape[1]
    moves = [[1, 0, *range(2, n)], [*range(1, n), 0]]
    return [[place[tuple(row[k] for k in move)] for row in generators.tolist()] for move in moves]


COUNTS: list[tuple[str, Callable[[], int], int, bool]] = [
    ("generic (200, 5)", lambda: _count(generic(200, 5)), 129_409_702, False),
    ("resonance 6", lambda: _count(resonance(6)), 1_066_044, False),
    ("threshold 6", lambda: _count(threshold(6)), 15_028_134, False),
    (
        "resonance 7, with S7",
        lambda: _count(resonance(7), symmetric_group(resonance(7))),
        347_326_352,
        False,
    ),
    ("resonance 7", lambda: _count(resonance(7)), 347_326_352, True),
]


def layers() -> bool:
    """List the chambers that the first layers of the 40 HorizontalCAS networks make of R^3."""
    folder = os.environ.get("POLYTROPIC_DATA")
    if folder is None:
        print("First layers of HorizontalCAS: skipped, POLYTROPIC_DATA does not name their folder")
        return True
    files = sorted(Path(folder, "nets", "hcas").glob("*.nnet"))
    zonotopes = [first_layer_zonotope(load_network(file)) for file in files]

    def work() -> int:
        fresh = [Zonotope(z.generators_exact, z.base_exact) for z in zonotopes]
        return sum(len(z.upper_sign_vectors) for z in fresh)

    truth = len(files) * buck(25, 3).regions
    run = measure(work)
    show(
        "First layers of HorizontalCAS over R^3",
        ["networks", "chambers", "s", ""],
        [[str(len(files)), f"{truth:,}", *cells(run, truth)]],
    )
    return run.count == truth


def memory() -> bool:
    """Peak of memory while a million vertices are listed, beside what the list takes."""
    rows = []
    for m, d in ((1000, 3), (60, 5)):
        generators = generic(m, d)
        len(Zonotope(generators[:20]).sign_vectors)
        tracemalloc.start()
        signs = Zonotope(generators).sign_vectors
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        share = f"{peak / signs.nbytes:.2f}×"
        rows.append(
            [f"generic ({m}, {d})", f"{signs.nbytes / 1e6:.0f}", f"{peak / 1e6:.0f}", share]
        )
    show("Memory, MB", ["generators", "sign vectors", "peak", ""], rows)
    return True


def run(everything: bool) -> bool:
    """Measure, print, and say whether all our counts are right."""
    # Loading compiled loops, or compiling them on the first run ever, is not what is measured.
    for generators in (generic(60, 5), resonance(5)):
        len(Zonotope(generators).sign_vectors)
    verdicts = [listing(everything), counting(everything), layers(), memory()]
    return all(verdicts)


main = script(run)

if __name__ == "__main__":
    main()

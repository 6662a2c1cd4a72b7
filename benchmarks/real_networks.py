"""Seconds and memory to count all activation regions of real networks, exactly.

HorizontalCAS and ACAS Xu advisories, two-level-lattice networks, and MNIST classifiers on the plane
through the first three test images.  Each count is made in a fresh process, so that its peak memory
is its own.  The networks are those of the folder that POLYTROPIC_DATA names.
"""

import os
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import NamedTuple

import click
import numpy as np

from benchmarks.measuring import script, show
from polytropic import (
    Network,
    Polytope,
    PolytropicError,
    Slice,
    count_regions,
    folding_network,
    load_network,
    random_network,
)
from polytropic.networks.formats import read_nnet

TIME_LIMIT = 1800.0  # seconds for one case
HCAS = "HCAS_rect_v6_"
ACAS = "ACASXU_run2a_1_1_batch_2000"
LEAKY, CONV = "marabou_mnist5x20_leaky_relu", "convSmallRELU__Point"
POOL, POOLS = "marabou_cnn_max_mninst2", "verivital_Convnet_maxpool"

Question = tuple[Network, Polytope | Slice]


class Case(NamedTuple):
    """A network and its domain, how many regions there are, and whether it takes long.

    The regions of folding networks are known in closed form.  The other counts are those of an
    earlier run: they tell when something has changed.
    """

    name: str
    question: Callable[..., Question]
    arguments: tuple[str | float, ...]
    truth: int | None
    is_long: bool = False


class Outcome(NamedTuple):
    """What one process measured; memory in megabytes, `before` with everything loaded."""

    regions: int | None
    seconds: float
    before: float
    peak: float
    problem: str = ""


def data_folder() -> Path | None:
    """Return the folder that POLYTROPIC_DATA names, if there is one."""
    folder = os.environ.get("POLYTROPIC_DATA")
    return Path(folder) if folder and Path(folder).is_dir() else None


# -- the questions -------------------------------------------------------------------------------
def folding(d: int, p: int, depth: int) -> Question:
    """Fold the unit cube; needs no data."""
    return folding_network(d, p, depth), Polytope.box(0, 1, dim=d)


def on_input_box(path: str, scale: float) -> Question:
    """An ``.nnet`` file on its input box, shrunk about its centre."""
    folder = data_folder()
    assert folder is not None
    file = read_nnet(folder / "nets" / path)
    low, high = file.normalized_box()
    centre, half = (low + high) / 2, (high - low) / 2 * scale
    return file.network, Polytope.box(centre - half, centre + half)


def on_square(path: str, half: float) -> Question:
    """A network of two inputs on the square about the origin."""
    folder = data_folder()
    assert folder is not None
    return load_network(folder / "nets" / path), Polytope.box(-half, half, dim=2)


def on_plane(path: str, low: float, high: float) -> Question:
    """A classifier of images on a square in the plane through the first three test images."""
    folder = data_folder()
    assert folder is not None
    with np.load(folder / "data" / "mnist_10k10k.npz") as file:
        images = file["x_test"][:3].reshape(3, -1) / 255
    return (
        load_network(folder / "nets" / path),
        Slice.through(images, within=Polytope.box(low, high, dim=2)),
    )


CASES = [
    Case("folding 2;4,3", folding, (2, 4, 3), 4**6),
    Case("folding 3;2,2", folding, (3, 2, 2), 2**6),
    Case(
        "HorizontalCAS 0, 00", on_input_box, (f"hcas/{HCAS}pra0_tau00_25HU_3000.nnet", 1), 111_254
    ),
    Case(
        "HorizontalCAS 0, 05", on_input_box, (f"hcas/{HCAS}pra0_tau05_25HU_3000.nnet", 1), 137_254
    ),
    Case("ACAS Xu 1_1, 6 % of box", on_input_box, (f"acasxu/nnet/{ACAS}.nnet", 0.06), 2_087),
    Case("ACAS Xu 1_1, 50 % of box", on_input_box, (f"acasxu/nnet/{ACAS}.nnet", 0.5), None, True),
    Case("two-level lattice N = 8", on_square, ("tll/tll_n2_N8_i0.onnx.gz", 2), 433),
    Case("two-level lattice N = 16", on_square, ("tll/tll_n2_N16_i0.onnx.gz", 2), None, True),
    Case("two-level lattice N = 32", on_square, ("tll/tll_n2_N32_i0.onnx.gz", 2), None, True),
    Case("MNIST 256x2", on_plane, ("mnist/mnist-net_256x2.onnx", 0, 1), 3_344),
    Case("MNIST 256x2, wider", on_plane, ("mnist/mnist-net_256x2.onnx", -1, 2), None, True),
    Case("MNIST 6x100", on_plane, ("mnist/mnist_relu_6_100.onnx", 0, 1), 61_761),
    Case("MNIST 5x20 leaky", on_plane, (f"mnist/{LEAKY}.onnx", 0, 1), 861),
    Case("MNIST convSmall, 10 %", on_plane, (f"mnist/{CONV}.onnx", 0, 0.1), 21_962),
    Case("MNIST convSmall", on_plane, (f"mnist/{CONV}.onnx", 0, 1), None, True),
    Case("MNIST max-pool, 1 %", on_plane, (f"mnist/{POOL}.onnx", 0, 0.01), 1_203),
    Case("MNIST max-pool", on_plane, (f"mnist/{POOL}.onnx", 0, 1), None, True),
    Case(
        "MNIST max-pool, 18,432 units, 1 %", on_plane, (f"mnist/{POOLS}.onnx", 0, 0.01), None, True
    ),
]


# -- each in its own process ---------------------------------------------------------------------
def peak_memory() -> float:
    """Peak of this process in megabytes, not of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss on Linux remembers what was there before exec
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def count(case: Case) -> Outcome:
    """Count in this process, after the compiled loops have been loaded."""
    # Generic and degenerate, so that all loops are loaded.
    count_regions(random_network(2, [64, 64, 64], rng=0))
    count_regions(*folding(2, 4, 3))
    network, domain = case.question(*case.arguments)
    before, start = peak_memory(), process_time()
    try:
        found = count_regions(network, domain, time_limit=TIME_LIMIT)
    except (PolytropicError, MemoryError) as problem:
        return Outcome(None, process_time() - start, before, peak_memory(), type(problem).__name__)
    return Outcome(found, process_time() - start, before, peak_memory())


def alone(case: Case) -> Outcome:
    """Count in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        try:
            return executor.submit(count, case).result()
        except Exception as problem:  # the process was ended, for its memory perhaps
            return Outcome(None, 0.0, 0.0, 0.0, type(problem).__name__)


def row(case: Case, outcome: Outcome) -> list[str]:
    """One line of the table."""
    numbers = [f"{outcome.seconds:.2f}", "–", f"{outcome.before:.0f}", f"{outcome.peak:.0f}"]
    if outcome.regions is None:
        return [case.name, "–", *numbers, outcome.problem]
    numbers[1] = f"{outcome.regions / max(outcome.seconds, 1e-9):,.0f}"
    verdict = (
        "right" if outcome.regions == case.truth else f"not {case.truth:,}" if case.truth else ""
    )
    return [case.name, f"{outcome.regions:,}", *numbers, verdict]


def run(everything: bool) -> bool:
    """Measure, print, and say whether all counts are right."""
    if data_folder() is None:
        click.echo("real networks: set POLYTROPIC_DATA to the folder of networks and images")
        return True
    rows, all_right = [], True
    for case in CASES:
        if case.is_long and not everything:
            continue
        outcome = alone(case)
        # A long case may end at the time limit; that is no wrong count.
        all_right &= outcome.regions == case.truth or case.truth is None
        rows.append(row(case, outcome))
        click.echo("  ".join(rows[-1]), err=True)  # one at a time: the long ones take minutes
    columns = ["network", "regions", "seconds", "regions/s", "MB before", "MB peak", "count"]
    show("Activation regions of real networks", columns, rows)
    return all_right


main = script(run)

if __name__ == "__main__":
    main()

"""Runs that are shared, stopped, killed and resumed: the same complex, bit for bit."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from polytropic import Polytope, count_regions, iter_regions, linear_regions, random_network
from polytropic.errors import BudgetError, FormatError
from polytropic.geometry.subdividing import exploring, loops

NET = random_network(3, [12, 10], rng=1)
BOX = Polytope.box(-1, 1, dim=3)


@pytest.fixture(autouse=True)
def many_parts(monkeypatch):
    """Compiled loops, and parts that are small enough for there to be many."""
    monkeypatch.setattr(loops, "worth_compiling", lambda seconds: True)
    monkeypatch.setattr(exploring, "_ENOUGH_CELLS", 64)
    monkeypatch.setattr(exploring, "_LEAST_CELLS", 8)


def bits_of(regions):
    """Everything that the complex is made of."""
    arrays = [*regions.arrays, *regions.places, regions.is_point, regions.signs.positive]
    arrays += [np.broadcast_to(regions.signs.support, regions.signs.positive.shape)]
    lineage = regions._lineage
    arrays += [lineage.parents, lineage.stages, lineage.columns]
    return [array.tobytes() for array in arrays]


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_workers_change_nothing(kind, workers):
    alone = linear_regions(NET, BOX)
    with kind(workers) as executor:
        shared = linear_regions(NET, BOX, executor=executor)
        assert count_regions(NET, BOX, executor=executor) == len(alone)
    assert bits_of(shared) == bits_of(alone)


def test_degenerate_networks_are_decided_in_other_processes_too():
    from polytropic import Network

    rng = np.random.default_rng(0)
    layers = [
        (rng.integers(-2, 3, (8, 3)), rng.integers(-1, 2, 8)),
        (rng.integers(-2, 3, (8, 8)), rng.integers(-1, 2, 8)),
        (np.ones((1, 8), int), [0]),
    ]
    net = Network.from_layers(layers)
    with ProcessPoolExecutor(2) as executor:
        shared = linear_regions(net, executor=executor)
    assert bits_of(shared) == bits_of(linear_regions(net))


def test_streaming_gives_the_same_regions_in_the_same_order():
    regions = linear_regions(NET, BOX)
    streamed = list(iter_regions(NET, BOX))
    assert [r.sign_vector.tolist() for r in streamed] == regions.sign_vectors.tolist()
    for ours, theirs in zip(streamed[::40], list(regions)[::40], strict=True):
        assert ours.affine_map == theirs.affine_map
        assert ours.polytope == theirs.polytope


def test_a_checkpoint_is_resumed_and_not_done_again(tmp_path):
    file = tmp_path / "regions.checkpoint"
    whole = linear_regions(NET, BOX, checkpoint=file)
    size = file.stat().st_size
    assert bits_of(whole) == bits_of(linear_regions(NET, BOX))
    # Cut off in the middle of a record: all parts before it are found again.
    with file.open("r+b") as stream:
        stream.truncate(size // 2)
    explored = []
    run = exploring._Task.run
    try:
        exploring._Task.run = lambda task, limits: explored.append(1) or run(task, limits)
        again = linear_regions(NET, BOX, checkpoint=file)
    finally:
        exploring._Task.run = run
    calls = []
    linear_regions(NET, BOX, progress=lambda *state: calls.append(state))
    assert 0 < len(explored) < calls[0][1]
    assert bits_of(again) == bits_of(whole)
    assert file.stat().st_size == size


def test_a_flipped_bit_in_a_checkpoint_costs_only_what_follows(tmp_path):
    file = tmp_path / "regions.checkpoint"
    whole = linear_regions(NET, BOX, checkpoint=file)
    content = bytearray(file.read_bytes())
    content[2 * len(content) // 3] ^= 16
    file.write_bytes(content)
    assert bits_of(linear_regions(NET, BOX, checkpoint=file)) == bits_of(whole)


def test_checkpoints_of_other_questions_are_refused(tmp_path):
    file = tmp_path / "regions.checkpoint"
    count_regions(NET, BOX, checkpoint=file)
    assert count_regions(NET, BOX, checkpoint=file) == len(linear_regions(NET, BOX))
    for question in [
        lambda: linear_regions(NET, BOX, checkpoint=file),
        lambda: count_regions(NET, Polytope.box(-1, 2, dim=3), checkpoint=file),
        lambda: count_regions(random_network(3, [12, 10], rng=2), BOX, checkpoint=file),
    ]:
        with pytest.raises(FormatError, match="checkpoint of another"):
            question()
    file.write_text("something else")
    with pytest.raises(FormatError, match="not a checkpoint"):
        count_regions(NET, BOX, checkpoint=file)


def test_a_checkpoint_outlives_the_limits_of_a_run(tmp_path):
    file = tmp_path / "regions.checkpoint"
    net = random_network(2, [40, 40], rng=1)
    for ask, name in [(linear_regions, "cells"), (count_regions, "count")]:
        with pytest.raises(BudgetError):
            ask(net, max_regions=100, checkpoint=file.with_suffix(name := f".{name}"))
        with pytest.raises(BudgetError) if ask is count_regions else contextlib.nullcontext():
            ask(net, time_limit=0.0, checkpoint=file.with_suffix(name))
        again = ask(net, max_regions=10**6, checkpoint=file.with_suffix(name))
        whole = ask(net)
        assert again == whole if ask is count_regions else bits_of(again) == bits_of(whole)


def test_time_limits_give_parts_that_say_so():
    part = linear_regions(random_network(4, [20, 20], rng=0), time_limit=0.0)
    assert not part.complete
    assert "at least" in repr(part)
    assert 0 < len(part) < 80_000
    with pytest.raises(BudgetError, match=r"time_limit=0.0 seconds \d+ regions were counted"):
        count_regions(random_network(4, [20, 20], rng=0), time_limit=0.0)


SCRIPT = """
    import sys
    from polytropic import Polytope, linear_regions, random_network
    from polytropic.geometry.subdividing import exploring
    exploring._ENOUGH_CELLS, exploring._LEAST_CELLS = 64, 4
    regions = linear_regions(random_network(4, [18, 18], rng=7), Polytope.box(-1, 1, dim=4),
                             checkpoint=sys.argv[1])
    print(len(regions), flush=True)
"""


def test_killed_ten_times_and_resumed(tmp_path, monkeypatch):
    """The process is killed, without warning, at random moments."""
    file = tmp_path / "regions.checkpoint"
    rng = np.random.default_rng(5)
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(file)]
    killed = 0
    while killed < 10:
        before = file.stat().st_size if file.exists() else 0
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ)
        deadline = time.monotonic() + 60
        # Wait until it has got somewhere, and then a random moment longer.
        while time.monotonic() < deadline and process.poll() is None:
            if file.exists() and file.stat().st_size > before:
                break
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
    monkeypatch.setattr(exploring, "_LEAST_CELLS", 4)
    net, box = random_network(4, [18, 18], rng=7), Polytope.box(-1, 1, dim=4)
    size = file.stat().st_size
    resumed = linear_regions(net, box, checkpoint=file)
    assert bits_of(resumed) == bits_of(linear_regions(net, box))
    assert file.stat().st_size >= size

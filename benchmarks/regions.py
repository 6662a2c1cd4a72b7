"""Seconds to list and to count the activation regions of random networks, exactly.

The networks are hidden layers alone: ``W = standard_normal((out, in)) / sqrt(in)``, then
``b = 0.5 * standard_normal(out)``, layer by layer, ``default_rng(0)``.  With ``--all`` also the
large ones, streams of regions in R^6 and R^8, what two threads gain, and the memory of counting.
"""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time

import numpy as np

from benchmarks.measuring import cells, measure, script, show
from polytropic import Network, Polytope, count_regions, iter_regions, linear_regions

# d, widths, activation regions, whether it takes long, the goal in seconds
IN_THE_BOX = [
    (2, (16, 16), 157, False, None),
    (2, (32, 32, 32), 987, False, None),
    (2, (64, 64, 64), 4_117, False, 0.017),
    (2, (128,) * 4, 26_555, False, 0.33),
    (2, (256,) * 3, 90_051, True, 1.8),
    (3, (16, 16), 806, False, None),
    (3, (32, 32), 11_825, False, None),
    (3, (64, 64), 48_593, False, None),
    (3, (64, 64, 64), 105_862, False, 0.4),
    (4, (16, 16), 3_080, False, None),
    (4, (32, 32), 54_174, False, None),
    (4, (32, 32, 32), 165_429, False, 0.4),
    (5, (32, 32), 657_466, True, 3.0),
    (4, (64, 64), 1_252_103, True, None),
]
EVERYWHERE = [
    (2, (16, 16), 478, False, None),
    (3, (16, 16), 4_279, False, None),
    (3, (32, 32), 46_818, False, 0.2),
    (4, (16, 16), 34_463, False, 0.15),
]
STREAMED = [(6, (16, 16)), (8, (16, 16))]
_STREAM_SECONDS = 10.0


def hidden_layers(d: int, widths: tuple[int, ...]) -> Network:
    """Random hidden layers without an output layer."""
    rng = np.random.default_rng(0)
    layers = []
    below = d
    for width in widths:
        weight = rng.standard_normal((width, below)) / np.sqrt(below)
        layers.append((weight, 0.5 * rng.standard_normal(width)))
        below = width
    return Network.from_layers(layers, thresholds=[0] * len(layers))


def run(everything: bool) -> bool:
    """Measure, print, and say whether all counts are right."""
    # Loading the compiled loops is paid once, by the first network that is worth it.
    count_regions(hidden_layers(3, (32, 32)), Polytope.box(-1, 1, dim=3))
    rows, all_right = [], True
    for where, cases in [("[-1,1]^d", IN_THE_BOX), ("R^d", EVERYWHERE)]:
        for d, widths, truth, is_long, goal in cases:
            if is_long and not everything:
                continue
            net = hidden_layers(d, widths)
            domain = Polytope.box(-1, 1, dim=d) if where == "[-1,1]^d" else None
            listed = measure(lambda net=net, domain=domain: len(linear_regions(net, domain)))
            counted = measure(lambda net=net, domain=domain: count_regions(net, domain))
            all_right &= listed.count == truth == counted.count
            shape = f"{d}; {','.join(map(str, widths))}"
            speed = f"{truth / listed.seconds:,.0f}"
            goals = "" if goal is None else f"{goal:g}"
            both = [*cells(listed, truth), *cells(counted, truth)]
            rows.append([shape, where, f"{truth:,}", *both, goals, speed])
    columns = [
        "d; widths", "domain", "regions", "listed, s", "", "counted, s", "", "goal", "regions/s",
    ]  # fmt: skip
    show("Activation regions of random networks", columns, rows)
    if everything:
        show_streams()
        all_right &= show_threads()
        show_memory()
    return all_right


def show_streams() -> None:
    """Regions per second of the first ones in R^6 and R^8."""
    rows = []
    for d, widths in STREAMED:
        start, found = process_time(), 0
        for _ in iter_regions(hidden_layers(d, widths)):
            found += 1
            if process_time() - start > _STREAM_SECONDS:
                break
        seconds = process_time() - start
        rows.append([f"{d}; {','.join(map(str, widths))}", f"{found:,}", f"{found / seconds:,.0f}"])
    show(f"Streamed from R^d for {_STREAM_SECONDS:g} s", ["d; widths", "found", "regions/s"], rows)


def show_threads() -> bool:
    """Wall-clock seconds of one thread and of two."""
    rows, all_right = [], True
    for d, widths, truth in [(3, (64, 64, 64), 105_862), (5, (32, 32), 657_466)]:
        net, box = hidden_layers(d, widths), Polytope.box(-1, 1, dim=d)
        for name, ask in [("count", count_regions), ("list", linear_regions)]:
            seconds = []
            for workers in (1, 2):
                with ThreadPoolExecutor(workers) as executor:
                    start = perf_counter()
                    result = ask(net, box, executor=executor if workers > 1 else None)
                    seconds.append(perf_counter() - start)
                all_right &= (result if name == "count" else len(result)) == truth
            one, two = seconds
            shape = f"{d}; {','.join(map(str, widths))}"
            rows.append([shape, name, f"{one:.2f}", f"{two:.2f}", f"{one / two:.2f}×"])
    show("Two threads", ["d; widths", "what", "one, s", "two, s", "gain"], rows)
    return all_right


_MEMORY = """
    from benchmarks.measuring import peak_memory as peak
    from benchmarks.regions import hidden_layers
    from polytropic import Polytope, count_regions
    count_regions(hidden_layers(3, (32, 32)), Polytope.box(-1, 1, dim=3))
    before = peak()
    count = count_regions(hidden_layers({d}, {widths}), Polytope.box(-1, 1, dim={d}))
    print(count, before, peak() - before)
"""


def show_memory() -> None:
    """Peak memory of counting beyond that of an interpreter that has counted something small."""
    rows = []
    for d, widths in [(2, (256,) * 3), (3, (64, 64, 64)), (4, (64, 64)), (5, (32, 32))]:
        program = textwrap.dedent(_MEMORY).format(d=d, widths=widths)
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        count, before, more = done.stdout.split()
        shape = f"{d}; {','.join(map(str, widths))}"
        rows.append([shape, f"{int(count):,}", f"{float(before):.0f}", f"{float(more):.0f}"])
    show("Memory of count_regions, MB", ["d; widths", "regions", "interpreter", "more"], rows)


main = script(run)

if __name__ == "__main__":
    main()

"""Seconds to enumerate all activation regions of random networks, exactly; counts checked.

The networks are hidden layers alone: ``W = standard_normal((out, in)) / sqrt(in)``, then
``b = 0.5 * standard_normal(out)``, layer by layer, ``default_rng(0)``.
"""

import numpy as np

from benchmarks.measuring import cells, measure, script, show
from polytropic import Network, Polytope, linear_regions

# d, widths, activation regions, whether it takes long
IN_THE_BOX = [
    (2, (16, 16), 157, False),
    (2, (32, 32, 32), 987, False),
    (2, (64, 64, 64), 4_117, False),
    (2, (128,) * 4, 26_555, False),
    (2, (256,) * 3, 90_051, True),
    (3, (16, 16), 806, False),
    (3, (32, 32), 11_825, False),
    (3, (64, 64), 48_593, False),
    (3, (64, 64, 64), 105_862, True),
    (4, (16, 16), 3_080, False),
    (4, (32, 32), 54_174, False),
    (4, (32, 32, 32), 165_429, True),
]
EVERYWHERE = [
    (2, (16, 16), 478, False),
    (3, (16, 16), 4_279, False),
    (3, (32, 32), 46_818, False),
    (4, (16, 16), 34_463, False),
]


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
    rows, all_right = [], True
    for where, cases in [("[-1,1]^d", IN_THE_BOX), ("R^d", EVERYWHERE)]:
        for d, widths, truth, is_long in cases:
            if is_long and not everything:
                continue
            net = hidden_layers(d, widths)
            domain = Polytope.box(-1, 1, dim=d) if where == "[-1,1]^d" else None
            ours = measure(lambda net=net, domain=domain: len(linear_regions(net, domain)))
            all_right &= ours.count == truth
            shape = f"{d}; {','.join(map(str, widths))}"
            speed = f"{truth / ours.seconds:,.0f}"
            rows.append([shape, where, f"{truth:,}", *cells(ours, truth), speed])
    columns = ["d; widths", "domain", "regions", "seconds", "count", "regions/s"]
    show("Activation regions of random networks", columns, rows)
    return all_right


main = script(run)

if __name__ == "__main__":
    main()

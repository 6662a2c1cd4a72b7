"""Networks to tropical maps: tropical products against activation regions, and equality.

There is no peer that makes these maps exactly; both ways are ours, and each checks the other.
Truths are numbers of monomials of numerator and denominator on which both agree.
"""

from benchmarks.measuring import cells, measure, script, show
from polytropic import Network, random_network, tent_network, tropicalize
from polytropic.networks.converse import to_network
from polytropic.networks.equality import equals_function

# name, network, monomials of F and G together, whether products take long
CASES: list[tuple[str, Network, int, bool]] = [
    ("2-16-16-1", random_network(2, [16, 16], rng=0), 571, False),
    ("3-8-8-1", random_network(3, [8, 8], rng=0), 644, False),
    ("3-8-8-8-1", random_network(3, [8, 8, 8], rng=0), 3_162, True),
    ("8 composed tents", tent_network(8), 386, False),
]
ROUND_TRIPS: list[tuple[str, Network, bool]] = [
    ("1-8-8-1", random_network(1, [8, 8], rng=0), False),
    ("2-8-8-1", random_network(2, [8, 8], rng=0), False),
    ("2-16-16-1", random_network(2, [16, 16], rng=0), True),
]


def monomials(net: Network, method: str) -> int:
    """Monomials of numerator and denominator, simplified."""
    (quotient,) = tropicalize(net, method=method)  # type: ignore[arg-type]
    return int(quotient.numerator.n_monomials + quotient.denominator.n_monomials)


def run(everything: bool) -> bool:
    """Measure, print, and say whether all our counts are right."""
    for method in ("products", "regions"):  # the compiled loops are loaded before the clock runs
        monomials(random_network(2, [16, 16], rng=1), method)
    rows, all_right = [], True
    for name, net, truth, is_long in CASES:
        by_regions = measure(lambda n=net: monomials(n, "regions"))
        all_right &= by_regions.count == truth
        products = None
        if everything or not is_long:
            products = measure(lambda n=net: monomials(n, "products"))
            all_right &= products.count == truth
        rows.append(
            [name, f"{truth:,}", *cells(by_regions, truth), *cells(products, truth, by_regions)]
        )
    columns = ["network", "monomials", "regions", "", "products", "/ regions", ""]
    show("Networks as tropical maps", columns, rows)
    return run_round_trips(everything) and all_right


def run_round_trips(everything: bool) -> bool:
    """Network to map to network: making it, and proving that it is the same function."""
    rows, all_right = [], True
    for name, net, is_long in ROUND_TRIPS:
        if is_long and not everything:
            continue
        quotients = tropicalize(net)
        layers = len(to_network(quotients).layers)
        made = measure(lambda q=quotients: len(to_network(q).layers))
        back = to_network(quotients)
        same = measure(lambda n=net, b=back: int(equals_function(n, b)))
        all_right &= same.count == 1
        rows.append([name, f"{back.n_units:,}", *cells(made, layers), *cells(same, 1)])
    columns = ["network", "units of the other", "to_network", "", "equals_function", ""]
    show("There and back", columns, rows)
    return all_right


main = script(run)

if __name__ == "__main__":
    main()

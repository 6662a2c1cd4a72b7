"""Evaluating tropical polynomials at very many points: ours, exact, against the plain product.

The product of points and exponents in blocks that stay in the cache is what every evaluation in
floats begins with; with the coefficients added and the maxima taken it is that evaluation, with
rounding errors.  Ours are the exact values, correctly rounded, and `active` says exactly which
monomials tie.  Right are values that agree with the exact ones to nearly all digits.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import cells, measure, script, show
from polytropic import TropicalPolynomial

Floats = NDArray[np.float64]

POINTS = 10**6
MONOMIALS = 500
BLOCK = 1 << 18  # entries of a product
SAMPLE = 300  # points at which fractions are the referee

# variables, whether it takes long
CASES = [(2, False), (3, False), (10, False), (50, True)]


def lifted(d: int) -> tuple[Floats, Floats]:
    """Exponents, and coefficients on a paraboloid: every monomial has a region."""
    exponents = np.random.default_rng(0).standard_normal((MONOMIALS, d))
    return exponents, -(exponents**2).sum(axis=1) / 2


def plain(x: Floats, exponents: Floats, coefficients: Floats, values: Floats | None) -> int:
    """All products in blocks, and perhaps the values; how many points."""
    right = np.ascontiguousarray(exponents.T)
    step = BLOCK // len(exponents) or 1
    buffer = np.empty((step, len(exponents)))
    for start in range(0, len(x), step):
        rows = x[start : start + step]
        block = np.matmul(rows, right, out=buffer[: len(rows)])
        if values is not None:
            block += coefficients
            block.max(axis=1, out=values[start : start + step])
    return len(x)


def agreeing(values: Floats, truth: Floats) -> int:
    """How many values are the true ones but for a few roundings."""
    return int((np.abs(values - truth) <= 1e-13 * (1 + np.abs(truth))).sum())


def are_exact(f: TropicalPolynomial, x: Floats, values: Floats) -> bool:
    """Whether some of the values are the maxima of fractions, rounded by Python."""
    terms = f.terms()
    heights = x @ f.exponents.T + f.coefficients
    for i in np.random.default_rng(2).choice(len(x), SAMPLE, replace=False).tolist():
        point = [Fraction(v) for v in x[i].tolist()]
        near = [terms[k] for k in np.argsort(heights[i])[-8:].tolist()]
        exact = max(c + sum(a * v for a, v in zip(e, point, strict=True)) for e, c in near)
        if float(exact) != values[i]:
            return False
    return True


def run(everything: bool) -> bool:
    """Measure, print, and say whether all our values are right."""
    rows: list[list[str]] = []
    all_right = True
    for d, is_long in CASES:
        if is_long and not everything:
            continue
        exponents, coefficients = lifted(d)
        x = np.random.default_rng(1).standard_normal((POINTS, d))
        f = TropicalPolynomial(exponents, coefficients)
        truth = f(x)  # also loads the compiled loops before they are measured
        sample = slice(0, 2000)
        all_right &= are_exact(f, x[sample], truth[sample])
        values = np.empty(len(x))

        def ours(
            x: Floats = x, e: Floats = exponents, c: Floats = coefficients, v: Floats = values
        ) -> int:
            return agreeing(TropicalPolynomial(e, c)(x), v)

        def sets(x: Floats = x, e: Floats = exponents, c: Floats = coefficients) -> int:
            return TropicalPolynomial(e, c).active(x).shape[0]

        e, c = exponents, coefficients
        whole = measure(lambda x=x, e=e, c=c, v=values: plain(x, e, c, v))  # type: ignore[misc]
        product = measure(lambda x=x, e=e, c=c: plain(x, e, c, None))  # type: ignore[misc]
        own, ties = measure(ours), measure(sets)
        all_right &= own.count == ties.count == len(x)
        peers = [cell for peer in (product, whole, ties) for cell in cells(peer, len(x), own)[:2]]
        rows.append([str(d), *cells(own, len(x)), *peers])
    columns = ["variables", "ours", "", "product", "/ ours", "and maxima", "/ ours"]
    show(
        f"Values of {MONOMIALS} monomials at {POINTS:,} points",
        [*columns, "ours, active sets", "/ ours"],
        rows,
    )
    return all_right


main = script(run)

if __name__ == "__main__":
    main()

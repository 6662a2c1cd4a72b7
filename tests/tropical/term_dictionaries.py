"""Tropical polynomials as dictionaries of fractions: the referee of the algebra."""

from fractions import Fraction

from hypothesis import strategies as st

from polytropic import TropicalPolynomial


def sums(f, g):
    return {a: max(h[a] for h in (f, g) if a in h) for a in {*f, *g}}


def products(f, g):
    found = {}
    for a, c in f.items():
        for b, e in g.items():
            power = tuple(x + y for x, y in zip(a, b, strict=True))
            found[power] = max(found.get(power, c + e), c + e)
    return found


def multiples(f, k):
    return {tuple(k * x for x in a): k * c for a, c in f.items()}


def value(f, x):
    return max(c + sum(p * v for p, v in zip(a, x, strict=True)) for a, c in f.items())


def winners(f, x):
    best = value(f, x)
    terms = sorted(f)
    return {i for i, a in enumerate(terms) if value({a: f[a]}, x) == best}


def polynomial(f, d):
    rows = [list(a) for a in f]
    if not rows:
        return TropicalPolynomial.constant(float("-inf"), d)
    return TropicalPolynomial(rows, list(f.values()))


def as_dictionary(f):
    return dict(f.terms())


numbers = st.one_of(
    st.integers(-4, 4).map(Fraction),
    st.fractions(-3, 3, max_denominator=6),
    st.sampled_from([Fraction(10**30), Fraction(-(10**30) - 1), Fraction(0.1), Fraction(1, 10)]),
)


def dictionaries(d, size=5, exponents=numbers, least=0):
    powers = st.tuples(*[exponents] * d)
    return st.dictionaries(powers, numbers, min_size=least, max_size=size)


def points(d, size=3):
    return st.lists(st.tuples(*[numbers] * d), min_size=1, max_size=size)

"""Tropix: regular subdivisions, with the minimum for the sum."""

import tropix
from protocol import Question, answer


def subdivision(question: Question) -> int:
    terms = {
        tuple(map(int, exponent)): -float(coefficient)
        for exponent, coefficient in zip(
            question["exponents"], question["coefficients"], strict=True
        )
    }
    return len(tropix.regular_subdivision(tropix.TropicalPolynomial(terms)))


if __name__ == "__main__":
    answer({"subdivision": subdivision})

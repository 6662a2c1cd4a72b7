"""Theorems of Zhang, Naitzat and Lim, *Tropical geometry of deep neural networks* (2018).

Each is a function that checks the hypotheses of its statement by name, and compares what is
claimed with what is, exactly.
"""

from polytropic.studies.tropical_geometry.checks import Hypothesis, TheoremCheck
from polytropic.studies.tropical_geometry.degrees import (
    ConvexDegree,
    composition_bound,
    convex_degree,
)
from polytropic.studies.tropical_geometry.networks import (
    lemma_6_2,
    one_hidden_layer,
    proposition_5_1,
    theorem_5_4,
    theorem_6_3,
    uniform_width_bound,
)
from polytropic.studies.tropical_geometry.polytopes import (
    corollary_3_4,
    proposition_3_1,
    proposition_3_2,
    theorem_3_3,
)

__all__ = [
    "ConvexDegree",
    "Hypothesis",
    "TheoremCheck",
    "composition_bound",
    "convex_degree",
    "corollary_3_4",
    "lemma_6_2",
    "one_hidden_layer",
    "proposition_3_1",
    "proposition_3_2",
    "proposition_5_1",
    "theorem_3_3",
    "theorem_5_4",
    "theorem_6_3",
    "uniform_width_bound",
]

"""Affinitree: terminals of the decision tree of a network, over R^d or a box."""

import warnings

import numpy as np
from protocol import Question, answer, layers

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses torch, which it can do without
    from affinitree import AffFunc, AffTree, Architecture, Polytope, builder


def regions(question: Question) -> int:
    size = float(question["size"])
    pairs = layers(question)
    d = pairs[0][0].shape[1]
    architecture = Architecture(d)
    for weight, bias in pairs:
        architecture.linear(AffFunc.from_mats(np.ascontiguousarray(weight), bias))
        architecture.relu()
    if not size:
        return builder.from_layers(architecture).num_terminals()
    box = Polytope.hyperrectangle(d, [(-size, size)] * d)
    inside = AffTree.from_poly(box, AffFunc.identity(d), None)
    return builder.from_layers(architecture, inside).num_terminals()


if __name__ == "__main__":
    answer({"regions": regions})

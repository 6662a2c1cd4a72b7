"""Relucent: cells found by a search across facets, over R^d or in a box, with certificates."""

import numpy as np
from protocol import Question, answer, layers
from relucent import Complex


def regions(question: Question) -> int:
    size = float(question["size"])
    pairs = layers(question)
    width, d = len(pairs[-1][1]), pairs[0][0].shape[1]
    found = Complex([*pairs, (np.ones((1, width)), np.zeros(1))])
    start = np.linspace(0.11, 0.23, d)  # on no hyperplane
    cube = {"cube_radius": size, "cube_mode": "intersect"} if size else {}
    found.bfs(start, nworkers=1, verbose=0, **cube)
    return len(found)


if __name__ == "__main__":
    answer({"regions": regions})

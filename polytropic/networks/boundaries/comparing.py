"""Networks followed by units that compare their outputs, so that ties cut their regions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import ExactArray, IntArray, exact
from polytropic.errors import InputError
from polytropic.networks.network import Layer, Network

__all__ = ["Tournament", "all_pairs", "checked_classes", "with_difference", "with_pairs"]


def checked_classes(classes: tuple[int, int] | None, n_outputs: int) -> tuple[int, int]:
    """The two outputs that are compared, by default those of a network with exactly two.

    Raises
    ------
    InputError
        If they are missing, equal or out of range.
    """
    if classes is None:
        if n_outputs == 2:
            return 0, 1
        raise InputError(f"the network has {n_outputs} outputs: say which two with classes=(i, j)")
    i, j = classes
    if not (0 <= i < n_outputs and 0 <= j < n_outputs) or i == j:
        raise InputError(
            f"classes={classes}: give two different outputs between 0 and {n_outputs - 1}"
        )
    return i, j


def with_difference(
    network: Network, threshold: Fraction, classes: tuple[int, int] | None
) -> Network:
    """Add one unit: positive where the output, or a difference of two, exceeds the threshold."""
    row = [int(classes is None)] * network.n_outputs
    if classes is not None:
        row[classes[0]], row[classes[1]] = 1, -1
    bias = ExactArray(np.array([-threshold.numerator], dtype=object), threshold.denominator)
    return _followed_by(network, Layer(exact([row]), bias, ExactArray.zeros(1)))


def all_pairs(size: int) -> IntArray:
    """All pairs i < j, shape (size (size - 1) / 2, 2), in lexicographic order."""
    return np.stack(np.triu_indices(size, 1), axis=1)


def with_pairs(network: Network) -> Network:
    """Add one unit for every pair i < j of outputs, positive where output i is larger."""
    pairs = all_pairs(network.n_outputs)
    rows = np.zeros((len(pairs), network.n_outputs), dtype=np.int64)
    numbers = np.arange(len(pairs))
    rows[numbers, pairs[:, 0]], rows[numbers, pairs[:, 1]] = 1, -1
    zeros = ExactArray.zeros(len(pairs))
    return _followed_by(network, Layer(exact(rows), zeros, zeros))


def _followed_by(network: Network, last: Layer) -> Network:
    total = Layer(exact([[1] * last.n_outputs]), ExactArray.zeros(1))
    return Network((*network.layers, last, total))


class Tournament:
    """A network that finds the largest output in rounds: ``max(a, b) = relu(a - b) + b``.

    Its k - 1 comparisons cut the regions of a network so that on each one output wins; all pairs
    would cut also where two outputs tie that others exceed.

    Parameters
    ----------
    network : Network
        With k >= 2 outputs.

    Attributes
    ----------
    network : Network
        The given one, followed by the rounds; its last k - 1 units with a sign are comparisons.
    """

    def __init__(self, network: Network) -> None:
        self.n_outputs = network.n_outputs
        values = np.eye(network.n_outputs, dtype=np.int64)  # of the players, in terms of units
        layers = list(network.layers)
        while len(values) > 1:
            layer, values = _round(values)
            layers.append(layer)
        layers.append(Layer(exact(values), ExactArray.zeros(1)))
        self.network = Network(tuple(layers))

    def winners(self, signs: SignArray) -> NDArray[np.bool_]:
        """Which outputs are largest all over a region, shape (n, k - 1) to (n, k)."""
        players = [np.tile(row, (len(signs), 1)) for row in np.eye(self.n_outputs, dtype=bool)]
        column = 0
        while len(players) > 1:
            better = []
            for first, second in zip(players[::2], players[1::2], strict=False):
                sign = signs[:, column, None]
                better.append((first & (sign >= 0)) | (second & (sign <= 0)))
                column += 1
            players = better + players[len(players) & ~1 :]
        return players[0]


def _round(values: IntArray) -> tuple[Layer, IntArray]:
    """One layer that lets neighbours play, and the values of the winners in terms of its units."""
    n_games, odd = divmod(len(values), 2)
    rows, slopes = [], []
    winners = np.zeros((n_games + odd, 2 * n_games + odd), dtype=np.int64)
    for game in range(n_games):
        first, second = values[2 * game], values[2 * game + 1]
        rows += [first - second, second]
        slopes += [0, 1]
        winners[game, 2 * game : 2 * game + 2] = 1
    if odd:
        rows.append(values[-1])
        slopes.append(1)
        winners[-1, -1] = 1
    zeros = ExactArray.zeros(len(rows))
    return Layer(exact(np.array(rows)), zeros, zeros, exact(slopes)), winners

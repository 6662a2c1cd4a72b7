"""The `Builder`: networks of convolutions, poolings, residual additions and the like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polytropic.errors import InputError
from polytropic.networks.building.convolutions import Convolutions
from polytropic.networks.building.lowering import lowered
from polytropic.networks.building.values import Value
from polytropic.networks.network import Network

__all__ = ["Builder"]


class Builder(Convolutions):
    """Builds a `Network` operation by operation.

    Every operation takes and gives a `Value`, a tensor without batch axis, and is written down as
    affine forms with at most one kink each.  Weights are kept exactly as they are given.  A round
    of activations makes one layer, whatever its branches: values that are needed later are carried
    along by units without activation.  Dense layers and convolutions that follow each other
    without activation stay layers of their own.

    Parameters
    ----------
    input_shape : int or sequence of int
        Without a batch axis.  The network takes the input flattened in C order.

    Examples
    --------
    A residual block:

    >>> b = Builder(2)
    >>> hidden = b.relu(b.dense(b.input, [[1, 1], [1, -1]], [0, 1]))
    >>> net = b.network(b.add(b.dense(hidden, [[1, 0], [2, 1]]), b.input))
    >>> net
    Network(2-4-2)
    >>> net.n_units, net([1.0, 2.0])
    (2, array([4., 8.]))

    Maxima are tournaments of comparisons:

    >>> b = Builder((1, 4, 4))
    >>> net = b.network(b.flatten(b.max_pool(b.input, 2)))
    >>> net.hidden_widths, net(np.arange(16.0))
    ((8, 4), array([ 5.,  7., 13., 15.]))
    """

    def network(self, outputs: Value | Sequence[Value]) -> Network:
        """Make the network that gives some values, flattened and one after another.

        Parameters
        ----------
        outputs : Value or sequence of Value

        Returns
        -------
        Network
            It leaves out everything that no output needs.

        Raises
        ------
        InputError
            If there is no output.
        """
        values = [outputs] if isinstance(outputs, Value) else list(outputs)
        flat = np.concatenate([wires.ravel() for wires in self._many("network", values)])
        if not len(flat):
            raise InputError("network: the outputs hold no numbers")
        return lowered(self._graph, flat)

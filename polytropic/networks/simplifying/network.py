"""A network under work: constants, unused, equal and linear units go, layer by layer."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.networks.network import Network
from polytropic.networks.simplifying.layers import ADDED, LINEAR, WorkingLayer, stored, vector
from polytropic.networks.simplifying.merging import Merger

__all__ = ["WorkingNetwork"]


class WorkingNetwork:
    """A network under work; every operation keeps its function."""

    def __init__(self, network: Network) -> None:
        self.original = network
        self.notes: list[dict[str, list[Any]]] = [{} for _ in network.layers]
        self.layers = [
            WorkingLayer(layer, number, notes)
            for number, (layer, notes) in enumerate(zip(network.layers, self.notes, strict=True))
        ]

    def network(self) -> Network:
        """The network as a value."""
        return Network(tuple(layer.frozen() for layer in self.layers))

    def _pairs(self) -> list[tuple[WorkingLayer, WorkingLayer]]:
        return list(zip(self.layers, self.layers[1:], strict=False))

    # -- constants and unused units ------------------------------------------------------------
    def fold_constants(self, passing: bool) -> bool:
        """Fold units with zero weights into the biases above, from the input upwards."""
        changed = False
        for here, above in self._pairs():
            units = here.zero_rows()
            if not units:
                continue
            changed = True
            values = [here.activate(unit, here.bias[unit]) for unit in units]
            above.add_to_bias((above.weight[:, units] @ vector(values)).to_fractions().tolist())
            for unit in units:
                here.note("constant", here.names[unit])
            self._keep(here, above, np.setdiff1d(range(len(here.names)), units).tolist())
        last = self.layers[-1]
        for unit in last.zero_rows():
            if passing and last.slope[unit] != LINEAR:
                changed = True
                value = last.activate(unit, last.bias[unit])
                last.note("constant", last.names[unit])
                last.make_linear([unit], below=False)
                last.bias[unit] = value
        return changed

    def _keep(self, here: WorkingLayer, above: WorkingLayer, units: list[int]) -> None:
        """Keep some units of a layer; if none is left, what is above does not see the input."""
        above.touch()
        if units:
            here.keep(units)
            above.weight = above.weight[:, units]
        else:
            above.weight = ExactArray.zeros(len(above.names), self.original.n_inputs)
            self.layers = self.layers[self.layers.index(above) :]

    def drop_unused(self) -> bool:
        """Drop units that nothing above reads, from the output downwards."""
        changed = False
        for here, above in reversed(self._pairs()):
            table = above.weight.numerators if above.weight.floats is None else above.weight.floats
            read = (table != 0).any(axis=0)
            if read.all():
                continue
            changed = True
            for unit in np.flatnonzero(~read).tolist():
                here.note("unused", here.names[unit])
            self._keep(here, above, np.flatnonzero(read).tolist())
            if above is self.layers[0]:
                break  # Everything below is gone.
        return changed

    # -- units on one hyperplane ---------------------------------------------------------------
    def merge(self, passing: bool) -> bool:
        """Merge units of one layer that are multiples of each other."""
        changed = False
        for here, above in self._pairs():
            changed |= Merger(here, above).run(passing)
        return changed

    # -- linear units --------------------------------------------------------------------------
    def gather_linear(self) -> bool:
        """Multiply layers without activation with those above; bound the number of linear units."""
        changed = False
        for here, above in self._pairs():
            linear = [unit for unit, slope in enumerate(here.slope) if slope == LINEAR]
            wide, middle, low = len(above.names), len(here.names), here.weight.shape[1]
            if len(linear) == middle and wide * low <= middle * (wide + low):
                above.add_to_bias((above.weight @ vector(here.bias)).to_fractions().tolist())
                above.weight = stored(above.weight @ here.weight)
                self.layers.remove(here)
                for name in here.names:
                    here.note("gathered", name)
                return True
            if len(linear) > wide:
                _gather(here, above, linear)
                changed = True
        return changed


def _gather(here: WorkingLayer, above: WorkingLayer, linear: list[int]) -> None:
    """Replace linear units by their sums in the layer above, one per unit of that layer."""
    read, rows = above.weight[:, linear], here.weight[linear]
    sums = (read @ vector([here.bias[unit] for unit in linear])).to_fractions().tolist()
    for unit in linear:
        here.note("gathered", here.names[unit])
    others = [unit for unit in range(len(here.names)) if unit not in set(linear)]
    wide = len(above.names)
    here.keep(others)
    here.weight = ExactArray.concatenate([here.weight, stored(read @ rows)])
    here.names += [ADDED] * wide
    here.bias += sums
    here.threshold += [Fraction(0)] * wide
    here.slope += [LINEAR] * wide
    above.touch()
    above.weight = ExactArray.concatenate([above.weight[:, others], exact(np.eye(wide))], axis=1)

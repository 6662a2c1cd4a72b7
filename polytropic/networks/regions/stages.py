"""The units of a network as the functions that cut its domain."""

from __future__ import annotations

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.geometry.subdividing.stages import ExactValues
from polytropic.networks.homogeneous import HomogeneousNetwork
from polytropic.networks.network import Network

__all__ = ["NetworkStages"]


_MOST_CARRIED = 1024  # values that generators carry from stage to stage


class NetworkStages:
    """Units with a sign, stage by stage (see `geometry.subdividing.stages.Stages`)."""

    def __init__(self, network: Network) -> None:
        self.homogeneous = HomogeneousNetwork(network)
        self._stages = self.homogeneous.cutting
        self.widest = max((stage.widest for stage in self._stages), default=1)
        self.wide = self.widest > _MOST_CARRIED

    def __len__(self) -> int:
        return len(self._stages)

    def n_functions(self, stage: int) -> int:
        """Number of units with a sign."""
        return self._stages[stage].n_tested

    def first_function(self, stage: int) -> int:
        """Number of units with a sign in the stages before."""
        return self._stages[stage].first_unit

    def start(self, generators: ObjectArray) -> tuple[Bounded, FloatArray]:
        """Coordinates and heights of generators."""
        return self.homogeneous.start(generators)

    def values(self, stage: int, known: Bounded, heights: FloatArray) -> Bounded:
        """Values before activation, units with a sign first."""
        return self._stages[stage].preactivation(known, heights)

    def values_from_start(self, stage: int, places: Bounded, heights: FloatArray) -> Bounded:
        """Values before activation, by way of all stages below."""
        for below in self._stages[:stage]:
            places = below.activate(below.preactivation(places, heights))
        return self.values(stage, places, heights)

    def left(self, stage: int, values: Bounded) -> Bounded:
        """Values after activation."""
        return self._stages[stage].activate(values)

    def exact_values(
        self, stage: int, generators: ObjectArray, columns: IntArray | None = None
    ) -> ExactValues:
        """Values before activation in integers."""
        return self.homogeneous.exact_preactivation(stage, generators, columns)

"""What cuts the cells: functions that are linear on each of them, stage after stage."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray

__all__ = ["ExactValues", "Stages"]


class ExactValues(NamedTuple):
    """Exact values of n functions at k generators: ``numerators[i] / scales[i]``.

    The scale of a row is positive.  For a point it makes the row the values at the point itself,
    in the units of the float values; for a direction it is that of `Stages.start`, which the
    coordinates of the generator have too (any will do where these are not asked for).  The units
    of a column are those of the float values: exact rows are combined with rows that are not.
    Numerators are linear in the generators, with a factor that depends on the column alone.
    """

    numerators: ObjectArray
    scales: list[int]


class Stages(Protocol):
    """Functions on R^d in stages; each is linear where all of the stages before keep their sign."""

    @property
    def wide(self) -> bool:
        """Whether there are so many functions that generators carry their coordinates alone."""
        ...

    @property
    def widest(self) -> int:
        """How many values there are at a generator in one stage or on the way to it, at most."""
        ...

    def __len__(self) -> int:
        """Return the number of stages."""
        ...

    def n_functions(self, stage: int) -> int:
        """How many functions of a stage cut: the first columns of its values."""
        ...

    def first_function(self, stage: int) -> int:
        """How many functions cut in the stages before."""
        ...

    def start(self, generators: ObjectArray) -> tuple[Bounded, FloatArray]:
        """What is known at homogeneous generators before the first stage, and their heights."""
        ...

    def values(self, stage: int, known: Bounded, heights: FloatArray) -> Bounded:
        """Values of the functions of a stage, from what the stage before left."""
        ...

    def values_from_start(self, stage: int, places: Bounded, heights: FloatArray) -> Bounded:
        """Values of the functions of a stage, from what `start` gives; asked of wide stages."""
        ...

    def left(self, stage: int, values: Bounded) -> Bounded:
        """What a stage leaves to the next one, from its values."""
        ...

    def exact_values(
        self, stage: int, generators: ObjectArray, columns: IntArray | None = None
    ) -> ExactValues:
        """The values of a stage, or some of their columns, at homogeneous integer generators."""
        ...

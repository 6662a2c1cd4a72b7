"""The chambers of an arrangement as a value, and one chamber."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, FloatArray
from polytropic.errors import InputError
from polytropic.geometry.arrangements.faces.lookup import PackedTable, packed_table
from polytropic.geometry.arrangements.sign_vectors import SignVectors

if TYPE_CHECKING:
    from polytropic.geometry.arrangements.arrangement import HyperplaneArrangement
    from polytropic.geometry.polytope import Polytope

__all__ = ["Chamber", "Chambers"]


@dataclass(frozen=True, eq=False, repr=False)
class Chambers(Sequence["Chamber"]):
    """All or some chambers of an arrangement.

    Attributes
    ----------
    arrangement : HyperplaneArrangement
    signs : SignVectors, N vectors of width m
        Packed; ``numpy.asarray(chambers.signs)`` unpacks them.

    Notes
    -----
    A sequence of `Chamber`; a slice or an index array gives `Chambers` again.
    """

    arrangement: HyperplaneArrangement
    signs: SignVectors

    def __len__(self) -> int:
        return len(self.signs)

    @overload
    def __getitem__(self, key: int) -> Chamber: ...

    @overload
    def __getitem__(self, key: slice | Sequence[int] | NDArray[Any]) -> Chambers: ...

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, np.integer)):
            place = range(len(self))[int(key)]
            return Chamber(self.arrangement, self.signs[place], self, place)
        return Chambers(self.arrangement, self.signs[key])

    def __iter__(self) -> Iterator[Chamber]:
        return (self[i] for i in range(len(self)))

    @cached_property
    def points_exact(self) -> ExactArray:
        """A rational point inside every chamber, shape (N, d)."""
        from polytropic.geometry.arrangements.faces.interior import interior_rays

        whole = self.arrangement
        if self is not whole.__dict__.get("chambers"):
            # A selection may name a chamber more than once.
            words, first, which = np.unique(
                self.signs.positive, axis=0, return_index=True, return_inverse=True
            )
            if len(words) < len(self):
                return Chambers(whole, self.signs[first]).points_exact[which.ravel()]
        size = whole.ambient_dimension
        if whole.is_linear:
            return ExactArray(interior_rays(whole.A_exact, self.signs, None))
        rays = interior_rays(whole.lifted, self.signs, whole.infinity).tolist()
        numerators = integer_rows([ray[:-1] for ray in rays], size)
        return ExactArray.of_rows(numerators, [ray[-1] for ray in rays])

    @property
    def points(self) -> FloatArray:
        """The nearest floats to `points_exact`.

        In a very thin chamber the nearest float may lie outside.
        """
        return self.points_exact.to_float()

    @cached_property
    def is_relatively_bounded(self) -> NDArray[np.bool_]:
        """Whether each chamber is bounded up to the lineality space, shape (N,)."""
        return self.arrangement._is_relatively_bounded(self.signs)

    @property
    def is_bounded(self) -> NDArray[np.bool_]:
        """Whether each chamber is a bounded set, shape (N,)."""
        if self.arrangement.is_essential:
            return self.is_relatively_bounded
        return np.zeros(len(self), dtype=bool)

    @cached_property
    def table(self) -> PackedTable:
        """The chambers, to be found by their signs."""
        return packed_table(self.signs.positive)

    def find(self, signs: SignVectors) -> NDArray[np.intp]:
        """Index of each sign vector, -1 for those that are no chamber of the list."""
        if signs.width != self.signs.width:
            raise InputError(
                f"these sign vectors have {signs.width} entries, not {self.signs.width}"
            )
        found = self.table.find(signs.positive)
        alike = (
            np.broadcast_to(signs.support, signs.positive.shape) == self.signs.support[:1]
        ).all(axis=1)
        return np.where(alike, found, -1)

    def __repr__(self) -> str:
        return f"Chambers({len(self):,} of {self.arrangement!r})"


@dataclass(frozen=True, eq=False, repr=False)
class Chamber:
    """One chamber of an arrangement.

    Attributes
    ----------
    arrangement : HyperplaneArrangement
    sign_vector : int8 array, shape (m,)
    chambers : Chambers
        The list that it is taken from.
    index : int
        Its place there.
    """

    arrangement: HyperplaneArrangement
    sign_vector: SignArray
    chambers: Chambers
    index: int

    @cached_property
    def interior_point_exact(self) -> ExactArray:
        """A rational point inside, shape (d,)."""
        from polytropic.geometry.chebyshev import interior_point

        if "points_exact" in self.chambers.__dict__:
            return self.chambers.points_exact[self.index]
        return interior_point(self.to_polytope())

    @property
    def interior_point(self) -> FloatArray:
        """The nearest floats to `interior_point_exact`."""
        return self.interior_point_exact.to_float()

    @cached_property
    def is_bounded(self) -> bool:
        """Whether it is a bounded set."""
        if "is_relatively_bounded" in self.chambers.__dict__:
            return bool(self.chambers.is_bounded[self.index])
        return self.to_polytope().is_bounded

    def to_polytope(self) -> Polytope:
        """Its closure."""
        from polytropic.geometry.polytope import Polytope

        signs = self.sign_vector.astype(object).reshape(-1, 1)
        lifted = self.arrangement.lifted.numerators * signs
        real = [i for i, row in enumerate(lifted.tolist()) if any(row[:-1])]
        rows = np.concatenate([lifted[real, -1:], lifted[real, :-1]], axis=1)
        size = self.arrangement.ambient_dimension
        return Polytope._from_constraints(rows, integer_rows([], size + 1))

    @property
    def walls(self) -> NDArray[np.intp]:
        """First rows of the hyperplanes that hold its facets."""
        return self.arrangement.adjacency.walls(self._place)

    @property
    def neighbours(self) -> Chambers:
        """Chambers across its facets, in the order of `walls`."""
        return self.arrangement.chambers[self.arrangement.adjacency.neighbours(self._place)]

    @property
    def _place(self) -> int:
        whole = self.arrangement.chambers
        if self.chambers is whole:
            return self.index
        return int(whole.find(SignVectors.from_signs(self.sign_vector.reshape(1, -1)))[0])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Chamber):
            return NotImplemented
        same = np.array_equal(self.sign_vector, other.sign_vector)
        return same and self.arrangement == other.arrangement

    def __hash__(self) -> int:
        return hash(self.sign_vector.tobytes())

    def __repr__(self) -> str:
        signs = "".join("-0+"[int(s) + 1] for s in self.sign_vector[:60])
        return f"Chamber({signs}{'…' if len(self.sign_vector) > 60 else ''})"

"""Hyperplane arrangements in R^d, affine or central, with exact answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import rank
from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, exact
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements.chamber_list import Chambers
from polytropic.geometry.arrangements.chambers import Progress as ChamberProgress
from polytropic.geometry.arrangements.chambers import (
    central_chambers,
    chamber_blocks,
    chambers_above,
)
from polytropic.geometry.arrangements.faces.adjacency import ChamberAdjacency
from polytropic.geometry.arrangements.faces.bounded import relatively_bounded
from polytropic.geometry.arrangements.faces.covectors import (
    Crossings,
    Cuts,
    Level,
    crossings,
    facets,
)
from polytropic.geometry.arrangements.faces.covectors import top_cuts as cuts_of_members
from polytropic.geometry.arrangements.faces.interior import points_of_rays
from polytropic.geometry.arrangements.hyperplanes import Hyperplanes, distinct_hyperplanes
from polytropic.geometry.arrangements.intersections import (
    Flat,
    Position,
    Progress,
    Vertices,
    flats_of_rank,
    position,
    rows_of,
    vertices_of,
)
from polytropic.geometry.arrangements.locate import signs_at
from polytropic.geometry.arrangements.restriction import (
    Essentialization,
    Localization,
    Restriction,
    essential_maps,
    infinity_form,
    restricted_rows,
    row_classes,
)
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.arrangements.sweeping.points import InteriorPoints

__all__ = ["HyperplaneArrangement"]


@dataclass(frozen=True, init=False, repr=False)
class HyperplaneArrangement:
    """The hyperplanes ``{x : <A_i, x> = b_i}``, and the pieces into which they cut R^d.

    The sign of row i at a point x is that of ``<A_i, x> - b_i``.  Rows stand for hyperplanes by
    definition, exactly: repeated ones for the same (their signs go together), parallel ones for
    different ones; a zero row with ``b_i = 0`` is the whole space (sign 0 everywhere), one with
    another b_i is empty (the same sign everywhere).  Neither is a hyperplane of the arrangement.

    Parameters
    ----------
    A : array_like, shape (m, d)
        Normals.
    b : array_like, shape (m,), optional
        All zero by default.

    Raises
    ------
    InputError
        If shapes do not match, or an entry is NaN or infinite.

    Notes
    -----
    Two arrangements are equal (``==``) if their rows are the same numbers in the same order.

    Examples
    --------
    >>> lines = HyperplaneArrangement([[-1, 1], [1, 0], [1, 1], [0, 1]], [1, 0, 1, 0])
    >>> len(lines.chambers), lines.n_bounded, lines.betti_numbers
    (10, 2, [1, 4, 5])
    >>> lines.f_vector
    [4, 13, 10]
    >>> lines.locate([[3, 1], [0, 7]]).tolist() == [lines.chambers.signs.index([-1, 1, 1, 1]), -1]
    True
    """

    A_exact: ExactArray
    b_exact: ExactArray

    def __init__(self, A: Numbers, b: Numbers | None = None):
        normals = exact(A, "A", ndim=2)
        offsets = ExactArray.zeros(len(normals)) if b is None else exact(b, "b", ndim=1)
        if offsets.shape != (len(normals),):
            raise InputError(f"A has {len(normals)} rows but b has {len(offsets)} entries")
        if not offsets.to_float().any() and not any(offsets.numerators.tolist()):
            offsets = ExactArray.of_floats(np.zeros(len(normals)))
        object.__setattr__(self, "A_exact", normals)
        object.__setattr__(self, "b_exact", offsets)

    # -- the rows ------------------------------------------------------------------------------
    @property
    def A(self) -> FloatArray:
        """Normals as float64, shape (m, d)."""
        return self.A_exact.to_float()

    @property
    def b(self) -> FloatArray:
        """Right-hand sides as float64, shape (m,)."""
        return self.b_exact.to_float()

    @property
    def ambient_dimension(self) -> int:
        """Dimension d of the space."""
        return self.A_exact.shape[1]

    @property
    def n_rows(self) -> int:
        """Number m of rows."""
        return len(self.A_exact)

    @property
    def n_hyperplanes(self) -> int:
        """Number of different hyperplanes."""
        return len(self.planes.rows) - 1

    @cached_property
    def lifted(self) -> ExactArray:
        """Rows ``(A_i, -b_i)`` of the cone, shape (m, d + 1)."""
        return ExactArray.concatenate([self.A_exact, -self.b_exact.reshape(-1, 1)], axis=1)

    @property
    def infinity(self) -> ExactArray:
        """The form on R^{d+1} that is positive on the original space, ``(0, ..., 0, 1)``."""
        return infinity_form(self.ambient_dimension)

    @cached_property
    def planes(self) -> Hyperplanes:
        """Different hyperplanes of the cone, that at infinity first."""
        form = self.infinity.reshape(1, -1)
        if self.lifted.floats is not None:
            form = ExactArray.of_floats(form.to_float())
        return distinct_hyperplanes(ExactArray.concatenate([form, self.lifted]))

    # -- what kind -----------------------------------------------------------------------------
    @cached_property
    def rank(self) -> int:
        """Rank of the normals: codimension of the minimal faces."""
        return len(self.planes.columns) - 1

    @cached_property
    def is_linear(self) -> bool:
        """Whether all hyperplanes contain the origin, b being zero."""
        return not self.b_exact.to_float().any() and not any(self.b_exact.numerators.tolist())

    @cached_property
    def is_central(self) -> bool:
        """Whether all hyperplanes have a point in common."""
        real = self.planes.rows[1:]
        return self.is_linear or rank(real.numerators) == self.rank

    @property
    def is_essential(self) -> bool:
        """Whether the normals span the space, so that some hyperplanes meet in one point."""
        return self.rank == self.ambient_dimension

    @cached_property
    def is_simple(self) -> Position:
        """Whether any k hyperplanes that meet do so in codimension k; if not, which do not.

        Examples
        --------
        >>> HyperplaneArrangement([[1, 0], [0, 1], [1, 1]]).is_simple.reason
        'the hyperplanes of rows [0, 1, 2] meet in codimension 2'
        """
        return position(self.planes, self.ambient_dimension, generic=False)

    @cached_property
    def is_generic(self) -> Position:
        """Whether they are in general position: simple, and any k <= d of them meet.

        Examples
        --------
        >>> HyperplaneArrangement([[1, 0], [0, 1], [1, 0]], [0, 0, 1]).is_generic.reason
        'the hyperplanes of rows [0, 2] have no point in common'
        """
        return position(self.planes, self.ambient_dimension, generic=True)

    # -- chambers ------------------------------------------------------------------------------
    @cached_property
    def chambers(self) -> Chambers:
        """All chambers: the connected pieces of the complement of the hyperplanes.

        Examples
        --------
        >>> cross = HyperplaneArrangement([[1, 0], [0, 1]])
        >>> sorted(cross.chambers.signs.unpacked().tolist())
        [[-1, -1], [-1, 1], [1, -1], [1, 1]]
        >>> cross.chambers[0].is_bounded, len(cross.chambers[0].neighbours)
        (False, 2)
        """
        return Chambers(self, self._list())

    def list_chambers(
        self,
        *,
        max_chambers: int | None = None,
        time_limit: float | None = None,
        progress: ChamberProgress | None = None,
    ) -> Chambers:
        """The same as `chambers`, within limits.

        Parameters
        ----------
        max_chambers : int, optional
            Refuse to list more.
        time_limit : float, optional
            Seconds.
        progress : callable, optional
            Called as ``progress(done, total, n_chambers)`` now and then.

        Returns
        -------
        Chambers
            They are kept: `chambers` is at hand afterwards.

        Raises
        ------
        BudgetError
            If a limit is exceeded; `count` and `iter_blocks` do without storing chambers.
        """
        if "chambers" not in self.__dict__:
            limits: dict[str, Any] = {
                "max_chambers": max_chambers, "time_limit": time_limit, "progress": progress
            }  # fmt: skip
            self.__dict__["chambers"] = Chambers(self, self._list(**limits))
        elif max_chambers is not None and len(self.chambers) > max_chambers:
            raise BudgetError(f"there are {len(self.chambers):,} chambers, {max_chambers=:,}")
        return self.chambers

    def _list(self, **limits: Any) -> SignVectors:
        if self.is_linear:
            return central_chambers(self.A_exact, **limits)
        return chambers_above(self.lifted, self.infinity, **limits)

    @property
    def sign_vectors(self) -> SignVectors:
        """Sign vectors of the chambers, packed."""
        return self.chambers.signs

    @property
    def interior_points(self) -> FloatArray:
        """Points inside the chambers, shape (N, d): nearest floats to exact ones."""
        return self.chambers.points

    @property
    def interior_points_exact(self) -> ExactArray:
        """Rational points inside the chambers, shape (N, d)."""
        return self.chambers.points_exact

    @property
    def n_chambers(self) -> int:
        """Number of chambers, counted unless they are listed already."""
        return len(self.chambers) if "chambers" in self.__dict__ else self.count()

    def count(self, **budget: Any) -> int:
        """Number of chambers, by Zaslavsky's theorem: none of them is listed.

        Parameters
        ----------
        **budget
            ``group`` (permutations of the rows that generate symmetries), ``max_flats``,
            ``time_limit``, ``progress``: see
            `polytropic.geometry.arrangements.counting.whitney.whitney_numbers`.

        Examples
        --------
        >>> HyperplaneArrangement([[1], [1], [1]], [0, 1, 2]).count()
        4
        """
        return sum(self._whitney(**budget))

    def iter_blocks(self, size: int = 1 << 16) -> Iterator[SignVectors]:
        """Sign vectors of all chambers, about `size` at a time.

        Notes
        -----
        Memory does not grow with the number of chambers; see `chambers.chamber_blocks`.
        """
        return (signs for signs, _ in self._blocks(size, with_points=False))

    def iter_blocks_with_points(
        self, size: int = 1 << 16
    ) -> Iterator[tuple[SignVectors, ExactArray]]:
        """The same with a rational point inside every chamber, shape (size, d).

        Examples
        --------
        >>> lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
        >>> blocks = list(lines.iter_blocks_with_points(4))
        >>> all((np.asarray(signs) == lines.signs(points)).all() for signs, points in blocks)
        True
        """
        for signs, rays in self._blocks(size, with_points=True):
            assert rays is not None
            yield signs, rays.exact_rays() if self.is_linear else points_of_rays(rays)

    def _blocks(
        self, size: int, with_points: bool
    ) -> Iterator[tuple[SignVectors, InteriorPoints | None]]:
        if self.is_linear:
            return chamber_blocks(self.A_exact, None, size, with_points=with_points)
        return chamber_blocks(self.lifted, self.infinity, size, with_points=with_points)

    @cached_property
    def bounded_chambers(self) -> Chambers:
        """Chambers that are bounded sets; there are none unless the arrangement is essential."""
        return self.chambers[np.flatnonzero(self.chambers.is_bounded)]

    @cached_property
    def relatively_bounded_chambers(self) -> Chambers:
        """Chambers that are bounded up to the lineality space: bounded in `essentialize`."""
        return self.chambers[np.flatnonzero(self.chambers.is_relatively_bounded)]

    @cached_property
    def n_relatively_bounded(self) -> int:
        """Number of chambers that are bounded up to the lineality space (Zaslavsky), counted."""
        return abs(sum((-1) ** k * w for k, w in enumerate(self.whitney_numbers)))

    @property
    def n_bounded(self) -> int:
        """Number of chambers that are bounded sets, counted; 0 unless essential."""
        return self.n_relatively_bounded if self.is_essential else 0

    def _is_relatively_bounded(self, signs: SignVectors) -> NDArray[np.bool_]:
        if self.is_central:
            return np.full(len(signs), self.rank == 0)
        every = self.chambers.signs
        flags = relatively_bounded(self.lifted, self.planes.columns[:-1], every)
        return flags if signs is every else flags[self.chambers.find(signs)]

    # -- numbers -------------------------------------------------------------------------------
    def _whitney(self, **budget: Any) -> list[int]:
        from polytropic.geometry.arrangements.counting.whitney import (
            affine_whitney_numbers,
            whitney_numbers,
        )

        if self.is_linear:
            return whitney_numbers(self.A_exact, **budget)
        return affine_whitney_numbers(self.lifted, self.infinity, **budget)

    @cached_property
    def whitney_numbers(self) -> list[int]:
        """Absolute coefficients of the characteristic polynomial, from ``t^d`` downwards."""
        return self._whitney()

    @property
    def betti_numbers(self) -> list[int]:
        """Betti numbers of the complement of the complexified hyperplanes: `whitney_numbers`."""
        return self.whitney_numbers

    @property
    def characteristic_polynomial(self) -> list[int]:
        """Coefficients of ``sum_X mu(X) t^(dim X)``, from ``t^d`` down to the constant one.

        Examples
        --------
        >>> HyperplaneArrangement([[1, -1, 0], [0, 1, -1], [1, 0, -1]]).characteristic_polynomial
        [1, -3, 2, 0]
        """
        signed = [(-1) ** k * w for k, w in enumerate(self.whitney_numbers)]
        return signed + [0] * (self.ambient_dimension + 1 - len(signed))

    @cached_property
    def f_vector(self) -> list[int]:
        """Numbers of faces of dimension 0, ..., d, counted without listing them.

        Notes
        -----
        A face of dimension k is one of dimension k + 1 of the cone, on one side of infinity; the
        faces of the cone at infinity are those of the linear arrangement of the normals.
        """
        from polytropic.geometry.arrangements.counting.whitney import face_numbers

        linear = face_numbers(self.A_exact)
        if self.is_linear:
            return linear
        above = face_numbers(self.cone().A_exact)[1:]
        return [(whole - far) // 2 for whole, far in zip(above, [*linear[1:], 0], strict=True)]

    # -- flats and faces -----------------------------------------------------------------------
    def flats(
        self,
        dimension: int,
        *,
        max_flats: int | None = None,
        time_limit: float | None = None,
        progress: Progress | None = None,
    ) -> list[Flat]:
        """Non-empty intersections of hyperplanes, of one dimension (d: the whole space).

        Parameters
        ----------
        dimension : int
            0, ..., d.
        max_flats, time_limit
            Raise `BudgetError` beyond so many flats of one dimension, or seconds.
        progress : callable, optional
            Called as ``progress(codimension, flats_found)``.

        Examples
        --------
        >>> braid = HyperplaneArrangement([[1, -1, 0], [0, 1, -1], [1, 0, -1]])
        >>> braid.flats(2)[0], braid.flats(1)
        (Flat(dimension 2, in hyperplanes [0]), [Flat(dimension 1, in hyperplanes [0, 1, 2])])
        """
        size = self._checked_dimension(dimension)
        codimension = self.ambient_dimension - size
        if codimension > self.rank:
            return []
        nodes = flats_of_rank(
            self.planes, codimension,
            max_flats=max_flats, time_limit=time_limit, progress=progress,
        )  # fmt: skip
        return [Flat(rows_of(self.planes, node.members), size, self.lifted) for node in nodes]

    @cached_property
    def vertices(self) -> Vertices:
        """Points in which hyperplanes meet; there are none unless the arrangement is essential.

        Examples
        --------
        >>> lines = HyperplaneArrangement([[1, 0], [0, 2], [1, 1]], [0, 1, 3])
        >>> lines.vertices.points.tolist(), lines.vertices.hyperplanes(0)
        ([[0.0, 0.5], [0.0, 3.0], [2.5, 0.5]], (0, 1))
        """
        nodes = flats_of_rank(self.planes, self.rank) if self.is_essential else []
        return vertices_of(self.planes, nodes, self.ambient_dimension)

    def faces(self, dimension: int) -> SignVectors:
        """Faces of one dimension as sign vectors: zero at the rows that contain the face.

        Parameters
        ----------
        dimension : int
            0, ..., d.  Below the dimension of the lineality space there are none.

        Notes
        -----
        Found level by level from the chambers, see `covectors`.

        Examples
        --------
        >>> HyperplaneArrangement([[1], [1]], [0, 1]).faces(0).unpacked().tolist()
        [[0, -1], [1, 0]]
        """
        size = self._checked_dimension(dimension)
        if size < self.ambient_dimension - self.rank:
            return self.sign_vectors[:0]
        return self._level(self.ambient_dimension - size).signs

    @cached_property
    def _levels(self) -> list[Level]:
        return [Level.of_chambers(self.sign_vectors)]

    def _level(self, codimension: int) -> Level:
        while len(self._levels) <= codimension:
            if len(self._levels) == 1:
                self._levels.append(facets(self._levels[0], *self._walls))
            else:
                self._levels.append(facets(self._levels[-1]))
        return self._levels[codimension]

    @cached_property
    def _walls(self) -> tuple[Cuts, Crossings]:
        member = np.where(self.planes.member > 0, self.planes.member, -1)[1:]
        across = cuts_of_members(member, self.sign_vectors.positive.shape[1])
        return across, crossings(self._levels[0], across)

    @cached_property
    def adjacency(self) -> ChamberAdjacency:
        """Which chambers share a facet, and in which hyperplane.

        Examples
        --------
        >>> cross = HyperplaneArrangement([[1, 0], [0, 1]])
        >>> cross.adjacency.hyperplane.tolist(), cross.adjacency.n_walls.tolist()
        ([0, 0, 1, 1], [2, 2, 2, 2])
        """
        across, found = self._walls
        return ChamberAdjacency(len(self.chambers), found.pairs, across.first[found.cut])

    # -- points --------------------------------------------------------------------------------
    def signs(self, points: Numbers) -> SignVectors:
        """Sign vectors of points, exactly.

        Parameters
        ----------
        points : array_like, shape (n, d)

        Examples
        --------
        >>> HyperplaneArrangement([[1, 1]], [0.3]).signs([[0.1, 0.2], [0.2, 0.1]]).unpacked()
        array([[1],
               [1]], dtype=int8)
        """
        places = exact(points, "points", ndim=2)
        if places.shape[1] != self.ambient_dimension:
            raise InputError(
                f"points must have shape (n, {self.ambient_dimension}), got {places.shape}"
            )
        return signs_at(self.lifted, places)

    def locate(self, points: Numbers) -> NDArray[np.intp]:
        """Index of the chamber of each point, -1 for points on a hyperplane.

        Parameters
        ----------
        points : array_like, shape (n, d)

        Returns
        -------
        int array, shape (n,)
        """
        return self.chambers.find(self.signs(points))

    # -- other arrangements --------------------------------------------------------------------
    def essentialize(self) -> Essentialization:
        """Divide by the lineality space.

        Examples
        --------
        >>> found = HyperplaneArrangement([[1, -1, 0], [0, 1, -1]]).essentialize()
        >>> found.arrangement.A.tolist(), found.lineality.to_float().tolist()
        ([[1.0, -1.0], [0.0, 1.0]], [[1.0, 1.0, 1.0]])
        """
        columns, projection, section, lineality = essential_maps(self.A_exact)
        smaller = HyperplaneArrangement(self.A_exact[:, columns], self.b_exact)
        return Essentialization(smaller, projection, section, lineality)

    def deletion(self, row: int) -> HyperplaneArrangement:
        """Leave out a hyperplane: all rows that stand for it.

        For a row that is no hyperplane only this row is left out.
        """
        place = self._checked_row(row)
        member = self.planes.member[1:]
        gone = member == member[place] if member[place] > 0 else np.arange(self.n_rows) == place
        return self._of_rows(np.flatnonzero(~gone))

    def restriction(self, row: int) -> Restriction:
        """The arrangement that the others cut out on a hyperplane.

        Notes
        -----
        Chambers are counted by ``n(A) = n(deletion) + n(restriction)``.

        Examples
        --------
        >>> lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1], [2, 0]], [0, 0, 0, 2])
        >>> found = lines.restriction(0)
        >>> found.containing, found.missing, found.merged
        ((0,), (3,), ((1, 2),))
        """
        place = self._checked_row(row)
        if self.planes.member[place + 1] <= 0:
            raise InputError(f"row {place} has a zero normal: it is no hyperplane to restrict to")
        return self.restriction_to_flat([place])

    def restriction_to_flat(self, flat: Flat | Iterable[int]) -> Restriction:
        """The arrangement that the others cut out on a flat, given as such or by rows.

        Raises
        ------
        InputError
            If the hyperplanes of these rows have no point in common.
        """
        rows = self._flat_rows(flat)
        lifted, origin, directions = restricted_rows(self.lifted, self.lifted[rows])
        smaller = HyperplaneArrangement(lifted[:, :-1], -lifted[:, -1])
        return Restriction(smaller, origin, directions, *row_classes(lifted))

    def localization(self, flat: Flat | Iterable[int]) -> Localization:
        """The hyperplanes that contain a flat, given as such or by rows.

        Examples
        --------
        >>> lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1], [1, 0]], [0, 0, 0, 1])
        >>> lines.localization([0, 1]).rows
        (0, 1, 2)
        """
        rows = self._flat_rows(flat)
        inside = restricted_rows(self.lifted, self.lifted[rows])[0].numerators.tolist()
        real = self.planes.member[1:].tolist()
        chosen = [
            i for i, (row, plane) in enumerate(zip(inside, real, strict=True))
            if plane > 0 and not any(row)
        ]  # fmt: skip
        return Localization(self._of_rows(chosen), tuple(chosen))

    def cone(self) -> HyperplaneArrangement:
        """The linear arrangement in R^{d+1} of the rows ``(A_i, -b_i)`` and that at infinity, last.

        Its chambers are those of this arrangement and their opposites.
        """
        form = self.infinity.reshape(1, -1)
        return HyperplaneArrangement(ExactArray.concatenate([self.lifted, form]))

    def _of_rows(self, rows: Sequence[int] | NDArray[np.intp]) -> HyperplaneArrangement:
        chosen = np.asarray(rows, dtype=np.intp)
        return HyperplaneArrangement(self.A_exact[chosen], self.b_exact[chosen])

    def _flat_rows(self, flat: Flat | Iterable[int]) -> list[int]:
        given = flat.hyperplanes if isinstance(flat, Flat) else flat
        rows = [self._checked_row(row) for row in given]
        table = self.lifted[rows].numerators
        if rank(table) > rank(table[:, :-1]):
            raise InputError(f"the hyperplanes of rows {rows} have no point in common")
        return rows

    # -- checks and identity -------------------------------------------------------------------
    def _checked_row(self, row: int) -> int:
        if not -self.n_rows <= index(row) < self.n_rows:
            raise InputError(f"there is no row {row}: the arrangement has {self.n_rows} rows")
        return index(row) % self.n_rows

    def _checked_dimension(self, dimension: int) -> int:
        if not 0 <= index(dimension) <= self.ambient_dimension:
            raise InputError(
                f"dimension must lie between 0 and {self.ambient_dimension}, got {dimension}"
            )
        return index(dimension)

    def __reduce__(self) -> tuple[Any, ...]:
        return HyperplaneArrangement, (self.A_exact, self.b_exact)

    def __repr__(self) -> str:
        kind = "linear" if self.is_linear else "affine"
        return (
            f"HyperplaneArrangement({self.n_rows} {kind} rows in dimension "
            f"{self.ambient_dimension})"
        )

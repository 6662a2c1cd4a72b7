"""Whether rows are in general position, and which of them are not."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from polytropic.arithmetic.linalg import kernel, primitive, rank
from polytropic.arithmetic.numbers import ExactArray
from polytropic.geometry.arrangements.counting.residues import residues, small_rows
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes

__all__ = ["Genericity", "is_generic", "surely_generic"]

_SETS = 10**7  # of rows, that `surely_generic` looks at


@dataclass(frozen=True)
class Genericity:
    """Answer to a question of general position; true if the rows are generic.

    Attributes
    ----------
    circuit : tuple of int
        A minimal dependent set of at most d rows; empty if there is none.
    relation : tuple of int
        Coprime integers, none zero, with ``sum(c * rows[i]) = 0`` over the circuit; the first is
        positive.
    """

    circuit: tuple[int, ...] = ()
    relation: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return not self.circuit

    @property
    def explanation(self) -> str:
        """The answer in words."""
        if self:
            return "any d of the rows are independent"
        terms = [f"{c} row[{i}]" for c, i in zip(self.relation, self.circuit, strict=True)]
        return f"{' + '.join(terms)} = 0".replace("+ -", "- ").replace(" 1 row", " row")


def is_generic(rows: ExactArray) -> Genericity:
    """Whether any d rows (all of them, if there are fewer) in R^d are linearly independent.

    Parameters
    ----------
    rows : ExactArray, shape (m, d)

    Returns
    -------
    Genericity
        False with a circuit of at most d rows and its relation, if there is one.

    Notes
    -----
    Every set of d - 2 rows projects the later ones to a plane, where no two may be parallel:
    ``O(C(m, d - 1))`` steps modulo primes that see every minor.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> found = is_generic(exact([[1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 4, 0]]))
    >>> bool(found), found.circuit, found.explanation
    (False, (0, 1, 3), '2 row[0] + 4 row[1] - row[3] = 0')
    """
    m, d = rows.shape
    if m == 0 or d == 0:
        return Genericity()
    planes = distinct_hyperplanes(rows)
    if -1 in planes.member:
        return _circuit(rows, [planes.member.tolist().index(-1)])
    if d == 1:
        return Genericity()
    if not planes.is_identity:
        return _circuit(rows, _parallel(planes.member.tolist()))
    integers = small_rows(rows)
    if m <= d:
        return Genericity() if rank(integers) == m else _circuit(rows, list(range(m)))
    if planes.rows.shape[1] < d:
        return _circuit(rows, list(range(d)))
    from polytropic.geometry.arrangements.counting.genericity_kernels import dependent_rows

    avoid: frozenset[int] = frozenset()
    while True:
        mod = residues(integers, avoid)
        found, size, bad = dependent_rows(mod.matrix, mod.constants, mod.inverses)
        if bad < 0:
            return Genericity() if size == 0 else _circuit(rows, found[:size].tolist())
        avoid |= {mod.primes[bad]}


def surely_generic(rows: ExactArray) -> bool:
    """Whether one prime and moderate work prove that any r rows of rank r are independent.

    Parameters
    ----------
    rows : ExactArray, shape (m, r)
        Of rank r, none zero, no two parallel.

    Notes
    -----
    Rows that are independent modulo a prime are independent; so one prime is enough for a yes.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> surely_generic(exact([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 2, 3]]))
    True
    """
    m, r = rows.shape
    if m <= r or r < 3:
        return m == r or r == 2
    if comb(m, r - 1) > _SETS:
        return False
    from polytropic.geometry.arrangements.counting.genericity_kernels import dependent_rows

    mod = residues(small_rows(rows))
    _, size, bad = dependent_rows(mod.matrix[:1], mod.constants[:1], mod.inverses)
    return bool(bad < 0 and size == 0)


def _parallel(member: list[int]) -> list[int]:
    """The first two rows of one hyperplane."""
    second = next(i for i, number in enumerate(member) if member.index(number) < i)
    return [member.index(member[second]), second]


def _circuit(rows: ExactArray, dependent: list[int]) -> Genericity:
    """A circuit among dependent rows: drop what is not needed."""
    chosen = sorted(dependent)
    relations = kernel(rows[np.array(chosen)].numerators.T)
    # A relation of least support among those that the echelon form leaves: one row of a reduced
    # echelon basis of a space has minimal support, being zero at all pivots but one.
    relation = relations[0].tolist()
    circuit = [(i, c) for i, c in zip(chosen, relation, strict=True) if c]
    sign = 1 if circuit[0][1] > 0 else -1
    coefficients = primitive([sign * c for _, c in circuit])
    return Genericity(tuple([i for i, _ in circuit]), coefficients)

"""Where regions are looked for, as a fan of cones to start from."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.linalg import identity, integer_rows, pivot_columns, product
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.subdividing.cells import AT_INFINITY
from polytropic.geometry.subdividing.fans import Fan, pointed_fan
from polytropic.networks.regions.stages import NetworkStages

__all__ = ["domain_fan"]


def domain_fan(
    stages: NetworkStages, n_inputs: int, domain: Polytope | None, max_cells: int | None
) -> tuple[Fan, ObjectArray]:
    """Pointed cones over the domain, and rows that span what they span.

    Parameters
    ----------
    stages : NetworkStages
    n_inputs : int
    domain : Polytope or None
        None is all of R^d.
    max_cells : int or None
        Refuse to start with more cones than this.
    """
    generators, tight, names, lineality = _domain_cone(n_inputs, domain)
    size = n_inputs + 1
    forms = passed = integer_rows([], size)
    if len(stages):
        rows = stages.exact_values(0, identity(size)).numerators.T
        forms, passed = rows[: stages.n_functions(0)], rows[stages.n_functions(0) :]
    fan = pointed_fan(generators, tight, names, lineality, forms, max_cells)
    _check_passed(passed, fan.lineality, len(stages))
    return fan, np.concatenate([generators, lineality])


def _check_passed(passed: ObjectArray, lineality: ObjectArray, n_stages: int) -> None:
    """Refuse lines that no unit of the first stage sees and a later one may."""
    if n_stages < 2 or not len(passed) or not len(lineality):
        return
    if pivot_columns(product(passed, lineality)):
        raise InputError(
            "a value passes the first units with an activation along a line that none of them "
            "sees, so regions on all of R^d cannot be listed stage by stage: give a bounded domain "
            "(Polytope.box(lower, upper))"
        )


def _domain_cone(
    n_inputs: int, domain: Polytope | None
) -> tuple[ObjectArray, list[int], list[int], ObjectArray]:
    """Generators of the cone over the domain, what is tight at them, names, and lineality."""
    size = n_inputs + 1
    if domain is None:
        apex = integer_rows([[1] + [0] * n_inputs], size)
        return apex, [0], [AT_INFINITY], identity(size)[1:]
    if not isinstance(domain, Polytope):
        raise InputError(
            f"domain must be a Polytope (for a box: Polytope.box(lower, upper)) or a Slice, "
            f"got {domain!r}"
        )
    if domain.ambient_dimension != n_inputs:
        raise InputError(
            f"the network takes {n_inputs} inputs but the domain lies in dimension "
            f"{domain.ambient_dimension}"
        )
    if domain.is_empty:
        raise EmptyPolytopeError("the domain is empty: there is no region to count")
    description = domain.description
    incidence = np.asarray(description.incidence, dtype=bool)
    at_infinity = [not row[0] for row in description.generators.tolist()]
    tight = []
    for column, far in zip(incidence.T, at_infinity, strict=True):
        tight.append(sum(1 << int(k) for k in np.flatnonzero(column)) | far << len(incidence))
    names = [AT_INFINITY - 1 - k for k in range(len(incidence))]
    return description.generators, tight, [*names, AT_INFINITY], description.lineality

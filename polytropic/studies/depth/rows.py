"""What the depth study counts for one network."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.metadata import version
from typing import Any

from polytropic.errors import InputError
from polytropic.studies.depth.cases import DepthCase

__all__ = ["COUNTS", "MEASURED", "DepthRow", "environment"]

COUNTS = (
    "raw_monomials",
    "n_numerator",
    "n_denominator",
    "n_sum",
    "n_product",
    "vertices_numerator",
    "vertices_denominator",
    "activation_regions",
    "linear_regions",
    "affine_maps",
    "bound",
    "montufar_lower",
    "serra",
)
"""The columns of `DepthRow` that are counts."""

MEASURED = ("seconds_regions", "seconds_tropical", "seconds_lifted", "peak_memory")
"""The columns that two runs of the same network need not agree in."""


@dataclass(frozen=True, kw_only=True)
class DepthRow:
    """What was counted for one network; None where the work was refused by a budget.

    Attributes
    ----------
    family : str
    d : int
        Input dimension.
    widths : tuple of int
        Widths of the hidden layers.
    depth : int
        Number of hidden layers.
    seed : int or None
    raw_monomials : int or None
        Monomials of numerator and denominator together if no product were simplified
        (`naive_monomials`); None beyond a hundred digits.
    log10_raw_monomials : float
        The logarithm of the same number.
    n_numerator, n_denominator : int or None
        N(F), N(G): upper vertices of the lifted Newton polytopes.
    n_sum : int or None
        N(F⊕G), of the maximum of both: the polynomial of the decision boundary at 0.
    n_product : int or None
        N(F⊙G), of the common refinement.
    vertices_numerator, vertices_denominator : int or None
        All vertices, upper and lower, of the lifted polytopes P(F), P(G) that the layers build by
        Minkowski sums and hulls, with nothing simplified (Lemma 6.2).
    activation_regions, linear_regions, affine_maps : int or None
        The three counts of `linear_regions`.
    bound : int
        Theorem 6.3, the product over the layers.
    montufar_lower : int
        As many activation regions some network of this shape has (Montúfar et al. 2014).
    serra : int
        No network of this shape has more (Serra et al. 2018).
    seconds_regions, seconds_tropical, seconds_lifted : float
        CPU seconds for the regions; for N(F), N(G), N(F⊕G), N(F⊙G) from them; for the lifted
        polytopes.
    peak_memory : float
        Most memory in MB that the process had in hand during the run where the system can tell
        (Linux), otherwise since the process started.
    max_regions, time_limit : int and float, or None
        The budgets of the run.
    refusal : str or None
        Why counts are missing.
    """

    family: str
    d: int
    widths: tuple[int, ...]
    depth: int
    seed: int | None
    raw_monomials: int | None
    log10_raw_monomials: float
    n_numerator: int | None
    n_denominator: int | None
    n_sum: int | None
    n_product: int | None
    vertices_numerator: int | None
    vertices_denominator: int | None
    activation_regions: int | None
    linear_regions: int | None
    affine_maps: int | None
    bound: int
    montufar_lower: int
    serra: int
    seconds_regions: float = 0.0
    seconds_tropical: float = 0.0
    seconds_lifted: float = 0.0
    peak_memory: float = 0.0
    max_regions: int | None = None
    time_limit: float | None = None
    refusal: str | None = None

    @property
    def seconds(self) -> float:
        """CPU seconds of all parts."""
        return round(self.seconds_regions + self.seconds_tropical + self.seconds_lifted, 4)

    @property
    def case(self) -> DepthCase:
        """The network that was measured."""
        return DepthCase(self.family, self.d, self.widths, self.seed)

    def answers(self, max_regions: int | None, time_limit: float | None = None) -> bool:
        """Whether a run with these budgets could add nothing to the row.

        Counts are exact, so a whole row is final; a refusal stands as long as no budget is larger.
        """
        return self.refusal is None or (
            _least(max_regions) <= _least(self.max_regions)
            and _least(time_limit) <= _least(self.time_limit)
        )

    def to_json(self) -> dict[str, Any]:
        """The row as an object for JSON; integers stay integers."""
        return {**asdict(self), "widths": list(self.widths)}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> DepthRow:
        """Read what `to_json` wrote; further keys are ignored.

        Raises
        ------
        InputError
            If a column is missing or is not what it should be.
        """
        try:
            chosen = {field.name: values[field.name] for field in fields(DepthRow)}
            chosen["widths"] = tuple(int(width) for width in chosen["widths"])
        except (KeyError, TypeError, ValueError) as problem:
            raise InputError(f"this is no row of the depth study: {problem!r}") from problem
        return DepthRow(**chosen)


def _least(budget: float | None) -> float:
    return math.inf if budget is None else budget


@cache
def environment() -> dict[str, str]:
    """Versions and kind of machine, which every line of a benchmark's file carries.

    Examples
    --------
    >>> sorted(environment())
    ['machine', 'numpy', 'polytropic', 'python', 'python-flint', 'system']
    """
    packages = ("polytropic", "numpy", "python-flint")
    return {
        **{name: version(name) for name in packages},
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
    }

"""What checking a theorem on an example gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Hypothesis", "TheoremCheck"]


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis of a statement, and whether it holds.

    Attributes
    ----------
    name : str
    holds : bool or None
        None if checking would have been too much work.
    needed_for : {"claim", "equality"}
        Whether the statement itself, or only equality in it, depends on it.
    """

    name: str
    holds: bool | None
    needed_for: Literal["claim", "equality"] = "claim"


@dataclass(frozen=True)
class TheoremCheck:
    """A statement, its hypotheses, and what it says about one example.

    Attributes
    ----------
    statement : str
    hypotheses : tuple of Hypothesis
    relation : {"<=", "=="}
        ``value relation claim`` is what the statement says.
    claim, value : object
        What is claimed, and what is, both exact.
    witness : object
        What shows it: the objects compared, or, where the relation fails, what differs.
    """

    statement: str
    hypotheses: tuple[Hypothesis, ...]
    relation: Literal["<=", "=="]
    claim: Any
    value: Any
    witness: Any = None

    @property
    def holds(self) -> bool:
        """Whether what is stated is true here, whatever the hypotheses."""
        if self.relation == "==":
            return bool(self.value == self.claim)
        return bool(self.value <= self.claim)

    @property
    def tight(self) -> bool:
        """Whether there is equality."""
        return bool(self.value == self.claim)

    @property
    def applies(self) -> bool:
        """Whether all hypotheses that the statement needs hold."""
        return all(h.holds for h in self.hypotheses if h.needed_for == "claim")

    @property
    def failing(self) -> tuple[str, ...]:
        """Names of the hypotheses that do not hold."""
        return tuple(h.name for h in self.hypotheses if h.holds is False)

    def __str__(self) -> str:
        sign = "holds" if self.holds else "FAILS"
        rows = [f"{self.statement}: {self.value} {self.relation} {self.claim} {sign}"]
        for h in self.hypotheses:
            mark = {True: "yes", False: "no", None: "not checked"}[h.holds]
            rows.append(f"  {h.name}: {mark}" + " (for equality)" * (h.needed_for == "equality"))
        return "\n".join(rows)

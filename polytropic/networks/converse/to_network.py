"""Tropical functions and max-min forms as networks of least known depth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from polytropic.errors import InputError
from polytropic.networks.converse.forms import MaxMinForm
from polytropic.networks.converse.pieces import max_min_form
from polytropic.networks.converse.tournaments import Match, Tournament, rounds_needed
from polytropic.networks.network import Network
from polytropic.networks.regions import RegionComplex
from polytropic.tropical.maps import TropicalMap
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap

__all__ = ["Function", "to_network"]

Function: TypeAlias = "TropicalPolynomial | TropicalRational | MaxMinForm"
_KINDS = (TropicalPolynomial, TropicalRational, MaxMinForm)
_Value: TypeAlias = "tuple[tuple[Fraction, ...], Fraction]"


def to_network(
    function: Function | TropicalMap | TropicalRationalMap | RegionComplex | Iterable[Function],
    *,
    simplify: bool = True,
) -> Network:
    """Write a continuous piecewise linear function as a ReLU network.

    Parameters
    ----------
    function : TropicalPolynomial, TropicalRational, MaxMinForm, map, RegionComplex or sequence
        Maps and sequences of functions give one output for each component; the regions of a
        network give all its outputs by their pieces (see `max_min_form`).
    simplify : bool
        Leave out monomials that are never needed first.

    Returns
    -------
    Network
        ReLU layers and a linear output.  For polynomials and quotients
        ``ceil(log2 r) + 1`` layers, where r is the largest number of monomials of a numerator or
        denominator; for a max-min form ``ceil(log2 s) + ceil(log2 m) + 1``, where s is the size
        of the largest set and m the number of sets.  Weights are whole if exponents are.

    Raises
    ------
    InputError
        If a polynomial is the tropical zero, or functions differ in their variables.

    Notes
    -----
    At most three units for every pair in a round.  Theorem 5.4 of Zhang, Naitzat and Lim allows
    one layer more.

    Examples
    --------
    >>> f = TropicalPolynomial([[0], [1], [2], [3]], [0, 0, -1, -3])
    >>> net = to_network(f)
    >>> net, net([[5.0]]).item(), f([5.0])
    (Network(1-6-3-1), 12.0, 12.0)
    """
    parts = _parts(function)
    sizes = {part.n_variables for part in parts}
    if len(sizes) > 1:
        raise InputError(f"the functions have different numbers of variables: {sorted(sizes)}")
    outputs = [_entrants(part, simplify) for part in parts]
    return _play(sizes.pop(), [team for teams in outputs for team in teams],
                 [len(teams) for teams in outputs])  # fmt: skip


@dataclass
class _Team:
    """``sign * max_j min_{i in s_j} value_i``."""

    sign: int
    values: list[_Value]
    sets: list[list[int]]


def _parts(function: Any) -> tuple[Function, ...]:
    if isinstance(function, _KINDS):
        return (function,)
    if isinstance(function, RegionComplex):
        return max_min_form(function)
    if isinstance(function, Iterable):
        parts = tuple(function)
        if parts and all(isinstance(part, _KINDS) for part in parts):
            return parts
    raise InputError(
        "to_network takes tropical polynomials, rational functions, max-min forms, maps and "
        f"sequences of them, or the regions of a network; got {function!r}"
    )


def _entrants(function: Function, simplify: bool) -> list[_Team]:
    if isinstance(function, MaxMinForm):
        pieces = [(tuple(a), c) for a, c in function.pieces()]
        return [_Team(1, pieces, [list(members) for members in function.sets])]
    if isinstance(function, TropicalRational):
        pairs = [(1, function.numerator), (-1, function.denominator)]
    else:
        pairs = [(1, function)]
    teams = []
    for sign, f in pairs:
        if not f.n_monomials:
            raise InputError("the tropical zero (no monomial) is -inf everywhere: no network is")
        terms = (f.simplify() if simplify else f).terms()
        teams.append(_Team(sign, terms, [[i] for i in range(len(terms))]))
    return teams


def _play(size: int, teams: list[_Team], sizes: Sequence[int]) -> Network:
    """All tournaments side by side: minima within the sets, then maxima of the sets."""
    place: dict[_Value, int] = {}
    sets = []
    for team in teams:
        places = [place.setdefault(value, len(place)) for value in team.values]
        sets.append([[places[i] for i in members] for members in team.sets])
    game = Tournament(size, list(place))
    rounds = max(rounds_needed(len(members)) for groups in sets for members in groups)
    for _ in range(rounds):
        sets = _round(game, sets, "min")
    unions = [[[members[0] for members in groups]] for groups in sets]
    for _ in range(max(rounds_needed(len(groups)) for groups in sets)):
        unions = _round(game, unions, "max")
    rows: list[dict[int, int]] = []
    winners = iter(zip(teams, unions, strict=True))
    for count in sizes:
        row: dict[int, int] = {}
        for _ in range(count):
            team, ((winner,),) = next(winners)
            row[winner] = row.get(winner, 0) + team.sign
        rows.append(row)
    return game.finish(rows)


def _round(game: Tournament, teams: list[list[list[int]]], kind: Any) -> list[list[list[int]]]:
    """Pair neighbours within every group; a match that several groups want is played once."""
    matches: dict[Match, int] = {}

    def result(match: Match) -> int:
        return matches.setdefault(match, len(matches))

    after = []
    for groups in teams:
        halved = []
        for members in groups:
            winners = [
                result((kind, a, b)) for a, b in zip(members[::2], members[1::2], strict=False)
            ]
            if len(members) % 2:
                winners.append(result(("keep", members[-1])))
            halved.append(winners)
        after.append(halved)
    game.play(list(matches))
    return after

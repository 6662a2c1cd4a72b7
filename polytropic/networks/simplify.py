"""Exact, lossless simplification: networks that compute the same with fewer units."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.network import Network
from polytropic.networks.regions import RegionComplex
from polytropic.networks.simplifying.layers import WorkingLayer
from polytropic.networks.simplifying.network import WorkingNetwork
from polytropic.networks.stability import preactivation_bounds

__all__ = ["LayerChanges", "Simplified", "simplify"]


@dataclass(frozen=True)
class LayerChanges:
    """What became of the units of one layer; units are numbered as in the original layer.

    Attributes
    ----------
    n_units : int
        Units that the layer had.
    constant : tuple of int
        Folded into the biases above, because they have one value only.
    unused : tuple of int
        Dropped, because nothing above reads them.
    merged : tuple of (int, int)
        ``(kept, gone)``: gone is a function of kept, which took over its outgoing weights.
    off, on : tuple of int
        Proved to be never above, or never below, their threshold on the domain.
    gathered : tuple of int
        Units without activation that were replaced by their sums in the layer above.
    n_left : int
        Units that the layer has now; 0 if the layer is gone.
    """

    n_units: int
    constant: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    merged: tuple[tuple[int, int], ...] = ()
    off: tuple[int, ...] = ()
    on: tuple[int, ...] = ()
    gathered: tuple[int, ...] = ()
    n_left: int = 0


@dataclass(frozen=True, repr=False)
class Simplified:
    """A simplified network, and what was removed.

    Attributes
    ----------
    network : Network
        Equal to the original one as a function, exactly (on the domain, if one was given).
    original : Network
    changes : tuple of LayerChanges
        One per layer of the original network.
    """

    network: Network
    original: Network
    changes: tuple[LayerChanges, ...]

    def __repr__(self) -> str:
        return f"Simplified({self.original!r} to {self.network!r})"

    def __str__(self) -> str:
        heads = ["layer", "units", "constant", "unused", "merged", "off", "on", "gathered", "left"]
        lines = ["".join(f"{head:>10}" for head in heads)]
        for number, change in enumerate(self.changes, 1):
            cells = [getattr(change, field.name) for field in fields(change)]
            numbers = [cell if isinstance(cell, int) else len(cell) for cell in cells]
            lines.append("".join(f"{entry:>10}" for entry in [number, *numbers]))
        return "\n".join([repr(self), *lines])


def simplify(
    network: Network,
    domain: Polytope | None = None,
    *,
    regions: RegionComplex | None = None,
    passing: bool = True,
) -> Simplified:
    """Remove every unit that can be seen to be superfluous, without changing the function.

    Parameters
    ----------
    network : Network
    domain : Polytope, optional
        Bounded.  Units that are proved to keep their sign on it are resolved, and the result is
        equal to the network on the domain only.
    regions : RegionComplex, optional
        All regions of this very network (on a domain): with them exactly the units that keep
        their sign are found, before bounds are tried.
    passing : bool
        Whether units may lose their activation (a layer then may have units of slope 1 beside
        others).  Without this, units are only folded, dropped and merged with units of their kind.

    Returns
    -------
    Simplified
        The network has one layer without a unit if it is seen to be affine.

    Raises
    ------
    InputError
        If the domain is unbounded or of the wrong dimension, or regions are of another network.
    EmptyPolytopeError
        If the domain is empty.

    Notes
    -----
    These rules are applied until none of them changes anything, all in exact arithmetic:

    * a unit with weights zero is a constant, and goes into the biases above;
    * a unit that nobody reads is dropped;
    * units of one layer that vanish on one hyperplane and are multiples of each other are merged
      (positive multiples of equal slope; with `passing` also opposite ones, where ``max(z, 0) -
      max(-z, 0)`` is ``z``, ``max(z, 0) + max(-z, 0)`` is ``|z|``, and any number of units on one
      hyperplane is one unit and a linear function);
    * on a domain, bounds of every unit are found (`preactivation_bounds`), and units that are off
      are constant (linear, if their slope is not zero), those that are on are linear;
    * linear units are gathered: no more of them are kept than the layer above has units, and
      layers without any activation are multiplied with the layer above, unless that would have
      more weights than both.

    Examples
    --------
    The second unit is twice the first, and the third is never active:

    >>> net = Network.from_layers([([[1], [2], [0]], [1, 2, -1]), ([[1, -3, 5]], [0])])
    >>> simplified = simplify(net)
    >>> simplified
    Simplified(Network(1-3-1) to Network(1-1-1))
    >>> simplified.changes[0].merged, simplified.changes[0].constant
    (((0, 1),), (2,))
    >>> print(simplified)
    Simplified(Network(1-3-1) to Network(1-1-1))
         layer     units  constant    unused    merged       off        on  gathered      left
             1         3         1         0         1         0         0         0         1
             2         1         0         0         0         0         0         0         1
    >>> simplify(net, Polytope.box(0, 1, dim=1)).network
    Network(1-1)
    """
    work = WorkingNetwork(network)
    if regions is not None:
        if regions.network != network:
            raise InputError("regions are those of another network")
        _resolve_by_signs(work, np.asarray(regions.sign_vectors), passing)
    changed = True
    while changed:
        if domain is not None:
            _resolve_by_bounds(work, domain, passing)
        changed = work.fold_constants(passing)
        changed |= work.merge(passing)
        changed |= work.drop_unused()
        changed |= work.gather_linear()
    return Simplified(work.network(), network, _changes(work, network))


def _resolve_by_bounds(work: WorkingNetwork, domain: Polytope, passing: bool) -> None:
    here = work.network()
    if not here.n_units:
        return
    for layer, bounds in zip(work.layers, preactivation_bounds(here, domain), strict=True):
        _resolve(work, layer, bounds.on, bounds.off, passing)


def _resolve_by_signs(work: WorkingNetwork, signs: SignArray, passing: bool) -> None:
    first = 0
    for layer, original in zip(work.layers, work.original.layers, strict=True):
        tested = original.tested
        columns = signs[:, first : first + len(tested)]
        first += len(tested)
        on, off = (columns >= 0).all(axis=0), (columns <= 0).all(axis=0)
        _resolve(work, layer, tested[on], tested[off], passing)


def _resolve(
    work: WorkingNetwork, layer: WorkingLayer, on: IntArray, off: IntArray, passing: bool
) -> None:
    """Replace units that keep their sign by linear functions."""
    is_last = layer is work.layers[-1]
    below = [u for u in off.tolist() if passing or (layer.slope[u] == 0 and not is_last)]
    above = np.setdiff1d(on, off).tolist() if passing else []
    for kind, units in [("off", below), ("on", above)]:
        layer.make_linear(units, below=kind == "off")
        for unit in units:
            layer.note(kind, layer.names[unit])


def _changes(work: WorkingNetwork, network: Network) -> tuple[LayerChanges, ...]:
    left = {layer.number: len(layer.names) for layer in work.layers}
    return tuple(
        LayerChanges(
            n_units=layer.n_outputs,
            n_left=left.get(number, 0),
            **{kind: tuple(sorted(names)) for kind, names in work.notes[number].items()},
        )
        for number, layer in enumerate(network.layers)
    )

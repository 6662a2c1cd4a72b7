"""How many regions networks of a shape can have: upper bounds, and how many some of them have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from math import prod

from polytropic.errors import InputError
from polytropic.networks.network import Network
from polytropic.networks.shapes import (
    Shape,
    Stable,
    Widths,
    below_last,
    binomials,
    hidden_layers,
    read_shape,
)

__all__ = [
    "RegionBounds",
    "arora_bound",
    "arora_lower_bound",
    "bounds",
    "montufar_bound",
    "montufar_lower_bound",
    "region_bound",
    "serra_bound",
]


@dataclass(frozen=True, repr=False)
class RegionBounds:
    """Bounds of the number of regions of a network of some shape.

    Attributes
    ----------
    n_inputs : int
    widths : tuple of int
        Units with an activation, of the layers that have any.
    montufar, serra : int
        No network of this shape has more activation regions.
    arora : int or None
        The same, for one input only.
    montufar_lower, arora_lower : int
        Some ReLU network of this shape has at least as many activation regions.
    """

    n_inputs: int
    widths: tuple[int, ...]
    montufar: int
    serra: int
    arora: int | None
    montufar_lower: int
    arora_lower: int

    @property
    def upper(self) -> int:
        """The least of the upper bounds."""
        return min(b for b in (self.montufar, self.serra, self.arora) if b is not None)

    @property
    def lower(self) -> int:
        """The greatest of the lower bounds of what is possible."""
        return max(self.montufar_lower, self.arora_lower)

    def __repr__(self) -> str:
        shape = "-".join(map(str, [self.n_inputs, *self.widths]))
        return f"RegionBounds({shape}: at most {self.upper} regions, {self.lower} are possible)"

    def __str__(self) -> str:
        rows = [
            ("at most", "Montúfar 2017 (Theorem 6.3)", self.montufar),
            ("at most", "Serra et al. 2018", self.serra),
            ("at most", "Arora et al. 2018", self.arora),
            ("possible", "Montúfar et al. 2014", self.montufar_lower),
            ("possible", "Arora et al. 2018", self.arora_lower),
        ]
        lines = [f"{kind:<9} {name:<28} {n}" for kind, name, n in rows if n is not None]
        return "\n".join([repr(self), *lines])


def bounds(shape: Shape, *, stable: Stable | None = None) -> RegionBounds:
    """Collect what is known about the number of regions of networks of a shape.

    Parameters
    ----------
    shape : Network, or sequence of int
        ``(d, n_1, ..., n_L)``: the number of inputs and the widths of the hidden layers.
    stable : sequence of (int, int), optional
        As for `serra_bound`: for every hidden layer how many units are constant and linear on
        the domain.  Upper bounds then hold on this domain; lower bounds ignore it.

    Returns
    -------
    RegionBounds

    Examples
    --------
    >>> print(bounds([2, 3, 4]))
    RegionBounds(2-3-4: at most 59 regions, 15 are possible)
    at most   Montúfar 2017 (Theorem 6.3)  77
    at most   Serra et al. 2018            59
    possible  Montúfar et al. 2014         15
    possible  Arora et al. 2018            8
    """
    d, layers = read_shape(shape, None)
    _, stabler = read_shape(shape, stable)
    return RegionBounds(
        n_inputs=d,
        widths=tuple(layer.cutting for layer in layers if layer.cutting),
        montufar=_montufar(d, stabler),
        serra=_serra(d, stabler),
        arora=_arora(stabler) if d == 1 else None,
        montufar_lower=montufar_lower_bound(shape),
        arora_lower=arora_lower_bound(shape),
    )


# -- upper bounds ----------------------------------------------------------------------------------
def region_bound(network: Network) -> int:
    """Bound the number of linear regions by the product over layers (Theorem 6.3).

    ``prod_l sum_{i <= d} C(n_l, i)`` over the layers with an activation; a layer of width n_l cuts
    the image of a region, of dimension at most ``min(d, n_1, ..., n_l)``, into at most
    ``sum_{i <= dim} C(n_l, i)`` parts, so that number is used for widths below d.

    Zhang, Naitzat and Lim, Theorem 6.3.  This is also `montufar_bound`.

    Examples
    --------
    >>> region_bound(Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])]))
    3
    """
    return montufar_bound(network)


def montufar_bound(shape: Shape) -> int:
    """Bound activation regions by ``prod_l sum_{j <= d_l} C(n_l, j)``, ``d_l = min(d, .., n_l)``.

    Parameters
    ----------
    shape : Network, or sequence of int
        ``(d, n_1, ..., n_L)``: the number of inputs and the widths of the hidden layers.

    Returns
    -------
    int

    Notes
    -----
    Montúfar, *Notes on the number of linear regions of deep neural networks* (2017).  For widths
    of at least d it is the bound of Zhang, Naitzat and Lim, Theorem 6.3.

    Examples
    --------
    >>> montufar_bound([2, 4, 4]), montufar_bound([3, 1, 5])
    (121, 12)
    """
    return _montufar(*read_shape(shape, None))


def serra_bound(shape: Shape, *, stable: Stable | None = None) -> int:
    """Bound activation regions by a sum over dimensions, which falls with units that sleep.

    ``sum prod_l C(n_l, j_l)`` over all ``(j_1, ..., j_L)`` with
    ``0 <= j_l <= min(d, n_1 - j_1, ..., n_(l-1) - j_(l-1), n_l)``.

    Parameters
    ----------
    shape : Network, or sequence of int
        ``(d, n_1, ..., n_L)``: the number of inputs and the widths of the hidden layers.
    stable : sequence of (int, int), optional
        For every layer with activations: how many of its units are known to be constant (always
        off) and linear (always on) on the domain.  Such units cut nothing, and constant ones
        carry no dimension.  (The network that `simplify` makes on a domain needs no such list.)

    Returns
    -------
    int
        At most `montufar_bound`.

    Raises
    ------
    InputError
        If a width is no positive integer, or `stable` does not fit.

    Notes
    -----
    By dynamic programming over layers and dimensions, in ``O(L d)`` operations on integers.

    Serra, Tjandraatmadja and Ramalingam, *Bounding and counting linear regions of deep neural
    networks* (2018), Theorem 1: among the parts that n units make, at most ``C(n, j)`` have j
    units off, and the image of such a part has dimension at most ``n - j``.  Units of slope 1
    always carry a dimension; a layer with units of other slopes than 0 and 1 is not refined.

    Examples
    --------
    >>> serra_bound([2, 3, 4]), montufar_bound([2, 3, 4])
    (59, 77)
    >>> serra_bound([2, 3, 4], stable=[(1, 0), (0, 2)])
    11
    """
    return _serra(*read_shape(shape, stable))


def arora_bound(shape: Shape) -> int:
    """Bound the pieces of a network of one input by ``2^(L-1) (n_1 + 1) n_2 ... n_L``.

    Parameters
    ----------
    shape : Network, or sequence of int
        ``(1, n_1, ..., n_L)``.

    Returns
    -------
    int
        Never less than `montufar_bound`, whose factor ``n + 1`` is at most ``2 n``.

    Raises
    ------
    InputError
        If there are more inputs than one.

    Notes
    -----
    Arora, Basu, Mianjy and Mukherjee, *Understanding deep neural networks with rectified linear
    units* (2018), in the appendix.  On each piece below it a unit bends at most once, so n units
    make of p pieces at most ``p (n + 1)``.

    Examples
    --------
    >>> arora_bound([1, 2, 2]), montufar_bound([1, 2, 2])
    (12, 9)
    """
    d, layers = read_shape(shape, None)
    if d != 1:
        raise InputError(f"this bound is for networks of one input, not of {d}")
    return _arora(layers)


# -- lower bounds ----------------------------------------------------------------------------------
def montufar_lower_bound(shape: Shape) -> int:
    """How many activation regions some ReLU network of a shape has at least, by folding.

    ``prod_{l < L} floor(n_l / m)^m * sum_{j <= m} C(n_L, j)`` for the best m of at most d and of
    at most the width of every layer below the last: m coordinates are folded in every layer, and
    the last layer cuts every copy of the cube by hyperplanes in general position.

    Parameters
    ----------
    shape : Network, or sequence of int
        ``(d, n_1, ..., n_L)``; of a network only the widths count.

    Returns
    -------
    int

    Notes
    -----
    Montúfar, Pascanu, Cho and Bengio, *On the number of linear regions of deep neural networks*
    (2014), for ``m = d <= n_l``; a network that ignores all inputs but m gives the rest.

    They are linear regions as well if n_L exceeds m: then the units of the last layer can be
    directed such that some unit is on in every part, and a fold changes the map of each part.
    (Where all are off, the map is constant, and parts on both sides of a fold are one region.)

    Examples
    --------
    >>> montufar_lower_bound([2, 4, 4]), montufar_lower_bound([2, 16, 16])
    (44, 8768)
    """
    d, layers = read_shape(shape, None)
    *below, last = hidden_layers(layers) or [Widths(0, 0, True)]
    narrowest = min([d, *(layer.cutting + layer.linear for layer in below_last(layers))])
    parts = list(accumulate(binomials(last.cutting, narrowest)))
    repeated = Counter(layer.cutting for layer in below).items()
    return max(
        prod((width // m) ** (m * times) for width, times in repeated) * parts[m]
        for m in range(1, narrowest + 1)
    )


def arora_lower_bound(shape: Shape) -> int:
    """How many linear regions some ReLU network of a shape has at least, by a zonotope.

    ``2 sum_{i < d} C(m - 1, i) * n_2 ... n_L`` with ``m = floor(n_1 / 2)``: the first layer makes
    the support function of a zonotope of m generators in general position, ``sum_i |<g_i, x>|``
    with two units for each, which is linear and unbounded on as many cones as the zonotope has
    vertices; the others fold the halfline into ``n_2 ... n_L`` pieces.

    Parameters
    ----------
    shape : Network, or sequence of int
        ``(d, n_1, ..., n_L)``; of a network only the widths count.

    Returns
    -------
    int

    Notes
    -----
    Arora, Basu, Mianjy and Mukherjee, *Understanding deep neural networks with rectified linear
    units* (2018), who call these functions ZONOTOPE.

    Examples
    --------
    >>> arora_lower_bound([2, 8, 3, 3]), arora_lower_bound([3, 20, 4])
    (72, 368)
    """
    d, layers = read_shape(shape, None)
    first, *others = hidden_layers(layers) or [Widths(0, 0, True)]
    m = first.cutting // 2
    cones = 2 * sum(binomials(m - 1, d - 1)) if m else 1
    return cones * prod(layer.cutting for layer in others)


# -- reading and summing ---------------------------------------------------------------------------
def _montufar(d: int, layers: tuple[Widths, ...]) -> int:
    factors = []
    for layer in layers:
        factors.append(sum(binomials(layer.cutting, d)))
        d = min(d, layer.cutting + layer.linear)
    return prod(factors)


def _serra(d: int, layers: tuple[Widths, ...]) -> int:
    # After each step `parts[k]` is the number of parts of an image of dimension k that the layers
    # from this one on can make.
    parts = [1] * (d + 1)
    for layer in reversed(layers):
        parts = _parts_above(layer, parts)
    return parts[d]


def _parts_above(layer: Widths, parts: list[int]) -> list[int]:
    """One layer of the recursion ``sum_{j <= k} C(n, j) parts[min(k, awake - j)]`` for every k.

    The minimum is k until j reaches ``awake - k``; both ranges of j are sums of prefixes.
    """
    n, linear, flattens = layer
    awake = n + linear
    row = binomials(n, min(n, len(parts) - 1))
    plain = [0, *accumulate(row)]
    if not flattens:
        return [plain[min(k, n) + 1] * parts[min(k, awake)] for k in range(len(parts))]
    # Terms by the dimension i = awake - j that is left.
    falling = [row[awake - i] * part if 0 <= awake - i < len(row) else 0
               for i, part in enumerate(parts)]  # fmt: skip
    fallen = [0, *accumulate(falling)]
    found = []
    for k, part in enumerate(parts):
        most = min(k, n)
        level = max(-1, min(most, awake - k))
        total = plain[level + 1] * part
        if level < most:
            total += fallen[awake - level] - fallen[awake - most]
        found.append(total)
    return found


def _arora(layers: tuple[Widths, ...]) -> int:
    widths = [layer.cutting for layer in layers if layer.cutting]
    if not widths:
        return 1
    return (widths[0] + 1) * prod(2 * width for width in widths[1:])

"""The one verb of this room; every kind of object registers how it is drawn."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from matplotlib.axes import Axes

from polytropic.errors import InputError
from polytropic.networks.network import Network
from polytropic.plotting.drawing import Drawing
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap

__all__ = ["plot"]

_ADVICE: dict[type, str] = {
    Network: "a network is seen through plot(linear_regions(net, domain)) or "
    "plot(decision_boundary(net))",
    TropicalRational: "plot its numerator, its denominator or its common_refinement()",
    TropicalRationalMap: "plot the numerator or the denominator of one of its components",
}


@singledispatch
def plot(obj: Any, ax: Axes | None = None, **style: Any) -> Drawing:
    """Draw an object.

    Nothing is shown on a screen and no setting of matplotlib is changed; pyplot is not used.

    Parameters
    ----------
    obj
        * `TropicalPolynomial` or `TropicalHypersurface` in two variables: the tropical curve
          (``frame``, ``colour_by="cells"`` or ``"regions"``, ``weights``); in one variable: the
          graph.
        * `DualSubdivision` in at most two variables: its true cells (``colour_by`` as above: cells
          match the vertices of the curve, or vertices match its regions).
        * `Polytope` or `Zonotope` in dimension 1 to 3 (``colour``, ``frame``).
        * `RegionComplex`, the result of ``linear_regions``, in dimension 1 to 3
          (``colour_by="affine map"``, ``"pattern"`` or ``"value"``, ``frame``, ``edges``;
          ``explode`` in dimension 3).
        * `DecisionBoundary` or `TieLocus` in dimension 2 (``frame``, ``sides``, ``superset``,
          ``legend``).
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure.  Axes that already show something keep their
        limits, unless `frame` is given.
    **style
        As listed for each kind of object.

    Returns
    -------
    Drawing
        With attributes ``figure``, ``axes`` and ``artists``.

    Raises
    ------
    InputError
        If such an object cannot be drawn, or not in this dimension.

    Examples
    --------
    >>> from polytropic import Polytope
    >>> drawing = plot(Polytope.box(0, 1, dim=2))
    >>> drawing.artists[0].get_paths()[0].vertices[:4].tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    """
    known = sorted(kind.__name__ for kind in plot.registry if kind is not object)
    advice = _ADVICE.get(type(obj), f"objects that can be drawn are {', '.join(known)}")
    raise InputError(f"a {type(obj).__name__} cannot be drawn: {advice}")

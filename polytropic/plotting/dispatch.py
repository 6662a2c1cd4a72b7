"""The one verb of this room; every kind of object registers how it is drawn."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from matplotlib.axes import Axes

from polytropic.errors import InputError
from polytropic.networks.network import Network
from polytropic.plotting.drawing import Drawing
from polytropic.tropical.rational import TropicalRationalMap

__all__ = ["draw", "plot"]

_ADVICE: dict[type, str] = {
    Network: "a network is seen through plot(linear_regions(net, domain)), "
    "plot(decision_boundary(net)) or plot_dual(net)",
    TropicalRationalMap: "plot one of its components",
}


def plot(obj: Any, ax: Axes | None = None, *, backend: str = "matplotlib", **style: Any) -> Any:
    """Draw an object.

    Nothing is shown on a screen and no setting of matplotlib is changed; pyplot is not used.

    Parameters
    ----------
    obj
        * `TropicalPolynomial` or `TropicalHypersurface` in two variables: the tropical curve
          (``frame``, ``colour_by="cells"`` or ``"regions"``, ``weights``, ``labels``, ``fade``); in
          one variable: the graph; in three: the surface inside a box (``frame``, ``colour``).
        * `DualSubdivision` in at most two variables: its true cells with all monomials
          (``colour_by`` as above: cells match the vertices of the curve, or vertices match its
          regions; ``labels="lifts"`` or ``"numbers"``; ``lattice`` marks lattice points that are no
          monomials; ``lifted`` shows the upper hull in space above it); in three: pulled apart
          (``explode``).
        * `UpperHull`: like a lifted dual subdivision.
        * `TropicalRational`, `NewtonPolytopes`, or a pair of polynomials or polytopes: numerator
          and denominator in two colours (``lifted``, ``legend``).
        * `Polytope`, `Region` or `Cell` in dimension 1 to 3 (``colour``, ``frame``).
        * `Zonotope` in dimension 1 to 3 (also ``generators``, ``sign_vectors``).
        * `HyperplaneArrangement` in dimension 1 to 3 (``frame``, ``sign_vectors``, ``numbers``).
        * `RegionComplex`, the result of ``linear_regions``, in dimension 1 to 3
          (``colour_by="affine map"``, ``"pattern"``, ``"value"``, ``"gradient"`` or one number for
          every region; ``output``, ``frame``, ``edges``, ``fade``; ``explode`` in dimension 3).
        * `BentHyperplane` in dimension 1 to 3 (``frame``, ``colour``, ``regions``).
        * `DecisionBoundary` or `TieLocus` in dimension 1 to 3 (``frame``, ``sides``, ``superset``,
          ``legend``).
        * `NormalFan` in dimension 2 or 3 (``frame``), `PolyhedralComplex` in dimension 1 to 3
          (``frame``, ``colour``), `Slice` in R^2 or R^3 (``frame``, ``colour``).
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure.  Axes that already show something keep their
        limits, unless `frame` is given.
    backend : {"matplotlib", "plotly", "pyvista"}
        The other two make interactive pictures of what lies in space; they are optional.
    **style
        As listed for each kind of object.  A frame is ``(xmin, ymin, xmax, ymax)``, on the line
        ``(xmin, xmax)``, in space ``(xmin, ymin, zmin, xmax, ymax, zmax)`` or a bounded `Polytope`.

    Returns
    -------
    Drawing
        With attributes ``figure``, ``axes`` and ``artists``.  With another backend: an
        `InteractiveDrawing` with attributes ``figure`` and ``scene``.

    Raises
    ------
    InputError
        If such an object cannot be drawn, or not in this dimension, or a package is missing.

    Examples
    --------
    >>> from polytropic import Polytope
    >>> drawing = plot(Polytope.box(0, 1, dim=2))
    >>> drawing.artists[0].get_paths()[0].vertices[:4].tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    """
    if backend != "matplotlib":
        from polytropic.plotting.interactive import draw_interactively

        return draw_interactively(obj, ax, backend, style)
    try:
        return draw(obj, ax, **style)
    except TypeError as problem:
        # A keyword that this kind of object does not know is a mistake of the caller.
        drawers = {drawer.__name__ for drawer in draw.registry.values()}
        function = str(problem).partition("(")[0]
        if function not in drawers or "unexpected keyword argument" not in str(problem):
            raise
        name = str(problem).rsplit(" ", 1)[-1]
        raise InputError(f"a {type(obj).__name__} is drawn without {name}: see plot") from None


@singledispatch
def draw(obj: Any, ax: Axes | None = None, **style: Any) -> Drawing:
    """Draw an object with matplotlib: what `plot` does after looking at the backend."""
    known = sorted(kind.__name__ for kind in draw.registry if kind not in (object, tuple))
    advice = _ADVICE.get(type(obj), f"objects that can be drawn are {', '.join(known)}")
    raise InputError(f"a {type(obj).__name__} cannot be drawn: {advice}")

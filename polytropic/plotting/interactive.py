"""Drawings in space that can be turned around, by packages that are optional."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np
from matplotlib.colors import to_hex

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.errors import InputError
from polytropic.plotting.dispatch import draw
from polytropic.plotting.scenes import Mesh, Scene

__all__ = ["InteractiveDrawing", "draw_interactively", "plotly_figure", "pyvista_faces"]

_MODULES: Final = {"plotly": "plotly.graph_objects", "pyvista": "pyvista"}
_POINT: Final = 4 / 3  # pixels


@dataclass(frozen=True, eq=False)
class InteractiveDrawing:
    """The result of ``plot(obj, backend=...)``.

    Attributes
    ----------
    figure
        ``plotly.graph_objects.Figure``, or ``pyvista.Plotter``; nothing is shown before its method
        ``show`` is called.
    scene : Scene
        What it shows, as arrays.
    """

    figure: Any
    scene: Scene


def draw_interactively(
    obj: Any, ax: Any, backend: str, style: dict[str, Any]
) -> InteractiveDrawing:
    """Draw what lies in space with another package: see `plot`.

    Raises
    ------
    InputError
        If there is no such backend, it is not installed, axes were given, or the object is flat.
    """
    if backend not in _MODULES:
        raise InputError(f"backend={backend!r}: choose 'matplotlib', 'plotly' or 'pyvista'")
    if ax is not None:
        raise InputError(f"ax= is for matplotlib: leave it out with backend={backend!r}")
    try:
        package = import_module(_MODULES[backend])
    except ImportError as problem:
        raise InputError(
            f"backend={backend!r} needs the package {backend}: pip install 'polytropic[{backend}]'"
        ) from problem
    scene = draw(obj, None, **style).scene
    if scene is None:
        raise InputError(
            f"backend={backend!r} shows what lies in space; this {type(obj).__name__} is flat"
        )
    if backend == "plotly":
        return InteractiveDrawing(package.Figure(plotly_figure(scene)), scene)
    return InteractiveDrawing(_pyvista_plotter(package, scene), scene)


# -- plotly --------------------------------------------------------------------------------------
def plotly_figure(scene: Scene) -> dict[str, Any]:
    """A scene as what plotly calls a figure: traces and a layout, in plain lists and words.

    Examples
    --------
    >>> from polytropic import Polytope, plot
    >>> figure = plotly_figure(plot(Polytope.box(0, 1, dim=3)).scene)
    >>> [trace["type"] for trace in figure["data"]]
    ['mesh3d', 'scatter3d', 'scatter3d', 'scatter3d', 'scatter3d']
    """
    traces: list[dict[str, Any]] = [_mesh_trace(mesh) for mesh in scene.meshes]
    for lines in scene.lines:
        # Gaps between the segments of one trace are points that are not there.
        gaps = np.full((len(lines.ends), 1, 3), np.nan)
        path = np.concatenate([lines.ends, gaps], axis=1).reshape(-1, 3)
        dash = "dash" if lines.dashed else "solid"
        look = {"color": to_hex(lines.colour), "width": 2 * lines.width * _POINT, "dash": dash}
        traces.append(_trace(path, mode="lines", line=look))
    for dots in scene.dots:
        traces.append(
            _trace(dots.points, mode="markers", marker={"color": to_hex(dots.colour), "size": 3})
        )
    layout = {"scene": {"aspectmode": "data"}, "showlegend": False}
    return {"data": traces, "layout": layout}


def _mesh_trace(mesh: Mesh) -> dict[str, Any]:
    colours = [
        f"rgba({r},{g},{b},{a:.3f})"
        for (r, g, b), a in zip(
            np.rint(255 * mesh.colours[:, :3]).astype(int).tolist(),
            mesh.colours[:, 3].tolist(),
            strict=True,
        )
    ]
    corners = dict(zip("ijk", mesh.triangles.T.tolist(), strict=True))
    opacity = float(mesh.colours[:, 3].min(initial=1.0))
    return {
        "type": "mesh3d",
        **_columns(mesh.points),
        **corners,
        "facecolor": colours,
        "opacity": opacity,
        "flatshading": True,
        "hoverinfo": "skip",
    }


def _trace(points: FloatArray, **look: Any) -> dict[str, Any]:
    return {"type": "scatter3d", **_columns(points), "hoverinfo": "skip", **look}


def _columns(points: FloatArray) -> dict[str, list[float | None]]:
    columns = [[None if x != x else x for x in column] for column in points.T.tolist()]
    return dict(zip("xyz", columns, strict=True))


# -- pyvista -------------------------------------------------------------------------------------
def pyvista_faces(cells: IntArray) -> IntArray:
    """Cells as pyvista wants them: the number of corners before the corners of each.

    Examples
    --------
    >>> pyvista_faces(np.array([[0, 1, 2], [0, 2, 3]])).tolist()
    [3, 0, 1, 2, 3, 0, 2, 3]
    """
    sizes = np.full((len(cells), 1), cells.shape[1], dtype=np.int64)
    flat: IntArray = np.concatenate([sizes, cells], axis=1).ravel()
    return flat


def _pyvista_plotter(package: Any, scene: Scene) -> Any:
    plotter = package.Plotter()
    for mesh in scene.meshes:
        body = package.PolyData(mesh.points, faces=pyvista_faces(mesh.triangles))
        body.cell_data["colours"] = np.rint(255 * mesh.colours).astype(np.uint8)
        plotter.add_mesh(body, scalars="colours", rgb=True)
    for lines in scene.lines:
        ends = np.arange(2 * len(lines.ends)).reshape(-1, 2)
        wires = package.PolyData(lines.ends.reshape(-1, 3), lines=pyvista_faces(ends))
        plotter.add_mesh(wires, color=to_hex(lines.colour), line_width=lines.width * _POINT)
    for dots in scene.dots:
        plotter.add_points(
            dots.points, color=to_hex(dots.colour), point_size=6, render_points_as_spheres=True
        )
    return plotter

"""The pictures of the command line: drawings of the library put together on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullLocator
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.cli.training import Classifier
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.zonotopes.zonotope import Zonotope
from polytropic.networks.boundary import DecisionBoundary
from polytropic.networks.regions import RegionComplex, linear_regions
from polytropic.networks.winners import winning_regions
from polytropic.plotting import plot, plot_dual
from polytropic.plotting.cells import circular_order
from polytropic.plotting.colours import PALETTE, darker, lighter
from polytropic.plotting.drawing import new_figure
from polytropic.plotting.solids import shaded, towards_viewer
from polytropic.plotting.style import BOLD, DOT, FONT, INK, MEDIUM, MUTED, SIZE, THIN, finer
from polytropic.studies.depth import DepthGroup, DepthRow, group_rows
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = [
    "boundary_picture",
    "curve_picture",
    "depth_picture",
    "flat_picture",
    "solids_picture",
    "space_picture",
]

_TEN = (*PALETTE[:7], "#882255", "#44aa99", "#332288")
_MARKERS = "osD^vPX"
_PLAIN: dict[str, Any] = {"fontsize": FONT, "frameon": False}
_LIGHT = (0.35, -0.55, 0.76)  # about from where solids are lit
_PER_CLASS = 40  # points of each class that are drawn when there are many classes


def _class_colours(classifier: Classifier) -> list[str]:
    n = len(classifier.classes)
    if n == 2:
        # The positive side of a boundary is drawn in the first colour.
        return [PALETTE[1], PALETTE[0]]
    return [_TEN[k % len(_TEN)] for k in range(n)]


def _title(ax: Axes, text: str) -> None:
    ax.set_title(text, fontsize=FONT + 1)


# -- classifiers in the plane --------------------------------------------------------------------
def flat_picture(classifier: Classifier) -> Figure:
    """Linear regions in one colour per affine map; beside them the classes and the data."""
    figure = new_figure(2.4 * SIZE, 1.4 * SIZE)
    regions = linear_regions(classifier.network, classifier.box)
    left, right = _plane_axes(figure, 1, 2, 1), _plane_axes(figure, 1, 2, 2)
    plot(regions, left)
    _title(left, f"{regions.n_linear_regions} linear regions in the box of the data")
    _draw_classes(right, classifier, regions)
    _scatter(right, classifier)
    _title(right, "the class that wins, exactly, and the data")
    return figure


def _plane_axes(figure: Figure, *place: int) -> Axes:
    ax: Axes = figure.add_subplot(*place)
    ax.set_xlabel("principal component 1", fontsize=FONT)
    ax.set_ylabel("principal component 2", fontsize=FONT)
    ax.tick_params(labelsize=FONT, width=0.6, length=2.5)
    return ax


def _draw_classes(ax: Axes, classifier: Classifier, inside: RegionComplex) -> None:
    """Areas of the classes, the linear regions within, and the borders of classes on top."""
    regions, winners = winning_regions(classifier.network, classifier.box)
    colours = np.array([lighter(c, 0.5) for c in _class_colours(classifier)])[winners]
    areas: Any = plot(regions, ax, edges=False).artists[0]
    areas.set(facecolor=colours, edgecolor=colours, linewidth=0.3)
    fills, *lines = plot(inside, ax).artists
    fills.set(visible=False)
    for each in lines:
        each.set(color="white", linewidth=finer(MEDIUM, len(inside)))
    borders = _between_winners(regions, winners)
    ax.add_collection(LineCollection(borders, colors=INK, linewidths=0.7 * BOLD, zorder=3))


def _between_winners(regions: RegionComplex, winners: IntArray) -> list[FloatArray]:
    """Corners of the facets between regions of different classes, on a bounded domain."""
    rows = regions.generators
    corners = (rows[:, 1:] / rows[:, :1]).astype(np.float64)
    differ = winners[regions.adjacency[:, 0]] != winners[regions.adjacency[:, 1]]
    found = []
    for i, j in regions.adjacency[differ].tolist():
        (facet,) = set(regions.facets[i]) & set(regions.facets[j])
        found.append(corners[sorted(facet)])
    return found


def _scatter(ax: Axes, classifier: Classifier) -> None:
    """The data; digits stand for themselves."""
    are_digits = all(name.isdigit() for name in classifier.classes)
    for k, (name, colour) in enumerate(
        zip(classifier.classes, _class_colours(classifier), strict=True)
    ):
        points = classifier.points[classifier.labels == k]
        if are_digits:
            look: dict[str, Any] = {"s": DOT, "marker": f"${name}$", "linewidths": 0}
            points = points[:_PER_CLASS]
        else:
            look = {"s": 0.5 * DOT, "marker": _MARKERS[k], "linewidths": 0.3, "edgecolors": "white"}
        ax.scatter(*points.T, color=darker(colour, 0.35), label=name, zorder=4, **look)
    if not are_digits:
        look = {"ncols": len(classifier.classes), "handletextpad": 0.1, **_PLAIN}
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), **look)


def boundary_picture(
    classifier: Classifier, boundary: DecisionBoundary, names: tuple[str, str]
) -> Figure:
    """Decision boundary inside the tropical curve that contains it, near and far."""
    near, far = _window(classifier, 1), _window(classifier, 4)
    figure = new_figure(2.4 * SIZE, 1.4 * SIZE)
    for place, (title, frame) in enumerate(
        [("in the box of the data", near), ("from further away", far)]
    ):
        ax = _plane_axes(figure, 1, 2, place + 1)
        plot(boundary, ax, frame=frame, legend=False)
        _title(ax, f"{names[0]} against {names[1]}, {title}")
    _legend_below(figure, ax, names)
    return figure


def _window(classifier: Classifier, times: float) -> tuple[float, ...]:
    """The box of the data, or that many times as large, as a frame."""
    lower, upper = (np.array(corner, dtype=np.float64) for corner in classifier.corners)
    centre, half = (lower + upper) / 2, times * (upper - lower) / 2
    return (*(centre - half).tolist(), *(centre + half).tolist())


def _legend_below(figure: Figure, ax: Axes, names: tuple[str, str]) -> None:
    handles, labels = ax.get_legend_handles_labels()
    sides = {"class": iter(names), "positive": iter(names[:1]), "negative": iter(names[1:])}
    labels = [next(sides.get(label.split()[0], iter([label])), label) for label in labels]
    figure.legend(handles, labels, loc="outside lower center", ncols=4, **_PLAIN)


# -- tropical geometry ---------------------------------------------------------------------------
def curve_picture(classifier: Classifier, f: TropicalPolynomial, name: str) -> Figure:
    """Tropical curve around the data and dual subdivision, in matching colours."""
    curve, subdivision = plot_dual(f, frame=_window(classifier, 3))
    _title(curve.axes, f"tropical curve of {name}: {f.n_regions} regions")
    cells = len(f.dual_subdivision())
    _title(subdivision.axes, f"dual subdivision: {f.n_regions} vertices, {cells} cells")
    return curve.figure


def solids_picture(bodies: Sequence[tuple[str, Zonotope | Polytope]]) -> Figure:
    """Polytopes in space, side by side, each seen from where it is broadest."""
    figure = new_figure(1.2 * SIZE * len(bodies), 1.3 * SIZE)
    for place, (title, body) in enumerate(bodies):
        vertices = body.vertices
        ax = _space(figure, 1, len(bodies), place + 1, view=_broad_view(vertices))
        plot(body, ax, colour=PALETTE[place % len(PALETTE)])
        _fill_axes(ax)
        _title(ax, f"{title}: {len(vertices)} vertices")
    return figure


def _space(figure: Figure, *place: int, view: tuple[float, float] = (22.0, -58.0)) -> Axes3D:
    # Without computed_zorder=False no edge could be drawn behind a translucent facet.
    ax = figure.add_subplot(*place, projection="3d", computed_zorder=False)
    assert isinstance(ax, Axes3D)
    ax.set_proj_type("ortho")
    ax.view_init(elev=view[0], azim=view[1])
    ax.set_axis_off()
    return ax


def _fill_axes(ax: Axes3D, zoom: float = 1.12) -> None:
    """Show a scene with equal scales, large: there are no labels to leave room for."""
    spans = np.ptp([ax.get_xlim3d(), ax.get_ylim3d(), ax.get_zlim3d()], axis=1)
    ax.set_box_aspect(spans.tolist(), zoom=zoom)


def _broad_view(points: FloatArray) -> tuple[float, float]:
    """Elevation and azimuth in degrees, a little off the direction in which points are thin."""
    axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=True)[2]
    eye = axes[2] + 0.35 * axes[1] + 0.25 * axes[0]
    if eye @ _LIGHT < 0:
        eye = -eye
    elevation = np.degrees(np.arctan2(eye[2], np.hypot(eye[0], eye[1])))
    return float(elevation), float(np.degrees(np.arctan2(eye[1], eye[0])))


# -- classifiers in space ------------------------------------------------------------------------
def space_picture(classifier: Classifier) -> Figure:
    """Linear regions pulled apart; beside them the decision boundary with the data."""
    figure = new_figure(2.6 * SIZE, 1.4 * SIZE)
    regions = linear_regions(classifier.network, classifier.box)
    left, right = _space(figure, 1, 2, 1), _space(figure, 1, 2, 2)
    plot(regions, left, explode=0.45)
    _fill_axes(left)
    _title(left, f"{regions.n_linear_regions} linear regions in the box of the data")
    _draw_surface(right, classifier)
    _title(right, "decision boundary and the data")
    return figure


def _draw_surface(ax: Axes3D, classifier: Classifier) -> None:
    regions, winners = winning_regions(classifier.network, classifier.box)
    polygons = [_ordered(facet) for facet in _between_winners(regions, winners)]
    normals = np.array([np.linalg.svd(p - p.mean(axis=0))[2][2] for p in polygons])
    eye = towards_viewer(ax)
    base = np.tile(lighter("#999999", 0.35), (len(polygons), 1))
    colours = np.column_stack([shaded(base, normals, eye), np.full(len(polygons), 0.85)])
    surface = Poly3DCollection(
        polygons, facecolors=colours, edgecolors=INK, linewidths=THIN, zorder=2
    )
    ax.add_collection3d(surface)
    _draw_box(ax, classifier)
    _scatter_in_space(ax, classifier, eye)


def _ordered(corners: FloatArray) -> FloatArray:
    """Put the corners of a convex polygon in space in order."""
    middle = corners.mean(axis=0)
    flat = (corners - middle) @ np.linalg.svd(corners - middle)[2][:2].T
    ordered: FloatArray = corners[circular_order(flat[None])[0]]
    return ordered


def _draw_box(ax: Axes3D, classifier: Classifier) -> None:
    lower, upper = (np.array(corner, dtype=np.float64) for corner in classifier.corners)
    corners = np.array(np.meshgrid(*zip(lower, upper, strict=True), indexing="ij")).reshape(3, -1).T
    near = np.abs(corners[:, None] - corners[None, :]) > 0
    edges = [corners[[i, j]] for i, j in np.argwhere(near.sum(axis=2) == 1) if i < j]
    ax.add_collection3d(Line3DCollection(edges, colors=MUTED, linewidths=THIN, zorder=1))
    ax.auto_scale_xyz(*np.array([lower, upper]).T)
    _fill_axes(ax)


def _scatter_in_space(ax: Axes3D, classifier: Classifier, eye: FloatArray) -> None:
    """The data; points behind the surface are drawn before it."""
    hidden = _is_hidden(classifier, eye)
    handles = []
    for k, colour in enumerate(_class_colours(classifier)):
        shade = darker(colour, 0.2)
        for behind in (True, False):
            points = classifier.points[(classifier.labels == k) & (hidden == behind)]
            look: dict[str, Any] = {
                "s": 3.0,
                "depthshade": False,
                "linewidths": 0,
                "zorder": 1.5 if behind else 3,
            }
            ax.scatter(*points.T, color=shade, **look)
        handles.append(Line2D([], [], color=shade, marker="o", linestyle="", markersize=3))
    look = {"ncols": len(handles), "handletextpad": 0.1, **_PLAIN}
    ax.legend(handles, classifier.classes, loc="lower center", **look)


def _is_hidden(classifier: Classifier, eye: FloatArray) -> NDArray[np.bool_]:
    """Whether the decision changes somewhere between a point and the eye, inside the box."""
    lower, upper = (np.array(corner, dtype=np.float64) for corner in classifier.corners)
    steps = np.linspace(0, np.linalg.norm(upper - lower), 200)
    here = classifier.network(classifier.points)[:, 0] > 0
    hidden = np.zeros(len(here), dtype=bool)
    for step in steps:
        points = classifier.points + step * eye
        inside = ((points >= lower) & (points <= upper)).all(axis=1)
        hidden |= inside & ((classifier.network(points)[:, 0] > 0) != here)
    return hidden


# -- depth ---------------------------------------------------------------------------------------
def depth_picture(rows: Iterable[DepthRow]) -> Figure:
    """Linear regions, N(F) and the bound against depth, one panel for every family."""
    groups = group_rows(rows)
    families = {name: list(part) for name, part in groupby(groups, key=lambda g: g.family)}
    columns = min(2, len(families))
    height = -(-len(families) // columns)
    figure = new_figure(1.3 * SIZE * columns, 1.05 * SIZE * height)
    panels = figure.subplots(height, columns, squeeze=False, sharey=True)
    for ax in panels.flat[len(families) :]:
        ax.set_visible(False)
    for ax, (name, members) in zip(panels.flat, families.items(), strict=False):
        _draw_family(ax, name, members)
    _explain_lines(figure)
    return figure


def _draw_family(ax: Axes, name: str, groups: list[DepthGroup]) -> None:
    shapes = groupby(groups, key=lambda group: (group.d, group.widths[:1]))
    for place, (shape, members) in enumerate(shapes):
        series = list(members)
        colour = PALETTE[:4][place % 4] if place < 4 else PALETTE[4:][place % 4]
        label = f"d = {shape[0]}, width {shape[1][0]}" if shape[1] else f"d = {shape[0]}"
        _draw_range(ax, series, colour)
        _draw_medians(ax, series, "linear_regions", color=colour, marker="o", label=label)
        look = {"color": colour, "marker": "o", "markerfacecolor": "white"}
        _draw_medians(ax, series, "n_numerator", linestyle=":", **look)
        _draw_medians(ax, series, "bound", color=colour, linestyle="--", linewidth=0.8)
    ax.set_yscale("log")
    ax.yaxis.set_minor_locator(NullLocator())  # measuring their ticks takes longer than drawing
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("hidden layers", fontsize=FONT)
    ax.tick_params(labelsize=FONT, width=0.6, length=2.5)
    ax.grid(visible=True, color="#dddddd", linewidth=0.5)
    ax.set_axisbelow(True)
    _title(ax, name)
    ax.legend(fontsize=FONT - 1, frameon=False, loc="upper left")


def _explain_lines(figure: Figure) -> None:
    grey: dict[str, Any] = {"color": MUTED, "linewidth": MEDIUM, "markersize": 3}
    handles = [
        Line2D([], [], marker="o", label="linear regions (median, range over seeds)", **grey),
        Line2D([], [], marker="o", markerfacecolor="white", linestyle=":", label="N(F)", **grey),
        Line2D([], [], linestyle="--", label="bound of Theorem 6.3", **grey),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, **_PLAIN)


def _draw_medians(ax: Axes, series: list[DepthGroup], column: str, **look: Any) -> None:
    known = [(g.depth, m) for g in series if (m := g.median(column)) is not None]
    if known:
        look = {"linewidth": MEDIUM, "markersize": 3, "markeredgewidth": 0.8, **look}
        ax.plot(*zip(*known, strict=True), **look)


def _draw_range(ax: Axes, series: list[DepthGroup], colour: str) -> None:
    """Least to largest over the seeds."""
    known = [(g.depth, v[0], v[-1]) for g in series if (v := g.values("linear_regions"))]
    if known and any(low < high for _, low, high in known):
        depths, lows, highs = zip(*known, strict=True)
        ax.fill_between(depths, lows, highs, color=colour, alpha=0.2, linewidth=0)

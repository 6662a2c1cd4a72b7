"""Newton polytopes of numerators and denominators, in two colours."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from polytropic.arithmetic.numbers import ExactArray, FloatArray
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.newton import NewtonPolytopes, UpperHull
from polytropic.plotting.cells import PlaneComplex
from polytropic.plotting.colours import PALETTE, darker, lighter
from polytropic.plotting.dispatch import draw
from polytropic.plotting.drawing import Drawing, canvas, drawn, drawn_in_space, solid_canvas
from polytropic.plotting.frames import apply_frame, frame_around, is_in_use
from polytropic.plotting.marks import add_areas, add_dots, add_lines, areas, segments
from polytropic.plotting.polytopes import check_dimension, solid_of
from polytropic.plotting.scenes import SpaceMarks
from polytropic.plotting.solids import add_solid
from polytropic.plotting.style import FONT, MEDIUM, dot_area
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational

__all__: list[str] = []

_COLOURS: Final = (PALETTE[5], PALETTE[6])
_HEIGHT: Final = 0.8
_MARKERS: Final = ("o", "s")


@draw.register
def _rational(obj: TropicalRational, ax: Axes | None = None, **style: Any) -> Drawing:
    return draw((obj.numerator, obj.denominator), ax, **style)


@draw.register
def _newton(obj: NewtonPolytopes, ax: Axes | None = None, **style: Any) -> Drawing:
    return draw((obj.numerator, obj.denominator), ax, **style)


@draw.register
def _pair(
    obj: tuple,
    ax: Axes | None = None,
    *,
    lifted: bool = False,
    legend: bool = True,
) -> Drawing:
    if len(obj) != 2:
        raise InputError(f"a pair has two members, got {len(obj)}")
    bodies = [_body(member, lifted) for member in obj]
    first, second = bodies
    if first.ambient_dimension != second.ambient_dimension:
        raise InputError(
            f"both members of a pair must lie in one space, got dimensions "
            f"{first.ambient_dimension} and {second.ambient_dimension}"
        )
    check_dimension(first)
    names = ("first", "second") if isinstance(obj[0], Polytope) else ("numerator", "denominator")
    points = [_points(member, lifted) for member in obj]
    if first.ambient_dimension == 3:
        return _in_space(bodies, ax, names, legend, lifted)
    return _in_plane(bodies, points, ax, names, legend, lifted)


def _body(member: Any, lifted: bool) -> Polytope:
    if isinstance(member, UpperHull):
        member = member.polynomial
    if isinstance(member, TropicalPolynomial):
        return member.lifted_polytope() if lifted else member.newton_polytope()
    if isinstance(member, Polytope) and not lifted and member.is_bounded and not member.is_empty:
        return member
    raise InputError(
        "a pair that is drawn must be two polynomials, upper hulls or (not lifted) bounded "
        f"polytopes, got a {type(member).__name__}"
    )


def _points(member: Any, lifted: bool) -> FloatArray:
    """All monomials: those inside are seen as well."""
    if isinstance(member, UpperHull):
        member = member.polynomial
    if isinstance(member, Polytope):
        return member.vertices
    if lifted:
        return np.column_stack([member.exponents, member.coefficients])
    return member.exponents


def _in_plane(
    bodies: list[Polytope],
    points: list[FloatArray],
    ax: Axes | None,
    names: tuple[str, str],
    legend: bool,
    lifted: bool,
) -> Drawing:
    n = bodies[0].ambient_dimension
    flat = [np.pad(rows, [(0, 0), (0, 2 - n)]) for rows in points]
    frame = frame_around(np.concatenate(flat), 0.12)
    keep = is_in_use(ax)
    ax = canvas(ax, ("$a$", "$c$") if lifted else ("$a_1$", "$a_2$"))
    looks = zip(bodies, flat, _COLOURS, _MARKERS, names, strict=True)
    artists: list[Artist | None] = []
    for body, rows, colour, marker, name in looks:
        plane = PlaneComplex(body.description.generators, body.description.lineality)
        whole = plane.pieces([range(len(body.description.generators))], frame)
        fill = lighter(colour, 0.35)
        outline = {"edgecolors": [colour], "linewidths": 1.5 * MEDIUM, "label": name}
        artists.append(
            add_areas(ax, [whole[i] for i in areas(whole)], facecolors=[(*fill, 0.45)], **outline)
        )
        artists.append(
            add_lines(ax, [whole[i] for i in segments(whole)], colors=colour, linewidths=3 * MEDIUM)
        )
        size = dot_area(len(rows))
        look: dict[str, Any] = {"s": size, "marker": marker, "facecolors": [colour]}
        artists.append(add_dots(ax, rows, edgecolors="white", **look))
    if not keep:
        apply_frame(ax, frame)
        if n == 1:
            ax.set_yticks([])
            ax.set_ylabel("")
        elif not lifted and all((rows == np.rint(rows)).all() for rows in points):
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    if legend:
        _legend(ax, names, -0.17)
    return drawn(ax, artists)


def _in_space(
    bodies: list[Polytope], ax: Axes | None, names: tuple[str, str], legend: bool, lifted: bool
) -> Drawing:
    labels = ("$a_1$", "$a_2$", "$c$" if lifted else "$a_3$")
    marks = SpaceMarks(solid_canvas(ax, labels))
    unit = _unit(bodies) if lifted else Fraction(1)
    if unit != 1:
        bodies = [_stretched(body, unit) for body in bodies]
    for body, colour in zip(bodies, _COLOURS, strict=True):
        add_solid(marks, solid_of(body), colour, opacity=0.5)
    if unit != 1:
        axes: Any = marks.axes
        axes.zaxis.set_major_formatter(lambda value, _: f"{value / float(unit):.3g}")
    if legend:
        _legend(marks.axes, names, 0.02)
    return drawn_in_space(marks)


def _unit(bodies: list[Polytope]) -> Fraction:
    """By what lifts are multiplied, so that the picture is about as high as it is wide."""
    corners = np.concatenate([body.vertices for body in bodies])
    width, height = float(np.ptp(corners[:, :2], axis=0).max()), float(np.ptp(corners[:, 2]))
    if not width or not height:
        return Fraction(1)
    return Fraction(_HEIGHT * width / height).limit_denominator(1000) or Fraction(1)


def _stretched(body: Polytope, unit: Fraction) -> Polytope:
    """Multiply the last coordinate, exactly: facets stay flat."""
    points = body.vertices_exact
    return Polytope.from_points(
        ExactArray.concatenate([points[:, :2], points[:, 2:] * unit], axis=1)
    )


def _legend(ax: Axes, names: tuple[str, str], height: float) -> None:
    handles = [
        Patch(facecolor=lighter(colour, 0.35), edgecolor=darker(colour, 0), label=name)
        for colour, name in zip(_COLOURS, names, strict=True)
    ]
    place: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, height), "ncols": 2}
    ax.legend(handles=handles, fontsize=FONT, frameon=False, handlelength=1.4, **place)

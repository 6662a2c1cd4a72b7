"""What every drawing is and how it is written to a file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d import Axes3D

from polytropic.errors import InputError
from polytropic.plotting.scenes import Scene, SpaceMarks
from polytropic.plotting.style import FONT, SIZE

__all__ = [
    "Drawing",
    "canvas",
    "drawn",
    "drawn_in_space",
    "label_axes",
    "new_figure",
    "save",
    "solid_canvas",
]

# What would name the moment of writing or the machine is left out.
_METADATA: dict[str, dict[str, Any]] = {
    ".pdf": {"CreationDate": None},
    ".png": {"Software": None},
    ".svg": {"Date": None},
}


_ROUNDS = 4
"""How often the layout is improved before a figure is written."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """The result of every plot.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes
    artists : tuple of matplotlib.artist.Artist
        What was added to the axes, areas first, then lines, dots and labels.
    scene : Scene or None
        What lies in space, as arrays; None for flat drawings.
    """

    figure: Figure
    axes: Axes
    artists: tuple[Artist, ...]
    scene: Scene | None = None

    def _repr_png_(self) -> bytes:
        """Show the drawing in a notebook."""
        buffer = io.BytesIO()
        _write(self.figure, buffer, ".png", 150)
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"Drawing({len(self.artists)} artists)"


def save(
    drawing: Drawing | Figure | Sequence[Drawing], path: str | PathLike[str], *, dpi: float = 200
) -> Path:
    """Write a drawing to a file whose bytes depend on nothing but the drawing.

    Parameters
    ----------
    drawing : Drawing or matplotlib.figure.Figure
        Or the pair of drawings from `plot_dual`.
    path : path_like
        Ending in ``.pdf``, ``.png`` or ``.svg``.
    dpi : float
        Dots per inch of a PNG.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If it is no drawing, or the path ends in something else.

    Examples
    --------
    >>> import tempfile
    >>> from polytropic import Polytope, plot
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(plot(Polytope.box(0, 1, dim=2)), f"{folder}/box.svg").name
    'box.svg'
    """
    file = Path(path)
    kind = file.suffix.lower()
    if kind not in _METADATA:
        raise InputError(f"{file.name!r} must end in one of {', '.join(sorted(_METADATA))}")
    _write(_figure_of(drawing), file, kind, dpi)
    return file


def _figure_of(drawing: Any) -> Figure:
    first = drawing[0] if isinstance(drawing, Sequence) and len(drawing) else drawing
    figure = first.figure if isinstance(first, Drawing) else first
    if not isinstance(figure, Figure):
        raise InputError(f"only a Drawing or a Figure can be saved, not {type(drawing).__name__}")
    return figure


def _write(figure: Figure, target: Path | io.BytesIO, kind: str, dpi: float) -> None:
    # The salt makes the names inside an SVG reproducible; type 42 lets journals accept a PDF.
    settings: Any = {"svg.hashsalt": "polytropic", "pdf.fonttype": 42}
    with matplotlib.rc_context(settings), _unmoved(figure):
        figure.savefig(target, format=kind[1:], dpi=dpi, metadata=_METADATA[kind])


@contextmanager
def _unmoved(figure: Figure) -> Iterator[None]:
    """Put axes back where they were.

    The constrained layout starts from the places of the time before and settles only slowly, so
    that otherwise every copy of a figure would differ from the one before.
    """
    places = [(ax, ax.get_position(original=True), ax.get_in_layout()) for ax in figure.axes]
    engine = figure.get_layout_engine()
    try:
        if engine is not None:
            for _ in range(_ROUNDS):
                engine.execute(figure)
        yield
    finally:
        for ax, place, in_layout in places:
            ax.set_position(place)
            ax.set_in_layout(in_layout)


# -- axes --------------------------------------------------------------------------------------
def new_figure(width: float = SIZE, height: float = SIZE) -> Figure:
    """Make a figure that pyplot does not know of, so that nothing has to be closed."""
    return Figure(figsize=(width, height), layout="constrained")


def canvas(ax: Axes | None, labels: tuple[str, str] = ("$x_1$", "$x_2$")) -> Axes:
    """Check plane axes, or make some with labels on them."""
    if ax is None:
        ax = label_axes(new_figure().add_subplot(), *labels)
    if not isinstance(ax, Axes):
        raise InputError(f"ax must be matplotlib axes, got {type(ax).__name__}")
    if isinstance(ax, Axes3D):
        raise InputError("this drawing is flat: give axes without projection='3d'")
    return ax


def label_axes(ax: Axes, x: str, y: str) -> Axes:
    """Give new axes in the plane their labels and lean lines."""
    ax.set_xlabel(x, fontsize=FONT)
    ax.set_ylabel(y, fontsize=FONT)
    ax.tick_params(labelsize=FONT, width=0.6, length=2.5)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(_ticks(5))
    for spine in ax.spines.values():
        spine.set_linewidth(0.6)
    return ax


def solid_canvas(ax: Axes | None, names: tuple[str, ...] = ("$x_1$", "$x_2$", "$x_3$")) -> Axes3D:
    """Check axes of three dimensions, or make some with labels on them."""
    if ax is None:
        # Without computed_zorder=False no edge could be drawn behind a translucent facet.
        ax = new_figure().add_subplot(projection="3d", computed_zorder=False)
        assert isinstance(ax, Axes3D)
        ax.set_proj_type("ortho")
        ax.view_init(elev=22, azim=-58)
        ax.tick_params(labelsize=FONT - 1, pad=-2)
        for axis, name in zip((ax.xaxis, ax.yaxis, ax.zaxis), names, strict=True):
            axis.set_pane_color((1, 1, 1, 0))
            axis.set_major_locator(_ticks(4))
            axis.set_label_text(name, fontsize=FONT)
            axis.labelpad = -4
        ax.grid(visible=False)
    if not isinstance(ax, Axes3D):
        raise InputError("this drawing has three dimensions: give axes with projection='3d'")
    return ax


def _ticks(largest_number: int) -> MaxNLocator:
    return MaxNLocator(nbins=largest_number, steps=[1, 2, 2.5, 5, 10])


def drawn(ax: Axes, artists: Sequence[Artist | None]) -> Drawing:
    """Collect what was drawn."""
    figure = ax.figure
    # Axes may live in a part of a figure; only the whole can be written to a file.
    root = figure.figure if isinstance(figure, SubFigure) else figure
    assert isinstance(root, Figure)
    return Drawing(root, ax, tuple(artist for artist in artists if artist is not None))


def drawn_in_space(marks: SpaceMarks, extra: Sequence[Artist] = ()) -> Drawing:
    """Collect what was drawn in space."""
    flat = drawn(marks.axes, [*marks.artists, *extra])
    return Drawing(flat.figure, flat.axes, flat.artists, marks.scene)

"""The look of all drawings: made to survive the width of one column of a two-column paper."""

from typing import Final

__all__ = [
    "BOLD",
    "DOT",
    "FONT",
    "INK",
    "MEDIUM",
    "MUTED",
    "SIZE",
    "SOFT_FILL",
    "THIN",
    "dot_area",
    "finer",
]

INK: Final = "#222222"
"""Lines and dots."""
MUTED: Final = "#777777"
"""Lines that matter less."""
SOFT_FILL: Final = "#eeeeee"
"""Areas whose colour says nothing."""

THIN: Final = 0.4
MEDIUM: Final = 0.9
BOLD: Final = 2.0
"""Widths of lines, in points."""

DOT: Final = 24.0
"""Area of a dot, in square points."""

FONT: Final = 8.0
"""Size of letters, in points."""
SIZE: Final = 3.4
"""Width of a column, in inches."""


def finer(width: float, n_cells: int) -> float:
    """Width of a line between many cells, so that the lines never cover the cells.

    Examples
    --------
    >>> finer(1.0, 9), finer(1.0, 90_000)
    (1.0, 0.05)
    """
    return min(width, max(6.0 / max(n_cells, 1) ** 0.5, 0.05))


def dot_area(n_dots: int) -> float:
    """Area of each of many dots, so that they stay apart.

    Examples
    --------
    >>> dot_area(3), dot_area(1000)
    (24.0, 0.5)
    """
    return min(DOT, 500.0 / max(n_dots, 1))

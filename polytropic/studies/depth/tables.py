"""The table of the depth study as CSV and LaTeX: medians over the seeds, with ranges."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from polytropic.studies.depth.growth import DepthGroup, group_rows
from polytropic.studies.depth.rows import COUNTS, DepthRow

__all__ = ["HEADINGS", "table_as_csv", "table_as_latex"]

HEADINGS = {
    "raw_monomials": "raw monomials",
    "n_numerator": "N(F)",
    "n_denominator": "N(G)",
    "n_sum": "N(F⊕G)",
    "n_product": "N(F⊙G)",
    "vertices_numerator": "|P(F)|",
    "vertices_denominator": "|P(G)|",
    "activation_regions": "activation",
    "linear_regions": "linear",
    "affine_maps": "maps",
    "bound": "Thm 6.3",
    "montufar_lower": "Montúfar ≥",
    "serra": "Serra ≤",
}
"""Short headings of the columns that are counts."""


def table_as_csv(rows: Iterable[DepthRow]) -> str:
    """Write a line for every family and shape: of each count median, least and largest.

    A count that a budget refused for some seed is empty, and so is a number of raw monomials of
    more than a hundred digits (its logarithm is there).

    Examples
    --------
    >>> from polytropic.studies.depth import run
    >>> text = table_as_csv(run(["tent"], [1], [2], [1, 2], [0]))
    >>> text.splitlines()[0].split(",")[:7]
    ['family', 'd', 'width', 'depth', 'seeds', 'refused', 'log10_raw_monomials']
    >>> text.splitlines()[2].split(",")[:10]
    ['tent', '1', '2', '2', '1', '0', '1.2041', '16', '16', '16']
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    ranges = [f"{name}{end}" for name in COUNTS for end in ("", "_min", "_max")]
    shape = ["family", "d", "width", "depth", "seeds", "refused"]
    writer.writerow([*shape, "log10_raw_monomials", *ranges, "seconds", "peak_memory"])
    for group in group_rows(rows):
        writer.writerow(
            [
                *_shape(group),
                len(group.rows),
                group.n_refused,
                f"{group.median('log10_raw_monomials'):.4f}",
                *(cell for name in COUNTS for cell in _range(group, name)),
                group.median("seconds"),
                group.median("peak_memory"),
            ]
        )
    return stream.getvalue()


def _shape(group: DepthGroup) -> list[str | int]:
    return [group.family, group.d, group.widths[0] if group.widths else "", group.depth]


def _range(group: DepthGroup, column: str) -> list[str]:
    values = group.values(column)
    if values is None:
        return [""] * 3
    return [_plain(group.median(column) or 0), _plain(values[0]), _plain(values[-1])]


def _plain(value: float) -> str:
    # Counts may be too large for a float; a half is the median of an even number of them.
    return str(int(value)) if value == int(value) else str(value)


_LATEX = {
    "n_numerator": r"$N(F)$",
    "n_denominator": r"$N(G)$",
    "n_sum": r"$N(F\oplus G)$",
    "n_product": r"$N(F\odot G)$",
    "vertices_numerator": r"$|P(F)|$",
    "vertices_denominator": r"$|P(G)|$",
    "activation_regions": "activation",
    "linear_regions": "linear",
    "affine_maps": "maps",
    "bound": "Thm.~6.3",
    "montufar_lower": r"Mont\'ufar $\ge$",
    "serra": r"Serra $\le$",
}


def table_as_latex(rows: Iterable[DepthRow]) -> str:
    r"""Write a ``tabular`` with rules of ``booktabs``: medians, and ranges where seeds differ.

    Examples
    --------
    >>> from polytropic.studies.depth import run
    >>> print(table_as_latex(run(["tent"], [1], [2], [2], [0])).splitlines()[-3])
    tent & 1 & $2\times2$ & 16 & 4 & 4 & 4 & 6 & 4 & 6 & 6 & 6 & 5 & 9 & 6 & 9 \\
    """
    columns = ["family", "$d$", "widths", "monomials", *_LATEX.values()]
    lines = [
        r"\begin{tabular}{l" + "r" * (len(columns) - 1) + "}",
        r"\toprule",
        " & ".join(columns) + r" \\",
        r"\midrule",
    ]
    family = None
    for group in group_rows(rows):
        if family not in (None, group.family):
            lines.append(r"\addlinespace")
        family = group.family
        width = rf"${group.widths[0]}\times{group.depth}$" if group.widths else "--"
        monomials = _power_of_ten(group.median("raw_monomials"), group)
        cells = [group.family, str(group.d), width, monomials]
        cells += [_latex_range(group, column) for column in _LATEX]
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def _power_of_ten(number: float | None, group: DepthGroup) -> str:
    logarithm = group.median("log10_raw_monomials") or 0.0
    if number is not None and logarithm < 6:
        return _latex_number(number)
    return f"$10^{{{logarithm:.0f}}}$"


def _latex_range(group: DepthGroup, column: str) -> str:
    values = group.values(column)
    if values is None:
        return "--"
    middle = _latex_number(group.median(column) or 0)
    if values[0] == values[-1]:
        return middle
    return f"{middle} ({_latex_number(values[0])}--{_latex_number(values[-1])})"


def _latex_number(value: float) -> str:
    text = f"{int(value):,}" if value == int(value) else f"{value:,.1f}"
    return text.replace(",", r"\,")

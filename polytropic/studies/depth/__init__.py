"""Depth against vertices: how numbers of vertices and regions grow with the depth of a network.

For every network of a family the study counts, over all of R^d, what tropical geometry says about
it (the columns of `DepthRow`) and sets it beside the bound of Zhang, Naitzat and Lim, "Tropical
geometry of deep neural networks", Theorem 6.3, and bounds of Montúfar and Serra.

All counts are exact.  Numerators and denominators are found from their affine pieces on the
activation regions, which avoids the tropical products that make them expensive.

* `cases`: which networks; `training` for those that are trained.
* `measuring`: the counting, `rows`: its result, `journal`: its file.
* `growth`: rates with confidence intervals; `reading` and `tables` say what was found.
"""

from polytropic.networks.naive import naive_monomials
from polytropic.studies.depth.cases import CONSTRUCTED, FAMILIES, DepthCase, cases
from polytropic.studies.depth.growth import (
    DepthGroup,
    Growth,
    Interval,
    group_rows,
    growth,
    series_of,
)
from polytropic.studies.depth.journal import Journal, read_rows
from polytropic.studies.depth.measuring import (
    MAX_REGIONS,
    measure,
    measure_case,
    measure_cases,
    run,
)
from polytropic.studies.depth.reading import reading
from polytropic.studies.depth.rows import COUNTS, MEASURED, DepthRow, environment
from polytropic.studies.depth.tables import HEADINGS, table_as_csv, table_as_latex
from polytropic.studies.depth.training import shells, trained_network

__all__ = [
    "CONSTRUCTED",
    "COUNTS",
    "FAMILIES",
    "HEADINGS",
    "MAX_REGIONS",
    "MEASURED",
    "DepthCase",
    "DepthGroup",
    "DepthRow",
    "Growth",
    "Interval",
    "Journal",
    "cases",
    "environment",
    "group_rows",
    "growth",
    "measure",
    "measure_case",
    "measure_cases",
    "naive_monomials",
    "read_rows",
    "reading",
    "run",
    "series_of",
    "shells",
    "table_as_csv",
    "table_as_latex",
    "trained_network",
]

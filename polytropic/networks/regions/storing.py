"""Saving complexes of regions to files and loading them, exactly and without pickles."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import frozen
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import FormatError, InputError
from polytropic.geometry.arrangements.sign_vectors import SignVectors, n_words
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.subdividing.cells import Cells
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.networks.formats.files import MAX_BYTES, as_path, existing_file
from polytropic.networks.layer import Layer
from polytropic.networks.network import Network
from polytropic.networks.regions.archives import Archive, read_archive, write_archive
from polytropic.networks.regions.slices import Slice

if TYPE_CHECKING:
    from polytropic.networks.regions.complex import RegionComplex

__all__ = ["load_regions", "save_regions"]

_VERSION = 1


def save_regions(regions: RegionComplex, path: str | os.PathLike[str]) -> None:
    """Write a complex to a file (a NumPy archive of plain arrays).

    Parameters
    ----------
    regions : RegionComplex
    path : str or os.PathLike

    Raises
    ------
    FormatError
        If the file cannot be written.
    """
    archive = Archive()
    flags = [_VERSION, regions.complete, regions.is_part]
    archive.arrays["polytropic.regions"] = np.array(flags, dtype=np.int64)
    _put_network(archive, regions.network)
    if regions.domain is not None:
        description = regions.domain.description
        archive.put_integers("domain.generators", description.generators)
        archive.put_integers("domain.lineality", description.lineality)
    if regions.slice is not None:
        archive.put_exact("slice.origin", regions.slice.origin)
        archive.put_exact("slice.directions", regions.slice.directions)
    signs = regions.signs
    archive.arrays["signs.width"] = np.array([signs.width], dtype=np.int64)
    archive.arrays["signs.positive"] = signs.positive
    archive.arrays["signs.support"] = signs.support
    for name in Cells._fields:
        archive.arrays[f"cells.{name}"] = getattr(regions.arrays, name)
    archive.arrays["places.value"], archive.arrays["places.error"] = regions.places
    archive.arrays["is_point"] = regions.is_point
    archive.put_integers("lineality", regions.lineality)
    archive.put_integers("basis", regions._basis)
    archive.put_integers("roots", regions._lineage.roots)
    for name in ("parents", "stages", "columns"):
        array = getattr(regions._lineage, name).astype(np.int64)
        archive.arrays[f"lineage.{name}"] = array
    write_archive(archive, as_path(path))


def load_regions(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> RegionComplex:
    """Read a complex that `save_regions` wrote.

    Parameters
    ----------
    path : str or os.PathLike
    max_bytes : int
        Largest sum of the sizes of all arrays.

    Returns
    -------
    RegionComplex
        Equal to the saved one, bit for bit.

    Raises
    ------
    FormatError
        If the file is not such an archive, is damaged, or is too large.
    """
    file = existing_file(path)
    try:
        return _regions(read_archive(file, max_bytes))
    except (FormatError, InputError) as problem:
        raise FormatError(f"{file}: {problem}") from problem


def _regions(archive: Archive) -> RegionComplex:
    from polytropic.networks.regions.complex import RegionComplex

    flags = archive.plain("polytropic.regions", np.int64, 1).tolist()
    if flags[:1] != [_VERSION] or len(flags) != 3 or not set(flags[1:]) <= {0, 1}:
        raise FormatError(f"this is not version {_VERSION} of the format of complexes: {flags}")
    network = _network(archive)
    width = network.n_inputs + 1
    domain = None
    if archive.has("domain.generators"):
        rows = _rows(archive, "domain.generators", width)
        domain = Polytope._from_rows(rows, _rows(archive, "domain.lineality", width))
    where = None
    if archive.has("slice.origin"):
        origin, directions = archive.exact("slice.origin", 1), archive.exact("slice.directions", 2)
        where = Slice.of(origin, directions, domain)
        _check(where.dimension == network.n_inputs, "the slice has another dimension")
    roots = _rows(archive, "roots", width)
    columns = [archive.plain(f"lineage.{name}", np.int64, 1) for name in ("stages", "columns")]
    lineage = Lineage(roots, archive.plain("lineage.parents", np.int64, 2), *columns)
    places = Bounded(
        archive.plain("places.value", np.float64, 2), archive.plain("places.error", np.float64, 2)
    )
    ndims = {"tight": 2}
    dtypes = {"start": np.int64, "name_start": np.int64, "tight": np.uint64}
    cells = Cells(
        *(
            archive.plain(f"cells.{name}", dtypes.get(name, np.int32), ndims.get(name, 1))
            for name in Cells._fields
        )
    )
    is_point = archive.plain("is_point", np.bool_, 1)
    signs = _signs(archive, network.n_units)
    _check_lineage(lineage, network)
    _check_cells(cells, len(lineage), network.n_units)
    size = (len(lineage), network.n_inputs)
    _check(places.value.shape == size == places.error.shape, "places have another shape")
    _check(is_point.shape == size[:1], "is_point has another length")
    _check(len(signs) == cells.n_cells, "there are not as many sign vectors as regions")
    return RegionComplex(
        network,
        domain,
        where,
        signs,
        cells,
        places,
        is_point,
        frozen(_rows(archive, "lineality", width)),
        bool(flags[1]),
        lineage,
        _rows(archive, "basis", width),
        bool(flags[2]),
    )


def _check(holds: Any, problem: str) -> None:
    if not holds:
        raise FormatError(f"{problem}: the file is damaged")


def _rows(archive: Archive, name: str, width: int) -> Any:
    rows = archive.integers(name, 2)
    _check(rows.shape[1] == width, f"{name} has rows of another width than {width}")
    return rows


def _signs(archive: Archive, n_units: int) -> SignVectors:
    positive = archive.plain("signs.positive", np.uint64, 2)
    support = archive.plain("signs.support", np.uint64, 2)
    width = archive.plain("signs.width", np.int64, 1).tolist()
    _check(width == [n_units], "sign vectors have another width than the network")
    words = n_words(n_units)
    _check(positive.shape[1] == words == support.shape[1], "sign vectors have another width")
    _check(len(support) in (1, len(positive)), "sign vectors have another support")
    _check(not (positive & ~support).any(), "a unit is positive and zero at once")
    return SignVectors(positive, support, n_units)


def _check_lineage(lineage: Lineage, network: Network) -> None:
    made = len(lineage.parents)
    n_roots = len(lineage.roots)
    _check(lineage.parents.shape == (made, 2), "parents do not come in pairs")
    _check(len(lineage.stages) == made == len(lineage.columns), "the lineage is incomplete")
    own = np.arange(n_roots, n_roots + made)[:, None]
    _check(((lineage.parents >= 0) & (lineage.parents < own)).all(), "parents come after children")
    widths = np.array(network.hidden_widths, dtype=np.int64)
    inside = (lineage.stages >= 0) & (lineage.stages < len(widths))
    _check(inside.all(), "the lineage names units that do not exist")
    inside = (lineage.columns >= 0) & (lineage.columns < widths[lineage.stages])
    _check(inside.all(), "the lineage names units that do not exist")


def _check_cells(cells: Cells, n_generators: int, n_units: int) -> None:
    for start, size in ((cells.start, len(cells.members)), (cells.name_start, len(cells.names))):
        monotone = (
            len(start) and start[0] == 0 and start[-1] == size and (np.diff(start) >= 0).all()
        )
        _check(monotone, "the regions do not follow one another")
    _check(len(cells.start) == len(cells.name_start), "there are regions without facets")
    _check(len(cells.tight) == len(cells.members), "incidences are missing")
    inside = (cells.members >= 0) & (cells.members < n_generators)
    _check(inside.all(), "regions have generators that do not exist")
    _check((cells.names < n_units).all(), "facets belong to units that do not exist")
    widths = np.diff(cells.name_start)
    _check((widths <= 64 * cells.tight.shape[1]).all(), "incidences are missing")
    # No bit may stand for a facet that is not there.
    owners = np.repeat(widths, np.diff(cells.start))
    for word in range(cells.tight.shape[1]):
        room = np.clip(owners - 64 * word, 0, 64)
        spare = cells.tight[:, word] >> np.minimum(room, 63).astype(np.uint64)
        _check(not spare[room < 64].any(), "an incidence belongs to no facet")


# -- networks ------------------------------------------------------------------------------------
def _put_network(archive: Archive, network: Network) -> None:
    archive.arrays["layers"] = np.array([len(network.layers)], dtype=np.int64)
    for number, layer in enumerate(network.layers):
        name = f"layer.{number}"
        weight = layer.weight
        if isinstance(weight, SparseArray):
            archive.put_exact(f"{name}.weight.data", weight.data)
            archive.arrays[f"{name}.weight.indptr"] = weight.indptr.astype(np.int64)
            archive.arrays[f"{name}.weight.indices"] = weight.indices.astype(np.int64)
            archive.arrays[f"{name}.weight.size"] = np.array(weight.shape, dtype=np.int64)
        else:
            archive.put_exact(f"{name}.weight", weight)
        archive.put_exact(f"{name}.bias", layer.bias)
        if layer.threshold is not None:
            archive.put_exact(f"{name}.threshold", layer.threshold)
        if layer.slope is not None:
            archive.put_exact(f"{name}.slope", layer.slope)


def _network(archive: Archive) -> Network:
    count = archive.plain("layers", np.int64, 1)
    _check(len(count) == 1 and count[0] >= 1, "there is no network")
    layers = []
    for number in range(int(count[0])):
        name = f"layer.{number}"
        if f"{name}.weight.size" in archive.arrays:
            weight: Any = _sparse(archive, f"{name}.weight")
        else:
            weight = archive.exact(f"{name}.weight", 2)
        bias = archive.exact(f"{name}.bias", 1)
        size = bias.shape
        _check(weight.shape[:1] == size and 0 not in weight.shape, f"{name} has a strange shape")
        extras = [
            archive.exact(f"{name}.{part}", 1) if archive.has(f"{name}.{part}") else None
            for part in ("threshold", "slope")
        ]
        _check(all(e is None or e.shape == size for e in extras), f"{name} has a strange shape")
        layers.append(Layer(weight, bias, *extras))
    return Network(tuple(layers))


def _sparse(archive: Archive, name: str) -> SparseArray:
    limits = archive.plain(f"{name}.indptr", np.int64, 1)
    indices = archive.plain(f"{name}.indices", np.int64, 1)
    size = archive.plain(f"{name}.size", np.int64, 1).tolist()
    data = archive.exact(f"{name}.data", 1)
    _check(len(size) == 2 and min(size) >= 1, f"{name} has a strange shape")
    _check(len(limits) == size[0] + 1 and limits[0] == 0, f"{name} has strange rows")
    _check(limits[-1] == len(indices) == len(data), f"{name} has strange rows")
    _check((np.diff(limits) >= 0).all(), f"{name} has strange rows")
    _check(((indices >= 0) & (indices < size[1])).all(), f"{name} has strange columns")
    rows = np.repeat(np.arange(size[0]), np.diff(limits))
    _check((np.diff(rows * size[1] + indices) > 0).all(), f"{name} has strange columns")
    return SparseArray(limits, indices, data, (size[0], size[1]))

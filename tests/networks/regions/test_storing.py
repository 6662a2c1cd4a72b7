"""Saving, loading, parts and statistics of complexes."""

import io
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from polytropic import Network, Polytope, linear_regions, random_network
from polytropic.arithmetic.numbers import exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import FormatError, InputError
from polytropic.networks.regions import RegionComplex, Slice
from tests.networks.regions.cases import CASES, NAMES, complex_of


def assert_same(one, other):
    assert one.network == other.network
    assert one.domain == other.domain
    assert one.slice == other.slice
    assert one.signs == other.signs
    for a, b in zip((*one.arrays, *one.places, one.is_point),
                    (*other.arrays, *other.places, other.is_point), strict=True):  # fmt: skip
        assert a.dtype == b.dtype
        assert a.tobytes() == b.tobytes()
    assert one.generators.tolist() == other.generators.tolist()
    assert one.lineality.tolist() == other.lineality.tolist()
    assert (one.complete, one.is_part) == (other.complete, other.is_part)
    assert one.f_vector == other.f_vector
    assert one.affine_labels.tolist() == other.affine_labels.tolist()


@pytest.mark.parametrize("case", CASES[::2], ids=NAMES[::2])
def test_loading_gives_what_was_saved(case, tmp_path):
    regions = complex_of(case)
    regions.save(tmp_path / "a.npz")
    again = RegionComplex.load(tmp_path / "a.npz")
    assert_same(regions, again)
    again.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    part = regions.subcomplex(range(0, len(regions), 2))
    part.save(tmp_path / "c.npz")
    assert_same(part, RegionComplex.load(tmp_path / "c.npz"))


def test_rational_sparse_and_sloped_networks_on_a_slice(tmp_path):
    weight = SparseArray.of_entries([0, 1, 2], [0, 2, 1], exact([1, Fraction(1, 3), 2**4000]),
                                    (3, 3))  # fmt: skip
    net = Network.from_layers([(weight, [Fraction(1, 7), 0, 1]), ([[1, 1, -1]], [0.1])],
                              slopes=[[0, Fraction(1, 10), -1], None])  # fmt: skip
    plane = Slice.through(
        [[0, 0, 0], [1, 0, Fraction(1, 3)], [0, 1, 1]], Polytope.box(-1, 1, dim=2)
    )
    regions = linear_regions(net, plane)
    regions.save(tmp_path / "a.npz")
    assert_same(regions, RegionComplex.load(tmp_path / "a.npz"))


def rewritten(path, change):
    """The archive with some arrays changed (None removes one)."""
    arrays = dict(np.load(path))
    arrays.update(change(arrays))
    arrays = {name: array for name, array in arrays.items() if array is not None}
    np.savez(path, **arrays)


DAMAGE = {
    "version": lambda a: {"polytropic.regions": np.array([2, 1, 0])},
    "missing": lambda a: {"cells.tight": None},
    "kind": lambda a: {"cells.members": a["cells.members"].astype(np.int64)},
    "member": lambda a: {"cells.members": a["cells.members"] + np.int32(1000)},
    "negative member": lambda a: {"cells.members": a["cells.members"] - np.int32(1)},
    "order": lambda a: {"cells.start": a["cells.start"][::-1].copy()},
    "names": lambda a: {"cells.names": a["cells.names"] + np.int32(99)},
    "bits": lambda a: {"cells.tight": ~a["cells.tight"]},
    "parents": lambda a: {"lineage.parents": a["lineage.parents"] + 100},
    "stages": lambda a: {"lineage.stages": a["lineage.stages"] + 5},
    "columns": lambda a: {"lineage.columns": a["lineage.columns"] - 50},
    "signs": lambda a: {"signs.support": a["signs.support"] * 0},
    "width": lambda a: {"signs.width": a["signs.width"] + 1},
    "numerals": lambda a: {"roots.hex": np.frombuffer(b"xyz", dtype=np.uint8)},
    "shape": lambda a: {"roots.shape": a["roots.shape"] + 1},
    "infinite": lambda a: {"layer.0.weight.float": a["layer.0.weight.float"] * np.inf},
    "places": lambda a: {"places.value": a["places.value"][1:]},
    "layers": lambda a: {"layer.1.bias.float": np.zeros(99)},
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_files_are_refused(damage, tmp_path):
    regions = linear_regions(random_network(2, [4, 3], rng=0), Polytope.box(-1, 1, dim=2))
    path = tmp_path / "a.npz"
    regions.save(path)
    rewritten(path, lambda arrays: {})
    assert len(RegionComplex.load(path)) == len(regions)
    rewritten(path, damage)
    with np.errstate(invalid="ignore"), pytest.raises(FormatError, match=r"a\.npz"):
        RegionComplex.load(path)


def test_files_that_are_too_large_or_no_archives(tmp_path):
    path = tmp_path / "a.npz"
    linear_regions(random_network(2, [4], rng=0)).save(path)
    with pytest.raises(FormatError, match="max_bytes"):
        RegionComplex.load(path, max_bytes=1000)
    whole = path.read_bytes()
    for content in (b"", b"PK", whole[:-20], whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(FormatError):
            RegionComplex.load(path)
    with pytest.raises(FormatError):
        RegionComplex.load(tmp_path / "nothing.npz")


def test_pickles_are_never_loaded(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, **{"polytropic.regions": np.array([{}], dtype=object)})
    with pytest.raises(FormatError, match="pickle"):
        RegionComplex.load(path)


def test_a_header_that_lies_about_its_size_takes_no_memory(tmp_path):
    part = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        part, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)}
    )
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("polytropic.regions.npy", part.getvalue())
    with pytest.raises(FormatError, match="promises"):
        RegionComplex.load(path)


# -- parts ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("case", CASES[1::2], ids=NAMES[1::2])
def test_parts_answer_as_the_whole_does(case):
    regions = complex_of(case)
    chosen = np.arange(0, len(regions), 2)
    part = regions.subcomplex(chosen)
    assert part.is_part
    assert len(part) == len(chosen)
    assert part.signs == regions.signs[chosen]
    assert part.volumes_exact() == regions.volumes_exact(chosen)
    for here, there in list(zip(range(len(part)), chosen.tolist(), strict=True))[:10]:
        assert part[here].polytope == regions[there].polytope
        assert part[here].n_facets == regions[there].n_facets
    number = {old: new for new, old in enumerate(chosen.tolist())}
    pairs = [[number[i], number[j]] for i, j in regions.adjacency.tolist()
             if i in number and j in number]  # fmt: skip
    assert part.adjacency.tolist() == sorted(pairs)
    inside = regions.interior_points_exact(chosen[:5])
    assert part.locate(inside).tolist() == list(range(len(chosen[:5])))


def test_three_ways_to_choose():
    regions = linear_regions(random_network(2, [4], rng=0))
    flags = regions.active_units[:, 0]
    by_predicate = regions.subcomplex(lambda region: region.sign_vector[0] > 0)
    assert by_predicate.signs == regions.subcomplex(flags).signs
    assert by_predicate.signs == regions.subcomplex(np.flatnonzero(flags)[::-1]).signs
    empty = regions.subcomplex([])
    assert len(empty) == empty.n_linear_regions == empty.n_vertices == 0
    assert empty.f_vector == (0, 0, 0)
    assert len(empty.volumes) == len(empty.adjacency) == 0
    assert empty.locate([[0, 0]]).tolist() == [-1]
    assert empty.statistics().n_regions == 0
    for wrong in ([True], [0.5], [-1], [10**6], [[0]]):
        with pytest.raises(InputError):
            regions.subcomplex(wrong)


# -- statistics ----------------------------------------------------------------------------------
def test_statistics():
    net = Network.from_layers(
        [([[1, 0], [0, 1], [0, 0], [0, 0], [0, 0]], [0, 0, 1, -1, 0]), ([[1, 1, 1, 1, 1]], [0])]
    )
    found = linear_regions(net, Polytope.box(-1, 1, dim=2)).statistics()
    assert (found.n_regions, found.n_bounded, found.n_unbounded) == (4, 4, 0)
    assert (found.n_vertices, found.n_rays, found.n_facets, found.n_adjacent) == (9, 0, 12, 4)
    assert found.facets == (4, 4.0, 4)
    assert found.degrees == (2, 2.0, 2)
    assert found.dead_units.tolist() == [3, 4]
    assert found.always_on_units.tolist() == [2]
    assert found.vanishing_units.tolist() == [4]
    assert found.inradii == pytest.approx([0.5] * 4)
    assert found.volume_quantiles.tolist() == [1.0] * 5
    assert "facets of a region" in repr(found)
    everywhere = linear_regions(net).statistics()
    assert everywhere.n_unbounded == 4
    assert len(everywhere.volume_quantiles) == 0
    assert "none" in repr(everywhere)

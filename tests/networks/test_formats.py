"""Reading and writing files of any format: dispatch, the refusals that all share, and .npz."""

import gzip
import io
import os
import pickle
import tempfile
import zipfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from polytropic.errors import FormatError, InputError, PolytropicError
from polytropic.networks.formats import load_network, save_network
from polytropic.networks.network import Network

TENT = Network.from_layers([([[2], [4]], [0, -2]), ([[1, -1]], [0])])
SUFFIXES = [".npz", ".nnet", ".onnx", ".onnx.gz"]


def tent_bytes(suffix: str) -> bytes:
    """The same small network in every format, each made without the library."""
    if suffix == ".npz":
        content = io.BytesIO()
        np.savez(content, W1=[[2.0], [4.0]], b1=[0.0, -2.0], W2=[[1.0, -1.0]], b2=[0.0])
        return content.getvalue()
    if suffix == ".nnet":
        return b"2,1,1,2,\n1,2,1,\n0,\n0,\n1,\n0,0,\n1,1,\n2,\n4,\n0,\n-2,\n1,-1,\n0,\n"
    weights = {"A": [[2.0, 4.0]], "a": [0.0, -2.0], "B": [[1.0], [-1.0]], "b": [0.0]}
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["x", "A", "a"], ["u"]),
            helper.make_node("Relu", ["u"], ["v"]),
            helper.make_node("Gemm", ["v", "B", "b"], ["y"]),
        ],
        "tent",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1])],
        [numpy_helper.from_array(np.float32(w), name) for name, w in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    plain = model.SerializeToString()
    return gzip.compress(plain, mtime=0) if suffix.endswith(".gz") else plain


def load_bytes(content: bytes, suffix: str, **options: int) -> Network:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"net{suffix}"
        path.write_bytes(content)
        return load_network(path, **options)


# -- dispatch and what every format refuses --------------------------------------------------------
@pytest.mark.parametrize("suffix", [*SUFFIXES, ".NPZ", ".Onnx.GZ"])
def test_one_network_reads_the_same_from_every_format(suffix: str) -> None:
    assert load_bytes(tent_bytes(suffix.lower()), suffix) == TENT


def test_a_path_may_be_a_string(tmp_path: Path) -> None:
    (tmp_path / "tent.nnet").write_bytes(tent_bytes(".nnet"))
    assert load_network(str(tmp_path / "tent.nnet")) == TENT


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".txt"])
def test_missing_file_and_directory_are_refused_by_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"net{suffix}"
    with pytest.raises(FormatError, match=r"net\S* does not exist") as caught:
        load_network(path)
    assert isinstance(caught.value, FileNotFoundError)
    path.mkdir()
    with pytest.raises(FormatError, match="is a directory"):
        load_network(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "net.npz")
    with pytest.raises(FormatError, match="not a regular file"):
        load_network(tmp_path / "net.npz")


@pytest.mark.parametrize("path", [3, None, b"net.npz"])
def test_what_is_no_path_is_refused(path: object) -> None:
    with pytest.raises(InputError, match=r"must be a str or an os\.PathLike"):
        load_network(path)  # type: ignore[arg-type]


def test_unknown_suffix_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FormatError, match=r"net\.net .*\.npz, \.nnet, \.onnx, \.onnx\.gz"):
        load_bytes(b"", ".net")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [b"", b"\0", b"\x93NUMPY", b"\xff\xfe garbage" * 9, b"PK\3\4"])
def test_garbage_is_refused_naming_the_file(suffix: str, content: bytes) -> None:
    with pytest.raises(FormatError, match=rf"net\{suffix}"):
        load_bytes(content, suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_beyond_the_limit_are_refused(suffix: str) -> None:
    with pytest.raises(FormatError, match=r"limit of 20( bytes)?; .*max_bytes="):
        load_bytes(tent_bytes(suffix), suffix, max_bytes=20)


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(FormatError, match="decompresses to more than the limit of 1000000"):
        load_bytes(bomb, ".onnx.gz", max_bytes=1_000_000)


@pytest.mark.parametrize("suffix", [".npz", ".onnx", ".onnx.gz"])
def test_every_truncation_is_refused(suffix: str) -> None:
    whole = tent_bytes(suffix)
    for length in range(len(whole)):
        with pytest.raises(FormatError):
            load_bytes(whole[:length], suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=150)
@given(data=st.data())
def test_damaged_bytes_give_a_network_or_an_error_of_ours(suffix: str, data: st.DataObject) -> None:
    content = bytearray(tent_bytes(suffix))
    places = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))
    for place, value in data.draw(st.lists(places, min_size=1, max_size=4)):
        content[place] = value
    try:
        net = load_bytes(bytes(content), suffix, max_bytes=1 << 20)
    except PolytropicError as problem:
        assert isinstance(problem, FormatError), problem  # noqa: PT017
    else:
        assert all(
            np.isfinite(part.toarray() if hasattr(part, "toarray") else part).all()
            for k in net.layers
            for part in k.floats[:2]
        )


# -- .npz: what is read ----------------------------------------------------------------------------
def archive(**arrays: object) -> bytes:
    content = io.BytesIO()
    np.savez(content, **{name: np.asarray(array) for name, array in arrays.items()})
    return content.getvalue()


def test_npz_thresholds_are_read_as_documented() -> None:
    minus = -np.inf
    arrays = {"W1": [[1], [2]], "b1": [0, 0], "t1": [3.0, -4.5]}
    arrays |= {"W2": [[1, 1]], "b2": [1], "t2": [minus]}
    arrays |= {"W3": [[5]], "b3": [0], "t3": 0.0}
    expected = Network.from_layers(
        [([[1], [2]], [0, 0]), ([[1, 1]], [1]), ([[5]], [0])],
        thresholds=[[3, Fraction(-9, 2)], None, 0],
    )
    assert load_bytes(archive(**arrays), ".npz") == expected


@pytest.mark.parametrize("dtype", ["f2", "<f4", ">f8", "i1", ">i4", "u2", "i8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npz_reads_every_number_type_and_order(dtype: str, order: str) -> None:
    weight = np.array([[1, 2, 3], [4, 5, 6]], dtype=dtype, order=order)
    content = archive(W1=weight, b1=np.array([7, 8], dtype=dtype))
    expected = Network.from_layers([([[1, 2, 3], [4, 5, 6]], [7, 8])])
    assert load_bytes(content, ".npz") == expected


GOOD = {"W1": [[1.0], [2.0]], "b1": [0.0, 0.0], "W2": [[1.0, 1.0]], "b2": [0.0]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"W1": [[np.nan], [2.0]]}, r"W of layer 1\[0, 0\] is nan"),
        ({"b2": [np.inf]}, r"b of layer 2\[0\] is inf"),
        ({"t1": [0.0, np.nan]}, r"threshold of layer 1\[1\] is nan"),
        ({"t1": [0.0, -np.inf]}, "t1 is -inf for some units"),
        ({"t1": [-np.inf] * 3}, r"t1 has shape \(3,\)"),
        ({"t1": [1.0] * 3}, r"threshold of layer 1 .*shape \(2,\)"),
        ({"W2": [[1.0, 1.0, 1.0]]}, "layer 1 gives 2 values but layer 2 takes 3"),
        ({"b1": [0.0]}, r"layer 1: .*b must have shape \(2,\), got \(1,\)"),
        ({"W1": [1.0, 2.0]}, "W of layer 1 must have 2 axes"),
        ({"W1": np.zeros((0, 1)), "b1": []}, "W of layer 1 is empty"),
        ({"W1": [["1"], ["2"]]}, "W1 holds <U1 entries"),
        ({"W1": [[1j], [2]]}, "W1 holds complex128 entries"),
        ({"W1": [[True], [False]]}, "W1 holds bool entries"),
        ({"W1": np.zeros((2, 1), dtype=[("a", "f8")])}, "W1 holds .* entries"),
        ({"b2": None}, "b2 is missing"),
        ({"W1": None, "b1": None}, "W1 is missing"),
        ({"W4": [[1.0]], "b4": [0.0]}, "W3 is missing"),
        ({"W999999999": [[1.0]]}, "W3 is missing"),
        ({"t3": [0.0]}, "t3 belongs to no layer"),
        ({"weight": [0.0]}, "unexpected array 'weight'"),
        ({"W01": [[1.0]]}, "unexpected array 'W01'"),
        (dict.fromkeys(GOOD), "there is no W1"),
    ],
)
def test_npz_that_is_no_network_is_refused(change: dict[str, object], message: str) -> None:
    arrays = {name: array for name, array in (GOOD | change).items() if array is not None}
    with pytest.raises(FormatError, match=rf"net\.npz: {message}"):
        load_bytes(archive(**arrays), ".npz")


class Trap:
    """Its pickle creates a folder when it is loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.folder),)


def test_npz_never_loads_a_pickle(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    content = io.BytesIO()
    trapped = np.array([[Trap(sprung)]], dtype=object)
    np.savez(content, W1=trapped, b1=[0.0])
    with pytest.raises(FormatError, match=r"W1 holds Python objects \(a pickle\)"):
        load_bytes(content.getvalue(), ".npz")
    assert not sprung.exists()
    pickle.loads(pickle.dumps(trapped))
    assert sprung.exists(), "the trap works"


def npy(shape: tuple[int, ...], data: bytes, descr: str = "<f8") -> bytes:
    content = io.BytesIO()
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(content, header)
    return content.getvalue() + data


def zipped(members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as target:
        for name, data in members:
            target.writestr(name, data)
    return content.getvalue()


@pytest.mark.parametrize("shape", [(1 << 40, 1 << 40), (2, 3), (1,), (-2, -1), (1 << 61, 8)])
def test_npz_header_that_lies_about_its_shape_is_refused(shape: tuple[int, ...]) -> None:
    content = zipped([("W1.npy", npy(shape, bytes(16))), ("b1.npy", npy((1,), bytes(8)))])
    with pytest.raises(FormatError, match=r"header of W1 promises shape .*but 16 are there"):
        load_bytes(content, ".npz")


def test_npz_directory_that_lies_about_sizes_is_refused() -> None:
    data = npy((1 << 26,), bytes(8))
    content = zipped([("W1.npy", data)])
    size, claimed = len(data), len(data) - 8 + (8 << 26)
    lie = content.replace(size.to_bytes(4, "little"), claimed.to_bytes(4, "little"))
    assert lie != content
    with pytest.raises(FormatError, match=r"net\.npz"):
        load_bytes(lie, ".npz")


@pytest.mark.parametrize(
    ("compression", "skipped", "reason"),
    [
        (zipfile.ZIP_STORED, 200, "Bad CRC-32"),
        (zipfile.ZIP_DEFLATED, 0, "invalid block type"),
        (zipfile.ZIP_BZIP2, 0, "Invalid data stream"),
        (zipfile.ZIP_LZMA, 9, "Corrupt input data"),
    ],
)
def test_npz_with_damaged_data_is_refused(compression: int, skipped: int, reason: str) -> None:
    content = zipped([("W1.npy", npy((500,), bytes(4000)))], compression)
    start = content.index(b"W1.npy") + len("W1.npy") + skipped
    broken = content[:start] + b"\xff" * 12 + content[start + 12 :]
    with pytest.raises(FormatError, match=rf"net\.npz: not a complete \.npz archive: .*{reason}"):
        load_bytes(broken, ".npz")


@pytest.mark.parametrize(
    ("place", "value", "reason"), [(8, 1, "encrypted"), (10, 99, "compression method")]
)
def test_npz_that_cannot_be_unpacked_is_refused(place: int, value: int, reason: str) -> None:
    content = bytearray(zipped([("W1.npy", npy((1,), bytes(8)))]))
    content[content.index(b"PK\1\2") + place] = value
    with pytest.raises(FormatError, match=reason):
        load_bytes(bytes(content), ".npz")


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,}",
        b"{'descr': '<f8', 'fortran_order': False}",
        b"{'descr': 'what', 'fortran_order': False, 'shape': (1,)}",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (1.5,)}",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': open('x')}",
        b"{[]: '<f8'}",
        b"    {\n  }\n {",
        b"3",
        b"",
        b"\0",
    ],
)
def test_npz_with_a_damaged_header_is_refused(header: bytes) -> None:
    data = b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header + bytes(8)
    with pytest.raises(FormatError, match=r"net\.npz: not a complete \.npz archive"):
        load_bytes(zipped([("W1.npy", data)]), ".npz")


def test_npz_of_a_later_version_is_refused() -> None:
    data = npy((1,), bytes(8)).replace(b"NUMPY\1", b"NUMPY\3")
    with pytest.raises(FormatError, match=r"W1 has version \(3, 0\) of the \.npy format"):
        load_bytes(zipped([("W1.npy", data)]), ".npz")


def test_npz_bomb_is_refused_by_its_directory() -> None:
    bomb = zipped([("W1.npy", npy((1 << 21,), bytes(8 << 21)))], zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 17
    with pytest.raises(FormatError, match="more than the limit of 1048576"):
        load_bytes(bomb, ".npz", max_bytes=1 << 20)


def test_npz_with_one_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped([("b1.npy", npy((1,), bytes(8)))] * 2)
    with pytest.raises(FormatError, match="two arrays have the same name"):
        load_bytes(content, ".npz")


# -- .npz: what is written -------------------------------------------------------------------------
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=True)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    widths = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    layers, thresholds = [], []
    for n_inputs, n_outputs in pairwise(widths):
        row = st.lists(NUMBERS, min_size=n_inputs, max_size=n_inputs)
        column = st.lists(NUMBERS, min_size=n_outputs, max_size=n_outputs)
        layers.append((draw(st.lists(row, min_size=n_outputs, max_size=n_outputs)), draw(column)))
        thresholds.append(draw(st.one_of(st.none(), st.just(0), NUMBERS, column)))
    return Network.from_layers(layers, thresholds=thresholds)


@given(net=networks())
def test_npz_round_trip_is_exact(net: Network) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.npz"
        save_network(net, path)
        again = load_network(path)
        assert os.listdir(folder) == ["net.npz"]
        with np.load(path, allow_pickle=False) as arrays:
            for number, layer in enumerate(net.layers, 1):
                weight = arrays[f"W{number}"]
                assert weight.dtype == np.float64
                assert [Fraction(w) for w in weight.flat] == list(layer.weight.to_fractions().flat)
    assert again == net
    assert hash(again) == hash(net)
    for old, new in zip(net.layers, again.layers, strict=True):
        assert all(p.tobytes() == q.tobytes() for p, q in zip(old.floats, new.floats, strict=True))


def test_npz_of_a_relu_network_holds_weights_and_biases_only(tmp_path: Path) -> None:
    save_network(TENT, tmp_path / "tent.npz")
    with np.load(tmp_path / "tent.npz") as arrays:
        assert set(arrays.files) == {"W1", "b1", "W2", "b2"}


@pytest.mark.parametrize(
    ("layers", "thresholds", "message"),
    [
        ([([[1, Fraction(1, 3)]], [0])], None, r"W1\[0, 1\] = 1/3 is not a float64"),
        ([([[1]], [2**53 + 1])], None, r"b1\[0\] = 9007199254740993 is not a float64"),
        ([([[10**400]], [0])], None, r"W1\[0, 0\] = a fraction of many digits"),
        ([([[1]], [0])], [Fraction(1, 10)], r"t1\[0\] = 1/10 is not a float64"),
    ],
)
def test_npz_refuses_to_round(
    tmp_path: Path, layers: list[object], thresholds: list[object] | None, message: str
) -> None:
    net = Network.from_layers(layers, thresholds=thresholds)  # type: ignore[arg-type]
    path = tmp_path / "net.npz"
    path.write_bytes(b"as it was")
    with pytest.raises(InputError, match=message):
        save_network(net, path)
    assert path.read_bytes() == b"as it was"
    assert os.listdir(tmp_path) == ["net.npz"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "net.npz"
    path.write_bytes(b"as it was")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FormatError, match=r"net\.npz cannot be written: No space left"):
        save_network(TENT, path)
    assert path.read_bytes() == b"as it was"
    assert os.listdir(tmp_path) == ["net.npz"]


def test_save_refuses_places_where_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"\.npz only"):
        save_network(TENT, tmp_path / "net.onnx")
    (tmp_path / "net.npz").mkdir()
    with pytest.raises(FormatError, match="is a directory"):
        save_network(TENT, tmp_path / "net.npz")
    with pytest.raises(FormatError, match="cannot be written"):
        save_network(TENT, tmp_path / "absent" / "net.npz")

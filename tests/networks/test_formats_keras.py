"""Reading Keras files: Keras 3 is the judge where it is installed, NumPy and h5py elsewhere."""

import contextlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from polytropic.arithmetic.numbers import exact
from polytropic.errors import (
    FormatError,
    MissingDependencyError,
    MissingFileError,
    UnsupportedOperatorError,
)
from polytropic.networks.formats import keras_files
from polytropic.networks.formats.files import MAX_BYTES
from polytropic.networks.formats.keras import read_keras

h5py = pytest.importorskip("h5py")


def read(path: Path, **options: Any) -> Any:
    return read_keras(path, options.pop("max_bytes", MAX_BYTES), **options)


# -- real files ------------------------------------------------------------------------------------
def test_keras_1_chain_of_dense_layers(data_dir: Path) -> None:
    path = data_dir / "nets/formats/KerasTestNetwork.h5"
    net = read(path)
    assert [layer.n_outputs for layer in net.layers] == [45] * 6 + [5]
    with h5py.File(path) as file:
        for number, layer in enumerate(net.layers, 1):
            group = file[f"model_weights/dense_{number}"]
            assert layer.weight == exact(group[f"dense_{number}_W"][()].T)
            assert layer.bias == exact(group[f"dense_{number}_b"][()])
    assert [layer.is_linear for layer in net.layers] == [False] * 6 + [True]


def test_keras_2_convolutions_on_images(data_dir: Path) -> None:
    path = data_dir / "nets/formats/cnn_max_mnist2.h5"
    with np.load(data_dir / "data/mnist_10k10k.npz") as images:
        x, labels = images["x_test"][:300] / 255.0, images["y_test"][:300]
    with h5py.File(path) as file:
        weights = {
            name: (group[name]["kernel:0"][()].astype(float), group[name]["bias:0"][()])
            for name, group in file["model_weights"].items()
            if len(group)
        }
    values = x[..., None]
    for name in ("conv2d_14", "conv2d_15"):
        kernel, bias = weights[name]
        places = sliding_window_view(values, kernel.shape[:2], axis=(1, 2))
        values = np.maximum(np.einsum("bijcrs,rsco->bijo", places, kernel) + bias, 0)
    values = values.reshape(300, 11, 2, 11, 2, 4).max(axis=(2, 4)).reshape(300, -1)
    hidden = np.maximum(values @ weights["dense_14"][0] + weights["dense_14"][1], 0)
    expected = hidden @ weights["dense_15"][0] + weights["dense_15"][1]
    net = read(path)
    found = net(x.reshape(300, -1))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert (found.argmax(axis=1) == labels).mean() > 0.95


# -- Keras itself ----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def keras() -> Any:
    # Keras needs one of these beneath it; its own backend "numpy" needs JAX, and is the quickest.
    beneath = {"numpy": "jax", "torch": "torch", "tensorflow": "tensorflow"}
    found = [name for name, package in beneath.items() if find_spec(package)]
    if not found:
        pytest.skip("needs Keras with JAX, PyTorch or TensorFlow")
    os.environ.setdefault("KERAS_BACKEND", found[0])
    return pytest.importorskip("keras")


def _shaken(model: Any, seed: int = 0) -> Any:
    """Give random weights to a model, so that no bias, scale or statistic stays at 0 or 1."""
    rng = np.random.default_rng(seed)
    for variable in model.variables:
        if "seed" in variable.path:
            continue
        values = rng.normal(size=variable.shape)
        if "variance" in variable.path:
            values = np.abs(values) + 0.1
        variable.assign(values)
    return model


def _sequences(k: Any) -> dict[str, tuple[tuple[int, ...], list[Any]]]:
    layers = k.layers
    return {
        "dense": ((5,), [layers.Dense(7, activation="relu"), layers.Dense(3)]),
        "dense without bias": ((4,), [layers.Dense(3, use_bias=False)]),
        "dense along the last axis": ((3, 4), [layers.Dense(2, activation="relu")]),
        "activations": (
            (6,),
            [
                layers.Dense(8),
                layers.LeakyReLU(0.125),
                layers.Dense(8),
                layers.ReLU(max_value=0.75, negative_slope=0.25),
                layers.Dense(8),
                layers.ReLU(6.0),
                layers.Dense(8, activation="relu6"),
                layers.Dense(8, activation="hard_tanh"),
                layers.Dense(8, activation="leaky_relu"),
                layers.PReLU(),
                layers.Activation("relu"),
                layers.Activation("linear"),
            ],
        ),
        "same": (
            (7, 6, 3),
            [
                layers.Conv2D(4, (3, 2), padding="same", strides=(2, 3), activation="relu"),
                layers.MaxPooling2D((2, 2), padding="same"),
            ],
        ),
        "same, dilated": ((7, 6, 3), [layers.Conv2D(4, 3, padding="same", dilation_rate=2)]),
        "groups": ((6, 6, 4), [layers.Conv2D(6, 3, groups=2), layers.PReLU(shared_axes=[1, 2])]),
        "depthwise": ((6, 6, 3), [layers.DepthwiseConv2D(3, depth_multiplier=2)]),
        "separable": ((6, 6, 3), [layers.SeparableConv2D(4, 3, depth_multiplier=2)]),
        "causal": ((9, 2), [layers.Conv1D(3, 3, padding="causal", dilation_rate=2)]),
        "one axis": (
            (9, 2),
            [
                layers.ZeroPadding1D((1, 2)),
                layers.Conv1D(3, 4, strides=2, activation="relu"),
                layers.AveragePooling1D(2, padding="same"),
                layers.UpSampling1D(2),
                layers.Cropping1D((1, 0)),
                layers.GlobalMaxPooling1D(),
            ],
        ),
        "three axes": ((3, 4, 4, 2), [layers.Conv3D(2, 2), layers.MaxPooling3D((1, 2, 2))]),
        "normalised": (
            (4, 4, 3),
            [layers.Conv2D(5, 2), layers.BatchNormalization(epsilon=0.01), layers.ReLU()],
        ),
        "not centred": ((4, 4, 3), [layers.BatchNormalization(center=False)]),
        "not scaled": ((4, 4, 3), [layers.BatchNormalization(scale=False, axis=1)]),
        "average": (
            (5, 5, 2),
            [layers.AveragePooling2D((2, 3), strides=1, padding="same"), layers.Dropout(0.5)],
        ),
        "global": ((4, 5, 3), [layers.GlobalAveragePooling2D(), layers.Dense(2)]),
        "global, kept": ((4, 5, 3), [layers.GlobalMaxPooling2D(keepdims=True)]),
        "shapes": (
            (4, 6, 2),
            [
                layers.ZeroPadding2D(((1, 0), (2, 1))),
                layers.Cropping2D(((0, 1), (1, 0))),
                layers.UpSampling2D((1, 2)),
                layers.Permute((3, 1, 2)),
                layers.Reshape((8, -1)),
                layers.Flatten(),
                layers.Rescaling(0.5, offset=-1.0),
                layers.RepeatVector(2),
            ],
        ),
        "flattened channels first": ((3, 4, 2), [layers.Flatten(data_format="channels_first")]),
    }


SEQUENCES = [
    *("dense", "dense without bias", "dense along the last axis", "activations", "same"),
    *("same, dilated", "groups", "depthwise", "separable", "causal", "one axis", "three axes"),
    *("normalised", "not centred", "not scaled", "average", "global", "global, kept", "shapes"),
    "flattened channels first",
]


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.filterwarnings("ignore")
def test_sequences_agree_with_keras(keras: Any, tmp_path: Path, name: str, suffix: str) -> None:
    if keras.backend.backend() == "torch" and name in ("average", "one axis"):
        pytest.skip("with PyTorch, Keras itself pads averages in another way")
    shape, layers = _sequences(keras)[name]
    model = _shaken(keras.Sequential([keras.Input(shape), *layers]))
    _agree(model, tmp_path / f"net.{suffix}")


def test_all_sequences_are_named(keras: Any) -> None:
    assert sorted(_sequences(keras)) == sorted(SEQUENCES)


def _agree(model: Any, path: Path, **options: Any) -> None:
    model.save(path)
    net = read(path, **options)
    shape = model.input_shape[1:]
    x = np.random.default_rng(1).normal(size=(9, *shape))
    expected = np.asarray(model.predict(x, verbose=0)).reshape(9, -1)
    np.testing.assert_allclose(net(x.reshape(9, -1)), expected, rtol=1e-4, atol=1e-4)


def _residual(k: Any) -> Any:
    start = k.Input((6, 6, 2))
    conv = k.layers.Conv2D(3, 3, padding="same")
    first = conv(start)
    hidden = k.layers.BatchNormalization()(k.layers.ReLU()(first))
    second = k.layers.Conv2D(3, 1)(hidden)
    joined = k.layers.Add()([first, second, hidden])
    both = k.layers.Concatenate(axis=-1)([joined, start])
    largest = k.layers.Maximum()([k.layers.Conv2D(2, 1)(both), start])
    smallest = k.layers.Minimum()([largest, k.layers.Average()([start, largest])])
    ends = [k.layers.Flatten()(smallest), k.layers.Flatten()(start)]
    return k.Model(start, k.layers.Subtract()(ends))


def _shared(k: Any) -> Any:
    start = k.Input((4,))
    square = k.layers.Dense(4, activation="relu")
    return k.Model(start, k.layers.Add()([square(square(start)), square(start)]))


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("build", [_residual, _shared])
@pytest.mark.filterwarnings("ignore")
def test_graphs_agree_with_keras(
    keras: Any, tmp_path: Path, build: Callable[[Any], Any], suffix: str
) -> None:
    _agree(_shaken(build(keras)), tmp_path / f"net.{suffix}")


@pytest.mark.parametrize("end", ["softmax", "sigmoid", "layer"])
@pytest.mark.filterwarnings("ignore")
def test_a_last_softmax_is_left_out_on_request_only(keras: Any, tmp_path: Path, end: str) -> None:
    layers = keras.layers
    ends = [layers.Dense(3), layers.Softmax()] if end == "layer" else [layers.Dense(3, end)]
    model = _shaken(keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"), *ends]))
    path = tmp_path / "net.keras"
    model.save(path)
    with pytest.raises(UnsupportedOperatorError, match="logits=True"):
        read(path)
    net = read(path, logits=True)
    x = np.random.default_rng(2).normal(size=(7, 4))
    z = net(x)
    expected = np.asarray(model.predict(x, verbose=0))
    if end == "sigmoid":
        np.testing.assert_allclose(1 / (1 + np.exp(-z)), expected, atol=1e-5)
    else:
        e = np.exp(z - z.max(axis=1, keepdims=True))
        np.testing.assert_allclose(e / e.sum(axis=1, keepdims=True), expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_a_softmax_inside_is_refused_in_any_case(keras: Any, tmp_path: Path) -> None:
    layers = keras.layers
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax"), layers.Dense(2)])
    model.save(tmp_path / "net.keras")
    with pytest.raises(UnsupportedOperatorError, match=r"dense.*softmax is not piecewise linear"):
        read(tmp_path / "net.keras", logits=True)
    start = keras.Input((3,))
    end = layers.Softmax()(start)
    keras.Model(start, layers.Add()([end, start])).save(tmp_path / "graph.keras")
    with pytest.raises(UnsupportedOperatorError, match=r"Softmax"):
        read(tmp_path / "graph.keras", logits=True)


# -- files written by hand -------------------------------------------------------------------------
def _entry(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **config}}


def _written(
    path: Path,
    layers: list[Any],
    weights: dict[str, list[Any]] | None = None,
    *,
    config: Any = None,
    kind: str = "Sequential",
    **attributes: Any,
) -> Path:
    with h5py.File(path, "w") as file:
        described = {"layers": layers} if config is None else config
        model = {"class_name": kind, "config": described}
        file.attrs["model_config"] = json.dumps(model)
        for name, value in {"keras_version": "2.3.0", **attributes}.items():
            if value is not None:
                file.attrs[name] = value
        file.create_group("model_weights")
        for name, arrays in (weights or {}).items():
            group = file.create_group(f"model_weights/{name}")
            group.attrs["weight_names"] = [f"{n}:0".encode() for n in range(len(arrays))]
            for number, array in enumerate(arrays):
                group[f"{number}:0"] = np.asarray(array)
    return path


DENSE = _entry("Dense", "d", batch_input_shape=[None, 2], activation="linear")
SQUARE = [np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32), np.zeros(2, dtype=np.float32)]


def test_weights_are_exactly_those_of_the_file(tmp_path: Path) -> None:
    kernel = np.array([[0.1, 1e-30, 3.0]], dtype=np.float32)
    bias = np.array([2.0**-140, -1e30, 0.0], dtype=np.float32)
    entry = _entry("Dense", "d", batch_input_shape=[None, 1], activation="relu")
    net = read(_written(tmp_path / "net.h5", [entry], {"d": [kernel, bias]}))
    assert net.layers[0].weight == exact(kernel.T)
    assert net.layers[0].bias == exact(bias)


def test_names_cut_into_pieces(tmp_path: Path) -> None:
    path = _written(tmp_path / "net.h5", [DENSE], {"d": SQUARE})
    with h5py.File(path, "r+") as file:
        names = file["model_weights/d"].attrs
        del names["weight_names"]
        names["weight_names0"], names["weight_names1"] = [b"0:0"], [b"1:0"]
    assert read(path)([1.0, 1.0]).tolist() == [4.0, 6.0]


def test_keras_2_graph_in_any_order(tmp_path: Path) -> None:
    def node(kind: str, name: str, takes: list[str], **config: Any) -> dict[str, Any]:
        inbound = [[[taken, 0, 0, {}] for taken in takes]] if takes else []
        return {**_entry(kind, name, **config), "name": name, "inbound_nodes": inbound}

    layers = [
        node("Add", "sum", ["a", "start"]),
        node("Dense", "a", ["start"], activation="relu"),
        node("InputLayer", "start", [], batch_input_shape=[None, 2]),
        node("Lambda", "beside the way", ["a"]),
    ]
    config = {
        "layers": layers,
        "input_layers": [["start", 0, 0]],
        "output_layers": [["sum", 0, 0]],
    }
    path = _written(tmp_path / "n.h5", [], {"a": SQUARE}, config=config, kind="Model")
    assert read(path)([1.0, -1.0]).tolist() == [1.0, -1.0]
    assert read(path)([1.0, 1.0]).tolist() == [5.0, 7.0]
    config["output_layers"] = [["beside the way", 0, 0]]
    with pytest.raises(UnsupportedOperatorError, match="it holds code, which is never run"):
        read(_written(tmp_path / "l.h5", [], {"a": SQUARE}, config=config, kind="Model"))
    layers[1]["inbound_nodes"] = [[["sum", 0, 0, {}]]]
    with pytest.raises(FormatError, match="takes values that nothing gives"):
        read(_written(tmp_path / "c.h5", [], {"a": SQUARE}, config=config, kind="Model"))


CONV = _entry("Conv2D", "c", batch_input_shape=[None, 3, 3, 1], strides=[1, 1], padding="valid")
AVERAGE = _entry(
    "AveragePooling2D", "a", batch_input_shape=[None, 3, 3, 1], pool_size=2, padding="same"
)
KERNEL = [np.ones((2, 2, 1, 1), dtype=np.float32)]

REFUSED: list[tuple[str, list[Any], dict[str, Any], dict[str, Any]]] = [
    ("layer 'l' .Lambda.: it holds code", [DENSE, _entry("Lambda", "l")], {"d": SQUARE}, {}),
    ("LSTM.: this layer is not read", [DENSE, _entry("LSTM", "l")], {"d": SQUARE}, {}),
    ("activation tanh is not read",
     [{**DENSE, "config": {**DENSE["config"], "activation": "tanh"}}], {"d": SQUARE}, {}),
    ("activation is an object, 'Custom'",
     [{**DENSE, "config": {**DENSE["config"], "activation": {"class_name": "Custom"}}}],
     {"d": SQUARE}, {}),
    ("a ReLU with a threshold jumps", [DENSE, _entry("ReLU", "r", threshold=1)], {"d": SQUARE}, {}),
    ("backend 'theano'", [CONV], {"c": KERNEL}, {"backend": "theano"}),
    ("torch is not read", [AVERAGE], {}, {"backend": "torch"}),
    ("of files of Keras 1", [CONV], {"c": KERNEL}, {"keras_version": "1.2.1"}),
    ("of files of Keras 1", [CONV], {"c": KERNEL}, {"keras_version": None}),
    ("model is a Evil", [DENSE], {"d": SQUARE}, {"kind": "Evil"}),
    ("Sequential.: this layer is not read", [DENSE, _entry("Sequential", "s")], {"d": SQUARE}, {}),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_refused_by_name(tmp_path: Path, case: int) -> None:
    message, layers, weights, options = REFUSED[case]
    path = _written(tmp_path / "net.h5", layers, weights, **options)
    with pytest.raises(UnsupportedOperatorError, match=message):
        read(path)


MALFORMED: list[tuple[str, list[Any], dict[str, Any], dict[str, Any]]] = [
    ("the model has no layers", [], {}, {}),
    ("does not state the shape of its input", [_entry("Dense", "d")], {"d": SQUARE}, {}),
    ("must be known", [_entry("Dense", "d", batch_input_shape=[None, None])], {"d": SQUARE}, {}),
    ("must be known", [_entry("Dense", "d", batch_input_shape=[None, 2.5])], {"d": SQUARE}, {}),
    ("it has 0 arrays", [DENSE], {}, {}),
    ("it has 3 arrays", [DENSE], {"d": [*SQUARE, SQUARE[1]]}, {}),
    ("does not fit", [DENSE], {"d": [np.ones((3, 2)), np.ones(2)]}, {}),
    ("must be a matrix", [DENSE], {"d": [np.ones(3)]}, {}),
    ("is nan; every entry", [DENSE], {"d": [np.full((2, 2), np.nan), np.ones(2)]}, {}),
    ("written by Keras 4", [DENSE], {"d": SQUARE}, {"keras_version": "4.0"}),
    ("malformed", [1, 2], {}, {}),
    ("malformed", [{"class_name": "Dense"}], {}, {}),
    ("malformed", [DENSE, _entry("Permute", "p")], {"d": SQUARE}, {}),
    ("no order of the axes", [DENSE, _entry("Permute", "p", dims=[2])], {"d": SQUARE}, {}),
    ("cannot take the shape", [DENSE, _entry("Reshape", "r", target_shape=[3])], {"d": SQUARE}, {}),
    ("axis is 0", [DENSE, _entry("BatchNormalization", "n", axis=0)],
     {"d": SQUARE, "n": [np.ones(2)] * 4}, {}),
    ("epsilon is 'x'", [DENSE, _entry("BatchNormalization", "n", epsilon="x")],
     {"d": SQUARE, "n": [np.ones(2)] * 4}, {}),
    ("strides is .1.", [{**CONV, "config": {**CONV["config"], "strides": [1]}}], {"c": KERNEL}, {}),
    ("max_value is -1", [DENSE, _entry("ReLU", "r", max_value=-1)], {"d": SQUARE}, {}),
    ("holds int8|holds bool|holds .S1", [DENSE], {"d": [np.full((2, 2), b"x"), np.ones(2)]}, {}),
    ("at most .* are read", [_entry("Dense", "d", batch_input_shape=[None, 10**9])],
     {"d": SQUARE}, {}),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(MALFORMED)))
def test_malformed_files(tmp_path: Path, case: int) -> None:
    message, layers, weights, options = MALFORMED[case]
    path = _written(tmp_path / "net.h5", layers, weights, **options)
    with pytest.raises(FormatError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_files_that_lead_elsewhere(tmp_path: Path) -> None:
    other = _written(tmp_path / "other.h5", [DENSE], {"d": SQUARE})
    path = _written(tmp_path / "net.h5", [DENSE], {"d": SQUARE})
    links = [
        h5py.ExternalLink(str(other), "/model_weights/d/0:0"),
        h5py.SoftLink("/model_weights/d/1:0"),
    ]
    for link in links:
        with h5py.File(path, "r+") as file:
            del file["model_weights/d/0:0"]
            file["model_weights/d/0:0"] = link
        with pytest.raises(FormatError, match="link to another place"):
            read(path)
    raw = tmp_path / "raw"
    raw.write_bytes(SQUARE[0].tobytes())
    with h5py.File(path, "r+") as file:
        del file["model_weights/d/0:0"]
        file.create_dataset(
            "model_weights/d/0:0", (2, 2), "f4", external=[(str(raw), 0, h5py.h5f.UNLIMITED)]
        )
    with pytest.raises(FormatError, match="in another file"):
        read(path)
    layout = h5py.VirtualLayout((2, 2), "f4")
    layout[:] = h5py.VirtualSource(str(other), "model_weights/d/0:0", (2, 2))
    with h5py.File(path, "r+") as file:
        del file["model_weights/d/0:0"]
        file.create_virtual_dataset("model_weights/d/0:0", layout)
    with pytest.raises(FormatError, match="in another file"):
        read(path)


def test_sizes_are_checked_before_memory_is_taken(tmp_path: Path) -> None:
    path = _written(tmp_path / "net.h5", [DENSE], {"d": [*SQUARE[:0], SQUARE[1]]})
    with h5py.File(path, "r+") as file:
        del file["model_weights/d/0:0"]
        file.create_dataset(
            "model_weights/d/0:0", (10**6, 10**6), "f4", chunks=(10, 10), compression="gzip"
        )
    assert path.stat().st_size < 100_000
    with pytest.raises(FormatError, match="more than the limit"):
        read(path)
    with pytest.raises(FormatError, match="larger than the limit"):
        read(path, max_bytes=100)


def test_damaged_files(tmp_path: Path) -> None:
    path = _written(tmp_path / "net.h5", [DENSE], {"d": SQUARE})
    content = path.read_bytes()
    broken = tmp_path / "broken.h5"
    for length in range(0, len(content), 97):
        broken.write_bytes(content[:length])
        with pytest.raises(FormatError):
            read(broken)
    with pytest.raises(MissingFileError):
        read(tmp_path / "absent.h5")
    with h5py.File(broken, "w") as file:
        file["x"] = 1.0
    with pytest.raises(FormatError, match="no model_config"):
        read(broken)
    for text in ("{", "[" * 100_000, "[]", '{"class_name": 3}'):
        with h5py.File(broken, "w") as file:
            file.attrs.create("model_config", text, dtype=h5py.string_dtype())
        with pytest.raises(FormatError, match="description of the model"):
            read(broken)


def test_flipped_bytes_never_escape(tmp_path: Path) -> None:
    content = bytearray(_written(tmp_path / "net.h5", [DENSE], {"d": SQUARE}).read_bytes())
    rng = np.random.default_rng(0)
    broken = tmp_path / "broken.h5"
    for _ in range(150):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), size=3):
            damaged[place] = rng.integers(256)
        broken.write_bytes(damaged)
        with contextlib.suppress(FormatError):
            read(broken)


@pytest.mark.filterwarnings("ignore")
def test_damaged_zip_files(keras: Any, tmp_path: Path) -> None:
    good = tmp_path / "net.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]).save(good)
    read(good)
    content = good.read_bytes()
    broken = tmp_path / "broken.keras"
    for length in range(0, len(content), 531):
        broken.write_bytes(content[:length])
        with pytest.raises(FormatError):
            read(broken)
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(FormatError, match=r"not a \.keras file"):
        read(broken)
    with pytest.raises(FormatError, match="larger than the limit"):
        read(good, max_bytes=1000)
    _strip_names(good, broken)
    with pytest.raises(FormatError, match="do not say to which layer"):
        read(broken)


def _strip_names(good: Path, target: Path) -> None:
    shutil.copy(good, target)
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stream = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(stream, "r+") as file:
        del file["layers/dense/vars"].attrs["name"]
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in {**parts, "model.weights.h5": stream.getvalue()}.items():
            archive.writestr(name, part)


def test_h5py_is_optional(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path / "net.h5", [DENSE], {"d": SQUARE})
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(MissingDependencyError, match=r"polytropic\[keras\]"):
        read(path)
    assert keras_files.open_keras

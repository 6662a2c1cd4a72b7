"""Reading ONNX files: onnxruntime is the judge, on real files and on random chains."""

import builtins
import gzip
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from polytropic.errors import FormatError, MissingDependencyError, UnsupportedOperatorError
from polytropic.networks.formats import load_network
from polytropic.networks.network import Network
from tests.networks.onnx_models import check_exactly, load_model, model_of, node, run

MATRIX = np.array([[1.0, 2.0, 3.0], [-4.0, 5.0, 0.5]])


# -- operators, one at a time ----------------------------------------------------------------------
W, B = MATRIX, np.array([0.5, -1.0, 2.0])
GOOD = {
    "gemm": ([node("Gemm", "x W b", "y")], {"W": W, "b": B}, [1, 2]),
    "gemm_transposed": ([node("Gemm", "x W b", "y", transB=1)], {"W": W.T, "b": B}, [1, 2]),
    "gemm_scaled": (
        [node("Gemm", "x W b", "y", alpha=0.5, beta=-3.0)],
        {"W": W, "b": B},
        ["batch", 2],
    ),
    "gemm_without_bias": ([node("Gemm", "x W", "y", beta=2.0)], {"W": W}, [1, 2]),
    "gemm_one_bias": ([node("Gemm", "x W b", "y")], {"W": W, "b": [7.0]}, [1, 2]),
    "gemm_row_bias": ([node("Gemm", "x W b", "y")], {"W": W, "b": B[None]}, [1, 2]),
    "matmul_row": ([node("MatMul", "x W", "y")], {"W": W}, ["batch", 2]),
    "matmul_deep_row": ([node("MatMul", "x W", "y")], {"W": W}, ["batch", 1, 2]),
    "matmul_vector": ([node("MatMul", "x W", "y")], {"W": W}, [2]),
    "matmul_row_by_vector": ([node("MatMul", "x w", "y")], {"w": W[:, 0]}, [1, 2]),
    "matmul_left_vector": ([node("MatMul", "W x", "y")], {"W": W.T}, [2]),
    "matmul_left_column": ([node("MatMul", "W x", "y")], {"W": W.T}, [2, 1]),
    "matmul_left_deep_column": ([node("MatMul", "W x", "y")], {"W": W.T}, [1, 2, 1]),
    "matmul_vector_by_column": ([node("MatMul", "w x", "y")], {"w": W[:, 0]}, [2, 1]),
    "matmul_left_square": ([node("MatMul", "W x", "y")], {"W": W[:, :2]}, [2]),
    "matmul_right_square": ([node("MatMul", "x W", "y")], {"W": W[:, :2]}, [2]),
    "add": ([node("Add", "x b", "y")], {"b": B[:2]}, [1, 2]),
    "add_turned": ([node("Add", "b x", "y")], {"b": B[:2]}, [1, 2]),
    "add_number": ([node("Add", "x b", "y")], {"b": 0.75}, [1, 2]),
    "add_deeper": (
        [node("Add", "x b", "u"), node("MatMul", "u W", "y")],
        {"b": B[None, None, :2], "W": W},
        [1, 2],
    ),
    "add_image": (
        [node("Add", "x b", "u"), node("Flatten", "u", "v"), node("Gemm", "v W", "y")],
        {"b": B[None, :2, None, None], "W": np.arange(8.0).reshape(8, 1)},
        [1, 2, 2, 2],
    ),
    "sub": ([node("Sub", "x b", "y")], {"b": B[:2]}, [1, 2]),
    "sub_turned": ([node("Sub", "b x", "y")], {"b": B[:2]}, [1, 2]),
    "relu": ([node("Relu", "x", "y")], {}, [1, 2]),
    "relu_relu": ([node("Relu", "x", "u"), node("Relu", "u", "y")], {}, [1, 2]),
    "relu_then_sub": ([node("Relu", "x", "u"), node("Sub", "b u", "y")], {"b": B[:2]}, [1, 2]),
    "identity": ([node("Identity", "x", "y")], {}, [1, 2]),
    "dropout": ([node("Dropout", "x", "y")], {}, [1, 2]),
    "dropout_with_mask": ([node("Dropout", "x r", "y m")], {"r": np.float32(0.5)}, [1, 2]),
    "flatten_image": (
        [node("Flatten", "x", "u"), node("Gemm", "u W", "y")],
        {"W": np.arange(24.0).reshape(12, 2)},
        ["batch", 3, 2, 2],
    ),
    "flatten_all": (
        [node("Flatten", "x", "u", axis=0), node("Gemm", "u W", "y")],
        {"W": np.arange(24.0).reshape(12, 2)},
        ["batch", 3, 2, 2],
    ),
    "flatten_from_the_end": (
        [node("Flatten", "x", "u", axis=-3), node("Gemm", "u W", "y")],
        {"W": np.arange(24.0).reshape(12, 2)},
        ["batch", 3, 2, 2],
    ),
    "reshape": (
        [node("Reshape", "x s", "u"), node("Gemm", "u W", "y")],
        {"s": [0, -1], "W": np.arange(24.0).reshape(12, 2)},
        ["batch", 3, 2, 2],
    ),
    "reshape_batch": (
        [node("Reshape", "x s", "u"), node("Gemm", "u W", "y")],
        {"s": [-1, 12], "W": np.arange(24.0).reshape(12, 2)},
        ["batch", 3, 2, 2],
    ),
    "squeeze": (
        [node("Squeeze", "x a", "u"), node("MatMul", "u W", "y")],
        {"a": [-1], "W": W},
        [1, 2, 1],
    ),
    "squeeze_all": ([node("Squeeze", "x", "u"), node("MatMul", "W u", "y")], {"W": W.T}, [1, 2]),
    "unsqueeze": (
        [node("Unsqueeze", "x a", "u"), node("MatMul", "W u", "y")],
        {"a": [-1], "W": W.T},
        [2],
    ),
    "unsqueeze_front": (
        [node("Unsqueeze", "x a", "u"), node("Gemm", "u W", "y")],
        {"a": [0], "W": W},
        [2],
    ),
    "transpose_of_ones": (
        [node("Transpose", "x", "u", perm=[0, 2, 1]), node("MatMul", "u W", "y")],
        {"W": W},
        [1, 2, 1],
    ),
    "transpose_turned": (
        [node("Transpose", "x", "u"), node("MatMul", "W u", "y")],
        {"W": W.T},
        [1, 2],
    ),
    "constant_node": (
        [
            node("Constant", "", "W", value=numpy_helper.from_array(W)),
            node("Gemm", "x W", "y"),
        ],
        {},
        [1, 2],
    ),
    "constant_shape": (
        [node("Constant", "", "s", value_ints=[1, -1]), node("Reshape", "x s", "y")],
        {},
        [1, 2],
    ),
    "shared_weight": (
        [
            node("Identity", "W", "V"),
            node("Transpose", "V", "U", perm=[1, 0]),
            node("MatMul", "x U", "u"),
            node("Add", "u b", "v"),
            node("Relu", "v", "w"),
            node("MatMul", "w V", "y"),
        ],
        {"W": W.T, "b": B},
        [1, 2],
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_operator_computes_what_onnxruntime_computes(name: str) -> None:
    nodes, constants, shape = GOOD[name]
    check_exactly(model_of(nodes, constants, shape=shape))


@pytest.mark.parametrize("opset", [7, 11, 12])
def test_older_opsets_keep_axes_in_attributes(opset: int) -> None:
    nodes = [
        node("Squeeze", "x", "u", axes=[2]),
        node("Unsqueeze", "u", "v", axes=[0]),
        node("Dropout", "v", "w", **({"ratio": 0.5} if opset < 12 else {})),
        node("MatMul", "w W", "y"),
    ]
    check_exactly(model_of(nodes, {"W": W}, shape=[1, 2, 1], opset=opset))


# -- how nodes become layers -----------------------------------------------------------------------
def test_matmul_add_relu_is_one_layer() -> None:
    nodes = [
        node("MatMul", "x W", "u"),
        node("Flatten", "u", "v"),
        node("Add", "b v", "w"),
        node("Relu", "w", "z"),
        node("MatMul", "z V", "q"),
        node("Sub", "q c", "y"),
    ]
    net = load_model(model_of(nodes, {"W": W, "b": B, "V": W.T, "c": B[:2]}))
    assert net == Network.from_layers([(W.T, B), (W, -B[:2])])


def test_a_last_relu_is_kept() -> None:
    net = load_model(
        model_of([node("Gemm", "x W b", "u"), node("Relu", "u", "y")], {"W": W, "b": B})
    )
    assert net == Network.from_layers([(W.T, B)], thresholds=[0])


def test_affine_maps_in_a_row_keep_their_layers() -> None:
    nodes = [node("Gemm", "x W b", "u"), node("Gemm", "u V", "y")]
    net = load_model(model_of(nodes, {"W": W, "b": B, "V": W.T}))
    assert net == Network.from_layers([(W.T, B), (W, [0, 0])], thresholds=[None, None])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_weights_mean_what_their_bits_say(dtype: type) -> None:
    third = dtype(1) / dtype(3)
    model = model_of(
        [node("Gemm", "x W b", "y", alpha=0.1)], {"W": [[third]], "b": [third]}, shape=[1, 1]
    )
    (layer,) = load_model(model).layers
    alpha = Fraction(float(np.float32(0.1)))
    assert layer.weight.to_fractions().item() == alpha * Fraction(float(third))
    assert layer.bias.to_fractions().item() == Fraction(float(third))


# -- random chains ---------------------------------------------------------------------------------
VALUES = st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.0, 0.5, 1.0, 1.5])


@st.composite
def chains(draw: st.DrawFn) -> onnx.ModelProto:
    """A random chain on rows, or on columns, of dyadic weights that float64 does not round."""
    column = draw(st.booleans())
    width = draw(st.integers(1, 3))
    shape: list[Any] = [width, 1] if column else [draw(st.sampled_from(["batch", 1])), width]
    nodes: list[onnx.NodeProto] = []
    constants: dict[str, np.ndarray] = {}

    def constant(*shape: int) -> str:
        size = int(np.prod(shape))
        values = draw(st.lists(VALUES, min_size=size, max_size=size))
        constants[f"c{len(constants)}"] = np.array(values).reshape(shape)
        return f"c{len(constants) - 1}"

    current = "x"
    last = draw(st.integers(1, 7))
    for number in range(1, last + 1):
        following = "y" if number == last else f"h{number}"
        kinds = ["MatMul", "Add", "Add", "Sub", "Relu", "Relu", "Identity"]
        kind = draw(st.sampled_from(kinds if column else [*kinds, "Gemm", "Flatten"]))
        inputs, attributes = [current], {}
        if kind in ("MatMul", "Gemm"):
            new = draw(st.integers(1, 3))
            attributes = draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "alpha": st.sampled_from([0.5, -2.0, 3.0]),
                        "beta": st.sampled_from([0.0, 0.5, -1.0]),
                        "transB": st.just(1),
                    },
                )
                if kind == "Gemm"
                else st.just({})
            )
            turned = column or "transB" in attributes
            inputs.append(constant(new, width) if turned else constant(width, new))
            width = new
            if column:
                inputs.reverse()
            if kind == "Gemm" and draw(st.booleans()):
                inputs.append(constant(draw(st.sampled_from([1, width]))))
        elif kind in ("Add", "Sub"):
            sizes = [(width, 1), (1, 1)] if column else [(width,), (1,), (1, width), ()]
            inputs.append(constant(*draw(st.sampled_from(sizes))))
            if draw(st.booleans()):
                inputs.reverse()
        nodes.append(helper.make_node(kind, inputs, [following], **attributes))
        current = following
    return model_of(nodes, constants, shape=shape)


@given(model=chains())
def test_random_chains_compute_what_onnxruntime_computes(model: onnx.ModelProto) -> None:
    net = check_exactly(model)
    kinds = [entry.op_type for entry in model.graph.node]
    assert sum(not layer.is_linear for layer in net.layers) == kinds.count("Relu")


# -- real files ------------------------------------------------------------------------------------
ACAS = [f"acasxu/onnx/N_{i}_{j}.onnx" for i in range(1, 6) for j in range(1, 10)]
PRUNED = [
    f"acasxu_pruned/ACASXU_run2a_{pair}_batch_2000{end}.onnx"
    for pair in ("1_1", "2_1")
    for end in ("", "_pruned5", "_pruned10", "_pruned30")
]
TWIN = [
    f"twin/twin_ladder-{ladder}_inp-{inp}_layers-{layers}_width-1_margin.onnx"
    for ladder in (5, 10, 25)
    for inp in (2, 4, 5)
    for layers in (5, 10, 25)
]
TLL = [f"tll/tll_n2_N8_i{i}.onnx.gz" for i in range(4)]
MNIST = [f"mnist/mnist_relu_{size}.onnx" for size in ("3_50", "3_100", "5_100", "6_100")]
DENSE = [
    *(f"mnist/{name}.onnx" for name in ("mnist-net_256x2", "marabou_mnist2x10")),
    *(
        f"control/{name}.onnx"
        for name in ("cartpole", "dubinsrejoin", "gcas", "lunarlander", "robot", "vdp")
    ),
    *(
        f"tiny/{name}.onnx"
        for name in ("fc1", "fc2", "fc_2-2-3", "test_nano", "test_small", "test_tiny")
    ),
    "formats/TestNetwork2.onnx",
]
LARGE = [
    *(f"cifar/{n}.onnx" for n in ("cifar10_small", "cifar_base_kw", "cifar_deep_kw")),
    "cifar/resnet_2b.onnx",
    *(f"control/{n}.onnx" for n in ("KJ_TinyTaxiNet", "NN_rul_small_window_20")),
    *(f"mnist/{n}.onnx" for n in ("convSmallRELU__Point", "marabou_cnn_max_mninst2")),
    *(f"mnist/{n}.onnx" for n in ("mnist_conv_maxpool", "planet_lenet")),
    *(f"mnist/verivital_Convnet_{n}pool.onnx" for n in ("avg", "max")),
    "mnist/marabou_mnist5x20_leaky_relu.onnx",
    *(f"tiny/{n}.onnx" for n in ("conv_mp1", "fc_matMul", "linear2-3_bn1-linear3-1")),
    "tiny/oneInput_twoBranches.onnx",
]
BRANCHING = "control/certificate_and_controller_mandal.onnx"


@pytest.mark.parametrize("name", ACAS + PRUNED + TWIN + TLL + MNIST + DENSE + LARGE)
def test_real_network_agrees_with_onnxruntime(data_dir: Path, name: str) -> None:
    path = data_dir / "nets" / name
    content = path.read_bytes()
    net = load_network(path)
    points = np.random.default_rng(0).uniform(-1, 1, (10, net.n_inputs)).astype(np.float32)
    expected = run(gzip.decompress(content) if name.endswith(".gz") else content, points)
    scale = 1 + abs(expected).max()
    np.testing.assert_allclose(net(points) / scale, expected / scale, atol=1e-5)


def test_several_inputs_and_outputs_are_taken_one_after_another(data_dir: Path) -> None:
    path = data_dir / "nets" / BRANCHING
    net, session = load_network(path), onnxruntime.InferenceSession(path.read_bytes())
    rng = np.random.default_rng(0)
    parts = {
        data.name: rng.uniform(-1, 1, (1, *data.shape[1:])).astype(np.float32)
        for data in session.get_inputs()
    }
    assert len(parts) == 2
    results = session.run(None, parts)
    assert len(results) == 3
    point = np.concatenate([part.ravel() for part in parts.values()])
    expected = np.concatenate([result.ravel() for result in results])
    np.testing.assert_allclose(net(point), expected, atol=1e-6)


def test_every_real_onnx_file_is_read(data_dir: Path) -> None:
    found = [*data_dir.glob("nets/*/*.onnx"), *data_dir.glob("nets/*/*/*.onnx")]
    files = {str(file.relative_to(data_dir / "nets")) for file in found}
    assert files == {*ACAS, *PRUNED, *TWIN, *MNIST, *DENSE, *LARGE, BRANCHING}


def test_residual_network_has_the_published_size(data_dir: Path) -> None:
    net = load_network(data_dir / "nets" / "cifar/resnet_2b.onnx")
    assert net.n_units == 6244
    # One layer for each of the six activations, and one for the output.
    assert len(net.layers) == 7


def test_acas_xu_has_the_published_size(data_dir: Path) -> None:
    net = load_network(data_dir / "nets" / ACAS[0])
    sizes = [np.prod(layer.weight.shape) + len(layer.bias) for layer in net.layers]
    assert (net.n_units, sum(sizes)) == (300, 13305)
    assert net.layers[-1].is_linear


@pytest.mark.parametrize("name", MNIST)
def test_eran_networks_keep_the_relu_on_their_logits(data_dir: Path, name: str) -> None:
    net = load_network(data_dir / "nets" / name)
    assert net.hidden_widths[-1] == net.n_outputs == 10


@pytest.mark.parametrize("name", TWIN)
def test_twin_networks_are_constant(data_dir: Path, name: str) -> None:
    net = load_network(data_dir / "nets" / name)
    points = np.random.default_rng(0).uniform(-10, 10, (50, net.n_inputs))
    np.testing.assert_allclose(net(points), 1, atol=1e-9)


@pytest.mark.parametrize("number", range(4))
def test_lattice_networks_are_their_max_of_minima(data_dir: Path, number: int) -> None:
    folder = data_dir / "nets" / "tll"
    with gzip.open(folder / "tll_n2_all240.json.gz") as stream:
        form = json.load(stream)[f"N8_i{number}"]
    slopes, offsets = (np.array(part) for part in form["localLinearFns"][0])
    points = np.random.default_rng(0).uniform(-2, 2, (300, 2))
    pieces = points @ slopes.T + offsets
    expected = np.max([pieces[:, chosen].min(axis=1) for chosen in form["selectorSets"][0]], axis=0)
    net = load_network(folder / f"tll_n2_N8_i{number}.onnx.gz")
    np.testing.assert_allclose(net(points)[:, 0], expected, atol=5e-6)


# -- graphs that are refused -----------------------------------------------------------------------
def renamed_domain() -> onnx.ModelProto:
    model = model_of([node("Relu", "x", "y")])
    model.graph.node[0].domain = "com.example"
    model.opset_import.append(helper.make_opsetid("com.example", 1))
    return model


def redefined_relu() -> onnx.ModelProto:
    model = model_of([node("Relu", "x", "y")])
    opsets = list(model.opset_import)
    body = [helper.make_node("Neg", ["a"], ["b"])]
    model.functions.append(helper.make_function("", "Relu", ["a"], ["b"], body, opsets))
    return model


UNSUPPORTED: dict[str, tuple[Callable[[], onnx.ModelProto] | onnx.ModelProto, str]] = {
    "sigmoid": (
        model_of([node("Relu", "x", "u"), node("Sigmoid", "u", "y")]),
        r"node 2 .the_y. \(Sigmoid\): operator Sigmoid is not read: .*these are: Abs, .*Relu",
    ),
    "an operator that nobody knows": (
        model_of([node("Frobnicate", "x", "y")]),
        "operator Frobnicate is not read",
    ),
    "another domain": (renamed_domain, r"operator com\.example\.Relu is not read"),
    "a redefined operator": (redefined_relu, "operator Relu is not read"),
    "the mask of a dropout": (
        model_of([node("Dropout", "x", "u m"), node("Relu", "m", "y")]),
        "this node takes 'm', a second output",
    ),
    "training": (
        model_of([node("Dropout", "x r t", "y")], {"r": np.float32(0.5), "t": np.array(True)}),
        "training_mode is set",
    ),
    "a stack of matrices": (
        model_of([node("MatMul", "x W", "y")], {"W": W[None]}),
        "only a matrix",
    ),
    "a product of values": (
        model_of([node("MatMul", "x x", "y")], shape=[2, 2]),
        "both factors depend on the input",
    ),
    "a square": (model_of([node("Mul", "x x", "y")]), "both factors depend on the input"),
    "a quotient": (
        model_of([node("Div", "b x", "y")], {"b": B[:2]}),
        "input 2 depends on the input of the graph",
    ),
    "rounding": (
        model_of(
            [
                node("Cast", "x", "u", to=TensorProto.INT64),
                node("Cast", "u", "y", to=TensorProto.DOUBLE),
            ]
        ),
        "a cast of the data to INT64",
    ),
    "half precision": (
        model_of([node("Cast", "x", "y", to=TensorProto.FLOAT16)]),
        "a cast of the data to FLOAT16",
    ),
    "reflections": (
        model_of([node("Pad", "x p", "y", mode="reflect")], {"p": [0, 1, 0, 1]}),
        "padding of mode 'reflect'",
    ),
    "a last softmax": (
        model_of([node("Relu", "x", "u"), node("Softmax", "u", "y")]),
        r"operator Softmax is not read: it is not piecewise linear \(it is the last one: export "
        "the network without it",
    ),
    "an inner softmax": (
        model_of([node("Softmax", "x", "u"), node("Relu", "u", "y")]),
        "operator Softmax is not read: it is not piecewise linear; these are",
    ),
    "statistics of the batch": (
        model_of(
            [node("BatchNormalization", "x c c c c", "y m v", training_mode=1)],
            {"c": B[:2] ** 2},
            opset=15,
        ),
        "training_mode is set",
    ),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_unsupported_graph_is_refused_naming_the_node(name: str) -> None:
    model, message = UNSUPPORTED[name]
    with pytest.raises(UnsupportedOperatorError, match=rf"net\.onnx: .*{message}"):
        load_model(model if isinstance(model, onnx.ModelProto) else model())


def tensor(name: str = "W", **changes: Any) -> onnx.TensorProto:
    changed = numpy_helper.from_array(W, name)
    for field, value in changes.items():
        if field == "dims":
            del changed.dims[:]
            changed.dims.extend(value)
        else:
            setattr(changed, field, value)
    return changed


def gemm(weight: Any = W, bias: Any = B, **changes: Any) -> onnx.ModelProto:
    return model_of([node("Gemm", "x W b", "y")], {"W": weight, "b": bias}, **changes)


def spoilt(value: float) -> np.ndarray:
    copy = W.copy()
    copy[1, 2] = value
    return copy


def without(field: str) -> onnx.ModelProto:
    model = gemm()
    model.ClearField(field)
    return model


def twice(name: str) -> onnx.ModelProto:
    model = gemm()
    model.graph.initializer.append(numpy_helper.from_array(np.ones((2, 3)), name))
    return model


MALFORMED = {
    "nan": (gemm(spoilt(np.nan)), r"node 1 'the_y' \(Gemm\): 'W'\[1, 2\] is nan"),
    "inf": (gemm(spoilt(-np.inf)), r"'W'\[1, 2\] is -inf"),
    "nan bias": (gemm(bias=np.array([0, np.nan, 0])), r"'b'\[1\] is nan"),
    "nan shift": (model_of([node("Add", "x b", "y")], {"b": [0.0, np.nan]}), r"'b'\[1\] is nan"),
    "nan factor": (
        model_of([node("Gemm", "x W", "y", alpha=float("nan"))], {"W": W}),
        "alpha.* is nan",
    ),
    "wrong width": (gemm(W.T), r"'W' has shape \(2, 3\) as \(out, in\), but there are 2 inputs"),
    "wrong width inside": (
        model_of([node("MatMul", "x W", "u"), node("MatMul", "u W", "y")], {"W": W}),
        r"node 2 'the_y' \(MatMul\): 'W' has shape .* but there are 3 inputs",
    ),
    "wrong bias": (gemm(bias=B[:2]), r"'b' has shape \(2,\), but there are 3 outputs"),
    "wrong shift": (model_of([node("Add", "x b", "y")], {"b": B}), "'b' has shape .*not fit"),
    "vector weight": (gemm(W[0]), "'W' has shape"),
    "empty weight": (gemm(np.zeros((2, 0)), []), "'W' is empty"),
    "whole numbers as weights": (gemm(np.ones((2, 3), dtype=int)), "'W' holds int64"),
    "strings": (gemm(np.array([["a"]], dtype=object)), "of type STRING, which is not read"),
    "too few values": (gemm(tensor(dims=(1000, 1000))), "W.*(not complete|too small)"),
    "far too few values": (
        gemm(tensor(dims=(1 << 40, 1 << 20))),
        "W.*(not complete|too small|overflow)|valid",
    ),
    "a negative length": (gemm(tensor(dims=(-1, 3))), "'W' has the impossible shape|valid"),
    "no element type": (gemm(tensor(data_type=0)), "'W'|valid"),
    "an unknown element type": (gemm(tensor(data_type=999)), "'W'|valid"),
    "a weight twice": (twice("W"), "two initialisers|valid"),
    "a flat image": (gemm(shape=[1, 2, 1]), "the data must be a matrix"),
    "a scalar input": (model_of([node("MatMul", "x W", "y")], {"W": W}, shape=[]), "a scalar"),
    "two open axes": (gemm(shape=["batch", "d"]), "axis 1 of the input 'x' has no fixed length"),
    "an open vector": (gemm(shape=["d"]), "axis 0 of the input 'x' has no fixed length"),
    "an empty input": (gemm(shape=[1, 0]), "axis 1 of the input 'x' has no fixed length"),
    "an input of integers": (gemm(kind=TensorProto.INT64), "'x' is not a tensor of floats"),
    "a missing constant": (model_of([node("Gemm", "x W", "y")]), "not a valid ONNX model"),
    "nodes out of order": (
        model_of([node("Relu", "u", "y"), node("Relu", "x", "u")]),
        "not a valid ONNX model",
    ),
    "a misspelt attribute": (
        model_of([node("Gemm", "x W", "y", alfa=2.0)], {"W": W}),
        "not a valid ONNX model",
    ),
    "too few inputs": (model_of([node("Gemm", "x", "y")]), "not a valid ONNX model"),
    "reshape to another size": (
        model_of([node("Reshape", "x s", "y")], {"s": [1, 3]}),
        r"shape \(1, 2\) cannot take the shape \[1, 3\]",
    ),
    "reshape with two holes": (model_of([node("Reshape", "x s", "y")], {"s": [-1, -1]}), "cannot"),
    "reshape by no shape": (model_of([node("Reshape", "x s", "y")], {"s": [1.0]}), "whole numbers"),
    "reshape beyond the axes": (
        model_of([node("Reshape", "x s", "y")], {"s": [1, 2, 0]}),
        "copies an axis",
    ),
    "squeeze of a long axis": (
        model_of([node("Squeeze", "x a", "y")], {"a": [1]}),
        "not all of length 1",
    ),
    "squeeze beyond the axes": (
        model_of([node("Squeeze", "x a", "y")], {"a": [2]}),
        "axis 2 is outside the 2 axes",
    ),
    "unsqueeze twice": (model_of([node("Unsqueeze", "x a", "y")], {"a": [0, 0]}), "twice"),
    "flatten beyond the axes": (model_of([node("Flatten", "x", "y", axis=3)]), "axis 3 is outside"),
    "transpose of other axes": (
        model_of([node("Transpose", "x", "y", perm=[0, 0])]),
        "no order of 2 axes",
    ),
    "transpose of a constant": (
        model_of([node("Transpose", "W", "V", perm=[0]), node("Gemm", "x V", "y")], {"W": W}),
        r"node 1 'the_V' \(Transpose\)",
    ),
    "an input beyond measure": (
        model_of([node("Relu", "x", "y")], shape=[1, 1 << 40]),
        "1099511627776 values; at most",
    ),
    "a product of lengths beyond measure": (
        model_of([node("Add", "x b", "y")], {"b": 1.0}, shape=[1 << 30, 1 << 30]),
        "values; at most",
    ),
    "a sum beyond measure": (
        model_of(
            [node("Reshape", "x s", "u"), node("Add", "x u", "y")],
            {"s": [1 << 20, 1]},
            shape=[1, 1 << 20],
        ),
        r"node 2 'the_y' \(Add\): .*values; at most",
    ),
    "joined beyond measure": (
        model_of(
            [
                node("Concat", " ".join(["b"] * 5000), "u", axis=0),
                node("Add", "x u", "y"),
            ],
            {"b": np.zeros(2000)},
        ),
        r"a constant of 10000000 values is made",
    ),
    "joined data beyond measure": (
        model_of([node("Concat", " ".join(["x"] * 5000), "y", axis=0)], shape=[2000]),
        "values; at most",
    ),
    "a tower of powers": (
        model_of(
            [node("Mul", f"c{i} c{i}", f"c{i + 1}") for i in range(20)]
            + [node("Add", "x c20", "y")],
            {"c0": 0.1},
        ),
        "a fraction of more than 16384 bits",
    ),
    "padding beyond measure": (
        model_of([node("Pad", "x p", "y")], {"p": [0, 0, 0, 1 << 40]}),
        "values; at most",
    ),
    "a convolution beyond measure": (
        model_of(
            [node("Conv", "x K", "y", pads=[200] * 4)],
            {"K": np.ones((64, 1, 200, 200), dtype=np.float32)},
            shape=[1, 1, 200, 200],
            kind=TensorProto.FLOAT,
        ),
        "at most",
    ),
    "slopes that do not fit": (
        model_of([node("PRelu", "x s", "y")], {"s": B}),
        r"slopes of shape \(3,\) do not fit",
    ),
    "division by zero": (
        model_of([node("Div", "x b", "y")], {"b": [1.0, 0.0]}),
        "'b' divides by zero",
    ),
    "a kernel of another rank": (
        model_of([node("Conv", "x K", "y")], {"K": np.ones((1, 1, 2))}, shape=[1, 1, 3, 3]),
        "a kernel of shape|valid",
    ),
    "a window larger than the image": (
        model_of([node("MaxPool", "x", "y", kernel_shape=[3, 3])], shape=[1, 1, 2, 2]),
        "does not fit axis|valid",
    ),
    "channels that do not fit": (
        model_of([node("Conv", "x K", "y")], {"K": np.ones((1, 2, 1, 1))}, shape=[1, 1, 3, 3]),
        "do not fit 1 channels",
    ),
    "bounds in the wrong order": (
        model_of([node("Clip", "x a b", "y")], {"a": 1.0, "b": 0.5}),
        "lower bound lies above",
    ),
    "an infinite lower bound": (
        model_of([node("Clip", "x a", "y")], {"a": np.inf}),
        "the bound min is inf",
    ),
    "a bound that is no number": (
        model_of([node("Clip", "x a b", "y")], {"a": 0.0, "b": np.nan}),
        "the bound max is nan",
    ),
    "a shape of nothing": (
        model_of([node("Slice", "x a b", "y")], {"a": [1], "b": [1]}),
        "nothing is left of axis 0",
    ),
    "a split that does not add up": (
        model_of([node("Split", "x s", "u y", axis=1)], {"s": [1, 2]}),
        "cannot be split",
    ),
    "a constant output": (
        model_of([node("Relu", "b", "y")], {"b": B}),
        "does not depend on the input",
    ),
    "no graph": (without("graph"), "there is no graph"),
    "no nodes": (model_of([]), "there is no graph"),
    "no opset": (without("opset_import"), "not a valid ONNX model|opset nothing"),
    "an old opset": (gemm(opset=6), "states opset 6; one between 7 and"),
    "an opset of the future": (gemm(opset=1000), "opset 1000|not a valid ONNX model"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_model_is_refused_naming_the_place(name: str) -> None:
    model, message = MALFORMED[name]
    with pytest.raises(FormatError, match=rf"(?s)net\.onnx: .*({message})") as caught:
        load_model(model)
    assert not isinstance(caught.value, UnsupportedOperatorError)


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    content = model_of([helper.make_node("Sigmoid", ["x"], ["why"])]).SerializeToString()
    (tmp_path / "net.onnx").write_bytes(content.replace(b"why", b"\xff" * 3))
    with pytest.raises(FormatError, match=r"net\.onnx"):
        load_network(tmp_path / "net.onnx")


@pytest.mark.parametrize("place", ["initializer", "constant", "unused"])
def test_weights_in_another_file_are_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "weights.bin").write_bytes(W.tobytes())
    outside = tensor("V" if place == "unused" else "W", data_location=TensorProto.EXTERNAL)
    outside.ClearField("raw_data")
    outside.external_data.add(key="location", value="weights.bin")
    if place == "constant":
        nodes = [node("Constant", "", "W", value=outside), node("Gemm", "x W", "y")]
        model = model_of(nodes)
    else:
        model = model_of([node("Gemm", "x W", "y")], {"W": W, outside.name: outside})
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(FormatError, match=rf"values of '{outside.name}' are in another file"):
        load_network(tmp_path / "net.onnx")


def test_sparse_weights_are_refused() -> None:
    model = model_of([node("Gemm", "x W", "y")])
    values = numpy_helper.from_array(np.array([1.0]), "W")
    places = numpy_helper.from_array(np.array([0]), "W_places")
    sparse = helper.make_sparse_tensor(values, places, [1 << 20, 1 << 20])
    model.graph.sparse_initializer.append(sparse)
    with pytest.raises(FormatError, match="sparse"):
        load_model(model)


def test_without_onnx_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.onnx").write_bytes(gemm().SerializeToString())
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **options: Any) -> Any:
        if name == "onnx":
            raise ImportError("No module named 'onnx'")
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingDependencyError, match=r"pip install 'polytropic\[onnx\]'"):
        load_network(tmp_path / "net.onnx")

"""Every ONNX operator alone: onnxruntime is the judge, on numbers that nobody rounds."""

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from polytropic.networks.formats.operators import OPERATORS
from tests.networks.onnx_models import check_closely, check_exactly, load_model, model_of, node

RNG = np.random.default_rng(1)


def whole(*shape: int) -> np.ndarray:
    """Small whole numbers: sums of products of them are exact in float32."""
    return RNG.integers(-3, 4, shape).astype(np.float32)


IMAGE, SIGNAL = [1, 2, 5, 6], [1, 4, 7]
F = np.float32


def case(
    nodes: onnx.NodeProto | list[onnx.NodeProto],
    shape: list[Any],
    constants: dict[str, Any] | None = None,
    **options: Any,
) -> onnx.ModelProto:
    many = nodes if isinstance(nodes, list) else [nodes]
    return model_of(many, constants, shape=shape, kind=TensorProto.FLOAT, **options)


def conv(shape: list[Any], kernel: np.ndarray, **attributes: Any) -> onnx.ModelProto:
    constants = {"K": kernel, "b": whole(kernel.shape[0])}
    return case(node("Conv", "x K b", "y", **attributes), shape, constants)


def pool(kind: str, shape: list[Any], size: list[int], **attributes: Any) -> onnx.ModelProto:
    opset = 19 if kind == "AveragePool" else 13
    return case(node(kind, "x", "y", kernel_shape=size, **attributes), shape, opset=opset)


EXACT = {
    # -- windows -------------------------------------------------------------------------------
    "conv_1d": conv(SIGNAL, whole(3, 4, 3)),
    "conv_1d_groups": conv(SIGNAL, whole(6, 2, 3), group=2, strides=[2], pads=[1, 0]),
    "conv_2d": conv(IMAGE, whole(3, 2, 2, 3)),
    "conv_2d_strides": conv(IMAGE, whole(3, 2, 3, 2), strides=[2, 3], pads=[1, 0, 2, 1]),
    "conv_2d_depthwise": conv(IMAGE, whole(4, 1, 2, 2), group=2),
    "conv_2d_dilated": conv(IMAGE, whole(2, 2, 2, 3), dilations=[3, 2], pads=[1, 1, 1, 1]),
    "conv_3d": conv([1, 1, 3, 3, 3], whole(2, 1, 2, 2, 2)),
    "conv_same_upper": conv(IMAGE, whole(2, 2, 2, 2), auto_pad="SAME_UPPER", strides=[2, 2]),
    "conv_same_lower": conv(IMAGE, whole(2, 2, 2, 4), auto_pad="SAME_LOWER", strides=[1, 3]),
    "conv_valid": conv(IMAGE, whole(2, 2, 2, 2), auto_pad="VALID"),
    "conv_no_bias": case(node("Conv", "x K", "y"), IMAGE, {"K": whole(2, 2, 1, 1)}),
    "conv_batch_of_two": conv([2, 2, 3, 3], whole(2, 2, 2, 2)),
    "conv_open_batch": conv(["batch", 2, 3, 3], whole(2, 2, 2, 2)),
    "conv_fractions": conv(IMAGE, whole(2, 2, 3, 3) / 4),
    "max_pool": pool("MaxPool", IMAGE, [2, 2], strides=[2, 2]),
    "max_pool_overlap": pool("MaxPool", IMAGE, [3, 2]),
    "max_pool_pads": pool("MaxPool", IMAGE, [3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    "max_pool_ceil": pool("MaxPool", IMAGE, [2, 2], strides=[2, 2], ceil_mode=1),
    "max_pool_dilated": pool("MaxPool", IMAGE, [2, 2], dilations=[2, 3]),
    "max_pool_same": pool("MaxPool", IMAGE, [2, 3], auto_pad="SAME_UPPER", strides=[2, 2]),
    "max_pool_1d": pool("MaxPool", SIGNAL, [3], strides=[2]),
    "average_pool": pool("AveragePool", IMAGE, [2, 2], strides=[2, 2]),
    "average_pool_pads": pool("AveragePool", IMAGE, [2, 2], strides=[1, 2], pads=[1, 0, 0, 1]),
    "average_pool_zeros": pool(
        "AveragePool", IMAGE, [2, 2], pads=[1, 1, 1, 1], count_include_pad=1
    ),
    "average_pool_ceil": pool("AveragePool", IMAGE, [2, 2], strides=[2, 2], ceil_mode=1),
    "global_average": case(node("GlobalAveragePool", "x", "y"), [1, 3, 2, 4]),
    "global_max": case(node("GlobalMaxPool", "x", "y"), [1, 3, 2, 3]),
    # -- units ---------------------------------------------------------------------------------
    "abs": case(node("Abs", "x", "y"), [1, 3]),
    "leaky": case(node("LeakyRelu", "x", "y", alpha=0.25), [1, 3]),
    "leaky_steep": case(node("LeakyRelu", "x", "y", alpha=2.0), [1, 3]),
    "leaky_negative": case(node("LeakyRelu", "x", "y", alpha=-0.5), [1, 3]),
    "prelu": case(node("PRelu", "x s", "y"), [1, 3, 2], {"s": F([[0.5], [-1], [2]])}),
    "prelu_one": case(node("PRelu", "x s", "y"), [1, 3, 2], {"s": F([0.5])}),
    "prelu_vector": case(node("PRelu", "x s", "y"), [2], {"s": F([0.5, 2.0])}),
    "prelu_last": case(node("PRelu", "x s", "y"), [1, 2, 2], {"s": F([0.5, 1.0])}),
    "clip": case(node("Clip", "x a b", "y"), [1, 3], {"a": F(-0.5), "b": F(1)}),
    "clip_below": case(node("Clip", "x a", "y"), [1, 3], {"a": F(0.5)}),
    "clip_above": case(helper.make_node("Clip", ["x", "", "b"], ["y"]), [1, 3], {"b": F(6)}),
    "clip_same": case(node("Clip", "x a a", "y"), [1, 3], {"a": F(0.5)}),
    "clip_attributes": case(node("Clip", "x", "y", min=0.0, max=1.5), [1, 3], opset=9),
    "clip_nothing": case(node("Clip", "x", "y"), [1, 3], opset=9),
    "hard_sigmoid": case(node("HardSigmoid", "x", "y", alpha=0.25, beta=0.5), [1, 3]),
    "max": case([node("Split", "x", "u v w", axis=1), node("Max", "u v w", "y")], [1, 6]),
    "max_constant": case(node("Max", "c x", "y"), [1, 3], {"c": F([[1.0, -1, 0]])}),
    "max_constant_wide": case(node("Max", "x c", "y"), [1, 1], {"c": F([[1.0, -1, 0]])}),
    "max_constant_three": case(
        [node("Neg", "x", "n"), node("Max", "x n c", "y")], [1, 3], {"c": F([0.5])}
    ),
    "max_one": case(node("Max", "x", "y"), [1, 3]),
    "min": case([node("Split", "x", "u v w", axis=1), node("Min", "u v w", "y")], [1, 6]),
    "min_constant": case(node("Min", "x c", "y"), [1, 3], {"c": F([1.0, -1, 0])}),
    # -- number by number ----------------------------------------------------------------------
    "add_residual": case([node("Relu", "x", "u"), node("Add", "u x", "y")], [1, 3]),
    "add_doubling": case(node("Add", "x x", "y"), [1, 3]),
    "add_broadcast": case(
        [node("Transpose", "x", "u", perm=[1, 0]), node("Add", "x u", "y")], [1, 3]
    ),
    "sub_values": case([node("Abs", "x", "u"), node("Sub", "u x", "y")], [1, 3]),
    "sub_growing": case(node("Sub", "c x", "y"), [1, 3], {"c": F([[1.0], [2.0]])}),
    "sum": case([node("Abs", "x", "u"), node("Sum", "u x c u", "y")], [1, 3], {"c": F([2.0])}),
    "mul": case(node("Mul", "x c", "y"), [1, 3], {"c": F([2.0, -1, 0])}),
    "mul_turned": case(node("Mul", "c x", "y"), [1, 3], {"c": F(0.5)}),
    "div": case(node("Div", "x c", "y"), [1, 3], {"c": F([2.0, -4, 0.5])}),
    "neg": case(node("Neg", "x", "y"), [1, 3]),
    "cast": case(
        [
            node("Cast", "x", "u", to=TensorProto.DOUBLE),
            node("Cast", "u", "y", to=TensorProto.FLOAT),
        ],
        [1, 3],
    ),
    "reduce_sum": case(node("ReduceSum", "x a", "y"), [1, 3, 2], {"a": [1]}),
    "reduce_sum_all": case(node("ReduceSum", "x", "y", keepdims=0), [1, 3, 2]),
    "reduce_sum_none": case(node("ReduceSum", "x", "y", noop_with_empty_axes=1), [1, 3, 2]),
    "reduce_sum_old": case(node("ReduceSum", "x", "y", axes=[-1, 1]), [1, 3, 2], opset=11),
    "reduce_mean": case(node("ReduceMean", "x", "y", axes=[2], keepdims=0), [1, 3, 4]),
    "reduce_mean_input": case(node("ReduceMean", "x a", "y"), [1, 3, 4], {"a": [-1]}, opset=18),
    # -- matrices of several rows --------------------------------------------------------------
    "gemm_rows": case(node("Gemm", "x W b", "y"), [3, 2], {"W": whole(2, 4), "b": whole(3, 1)}),
    "gemm_across": case(node("Gemm", "x W", "y", transA=1), [3, 2], {"W": whole(3, 2)}),
    "gemm_left": case(node("Gemm", "W x", "y", alpha=2.0), [3, 2], {"W": whole(2, 3)}),
    "gemm_left_transposed": case(
        node("Gemm", "W x b", "y", transA=1, transB=1), [3, 2], {"W": whole(2, 4), "b": whole(3)}
    ),
    "gemm_bias_value": case(
        [node("Gemm", "x W", "u"), node("Gemm", "x W u", "y", beta=0.5)], [1, 2], {"W": whole(2, 3)}
    ),
    "matmul_rows": case(node("MatMul", "x W", "y"), [3, 2, 2], {"W": whole(2, 3)}),
    "matmul_left_rows": case(node("MatMul", "W x", "y"), [2, 3, 2], {"W": whole(2, 3)}),
    "matmul_left_vector_rows": case(
        [node("MatMul", "w x", "u"), node("Gather", "u i", "y", axis=1)],
        [4, 3, 2],
        {"w": whole(3), "i": [1]},
    ),
    # -- shapes --------------------------------------------------------------------------------
    "transpose": case(node("Transpose", "x", "y", perm=[0, 2, 1]), [1, 2, 3]),
    "transpose_all": case(node("Transpose", "x", "y"), [2, 3]),
    "concat": case(
        [node("Relu", "x", "u"), node("Concat", "u c x", "y", axis=-1)], [1, 2], {"c": F([[7.0]])}
    ),
    "gather": case(node("Gather", "x i", "y", axis=1), [1, 3, 2], {"i": [[2, 0], [-1, 1]]}),
    "gather_one": case(node("Gather", "x i", "y", axis=1), [1, 3], {"i": np.int64(1)}),
    "slice": case(
        node("Slice", "x a b c d", "y"),
        [1, 5, 4],
        {"a": [1, -1], "b": [5, -100], "c": [1, 2], "d": [2, -1]},
    ),
    "slice_far": case(node("Slice", "x a b", "y"), [2, 5], {"a": [0, 2], "b": [9, 1 << 60]}),
    "slice_old": case(node("Slice", "x", "y", starts=[1], ends=[-1], axes=[1]), [1, 5], opset=9),
    "split": case(
        [node("Split", "x s", "u v", axis=-1), node("Concat", "v u", "y", axis=1)],
        [1, 5],
        {"s": [2, 3]},
    ),
    "split_old": case(
        [node("Split", "x", "u v", axis=1, split=[1, 2]), node("Concat", "v u", "y", axis=1)],
        [1, 3],
        opset=11,
    ),
    "split_uneven": case(
        [node("Split", "x", "u v", axis=1, num_outputs=2), node("Concat", "v u", "y", axis=1)],
        [1, 5],
        opset=18,
    ),
    "split_one_used": case([node("Split", "x", "u v", axis=1), node("Relu", "v", "y")], [1, 4]),
    "pad": case(node("Pad", "x p c", "y"), [1, 2, 2], {"p": [0, 1, 0, 0, -1, 2], "c": F(1.5)}),
    "pad_axes": case(node("Pad", "x p", "y", mode="constant"), [1, 2], {"p": [0, 1, 0, 2]}),
    "pad_old": case(node("Pad", "x", "y", pads=[0, 1, 0, 1], value=2.0), [1, 2], opset=9),
    "pad_then_relu": case(
        [node("Pad", "x p c", "u"), node("Relu", "u", "y")],
        [1, 2],
        {"p": [0, 1, 0, 1], "c": F(-1.0)},
    ),
    "pad_then_max_pool": case(
        [node("Pad", "x p c", "u"), node("MaxPool", "u", "y", kernel_shape=[2], strides=[2])],
        [1, 1, 4],
        {"p": [0, 0, 2, 0, 0, 2], "c": F(1.0)},
    ),
    "reshape_by_shape": case(
        [
            node("Shape", "x", "s"),
            node("Gather", "s zero", "n", axis=0),
            node("Unsqueeze", "n first", "m"),
            node("Concat", "m rest", "t", axis=0),
            node("Reshape", "x t", "y"),
        ],
        [2, 3, 2],
        {"zero": np.int64(0), "first": [0], "rest": [-1]},
    ),
    "reshape_by_arithmetic": case(
        [
            node("Shape", "x", "s"),
            node("Slice", "s a b", "u"),
            node("Mul", "u two", "v"),
            node("Sub", "v two", "w"),
            node("Div", "w two", "n"),
            node("Add", "n one", "m"),
            node("Cast", "m", "k", to=TensorProto.INT64),
            node("Reshape", "k minus", "j"),
            node("Squeeze", "j", "l"),
            node("Unsqueeze", "l first", "o"),
            node("Transpose", "o", "p"),
            node("Concat", "p minus", "t", axis=0),
            node("Reshape", "x t", "y"),
        ],
        [1, 3, 2],
        {"a": [1], "b": [2], "two": [2], "one": [1], "first": [0], "minus": [-1]},
    ),
    "constants_computed": case(
        [
            node("Mul", "W c", "U"),
            node("Add", "U W", "V"),
            node("MatMul", "V V", "T"),
            node("Relu", "T", "S"),
            node("MatMul", "x S", "y"),
        ],
        [1, 2],
        {"W": whole(2, 2), "c": F([0.5, 2.0])},
    ),
    "constant_bound": case(
        [node("Neg", "c", "d"), node("Clip", "x d c", "y")], [1, 3], {"c": F(0.5)}
    ),
    "constant_floats": case(
        [node("Constant", "", "c", value_floats=[1.0, -0.5]), node("Add", "x c", "y")], [1, 2]
    ),
    "two_outputs": case(
        [node("Relu", "x", "u"), node("Abs", "x", "y")], [1, 2], outputs=("u", "y")
    ),
    "output_inside": case([node("Relu", "x", "y"), node("Abs", "y", "u")], [1, 2], outputs=("y",)),
    "input_is_output_too": case([node("Abs", "x", "y")], [1, 2], outputs=("x", "y")),
    "two_arms": case(
        [
            node("Relu", "x", "u"),
            node("Neg", "x", "v"),
            node("Relu", "v", "w"),
            node("Abs", "w", "z"),
            node("Add", "u z", "y"),
        ],
        [1, 2],
    ),
    "concat_levels": case(
        [
            node("Relu", "x", "u"),
            node("Abs", "u", "v"),
            node("Concat", "x u v", "w", axis=1),
            node("Relu", "w", "z"),
            node("MatMul", "z W", "y"),
        ],
        [1, 2],
        {"W": whole(6, 2)},
    ),
    "normalised": case(
        [node("BatchNormalization", "x g b m v", "y", epsilon=0.0)],
        [1, 3, 2],
        {"g": F([1, 2, -1]), "b": F([0.5, 0, 1]), "m": F([1, -1, 0]), "v": F([4, 1, 16])},
    ),
}

CLOSE = {
    "batch_norm": case(
        [
            node("BatchNormalization", "x g b m v", "u"),
            node("Conv", "u K", "w"),
            node("BatchNormalization", "w g b m v", "y", epsilon=0.01),
        ],
        [1, 3, 4, 4],
        {
            "g": F([1, 2, -1]),
            "b": F([0.5, 0, 1]),
            "m": F([1, -1, 0]),
            "v": F([3, 0.1, 7]),
            "K": whole(3, 3, 2, 2),
        },
    ),
    "average_pool_ceil_zeros": pool(
        "AveragePool",
        [1, 1, 6, 6],
        [4, 4],
        strides=[2, 2],
        pads=[1, 1, 0, 0],
        ceil_mode=1,
        count_include_pad=1,
    ),
    "average_of_nine": pool("AveragePool", IMAGE, [3, 3], pads=[1, 1, 1, 1]),
    "divided_by_three": case(node("Div", "x c", "y"), [1, 3], {"c": F(3)}),
    "default_leaky": case(node("LeakyRelu", "x", "y"), [1, 3]),
    "default_hard_sigmoid": case(node("HardSigmoid", "x", "y"), [1, 3]),
}


@pytest.mark.parametrize("name", EXACT)
def test_operator_computes_exactly_what_onnxruntime_computes(name: str) -> None:
    check_exactly(EXACT[name])


@pytest.mark.parametrize("name", CLOSE)
def test_operator_computes_what_onnxruntime_computes(name: str) -> None:
    check_closely(CLOSE[name])


def test_every_operator_is_tested() -> None:
    models = [*EXACT.values(), *CLOSE.values()]
    tested = {entry.op_type for model in models for entry in model.graph.node}
    elsewhere = {"Constant", "Dropout", "Flatten", "Identity"}  # in test_formats_onnx.py
    assert tested | elsewhere == {*OPERATORS, "Constant"}


def test_rounds_of_activations_are_layers() -> None:
    """Two arms of one depth share their layers, and shapes and shifts cost none."""
    nodes = [
        node("Conv", "x K", "a"),
        node("BatchNormalization", "a g g g g", "b"),
        node("Relu", "b", "c"),
        node("Conv", "c L", "d"),
        node("LeakyRelu", "x", "e"),
        node("Conv", "e K", "f"),
        node("Add", "d f", "h"),
        node("Relu", "h", "i"),
        node("Flatten", "i", "y"),
    ]
    constants = {"K": whole(2, 1, 1, 1), "L": whole(2, 2, 1, 1), "g": F([1, 1])}
    net = load_model(case(nodes, [1, 1, 3, 3], constants))
    assert net.hidden_widths == (27, 18)
    assert len(net.layers) == 2

"""What each ONNX operator that is read does with a `Builder`.

Shapes are those of the file, batch axis and all, with a batch of one where the file leaves its
length open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from polytropic.networks.building import Value
from polytropic.networks.formats.operators import activations, affine, shapes, windows
from polytropic.networks.formats.operators.folding import fold
from polytropic.networks.formats.operators.nodes import Constant, Node, Operand

__all__ = ["OPERATORS", "SMOOTH", "Constant", "Node", "Operand", "fold"]

OPERATORS: dict[str, Callable[[Node], Value | Constant | Sequence[Value]]] = {
    "Abs": activations.absolute,
    "Add": affine.add,
    "AveragePool": windows.average_pool,
    "BatchNormalization": affine.batch_normalization,
    "Cast": shapes.cast,
    "Clip": activations.clip,
    "Concat": shapes.concat,
    "Conv": windows.conv,
    "Div": affine.divide,
    "Dropout": activations.dropout,
    "Flatten": shapes.flatten,
    "Gather": shapes.gather,
    "Gemm": affine.gemm,
    "GlobalAveragePool": windows.global_average_pool,
    "GlobalMaxPool": windows.global_max_pool,
    "HardSigmoid": activations.hard_sigmoid,
    "Identity": activations.identity,
    "LeakyRelu": activations.leaky_relu,
    "MatMul": affine.matmul,
    "Max": activations.maximum,
    "MaxPool": windows.max_pool,
    "Min": activations.minimum,
    "Mul": affine.multiply,
    "Neg": affine.negate,
    "PRelu": activations.prelu,
    "Pad": shapes.pad,
    "ReduceMean": affine.reduce_mean,
    "ReduceSum": affine.reduce_sum,
    "Relu": activations.relu,
    "Reshape": shapes.reshape,
    "Shape": shapes.shape,
    "Slice": shapes.slice_of,
    "Split": shapes.split,
    "Squeeze": shapes.squeeze,
    "Sub": affine.subtract,
    "Sum": affine.total,
    "Transpose": shapes.transpose,
    "Unsqueeze": shapes.unsqueeze,
}
"""Every operator that is read on the data; Constant makes none of it and is read besides."""

SMOOTH = frozenset(
    {"Elu", "Erf", "Exp", "Gelu", "LogSoftmax", "Mish", "Selu", "Sigmoid"}
    | {"Softmax", "Softplus", "Softsign", "Tanh"}
)
"""Known operators that are not piecewise linear: no choice of weights would make them so."""

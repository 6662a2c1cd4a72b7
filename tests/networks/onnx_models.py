"""Small ONNX models for tests, and onnxruntime to run them."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from polytropic.arithmetic.numbers import exact
from polytropic.networks.formats import load_network
from polytropic.networks.network import Network

onnxruntime.set_default_logger_severity(4)


def node(operator: str, inputs: str, output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(operator, inputs.split(), output.split(), f"the_{output}", **attributes)


def model_of(
    nodes: list[onnx.NodeProto],
    constants: dict[str, Any] | None = None,
    *,
    shape: list[Any] | None = None,
    outputs: tuple[str, ...] = ("y",),
    opset: int = 13,
    kind: int = TensorProto.DOUBLE,
) -> onnx.ModelProto:
    tensors = [
        tensor
        if isinstance(tensor, onnx.TensorProto)
        else numpy_helper.from_array(np.asarray(tensor), name)
        for name, tensor in (constants or {}).items()
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", kind, [1, 2] if shape is None else shape)],
        [helper.make_tensor_value_info(name, kind, None) for name in outputs],
        tensors,
    )
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def load_model(model: onnx.ModelProto) -> Network:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.onnx"
        path.write_bytes(model.SerializeToString())
        return load_network(path)


def run(content: bytes, points: np.ndarray) -> np.ndarray:
    """Run a model on points, one at a time and flattened."""
    session = onnxruntime.InferenceSession(content)
    (data,) = session.get_inputs()
    shape = [size if isinstance(size, int) else 1 for size in data.shape]
    kind = np.float64 if "double" in data.type else np.float32
    batches = [point.astype(kind).reshape(shape) for point in points]
    results = [session.run(None, {data.name: batch}) for batch in batches]
    return np.array([np.concatenate([part.ravel() for part in result]) for result in results])


def check_exactly(model: onnx.ModelProto) -> Network:
    """Compare with onnxruntime on numbers so short that neither side rounds."""
    net = load_model(model)
    points = np.random.default_rng(0).integers(-8, 9, (20, net.n_inputs)) / 4
    expected = exact(run(model.SerializeToString(), points))
    assert net.evaluate_exact(points) == expected
    return net


def check_closely(model: onnx.ModelProto) -> Network:
    """Compare with onnxruntime on random numbers, to the accuracy of float32."""
    net = load_model(model)
    points = np.random.default_rng(0).normal(size=(10, net.n_inputs)).astype(np.float32)
    expected = run(model.SerializeToString(), points)
    np.testing.assert_allclose(net(points), expected, rtol=1e-5, atol=1e-5)
    return net

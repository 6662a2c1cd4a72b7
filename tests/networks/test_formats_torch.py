"""Networks of PyTorch: PyTorch is the judge where it is installed; pickles are written by hand."""

import collections
import contextlib
import inspect
import pickle
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polytropic.arithmetic.numbers import exact
from polytropic.errors import FormatError, InputError, UnsupportedOperatorError
from polytropic.networks.formats import from_torch, load_network, read_torch_state_dict
from polytropic.networks.formats.torch_files import read_tensors
from polytropic.networks.formats.torch_pickles import read_description

LIMIT = 1 << 26

MNIST = [
    *(("features.0", {"padding": 1}), "relu", ("maxpool", 2)),
    *(("features.3", {"padding": 1}), "relu", ("maxpool", 2)),
    *("flatten", "classifier.0", "relu", "dropout", "classifier.2"),
]
USPS = [
    *(("features.0", {"padding": 1}), "features.1", "relu", ("maxpool", 2)),
    *(("features.4", {"padding": 1}), "features.5", "relu", ("maxpool", 2)),
    *("flatten", "classifier.1", "relu", "classifier.4"),
]


# -- real files ------------------------------------------------------------------------------------
def test_convolutions_on_images(data_dir: Path) -> None:
    path = data_dir / "nets/formats/ccexam_mnist.pth"
    net = read_torch_state_dict(path, MNIST, input_shape=(1, 28, 28))
    with np.load(data_dir / "data/mnist_10k10k.npz") as images:
        x, labels = images["x_test"][:300].reshape(300, -1), images["y_test"][:300]
    right = net((x / 255 - 0.1307) / 0.3081).argmax(axis=1) == labels
    assert right.mean() >= 0.98


def test_weights_are_exactly_those_of_the_file(data_dir: Path) -> None:
    path = data_dir / "nets/formats/ccexam_mnist.pth"
    tensors = read_tensors(path, LIMIT)
    with zipfile.ZipFile(path) as archive:
        raw = np.frombuffer(archive.read("mnist/data/4"), "<f4").reshape(128, 3136)
    assert (tensors["classifier.0.weight"] == raw).all()
    net = read_torch_state_dict(path, MNIST, input_shape=(1, 28, 28))
    assert net.layers[-1].weight == exact(tensors["classifier.2.weight"])


@pytest.mark.slow
def test_normalised_convolutions(data_dir: Path) -> None:
    path = data_dir / "nets/formats/ccexam_usps.pth"
    net = read_torch_state_dict(path, USPS, input_shape=(1, 16, 16))
    state = read_tensors(path, LIMIT)
    image = np.random.default_rng(0).normal(size=(1, 16, 16))
    values = image
    for conv, normal in (("features.0", "features.1"), ("features.4", "features.5")):
        weight, bias = state[f"{conv}.weight"].astype(float), state[f"{conv}.bias"]
        padded = np.pad(values, [(0, 0), (1, 1), (1, 1)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        values = np.einsum("cijrs,ocrs->oij", windows, weight) + bias[:, None, None]
        scale, shift, mean, var = (
            state[f"{normal}.{part}"].astype(float)[:, None, None]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        values = np.maximum(scale * (values - mean) / np.sqrt(var + 1e-5) + shift, 0)
        half = values.shape[1] // 2
        values = values.reshape(-1, half, 2, half, 2).max(axis=(2, 4))
    first, last = ([state[f"classifier.{n}.{w}"] for w in ("weight", "bias")] for n in (1, 4))
    expected = last[0] @ np.maximum(first[0] @ values.ravel() + first[1], 0) + last[1]
    np.testing.assert_allclose(net(image.ravel()), expected, rtol=1e-5, atol=1e-5)


def test_a_file_without_architecture_must_be_linear(data_dir: Path) -> None:
    with pytest.raises(FormatError, match=r"not linear layers only.*give the architecture"):
        load_network(data_dir / "nets/formats/ccexam_mnist.pth")


# -- state dicts in memory -------------------------------------------------------------------------
CONV = np.arange(18.0).reshape(2, 1, 3, 3) - 8


def test_linear_stack_is_inferred_with_relus() -> None:
    state = {
        "a.weight": np.array([[1.0, -1.0], [2.0, 0.5]], dtype=np.float32),
        "a.bias": [0.5, -1.0],
        "b.weight": [[1, -1]],
    }
    net = read_torch_state_dict(state)
    assert [layer.is_linear for layer in net.layers] == [False, True]
    x = np.random.default_rng(0).normal(size=(20, 2))
    hidden = np.maximum(x @ np.array([[1.0, -1.0], [2.0, 0.5]]).T + [0.5, -1.0], 0)
    np.testing.assert_allclose(net(x), hidden @ [[1], [-1]])
    assert read_torch_state_dict({"weight": [[2.0]], "bias": [1.0]})([3.0]).tolist() == [7.0]


def test_every_operation_of_an_architecture() -> None:
    def run(steps: list[Any], x: Any, state: dict[str, Any] | None = None) -> list[float]:
        shape = np.shape(x)
        net = read_torch_state_dict(state or {}, steps, input_shape=shape)
        return net(np.ravel(x)).tolist()

    line = [-8.0, -0.5, 3.0, 7.0]
    assert run(["relu"], line) == [0, 0, 3, 7]
    assert run([("leaky_relu", 0.25)], line) == [-2, -0.125, 3, 7]
    assert run(["relu6"], line) == [0, 0, 3, 6]
    assert run(["hardtanh"], line) == [-1, -0.5, 1, 1]
    assert run([("hardtanh", -2, 4)], line) == [-2, -0.5, 3, 4]
    assert run(["abs"], line) == [8, 0.5, 3, 7]
    assert run(["identity", ("dropout", 0.5)], line) == line
    assert run([("reshape", (2, 2)), ("prelu")], line, {"prelu.weight": [0.5, 2.0]}) == [
        -4,
        -0.25,
        3,
        7,
    ]
    image = np.arange(16.0).reshape(1, 4, 4)
    assert run([("maxpool", 2)], image) == [5, 7, 13, 15]
    assert run([("maxpool", 3, {"stride": 1, "padding": 1})], image)[:2] == [5, 6]
    assert run([("avgpool", 2), "flatten"], image) == [2.5, 4.5, 10.5, 12.5]
    assert run([("avgpool", (4, 2))], image) == [6.5, 8.5]
    assert run(["global_avgpool"], image) == [7.5]
    convolved = run([("c", {"stride": 1})], image[:, :3, :3], {"c.weight": CONV, "c.bias": [1, 2]})
    assert convolved == [float((CONV[m, 0] * image[0, :3, :3]).sum()) + m + 1 for m in range(2)]
    normal = {"n.running_mean": [1.0], "n.running_var": [4.0], "n.num_batches_tracked": 3}
    assert run([("n", {"eps": 0.0})], image, normal)[-1] == 7.0


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "architecture is empty"),
        (["conv"], "step 1 of the architecture, 'conv': neither are there weights"),
        ([3], "must begin with a name|not iterable"),
        ([("c", {"speed": 1})], "step 1 .*speed"),
        (["c", "f"], "does not fit"),
        (["relu"], "leaves out 'c.weight', 'f.weight'"),
        ([("c", {"padding": "odd"}), "f"], "padding 'odd' is not read"),
        (["c", ("global_avgpool", 1, 2, 3), "f"], "global_avg"),
        (["c", "layernorm"], "no running statistics"),
    ],
)
def test_architectures_that_do_not_fit(steps: list[Any], message: str) -> None:
    state = {"c.weight": CONV, "f.weight": np.ones((3, 5))}
    if "layernorm" in steps:
        state |= {"layernorm.weight": np.ones(2), "layernorm.bias": np.ones(2)}
    with pytest.raises((InputError, UnsupportedOperatorError, TypeError), match=message):
        read_torch_state_dict(state, steps, input_shape=(1, 4, 4))


def test_the_shape_of_the_input_is_asked_for() -> None:
    with pytest.raises(InputError, match="input_shape= is needed"):
        read_torch_state_dict({"c.weight": CONV}, ["c"])
    with pytest.raises(FormatError, match="no weights"):
        read_torch_state_dict({})


# -- files written by hand -------------------------------------------------------------------------
def _instructions(name: str = "torch._utils _rebuild_tensor_v2", key: str = "0", size: int = 4,
                  shape: tuple[int, ...] = (2, 2), strides: tuple[int, ...] = (2, 1),
                  offset: int = 0, kind: str = "torch FloatStorage") -> bytes:  # fmt: skip
    """Write the description of a state dict of one tensor, ``fc.weight``."""

    def plain(value: Any) -> bytes:
        return pickle.dumps(value, protocol=2)[2:-1]

    def called(name: str) -> bytes:
        return b"c" + name.replace(" ", "\n").encode() + b"\n"

    def text(value: str) -> bytes:
        return b"X" + len(value).to_bytes(4, "little") + value.encode()

    storage = b"(" + text("storage") + called(kind) + text(key) + text("cpu") + plain(size) + b"tQ"
    view = plain(offset) + plain(shape) + plain(strides)
    tensor = called(name) + b"(" + storage + view + b"\x89}tR"
    return b"\x80\x02}" + text("fc.weight") + tensor + b"s."


def _archive(path: Path, description: bytes, storages: dict[str, bytes] | None = None,
             compression: int = zipfile.ZIP_STORED) -> Path:  # fmt: skip
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("net/data.pkl", description)
        for key, content in (storages or {}).items():
            archive.writestr(f"net/data/{key}", content)
    return path


FOUR = np.array([1.0, 2.0, 3.0, 4.0], dtype="<f4").tobytes()


def test_archive_by_hand(tmp_path: Path) -> None:
    path = _archive(tmp_path / "net.pth", _instructions(), {"0": FOUR})
    assert load_network(path)([1.0, 1.0]).tolist() == [3.0, 7.0]
    turned = _instructions(strides=(1, 2))
    path = _archive(tmp_path / "net.pt", turned, {"0": FOUR})
    assert load_network(path)([1.0, 1.0]).tolist() == [4.0, 6.0]


@pytest.mark.parametrize(
    ("kind", "dtype", "values"),
    [
        ("DoubleStorage", "<f8", [0.1, -2.0, 1e-300, 4.0]),
        ("HalfStorage", "<f2", [0.5, -2.0, 6e-8, 4.0]),
        ("LongStorage", "<i8", [1, -2, 2**62 + 1, 4]),
        ("CharStorage", "i1", [1, -2, 3, 4]),
    ],
)
def test_kinds_of_numbers(tmp_path: Path, kind: str, dtype: str, values: list[Any]) -> None:
    numbers = np.array(values, dtype=dtype)
    described = _instructions(kind=f"torch {kind}")
    path = _archive(tmp_path / "net.pth", described, {"0": numbers.tobytes()})
    assert load_network(path).layers[0].weight == exact(numbers.reshape(2, 2))


def test_bfloat16(tmp_path: Path) -> None:
    floats = np.array([1.5, -2.0, 2.0**100, 0.0078125], dtype="<f4")
    upper = (floats.view("<u4") >> 16).astype("<u2")
    described = _instructions(kind="torch BFloat16Storage")
    path = _archive(tmp_path / "net.pth", described, {"0": upper.tobytes()})
    assert load_network(path).layers[0].weight == exact(floats.reshape(2, 2))


class _Trap:
    """Writes a file when a pickle of it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_is_executed(tmp_path: Path, protocol: int) -> None:
    trap = tmp_path / "sprung"
    state = collections.OrderedDict([("fc.weight", _Trap(trap))])
    description = pickle.dumps(state, protocol=protocol)
    path = _archive(tmp_path / "net.pth", description)
    with pytest.raises(UnsupportedOperatorError, match=r"wants to use|instruction"):
        load_network(path)
    assert not trap.exists()
    pickle.loads(description)
    assert trap.exists()


@pytest.mark.parametrize(
    "name",
    ["os system", "builtins eval", "builtins getattr", "torch.nn Linear", "torch load",
     "collections Counter", "torch._utils _rebuild_qtensor", "numpy.core.multiarray scalar"],
)  # fmt: skip
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    path = _archive(tmp_path / "net.pth", _instructions(name), {"0": FOUR})
    with pytest.raises(UnsupportedOperatorError, match=name.replace(" ", r"\.")):
        load_network(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": (2, 3), "strides": (3, 1)}, "does not fit its storage"),
        ({"offset": 1}, "does not fit its storage"),
        ({"strides": (2, 2)}, "does not fit its storage"),
        ({"strides": (-2, 1)}, "is damaged"),
        ({"offset": -1}, "is damaged"),
        ({"strides": (1,)}, "is damaged"),
        ({"shape": (2**40, 2**40), "strides": (0, 0)}, "more than the limit"),
        ({"size": 5}, "should hold 5 numbers"),
        ({"size": 10**12}, "should hold"),
        ({"key": "1"}, "data/1 is missing"),
        ({"key": "../data.pkl"}, "is missing"),
        ({"kind": "torch QInt8Storage"}, "QInt8Storage"),
        ({"kind": "collections OrderedDict"}, "storage of collections"),
        ({"name": "torch Size"}, "calls torch.Size|damaged|is no tensor"),
    ],
)
def test_tensors_that_do_not_fit(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    path = _archive(tmp_path / "net.pth", _instructions(**options), {"0": FOUR})
    with pytest.raises(FormatError, match=message) as caught:
        load_network(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "description",
    [
        b"",
        b".",
        b"\x80\x02",
        b"\x80\x02}",
        b"\x80\x02N.",
        b"\x80\x02}.",
        b"\x80\x02t.",
        b"\x80\x02R.",
        b"\x80\x02\x85\x85.",
        b"\x80\x02K\x01K\x02R.",
        b"\x80\x02h\x00.",
        b"\x80\x02r\xff\xff\xff\xff.",
        b"\x80\x02]K\x01a.",
        b"\x80\x02}K\x01a.",
        b"\x80\x02]K\x01K\x02s.",
        b"\x80\x02}(K\x01u.",
        b"\x80\x02K\x01Q.",
        b"\x80\x02K\x01b.",
        b"\x80\x02X\xff\xff\xff\xffa.",
        b"\x80\x02\x8b\xff\xff\xff\x7f.",
        b"\x80\x02}" + b"\x85" * 100_000 + b"K\x01s.",
        b"\x80\x02})" + b"\x85" * 100_000 + b"K\x01s.",
        b"\x80\x02]q\x00h\x00a.",
        b"cos\nsystem\n.",
        b"P0\n.",
        b"\x80\x02\x82\x01.",
    ],
)
def test_damaged_descriptions(tmp_path: Path, description: bytes) -> None:
    path = _archive(tmp_path / "net.pth", description)
    with pytest.raises(FormatError):
        load_network(path)


def test_memory_is_not_taken_for_places_of_the_memory() -> None:
    # Python's own unpickler would make room for four thousand million places.
    assert read_description(b"\x80\x02K\x07r\xf0\xff\xff\xff.") == 7


def test_damaged_archives(tmp_path: Path) -> None:
    good = _archive(tmp_path / "good.pth", _instructions(), {"0": FOUR}).read_bytes()
    path = tmp_path / "net.pth"
    for length in range(len(good)):
        path.write_bytes(good[:length])
        with pytest.raises(FormatError):
            load_network(path)
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(good)
        damaged[rng.integers(len(good))] = rng.integers(256)
        path.write_bytes(damaged)
        with contextlib.suppress(FormatError, InputError):
            load_network(path)
    path = _archive(path, _instructions(), {"0": FOUR}, zipfile.ZIP_DEFLATED)
    with pytest.raises(FormatError, match="compressed"):
        load_network(path)
    with pytest.raises(FormatError, match="more than the limit"):
        load_network(path, max_bytes=100)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/data.pkl", b"")
        archive.writestr("net/code/__torch__.py", b"")
    with pytest.raises(UnsupportedOperatorError, match="TorchScript"):
        load_network(path)


# -- PyTorch itself --------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def torch() -> Any:
    found = pytest.importorskip("torch")
    found.manual_seed(0)
    return found


def _shaken(torch: Any, module: Any) -> Any:
    """Give statistics to normalisations, and use the evaluation mode."""
    for part in module.modules():
        if getattr(part, "running_mean", None) is not None:
            part.running_mean.normal_()
            part.running_var.uniform_(0.5, 2.0)
            if part.weight is not None:
                torch.nn.init.normal_(part.weight)
                torch.nn.init.normal_(part.bias)
        if type(part).__name__ == "PReLU":
            torch.nn.init.normal_(part.weight)
    return module.eval()


def _agree(torch: Any, module: Any, shape: tuple[int, ...]) -> Any:
    net = from_torch(_shaken(torch, module), shape)
    x = np.random.default_rng(1).normal(size=(7, *shape))
    with torch.no_grad():
        single = [module(torch.tensor(sample[None]).float()).numpy().ravel() for sample in x]
    np.testing.assert_allclose(net(x.reshape(7, -1)), np.array(single), rtol=1e-4, atol=1e-5)
    return net


MODULES: dict[str, tuple[tuple[int, ...], Callable[[Any], list[Any]]]] = {
    "dense": ((4,), lambda n: [n.Linear(4, 6), n.ReLU(), n.Linear(6, 3, bias=False)]),
    "last axis": ((2, 4), lambda n: [n.Linear(4, 3), n.ReLU(), n.Flatten(), n.Linear(6, 2)]),
    "activations": (
        (5,),
        lambda n: [
            *(n.Linear(5, 8), n.LeakyReLU(0.2), n.Linear(8, 8), n.PReLU(8), n.Linear(8, 8)),
            *(n.PReLU(), n.Linear(8, 8), n.Hardtanh(-0.5, 0.25), n.Linear(8, 8), n.ReLU6()),
            *(n.Threshold(0.1, 0.1), n.Identity(), n.Dropout(0.3), n.Linear(8, 8)),
        ],
    ),
    "convolutions": (
        (2, 9, 8),
        lambda n: [
            n.Conv2d(2, 4, (3, 2), stride=(2, 1), padding=(1, 0)),
            n.BatchNorm2d(4, eps=1e-3),
            n.ReLU(),
            n.Conv2d(4, 6, 3, groups=2, dilation=2, padding="same", bias=False),
            n.MaxPool2d(3, stride=2, padding=1),
            n.AvgPool2d(2, stride=1, padding=1),
            n.Conv2d(6, 2, 2, padding="same"),
        ],
    ),
    "ceil mode": (
        (2, 8, 7),
        lambda n: [
            n.MaxPool2d(3, 2, ceil_mode=True, dilation=(1, 2)),
            n.AvgPool2d(2, 2, padding=1, ceil_mode=True, count_include_pad=False),
        ],
    ),
    "ceil mode, counted": ((2, 8, 7), lambda n: [n.AvgPool2d(3, 2, 1, ceil_mode=True)]),
    "one axis": (
        (2, 11),
        lambda n: [
            *(n.Conv1d(2, 3, 4, stride=2, padding=1), n.BatchNorm1d(3, affine=False), n.ReLU()),
            *(n.MaxPool1d(2), n.AvgPool1d(2), n.AdaptiveAvgPool1d(1)),
        ],
    ),
    "three axes": (
        (1, 4, 5, 4),
        lambda n: [n.Conv3d(1, 2, 2), n.ReLU(), n.MaxPool3d((1, 2, 2)), n.Flatten(2, -1)],
    ),
    "adaptive": ((3, 4, 6), lambda n: [n.AdaptiveAvgPool2d((2, None)), n.AdaptiveAvgPool2d(1)]),
    "padding": (
        (2, 3, 4),
        lambda n: [n.ZeroPad2d((1, 0, 2, 3)), n.ConstantPad2d((0, 2, 1, -1), 0.5)],
    ),
    "shapes": (
        (4,),
        lambda n: [
            n.Linear(4, 12),
            n.Unflatten(1, (3, -1)),
            n.BatchNorm1d(3),
            n.Sequential(n.ReLU(), n.Sequential(n.Flatten(), n.Dropout(0.0))),
        ],
    ),
}


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_sequences_agree_with_pytorch(torch: Any, name: str) -> None:
    shape, layers = MODULES[name]
    _agree(torch, torch.nn.Sequential(*layers(torch.nn)), shape)


def test_state_dict_in_memory(torch: Any) -> None:
    nn = torch.nn
    module = _shaken(
        torch, nn.Sequential(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2), nn.PReLU(2), nn.Flatten(),
                             nn.Linear(8, 3))
    )  # fmt: skip
    steps = ["0", "1", "2", "flatten", "4"]
    net = read_torch_state_dict(module.state_dict(), steps, input_shape=(1, 3, 3))
    assert net == from_torch(module, (1, 3, 3))


def test_weights_of_modules_are_exact(torch: Any) -> None:
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        module = torch.nn.Linear(3, 2).to(dtype)
        net = from_torch(module)
        expected = exact(module.weight.detach().double().numpy())
        assert net.layers[0].weight == expected
        assert net.n_inputs == 3


def _forwards(torch: Any) -> dict[str, tuple[tuple[int, ...], Any]]:
    f = torch.nn.functional
    nn = torch.nn

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(2, 3, 3, padding=1)
            self.normal = nn.BatchNorm2d(3)
            self.activation = nn.ReLU(inplace=True)
            self.second = nn.Conv2d(3, 2, 1)
            self.end = nn.Linear(2 * 4 * 5, 3)

        def forward(self, x: Any) -> Any:
            y = self.activation(self.normal(self.first(x)))
            y = self.second(y)
            y += x
            y = f.relu(y, inplace=True)
            return self.end(y.view(y.size(0), -1))

    class Lenet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)
            self.body = nn.Sequential(nn.Linear(8, 4), nn.ReLU())
            self.inner = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 2)])

        def forward(self, x: Any) -> Any:
            x = f.max_pool2d(torch.relu(self.conv(x)), 2)
            x = self.body(torch.flatten(x, 1))
            for layer in self.inner:
                x = layer(f.dropout(x, 0.5, self.training))
            return x

    class Pieces(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.tensor([0.25, -0.5, 0.0]).view(1, 3, 1, 1))
            self.scale = nn.Parameter(torch.tensor(2.0))
            self.slopes = nn.Parameter(torch.tensor([0.5, -0.25, 2.0]))

        def forward(self, x: Any) -> Any:
            x = (x - self.mean) / 0.3
            a = torch.abs(x) * self.scale
            b = torch.clamp(x, -1, 1).permute(0, 1, 3, 2).transpose(2, 3)
            c = torch.maximum(a, 1 - b) - torch.minimum(x, b)
            d = f.leaky_relu(c, 0.1) + f.relu6(c) - f.hardtanh(c) + f.prelu(c, self.slopes)
            e = torch.cat([d, -x], dim=1)[:, 1:5]
            p, q = e.chunk(2, dim=1)
            s = torch.stack([p, q], 1).sum(1)
            t = f.avg_pool2d(s, 2).mean((2, 3), keepdim=True).squeeze(3).unsqueeze(-1)
            u = f.adaptive_avg_pool2d(f.avg_pool2d(s, 3, 1, 1), 1)
            v = t.reshape(t.shape[0], -1) + u.flatten(1)
            return v.clamp(min=-0.5).relu() + (0.5 + x.clip(max=0.2)).mean(dim=(1, 2, 3)).view(
                -1, 1
            )

    class Linear(nn.Linear):
        def forward(self, x: Any) -> Any:
            return super().forward(x).abs()

    return {
        "residual": ((2, 4, 5), Residual()),
        "lenet": ((1, 6, 6), Lenet()),
        "pieces": ((3, 4, 4), Pieces()),
        "subclass": ((3,), Linear(3, 2)),
        "inside": ((3,), nn.Sequential(nn.Linear(3, 3), Linear(3, 2), nn.ReLU())),
    }


@pytest.mark.parametrize("name", ["residual", "lenet", "pieces", "subclass", "inside"])
def test_forwards_agree_with_pytorch(torch: Any, name: str) -> None:
    shape, module = _forwards(torch)[name]
    _agree(torch, module, shape)


def _traced(torch: Any, forward: Callable[[Any, Any], Any]) -> Any:
    class Custom(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = torch.nn.Linear(3, 3)
            self.activation = torch.nn.ReLU(inplace=True)
            self.lstm = torch.nn.LSTM(3, 3)

    Custom.forward = forward
    return Custom().eval()


def test_refused_by_name(torch: Any) -> None:
    nn = torch.nn
    f = nn.functional
    cases: list[tuple[Any, str]] = [
        (nn.Sequential(nn.Linear(3, 3), nn.Tanh()), r"1 \(Tanh\): this module is not read"),
        (nn.Sequential(nn.Sequential(nn.Softmax(1))), r"0\.0 \(Softmax\)"),
        (nn.Threshold(1, 2), "jumps"),
        (nn.BatchNorm1d(3, track_running_stats=False), "keeps no statistics"),
        (nn.Sequential(nn.Unflatten(1, (1, 3)), nn.AdaptiveAvgPool1d(2)), "unequal sizes"),
        (nn.Sequential(nn.Unflatten(1, (1, 3)), nn.Conv1d(1, 1, 2, padding_mode="reflect",
                                                          padding=1)), "padding_mode 'reflect'"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(3, 3)), "ParametrizedLinear"),
        (_traced(torch, lambda self, x: torch.sin(x)), "function sin is not read"),
        (_traced(torch, lambda self, x: x.sigmoid()), "method sigmoid"),
        (_traced(torch, lambda self, x: x * x), "product of two tensors"),
        (_traced(torch, lambda self, x: 1 / x), "quotient by a tensor"),
        (_traced(torch, lambda self, x: x if x.sum() > 0 else -x), "cannot be recorded"),
        (_traced(torch, lambda self, x: self.lstm(x)), "LSTM"),
        (_traced(torch, lambda self, x: (x, x)), "one tensor is read"),
        (_traced(torch, lambda self, x: torch.max(x, 1)), "along an axis is not read"),
        (_traced(torch, lambda self, x: torch.add(x, x, alpha=2)), "alpha"),
        (_traced(torch, lambda self, x: f.softmax(x, 1)), "function softmax"),
    ]  # fmt: skip
    for module, message in cases:
        with pytest.raises(UnsupportedOperatorError, match=message):
            from_torch(module.eval(), 3)


def test_numbers_overwritten_before_they_are_taken_again(torch: Any) -> None:
    f = torch.nn.functional
    forwards: list[Callable[[Any, Any], Any]] = [
        lambda self, x: self.activation(x) + x,
        lambda self, x: f.relu(x, inplace=True) + x,
        lambda self, x: f.relu(x, True) + x,
        lambda self, x: x.relu_() + x,
        lambda self, x: torch.relu_(x.view(1, 3)) + x,
        lambda self, x: [y := self.fc(x), y.view(1, 3, 1).relu_(), y][-1],
    ]
    for forward in forwards:
        with pytest.raises(UnsupportedOperatorError, match="overwrites numbers"):
            from_torch(_traced(torch, forward), 3)
    _agree(torch, _traced(torch, lambda self, x: self.activation(self.fc(x)) + x), (3,))


def test_modules_in_training_mode_and_with_hooks(torch: Any) -> None:
    nn = torch.nn
    for part in (nn.BatchNorm1d(3), nn.Dropout(0.5)):
        with pytest.raises(InputError, match=r"training mode.*module\.eval\(\)"):
            from_torch(nn.Sequential(nn.Linear(3, 3), part))
    assert from_torch(nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.0))).n_outputs == 3
    module = nn.Sequential(nn.Linear(3, 3))
    module[0].register_forward_hook(lambda *_: None)
    with pytest.raises(UnsupportedOperatorError, match="has hooks"):
        from_torch(module)
    with pytest.raises(InputError, match="expected a torch"):
        from_torch(3)
    with pytest.raises(InputError, match="input_shape= is needed"):
        from_torch(nn.Sequential(nn.Conv1d(1, 1, 1)))
    with pytest.raises(InputError, match="is the input_shape the right one"):
        from_torch(nn.Conv1d(1, 1, 1), 3)


def test_the_example_of_the_docstring(torch: Any) -> None:
    text = inspect.cleandoc(from_torch.__doc__ or "")
    block = text.split("With PyTorch installed::\n")[1].split("\nA state dict")[0]
    exec(textwrap.dedent(block), {"from_torch": from_torch})


@pytest.mark.parametrize("new", [True, False])
def test_saved_state_dicts(torch: Any, tmp_path: Path, new: bool) -> None:
    nn = torch.nn
    module = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))
    path = tmp_path / "net.pth"
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        module = module.to(dtype)
        for state in (
            module.state_dict(),
            dict(module.named_parameters()),
            {"epoch": 3, "state_dict": module.state_dict(), "rates": [0.1, (None, True)]},
        ):
            torch.save(state, path, _use_new_zipfile_serialization=new)
            assert load_network(path) == from_torch(module)
    views = torch.arange(24.0).reshape(4, 6)
    torch.save({"weight": views[1:3, ::2].T}, path, _use_new_zipfile_serialization=new)
    assert load_network(path).layers[0].weight == exact(views[1:3, ::2].T.numpy())
    torch.save(module, path, _use_new_zipfile_serialization=new)
    with pytest.raises(UnsupportedOperatorError, match="save the state dict alone"):
        load_network(path)


@pytest.mark.parametrize("new", [True, False])
def test_damaged_saved_files(torch: Any, tmp_path: Path, new: bool) -> None:
    path = tmp_path / "net.pth"
    torch.save(torch.nn.Linear(2, 2).state_dict(), path, _use_new_zipfile_serialization=new)
    good = path.read_bytes()
    for length in range(0, len(good) - 1, 7):
        path.write_bytes(good[:length])
        with pytest.raises(FormatError):
            load_network(path)
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(good)
        for place in rng.integers(len(good), size=3):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        with contextlib.suppress(FormatError, InputError):
            load_network(path)


@pytest.mark.slow
def test_state_dict_agrees_with_its_module(torch: Any, data_dir: Path) -> None:
    nn = torch.nn
    features = [
        *(nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)),
    ]
    classifier = [nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(), nn.Identity(), nn.Linear(128, 10)]
    parts = {"features": nn.Sequential(*features), "classifier": nn.Sequential(*classifier)}
    module = nn.Sequential(collections.OrderedDict(parts)).eval()
    path = data_dir / "nets/formats/ccexam_usps.pth"
    module.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    net = read_torch_state_dict(path, USPS, input_shape=(1, 16, 16))
    assert net == from_torch(module, (1, 16, 16))
    x = np.random.default_rng(0).normal(size=(3, 1, 16, 16))
    with torch.no_grad():
        expected = module(torch.tensor(x).float()).numpy()
    np.testing.assert_allclose(net(x.reshape(3, -1)), expected, rtol=1e-4, atol=1e-4)

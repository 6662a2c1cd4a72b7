"""Reading .nnet files: against the same networks in ONNX and against an evaluator of our own."""

import pickle
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from polytropic.errors import FormatError, InputError
from polytropic.networks.formats import NnetFile, load_network, read_nnet
from polytropic.networks.network import Network

SMALL = """\
// A network of two inputs,
// written by hand.
2,2,1,3,
2,3,1,
0,
0.0,-1.0,
8.0,1.0,
4.0,0.5,7.0,
16.0,2.0,10.0,
1.0,2.0,
-1.0,0.5,
0.25,1e-1,
0.0,
-2.0,
3.0,
1.0,-1.0,2.0,
0.5,
"""
LINES = SMALL.splitlines()
NET = Network.from_layers([([[1, 2], [-1, 0.5], [0.25, 0.1]], [0, -2, 3]), ([[1, -1, 2]], [0.5])])


def read_text(folder: Path, text: str) -> NnetFile:
    path = folder / "net.nnet"
    path.write_bytes(text.encode())
    return read_nnet(path)


def with_line(number: int, text: str) -> str:
    """SMALL with one line replaced; lines count from 1."""
    return "\n".join([*LINES[: number - 1], text, *LINES[number:]])


# -- a file written by hand ------------------------------------------------------------------------
def test_every_field_is_read(tmp_path: Path) -> None:
    file = read_text(tmp_path, SMALL)
    assert file.network == NET == load_network(tmp_path / "net.nnet")
    assert file.input_lower.tolist() == [0, -1]
    assert file.input_upper.tolist() == [8, 1]
    assert file.means.tolist() == [4, 0.5, 7]
    assert file.ranges.tolist() == [16, 2, 10]
    lower, upper = file.normalized_box()
    assert lower.tolist() == [-0.25, -0.75]
    assert upper.tolist() == [0.25, 0.25]
    assert repr(file) == "NnetFile(Network(2-3-1))"


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("\n", "\r\n"),
        SMALL.replace(",\n", "\n"),
        SMALL.replace(",", " , "),
        SMALL.replace("\n", "\n\n// again\n   \n"),
        "\ufeff" + SMALL,
        SMALL.replace("written", "\u2028 geschrieben für"),
        with_line(6, "0.0,-1.0,5.0,6.0,"),
        SMALL.rstrip("\n"),
    ],
)
def test_layout_does_not_matter(tmp_path: Path, text: str) -> None:
    assert read_text(tmp_path, text) == read_text(tmp_path, SMALL)


def test_fixed_inputs_between_the_inputs_and_the_output_are_skipped(tmp_path: Path) -> None:
    file = read_text(tmp_path, with_line(8, "4.0,0.5,111,222,7.0,"))
    assert file.means.tolist() == [4, 0.5, 7]


def test_a_file_is_a_value(tmp_path: Path) -> None:
    file, other = read_text(tmp_path, SMALL), read_text(tmp_path, with_line(7, "8,2"))
    again = pickle.loads(pickle.dumps(file))
    assert again == file
    assert hash(again) == hash(file)
    assert file != other
    assert file != 3
    for part in (file, again):
        with pytest.raises(ValueError, match="read-only"):
            part.means[0] = 1


def test_no_normalised_box_without_positive_ranges(tmp_path: Path) -> None:
    file = read_text(tmp_path, with_line(9, "16,0,10"))
    with pytest.raises(InputError, match=r"input 2 has range 0\.0"):
        file.normalized_box()


# -- bad files -------------------------------------------------------------------------------------
@pytest.mark.parametrize("kept", range(len(LINES)))
def test_truncated_at_any_line_is_refused_naming_the_last(tmp_path: Path, kept: int) -> None:
    last = kept if kept > 2 else 0
    with pytest.raises(FormatError, match=rf"net\.nnet: the file ends at line {last}\b"):
        read_text(tmp_path, "\n".join(LINES[:kept]))


@pytest.mark.parametrize(
    ("number", "line", "message"),
    [
        (3, "2,2", "line 3: expected the numbers"),
        (3, "2.5,2,1,3", "line 3: '2.5' is not a whole number"),
        (3, "3,2,1,3", "line 4: 3 widths, but line 3 declares 3 layers"),
        (3, "-1,2,1,3", "line 4: 3 widths, but line 3 declares -1 layers"),
        (3, "2,3,1,3", "line 4: .* declares 3 inputs and 1 outputs"),
        (3, "2,2,2,3", "line 4: .* declares 2 inputs and 2 outputs"),
        (4, "2,0,1", "line 4: a layer of width 0"),
        (4, "2,-3,1", "line 4: a layer of width -3"),
        (4, "2,2,1", "line 16: the weights and biases that the header declares end"),
        (4, "2,4,1", "ends at line 17: .* declares 10 lines .*, 8 are there"),
        (4, "2,99999999999999999999,1", "ends at line 17: its header declares"),
        (6, "0.0", "line 6: expected at least 2 numbers, found 1"),
        (8, "4.0,0.5", "line 8: expected at least 3 numbers, found 2"),
        (9, "16.0,inf,10.0", "line 9: number 2 is inf"),
        (10, "1.0", "line 10: expected 2 numbers, found 1"),
        (10, "1.0,2.0,3.0", "line 10: expected 2 numbers, found 3"),
        (11, "1.0,nan", "line 11: number 2 is nan"),
        (11, "1.0,1e999", "line 11: number 2 is inf"),
        (12, "1.0,,2.0", "line 12: '' is not a number"),
        (12, "1.0 2.0", "line 12: '1.0 2.0' is not a number"),
        (12, "1.0,one", "line 12: 'one' is not a number"),
        (12, "1.0,1_0", "line 12: '1_0' is not a number"),
        (12, "1.0,٣", "line 12: '٣' is not a number"),
        (13, "0.0,1.0", "line 13: expected 1 numbers, found 2"),
        (13, ",", "line 13: '' is not a number"),
        (17, "0.5\n0.5", "line 18: the weights and biases that the header declares end"),
    ],
)
def test_malformed_lines_are_named(tmp_path: Path, number: int, line: str, message: str) -> None:
    with pytest.raises(FormatError, match=rf"net\.nnet: .*{message}"):
        read_text(tmp_path, with_line(number, line))


# -- real files ------------------------------------------------------------------------------------
HCAS = [f"HCAS_rect_v6_pra{p}_tau{t}_25HU_3000.nnet" for p in (0, 2, 4) for t in ("00", "30")]
VCAS = [f"VertCAS_pra{p}_v4_45HU_200.nnet" for p in ("01", "05", "09")]
PRUNED = [f"ACASXU_run2a_{n}_batch_2000_pruned{p}" for n in ("1_1", "2_1") for p in (5, 10, 30)]


def evaluate(path: Path, x: np.ndarray) -> np.ndarray:
    """Evaluate a .nnet file number by number, with the layout as one flat stream."""
    text = "\n".join(line for line in path.read_text().split("\n") if line[:2] != "//")
    stream = iter([float(token) for token in text.replace("\n", ",").split(",") if token.strip()])

    def take(count: int) -> np.ndarray:
        return np.array([next(stream) for _ in range(count)])

    n_layers, n_inputs, n_outputs, _ = map(int, take(4))
    widths = [int(width) for width in take(n_layers + 1)]
    take(1 + 2 * n_inputs + 2 * (n_inputs + 1))
    for before, after in pairwise(widths):
        if before != n_inputs:
            x = np.where(x > 0, x, 0.0)
        weight = take(before * after).reshape(after, before)
        x = np.einsum("ij,nj->ni", weight, x) + take(after)
    assert x.shape[1] == n_outputs
    assert next(stream, None) is None
    return x


@pytest.mark.parametrize("name", [f"hcas/{n}" for n in HCAS] + [f"vcas/{n}" for n in VCAS])
def test_agrees_with_an_independent_evaluator(data_dir: Path, name: str) -> None:
    path = data_dir / "nets" / name
    file = read_nnet(path)
    lower, upper = file.normalized_box()
    assert np.all(lower < upper)
    x = np.random.default_rng(0).uniform(lower, upper, (200, len(lower)))
    np.testing.assert_allclose(file.network(x), evaluate(path, x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("pair", ["1_1", "1_7", "2_1", "3_3", "5_9"])
def test_acas_xu_agrees_with_its_onnx(data_dir: Path, pair: str) -> None:
    nets = data_dir / "nets" / "acasxu"
    file = read_nnet(nets / "nnet" / f"ACASXU_run2a_{pair}_batch_2000.nnet")
    other = load_network(nets / "onnx" / f"N_{pair}.onnx")
    assert file.network.hidden_widths == other.hidden_widths == (50,) * 6
    # The box as the properties of VNN-COMP (prop_7.vnnlib) state it, in normalised units.
    lower, upper = file.normalized_box()
    np.testing.assert_allclose(lower, [-0.328422877, -0.5, -0.5, -0.5, -0.5], atol=1e-7)
    np.testing.assert_allclose(upper, [0.679857769, 0.5, 0.5, 0.5, 0.5], atol=1e-7)
    x = np.random.default_rng(0).uniform(lower, upper, (500, 5))
    np.testing.assert_allclose(file.network(x), other(x), atol=1e-5)


@pytest.mark.parametrize("name", PRUNED)
def test_pruned_acas_xu_agrees_with_its_onnx(data_dir: Path, name: str) -> None:
    folder = data_dir / "nets" / "acasxu_pruned"
    file = read_nnet(folder / f"{name}.nnet")
    assert file.means[-1] == 7.5188840201005975
    x = np.random.default_rng(0).uniform(-0.5, 0.5, (500, 5))
    np.testing.assert_allclose(file.network(x), load_network(folder / f"{name}.onnx")(x), atol=1e-5)


@pytest.mark.parametrize("name", ["10x10", "10x20", "20x20"])
def test_mnist_networks_classify_as_published(data_dir: Path, name: str) -> None:
    net = load_network(data_dir / "nets" / "mnist" / f"marabou_mnist{name}.nnet")
    with np.load(data_dir / "data" / "mnist_10k10k.npz") as images:
        x, labels = images["x_test"].reshape(-1, 784) / 255, images["y_test"]
    accuracy = {"10x10": 0.9368, "10x20": 0.9574, "20x20": 0.9609}[name]
    assert np.mean(net(x).argmax(axis=1) == labels) == pytest.approx(accuracy, abs=6e-5)

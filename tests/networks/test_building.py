"""Networks made by `Builder` against NumPy on whole numbers, and what they cost in layers."""

import itertools
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import InputError
from polytropic.networks.building import Builder, Value
from polytropic.networks.building.wires import MAX_VALUES
from polytropic.networks.network import Network


# -- plain references on arrays of fractions -------------------------------------------------------
def windows_of(grid, size, strides, pads, dilations, ceil_mode=False):
    """Every window as a list of places, or None in the padding; loops, as in the textbooks."""
    rank = len(grid)
    counts = []
    for a in range(rank):
        room = grid[a] + pads[a] + pads[rank + a] - dilations[a] * (size[a] - 1) - 1
        steps = Fraction(room, strides[a])
        count = (math.ceil(steps) if ceil_mode else math.floor(steps)) + 1
        if ceil_mode and (count - 1) * strides[a] >= grid[a] + pads[a]:
            count -= 1
        counts.append(count)
    for at in itertools.product(*map(range, counts)):
        taps = []
        for tap in itertools.product(*map(range, size)):
            place = [at[a] * strides[a] - pads[a] + tap[a] * dilations[a] for a in range(rank)]
            inside = all(0 <= p < n for p, n in zip(place, grid, strict=True))
            taps.append((tap, tuple(place) if inside else None))
        yield at, taps


def conv_of(x, kernel, bias, strides, pads, dilations, groups):
    found = list(windows_of(x.shape[1:], kernel.shape[2:], strides, pads, dilations))
    shape = tuple(max(at[a] for at, _ in found) + 1 for a in range(x.ndim - 1))
    result = np.full((kernel.shape[0], *shape), Fraction(0), dtype=object)
    per_group = kernel.shape[1]
    for m in range(kernel.shape[0]):
        group = m // (kernel.shape[0] // groups)
        for at, taps in found:
            result[(m, *at)] = Fraction(bias[m]) + sum(
                int(kernel[(m, c, *tap)]) * x[(group * per_group + c, *place)]
                for c in range(per_group)
                for tap, place in taps
                if place is not None
            )
    return result


def pool_of(x, size, strides, pads, dilations, ceil_mode, reduce):
    found = list(windows_of(x.shape[1:], size, strides, pads, dilations, ceil_mode))
    shape = tuple(max(at[a] for at, _ in found) + 1 for a in range(x.ndim - 1))
    result = np.full((x.shape[0], *shape), Fraction(0), dtype=object)
    for c, (at, taps) in itertools.product(range(x.shape[0]), found):
        result[(c, *at)] = reduce([x[(c, *place)] for _, place in taps if place is not None])
    return result


def fractions(array):
    flat = np.empty(array.size, dtype=object)
    flat[:] = [Fraction(v) for v in array.ravel().tolist()]
    return flat.reshape(array.shape)


def values_at(net, x):
    """Exact outputs at one point of any shape."""
    return net.evaluate_exact(x.reshape(1, -1)).to_fractions()[0]


def agree(built, x, expected):
    """Whether the network up to a value gives what is expected, at one point."""
    net = built.builder.network(built)
    assert built.shape == expected.shape
    assert values_at(net, x).tolist() == expected.ravel().tolist()
    np.testing.assert_allclose(
        net(x.ravel().astype(float)), expected.ravel().astype(float), atol=1e-9
    )
    return net


RNG = np.random.default_rng(0)


def image(*shape):
    return fractions(RNG.integers(-5, 6, shape))


# -- windows ---------------------------------------------------------------------------------------
GEOMETRIES = [
    ((2, 5), (3,), (2,), (1, 0), (1,), 1),
    ((4, 5), (2,), (1,), (0, 2), (3,), 2),
    ((2, 4, 5), (2, 3), (1, 2), (1, 0, 2, 1), (1, 1), 1),
    ((4, 5, 5), (2, 2), (1, 1), (0, 0, 0, 0), (2, 3), 4),
    ((1, 4), (2,), (4,), (0, 1), (1,), 1),
    ((1, 3, 3, 3), (2, 1, 2), (1, 1, 1), (0, 1, 0, 0, 1, 1), (1, 1, 1), 1),
]


@pytest.mark.parametrize(("shape", "size", "strides", "pads", "dilations", "groups"), GEOMETRIES)
def test_convolution(shape, size, strides, pads, dilations, groups):
    kernel = RNG.integers(-2, 3, (4, shape[0] // groups, *size))
    bias = RNG.integers(-2, 3, 4)
    b = Builder(shape)
    built = b.conv(b.input, kernel, bias, strides, pads, dilations, groups)
    x = image(*shape)
    net = agree(built, x, conv_of(x, kernel, bias, strides, pads, dilations, groups))
    assert len(net.layers) == 1
    assert net.n_units == 0


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(("shape", "size", "strides", "pads", "dilations", "_groups"), GEOMETRIES)
def test_max_pooling(shape, size, strides, pads, dilations, _groups, ceil_mode):
    pads = tuple(min(p, d * (s - 1)) for p, s, d in zip(pads, size * 2, dilations * 2, strict=True))
    b = Builder(shape)
    built = b.max_pool(b.input, size, strides, pads, dilations, ceil_mode)
    x = image(*shape)
    net = agree(built, x, pool_of(x, size, strides, pads, dilations, ceil_mode, max))
    # Rounds of a tournament: the last layer adds up.
    assert len(net.layers) == math.ceil(math.log2(math.prod(size))) + 1


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(("shape", "size", "strides", "pads"), [g[:4] for g in GEOMETRIES])
def test_average_pooling(shape, size, strides, pads, ceil_mode):
    pads = tuple(min(p, s - 1) for p, s in zip(pads, size * 2, strict=True))
    ones = (1,) * len(size)
    b = Builder(shape)
    x = image(*shape)
    built = b.average_pool(b.input, size, strides, pads, False, ceil_mode)
    mean = lambda values: sum(values) / Fraction(len(values))  # noqa: E731
    agree(built, x, pool_of(x, size, strides, pads, ones, ceil_mode, mean))
    if not ceil_mode:
        whole = lambda values: sum(values) / Fraction(math.prod(size))  # noqa: E731
        built = b.average_pool(b.input, size, strides, pads, True)
        agree(built, x, pool_of(x, size, strides, pads, ones, False, whole))


def test_padding_never_wins_a_maximum():
    b = Builder((1, 2))
    net = b.network(b.max_pool(b.input, 2, 1, 1))
    assert net([-3.0, -5.0]).tolist() == [-3, -3, -5]
    # Two windows hold one number each, and compare nothing.
    assert net.n_units == 1


def test_pooling_of_everything():
    b = Builder((2, 2, 3))
    x = image(2, 2, 3)
    flat = x.reshape(2, 6)
    agree(b.global_max_pool(b.input), x, flat.max(axis=1).reshape(2, 1, 1))
    agree(b.global_average_pool(b.input), x, (flat.sum(axis=1) / 6).reshape(2, 1, 1))


# -- random graphs ---------------------------------------------------------------------------------
SMALL = st.integers(-2, 2)
SLOPE = st.sampled_from([Fraction(1, 2), 2, -1, 0, 1])


def unary(draw, b, x, at):
    """One more operation: the value, and the same on arrays."""
    kind = draw(
        st.sampled_from(
            ["relu", "leaky", "abs", "clip", "scale", "shift", "dense", "take", "pad", "transpose",
             "threshold", "maxout", "prelu", "sum", "mean", "norm", "minimum_of_halves"]
        )
    )  # fmt: skip
    last = x.shape[-1]
    if kind == "relu":
        return b.relu(x), np.maximum(at, 0)
    if kind == "leaky":
        slope = draw(SLOPE)
        return b.leaky_relu(x, slope), np.where(at >= 0, at, at * slope)
    if kind == "abs":
        return b.absolute(x), abs(at)
    if kind == "clip":
        low = draw(st.none() | SMALL)
        high = draw(st.none() | st.integers(low or 0, 3))
        result = at if low is None else np.maximum(at, low)
        return b.clip(x, low, high), result if high is None else np.minimum(result, high)
    if kind == "scale":
        factor = draw(SMALL)
        return b.scale(x, factor), at * factor
    if kind == "shift":
        shift = np.array(draw(st.lists(SMALL, min_size=last, max_size=last)), dtype=object)
        return b.shift(x, shift), at + shift
    if kind == "dense":
        rows = st.lists(SMALL, min_size=last, max_size=last)
        weight = np.array(draw(st.lists(rows, min_size=1, max_size=3)), dtype=object)
        given = SparseArray.of_dense(exact(weight)) if draw(st.booleans()) else weight
        return b.dense(x, given, [1] * len(weight)), at @ weight.T + 1
    if kind == "take":
        chosen = draw(st.lists(st.integers(-last, last - 1), min_size=1, max_size=4))
        return b.take(x, chosen, axis=-1), at.take(chosen, axis=-1)
    if kind == "pad":
        return b.pad(x, (0, 1, 1, 0), -1), np.pad(at, ((0, 1), (1, 0)), constant_values=-1)
    if kind == "transpose":
        return b.transpose(x), at.T
    if kind == "threshold":
        return b.threshold(x, 1), np.maximum(at, 1)
    if kind == "maxout":
        return b.maxout(x, 1, axis=-1), at.max(axis=-1, keepdims=True)
    if kind == "prelu":
        slopes = np.array(draw(st.lists(SLOPE, min_size=last, max_size=last)), dtype=object)
        return b.prelu(x, slopes, axis=-1), np.where(at >= 0, at, at * slopes)
    if kind == "sum":
        return b.sum(x, [0], keep=True), at.sum(axis=0, keepdims=True)
    if kind == "mean":
        count = at.shape[1]
        return b.mean(x, [1], keep=True), at.sum(axis=1, keepdims=True) / Fraction(count)
    if kind == "norm":
        ones = [1] * last
        built = b.batch_norm(x, ones, ones, [2] * last, [3.75] * last, 0.25, axis=-1)
        return built, (at - 2) / Fraction(2) + 1
    first = at.shape[1] // 2
    halves = at[:, : first or 1], at[:, -(first or 1) :]
    built = b.minimum([x[:, : first or 1], x[:, -(first or 1) :]])
    return built, np.minimum(*halves)


def binary(draw, b, pairs):
    (x, at), (y, to) = draw(st.sampled_from(pairs)), draw(st.sampled_from(pairs))
    kind = draw(st.sampled_from(["add", "subtract", "maximum", "concat", "total"]))
    if kind == "concat":
        if x.shape[0] == y.shape[0]:
            return b.concat([x, y], 1), np.concatenate([at, to], 1)
        return b.concat([b.transpose(x[:, :1]), b.transpose(y[:, :1])], 1), np.concatenate(
            [at[:, :1].T, to[:, :1].T], 1
        )
    if any(p != q and 1 not in (p, q) for p, q in zip(x.shape, y.shape, strict=True)):
        x, at = x[:1, :1], at[:1, :1]
    if kind == "add":
        return b.add(x, y), at + to
    if kind == "subtract":
        return b.subtract(x, y), at - to
    if kind == "total":
        return b.total([x, y, x]), at + to + at
    return b.maximum([x, y]), np.maximum(at, to)


@given(st.data())
@settings(max_examples=150)
def test_random_graphs(data):
    draw = data.draw
    shape = draw(st.tuples(st.integers(1, 2), st.integers(1, 3)))
    b = Builder(shape)
    x = fractions(np.array(draw(st.lists(st.integers(-4, 4), min_size=6, max_size=6))))
    x = x[: math.prod(shape)].reshape(shape)
    pairs = [(b.input, x)]
    for _ in range(draw(st.integers(1, 7))):
        if draw(st.booleans()):
            made = unary(draw, b, *draw(st.sampled_from(pairs)))
        else:
            made = binary(draw, b, pairs)
        assert made[0].shape == made[1].shape
        if made[0].size <= 30:
            pairs.append(made)
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=2))
    net = b.network([value for value, _ in chosen])
    expected = np.concatenate([at.ravel() for _, at in chosen])
    assert values_at(net, x).tolist() == expected.tolist()
    assert pickle.loads(pickle.dumps(net)) == net
    for layer in net.layers:
        # All numbers here are halves of halves ...: floats hold them, except for means of three.
        if layer.bias.denominator & (layer.bias.denominator - 1) == 0:
            assert layer.bias.floats is not None


# -- what it costs ---------------------------------------------------------------------------------
def test_dense_and_relu_are_the_layers_of_from_layers():
    rng = np.random.default_rng(1)
    layers = [
        (rng.standard_normal((b, a)), rng.standard_normal(b))
        for a, b in itertools.pairwise([3, 5, 4, 2])
    ]
    b = Builder(3)
    h = b.relu(b.dense(b.input, *layers[0]))
    h = b.relu(b.shift(b.dense(h, layers[1][0]), layers[1][1]))
    net = b.network(b.dense(h, *layers[2]))
    assert net == Network.from_layers(layers)
    assert net.layers[1].weight.floats is not None


def test_units_of_zero_weight_stay():
    b = Builder(2)
    hidden = b.relu(b.dense(b.input, [[1, 0], [0, 0]], [0, -1]))
    net = b.network(b.dense(hidden, [[1, 0]]))
    assert net == Network.from_layers([([[1, 0], [0, 0]], [0, -1]), ([[1, 0]], [0])])


def test_affine_maps_in_a_row_stay_layers_of_their_own():
    b = Builder(2)
    net = b.network(b.dense(b.dense(b.input, np.eye(2)), [[1, 1]]))
    assert len(net.layers) == 2


def test_sums_under_dense_layers():
    """What is written into a dense weight is a sum, each term once and without activation."""
    b = Builder(2)
    x = b.input
    doubled, total = b.add(x, x), b.add(x[:1], x[1:])
    for value, expected in [(doubled, [2, -6]), (total, [-2]), (b.relu(total), [0])]:
        net = b.network(b.dense(value, np.eye(len(expected))))
        assert values_at(net, np.array([1, -3])).tolist() == expected
    assert len(b.network(b.dense(total, [[5]])).layers) == 1


def test_sums_of_low_level_are_carried_whole():
    b = Builder(3)
    total = b.total([b.input[:1], b.input[1:2], b.input[2:]])
    deep = b.relu(b.relu(b.relu(b.input)))
    net = b.network(b.dense(b.concat([total, deep]), np.eye(4)))
    assert [layer.n_outputs for layer in net.layers] == [4, 4, 4, 4]


def test_forms_may_be_read_in_another_order():
    b = Builder(2)
    x = b.dense(b.input, [[1, 0], [0, 5]], [0, 1])
    assert b.network(b.relu(x[::-1]))([1.0, 1.0]).tolist() == [6, 1]
    assert b.network(b.relu(x[[1, 1]]))([1.0, 1.0]).tolist() == [6, 6]
    assert b.network(b.negate(x[::-1]))([1.0, 1.0]).tolist() == [-6, -1]


def test_clipping():
    b = Builder(1)
    x = np.array([[-3.0], [0.5], [3.0]])
    for lower, upper in [(-1, 1), (None, 2), (0, None), (None, None), (2, 2)]:
        net = b.network(b.clip(b.input, lower, upper))
        wanted = x if lower is upper is None else np.clip(x, lower, upper)
        assert net(x).tolist() == wanted.tolist()
        assert net.n_units == (lower is not None) + (upper is not None)
    assert b.network(b.hard_tanh(b.input))(x).tolist() == [[-1], [0.5], [1]]


def test_what_changes_nothing_costs_nothing():
    b = Builder((2, 3))
    x = b.transpose(b.scale(b.shift(b.input, 0), 1))
    x = b.reshape(b.flatten(b.concat([x, x[:1]])), (4, -1))
    assert isinstance(x, Value)
    net = b.network(b.relu(x))
    assert len(net.layers) == 1
    assert net([1.0, 2, 3, 4, 5, 6]).tolist() == [1, 4, 2, 5, 3, 6, 1, 4]


def test_branches_share_their_rounds():
    """Arms of two and of one activations, and a shortcut: three layers."""
    b = Builder(4)
    left = b.relu(b.dense(b.relu(b.dense(b.input, np.eye(4))), np.ones((4, 4))))
    right = b.absolute(b.dense(b.input, np.ones((4, 4))))
    net = b.network(b.add(b.add(left, right), b.input))
    assert net.hidden_widths == (8, 4)
    assert [layer.n_outputs for layer in net.layers] == [12, 12, 4]


def test_a_residual_block_folds_its_convolution_into_the_sum():
    b = Builder((1, 3, 3))
    h = b.relu(b.conv(b.input, np.ones((2, 1, 3, 3)), pads=1))
    for _ in range(2):
        inner = b.relu(b.conv(h, np.ones((2, 2, 3, 3)), pads=1))
        h = b.relu(b.add(b.conv(inner, np.ones((2, 2, 3, 3)), pads=1), h))
    net = b.network(b.flatten(h))
    assert net.hidden_widths == (18,) * 5
    assert [layer.n_outputs for layer in net.layers] == [18, 36, 18, 36, 18]


def test_batch_norm_is_folded_into_the_convolution_before_it():
    b = Builder((1, 3, 3))
    x = b.conv(b.input, np.ones((2, 1, 2, 2)), [1, 2])
    x = b.relu(b.batch_norm(x, [2, 1], [0, 1], [1, -1], [4, 1], 0))
    net = b.network(x)
    assert len(net.layers) == 1
    # (conv + 1 - 1) * 2 / 2 and (conv + 2 + 1) * 1 / 1 + 1
    assert net.layers[0].bias == exact([0] * 4 + [4] * 4)


def test_batch_norm_uses_the_documented_rational():
    b = Builder(1)
    net = b.network(b.batch_norm(b.input, [0.7], [0.1], [0.3], [0.9], 1e-5))
    factor = Fraction(0.7 / math.sqrt(0.9 + 1e-5))
    assert net.layers[0].weight.to_fractions().item() == factor
    assert net.layers[0].bias.to_fractions().item() == Fraction(0.1) - Fraction(0.3) * factor


def test_constants_are_computed():
    b = Builder(1)
    c = b.relu(b.dense(b.constant([-2, 3]), [[1, 1], [-1, -1]]))
    assert b.constant_values(c) == exact([1, 0])
    net = b.network(b.dense(b.concat([b.input, c]), [[1, 5, 7]], [1]))
    assert len(net.layers) == 1
    assert net([1.0]).tolist() == [7]
    with pytest.raises(InputError, match="depends on the input"):
        b.constant_values(b.input)


def test_outputs_may_repeat_and_be_constant():
    b = Builder(2)
    h = b.relu(b.input)
    net = b.network([h, h, b.constant([3]), b.input[0]])
    assert net([-1.0, 2.0]).tolist() == [0, 2, 0, 2, 3, -1]
    assert net.n_units == 2
    assert b.network(b.constant([[4, 5]]))([0.0, 0.0]).tolist() == [4, 5]
    assert b.network(b.input)([6.0, 7.0]).tolist() == [6, 7]


def test_maximum_of_equal_wires_compares_nothing():
    b = Builder(2)
    net = b.network(b.maximum([b.input, b.input]))
    assert net.n_units == 0


def test_a_dense_layer_acts_on_the_last_axis():
    b = Builder((2, 3))
    net = b.network(b.dense(b.input, [[1, 2, 3]], [1]))
    assert net([1.0, 0, 0, 0, 0, 1]).tolist() == [2, 4]
    total = b.network(b.linear_map(b.input, np.ones((2, 6)), shape=(1, 2)))
    assert total(np.ones(6)).tolist() == [6, 6]


def test_large_residual_maps_stay_sparse():
    b = Builder((3, 16, 16))
    h = b.relu(b.conv(b.input, np.ones((3, 3, 3, 3)), pads=1))
    net = b.network(b.flatten(b.add(h, b.input)))
    assert all(isinstance(layer.weight, SparseArray) for layer in net.layers)
    assert net.layers[1].weight.nnz == 2 * 768


# -- refusals --------------------------------------------------------------------------------------
REFUSED = {
    "dense: a weight of shape": lambda b: b.dense(b.input, np.eye(3)),
    "dense: a bias of shape": lambda b: b.dense(b.input, np.ones((2, 4)), [1]),
    "weight of dense.*nan": lambda b: b.dense(b.input, [[1, 2, 3, float("nan")]]),
    "weight of dense must have 2 axes": lambda b: b.dense(b.input, [1, 2, 3, 4]),
    "linear_map: a weight": lambda b: b.linear_map(b.input, np.eye(3)),
    "conv: a kernel of shape": lambda b: b.conv(b.input, np.ones((1, 2))),
    "conv: 1 filters of 1 channels": lambda b: b.conv(b.input, np.ones((1, 1, 2))),
    "conv: a window of 5": lambda b: b.conv(b.input, np.ones((1, 2, 5))),
    "conv: strides": lambda b: b.conv(b.input, np.ones((1, 2, 2)), strides=0),
    "conv: pads must not be negative": lambda b: b.conv(b.input, np.ones((1, 2, 2)), pads=-1),
    r"conv: pads \(1, 2, 3\) fit no 1": lambda b: b.conv(
        b.input, np.ones((1, 2, 2)), pads=(1, 2, 3)
    ),
    "max_pool: size": lambda b: b.max_pool(b.input, (2, 2)),
    "max_pool: a maximum is taken of no values": lambda b: b.max_pool(b.input, 1, pads=1),
    "average_pool: a window lies in the padding": lambda b: b.average_pool(b.input, 1, pads=1),
    "average_pool: values of shape": lambda b: b.average_pool(b.input[0], 2),
    "batch_norm: .* constants for the 2 channels": lambda b: b.batch_norm(b.input, *[[1] * 3] * 4),
    "batch_norm: var": lambda b: b.batch_norm(b.input, *[[1] * 2] * 3, [-1, 1]),
    "alpha": lambda b: b.leaky_relu(b.input, [1, 2]),
    "alpha is nan|alpha.*nan": lambda b: b.leaky_relu(b.input, float("nan")),
    "prelu: .* constants for the 2 channels": lambda b: b.prelu(b.input, [1, 2, 3]),
    "threshold: shapes": lambda b: b.threshold(b.input, [1, 2]),
    "threshold: constants of shape": lambda b: b.threshold(b.input, np.zeros((1, 1, 1))),
    "clip: a lower bound": lambda b: b.clip(b.input, 1, 0),
    "maxout: 4 numbers": lambda b: b.maxout(b.input, 3, axis=1),
    "maximum: at least one": lambda b: b.maximum([]),
    r"add: shapes \(2, 4\), \(4, 2\)": lambda b: b.add(b.input, b.transpose(b.input)),
    "reshape: values": lambda b: b.reshape(b.input, (3, -1)),
    "transpose: ": lambda b: b.transpose(b.input, (0, 0)),
    "take: an index": lambda b: b.take(b.input, [4], axis=1),
    "take: there is no axis 2": lambda b: b.take(b.input, [0], axis=2),
    "take: indices must be whole": lambda b: b.take(b.input, [0.5]),
    "concat: shapes": lambda b: b.concat([b.input, b.transpose(b.input)]),
    "stack: shapes": lambda b: b.stack([b.input, b.input[0]]),
    "pad: pads .* cut off": lambda b: b.pad(b.input, -2),
    "sum: there is no axis 5": lambda b: b.sum(b.input, [5]),
    "has no": lambda b: b.input[7],
    "belongs to another Builder": lambda b: b.relu(Builder(2).input),
    "expected a Value": lambda b: b.relu(np.zeros(3)),
    "network: the outputs hold no": lambda b: b.network(b.input[:0]),
    "network: at least one": lambda b: b.network([]),
    "pad: a tensor of shape .* values; at most": lambda b: b.pad(b.input, MAX_VALUES),
    "add: a tensor of shape": lambda b: b.add(
        b.reshape(b.pad(b.flatten(b.input), 5000), (-1, 1)), b.pad(b.flatten(b.input), 5000)
    ),
    "conv: the affine map would have": lambda b: b.conv(
        b.pad(b.input, (0, 0, 0, 2000)), np.ones((40, 2, 1000))
    ),
    "conv: the windows read": lambda b: b.conv(
        b.pad(b.input[:1], (0, 0, 0, 40000)), np.ones((1, 1, 20000))
    ),
    "dense: the affine map would have": lambda b: b.dense(
        b.pad(b.input, (0, 0, 9000, 0)), np.ones((1000, 4))
    ),
}


@pytest.mark.parametrize("message", REFUSED)
def test_misuse_is_refused_naming_the_operation(message):
    with pytest.raises(InputError, match=message):
        REFUSED[message](Builder((2, 4)))


@pytest.mark.parametrize("shape", [0, (2, -1), (2.5,), (1 << 40, 1 << 40)])
def test_input_shapes_are_checked(shape):
    with pytest.raises(InputError, match="input"):
        Builder(shape)

"""Networks as multi-layer perceptrons of scikit-learn in memory."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import InputError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value
from polytropic.networks.network import Network

__all__ = ["from_sklearn"]

_ACTIVATIONS = ("relu", "identity")
_OUTPUTS = ("identity", "softmax", "logistic")
_SCALERS = ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler")


def from_sklearn(model: Any) -> Network:
    """Make a network from a fitted `MLPClassifier` or `MLPRegressor`, with exactly its weights.

    Parameters
    ----------
    model : MLPClassifier, MLPRegressor or Pipeline
        With the activation ``relu`` or ``identity``.  In front of it a pipeline may have
        `StandardScaler`, `MinMaxScaler`, `MaxAbsScaler` and `RobustScaler`.

    Returns
    -------
    Network
        Of a classifier it gives the logits, before softmax or the logistic function: one per
        class, or a single one for two classes, which is positive for the second class.  Scaling
        is done exactly, as ``(x - mean) / scale`` in rational numbers.

    Raises
    ------
    InputError
        If the model is not fitted.
    UnsupportedOperatorError
        If it is another model, or has another activation; the message names it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> x = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = MLPRegressor(hidden_layer_sizes=[4], solver="lbfgs", random_state=0).fit(
    ...     x, abs(x.ravel())
    ... )
    >>> net = from_sklearn(model)
    >>> net
    Network(1-4-1)
    >>> bool(np.allclose(net(x).ravel(), model.predict(x)))
    True
    """
    steps = [model]
    if _is_of_sklearn(model, "Pipeline"):
        steps = [step for _, step in model.steps if step is not None and step != "passthrough"]
    if not steps:
        raise InputError("the pipeline is empty")
    *scalers, perceptron = steps
    for step in scalers:
        if not _is_of_sklearn(step, *_SCALERS):
            raise UnsupportedOperatorError(
                f"{type(step).__name__} is not read; before the network these are: "
                f"{', '.join(_SCALERS)}"
            )
    _check_perceptron(perceptron)
    for step in scalers:
        _fitted(step, "n_features_in_")
    b = Builder(int(_fitted(steps[0], "n_features_in_")))
    x = b.input
    for step in scalers:
        x = _scaled(b, step, x)
    return b.network(_perceptron(b, perceptron, x))


def _is_of_sklearn(model: Any, *names: str) -> bool:
    # Not by isinstance, because scikit-learn need not be installed to ask.
    kind = type(model)
    return kind.__name__ in names and kind.__module__.startswith("sklearn.")


def _fitted(model: Any, attribute: str) -> Any:
    found = getattr(model, attribute, None)
    if found is None:
        raise InputError(f"the {type(model).__name__} is not fitted; call fit first")
    return found


# -- perceptrons ---------------------------------------------------------------------------------
def _check_perceptron(model: Any) -> None:
    name = type(model).__name__
    if not _is_of_sklearn(model, "MLPClassifier", "MLPRegressor"):
        raise UnsupportedOperatorError(
            f"{name} is not read; MLPClassifier and MLPRegressor of scikit-learn are"
        )
    if model.activation not in _ACTIVATIONS:
        raise UnsupportedOperatorError(
            f"activation {model.activation!r} of the {name} is not piecewise linear; "
            f"{' and '.join(_ACTIVATIONS)} are read"
        )
    _fitted(model, "coefs_")
    if model.out_activation_ not in _OUTPUTS:
        raise UnsupportedOperatorError(
            f"the {name} ends with {model.out_activation_!r}, which is not read"
        )


def _perceptron(b: Builder, model: Any, x: Value) -> Value:
    last = len(model.coefs_) - 1
    for place, (weight, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        x = b.dense(x, np.asarray(weight).T, bias)
        if place < last and model.activation == "relu":
            x = b.relu(x)
    return x


# -- scaling -------------------------------------------------------------------------------------
def _scaled(b: Builder, scaler: Any, x: Value) -> Value:
    name = type(scaler).__name__
    if name == "MinMaxScaler":
        x = b.shift(b.multiply(x, _fitted(scaler, "scale_")), scaler.min_)
        return b.clip(x, *scaler.feature_range) if scaler.clip else x
    if name == "MaxAbsScaler":
        x = b.multiply(x, _inverse(_fitted(scaler, "scale_")))
        return b.clip(x, -1, 1) if getattr(scaler, "clip", False) else x
    centred, scaled, centre = (
        (scaler.with_mean, scaler.with_std, "mean_")
        if name == "StandardScaler"
        else (scaler.with_centering, scaler.with_scaling, "center_")
    )
    if centred:
        x = b.shift(x, -np.asarray(_fitted(scaler, centre)))
    return b.multiply(x, _inverse(_fitted(scaler, "scale_"))) if scaled else x


def _inverse(scale: Any) -> ExactArray:
    numbers = exact(scale, "scale_", ndim=1)
    if not all(numbers.numerators):
        raise InputError("a scale is zero")
    return exact([Fraction(1) / number for number in numbers.to_fractions()])

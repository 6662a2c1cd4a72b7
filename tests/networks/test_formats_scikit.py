"""Perceptrons of scikit-learn: the models themselves are the judges."""

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    RobustScaler,
    StandardScaler,
)

from polytropic.arithmetic.numbers import exact
from polytropic.errors import InputError, UnsupportedOperatorError
from polytropic.networks.formats import from_sklearn

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 4)) * [1.0, 30.0, 0.01, 5.0] + [0.0, 5.0, -2.0, 0.1]
NEW = RNG.normal(size=(50, 4)) * [2.0, 60.0, 0.02, 9.0]
REAL = X[:, 0] * 3 - np.abs(X[:, 1])
CLASSES = (X[:, 0] > 0).astype(int) + (X[:, 1] > 10)


def fitted(model: Any, target: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, target)


def regressor(**options: Any) -> MLPRegressor:
    return MLPRegressor(hidden_layer_sizes=(7, 5), max_iter=20, random_state=1, **options)


def classifier(**options: Any) -> MLPClassifier:
    return MLPClassifier(hidden_layer_sizes=(6,), max_iter=40, random_state=1, **options)


@pytest.mark.parametrize("target", [REAL, np.stack([REAL, -REAL], axis=1)])
def test_regressors(target: Any) -> None:
    model = fitted(regressor(), target)
    net = from_sklearn(model)
    found = net(NEW).reshape(np.shape(model.predict(NEW)))
    np.testing.assert_allclose(found, model.predict(NEW), rtol=1e-10, atol=1e-10)
    for layer, weight, bias in zip(net.layers, model.coefs_, model.intercepts_, strict=True):
        assert layer.weight == exact(weight.T)
        assert layer.bias == exact(bias)


def test_single_precision_is_kept() -> None:
    model = regressor()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X.astype(np.float32), REAL.astype(np.float32))
    assert model.coefs_[0].dtype == np.float32
    assert from_sklearn(model).layers[0].weight == exact(model.coefs_[0].T)


def test_identity_activation_is_linear() -> None:
    model = fitted(regressor(activation="identity"), REAL)
    net = from_sklearn(model)
    assert net.n_units == 0
    np.testing.assert_allclose(net(NEW).ravel(), model.predict(NEW), rtol=1e-10, atol=1e-10)


def test_classifiers_give_logits() -> None:
    model = fitted(classifier(), CLASSES)
    z = from_sklearn(model)(NEW)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    np.testing.assert_allclose(e / e.sum(axis=1, keepdims=True), model.predict_proba(NEW))
    two = fitted(classifier(), CLASSES > 0)
    z = from_sklearn(two)(NEW)
    assert z.shape == (50, 1)
    np.testing.assert_allclose(1 / (1 + np.exp(-z.ravel())), two.predict_proba(NEW)[:, 1])
    labels = np.stack([CLASSES > 0, CLASSES > 1], axis=1).astype(int)
    several = fitted(classifier(), labels)
    z = from_sklearn(several)(NEW)
    np.testing.assert_allclose(1 / (1 + np.exp(-z)), several.predict_proba(NEW))


SCALERS = {
    "standard": StandardScaler(),
    "centred only": StandardScaler(with_std=False),
    "scaled only": StandardScaler(with_mean=False),
    "to an interval": MinMaxScaler((-2.0, 3.0)),
    "clipped": MinMaxScaler(clip=True),
    "largest": MaxAbsScaler(),
    "robust": RobustScaler(),
    "robust, centred": RobustScaler(with_scaling=False),
    "robust, scaled": RobustScaler(with_centering=False),
}


@pytest.mark.parametrize("name", SCALERS)
def test_scalers_in_front(name: str) -> None:
    model = fitted(make_pipeline("passthrough", SCALERS[name], regressor()), REAL)
    net = from_sklearn(model)
    assert net.n_inputs == 4
    np.testing.assert_allclose(net(NEW).ravel(), model.predict(NEW), rtol=1e-9, atol=1e-9)


def test_two_scalers_and_a_pipeline_inside_are_in_order() -> None:
    model = fitted(make_pipeline(MinMaxScaler((1, 3)), StandardScaler(), classifier()), CLASSES)
    assert (from_sklearn(model)(NEW).argmax(axis=1) == model.predict(NEW)).all()


def test_scaling_is_exact() -> None:
    model = fitted(make_pipeline(StandardScaler(), regressor()), REAL)
    scaler, perceptron = model[0], model[1]
    point = [Fraction(1, 3), Fraction(7), Fraction(-2, 7), Fraction(0)]
    statistics = zip(point, scaler.mean_.tolist(), scaler.scale_.tolist(), strict=True)
    scaled = [(x - Fraction(mean)) / Fraction(scale) for x, mean, scale in statistics]
    expected = from_sklearn(perceptron).evaluate_exact([scaled])
    assert from_sklearn(model).evaluate_exact([point]) == expected


def test_constant_features_have_scale_one() -> None:
    flat = X * [1.0, 0.0, 1.0, 1.0]
    model = make_pipeline(StandardScaler(), regressor())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(flat, REAL)
    np.testing.assert_allclose(from_sklearn(model)(NEW).ravel(), model.predict(NEW), rtol=1e-8)


@pytest.mark.parametrize(
    "model",
    [
        regressor(),
        classifier(),
        make_pipeline(StandardScaler(), regressor()),
        make_pipeline(StandardScaler(), fitted(regressor(), REAL)),
    ],
)
def test_models_that_are_not_fitted(model: Any) -> None:
    with pytest.raises(InputError, match="is not fitted"):
        from_sklearn(model)


def test_empty_pipeline() -> None:
    with pytest.raises(InputError, match="pipeline is empty"):
        from_sklearn(Pipeline([("nothing", "passthrough")]))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (fitted(regressor(activation="tanh"), REAL), "activation 'tanh'"),
        (fitted(classifier(activation="logistic"), CLASSES), "activation 'logistic'"),
        (fitted(LinearRegression(), REAL), "LinearRegression is not read"),
        (fitted(make_pipeline(Normalizer(), regressor()), REAL), "Normalizer is not read"),
        (fitted(make_pipeline(StandardScaler()), REAL), "StandardScaler is not read"),
        (3, "int is not read"),
    ],
)
def test_refused_by_name(model: Any, message: str) -> None:
    with pytest.raises(UnsupportedOperatorError, match=message):
        from_sklearn(model)


def test_outputs_of_other_kinds_are_refused() -> None:
    model = fitted(regressor(), REAL)
    model.out_activation_ = "exp"
    with pytest.raises(UnsupportedOperatorError, match="ends with 'exp'"):
        from_sklearn(model)

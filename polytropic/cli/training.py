"""Small ReLU classifiers of the demonstration, trained with scikit-learn on its bundled data."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from time import perf_counter
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.errors import MissingDependencyError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.network import Network

__all__ = ["RECIPES", "Classifier", "Recipe", "network_of", "train"]


@dataclass(frozen=True)
class Recipe:
    """What to train: data, number of principal components, hidden widths."""

    data: str
    components: int
    hidden: tuple[int, ...]
    seed: int = 0
    parity: bool = False

    @property
    def name(self) -> str:
        """Begins the names of files."""
        return f"{self.data}-{self.components}d"


# The seeds were chosen among a few for networks whose polytopes are round enough to be looked at.
RECIPES = (
    Recipe("iris", 2, (6, 4), seed=4),
    Recipe("cancer", 2, (8,)),
    Recipe("cancer", 3, (6, 4), seed=4),
    Recipe("digits", 2, (12, 12)),
    Recipe("digits", 3, (8, 8), parity=True),
)

_TITLES = {
    "iris": "Iris flowers",
    "cancer": "Breast cancer (Wisconsin)",
    "digits": "Handwritten digits",
}


@dataclass(frozen=True, eq=False)
class Classifier:
    """A trained network and the points that it was trained on.

    Attributes
    ----------
    recipe : Recipe
    network : Network
        Takes principal components; a single output is positive for the second class.
    points : float array, shape (n, d)
        Principal components of the standardised data, scaled to unit variance.
    labels : int array, shape (n,)
    classes : tuple of str
    accuracy : float
        Part of the training points that are classified rightly.
    seconds : float
        Of training.
    """

    recipe: Recipe
    network: Network
    points: FloatArray
    labels: IntArray
    classes: tuple[str, ...]
    accuracy: float
    seconds: float

    @property
    def title(self) -> str:
        """What it tells apart, for people."""
        return f"{_TITLES[self.recipe.data]} on {self.recipe.components} principal components"

    @property
    def corners(self) -> tuple[list[Fraction], list[Fraction]]:
        """Lower and upper corner of the bounding box of the data, rounded outward to tenths."""
        lower = [Fraction(floor(10 * x), 10) for x in self.points.min(axis=0).tolist()]
        upper = [Fraction(ceil(10 * x), 10) for x in self.points.max(axis=0).tolist()]
        return lower, upper

    @property
    def box(self) -> Polytope:
        """The box with these corners."""
        lower, upper = self.corners
        return Polytope.box(lower, upper)


def train(recipe: Recipe) -> Classifier:
    """Standardise, project to principal components and train, always with the same result.

    Raises
    ------
    MissingDependencyError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.decomposition import PCA
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError as problem:
        raise MissingDependencyError(
            "the demonstration trains networks with scikit-learn, which is not installed: "
            "pip install 'polytropic[demo]'"
        ) from problem
    start = perf_counter()
    raw, labels, classes = _load(recipe)
    projection = PCA(recipe.components, whiten=True, random_state=0)
    points = make_pipeline(StandardScaler(), projection).fit_transform(raw)
    model = MLPClassifier(
        recipe.hidden, solver="lbfgs", alpha=0.03, max_iter=500, random_state=recipe.seed
    )
    # With several threads sums are taken in another order, and on small data all of them wait.
    with warnings.catch_warnings(), threadpool_limits(1):
        # It need not converge to be a network.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(points, labels)
    accuracy = float(model.score(points, labels))
    seconds = perf_counter() - start
    return Classifier(recipe, network_of(model), points, labels, classes, accuracy, seconds)


def network_of(model: Any) -> Network:
    """Read the weights of a fitted ``MLPClassifier`` or ``MLPRegressor`` with ReLU units.

    The output is taken before its softmax or logistic function, which change no decision.
    """
    return Network.from_layers(
        [(w.T, b) for w, b in zip(model.coefs_, model.intercepts_, strict=True)]
    )


def _load(recipe: Recipe) -> tuple[FloatArray, IntArray, tuple[str, ...]]:
    from sklearn import datasets

    loaders = {
        "iris": datasets.load_iris,
        "cancer": datasets.load_breast_cancer,
        "digits": datasets.load_digits,
    }
    bunch = loaders[recipe.data]()
    labels = np.asarray(bunch.target, dtype=np.int64)
    if recipe.parity:
        return bunch.data, labels % 2, ("even", "odd")
    return bunch.data, labels, tuple(str(name) for name in bunch.target_names)

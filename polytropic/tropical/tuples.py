"""Tuples of tropical functions in the same variables: what all vector maps have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.errors import InputError
from polytropic.tropical.terms import is_number

__all__ = ["ComponentMap"]

_Component = TypeVar("_Component", bound=Any)
_Self = TypeVar("_Self", bound="ComponentMap[Any]")


@dataclass(frozen=True, repr=False)
class ComponentMap(Generic[_Component]):
    """A map R^d -> R^p given by its components, with operations component by component.

    Another map of the same shape, one function or a number may stand on the other side.
    """

    components: tuple[_Component, ...]

    __array_ufunc__: ClassVar[None] = None  # numbers of NumPy leave operators to this class

    def __post_init__(self) -> None:
        object.__setattr__(self, "components", tuple(self.components))
        if not self.components:
            raise InputError("a map needs at least one component")
        for place, component in enumerate(self.components):
            if not isinstance(component, self._kind()):
                raise InputError(
                    f"component {place} is a {type(component).__name__}; "
                    f"{type(self).__name__} takes {self._kind().__name__}"
                )
            if component.n_variables != self.n_inputs:
                raise InputError(
                    f"component {place} has {component.n_variables} variables, "
                    f"component 0 has {self.n_inputs}"
                )

    @classmethod
    def _kind(cls) -> type[Any]:
        raise NotImplementedError

    # -- shape ---------------------------------------------------------------------------------
    @property
    def n_inputs(self) -> int:
        """Number of variables d."""
        return int(self.components[0].n_variables)

    @property
    def n_variables(self) -> int:
        """Number of variables d, as of one function."""
        return self.n_inputs

    @property
    def n_outputs(self) -> int:
        """Number of components p."""
        return len(self.components)

    @property
    def shape(self) -> tuple[int, int]:
        """``(p, d)``, as of the matrix of a linear map."""
        return self.n_outputs, self.n_inputs

    def __len__(self) -> int:
        return len(self.components)

    def __iter__(self) -> Iterator[_Component]:
        return iter(self.components)

    def __getitem__(self, index: Any) -> Any:
        """One component, or the map of several for a slice or a list of indices."""
        if isinstance(index, slice):
            return type(self)(self.components[index])
        if isinstance(index, (list, tuple, np.ndarray)):
            chosen = np.arange(len(self))[np.asarray(index)]
            return type(self)(tuple(self.components[i] for i in chosen.tolist()))
        return self.components[index]

    # -- evaluation ----------------------------------------------------------------------------
    def __call__(self, x: Any) -> Any:
        """Evaluate at one point (d,) to (p,), or at a batch (n, d) to (n, p); or compose."""
        from polytropic.tropical.composition import compose, is_inner

        if is_inner(x):
            return compose(self, x)
        values: FloatArray = np.stack([component(x) for component in self.components], axis=-1)
        return values

    def evaluate_exact(self, x: Any) -> ObjectArray:
        """Evaluate in exact rationals at a batch, shape (n, d) to (n, p)."""
        return np.stack([component.evaluate_exact(x) for component in self.components], axis=-1)

    def compose(self, inner: Any) -> Any:
        """``F(g_1, ..., g_d)``: see `polytropic.tropical.composition.compose`."""
        from polytropic.tropical.composition import compose

        return compose(self, inner)

    def jacobians(self, x: Any) -> FloatArray:
        """Matrices of first derivatives as float64, shape (n, p, d); NaN rows at kinks.

        `gradients.gradients` of the components says more.
        """
        rows = [component.gradients(x).values for component in self.components]
        return np.stack(rows, axis=1)

    # -- functions -----------------------------------------------------------------------------
    def simplify(self: _Self) -> _Self:
        """Simplify every component."""
        return type(self)(tuple(component.simplify() for component in self.components))

    def equals_function(self, other: Any) -> bool:
        """Decide exactly whether both are the same map."""
        others = self._matched(other)
        if others is None:
            raise InputError(f"a map cannot be compared with a {type(other).__name__}")
        return all(f.equals_function(g) for f, g in zip(self.components, others, strict=True))

    # -- algebra -------------------------------------------------------------------------------
    def _matched(self, other: Any) -> tuple[Any, ...] | None:
        """What stands on the other side of every component."""
        if isinstance(other, ComponentMap):
            if other.shape != self.shape:
                raise InputError(f"maps of shapes {self.shape} and {other.shape} do not mix")
            return other.components
        if is_number(other) or hasattr(other, "n_variables"):
            return (other,) * len(self)
        return None

    def _each(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        others = self._matched(other)
        if others is None:
            return NotImplemented
        pairs = zip(self.components, others, strict=True)
        return self._collected(tuple(operation(f, g) for f, g in pairs))

    @staticmethod
    def _collected(components: tuple[Any, ...]) -> Any:
        """The map of some components, of the kind that they need."""
        from polytropic.tropical.maps import map_of

        return map_of(components)

    def __add__(self, other: Any) -> Any:
        return self._each(other, lambda f, g: f + g)

    def __mul__(self, other: Any) -> Any:
        return self._each(other, lambda f, g: f * g)

    def __truediv__(self, other: Any) -> Any:
        return self._each(other, lambda f, g: f / g)

    def __rtruediv__(self, other: Any) -> Any:
        return self._each(other, lambda f, g: g / f)

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self: _Self, power: Any) -> _Self:
        return type(self)(tuple(component**power for component in self.components))

    # -- notation ------------------------------------------------------------------------------
    def __repr__(self) -> str:
        return f"{type(self).__name__}(R^{self.n_inputs} -> R^{self.n_outputs})"

    def __str__(self) -> str:
        return "\n".join(map(str, self.components))

    def _repr_latex_(self) -> str:
        from polytropic.tropical.printing import to_latex

        return f"${to_latex(self)}$"

"""The ``forward`` of a module of PyTorch, as ``torch.fx`` records it, done with a `Builder`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from polytropic.errors import InputError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value
from polytropic.networks.formats.torch_files import as_array
from polytropic.networks.formats.torch_functions import METHODS, functions

__all__ = ["run_traced"]

# Names of the operators of Python for += and the like.
_IN_PLACE = ("iadd", "isub", "imul", "itruediv")


def run_traced(b: Builder, module: Any, x: Value, label: str) -> Value:
    """Apply a module with a ``forward`` of its own to a value with a batch axis of length one.

    Parameters
    ----------
    b : Builder
    module : torch.nn.Module
    x : Value
    label : str
        For messages.

    Raises
    ------
    UnsupportedOperatorError
        If the ``forward`` cannot be recorded or uses what is not read.
    """
    import torch.fx

    try:
        graph = torch.fx.Tracer().trace(module)
    except Exception as problem:  # The user's own code runs here and may raise anything.
        raise UnsupportedOperatorError(
            f"{label}: its forward cannot be recorded by torch.fx: {problem}"
        ) from problem
    run = _Run(b, module, x, label, list(graph.nodes))
    for node in graph.nodes:
        if node.op == "output":
            return run.output(node)
        try:
            run.step(node)
        except (TypeError, IndexError, AttributeError, KeyError) as problem:
            raise UnsupportedOperatorError(f"{label}: {node.format_node()}: {problem}") from problem
        except (InputError, UnsupportedOperatorError) as problem:
            raise type(problem)(f"{label}: {problem}") from problem
    raise UnsupportedOperatorError(f"{label}: its forward gives nothing")


class _Run:
    """The values of one recorded graph: `Value`, constants, and numbers about shapes."""

    def __init__(self, b: Builder, module: Any, x: Value, label: str, nodes: Sequence[Any]) -> None:
        self._b, self._module, self._x, self._label = b, module, x, label
        self._nodes = nodes
        self._values: dict[str, Any] = {}
        self._functions = functions()

    def output(self, node: Any) -> Value:
        result = self._argument(node.args[0])
        if not isinstance(result, Value):
            raise UnsupportedOperatorError(
                f"{self._label}: its forward gives {type(result).__name__}; one tensor is read"
            )
        return result

    def step(self, node: Any) -> None:
        arguments = self._argument(tuple(node.args))
        options = self._argument(dict(node.kwargs))
        if self._overwrites(node) and isinstance(arguments[0], Value):
            self._refuse_overwritten(node, arguments[0])
        self._values[node.name] = getattr(self, f"_{node.op}")(node, arguments, options)

    def _argument(self, given: Any) -> Any:
        if isinstance(given, tuple):
            return tuple(self._argument(entry) for entry in given)
        if isinstance(given, list):
            return [self._argument(entry) for entry in given]
        if isinstance(given, dict):
            return {key: self._argument(entry) for key, entry in given.items()}
        if isinstance(given, slice):
            return slice(*map(self._argument, (given.start, given.stop, given.step)))
        return self._values[given.name] if hasattr(given, "format_node") else given

    # -- operations in place -------------------------------------------------------------------
    def _overwrites(self, node: Any) -> bool:
        """Whether a node may put its result in the place of its argument."""
        if node.op == "call_module":
            return bool(getattr(self._module.get_submodule(node.target), "inplace", False))
        if node.op == "call_method":
            return str(node.target).endswith("_")
        name = getattr(node.target, "__name__", "")
        marked = node.kwargs.get("inplace") or name.endswith("_") or name in _IN_PLACE
        return node.op == "call_function" and bool(marked)

    def _refuse_overwritten(self, node: Any, x: Value) -> None:
        """Refuse a node that overwrites numbers which a later node takes as they were recorded."""
        later = False
        for other in self._nodes:
            if later:
                for taken in other.all_input_nodes:
                    value = self._values.get(taken.name)
                    if isinstance(value, Value) and _overlap(value, x):
                        raise UnsupportedOperatorError(
                            f"{node.format_node()} overwrites numbers that {other.name} takes "
                            "later; do not work in place there"
                        )
            later = later or other is node

    # -- kinds of nodes ------------------------------------------------------------------------
    def _placeholder(self, node: Any, arguments: Sequence[Any], options: dict[str, Any]) -> Value:
        if self._values:
            raise UnsupportedOperatorError("its forward takes several arguments; one is read")
        return self._x

    def _get_attr(self, node: Any, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
        found = self._module
        for name in node.target.split("."):
            found = getattr(found, name)
        return as_array(found)

    def _call_module(self, node: Any, arguments: Sequence[Any], options: dict[str, Any]) -> Value:
        from polytropic.networks.formats.torch_modules import run_module

        (x,) = arguments
        if options or not isinstance(x, Value):
            raise UnsupportedOperatorError(f"{node.target} takes more than one tensor")
        return run_module(self._b, self._module.get_submodule(node.target), x, node.target)

    def _call_function(self, node: Any, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
        function = self._functions.get(node.target)
        if function is None:
            name = getattr(node.target, "__name__", str(node.target))
            raise UnsupportedOperatorError(f"the function {name} is not read")
        return function(self._b, *arguments, **options)

    def _call_method(self, node: Any, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
        method = METHODS.get(node.target)
        if method is None or not isinstance(arguments[0], Value):
            raise UnsupportedOperatorError(f"the method {node.target} of tensors is not read")
        return method(self._b, *arguments, **options)


def _overlap(x: Value, y: Value) -> bool:
    """Whether two values share numbers, as views of one tensor do."""
    return bool(np.isin(x._wires, y._wires).any())

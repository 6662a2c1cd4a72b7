"""The descriptions in files of PyTorch, which are pickles, read without running any.

A pickle is a program.  Here its instructions are taken one by one and only those are followed that
build plain data and describe tensors; nothing is imported and nothing is called.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from polytropic.errors import FormatError, UnsupportedOperatorError

__all__ = ["Storage", "StoredTensor", "read_description"]


@dataclass(frozen=True)
class Storage:
    """Numbers kept elsewhere in the file."""

    kind: str
    key: str
    size: int


@dataclass(frozen=True)
class StoredTensor:
    """A view of numbers of a storage; nothing about it has been checked."""

    storage: Any
    offset: Any
    shape: Any
    strides: Any


@dataclass(frozen=True)
class _Name:
    """A name of Python, which is never looked up."""

    text: str


class _Mark:
    pass


_MARK = _Mark()

_EMPTY_DICTS = ("collections.OrderedDict", "builtins.dict", "__builtin__.dict")
_TENSORS = ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor")
_PARAMETERS = (
    "torch._utils._rebuild_parameter",
    "torch.nn.parameter._rebuild_parameter",
)
_STORAGES = {
    f"{module}.{kind}Storage": kind
    for module in ("torch", "torch.storage")
    for kind in (
        "BFloat16",
        "Bool",
        "Byte",
        "Char",
        "Double",
        "Float",
        "Half",
        "Int",
        "Long",
        "Short",
    )
}
_PLAIN_NAMES = ("torch.Size", "torch.device")

# Instructions that push the value written after them.
_LITERALS = frozenset(
    [
        *("BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4", "BINFLOAT", "FLOAT"),
        *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINBYTES"),
        *("SHORT_BINBYTES", "BINSTRING", "SHORT_BINSTRING", "STRING"),
    ]
)
_EMPTY: dict[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "MARK": lambda: _MARK,
}

# What the decoder of instructions and the machine below raise on damaged files.
_BROKEN = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)

# Longer than any shape; so that no list is copied over and over.
_MOST_AXES = 64


def read_description(stream: IO[bytes] | bytes) -> Any:
    """Read plain data and descriptions of tensors from a pickle.

    Parameters
    ----------
    stream : bytes or binary file
        A file is left after the end of the pickle.

    Returns
    -------
    object
        Numbers, text, lists, tuples, dicts and `StoredTensor`.

    Raises
    ------
    UnsupportedOperatorError
        If the pickle wants to make or to call anything else; the message names it.
    FormatError
        If it is damaged.
    """
    machine = _Machine()
    try:
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name == "STOP":
                return machine.finished()
            machine.step(opcode.name, argument)
    except FormatError:
        raise
    except _BROKEN as problem:
        raise FormatError(f"the description of the tensors is damaged: {problem}") from problem
    raise FormatError("the description of the tensors has no end")


class _Machine:
    """A stack and a memory, as the instructions of pickles want them."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memory: dict[int, Any] = {}

    def finished(self) -> Any:
        (value,) = self._stack
        return value

    def step(self, name: str, argument: Any) -> None:
        if name in _LITERALS:
            self._stack.append(argument)
        elif name in _EMPTY:
            self._stack.append(_EMPTY[name]())
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self._memory[int(argument)] = self._stack[-1]
        elif name == "MEMOIZE":
            self._memory[len(self._memory)] = self._stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self._stack.append(self._memory[int(argument)])
        elif name == "GLOBAL":
            self._stack.append(_named(argument.replace(" ", ".")))
        elif name not in ("PROTO", "FRAME"):
            found = getattr(self, f"_{name.lower()}", None)
            if found is None:
                raise UnsupportedOperatorError(
                    f"it has the instruction {name}, which is not followed; {_ADVICE}"
                )
            found()

    # -- names and calls -----------------------------------------------------------------------
    def _stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._stack.append(_named(f"{module}.{name}"))

    def _reduce(self) -> None:
        arguments, name = self._stack.pop(), self._stack.pop()
        if not isinstance(name, _Name) or not isinstance(arguments, tuple):
            raise FormatError("the description calls something that is no name")
        self._stack.append(_made(name.text, arguments))

    def _build(self) -> None:
        # State of an OrderedDict is the metadata of a state dict: versions of modules.
        self._stack.pop()
        if not isinstance(self._stack[-1], dict):
            raise UnsupportedOperatorError(f"it sets the state of an object; {_ADVICE}")

    def _binpersid(self) -> None:
        kind, storage, key, _, size, *view = self._stack.pop()
        if kind != "storage" or not isinstance(storage, _Name) or any(view):
            raise UnsupportedOperatorError("it describes a storage in a way that is not read")
        if storage.text not in _STORAGES or not isinstance(key, str) or type(size) is not int:
            raise UnsupportedOperatorError(f"a storage of {storage.text} is not read")
        self._stack.append(Storage(_STORAGES[storage.text], key, size))

    # -- containers ----------------------------------------------------------------------------
    def _since_mark(self) -> list[Any]:
        place = len(self._stack) - 1
        while self._stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise FormatError("the description of the tensors is damaged: a mark is missing")
        items = self._stack[place + 1 :]
        del self._stack[place:]
        return items

    def _tuple(self) -> None:
        self._stack.append(tuple(self._since_mark()))

    def _list(self) -> None:
        self._stack.append(self._since_mark())

    def _dict(self) -> None:
        items = self._since_mark()
        self._stack.append({})
        self._store(items)

    def _tuple1(self) -> None:
        self._stack[-1:] = [tuple(self._stack[-1:])]

    def _tuple2(self) -> None:
        self._stack[-2:] = [tuple(self._stack[-2:])]

    def _tuple3(self) -> None:
        self._stack[-3:] = [tuple(self._stack[-3:])]

    def _append(self) -> None:
        item = self._stack.pop()
        self._list_on_top().append(item)

    def _appends(self) -> None:
        items = self._since_mark()
        self._list_on_top().extend(items)

    def _setitem(self) -> None:
        items = self._stack[-2:]
        del self._stack[-2:]
        self._store(items)

    def _setitems(self) -> None:
        self._store(self._since_mark())

    def _store(self, items: list[Any]) -> None:
        """Put keys and values, in turn, into the dict on top."""
        top = self._stack[-1]
        if not isinstance(top, dict):
            raise FormatError("the description of the tensors is damaged: a dict is missing")
        # Nothing else is looked up, and hashing a deep tuple could overflow the stack of C.
        if not all(isinstance(key, str | int) for key in items[0::2]):
            raise UnsupportedOperatorError(f"it has keys that are no names; {_ADVICE}")
        top.update(zip(items[0::2], items[1::2], strict=True))

    def _list_on_top(self) -> list[Any]:
        if not isinstance(self._stack[-1], list):
            raise FormatError("the description of the tensors is damaged: a list is missing")
        return self._stack[-1]


_ADVICE = "save the state dict alone: torch.save(module.state_dict(), path)"


def _named(text: str) -> _Name:
    known = (*_EMPTY_DICTS, *_TENSORS, *_PARAMETERS, *_STORAGES, *_PLAIN_NAMES)
    if text not in known:
        raise UnsupportedOperatorError(
            f"it wants to use {text}, which is never looked up; {_ADVICE}"
        )
    return _Name(text)


def _made(name: str, arguments: tuple[Any, ...]) -> Any:
    if name in _EMPTY_DICTS and not arguments:
        return {}
    if name in _TENSORS:
        storage, offset, shape, strides = arguments[:4]
        return StoredTensor(storage, offset, shape, strides)
    if name in _PARAMETERS and isinstance(arguments[0], StoredTensor):
        return arguments[0]
    if name == "torch.Size" and len(arguments[0]) <= _MOST_AXES:
        return tuple(arguments[0])
    if name == "torch.device":
        return ":".join(str(argument) for argument in arguments)
    raise UnsupportedOperatorError(f"it calls {name} in a way that is not followed; {_ADVICE}")

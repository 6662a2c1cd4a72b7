"""Every error that polytropic raises on purpose, under one root.

Each message says what was wrong, where, and what to do about it.
"""

__all__ = [
    "BudgetError",
    "EmptyPolytopeError",
    "FormatError",
    "InputError",
    "MissingDependencyError",
    "MissingFileError",
    "PolytropicError",
    "UnsupportedOperatorError",
]


class PolytropicError(Exception):
    """Root of all errors that the library raises on purpose."""


class InputError(PolytropicError, ValueError):
    """A value cannot be used: NaN, infinite, empty, ragged, of the wrong shape or type."""


class EmptyPolytopeError(InputError):
    """A question that only a non-empty polyhedron can answer was asked of an empty one."""


class FormatError(PolytropicError, ValueError):
    """A file is not what its name says: truncated, malformed, of an unknown format."""


class MissingFileError(FormatError, FileNotFoundError):
    """There is no file of that name; also a `FileNotFoundError`."""


class UnsupportedOperatorError(FormatError):
    """A network file uses an operator that the library does not read; the message names it."""


class BudgetError(PolytropicError, RuntimeError):
    """Work was refused in advance because its predicted size exceeds the given budget."""


class MissingDependencyError(PolytropicError, ImportError):
    """An optional package is needed for this; the message says which extra to install."""

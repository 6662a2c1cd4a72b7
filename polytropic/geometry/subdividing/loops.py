"""The loops that cut cells: compiled, or the same in plain Python where that costs less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from polytropic.arithmetic.compiled import worth_compiling

__all__ = ["Loops", "choose_loops", "compiled_loops", "plain_loops"]


class Loops(NamedTuple):
    """Functions of `kernels` or of `reference`."""

    cut_cells: Callable[..., Any]
    sign_words: Callable[..., Any]
    renumber: Callable[..., Any]
    register: Callable[..., Any]


def choose_loops(seconds: float) -> Loops:
    """Compiled loops, if plain Python may take longer than so many seconds to load them."""
    if worth_compiling(seconds):
        return compiled_loops()
    return plain_loops()


def compiled_loops() -> Loops:
    """The compiled loops, whatever loading them costs."""
    from polytropic.geometry.subdividing.kernels import cut_cells
    from polytropic.geometry.subdividing.name_kernels import register, renumber
    from polytropic.geometry.subdividing.value_kernels import sign_words

    return Loops(cut_cells, sign_words, renumber, register)


def plain_loops() -> Loops:
    """The same in plain Python."""
    from polytropic.geometry.subdividing import reference

    return Loops(reference.cut_cells, reference.sign_words, reference.renumber, reference.register)

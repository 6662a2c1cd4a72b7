"""Exact arrays: integers over one common denominator.

An input means what its bits say (integers and fractions are themselves, a float is the dyadic
rational it encodes), so every array that enters the library becomes an `ExactArray` once and all
combinatorial decisions are taken on it.  Numerators are Python integers in an object array: they
never overflow, and sums and scalings of whole arrays stay one vectorised expression.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any, TypeAlias

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.errors import InputError

__all__ = [
    "ExactArray",
    "FloatArray",
    "IntArray",
    "Numbers",
    "ObjectArray",
    "exact",
    "exact_scalar",
    "frozen",
    "nearest",
]

ObjectArray: TypeAlias = NDArray[np.object_]
FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

Numbers: TypeAlias = Any
"""What `exact` reads: array_like of integers, floats or fractions (numpy's own ArrayLike does not
admit `fractions.Fraction`), or an `ExactArray`."""

_MANTISSA_BITS = 53


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` itself, marked read-only."""
    array.setflags(write=False)
    return array


class ExactArray:
    """A rational array of any shape, in lowest terms over one common denominator.

    Immutable.  An array that came as float64 stays one inside until its integers are asked for.

    Parameters
    ----------
    numerators : ndarray of int (dtype object)
        Python integers; any shape.
    denominator : int
        One positive common denominator.

    Examples
    --------
    >>> a = exact([[0.5, 3], [0, -1]])
    >>> a.denominator, a.numerators.tolist()
    (2, [[1, 6], [0, -2]])
    >>> (a + a).to_float()
    array([[ 1.,  6.],
           [ 0., -2.]])
    """

    __slots__ = ("_floats", "_ratio", "_scaled", "shape")

    _floats: FloatArray | None
    _ratio: tuple[ObjectArray, int] | None
    _scaled: tuple[ObjectArray, list[int]] | None
    shape: tuple[int, ...]

    def __init__(self, numerators: ObjectArray, denominator: int = 1) -> None:
        self._floats = None
        self._scaled = None
        self._ratio = _lowest_terms(numerators, denominator)
        self.shape = numerators.shape

    @staticmethod
    def of_floats(floats: FloatArray) -> ExactArray:
        """Wrap finite float64 numbers, each meaning the dyadic rational it encodes."""
        array = object.__new__(ExactArray)
        array._floats = frozen(floats + 0.0)  # a copy, without negative zeros
        array._ratio = None
        array._scaled = None
        array.shape = floats.shape
        return array

    @staticmethod
    def of_rows(numerators: ObjectArray, denominators: Sequence[int]) -> ExactArray:
        """Array whose row i is ``numerators[i] / denominators[i]``, the denominators positive.

        The rows keep denominators of their own until the common one is asked for: that of a
        thousand unrelated fractions is enormous.
        """
        array = object.__new__(ExactArray)
        array._floats = None
        array._ratio = None
        array._scaled = (frozen(numerators), list(denominators))
        array.shape = numerators.shape
        return array

    @property
    def floats(self) -> FloatArray | None:
        """The array itself, if it is stored in float64; None otherwise."""
        return self._floats

    @property
    def _lowest(self) -> tuple[ObjectArray, int]:
        if self._ratio is None:
            if self._scaled is not None:
                self._ratio = _over_common(*self._scaled)
            else:
                assert self._floats is not None
                self._ratio = _dyadic(self._floats)
        return self._ratio

    @property
    def numerators(self) -> ObjectArray:
        """Integers, read-only; ``gcd(denominator, *numerators) == 1``."""
        return self._lowest[0]

    @property
    def denominator(self) -> int:
        """Positive common denominator."""
        return self._lowest[1]

    # -- shape ---------------------------------------------------------------------------------
    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> ExactArray:
        if self._floats is not None:
            return ExactArray.of_floats(np.asarray(self._floats[key]))
        if self._scaled is not None and self._ratio is None:
            rows, denominators = self._scaled
            if isinstance(key, (slice, list, np.ndarray)):
                chosen = np.arange(len(rows))[key]
                if chosen.ndim == 1:
                    return ExactArray.of_rows(rows[chosen], [denominators[i] for i in chosen])
            elif isinstance(key, (int, np.integer)):
                return ExactArray(np.asarray(rows[key]).copy(), denominators[key])
        picked = self.numerators[key]
        if not isinstance(picked, np.ndarray):
            picked = _object_array([picked], ())
        return ExactArray(picked.copy(), self.denominator)

    def reshape(self, *shape: int) -> ExactArray:
        """Return the same numbers in another shape."""
        if self._floats is not None:
            return ExactArray.of_floats(self._floats.reshape(*shape))
        return ExactArray(self.numerators.reshape(*shape), self.denominator)

    @property
    def T(self) -> ExactArray:
        """Transpose."""
        if self._floats is not None:
            return ExactArray.of_floats(self._floats.T)
        return ExactArray(self.numerators.T, self.denominator)

    @property
    def exponent(self) -> int:
        """Least e with all entries below ``2**e`` in size, or one more; 0 for zeros."""
        if self._floats is not None:
            return int(np.frexp(np.abs(self._floats).max(initial=0.0))[1])
        largest = max((abs(entry) for entry in self.numerators.ravel().tolist()), default=0)
        return largest.bit_length() - self.denominator.bit_length() + 1 if largest else 0

    # -- arithmetic ----------------------------------------------------------------------------
    def over(self, denominator: int) -> ObjectArray:
        """Numerators over a given multiple of the common denominator."""
        return self.numerators * (denominator // self.denominator)

    def __add__(self, other: ExactArray) -> ExactArray:
        common = math.lcm(self.denominator, other.denominator)
        return ExactArray(self.over(common) + other.over(common), common)

    def __sub__(self, other: ExactArray) -> ExactArray:
        return self + (-other)

    def __neg__(self) -> ExactArray:
        if self._floats is not None:
            return ExactArray.of_floats(-self._floats)
        if self._scaled is not None and self._ratio is None:
            return ExactArray.of_rows(-self._scaled[0], self._scaled[1])
        return ExactArray(-self.numerators, self.denominator)

    def __mul__(self, other: ExactArray | int | Fraction) -> ExactArray:
        if isinstance(other, ExactArray):
            product = self.numerators * other.numerators
        else:
            product = self.numerators * int(other.numerator)
        return ExactArray(product, self.denominator * int(other.denominator))

    def __matmul__(self, other: ExactArray) -> ExactArray:
        if self._scaled is not None and self._ratio is None and self.ndim == 2:
            rows, denominators = self._scaled
            right = other.numerators.reshape(other.shape[0], math.prod(other.shape[1:]))
            product = _integer_product(rows, right).reshape(self.shape[:1] + other.shape[1:])
            return ExactArray.of_rows(product, [d * other.denominator for d in denominators])
        left = self.numerators.reshape(math.prod(self.shape[:-1]), self.shape[-1])
        right = other.numerators.reshape(other.shape[0], math.prod(other.shape[1:]))
        product = _integer_product(left, right)
        shape = self.shape[:-1] + other.shape[1:]
        return ExactArray(product.reshape(shape), self.denominator * other.denominator)

    # -- comparison ----------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ExactArray):
            return NotImplemented
        return (
            self.shape == other.shape
            and self.denominator == other.denominator
            and self.numerators.ravel().tolist() == other.numerators.ravel().tolist()
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.denominator, tuple(self.numerators.ravel().tolist())))

    def __getstate__(self) -> tuple[Any, ...]:
        if self._floats is not None:
            return self._floats, None, None
        return (None, self._ratio, None) if self._ratio is not None else (None, None, self._scaled)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._floats, self._ratio, self._scaled = state
        if self._floats is not None:
            self.shape = frozen(self._floats).shape
        elif self._ratio is not None:
            self.shape = frozen(self._ratio[0]).shape
        else:
            assert self._scaled is not None
            self.shape = frozen(self._scaled[0]).shape

    def __repr__(self) -> str:
        return f"ExactArray(shape {self.shape})"

    # -- views ---------------------------------------------------------------------------------
    def to_float(self) -> FloatArray:
        """Return the nearest float64 to every entry (infinite beyond the range of floats)."""
        if self._floats is not None:
            return self._floats
        if self._scaled is not None:
            rows = zip(self._scaled[0].tolist(), self._scaled[1], strict=True)
            rounded_rows = [
                nearest(x, d) for row, d in rows for x in (row if self.ndim > 1 else [row])
            ]
            return frozen(np.array(rounded_rows, dtype=np.float64).reshape(self.shape))
        flat = self.numerators.ravel().tolist()
        rounded = np.array([nearest(value, self.denominator) for value in flat], dtype=np.float64)
        return frozen(rounded.reshape(self.shape))

    def to_fractions(self) -> ObjectArray:
        """Return an object array of `fractions.Fraction`."""
        if self._scaled is not None:
            rows, denominators = self._scaled
            wide = rows.reshape(len(rows), math.prod(self.shape[1:])).tolist()
            flat = [Fraction(x, d) for row, d in zip(wide, denominators, strict=True) for x in row]
            return frozen(_object_array(flat, self.shape))
        flat = [Fraction(value, self.denominator) for value in self.numerators.ravel().tolist()]
        return frozen(_object_array(flat, self.shape))

    @staticmethod
    def concatenate(parts: Sequence[ExactArray], axis: int = 0) -> ExactArray:
        """Join arrays along an axis."""
        floats = [part._floats for part in parts if part._floats is not None]
        if len(floats) == len(parts):
            return ExactArray.of_floats(np.concatenate(floats, axis))
        scaled = [part._scaled for part in parts if part._scaled is not None]
        if axis == 0 and len(scaled) == len(parts):
            denominators = [d for _, own in scaled for d in own]
            return ExactArray.of_rows(np.concatenate([rows for rows, _ in scaled]), denominators)
        common = math.lcm(*(part.denominator for part in parts))
        return ExactArray(np.concatenate([part.over(common) for part in parts], axis), common)

    @staticmethod
    def zeros(*shape: int) -> ExactArray:
        """Return an array of zeros."""
        return ExactArray(np.full(shape, 0, dtype=object), 1)


def exact(values: Any, name: str = "values", ndim: int | None = None) -> ExactArray:
    """Read numbers of any exact or floating kind as the rationals they encode.

    Parameters
    ----------
    values : array_like
        Integers, floats, `fractions.Fraction`, flint integers or rationals, or an `ExactArray`.
    name : str
        What to call the values in an error message.
    ndim : int, optional
        The number of axes that is required.

    Returns
    -------
    ExactArray

    Raises
    ------
    InputError
        If an entry is NaN, infinite or no real number, if rows differ in length, or if the number
        of axes is wrong.

    Examples
    --------
    >>> exact([0.1]).to_fractions()[0]
    Fraction(3602879701896397, 36028797018963968)
    """
    result = values if isinstance(values, ExactArray) else _read(values, name)
    if ndim is not None and result.ndim != ndim:
        raise InputError(
            f"{name} must have {ndim} axes (rows are objects), got shape {result.shape}"
        )
    return result


def exact_scalar(value: Any, name: str = "value") -> Fraction:
    """Read one number as the rational it encodes."""
    array = exact(value, name, ndim=0)
    return Fraction(array.numerators.item(), array.denominator)


def _read(values: Any, name: str) -> ExactArray:
    if np.ma.is_masked(values):
        raise InputError(f"{name} has masked entries; every entry must be a finite number")
    try:
        array = np.asarray(values)
        if array.dtype.kind == "f" and not hasattr(values, "dtype") and _has_large(array):
            # NumPy makes floats of integers that stand beside floats, or beyond int64: ask again.
            array = np.asarray(values, dtype=object)
    except ValueError as problem:
        raise InputError(f"{name} is ragged: its rows differ in length") from problem
    if array.dtype.kind in "iub":
        if not _has_large(array):
            return ExactArray.of_floats(array.astype(np.float64))
        return ExactArray(_object_array([int(x) for x in array.ravel().tolist()], array.shape), 1)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        return _read_floats(array.astype(np.float64), name)
    if array.dtype.kind == "O":
        return _read_objects(array, name)
    raise InputError(
        f"{name} holds {array.dtype} entries; give integers, floats or fractions.Fraction"
    )


def _has_large(array: NDArray[Any]) -> bool:
    """Whether an entry may be, or may have been, an integer that floats cannot hold."""
    if array.dtype.kind == "b":
        return False
    bound = 2**_MANTISSA_BITS
    return bool(((array >= bound) | (array <= -bound)).any())


def _read_floats(array: FloatArray, name: str) -> ExactArray:
    bad = ~np.isfinite(array)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise InputError(f"{name}{list(where)} is {array[where]}; every entry must be finite")
    return ExactArray.of_floats(array)


def _dyadic(array: FloatArray) -> tuple[ObjectArray, int]:
    """Integers over the least power of two that gives the floats exactly."""
    mantissas, exponents = np.frexp(array)
    integers = np.ldexp(mantissas, _MANTISSA_BITS).astype(np.int64)
    shifts = exponents.astype(np.int64) - _MANTISSA_BITS
    nonzero = integers != 0
    # Strip trailing zero bits first, so that common inputs (small integers) stay small.
    low_bits = np.where(nonzero, integers & -integers, 1)
    trailing = np.round(np.log2(low_bits.astype(np.float64))).astype(np.int64)
    integers, shifts = integers >> trailing, np.where(nonzero, shifts + trailing, 0)
    lowest = min(int(shifts.min()), 0) if array.size else 0
    flat = [
        int(m) << int(s - lowest)
        for m, s in zip(integers.ravel().tolist(), shifts.ravel().tolist(), strict=True)
    ]
    return frozen(_object_array(flat, array.shape)), 1 << -lowest


def _over_common(rows: ObjectArray, denominators: list[int]) -> tuple[ObjectArray, int]:
    common = math.lcm(*denominators)
    factors = [common // d for d in denominators]
    shape = (len(rows),) + (1,) * (rows.ndim - 1)
    return _lowest_terms(rows * _object_array(factors, shape), common)


def _lowest_terms(numerators: ObjectArray, denominator: int) -> tuple[ObjectArray, int]:
    flat = numerators.ravel().tolist()
    common = math.gcd(denominator, *flat)
    if common > 1:
        flat = [value // common for value in flat]
        numerators = _object_array(flat, numerators.shape)
    return frozen(numerators), denominator // common


def _read_objects(array: ObjectArray, name: str) -> ExactArray:
    flat: list[Fraction] = []
    for position, entry in enumerate(array.ravel().tolist()):
        try:
            flat.append(_fraction(entry))
        except (TypeError, ValueError, OverflowError) as problem:
            where = [int(i) for i in np.unravel_index(position, array.shape)]
            if isinstance(entry, (list, tuple, np.ndarray)):
                raise InputError(f"{name} is ragged: its rows differ in length") from problem
            raise InputError(
                f"{name}{where} is {entry!r}; every entry must be a finite number"
            ) from problem
    common = math.lcm(*(value.denominator for value in flat)) if flat else 1
    numerators = [value.numerator * (common // value.denominator) for value in flat]
    return ExactArray(_object_array(numerators, array.shape), common)


def _fraction(entry: Any) -> Fraction:
    if isinstance(entry, (flint.fmpz, flint.fmpq)):
        rational = flint.fmpq(entry)
        return Fraction(int(rational.p), int(rational.q))
    if isinstance(entry, (Rational, float, np.integer, np.floating)):
        return Fraction(entry.item() if isinstance(entry, np.generic) else entry)
    raise TypeError(type(entry))


def nearest(numerator: int, denominator: int) -> float:
    """Nearest float to a quotient of integers; infinite beyond the range of floats."""
    # Python's true division of integers is correctly rounded whatever their size.
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def _object_array(flat: Sequence[Any], shape: tuple[int, ...]) -> ObjectArray:
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return array.reshape(shape)


def _integer_product(left: ObjectArray, right: ObjectArray) -> ObjectArray:
    rows, inner, columns = left.shape[0], left.shape[1], right.shape[1]
    if 0 in (rows, inner, columns):
        return np.full((rows, columns), 0, dtype=object)
    product = flint.fmpz_mat(left.tolist()) * flint.fmpz_mat(right.tolist())
    return _object_array([int(entry) for entry in product.entries()], (rows, columns))

r"""
# Arithmetic

Sums, quotients, powers and functions go element by element. For products, that is one reading of
several. What is written without a sign is

* the product of matrices, where only that fits: $W x$, $x^\top y$, $G G^\top$. A vector, which has
  one dimension, is a column;
* the product element by element, where only that fits, and no factor is called what a matrix is.

Two square matrices of one size are refused, since both readings fit, and so are $x \cdot y$ and
$x \times y$ between arrays. Where an author writes $x \odot y$ or $A @ B$, there is nothing to
guess.

All of it is defined by the operations on numbers, which an `Arithmetic` lists, such as that of
[floats](floats.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from .arrays import each, elements, shape, transposed


def relative_error(a: float, b: float) -> float:
    """The relative error. Not a number is equal to nothing."""
    if a == b:
        return 0.0
    if math.isnan(a) or math.isnan(b):
        return math.inf
    found = abs(a - b) / max(abs(a), abs(b))
    return math.inf if math.isnan(found) else found


@dataclass(frozen=True)
class Arithmetic:
    """What can be done with numbers of one kind."""

    # One of these numbers, for a number that stands in a formula, and the other way round.
    number: Callable[[float], Any]
    as_float: Callable[[Any], float]
    negative: Callable[[Any], Any]
    # By the operation of a `Binary` node.
    binary: Mapping[str, Callable[[Any, Any], Any]]
    root: Callable[[Any, int], Any]
    # By names of `formula/functions.py`.
    functions: Mapping[str, Callable[..., Any]]
    # By the operation of a `Compare` node.
    compare: Mapping[str, Callable[[Any, Any], bool]]
    # How far two numbers are from being the same, relative to them.
    error: Callable[[Any, Any], float] = relative_error

    def combine(self, op: str, left: Any, right: Any, sign: str = "") -> Any:
        """The value of an operation on numbers or arrays; `sign` is how a product is written."""
        if op == "@":
            return self.matrix_product(left, right)
        arrays = isinstance(left, tuple) + isinstance(right, tuple)
        if not arrays:
            return self.binary[op](left, right)
        if op == "*" and arrays == 2:
            return self.product(left, right, sign)
        return each(self.binary[op], left, right)

    def product(self, left: Any, right: Any, sign: str) -> Any:
        """The product of two arrays that is meant where its sign does not say it."""
        if sign:
            raise ValueError(
                rf"{sign} between arrays has several meanings: write \odot, or x^\top y"
            )
        one, other = shape(left), shape(right)
        by_element = one == other
        by_matrices = fits(one, other) and max(len(one), len(other)) == 2
        if by_element and by_matrices and one != (1, 1):
            raise ValueError(
                rf"the product of two matrices of the shape {one} has two meanings: write"
                r" A \odot B, or A @ B"
            )
        if by_matrices:
            return self.matrix_product(left, right)
        return each(self.binary["*"], left, right)

    def matrix_product(self, left: Any, right: Any) -> Any:
        """Vectors are columns, and a matrix of one element is a number."""
        one, other = shape(left), shape(right)
        if not fits(one, other):
            raise ValueError(f"there is no product of matrices of the shapes {one} and {other}")
        rows = left if len(one) == 2 else [(x,) for x in left]
        columns = transposed(right) if len(other) == 2 else (right,)
        multiply = self.binary["*"]
        found = tuple(
            tuple(self.fold("+", map(multiply, row, column)) for column in columns) for row in rows
        )
        if len(other) == 2:
            return found
        return found[0][0] if len(found) == 1 else tuple(row[0] for row in found)

    def fold(self, op: str, values: Iterable[Any]) -> Any:
        """All numbers added up or multiplied, of which there is at least one."""
        return reduce(self.binary[op], values)

    def apply(self, name: str, args: Sequence[Any]) -> Any:
        """The value of a function."""
        if name in ARRAYS:
            return ARRAYS[name](self, *args)
        if name in ("max", "min") and len(args) == 1:
            return reduce(self.functions[name], elements(args[0]))
        return each(self.functions[name], *args)


def fits(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether there is a product of matrices of these shapes."""
    known = 1 <= len(one) <= 2 and 1 <= len(other) <= 2
    return known and (*one, 1)[1] == other[0]


# ## Functions of arrays


def norm(arithmetic: Arithmetic, value: Any, order: Any = 2.0) -> Any:
    if len(shape(value)) > 1:
        raise ValueError(r"the norm of a matrix has several meanings: write \lVert A \rVert_F")
    absolute = [arithmetic.functions["abs"](x) for x in elements(value)]
    number = arithmetic.as_float(order)
    if number == 1:
        return arithmetic.fold("+", absolute)
    if number == 2:
        return frobenius(arithmetic, value)
    if number == math.inf:
        return reduce(arithmetic.functions["max"], absolute)
    raise ValueError(r"known are the norms \lVert x \rVert_1, _2, _\infty and, of a matrix, _F")


def frobenius(arithmetic: Arithmetic, value: Any) -> Any:
    multiply = arithmetic.binary["*"]
    return arithmetic.root(arithmetic.fold("+", (multiply(x, x) for x in elements(value))), 2)


def mean(arithmetic: Arithmetic, value: Any) -> Any:
    found = list(elements(value))
    count = arithmetic.number(float(len(found)))
    return arithmetic.binary["/"](arithmetic.fold("+", found), count)


def trace(arithmetic: Arithmetic, value: Any) -> Any:
    found = shape(value)
    if len(found) != 2 or found[0] != found[1]:
        raise ValueError(f"a trace is that of a square matrix, not of the shape {found}")
    return arithmetic.fold("+", (row[i] for i, row in enumerate(value)))


def softmax(arithmetic: Arithmetic, value: Any) -> Any:
    if len(shape(value)) != 1:
        raise ValueError(f"softmax is that of a vector, not of the shape {shape(value)}")
    powers = each(arithmetic.functions["exp"], value)
    return each(arithmetic.binary["/"], powers, arithmetic.fold("+", powers))


ARRAYS: dict[str, Callable[..., Any]] = {
    "norm": norm,
    "frobenius": frobenius,
    "sum": lambda arithmetic, value: arithmetic.fold("+", elements(value)),
    "mean": mean,
    "trace": trace,
    "softmax": softmax,
}

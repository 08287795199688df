r"""
# How far rounding can take two ways to compute one number

Code and formula have the same value, but for the last digits. How many digits are lost depends on
the numbers: where two large ones nearly cancel, most of them. So a formula is evaluated a second
time, on numbers that carry a bound of their own error. A symbol is off by a few units in the last
place, and each operation adds as much again, and hands on what it was given: as far as its value
moves if an operand does.

>>> from ..formula.parser import parse
>>> near = {"a": 1.0, "b": 1.0 - 1e-6}
>>> f"{slack(parse('a - b', ()), near):.0e}", f"{slack(parse('a + b', ()), near):.0e}"
('1e-14', '3e-14')

A difference within that bound is rounding. A larger one is a slip, however small it is: here, the
difference of $a$ and $b$ may be off by $10^{-8}$ of itself, and the sum by $10^{-14}$.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..formula.tree import Expression
from .arithmetic import Arithmetic
from .arrays import Value, each
from .evaluator import Env, evaluate
from .floats import FLOATS

# The unit roundoff of float64, and how many of it an operation may be off: the code may take
# several operations where the formula has one, and their errors add up.
DOUBLE = 2.0**-53
UNITS = 64


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number, and how far it may be from the true one."""

    value: float
    error: float


def slack(node: Expression, env: Env, unit: float = DOUBLE) -> Value:
    """How far rounding can take the value of an expression, for each element of it."""
    own = UNITS * unit
    read = {key: each(partial(_read, own), value) for key, value in env.items()}
    return each(lambda x: x.error, evaluate(node, read, rounded(own)))


def carried(function: Callable[..., float], own: float, *operands: Rounded) -> Rounded:
    """The value of a function, with what the errors of its operands and its own come to."""
    values = [operand.value for operand in operands]
    found = function(*values)
    error = own * abs(found)
    for place, operand in enumerate(operands):
        moved = [
            function(*values[:place], operand.value + shift, *values[place + 1 :])
            for shift in (-operand.error, operand.error)
        ]
        error += max(_distance(found, other) for other in moved)
    return Rounded(found, error)


def rounded(own: float) -> Arithmetic:
    """The arithmetic of floats, where each operation is off by `own` of its value."""

    def lifted(function: Callable[..., float]) -> Callable[..., Rounded]:
        return partial(carried, function, own)

    def compared(function: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
        return lambda a, b: function(a.value, b.value)

    return Arithmetic(
        number=lambda x: Rounded(x, 0.0),
        as_float=lambda x: x.value,
        negative=lambda x: Rounded(-x.value, x.error),
        binary={op: lifted(function) for op, function in FLOATS.binary.items()},
        root=lambda x, degree: carried(lambda y: FLOATS.root(y, degree), own, x),
        functions={name: lifted(function) for name, function in FLOATS.functions.items()},
        compare={op: compared(function) for op, function in FLOATS.compare.items()},
    )


def _read(own: float, value: float) -> float | Rounded:
    return value if isinstance(value, bool) else Rounded(value, own * abs(value))


def _distance(one: float, other: float) -> float:
    distance = 0.0 if one == other else abs(one - other)
    # At the edge of where a function is defined, one side says nothing.
    return 0.0 if math.isnan(distance) else distance

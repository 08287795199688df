r"""
# What a formula can do with exact numbers

The same operations as with [floats](../values/floats.py), as far as they go element by element.
What has no exact value, such as a logarithm, is refused by name: a formula with it is tested, and
not proved.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, NoReturn

from ..values.arithmetic import Arithmetic
from ..values.floats import FLOATS
from .ground import Ground, Refused, plain
from .guards import from_tool
from .numbers import Exact


def refuse(name: str) -> Callable[..., NoReturn]:
    def refused(*arguments: object) -> NoReturn:
        raise Refused(f"{name} has no exact value here")

    return refused


# What code decides with these, no question records. The text of a number is refused as well.
DECIDING = "mod rmod floordiv rfloordiv divmod rdivmod int trunc round floor ceil hash".split()
READING = "float reduce_ex getnewargs".split()
PLAIN = "is_integer", "as_integer_ratio", "hex", "conjugate"
for _name in (*(f"__{name}__" for name in (*DECIDING, *READING)), *PLAIN):
    setattr(Exact, _name, refuse(_name))


def text(number: Exact, spec: str = "") -> str:
    """For messages of the tool."""
    if not from_tool():
        raise Refused("the text of a number has no exact value here")
    return format(plain(number), spec)


SAID = {"__str__": text, "__format__": text, "__pos__": lambda number: number}
for _name, _function in SAID.items():
    setattr(Exact, _name, _function)
for _name in ("real", "imag"):
    setattr(Exact, _name, property(refuse(_name)))


def larger(*numbers: Exact) -> Exact:
    first, *others = numbers
    for other in others:
        lifted = first.lifted(other)
        if lifted is None:
            raise Refused(f"a maximum with {other!r} has no exact value here")
        first = first.larger(lifted)
    return first


def smaller(*numbers: Exact) -> Exact:
    return -larger(*(-number for number in numbers))


def sign(number: Exact) -> Exact:
    """
    -1, 0 or 1: two questions. When a sum is zero no input says, so its sign is an unknown number,
    one for each sum.
    """
    if number.element and number.factors == {number.element}:
        signs, value = number.ground.signs, math.copysign(1.0, plain(number))
        opposite = signs.get(-number.element % number.ground.prime)
        if opposite is not None:
            return -number.new(-value, opposite, (1, 0))
        found = signs.setdefault(number.element, number.ground.element())
        return number.new(value, found, (1, 0))
    return Exact.constant(number.ground, 1.0 if number > 0 else -1.0 if number else 0.0)


def root(number: Exact, degree: int) -> Exact:
    if degree != 2:
        raise Refused(f"a root of degree {degree} has no exact value here")
    return number.root()


def error(one: Any, other: Any) -> float:
    """None, or all: two exact numbers are the same or not. A plain number is a constant."""
    if isinstance(one, Exact):
        lifted = one.lifted(other) if isinstance(other, Exact) or math.isfinite(other) else None
        if lifted is None:
            return math.inf
        one.ground.see(one.size, lifted.size)
        one.ground.refuted |= lifted.element != one.element
        return math.inf if lifted.element != one.element else 0.0
    if isinstance(other, Exact):
        return error(other, one)
    return 0.0 if one == other else math.inf


def constant(number: Any) -> float:
    """A number that decides how often something is done."""
    if isinstance(number, Exact) and not number.is_constant:
        raise Refused(f"a count that depends on {number!r} has no exact value here")
    return plain(number) if isinstance(number, Exact) else float(number)


def exact(ground: Ground) -> Arithmetic:
    """The arithmetic of the numbers on this ground."""
    known: dict[str, Callable[..., Any]] = {
        **{name: refuse(rf"\operatorname{{{name}}}") for name in FLOATS.functions},
        "max": larger,
        "min": smaller,
        "abs": abs,
        "sign": sign,
        "relu": lambda x: x.larger(Exact.constant(ground, 0.0)),
        "clip": lambda x, low, high: smaller(larger(x, low), high),
    }
    binary = {**FLOATS.binary, "/": operator.truediv, "^": operator.pow}
    return Arithmetic(
        number=lambda value: Exact.constant(ground, value),
        as_float=constant,
        negative=operator.neg,
        binary={**binary, r"\bmod": refuse(r"\bmod")},
        root=root,
        functions=known,
        compare=FLOATS.compare,
        error=error,
    )

r"""
# The operations of C, on exact numbers

An integer of C is an `int` of Python, with C's division; a `double` is an exact number, or a plain
`float` where it is written in the text.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..arithmetic import larger, smaller
from ..ground import Refused
from ..guards import HOSTS
from ..numbers import Exact

# Comparisons are made here for the C that is run, at a `place` in it.
HOSTS.add(__file__)

# What every integer of C holds that is computed with.
LIMIT = 2**31


def root(x: Any) -> Any:
    return x.root() if isinstance(x, Exact) else math.sqrt(x)


# The functions of the standard library that have an exact value.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sqrt": root,
    "fabs": abs,
    "fmax": larger,
    "fmin": smaller,
}
BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def combined(sign: str, one: Any, other: Any, place: str) -> Any:
    both = isinstance(one, int) and isinstance(other, int)
    if sign == "/":
        return whole(one, other) if both else one / other
    if sign == "%" and both:
        return one - other * whole(one, other)
    if sign not in BINARY:
        raise Refused(f"{place}: {sign!r} has no exact value here")
    found = BINARY[sign](one, other)
    if both and not -LIMIT <= found < LIMIT:
        raise Refused(f"{place}: an integer of {found} is too large for C")
    return found


def truth(value: Any, place: str) -> bool:
    if not isinstance(value, float | int):
        raise Refused(f"{place}: {value!r} is neither true nor false here")
    return bool(value)


def whole(one: int, other: int) -> int:
    """C rounds to zero."""
    found = abs(one) // abs(other)
    return found if (one < 0) == (other < 0) else -found


def called(function: Callable[..., Any], given: Sequence[Any], place: str) -> Any:
    """The result of a function of the host, which may compare."""
    return function(*given)


def converted(value: Any, kind: str, name: str) -> Any:
    """A value as it is in a variable of this kind."""
    integer = isinstance(value, int)
    if kind == "double" and (integer or isinstance(value, float)):
        return float(value) if integer else value
    if kind.startswith("integer") and integer:
        if abs(value) < 2 ** (int(kind.split()[2]) - 1):
            return int(value)
    raise Refused(f"{value!r} as {name} has no exact value here")


def number(text: str) -> Any:
    """A number that is written in the text."""
    plain = text.rstrip("lL")
    try:
        return int(plain, 0) if plain.replace("0x", "").isalnum() else float(text)
    except ValueError:
        raise Refused(f"the number {text} has no exact value here") from None

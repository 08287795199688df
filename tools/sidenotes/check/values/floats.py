r"""
# Floats that never raise

Numbers behave as in a tensor, that is as IEEE 754 says: $1/0$ is infinite, $0/0$ and $\sqrt{-1}$
are not numbers, and nothing raises. Python's own `/`, `**`, `max` and `math.log` would do
otherwise. A negative number has real roots of odd degree: $\sqrt[3]{-8} = -2$.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from .arithmetic import Arithmetic


def divide(a: float, b: float) -> float:
    if b:
        return a / b
    return a * math.copysign(math.inf, b)


def power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:
        # Zero to a negative power, or a negative number to a fractional one.
        return divide(1.0, math.pow(a, -b)) if a == 0 else math.nan


def modulo(a: float, b: float) -> float:
    """The remainder with the sign of the divisor, as `%` in Python."""
    return a % b if b and math.isfinite(a) else math.nan


def root(x: float, degree: int) -> float:
    if degree == 2:
        return math.sqrt(x) if x >= 0 else math.nan
    if degree % 2 == 1:
        return math.copysign(math.pow(abs(x), 1 / degree), x)
    return math.pow(x, 1 / degree) if x >= 0 else math.nan


def largest(*numbers: float) -> float:
    return math.nan if any(map(math.isnan, numbers)) else max(numbers)


def smallest(*numbers: float) -> float:
    return math.nan if any(map(math.isnan, numbers)) else min(numbers)


def clip(x: float, low: float, high: float) -> float:
    return smallest(largest(x, low), high)


def sign(x: float) -> float:
    return x if math.isnan(x) else float((x > 0) - (x < 0))


def logarithm(x: float, base: float = math.e) -> float:
    if x <= 0 or math.isinf(x):
        return -math.inf if x == 0 else math.inf if x > 0 else math.nan
    known = {math.e: math.log, 2.0: math.log2, 10.0: math.log10}
    return known[base](x) if base in known else divide(math.log(x), logarithm(base))


def sigmoid(x: float) -> float:
    return divide(1.0, 1.0 + exponential(-x))


def exponential(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def quiet(function: Callable[[float], float]) -> Callable[[float], float]:
    """The function, which is not a number where it is not defined, and infinite beyond floats."""

    def value(x: float) -> float:
        try:
            return float(function(x))
        except ValueError:
            return math.nan
        except OverflowError:
            # `sinh` has the sign of its argument, `cosh` has none, and `floor` fails on infinity.
            return x if math.isinf(x) else math.copysign(math.inf, function(math.copysign(1, x)))

    return value


_QUIET = "sin cos tan sinh cosh tanh asin acos atan floor ceil erf"

FLOATS = Arithmetic(
    number=float,
    as_float=float,
    negative=operator.neg,
    binary={
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        r"\odot": operator.mul,
        "/": divide,
        "^": power,
        r"\bmod": modulo,
    },
    root=root,
    functions={
        "max": largest,
        "min": smallest,
        "abs": abs,
        "clip": clip,
        "sign": sign,
        "log": logarithm,
        "exp": exponential,
        "sigmoid": sigmoid,
        "relu": lambda x: largest(x, 0.0),
        **{name: quiet(getattr(math, name)) for name in _QUIET.split()},
    },
    compare={
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
        "=": operator.eq,
        "!=": operator.ne,
    },
)

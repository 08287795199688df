r"""
# The value of a formula

A value is a number, or a tuple of numbers, the elements of a tensor in a row. Operations go element
by element; a number beside a tuple serves every element.

Numbers behave as in a tensor, that is as IEEE 754 says: $1/0$ is infinite, $0/0$ and $\sqrt{-1}$
are not numbers, and nothing raises. Python's own `/`, `**` and `max` would do otherwise. A negative
number has real roots of odd degree: $\sqrt[3]{-8} = -2$.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from .indices import at
from .tokens import FormulaError
from .tree import Binary, Call, Compare, Expression, Minus, Name, Number, Root, Sum

Value = float | tuple[float, ...]


class Unbound(FormulaError):
    """A symbol that nothing gives a value to."""

    def __init__(self, key: str, position: int) -> None:
        super().__init__(f"nothing gives {key} a value", position)
        self.key = key


def evaluate(node: Expression, env: Mapping[str, Value]) -> Value:
    r"""
    The value of an expression; `env` gives the symbols theirs.

    >>> from sidenotes.check.formula.parser import parse
    >>> evaluate(parse(r"\frac{g^2}{t}", ()), {"g": (1.0, 2.0), "t": 4})
    (0.25, 1.0)
    """
    match node:
        case Number(value):
            return value
        case Name(key):
            if key not in env:
                raise Unbound(key, node.start)
            return env[key]
        case Minus(operand):
            return _each(operator.neg, evaluate(operand, env))
        case Binary(op, left, right):
            return _each(BINARY[op], evaluate(left, env), evaluate(right, env))
        case Root(operand, degree):
            return _each(lambda x: root(x, degree), evaluate(operand, env))
        case Call(name, args):
            return _each(CALLS[name], *(evaluate(arg, env) for arg in args))
        case Sum(index, first, last, body):
            steps = range(whole(first, env), whole(last, env) + 1)
            total: Value = 0.0
            for step in steps:
                total = _each(operator.add, total, evaluate(at(body, index.key, step), env))
            return total
    raise TypeError(f"not an expression: {node!r}")


def whole(node: Expression, env: Mapping[str, Value]) -> int:
    """A bound of a sum."""
    value = evaluate(node, env)
    if isinstance(value, tuple) or not float(value).is_integer():
        raise FormulaError(f"a sum goes from one whole number to another, not {value}", node.start)
    return int(value)


def holds(node: Compare, env: Mapping[str, Value]) -> bool:
    """Whether a comparison holds. For elements that do not agree there is no answer."""
    answers = _each(COMPARE[node.op], evaluate(node.left, env), evaluate(node.right, env))
    found = set(answers) if isinstance(answers, tuple) else {answers}
    if len(found) != 1:
        raise FormulaError("holds for some elements and not for others", node.start)
    return bool(found.pop())


def _each(function: Callable[..., float], *values: Value) -> Value:
    """The function of numbers, or of the elements of tuples of one length."""
    lengths = {len(value) for value in values if isinstance(value, tuple)}
    if not lengths:
        return function(*values)
    if len(lengths) > 1:
        raise ValueError(f"tuples of different lengths: {sorted(lengths)}")
    (length,) = lengths
    columns = (value if isinstance(value, tuple) else (value,) * length for value in values)
    return tuple(map(function, *columns))


# ## Arithmetic that never raises


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
        # Zero to a negative power, or a negative number to a broken one.
        return divide(1.0, math.pow(a, -b)) if a == 0 else math.nan


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


BINARY: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divide,
    "^": power,
}
CALLS: dict[str, Callable[..., float]] = {"max": largest, "min": smallest, "abs": abs}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}

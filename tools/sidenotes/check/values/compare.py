r"""
# When two values are the same

Two ways to compute one number differ in the last bits. The measure is the relative error, element
by element. There is no absolute tolerance, in which errors of small values would be lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..problems import Place, Problem
from .arithmetic import Arithmetic
from .arrays import Value, each, elements, flat, is_empty, shape
from .floats import FLOATS

# Double precision has 16 digits; a step and its replay lose two or three of them. A wrong formula
# is wrong by much more, if hyper-parameters are far from 0 and 1.
TOLERANCE = 1e-9
# What one operation more or less can make, whatever the numbers. The line of a formula is held to
# this, or else to [what rounding can do](rounding.py) to the numbers at hand.
SAME = 1e-13


def deviation(actual: Value, expected: Value, arithmetic: Arithmetic = FLOATS) -> tuple[float, str]:
    """
    The largest relative error, and the two values that it is between. A number stands for as many
    equal ones as the other side has. What the code has as a vector may be a row or a column in the
    formula. Not a number is equal to nothing. Between arrays without elements there is no
    error, but nothing has been compared either.

    >>> deviation((1.0, 4.0), 2.0)
    (0.5, '1.0, not 2.0, in element 1 of 2')
    >>> deviation((1.0, 4.0), ((1.0, 4.0),)), deviation(((1.0, 4.0),), (1.0, 4.0))
    ((0.0, '1.0, not 1.0, in element 1 of 2'), (inf, 'of the shape (1, 2), not (2,)'))
    >>> deviation(math.nan, math.nan)[0]
    inf
    """
    one, other = shape(actual), shape(expected)
    if one and other and one != other and other not in ((*one, 1), (1, *one)):
        return math.inf, f"of the shape {one}, not {other}"
    left, right = (x if isinstance(x, tuple) else (x,) for x in (flat(actual), flat(expected)))
    size = max(len(left), len(right))
    if not (left and right):
        alone = not one and other
        return (math.inf, f"a number, not of the shape {other}") if alone else (0.0, "nothing")
    left, right = left if one else left * size, right if other else right * size
    errors = [arithmetic.error(a, b) for a, b in zip(left, right, strict=True)]
    worst = max(range(size), key=errors.__getitem__)
    where = f", in element {worst + 1} of {size}" if size > 1 else ""
    return errors[worst], f"{left[worst]!r}, not {right[worst]!r}{where}"


def exceeds(actual: Value, expected: Value, slack: Value) -> bool:
    """
    Whether some element is further from what it should be than rounding can take it.

    >>> exceeds((1.0, 2.0), (1.0, 2.5), (0.0, 0.4)), exceeds((1.0, 2.0), (1.0, 2.5), (0.0, 0.5))
    (True, False)
    """

    def far(a: float, b: float, most: float) -> bool:
        return not (a == b or abs(a - b) <= most)

    return any(elements(each(far, flat(actual), flat(expected), flat(slack))))


@dataclass
class Tally:
    """How often something was compared, the largest error, and the first failure."""

    checks: int = 0
    error: float = 0.0
    problem: Problem | None = None
    # Where the rows of `cases` begin that held.
    taken: set[int] = field(default_factory=set)
    # The step in which it failed. A failure in an earlier step takes the place of one in a later.
    step: int = 0

    def compare(
        self,
        actual: Value,
        expected: Value,
        place: Place,
        what: str,
        where: str,
        step: int = 0,
        arithmetic: Arithmetic = FLOATS,
    ) -> None:
        error, text = deviation(actual, expected, arithmetic)
        self.checks += error > TOLERANCE or not is_empty(actual)
        if error <= TOLERANCE:
            self.error = max(self.error, error)
        else:
            self.fail(Problem(place, f"{what} {text}\n    in {where}"), step)

    def fail(self, problem: Problem, step: int = 0) -> None:
        if not self.problem or step < self.step:
            self.problem, self.step = problem, step

r"""
# What may stand in a parameter group

A wrong hyper-parameter is refused where it is given, by name and value, at construction and in
every later group. Each function returns the value as plain data (`float`, `bool`, a tuple of
floats), so that a group can be saved, compared and printed. Nothing here knows an optimizer.
"""

import math
from numbers import Real
from typing import Any


def number(name: str, value: Any) -> float:
    """Return `value` as a float; it must be a finite real number, at least 0."""
    # `True` is an `int` to Python, but `lr=True` is a slip. A tensor is not a `Real` either: a
    # learning rate that lives on a device would have to be fetched from there at every step.
    # Asking for the type first is quick, and nearly always enough.
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, Real)):
        raise TypeError(f"{name} must be a number, not {value!r} of type {type(value).__name__}")
    try:
        exact = float(value)
    except OverflowError:
        exact = math.inf
    # A scheduler that ends at zero can miss it by a rounding error, on either side.
    if -1e-12 < exact < 0:
        return 0.0
    if not 0 <= exact < math.inf:
        raise ValueError(f"{name} must be finite and not negative, got {value!r}")
    return exact


def flag(name: str, value: Any) -> bool:
    """Return `value`; it must be `True` or `False`."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return value


def betas(name: str, value: Any) -> tuple[float, float]:
    r"""Return $(\beta_1, \beta_2)$ as two floats; each must lie in $[0, 1)$."""
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name} must be a pair of numbers, not {value!r}")
    if len(value) != 2:
        raise ValueError(f"{name} must be a pair of numbers, got {value!r}")
    first, second = (number(f"{name}[{i}]", beta) for i, beta in enumerate(value))
    # At $\beta = 1$ a moving average never moves, and its bias correction divides by zero.
    if first >= 1 or second >= 1:
        raise ValueError(f"{name} must both be below 1, got {value!r}")
    return first, second

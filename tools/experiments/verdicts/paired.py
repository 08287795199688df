r"""
# Seed by seed

Two contestants are compared by the ratio of their losses. Both begin with the same parameters, see
the same batches and are measured on the same data, so the ratio is taken for each seed; the mean of
its logarithms has an interval by Student's paired $t$. As many such intervals are read at once,
each is so wide that all of them together hold in 95 of 100 studies (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

TOGETHER = 0.95


@dataclass(frozen=True)
class Ratio:
    """How large the loss of one is, in units of the other's, with its interval."""

    value: float
    low: float
    high: float

    @property
    def better(self) -> bool:
        return self.high < 1

    @property
    def worse(self) -> bool:
        return self.low > 1


def ratio(one: Sequence[float], other: Sequence[float], comparisons: int) -> Ratio:
    """
    >>> found = ratio([1.0, 2.2, 0.9], [2.0, 4.0, 2.0], 1)
    >>> print(f"{found.value:.3f}, {found.low:.3f} to {found.high:.3f}")
    0.498, 0.388 to 0.640
    """
    logs = [math.log(a / b) for a, b in zip(one, other, strict=True)]
    count = len(logs)
    mean = sum(logs) / count
    spread = math.sqrt(sum((x - mean) ** 2 for x in logs) / (count - 1) / count)
    half = spread * quantile(1 - (1 - TOGETHER) / comparisons, count - 1)
    return Ratio(*(math.exp(x) for x in (mean, mean - half, mean + half)))


def within(t: float, freedom: int) -> float:
    """
    The probability that a number of Student's distribution is within ± t: the finite sums of
    Abramowitz and Stegun, 26.7.3 and 26.7.4.

    >>> round(within(2.262157, 9), 6)
    0.95
    """
    angle = math.atan(t / math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for n in range(1 + odd, freedom, 2):
        total += term
        term *= square * n / (n + 1)
    return (angle + sine * total) * 2 / math.pi if odd else sine * total


def quantile(probability: float, freedom: int) -> float:
    """
    The t for which `within` is this.

    >>> round(quantile(0.95, 9), 4)
    2.2622
    """
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < probability else (low, middle)
    return high

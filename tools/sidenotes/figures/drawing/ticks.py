r"""
# The numbers on an axis
"""

from __future__ import annotations

import math
from typing import Any

from matplotlib.ticker import LogLocator, MaxNLocator

Tick = tuple[float, str]


def ticks(axis: Any, log: bool, count: int) -> list[Tick]:
    """The values at which an axis of matplotlib has a tick, and what stands there."""
    low, high = sorted(axis.get_view_interval())
    if log:
        decades = math.log10(high / low)
        subs = (1, 2, 5) if decades < 1 else (1, 3) if decades < 2 else (1,)
        locator: Any = LogLocator(subs=subs, numticks=count + 1)
    else:
        locator = MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10])
    slack = 1e-9 * (high - low)
    found = [float(v) for v in locator.tick_values(low, high) if low - slack <= v <= high + slack]
    return [(0.0 if abs(value) < slack else value, written(value, log, slack)) for value in found]


def written(value: float, log: bool, slack: float = 0.0) -> str:
    r"""
    >>> written(0.01, True), written(1e-8, True), written(-0.5, False), written(1e5, True)
    ('0.01', '$10^{-8}$', '−0.5', '$10^{5}$')
    """
    if abs(value) <= slack and not log:
        return "0"
    if log and not 1e-3 <= value < 1e5:
        power = round(math.log10(value))
        if math.isclose(value, 10.0**power, rel_tol=1e-9):
            return f"$10^{{{power}}}$"
    return f"{value:.6g}".replace("-", "−")

r"""
The gradient is 1 for a hundred steps, and then -1. NAdam turns round earlier.

>>> adam, nadam = runs()
>>> [next(t for t in range(101, 200) if found[t - 1] > 0) for found in (adam, nadam)]
[107, 101]
>>> gradient(100), gradient(101), [round(found[100], 2) for found in (adam, nadam)]
(1.0, -1.0, [-0.8, 0.18])
>>> [round(found[109], 2) for found in (adam, nadam)]
[0.3, 0.68]
"""

from functools import cache

from _runs import moves

from labml_optim import Adam, NAdam
from sidenotes.figures.data import Axis, Figure, Line

TURN, STEPS = 100, 130


def gradient(t: int) -> float:
    return 1.0 if t <= TURN else -1.0


@cache
def runs() -> list[list[float]]:
    return [[move.item() for move in moves(kind, gradient, STEPS)] for kind in (Adam, NAdam)]


def figure() -> Figure:
    at = list(range(TURN - 8, STEPS + 1))
    adam, nadam = ([found[t - 1] for t in at] for found in runs())
    return Figure(
        "A step before and after the gradient turns from $1$ to $-1$",
        Axis("$t$"),
        Axis(r"step $/\,\alpha$"),
        [Line("NAdam", at, nadam), Line("Adam", at, adam)],
        rows=range(TURN - 4, STEPS + 1, 2)[:15],
    )

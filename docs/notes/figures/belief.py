"""
Steps 1, 10, 100 and 1000 of Adam and AdaBelief, for a constant gradient and one that alternates.

>>> for t in (1, 10, 100, 1000):
...     print(t, *(round(found[t - 1], 2) for lines in runs() for found in lines))
1 1.0 1.11 1.0 1.11
10 1.0 1.64 0.05 0.06
100 1.0 4.96 0.05 0.06
1000 1.0 20.03 0.05 0.06
"""

from functools import cache

from _runs import lengths, spaced

from labml_optim import AdaBelief, Adam
from sidenotes.figures.data import Axis, Figure, Line


@cache
def runs(steps: int = 1000) -> list[list[list[float]]]:
    return [
        [lengths(Adam, gradient, steps), lengths(AdaBelief, gradient, steps, rectify=False)]
        for gradient in (lambda t: 1.0, lambda t: (-1.0) ** t)
    ]


def figure() -> Figure:
    at = spaced(1000)
    names = ["AdaBelief", "Adam"]
    lines = [
        Line(f"{name}, ${sign}1$", at, [found[t - 1] for t in at])
        for found_all, sign in zip(runs(), ("+", r"\pm "), strict=True)
        for name, found in zip(names, reversed(found_all), strict=True)
    ]
    return Figure(
        "How far a step goes, for a gradient of $1$ and one of $\\pm 1$",
        Axis("$t$", log=True),
        Axis(r"step $/\,\alpha$", log=True),
        lines,
    )

r"""
Gradients that grow by the factor beta2/beta1 make the longest step at each t.

>>> reached = longest()
>>> [(t, round(reached[t - 1], 2)) for t in (1, 10, 100, 3000)]
[(1, 1.0), (10, 1.04), (100, 2.24), (3000, 7.09)]
>>> max(abs(reached[t - 1] - bound(t)) for t in (1, 10, 100, 1000, 3000)) < 1e-9
True
>>> next(t for t in range(1, 3000) if reached[t - 1] > PAPER)
210
>>> round(PAPER, 2), round(0.999 / 0.9, 2)
(3.16, 1.11)
"""

import math
from functools import cache

from _runs import lengths, spaced

from labml_optim import Adam
from sidenotes.figures.data import Axis, Figure, Line

BETA1, BETA2, STEPS = 0.9, 0.999, 3000
PAPER = (1 - BETA1) / math.sqrt(1 - BETA2)


def bound(t: int) -> float:
    ratios = sum((BETA1**2 / BETA2) ** k for k in range(t))
    root = math.sqrt((1 - BETA2**t) / (1 - BETA2) * ratios)
    return (1 - BETA1) / (1 - BETA1**t) * root


@cache
def longest() -> list[float]:
    # The last one is 1: the first ones are tiny, and Adam does not care.
    return lengths(Adam, lambda t: (BETA2 / BETA1) ** (t - STEPS), STEPS, eps=0.0)


def figure() -> Figure:
    at = spaced(STEPS)
    marked = (1, 3, 10, 30, 100, 300, 1000, 3000)
    return Figure(
        "The longest step of Adam",
        Axis("$t$", log=True),
        Axis(r"step $/\,\alpha$", limits=(0, 8)),
        [
            Line("true bound", at, [bound(t) for t in at],
                 marks=[(t, longest()[t - 1]) for t in marked]),
            Line("the paper's", at, [PAPER for _ in at]),
            Line(r"claimed: $\alpha$", at, [1.0 for _ in at]),
        ],
        marks="reached",
    )  # fmt: skip

r"""
A first gradient of 1, then gradients of 0.01, with beta1 = 0: the step divided by the gradient,
against that of the first step.

>>> amsgrad, adam = runs()
>>> gradient(1), gradient(2)
(1.0, 0.01)
>>> [round(amsgrad[t - 1], 1) for t in (2, 300, 3000, 10_000)]
[1.4, 16.1, 30.8, 31.6]
>>> [round(growth(0.999, t), 1) for t in (2, 300, 3000, 10_000)]
[1.4, 16.1, 30.8, 31.6]
>>> round(adam[9_999])
100
"""

import math
from functools import cache

from _runs import lengths, spaced

from labml_optim import AMSGrad
from sidenotes.figures.data import Axis, Figure, Line

STEPS = 10_000


@cache
def runs() -> list[list[float]]:
    found = []
    for amsgrad in (True, False):
        rates = [
            length / gradient(t)
            for t, length in enumerate(
                lengths(AMSGrad, gradient, STEPS, betas=(0.0, 0.999), amsgrad=amsgrad), 1
            )
        ]
        found.append([rate / rates[0] for rate in rates])
    return found


def gradient(t: int) -> float:
    return 1.0 if t == 1 else 0.01


def growth(beta2: float, t: int) -> float:
    return math.sqrt((1 - beta2**t) / (1 - beta2))


def figure() -> Figure:
    at = spaced(STEPS)
    marked = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)
    amsgrad, adam = ([found[t - 1] for t in at] for found in runs())
    return Figure(
        "The effective learning rate after one large gradient",
        Axis("$t$", log=True),
        Axis("rate / first rate", log=True),
        [
            Line("AMSGrad", at, amsgrad, marks=[(t, growth(0.999, t)) for t in marked]),
            Line("Adam", at, adam),
        ],
        marks="predicted",
    )

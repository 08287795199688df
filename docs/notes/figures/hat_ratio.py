r"""
The step around the corrected mean divided by the step around the mean as it is, both rectified. The
median over 501 parameters, for gradients of mean mu and standard deviation 1.

>>> SIZE, MEANS
(501, (0, 1, 10, 100))
>>> for t in (5, 6, 10, 100, 1000, 6000):
...     print(t, *(round(ratio[t - 1], 2) for ratio in ratios()))
5 1.0 1.0 1.0 1.0
6 1.23 1.59 10.47 105.53
10 1.14 1.37 8.01 79.41
100 1.01 1.04 2.44 22.28
1000 1.0 1.0 1.14 5.51
6000 1.0 1.0 1.0 1.06
>>> [max(range(6000), key=ratio.__getitem__) + 1 for ratio in ratios()]
[6, 6, 6, 6]
>>> [round(predicted(100, t), 1) for t in (100, 1000)]
[21.8, 5.5]
"""

import math
from functools import cache

import torch
from _runs import moves, noise, spaced
from step_length import AroundHat

from labml_optim import AdaBelief
from sidenotes.figures.data import Axis, Figure, Line

# So few that torch does not wake a second thread for a root.
MEANS, SIZE, STEPS = (0, 1, 10, 100), 501, 6000


@cache
def ratios() -> list[list[float]]:
    """For each mean, the ratio at each step."""
    mean = torch.tensor(MEANS, dtype=torch.float64).repeat_interleave(SIZE)
    runs = []
    for kind in (AroundHat, AdaBelief):
        drawn = noise(len(mean))
        runs.append(moves(kind, lambda t, drawn=drawn: mean + drawn(t), STEPS, len(mean)))
    found = []
    for hat, plain in zip(*runs, strict=True):
        found.append((hat / plain).view(len(MEANS), SIZE).median(1).values.tolist())
    return [list(ratio) for ratio in zip(*found, strict=True)]


def predicted(mu: float, t: int, beta1: float = 0.9, beta2: float = 0.999) -> float:
    left = (1 - beta2) / (2 * (1 - beta1)) * beta2**t / (1 - beta2**t) * mu**2
    return math.sqrt(1 + left)


def figure() -> Figure:
    at = [t for t in spaced(STEPS, 50)]
    marked = (20, 50, 100, 200, 500, 1000, 2000, 4000)
    return Figure(
        r"The step around $\hat m_t$, divided by the step around $m_t$",
        Axis("$t$", log=True),
        Axis("ratio", log=True),
        [
            Line(
                rf"$\mu/\sigma = {mu}$",
                at,
                [ratio[t - 1] for t in at],
                marks=[(t, predicted(mu, t)) for t in marked] if mu >= 10 else (),
            )
            for mu, ratio in reversed([*zip(MEANS, ratios(), strict=True)])
        ],
        marks="predicted",
        rows=(1, 5, 6, 10, *marked, 6000),
    )

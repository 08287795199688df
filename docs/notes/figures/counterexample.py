r"""
The gradient is 1010 at one step in 101, and -10 at the others. Adam walks to +1, AMSGrad to -1,
which is the best x.

>>> adam, amsgrad = runs()
>>> round(adam[-1][1], 1), round(amsgrad[-1][1], 1)
(0.9, -0.9)
>>> PERIOD, PERIODS * PERIOD, GRADIENTS, GRADIENTS[0] + (PERIOD - 1) * GRADIENTS[1] > 0
(101, 20200, (1010, -10), True)
>>> min([-1, 1], key=lambda x: (GRADIENTS[0] + (PERIOD - 1) * GRADIENTS[1]) * x)
-1
"""

from functools import cache

import torch

from labml_optim import AMSGrad
from sidenotes.figures.data import Axis, Figure, Line

PERIOD, PERIODS, GRADIENTS = 101, 200, (1010, -10)


def walk(amsgrad: bool) -> list[tuple[float, float, float]]:
    """The least, the mean and the largest x in each period."""
    x = torch.zeros((), dtype=torch.float64, requires_grad=True, device="cpu")
    optimizer = AMSGrad([x], lr=0.05, betas=(0.9, 0.99), amsgrad=amsgrad, fused=False)
    large, small = (torch.tensor(g, dtype=torch.float64) for g in GRADIENTS)
    found = []
    for _ in range(PERIODS):
        path = []
        for t in range(PERIOD):
            x.grad = small if t else large
            optimizer.step()
            x.data.clamp_(-1, 1)
            path.append(x.item())
        found.append((min(path), sum(path) / PERIOD, max(path)))
    return found


@cache
def runs() -> list[list[tuple[float, float, float]]]:
    return [walk(amsgrad=False), walk(amsgrad=True)]


def figure() -> Figure:
    at = [PERIOD * n for n in range(1, PERIODS + 1)]
    lines = []
    for name, found in zip(("Adam", "AMSGrad"), runs(), strict=True):
        low, mean, high = zip(*found, strict=True)
        lines.append(Line(name, at, mean, band=(low, high)))
    return Figure(
        "The mean of $x$ over 101 steps, and how far it swings",
        Axis("$t$"),
        Axis("$x$", limits=(-1.05, 1.05)),
        lines,
        rows=[at[0], *at[19::20]],
    )

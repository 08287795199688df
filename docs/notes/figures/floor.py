r"""
What a step is divided by while the gradient is 0, at epsilon 1e-8.

>>> stored, out = runs()
>>> 0, f"{stored[-1]:.2g}", f"{out[-1]:.2g}", round(stored[-1] / out[-1]), len(out), EPS
(0, '0.0032', '0.0001', 32, 5000, 1e-08)
>>> f"{stored[0]:.2g}"
'0.0001'
"""

import math
from functools import cache

import torch
from _runs import spaced

from labml_optim import AdaBelief
from sidenotes.figures.data import Axis, Figure, Line

EPS, STEPS = 1e-8, 5000


def divisors(accumulate_eps: bool) -> list[float]:
    theta = torch.zeros(1, dtype=torch.float64, requires_grad=True, device="cpu")
    optimizer = AdaBelief([theta], eps=EPS, accumulate_eps=accumulate_eps, fused=False)
    found = []
    for _ in range(STEPS):
        theta.grad = torch.zeros_like(theta)
        optimizer.step()
        s = optimizer.state[theta]["exp_avg_var"].item()
        found.append(math.sqrt(s if accumulate_eps else s + EPS))
    return found


@cache
def runs() -> list[list[float]]:
    return [divisors(accumulate_eps=True), divisors(accumulate_eps=False)]


def figure() -> Figure:
    at = spaced(STEPS)
    marked = (1, 3, 10, 30, 100, 300, 1000, 3000)
    stored, out = ([found[t - 1] for t in at] for found in runs())
    return Figure(
        r"The least root that a step is divided by, at $\epsilon = 10^{-8}$",
        Axis("$t$", log=True),
        Axis(r"$\sqrt{u_t}$", log=True),
        [
            Line(
                r"$\epsilon$ into $s_t$",
                at,
                stored,
                marks=[(t, math.sqrt(EPS * (1 - 0.999**t) / (1 - 0.999))) for t in marked],
            ),
            Line(r"$\epsilon$ on the way out", at, out),
        ],
        marks="predicted",
    )

r"""
While the gradient is 1: the step that Adam makes, and the one that it would make without the hats.

>>> corrected, plain = runs()
>>> round(corrected[0], 2), round(plain[0], 2), round(max(plain), 2), plain.index(max(plain)) + 1
(1.0, 3.16, 6.57, 12)
>>> round(plain[99], 1), round(plain[999], 2)
(3.2, 1.26)
"""

import math
from functools import cache

import torch
from _runs import spaced

from labml_optim import Adam
from sidenotes.figures.data import Axis, Figure, Line

STEPS = 3000


@cache
def runs() -> tuple[list[float], list[float]]:
    theta = torch.zeros(1, dtype=torch.float64, requires_grad=True, device="cpu")
    optimizer, corrected, plain = Adam([theta], lr=1.0, fused=False), [], []
    for _ in range(STEPS):
        before = theta.item()
        theta.grad = torch.ones_like(theta)
        optimizer.step()
        corrected.append(before - theta.item())
        state = optimizer.state[theta]
        plain.append(state["exp_avg"].item() / math.sqrt(state["exp_avg_sq"].item()))
    return corrected, plain


def figure() -> Figure:
    at = spaced(STEPS)
    corrected, plain = ([found[t - 1] for t in at] for found in runs())
    return Figure(
        "A step while the gradient is $1$, with and without the correction",
        Axis("$t$", log=True),
        Axis(r"step $/\,\alpha$", limits=(0, 7)),
        [
            Line(r"$m_t / \sqrt{v_t}$", at, plain),
            Line(r"$\hat m_t / \sqrt{\hat v_t}$", at, corrected),
        ],
    )

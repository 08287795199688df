r"""
The corrected second moments, averaged over 2000 parameters, for gradients of standard deviation 2.

>>> found = runs()
>>> for mu in (0, 3):
...     print(SIGMA, mu, round(found[mu]["s"][-1], 1), round(found[mu]["v"][-1]))
2.0 0 3.4 4
2.0 3 3.4 13
>>> round(expected(0.9, 2), 2), round(found[3]["s"][0], 1)
(3.41, 10.6)
"""

from functools import cache
from typing import Any

import torch
from _runs import noise

from labml_optim import AdaBelief, Adam
from sidenotes.figures.data import Axis, Figure, Line

SIZE, STEPS, SIGMA, BETAS = 2000, 600, 2.0, (0.9, 0.99)


def expected(beta1: float, sigma: float) -> float:
    return 2 * beta1**2 / (1 + beta1) * sigma**2


def settled(kind: Any, key: str, mu: float) -> list[float]:
    theta = torch.zeros(SIZE, dtype=torch.float64, requires_grad=True, device="cpu")
    optimizer, drawn, found = kind([theta], betas=BETAS, fused=False), noise(SIZE), []
    for t in range(1, STEPS + 1):
        theta.grad = mu + SIGMA * drawn(t)
        optimizer.step()
        found.append(optimizer.state[theta][key].mean().item() / (1 - BETAS[1] ** t))
    return found


@cache
def runs() -> dict[int, dict[str, list[float]]]:
    return {
        mu: {
            "s": settled(AdaBelief, "exp_avg_var", mu),
            "v": settled(Adam, "exp_avg_sq", mu),
        }
        for mu in (0, 3)
    }


def figure() -> Figure:
    at = list(range(1, STEPS + 1))
    marked = [100, 200, 300, 400, 500, 600]
    lines = []
    for key in ("v", "s"):
        for mu in (3, 0):
            limit = expected(0.9, SIGMA) if key == "s" else mu**2 + SIGMA**2
            marks = [(t, limit) for t in marked]
            label = rf"$\hat {key}_t$, $\mu = {mu}$"
            lines.append(Line(label, at, runs()[mu][key], marks=marks))
    return Figure(
        r"What $s_t$ and $v_t$ settle at, for $\sigma = 2$",
        Axis("$t$"),
        Axis("mean over the parameters", limits=(0, 15)),
        lines,
        marks="expected",
        rows=(1, 2, 5, 10, 20, 50, *marked),
    )

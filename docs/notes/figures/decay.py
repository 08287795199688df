r"""
A parameter that starts at 1, with gradients of one size and alternating sign, so that the loss
pulls neither way; alpha is 0.01.

>>> {label: round(found[-1], 2) for label, found in runs().items()}
{'coupled, 100': 0.98, 'decoupled': 0.89, 'absolute': 0.36, 'coupled, 0.01': 0.23}
>>> STEPS, [round(shrink(WeightDecay(0.1), size)[-1], 2) for size in (100.0, 0.01)]
(100, [0.89, 0.89])
>>> round(0.99**100, 2), round(0.999**100, 2)
(0.37, 0.9)
"""

from functools import cache
from typing import Any

import torch

from labml_optim import Adam, WeightDecay
from sidenotes.figures.data import Axis, Figure, Line

STEPS = 100
COUPLED = WeightDecay(0.1, weight_decouple=False)
# The rule, and the size of the gradients.
RULES: dict[str, tuple[WeightDecay, float]] = {
    "coupled, 100": (COUPLED, 100.0),
    "decoupled": (WeightDecay(0.1), 100.0),
    "absolute": (WeightDecay(0.01, absolute=True), 100.0),
    "coupled, 0.01": (COUPLED, 0.01),
}


def shrink(decay: Any, size: float) -> list[float]:
    theta = torch.ones(1, dtype=torch.float64, requires_grad=True, device="cpu")
    optimizer, found = Adam([theta], lr=1e-2, weight_decay=decay, fused=False), [1.0]
    for t in range(STEPS):
        theta.grad = torch.full_like(theta, size * (-1) ** t)
        optimizer.step()
        found.append(theta.item())
    return found


@cache
def runs() -> dict[str, list[float]]:
    return {label: shrink(*rule) for label, rule in RULES.items()}


def figure() -> Figure:
    at = list(range(STEPS + 1))
    return Figure(
        r"What three rules of decay make of a parameter",
        Axis("$t$"),
        Axis(r"$\theta_t$", limits=(0, 1.05)),
        [Line(label, at, found) for label, found in runs().items()],
        rows=range(0, STEPS + 1, 10),
    )

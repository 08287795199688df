"""
# NAdam, from the paper
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import sqrt

from checks.papers.adam import adam
from checks.papers.shared import decayed
from checks.selfcheck import Subject, check
from labml_optim.adam import Adam
from labml_optim.nadam import NAdam


def nadam(
    x: float,
    gradients: Sequence[float],
    *,
    lr: float,
    betas: Sequence[float],
    eps: float,
    weight_decay: float,
    mode: str,
    maximize: bool,
    optimized_update: bool = False,
    momentum_decay: float = 4e-3,
) -> list[float]:
    """Dozat 2016, algorithm 2, with the schedule of its section 3.1 and torch's decay of it."""
    path, m, v, product = [], 0.0, 0.0, 1.0
    beta1, beta2 = betas
    for t, g in enumerate(gradients, 1):
        x, g = decayed(x, -g if maximize else g, lr, weight_decay, mode)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        now, ahead = (beta1 * (1 - 0.5 * 0.96 ** (i * momentum_decay)) for i in (t, t + 1))
        product *= now
        mean = (1 - now) * g / (1 - product) + ahead * m / (1 - product * ahead)
        if optimized_update:
            x -= lr * sqrt(1 - beta2**t) * mean / (sqrt(v) + eps)
        else:
            x -= lr * mean / (sqrt(v / (1 - beta2**t)) + eps)
        path.append(x)
    return path


if __name__ == "__main__":
    # A large decay of the momentum shows in a few steps.
    sys.exit(check(Subject(NAdam, nadam, {"momentum_decay": 0.1}), Subject(Adam, adam)))

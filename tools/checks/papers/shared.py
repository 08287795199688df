"""
# What the papers share

Decay, the loop over the gradients, and Adam's own moment and update, which others build on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

# A second moment, from the gradient and the new $m_t$.
Moment = Callable[[float, float], float]
# What is subtracted, from the learning rate, $m_t$, the second moment, $t$ and the betas.
Update = Callable[[float, float, float, int, Sequence[float]], float]


def decayed(x: float, g: float, lr: float, weight_decay: float, mode: str) -> tuple[float, float]:
    """Loshchilov and Hutter 2019; "absolute" leaves the learning rate out of the factor."""
    if mode == "coupled":
        return x, g + weight_decay * x
    if mode == "absolute":
        return x * (1 - weight_decay if lr else 1), g
    return x * (1 - lr * weight_decay), g


def run(
    x: float,
    gradients: Sequence[float],
    second_moment: Moment,
    update: Update,
    *,
    lr: float,
    betas: Sequence[float],
    weight_decay: float,
    mode: str,
    maximize: bool,
) -> list[float]:
    """The loop that all share: decay, m, the optimizer's own second moment and update."""
    path, m = [], 0.0
    for t, g in enumerate(gradients, 1):
        x, g = decayed(x, -g if maximize else g, lr, weight_decay, mode)
        m = betas[0] * m + (1 - betas[0]) * g
        x -= update(lr, m, second_moment(g, m), t, betas)
        path.append(x)
    return path


def squares(beta2: float, amsgrad: bool) -> Moment:
    """v_t, or with AMSGrad (Reddi et al. 2018) the largest v so far, not corrected for bias."""
    v = v_max = 0.0

    def second_moment(g: float, m: float) -> float:
        nonlocal v, v_max
        v = beta2 * v + (1 - beta2) * g * g
        v_max = max(v_max, v)
        return v_max if amsgrad else v

    return second_moment


def adam_update(
    lr: float, m: float, v: float, t: int, betas: Sequence[float], eps: float, folded: bool
) -> float:
    """Kingma and Ba 2015, algorithm 1, and the reordering at the end of their section 2."""
    beta1, beta2 = betas
    if folded:
        return lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m / (sqrt(v) + eps)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return lr * m_hat / (sqrt(v_hat) + eps)

"""
# RAdam, from the paper
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import sqrt
from typing import Any

from checks.papers.adam import adam
from checks.papers.amsgrad import amsgrad
from checks.papers.shared import adam_update, run, squares
from checks.selfcheck import Subject, check
from labml_optim.adam import Adam
from labml_optim.amsgrad import AMSGrad
from labml_optim.radam import RAdam


def rectification(beta2: float, t: int) -> float | None:
    """Liu et al. 2020, algorithm 2: r_t, or None where the variance is not tractable."""
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho < 5:
        return None
    return sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))


def radam_update(
    lr: float, m: float, v: float, t: int, betas: Sequence[float], eps: float,
    optimized_update: bool, degenerate_to_sgd: bool,
) -> float:  # fmt: skip
    """The rectified step, or where there is no r_t a step without v, or none."""
    r = rectification(betas[1], t)
    if r is not None:
        return r * adam_update(lr, m, v, t, betas, eps, optimized_update)
    return lr * m / (1 - betas[0] ** t) if degenerate_to_sgd else 0.0


def radam(
    x: float,
    gradients: Sequence[float],
    *,
    betas: Sequence[float],
    eps: float,
    optimized_update: bool = True,
    amsgrad: bool = False,
    degenerate_to_sgd: bool = True,
    **common: Any,
) -> list[float]:
    def update(lr: float, m: float, v: float, t: int, betas: Sequence[float]) -> float:
        return radam_update(lr, m, v, t, betas, eps, optimized_update, degenerate_to_sgd)

    return run(x, gradients, squares(betas[1], amsgrad), update, betas=betas, **common)


if __name__ == "__main__":
    sys.exit(check(Subject(RAdam, radam), Subject(AMSGrad, amsgrad), Subject(Adam, adam)))

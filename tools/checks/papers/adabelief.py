"""
# AdaBelief, from the paper
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from checks.papers.adam import adam
from checks.papers.amsgrad import amsgrad
from checks.papers.radam import radam, radam_update
from checks.papers.shared import Moment, adam_update, run
from checks.selfcheck import Subject, check
from labml_optim.adabelief import AdaBelief
from labml_optim.adam import Adam
from labml_optim.amsgrad import AMSGrad
from labml_optim.radam import RAdam


def beliefs(beta2: float, eps: float, amsgrad: bool, accumulate_eps: bool) -> Moment:
    """Zhuang et al. 2020: s_t with its inner epsilon, stored (main text) or not (appendix)."""
    s = s_max = 0.0

    def second_moment(g: float, m: float) -> float:
        nonlocal s, s_max
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + (eps if accumulate_eps else 0.0)
        s_max = max(s_max, s)
        return (s_max if amsgrad else s) + (0.0 if accumulate_eps else eps)

    return second_moment


def adabelief(
    x: float,
    gradients: Sequence[float],
    *,
    betas: Sequence[float],
    eps: float,
    optimized_update: bool = True,
    amsgrad: bool = False,
    degenerate_to_sgd: bool = True,
    rectify: bool = True,
    accumulate_eps: bool = False,
    **common: Any,
) -> list[float]:
    def update(lr: float, m: float, v: float, t: int, betas: Sequence[float]) -> float:
        if rectify:
            return radam_update(lr, m, v, t, betas, eps, optimized_update, degenerate_to_sgd)
        return adam_update(lr, m, v, t, betas, eps, optimized_update)

    second_moment = beliefs(betas[1], eps, amsgrad, accumulate_eps)
    return run(x, gradients, second_moment, update, betas=betas, **common)


if __name__ == "__main__":
    extended = [Subject(RAdam, radam), Subject(AMSGrad, amsgrad), Subject(Adam, adam)]
    sys.exit(check(Subject(AdaBelief, adabelief), *extended))

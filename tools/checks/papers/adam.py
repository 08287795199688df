"""
# Adam, from the paper
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from checks.papers.shared import adam_update, run, squares
from checks.selfcheck import Subject, check
from labml_optim.adam import Adam


def adam(
    x: float,
    gradients: Sequence[float],
    *,
    betas: Sequence[float],
    eps: float,
    optimized_update: bool = True,
    amsgrad: bool = False,
    **common: Any,
) -> list[float]:
    def update(lr: float, m: float, v: float, t: int, betas: Sequence[float]) -> float:
        return adam_update(lr, m, v, t, betas, eps, optimized_update)

    return run(x, gradients, squares(betas[1], amsgrad), update, betas=betas, **common)


if __name__ == "__main__":
    sys.exit(check(Subject(Adam, adam)))

"""
# AMSGrad, from the paper
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from checks.papers.adam import adam
from checks.selfcheck import Subject, check
from labml_optim.adam import Adam
from labml_optim.amsgrad import AMSGrad


def amsgrad(
    x: float, gradients: Sequence[float], *, amsgrad: bool = True, **given: Any
) -> list[float]:
    return adam(x, gradients, amsgrad=amsgrad, **given)


if __name__ == "__main__":
    sys.exit(check(Subject(AMSGrad, amsgrad), Subject(Adam, adam)))

r"""
How long a step of Adam is when each gradient is a fixed multiple of the one before, after 3000 of
them.

>>> length = runs()
>>> best = max(length, key=length.get)
>>> best, [round(length[growth], 2) for growth in (1.0, 1.05, best, 1.2)]
(1.11, [1.0, 6.61, 7.09, 6.82])
>>> round(PAPER, 2), min(growth for growth in length if length[growth] > PAPER), STEPS
(3.16, 1.006, 3000)
"""

from functools import cache

import torch
from _runs import moves

from labml_optim import Adam
from sidenotes.figures.data import Axis, Figure, Line

STEPS = 3000
PAPER = (1 - 0.9) / (1 - 0.999) ** 0.5
GROWTHS = [round(0.99 + 0.002 * n, 3) for n in range(106)]


@cache
def runs() -> dict[float, float]:
    """For each growth, the length of the last step: one parameter for each."""
    rate = torch.tensor(GROWTHS, dtype=torch.float64)
    # The last gradient is 1e90: the first one, and its square, are then no zeros.
    *_, last = moves(
        Adam, lambda t: 1e90 * rate ** (t - STEPS), STEPS, len(GROWTHS), eps=0.0
    )  # fmt: skip
    return dict(zip(GROWTHS, last.abs().tolist(), strict=True))


def figure() -> Figure:
    return Figure(
        "How far the last of 3000 steps goes, if gradients grow by a factor",
        Axis("$g_t / g_{t-1}$"),
        Axis(r"step $/\,\alpha$", limits=(0, 8)),
        [
            Line("Adam", GROWTHS, list(runs().values())),
            Line("the paper's", GROWTHS, [PAPER] * len(GROWTHS)),
        ],
    )

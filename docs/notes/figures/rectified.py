r"""
The step of RAdam while the gradient is 1: that of SGD at first, and then r_t.

>>> found = runs()
>>> [(t, round(found[0.999][t - 1], 3)) for t in (5, 6, 100, 3000)]
[(5, 1.0), (6, 0.026), (100, 0.215), (3000, 0.918)]
>>> round(exact(0.999, 6), 3), round(exact(0.999, 100), 3)
(0.038, 0.218)
>>> [next(t for t in range(1, 3000) if found[beta2][t - 1] < 1) for beta2 in (0.9, 0.99, 0.999)]
[6, 6, 6]
>>> [(beta2, min(lengths) < 1) for beta2, lengths in found.items()]
[(0.6, False), (0.9, True), (0.99, True), (0.999, True)]
"""

import math
import warnings
from functools import cache

from _runs import lengths, spaced

from labml_optim import RAdam
from sidenotes.figures.data import Axis, Figure, Line

STEPS = 3000
BETAS = (0.6, 0.9, 0.99, 0.999)


@cache
def runs() -> dict[float, list[float]]:
    with warnings.catch_warnings():
        # That no step will be rectified at 0.6 is what is to be seen.
        warnings.simplefilter("ignore")
        return {
            beta2: [round(x, 9) for x in lengths(RAdam, lambda t: 1.0, STEPS, betas=(0.9, beta2))]
            for beta2 in BETAS
        }


def variance(rho: float) -> float:
    """Of the reciprocal root of a mean of rho squares: the exact one, not the first order."""
    gammas = math.exp(math.lgamma((rho - 1) / 2) - math.lgamma(rho / 2))
    return rho / (rho - 2) - rho / 2 * gammas**2


def exact(beta2: float, t: int) -> float:
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    return math.sqrt(variance(longest) / variance(length))


def figure() -> Figure:
    at = sorted({*spaced(STEPS), 4, 5, 6, 7, 8})
    marked = (6, 8, 13, 20, 50, 100, 200, 500, 1000, 2000)
    lines = []
    for beta2, found in runs().items():
        marks = [(t, exact(beta2, t)) for t in marked] if beta2 in (0.99, 0.999) else ()
        label = rf"$\beta_2 = {beta2}$"
        lines.append(Line(label, at, [found[t - 1] for t in at], marks=marks))
    return Figure(
        "A step of RAdam while the gradient is $1$: from step 6 on it is $r_t$",
        Axis("$t$", log=True),
        Axis(r"step $/\,\alpha$", limits=(0, 1.05)),
        lines,
        marks="exact variance",
        rows=(1, 5, *marked, 3000),
    )

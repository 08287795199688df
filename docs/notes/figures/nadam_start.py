r"""
The steps of NAdam and of Dozat's own code while the gradient is 1.

>>> torch_way, dozat = runs()
>>> for t in (1, 2, 3, 30):
...     print(t, round(torch_way[t - 1], 2), round(dozat[t - 1], 2))
1 1.06 1.31
2 0.78 1.08
3 0.73 1.03
30 0.98 1.0
"""

from functools import cache

from _runs import lengths

from labml_optim import NAdam
from sidenotes.figures.data import Axis, Figure, Line

STEPS = 50


def dozat(steps: int, beta1: float = 0.9, delta: float = 4e-3) -> list[float]:
    def momentum(t: int) -> float:
        return beta1 * (1 - 0.96 ** (t * delta) / 2)

    m, product, found = 0.0, 1.0, []
    for t in range(1, steps + 1):
        mu, mu_next = momentum(t), momentum(t + 1)
        m, product = mu * m + (1 - mu), product * mu
        found.append((1 - mu) / (1 - product) + mu_next * m / (1 - product * mu_next))
    return found


@cache
def runs() -> list[list[float]]:
    return [lengths(NAdam, lambda t: 1.0, STEPS), dozat(STEPS)]


def figure() -> Figure:
    at = list(range(1, STEPS + 1))
    here, his = runs()
    return Figure(
        "The first steps of NAdam while the gradient is $1$",
        Axis("$t$"),
        Axis(r"step $/\,\alpha$", limits=(0, 1.4)),
        [
            Line("Dozat's code", at, his),
            Line("torch, and here", at, here),
            Line("Adam", at, [1.0] * STEPS),
        ],
        rows=(1, 2, 3, 4, 5, 7, 10, 20, 30, 50),
    )

"""
The step without rectification, at epsilon 1e-8: the median over 1001 parameters for the noisy
gradients, of mean 1 and standard deviation 1.

>>> found = runs()
>>> around_m, around_hat = found["constant"][1:]
>>> FLAGS["eps"], SIZE, MEAN
(1e-08, 1001, 1.0)
>>> round(around_m[0], 2), round(around_m[999], 1), round(around_hat[0]), round(around_hat[999])
(1.11, 20.0, 316, 7951)
>>> [round(found["alternating"][line][99], 2) for line in range(3)]
[0.05, 0.06, 0.06]
>>> noisy = found["noisy"]
>>> round(noisy[1][0], 2), round(noisy[2][0]), [round(noisy[n][999], 2) for n in range(3)]
(1.11, 329, [0.72, 1.09, 1.1])
"""

from functools import cache
from typing import Any

from _runs import moves, noise, spaced

from labml_optim import AdaBelief, Adam
from sidenotes.figures.data import Axis, Figure, Line, Panel

SIZE, STEPS, MEAN = 1001, 1000, 1.0
FLAGS = {"rectify": False, "eps": 1e-8}


class AroundHat(AdaBelief):
    """The variance is taken around the corrected mean."""

    def get_mv(self, state: Any, group: Any, grad: Any) -> Any:
        beta1, beta2 = group["betas"]
        m, s = state["exp_avg"], state["exp_avg_var"]
        m.lerp_(grad, 1 - beta1)
        error = grad - m / (1 - beta1 ** state["step"])
        s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
        return m, s + group["eps"]


KINDS: list[tuple[str, Any, dict[str, Any]]] = [
    ("Adam", Adam, {}),
    ("around $m_t$", AdaBelief, FLAGS),
    (r"around $\hat m_t$", AroundHat, FLAGS),
]


@cache
def runs() -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = {}
    for name in ("constant", "alternating", "noisy"):
        found[name] = []
        for _, kind, flags in KINDS:
            drawn = noise(SIZE)
            gradient = {
                "constant": lambda t: 1.0,
                "alternating": lambda t: (-1.0) ** t,
                "noisy": lambda t, drawn=drawn: MEAN + drawn(t),
            }[name]
            size = SIZE if name == "noisy" else 1
            found[name].append(
                [m.abs().median().item() for m in moves(kind, gradient, STEPS, size, **flags)]
            )
    return found


def figure() -> Figure:
    at = spaced(STEPS)
    titles = {
        "constant": "a constant gradient",
        "alternating": "a gradient that alternates",
        "noisy": "a noisy gradient",
    }
    panels = [
        Panel(
            titles[name],
            [
                Line(label, at, [line[t - 1] for t in at])
                for (label, _, _), line in zip(KINDS, lines, strict=True)
            ],
        )
        for name, lines in runs().items()
    ]
    return Figure(
        r"The length of a step around $m_t$, around $\hat m_t$, and Adam's",
        Axis("$t$", log=True),
        Axis(r"step $/\,\alpha$", log=True),
        panels=panels,
    )

"""
Test losses over epsilon, for Adam and three AdaBeliefs, each with its best rate.

>>> len(line(NETWORKS[0], "Adam").x)
6
>>> {len(row(n, named("Adam", eps)).loss) for n in NETWORKS for eps in EPSILONS}
{10}
"""

from _study import NETWORKS, row, spread

from experiments.design import EPSILONS, FORMS, named
from sidenotes.figures.data import Axis, Figure, Line, Panel


def line(network: str, form: str) -> Line:
    losses = [row(network, named(form, eps)).loss for eps in EPSILONS]
    return spread(form, list(EPSILONS), losses, band=form in ("Adam", "AdaBelief, accumulated"))


def figure() -> Figure:
    return Figure(
        r"Loss on test data, by $\epsilon$",
        Axis(r"$\epsilon$", log=True),
        Axis("loss", log=True),
        panels=[Panel(f"The {n}", [line(n, form) for form in FORMS]) for n in NETWORKS],
        rows=list(EPSILONS),
    )

"""
The loss on validation data after 600 steps, for each rate of the grid, on the tuning seeds.

>>> [len(line(n, name).x) for n in NETWORKS for name in ("Adam", "RAdam")]
[10, 10, 10, 10]
>>> row(NETWORKS[0], "Adam").budget
600

The seeds are others than those of the results:

>>> from experiments.study import SEEDS, TUNING
>>> len(TUNING), {*TUNING} & {*SEEDS}
(5, set())
"""

from _study import NETWORKS, SHOWN, row

from sidenotes.figures.data import Axis, Figure, Line, Panel


def line(network: str, name: str) -> Line:
    tuned = {float(rate): loss for rate, loss in row(network, name).tuned.items()}
    rates = [rate for rate in sorted(tuned) if tuned[rate] is not None]
    return Line(name, rates, [tuned[rate] for rate in rates])


def figure() -> Figure:
    return Figure(
        "Loss on validation data after 600 steps, by rate",
        Axis(r"$\alpha$", log=True),
        Axis("loss", log=True),
        panels=[Panel(f"The {n}", [line(n, name) for name in SHOWN]) for n in NETWORKS],
    )

"""
The losses on validation data along the way, at the end of each epoch.

>>> [len(line(n, "Adam").x) for n in NETWORKS]
[30, 30]
>>> {len(losses) for losses in row(NETWORKS[0], "Adam").curve.values()}
{10}
"""

from _study import NETWORKS, SHOWN, row, spread

from sidenotes.figures.data import Axis, Figure, Line, Panel


def line(network: str, name: str) -> Line:
    curve = {float(step): losses for step, losses in row(network, name).curve.items()}
    steps = sorted(curve)
    banded = name in ("AdaBelief", "Adam")
    return spread(name, steps, [curve[step] for step in steps], band=banded)


def figure() -> Figure:
    return Figure(
        "Loss on validation data, each with its best rate",
        Axis("step"),
        Axis("loss", log=True),
        panels=[Panel(f"The {n}", [line(n, name) for name in SHOWN]) for n in NETWORKS],
        rows=[20, 60, 100, 200, 300, 400, 500, 600],
    )

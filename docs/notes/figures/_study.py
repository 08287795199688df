"""What the figures of the study on digits are drawn from."""

import math

from experiments.results import Row, load
from sidenotes.figures.data import Line

READS = ["tools/experiments/data/digits.jsonl"]
NETWORKS = ("network", "convolution")
SHOWN = ("AdaBelief", "Adam", "AMSGrad", "RAdam", "NAdam")
RESULTS = load()


def row(network: str, contestant: str, budget: int = 600) -> Row:
    return RESULTS.row(network, contestant, budget)


def middle(values: list[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, values)) / len(values))


def spread(label: str, x: list[float], values: list[list[float]], band: bool = True) -> Line:
    """The geometric means, with the smallest and the largest of the seeds around them."""
    around = ([min(each) for each in values], [max(each) for each in values]) if band else None
    return Line(label, x, [middle(each) for each in values], band=around)

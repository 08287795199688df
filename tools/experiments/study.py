"""
# The study

Each contestant trains with each rate of the grid on seeds of its own. The rate with the smallest
geometric mean of the validation losses, when the budget is spent, is the one that it is then
measured with, on ten other seeds and on data that nothing was chosen by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from experiments.contestants import EVERY, GRID, MAIN, WARM, Kind
from experiments.design import FULL, RATES, SHORT
from experiments.results import Row, rounded
from experiments.training.cohort import EPOCH, Contestant, Measured, train
from experiments.training.networks import NETWORKS, Network

SEEDS = list(range(10))
TUNING = list(range(100, 105))
Done = Callable[[int], None]
# For each contestant, the validation loss with each rate: None where it was not finite.
Tuned = dict[str, dict[float, float | None]]


def work(seeds: int, tuning: int, full: int, short: int) -> int:
    """How many steps of single networks all of it takes."""
    rates = len(RATES) * tuning * full
    return len(NETWORKS) * (len(EVERY) * rates + seeds * (len(EVERY) * full + len(MAIN) * short))


def study(
    seeds: Sequence[int] = SEEDS,
    tuning: Sequence[int] = TUNING,
    full: int = FULL,
    short: int = SHORT,
    done: Done = lambda steps: None,
) -> list[Row]:
    """All rows. The short budget is for the main contestants alone."""
    rows = []
    for network in NETWORKS:
        known = tune(network, EVERY, tuning, [short, full], done)
        for budget, kinds in ((short, MAIN), (full, {**MAIN, **WARM, **GRID})):
            chosen = {name: known[budget][name] for name in kinds}
            rows += report(network, kinds, chosen, list(seeds), budget, done)
    return rows


def tune(
    network: Network, kinds: Mapping[str, Kind], seeds: Sequence[int], steps: list[int], done: Done
) -> dict[int, Tuned]:
    """For each budget and contestant, the loss with each rate."""
    contestants = [
        Contestant(kind.make, rate, kind.warmup) for kind in kinds.values() for rate in RATES
    ]
    found = {}
    for measured in train(network, contestants, list(seeds), steps, done):
        means = iter([mean(losses) for losses in measured.validation])
        found[measured.step] = {name: {rate: next(means) for rate in RATES} for name in kinds}
    return found


def mean(losses: Tensor) -> float | None:
    """The geometric mean."""
    found = losses.double().log().mean().exp().item()
    return found if math.isfinite(found) else None


def best(tuned: Mapping[float, float | None]) -> float:
    """
    >>> best({0.1: 2.0, 0.2: 1.0, 0.5: None})
    0.2
    """
    return min(tuned, key=lambda rate: math.inf if tuned[rate] is None else tuned[rate] or 0.0)


def report(
    network: Network,
    kinds: Mapping[str, Kind],
    tuned: Tuned,
    seeds: list[int],
    budget: int,
    done: Done = lambda steps: None,
) -> list[Row]:
    """A row for each contestant, with its best rate."""
    rates = {name: best(tuned[name]) for name in kinds}
    contestants = [Contestant(k.make, rates[name], k.warmup) for name, k in kinds.items()]
    steps = sorted({*range(EPOCH, budget + 1, EPOCH), budget})
    found = train(network, contestants, seeds, steps, done)
    return [
        row(network, name, number, budget, tuned[name], found) for number, name in enumerate(kinds)
    ]


def row(
    network: Network,
    name: str,
    number: int,
    budget: int,
    tuned: dict[float, float | None],
    found: list[Measured],
) -> Row:
    curve = {
        # Of the many contestants of the grid, the last alone.
        f"{each.step}": rounded(each.validation[number].tolist())
        for each in (found[-1:] if name in GRID else found)
    }
    losses = {f"{rate:g}": None if x is None else rounded([x])[0] for rate, x in tuned.items()}
    last = found[-1]
    return Row(
        network.name,
        name,
        budget,
        best(tuned),
        losses,
        rounded(last.loss[number].tolist()),
        rounded(last.error[number].tolist()),
        curve,
    )

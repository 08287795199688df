"""
# Fair turns

A machine is never quiet. Other programs come and go, the clock of the processor rises and falls,
and a minute later everything is 5 % slower. So contestants take turns: in each round every one of
them makes one step, in a random order. Whatever disturbs a round, disturbs them all.

Two optimizers are compared round by round. The median of these ratios is what is reported. The
ratio of two medians would compare times that may lie far apart; this one compares neighbours.
The quartiles say how far the rounds agree.

>>> from random import Random
>>> draw = Random(0)
>>> slow = [draw.choice([1, 1.5]) for _ in range(101)]
>>> spread(ratios([2 * s for s in slow], slow))
(2.0, 2.0, 2.0)

A step on several threads is as slow as the slowest of them, and one that has to share its
processor stops all. That is no even disturbance. Rounds in which other programs have used the
processors are therefore left out, as long as there are enough others.

Memory may be shared with other machines that run on the same hardware, and nothing tells what they
do. For this there can be a gauge: a turn that is known to be slowed down by memory only. Half
seconds in which it is slow are left out as well.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, sleep

Turns = Mapping[str, Callable[[], object]]
Round = dict[str, float]

# RAdam begins to divide at its sixth step.
WARM_UP = 6
# The system counts in hundredths of a second, so a few rounds are judged together.
BLOCK = 0.5
# The share of the processors that other programs may use.
CALM = 0.05
# How much slower the gauge may be than in the best of the blocks.
SLOWER = 1.15


def times(
    turns: Turns,
    wait: Callable[[], object],
    seconds: float,
    least: int,
    patience: float = 0,
    gauge: str | None = None,
) -> dict[str, list[float]]:
    """
    Return the seconds that each turn took in each round.

    * `wait` returns when the device has finished
    * `seconds` is how long rounds go on, but there are at least `least` of them
    * `patience` is for how many seconds more quiet rounds are waited for. If there are too few of
      them even so, all rounds count.
    * `gauge` is the turn that tells how fast memory is
    """
    for turn in turns.values():
        for _ in range(WARM_UP):
            turn()
    draw, begin, spent = Random(0), perf_counter(), 0.0
    every: list[Round] = []
    quiet: list[list[Round]] = []
    while sum(map(len, quiet)) < least or spent < seconds:
        rounds, took, others = block(turns, wait, draw, min(BLOCK, seconds))
        every += rounds
        if calm(others, took):
            quiet.append(rounds)
            spent += took
        elif not settled(begin + seconds + patience) and len(every) >= least:
            break
    counted = list(chain.from_iterable(fast(quiet, gauge) if gauge else quiet))
    print(f"of {len(every)} rounds {len(counted)} were quiet", end="", file=sys.stderr)
    if len(counted) < least:
        counted = every
        print(": all count", end="", file=sys.stderr)
    print(file=sys.stderr)
    return {name: [each[name] for each in counted] for name in turns}


def fast(blocks: list[list[Round]], gauge: str) -> list[list[Round]]:
    """The blocks in which the gauge was about as fast as in the best."""
    paces = [median(each[gauge] for each in block) for block in blocks]
    return [b for b, pace in zip(blocks, paces, strict=True) if pace <= SLOWER * min(paces)]


def block(
    turns: Turns, wait: Callable[[], object], draw: Random, seconds: float
) -> tuple[list[Round], float, float]:
    """Return some rounds, how long they took, and the seconds that others used meanwhile."""
    rounds: list[Round] = []
    begin, before = perf_counter(), strangers()
    while not rounds or perf_counter() - begin < seconds:
        rounds.append(one_round(turns, draw.sample(list(turns), len(turns)), wait))
    return rounds, perf_counter() - begin, strangers() - before


def settled(until: float) -> bool:
    """Wait for a quiet second. False if there is none until then."""
    while perf_counter() < until:
        before = strangers()
        sleep(1)
        if calm(strangers() - before, 1):
            return True
    return False


def calm(others: float, seconds: float) -> bool:
    return others <= CALM * seconds * (os.cpu_count() or 1)


def one_round(turns: Turns, order: Sequence[str], wait: Callable[[], object]) -> Round:
    found = {}
    gc.disable()
    for name in order:
        wait()
        start = perf_counter()
        turns[name]()
        wait()
        found[name] = perf_counter() - start
    gc.enable()
    return found


def strangers() -> float:
    """The seconds of processor time that all other programs have used; 0 if unknown."""
    try:
        line = Path("/proc/stat").read_text("utf-8").partition("\n")[0]
    except OSError:
        return 0.0
    # For users, nicely, for the system, idle, waiting, for interrupts, and stolen by the host.
    user, nice, system, _, _, hard, soft, stolen = map(int, line.split()[1:9])
    every = user + nice + system + hard + soft + stolen
    return every / os.sysconf("SC_CLK_TCK") - sum(os.times()[:2])


def ratios(a: Sequence[float], b: Sequence[float]) -> list[float]:
    return [x / y for x, y in zip(a, b, strict=True)]


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """The first quartile, the median, and the third quartile."""
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high

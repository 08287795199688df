"""
# The four parts

Each can be run alone. A part is a list of jobs, each of which makes one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import torch

from exhaust import cases, limits
from exhaust.cases import Case
from exhaust.driver import ALL, PART, Driver, Found
from exhaust.results import Row, words_of

HALF = {"bfloat16": torch.bfloat16, "float16": torch.float16}
Done = Callable[[int], None]


class Job(NamedTuple):
    """What tells its row from others, how many tries it is, and what makes the rest of the row."""

    key: Row
    tries: int
    run: Callable[[Done], Row]


def jobs(part: str) -> Iterator[Job]:
    if part == "gradients":
        yield from (step_job(case, "float32", torch.float32) for case in cases.gradients())
    elif part == "pairs":
        for name, dtype in HALF.items():
            yield from (step_job(case, name, dtype) for case in cases.pairs(dtype))
    elif part == "conversions":
        for name, dtype in HALF.items():
            yield Job({"type": name}, ALL, partial(convert, dtype))
    else:
        for call in limits.CALLS:
            yield Job({"call": call}, 1, partial(limit, call))


def step_job(case: Case, name: str, dtype: torch.dtype) -> Job:
    key = {"type": name, "call": case.call, "state": case.state, "t": case.t}
    return Job(key, ALL, partial(step, case, dtype))


def limit(call: str, done: Done) -> Row:
    found = limits.limits(call)
    done(1)
    return found


def step(case: Case, dtype: torch.dtype, done: Done) -> Row:
    driver, start, found = Driver(dtype), case.start(), Found()
    for begin in range(0, ALL, PART):
        found.add(driver.steps(start, begin, PART))
        done(PART)
    return {"adaptive": case.adaptive, **words_of(found)}


def convert(dtype: torch.dtype, done: Done) -> Row:
    driver, wrong, unlike = Driver(dtype), 0, 0
    for begin in range(0, ALL, PART):
        misrounded, written = driver.written(begin, PART)
        wrong += misrounded
        unlike += differ(written, begin)
        done(PART)
    return {
        "read": 1 << 16,
        "misread": driver.misread(),
        "written": ALL,
        "misrounded": wrong,
        "unlike torch": unlike,
    }


def differ(written: torch.Tensor, begin: int, stride: int = 1) -> int:
    """How many torch would write as another. One NaN is as good as another."""
    numbers = (torch.arange(len(written)) * stride + begin).to(torch.int32).view(torch.float32)
    expected = numbers.to(written.dtype)
    other = written.view(torch.int16) != expected.view(torch.int16)
    return int((other & ~(written.isnan() & expected.isnan())).sum())

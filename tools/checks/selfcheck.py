"""
# An optimizer checks itself

Runs the examples of a module, and compares the steps of its optimizer, and of those that it
extends, with transcriptions of the [papers](papers/__init__.py) in plain Python: every combination
of their flags in every mode of decay, on the CPU, and on a GPU where there is one. It needs torch
alone, and a few seconds.
"""

from __future__ import annotations

import doctest
import inspect
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any

import torch
from torch import Tensor

Flags = dict[str, Any]
Paper = Callable[..., list[float]]

DECAYS: dict[str, Flags] = {
    "none": {"weight_decay": 0.0},
    "decoupled": {"weight_decay": 0.05, "weight_decouple": True, "absolute": False},
    "absolute": {"weight_decay": 0.05, "weight_decouple": True, "absolute": True},
    "coupled": {"weight_decay": 0.05, "weight_decouple": False, "absolute": False},
}
# An epsilon as large as the gradients shows where it is added. The second betas have a long memory:
# rectification begins with step 6.
DRAWS: tuple[Flags, ...] = (
    {"lr": 0.02, "betas": (0.9, 0.97), "eps": 0.1},
    {"lr": 0.01, "betas": (0.7, 0.999), "eps": 1e-8},
    {"lr": 0.0, "betas": (0.8, 0.95), "eps": 0.1},
)
START = (1.0, -0.5, 2.0)
STEPS = 12
# Both sides do the same sums in another order, on numbers of about 1: each sum is off by 1e-16 in
# float64, by 6e-8 in float32. In bfloat16 the numbers from 2 to 4 are $2^{-6}$ apart, and the
# parameter is rounded once, to the nearest.
ALLOWED = {torch.float64: 1e-12, torch.float32: 1e-5, torch.bfloat16: 2.0**-7}


@dataclass
class Subject:
    """An optimizer, its paper, and numbers of its own that both are given."""

    kind: Any
    paper: Paper
    numbers: Flags = field(default_factory=dict)


@dataclass
class Row:
    """What was checked: in how many cases, and how far the worst was off."""

    what: str
    device: str
    cases: int
    error: float
    allowed: float

    @property
    def holds(self) -> bool:
        # A NaN is not within any bound.
        return self.cases > 0 and self.error <= self.allowed


def gradients(random: Random) -> list[float]:
    """Large at first, so that a maximum shows, and once zero."""
    drawn = [random.gauss(0.2, 1) * (10 if t < 3 else 1) for t in range(STEPS)]
    return [*drawn[:-2], 0.0, drawn[-1]]


def combinations(kind: Any) -> Iterator[Flags]:
    """The flags of an optimizer, in all combinations."""
    found = inspect.signature(kind).parameters.values()
    names = [each.name for each in found if isinstance(each.default, bool)]
    for values in product((False, True), repeat=len(names)):
        yield dict(zip(names, values, strict=True))


def walk(kind: Any, columns: list[list[float]], given: Flags, like: Tensor) -> Tensor:
    """The way of the parameters of an optimizer, one row for each step."""
    theta = torch.tensor(START).to(like).requires_grad_()
    optimizer, path = kind([theta], **given), []
    for row in zip(*columns, strict=True):
        theta.grad = torch.tensor(row, dtype=torch.float64).to(like)
        optimizer.step()
        path.append(theta.detach().to("cpu", torch.float64, copy=True))
    return torch.stack(path)


def group_values(kind: Any, decay: Flags, flags: Flags) -> Any:
    """A constructor with these values in its group, as a group may bring its own."""

    def make(params: list[Tensor], **given: Any) -> Any:
        return kind([{"params": params, **decay, **flags}], **given)

    return make


def steps(subject: Subject, device: str, dtype: torch.dtype) -> Row:
    """The optimizer beside the paper. In half precision one step, which is rounded once."""
    random, worst, cases = Random(0), 0.0, 0
    like = torch.zeros((), dtype=dtype, device=device)
    # All numbers in each case where that is quick, else they take turns.
    every = dtype is torch.float64 and device == "cpu"
    for index, (flags, (mode, decay)) in enumerate(
        product(combinations(subject.kind), DECAYS.items())
    ):
        for draw in DRAWS if every else [DRAWS[index % len(DRAWS)]]:
            columns = [gradients(random) for _ in START]
            if dtype is torch.bfloat16:
                columns = [[float(torch.tensor(column[0]).to(dtype))] for column in columns]
            given = {**draw, **subject.numbers}
            found = walk(group_values(subject.kind, decay, flags), columns, given, like)
            told = {"mode": mode, "weight_decay": decay["weight_decay"], **flags, **given}
            expected = [subject.paper(x, c, **told) for x, c in zip(START, columns, strict=True)]
            worst = largest(worst, found, torch.tensor(expected, dtype=torch.float64).T)
            cases += 1
    what = f"all flags and decays, {str(dtype).removeprefix('torch.')}"
    return Row(what, device, cases, worst, ALLOWED[dtype])


def largest(worst: float, found: Tensor, expected: Tensor) -> float:
    error = float((found - expected).abs().max())
    # `max` of Python would drop a NaN.
    return error if error != error or error > worst else worst


def pairs(subject: Subject, device: str) -> Row:
    """A complex number moves as the pair of its parts."""
    worst, cases, drawn = 0.0, 0, gradients(Random(1))
    like = torch.zeros((), dtype=torch.float64, device=device)
    for flags in combinations(subject.kind):
        given = {**DRAWS[0], **subject.numbers, **flags}
        real = walk(subject.kind, [drawn] * len(START), given, like)
        start = torch.tensor(START).to(like)
        theta = torch.complex(start, 2 * start).requires_grad_()
        optimizer = subject.kind([theta], **given)
        for g in drawn:
            theta.grad = torch.full_like(theta, complex(g, 0.5 * g))
            optimizer.step()
        found = theta.detach().real.to("cpu", torch.float64)
        worst, cases = largest(worst, found, real[-1]), cases + 1
    return Row("complex numbers as pairs", device, cases, worst, 0.0)


def still(subject: Subject, device: str) -> Row:
    """With a learning rate of zero nothing moves, also where 0 would be divided by 0."""
    like, worst, cases = torch.zeros((), dtype=torch.float64, device=device), 0.0, 0
    for flags in combinations(subject.kind):
        for decay in DECAYS.values():
            given = {"lr": 0.0, "eps": 0.0, **subject.numbers}
            make = group_values(subject.kind, decay, flags)
            found = walk(make, [[0.0] * STEPS] * len(START), given, like)
            worst = largest(worst, found, torch.tensor([START] * STEPS, dtype=torch.float64))
            cases += 1
    return Row("no step with a learning rate of 0", device, cases, worst, 0.0)


def late_maximum(subject: Subject, device: str) -> Iterator[Row]:
    """A maximum that is switched on between two steps begins there: that step has none yet."""
    if "amsgrad" not in inspect.signature(subject.kind).parameters:
        return
    like = torch.zeros((), dtype=torch.float64, device=device)
    theta = torch.tensor(START).to(like).requires_grad_()
    # Small ones, so that any start but zero shows.
    drawn = [g / 1000 for g in gradients(Random(2))[:8]]
    optimizer = subject.kind([theta], **DRAWS[0], amsgrad=False)
    for t, g in enumerate(drawn):
        theta.grad = torch.full_like(theta, g)
        optimizer.param_groups[0]["amsgrad"] = t == 7
        optimizer.step()
    told = {**DRAWS[0], "weight_decay": 0.0, "mode": "none", "maximize": False, "amsgrad": False}
    end = [subject.paper(x, drawn, **told)[-1] for x in START]
    expected = torch.tensor(end, dtype=torch.float64)
    error = largest(0.0, theta.detach().to("cpu", torch.float64), expected)
    yield Row("a maximum that begins late", device, 1, error, ALLOWED[torch.float64])


def siblings(subject: Subject, device: str) -> Iterator[Row]:
    """The class of `torch.optim` that makes the same steps, if there is one."""
    kind = subject.kind
    if kind.sibling is None:
        return
    other, flags = kind.sibling
    worst, before = 0.0, torch.get_default_dtype()
    # What torch keeps as a number has this type.
    torch.set_default_dtype(torch.float64)
    try:
        like, own = torch.zeros((), device=device), inspect.signature(other).parameters
        both = [name for name in next(combinations(kind)) if name in own]
        for values in product((False, True), repeat=len(both)):
            given = {**DRAWS[0], **subject.numbers, **dict(zip(both, values, strict=True))}
            columns = [gradients(Random(3 + i)) for i in range(len(START))]
            found = walk(kind, columns, {**flags, **given}, like)
            worst = largest(worst, found, walk(other, columns, given, like))
    finally:
        torch.set_default_dtype(before)
    what = f"torch.optim.{other.__name__}, float64"
    yield Row(what, device, 2 ** len(both), worst, ALLOWED[torch.float64])


def rows(subjects: tuple[Subject, ...]) -> Iterator[tuple[str, Row]]:
    """What is checked, each with the name of the class."""
    with torch.random.fork_rng():
        found = doctest.testmod(inspect.getmodule(subjects[0].kind))
    # A bare bundle has none.
    if found.attempted:
        row = Row("examples of the documentation", "cpu", found.attempted, found.failed, 0)
        yield subjects[0].kind.__name__, row
    for device in ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]:
        for subject in subjects:
            for row in of_one(subject, device):
                yield subject.kind.__name__, row


def of_one(subject: Subject, device: str) -> Iterator[Row]:
    for dtype in ALLOWED:
        yield steps(subject, device, dtype)
    yield pairs(subject, device)
    yield still(subject, device)
    yield from late_maximum(subject, device)
    yield from siblings(subject, device)


def check(*subjects: Subject) -> int:
    """
    Print what was checked, as a table; 1 if anything does not hold, else 0. The first of the
    optimizers is what the module is about, the others are those that it extends.
    """
    # For numbers this small, several threads only wait for each other.
    torch.set_num_threads(1)
    name = subjects[0].kind.__name__
    print(f"{name}, torch {torch.__version__}, Python {platform.python_version()}")
    if torch.cuda.is_available():
        print(f"cuda: {torch.cuda.get_device_name()}")
    form = "{:<10} {:<34} {:<6} {:>5} {:>8} {:>8}  {}"
    print(form.format("of", "what", "device", "cases", "error", "allowed", "").rstrip())
    failed = 0
    for name, row in rows(subjects):
        result = "ok" if row.holds else "FAILED"
        numbers = (f"{row.error:.1e}", f"{row.allowed:.1e}")
        line = form.format(name, row.what, row.device, row.cases, *numbers, result)
        print(line, flush=True)
        failed += not row.holds
    print(f"{failed} failed" if failed else "all holds")
    return 1 if failed else 0

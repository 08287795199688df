r"""
# An optimizer beside its class in torch

What compares: the class that the [state interchanges with](../_checkpoint.py), given the same
flags, with $\epsilon$ as people use it and so large that its place shows, without weight decay,
coupled and decoupled, minimizing and maximizing. torch has one form of the update for each class,
ours have [two](../../docs/notes/two_forms.py), which are equal where $\epsilon$ is 0: there the
other form is compared as well.

In float64 both sides do the same sums in another order, about $10^{-16}$ a step on values of about
1, for 200 steps: $10^{-12}$ is allowed. An epsilon, a power or a correction in the wrong place
shows at $10^{-6}$ and above.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from inspect import signature
from itertools import product
from typing import Any

import torch

from labml_optim.verify.check import Check, Measured, Unavailable
from labml_optim.verify.optimizers import (
    DECAYS,
    STEPS,
    VISIBLE,
    flags,
    gradient,
    optimizers,
    start,
)
from labml_optim.weight_decay import WeightDecay

ALLOWED = 1e-12


def checks(device: str) -> Iterator[Check]:
    for kind in optimizers():
        yield Check("against torch.optim", kind.__name__, device, partial(measure, kind, device))


def measure(kind: Any, device: str) -> Measured:
    """Make the steps of both, and return the largest difference in any step."""
    if kind.sibling is None:
        raise Unavailable(f"torch.optim has no class that makes the steps of {kind.__name__}")
    runs = [
        *product((1e-8, VISIBLE["eps"]), pairs(kind)),
        *product((0.0,), pairs(kind, other=True)),
    ]
    with double():
        found = [difference(eps, ours, theirs, device) for eps, (ours, theirs) in runs]
    worst = max(found, key=lambda error: float("inf") if error != error else error)
    return Measured(f"{len(runs)} runs beside {kind.sibling.kind.__name__}", worst, ALLOWED)


def pairs(kind: Any, other: bool = False) -> Iterator[tuple[Any, Any]]:
    """
    Pairs of constructors, ours and torch's, with arguments that ask both for the same, or ours for
    the `other` form of the update.
    """
    theirs = kind.sibling.kind
    known, own = signature(theirs).parameters, {**flags(kind), **kind.sibling.flags}
    shared = {name: value for name, value in own.items() if name in known}
    own["optimized_update"] ^= other
    for maximize, (rule, (sibling, given)) in product((False, True), decays(theirs).items()):
        decay = WeightDecay(0.1 if rule else 0.0, **DECAYS[rule or "decoupled"])
        yield (
            partial(kind, weight_decay=decay, **{**own, "maximize": maximize}),
            partial(sibling, **{**shared, "maximize": maximize}, **given),
        )


def decays(theirs: Any) -> dict[str, tuple[Any, dict[str, Any]]]:
    """For each rule of decay, and for none, the class of torch that has it, and its arguments."""
    found: dict[str, tuple[Any, dict[str, Any]]] = {"": (theirs, {"weight_decay": 0})}
    found["coupled"] = (theirs, {"weight_decay": 0.1})
    decoupled = getattr(torch.optim, f"{theirs.__name__}W", None)
    if decoupled is not None:
        found["decoupled"] = (decoupled, {"weight_decay": 0.1})
    elif "decoupled_weight_decay" in signature(theirs).parameters:
        found["decoupled"] = (theirs, {"weight_decay": 0.1, "decoupled_weight_decay": True})
    return found


def difference(eps: float, ours: Any, theirs: Any, device: str) -> float:
    """The largest difference of the parameters over all steps; no number if one of them is none."""
    given = {**VISIBLE, "eps": eps}
    left, right = (start(torch.float64, device) for _ in "12")
    both = ours([left], **given), theirs([right], **given)
    errors = []
    for t in range(1, STEPS + 1):
        left.grad = right.grad = gradient(t, torch.float64, device)
        for optimizer in both:
            optimizer.step()
        errors.append((left.detach() - right.detach()).abs().max())
    return torch.stack(errors).max().item()


@contextmanager
def double() -> Iterator[None]:
    """In torch, a number in the state has the default type, such as the product of NAdam."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)

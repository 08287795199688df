r"""
# A kernel beside the annotated code

Both engines make 200 steps from the same start with the same gradients, a group for each
combination of flags and each rule of weight decay. Then parameters and moments are compared.

## How near they must be

The engines compute the same formulas in the same order, in the same precision. What may differ is
how a product and a sum are rounded, together or one by one: half a unit in the last place here and
there. Gradients are given and do not depend on the parameters, so such errors add up like a random
walk, and nothing multiplies them. Over 200 steps that makes at most 3 units in the last place of
the largest number in a tensor, and 32 are allowed. A parameter of bfloat16 is rounded at each step,
and where two float32 lie on either side of the middle, that makes one unit; twice is rare.

Coupled decay takes the parameter, and its error, into the gradient, and dividing by the root of a
small second moment multiplies it: there it may be 100 times as much.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

from labml_optim.optimizer import kernels
from labml_optim.verify.check import Check, Failed, Measured, Unavailable
from labml_optim.verify.optimizers import (
    DECAYS,
    STEPS,
    VISIBLE,
    Flags,
    combinations,
    gradient,
    optimizers,
    start,
)

CHECK = "fused against annotated"
UNITS = {torch.float64: 32, torch.float32: 32, torch.bfloat16: 2}
COUPLED = 100
# Compared in the last step, and once before anything is rectified.
COMPARED = (4, STEPS)


def checks(device: str) -> Iterator[Check]:
    for kind in optimizers():
        if not computed(kind):
            yield Check(CHECK, kind.__name__, device, refuse)
            continue
        for dtype in UNITS:
            subject = f"{kind.__name__}, {str(dtype).removeprefix('torch.')}"
            yield Check(CHECK, subject, device, partial(measure, kind, dtype, device))


def computed(kind: Any) -> bool:
    """Whether a kernel is written for this class."""
    try:
        from labml_optim.fused.overrides import KNOWN
    except ImportError:
        # The check itself will say why.
        return True
    return kind in KNOWN


def refuse() -> Measured:
    raise Unavailable("no kernel computes it: it runs annotated")


def require(device: str, dtype: torch.dtype) -> None:
    """`Unavailable` if there is no kernel for this device. One that does not work is an error."""
    if kernels() is None:
        raise Unavailable("this copy of the package has no folder `fused`: all runs annotated")
    from labml_optim.fused.partition import ENGINES

    try:
        ENGINES[device].require(dtype)
    except RuntimeError as error:
        if device == "cpu" and has_compiler():
            raise
        raise Unavailable(str(error).removeprefix("fused=True: ")) from error


def has_compiler() -> bool:
    from labml_optim.fused.cpu.compiler import compiler

    try:
        return sys.platform != "win32" and bool(compiler())
    except RuntimeError:
        return False


def measure(kind: Any, dtype: torch.dtype, device: str) -> Measured:
    """Make the steps with both engines, and return the difference that is the least allowed."""
    require(device, dtype)
    check_class(kind)
    runs = [(flags, decay) for flags in combinations(kind) for decay in DECAYS]
    fused, annotated = (made(kind, runs, dtype, device, fused) for fused in (True, False))
    largest: dict[int, float] = {}
    worst = (0.0, 1.0, "")
    for t in range(1, STEPS + 1):
        step(fused, t, dtype, device)
        step(annotated, t, dtype, device)
        if t in COMPARED:
            worst = max([worst, *differences(fused, annotated, runs, largest)], key=share)
    error, allowed, where = worst
    done = f"{len(runs)} combinations of flags and decay, in ulp"
    return Measured(f"{done}\n{where}".rstrip(), error, allowed)


def check_class(kind: Any) -> None:
    """`Failed` if the class is not the one that the kernels were written for."""
    from labml_optim.fused.overrides import refusal

    reason = refusal(kind([torch.zeros(1, requires_grad=True)]))
    if reason is not None:
        raise Failed(reason)


def made(
    kind: Any, runs: list[tuple[Flags, str]], dtype: torch.dtype, device: str, fused: bool
) -> Any:
    """An optimizer with a group, of one parameter, for each run."""
    groups = [
        {"params": [start(dtype, device)], "weight_decay": 0.05, **flags, **DECAYS[decay]}
        for flags, decay in runs
    ]
    return kind(groups, **VISIBLE, fused=fused)


def step(optimizer: Any, t: int, dtype: torch.dtype, device: str) -> None:
    for group in optimizer.param_groups:
        group["params"][0].grad = gradient(t, dtype, device)
    optimizer.step()


def differences(
    fused: Any, annotated: Any, runs: list[tuple[Flags, str]], largest: dict[int, float]
) -> Iterator[tuple[float, float, str]]:
    """For each tensor how far the engines are apart, in units, how far they may be, and its name"""
    groups = zip(fused.param_groups, annotated.param_groups, strict=True)
    for index, ((mine, its), (flags, decay)) in enumerate(zip(groups, runs, strict=True)):
        if not made_by_kernel(fused, mine):
            raise Failed(f"the kernel has not made the step of {named(flags, decay)}")
        (p,), (q,) = mine["params"], its["params"]
        left, right = fused.state[p], annotated.state[q]
        if left.keys() != right.keys() or left["step"] != right["step"]:
            raise Failed(f"the states of {named(flags, decay)} are not alike")
        coupled = decay == "coupled"
        largest[index] = max(largest.get(index, 0.0), size(q))
        tensors = {"the parameter": (p, q, largest[index])}
        tensors |= {k: (left[k], v, size(v)) for k, v in right.items() if isinstance(v, Tensor)}
        for key, (found, expected, scale) in tensors.items():
            # What decay takes over from a parameter is rounded as that is.
            dtype = q.dtype if coupled else expected.dtype
            allowed = float(UNITS[dtype] * (COUPLED if coupled else 1))
            error = units(found, expected, torch.finfo(dtype).eps * scale)
            yield error, allowed, f"{key} of {named(flags, decay)}"


def units(found: Tensor, expected: Tensor, unit: float) -> float:
    """The largest difference, in these units. What is no number differs infinitely."""
    difference = (found.detach().double() - expected.detach().double()).abs().max().item()
    if difference == 0:
        return 0.0
    return difference / unit if unit and difference == difference else float("inf")


def size(tensor: Tensor) -> float:
    return tensor.detach().abs().max().item()


def share(difference: tuple[float, float, str]) -> float:
    error, allowed, _ = difference
    return error / allowed


def made_by_kernel(optimizer: Any, group: dict[str, Any]) -> bool:
    """Whether a kernel made the last step of the parameter in this group."""
    plan = vars(optimizer).get("_plans", {}).get(id(group["params"]))
    return plan is not None and 0 in plan.latest.rows


def named(flags: Flags, decay: str) -> str:
    return ", ".join([*(name for name, value in flags.items() if value), f"{decay} decay"])

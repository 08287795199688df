"""
# What a kernel is given

In place of [what makes its tables](../../../labml_optim/fused/plan.py), which writes addresses and
numbers of 64 bits into memory: the tensors of the one parameter, and the numbers of the step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from checks.tensors import ExactTensor
from labml_optim import Adam
from labml_optim.fused.overrides import known
from labml_optim.fused.partition import keeps_maximum, moments
from labml_optim.fused.scalars import scalars


class Given(NamedTuple):
    """The parameter, its gradient and moments, the numbers of `LAYOUT`, and the two flags."""

    tensors: list[ExactTensor]
    numbers: list[Any]
    centred: bool
    maximum: bool


def engine(kernel: Callable[[Given], Any]) -> Callable[[Adam], Callable[[], Any]]:
    """Makes steps with a kernel."""

    def begun(optimizer: Adam) -> Callable[[], Any]:
        return lambda: kernel(given(optimizer))

    return begun


def given(optimizer: Adam) -> Given:
    """What is given for the next step, which is counted."""
    group: Any = optimizer.current(optimizer.param_groups[0])
    (param,) = group["params"]
    optimizer.check_gradients([param])
    tensors: list[Any] = [param, param.grad, *moments(optimizer, group, param)]
    state, centred = optimizer.state[param], known(optimizer).centred
    state["step"] = state["step"] + 1
    numbers = scalars(optimizer, group, centred, state["step"])
    return Given(tensors, numbers, centred, keeps_maximum(group))

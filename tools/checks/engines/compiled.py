"""
# The kernel in C, on exact numbers

The text of [`kernel.c`](../../../labml_optim/fused/cpu/kernel.c) is
[run](../../sidenotes/check/proof/c/__init__.py) as it stands, with the probes that report what the
lines with a formula make: `stretch`, for one element of type `double`, with all that it calls. The
element before it belongs to others, and what the loop would hand on to the next one is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import torch

from checks.engines.host import Given
from checks.engines.host import engine as begun
from labml_optim import Adam
from labml_optim.fused.cpu.compiler import SOURCE
from labml_optim.fused.cpu.launch import STORED
from labml_optim.fused.scalars import LAYOUT
from sidenotes.check.proof.c.program import Program
from sidenotes.check.proof.ground import Refused


@cache
def program(text: str) -> Program:
    return Program(text, str(SOURCE), {"STORED": str(STORED[torch.float64])})


def engine(optimizer: Adam, text: str) -> Callable[[], Any]:
    return begun(partial(step, text))(optimizer)


def step(text: str, given: Given) -> list[list[tuple[int, Any]]]:
    """Step one element. Returns what the probes report of it."""
    kernel, reported = program(text), []
    kernel.hosts["sidenotes_report"] = lambda probe, value: reported.append((probe, value))
    cells = [[None, tensor.number] for tensor in given.tensors]
    param, grad, m, v, *top = cells
    with_numbers = dict(zip(LAYOUT, given.numbers, strict=True))
    flags = given.centred, given.maximum, with_numbers["adaptive"] != 0
    kernel.call("stretch", 1, 2, param, grad, m, v, *(top or [[]]), with_numbers, *flags)
    if kernel.carried:
        raise Refused(f"{kernel.path}: one element hands {sorted(kernel.carried)} on to the next")
    for tensor, (_, number) in zip(given.tensors, cells, strict=True):
        tensor.number = number
    return [reported]

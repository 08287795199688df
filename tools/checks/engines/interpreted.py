r"""
# The kernel for CUDA, on exact numbers

The program of [`kernel.py`](../../../labml_optim/fused/cuda/kernel.py), its own functions, in
[another language](lanes.py) than Triton's: one lane, in which there is an exact number. So neither
Triton nor a device is needed. With `maximize`, which has nothing to do with it, the block is full
and `WHOLE` is on; without, it is the end of a tensor.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch

from checks.engines import lanes
from checks.engines.host import Given
from checks.engines.host import engine as begun
from checks.engines.lanes import Lane
from labml_optim import Adam
from labml_optim.fused.cpu.launch import STORED
from labml_optim.fused.cuda import launch

SOURCE = Path(launch.__file__).with_name("kernel.py")


@cache
def kernel() -> Any:
    """The module of the kernel, in which Triton is `lanes`."""
    spec = importlib.util.spec_from_file_location("kernel_on_exact_numbers", SOURCE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    triton: Any = ModuleType("triton")
    triton.jit, triton.language = lanes.jit, lanes.Language()
    with patch.dict(sys.modules, {"triton": triton, "triton.language": triton.language}):
        spec.loader.exec_module(module)
    return module


def engine(optimizer: Adam) -> Callable[[], Any]:
    return begun(partial(step, optimizer.param_groups[0]["maximize"]))(optimizer)


def step(whole: bool, given: Given) -> None:
    """Step the first element of a block, as the program does that starts with it."""
    module, memory = kernel(), lanes.Memory()
    cells = [[Lane(tensor.number, lanes.float64)] for tensor in given.tensors]
    param, grad, *moments = map(memory.address, cells)
    # As `launch` packs it: the addresses, for the one row the index of its numbers, and these.
    packed = [Lane(number, lanes.int64) for number in (param, *moments, grad, 0)]
    packed += [Lane(number, lanes.float64) for number in given.numbers]
    blocks = [Lane(number, lanes.int64) for number in (0, 0, module.BLOCK if whole else 1)]
    module.step(
        *(beginning(memory, blocks), beginning(memory, packed), 1),
        *(STORED[torch.float64], given.centred, given.maximum),
    )
    for tensor, (cell,) in zip(given.tensors, cells, strict=True):
        tensor.number = cell.value


def beginning(memory: lanes.Memory, cells: list[Lane]) -> Lane:
    address = Lane(memory.address(cells), lanes.int64)
    return address.to(lanes.pointer_type(lanes.int64))


def number(value: Any) -> Any:
    """What a variable of the kernel holds."""
    return value.value if isinstance(value, Lane) else value

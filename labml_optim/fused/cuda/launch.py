"""
# The kernel on CUDA

One launch for a whole table, of [a kernel](kernel.py) that Triton compiles on first use. The device
finds the tensors by two lists. That of their blocks stays on the device, for as long as the table
is in use. That of their addresses, with the numbers of the step, is copied to it at each step, in
one copy.

Triton comes with torch's own packages for CUDA. With the environment variable `TRITON_INTERPRET=1`
it runs the kernel, slowly, on tensors on the CPU, which is how it is tested where there is no GPU.
"""

from __future__ import annotations

import os
from array import array
from contextlib import nullcontext
from functools import cache
from typing import Any

import torch
from torch import Tensor

from labml_optim.fused.cpu.launch import STORED
from labml_optim.fused.table import Table


@cache
def missing() -> str | None:
    """Why the kernel does not work here; `None` if it does."""
    interpreted = os.environ.get("TRITON_INTERPRET", "0") not in ("", "0")
    if not interpreted and not torch.cuda.is_available():
        return "torch finds no CUDA device"
    if interpreted and torch.cuda.is_available():
        return "TRITON_INTERPRET is set, and Triton's interpreter cannot reach the device's memory"
    try:
        import triton
    except ImportError as error:
        return f"on CUDA the kernel needs Triton ({error}). Install the package `triton`"
    return None if interpreted else unusable(triton)


def unusable(triton: Any) -> str | None:
    """Why Triton cannot work with the device; `None` if it can."""
    try:
        target = triton.runtime.driver.active.get_current_target()
    # It compiles a C module that calls the driver, which can fail in many ways.
    except Exception as error:
        return f"Triton does not work here: {error}. It needs a C compiler, such as `gcc`"
    if target.backend == "cuda" and target.arch < 70:
        return f"Triton needs a device of compute capability 7.0, not {target.arch / 10}"
    return None


def require(dtype: torch.dtype) -> None:
    """`RuntimeError` if the kernel does not work here."""
    reason = missing()
    if reason is not None:
        raise RuntimeError(f"fused=True: {reason}. Use fused=None, which does without")


def launch(
    table: Table, gradients: array[int], which: array[int] | None, numbers: array[float]
) -> None:
    """Step all tensors of a table. The arguments are those on [the CPU](../cpu/launch.py)."""
    from labml_optim.fused.cuda import kernel

    cut = blocks(table, kernel.BLOCK.value)
    # A grid must not be empty, but all tensors may be.
    if not len(cut):
        return
    which = array("q", which or [0] * table.count)
    packed = bytearray().join((table.written, gradients, which, numbers))
    on_device = table.device.type == "cuda"
    with torch.cuda.device(table.device) if on_device else nullcontext():
        kernel.step[(len(cut),)](
            *(cut, sent(packed, table.device), table.count),
            *(STORED[table.dtype], table.centred, table.maximum),
            num_warps=kernel.WARPS,
            enable_fp_fusion=True,
        )


def blocks(table: Table, size: int) -> Tensor:
    """
    Cut the tensors of a table into blocks of this size. Return for each block, on the device, its
    row, its number within the row, and the number of elements of the row.
    """
    cut: Tensor | None = table.prepared
    if cut is None:
        sizes = torch.tensor(table.sizes, dtype=torch.int64, device="cpu")
        count = (sizes + (size - 1)) // size
        rows = torch.repeat_interleave(count)
        number = torch.arange(len(rows), device="cpu") - (count.cumsum(0) - count)[rows]
        cut = torch.stack([rows, number, sizes[rows]], dim=1).to(table.device)
        table.prepared = cut
    if cut.is_cuda:
        # Its memory must not be given away as long as this launch is under way. Nothing else has to
        # be remembered if the next step is in another stream.
        cut.record_stream(torch.cuda.current_stream(table.device))
    return cut


def sent(packed: bytearray, device: torch.device) -> Tensor:
    """
    Return the bytes as a tensor on the device. The copy does not wait, and nothing waits for it:
    torch keeps the pinned memory until it is done.
    """
    here = torch.frombuffer(packed, dtype=torch.int64)
    return here.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else here

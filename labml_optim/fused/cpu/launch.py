"""
# The kernel on the CPU

One call for a whole table. Nothing is copied: the kernel is told where the tensors are.
"""

from __future__ import annotations

from array import array
from ctypes import c_int, c_int64, c_void_p
from functools import cache
from typing import Any

import torch

from labml_optim.fused.cpu.compiler import library
from labml_optim.fused.table import Table

# As `kernel.c` calls them.
STORED = {torch.float64: 8, torch.float32: 4, torch.bfloat16: 2, torch.float16: 1}
# Below, starting threads takes longer than one needs for all.
ENOUGH = 1 << 15


def require(dtype: torch.dtype) -> None:
    """Compile the kernel for parameters of this type. `RuntimeError` if that cannot be done."""
    # What is of another type is left to the annotated code.
    if dtype in STORED:
        function(dtype)


@cache
def function(dtype: torch.dtype) -> Any:
    found = library(STORED[dtype]).labml_optim_step
    found.argtypes = [c_int64, *[c_void_p] * 4, *[c_int] * 3]
    found.restype = None
    return found


def fetch(dtype: torch.dtype, addresses: array[int]) -> None:
    """Ask for what stands at these addresses, if anything, and do not wait for it."""
    library(STORED[dtype]).labml_optim_fetch(
        c_int64(len(addresses)), c_void_p(addresses.buffer_info()[0])
    )


def launch(
    table: Table,
    addresses: array[int],
    which: array[int],
    numbers: array[float],
    centred: bool,
    maximum: bool,
) -> None:
    """
    Step all tensors of a table.

    * `table` says how many elements each has
    * `addresses` are those of all parameters, then of all gradients, of $m$, of $v$ and, with
      `maximum`, of that
    * `which` tells for each tensor which set of `numbers` is for it
    * `numbers` are the [sets](../scalars.py), one after the other
    * `centred` means AdaBelief's second moment
    * `maximum` means AMSGrad's largest one
    """
    threads = torch.get_num_threads() if table.total >= ENOUGH else 1
    function(table.dtype)(
        len(table.sizes),
        *(column.buffer_info()[0] for column in (table.sizes, addresses, which, numbers)),
        *(centred, maximum, threads),
    )

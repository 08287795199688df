"""
# The kernel on the CPU

One call for a whole table. Nothing is copied: the kernel gets the addresses of the tensors.
"""

from __future__ import annotations

from array import array
from ctypes import Structure, addressof, c_int, c_int64, c_void_p
from functools import cache
from typing import Any

import torch

from labml_optim.fused.cpu.compiler import library
from labml_optim.fused.table import Table

# The values of `STORED` in `kernel.c`.
STORED = {torch.float64: 8, torch.float32: 4, torch.bfloat16: 2, torch.float16: 1}
# Below, starting threads takes longer than one thread needs for all elements.
ENOUGH = 1 << 15


def require(dtype: torch.dtype) -> None:
    """Compile the kernel for parameters of this type. `RuntimeError` if that cannot be done."""
    # What is of another type is left to the annotated code.
    if dtype in STORED:
        function(dtype)


@cache
def function(dtype: torch.dtype) -> Any:
    found = library(STORED[dtype]).step_table
    found.argtypes = [*[c_void_p] * 4, c_int]
    found.restype = None
    return found


def prefetch(dtype: torch.dtype, addresses: array[int]) -> None:
    """Prefetch what is in memory at these addresses. Addresses of nothing do no harm."""
    library(STORED[dtype]).prefetch_objects(
        c_int64(len(addresses)), c_void_p(addresses.buffer_info()[0])
    )


class InC(Structure):
    """A table as `kernel.c` reads it."""

    _fields_ = [
        *(("count", c_int64), ("sizes", c_void_p), ("written", c_void_p)),
        *(("centred", c_int), ("maximum", c_int)),
    ]


class Prepared:
    """What a call needs that stays the same."""

    def __init__(self, table: Table):
        # For rows that all use the first set of numbers.
        self.zeros = array("i", [0]) * table.count
        self.total = sum(table.sizes)
        self.function = function(table.dtype)
        sizes, written = table.sizes.buffer_info()[0], table.written.buffer_info()[0]
        # Kept alive, because `pointer` is its address.
        self.table = InC(table.count, sizes, written, table.centred, table.maximum)
        self.pointer = addressof(self.table)


def launch(
    table: Table, gradients: array[int], which: array[int] | None, numbers: array[float]
) -> None:
    """
    Step all tensors of a table.

    * `table` is where they are, apart from their gradients
    * `gradients` are the addresses of these
    * `which` has for each tensor the index of its set of `numbers`; `None` means the first one
    * `numbers` are the [sets](../scalars.py), one after the other
    """
    prepared: Prepared | None = table.prepared
    if prepared is None:
        prepared = table.prepared = Prepared(table)
    prepared.function(
        prepared.pointer,
        gradients.buffer_info()[0],
        (which or prepared.zeros).buffer_info()[0],
        numbers.buffer_info()[0],
        torch.get_num_threads() if prepared.total >= ENOUGH else 1,
    )

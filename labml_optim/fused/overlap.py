"""
# Tensors that share memory

The annotated code steps one parameter after the other. A kernel steps all at once, in any order,
and so must not write what it reads for another parameter. Two tensors can lie in the same memory: a
view of a larger one, a gradient that is the parameter itself. Which tensors do so is found when the
partition is made; that no new gradient does is checked at each step.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import le

from torch import Tensor


def address(tensor: Tensor) -> int | None:
    """Where a tensor is, if it is in one place."""
    try:
        return tensor.data_ptr()
    # It is sparse, or stands for many.
    except RuntimeError:
        return None


def interval(tensor: Tensor) -> tuple[int, int]:
    """The address of the first element, and the one behind the last, gaps included."""
    places = 1 + sum(
        (size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True)
    )
    first = tensor.data_ptr()
    return first, first + places * tensor.element_size()


def in_memory(tensor: Tensor) -> bool:
    """Whether it has elements, at an address."""
    return bool(address(tensor)) and tensor.numel() > 0


def overlapping(rows: Sequence[Sequence[Tensor]]) -> set[int]:
    """
    Return the rows that share memory which is written to, and so cannot be stepped at once. The
    second tensor of a row is its gradient, which is only read.
    """
    places = sorted(
        (*interval(tensor), i != 1, row)
        for row, tensors in enumerate(rows)
        for i, tensor in enumerate(tensors)
        if in_memory(tensor)
    )
    found: set[int] = set()
    together: list[tuple[bool, int]] = []
    end = 0
    # The last entry is a sentinel, which ends the last group.
    for first, last, written, row in [*places, (math.inf, 0, False, -1)]:
        if first >= end:
            if len(together) > 1 and any(written for written, _ in together):
                found.update(row for _, row in together)
            together = []
        together.append((written, row))
        end = max(end, last)
    return found


class Intervals:
    """
    Intervals of memory that are written to.

    Gradients are new tensors at each step, but as a rule at addresses where there have been some
    before. So what was found out about an address is kept.
    """

    def __init__(self, tensors: Iterable[Tensor]):
        bounds: list[int] = []
        for first, last in sorted(map(interval, filter(in_memory, tensors))):
            if bounds and first <= bounds[-1]:
                bounds[-1] = max(bounds[-1], last)
            else:
                bounds += [first, last]
        self.free = FreeBytes(bounds)

    def overlap(self, addresses: Iterable[int], lengths: Iterable[int]) -> bool:
        """
        Whether one of other intervals shares a byte with one of these.

        * `addresses` are those of their first bytes
        * `lengths` are their numbers of bytes. One of 0 bytes shares none.
        """
        return not all(map(le, lengths, map(self.free.__getitem__, addresses)))

    def contain_part_of(self, tensors: Iterable[Tensor]) -> bool:
        """Whether one of these tensors shares a byte with them."""
        found = list(map(interval, filter(in_memory, tensors)))
        return self.overlap([first for first, _ in found], [last - first for first, last in found])


class FreeBytes(dict[int, int]):
    """
    The number of bytes from an address to the next interval; 0 within one.

    * `bounds` are the addresses at which intervals begin and end, in turns
    """

    LIMIT = 1 << 13

    def __init__(self, bounds: list[int]):
        self.bounds = [*bounds, sys.maxsize]

    def __missing__(self, address: int) -> int:
        passed = bisect_right(self.bounds, address)
        free = 0 if passed % 2 else self.bounds[passed] - address
        if len(self) >= self.LIMIT:
            self.clear()
        self[address] = free
        return free

"""
# Who shares memory with whom

The annotated code steps one parameter after the other. A kernel steps all at once, in an order of
its own, and so must not write what it reads for another parameter. Two tensors can lie in the same
memory: a view of a larger one, a gradient that is the parameter itself. Which tensors do so is
found when they are dealt out; that no new gradient does is asked at each step.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import le

import torch
from torch import Tensor


def address(tensor: Tensor) -> int | None:
    """Where a tensor is, if it is in one place."""
    try:
        return tensor.data_ptr() if tensor.layout == torch.strided else None
    except RuntimeError:
        return None


def span(tensor: Tensor) -> tuple[int, int]:
    """The address of the first element, and the one behind the last. Gaps count."""
    places = 1 + sum(
        (size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True)
    )
    first = tensor.data_ptr()
    return first, first + places * tensor.element_size()


def somewhere(tensor: Tensor) -> bool:
    """Whether it has elements, at an address."""
    return bool(address(tensor)) and tensor.numel() > 0


def overlapping(rows: Sequence[Sequence[Tensor]]) -> set[int]:
    """
    Return the rows that share memory which is written to, and so cannot be stepped at once. The
    second tensor of a row is its gradient, which is only read.
    """
    places = sorted(
        (*span(tensor), i != 1, row)
        for row, tensors in enumerate(rows)
        for i, tensor in enumerate(tensors)
        if somewhere(tensor)
    )
    found: set[int] = set()
    together: list[tuple[bool, int]] = []
    end = 0
    # The last one shares nothing, and closes what came before.
    for first, last, written, row in [*places, (math.inf, 0, False, -1)]:
        if first >= end:
            if len(together) > 1 and any(written for written, _ in together):
                found.update(row for _, row in together)
            together = []
        together.append((written, row))
        end = max(end, last)
    return found


class Spans:
    """
    Stretches of memory that somebody writes to.

    Gradients are new tensors at each step, but as a rule at places where there have been some
    before. So what was found out about a place is kept.
    """

    def __init__(self, tensors: Iterable[Tensor]):
        bounds: list[int] = []
        for first, last in sorted(map(span, filter(somewhere, tensors))):
            if bounds and first <= bounds[-1]:
                bounds[-1] = max(bounds[-1], last)
            else:
                bounds += [first, last]
        self.rooms = Rooms(bounds)

    def touch(self, addresses: Iterable[int], lengths: Iterable[int]) -> bool:
        """
        Whether one of other stretches shares a byte with one of these.

        * `addresses` are those of their first bytes
        * `lengths` are their numbers of bytes. One of 0 bytes shares none.
        """
        return not all(map(le, lengths, map(self.rooms.__getitem__, addresses)))

    def share(self, tensors: Iterable[Tensor]) -> bool:
        """Whether one of these tensors reaches into them."""
        spans = list(map(span, filter(somewhere, tensors)))
        return self.touch([first for first, _ in spans], [last - first for first, last in spans])


class Rooms(dict[int, int]):
    """
    How many bytes there are from an address to the next stretch; 0 within one.

    * `bounds` are where stretches begin and end, in turns
    """

    KEPT = 1 << 13

    def __init__(self, bounds: list[int]):
        self.bounds = [*bounds, sys.maxsize]

    def __missing__(self, address: int) -> int:
        passed = bisect_right(self.bounds, address)
        room = 0 if passed % 2 else self.bounds[passed] - address
        if len(self) >= self.KEPT:
            self.clear()
        self[address] = room
        return room

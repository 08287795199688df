"""
# A table of tensors

What a kernel works through in one call: tensors of one type on one device, each a row with its
parameter, gradient and moments. All that is remembered here changes only when the tensors
themselves do.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import torch
from torch import Tensor

from labml_optim.optimizer import EXACT


@dataclass(eq=False)
class Table:
    """
    * `dtype` and `device` are those of the parameters
    * `rows` are the places of these tensors among all that a plan has
    * `sizes` are their numbers of elements
    * `total` is the sum of these
    """

    dtype: torch.dtype
    device: torch.device
    rows: list[int] = field(default_factory=list)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    total: int = 0

    def add(self, row: int, size: int) -> None:
        self.rows.append(row)
        self.sizes.append(size)
        self.total += size


def fits(param: Tensor, grad: Tensor, moments: list[Tensor]) -> bool:
    """
    Return whether the elements of these tensors can be gone through in the order in which the
    parameter has them in memory, from the first address on.
    """
    if param.dtype not in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
        return False
    exact = EXACT.get(param.dtype, param.dtype)
    return (
        dense(param)
        # A tensor whose sign is turned only when it is read, such as the imaginary part of a
        # conjugate.
        and not any(tensor.is_neg() for tensor in (param, grad, *moments))
        and all(
            tensor.shape == param.shape
            and order(tensor) == order(param)
            and tensor.device == param.device
            and tensor.layout == torch.strided
            for tensor in (grad, *moments)
        )
        # Zeros that are nowhere in memory, even where they say that they are.
        and not any(tensor._is_zerotensor() for tensor in (param, grad, *moments))
        and (param.numel() == 0 or all(t.data_ptr() for t in (param, grad, *moments)))
        and grad.dtype == param.dtype
        and all(tensor.dtype == exact for tensor in moments)
    )


def order(tensor: Tensor) -> list[int]:
    """The strides, without those of dimensions that have one place only and so never move."""
    return [stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True) if size != 1]


def dense(tensor: Tensor) -> bool:
    """Whether the elements fill a stretch of memory, in whatever order."""
    expected = 1
    if tensor.layout != torch.strided:
        return False
    if tensor.numel() == 0:
        return True
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True

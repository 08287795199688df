"""
# A table of tensors

What a kernel works through in one call: tensors of one type on one device, each a row with its
parameter and its moments. All of it stays the same from step to step. What changes, the gradients
and the numbers, comes with the call.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

# The types that parameters may have, and those of their moments.
MOMENTS = {
    torch.float64: torch.float64,
    torch.float32: torch.float32,
    torch.bfloat16: torch.float32,
    torch.float16: torch.float32,
}


@dataclass(eq=False)
class Table:
    """
    * `dtype` and `device` are those of the parameters
    * `centred` means AdaBelief's second moment, one around $m_t$
    * `maximum` means that AMSGrad's largest second moment is kept as well
    * `rows` are the places of these tensors among all that a partition has
    * `sizes` are their numbers of elements
    * `written` are the addresses of all parameters, then of all $m$, of all $v$ and, with
      `maximum`, of that
    * `prepared` is what an engine keeps for its next call
    """

    dtype: torch.dtype
    device: torch.device
    centred: bool
    maximum: bool
    rows: list[int] = field(default_factory=list)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    written: array[int] = field(default_factory=lambda: array("Q"))
    prepared: Any = None

    @property
    def count(self) -> int:
        return len(self.sizes)


def tables(rows: list[list[Tensor]], centred: bool, maximum: bool) -> list[Table]:
    """Sort rows, each a parameter and its moments, by the type and device of the parameter."""
    found: dict[tuple[torch.dtype, torch.device], Table] = {}
    for number, (param, *_) in enumerate(rows):
        key = param.dtype, param.device
        table = found.setdefault(key, Table(*key, centred, maximum))
        table.rows.append(number)
        table.sizes.append(param.numel())
    for table in found.values():
        columns = zip(*(rows[number] for number in table.rows), strict=True)
        table.written.extend(tensor.data_ptr() for column in columns for tensor in column)
    return list(found.values())


def fits(param: Tensor, grad: Tensor, moments: list[Tensor]) -> bool:
    """
    Return whether the elements of these tensors can be gone through in the order in which the
    parameter has them in memory, from the first address on.
    """
    tensors = param, grad, *moments
    return (
        param.dtype in MOMENTS
        and dense(param)
        # A tensor whose sign is turned only when it is read, such as the imaginary part of a
        # conjugate; and zeros that are not in memory, even if they have an address.
        and not any(tensor.is_neg() or tensor._is_zerotensor() for tensor in tensors)
        and all(
            tensor.shape == param.shape
            and tensor.layout == torch.strided
            and order(tensor) == order(param)
            and tensor.device == param.device
            for tensor in (grad, *moments)
        )
        and (param.numel() == 0 or all(tensor.data_ptr() for tensor in tensors))
        and grad.dtype == param.dtype
        and all(tensor.dtype == MOMENTS[param.dtype] for tensor in moments)
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


# ## The part of a tensor that is here


def shard(tensor: Any) -> Tensor:
    """The part of a `DTensor` that this process has. Others are as they are."""
    if not distributed(tensor):
        return tensor
    local = tensor.to_local()
    # Wait for what other processes have yet to send: until then there is no address.
    return local.trigger_wait() if hasattr(local, "trigger_wait") else local


def placement(tensor: Any) -> Any:
    """How a tensor is spread over devices; `None` if it is not."""
    return (tensor.device_mesh, tensor.placements) if distributed(tensor) else None


def distributed(tensor: Any) -> bool:
    # Importing it takes long. If there is a `DTensor`, that has been done.
    module = sys.modules.get("torch.distributed.tensor")
    return module is not None and isinstance(tensor, module.DTensor)

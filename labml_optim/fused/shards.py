"""
# The part of a tensor that is here

Parameters that are spread over processes are `DTensor`s. A kernel steps the shard that this process
has.
"""

import sys
from typing import Any

from torch import Tensor


def shard(tensor: Any) -> Tensor:
    """The part of a `DTensor` that is here. Others are as they are."""
    if not distributed(tensor):
        return tensor
    local = tensor.to_local()
    # What other processes have yet to send is waited for. Until then it has no address.
    return local.trigger_wait() if hasattr(local, "trigger_wait") else local


def placement(column: list[Any]) -> list[Any]:
    """How each tensor is spread over devices; `None` for one that is not."""
    return [(t.device_mesh, t.placements) if distributed(t) else None for t in column]


def distributed(tensor: Any) -> bool:
    # Importing it takes long. Who has a `DTensor` has done so.
    module = sys.modules.get("torch.distributed.tensor")
    return module is not None and isinstance(tensor, module.DTensor)

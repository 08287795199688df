"""
# Which tensor goes where

A partition divides the parameters of a group that have a gradient: into [tables](table.py), each of
which a kernel works through in one call, and into those that are left to the annotated code,
because no kernel can take them. It also knows what the tensors were like, so that a later step can
tell whether the partition still holds.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from labml_optim.fused.cpu import launch as cpu
from labml_optim.fused.cuda import launch as cuda
from labml_optim.fused.overlap import Intervals, in_memory, interval, overlapping
from labml_optim.fused.overrides import known, refusal
from labml_optim.fused.table import Table, distributed, fits, placement, shard, tables
from labml_optim.fused.unchanged import unchanged
from labml_optim.optimizer import GenericAdaptiveOptimizer, Group, State

ENGINES: dict[str, Any] = {"cpu": cpu, "cuda": cuda}
PLAIN = {Tensor, torch.nn.Parameter}
# Below, prefetching takes longer than waiting for the memory.
MANY = 16
ADDRESS = Tensor.data_ptr


def require(optimizer: GenericAdaptiveOptimizer, params: Sequence[Tensor]) -> None:
    """`RuntimeError` if `fused=True` is not possible for these parameters."""
    reason = refusal(optimizer)
    if reason is not None:
        raise RuntimeError(f"fused=True: {reason}. Use fused=None")
    for device, dtype in {(param.device.type, param.dtype) for param in params}:
        # Parameters on `meta` have no memory yet. They will get it on another device.
        if device != "meta" and device not in ENGINES:
            raise RuntimeError(
                f"fused=True: there is no fused engine for {device}, only for cpu and cuda. "
                "Use fused=None"
            )
        if device in ENGINES:
            ENGINES[device].require(dtype)


def devices(optimizer: GenericAdaptiveOptimizer, group: Group) -> set[str]:
    """The devices whose kernel is to be used. `fused=None` means CUDA, if its kernel works."""
    if group["fused"]:
        require(optimizer, group["params"])
        return set(ENGINES)
    return set() if cuda.missing() else {"cuda"}


def keeps_maximum(group: Group) -> bool:
    """Whether the largest second moment is kept. An optimizer without the flag keeps none."""
    return bool(group.get("amsgrad"))


def moments(optimizer: GenericAdaptiveOptimizer, group: Group, param: Tensor) -> list[Tensor]:
    """
    The moments of a parameter: $m$, $v$ and, if it is kept, the maximum. What is missing is made,
    and a maximum that is no longer kept is dropped.
    """
    state = optimizer.state[param]
    if not state:
        state.update(optimizer.new_state(group, param))
    second = known(optimizer).second
    maximum = f"max_{second}"
    if not keeps_maximum(group):
        state.pop(maximum, None)
        return [state["exp_avg"], state[second]]
    if maximum not in state:
        state[maximum] = torch.zeros_like(state["exp_avg"])
    return [state["exp_avg"], state[second], state[maximum]]


def present(optimizer: GenericAdaptiveOptimizer, param: Tensor) -> list[Tensor]:
    """A parameter, its gradient and the tensors in its state; of each, the part that is here."""
    grad: Any = param.grad
    tensors = [v for v in optimizer.state.get(param, {}).values() if isinstance(v, Tensor)]
    return list(map(shard, [param, grad, *tensors]))


@dataclass(frozen=True)
class Partition:
    """
    It is made once and never changed, so that a step that was prepared with one is made with it.

    * `rows` are the places in the group of the parameters that are in tables
    * `others` are those of the parameters that are left to the annotated code
    * `tables` are one for each type and device
    * `maximum` says whether the largest second moment is kept
    * `keys` are those of the moments that the kernels use
    * `placements` are how the tensors in tables are spread over devices, if any of them is
    * `unchanged` returns whether tensors in tables are like those that were there
    * `addresses` are those of what the kernels write
    * `layouts` are how the tensors that are left to the annotated code lie in memory
    * `kernels` are the intervals of memory that the kernels write to
    * `written` are those that anything in the step writes to
    * `lengths` are the numbers of bytes of the gradients in tables
    * `prefetch` prefetches the objects that Python is going to look at
    """

    rows: list[int]
    others: list[int]
    tables: list[Table]
    maximum: bool
    keys: list[str]
    placements: list[Any]
    unchanged: Callable[..., bool]
    addresses: list[int]
    layouts: list[Any]
    kernels: Intervals
    written: Intervals
    lengths: list[int]
    prefetch: Callable[[], None]


def make_partition(
    optimizer: GenericAdaptiveOptimizer, group: Group, possible: set[str]
) -> Partition:
    """
    Divide the parameters of a group, and make the state of those that have none yet. Only kernels
    for `possible` devices are used.
    """
    params, about, maximum = group["params"], known(optimizer), keeps_maximum(group)
    active = [i for i, param in enumerate(params) if param.grad is not None]
    rows = divide(optimizer, group, active, possible)
    others = [i for i in active if i not in rows]
    whole = [[params[i], *moments(optimizer, group, params[i])] for i in rows]
    local = [[shard(tensor) for tensor in row] for row in whole]
    grads = [params[i].grad for i in rows]
    here = list(map(shard, grads))
    columns = list(chain.from_iterable(zip(*local, strict=True)))
    rest = [present(optimizer, params[i]) for i in others]
    return Partition(
        rows=rows,
        others=others,
        tables=tables(local, about.centred, maximum),
        maximum=maximum,
        keys=moment_keys(about.second, maximum),
        placements=placements([*grads, *chain.from_iterable(zip(*whole, strict=True))]),
        unchanged=unchanged([*here, *columns]),
        addresses=list(map(ADDRESS, columns)),
        layouts=layouts(optimizer, [params[i] for i in others]),
        kernels=Intervals(columns),
        written=Intervals([*columns, *chain.from_iterable([p, *kept] for p, _, *kept in rest)]),
        lengths=[grad.nbytes for grad in here],
        prefetch=prefetcher([optimizer.state[params[i]] for i in rows], [*here, *columns]),
    )


def divide(
    optimizer: GenericAdaptiveOptimizer, group: Group, active: list[int], possible: set[str]
) -> list[int]:
    """Return the places of the parameters that a kernel can take, among those with a gradient."""
    params = group["params"]
    rows = {i: row for i in active if (row := takes(optimizer, group, params[i], possible))}
    # What shares memory is stepped one after the other, in the order of the parameters.
    every = [rows.get(i) or present(optimizer, params[i]) for i in active]
    shared = {active[place] for place in overlapping(every)}
    return [i for i in rows if i not in shared]


def takes(
    optimizer: GenericAdaptiveOptimizer, group: Group, param: Tensor, possible: set[str]
) -> list[Tensor] | None:
    """Return the tensors of a row that a kernel can take, or `None`."""
    if param.device.type not in possible:
        return None
    whole: list[Any] = [param, param.grad, *moments(optimizer, group, param)]
    if len(set(map(placement, whole))) > 1:
        return None
    local = list(map(shard, whole))
    fitting = {*map(type, local)} <= PLAIN and fits(local[0], local[1], local[2:])
    return local if fitting else None


def moment_keys(second: str, maximum: bool) -> list[str]:
    return ["exp_avg", second, *([f"max_{second}"] if maximum else [])]


def placements(tensors: list[Any]) -> list[Any]:
    """How these tensors are spread over devices; empty if none is."""
    return list(map(placement, tensors)) if any(map(distributed, tensors)) else []


def layouts(optimizer: GenericAdaptiveOptimizer, params: list[Tensor]) -> list[Any]:
    """
    How parameters that are left to the annotated code, their gradients and states lie in memory.
    When that changes, a kernel may be able to take them.
    """
    found: list[Any] = []
    for param in params:
        pair: list[Any] = [param, param.grad]
        found += [(t.stride(), t.dtype, t.is_neg(), t._is_zerotensor(), placement(t)) for t in pair]
        kept, _, *tensors = present(optimizer, param)
        found += [interval(t) if in_memory(t) else None for t in (kept, *tensors)]
    return found


def prefetcher(states: list[State], tensors: list[Tensor]) -> Callable[[], None]:
    """Return a function that prefetches these objects, but not the elements of the tensors."""
    # A GPU works on while Python looks at them.
    if len(states) < MANY or tensors[0].device.type != "cpu":
        return lambda: None
    objects = [*map(id, states), *chain.from_iterable(map(objects_of, tensors))]
    return partial(cpu.prefetch, tensors[0].dtype, array("Q", objects))


def objects_of(tensor: Tensor) -> tuple[int, int, int]:
    """The addresses of a tensor's object in Python, in C++, and of its storage."""
    return id(tensor), tensor._cdata, tensor.untyped_storage()._cdata

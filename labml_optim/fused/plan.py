"""
# The step of a group

A [partition](partition.py) divides the parameters of a group among the engines. It is made once,
and checked at each step, because between two steps a parameter may have been given other memory,
another type, or a gradient of another shape. With small tensors that is most of the time that a
step takes, so it is done for [many at a time](unchanged.py).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import partial
from itertools import repeat
from operator import attrgetter, contains, is_, itemgetter
from typing import Any

from torch import Tensor
from torch.autograd.graph import increment_version

from labml_optim.fused.overrides import refusal
from labml_optim.fused.partition import (
    ENGINES,
    Partition,
    devices,
    keeps_maximum,
    layouts,
    make_partition,
    placements,
    present,
)
from labml_optim.fused.scalars import different, scalars
from labml_optim.fused.table import shard
from labml_optim.optimizer import GenericAdaptiveOptimizer, Group, State

# What is in the tables of a partition in one step: the states of the parameters, the addresses of
# their gradients, and the tensors that the kernels write.
Rows = tuple[list[State], list[int], list[Tensor]]
# How many partitions are kept. Which parameters have a gradient can change from step to step, but
# usually among a few sets.
LIMIT = 64
GRADIENT, COUNT, ADDRESS = attrgetter("grad"), itemgetter("step"), Tensor.data_ptr
# Older versions of torch take one tensor at a time.
try:
    increment_version([])
    MANY_AT_ONCE = True
except (TypeError, RuntimeError):
    MANY_AT_ONCE = False


def prepare_step(optimizer: GenericAdaptiveOptimizer, group: Group) -> Callable[[], None]:
    """
    Return what steps the parameters of this group; until that is called nothing is changed.
    `RuntimeError` if `fused=True` is not possible, or if a gradient does not fit.
    """
    params, reason = group["params"], refusal(optimizer)
    if reason is not None:
        if group["fused"]:
            raise RuntimeError(f"fused=True: {reason}. Use fused=None")
        optimizer.check_gradients(params)
        return partial(optimizer.step_tensors, group, params)
    plans: dict[int, Plan] = vars(optimizer).setdefault("_plans", {})
    plan = plans.get(id(params))
    if plan is None or plan.params is not params or len(plans) > len(optimizer.param_groups):
        # Plans for groups that the optimizer no longer has are dropped.
        for gone in plans.keys() - {id(each["params"]) for each in optimizer.param_groups}:
            del plans[gone]
        plan = plans[id(params)] = Plan(params)
    return plan.prepare(optimizer, group)


class Plan:
    """
    The partitions of a list of parameters, one for each set of them that has had a gradient. It
    holds nothing of the optimizer, so that both are freed with the last reference to that.
    """

    def __init__(self, params: list[Tensor]):
        self.params = params
        self.partitions: dict[tuple[Any, ...], Partition] = {}
        self.latest: Partition | None = None

    def prepare(self, optimizer: GenericAdaptiveOptimizer, group: Group) -> Callable[[], None]:
        """Check what is given. Return what makes the step."""
        if self.latest is not None:
            self.latest.prefetch()
        grads = list(map(GRADIENT, self.params))
        partition = self.partitions.get(key(group, grads))
        if partition is not None:
            rows = collect(optimizer, self.params, grads, partition)
            if rows is not None and others_unchanged(optimizer, self.params, partition):
                return partial(self.step, optimizer, group, partition, rows)
        optimizer.check_gradients(self.params)
        return partial(self.step_anew, optimizer, group, devices(optimizer, group))

    def step_anew(
        self, optimizer: GenericAdaptiveOptimizer, group: Group, possible: set[str]
    ) -> None:
        """Make a partition, and the step."""
        partition = make_partition(optimizer, group, possible)
        grads = list(map(GRADIENT, self.params))
        rows = collect(optimizer, self.params, grads, partition)
        assert rows is not None
        if len(self.partitions) == LIMIT:
            # The oldest goes, if another thread has not been faster.
            self.partitions.pop(list(self.partitions)[0], None)
        self.partitions[key(group, grads)] = partition
        self.step(optimizer, group, partition, rows)

    def step(
        self, optimizer: GenericAdaptiveOptimizer, group: Group, partition: Partition, rows: Rows
    ) -> None:
        """Make the step of all rows, and of the other parameters."""
        self.latest = partition
        if partition.tables:
            launch(optimizer, group, partition, *rows)
        if partition.others:
            optimizer.step_tensors(group, [self.params[i] for i in partition.others])


def key(group: Group, grads: list[Any]) -> tuple[Any, ...]:
    """What decides which tensors there are: the flags, and which parameters have a gradient."""
    return group["fused"], keeps_maximum(group), *map(type, grads)


# ## Whether a partition holds


def collect(
    optimizer: GenericAdaptiveOptimizer,
    params: list[Tensor],
    grads: list[Any],
    partition: Partition,
) -> Rows | None:
    """
    Return what is in the tables of a partition. `None` if that is not what it was when the
    partition was made, apart from where the gradients are and what the elements are.
    """
    if len(partition.rows) < len(params):
        params, grads = [params[i] for i in partition.rows], [grads[i] for i in partition.rows]
    states = states_of(optimizer, params)
    try:
        moments = [state[name] for name in partition.keys for state in states]
        whole = local = [*grads, *params, *moments]
        if partition.placements:
            if placements(whole) != partition.placements:
                return None
            local = list(map(shard, whole))
        if not partition.unchanged(*local):
            return None
        addresses = list(map(ADDRESS, local))
    # No state, not all of it, or something else in place of a tensor.
    except (TypeError, KeyError, RuntimeError):
        return None
    gradients, written = addresses[: len(grads)], addresses[len(grads) :]
    if written != partition.addresses or outdated(partition, states):
        return None
    # A gradient must be in memory, and not where a kernel writes.
    if partition.written.overlap(gradients, partition.lengths):
        return None
    if 0 in gradients and any(t.numel() and not t.data_ptr() for t in local[: len(grads)]):
        return None
    changed = whole[len(grads) :] + (local[len(grads) :] if partition.placements else [])
    return states, gradients, changed


def states_of(optimizer: GenericAdaptiveOptimizer, params: list[Tensor]) -> list[Any]:
    known: Any = optimizer.state
    # Usually these are all the states, in this order, and nothing has to be looked up.
    if len(known) == len(params) and all(map(is_, known, params)):
        return list(known.values())
    return list(map(known.get, params))


def outdated(partition: Partition, states: list[State]) -> bool:
    """Whether there is a maximum that is no longer kept, and so has to be dropped."""
    *_, second = partition.keys
    return not partition.maximum and any(map(contains, states, repeat(f"max_{second}")))


def others_unchanged(
    optimizer: GenericAdaptiveOptimizer, params: list[Tensor], partition: Partition
) -> bool:
    """Whether the rest is still for the annotated code only. `RuntimeError` if it does not fit."""
    if not partition.others:
        return True
    others = [params[i] for i in partition.others]
    optimizer.check_gradients(others)
    gradients = (present(optimizer, param)[1] for param in others)
    alike = layouts(optimizer, others) == partition.layouts
    return alike and not partition.kernels.contain_part_of(gradients)


# ## The step


def launch(
    optimizer: GenericAdaptiveOptimizer,
    group: Group,
    partition: Partition,
    states: list[State],
    gradients: list[int],
    written: list[Tensor],
) -> None:
    """Call the kernels for all tables of a partition."""
    (first, *rest), which = different(list(map(COUNT, states)))
    centred = partition.tables[0].centred
    numbers = array("d", scalars(optimizer, group, centred, first + 1))
    for t in rest:
        numbers.extend(scalars(optimizer, group, centred, t + 1))
    count(states, 1, None if which else first)
    try:
        # Counts and versions are written before the kernels run: these evict the states and the
        # tensors' objects from the processor's caches.
        bump(written)
        for table in partition.tables:
            addresses, sets = gradients, which
            if len(partition.tables) > 1:
                addresses = [gradients[i] for i in table.rows]
                sets = which and [which[i] for i in table.rows]
            engine = ENGINES[table.device.type]
            engine.launch(table, array("Q", addresses), sets and array("i", sets), numbers)
    except Exception:
        count(states, -1, None if which else first + 1)
        raise


def count(states: list[State], by: int, before: int | None) -> None:
    """
    Change the numbers of steps by this much, in place where one is a tensor. `before` is what they
    were, if they were all the same `int`.
    """
    if before is not None:
        now = before + by
        for state in states:
            state["step"] = now
    else:
        for state in states:
            state["step"] += by


def bump(tensors: list[Tensor]) -> None:
    """
    Tell autograd that these tensors have changed, so that a backward pass which still needs what
    they were before is refused.
    """
    if MANY_AT_ONCE:
        increment_version(tensors)
    else:
        for tensor in tensors:
            increment_version(tensor)

"""
# Which tensor goes where

A plan deals out the tensors of a group: to [tables](table.py), each of which a kernel works through
in one call, and to the annotated code, for what no kernel can take. It is made once, and looked
over at each step, because between two steps anybody may have given a parameter other memory,
another type, or a gradient of another shape. Looking costs about a microsecond for each tensor.
With small tensors that is most of the time a step takes, so it is done a column at a time.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.graph import increment_version

from labml_optim.fused import cpu, cuda
from labml_optim.fused.scalars import scalars
from labml_optim.fused.table import Table, fits, overlapping
from labml_optim.optimizer import Group, State
from labml_optim.weight_decay import WeightDecay

if TYPE_CHECKING:
    from labml_optim.adam import Adam

ENGINES: dict[str, Any] = {"cpu": cpu, "cuda": cuda}
PLAIN = {Tensor, torch.nn.Parameter}
GRADIENT, SHAPE, DTYPE = attrgetter("grad"), attrgetter("shape"), attrgetter("dtype")
# What must be as it was when the tensors were dealt out. Parameters and moments must also be where
# they were, so what is missing here, they cannot have changed.
CHECKS: tuple[tuple[Callable[[Tensor], Any], ...], ...] = (
    (Tensor.numel, Tensor.stride, DTYPE),
    (SHAPE, Tensor.stride, DTYPE, Tensor.get_device, Tensor.is_neg),
    *[(type, attrgetter("nbytes"))] * 3,
)
# Older versions of torch take one tensor at a time.
try:
    increment_version([])
    MANY_AT_ONCE = True
except (TypeError, RuntimeError):
    MANY_AT_ONCE = False
# The methods that a kernel stands for.
HOOKS = (
    *("look_at", "step_tensors", "step_tensor", "step_exact", "step_param", "prepare"),
    *("get_mv", "get_maximum", "get_lr", "get_step", "calc_rectification_term", "rectifies"),
    "update",
)


def look_at(optimizer: Adam, group: Group) -> Callable[[], None]:
    """
    Return what steps the parameters of this group; before that is called, nothing is changed.
    `RuntimeError` if `fused=True` cannot be had, or if a gradient does not fit.
    """
    plans: dict[int, Plan] = vars(optimizer).setdefault("_plans", {})
    plan = plans.get(id(group))
    if plan is None or plan.group is not group:
        # Plans for groups that the optimizer no longer has are dropped.
        for gone in plans.keys() - set(map(id, optimizer.param_groups)):
            del plans[gone]
        plan = plans[id(group)] = Plan(optimizer, group)
    return plan.look()


def engines(optimizer: Adam, group: Group) -> set[str]:
    """The devices whose kernel is to be used. `fused=None` means CUDA, where that can be had."""
    if group["fused"]:
        require(optimizer, group["params"])
        return set(ENGINES)
    possible = group["fused"] is not False and refusal(optimizer) is None and not cuda.missing()
    return {"cuda"} if possible else set()


def require(optimizer: Adam, params: list[Tensor]) -> None:
    """`RuntimeError` if `fused=True` cannot be had for these parameters."""
    reason = refusal(optimizer)
    if reason is not None:
        raise RuntimeError(f"fused=True: {reason}. Use fused=None")
    for device, dtype in {(param.device.type, param.dtype) for param in params}:
        # Parameters on `meta` have no memory yet. They will get it somewhere else.
        if device != "meta" and device not in ENGINES:
            raise RuntimeError(
                f"fused=True: there is no fused engine for {device}, only for cpu and cuda. "
                "Use fused=None"
            )
        if device in ENGINES:
            ENGINES[device].require(dtype)


def refusal(optimizer: Adam) -> str | None:
    """Why the kernels do not stand for what this optimizer does; `None` if they do."""
    kind: Any = type(optimizer)
    rule = type(optimizer.weight_decay)
    own = overridden(kind) + [name for name in HOOKS if name in vars(optimizer)]
    if own:
        return f"{kind.__name__} overrides {', '.join(own)}, which the kernels do not call"
    if rule is not WeightDecay:
        return f"{rule.__name__} is a rule of weight decay that the kernels do not know"
    return None


@cache
def overridden(kind: Any) -> list[str]:
    """The hooks that a subclass of one of our optimizers has made its own."""
    base = next(above for above in kind.__mro__ if ours(above))
    return [name for name in HOOKS if getattr(kind, name, None) is not getattr(base, name, None)]


def ours(kind: Any) -> bool:
    """Whether a class is one of this package: what its module has under its name."""
    package = __name__.partition(".")[0]
    found = getattr(sys.modules.get(kind.__module__), kind.__name__, None)
    return kind.__module__.partition(".")[0] == package and found is kind


@dataclass
class Columns:
    """The tensors of all rows: parameters, gradients, $m$, $v$ and perhaps the maximum."""

    states: list[State]
    given: list[list[Tensor]]
    # The same, or the shards of them that are here.
    local: list[list[Tensor]]
    features: list[Any]
    addresses: list[list[int]]


class Plan:
    """What is done about the tensors of one group."""

    def __init__(self, optimizer: Adam, group: Group):
        self.optimizer, self.group = optimizer, group
        # What decides who goes where, as it was when the plan was made.
        self.asked: list[Any] = []
        self.features: list[Any] = []
        self.left: list[Any] = []

    def look(self) -> Callable[[], None]:
        """Check what is given. Return what makes the step."""
        grads = list(map(GRADIENT, self.group["params"]))
        if self.asks(grads) == self.asked:
            columns = self.columns(grads)
            if columns is not None and columns.features == self.features:
                self.optimizer.check_gradients(self.rest())
                if self.layouts() == self.left:
                    return partial(self.step, columns)
        self.optimizer.check_gradients(self.group["params"])
        return partial(self.deal, engines(self.optimizer, self.group))

    def asks(self, grads: list[Tensor | None]) -> list[Any]:
        """What decides which tensors there are: flags, and who has a gradient."""
        flags = [self.group["fused"], self.group.get("amsgrad"), refusal(self.optimizer)]
        return [flags, list(map(type, self.group["params"])), list(map(type, grads))]

    def rest(self) -> list[Tensor]:
        """The parameters that are left to the annotated code."""
        return [self.group["params"][i] for i in self.others]

    def layouts(self) -> list[Any]:
        """How the rest lies in memory. When that changes, there may be a kernel for it."""
        tensors: list[Any] = [t for param in self.rest() for t in (param, param.grad)]
        return [(t.stride(), t.dtype, t.is_neg(), placement([t])) for t in tensors]

    def columns(self, grads: list[Any]) -> Columns | None:
        """Return the rows as they are now; `None` if something is missing."""
        params = self.group["params"]
        if len(self.rows) < len(params):
            params, grads = [params[i] for i in self.rows], [grads[i] for i in self.rows]
        states: list[Any] = list(map(self.optimizer.state.get, params))
        try:
            moments = [[state[key] for state in states] for key in self.keys()]
            given = [params, grads, *moments]
            local = [list(map(shard, column)) for column in given] if self.sharded else given
            addresses = [list(map(Tensor.data_ptr, column)) for column in local]
            features = [
                list(map(check, column))
                for column, checks in zip(local, CHECKS, strict=False)
                for check in checks
            ]
        # No state, not all of it, or a tensor that has no strides.
        except (TypeError, KeyError, RuntimeError):
            return None
        # A shard of a gradient can be any kind of tensor.
        placements = [placement(column) for column in given] if self.sharded else []
        placements += [list(map(type, local[1]))] if self.sharded else []
        # A gradient is a new tensor at each step. The others stay where they are, unless somebody
        # moves them.
        features += [placements, addresses[0], *addresses[2:]]
        return Columns(states, given, local, features, addresses)

    def keys(self) -> list[str]:
        second = self.optimizer.SECOND
        keys = ["exp_avg", second]
        return [*keys, f"max_{second}"] if self.group.get("amsgrad") else keys

    def deal(self, engines: set[str]) -> None:
        """Deal the tensors out anew, and make the step."""
        params = self.group["params"]
        found = {i: self.row(param, engines) for i, param in enumerate(params)}
        rows = {i: row for i, row in found.items() if row}
        # What shares memory is stepped one after the other, in the order of the parameters.
        own = {i: rows.get(i) or [shard(params[i])] for i in found if params[i].grad is not None}
        places = [i for i, tensors in own.items() if {*map(type, tensors)} <= PLAIN]
        for place in overlapping([own[i] for i in places]):
            rows.pop(places[place], None)
        self.rows = list(rows)
        self.others = [
            i for i, param in enumerate(params) if i not in rows and param.grad is not None
        ]
        self.sharded = any(type(params[i]) not in PLAIN for i in rows)
        tables: dict[tuple[torch.dtype, torch.device], Table] = {}
        for number, row in enumerate(rows.values()):
            key = row[0].dtype, row[0].device
            tables.setdefault(key, Table(*key)).add(number, row[0].numel())
        self.tables = list(tables.values())
        grads = list(map(GRADIENT, params))
        self.asked, columns = self.asks(grads), self.columns(grads)
        assert columns is not None
        self.features, self.left = columns.features, self.layouts()
        self.step(columns)

    def row(self, param: Tensor, engines: set[str]) -> list[Tensor] | None:
        """Return the tensors of a row, or `None` if it is left to the annotated code."""
        if param.grad is None or param.device.type not in engines:
            return None
        state = self.optimizer.state[param]
        if not state:
            state.update(self.optimizer.new_state(self.group, param))
        maximum = f"max_{self.optimizer.SECOND}"
        if not self.group.get("amsgrad"):
            state.pop(maximum, None)
        elif maximum not in state:
            state[maximum] = torch.zeros_like(state["exp_avg"])
        given = [param, param.grad, *(state[key] for key in self.keys())]
        if len(set(placement(given))) > 1:
            return None
        local = list(map(shard, given))
        return (
            local if {*map(type, local)} <= PLAIN and fits(local[0], local[1], local[2:]) else None
        )

    def step(self, columns: Columns) -> None:
        """Make the step of all rows, and of the rest."""
        steps = [state["step"] + 1 for state in columns.states]
        distinct = {t: number for number, t in enumerate(dict.fromkeys(steps))}
        sets = [scalars(self.optimizer, self.group, t) for t in distinct]
        numbers = array("d", chain.from_iterable(sets))
        maximum = len(columns.given) > 4
        for table in self.tables:
            addresses = array("Q")
            for column in columns.addresses:
                addresses.extend(
                    column if len(self.tables) == 1 else [column[i] for i in table.rows]
                )
            if len(distinct) > 1:
                which = array("i", [distinct[steps[i]] for i in table.rows])
            else:
                which = table.which
            engine = ENGINES[table.device.type]
            engine.launch(table, addresses, which, numbers, self.optimizer.CENTRED, maximum)
        for state, t in zip(columns.states, steps, strict=True):
            state["step"] = t
        written = [columns.given, columns.local] if self.sharded else [columns.given]
        for params, _, *moments in written:
            bump(params, *moments)
        self.optimizer.step_tensors(self.group, self.rest())


def bump(*columns: list[Tensor]) -> None:
    """
    Tell autograd that these tensors have changed, so that a backward pass which still needs what
    they were before is refused.
    """
    for column in columns:
        if MANY_AT_ONCE:
            increment_version(column)
        else:
            for tensor in column:
                increment_version(tensor)


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

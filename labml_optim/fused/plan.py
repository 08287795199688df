"""
# Which tensor goes where

A plan deals out the tensors of a group: to [tables](table.py), each of which a kernel works through
in one call, and to the annotated code, for what no kernel can take. It is made once, and looked
over at each step, because between two steps anybody may have given a parameter other memory,
another type, or a gradient of another shape. With small tensors that is most of the time a step
takes, so it is done for [many at a time](unchanged.py).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, repeat
from operator import attrgetter, contains, is_, itemgetter
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.graph import increment_version

from labml_optim.fused.cpu import launch as cpu
from labml_optim.fused.cuda import launch as cuda
from labml_optim.fused.overlap import Spans, overlapping, somewhere, span
from labml_optim.fused.overrides import refusal
from labml_optim.fused.scalars import scalars
from labml_optim.fused.shards import placement, shard
from labml_optim.fused.table import Table, fits
from labml_optim.fused.unchanged import likeness
from labml_optim.optimizer import Group, State

if TYPE_CHECKING:
    from labml_optim.adam import Adam

ENGINES: dict[str, Any] = {"cpu": cpu, "cuda": cuda}
PLAIN = {Tensor, torch.nn.Parameter}
# How many are kept. Which parameters have a gradient can change from step to step, but as a rule it
# is one of some sets.
DEALS = 64
GRADIENT = attrgetter("grad")
# Older versions of torch take one tensor at a time.
try:
    increment_version([])
    MANY_AT_ONCE = True
except (TypeError, RuntimeError):
    MANY_AT_ONCE = False


def look_at(optimizer: Adam, group: Group) -> Callable[[], None]:
    """
    Return what steps the parameters of this group; before that is called, nothing is changed.
    `RuntimeError` if `fused=True` cannot be had, or if a gradient does not fit.
    """
    plans: dict[int, Plan] = vars(optimizer).setdefault("_plans", {})
    plan = plans.get(id(group))
    if plan is None or plan.group is not group or len(plans) > len(optimizer.param_groups):
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


@dataclass(frozen=True)
class Deal:
    """
    Who goes where, and what the tensors were like. It is made once and never changed, so that a
    step that has looked at one makes no use of another.
    """

    # The flags, and who had a gradient.
    asked: tuple[Any, ...]
    # Places of parameters in the group: those in tables, and those left to the annotated code.
    rows: list[int]
    others: list[int]
    tables: list[Table]
    sharded: bool
    # Whether tensors are like those that were dealt out.
    alike: Callable[..., bool] = lambda *tensors: True
    # Where those that stay were, and how all are spread over devices.
    places: list[Any] = field(default_factory=list)
    left: list[Any] = field(default_factory=list)
    # What the kernels write, what anybody does, and the lengths of the gradients.
    kernels: Spans = field(default_factory=lambda: Spans([]))
    written: Spans = field(default_factory=lambda: Spans([]))
    lengths: list[int] = field(default_factory=list)
    # Asks memory for what is looked at in each step.
    fetch: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Columns:
    """The tensors of all rows: parameters, gradients, $m$, $v$ and perhaps the maximum."""

    states: list[State]
    given: list[list[Tensor]]
    # The same, or the shards of them that are here.
    local: list[list[Tensor]]
    addresses: list[array[int]]
    # How they are spread over devices; empty if all are here.
    spread: list[Any]

    @property
    def places(self) -> list[Any]:
        """
        What must be as it was. A gradient is a new tensor at each step. The others stay where they
        are, unless somebody moves them.
        """
        return [self.addresses[0], *self.addresses[2:], *self.spread]


class Plan:
    """What is done about the tensors of one group."""

    def __init__(self, optimizer: Adam, group: Group):
        self.optimizer, self.group = optimizer, group
        # One for each set of parameters that have had a gradient together.
        self.deals: dict[tuple[Any, ...], Deal] = {}
        self.latest: Deal | None = None

    def look(self) -> Callable[[], None]:
        """Check what is given. Return what makes the step."""
        if self.latest is not None:
            self.latest.fetch()
        grads = list(map(GRADIENT, self.group["params"]))
        deal = self.deals.get(self.asks(grads))
        columns = None if deal is None else self.columns(grads, deal)
        if deal is not None and columns is not None and columns.places == deal.places:
            self.optimizer.check_gradients(self.rest(deal))
            gradients = (self.members(param)[1] for param in self.rest(deal))
            if self.layouts(deal) == deal.left and not deal.kernels.share(gradients):
                return partial(self.step, columns, deal)
        self.optimizer.check_gradients(self.group["params"])
        return partial(self.anew, engines(self.optimizer, self.group))

    def asks(self, grads: list[Tensor | None]) -> tuple[Any, ...]:
        """What decides which tensors there are: flags, and who has a gradient."""
        flags = self.group["fused"], self.maximum(), refusal(self.optimizer)
        return (*flags, *map(type, self.group["params"]), *map(type, grads))

    def maximum(self) -> bool:
        """Whether the largest second moment is wanted, by an optimizer that knows of it."""
        known = f"max_{self.optimizer.SECOND}" in self.optimizer.OPTIONAL
        return known and self.group["amsgrad"]

    def rest(self, deal: Deal) -> list[Tensor]:
        """The parameters that are left to the annotated code."""
        return [self.group["params"][i] for i in deal.others]

    def layouts(self, deal: Deal) -> list[Any]:
        """How the rest lies in memory. When that changes, there may be a kernel for it."""
        found: list[Any] = []
        for param in self.rest(deal):
            pair: list[Any] = [param, param.grad]
            found += [
                (t.stride(), t.dtype, t.is_neg(), t._is_zerotensor(), placement([t])) for t in pair
            ]
            kept, _, *moments = self.members(param)
            found += [span(t) if somewhere(t) else None for t in (kept, *moments)]
        return found

    def members(self, param: Tensor) -> list[Tensor]:
        """A parameter, its gradient and what is kept for it; of each, the part that is here."""
        grad: Any = param.grad
        kept = self.optimizer.state.get(param, {}).values()
        tensors = [value for value in kept if isinstance(value, Tensor)]
        return list(map(shard, [param, grad, *tensors]))

    def columns(self, grads: list[Any], deal: Deal) -> Columns | None:
        """
        Return the rows as they are now; `None` if they are not what they were when they were dealt
        out, apart from where they are.
        """
        params = self.group["params"]
        if len(deal.rows) < len(params):
            params, grads = [params[i] for i in deal.rows], [grads[i] for i in deal.rows]
        known: Any = self.optimizer.state
        # As a rule they are all that there are, in this order, and nothing has to be looked up.
        if len(known) == len(params) and all(map(is_, known, params)):
            states = list(known.values())
        else:
            states = list(map(known.get, params))
        try:
            moments = [list(map(itemgetter(key), states)) for key in self.keys()]
            given = [params, grads, *moments]
            spread = list(map(placement, given)) if deal.sharded else []
            local = [list(map(shard, column)) for column in given] if deal.sharded else given
            if not deal.alike(*chain.from_iterable(local)):
                return None
            addresses = [array("Q", list(map(Tensor.data_ptr, column))) for column in local]
        # No state, not all of it, or something else in place of a tensor.
        except (TypeError, KeyError, RuntimeError):
            return None
        # A maximum that is no longer wanted is to be forgotten; a gradient must be somewhere, and
        # not where a kernel writes.
        old = f"max_{self.optimizer.SECOND}"
        if not self.maximum() and any(map(contains, states, repeat(old))):
            return None
        if deal.written.touch(addresses[1], deal.lengths):
            return None
        if 0 in addresses[1] and any(t.numel() and not t.data_ptr() for t in local[1]):
            return None
        return Columns(states, given, local, addresses, spread)

    def keys(self) -> list[str]:
        second = self.optimizer.SECOND
        keys = ["exp_avg", second]
        return [*keys, f"max_{second}"] if self.maximum() else keys

    def anew(self, engines: set[str]) -> None:
        """Deal the tensors out, and make the step."""
        grads = list(map(GRADIENT, self.group["params"]))
        deal = self.dealt(engines, grads)
        columns = self.columns(grads, deal)
        assert columns is not None
        params, gradients, *moments = columns.local
        kernels = [*params, *chain(*moments)]
        rest = [(param, *kept) for param, _, *kept in map(self.members, self.rest(deal))]
        deal = replace(
            deal,
            alike=likeness(list(chain.from_iterable(columns.local))),
            places=columns.places,
            left=self.layouts(deal),
            kernels=Spans(kernels),
            written=Spans([*kernels, *chain(*rest)]),
            lengths=[grad.nbytes for grad in gradients],
            fetch=self.fetcher(columns, deal),
        )
        if len(self.deals) == DEALS:
            # The oldest goes, if another thread has not been faster.
            self.deals.pop(list(self.deals)[0], None)
        self.deals[deal.asked] = deal
        self.step(columns, deal)

    def fetcher(self, columns: Columns, deal: Deal) -> Callable[[], None]:
        """Return what asks memory for the objects that Python will look at."""
        # A GPU works on while Python looks.
        types = [table.dtype for table in deal.tables if table.device.type == "cpu"]
        if not types:
            return lambda: None
        objects = chain(map(id, columns.states), *map(objects_of, chain(*columns.local)))
        return partial(cpu.fetch, types[0], array("Q", objects))

    def dealt(self, engines: set[str], grads: list[Any]) -> Deal:
        """Decide who goes where."""
        params = self.group["params"]
        found = {i: self.row(param, engines) for i, param in enumerate(params)}
        rows = {i: row for i, row in found.items() if row}
        # What shares memory is stepped one after the other, in the order of the parameters.
        own = [i for i in found if grads[i] is not None]
        for place in overlapping([rows.get(i) or self.members(params[i]) for i in own]):
            rows.pop(own[place], None)
        tables: dict[tuple[torch.dtype, torch.device], Table] = {}
        for number, row in enumerate(rows.values()):
            key = row[0].dtype, row[0].device
            tables.setdefault(key, Table(*key)).add(number, row[0].numel())
        return Deal(
            asked=self.asks(grads),
            rows=list(rows),
            others=[i for i in own if i not in rows],
            tables=list(tables.values()),
            sharded=any(type(params[i]) not in PLAIN for i in rows),
        )

    def row(self, param: Tensor, engines: set[str]) -> list[Tensor] | None:
        """Return the tensors of a row, or `None` if it is left to the annotated code."""
        if param.grad is None or param.device.type not in engines:
            return None
        state = self.optimizer.state[param]
        if not state:
            state.update(self.optimizer.new_state(self.group, param))
        maximum = f"max_{self.optimizer.SECOND}"
        if not self.maximum():
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

    def step(self, columns: Columns, deal: Deal) -> None:
        """Make the step of all rows, and of the rest."""
        self.latest = deal
        steps = [t + 1 for t in map(itemgetter("step"), columns.states)]
        distinct = {t: number for number, t in enumerate(dict.fromkeys(steps))}
        sets = [scalars(self.optimizer, self.group, t) for t in distinct]
        numbers = array("d", chain.from_iterable(sets))
        which = list(map(distinct.__getitem__, steps))
        written = [columns.given, columns.local] if deal.sharded else [columns.given]
        try:
            # What is to be written down is written before the kernels run. They empty the caches,
            # and all of it would have to be fetched a second time.
            for state, t in zip(columns.states, steps, strict=True):
                state["step"] = t
            for params, _, *moments in written:
                bump(params, *moments)
            for table in deal.tables:
                self.launch(table, columns, which, numbers)
        except Exception:
            for state, t in zip(columns.states, steps, strict=True):
                state["step"] = t - 1
            raise
        if deal.others:
            self.optimizer.step_tensors(self.group, self.rest(deal))

    def launch(
        self, table: Table, columns: Columns, which: list[int], numbers: array[float]
    ) -> None:
        """Step the tensors of one table. `which` tells for each row its set of numbers."""
        addresses = array("Q")
        whole = len(table.rows) == len(which)
        for column in columns.addresses:
            addresses.extend(column if whole else array("Q", [column[i] for i in table.rows]))
        chosen = array("i", which if whole else [which[i] for i in table.rows])
        maximum = len(columns.given) > 4
        engine = ENGINES[table.device.type]
        engine.launch(table, addresses, chosen, numbers, self.optimizer.CENTRED, maximum)


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


def objects_of(tensor: Tensor) -> tuple[int, int, int]:
    """Where a tensor is for Python, where for C++, and where its storage is; not its elements."""
    return id(tensor), tensor._cdata, tensor.untyped_storage()._cdata

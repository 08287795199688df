r"""
# Runs in the corners

[The other runs](optimizers.py) draw numbers with which a slip shows. These draw what they leave
out, so that a threshold, a clamp or a case that only they could meet is met.

* $\beta_1 > \beta_2$, a $\beta_2$ from 0.6 up, with which nothing is ever rectified, $\alpha$ and
  $\lambda$ above 1, $\epsilon = 10^{-16}$; gradients of 0 and of a thousand.
* Several parameters in a group: a number, a vector and a matrix, one of which sits a step out.
* A learning rate that a schedule changes at each step, for sixty steps.
* Flags that are switched between steps. No algorithm speaks of that, but the lines do.
* Complex parameters, which count as pairs, and parameters in 16 bits, which compute in 32.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

import torch

from checks.catalog import CATALOG, MODES, Entry, Flags
from checks.optimizers import pages
from labml_optim import Adam, WeightDecay
from sidenotes.check.runs import Item, Run, Started

SHAPES = [(), (3,), (2, 2)]
LONG, SHORT = 60, 12

Group = dict[str, Any]
# What happens to a group before a step.
Change = Callable[[Group, int], None]


def runs(device: str) -> Iterator[Run]:
    seeds = count(1)
    for row in CATALOG:
        for draw in (random.Random(f"{row.name} {next(seeds)}") for _ in range(8)):
            yield corner(row, draw, wide(draw), device, steps=SHORT)
        draw = random.Random(row.name)
        yield corner(row, draw, usual(draw), device, what="a schedule", change=schedule, steps=LONG)
        yield corner(row, draw, usual(draw), device, what="flags that change", change=switch)
        yield corner(row, draw, usual(draw), device, what="complex", dtype=torch.complex128)
        for dtype in (torch.bfloat16, torch.float16):
            yield corner(row, draw, usual(draw), device, what=str(dtype), dtype=dtype)


# ## What is drawn


def wide(draw: random.Random) -> Group:
    return {
        "lr": draw.choice([draw.uniform(1.0, 3.0), 0.1]),
        "betas": draw.choice([(0.95, 0.7), (0.5, 0.6), (0.0, 0.999), (0.9, 0.98)]),
        "eps": draw.choice([1e-16, 1e-8, 0.3]),
        "weight_decay": draw.choice([0.0, 1.5, 0.1]),
    }


def usual(draw: random.Random) -> Group:
    betas = (draw.uniform(0.8, 0.95), draw.uniform(0.9, 0.99))
    return {"lr": draw.uniform(0.01, 0.2), "betas": betas, "eps": 0.1, "weight_decay": 0.1}


def gradient(draw: random.Random, shape: Sequence[int]) -> Any:
    """Small, large, and every fourth time nothing."""
    if shape:
        return tuple(gradient(draw, shape[1:]) for _ in range(shape[0]))
    return draw.choice((-1, 1, -1, 0)) * 10 ** draw.uniform(-2.0, 3.0)


def schedule(group: Group, step: int) -> None:
    group["lr"] = 0.2 / step


def switch(group: Group, step: int) -> None:
    """Flip a flag, another one at each step."""
    # A maximum that is switched on has not been kept before, and the rule of decay is one object.
    stays = ("amsgrad", "absolute", "weight_decouple", "fused")
    flags = [name for name in group if isinstance(group[name], bool) and name not in stays]
    group[flags[step % len(flags)]] ^= True


# ## The run


def corner(
    row: Entry,
    draw: random.Random,
    group: Group,
    device: str,
    what: str = "wide",
    change: Change | None = None,
    dtype: torch.dtype = torch.float64,
    steps: int = SHORT,
) -> Run:
    mode = draw.choice([*MODES.values()])
    flags = {**{name: draw.random() < 0.5 for name in row.flags}, **mode}
    shapes = [(*shape, 2) if dtype.is_complex else shape for shape in SHAPES]
    given = [[gradient(draw, shape) for shape in shapes] for _ in range(steps)]
    given[2][1] = None
    half = torch.finfo(dtype).bits == 16
    spoken = change is not switch and not half
    algorithms = [f"{row.name.lower()}.{row.name}", *pages(row, flags)] if spoken else []
    return Run(
        name=f"{row.name}, {what}, {group['betas']}",
        subject=row.name,
        flags=flags,
        start=partial(start, row, flags, group, shapes, device, dtype, change),
        given=given,
        algorithms=algorithms,
        unit=2.0**-24 if half else 2.0**-53,
        kept=torch.finfo(dtype).eps,
    )


def start(
    row: Entry,
    flags: Flags,
    group: Group,
    shapes: Sequence[Sequence[int]],
    device: str,
    dtype: torch.dtype,
    change: Change | None,
) -> Started:
    def tensor(values: Any) -> torch.Tensor:
        real = torch.tensor(values, dtype=torch.float64, device=device)
        return torch.view_as_complex(real) if dtype.is_complex else real.to(dtype)

    draw = random.Random(0)
    params = [tensor(gradient(draw, shape)).div(100.0).requires_grad_() for shape in shapes]
    rule = WeightDecay(weight_decouple=flags["weight_decouple"], absolute=flags["absolute"])
    own: dict[str, Any] = {name: value for name, value in flags.items() if name in row.flags}
    with warnings.catch_warnings():
        # RAdam warns of a second beta with which it never rectifies.
        warnings.simplefilter("ignore")
        groups = [{"params": params, **group}]
        optimizer = row.kind(groups, weight_decay=rule, fused=False, **own)
    (whole,) = optimizer.param_groups
    passed = count(1)

    def step(given: Sequence[Any]) -> None:
        for param, values in zip(params, given, strict=True):
            param.grad = None if values is None else tensor(values)
        optimizer.step()
        if change:
            change(whole, next(passed))

    items = [item(row, flags, optimizer, param) for param in params]
    now = (lambda: {name: whole.get(name, flags[name]) for name in flags}) if change else None
    return Started(items, step, now)


def item(row: Entry, flags: Flags, optimizer: Adam, param: torch.Tensor) -> Item:
    (group,) = optimizer.param_groups
    maximum = flags.get("amsgrad")
    keys = {s: key for s, key in row.state.items() if maximum or not key.startswith("max")}

    def values() -> Mapping[str, Any]:
        state = optimizer.state.get(param) or optimizer.new_state(group, param)
        kept = {symbol: state[key] for symbol, key in keys.items() if key in state}
        return {symbol: plain(x) for symbol, x in {r"\theta_t": param, **kept}.items()}

    def constants() -> Mapping[str, Any]:
        found = {
            r"\alpha": group["lr"],
            **{rf"\beta_{n}": beta for n, beta in enumerate(group["betas"], 1)},
            r"\lambda": group["weight_decay"],
        }
        form = r"\hat\epsilon" if group["optimized_update"] else r"\epsilon"
        found |= dict.fromkeys([form, *row.epsilons], group["eps"])
        return found | {symbol: group[key] for symbol, key in row.numbers.items()}

    aliases = {symbol: own for symbol, own in row.aliases.items() if own in keys}
    return Item(
        param,
        constants(),
        values,
        start=[r"\theta_t"],
        aliases=aliases,
        changed=constants,
        read=plain,
    )


def plain(value: Any) -> Any:
    """A complex tensor as pairs."""
    complex_ = isinstance(value, torch.Tensor) and value.is_complex()
    return torch.view_as_real(value.detach()) if complex_ else value

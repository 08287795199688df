r"""
# The runs that the formulas are checked on

`sidenotes check` runs what this file tells it to: each optimizer of [the table](catalog.py), with
each combination of its flags and each mode of weight decay, on drawn numbers.
[Another file](kernels.py) does so for the fused kernels, [one](corners.py) for what is rare, and a
note has [runs of its own](centres.py). What is drawn is drawn so that a slip shows.

* Twelve steps, some of them before and some after the point where rectification begins.
* $\beta_1 \ne \beta_2$, both far enough from 1 that a power more or less is seen; $\alpha \ne 1$;
  an $\epsilon$ of some size, because at $10^{-16}$ no mistake about it could be seen.
* Two parameters in two groups, with hyper-parameters of their own, so that none is taken from the
  other. The second one sits a step out: its count is not the optimizer's.
* Parameters about 1, so that a wrong decay counts, and gradients of any sign and of many sizes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, product
from typing import Any

import torch

from checks import centres
from checks.catalog import CATALOG, MODES, Entry, Flags, entry
from labml_optim import Adam, WeightDecay
from sidenotes.check.runs import Item, Panel, Run, Started

STEPS = 12

# How the parameters decay: not at all, or by one of three rules.
DECAYS: list[tuple[bool, Flags]] = [
    (False, MODES["decoupled"]),
    *((True, mode) for mode in MODES.values()),
]

# There are few runs that the algorithm at the head of a page speaks of, so each is drawn more than
# once.
DRAWS = 5

# The bounds of the first beta.
FIRST = (0.85, 0.92)


def about(device: str) -> dict[str, str]:
    """What the numbers come from."""
    try:
        torch.empty(0, dtype=torch.float64, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        # torch raises what it likes.
        raise ValueError(f"device {device!r}: {str(error).splitlines()[0]}") from error
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else device
    return {"torch": str(torch.__version__), "device": name, "numbers": "float64"}


def runs(device: str) -> Iterator[Run]:
    """All configurations, the same in each call."""
    seeds = count(1)
    for row in CATALOG:
        for values, (decay, mode) in product(product([True, False], repeat=len(row.flags)), DECAYS):
            flags = {**dict(zip(row.flags, values, strict=True)), **mode}
            for _ in range(DRAWS if pages(row, flags) else 1):
                yield configuration(row.kind, flags, decay, next(seeds), device)
        yield first_shown(row, device)
    yield from centres.runs(device)


def pages(row: Entry, flags: Flags) -> list[str]:
    """The pages whose algorithm, at the head, speaks of such a run."""
    return [page for page, asked in row.heads if asked.items() <= flags.items()]


def draws() -> Iterator[dict[str, float]]:
    """What the functions are called with that the derivations are compared with."""
    draw = random.Random(0)
    for _ in range(20):
        yield {
            r"\alpha": draw.uniform(0.05, 0.4),
            r"\beta_1": draw.uniform(0.7, 0.92),
            r"\beta_2": draw.uniform(0.93, 0.99),
            r"\epsilon": draw.uniform(0.05, 0.5),
            r"\rho": draw.uniform(4.5, 20.0),
            r"\mu": draw.uniform(-3.0, 3.0),
            r"\sigma": draw.uniform(0.5, 2.0),
            r"\hat v": draw.uniform(0.5, 2.0),
            "t": draw.randint(1, STEPS),
            r"\rho_\infty": draw.uniform(25.0, 60.0),
            "g_t": draw.uniform(-3.0, 3.0),
            "m_{t-1}": draw.uniform(-1.0, 1.0),
            "m_t": draw.uniform(-1.0, 1.0),
            "v_t": draw.uniform(0.5, 2.0),
            "s_t": draw.uniform(0.5, 2.0),
        }


def configuration(
    kind: type[Adam],
    flags: Flags,
    decay: bool,
    seed: int,
    device: str,
    firsts: Sequence[tuple[float, float]] = (FIRST, FIRST),
) -> Run:
    """One run: two groups with a parameter each; `firsts` are the bounds of their first betas."""
    draw = random.Random(seed)
    groups = [hyper_parameters(draw, decay, first) for first in firsts]
    starts = [[draw.uniform(0.5, 1.5) for _ in range(size)] for size in (3, 2)]
    given = [[gradient(draw, len(start)) for start in starts] for _ in range(STEPS)]
    given[2][1] = None
    return Run(
        name=f"{kind.__name__}({shown(flags, decay)}), draw {seed}",
        subject=kind.__name__,
        flags=flags,
        start=partial(start, kind, flags, groups, starts, device),
        given=given,
        algorithms=[f"{kind.__name__.lower()}.{kind.__name__}", *pages(entry(kind), flags)],
    )


def shown(flags: Flags, decay: bool) -> str:
    return listed({**flags, "decay": decay})


def listed(flags: Flags) -> str:
    return ", ".join(f"{name}={value}" for name, value in flags.items())


def first_shown(row: Entry, device: str) -> Run:
    """The run that the panel of an optimizer's page begins with: all defaults, one number."""
    flags = {**row.flags, **MODES["decoupled"]}
    group = {"lr": row.lr, "betas": (0.9, 0.999), "eps": row.eps, "weight_decay": 0.0}
    symbols = {"lr": [r"\alpha"], "beta1": [r"\beta_1"], "beta2": [r"\beta_2"]}
    numbers = {key: [symbol] for symbol, key in row.numbers.items()}
    symbols |= {"eps": [r"\epsilon", r"\hat\epsilon"], "weight_decay": [r"\lambda"], **numbers}
    draw = random.Random(1)
    given = [[round(draw.gauss(0.5, 1.0), 2)] for _ in range(40)]
    panel = Panel(symbols, step=6, variants=[*variants(row, device)])
    return alone(row, flags, group, given, "drawn for its page", device, panel)


def variants(row: Entry, device: str) -> Iterator[Run]:
    """Every setting of the flags, on one number; rectification begins in the sixth step."""
    draw = random.Random(2)
    for values in product([True, False], repeat=len(row.flags)):
        for mode in MODES.values():
            flags = {**dict(zip(row.flags, values, strict=True)), **mode}
            group = hyper_parameters(draw, draw.random() < 0.5, FIRST)
            given = [[draw.gauss(0.0, 3.0)] for _ in range(7)]
            yield alone(row, flags, group, given, "of its page", device)


def alone(
    row: Entry,
    flags: Flags,
    group: dict[str, Any],
    given: Sequence[Any],
    what: str,
    device: str,
    panel: Panel | None = None,
) -> Run:
    """A run of one number."""
    return Run(
        name=f"{row.name}({shown(flags, group['weight_decay'] > 0)}), {what}",
        subject=row.name,
        flags=flags,
        start=partial(start, row.kind, flags, [group], [1.0], device),
        given=given,
        algorithms=[f"{row.name.lower()}.{row.name}"],
        panel=panel,
    )


def hyper_parameters(
    draw: random.Random, decay: bool, first: tuple[float, float]
) -> dict[str, Any]:
    return {
        "lr": draw.uniform(0.05, 0.4),
        "betas": (draw.uniform(*first), draw.uniform(0.93, 0.99)),
        "eps": draw.uniform(0.05, 0.5),
        "weight_decay": draw.uniform(0.1, 0.5) if decay else 0.0,
    }


def gradient(draw: random.Random, size: int) -> tuple[float, ...] | None:
    return tuple(draw.choice((-1, 1)) * 10 ** draw.uniform(-1.5, 1.0) for _ in range(size))


def start(
    kind: type[Adam],
    flags: Flags,
    groups: list[dict[str, Any]],
    starts: Sequence[float | list[float]],
    device: str,
    fused: bool = False,
) -> Started:
    params = [tensor(values, device).requires_grad_() for values in starts]
    rule = WeightDecay(weight_decouple=flags["weight_decouple"], absolute=flags["absolute"])
    own: dict[str, Any] = {
        name: value for name, value in flags.items() if name in entry(kind).flags
    }
    each = [{"params": [param], **group} for param, group in zip(params, groups, strict=True)]
    optimizer = kind(each, weight_decay=rule, fused=fused, **own)

    def step(given: Any) -> None:
        for param, values in zip(params, given, strict=True):
            param.grad = None if values is None else tensor(values, device)
        optimizer.step()

    return Started([item(kind, flags, optimizer, g) for g in optimizer.param_groups], step)


def remembered(row: Entry, flags: Flags) -> dict[str, str]:
    """The symbols that live on from step to step, with their keys in the state."""
    maximum = flags.get("amsgrad")
    return {s: key for s, key in row.state.items() if maximum or not key.startswith("max")}


def item(
    kind: type[Adam],
    flags: Flags,
    optimizer: Adam,
    group: dict[str, Any],
) -> Item:
    row, (param,) = entry(kind), group["params"]
    keys = remembered(row, flags)

    def values() -> dict[str, Any]:
        state = optimizer.state.get(param) or optimizer.new_state(group, param)
        return {r"\theta_t": param, **{s: state[key] for s, key in keys.items()}}

    constants = {
        r"\alpha": group["lr"],
        r"\beta_1": group["betas"][0],
        r"\beta_2": group["betas"][1],
        r"\lambda": group["weight_decay"],
        # Each of the two forms has one of them, which the other form has not.
        r"\hat\epsilon" if flags["optimized_update"] else r"\epsilon": group["eps"],
    }
    constants.update(dict.fromkeys(row.epsilons, group["eps"]))
    constants.update({symbol: group[key] for symbol, key in row.numbers.items()})
    aliases = {symbol: own for symbol, own in row.aliases.items() if own in keys}
    return Item(group, constants, values, start=[r"\theta_t"], aliases=aliases)


def tensor(values: Any, device: str) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64, device=device)

r"""
# AdaBelief around two centres

The note on $\hat m_t$ has one algorithm for both, with a flag. These are its runs: AdaBelief is
what it says without the flag. With it, that is the class in the note's own example, taken from
there.
"""

from __future__ import annotations

import ast
import doctest
import random
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from checks.catalog import TEXTBOOK, entry
from labml_optim import AdaBelief
from sidenotes.check.runs import Item, Panel, Run, Started

NOTE = Path(__file__).parents[2] / "docs/notes/m_hat.py"
FLAG, DRAWS = "around_hat", 9


@cache
def around_hat() -> type[AdaBelief]:
    """The class that the note defines."""
    note = ast.get_docstring(ast.parse(NOTE.read_text("utf-8"))) or ""
    examples = doctest.DocTestParser().get_examples(note)
    (source,) = [e.source for e in examples if e.source.startswith("class AroundHat(")]
    space: dict[str, Any] = {"AdaBelief": AdaBelief}
    exec(compile(source, str(NOTE), "exec"), space)
    found: type[AdaBelief] = space["AroundHat"]
    return found


def runs(device: str) -> Iterator[Run]:
    """Some on drawn numbers, and the one that the page of the note begins with."""
    if not NOTE.is_file():
        # A copy of the code without its notes has no such algorithm.
        return
    draw = random.Random(3)
    for flag in (False, True):
        for number in range(DRAWS):
            groups = [_numbers(draw) for _ in range(2)]
            given = [[_gradient(draw) for _ in groups] for _ in range(12)]
            yield _run(flag, groups, given, f"draw {number + 1}", device)
    yield _shown(device)


def _numbers(draw: random.Random) -> dict[str, Any]:
    return {
        "lr": draw.uniform(0.05, 0.4),
        "betas": (draw.uniform(0.85, 0.92), draw.uniform(0.93, 0.99)),
        "eps": draw.uniform(0.05, 0.5),
    }


def _gradient(draw: random.Random) -> float:
    return draw.choice((-1, 1)) * 10 ** draw.uniform(-1.5, 1.0)


def _shown(device: str) -> Run:
    numbers = {"lr": [r"\alpha"], "beta1": [r"\beta_1"], "beta2": [r"\beta_2"]}
    panel = Panel(
        {**numbers, "eps": [r"\epsilon"]},
        step=1,
        kind="constant",
        second={FLAG: True},
        columns=("around mₜ", "around m̂ₜ"),
    )
    group = {"lr": 1.0, "betas": (0.9, 0.999), "eps": 1e-16}
    return _run(False, [group], [[1.0]] * 40, "shown by its note", device, panel)


def _run(
    flag: bool,
    groups: list[dict[str, Any]],
    given: Sequence[Sequence[float]],
    what: str,
    device: str,
    panel: Panel | None = None,
) -> Run:
    kind = around_hat() if flag else AdaBelief
    return Run(
        name=f"{kind.__name__}, {what}",
        # A subclass with one method: its runs need not meet all lines of AdaBelief once more.
        subject=AdaBelief.__name__,
        # All that the code asks for, though the algorithm knows one of them.
        flags={**entry(AdaBelief).flags, **TEXTBOOK, "rectify": False, FLAG: flag},
        start=partial(_start, kind, groups, device),
        given=given,
        algorithms=["m_hat"],
        panel=panel,
    )


def _start(kind: type[AdaBelief], groups: list[dict[str, Any]], device: str) -> Started:
    """A parameter of one number in each group."""
    zeros = [torch.zeros((), dtype=torch.float64, device=device) for _ in groups]
    each = [{"params": [z.requires_grad_()], **g} for z, g in zip(zeros, groups, strict=True)]
    optimizer = kind(each, rectify=False, optimized_update=False, fused=False)

    def step(given: Any) -> None:
        for theta, gradient in zip(zeros, given, strict=True):
            theta.grad = torch.full_like(theta, gradient)
        optimizer.step()

    return Started([_item(optimizer, group) for group in optimizer.param_groups], step)


def _item(optimizer: AdaBelief, group: dict[str, Any]) -> Item:
    (theta,) = group["params"]

    def values() -> dict[str, Any]:
        state = optimizer.state.get(theta) or optimizer.new_state(group, theta)
        return {r"\theta_t": theta, "m_t": state["exp_avg"], "s_t": state["exp_avg_var"]}

    beta1, beta2 = group["betas"]
    constants = {r"\alpha": group["lr"], r"\beta_1": beta1, r"\beta_2": beta2}
    constants[r"\epsilon"] = group["eps"]
    return Item(group, constants, values, start=[r"\theta_t"])

r"""
# The optimizers

One row for each optimizer, with all that has to be known of it to run it and to check it. The runs
of [the annotated code](optimizers.py) and of [the kernels](kernels.py) are made from it, and the
tests of the optimizers and of the engines go over it. A new optimizer is a new row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from labml_optim import AdaBelief, Adam, AMSGrad, NAdam, RAdam

Flags = Mapping[str, bool]


@dataclass(frozen=True)
class Sibling:
    """A class of `torch.optim` that makes the same steps, if both are given these arguments."""

    kind: type[torch.optim.Optimizer]
    ours: Mapping[str, float]
    theirs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    kind: type[Adam]
    # Its flags, with their defaults.
    flags: Flags
    # What it remembers, under which key of the state. Keys that begin with `max` go with `amsgrad`.
    state: Mapping[str, str]
    # The pages whose algorithm, at the head, speaks of runs with these flags.
    heads: Sequence[tuple[str, Flags]]
    torch: Sibling | None = None
    # Its learning rate and epsilon, by default.
    lr: float = 1e-3
    eps: float = 1e-8
    # Numbers that only it has: the symbol, and the argument, in the order of the constructor.
    numbers: Mapping[str, str] = field(default_factory=dict)
    # Symbols in code that it shares, and what they are here.
    aliases: Mapping[str, str] = field(default_factory=dict)
    # The symbols of `eps`, whatever the form of the update.
    epsilons: Sequence[str] = ()
    # The flag that switches rectification on, or whether it always is.
    rectifies: str | bool = False

    @property
    def name(self) -> str:
        return self.kind.__name__

    def is_rectified(self, flags: Flags) -> bool:
        return flags[self.rectifies] if isinstance(self.rectifies, str) else self.rectifies


# ## How the parameters decay
#
# In one of three modes. Runs are made without decay as well.
MODES: dict[str, Flags] = {
    "decoupled": {"weight_decouple": True, "absolute": False},
    "absolute": {"weight_decouple": True, "absolute": True},
    "coupled": {"weight_decouple": False, "absolute": False},
}

# ## Numbers that show a slip
#
# Eight steps and more show both sides of the rectification threshold ($\rho_t \ge 5$ from $t = 6$),
# and an epsilon as large as the gradients shows where it was added.
VISIBLE: dict[str, Any] = {"lr": 0.1, "betas": (0.8, 0.95), "eps": 0.1}

# ## The table

COMMON = {"optimized_update": True, "maximize": False}
MOMENTS = {r"m_t": "exp_avg", r"v_t": "exp_avg_sq", r"\bar v_t": "max_exp_avg_sq"}

# The algorithm at the head of a page has no flags, and is in the textbook form on all pages: these
# are the runs that it speaks of.
TEXTBOOK = {"maximize": False, **MODES["decoupled"], "optimized_update": False}

CATALOG: tuple[Entry, ...] = (
    Entry(
        Adam,
        flags=COMMON,
        state={symbol: key for symbol, key in MOMENTS.items() if symbol != r"\bar v_t"},
        heads=[("adam", TEXTBOOK)],
        torch=Sibling(torch.optim.Adam, {"optimized_update": False}),
    ),
    Entry(
        AMSGrad,
        flags={**COMMON, "amsgrad": True},
        state=MOMENTS,
        # Without its maximum, it is Adam.
        heads=[
            ("adam", {**TEXTBOOK, "amsgrad": False}),
            ("amsgrad", {**TEXTBOOK, "amsgrad": True}),
        ],
        torch=Sibling(
            torch.optim.Adam, {"optimized_update": False, "amsgrad": True}, {"amsgrad": True}
        ),
    ),
    Entry(
        RAdam,
        flags={**COMMON, "amsgrad": False, "degenerate_to_sgd": True},
        state=MOMENTS,
        heads=[("radam", {**TEXTBOOK, "degenerate_to_sgd": True, "amsgrad": False})],
        rectifies=True,
        torch=Sibling(torch.optim.RAdam, {"optimized_update": True}),
    ),
    Entry(
        AdaBelief,
        flags={
            **COMMON,
            **{"amsgrad": False, "degenerate_to_sgd": True},
            **{"rectify": True, "accumulate_eps": False},
        },
        state={r"m_t": "exp_avg", r"s_t": "exp_avg_var", r"\bar s_t": "max_exp_avg_var"},
        heads=[
            (
                "adabelief",
                {**TEXTBOOK, "amsgrad": False, "rectify": False, "accumulate_eps": False},
            ),
        ],
        rectifies="rectify",
        # What AMSGrad's lines call $v$ is $s$ when AdaBelief uses them.
        aliases={r"\bar v_t": r"\bar s_t"},
        eps=1e-16,
        # One of its two stands in the root, in either form of the update.
        epsilons=[r"\epsilon"],
    ),
    Entry(
        NAdam,
        flags={**COMMON, "optimized_update": False},
        state={r"m_t": "exp_avg", r"v_t": "exp_avg_sq", r"\Pi_t": "mu_product"},
        heads=[("nadam", TEXTBOOK)],
        torch=Sibling(
            torch.optim.NAdam,
            {"optimized_update": False, "momentum_decay": 0.1},
            {"momentum_decay": 0.1},
        ),
        lr=2e-3,
        numbers={r"\delta": "momentum_decay"},
    ),
)


def entry(kind: type) -> Entry:
    """The row of an optimizer."""
    return next(found for found in CATALOG if found.kind is kind)

r"""
# The calls

For each peer and each set of its flags, the call of ours that makes the same steps. Where there is
none, the nearest one, and in words why.

Weight decay, `amsgrad` and rectification are combined in all ways. What a peer takes besides is
tried once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from labml_optim import AdaBelief

# The weight decays that peers have, and what they are in a call of ours. An eighth is exact in
# float32, too.
DECAYS: dict[str, str | None] = {
    "none": None,
    "decoupled": "0.125",
    "coupled": "WeightDecay(0.125, weight_decouple=False)",
    "absolute": "WeightDecay(0.125, absolute=True)",
}


@dataclass(frozen=True)
class Flags:
    decay: str = "none"
    amsgrad: bool = False
    rectify: bool = True
    fallback: bool = True

    @property
    def weight(self) -> str | None:
        """The number, for those that take a number and say elsewhere how it decays."""
        return None if self.decay == "none" else "0.125"


@dataclass(frozen=True)
class Pair:
    """
    * `apart` says why no call of ours makes the same steps; then `ours` is the nearest one
    * `note` says what is remarkable all the same

    They are shown in a terminal, too, and so without formulas.
    """

    theirs: str
    ours: str
    apart: str = ""
    note: str = ""


def call(name: str, *given: str, **arguments: str | bool | None) -> str:
    """The text of a call; an argument that is `None` is not in it."""
    named = (f"{name}={value}" for name, value in arguments.items() if value is not None)
    return f"{name}({', '.join([*given, *named])})"


def ours(flags: Flags, **arguments: bool | str) -> str:
    """The call of ours with these arguments, as far as they are not the defaults."""
    wanted = {"rectify": flags.rectify, "amsgrad": flags.amsgrad, **arguments}
    if flags.rectify:
        wanted = {"degenerate_to_sgd": flags.fallback, **wanted}
    defaults = inspect.signature(AdaBelief).parameters
    found = {name: value for name, value in wanted.items() if value != defaults[name].default}
    return call("AdaBelief", "params", weight_decay=DECAYS[flags.decay], **found)


def on(value: bool) -> bool | None:
    """For a flag that is off by default."""
    return True if value else None


def off(value: bool) -> bool | None:
    """For a flag that is on by default."""
    return None if value else False


# ## The peers


def labml_nn(flags: Flags) -> Pair:
    theirs = call(
        "AdaBelief",
        "params",
        # It takes no number.
        weight_decay="WeightDecay(0.125)" if flags.decay == "decoupled" else DECAYS[flags.decay],
        amsgrad=on(flags.amsgrad),
        degenerate_to_sgd=off(flags.fallback),
        rectify=off(flags.rectify),
    )
    shifted = Flags(flags.decay, flags.fallback, flags.rectify, fallback=False)
    idle = "; the fallback to SGD is off: five steps of length 0" if flags.rectify else ""
    note = "`amsgrad` sets `optimized_update`, `degenerate_to_sgd` sets `amsgrad`" + idle
    return Pair(theirs, ours(shifted, optimized_update=flags.amsgrad), note=note)


def adabelief_pytorch(flags: Flags) -> Pair:
    return like_the_authors(flags, "weight_decouple")


def timm(flags: Flags) -> Pair:
    return like_the_authors(flags, "decoupled_decay")


def like_the_authors(flags: Flags, decouple: str) -> Pair:
    theirs = call(
        "AdaBelief",
        "params",
        weight_decay=flags.weight,
        amsgrad=on(flags.amsgrad),
        **{decouple: off(flags.decay != "coupled")},
        fixed_decay=on(flags.decay == "absolute"),
        rectify=off(flags.rectify),
        degenerated_to_sgd=off(flags.fallback),
    )
    found = ours(
        flags,
        amsgrad=flags.amsgrad and not flags.rectify,
        optimized_update=flags.rectify,
        accumulate_eps=True,
    )
    ignored = flags.amsgrad and flags.rectify
    return Pair(theirs, found, note="`amsgrad` is ignored" if ignored else "")


def pytorch_optimizer(flags: Flags) -> Pair:
    theirs = call(
        "AdaBelief",
        "params",
        weight_decay=flags.weight,
        weight_decouple=off(flags.decay != "coupled"),
        fixed_decay=on(flags.decay == "absolute"),
        rectify=on(flags.rectify),
        degenerated_to_sgd=off(flags.fallback),
        ams_bound=on(flags.amsgrad),
    )
    return Pair(theirs, ours(flags, optimized_update=flags.rectify, accumulate_eps=True))


GROWS = "ε is added to the maximum at every step, and the maximum grows without bound"
EARLIER = "it rectifies where ρ > 4, and before that m is not corrected"


def torch_optimizer(flags: Flags) -> Pair:
    theirs = call(
        "AdaBelief",
        "params",
        weight_decay=flags.weight,
        amsgrad=on(flags.amsgrad),
        weight_decouple=on(flags.decay in ("decoupled", "absolute")),
        fixed_decay=on(flags.decay == "absolute"),
        rectify=on(flags.rectify),
    )
    apart = [GROWS] * flags.amsgrad + [EARLIER] * flags.rectify
    found = ours(flags, eps="1e-08", optimized_update=False, accumulate_eps=True)
    return Pair(theirs, found, "; ".join(apart))


def optax(flags: Flags) -> Pair:
    belief, decay = "adabelief(0.001)", "add_decayed_weights(0.125)"
    parts = ("scale_by_belief()", decay, "scale_by_learning_rate(0.001)")
    theirs = {
        "none": belief,
        "decoupled": call("chain", *parts),
        "coupled": call("chain", decay, belief),
    }
    return Pair(theirs[flags.decay], ours(flags, optimized_update=False, accumulate_eps=True))


def adabelief_tf(flags: Flags) -> Pair:
    theirs = call(
        "AdaBeliefOptimizer",
        weight_decay=flags.weight,
        rectify=off(flags.rectify),
        amsgrad=on(flags.amsgrad),
    )
    return Pair(theirs, ours(flags, eps="1e-14", optimized_update=False, accumulate_eps=True))


# ## All of them


def combined(
    pair: Callable[[Flags], Pair],
    *besides: Flags,
    decays: tuple[str, ...] = ("none", "decoupled", "coupled"),
    amsgrad: tuple[bool, ...] = (False, True),
    rectify: tuple[bool, ...] = (True, False),
) -> list[Pair]:
    """All combinations, and some sets of flags besides. The peer's defaults come first."""
    found = (Flags(*flags) for flags in product(decays, amsgrad, rectify))
    return [pair(flags) for flags in (*found, *besides)]


ABSOLUTE, NO_FALLBACK = Flags("absolute", rectify=False), Flags(fallback=False)
# With what only one of them takes.
NESTEROV = Pair(
    "adabelief(0.001, nesterov=True)",
    optax(Flags(rectify=False)).ours,
    "Nesterov's momentum, which ours does not have",
)
LATER = "our threshold for ρ is 5"
THRESHOLD = Pair(
    "AdaBelief(params, rectify=True, n_sma_threshold=6)", pytorch_optimizer(Flags()).ours, LATER
)
THRESHOLD_TF = Pair("AdaBeliefOptimizer(sma_threshold=6)", adabelief_tf(Flags()).ours, LATER)
PAIRS = {
    "labml-nn": combined(labml_nn, ABSOLUTE, NO_FALLBACK),
    "adabelief-pytorch": combined(adabelief_pytorch, ABSOLUTE, NO_FALLBACK),
    "timm": combined(timm, ABSOLUTE, NO_FALLBACK),
    "pytorch_optimizer": [
        *combined(pytorch_optimizer, ABSOLUTE, NO_FALLBACK, rectify=(False, True)),
        THRESHOLD,
    ],
    "torch_optimizer": combined(torch_optimizer, ABSOLUTE, rectify=(False, True)),
    "optax": [*combined(optax, amsgrad=(False,), rectify=(False,)), NESTEROV],
    "adabelief-tf": [*combined(adabelief_tf, decays=("none", "decoupled")), THRESHOLD_TF],
}

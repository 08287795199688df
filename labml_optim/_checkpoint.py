r"""
# Checkpoints

`pack` makes a state dict of an optimizer, `fit` reads one. It is fitted to the optimizer that is to
have it: groups to groups, parameters to parameters by their position, each tensor to the shape,
type and place that the optimizer would itself have given it. Either everything fits, or a
`ValueError` names what does not, and nothing of the optimizer is touched.

## What interchanges with `torch.optim`

A class that has a `sibling` there hands out what its sibling would: the same keys in `state`, with
the count as a tensor, and the same keys in each group. A group of torch says nothing of our own
flags, and means what torch computes: the sibling names those flags. In one case a word of ours has
no place in torch: the folded form of the update, which no Adam of torch computes. An optimizer of
torch that loads such a checkpoint goes on in textbook form, where $\epsilon$ means another thing.
That is visible only where $\epsilon$ is not small beside $\sqrt{v}$; train with
`optimized_update=False` if torch is to go on.

## What comes from other AdaBeliefs

adabelief-pytorch and timm add $\epsilon$ into the stored $s_t$ at every step. Their rectified
update has the folded form and looks at no maximum; their other one has the textbook form. A
checkpoint of theirs sets `accumulate_eps`, `optimized_update` and `amsgrad` to just that. timm's
groups tell the rest. adabelief-pytorch keeps its flags outside of its groups, but a group has the
sizes of the last ten steps, which show whether they were rectified. How it decays stays open; a
warning says so.

## Distributed checkpoints

`torch.distributed.checkpoint` reads a checkpoint key by key, into a state dict of the optimizer
that is to have it, and refuses a key that the checkpoint lacks. So a checkpoint of torch can be
read only into a state dict that has torch's keys, and no others. An empty dictionary has no key
there. It stands for a flag of ours that is as torch has it.

Two keys that torch only asks whether they are true tell more. `differentiable` is `None` where the
form of the update is the one that the sibling does not have. `capturable` is `None` where a flag is
such that the sibling cannot go on; then all flags are written out. A checkpoint that was flattened
with `flatten_optimizer_state_dict` comes back without these keys; a warning says what stays open.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from inspect import signature
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from labml_optim import _validation

if TYPE_CHECKING:
    from labml_optim.optimizer import GenericAdaptiveOptimizer

Values = dict[str, Any]
# What a checkpoint does not decide: the engine is a matter of the machine that goes on.
ENGINE = ("fused", "foreach", "capturable", "differentiable")
FORM = "optimized_update"
# Keys that tell whose group it is.
DISTINCT = {"amsgrad", "momentum_decay"}
# How adabelief-pytorch and timm call flags of ours.
WORDS = {
    "decoupled_decay": "weight_decouple",
    "fixed_decay": "absolute",
    "degenerated_to_sgd": "degenerate_to_sgd",
}


class Sibling(NamedTuple):
    """
    * `kind` is a class of `torch.optim`
    * `flags` are those of ours that it does not have, as they are when both compute the same
    """

    kind: type[torch.optim.Optimizer]
    flags: dict[str, bool]


@cache
def neutral(kind: Any) -> Values:
    """The keys that a group of this class of torch has, each with its default."""
    found = list(signature(kind).parameters.values())
    return {each.name: each.default for each in found[1:]}


# ## Writing


def pack(optimizer: GenericAdaptiveOptimizer) -> Values:
    """Return the state dict, in which parameters are numbered through, over all groups."""
    params = [param for group in optimizer.param_groups for param in group["params"]]
    numbers: dict[int, int] = {}
    for index, param in enumerate(params):
        numbers.setdefault(id(param), index)
    # What is kept for a tensor that is in no group any more is left out.
    state = {
        numbers.get(id(key), key): pack_state(value)
        for key, value in optimizer.state.items()
        if id(key) in numbers or not isinstance(key, Tensor)
    }
    groups = [
        {
            **pack_group(optimizer.sibling, group),
            "params": [numbers[id(param)] for param in group["params"]],
        }
        for group in optimizer.param_groups
    ]
    return {"state": state, "param_groups": groups}


def pack_state(state: Values) -> Values:
    """Return what is saved of a state. The count comes as a tensor, as in torch."""
    packed = dict(state)
    count_in_tensor(packed)
    return packed


def pack_group(sibling: Sibling | None, group: Values) -> Values:
    """Return the values of a group, with the keys of the sibling if there is one."""
    packed = {name: value for name, value in group.items() if name != "params"}
    if sibling is None:
        return packed
    kind: Any = sibling.kind
    theirs = neutral(kind)
    packed |= {name: theirs[name] for name in theirs if name not in packed or name == "fused"}
    same = {**sibling.flags, "absolute": False}
    if "decoupled_weight_decay" in theirs:
        packed["decoupled_weight_decay"] = same["weight_decouple"] = group["weight_decouple"]
    other = {name for name in same if group.get(name, same[name]) != same[name]}
    if other - {FORM}:
        packed["capturable"] = None
        return packed
    if other:
        packed["differentiable"] = None
    # `fused` is a key of some classes of torch, and of others not.
    return packed | {name: {} for name in {*same, "fused"} - theirs.keys() if name in packed}


# ## Reading


def fit(optimizer: GenericAdaptiveOptimizer, saved: Values) -> Values:
    """Return new `state` and `param_groups` for `optimizer`, made from the state dict `saved`."""
    check_structure(saved)
    groups, untold = fit_groups(optimizer, saved["param_groups"], bool(saved["state"]))
    # Parameters have the numbers or names that the checkpoint gives them.
    ids = [i for group in saved["param_groups"] for i in group["params"]]
    places = [(group, param) for group in groups for param in group["params"]]
    unknown = set(saved["state"]) - set(ids)
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"the checkpoint has state for {names}, which is in none of its groups")
    state: defaultdict[Tensor, Values] = defaultdict(dict)
    for index, (key, (group, param)) in enumerate(zip(ids, places, strict=True)):
        if saved["state"].get(key):
            where = f"the state of parameter {index}"
            if not isinstance(saved["state"][key], dict):
                raise ValueError(f"{where} must be a dictionary, got {saved['state'][key]!r}")
            state[param] = fit_state(optimizer, group, param, saved["state"][key], where)
    for index, name, reason in untold:
        text = f"group {index} of the checkpoint does not tell {name}, which decides {reason}"
        warnings.warn(f"{text}: it stays {groups[index][name]}", stacklevel=4)
    return {"state": state, "param_groups": groups}


def check_structure(saved: Any) -> None:
    if not (
        isinstance(saved, dict)
        and isinstance(saved.get("state"), dict)
        and isinstance(saved.get("param_groups"), list)
    ):
        raise ValueError("a checkpoint has a dictionary `state` and a list `param_groups`")
    for group in saved["param_groups"]:
        params = group.get("params") if isinstance(group, dict) else None
        if not isinstance(params, list) or not all(isinstance(i, (int, str)) for i in params):
            raise ValueError("each group of a checkpoint has `params`, a list of numbers")


def fit_groups(
    optimizer: GenericAdaptiveOptimizer, saved: list[Values], begun: bool
) -> tuple[list[Values], list[tuple[int, str, str]]]:
    """
    Return the saved groups with the optimizer's own parameters in them, and what they do not tell.
    """
    own = optimizer.param_groups
    if len(saved) != len(own):
        raise ValueError(f"the checkpoint has {len(saved)} parameter groups, not {len(own)}")
    groups: list[Values] = []
    flags = flags_of_buffers(saved, begun)
    untold: list[tuple[int, str, str]] = []
    kind: Any = type(optimizer)
    for index, (new, old) in enumerate(zip(saved, own, strict=True)):
        where, count, expected = f"group {index}", len(new["params"]), len(old["params"])
        if count != expected:
            raise ValueError(f"{where} of the checkpoint has {count} parameters, not {expected}")
        try:
            values = told(optimizer.sibling, from_others(new, old, flags))
            group = optimizer.check_group({**old, **deepcopy(values), "params": old["params"]})
        except (TypeError, ValueError) as error:
            raise ValueError(f"{where} of the checkpoint: {error}") from error
        untold += [(index, *each) for each in missing(values, group)]
        # Flags that this class does not have, and that ask for nothing.
        for name in _validation.FLAGS.keys() - _validation.arguments(kind) - old.keys():
            group.pop(name, None)
        groups.append(group)
    return groups, untold


def told(sibling: Sibling | None, new: Values) -> Values:
    """Return what a saved group tells, in our own words."""
    written = {name: value for name, value in new.items() if not is_empty(value)}
    if written.get("capturable", ...) is None and FORM not in written and sibling is not None:
        raise ValueError(
            "it has flags of its own: make the optimizer with the same ones to read it"
        )
    values = {k: v for k, v in written.items() if k not in ENGINE and k != "params"}
    decoupled = values.pop("decoupled_weight_decay", None)
    # torch has no absolute decay.
    if decoupled is not None and "weight_decouple" not in written:
        values |= {"weight_decouple": decoupled, "absolute": False}
    # An empty dictionary without the keys that explain it is what is left after flattening.
    told_by_keys = FORM not in new or "differentiable" in new
    if sibling is not None and FORM not in written and "eps" in written and told_by_keys:
        folded = form(sibling, written)
        values = values if folded is None else {**sibling.flags, **values, FORM: folded}
    return values


def from_others(new: Values, own: Values, flags: Values) -> Values:
    """
    Return a group of adabelief-pytorch or of timm in our words, and any other one as it is.

    * `new` is the saved group, `own` the one that is to have its values
    * `flags` are what the steps that were kept tell
    """
    if "accumulate_eps" not in own.keys() - new.keys() or not new.keys() & {"buffer", *WORDS}:
        return new
    values = flags | {WORDS.get(k, k): v for k, v in new.items() if k != "buffer"}
    rectified = values.get("rectify", own["rectify"])
    maximum = {"amsgrad": False} if rectified else {}
    return {**values, "accumulate_eps": True, FORM: rectified, **maximum}


def flags_of_buffers(saved: list[Values], begun: bool) -> Values:
    r"""
    Which flags adabelief-pytorch had, as far as its buffers tell. A buffer has rows of $t$, of
    $\rho_t$ and of the size of that step, which is $-1$ where no step was made.
    """
    buffers = [group["buffer"] for group in saved if "buffer" in group]
    if not all(map(is_buffer, buffers)):
        raise ValueError("the `buffer` of a group must be a list of rows of three numbers")
    made = [row for buffer in buffers for row in buffer if None not in row]
    if not made:
        return {"rectify": False} if buffers and begun else {}
    early = [size for _, rho, size in made if rho < 5]
    return {"rectify": True, **({"degenerate_to_sgd": early[0] > 0} if early else {})}


def is_buffer(value: Any) -> bool:
    rows = value if isinstance(value, list) else [value]
    return all(isinstance(row, (list, tuple)) and len(row) == 3 for row in rows) and all(
        isinstance(number, (int, float, type(None))) for row in rows for number in row
    )


def missing(values: Values, group: Values) -> Iterator[tuple[str, str]]:
    """What the values of a saved group leave open in the new group, and why that matters."""
    if "eps" in values and FORM in group.keys() - values:
        yield FORM, "what its eps means"
    if "accumulate_eps" in values and "rectify" in group.keys() - values:
        yield "rectify", "which update is made"
    decays = "weight_decay" in values and group["weight_decay"] != 0
    if decays and "weight_decouple" in group.keys() - values:
        yield "weight_decouple", "how it decays"


def form(sibling: Sibling, written: Values) -> bool | None:
    """Whether the class of torch that wrote a group folds the correction; `None`: none wrote it."""
    other = written.get("differentiable", ...) is None
    kind: Any = sibling.kind
    theirs = neutral(kind).keys()
    if theirs <= written.keys() and not (written.keys() - theirs) & DISTINCT:
        return sibling.flags[FORM] ^ other
    # Another class than the sibling: Adam and NAdam compute the textbook form, RAdam does not.
    if written.keys() & DISTINCT:
        return other
    return not other if written.keys() & {*ENGINE, "decoupled_weight_decay"} else None


def is_empty(value: Any) -> bool:
    return isinstance(value, dict) and not value


def fit_state(
    optimizer: GenericAdaptiveOptimizer, group: Values, param: Tensor, saved: Values, where: str
) -> Values:
    """Return the state of one parameter: the optimizer's own, filled with the saved values."""
    state = optimizer.new_state(group, param)
    # A maximum comes and goes with the flag.
    kind: Any = type(optimizer)
    flagged = "amsgrad" in _validation.arguments(kind)
    optional = {f"max_{key}" for key in state} if flagged else set()
    lacks, more = state.keys() - saved - optional, saved.keys() - state - optional
    for word, keys in (("lacks", lacks), ("also has", more)):
        if keys:
            raise ValueError(f"{where} {word} {', '.join(sorted(map(str, keys)))}")
    for key in state.keys() & saved:
        own, value = state[key], saved[key]
        if key == "step":
            count = whole(value, where)
            state[key] = own.fill_(count) if isinstance(own, Tensor) else count
        elif isinstance(own, Tensor):
            fill(own, value, f"{where}: {key}")
        else:
            state[key] = deepcopy(value)
    return state


def fill(own: Tensor, value: Any, where: str) -> None:
    """Copy `value` into `own`, if it is a tensor of the same shape and kind."""
    if not isinstance(value, Tensor) or value.shape != own.shape:
        found = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else repr(value)
        raise ValueError(f"{where} must have shape {tuple(own.shape)}, got {found}")
    kind = "complex" if own.is_complex() else "floating_point"
    if not getattr(value, f"is_{kind}")():
        raise ValueError(f"{where} must be {own.dtype}, got {value.dtype}")
    try:
        own.copy_(value)
    except RuntimeError as error:
        raise ValueError(f"{where}: {error}") from error


def whole(value: Any, where: str) -> int:
    """Return a step count as an `int`, also when it comes as torch's float tensor."""
    count = value
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_meta:
        count = value.item()
    if isinstance(count, float) and count.is_integer():
        count = int(count)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(f"{where}: step must be a whole number, at least 0, got {value!r}")
    return count


# ## Processes that share memory


def is_shared(param: Tensor) -> bool:
    """Whether a parameter lies in shared memory. What is on CUDA always says that it does."""
    try:
        return param.is_cpu and param.is_shared()
    # A tensor that has no memory of its own.
    except RuntimeError:
        return False


def count_in_tensor(state: Values) -> None:
    """
    Let the count be a tensor, as in torch: then it can be shared, and saved beside tensors. In
    float64 it is exact up to $2^{53}$.
    """
    if type(state.get("step")) is int:
        state["step"] = torch.tensor(float(state["step"]), dtype=torch.float64, device="cpu")


def reduce_shared(optimizer: GenericAdaptiveOptimizer) -> Any:
    """How an optimizer is pickled when it is sent to another process."""
    for state in optimizer.state.values():
        count_in_tensor(state)
    return optimizer.__reduce_ex__(2)


def into_shared(
    own: Mapping[Tensor, Values], loaded: Mapping[Tensor, Values]
) -> defaultdict[Tensor, Values]:
    """
    Return the loaded states of all parameters. Where the optimizer's own count is a tensor, the
    whole state may be shared: what was loaded is written into it.
    """
    found: defaultdict[Tensor, Values] = defaultdict(dict, loaded)
    for param in loaded:
        state = own.get(param, {})
        if isinstance(state.get("step"), Tensor):
            found[param] = write_into(state, loaded[param])
    return found


def write_into(state: Values, loaded: Values) -> Values:
    """Return `state`, whose step is a tensor, with what was loaded, in the same tensors."""
    for key in state.keys() - loaded:
        del state[key]
    for key, value in loaded.items():
        kept = state.get(key)
        if key == "step":
            state[key].fill_(int(value))
        elif isinstance(kept, Tensor) and isinstance(value, Tensor) and kept.shape == value.shape:
            kept.copy_(value)
        else:
            state[key] = value
    return state

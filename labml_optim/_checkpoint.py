r"""
# Reading a checkpoint

A state dict is fitted to the optimizer that is to have it: groups to groups, parameters to
parameters by their position, each tensor to the shape, type and place that the optimizer would
itself have given it. Nothing of the optimizer is touched. Either everything fits, and a new
state is returned, or a `ValueError` names what does not.
"""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from torch import Tensor

if TYPE_CHECKING:
    from labml_optim.optimizer import GenericAdaptiveOptimizer

# What a checkpoint does not decide: the engine is a matter of the machine that goes on. Only
# `fused` is ours, the others are those of `torch.optim`; the last is its name for
# `weight_decouple`.
LEFT_OUT = ("fused", "foreach", "capturable", "differentiable", "decoupled_weight_decay")


def fit(optimizer: GenericAdaptiveOptimizer, saved: dict[str, Any]) -> dict[str, Any]:
    """Return new `state` and `param_groups` for `optimizer`, made from the state dict `saved`."""
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
    groups = fit_groups(optimizer, saved["param_groups"])
    # Parameters are numbered through, over all groups, by whoever saved them. Their ids are theirs.
    ids = [i for group in saved["param_groups"] for i in group["params"]]
    places = [(group, param) for group in groups for param in group["params"]]
    unknown = set(saved["state"]) - set(ids)
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"the checkpoint has state for {names}, which is in none of its groups")
    state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
    for index, (key, (group, param)) in enumerate(zip(ids, places, strict=True)):
        if saved["state"].get(key):
            where = f"the state of parameter {index}"
            if not isinstance(saved["state"][key], dict):
                raise ValueError(f"{where} must be a dictionary, got {saved['state'][key]!r}")
            state[param] = fit_state(optimizer, group, param, saved["state"][key], where)
    return {"state": state, "param_groups": groups}


def fit_groups(
    optimizer: GenericAdaptiveOptimizer, saved: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the saved groups with the optimizer's own parameters in them."""
    own = optimizer.param_groups
    if len(saved) != len(own):
        raise ValueError(f"the checkpoint has {len(saved)} parameter groups, not {len(own)}")
    groups = []
    for index, (new, old) in enumerate(zip(saved, own, strict=True)):
        count, expected = len(new["params"]), len(old["params"])
        if count != expected:
            raise ValueError(
                f"group {index} of the checkpoint has {count} parameters, not {expected}"
            )
        values = {k: plain(v) for k, v in new.items() if k not in LEFT_OUT}
        # torch's word for the mode of the decay. It has no absolute one.
        if "decoupled_weight_decay" in new and "weight_decouple" not in new:
            values |= {"weight_decouple": new["decoupled_weight_decay"], "absolute": False}
        try:
            groups.append(optimizer.check_group({**old, **values, "params": old["params"]}))
        except (TypeError, ValueError) as error:
            raise ValueError(f"group {index} of the checkpoint: {error}") from error
    return groups


def fit_state(
    optimizer: GenericAdaptiveOptimizer,
    group: dict[str, Any],
    param: Tensor,
    saved: dict[str, Any],
    where: str,
) -> dict[str, Any]:
    """Return the state of one parameter: the optimizer's own, filled with the saved values."""
    state, optional = optimizer.new_state(group, param), optimizer.OPTIONAL
    lacks, more = state.keys() - saved - optional, saved.keys() - state - optional
    for word, keys in (("lacks", lacks), ("also has", more)):
        if keys:
            raise ValueError(f"{where} {word} {', '.join(sorted(map(str, keys)))}")
    for key in state.keys() & saved:
        own, value = state[key], saved[key]
        if key == "step":
            state[key] = whole(value, where)
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
    except (RuntimeError, NotImplementedError) as error:
        raise ValueError(f"{where}: {error}") from error


def plain(value: Any) -> Any:
    """Return a hyper-parameter as plain data: torch lets some of them be tensors."""
    if isinstance(value, (tuple, list)):
        return type(value)(plain(item) for item in value)
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_meta:
        return value.item()
    return value


def whole(value: Any, where: str) -> int:
    """Return a step count as an `int`, also when it comes as torch's float tensor."""
    count = plain(value)
    if isinstance(count, float) and count.is_integer():
        count = int(count)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(f"{where}: step must be a whole number, at least 0, got {value!r}")
    return count

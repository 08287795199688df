"""
# In place of the checkpoints

A copy reads what a copy has saved. It does not interchange with `torch.optim`: the package does.
"""

from collections import defaultdict
from copy import deepcopy
from typing import Any

from torch import Tensor

from labml_optim.optimizer import GenericAdaptiveOptimizer

Values = dict[str, Any]


def pack(optimizer: GenericAdaptiveOptimizer) -> Values:
    """Return the state dict, in which parameters are numbered through, over all groups."""
    params = [param for group in optimizer.param_groups for param in group["params"]]
    numbers = {id(param): index for index, param in enumerate(params)}
    groups = [
        {**group, "params": [numbers[id(param)] for param in group["params"]]}
        for group in optimizer.param_groups
    ]
    state = {i: dict(optimizer.state[p]) for i, p in enumerate(params) if p in optimizer.state}
    return {"state": state, "param_groups": groups}


def fit(optimizer: GenericAdaptiveOptimizer, saved: Values) -> Values:
    """Return new `state` and `param_groups`, or say in a `ValueError` what does not fit."""
    own, new = optimizer.param_groups, saved["param_groups"]
    if [len(group["params"]) for group in new] != [len(group["params"]) for group in own]:
        raise ValueError("the checkpoint has other groups, or other numbers of parameters in them")
    groups: list[Values] = []
    state: defaultdict[Tensor, Values] = defaultdict(dict)
    for group, old in zip(new, own, strict=True):
        if other := group.keys() ^ old.keys():
            raise ValueError(
                f"the groups of the checkpoint differ in {', '.join(sorted(other))}: a copy reads "
                "its own checkpoints, and those of torch.optim only the package labml_optim"
            )
        values = {**deepcopy(group), "params": old["params"], "fused": old.get("fused")}
        groups.append(optimizer.check_group(values))
        for key, param in zip(group["params"], old["params"], strict=True):
            if saved["state"].get(key):
                state[param] = fit_state(optimizer, groups[-1], param, saved["state"][key])
    return {"state": state, "param_groups": groups}


def fit_state(optimizer: Any, group: Values, param: Tensor, saved: Values) -> Values:
    """Return the state of one parameter: the optimizer's own, filled with the saved values."""
    state = optimizer.new_state(group, param)
    # A maximum comes and goes with the flag `amsgrad`.
    optional = {f"max_{key}" for key in state}
    if other := (state.keys() ^ saved.keys()) - optional:
        raise ValueError(f"the checkpoint differs in {', '.join(sorted(other))} of a state")
    for key in state.keys() & saved.keys():
        own, value = state[key], saved[key]
        if isinstance(own, Tensor) and key != "step":
            if not isinstance(value, Tensor) or value.shape != own.shape:
                raise ValueError(f"{key} in the checkpoint must have shape {tuple(own.shape)}")
            own.copy_(value)
        elif isinstance(own, Tensor):
            own.fill_(int(value))
        else:
            state[key] = int(value)
    return state

"""
# In place of the checkpoints

A copy reads what a copy has saved. It does not interchange with `torch.optim`: the package does.
"""

from collections import defaultdict
from copy import deepcopy
from typing import Any

from torch import Tensor

from labml_optim._checkpoint import check_structure, fit_state
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
    check_structure(saved)
    own, new = optimizer.param_groups, saved["param_groups"]
    if [len(group["params"]) for group in new] != [len(group["params"]) for group in own]:
        raise ValueError("the checkpoint has other groups, or other numbers of parameters in them")
    groups = [fit_group(optimizer, *pair) for pair in zip(new, own, strict=True)]
    keys = [key for group in new for key in group["params"]]
    if unknown := saved["state"].keys() - keys:
        raise ValueError(f"the checkpoint has state for {unknown}, in none of its groups")
    state: defaultdict[Tensor, Values] = defaultdict(dict)
    places = [(group, param) for group in groups for param in group["params"]]
    for index, (key, (group, param)) in enumerate(zip(keys, places, strict=True)):
        if found := saved["state"].get(key):
            where = f"the state of parameter {index}"
            state[param] = fit_state(optimizer, group, param, dict(found), where)
    return {"state": state, "param_groups": groups}


def fit_group(optimizer: GenericAdaptiveOptimizer, group: Values, old: Values) -> Values:
    """Return a saved group with the optimizer's own parameters and engine."""
    if other := group.keys() ^ old.keys():
        raise ValueError(
            f"a group of the checkpoint differs in {', '.join(sorted(other))}: this file reads "
            "checkpoints of its own classes; the package labml_optim also reads those of others"
        )
    kept = {key: value for key, value in old.items() if key in ("params", "fused")}
    try:
        return optimizer.check_group({**deepcopy(group), **kept})
    except TypeError as error:
        raise ValueError(f"a group of the checkpoint: {error}") from error

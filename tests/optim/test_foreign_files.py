"""A file that is no checkpoint of this optimizer is refused by what is wrong with it."""

import copy
import io

import pytest
import torch
from cases import parameters, same, train, values

from labml_optim import AdaBelief, Adam, AMSGrad, NAdam, RAdam


def of(kind, *shapes, **given):
    return train(kind(parameters(*shapes), **given), 3).state_dict()


def without(key, kind=Adam):
    saved = copy.deepcopy(of(kind))
    del saved["state"][1][key]
    return saved


def cut(tensor):
    saved = copy.deepcopy(of(Adam))
    saved["state"][0]["exp_avg"] = tensor
    return saved


def with_a_maximum():
    saved = copy.deepcopy(of(Adam))
    saved["state"][1]["max_exp_avg_sq"] = torch.ones(2, 2)
    return saved


FOREIGN = {
    "a model": (Adam, lambda: torch.nn.Linear(2, 2).state_dict(), "`state` and a list"),
    "nothing": (Adam, dict, "`state` and a list"),
    "weights": (Adam, lambda: torch.ones(3), "`state` and a list"),
    "no groups": (Adam, lambda: {"state": {}}, "`state` and a list"),
    "SGD": (Adam, lambda: of(torch.optim.SGD, momentum=0.9), "lacks exp_avg, exp_avg_sq"),
    "Adagrad": (Adam, lambda: of(torch.optim.Adagrad), "lacks exp_avg"),
    "Adamax": (Adam, lambda: of(torch.optim.Adamax), "lacks exp_avg_sq"),
    "Adam in NAdam": (NAdam, lambda: of(torch.optim.Adam), "lacks mu_product"),
    "NAdam in Adam": (Adam, lambda: of(torch.optim.NAdam), "also has mu_product"),
    "Adam in AdaBelief": (AdaBelief, lambda: of(torch.optim.Adam), "lacks exp_avg_var"),
    "AdaBelief in RAdam": (RAdam, lambda: of(AdaBelief), "lacks exp_avg_sq"),
    "a maximum in Adam": (Adam, with_a_maximum, "parameter 1 also has max_exp_avg_sq"),
    "another model": (Adam, lambda: of(Adam, (3,)), "1 parameters, not 2"),
    "other shapes": (Adam, lambda: of(Adam, (3,), (2, 3)), r"parameter 1: exp_avg.*\(2, 2\)"),
    "no count": (AMSGrad, lambda: without("step", AMSGrad), "parameter 1 lacks step"),
    "no product": (NAdam, lambda: without("mu_product", NAdam), "parameter 1 lacks mu_product"),
    "half a moment": (Adam, lambda: cut(torch.ones(1)), r"parameter 0: exp_avg.*\(3,\)"),
    "whole numbers": (Adam, lambda: cut(torch.ones(3, dtype=torch.int64)), "exp_avg must be"),
    "a list": (Adam, lambda: cut([1.0, 2.0, 3.0]), "exp_avg must have shape"),
}


@pytest.mark.parametrize(("kind", "make", "pattern"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_refused_and_nothing_is_changed(kind, make, pattern):
    ours = train(kind(parameters()), 4)
    other, before = copy.deepcopy(ours), copy.deepcopy(ours.state_dict())
    with pytest.raises(ValueError, match=pattern):
        ours.load_state_dict(make())
    assert ours.state_dict()["param_groups"] == before["param_groups"]
    for key, state in before["state"].items():
        left, right = state.values(), ours.state_dict()["state"][key].values()
        assert same(list(left), list(right))
    # It goes on as one that was never asked.
    assert same(values(train(ours, 9, first=5)), values(train(other, 9, first=5)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off_does_not_reach_the_optimizer(share):
    file = io.BytesIO()
    torch.save(of(Adam), file)
    whole = file.getvalue()
    with pytest.raises((RuntimeError, EOFError)):
        torch.load(io.BytesIO(whole[: int(share * len(whole))]), weights_only=True)

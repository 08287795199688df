"""The generic optimizer does the chores: a new optimizer fills in two blanks and has the rest."""

import pytest
import torch
from cases import gradient, members, parameters, same, train, values

from labml_optim import GenericAdaptiveOptimizer


class Momentum(GenericAdaptiveOptimizer):
    """Gradient descent along the moving average of the gradient."""

    def __init__(self, params, lr=0.1):
        super().__init__(params, {"nesterov": False}, lr=lr, betas=(0.5, 0.9), eps=0.0)

    def init_state(self, state, group, param):
        state["step"] = 0
        state["average"] = torch.zeros_like(param)

    def step_param(self, state, group, grad, param):
        state["step"] += 1
        state["average"].lerp_(grad, 1 - group["betas"][0])
        param.sub_(state["average"], alpha=group["lr"])


def test_two_blanks_make_an_optimizer():
    ours = Momentum(parameters())
    expected, averages = values(ours), [torch.zeros_like(p) for p in members(ours)]
    for t in range(1, 6):
        for index, (p, average) in enumerate(zip(expected, averages, strict=True)):
            average.lerp_(gradient(p, index, t), 0.5)
            p.sub_(average, alpha=0.1)
    assert same(values(train(ours, 5)), expected)
    assert ours.param_groups[0]["nesterov"] is False


def test_it_inherits_the_chores():
    ours = train(Momentum(parameters(dtype=torch.bfloat16)), 3)
    assert {s["average"].dtype for s in ours.state.values()} == {torch.float32}
    other = Momentum(values(ours))
    other.load_state_dict(ours.state_dict())
    assert same(values(train(ours, 6, first=4)), values(train(other, 6, first=4)))
    with pytest.raises(ValueError, match="lr.*nan"):
        Momentum(parameters(), lr=float("nan"))


def test_a_flag_of_torch_that_asks_for_nothing_is_accepted():
    groups = [{"params": parameters(), "decoupled_weight_decay": False}]
    assert same(values(train(Momentum(groups), 3)), values(train(Momentum(parameters()), 3)))
    groups[0]["decoupled_weight_decay"] = True
    with pytest.raises(ValueError, match="weight_decouple is its name here"):
        Momentum(groups)


def test_a_blank_that_was_not_filled_in_is_named():
    ours = GenericAdaptiveOptimizer(parameters(), {}, lr=0.1, betas=(0.9, 0.999), eps=0.0)
    with pytest.raises(NotImplementedError, match="init_state"):
        train(ours, 1)

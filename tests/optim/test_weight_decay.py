"""Weight decay: one immutable rule, given in several ways, applied before everything else."""

import copy
import dataclasses
import pickle

import pytest
import torch
from cases import MODES, OPTIMIZERS, VISIBLE, decay, members, parameters, same, train, values

from labml_optim import AdaBelief, Adam, WeightDecay

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)
EACH_MODE = pytest.mark.parametrize("mode", MODES)


def still(optimizer, **given):
    """One step with a gradient of zero: what is left is the decay."""
    ours = optimizer(parameters((3,)), **{"eps": 1e-8, **given})
    (before,) = values(ours)
    members(ours)[0].grad = torch.zeros(3, dtype=torch.float64)
    ours.step()
    return before, values(ours)[0]


@EACH
def test_decoupled_takes_the_learning_rate(optimizer):
    before, after = still(optimizer, lr=0.5, weight_decay=0.1)
    # rtol: one rounding of the factor, one of the product
    torch.testing.assert_close(after, before * (1 - 0.5 * 0.1), rtol=1e-15, atol=0)


@EACH
def test_absolute_does_not(optimizer):
    before, after = still(optimizer, lr=0.5, weight_decay=decay("absolute"))
    torch.testing.assert_close(after, before * (1 - 0.1), rtol=1e-15, atol=0)


@EACH
def test_coupled_is_the_gradient_of_a_penalty(optimizer):
    coupled = optimizer(parameters(), **VISIBLE, weight_decay=decay("coupled"))
    by_hand = optimizer(parameters(), **VISIBLE)
    for t in range(1, 9):
        train(coupled, t, first=t)

        def add_penalty(ours, *_):
            for p in members(ours):
                p.grad = p.grad.add(p.detach(), alpha=0.1)

        handle = by_hand.register_step_pre_hook(add_penalty)
        train(by_hand, t, first=t)
        handle.remove()
    assert same(values(coupled), values(by_hand))


@EACH
@EACH_MODE
def test_nothing_moves_with_a_learning_rate_of_zero(optimizer, mode):
    # absolute decay, too, rests: loading a distributed checkpoint takes such a step
    ours = optimizer(parameters(), lr=0, weight_decay=decay(mode))
    before = values(ours)
    assert same(values(train(ours, 8)), before)


@EACH
@EACH_MODE
def test_a_number_in_a_group_keeps_the_mode_of_the_constructor(optimizer, mode):
    first, second = parameters()
    groups = [{"params": [first]}, {"params": [second], "weight_decay": 0.3}]
    ours = optimizer(groups, weight_decay=decay(mode))
    found = [{key: group[key] for key in MODES[mode]} for group in ours.param_groups]
    assert found == [MODES[mode]] * 2
    assert [group["weight_decay"] for group in ours.param_groups] == [0.1, 0.3]


@EACH
@pytest.mark.parametrize("of_group", MODES)
@EACH_MODE
def test_a_rule_in_a_group_brings_its_own_mode(optimizer, mode, of_group):
    ours = optimizer(
        [{"params": parameters((2,)), "weight_decay": decay(of_group, 0.3)}],
        weight_decay=decay(mode),
    )
    ours.add_param_group({"params": parameters((2,)), "weight_decay": decay(of_group, 0.3)})
    for group in ours.param_groups:
        assert {key: group[key] for key in MODES[of_group]} == MODES[of_group]
        assert group["weight_decay"] == 0.3 and type(group["weight_decay"]) is float


@EACH
@EACH_MODE
def test_a_number_is_a_decoupled_rule(optimizer, mode):
    number = train(optimizer(parameters(), **VISIBLE, weight_decay=0.1), 3)
    rule = train(optimizer(parameters(), **VISIBLE, weight_decay=decay(mode)), 3)
    assert same(values(number), values(rule)) == (mode == "decoupled")


def test_the_rule_cannot_be_changed():
    rule = WeightDecay(0.1)
    for field in ("weight_decay", "weight_decouple", "absolute"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(rule, field, 1.0)
    assert rule == WeightDecay(0.1, weight_decouple=True, absolute=False)


@dataclasses.dataclass(frozen=True)
class TowardsOne(WeightDecay):
    """A rule of one's own: pulls towards 1 instead of 0."""

    def __call__(self, param, grad, group):
        param.sub_(param - 1, alpha=group["lr"] * group["weight_decay"])
        return grad


def test_a_rule_of_ones_own_is_applied():
    before, after = still(Adam, lr=0.5, weight_decay=TowardsOne(0.1))
    torch.testing.assert_close(after, before - 0.05 * (before - 1), rtol=1e-15, atol=0)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))],
                         ids=["deepcopy", "pickle"])  # fmt: skip
@EACH
def test_a_rule_of_ones_own_survives_a_copy(optimizer, again):
    ours = train(optimizer(parameters(), **VISIBLE, weight_decay=TowardsOne(0.3)), 3)
    copied = again(ours)
    assert same(values(train(ours, 8, first=4)), values(train(copied, 8, first=4)))


def test_a_rule_of_ones_own_takes_its_number_from_the_group():
    first, second = parameters((3,), (3,))
    groups = [{"params": [first]}, {"params": [second], "weight_decay": TowardsOne(0.4)}]
    ours = Adam(groups, lr=0.5, weight_decay=TowardsOne(0.1))
    before = values(ours)
    for p in (first, second):
        p.grad = torch.zeros_like(p)
    ours.step()
    for p, old, step in zip((first, second), before, (0.05, 0.2), strict=True):
        torch.testing.assert_close(p.detach(), old - step * (old - 1), rtol=1e-15, atol=0)


@pytest.mark.parametrize("rules", [(WeightDecay, TowardsOne), (TowardsOne, WeightDecay)])
def test_a_rule_of_another_class_in_a_group_is_never_ignored(rules):
    # groups hold plain data, one optimizer has one rule: a second one could not be honoured
    of_optimizer, of_group = rules
    group = {"params": parameters((3,)), "weight_decay": of_group(0.1)}
    with pytest.raises(TypeError, match="weight_decay.*" + of_optimizer.__name__):
        Adam([group], weight_decay=of_optimizer(0.1))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.distributed.optim: torch.jit
@pytest.mark.parametrize("optimizer", [Adam, AdaBelief])
@EACH_MODE
def test_zero_redundancy_optimizer_hands_the_rule_on(alone, optimizer, mode):
    from torch.distributed.optim import ZeroRedundancyOptimizer

    given = {**VISIBLE, "weight_decay": decay(mode)}
    sharded = ZeroRedundancyOptimizer(parameters(), optimizer, **given)
    assert same(values(train(sharded, 8)), values(train(optimizer(parameters(), **given), 8)))


@EACH
def test_an_overridden_learning_rate_moves_the_step_and_not_the_decay(optimizer):
    class Halved(optimizer):
        def get_lr(self, state, group):
            return super().get_lr(state, group) / 2

    given = {**VISIBLE, "weight_decay": decay("decoupled")}
    halved = train(Halved(parameters(), **given), 1)
    plain = train(optimizer(parameters(), **given), 1)
    kept = 1 - VISIBLE["lr"] * 0.1
    for start, half, whole in zip(parameters(), values(halved), values(plain), strict=True):
        torch.testing.assert_close(half - kept * start, (whole - kept * start) / 2)


@pytest.mark.parametrize("name", ["weight_decouple", "absolute"])
@pytest.mark.parametrize("value", [1, "yes", None])
def test_a_flag_of_a_rule_is_true_or_false(name, value):
    with pytest.raises(TypeError, match=f"{name} must be True or False, not {value!r}"):
        WeightDecay(0.1, **{name: value})

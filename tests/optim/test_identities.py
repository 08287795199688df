"""What explains an optimizer by another one: the two are equal where the page says so."""

from math import sqrt

import pytest
import torch
from cases import (
    FLAGS,
    MODES,
    OPTIMIZERS,
    VISIBLE,
    decay,
    gradient,
    members,
    parameters,
    same,
    train,
    values,
)

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)
EACH_FORM = pytest.mark.parametrize("optimized", [False, True], ids=["textbook", "folded"])


def ends(left, right, last=12):
    return values(train(left, last)), values(train(right, last))


def assert_close(left, right):
    # the same formulas, a factor of 1 apart: some roundings of numbers about 1
    for a, b in zip(left, right, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-14)


@EACH_FORM
@pytest.mark.parametrize("mode", MODES)
def test_amsgrad_switched_off_is_adam(mode, optimized):
    given = {**VISIBLE, "weight_decay": decay(mode), "optimized_update": optimized}
    ams, adam = AMSGrad(parameters(), amsgrad=False, **given), Adam(parameters(), **given)
    assert same(*ends(ams, adam))


def test_amsgrad_is_adam_while_v_grows():
    ams, adam = AMSGrad(parameters((3,)), **VISIBLE), Adam(parameters((3,)), **VISIBLE)
    for t in range(1, 9):
        for ours in (ams, adam):
            members(ours)[0].grad = torch.full((3,), 2.0**t, dtype=torch.float64)
            ours.step()
    assert same(values(ams), values(adam))


class Unrectified(RAdam):
    """RAdam with r_t = 1."""

    def calc_rectification_term(self, *args, **kwargs):
        return 1.0


class UnrectifiedBelief(AdaBelief):
    """AdaBelief with r_t = 1."""

    def calc_rectification_term(self, *args, **kwargs):
        return 1.0


@EACH_FORM
def test_radam_with_a_rectification_of_one_is_adam(optimized):
    given = {**VISIBLE, "optimized_update": optimized}
    assert_close(*ends(Unrectified(parameters(), **given), Adam(parameters(), **given)))


@EACH_FORM
@pytest.mark.parametrize("amsgrad", [False, True])
def test_radam_with_a_rectification_of_one_is_amsgrad(optimized, amsgrad):
    given = {**VISIBLE, "optimized_update": optimized, "amsgrad": amsgrad}
    assert_close(*ends(Unrectified(parameters(), **given), AMSGrad(parameters(), **given)))


@EACH_FORM
def test_adabelief_with_a_rectification_of_one_is_adabelief_unrectified(optimized):
    given = {**VISIBLE, "optimized_update": optimized}
    plain = AdaBelief(parameters(), rectify=False, **given)
    assert_close(*ends(UnrectifiedBelief(parameters(), **given), plain))


@pytest.mark.parametrize("sgd", [False, True])
def test_rectified_adabelief_begins_as_radam(sgd):
    # five steps without a second moment; at the sixth they part
    given = {**VISIBLE, "betas": (0.9, 0.999), "degenerate_to_sgd": sgd}
    belief, radam = AdaBelief(parameters(), **given), RAdam(parameters(), **given)
    assert same(*ends(belief, radam, 5))
    train(belief, 6, first=6)
    assert not same(values(belief), values(train(radam, 6, first=6)))


def test_the_belief_is_adams_second_moment_of_the_surprise():
    # s_t from g is v_t from g - m
    belief, adam = AdaBelief(parameters((3,))), Adam(parameters((3,)))
    (p,), (q,) = members(belief), members(adam)
    for t in range(1, 13):
        p.grad = gradient(p, 0, t)
        belief.step()
        q.grad = p.grad - belief.state[p]["exp_avg"]
        adam.step()
        assert torch.equal(belief.state[p]["exp_avg_var"], adam.state[q]["exp_avg_sq"])


@EACH
def test_the_two_forms_are_one_if_epsilon_moves(optimizer):
    # eps_hat = sqrt(1 - beta2^t) eps. AdaBelief's inner epsilon would move along: none here.
    given = {**VISIBLE, "eps": 0.0 if optimizer is AdaBelief else 0.1}
    folded = optimizer(parameters(), optimized_update=True, **given)
    textbook = optimizer(parameters(), optimized_update=False, **given)
    for t in range(1, 13):
        folded.param_groups[0]["eps"] = sqrt(1 - 0.95**t) * given["eps"]
        train(folded, t, first=t)
        train(textbook, t, first=t)
    assert_close(values(folded), values(textbook))


@EACH
def test_to_maximize_is_to_minimize_the_negative(optimizer):
    up, down = optimizer(parameters(), maximize=True), optimizer(parameters())
    for t in range(1, 13):
        for index, (p, q) in enumerate(zip(members(up), members(down), strict=True)):
            p.grad = gradient(p, index, t)
            q.grad = -p.grad
        up.step()
        down.step()
    assert same(values(up), values(down))


def test_no_two_optimizers_are_the_same():
    found = [values(train(optimizer(parameters(), **VISIBLE), 12)) for optimizer in FLAGS]
    for index, left in enumerate(found):
        assert not any(same(left, right) for right in found[index + 1 :])

"""What people do with any optimizer of torch works here: closures, schedulers, hooks, names."""

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
from torch.optim import lr_scheduler

from labml_optim import Adam

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)


@EACH
def test_a_closure_runs_with_gradients_on_and_its_loss_is_returned(optimizer):
    (p,) = parameters((3,))
    ours, seen = optimizer([p]), []

    def closure():
        seen.append(torch.is_grad_enabled())
        ours.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    before = p.detach().clone()
    with torch.no_grad():
        loss = ours.step(closure)
    assert seen == [True]
    assert loss.item() == (before * before).sum().item()
    assert not torch.equal(p, before)


@EACH
def test_without_a_closure_a_step_returns_none(optimizer):
    ours = optimizer(parameters())
    assert ours.step() is None


@EACH
def test_a_step_leaves_parameters_leaves(optimizer):
    ours = train(optimizer(parameters()), 8)
    assert all(p.is_leaf and p.requires_grad for p in members(ours))
    assert not any(v.requires_grad for s in ours.state.values() for v in s.values()
                   if isinstance(v, torch.Tensor))  # fmt: skip


@EACH
@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.complex128], ids=str)
def test_no_step_writes_into_a_gradient(optimizer, mode, maximize, dtype):
    given = {**VISIBLE, "weight_decay": decay(mode), "maximize": maximize}
    ours = optimizer(parameters(dtype=dtype), **given)
    for t in range(1, 8):
        grads = [gradient(p, index, t) for index, p in enumerate(members(ours))]
        kept = [grad.clone() for grad in grads]
        versions = [grad._version for grad in grads]
        for p, grad in zip(members(ours), grads, strict=True):
            p.grad = grad
        ours.step()
        assert all(p.grad is grad for p, grad in zip(members(ours), grads, strict=True))
        assert same(grads, kept)
        assert [grad._version for grad in grads] == versions


@EACH
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_bad_gradient_harms_its_own_elements_only(optimizer, bad):
    sick, well = (optimizer(parameters(), **VISIBLE, weight_decay=0.1) for _ in "12")
    for t in range(1, 9):
        for ours in (sick, well):
            for index, p in enumerate(members(ours)):
                p.grad = gradient(p, index, t)
        if t == 2:
            members(sick)[0].grad[1] = bad
        sick.step()
        well.step()
    (first, second), (expected, other) = values(sick), values(well)
    assert torch.equal(second, other)
    assert not first[1].isfinite() or first[1] != expected[1]
    assert torch.equal(first[[0, 2]], expected[[0, 2]])


@EACH
def test_a_scheduler_halves_the_step(optimizer):
    ours = optimizer(parameters(), lr=0.4)
    schedule = lr_scheduler.StepLR(ours, step_size=1, gamma=0.5)
    by_hand = optimizer(parameters(), lr=0.4)
    for t in range(1, 8):
        train(ours, t, first=t)
        schedule.step()
        by_hand.param_groups[0]["lr"] = 0.4 * 0.5 ** (t - 1)
        train(by_hand, t, first=t)
    assert ours.param_groups[0]["lr"] == 0.4 * 0.5**7
    assert same(values(ours), values(by_hand))


@EACH
def test_one_cycle_moves_the_learning_rate_and_beta1(optimizer):
    ours = optimizer(parameters())
    schedule = lr_scheduler.OneCycleLR(ours, max_lr=0.1, total_steps=10)
    seen = set()
    for t in range(1, 9):
        train(ours, t, first=t)
        schedule.step()
        group = ours.param_groups[0]
        seen.add((group["lr"], group["betas"][0]))
        assert group["betas"][1] == 0.999
    assert len(seen) == 8
    assert all(p.isfinite().all() for p in members(ours))


@EACH
def test_named_parameters_keep_their_names(optimizer):
    model = torch.nn.Linear(2, 3)
    ours = optimizer(model.named_parameters())
    train(ours, 2)
    assert ours.param_groups[0]["param_names"] == ["weight", "bias"]
    other = optimizer(model.named_parameters())
    other.load_state_dict(ours.state_dict())
    assert other.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]


@EACH
def test_hooks_run_around_a_step(optimizer):
    ours, calls = optimizer(parameters()), []
    ours.register_step_pre_hook(lambda *_: calls.append("before"))
    ours.register_step_post_hook(lambda *_: calls.append("after"))
    train(ours, 2)
    assert calls == ["before", "after"] * 2


@EACH
def test_hooks_run_around_saving_and_loading(optimizer):
    ours, calls = train(optimizer(parameters()), 2), []
    ours.register_state_dict_pre_hook(lambda *_: calls.append("saving"))
    ours.register_state_dict_post_hook(lambda _, saved: {**saved, "mark": 1})
    saved = ours.state_dict()
    assert saved["mark"] == 1
    ours.register_load_state_dict_pre_hook(lambda _, d: {k: v for k, v in d.items() if k != "mark"})
    ours.register_load_state_dict_post_hook(lambda o: calls.append(type(o)))
    ours.load_state_dict(saved)
    assert calls == ["saving", optimizer]


@EACH
def test_a_hook_before_loading_may_change_what_it_is_given_and_return_nothing(optimizer):
    saved = train(optimizer(parameters()), 2).state_dict() | {"mark": 1}
    ours = optimizer(parameters())
    ours.register_load_state_dict_pre_hook(lambda _, given: given.pop("mark") and None)
    ours.load_state_dict(saved)
    # A copy: what the caller has stays as it was.
    assert saved["mark"] == 1 and ours.state_dict()["state"].keys() == saved["state"].keys()


@EACH
def test_a_generator_of_parameters_is_enough(optimizer):
    ours = train(optimizer(p for p in parameters()), 2)
    assert len(members(ours)) == 2


@EACH
def test_zero_grad_forgets_the_gradients(optimizer):
    ours = train(optimizer(parameters()), 1)
    ours.zero_grad()
    assert [p.grad for p in members(ours)] == [None, None]


@EACH
def test_its_text_names_the_class_and_its_values(optimizer):
    text = repr(optimizer(parameters(), lr=0.25))
    assert text.startswith(optimizer.__name__) and "lr: 0.25" in text
    assert all(flag in text for flag in FLAGS[optimizer])


def test_a_model_learns():
    # the whole way: a model, a loss, a backward pass
    torch.manual_seed(0)
    x = torch.randn(64, 3)
    y = x @ torch.tensor([1.0, -2.0, 0.5]) + 0.25
    for optimizer in OPTIMIZERS:
        model = torch.nn.Linear(3, 1)
        ours = optimizer(model.parameters(), lr=0.05)
        for _ in range(400):
            ours.zero_grad()
            loss = ((model(x)[:, 0] - y) ** 2).mean()
            loss.backward()
            ours.step()
        assert loss < 1e-4, optimizer


def test_a_scheduler_may_move_the_decay():
    ours = Adam(parameters((1,)), lr=1.0, weight_decay=0.5)
    with torch.no_grad():
        members(ours)[0].fill_(1.0)
    for coefficient in (0.5, 0.25, 0.0):
        ours.param_groups[0]["weight_decay"] = coefficient
        members(ours)[0].grad = torch.zeros(1, dtype=torch.float64)
        ours.step()
    assert members(ours)[0].item() == 0.5 * 0.75

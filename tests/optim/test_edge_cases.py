"""Edge cases of checkpoints, dtypes, rates and flags: what was once wrong there stays right."""

import copy

import pytest
import torch
from cases import FLAGS, OPTIMIZERS, parameters, train

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam, WeightDecay

MAXIMUM = {AMSGrad: "max_exp_avg_sq", RAdam: "max_exp_avg_sq", AdaBelief: "max_exp_avg_var"}
SIBLINGS = {
    RAdam: torch.optim.RAdam,
    Adam: torch.optim.Adam,
}


def reloaded(optimizer):
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


@pytest.mark.parametrize("ours", SIBLINGS, ids=lambda o: o.__name__)
@pytest.mark.parametrize("decoupled", [True, False])
def test_torch_decays_as_we_do_when_it_loads_our_checkpoint(ours, decoupled):
    optimizer = ours(parameters(), weight_decay=WeightDecay(0.1, decoupled))
    train(optimizer, 2)
    theirs = SIBLINGS[ours](parameters(), decoupled_weight_decay=not decoupled)
    theirs.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    assert theirs.param_groups[0]["decoupled_weight_decay"] is decoupled


@pytest.mark.parametrize("optimizer", MAXIMUM, ids=lambda o: o.__name__)
@pytest.mark.parametrize("on", [True, False])
def test_a_checkpoint_loads_while_only_some_parameters_know_of_the_switched_flag(optimizer, on):
    ours = optimizer(parameters(), betas=(0.8, 0.95), amsgrad=not on)
    train(ours, 7)
    ours.param_groups[0]["amsgrad"] = on
    reloaded(ours)
    first, second = ours.param_groups[0]["params"]
    first.grad, second.grad = torch.ones_like(first), None
    ours.step()
    reloaded(ours)
    train(ours, 9, first=8)
    assert (MAXIMUM[optimizer] in ours.state[second]) is on


def test_a_complex_parameter_forgets_the_maximum_with_the_flag():
    ours = AMSGrad(parameters((3,), dtype=torch.complex128))
    train(ours, 2)
    ours.param_groups[0]["amsgrad"] = False
    train(ours, 3, first=3)
    (state,) = ours.state.values()
    assert sorted(state) == ["exp_avg", "exp_avg_sq", "step"]


class Norms(Adam):
    """Keeps a real number beside complex moments, and a list."""

    def init_state(self, state, group, param):
        super().init_state(state, group, param)
        state["norm"], state["history"], state["anchor"] = torch.zeros(()), [], param.clone()

    def step_param(self, state, group, grad, param):
        state["norm"] = grad.norm()
        state["history"].append(state["step"])
        super().step_param(state, group, grad, param)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128, torch.bfloat16])
def test_a_subclass_may_keep_what_it_likes(dtype):
    ours, other = Norms(parameters((3,), dtype=dtype)), Norms(parameters((3,), dtype=dtype))
    train(ours, 3)
    other.load_state_dict(ours.state_dict())
    (state,), (loaded,) = ours.state.values(), other.state.values()
    assert state["norm"].ndim == 0 and torch.allclose(state["norm"].float(), loaded["norm"])
    assert loaded["history"] == [0, 1, 2] and loaded["history"] is not state["history"]
    # No graph of how it was loaded hangs on it, so it can be copied.
    assert loaded["anchor"].grad_fn is None
    copy.deepcopy(other)


def test_what_required_a_gradient_in_the_checkpoint_does_not_afterwards():
    ours = Adam(parameters((3,)))
    train(ours, 1)
    saved = copy.deepcopy(ours.state_dict())
    saved["state"][0]["exp_avg"].requires_grad_()
    ours.load_state_dict(saved)
    (state,) = ours.state.values()
    assert not state["exp_avg"].requires_grad


def test_a_scheduler_may_miss_zero_by_a_rounding_error():
    ours = Adam(parameters((3,)))
    scheduler = torch.optim.lr_scheduler.LinearLR(ours, 1 / 3, 0.0, 100)
    for t in range(1, 102):
        train(ours, t, first=t)
        scheduler.step()
    assert ours.param_groups[0]["lr"] <= 0  # what the scheduler left
    train(ours, 102, first=102)
    assert ours.param_groups[0]["lr"] == 0


@pytest.mark.parametrize(
    "change",
    [lambda p: torch.ones(5, dtype=p.dtype), lambda p: p.data.float()],
    ids=["size", "dtype"],
)
def test_a_parameter_that_changed_stops_the_step_before_it_begins(change):
    ours = Adam(parameters((3,), (3,)), weight_decay=0.1)
    train(ours, 2)
    first, second = ours.param_groups[0]["params"]
    second.grad, second.data = None, change(second)
    first.grad, second.grad = torch.ones_like(first), torch.ones_like(second)
    before = first.detach().clone(), second.detach().clone()
    with pytest.raises(RuntimeError, match="parameter 1 is now"):
        ours.step()
    assert torch.equal(first, before[0]) and torch.equal(second, before[1])
    assert [state["step"] for state in ours.state.values()] == [2, 2]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o.__name__)
@pytest.mark.parametrize("gradient", [0.0, float("inf"), float("nan")])
def test_without_learning_rate_and_epsilon_nothing_moves(optimizer, gradient):
    for rectify in [True, False] if "rectify" in FLAGS[optimizer] else [None]:
        flags = {} if rectify is None else {"rectify": rectify}
        (p,) = parameters((3,))
        ours, before = optimizer([p], lr=0.0, eps=0.0, **flags), p.detach().clone()
        for _ in range(8):
            p.grad = torch.full_like(p, gradient)
            ours.step()
        assert torch.equal(p, before)


def test_half_precision_complex_numbers_compute_in_single_precision():
    with pytest.warns(UserWarning, match="ComplexHalf support is experimental"):
        p = torch.ones(3, dtype=torch.complex32, requires_grad=True)
    ours = Adam([p], lr=0.5)
    p.grad = torch.full_like(p, 0.01)
    ours.step()
    assert ours.state[p]["exp_avg"].dtype == torch.complex64
    assert torch.allclose(torch.view_as_real(p).float()[:, 0], torch.tensor(0.5), atol=1e-3)
    assert torch.view_as_real(p).isfinite().all()


def test_a_checkpoint_of_torch_may_hold_its_numbers_in_tensors():
    theirs = torch.optim.Adam(parameters(), lr=torch.tensor(0.25))
    train(theirs, 2)
    saved = theirs.state_dict()
    saved["param_groups"][0] |= {
        "initial_lr": torch.tensor(0.5),
        "betas": (torch.tensor(0.5), torch.tensor(0.75)),
    }
    ours = Adam(parameters())
    ours.load_state_dict(saved)
    (group,) = ours.param_groups
    assert (group["lr"], group["initial_lr"], group["betas"]) == (0.25, 0.5, (0.5, 0.75))


def test_an_absolute_rule_does_not_take_over_the_decay_of_torch():
    theirs = torch.optim.AdamW(parameters(), weight_decay=0.1)
    ours = Adam(parameters(), weight_decay=WeightDecay(1e-3, absolute=True))
    ours.load_state_dict(theirs.state_dict())
    (group,) = ours.param_groups
    assert (group["weight_decay"], group["weight_decouple"], group["absolute"]) == (
        0.1,
        True,
        False,
    )


@pytest.mark.parametrize("optimizer", [RAdam, AdaBelief], ids=lambda o: o.__name__)
def test_a_beta_of_two_thirds_is_warned_of(optimizer):
    assert RAdam.calc_rectification_term(2 / 3, 10**6) is None
    with pytest.warns(UserWarning, match="rho_inf < 5"):
        optimizer(parameters(), betas=(0.9, 2 / 3))


MALFORMED = {
    "not-a-dict": lambda d: 5,
    "group": lambda d: d["param_groups"].__setitem__(0, 5),
    "params": lambda d: d["param_groups"][0].update(params=5),
    "params-of-lists": lambda d: d["param_groups"][0].update(params=[[1], [2]]),
    "sparse": lambda d: d["state"][0].update(exp_avg=torch.ones(3).to_sparse()),
    "meta": lambda d: d["state"][0].update(exp_avg=torch.ones(3, device="meta")),
    "meta-step": lambda d: d["state"][0].update(step=torch.ones((), device="meta")),
    "bool": lambda d: d["state"][0].update(exp_avg=torch.tensor([True, False, True])),
    "tensor-lr": lambda d: d["param_groups"][0].update(lr=torch.ones(2)),
    "huge-lr": lambda d: d["param_groups"][0].update(lr=10**400),
    "key-not-text": lambda d: d["state"][0].update({5: 1}),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_checkpoint_is_a_value_error_and_changes_nothing(change):
    ours = Adam(parameters((3,), (2, 2)))
    train(ours, 2)
    saved, before = copy.deepcopy(ours.state_dict()), copy.deepcopy(ours.state_dict())
    answer = change(saved)
    with pytest.raises(ValueError):
        ours.load_state_dict(answer if answer == 5 else saved)
    after = ours.state_dict()
    assert after["param_groups"] == before["param_groups"]
    for key, state in before["state"].items():
        assert all(
            torch.equal(torch.as_tensor(v), torch.as_tensor(after["state"][key][k]))
            for k, v in state.items()
        )


@pytest.mark.parametrize("fused", [0, "", [], "cuda"])
def test_fused_is_none_or_a_truth_value(fused):
    with pytest.raises(TypeError, match="fused"):
        Adam(parameters(), fused=fused)

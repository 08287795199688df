"""The state: its keys are torch's, its count is exact, and a run can stop and go on."""

import copy
import io
import pickle

import pytest
import torch
from cases import (
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

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam, WeightDecay

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)

MOMENTS = [
    (Adam, {}, {"exp_avg", "exp_avg_sq"}),
    (AMSGrad, {}, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}),
    (AMSGrad, {"amsgrad": False}, {"exp_avg", "exp_avg_sq"}),
    (RAdam, {}, {"exp_avg", "exp_avg_sq"}),
    (RAdam, {"amsgrad": True}, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}),
    (AdaBelief, {}, {"exp_avg", "exp_avg_var"}),
    (AdaBelief, {"amsgrad": True}, {"exp_avg", "exp_avg_var", "max_exp_avg_var"}),
]


@pytest.mark.parametrize(("optimizer", "flags", "moments"), MOMENTS)
def test_keys_are_torchs(optimizer, flags, moments):
    ours = train(optimizer(parameters(), **flags), 1)
    for p in members(ours):
        state = ours.state[p]
        assert state.keys() == {"step", *moments}
        assert all(state[key].shape == p.shape for key in moments)


@EACH
def test_parameters_move_at_the_first_step_with_default_arguments(optimizer):
    ours = optimizer(parameters())
    before = values(ours)
    train(ours, 1)
    for index, (old, new) in enumerate(zip(before, values(ours), strict=True)):
        against = -gradient(old, index, 1).sign()
        assert torch.equal((new - old).sign(), against)
        assert (new - old).abs().max() > 1e-4


@EACH
def test_a_parameter_counts_its_own_steps(optimizer):
    often, seldom = parameters((3,), (3,))
    ours, alone = optimizer([often, seldom], **VISIBLE), optimizer(parameters((3,))[:1], **VISIBLE)
    with torch.no_grad():
        members(alone)[0].copy_(seldom)
    for t in range(1, 16):
        often.grad = gradient(often, 0, t)
        seldom.grad = gradient(seldom, 1, t) if t % 2 else None
        before = (seldom.detach().clone(), copy.deepcopy(ours.state.get(seldom)))
        ours.step()
        if t % 2:
            members(alone)[0].grad = gradient(seldom, 1, t)
            alone.step()
        else:
            assert torch.equal(seldom, before[0])
            assert all(ours.state[seldom][k] is v or torch.equal(ours.state[seldom][k], v)
                       for k, v in before[1].items() if k != "step")  # fmt: skip
    counts = [ours.state[p]["step"] for p in (often, seldom)]
    assert counts == [15, 8] and [type(c) for c in counts] == [int, int]
    assert torch.equal(seldom, members(alone)[0])


@EACH
def test_a_parameter_without_gradient_gets_no_state(optimizer):
    ours = optimizer(parameters())
    ours.step()
    assert len(ours.state) == 0


@EACH
def test_the_count_goes_on_where_float32_stops(optimizer):
    ours = train(optimizer(parameters()), 1)
    saved = ours.state_dict()
    for state in saved["state"].values():
        state["step"] = 2**24
    ours.load_state_dict(saved)
    train(ours, 2)
    assert [ours.state[p]["step"] for p in members(ours)] == [2**24 + 2] * 2


def through_file(state_dict):
    file = io.BytesIO()
    torch.save(state_dict, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("carry", [lambda d: d, copy.deepcopy, through_file],
                         ids=["as-it-is", "deepcopy", "file"])  # fmt: skip
@pytest.mark.parametrize(("optimizer", "flags", "moments"), MOMENTS)
def test_a_run_goes_on_bitwise_from_its_checkpoint(optimizer, flags, moments, carry, mode):
    given = {**VISIBLE, **flags, "weight_decay": decay(mode)}
    ours = train(optimizer(parameters(), **given), 4)
    # all hyper-parameters come from the checkpoint
    other = optimizer(values(ours), lr=0.9)
    other.load_state_dict(carry(ours.state_dict()))
    for mine, its in zip(ours.param_groups, other.param_groups, strict=True):
        rest = [{k: v for k, v in group.items() if k != "params"} for group in (mine, its)]
        assert rest[0] == rest[1]
    assert same(values(train(ours, 12, first=5)), values(train(other, 12, first=5)))


@EACH
def test_two_optimizers_share_no_state_after_loading(optimizer):
    ours = train(optimizer(parameters()), 4)
    other = optimizer(values(ours))
    other.load_state_dict(ours.state_dict())
    before = copy.deepcopy(ours.state_dict())
    train(other, 8, first=5)
    for key, state in ours.state_dict()["state"].items():
        assert state["step"] == before["state"][key]["step"]
        assert torch.equal(state["exp_avg"], before["state"][key]["exp_avg"])


@EACH
def test_a_checkpoint_taken_before_the_first_step_loads(optimizer):
    other = train(optimizer(parameters()), 3)
    other.load_state_dict(optimizer(parameters()).state_dict())
    assert len(other.state) == 0


@pytest.mark.parametrize("again", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))],
                         ids=["deepcopy", "pickle"])  # fmt: skip
@EACH
@pytest.mark.parametrize("mode", MODES)
def test_a_copy_of_the_optimizer_goes_on_bitwise(optimizer, again, mode):
    ours = train(optimizer(parameters(), **VISIBLE, weight_decay=decay(mode)), 4)
    copied = again(ours)
    assert not set(members(ours)) & set(members(copied))
    assert same(values(train(ours, 12, first=5)), values(train(copied, 12, first=5)))
    # and what is added to the copy is checked and decayed as before
    extra = parameters((3,), seed=5)
    copied.add_param_group({"params": extra, "weight_decay": 0.2})
    added = copied.param_groups[-1]
    assert {key: added[key] for key in MODES[mode]} == MODES[mode]


COUPLED = WeightDecay(0.1, weight_decouple=False)
TEXTBOOK = {"optimized_update": False}
SIBLINGS = {
    "Adam": (Adam, TEXTBOOK, torch.optim.Adam, {}),
    "AdamW": (Adam, {**TEXTBOOK, "weight_decay": 0.1}, torch.optim.AdamW, {"weight_decay": 0.1}),
    "Adam-coupled": (
        Adam, {**TEXTBOOK, "weight_decay": COUPLED}, torch.optim.Adam, {"weight_decay": 0.1},
    ),
    "AMSGrad": (AMSGrad, TEXTBOOK, torch.optim.Adam, {"amsgrad": True}),
    "RAdam": (RAdam, {}, torch.optim.RAdam, {}),
    "RAdam-coupled": (
        RAdam, {"weight_decay": COUPLED}, torch.optim.RAdam, {"weight_decay": 0.1},
    ),
}  # fmt: skip


# (torch shares the tensors of a state dict that it loads: a copy lets both go on)
@pytest.mark.parametrize("carry", [copy.deepcopy, through_file], ids=["copy", "file"])
@pytest.mark.parametrize("ours_first", [True, False], ids=["to-torch", "from-torch"])
@pytest.mark.parametrize("sibling", SIBLINGS.values(), ids=SIBLINGS)
def test_checkpoints_interchange_with_torch(sibling, ours_first, carry):
    optimizer, options, torch_optimizer, torch_options = sibling
    makers = [(optimizer, options), (torch_optimizer, torch_options)]
    (first, given), (then, given_then) = makers if ours_first else makers[::-1]
    start = train(first(parameters(), **VISIBLE, **given), 7)
    other = then(values(start), **VISIBLE, **given_then)
    other.load_state_dict(carry(start.state_dict()))
    train(start, 20, first=8)
    train(other, 20, first=8)
    # as in test_reference: both do the same sums, in another order
    for left, right in zip(values(start), values(other), strict=True):
        torch.testing.assert_close(left, right, rtol=0, atol=1e-12)
    ours = start if ours_first else other
    assert [(type(s["step"]), s["step"]) for s in ours.state.values()] == [(int, 20)] * 2


def test_the_decay_mode_comes_along_from_torch():
    theirs = train(torch.optim.AdamW(parameters(), weight_decay=0.1), 2)
    ours = Adam(parameters(), weight_decay=COUPLED)
    ours.load_state_dict(theirs.state_dict())
    (group,) = ours.param_groups
    assert (group["weight_decay"], group["weight_decouple"]) == (0.1, True)

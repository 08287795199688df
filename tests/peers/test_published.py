"""What the table says of the published AdaBeliefs is so, row by row, with the real packages."""

import pytest
import torch

from checks.peers.calls import PAIRS
from checks.peers.compare import compare
from checks.peers.packages import OURS, PEERS
from checks.peers.peer import STEPS, VISIBLE, drawn_at, initial, quiet
from checks.peers.rows import DATA, load

BY_NAME = {peer.name: peer for peer in PEERS}
ROWS = load(DATA)


def installed(name):
    """The peer, if it can be run here."""
    reason = BY_NAME[name].missing()
    if reason:
        pytest.skip(f"{name} is not run: {reason}; `make peers` installs it")
    return BY_NAME[name]


def made(name, **flags):
    """An optimizer of that package for torch, and its parameters."""
    params = [torch.nn.Parameter(value) for value in initial()]
    with quiet():
        return installed(name).names()["AdaBelief"](params, **flags), params


def step(optimizer, params, t):
    for param, gradient in zip(params, drawn_at(t), strict=True):
        param.grad = gradient.clone()
    with quiet():
        optimizer.step()


def same(left, right):
    """Whether two paths, lists of lists of tensors, are equal to the last bit."""
    steps = zip(left, right, strict=True)
    return all(torch.equal(*both) for step in steps for both in zip(*step, strict=True))


def paths(name, call, numbers=None):
    return [step.values for step in installed(name).train(call, numbers)]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_run_of_the_package_makes_the_rows_of_the_table_again(name):
    peer = installed(name)
    rows = [row for row in ROWS if row.peer == name]
    assert len(rows) == len(PAIRS[name])
    for row, pair in zip(rows, PAIRS[name], strict=True):
        again = compare(peer, pair)
        assert (again.theirs, again.ours, again.note) == (row.theirs, row.ours, row.note)
        assert (again.same, again.apart, again.writes) == (row.same, row.apart, row.writes), row
        if not row.same:
            # What is more than rounding is the same on every machine, to the digits kept.
            assert again.as_called == pytest.approx(row.as_called, rel=0.1), row
            assert again.visible == pytest.approx(row.visible, rel=0.1), row


@pytest.mark.parametrize("call", sorted({row.ours for row in ROWS}))
def test_a_call_of_ours_is_a_call(call):
    path = OURS.train(call)
    assert len(path) == STEPS and all(torch.isfinite(value).all() for value in path[-1].values)


def test_numbers_that_make_epsilon_visible_do():
    textbook = "AdaBelief(params, rectify=False, optimized_update=False)"
    folded = "AdaBelief(params, rectify=False)"
    stored = "AdaBelief(params, rectify=False, accumulate_eps=True)"
    ends = [OURS.train(call, VISIBLE)[-1].values[0] for call in (textbook, folded, stored)]
    for one, other in ((0, 1), (1, 2), (0, 2)):
        assert (ends[one] - ends[other]).abs().max() > 1e-3
    # With the default, the place of epsilon hides in rounding.
    ends = [OURS.train(call)[-1].values[0] for call in (textbook, folded, stored)]
    assert (ends[0] - ends[1]).abs().max() < 1e-12 > (ends[1] - ends[2]).abs().max()


# ## Where they cannot be matched, or not by the same flags


@pytest.mark.parametrize("name", ["adabelief-pytorch", "timm"])
def test_amsgrad_is_ignored_when_rectified(name):
    without, with_it = "AdaBelief(params)", "AdaBelief(params, amsgrad=True)"
    assert same(paths(name, without, VISIBLE), paths(name, with_it, VISIBLE))
    ours = [[step.values for step in OURS.train(call, VISIBLE)] for call in (without, with_it)]
    assert not same(*ours)


WRITERS = {
    "adabelief-pytorch": {"weight_decouple": False},
    "pytorch_optimizer": {"weight_decouple": False},
    "torch_optimizer": {},
}


@pytest.mark.parametrize("name", WRITERS)
def test_coupled_decay_is_written_into_the_gradient(name):
    optimizer, params = made(name, weight_decay=0.125, **WRITERS[name])
    before = [param.detach().clone() for param in params]
    step(optimizer, params, 1)
    for param, value, gradient in zip(params, before, drawn_at(1), strict=True):
        assert torch.equal(param.grad, gradient + 0.125 * value)
        assert not torch.equal(param.grad, gradient)


def test_timms_coupled_decay_leaves_the_gradient_alone():
    optimizer, params = made("timm", weight_decay=0.125, decoupled_decay=False)
    step(optimizer, params, 1)
    for param, gradient in zip(params, drawn_at(1), strict=True):
        assert torch.equal(param.grad, gradient)


def test_labmls_positions_slip():
    optimizer, params = made("labml-nn")
    assert optimizer.param_groups[0]["amsgrad"] is True
    assert optimizer.optimized_update is False and not optimizer.degenerated_to_sgd
    before = [param.detach().clone() for param in params]
    for t in range(1, 6):
        step(optimizer, params, t)
        assert same([params], [before])
    step(optimizer, params, 6)
    assert not same([params], [before])


def test_torch_optimizers_maximum_grows_without_bound():
    optimizer, params = made("torch_optimizer", amsgrad=True, eps=2**-10)
    for _ in range(50):
        for param in params:
            param.grad = torch.zeros_like(param)
        with quiet():
            optimizer.step()
    for param in params:
        assert torch.equal(
            optimizer.state[param]["max_exp_avg_var"], torch.full_like(param, 50 * 2**-10)
        )
        assert not optimizer.state[param]["exp_avg_var"].any()


def test_torch_optimizer_rectifies_a_step_earlier_and_does_not_correct_before():
    optimizer, params = made("torch_optimizer", rectify=True)
    for t in range(1, 6):
        before = [param.detach().clone() for param in params]
        step(optimizer, params, t)
        for param, value in zip(params, before, strict=True):
            uncorrected = value - 1e-3 * optimizer.state[param]["exp_avg"]
            assert torch.equal(param, uncorrected) == (t < 5)


def test_keras_keeps_hyper_parameters_in_float32():
    peer = installed("adabelief-tf")
    with quiet():
        optimizer = peer.names()["AdaBeliefOptimizer"]()
        optimizer._create_all_weights([])
    assert float(optimizer.beta_1) == torch.tensor(0.9).item() != 0.9

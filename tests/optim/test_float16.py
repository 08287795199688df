"""In float16 an epsilon of 1e-16 is zero and small gradients are subnormal: no NaN comes of it."""

import math

import pytest
import torch
from cases import FLAGS, each_engine, members

SUBNORMAL = 2.0**-24  # the smallest float16
GRADIENTS = {
    "zero": [0.0],
    "subnormal": [SUBNORMAL],
    "one-then-zero": [1.0, 0.0],
    "alternating": [SUBNORMAL, -SUBNORMAL],
    "largest": [65504.0],
    "largest-then-subnormal": [65504.0, SUBNORMAL],
}


def half():
    return torch.tensor([1.0, -2.0, 0.0, 65504.0], dtype=torch.float16).requires_grad_()


def combinations(kind):
    yield {}
    for name, default in FLAGS[kind].items():
        yield {name: not default}


@pytest.mark.parametrize("gradients", GRADIENTS.values(), ids=GRADIENTS)
@each_engine(False, True)
def test_no_gradient_makes_a_nan(optimizer, fused, gradients):
    for given in combinations(optimizer):
        p = half()
        # The parameter that is as large as it gets may not leave its range: small steps.
        ours = optimizer([p], lr=1e-4, eps=1e-16, fused=fused, **given)
        before = p.detach().clone()
        for t in range(30):
            p.grad = torch.full_like(p, gradients[t % len(gradients)])
            ours.step()
        assert p.isfinite().all(), given
        state = [v for v in ours.state[p].values() if isinstance(v, torch.Tensor)]
        assert all(v.isfinite().all() and v.dtype != torch.float16 for v in state), given
        if gradients == [0.0]:
            assert torch.equal(p, before), given


@each_engine(False, True)
def test_it_is_the_step_of_float32_rounded(optimizer, fused):
    p = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float16).requires_grad_()
    ours = optimizer([p], lr=0.01, eps=1e-16, fused=fused)
    for t in range(1, 20):
        q = p.detach().float().requires_grad_()
        exact = optimizer([q], lr=0.01, eps=1e-16, fused=fused)
        exact.load_state_dict(ours.state_dict())
        p.grad = torch.tensor([SUBNORMAL, 1.0, 0.0], dtype=torch.float16) * (-1) ** t
        q.grad = p.grad.float()
        ours.step()
        exact.step()
        assert torch.equal(p, q.half())


@each_engine(False, True)
def test_a_step_with_an_infinite_gradient_is_left_out_by_the_scaler(optimizer, fused):
    model = torch.nn.Linear(3, 1)
    ours = optimizer(model.parameters(), lr=0.01, eps=1e-16, fused=fused)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16)
    seen = []
    for t in range(12):
        before = [p.detach().clone() for p in members(ours)]
        ours.zero_grad()
        with torch.autocast("cpu", dtype=torch.float16):
            loss = model(torch.ones(2, 3)).square().mean()
        scaler.scale(loss).backward()
        if t == 5:
            model.weight.grad[0, 1] = math.inf
        scaler.step(ours)
        moved = not all(map(torch.equal, before, members(ours)))
        seen.append(moved)
        assert all(p.isfinite().all() for p in members(ours))
        scaler.update()
    left_out = seen.count(False)
    assert not seen[5] and left_out < 12
    assert {int(state["step"]) for state in ours.state.values()} == {12 - left_out}

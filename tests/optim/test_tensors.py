"""Every kind of tensor: half precision, complex, any memory format, scalars, nothing at all."""

import copy

import pytest
import torch
from cases import (
    MODES,
    OPTIMIZERS,
    VISIBLE,
    decay,
    gradient,
    members,
    moments,
    parameters,
    same,
    train,
    values,
)

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)
HALF = pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
MAXIMUM = {"amsgrad": True}
WITH_MAXIMUM = [(Adam, {}), (AMSGrad, {}), (RAdam, MAXIMUM), (AdaBelief, MAXIMUM)]


@HALF
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("optimizer", "flags"), WITH_MAXIMUM)
def test_half_precision_is_computed_in_float32_and_rounded_once(optimizer, flags, mode, dtype):
    given = {**VISIBLE, **flags, "weight_decay": decay(mode)}
    half = optimizer(parameters(dtype=dtype), **given)
    single = optimizer([p.float() for p in values(half)], **given)
    for t in range(1, 13):
        for index, (p, q) in enumerate(zip(members(half), members(single), strict=True)):
            p.grad = gradient(p, index, t)
            q.grad = p.grad.float()
        half.step()
        single.step()
        for q in members(single):
            q.copy_(q.to(dtype))
    assert same([p.float() for p in values(half)], values(single))
    assert same(moments(half), moments(single))
    assert {m.dtype for m in moments(half)} == {torch.float32}
    assert {p.dtype for p in members(half)} == {dtype}


@HALF
@EACH
def test_state_of_half_precision_stays_float32_through_a_checkpoint(optimizer, dtype):
    ours = train(optimizer(parameters(dtype=dtype), **VISIBLE), 4)
    other = optimizer(values(ours), **VISIBLE)
    other.load_state_dict(ours.state_dict())
    assert same(moments(other), moments(ours))
    assert {m.dtype for m in moments(other)} == {torch.float32}
    copied = copy.deepcopy(ours)
    assert same(values(train(ours, 9, first=5)), values(train(other, 9, first=5)))
    assert same(values(ours), values(train(copied, 9, first=5)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@EACH
def test_dtype_is_kept(optimizer, dtype):
    ours = train(optimizer(parameters(dtype=dtype)), 7)
    assert {t.dtype for t in [*members(ours), *moments(ours)]} == {dtype}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [torch.complex64, torch.complex128], ids=str)
@pytest.mark.parametrize(("optimizer", "flags"), WITH_MAXIMUM)
def test_complex_parameters_count_as_pairs_of_reals(optimizer, flags, dtype, mode):
    given = {**VISIBLE, **flags, "weight_decay": decay(mode)}
    ours = optimizer(parameters((3,), (2, 2), (), dtype=dtype), **given)
    pairs = optimizer([torch.view_as_real(p) for p in values(ours)], **given)
    for t in range(1, 13):
        for index, (p, q) in enumerate(zip(members(ours), members(pairs), strict=True)):
            p.grad = gradient(p, index, t)
            q.grad = torch.view_as_real(p.grad)
        ours.step()
        pairs.step()
    assert same([torch.view_as_real(p) for p in values(ours)], values(pairs))
    # as in torch, a checkpoint holds complex moments
    assert {m.dtype for m in moments(ours)} == {dtype}
    assert same([torch.view_as_real(m) for m in moments(ours)], moments(pairs))


@EACH
def test_a_conjugate_view_as_gradient_counts_as_its_value(optimizer):
    lazy, plain = (optimizer(parameters((3,), dtype=torch.complex128), **VISIBLE) for _ in "12")
    for t in range(1, 9):
        grad = gradient(members(lazy)[0], 0, t)
        members(lazy)[0].grad = grad.conj()
        members(plain)[0].grad = grad.conj().resolve_conj()
        lazy.step()
        plain.step()
    assert same(values(lazy), values(plain))


LAYOUTS = {
    "channels-last": ((2, 3, 4, 5), lambda x: x.to(memory_format=torch.channels_last)),
    "transposed": ((4, 3), lambda x: x.T.contiguous().T),
    "permuted": ((2, 3, 4), lambda x: x.permute(2, 0, 1).contiguous().permute(1, 2, 0)),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.complex64], ids=str)
@pytest.mark.parametrize("grad_alike", [True, False], ids=["gradient-alike", "gradient-contiguous"])
@pytest.mark.parametrize("layout", LAYOUTS)
@EACH
def test_memory_format_of_the_parameter_is_kept(optimizer, layout, grad_alike, dtype):
    shape, lay = LAYOUTS[layout]
    dense = optimizer(parameters(shape, dtype=dtype), **VISIBLE, weight_decay=0.1)
    ours = optimizer([lay(p) for p in values(dense)], **VISIBLE, weight_decay=0.1)
    (p,), strides = members(ours), members(ours)[0].stride()
    assert strides != members(dense)[0].stride()
    for t in range(1, 9):
        members(dense)[0].grad = gradient(p, 0, t).contiguous()
        p.grad = lay(members(dense)[0].grad) if grad_alike else members(dense)[0].grad.clone()
        dense.step()
        ours.step()
    assert same(values(ours), values(dense))
    assert {t.stride() for t in [p, *moments(ours)]} == {strides}
    other = optimizer(values(ours))
    other.load_state_dict(ours.state_dict())
    assert {m.stride() for m in moments(other)} == {strides}


@EACH
def test_a_slice_of_a_larger_tensor_is_updated_in_place(optimizer):
    base = torch.ones(6, 4, dtype=torch.float64)
    ours = optimizer([base[1:5:2, ::3].requires_grad_()], **VISIBLE)
    dense = optimizer([torch.ones(2, 2, dtype=torch.float64)], **VISIBLE)
    train(ours, 8)
    assert same(values(ours), values(train(dense, 8)))
    touched = base != 1
    assert touched.sum() == 4 and touched[1:5:2, ::3].all()


@EACH
def test_scalars_and_empty_tensors_are_parameters(optimizer):
    ours = train(optimizer(parameters((), (0,), (3, 0), (1,)), **VISIBLE), 8)
    assert [tuple(p.shape) for p in members(ours)] == [(), (0,), (3, 0), (1,)]
    assert [ours.state[p]["step"] for p in members(ours)] == [8] * 4
    # a scalar moves as the same number in a vector does
    vector = optimizer([p.reshape(-1) for p in values(optimizer(parameters(())))], **VISIBLE)
    for t in range(1, 9):
        members(vector)[0].grad = gradient(members(ours)[0], 0, t).reshape(-1)
        vector.step()
    assert values(vector)[0].item() == values(ours)[0].item()


@EACH
def test_what_autograd_saved_before_the_step_is_known_to_be_stale(optimizer):
    for p in parameters((3,), dtype=torch.float64) + parameters((3,), dtype=torch.bfloat16):
        ours = optimizer([p])
        loss = (p * p).sum()
        p.grad = torch.ones_like(p)
        ours.step()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()

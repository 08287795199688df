"""A partition holds only for tensors that are what they were, whichever way that is found out."""

import importlib.util
import sys
from contextlib import nullcontext

import pytest
import torch
from agree import ODD, cloned, gradient, parameter
from torch import Tensor, nn

from labml_optim import AdaBelief
from labml_optim.fused import partition, plan, unchanged

GUARDS = unchanged.Guards is None
TELLERS = [
    pytest.param(
        unchanged.by_guard,
        id="by-guard",
        marks=pytest.mark.skipif(GUARDS, reason="this torch has no TensorGuards"),
    ),
    pytest.param(unchanged.by_comparison, id="by-comparison"),
]


def tensors():
    return [torch.zeros(2, 3), nn.Parameter(torch.zeros(4)), torch.zeros(())]


# What the first of them is replaced by.
OTHERS = {
    "another shape": lambda: torch.zeros(3, 2),
    "more dimensions": lambda: torch.zeros(2, 3, 1),
    "another number of elements": lambda: torch.zeros(2, 4),
    "other strides": lambda: torch.zeros(3, 2).T,
    "gaps": lambda: torch.zeros(2, 6)[:, ::2],
    "other numbers": lambda: torch.zeros(2, 3, dtype=torch.bfloat16),
    "numbers of the same size": lambda: torch.zeros(2, 3, dtype=torch.int32),
    "another device": lambda: torch.zeros(2, 3, device="meta"),
    "another class": lambda: nn.Parameter(torch.zeros(2, 3)),
    "a sign to be turned": lambda: torch.complex(torch.zeros(2, 3), torch.ones(2, 3)).conj().imag,
    "nothing": lambda: None,
    "no strides": lambda: torch.zeros(2, 3).to_sparse(),
    "strides that are an error": lambda: torch.zeros(2, 3).to_sparse_csr(),
}


@pytest.mark.parametrize("tell", TELLERS)
def test_other_tensors_that_are_alike_are_alike(tell):
    assert tell(tensors())(*tensors())
    # Whether there is a gradient, and what the numbers are, does not matter.
    changed = tensors()
    changed[0].fill_(7)
    changed[1].grad = torch.ones(4)
    assert tell(tensors())(*changed)


@pytest.mark.filterwarnings("ignore:Sparse CSR")
@pytest.mark.parametrize("tell", TELLERS)
@pytest.mark.parametrize("other", OTHERS)
def test_a_tensor_that_is_otherwise_is_noticed(tell, other):
    first, *rest = tensors()
    assert not tell([first, *rest])(OTHERS[other](), *rest)
    assert not tell([*rest, first])(*rest, OTHERS[other]())


@pytest.mark.parametrize("tell", TELLERS)
def test_the_order_matters(tell):
    assert not tell(tensors())(*reversed(tensors()))


@pytest.mark.skipif(GUARDS, reason="this torch has no TensorGuards")
def test_each_is_compared_only_where_one_call_for_all_says_no(monkeypatch):
    asked = []
    monkeypatch.setattr(unchanged, "by_comparison", lambda _: lambda *now: not asked.append(now))
    same, other = unchanged.unchanged(tensors()), tensors()[::-1]
    assert same(*tensors()) and not asked
    assert same(*other) and len(asked) == 1


def test_no_tensors_are_like_no_tensors():
    assert unchanged.unchanged([])()


def test_the_same_tensor_twice_is_compared_twice():
    one, other = tensors()[:2]
    same = unchanged.unchanged([one, other, one])
    assert same(one, other, one) and not same(one, other, other)


def test_two_parameters_may_have_the_same_gradient_for_good(monkeypatch):
    made = []
    real = unchanged.by_comparison
    monkeypatch.setattr(unchanged, "by_comparison", lambda given: made.append(1) or real(given))
    params = [torch.ones(3, requires_grad=True) for _ in "12"]
    ours = AdaBelief(params, fused=True)
    for _ in range(5):
        params[0].grad = params[1].grad = torch.ones(3)
        ours.step()
    # The partition is made once, not at each step.
    assert made == [1] and torch.equal(*params)


def autocast(param, t):
    param.grad = torch.ones(3)
    return torch.autocast("cpu", enabled=t % 2 == 0)


def gradient_of_a_gradient(param, t):
    param.grad = torch.ones(3, requires_grad=t % 2 == 0)
    return nullcontext()


def frozen_now_and_then(param, t):
    param.grad = torch.ones(3)
    param.requires_grad_(t % 2 == 0)
    return nullcontext()


@pytest.mark.parametrize("change", [autocast, gradient_of_a_gradient, frozen_now_and_then])
def test_what_does_not_matter_needs_no_new_partition(change, monkeypatch):
    made = []
    real = partition.unchanged
    monkeypatch.setattr(partition, "unchanged", lambda given: made.append(1) or real(given))
    found = {}
    for fused in (True, False):
        param = torch.ones(3, requires_grad=True)
        ours = AdaBelief([param], fused=fused)
        for t in range(8):
            with change(param, t):
                ours.step()
        found[fused] = param.detach()
    assert made == [1] and torch.allclose(found[True], found[False])


@pytest.mark.parametrize("error", [TypeError, SystemError, RuntimeError, None])
def test_a_torch_without_guards_or_with_others_will_do(monkeypatch, error):
    def refuse(*tensors: Tensor, **given: object) -> None:
        raise error("other arguments")  # type: ignore[misc]

    monkeypatch.setattr(unchanged, "Guards", error and refuse)
    start = [parameter(ODD[name], torch.float32, seed=i) for i, name in enumerate(ODD)]
    pairs = [[cloned(p) for p in start] for _ in "12"]
    slow = AdaBelief(pairs[0], fused=True)
    step(slow, pairs[0])
    monkeypatch.undo()
    quick = AdaBelief(pairs[1], fused=True)
    step(quick, pairs[1])
    for p, q in zip(*pairs, strict=True):
        assert torch.equal(p, q)


def test_a_torch_that_has_no_such_class_will_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch._C._dynamo.guards", None)
    spec = importlib.util.spec_from_file_location("labml_optim.fused.older", unchanged.__file__)
    older = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(older)
    same = older.unchanged(tensors())
    assert older.Guards is None and same(*tensors()) and not same(*tensors()[::-1])


def step(optimizer, params):
    for t in range(1, 9):
        for i, (name, p) in enumerate(zip(ODD, params, strict=True)):
            p.grad = gradient(ODD[name], p.dtype, i, t)
        optimizer.step()


@pytest.mark.parametrize("error", [TypeError, RuntimeError])
def test_a_torch_that_takes_one_tensor_at_a_time_is_given_one(error, monkeypatch):
    def only_one(tensor):
        if isinstance(tensor, list):
            raise error("a list")
        told.append(tensor)

    told = []
    monkeypatch.setattr(torch.autograd.graph, "increment_version", only_one)
    spec = importlib.util.spec_from_file_location("labml_optim.fused.older", plan.__file__)
    older = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(older)
    older.bump([torch.ones(1), torch.ones(2)])
    assert [tensor.numel() for tensor in told] == [1, 2]

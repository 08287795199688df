"""Corner cases of threads, memory, classes and partitions, in which an engine could go wrong."""

import threading
from itertools import product
from operator import mul
from types import SimpleNamespace

import pytest
import torch

from labml_optim import AdaBelief, Adam, AMSGrad
from labml_optim.fused import partition, plan, table
from labml_optim.fused.table import dense, fits, shard
from labml_optim.fused.traced import trace_step


def leaf(*values, dtype=torch.float32):
    return torch.tensor(values, dtype=dtype).requires_grad_()


def plans(optimizer):
    return list(vars(optimizer)["_plans"].values())


def test_a_step_of_another_thread_between_preparing_and_moving(monkeypatch):
    small, large = torch.ones(3).requires_grad_(), torch.ones(100_000).requires_grad_()
    optimizer = Adam([small, large], fused=True)
    small.grad = torch.ones(3)
    optimizer.step()
    prepare, others = plan.Plan.prepare, []

    def interrupted(self, *given):
        move = prepare(self, *given)
        if not others:
            others.append(threading.Thread(target=optimizer.step))
            large.grad, small.grad = torch.ones(100_000), None
            others[0].start()
            others[0].join()
        return move

    monkeypatch.setattr(plan.Plan, "prepare", interrupted)
    optimizer.step()
    # Each of the two threads has stepped what it had prepared.
    assert optimizer.state[small]["step"] == 2
    assert optimizer.state[large]["step"] == 1
    assert bool((large < 1).all())


@pytest.mark.parametrize("first", [0, 100, 100_000])
@pytest.mark.parametrize("ordinary", [0, 1])
def test_a_gradient_that_is_nowhere_in_memory(first, ordinary):
    param = torch.ones(500).requires_grad_()
    optimizer = Adam([param], fused=True, weight_decay=0.5, lr=0.1)
    # A part of it says that it begins some bytes behind address 0.
    nowhere = torch._efficientzerotensor(first + 500)[first:]
    for grad in [torch.ones(500)] * ordinary + [nowhere]:
        param.grad = grad
        optimizer.step()
    assert optimizer.state[param]["step"] == ordinary + 1
    assert plans(optimizer)[0].latest.others == [0]
    param.grad = torch.ones(500)
    optimizer.step()
    assert plans(optimizer)[0].latest.others == []


def test_who_watches_the_operations_sees_them():
    param = leaf(2.0)
    optimizer = Adam([param], lr=0.5, fused=True)
    param.grad = torch.ones(1)
    optimizer.step()
    param.data.fill_(2.0)
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        loss = (param**3).sum()
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
    assert param.grad.item() == 12.0


@pytest.fixture
def flushed():
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot take small numbers for 0")
    yield
    torch.set_flush_denormal(False)


def test_small_numbers_of_16_bits_where_the_processor_takes_those_of_32_for_0(flushed):
    param = leaf(1.0, 5e-6, dtype=torch.float16)
    before = param[1].item()
    optimizer = Adam([param], lr=1e-2, fused=True)
    param.grad = torch.tensor([6e-5, 0.0], dtype=torch.float16)
    optimizer.step()
    assert param[0].item() < 0.995 and param[1].item() == before > 0


def test_a_key_that_the_optimizer_does_not_know():
    param = torch.zeros(3, requires_grad=True)
    optimizer = Adam([param], lr=0.1, fused=True)
    (group,) = optimizer.param_groups
    group["nesterov"] = True
    param.grad = torch.ones(3)
    optimizer.step()
    assert sorted(optimizer.state[param]) == ["exp_avg", "exp_avg_sq", "step"]


def test_a_gradient_that_becomes_the_parameter():
    ends = []
    for fused in (False, True):
        param = torch.ones(5, requires_grad=True)
        optimizer = Adam([param], lr=0.1, weight_decay=1.0, fused=fused)
        param.grad = torch.ones(5)
        optimizer.step()
        for _ in range(5):
            param.grad = param.detach()
            optimizer.step()
        ends.append(param.detach())
    assert torch.equal(*ends)


def test_a_parameter_of_another_class_shares_memory():
    class Own(torch.nn.Parameter):
        pass

    ends = []
    for fused in (False, True):
        base = torch.ones(5)
        params = [Own(base), torch.nn.Parameter(base)]
        optimizer = Adam(params, lr=0.1, weight_decay=1.0, fused=fused)
        for _ in range(3):
            params[0].grad, params[1].grad = torch.ones(5), torch.full((5,), -2.0)
            optimizer.step()
        ends.append(base)
    assert torch.equal(*ends)


def test_gradients_may_share_memory_with_each_other():
    params = [torch.ones(5, requires_grad=True) for _ in range(3)]
    optimizer = AdaBelief(params, fused=True)
    shared = torch.ones(5)
    for param in params:
        param.grad = shared
    optimizer.step()
    assert plans(optimizer)[0].latest.rows == [0, 1, 2]


def test_a_method_put_on_a_class_later_on():
    class Late(Adam):
        pass

    param = leaf(0.0)
    optimizer = Late([param], lr=0.1, fused=True)
    param.grad = torch.ones(1)
    optimizer.step()
    Late.update = lambda self, *arguments: None
    with pytest.raises(RuntimeError, match="Late overrides update"):
        optimizer.step()


def test_a_check_of_ones_own_is_called():
    own = type("Own", (Adam,), {"check_gradients": lambda self, params: None})
    with pytest.raises(RuntimeError, match="Own overrides check_gradients"):
        own([leaf(0.0)], fused=True)


def test_a_maximum_that_was_given_up_does_not_come_back():
    ends = []
    for engine in (False, True):
        param = torch.zeros(4, requires_grad=True)
        optimizer = AMSGrad([param], lr=0.1, fused=engine)
        (group,) = optimizer.param_groups
        switches = [(engine, False), (False, True), (engine, False), (engine, True)]
        for t, (group["fused"], group["amsgrad"]) in enumerate(switches):
            param.grad = torch.full((4,), 10.0 if t == 1 else 0.1)
            optimizer.step()
        ends.append(param.detach())
    torch.testing.assert_close(*ends, rtol=1e-6, atol=0)


def test_a_gradient_that_comes_and_goes_makes_two_partitions(monkeypatch):
    make, made = plan.make_partition, []
    monkeypatch.setattr(plan, "make_partition", lambda *given: made.append(1) or make(*given))
    params = [torch.ones(5, requires_grad=True) for _ in range(3)]
    optimizer = Adam(params, fused=True)
    for t in range(10):
        for i, param in enumerate(params):
            param.grad = torch.ones(5) if i or t % 2 else None
        optimizer.step()
    assert [optimizer.state[param]["step"] for param in params] == [5, 10, 10]
    # Once more, because the first of them got its state with its first gradient.
    assert len(made) <= 3


def test_of_many_partitions_the_oldest_goes(monkeypatch):
    monkeypatch.setattr(plan, "LIMIT", 3)
    make, made = plan.make_partition, []
    monkeypatch.setattr(plan, "make_partition", lambda *given: made.append(1) or make(*given))
    params = [torch.ones(5, requires_grad=True) for _ in range(5)]
    optimizer = Adam(params, fused=True)

    def step(missing):
        for i, param in enumerate(params):
            param.grad = None if i == missing else torch.ones(5)
        optimizer.step()
        return len(made)

    # Each has its state first; then there are three partitions, and a fourth drives out the first.
    before = step(None)
    assert [step(i) - before for i in (0, 1, 2, 1, 2, 0)] == [1, 2, 3, 3, 3, 3]
    assert [step(i) - before for i in (3, 1, 2, 0)] == [4, 4, 4, 5]
    assert len(plans(optimizer)[0].partitions) == 3


def test_a_group_that_is_gone_is_not_kept():
    params = [torch.ones(5, requires_grad=True) for _ in range(2)]
    optimizer = Adam([{"params": [param]} for param in params], fused=True)
    for param in params:
        param.grad = torch.ones(5)
    optimizer.step()
    optimizer.param_groups.pop()
    optimizer.step()
    assert len(plans(optimizer)) == 1


@pytest.mark.parametrize("make", [torch.Tensor.to_sparse, torch.Tensor.to_mkldnn])
def test_what_has_no_strides_is_not_dense(make):
    assert dense(torch.eye(2)) and not dense(make(torch.eye(2)))


class Odd(torch.Tensor):
    pass


@pytest.mark.parametrize("odd", ["neither", "parameter", "gradient"])
def test_a_tensor_of_a_subclass_is_not_traced(odd):
    values = torch.ones(3)
    param = values.as_subclass(Odd) if odd == "parameter" else values
    param.requires_grad_()
    optimizer = Adam([param], fused=True)
    param.grad = torch.ones(3).as_subclass(Odd) if odd == "gradient" else torch.ones(3)
    assert (trace_step(optimizer) is None) == (odd != "neither")


# What a tensor of a row must not be, made of 2 by 3 zeros.
UNFIT = {
    "its sign is turned": torch._neg_view,
    "not in memory": lambda zeros: torch._efficientzerotensor(2, 3),
    "no strides": torch.Tensor.to_sparse,
    "another order": lambda zeros: torch.zeros(3, 2).T,
    "another shape": lambda zeros: torch.zeros(3, 2),
    "other numbers": torch.Tensor.double,
    "another device": lambda zeros: zeros.to("meta"),
}


@pytest.mark.parametrize("place", range(1, 5))
@pytest.mark.parametrize("unfit", UNFIT)
def test_one_tensor_that_does_not_fit_is_enough(unfit, place):
    row = [torch.zeros(2, 3) for _ in range(5)]
    assert fits(row[0], row[1], row[2:])
    row[place] = UNFIT[unfit](row[place])
    assert not fits(row[0], row[1], row[2:])


def test_dense_is_what_fills_a_stretch_of_memory():
    memory = torch.zeros(200)
    seen = set()
    for size in product((1, 2, 3), repeat=3):
        for stride in product((1, 2, 3, 6), repeat=3):
            tensor = memory.as_strided(size, stride)
            places = {sum(map(mul, at, stride)) for at in product(*map(range, size))}
            fills = len(places) == tensor.numel() == max(places) + 1
            assert dense(tensor) == fills, (size, stride)
            seen.add(fills)
    assert seen == {True, False}


def test_what_other_processes_have_yet_to_send_is_waited_for(monkeypatch):
    here = torch.zeros(3)
    late = SimpleNamespace(trigger_wait=lambda: here)
    monkeypatch.setattr(table, "distributed", lambda tensor: isinstance(tensor, SimpleNamespace))
    assert shard(SimpleNamespace(to_local=lambda: late)) is here
    assert shard(SimpleNamespace(to_local=lambda: here)) is here and shard(here) is here


@pytest.mark.parametrize("place", range(4))
def test_what_is_spread_in_different_ways_is_none_for_a_kernel(place, monkeypatch):
    param = leaf(1.0, 2.0)
    optimizer = Adam([param], fused=True)
    param.grad = torch.ones(2)
    optimizer.step()
    (group,), state = optimizer.param_groups, optimizer.state[param]
    row = [param, param.grad, state["exp_avg"], state["exp_avg_sq"]]
    assert partition.takes(optimizer, group, param, {"cpu"}) is not None
    assert partition.takes(optimizer, group, param, {"cuda"}) is None
    # A sum that is not yet made has the shape of the whole.
    monkeypatch.setattr(partition, "placement", lambda tensor: tensor is row[place])
    assert partition.takes(optimizer, group, param, {"cpu"}) is None


@pytest.mark.parametrize("place", range(4))
def test_a_tensor_of_a_subclass_is_none_for_a_kernel(place, monkeypatch):
    optimizer = Adam([leaf(1.0, 2.0)], fused=True)
    (group,) = optimizer.param_groups
    row = [torch.zeros(2) for _ in range(4)]
    monkeypatch.setattr(partition, "moments", lambda *_: row[2:])
    for kind, taken in ((torch.nn.Parameter, True), (Odd, False)):
        row[place] = row[place].as_subclass(kind)
        row[0].grad = row[1]
        assert (partition.takes(optimizer, group, row[0], {"cpu"}) is not None) == taken


# What may change of a parameter or a gradient that is left to the annotated code.
LAYOUTS = {
    "its strides": lambda tensor: torch.zeros(2, 2).T,
    "its numbers": torch.Tensor.double,
    "its sign is turned": torch._neg_view,
    "it is not in memory": lambda tensor: torch._efficientzerotensor(2, 2),
}


@pytest.mark.parametrize("which", ["parameter", "gradient"])
@pytest.mark.parametrize("change", LAYOUTS)
def test_another_layout_of_what_is_left_is_noticed(change, which):
    param = torch.zeros(2, 2)
    optimizer = Adam([param])

    class Pair(torch.Tensor):
        grad = None

    def layouts(param, grad):
        pair = param.as_subclass(Pair)
        pair.grad = grad
        return partition.layouts(optimizer, [pair])

    change = LAYOUTS[change]
    changed = (change(param), param) if which == "parameter" else (param, change(param))
    assert layouts(param, param) == layouts(param, param) != layouts(*changed)


def test_tensors_with_the_same_gaps_are_none_for_a_kernel():
    gaps = [torch.zeros(2, 6)[:, ::2] for _ in "param grad m v".split()]
    param, grad, *moments = gaps
    assert not fits(param, grad, moments)
    param, grad, *moments = map(torch.clone, gaps)
    assert fits(param, grad, moments) == dense(param)
    param, grad, *moments = (tensor.contiguous() for tensor in gaps)
    assert fits(param, grad, moments)

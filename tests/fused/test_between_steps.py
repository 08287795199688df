"""Whatever happens between two steps, the fused engine does what the annotated code does."""

import copy
import gc
import io
import pickle
import threading
import weakref
from array import array

import pytest
import torch
from agree import (
    DTYPES,
    ODD,
    UNITS,
    Odd,
    Twins,
    cloned,
    fused_rows,
    gradient,
    members,
    near,
    parameter,
)
from cases import COMPUTED

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam
from labml_optim.fused import plan
from labml_optim.fused.cpu import launch as cpu

EACH = pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)
VALUES = {"lr": 0.02, "betas": (0.9, 0.97), "eps": 1e-3, "weight_decay": 0.1}
VECTOR = ODD["vector"]


def pair(kind=AMSGrad, dtype=torch.float32, count=3, **given):
    """Twins with some vectors, after three steps."""
    params = [parameter(VECTOR, dtype, seed=i) for i in range(count)]
    return train(Twins(kind, params, **{**VALUES, **given}), 3)


def train(twins, last, first=1):
    for t in range(first, last + 1):
        twins.step(
            [
                gradient(VECTOR, p.dtype, i, t)[: p.numel()].view(p.shape)
                for i, p in enumerate(members(twins.fused))
            ]
        )
    return twins


def go_on(twins, rows=None):
    """Three steps more. The kernel has had `rows` of them: all, if that is not said."""
    train(twins, 6, first=4).agree()
    assert fused_rows(twins.fused) == (rows or [True] * len(members(twins.fused)))


# What the kernel writes


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@EACH
def test_what_is_written_has_a_new_version(kind, dtype):
    twins = pair(kind, dtype)
    for optimizer in twins.both():
        p = members(optimizer)[0]
        written = [p, *(x for x in optimizer.state[p].values() if isinstance(x, torch.Tensor))]
        before = [x._version for x in written]
        optimizer.step()
        assert all(x._version > was for x, was in zip(written, before, strict=True))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@EACH
def test_a_backward_pass_that_needs_an_overwritten_parameter_is_refused(kind, dtype):
    for first in (True, False):
        ours = kind([parameter(VECTOR, dtype)], fused=True)
        (p,) = members(ours)
        p.grad = gradient(VECTOR, dtype, 0, 1)
        if not first:
            ours.step()
        loss = (p * p).sum()
        ours.step()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()


# Other memory


def larger(p):
    return torch.ones(2 * p.numel(), dtype=p.dtype)


def smaller(p):
    return torch.ones(3, dtype=p.dtype)


def shorter_view(p):
    return p.data[:-1]


@pytest.mark.parametrize("change", [larger, smaller, shorter_view])
def test_another_size_is_refused_and_nothing_is_written(change):
    twins = pair()
    for optimizer in twins.both():
        first, _, last = members(optimizer)
        # Around the parameter lies memory that is not its own.
        guarded, new = torch.full((1000,), 7.0), change(last)
        inside = slice(500, 500 + new.numel())
        last.data, last.grad = guarded[inside].copy_(new), None
        last.grad = torch.ones_like(last)
        kept, before, steps = guarded.clone(), first.detach().clone(), counts(optimizer)
        with pytest.raises(RuntimeError, match="parameter 2 is now"):
            optimizer.step()
        assert torch.equal(guarded, kept) and torch.equal(first, before)
        assert counts(optimizer) == steps
        # Without its old state it goes on.
        optimizer.state.pop(last)
        optimizer.step()
        assert (guarded[inside] != kept[inside]).all()
        guarded[inside] = kept[inside]
        assert torch.equal(guarded, kept)
    assert fused_rows(twins.fused) == [True] * 3
    twins.agree()


def counts(optimizer):
    return [optimizer.state[p].get("step") for p in members(optimizer)]


def test_a_gradient_left_over_from_another_size_is_refused():
    twins = pair()
    for optimizer in twins.both():
        p = members(optimizer)[1]
        p.data = larger(p)
        with pytest.raises(RuntimeError, match="gradient of parameter 1 has shape"):
            optimizer.step()
        assert torch.equal(p, larger(p)[: p.numel()])


def test_a_shorter_view_of_the_same_memory_is_refused_and_the_rest_of_it_kept():
    twins = pair()
    for optimizer in twins.both():
        p = members(optimizer)[1]
        whole, before = p.data, p.detach().clone()
        p.data = whole[:-1]
        assert p.data_ptr() == whole.data_ptr()
        with pytest.raises(RuntimeError, match="gradient of parameter 1 has shape"):
            optimizer.step()
        assert torch.equal(whole, before)


def test_other_numbers_in_the_same_memory_are_refused():
    twins = pair(dtype=torch.float16)
    for optimizer in twins.both():
        p = members(optimizer)[1]
        p.data = p.data.view(torch.bfloat16)
        before = p.detach().clone()
        with pytest.raises(RuntimeError, match="gradient of parameter 1 has dtype"):
            optimizer.step()
        assert torch.equal(p, before)


def test_a_matrix_may_be_transposed_where_it_is():
    odd = Odd((8, 8))
    twins = Twins(AdaBelief, [parameter(odd, torch.float32)], **VALUES)
    for t in range(1, 7):
        twins.step([gradient(odd, torch.float32, 0, t)])
        if t == 3:
            for optimizer in twins.both():
                (p,) = members(optimizer)
                p.data = p.data.T
    # A moment lies as the parameter did.
    assert fused_rows(twins.fused) == [False]
    twins.agree()


@pytest.mark.parametrize("key", ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"])
@pytest.mark.parametrize("resize", [False, True])
def test_a_moment_that_has_become_shorter_is_refused_and_not_written_beyond(key, resize):
    twins = pair()
    for optimizer in twins.both():
        state = optimizer.state[members(optimizer)[1]]
        whole, before = state[key], state[key].clone()
        state[key] = whole[:-1].clone().resize_(3) if resize else whole[:-1]
        with pytest.raises(RuntimeError, match="is now|must match"):
            optimizer.step()
        assert whole[-1] == before[-1]


@pytest.mark.parametrize("to", DTYPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_another_type_of_number_is_treated_as_by_the_annotated_code(dtype, to):
    if dtype == to:
        return
    twins = pair(dtype=dtype)
    exact = [torch.float32 if d in (torch.bfloat16, torch.float16) else d for d in (dtype, to)]
    for optimizer in twins.both():
        p = members(optimizer)[1]
        p.data = p.data.to(to)
        # The gradient is still of the old type.
        with pytest.raises(RuntimeError, match="gradient of parameter 1 has dtype"):
            optimizer.step()
        p.grad = p.grad.to(to)
        if exact[0] != exact[1]:
            with pytest.raises(RuntimeError, match="parameter 1 is now"):
                optimizer.step()
            optimizer.state[p].clear()
    # The type that it had is what its values are rounded to.
    units = UNITS[dtype] * torch.finfo(dtype).eps / torch.finfo(to).eps
    train(twins, 6, first=4).agree({**UNITS, to: max(units, UNITS[to])})
    assert all(fused_rows(twins.fused))


@pytest.mark.parametrize("swap", [False, True])
def test_a_module_may_be_given_another_type(swap):
    before = torch.__future__.get_swap_module_params_on_conversion()
    torch.__future__.set_swap_module_params_on_conversion(swap)
    try:
        torch.manual_seed(0)
        found = []
        for fused in (True, False):
            module = torch.nn.Linear(5, 3)
            with torch.no_grad():
                for i, p in enumerate(module.parameters()):
                    p.copy_(torch.arange(p.numel()).view(p.shape) / 10 + i)
            ours = AdaBelief(module.parameters(), **VALUES, fused=fused)
            for dtype in (torch.float32, torch.bfloat16, torch.float64, torch.float32):
                module.to(dtype)
                # Moments follow a parameter only where somebody takes care of it.
                ours.load_state_dict(ours.state_dict())
                for _ in range(3):
                    ours.zero_grad()
                    (module(torch.ones(2, 5, dtype=dtype)) ** 2).sum().backward()
                    ours.step()
            found.append([p.detach() for p in module.parameters()])
            assert not fused or all(fused_rows(ours))
    finally:
        torch.__future__.set_swap_module_params_on_conversion(before)
    for mine, its in zip(*found, strict=True):
        # Where bfloat16 falls on the other side, it is one unit of that.
        near(mine, its, 2**16, its.abs().max().item(), "parameter")


def new_memory(optimizer):
    for p in members(optimizer):
        p.data = p.data.clone()


def new_memory_for_one(optimizer):
    members(optimizer)[1].data = members(optimizer)[1].data.clone()


def unaligned(optimizer):
    for p in members(optimizer):
        p.data = torch.cat([p.data[:1], p.data])[1:]


def every_second_place(optimizer):
    for p in members(optimizer):
        p.data = torch.stack([p.data, p.data], -1)[:, 0]


def tied(optimizer):
    # Both are stepped as often as before, one after the other.
    first, second, _ = members(optimizer)
    second.data = first.data


def new_moments(optimizer):
    for state in optimizer.state.values():
        state["exp_avg"] = state["exp_avg"].clone()


def new_memory_for_moments(optimizer):
    for state in optimizer.state.values():
        for value in state.values():
            if isinstance(value, torch.Tensor):
                value.data = value.data.clone()


def other_values(optimizer):
    for state in optimizer.state.values():
        state["exp_avg_sq"] = torch.full_like(state["exp_avg_sq"], 0.25)


def no_state(optimizer):
    optimizer.state.clear()


def no_state_for_one(optimizer):
    del optimizer.state[members(optimizer)[1]]


def empty_state_for_one(optimizer):
    optimizer.state[members(optimizer)[1]].clear()


def no_maximum(optimizer):
    for state in optimizer.state.values():
        del state["max_exp_avg_sq"]


def another_count(optimizer):
    optimizer.state[members(optimizer)[2]]["step"] = 1000


def checkpoint(optimizer):
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


def checkpoint_in_the_optimizers_own_memory(optimizer):
    optimizer.load_state_dict(optimizer.state_dict())


def another_group(optimizer):
    optimizer.param_groups = [dict(optimizer.param_groups[0])]


def two_groups(optimizer):
    (group,) = optimizer.param_groups
    optimizer.param_groups = [
        {**group, "params": group["params"][:1]},
        {**group, "params": group["params"][1:], "lr": 0.3},
    ]


def turned_round(optimizer):
    optimizer.param_groups[0]["params"].reverse()


def other_list(optimizer):
    optimizer.param_groups[0]["params"] = list(optimizer.param_groups[0]["params"])


def other_tensors_in_the_same_memory(optimizer):
    params = optimizer.param_groups[0]["params"]
    params[:] = [p.detach().requires_grad_() for p in params]


def fewer(optimizer):
    del optimizer.param_groups[0]["params"][1]


def shared_memory(optimizer):
    for p in members(optimizer):
        p.share_memory_()


def grows_in_place(optimizer):
    # where the elements are changes, the tensor does not
    for p in members(optimizer):
        kept = p.detach().clone()
        p.untyped_storage().resize_(100 * p.untyped_storage().nbytes())
        p.detach().copy_(kept)


CHANGES = [
    *(new_memory, new_memory_for_one, unaligned, new_moments, new_memory_for_moments),
    *(other_values, no_state, no_state_for_one, empty_state_for_one, no_maximum, another_count),
    *(checkpoint, checkpoint_in_the_optimizers_own_memory, another_group, two_groups),
    *(turned_round, other_list, other_tensors_in_the_same_memory, fewer, shared_memory),
    grows_in_place,
]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_after_a_change_it_goes_on_as_the_annotated_code_does(change, dtype):
    twins = pair(dtype=dtype)
    for optimizer in twins.both():
        change(optimizer)
    go_on(twins)


def test_what_no_kernel_can_take_is_left_to_the_annotated_code_for_as_long():
    twins = pair()
    for optimizer in twins.both():
        every_second_place(optimizer)
    go_on(twins, [False] * 3)
    for optimizer in twins.both():
        new_memory(optimizer)  # dense again
    train(twins, 9, first=7).agree()
    assert fused_rows(twins.fused) == [True] * 3


def test_parameters_that_are_tied_later_are_stepped_one_after_the_other():
    twins = pair()
    for optimizer in twins.both():
        tied(optimizer)
    go_on(twins, [False, False, True])
    # When each has a memory of its own again, all that has changed is where they are.
    for optimizer in twins.both():
        new_memory_for_one(optimizer)
    train(twins, 9, first=7).agree()
    assert fused_rows(twins.fused) == [True] * 3


@pytest.mark.parametrize("key", ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"])
def test_moments_that_are_no_longer_dense_are_left_to_the_annotated_code(key):
    twins = pair()
    states = [optimizer.state[members(optimizer)[1]] for optimizer in twins.both()]
    for state in states:
        state[key] = torch.stack([state[key]] * 2, -1)[:, 0]
    go_on(twins, [True, False, True])
    for state in states:
        state[key] = state[key].clone(memory_format=torch.contiguous_format)
    train(twins, 9, first=7).agree()
    assert fused_rows(twins.fused) == [True] * 3


def test_tensors_are_divided_once_as_long_as_nothing_changes(monkeypatch):
    made, make = [], plan.make_partition
    monkeypatch.setattr(plan, "make_partition", lambda *given: made.append(1) or make(*given))
    twins = pair()
    for optimizer in twins.both():
        for p in members(optimizer)[:2]:
            p.data = torch.stack([p.data, p.data], -1)[:, 0]
    made.clear()
    go_on(twins, [False, False, True])
    assert made == [1]


def test_so_it_is_in_each_group(monkeypatch):
    made, make = [], plan.make_partition
    monkeypatch.setattr(plan, "make_partition", lambda *given: made.append(1) or make(*given))
    params = [parameter(VECTOR, torch.float32) for _ in range(3)]
    optimizer = Adam([{"params": [p]} for p in params], fused=True)
    for t in range(1, 9):
        for i, p in enumerate(params):
            p.grad = gradient(VECTOR, p.dtype, i, t)
        if t == 5:
            optimizer.param_groups[0]["params"] = params[:1]
        optimizer.step()
        assert len(made) == len(params) + (t >= 5)


def test_a_gradient_whose_sign_is_turned_when_it_is_read_may_come_later():
    twins = Twins(AdaBelief, [parameter(ODD["scalar"], torch.float32)], **VALUES)
    for t in range(1, 7):
        grad = gradient(ODD["scalar"], torch.float32, 0, t)
        twins.step([torch.complex(grad, -grad).conj().imag if t == 4 else grad])
        assert fused_rows(twins.fused) == [t != 4]
        twins.agree()


def test_one_gradient_of_another_layout_is_left_to_the_annotated_code_once():
    odd = ODD["gradient-spaced"]
    dense = Odd(odd.shape)
    twins = Twins(AdaBelief, [parameter(odd, torch.float32, seed=i) for i in range(2)], **VALUES)
    for t in range(1, 13):
        for_first = odd if t in (1, 2, 7, 9) else dense
        twins.step(
            [
                gradient(for_first, torch.float32, 0, t),
                gradient(dense, torch.float32, 1, t),
            ]
        )
        twins.agree()
        assert fused_rows(twins.fused) == [for_first is dense, True]


def test_a_group_may_be_added():
    twins = pair()
    for optimizer in twins.both():
        new = {"params": [parameter(VECTOR, torch.float64, seed=9)], "lr": 0.3, "amsgrad": False}
        optimizer.add_param_group(new)
    go_on(twins)
    assert counts(twins.fused) == [6, 6, 6, 3]


@pytest.mark.parametrize("start", [None, False])
def test_the_engine_may_be_changed_between_two_steps(start):
    twins = pair(AdaBelief)
    (group,) = twins.fused.param_groups
    for t, fused in enumerate([start, True, start, start, True, False, True], 4):
        group["fused"] = fused
        train(twins, t, first=t).agree()


def test_what_an_optimizer_no_longer_has_is_not_kept_alive():
    twins = pair()
    gone = weakref.ref(members(twins.fused)[0])
    for optimizer in twins.both():
        old = optimizer.param_groups[0]["params"][0]
        optimizer.param_groups = [{**optimizer.param_groups[0]}]
        optimizer.param_groups[0]["params"] = optimizer.param_groups[0]["params"][1:]
        del optimizer.state[old], old
    train(twins, 4, first=4)
    gc.collect()
    assert gone() is None


# Shared memory


def views(kind, weight_decay, fused, slices):
    base = torch.linspace(1, 2, 16)
    params = [base[s].requires_grad_() for s in slices]
    return base, kind(params, **{**VALUES, "weight_decay": weight_decay, "lr": 0.3}, fused=fused)


SLICES = {
    "the same": [slice(0, 16), slice(0, 16)],
    "one within another": [slice(0, 16), slice(4, 8)],
    "one after another": [slice(0, 8), slice(8, 16)],
    "overlapping": [slice(0, 10), slice(6, 16), slice(3, 4)],
    "dense, then not": [slice(0, 16), slice(0, 16, 2)],
    "not dense, then dense": [slice(0, 16, 2), slice(0, 16)],
    "last element only": [slice(0, 16, 5), slice(15, 16), slice(1, 2)],
}


@pytest.mark.parametrize("slices", SLICES.values(), ids=SLICES)
@EACH
def test_parameters_that_share_memory_are_stepped_one_after_the_other(kind, slices):
    found = []
    for fused in (True, False):
        # a strong decay, so that the order matters
        base, ours = views(kind, 2.0, fused, slices)
        for t in range(1, 9):
            for i, p in enumerate(members(ours)):
                p.grad = torch.linspace(-1, 1, p.numel()) * (i + 1) + t % 3
            ours.step()
        found.append(base)
    near(*found, 32, found[1].abs().max().item(), "memory")


@EACH
def test_two_parameters_may_share_a_gradient(kind):
    twins = pair(kind)
    shared = gradient(VECTOR, torch.float32, 0, 5).clone()
    twins.step([shared, shared, shared])
    twins.agree()
    train(twins, 9, first=5).agree()


def test_a_gradient_may_be_the_parameter_itself():
    # without decay, which would change the gradient as well
    twins = pair(weight_decay=0.0)
    for optimizer in twins.both():
        for _ in range(3):
            for p in members(optimizer):
                p.grad = p.detach()
            optimizer.step()
    twins.coupled.update(members(twins.annotated))
    twins.agree()


def test_a_parameter_whose_sign_is_turned_when_it_is_read():
    found = []
    for fused in (True, False):
        p = torch.tensor(1 + 2j).conj().imag.detach().requires_grad_()
        assert p.is_neg()
        ours = Adam([p], **VALUES, fused=fused)
        for _ in range(3):
            p.grad = torch.ones(())
            ours.step()
        found.append(p.item())
    assert found[0] == pytest.approx(found[1], rel=1e-6)


# Wrong gradients


# torch does not let one assign a gradient of another type or shape. It does not look when the
# parameter becomes another one.


def give_sparse(p):
    p.grad = torch.ones_like(p).to_sparse()


def give_another_type(p):
    kept = p.data
    p.data, p.grad = kept.double(), None
    p.grad = torch.ones_like(p)
    p.data = kept


def give_another_shape(p):
    kept = p.data
    p.data, p.grad = kept[:-1], None
    p.grad = torch.ones_like(p)
    p.data = kept


WRONG = {give_sparse: "layout", give_another_type: "dtype", give_another_shape: "shape"}


@pytest.mark.parametrize("late", [False, True], ids=["first step", "later"])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_wrong_gradient_is_refused_before_anything_has_moved(wrong, late):
    groups = [
        {"params": [parameter(VECTOR, torch.float32, seed=i) for i in range(2)]},
        {"params": [parameter(VECTOR, torch.float32, seed=i) for i in range(2)]},
    ]
    twins = Twins(Adam, groups, **VALUES)
    if late:
        train(twins, 3)
    for ours in twins.both():
        for p in members(ours):
            p.grad = torch.ones_like(p)
        members(ours)[-1].grad = None
        wrong(members(ours)[-1])
        before, steps = [p.detach().clone() for p in members(ours)], counts(ours)
        with pytest.raises(RuntimeError, match=f"gradient of parameter 3 has {WRONG[wrong]}"):
            ours.step()
        assert all(torch.equal(p, q) for p, q in zip(members(ours), before, strict=True))
        assert counts(ours) == steps


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_wrong_gradient_is_refused_also_where_there_is_no_kernel(wrong):
    twins = pair()
    for ours in twins.both():
        first, *_, last = members(ours)
        last.data = torch.stack([last.data] * 2, -1)[:, 0]
        for _ in range(2):
            ours.step()
        last.grad = None
        wrong(last)
        before, steps = first.detach().clone(), counts(ours)
        with pytest.raises(RuntimeError, match=f"gradient of parameter 2 has {WRONG[wrong]}"):
            ours.step()
        assert torch.equal(first, before) and counts(ours) == steps
    assert fused_rows(twins.fused) == [True, True, False]


# Copies, threads, devices


@pytest.mark.parametrize("carry", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
@EACH
def test_a_copy_goes_on_by_itself(kind, carry):
    twins = pair(kind)
    original = members(twins.fused)[0]
    kept = original.detach().clone()
    twins.fused = carry(twins.fused)
    go_on(twins)
    assert torch.equal(original, kept)


def test_a_checkpoint_of_one_engine_is_one_of_the_other():
    twins = pair(AdaBelief)
    for source, target in (twins.both(), twins.both()[::-1]):
        file = io.BytesIO()
        torch.save(source.state_dict(), file)
        file.seek(0)
        target.load_state_dict(torch.load(file))
        assert target.param_groups[0]["fused"] is (target is twins.fused)
    go_on(twins)


def test_optimizers_step_in_threads_of_their_own():
    large = Odd((50_000,))
    start = [parameter(large, torch.float32, seed=i) for i in range(4)]
    grads = [gradient(large, torch.float32, 0, t) for t in range(1, 21)]

    def run(ours):
        for grad in grads:
            members(ours)[0].grad = grad
            ours.step()

    alone, together = (
        [kind([cloned(p)], fused=True) for kind, p in zip(COMPUTED, start, strict=True)]
        for _ in "12"
    )
    threads = [threading.Thread(target=run, args=[ours]) for ours in together]
    for thread in threads:
        thread.start()
    for ours in alone:
        run(ours)
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        assert torch.equal(members(one)[0], members(other)[0])


@EACH
def test_parameters_without_memory_wait_for_it(kind):
    module = torch.nn.Linear(3, 2, device="meta")
    ours = kind(module.parameters(), fused=True)
    ours.step()
    module.to_empty(device="cpu")
    torch.nn.init.ones_(module.weight)
    ours = kind(module.parameters(), fused=True)
    module(torch.ones(1, 3)).sum().backward()
    ours.step()
    assert all(fused_rows(ours)) and (module.weight < 1).all()


def test_no_gradient_at_all_is_a_step_too():
    ours = RAdam([parameter(VECTOR, torch.float32)], fused=True)
    ours.add_param_group({"params": []})
    assert ours.step() is None and not ours.state
    (p,) = members(ours)
    for _ in range(2):
        p.grad = torch.ones_like(p)
        ours.step()
        p.grad = None
        ours.step()
    assert ours.state[p]["step"] == 2


def test_a_type_that_no_kernel_knows_does_not_stand_in_the_way():
    frozen = torch.nn.Parameter(torch.ones(3, dtype=torch.int8), requires_grad=False)
    twins = Twins(Adam, [frozen, parameter(VECTOR, torch.float32)], **VALUES)
    for t in range(1, 4):
        twins.step([None, gradient(VECTOR, torch.float32, 0, t)])
    twins.fused.param_groups[0]["params"].pop(0)
    assert torch.equal(frozen, torch.ones(3, dtype=torch.int8))
    assert fused_rows(twins.fused) == [False]


def test_a_launch_that_fails_does_not_count_as_a_step(monkeypatch):
    params = [torch.ones(3).requires_grad_(), torch.ones(2).double().requires_grad_()]
    optimizer = AdaBelief(params, fused=True)
    for param in params:
        param.grad = torch.ones_like(param)
    optimizer.step()

    def failing(*_):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patched:
        patched.setattr(cpu, "launch", failing)
        with pytest.raises(RuntimeError, match="out of memory"):
            optimizer.step()
    assert [optimizer.state[param]["step"] for param in params] == [1, 1]
    optimizer.step()
    assert [optimizer.state[param]["step"] for param in params] == [2, 2]


def test_prefetching_an_address_of_nothing_does_no_harm():
    cpu.prefetch(torch.float32, array("Q", [0, 1, 2**48 - 1, 2**64 - 1, id(cpu)]))

"""Memory is free with the last reference to it, and does not wait for the collector."""

import gc
import weakref

import pytest
import torch
from cases import OPTIMIZERS, each_engine


@pytest.fixture(autouse=True, scope="module")
def no_collector():
    gc.collect()
    gc.disable()
    # What is there before is not looked through each time.
    gc.freeze()
    yield
    gc.unfreeze()
    gc.enable()


def nothing(ours, p):
    pass


def several_steps(ours, p):
    for _ in range(3):
        p.grad = torch.ones_like(p)
        ours.step()


def two_partitions(ours, p):
    several_steps(ours, p)
    p.grad = None
    ours.step()
    several_steps(ours, p)


def a_failed_step(ours, p):
    ours.param_groups[0]["lr"] = -1.0
    with pytest.raises(ValueError):
        ours.step()
    ours.param_groups[0]["lr"] = 0.1
    grad, p.grad = p.grad, torch.ones_like(p).to_sparse()
    with pytest.raises(RuntimeError):
        ours.step()
    p.grad = grad


def a_group_more(ours, p):
    q = torch.nn.Parameter(torch.zeros(3))
    ours.add_param_group({"params": [q]})
    several_steps(ours, p)
    with pytest.raises(ValueError):
        ours.add_param_group({"params": [p]})


def a_checkpoint(ours, p):
    ours.load_state_dict(ours.state_dict())
    several_steps(ours, p)
    with pytest.raises(ValueError):
        ours.load_state_dict({})


def hooks(ours, p):
    ours.register_step_pre_hook(lambda *_: None)
    ours.register_step_post_hook(lambda *_: None)
    ours.register_state_dict_post_hook(lambda *_: None)
    ours.register_load_state_dict_post_hook(lambda *_: None)
    a_checkpoint(ours, p)


def a_closure(ours, p):
    ours.step(lambda: (p * p).sum().backward())


def a_tensor_as_rate(ours, p):
    ours.param_groups[0]["lr"] = torch.tensor(0.1)
    several_steps(ours, p)


def watched(ours, p):
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        ours.step()


USES = [nothing, several_steps, two_partitions, a_failed_step, a_group_more, a_checkpoint, hooks]
USES += [a_closure, a_tensor_as_rate, watched]


def freed(kind, use, **given):
    p = torch.nn.Parameter(torch.zeros(1 << 10))
    ours = kind([p], **given)
    p.grad = torch.ones_like(p)
    ours.step()
    use(ours, p)
    seen = [weakref.ref(each) for each in (p, ours, ours.state[p]["exp_avg"])]
    del p, ours
    return [each() is None for each in seen]


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
@each_engine(None, False, True)
def test_what_an_optimizer_has_is_freed_with_it(optimizer, fused, use):
    # What is loaded on first use may have cycles of its own.
    freed(optimizer, use, fused=fused)
    gc.collect()
    assert freed(optimizer, use, fused=fused) == [True, True, True]


def test_a_cycle_would_be_seen():
    def cycle(ours, p):
        ours.myself = ours

    assert freed(OPTIMIZERS[0], cycle)[1] is False
    gc.collect()

"""What a subclass says is never passed over: it runs annotated, and `fused=True` is refused."""

import dataclasses
import types

import pytest
import torch
from agree import ODD, fused_rows, gradient, members, parameter
from cases import FLAGS, OPTIMIZERS

from labml_optim import AdaBelief, Adam, GenericAdaptiveOptimizer, RAdam, WeightDecay

VECTOR = ODD["vector"]


class Called(Exception):
    """A hook of a subclass has run."""


def called(optimizer, *_, **__):
    # RAdam's constructor asks whether it `rectifies`.
    if hasattr(optimizer, "ready"):
        raise Called


HOOKS = [
    *("prepare_step", "step_tensors", "step_tensor", "step_exact", "step_counted", "step_param"),
    *("prepare", "get_mv", "get_lr", "get_step", "update"),
]
MORE = {
    RAdam: [*HOOKS, "get_maximum", "calc_rectification_term", "rectifies"],
    AdaBelief: [*HOOKS, "get_maximum", "calc_rectification_term", "rectifies"],
}
EVERY = [
    pytest.param(kind, name, id=f"{kind.__name__}-{name}")
    for kind in OPTIMIZERS
    for name in MORE.get(kind, HOOKS)
]


def vector():
    p = parameter(VECTOR, torch.float32)
    p.grad = gradient(VECTOR, torch.float32, 0, 1)
    return p


def subclass(kind, name):
    return type("Mine", (kind,), {name: called})


def test_the_hooks_are_all_that_a_step_calls():
    # What else an optimizer has is called before a step or after it, not in it.
    known = {
        *("__init__", "__module__", "__doc__", "__getstate__", "__annotations__"),
        *("__init_subclass__", "sibling", "check_group", "add_param_group", "init_state"),
        *("new_state", "state_dict", "named", "load_state_dict", "check_gradients"),
        *("step", "step_groups", "current", "refuse_capture"),
        *("step_traced", "start_traced_step", "finish_traced_step"),
        *("__annotate_func__", "__static_attributes__", "__firstlineno__", "__abstractmethods__"),
        *("_abc_impl", "__parameters__", "__annotations_cache__", "__classcell__"),
    }
    for kind in (*OPTIMIZERS, GenericAdaptiveOptimizer):
        assert vars(kind).keys() - known <= {*HOOKS, *MORE[RAdam]}, kind


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_an_overridden_hook_is_called_and_refuses_the_kernel(kind, name):
    mine, p = subclass(kind, name), vector()
    with pytest.raises(RuntimeError, match=f"Mine overrides {name}, .*fused=None"):
        mine([p], fused=True)
    for fused in (None, False):
        ours = mine([p], fused=fused)
        ours.ready = True
        if "amsgrad" in FLAGS[kind]:
            # so that there is something to take a maximum of
            ours.param_groups[0]["amsgrad"] = True
        with pytest.raises(Called):
            ours.step()
        # Asking for the kernel later is refused as well. (`prepare_step` is what would refuse it.)
        before = p.detach().clone()
        ours.param_groups[0]["fused"] = True
        error, words = (
            (Called, None) if name == "prepare_step" else (RuntimeError, f"overrides {name}")
        )
        with pytest.raises(error, match=words):
            ours.step()
        assert torch.equal(p, before)


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.__name__)
def test_a_group_that_asks_for_the_kernel_is_refused_when_it_is_added(kind):
    mine = subclass(kind, "update")
    ours = mine([vector()])
    with pytest.raises(RuntimeError, match="Mine overrides update"):
        ours.add_param_group({"params": [vector()], "fused": True})
    assert len(ours.param_groups) == 1
    with pytest.raises(RuntimeError, match="Mine overrides update"):
        mine([{"params": [vector()]}, {"params": [vector()], "fused": True}])


def test_several_hooks_are_all_named():
    mine = type("Mine", (subclass(Adam, "get_lr"),), {"get_mv": called})
    with pytest.raises(RuntimeError, match="Mine overrides get_mv, get_lr"):
        mine([vector()], fused=True)


def test_a_hook_that_an_optimizer_of_ours_has_overridden_is_no_subclass():
    for kind in OPTIMIZERS:
        ours = kind([vector()], fused=True)
        ours.step()
        assert fused_rows(ours) == [True]


def test_a_subclass_that_leaves_the_hooks_alone_is_fused():
    class Mine(AdaBelief):
        def __init__(self, params, **given):
            super().__init__(params, **{"lr": 0.5, **given})

        def state_dict(self):
            return super().state_dict()

    ours, its = (kind([vector()], lr=0.5, fused=True) for kind in (Mine, AdaBelief))
    for optimizer in (ours, its):
        optimizer.step()
        assert fused_rows(optimizer) == [True]
    assert torch.equal(members(ours)[0], members(its)[0])


def test_a_state_of_its_own_is_filled_by_the_subclass():
    class Mine(Adam):
        def init_state(self, state, group, param):
            super().init_state(state, group, param)
            state["exp_avg_sq"].fill_(4.0)
            state["note"] = "mine"

    found = []
    for fused in (True, False):
        ours = Mine([vector()], lr=0.5, fused=fused)
        ours.step()
        (state,) = ours.state.values()
        assert state["note"] == "mine"
        found.append(members(ours)[0].detach())
        assert not fused or fused_rows(ours) == [True]
    torch.testing.assert_close(*found, rtol=1e-6, atol=0)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_put_on_one_object_is_seen(name, late):
    ours = Adam([vector()], fused=True)
    ours.ready = True
    if late:
        ours.step()
    (p,) = members(ours)
    before = p.detach().clone()
    setattr(ours, name, types.MethodType(called, ours))
    # `prepare_step` is what would choose the engine, and is called in its place.
    with pytest.raises(Called if name == "prepare_step" else RuntimeError):
        ours.step()
    assert torch.equal(p, before)
    ours.param_groups[0]["fused"] = None
    with pytest.raises(Called):
        ours.step()
    delattr(ours, name)
    ours.param_groups[0]["fused"] = True
    ours.step()
    assert fused_rows(ours) == [True] and not torch.equal(p, before)


@dataclasses.dataclass(frozen=True)
class Pull(WeightDecay):
    """Pulls towards one."""

    def __call__(self, param, grad, group):
        param.lerp_(torch.ones_like(param), group["lr"] * group["weight_decay"])
        return grad


def test_a_rule_of_decay_of_ones_own_is_honoured():
    with pytest.raises(RuntimeError, match="Pull is a rule of weight decay .*fused=None"):
        Adam([vector()], weight_decay=Pull(0.5), fused=True)
    for fused in (None, False):
        ours = Adam([vector()], lr=0.5, weight_decay=Pull(2.0), fused=fused)
        (p,) = members(ours)
        p.grad = torch.zeros_like(p)
        ours.step()
        torch.testing.assert_close(p.detach(), torch.ones_like(p))


@pytest.mark.parametrize("rule", [Pull(0.5), lambda param, grad, group: grad])
def test_a_rule_that_is_put_in_later_is_seen(rule):
    ours = Adam([vector()], weight_decay=0.5, fused=True)
    ours.step()
    before = members(ours)[0].detach().clone()
    ours.weight_decay = rule
    with pytest.raises(RuntimeError, match="a rule of weight decay that the kernels do not know"):
        ours.step()
    assert torch.equal(members(ours)[0], before)


def test_a_device_without_an_engine_is_named():
    class Elsewhere(torch.Tensor):
        device = torch.device("xla")

    p = vector().detach().as_subclass(Elsewhere).requires_grad_()
    with pytest.raises(RuntimeError, match="no fused engine for xla, only for cpu and cuda"):
        Adam([p], fused=True)
    Adam([p], fused=None)

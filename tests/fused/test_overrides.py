"""What a kernel does not compute runs annotated, and `fused=True` is refused by name."""

import dataclasses
import functools
import sys
import tokenize
import types
from pathlib import Path

import pytest
import torch
from agree import ODD, fused_rows, gradient, members, parameter
from cases import COMPUTED, FLAGS, OPTIMIZERS
from copies import copy, imported

import labml_optim
from labml_optim import AdaBelief, Adam, AMSGrad, GenericAdaptiveOptimizer, RAdam, WeightDecay
from labml_optim.fused import overrides, partition

VECTOR = ODD["vector"]
ROOT = Path(labml_optim.__file__).parents[1]


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
    for kind in COMPUTED
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
        *("step", "step_groups", "current", "refuse_capture", "refuse_gradient"),
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


@pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)
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
    for kind in COMPUTED:
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


# What was added or replaced


class OnCuda(torch.nn.Parameter):
    """A parameter on the CPU that says it is on CUDA, which is where the kernel is the default."""

    is_cuda = True


def ends(make, fused, kind=torch.nn.Parameter, steps=3):
    """Where an optimizer takes a parameter, with gradients that get smaller."""
    p = kind(torch.full((5,), 0.5))
    optimizer = make([p], lr=0.5, fused=fused)
    p.grad = torch.linspace(-3, 3, 5)
    for _ in range(steps):
        optimizer.step()
        p.grad = p.grad / 2
    return p.detach().as_subclass(torch.Tensor).clone()


def runs_annotated(make, words):
    """`fused=True` is refused in these words, and the default is the annotated code."""
    with pytest.raises(RuntimeError, match=f"^fused=True: .*{words}.*fused=None$"):
        ends(make, True)
    # What is asked for later is refused as well, before anything has moved.
    ours = make([vector()])
    ours.param_groups[0]["fused"] = True
    before = members(ours)[0].detach().clone()
    with pytest.raises(RuntimeError, match=words):
        ours.step()
    assert torch.equal(members(ours)[0], before) and not ours.state
    assert torch.equal(ends(make, None, OnCuda), ends(make, False))


ADAMS, PLAIN = Adam.get_mv, ends(Adam, False)


def clipped(self, state, group, grad):
    return ADAMS(self, state, group, grad.clamp(-1, 1))


def test_the_made_up_device_is_what_chooses_the_kernel(monkeypatch):
    # Else the tests below would say nothing of the default.
    asked = []
    monkeypatch.setattr(partition.cuda, "missing", lambda: asked.append(1) or "there is none")
    assert torch.equal(ends(Adam, None, OnCuda), PLAIN) and asked
    count = len(asked)
    ends(Adam, None)
    assert len(asked) == count


def test_a_wrong_gradient_is_refused_before_the_annotated_code_has_moved_anything():
    params = [OnCuda(torch.full((3,), 0.5)) for _ in "12"]
    ours = type("Mine", (Adam,), {"get_mv": clipped})(params)
    params[0].grad, params[1].grad = torch.ones(3), torch.ones(3).to_sparse()
    with pytest.raises(RuntimeError, match="parameter 1 has layout"):
        ours.step()
    assert not ours.state and (params[0] == 0.5).all()


def written_again(monkeypatch, name, *edit):
    """The class Adam, from a module of its own that lies in the package."""
    text = (ROOT / "labml_optim/adam.py").read_text("utf-8").replace(*edit)
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(text, f"{name}.py", "exec"), vars(module))
    return module.Adam


def test_a_class_that_is_added_to_the_package(monkeypatch):
    edit = "m.lerp_(grad, 1 - beta1)", "m.lerp_(grad.clamp(-1, 1), 1 - beta1)"
    added = written_again(monkeypatch, "labml_optim.newadam", *edit)
    monkeypatch.setattr(labml_optim, "NewAdam", added, raising=False)
    runs_annotated(
        added, r"labml_optim\.newadam\.Adam is no class with a kernel, such as Adam, AMS"
    )
    assert not torch.equal(ends(added, False), PLAIN)


@pytest.mark.parametrize("name", ["NewAdam", "Adam"])
def test_a_subclass_in_the_package_that_overrides_a_hook(name, monkeypatch):
    added = type(name, (Adam,), {"get_mv": clipped, "__module__": "labml_optim.adam"})
    monkeypatch.setattr(sys.modules["labml_optim.adam"], name, added, raising=False)
    monkeypatch.setattr(labml_optim, name, added, raising=False)
    runs_annotated(added, f"{name} overrides get_mv, which the kernels do not call")


def test_a_class_that_is_made_again(monkeypatch):
    again = written_again(monkeypatch, "labml_optim.adam", "", "")
    runs_annotated(again, "Adam is no class with a kernel")
    decorate = dataclasses.dataclass(init=False, eq=False)
    runs_annotated(decorate(type("Adam", (Adam,), {"get_mv": clipped})), "Adam overrides get_mv")


def wrapper(self, state, group, grad):
    return clipped(self, state, group, grad)


def other_code(function):
    """The same function with other code: only the code tells that it was replaced."""
    return types.FunctionType(function.__code__, {**function.__globals__}, function.__name__)


REPLACED = {
    "another function": clipped,
    "a wrapper that claims to be the original": functools.wraps(ADAMS)(wrapper),
    "a partial function": functools.partialmethod(clipped),
    "a property": property(lambda self: functools.partial(clipped, self)),
    "that of a sibling": AdaBelief.get_mv,
    "a copy with globals of its own": other_code(ADAMS),
}


@pytest.mark.parametrize("replaced", REPLACED.values(), ids=REPLACED)
def test_a_method_that_is_replaced_on_our_own_class(replaced, monkeypatch):
    assert torch.allclose(ends(Adam, True), PLAIN)
    monkeypatch.setattr(Adam, "get_mv", replaced)
    with pytest.raises(RuntimeError, match="Adam overrides get_mv"):
        Adam([vector()], fused=True)
    if replaced is not AdaBelief.get_mv:
        runs_annotated(Adam, "Adam overrides get_mv")
        # These call it, by `super()`.
        runs_annotated(AMSGrad, "AMSGrad inherits or uses something else")
        runs_annotated(RAdam, "RAdam inherits or uses something else")
    monkeypatch.undo()
    assert torch.allclose(ends(Adam, True), PLAIN)


def test_a_method_that_is_taken_from_our_own_class(monkeypatch):
    monkeypatch.delattr(GenericAdaptiveOptimizer, "step_tensor")
    with pytest.raises(RuntimeError, match="Adam overrides step_tensor, which"):
        Adam([vector()], fused=True)


def test_a_method_that_is_added_between_two_of_ours(monkeypatch):
    # RAdam calls `super().update`, which was Adam's.
    def update(self, group, param, m, v, step):
        Adam.update(self, group, param, m.sign(), v, step)

    monkeypatch.setattr(AMSGrad, "update", update, raising=False)
    runs_annotated(AMSGrad, "AMSGrad overrides update")
    runs_annotated(RAdam, "RAdam inherits or uses something else")


def test_a_class_that_comes_between_two_of_ours():
    class Clipped(Adam):
        get_mv = clipped

    class Mine(AMSGrad, Clipped):
        pass

    assert Mine.get_mv is AMSGrad.get_mv
    runs_annotated(Mine, "Mine inherits or uses something else")
    assert not torch.equal(ends(Mine, False), ends(AMSGrad, False))


def test_other_code_in_the_same_function(monkeypatch):
    ends(Adam, True)
    monkeypatch.setattr(Adam.get_mv, "__code__", (lambda self, state, group, grad: 1).__code__)
    with pytest.raises(RuntimeError, match="Adam inherits or uses something else"):
        Adam([vector()], fused=True)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_the_code_of_each_hook_is_watched(kind, name, monkeypatch):
    known = overrides.originals(kind)
    assert known.unchanged(kind)
    function = getattr(kind, name)
    other = function.__code__.replace(co_name="other")
    monkeypatch.setattr(function, "__code__", other)
    assert not known.unchanged(kind)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_each_global_that_a_hook_uses_is_watched(kind, name, monkeypatch):
    known = overrides.originals(kind)
    # Also those of the functions that it calls by `super()`.
    for function in (getattr(above, name, None) for above in kind.__mro__[:-1]):
        if function is None:
            break
        for used in function.__code__.co_names:
            if used in function.__globals__:
                monkeypatch.setitem(function.__globals__, used, None)
                assert not known.unchanged(kind), used
                monkeypatch.undo()
    assert known.unchanged(kind)


def test_a_rule_of_decay_that_is_replaced_on_the_class(monkeypatch):
    ends(Adam, True)
    monkeypatch.setattr(WeightDecay, "__call__", lambda self, param, grad, group: grad * 2)
    for kind in COMPUTED:
        runs_annotated(kind, f"{kind.__name__} inherits or uses something else")


def test_a_function_of_a_module_that_is_replaced(monkeypatch):
    # What the functions use is compared as well: `amsgrad.torch` here, and `math` of Adam's module.
    ends(AMSGrad, True)
    fake = types.SimpleNamespace(maximum=torch.minimum, zeros_like=torch.zeros_like)
    monkeypatch.setattr(sys.modules["labml_optim.amsgrad"], "torch", fake)
    runs_annotated(AMSGrad, "AMSGrad inherits or uses something else")
    monkeypatch.undo()
    fake = types.SimpleNamespace(sqrt=lambda x: 1.0)
    monkeypatch.setattr(sys.modules["labml_optim.adam"], "math", fake)
    runs_annotated(Adam, "Adam inherits or uses something else")


def test_an_object_whose_class_is_changed():
    class Clipped(Adam):
        get_mv = clipped

    p = torch.nn.Parameter(torch.ones(3))
    ours = Adam([p], fused=True)
    p.grad = torch.full((3,), 5.0)
    ours.step()
    ours.__class__ = Clipped
    with pytest.raises(RuntimeError, match="Clipped overrides get_mv"):
        ours.step()


@pytest.mark.parametrize("error", [OSError, SyntaxError, tokenize.TokenError])
def test_a_source_that_cannot_be_read_is_none(error, monkeypatch):
    def changed_on_disk(code):
        raise error

    assert overrides.digest(Adam.get_mv) is not None and overrides.digest(len) is None
    monkeypatch.setattr("inspect.getsource", changed_on_disk)
    assert overrides.digest(Adam.get_mv) is None


def test_a_class_above_may_notice_its_subclasses():
    seen = []

    class Noticed:
        def __init_subclass__(cls, **given):
            super().__init_subclass__()
            seen.append((cls.__name__, given))

    class Mine(Adam, Noticed, word=1):
        pass

    assert seen == [("Mine", {"word": 1})]


class Intercepted(Adam):
    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        return functools.partial(clipped, self) if name == "get_mv" else found


def test_a_class_that_intercepts_its_attributes():
    runs_annotated(Intercepted, "Intercepted inherits or uses something else")
    assert not torch.equal(ends(Intercepted, False), PLAIN)


# What is done before the package of kernels is first imported.
CHANGES = {
    "Adam.get_mv = lambda *given: original(*given[:-1], -given[-1])": "Adam.get_mv",
    "Adam.get_mv = functools.wraps(original)(lambda *given: original(*given))": "Adam.get_mv",
    "Adam.get_mv = AdaBelief.get_mv": "Adam.get_mv",
    "Adam.get_mv = property(lambda self: original)": "Adam.get_mv",
    "Adam.update = lambda *given: None": "Adam.update",
    "AMSGrad.update = lambda *given: None": "AMSGrad.update",
    "del AMSGrad.get_mv": "AMSGrad.get_mv",
    "WeightDecay.__call__ = lambda self, param, grad, group: grad": "WeightDecay.__call__",
}  # fmt: skip


@pytest.mark.parametrize(("change", "function"), CHANGES.items(), ids=CHANGES)
def test_what_was_replaced_before_a_kernel_was_first_used(change, function, tmp_path):
    copy(tmp_path, "changed_optim")
    with imported(tmp_path, "changed_optim") as package:
        # The kernels of this copy have not been imported yet.
        exec(change, {**vars(package), "original": package.Adam.get_mv, "functools": functools})
        for name in ("Adam", "AMSGrad"):
            make = getattr(package, name)
            # AMSGrad calls what Adam has; Adam does not call what AMSGrad has.
            if name == "Adam" and function.startswith("AMSGrad"):
                make([vector()], fused=True)
            else:
                with pytest.raises(RuntimeError, match=f"^fused=True: .*{function}"):
                    make([vector()], fused=True)


@pytest.mark.parametrize("kind", COMPUTED)
def test_a_hook_that_a_class_did_not_have_is_named(kind, monkeypatch):
    for name in overrides.NAMES - vars(kind).keys() - {*overrides.NOT_COMPUTED}:
        with monkeypatch.context() as patch:
            patch.setattr(kind, name, called, raising=False)
            problem = f"{kind.__name__}.{name} is not the function that the kernels compute"
            assert overrides.Originals(kind).problem.endswith(problem)

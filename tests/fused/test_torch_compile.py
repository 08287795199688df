"""`torch.compile` of a step computes what the step does, and compiles it once for all numbers."""

import shutil
import sysconfig
from pathlib import Path

import pytest
import torch
from agree import ODD, Twins, gradient, members, parameter
from cases import COMPUTED, FLAGS, MODES, decay
from copies import copy, imported

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam

VALUES = {"lr": 0.02, "betas": (0.9, 0.97), "eps": 1e-3, "weight_decay": 0.1}
VECTOR = ODD["vector"]
EACH = pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)


class Graphs:
    """The backend that runs what was captured as it is, and counts it."""

    def __init__(self):
        self.count, self.operations = 0, 0

    def __call__(self, module, inputs):
        self.count += 1
        self.operations += len([n for n in module.graph.nodes if n.op.startswith("call")])
        return module.forward


@pytest.fixture
def graphs():
    torch._dynamo.reset()
    yield Graphs()
    torch._dynamo.reset()


def compiled(twins, backend, steps, before=lambda t: None, odds=(VECTOR, VECTOR), absent=()):
    """
    Step twins, the first of them compiled.

    * `before` is called with each t, to change what it likes
    * `absent` are pairs of t and the index of a parameter that has no gradient then
    """
    step = twins.fused.step
    twins.fused.step = torch.compile(step, backend=backend)
    for t in range(1, steps + 1):
        before(t)
        pairs = enumerate(zip(odds, members(twins.fused), strict=True))
        grads = [gradient(odd, p.dtype, i, t) for i, (odd, p) in pairs]
        twins.step([None if (t, i) in absent else g for i, g in enumerate(grads)])
    del twins.fused.step
    return twins


def two(kind, fused=None, dtype=torch.float32, **given):
    params = [parameter(VECTOR, dtype, seed=i) for i in range(2)]
    twins = Twins(kind, params, **{**VALUES, **given})
    twins.fused.param_groups[0]["fused"] = fused
    return twins


# What it computes


@pytest.mark.parametrize(
    ("kind", "fused"), [*((kind, False) for kind in COMPUTED), (RAdam, None), (AdaBelief, True)]
)
def test_a_compiled_step_computes_the_same(kind, fused, graphs):
    # seven steps: on both sides of where the rectification sets in
    compiled(two(kind, fused), graphs, 7).agree()
    # The arithmetic was captured: it is not called from outside.
    assert graphs.operations > 20


def combinations():
    for kind in COMPUTED:
        flags = FLAGS[kind]
        for name in [None, *flags]:
            values = {} if name is None else {name: not flags[name]}
            yield pytest.param(kind, values, id="-".join([kind.__name__, *values]))


@pytest.mark.parametrize(("kind", "flags"), list(combinations()))
def test_every_flag_and_decay(kind, flags, graphs):
    groups = [
        {"params": [parameter(VECTOR, torch.float64)], "weight_decay": decay(mode, 0.05)}
        for mode in MODES
    ]
    twins = Twins(kind, groups, **{**VALUES, "eps": 0.1}, **flags)
    compiled(twins, graphs, 8, odds=[VECTOR] * len(MODES)).agree()
    assert graphs.count == 1


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.bfloat16, torch.float16, torch.complex64], ids=str
)
@EACH
def test_every_type_of_number(kind, dtype, graphs):
    compiled(two(kind, dtype=dtype), graphs, 8).agree()
    assert graphs.operations > 20


@EACH
def test_every_odd_tensor(kind, graphs):
    odds = [odd for name, odd in ODD.items() if name != "gradient-turned"]
    params = [parameter(odd, torch.float32, seed=i) for i, odd in enumerate(odds)]
    compiled(Twins(kind, params, **VALUES), graphs, 7, odds=odds).agree()
    # One for all of them, so that what is compiled can be one loop.
    assert graphs.count == 1


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_learning_rate_of_zero_moves_nothing(bad, graphs):
    p = torch.ones(3, requires_grad=True)
    ours = Adam([p], lr=0.0, eps=0.0, weight_decay=decay("absolute"))
    step = torch.compile(ours.step, backend=graphs)
    for _ in range(3):
        p.grad = torch.tensor([0.0, 1.0, bad])
        step()
    assert torch.equal(p, torch.ones(3)) and graphs.count == 1


# How often it is compiled


def rate(twins, t):
    twins.set(0, lr=0.02 * 0.9**t)


def rate_that_ends_at_zero(twins, t):
    twins.set(0, lr=max(0.0, 0.02 - 0.004 * t))


def beta(twins, t):
    twins.set(0, betas=(0.9 - 0.05 * t, 0.97 + 0.001 * t))


def beta_of_zero(twins, t):
    twins.set(0, betas=(0.1 * (t % 2), 0.97))


def epsilon(twins, t):
    twins.set(0, eps=10.0**-t)


def coefficient(twins, t):
    twins.set(0, weight_decay=0.1 * (t % 3))


def mode(twins, t):
    twins.set(0, **list(MODES.values())[t % 3])


def direction(twins, t):
    twins.set(0, maximize=t % 2 == 0)


def form(twins, t):
    twins.set(0, optimized_update=t % 2 == 0)


def tensor_rate(twins, t):
    for ours in twins.both():
        (group,) = ours.param_groups
        if t == 1:
            group["lr"] = torch.tensor(0.02)
        # As a scheduler does.
        group["lr"].fill_(0.02 * 0.9**t)


SCHEDULES = [rate, rate_that_ends_at_zero, beta, beta_of_zero, epsilon, coefficient]
SCHEDULES += [mode, direction, form, tensor_rate]


@pytest.mark.parametrize(
    ("kind", "schedule"),
    [*((kind, rate) for kind in COMPUTED[:3]), *((AdaBelief, each) for each in SCHEDULES)],
    ids=lambda each: each.__name__,
)
def test_no_schedule_compiles_it_anew(kind, schedule, graphs):
    twins = two(kind)
    compiled(twins, graphs, 12, before=lambda t: schedule(twins, t)).agree()
    assert graphs.count == 1


@EACH
def test_neither_do_several_groups_and_counts_of_their_own(kind, graphs):
    params = [parameter(VECTOR, torch.float32, seed=i) for i in range(4)]
    groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.1, "betas": (0.5, 0.99)}]
    twins = Twins(kind, groups, **VALUES)
    # The second one has its first gradient later, and one sits out a step.
    absent = {(1, 1), (2, 1), (9, 3)}
    compiled(twins, graphs, 12, odds=[VECTOR] * 4, absent=absent).agree()
    # One for three tensors and one for four: which of them are missing makes no difference.
    assert graphs.count == 2
    assert len({state["step"] for state in twins.fused.state.values()}) == 3


def test_an_optimizer_whose_schedule_is_torchs(graphs):
    twins = two(Adam)
    schedules = [
        torch.optim.lr_scheduler.OneCycleLR(ours, max_lr=0.1, total_steps=12)
        for ours in twins.both()
    ]

    def before(t):
        if t > 1:
            for each in schedules:
                each.step()

    compiled(twins, graphs, 12, before=before).agree()
    assert graphs.count == 1


# What is not traced


class Clipped(Adam):
    def get_mv(self, state, group, grad):
        return super().get_mv(state, group, grad.clamp(-1, 1))


class Warm(RAdam):
    def get_lr(self, state, group):
        return group["lr"] * min(1, state["step"] / 5)


@pytest.mark.parametrize("kind", [Clipped, Warm])
def test_a_step_with_an_overridden_method_is_made_as_it_is(kind, graphs):
    ends = []
    for compile in (False, True):
        p = torch.ones(3, requires_grad=True)
        ours = kind([p], lr=0.1)
        step = torch.compile(ours.step, backend=graphs) if compile else ours.step
        for t in range(12):
            p.grad = torch.tensor([3.0, -0.5, 1.0]) * 0.9**t
            ours.param_groups[0]["lr"] = 0.1 * 0.9**t
            step()
        ends.append(p.detach())
    assert torch.equal(*ends) and graphs.count == 0


def test_a_copy_without_kernels_is_not_traced(graphs, tmp_path):
    copy(tmp_path, "untraced_optim", leave_out=["fused"])
    with imported(tmp_path, "untraced_optim") as package:
        ends = []
        for compile in (False, True):
            p = torch.ones(3, requires_grad=True)
            ours = package.AdaBelief([p], lr=0.1)
            step = torch.compile(ours.step, backend=graphs) if compile else ours.step
            for t in range(7):
                p.grad = torch.tensor([3.0, -0.5, 1.0])
                ours.param_groups[0]["lr"] = 0.1 * 0.9**t
                step()
            ends.append(p.detach())
        assert torch.equal(*ends) and graphs.count == 0


def test_a_parameter_of_a_class_of_its_own_is_not_traced(graphs):
    class Own(torch.nn.Parameter):
        pass

    p, q = Own(torch.ones(3)), torch.nn.Parameter(torch.ones(3))
    ours, other = Adam([p], lr=0.1), Adam([q], lr=0.1)
    p.grad, q.grad = torch.ones(3), torch.ones(3)
    torch.compile(ours.step, backend=graphs)()
    other.step()
    assert torch.equal(p, q) and graphs.count == 0 and ours.state[p]["step"] == 1


# What stays as it is


def test_it_goes_on_with_the_kernel_afterwards(graphs):
    twins = compiled(two(Adam, True), graphs, 3)
    for t in range(4, 7):
        twins.step([gradient(VECTOR, torch.float32, i, t) for i in range(2)])
    twins.agree()
    assert len(twins.fused._plans) == 1


def test_a_maximum_may_come_and_go(graphs):
    twins = two(AMSGrad)
    compiled(twins, graphs, 12, before=lambda t: twins.set(0, amsgrad=t % 4 < 2)).agree()
    assert graphs.count == 2


def broken(module, inputs):
    raise RuntimeError("the backend is broken")


def test_a_step_that_cannot_be_compiled_does_not_count(graphs):
    p = torch.ones(3, requires_grad=True)
    ours = Adam([p])
    p.grad = torch.ones(3)
    ours.step()
    before = p.detach().clone()
    with pytest.raises(RuntimeError, match="the backend is broken"):
        torch.compile(ours.step, backend=broken)()
    assert ours.state[p]["step"] == 1 and torch.equal(p, before)


def test_what_does_not_fit_is_refused_as_ever(graphs):
    p, q = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    ours = Adam([{"params": [p]}, {"params": [q]}])
    step = torch.compile(ours.step, backend=graphs)
    p.grad, q.grad = torch.ones(3), torch.ones(3)
    step()
    before = p.detach().clone()
    ours.param_groups[1]["lr"] = float("nan")
    with pytest.raises(ValueError, match="lr must be finite"):
        step()
    ours.param_groups[1]["lr"] = 0.1
    for i, each in enumerate((p, q)):
        each.grad = torch.ones(3).to_sparse()
        with pytest.raises(RuntimeError, match=f"parameter {i} has layout"):
            step()
        each.grad = torch.ones(3)
    assert torch.equal(p, before) and ours.state[p]["step"] == 1


def test_a_count_in_a_tensor_is_counted_there(graphs):
    p = torch.ones(3).share_memory_().requires_grad_()
    ours = Adam([p])
    step = torch.compile(ours.step, backend=graphs)
    for _ in range(3):
        p.grad = torch.ones(3)
        step()
    assert isinstance(ours.state[p]["step"], torch.Tensor) and ours.state[p]["step"] == 3


def test_a_closure_is_called(graphs):
    p = torch.ones(3, requires_grad=True)
    ours = Adam([p], lr=0.1)

    def closure():
        ours.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    loss = torch.compile(ours.step, backend=graphs)(closure)
    assert loss == 3 and torch.allclose(p, torch.full((3,), 0.9))


HEADER = Path(sysconfig.get_path("include"), "Python.h")


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++")
@pytest.mark.skipif(not HEADER.exists(), reason="Python's header files are not here")
@pytest.mark.filterwarnings("ignore")
def test_kernels_of_torch_compute_the_same(graphs):
    from torch._dynamo.utils import counters

    counters.clear()
    twins = two(AdaBelief)
    compiled(twins, "inductor", 7, before=lambda t: rate(twins, t)).agree()
    assert counters["stats"]["unique_graphs"] == 1

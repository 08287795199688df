"""The fused engine computes what the annotated code computes. `agree.py` says how nearly."""

from itertools import product

import pytest
import torch
from agree import DTYPES, HALF, ODD, Twins, cloned, fused_rows, gradient, members, parameter
from cases import COMPUTED, FLAGS, MODES, decay
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam, WeightDecay
from labml_optim.fused.cpu import launch as cpu

STEPS = 200
# An epsilon as large as the gradients shows where it was added.
VISIBLE = {"lr": 0.02, "betas": (0.9, 0.97), "eps": 0.1}
EACH = pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)


def train(twins, odds, last, first=1):
    """Steps `first` to `last`; `odds` are the kinds of the parameters."""
    for t in range(first, last + 1):
        pairs = zip(odds, members(twins.fused), strict=True)
        twins.step([gradient(odd, p.dtype, i, t) for i, (odd, p) in enumerate(pairs)])
    return twins


def combinations():
    for kind in COMPUTED:
        flags = FLAGS[kind]
        for chosen in product((False, True), repeat=len(flags)):
            on = [name for name, value in zip(flags, chosen, strict=True) if value]
            values = dict(zip(flags, chosen, strict=True))
            yield pytest.param(kind, values, id="-".join([kind.__name__, *on]))


@pytest.mark.parametrize(("kind", "flags"), list(combinations()))
def test_every_flag_decay_and_type_of_number(kind, flags):
    odd = ODD["vector"]
    groups = [
        {
            "params": [parameter(odd, dtype, seed=i) for i, dtype in enumerate(DTYPES)],
            "weight_decay": decay(mode, 0.05),
        }
        for mode in MODES
    ]
    twins = Twins(kind, groups, **VISIBLE, **flags)
    odds = [odd] * len(DTYPES) * len(MODES)
    # both sides of where the rectification sets in
    train(twins, odds, 4).agree()
    train(twins, odds, STEPS, first=5).agree()
    assert all(fused_rows(twins.fused))


def test_a_thread_may_begin_where_a_tensor_ends():
    # No multiple of 64 elements, so the last of them would be stepped twice.
    params = [torch.ones(20_001, requires_grad=True) for _ in "12"]
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        optimizer = Adam(params, fused=True)
        for p in params:
            p.grad = torch.ones_like(p)
        optimizer.step()
    finally:
        torch.set_num_threads(before)
    assert all(p.unique().numel() == 1 for p in params)


@pytest.mark.parametrize("dtype", [*DTYPES, torch.complex64, torch.complex128], ids=str)
@EACH
def test_every_odd_tensor_in_one_group(kind, dtype):
    odds = list(ODD.values())
    twins = Twins(kind, [parameter(odd, dtype, seed=i) for i, odd in enumerate(odds)], **VISIBLE)
    before = [cloned(p) for p in members(twins.fused)]
    train(twins, odds, 20 if dtype.is_complex else STEPS).agree()
    expected = [odd.fuses or (odd is ODD["gradient-turned"] and dtype in HALF) for odd in odds]
    assert fused_rows(twins.fused) == [fuses and not dtype.is_complex for fuses in expected]
    # What lies between the elements of a parameter is not the optimizer's.
    for p, kept in zip(members(twins.fused), before, strict=True):
        with torch.no_grad():
            kept.copy_(p)
        assert torch.equal(memory(p), memory(kept))


def memory(tensor):
    return torch.empty(0, dtype=tensor.dtype).set_(tensor.untyped_storage())


LR = st.sampled_from([0.0, 1e-3, 0.02, 0.1])
BETAS = st.tuples(st.sampled_from([0.0, 0.5, 0.9]), st.sampled_from([0.9, 0.97, 0.999]))
EPS = st.sampled_from([1e-16, 1e-8, 1e-3, 0.1])
LAMBDA = st.sampled_from([0.0, 0.01, 0.3])


@st.composite
def values(draw, kind, some=False):
    """Values for a parameter group; with `some`, not for all of its keys."""
    strategies = {
        **{"lr": LR, "betas": BETAS, "eps": EPS, "weight_decay": LAMBDA},
        **dict.fromkeys(["weight_decouple", "absolute", *FLAGS[kind]], st.booleans()),
    }
    required, optional = ({}, strategies) if some else (strategies, {})
    return draw(st.fixed_dictionaries(required, optional=optional))


SITS_OUT = {
    "never": lambda t, when: False,
    "before": lambda t, when: t < when,
    "after": lambda t, when: t > when,
    "now and then": lambda t, when: t % 7 == when % 7,
    "always": lambda t, when: True,
}


@st.composite
def runs(draw):
    """An optimizer, its groups, what changes in them at which step, and who sits out when."""
    kind = draw(st.sampled_from(COMPUTED))
    member = st.tuples(
        st.sampled_from(sorted(ODD)),
        st.sampled_from([*DTYPES, torch.complex64]),
        st.sampled_from(sorted(SITS_OUT)),
        st.integers(2, STEPS),
    )
    group = st.tuples(values(kind), st.lists(member, max_size=4))
    groups = draw(st.lists(group, min_size=1, max_size=3))
    change = st.tuples(st.integers(0, len(groups) - 1), values(kind, some=True))
    changes = draw(st.dictionaries(st.integers(2, STEPS), change, max_size=3))
    return kind, groups, changes, draw(st.integers(0, 3))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs())
def test_whatever_is_drawn(drawn):
    kind, groups, changes, seed = drawn
    twins = Twins(
        kind,
        [
            {
                **values,
                "params": [
                    parameter(ODD[name], dtype, seed=i)
                    for i, (name, dtype, *_) in enumerate(drawn_members)
                ],
            }
            for values, drawn_members in groups
        ],
    )
    drawn_members = [member for _, in_group in groups for member in in_group]
    for t in range(1, STEPS + 1):
        if t in changes:
            number, changed = changes[t]
            twins.set(number, **changed)
        twins.step(
            [
                None if SITS_OUT[sits_out](t, when) else gradient(ODD[name], dtype, seed + index, t)
                for index, (name, dtype, sits_out, when) in enumerate(drawn_members)
            ]
        )
        if t in (2, 6, 20):
            twins.agree()
    twins.agree()


def changes():
    for kind in COMPUTED:
        flags = FLAGS[kind]
        others = {
            **{"lr": 0.3, "betas": (0.5, 0.9), "eps": 0.4, "weight_decay": 0.5},
            **{"weight_decouple": False, "absolute": True},
            **{name: not default for name, default in flags.items()},
        }
        for name, value in others.items():
            yield pytest.param(kind, name, value, id=f"{kind.__name__}-{name}")


@pytest.mark.parametrize(("kind", "name", "value"), list(changes()))
def test_a_change_takes_effect_at_the_next_step(kind, name, value):
    # After three steps nothing is rectified yet, and after seven everything is.
    when = 3 if name in ("rectify", "degenerate_to_sgd") else 7
    odds = [ODD["vector"], ODD["scalar"]]
    params = [parameter(odd, torch.float64, seed=i) for i, odd in enumerate(odds)]
    changed, plain = (Twins(kind, params, **VISIBLE, weight_decay=0.2) for _ in "12")
    for twins in (changed, plain):
        train(twins, odds, when)
    changed.set(0, **{name: value})
    # What a step adds to the moments shows at the one after it.
    later = 2 if name in ("amsgrad", "accumulate_eps") else 1
    for twins in (changed, plain):
        train(twins, odds, when + later, first=when + 1)
    assert not torch.equal(members(changed.fused)[0], members(plain.fused)[0])
    train(changed, odds, STEPS, first=when + later + 1).agree()
    assert all(fused_rows(changed.fused))


@EACH
def test_each_tensor_counts_its_own_steps(kind):
    # all in one table; some are at steps that are rectified while others are not yet
    odd = ODD["vector"]
    params = [parameter(odd, dtype, seed=i) for dtype in DTYPES for i in range(4)]
    twins = Twins(kind, params, **VISIBLE)
    for t in range(1, STEPS + 1):
        twins.step(
            [
                None if t < 1 + 2 * (i % 4) or t % 5 == i % 5 else gradient(odd, p.dtype, i, t)
                for i, p in enumerate(params)
            ]
        )
        assert fused_rows(twins.fused) == [p.grad is not None for p in members(twins.fused)]
        if t in (4, 8, 12):
            twins.agree()
    counts = {twins.fused.state[p]["step"] for p in members(twins.fused)}
    assert len(counts) > 2
    twins.agree()


@EACH
def test_each_group_has_its_own_values(kind):
    odds = [ODD["vector"], ODD["matrix"]]
    own = [{"lr": 0.3, "betas": (0.5, 0.9)}, {"eps": 0.4, "weight_decay": 0.5, "maximize": True}]
    groups = [
        {"params": [parameter(odd, torch.float64)], **values}
        for odd, values in zip(odds, own, strict=True)
    ]
    twins = train(Twins(kind, groups, **VISIBLE), odds, STEPS)
    twins.agree()
    same = Twins(kind, [p for group in groups for p in group["params"]], **VISIBLE)
    train(same, odds, STEPS)
    for p, q in zip(members(twins.fused), members(same.fused), strict=True):
        assert not torch.allclose(p, q)


@pytest.mark.parametrize("given", [{"betas": (0.0, 0.9)}, {"lr": 0.0}, {"eps": 0.0}], ids=str)
@EACH
def test_zeros_among_the_values(kind, given):
    odd = ODD["vector"]
    twins = Twins(kind, [parameter(odd, d) for d in DTYPES], **{**VISIBLE, **given})
    train(twins, [odd] * len(DTYPES), STEPS).agree()
    assert all(p.isfinite().all() for p in members(twins.fused))


@pytest.mark.parametrize("value", [0.0, float("inf"), float("nan")])
@EACH
def test_without_learning_rate_and_epsilon_nothing_moves(kind, value):
    flags = {"rectify": False} if "rectify" in FLAGS[kind] else {}
    for dtype in DTYPES:
        p = parameter(ODD["vector"], dtype)
        rule, before = WeightDecay(0.5, absolute=True), p.detach().clone()
        ours = kind([p], lr=0.0, eps=0.0, weight_decay=rule, **flags, fused=True)
        for _ in range(8):
            p.grad = torch.full_like(p, value)
            ours.step()
        assert torch.equal(p, before)


@pytest.mark.parametrize("kind", [AMSGrad, RAdam, AdaBelief], ids=lambda kind: kind.__name__)
def test_a_maximum_that_is_no_number_stays_one(kind):
    odd = ODD["vector"]
    twins = Twins(kind, [parameter(odd, dtype) for dtype in DTYPES], **VISIBLE, amsgrad=True)
    train(twins, [odd] * len(DTYPES), 7)
    for optimizer in twins.both():
        for state in optimizer.state.values():
            (key,) = state.keys() & {"max_exp_avg_sq", "max_exp_avg_var"}
            state[key][5] = torch.nan
    train(twins, [odd] * len(DTYPES), 9, first=8).agree()
    assert all(p[5].isnan() and p.isnan().sum() == 1 for p in members(twins.fused))


BAD = [float("nan"), float("inf"), -float("inf"), "huge"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("bad", BAD, ids=str)
@pytest.mark.parametrize(
    ("kind", "flags"),
    [(Adam, {}), (AMSGrad, {}), (RAdam, {}), (AdaBelief, {}), (AdaBelief, {"amsgrad": True})],
)
@pytest.mark.parametrize("when", [2, 8])
def test_a_bad_gradient_harms_its_own_elements_only(kind, flags, bad, mode, when):
    odd = ODD["vector"]
    params = [parameter(odd, dtype, seed=i) for i, dtype in enumerate(DTYPES)]
    given = {**VISIBLE, **flags, "weight_decay": decay(mode)}
    sick, well = Twins(kind, params, **given), Twins(kind, params, **given)
    for t in range(1, 13):
        grads = [gradient(odd, p.dtype, i, t).clone() for i, p in enumerate(params)]
        well.step(grads)
        if t == when:
            for grad in grads:
                grad = grad.clone()
                grad[5] = torch.finfo(grad.dtype).max if bad == "huge" else bad
        sick.step(grads)
    for p, q, r in zip(*map(members, (sick.fused, sick.annotated, well.fused)), strict=True):
        assert torch.equal(p.isfinite(), q.isfinite()) and torch.equal(p.isnan(), q.isnan())
        others = torch.arange(p.numel()) != 5
        assert torch.equal(p[others], r[others])
    sick.agree()


@EACH
def test_a_step_is_one_call_for_each_group_and_type(kind, monkeypatch):
    calls, real = [], cpu.launch
    monkeypatch.setattr(
        cpu, "launch", lambda table, *g: calls.append(table.count) or real(table, *g)
    )
    odds = [ODD[name] for name in ("vector", "scalar", "empty", "matrix")]
    groups = [
        {"params": [parameter(odd, dtype) for dtype in dtypes for odd in odds]}
        for dtypes in ([torch.float32], DTYPES)
    ]
    twins = train(Twins(kind, groups, **VISIBLE), odds * 5, 2)
    # One for the first group, four for the types of the second; the twin makes none.
    assert calls == [4] * 5 * 2
    twins.agree()


SIZES = [0, 1, 63, 64, 65, 20_001, 127, 0, 40_000, 1]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_number_of_threads_does_not_matter(dtype):
    # Shares of a thread begin and end in the middle of tensors.
    start = [torch.randn(n, generator=torch.Generator().manual_seed(n)).to(dtype) for n in SIZES]
    grads = [x.roll(1) for x in start]
    found, before = [], torch.get_num_threads()
    try:
        for threads in (1, 2, 3, 7):
            torch.set_num_threads(threads)
            twins = Twins(AdaBelief, [x.clone().requires_grad_() for x in start], amsgrad=True)
            for _ in range(8):
                twins.step(grads)
            twins.agree()
            assert all(fused_rows(twins.fused))
            found.append([p.detach().clone() for p in members(twins.fused)])
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert all(torch.equal(p, q) for p, q in zip(other, found[0], strict=True))


def test_no_step_writes_into_a_gradient():
    odd = ODD["vector"]
    for dtype, mode in product(DTYPES, MODES):
        (p,) = params = [parameter(odd, dtype)]
        ours = Adam(params, weight_decay=decay(mode), maximize=True, fused=True)
        p.grad = gradient(odd, dtype, 0, 1).clone()
        kept, version = cloned(p.grad), p.grad._version
        ours.step()
        assert torch.equal(p.grad, kept) and p.grad._version == version


@EACH
def test_the_comparison_sees_a_small_difference(kind):
    odd = ODD["vector"]
    for dtype in DTYPES:
        twins = Twins(kind, [parameter(odd, dtype)], **VISIBLE)
        twins.set(0, weight_decay=1e-3)
        twins.fused.param_groups[0]["lr"] *= 1 + (0.1 if dtype in HALF else 1e-4)
        train(twins, [odd], STEPS)
        with pytest.raises(AssertionError, match="parameter 0"):
            twins.agree()


def test_a_plain_number_as_decay_is_the_default_rule():
    odd = ODD["vector"]
    twins = Twins(Adam, [parameter(odd, torch.float32)], weight_decay=0.5)
    train(twins, [odd], 20).agree()
    ruled = Adam([parameter(odd, torch.float32)], weight_decay=WeightDecay(0.5), fused=True)
    for t in range(1, 21):
        ruled.param_groups[0]["params"][0].grad = gradient(odd, torch.float32, 0, t)
        ruled.step()
    assert torch.equal(members(ruled)[0], members(twins.fused)[0])

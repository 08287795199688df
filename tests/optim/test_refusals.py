"""Wrong input is refused with the right error, by name and value, before anything has changed."""

import copy
import re
import warnings

import pytest
import torch
from cases import OPTIMIZERS, decay, members, parameters, same, train, values

from labml_optim import AdaBelief, Adam, AMSGrad, NAdam, RAdam, WeightDecay

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)
NAN, INF = float("nan"), float("inf")

# value, error
BAD_NUMBERS = [
    (-1.0, ValueError),
    (-1, ValueError),
    (NAN, ValueError),
    (INF, ValueError),
    (-INF, ValueError),
    # More than a float can hold.
    (10**400, ValueError),
    ("0.1", TypeError),
    (None, TypeError),
    (True, TypeError),
    (1j, TypeError),
    ([0.1], TypeError),
]
BAD_BETAS = [
    ((0.9, 1.0), ValueError),
    ((1.0, 0.9), ValueError),
    ((0.9, 1.5), ValueError),
    ((-0.1, 0.9), ValueError),
    ((0.9, NAN), ValueError),
    ((INF, 0.9), ValueError),
    ((0.9, "0.99"), TypeError),
    ((None, 0.9), TypeError),
    ((True, 0.9), TypeError),
    ((0.9, 1j), TypeError),
    ((0.9,), ValueError),
    ((0.9, 0.99, 0.999), ValueError),
    ((), ValueError),
    (0.9, TypeError),
    (None, TypeError),
]
BAD_VALUES = [
    pytest.param(kind, name, *row, id=f"{kind.__name__}-{name}-{row[0]}")
    for kind in OPTIMIZERS
    for name, rows in {
        **dict.fromkeys(("lr", "eps", "weight_decay"), BAD_NUMBERS),
        "betas": BAD_BETAS,
        **({"momentum_decay": BAD_NUMBERS} if kind is NAdam else {}),
    }.items()
    for row in rows
]
EACH_BAD_VALUE = pytest.mark.parametrize(("optimizer", "name", "value", "error"), BAD_VALUES)


def shown(value):
    """The value as a message may show it: whole, or the part that is wrong."""
    parts = value if isinstance(value, tuple) and value else (value,)
    return "|".join(re.escape(repr(part)) for part in (value, *parts))


def refused(call, error, pattern):
    """The call raises, and the message matches."""
    with pytest.raises(error) as caught:
        call()
    # not a subclass by accident: TypeError and ValueError are told apart
    assert type(caught.value) is error
    assert re.search(pattern, str(caught.value), re.DOTALL), str(caught.value)


def snapshot(optimizer):
    saved = copy.deepcopy(optimizer.state_dict())
    return saved, values(optimizer), list(optimizer.param_groups), len(optimizer.state)


def unchanged(optimizer, before):
    saved, params, groups, states = before
    now = optimizer.state_dict()
    assert same(values(optimizer), params)
    assert len(optimizer.state) == states
    assert all(a is b for a, b in zip(optimizer.param_groups, groups, strict=True))
    assert now["param_groups"] == saved["param_groups"]
    assert now["state"].keys() == saved["state"].keys()
    for key, state in saved["state"].items():
        assert now["state"][key].keys() == state.keys()
        assert same([torch.as_tensor(v) for v in now["state"][key].values()],
                    [torch.as_tensor(v) for v in state.values()])  # fmt: skip


@EACH_BAD_VALUE
def test_a_wrong_value_for_the_constructor(optimizer, name, value, error):
    pattern = rf"\b{name}\b.*({shown(value)})"
    refused(lambda: optimizer(parameters(), **{name: value}), error, pattern)


@EACH_BAD_VALUE
def test_a_wrong_value_in_a_group(optimizer, name, value, error):
    pattern = rf"\b{name}\b.*({shown(value)})"
    group = {"params": parameters((2,)), name: value}
    refused(lambda: optimizer([{"params": parameters((2,))}, group]), error, pattern)
    ours = train(optimizer(parameters()), 2)
    before = snapshot(ours)
    refused(lambda: ours.add_param_group(group), error, pattern)
    unchanged(ours, before)


@pytest.mark.parametrize(("value", "error"), BAD_NUMBERS)
def test_a_wrong_value_for_weight_decay_itself(value, error):
    refused(lambda: WeightDecay(value), error, f"weight_decay.*({shown(value)})")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_argument_that_does_not_exist(optimizer):
    refused(lambda: optimizer(parameters(), momentum=0.9), TypeError, "momentum")


@EACH
def test_parameter_lists_as_in_torch(optimizer):
    (p,) = parameters((2,))
    refused(lambda: optimizer([]), ValueError, "empty parameter list")
    refused(lambda: optimizer(p), TypeError, "iterable of Tensors")
    refused(lambda: optimizer([p * 2]), ValueError, "non-leaf")
    refused(lambda: optimizer([1.0]), TypeError, "float")
    refused(lambda: optimizer([{"params": {p}}]), TypeError, "set")
    groups = [{"params": [p]}, {"params": [p]}]
    refused(lambda: optimizer(groups), ValueError, "more than one parameter group")
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optimizer([p, p])


@EACH
def test_a_refused_group_leaves_the_optimizer_as_it_was(optimizer):
    ours = train(optimizer(parameters()), 2)
    before = snapshot(ours)
    used = members(ours)[0]
    refused(lambda: ours.add_param_group({"params": [used]}), ValueError, "more than one")
    refused(lambda: ours.add_param_group(used), TypeError, "dict")
    unchanged(ours, before)


def sparse(p):
    p.grad = torch.ones_like(p).to_sparse()


def other_dtype(p):
    p.grad = torch.ones_like(p)
    p.data = p.data.float()


def other_shape(p):
    p.grad = torch.ones_like(p)
    p.data = torch.ones(7, dtype=p.dtype)


def other_device(p):
    p.grad = torch.ones_like(p)
    p.data = torch.ones_like(p, device="cuda")


BAD_GRADIENTS = [(sparse, "sparse"), (other_dtype, "float"), (other_shape, "3"),
                 (other_device, "cuda")]  # fmt: skip


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize(("spoil", "word"), BAD_GRADIENTS)
@EACH
def test_a_gradient_that_does_not_fit(optimizer, spoil, word, started):
    if spoil is other_device and not torch.cuda.is_available():
        pytest.skip("no CUDA device: a gradient cannot be on another one")
    params = parameters((2,), (2,), (3,))
    # the last one of two groups is bad: the others must not have moved when it is found
    groups = [{"params": params[:1]}, {"params": params[1:]}]
    ours = optimizer(groups, weight_decay=decay("absolute"))
    if started:
        train(ours, 2)
    for p in params[:2]:
        p.grad = torch.ones_like(p)
    spoil(params[2])
    before = snapshot(ours)
    with pytest.raises(RuntimeError, match=word) as caught:
        ours.step()
    # counted over all groups
    assert re.search(r"\b2\b", str(caught.value))
    unchanged(ours, before)


class Elsewhere(torch.Tensor):
    device = torch.device("xla")


def test_a_gradient_on_another_device():
    (p,) = parameters((3,))
    p.grad = torch.ones_like(p).detach().as_subclass(Elsewhere)
    words = "gradient of parameter 0 has device xla, not cpu"
    refused(lambda: Adam([p]).step(), RuntimeError, words)


def test_a_gradient_behind_a_parameter_without_one():
    params = parameters((2,), (3,))
    sparse(params[1])
    words = "gradient of parameter 1 has layout torch.sparse_coo"
    refused(lambda: Adam(params).step(), RuntimeError, words)


def renamed(state, old, new):
    state[new] = state.pop(old)


def set_state(key, value):
    return lambda d: d["state"][1].update({key: value})


def set_group(key, value):
    return lambda d: d["param_groups"][0].update({key: value})


SECOND = {**dict.fromkeys(OPTIMIZERS, "exp_avg_sq"), AdaBelief: "exp_avg_var"}
# what was done to the state dict, what the message names
MORE = {f"more_{letter}": {} for letter in "hgfedcba"}
BAD_STATES = {
    "no-groups": (lambda d: d.pop("param_groups"), "param_groups"),
    "no-state": (lambda d: d.pop("state"), "state"),
    "groups-more": (lambda d: d["param_groups"].append(d["param_groups"][0]), "group"),
    "groups-none": (lambda d: d["param_groups"].clear(), "group"),
    "params-more": (lambda d: d["param_groups"][0]["params"].append(2), "group 0|param"),
    "params-fewer": (lambda d: d["param_groups"][0]["params"].pop(), "group 0|param"),
    **{
        f"no-number-{i}": (
            lambda d, i=i: d["param_groups"][0]["params"].__setitem__(i, 0.5),
            "list",
        )
        for i in (0, 1)
    },
    "no-params": (lambda d: d["param_groups"][0].pop("params"), "params"),
    "params-odd": (lambda d: d["param_groups"][0].update(params=[0, 1.5]), "each group.*`params`"),
    "state-is-a-list": (lambda d: d["state"].update({1: [1, 2]}), r"\b1\b"),
    "key-missing": (lambda d: d["state"][1].pop("exp_avg"), r"\b1\b.*exp_avg"),
    "step-missing": (lambda d: d["state"][1].pop("step"), r"\b1\b.*step"),
    "key-extra": (set_state("momentum_buffer", torch.ones(2, 2)), r"\b1\b.*momentum_buffer"),
    "key-renamed": (lambda d: renamed(d["state"][1], "exp_avg", "m"), r"\b1\b.*(exp_avg|\bm\b)"),
    "shape": (set_state("exp_avg", torch.ones(2, 3)), r"\b1\b.*exp_avg.*2, 3"),
    "shape-that-broadcasts": (set_state("exp_avg", torch.ones(())), r"\b1\b.*exp_avg"),
    "not-a-tensor": (set_state("exp_avg", 0.5), r"\b1\b.*exp_avg.*0\.5"),
    "a-text": (set_state("exp_avg", "0.5"), r"\b1\b.*exp_avg.*'0\.5'"),
    "complex": (set_state("exp_avg", torch.ones(2, 2) * 1j), r"\b1\b.*exp_avg"),
    "step-negative": (set_state("step", -1), r"\b1\b.*step.*-1"),
    "step-broken": (set_state("step", 1.5), r"\b1\b.*step.*1\.5"),
    "step-broken-tensor": (set_state("step", torch.tensor(2.5)), r"\b1\b.*step.*2\.5"),
    "step-negative-tensor": (set_state("step", torch.tensor(-2.0)), r"\b1\b.*step.*-2"),
    "step-many": (set_state("step", torch.ones(2)), r"\b1\b.*step"),
    "step-nan": (set_state("step", NAN), r"\b1\b.*step.*nan"),
    "step-inf": (set_state("step", torch.tensor(INF)), r"\b1\b.*step.*inf"),
    "step-text": (set_state("step", "3"), r"\b1\b.*step.*3"),
    "step-none": (set_state("step", None), r"\b1\b.*step.*None"),
    "step-bool": (set_state("step", True), r"\b1\b.*step.*True"),
    "lr-nan": (set_group("lr", NAN), "lr.*nan"),
    "lr-text": (set_group("lr", "0.1"), "lr.*0.1"),
    "betas-one": (set_group("betas", (0.9,)), "betas.*0.9"),
    "weight-decay-negative": (set_group("weight_decay", -1.0), "weight_decay.*-1"),
    # Several are told in their order, whatever a set has them in.
    "keys-extra": (lambda d: d["state"][1].update(MORE), f"also has {', '.join(sorted(MORE))}"),
    "parameters-extra": (
        lambda d: d["state"].update(MORE),
        f"for {', '.join(sorted(MORE))}, which",
    ),
}


@pytest.mark.parametrize("bad", BAD_STATES)
@EACH
def test_a_state_that_does_not_fit(optimizer, bad):
    spoil, pattern = BAD_STATES[bad]
    saved = copy.deepcopy(train(optimizer(parameters(), lr=0.5), 5).state_dict())
    spoil(saved)
    ours = train(optimizer(parameters()), 3)
    before = snapshot(ours)
    refused(lambda: ours.load_state_dict(saved), ValueError, pattern)
    unchanged(ours, before)


@pytest.mark.parametrize("other", [Adam, RAdam])
def test_the_state_of_another_kind_does_not_fit(other):
    belief, adam = train(AdaBelief(parameters()), 3), train(other(parameters()), 3)
    for ours, saved, key in ((belief, adam.state_dict(), "exp_avg_var"),
                             (adam, belief.state_dict(), "degenerate|exp_avg_sq")):  # fmt: skip
        before = snapshot(ours)
        refused(lambda o=ours, s=saved: o.load_state_dict(s), ValueError, key)
        unchanged(ours, before)


@pytest.mark.parametrize("optimizer", [RAdam, AdaBelief])
def test_a_memory_too_short_for_rectification_is_warned_of_once(optimizer):
    groups = [{"params": [p]} for p in parameters((2,), (2,))]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ours = optimizer(groups, betas=(0.5, 0.6))
        train(ours, 3)
    assert len(caught) == 1
    assert "beta2 < 2/3" in str(caught[0].message)
    # the warning is of the call that gave the value, and not of a line in the library
    assert caught[0].filename == __file__


@EACH
def test_a_memory_that_is_long_enough_is_not_warned_of(optimizer):
    short = [0.6] if optimizer in (Adam, AMSGrad) else []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for beta2 in (0.67, 0.9, 0.999, *short):
            train(optimizer(parameters(), betas=(0.5, beta2)), 2)


def test_adabelief_that_does_not_rectify_has_nothing_to_warn_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(AdaBelief(parameters(), betas=(0.5, 0.6), rectify=False), 2)

"""Numbers, arguments and gradients as users of torch have them are accepted, or refused by name."""

import copy
import pickle
from collections import UserList, deque, namedtuple
from collections.abc import Sequence
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from cases import (
    CATALOG,
    COMPUTED,
    FLAGS,
    MODES,
    OPTIMIZERS,
    VISIBLE,
    decay,
    each_engine,
    members,
    parameters,
    same,
    train,
    values,
)

from labml_optim import AdaBelief, Adam, AMSGrad, GenericAdaptiveOptimizer, RAdam, WeightDecay

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)
ENGINES = pytest.mark.parametrize("fused", [False, True])
NAN, INF = float("nan"), float("inf")

# A learning rate in a tensor

SHAPES = {"no-dimensions": (), "one": (1,), "two-dimensions": (1, 1)}


def tensor(value, shape=(), dtype=torch.float64):
    return torch.full(shape, value, dtype=dtype)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@each_engine(False, True)
def test_a_tensor_as_learning_rate_counts_as_its_value(optimizer, fused, shape, mode):
    given = {**VISIBLE, "weight_decay": decay(mode), "fused": fused}
    rate = tensor(0.3, shape)
    ours = train(optimizer(parameters(), **{**given, "lr": rate}), 8)
    plain = train(optimizer(parameters(), **{**given, "lr": 0.3}), 8)
    assert same(values(ours), values(plain))
    # It is kept as what it is, and not written to.
    assert ours.param_groups[0]["lr"] is rate and rate == 0.3
    # What is written into it counts at the next step.
    rate.fill_(0.01)
    plain.param_groups[0]["lr"] = 0.01
    assert same(values(train(ours, 12, first=9)), values(train(plain, 12, first=9)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64], ids=str)
@ENGINES
def test_it_may_hold_any_real_number(fused, dtype):
    rate = torch.tensor(1, dtype=dtype) if dtype is torch.int64 else tensor(0.3, dtype=dtype)
    ours = train(Adam(parameters(), lr=rate, fused=fused), 3)
    plain = train(Adam(parameters(), lr=float(rate), fused=fused), 3)
    assert same(values(ours), values(plain))


@each_engine(False, True)
def test_a_scheduler_may_make_it_a_tensor(optimizer, fused):
    def schedule(ours, factor):
        return torch.optim.lr_scheduler.LambdaLR(ours, factor)

    ours, plain = (optimizer(parameters(), lr=0.4, fused=fused) for _ in "12")
    pairs = [
        (ours, schedule(ours, lambda t: torch.tensor(0.5, dtype=torch.float64) ** t)),
        (plain, schedule(plain, lambda t: 0.5**t)),
    ]
    for t in range(1, 8):
        for each, scheduler in pairs:
            train(each, t, first=t)
            scheduler.step()
    assert isinstance(ours.param_groups[0]["lr"], torch.Tensor)
    assert same(values(ours), values(plain))


@each_engine(False, True)
def test_a_scheduler_may_write_into_it(optimizer, fused):
    rate = tensor(0.4)
    ours, plain = (optimizer(parameters(), lr=r, fused=fused) for r in (rate, 0.4))
    schedulers = [torch.optim.lr_scheduler.ExponentialLR(o, 0.5) for o in (ours, plain)]
    for t in range(1, 8):
        for each, scheduler in zip((ours, plain), schedulers, strict=True):
            train(each, t, first=t)
            scheduler.step()
    assert ours.param_groups[0]["lr"] is rate
    assert same(values(ours), values(plain))


@pytest.mark.parametrize(
    "again",
    [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))],
    ids=["deepcopy", "pickle"],
)
@ENGINES
def test_a_copy_has_a_tensor_of_its_own(again, fused):
    rate = tensor(0.3)
    ours = train(Adam(parameters(), lr=rate, fused=fused), 3)
    copied = again(ours)
    rate.fill_(0.0)
    (group,) = copied.param_groups
    assert isinstance(group["lr"], torch.Tensor) and group["lr"] == 0.3
    before = values(copied)
    assert not same(values(train(copied, 4, first=4)), before)


@EACH
def test_a_checkpoint_keeps_it_and_shares_it_with_nobody(optimizer):
    rate = tensor(0.3)
    ours = train(optimizer(parameters(), lr=rate), 3)
    other = optimizer(values(ours), lr=0.5)
    other.load_state_dict(ours.state_dict())
    (group,) = other.param_groups
    assert isinstance(group["lr"], torch.Tensor) and group["lr"] == 0.3
    rate.fill_(0.7)
    assert group["lr"] == 0.3
    # And a number takes its place.
    number = train(optimizer(parameters(), lr=0.25), 3)
    other.load_state_dict(number.state_dict())
    assert other.param_groups[0]["lr"] == 0.25 and type(other.param_groups[0]["lr"]) is float


BAD_RATES = {
    "negative": (tensor(-0.1), ValueError, "lr.*-0.1"),
    "nan": (tensor(NAN), ValueError, "lr.*nan"),
    "infinite": (tensor(INF), ValueError, "lr.*inf"),
    "two": (tensor(0.1, (2,)), ValueError, "lr must be one number"),
    "none": (torch.empty(0), ValueError, "lr must be one number"),
    "meta": (torch.empty((), device="meta"), ValueError, "lr must be one number"),
    "bool": (torch.tensor(True), TypeError, "lr must be a number"),
    "complex": (torch.tensor(1j), TypeError, "lr must be a number"),
}
EACH_BAD_RATE = pytest.mark.parametrize(
    ("rate", "error", "words"), BAD_RATES.values(), ids=BAD_RATES
)


@EACH_BAD_RATE
@ENGINES
def test_a_tensor_that_is_no_learning_rate_is_refused(fused, rate, error, words):
    with pytest.raises(error, match=words):
        Adam(parameters(), lr=rate, fused=fused)
    # Later as well, before anything has moved: put there, or written into one that was good.
    first, second = parameters((3,), (3,))
    ours = Adam([{"params": [first]}, {"params": [second]}], fused=fused)
    train(ours, 2)
    before = values(ours)
    ours.param_groups[1]["lr"] = rate
    with pytest.raises(error, match=words):
        ours.step()
    assert same(values(ours), before)
    assert [state["step"] for state in ours.state.values()] == [2, 2]


@pytest.mark.parametrize("value", [-1.0, NAN, INF])
@ENGINES
def test_what_is_written_into_a_tensor_is_checked(fused, value):
    rate = tensor(0.1)
    ours = train(Adam(parameters(), lr=rate, fused=fused), 2)
    before = values(ours)
    rate.fill_(value)
    with pytest.raises(ValueError, match="lr must be finite"):
        ours.step()
    assert same(values(ours), before)


class Recorded(Adam):
    """Sees what a hook is given."""

    def get_lr(self, state, group):
        self.seen = dict(group)
        return group["lr"]


def test_a_method_is_given_a_number():
    rate = tensor(0.3)
    ours = train(Recorded(parameters(), lr=rate, weight_decay=0.1), 2)
    assert type(ours.seen["lr"]) is float and ours.seen["lr"] == 0.3
    assert ours.param_groups[0]["lr"] is rate


# Other kinds of numbers

NUMBERS = {
    "tensor": torch.tensor(0.25),
    "one-element": torch.tensor([0.25]),
    "float32": np.float32(0.25),
    "float64": np.float64(0.25),
    "array": np.array(0.25),
    "one-element-array": np.array([0.25]),
    "fraction": Fraction(1, 4),
}


@pytest.mark.parametrize("value", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("name", ["eps", "weight_decay", "lr"])
@ENGINES
def test_a_number_of_another_kind_counts_as_its_value_when_it_is_given(name, value, fused):
    plain = train(Adam(parameters(), **{**VISIBLE, name: 0.25}, fused=fused), 3)
    first = train(Adam(parameters(), **{**VISIBLE, name: value}, fused=fused), 3)
    groups = [{"params": parameters(), name: value}]
    second = train(Adam(groups, **VISIBLE, fused=fused), 3)
    third = Adam(parameters(), **VISIBLE, fused=fused)
    third.param_groups[0][name] = value
    train(third, 3)
    for ours in (first, second, third):
        assert same(values(ours), values(plain))
        found = ours.param_groups[0][name]
        assert type(found) is (float if name != "lr" else type(found)) and float(found) == 0.25
        if name == "lr" and not isinstance(value, torch.Tensor):
            assert type(found) is float


@pytest.mark.parametrize("value", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("row", [row for row in CATALOG if row.numbers], ids=lambda row: row.name)
def test_so_does_a_number_that_a_class_has_for_itself(row, value):
    for name in row.numbers.values():
        plain = train(row.kind(parameters(), **{name: 0.25}), 3)
        ours = train(row.kind([{"params": parameters(), name: value}]), 3)
        found = ours.param_groups[0][name]
        assert same(values(ours), values(plain)) and type(found) is float and found == 0.25


@pytest.mark.parametrize("value", [np.array([0.1, 0.2]), torch.ones(2), np.array([])])
@pytest.mark.parametrize("name", ["eps", "weight_decay", "lr"])
def test_several_numbers_are_not_one(name, value):
    with pytest.raises(ValueError, match=f"{name} must be one number"):
        Adam(parameters(), **{name: value})


# It has an item, which is no way to get a number.
HOLDER = SimpleNamespace(item=0.1)


@pytest.mark.parametrize("value", [np.True_, torch.tensor(True), np.array("0.1"), HOLDER])
@pytest.mark.parametrize("name", ["eps", "weight_decay", "lr"])
def test_a_truth_value_and_a_text_are_no_numbers(name, value):
    with pytest.raises(TypeError, match=f"{name} must be a number"):
        Adam(parameters(), **{name: value})


# Betas


class ListConfig(Sequence):
    """As Hydra has it: a sequence that is no list."""

    def __init__(self, content):
        self.content = content

    def __getitem__(self, i):
        return self.content[i]

    def __len__(self):
        return len(self.content)


Pair = namedtuple("Pair", ["first", "second"])
BETAS = {
    "list": [0.5, 0.75],
    "list-config": ListConfig([0.5, 0.75]),
    "named-tuple": Pair(0.5, 0.75),
    "user-list": UserList([0.5, 0.75]),
    "deque": deque([0.5, 0.75]),
    "array": np.array([0.5, 0.75]),
    "array-of-float32": np.array([0.5, 0.75], dtype=np.float32),
    "tensor": torch.tensor([0.5, 0.75]),
    "tensors": (torch.tensor(0.5), torch.tensor([0.75])),
    "numbers": (Fraction(1, 2), np.float64(0.75)),
}


@pytest.mark.parametrize("betas", BETAS.values(), ids=BETAS)
@ENGINES
def test_betas_may_be_any_sequence_and_are_kept_as_a_tuple(betas, fused):
    ours = Adam([{"params": parameters((2,)), "betas": betas}], fused=fused)
    ours.add_param_group({"params": parameters((2,)), "betas": betas})
    other = Adam(parameters((2,)), betas=betas, fused=fused)
    other.param_groups[0]["betas"] = betas
    train(other, 1)
    for group in (*ours.param_groups, *other.param_groups):
        assert group["betas"] == (0.5, 0.75) and type(group["betas"]) is tuple
        assert [type(beta) for beta in group["betas"]] == [float, float]


NO_BETAS = {
    "text": ("ab", TypeError),
    "bytes": (b"ab", TypeError),
    "bytearray": (bytearray(b"ab"), TypeError),
    "set": ({0.5, 0.75}, TypeError),
    "dictionary": ({0: 0.5, 1: 0.75}, TypeError),
    "generator": ((b for b in (0.5, 0.75)), TypeError),
    "one-tensor": (torch.tensor(0.5), TypeError),
    "one-array": (np.array(0.5), TypeError),
    "three": (np.array([0.5, 0.6, 0.7]), ValueError),
    "matrix": (torch.ones(2, 2) / 2, ValueError),
    "one": (torch.tensor([0.5, 1.0]), ValueError),
    "no-numbers": (["0.5", "0.75"], TypeError),
}


@pytest.mark.parametrize(("betas", "error"), NO_BETAS.values(), ids=NO_BETAS)
def test_what_is_no_pair_of_betas_is_refused_by_name(betas, error):
    with pytest.raises(error, match="betas"):
        Adam(parameters(), betas=betas)


@pytest.mark.parametrize("name", ["text", "bytes", "bytearray", "set", "dictionary", "generator"])
def test_what_is_no_sequence_of_numbers_is_refused_as_that(name):
    with pytest.raises(TypeError, match="^betas must be a pair of numbers, not"):
        Adam(parameters(), betas=NO_BETAS[name][0])


# Arguments of torch

NEUTRAL = ["foreach", "capturable", "differentiable", "amsgrad"]
EACH_ARGUMENT = pytest.mark.parametrize("name", NEUTRAL)


@pytest.mark.parametrize("value", [False, None])
@EACH_ARGUMENT
@EACH
def test_arguments_of_torch_are_accepted_while_they_ask_for_nothing(optimizer, name, value):
    if name == "amsgrad" and "amsgrad" in FLAGS[optimizer] and value is None:
        return  # a flag of its own
    ours = optimizer(parameters(), **{name: value})
    plain = optimizer(parameters(), **({name: value} if name in FLAGS[optimizer] else {}))
    assert {**ours.param_groups[0], "params": 0} == {**plain.param_groups[0], "params": 0}


ADVICE = {
    "foreach": "fused=True",
    "capturable": "CUDA graph",
    "differentiable": "cannot be differentiated",
    "amsgrad": "AMSGrad is the class",
}


@pytest.mark.parametrize("value", [True, 1, "yes"])
@EACH_ARGUMENT
@EACH
def test_what_they_ask_for_is_refused_with_what_to_do(optimizer, name, value):
    if name in FLAGS[optimizer]:
        return
    words = f"{optimizer.__name__} does not take {name}={value!r}: .*{ADVICE[name]}"
    with pytest.raises(ValueError, match=words):
        optimizer(parameters(), **{name: value})


@pytest.mark.parametrize("name", ["nesterov", "momentum", "decoupled_weight_decay", "lrr"])
@EACH
def test_other_arguments_are_the_error_that_python_has_for_them(optimizer, name):
    words = rf"{optimizer.__name__}.__init__\(\) got an unexpected keyword argument '{name}'"
    with pytest.raises(TypeError, match=words):
        optimizer(parameters(), **{name: False})


# Flags of another class


def foreign():
    """A class, a flag that it does not have, the value that asks for nothing, and one that does."""
    every = dict.fromkeys(["foreach", "capturable", "differentiable"], False)
    every |= {"amsgrad": False, "degenerate_to_sgd": False, "accumulate_eps": False}
    for optimizer in OPTIMIZERS:
        rectifies = issubclass(optimizer, RAdam)
        for name, neutral in {**every, "rectify": rectifies}.items():
            if name not in FLAGS[optimizer]:
                for fused in [False, True] if optimizer in COMPUTED else [False]:
                    label = f"{optimizer.__name__}-{name}-{fused}"
                    yield pytest.param(optimizer, name, neutral, fused, id=label)


EACH_FOREIGN = pytest.mark.parametrize(("optimizer", "name", "neutral", "fused"), list(foreign()))


@EACH_FOREIGN
def test_a_flag_that_a_class_does_not_have_is_accepted_in_a_group_if_it_asks_for_nothing(
    optimizer, name, neutral, fused
):
    plain = train(optimizer(parameters(), fused=fused), 3)
    for value in (neutral, None):
        ours = optimizer([{"params": parameters(), name: value}], fused=fused)
        assert same(values(train(ours, 3)), values(plain))


@EACH_FOREIGN
def test_what_it_asks_for_is_refused(optimizer, name, neutral, fused):
    asks, words = not neutral, f"{optimizer.__name__} does not take {name}={not neutral}: "
    with pytest.raises(ValueError, match=words):
        optimizer([{"params": parameters(), name: asks}], fused=fused)
    ours = train(optimizer(parameters(), fused=fused), 2)
    with pytest.raises(ValueError, match=words):
        ours.add_param_group({"params": parameters(), name: asks})
    # By way of the defaults that a subclass may add, too: it would be ignored as well.
    with pytest.raises(ValueError, match=words):
        optimizer(parameters(), defaults={name: asks}, fused=fused)
    # And later, before anything has moved.
    before = values(ours)
    ours.param_groups[0][name] = asks
    with pytest.raises(ValueError, match=words):
        ours.step()
    assert same(values(ours), before) and len(ours.param_groups) == 1


def test_a_flag_in_the_place_of_another_key_is_seen():
    ours = train(Adam([{"params": parameters(), "mark": True}]), 2)
    # The values are the same, in the same order.
    (group,) = ours.param_groups
    items = [("amsgrad" if key == "mark" else key, value) for key, value in group.items()]
    group.clear()
    group.update(items)
    with pytest.raises(ValueError, match="Adam does not take amsgrad=True"):
        ours.step()


def test_the_class_to_use_is_named():
    for make in (
        lambda: Adam([{"params": parameters(), "amsgrad": True}]),
        lambda: Adam(parameters()).load_state_dict(
            torch.optim.Adam(parameters(), amsgrad=True).state_dict()
        ),
        lambda: Adam(parameters()).load_state_dict(
            train(torch.optim.Adam(parameters(), amsgrad=True), 2).state_dict()
        ),
        lambda: Adam(parameters()).load_state_dict(train(AMSGrad(parameters()), 2).state_dict()),
    ):
        with pytest.raises(
            ValueError, match="Adam does not take amsgrad=True: AMSGrad is the clas"
        ):
            make()


@pytest.mark.parametrize("engine", ["foreach", "capturable", "differentiable", "fused"])
def test_the_engine_of_a_checkpoint_of_torch_asks_for_nothing(engine):
    saved = torch.optim.Adam(parameters()).state_dict()
    saved["param_groups"][0][engine] = True
    ours = Adam(parameters())
    ours.load_state_dict(saved)
    assert not ours.param_groups[0].get(engine)
    # What is neutral leaves no trace either.
    assert ours.param_groups[0].keys() == Adam(parameters()).param_groups[0].keys()


@pytest.mark.parametrize("decoupled", [True, False])
def test_torchs_word_for_the_mode_of_the_decay_may_not_contradict_ours(decoupled):
    rule = WeightDecay(0.1, weight_decouple=decoupled)
    Adam([{"params": parameters(), "decoupled_weight_decay": decoupled}], weight_decay=rule)
    with pytest.raises(ValueError, match="decoupled_weight_decay=.*weight_decouple is its name"):
        Adam([{"params": parameters(), "decoupled_weight_decay": not decoupled}], weight_decay=rule)


class Own(Adam):
    """A class that has such a flag of its own."""

    def __init__(self, params, amsgrad=True, **given):
        super().__init__(params, defaults={"amsgrad": amsgrad}, **given)


def test_a_subclass_may_have_the_flag():
    ours = Own([{"params": parameters((2,)), "amsgrad": False}, {"params": parameters((2,))}])
    train(ours, 2)
    assert [group["amsgrad"] for group in ours.param_groups] == [False, True]
    # What is `True` or `False` by default is one of the two in every group.
    with pytest.raises(TypeError, match="amsgrad must be True or False"):
        Own([{"params": parameters((2,)), "amsgrad": "yes"}])


class Plain(GenericAdaptiveOptimizer):
    def __init__(self, params):
        super().__init__(params, {}, lr=0.1, betas=(0.5, 0.9), eps=0.0)

    def init_state(self, state, group, param):
        state["step"] = 0

    def step_param(self, state, group, grad, param):
        state["step"] += 1
        param.sub_(grad, alpha=group["lr"])


def test_a_class_without_kernels_refuses_to_be_fused():
    for group in ({"fused": None}, {"fused": False}, {}):
        assert train(Plain([{"params": parameters(), **group}]), 1).state
    with pytest.raises(ValueError, match="Plain does not take fused=True: there is no kernel"):
        Plain([{"params": parameters(), "fused": True}])


# Gradients that are sparse


@each_engine(False, True)
def test_a_sparse_gradient_is_refused_with_a_way_out(optimizer, fused):
    table = torch.nn.Embedding(10, 3, sparse=True)
    dense = torch.nn.Parameter(torch.ones(3))
    ours = optimizer([dense, *table.parameters()], fused=fused)
    dense.grad = torch.ones(3)
    table(torch.tensor([1, 2])).sum().backward()
    before = values(ours)
    with pytest.raises(RuntimeError) as caught:
        ours.step()
    for word in ("gradient of parameter 1", "sparse_coo", "SparseAdam", "sparse=False"):
        assert word in str(caught.value)
    assert same(values(ours), before) and not ours.state
    # A gradient that does not fit for another reason has another way out.
    table.weight.grad = None
    dense.grad = torch.ones(3)
    dense.data = torch.ones(4)
    with pytest.raises(RuntimeError) as caught:
        ours.step()
    assert "SparseAdam" not in str(caught.value)


@pytest.mark.parametrize("started", [False, True])
@each_engine(False, True)
def test_a_gradient_whose_memory_was_freed_is_refused(optimizer, fused, started):
    # As it is where a shard was gathered and given up again. Reading it would end the process.
    first, second = parameters((3,), (3,))
    ours = optimizer([first, second], fused=fused)
    train(ours, 2 if started else 0)
    first.grad, second.grad = torch.ones_like(first), torch.ones_like(second)
    second.grad.untyped_storage().resize_(0)
    before = values(ours)
    with pytest.raises(RuntimeError, match="gradient of parameter 1 has no memory"):
        ours.step()
    assert same(values(ours), before)


# Graphs of CUDA


@pytest.fixture
def capturing(monkeypatch):
    """As if a graph were captured. There need not be a GPU for it."""
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)


def no_driver():
    raise RuntimeError("CUDA driver version is insufficient for CUDA runtime version")


@each_engine(None, False, True)
def test_a_torch_that_is_built_for_cuda_works_where_there_is_no_driver(
    optimizer, fused, monkeypatch
):
    # As on a laptop with the torch that pip installs: a call of this kind raises there.
    for name in ("is_current_stream_capturing", "current_device", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, no_driver)
    train(optimizer(parameters(), fused=fused), 2)


@pytest.mark.parametrize("started", [False, True])
@each_engine(None, False, True)
def test_a_step_cannot_be_captured_by_either_engine(optimizer, fused, started, request):
    ours = optimizer(parameters(), fused=fused)
    train(ours, 2 if started else 0)
    for p in members(ours):
        p.grad = torch.ones_like(p)
    before = values(ours)
    request.getfixturevalue("capturing")
    with pytest.raises(RuntimeError, match=f"{optimizer.__name__}: .*CUDA graph"):
        ours.step()
    assert same(values(ours), before)
    assert [state["step"] for state in ours.state.values()] == ([2, 2] if started else [])


def test_a_class_of_ones_own_cannot_be_captured_either(capturing):
    ours = Plain(parameters())
    with pytest.raises(RuntimeError, match="Plain: .*CUDA graph"):
        train(ours, 1)


def test_adabelief_has_no_sibling_and_all_of_its_flags():
    # So that the lists above are not empty for it.
    assert AdaBelief.sibling is None
    found = {
        name for optimizer, name, *_ in (p.values for p in foreign()) if optimizer is AdaBelief
    }
    assert found == {"foreach", "capturable", "differentiable"}

"""Checkpoints go to torch's classes and come from them, also key by key, and mean the same."""

import copy
import io
import warnings

import pytest
import torch
from cases import MODES, OPTIMIZERS, VISIBLE, decay, members, parameters, same, train, values

from labml_optim import AdaBelief, Adam, AMSGrad, NAdam, RAdam, WeightDecay
from labml_optim._checkpoint import Sibling

EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)
COUPLED = WeightDecay(0.1, weight_decouple=False)
# Ours, and the class of torch that computes the same with these arguments.
SIBLINGS = {
    "Adam": (Adam, {}, torch.optim.Adam, {}),
    "AdamW": (Adam, {"weight_decay": 0.1}, torch.optim.AdamW, {"weight_decay": 0.1}),
    "coupled": (Adam, {"weight_decay": COUPLED}, torch.optim.Adam, {"weight_decay": 0.1}),
    "AMSGrad": (AMSGrad, {}, torch.optim.Adam, {"amsgrad": True}),
    "AMSGrad-off": (AMSGrad, {"amsgrad": False}, torch.optim.Adam, {}),
    "RAdam": (RAdam, {}, torch.optim.RAdam, {}),
    "NAdam": (NAdam, {}, torch.optim.NAdam, {}),
}
EACH_SIBLING = pytest.mark.parametrize("sibling", SIBLINGS.values(), ids=SIBLINGS)


@pytest.fixture(autouse=True)
def exact_product(request):
    """torch keeps the product of NAdam's momenta in the default type of tensors."""
    params = getattr(request.node, "callspec", None) and request.node.callspec.params
    if params and NAdam in params.get("sibling", ()):
        request.getfixturevalue("double")


def near(left, right):
    for one, other in zip(values(left), values(right), strict=True):
        # as in test_reference: both do the same sums, in another order
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def handed_over(source, target):
    """Load the state of one optimizer into another one, without a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        target.load_state_dict(copy.deepcopy(source.state_dict()))
    return target


# The form of the update


@pytest.mark.parametrize("optimized", [True, False])
@EACH_SIBLING
def test_what_comes_from_torch_goes_on_in_the_form_of_torch(sibling, optimized):
    # An epsilon that is seen: in the other form it is another one.
    optimizer, given, theirs, given_theirs = sibling
    start = train(theirs(parameters(), **VISIBLE, **given_theirs), 7)
    # Whatever form it was made with.
    ours = optimizer(values(start), lr=0.9, optimized_update=optimized)
    handed_over(start, ours)
    near(train(start, 20, first=8), train(ours, 20, first=8))


@EACH_SIBLING
def test_what_torch_does_with_a_flag_of_ours_is_set_too(sibling):
    optimizer, *_, theirs, given_theirs = sibling
    if optimizer is not RAdam:
        return
    start = train(theirs(parameters(), **VISIBLE, **given_theirs), 2)
    ours = RAdam(values(start), degenerate_to_sgd=False)
    handed_over(start, ours)
    near(train(start, 9, first=3), train(ours, 9, first=3))


@pytest.mark.parametrize("other", [torch.optim.Adam, torch.optim.RAdam])
@pytest.mark.parametrize("optimizer", [Adam, RAdam])
def test_the_form_is_that_of_the_class_that_wrote_it(optimizer, other):
    ours = optimizer(parameters())
    handed_over(train(other(parameters()), 2), ours)
    assert ours.param_groups[0]["optimized_update"] is (other is torch.optim.RAdam)


OLD = {"lr": 0.1, "betas": (0.9, 0.99), "eps": 0.1, "weight_decay": 0}
# As versions of torch have written them; the last one tells nothing.
# Any of these says that torch has written a group.
WORDS_OF_TORCH = ("fused", "foreach", "capturable", "differentiable", "decoupled_weight_decay")
GROUPS = {
    "Adam of 2019": ({**OLD, "amsgrad": False}, False),
    "NAdam": ({**OLD, "momentum_decay": 4e-3}, False),
    "RAdam of 2022": ({**OLD, "foreach": None}, True),
    **{f"RAdam, told by {key}": ({**OLD, key: False}, True) for key in WORDS_OF_TORCH},
    "another program": (OLD, None),
}


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_a_decay_whose_mode_is_not_told_is_warned_of(decay):
    # Older versions of torch have one class for each mode, and no word for it in the group.
    ours = Adam(parameters(), weight_decay=COUPLED)
    group = {**OLD, "amsgrad": False, "weight_decay": decay, "params": [0, 1]}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ours.load_state_dict({"state": {}, "param_groups": [group]})
    texts = [str(warning.message) for warning in caught]
    expected = (
        "group 0 of the checkpoint does not tell weight_decouple, which decides how it decays"
    )
    assert texts == ([f"{expected}: it stays False"] if decay else [])


@pytest.mark.parametrize(("group", "folded"), GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("before", [True, False])
def test_a_form_that_is_not_told_is_warned_of(group, folded, before):
    ours = Adam(parameters(), optimized_update=before)
    saved = {"state": {}, "param_groups": [{**group, "params": [0, 1]}]}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ours.load_state_dict(saved)
    (own,) = ours.param_groups
    assert own["optimized_update"] is (before if folded is None else folded)
    assert len(caught) == (folded is None)
    for warning in caught:
        assert "group 0 of the checkpoint does not tell optimized_update" in str(warning.message)
        assert warning.filename == __file__


def test_where_torch_has_no_such_class_the_form_is_not_guessed():
    # adabelief-pytorch has such groups. What its eps means depends on the step.
    saved = {"state": {}, "param_groups": [{**OLD, "amsgrad": False, "params": [0, 1]}]}
    ours = AdaBelief(parameters())
    with pytest.warns(UserWarning, match="optimized_update.*stays True"):
        ours.load_state_dict(saved)


def test_a_group_without_epsilon_keeps_its_own_in_its_form():
    # As a hook makes it that saves only what a schedule changes.
    ours = Adam(parameters(), eps=0.1)
    saved = {"state": {}, "param_groups": [{"params": [0, 1], "lr": 0.5}]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours.load_state_dict(saved)
    (group,) = ours.param_groups
    assert (group["lr"], group["eps"], group["optimized_update"]) == (0.5, 0.1, True)


# Through the hands of torch


def flags():
    for optimizer in (Adam, AMSGrad, RAdam, AdaBelief):
        names = {"optimized_update": False, "maximize": True}
        names |= {"amsgrad": optimizer is not AMSGrad} if optimizer is not Adam else {}
        names |= {"degenerate_to_sgd": False} if issubclass(optimizer, RAdam) else {}
        names |= {"rectify": False, "accumulate_eps": True} if optimizer is AdaBelief else {}
        for name in [None, *names]:
            given = {} if name is None else {name: names[name]}
            yield pytest.param(optimizer, given, id="-".join([optimizer.__name__, *given]))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("optimizer", "given"), list(flags()))
def test_every_flag_comes_back(optimizer, given, mode):
    ours = train(optimizer(parameters(), **VISIBLE, **given, weight_decay=decay(mode)), 3)
    for make in (optimizer, lambda params: optimizer(params, optimized_update=False)):
        other = handed_over(ours, make(values(ours)))
        for mine, its in zip(ours.param_groups, other.param_groups, strict=True):
            assert {**mine, "params": 0} == {**its, "params": 0}
        copied = copy.deepcopy(ours)
        assert same(values(train(other, 9, first=4)), values(train(copied, 9, first=4)))


@pytest.mark.parametrize("engine", ["single", "foreach", "fused", "compiled-anew"])
@EACH_SIBLING
def test_torch_goes_on_from_ours_with_each_of_its_engines(sibling, engine):
    optimizer, given, theirs, given_theirs = sibling
    if engine == "fused" and theirs in (torch.optim.RAdam, torch.optim.NAdam):
        pytest.skip(f"torch has no fused {theirs.__name__}")
    form = {"optimized_update": theirs is torch.optim.RAdam}
    ours = train(optimizer(parameters(), **VISIBLE, **given, **form), 7)
    other = handed_over(ours, theirs(values(ours), **given_theirs))
    assert all(s["step"] == 7 for s in other.state.values())
    for group in other.param_groups:
        group["foreach"] = engine == "foreach"
        if "fused" in group:
            group["fused"] = engine == "fused"
    if engine == "fused":
        # Its kernel reads a count of this type only; torch makes it so when it is asked at loading.
        for state in other.state.values():
            state["step"] = state["step"].float()
    near(train(ours, 20, first=8), train(other, 20, first=8))


@pytest.mark.parametrize("fused", [None, True, False])
def test_the_engine_is_not_a_part_of_a_checkpoint(fused):
    ours = train(Adam(parameters(), fused=fused), 2)
    assert ours.state_dict()["param_groups"][0]["fused"] is None
    other = handed_over(ours, torch.optim.Adam(values(ours)))
    train(other, 4, first=3)
    assert handed_over(ours, Adam(values(ours), fused=False)).param_groups[0]["fused"] is False


def test_a_count_beyond_float32_survives():
    ours = train(Adam(parameters()), 1)
    for state in ours.state.values():
        state["step"] = 2**24 + 1
    assert handed_over(ours, Adam(parameters())).state[members(ours)[0]] == {}
    other = handed_over(ours, Adam(values(ours)))
    assert [s["step"] for s in other.state.values()] == [2**24 + 1] * 2
    theirs = handed_over(ours, torch.optim.Adam(values(ours)))
    assert [int(s["step"]) for s in theirs.state.values()] == [2**24 + 1] * 2


# Distributed checkpoints: key by key, into what the optimizer itself would save


def dcp():
    if not torch.distributed.is_available():
        pytest.skip("this build of torch has no torch.distributed")
    import torch.distributed.checkpoint as found

    return found


class Model(torch.nn.Module):
    def __init__(self, params):
        super().__init__()
        self.weight, self.bias = (torch.nn.Parameter(p.detach().clone()) for p in params)


def made(kind, params, **given):
    model = Model(params)
    return model, kind(model.parameters(), **given)


def saved_and_loaded(source, target, folder, **options):
    """Write the state of one optimizer into a folder, and read it into another one."""
    from torch.distributed.checkpoint.state_dict import (
        StateDictOptions,
        get_optimizer_state_dict,
        set_optimizer_state_dict,
    )

    asked = StateDictOptions(**options)
    state = {"optimizer": get_optimizer_state_dict(*source, options=asked)}
    dcp().save(state, checkpoint_id=folder, no_dist=True)
    state = {"optimizer": get_optimizer_state_dict(*target, options=asked)}
    dcp().load(state, checkpoint_id=folder, no_dist=True)
    set_optimizer_state_dict(*target, state["optimizer"], options=asked)


pytestmark = pytest.mark.filterwarnings("ignore:.*torch.distributed:UserWarning")
OPTIONS = {"as-it-is": {}, "on-cpu": {"cpu_offload": True}}
FLAT = {"flatten_optimizer_state_dict": True}
EACH_OPTION = pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)


@EACH_OPTION
@pytest.mark.parametrize("ours_first", [True, False], ids=["to-torch", "from-torch"])
@EACH_SIBLING
def test_a_distributed_checkpoint_interchanges(sibling, ours_first, options, tmp_path):
    dcp()
    optimizer, given, theirs, given_theirs = sibling
    form = {"optimized_update": theirs is torch.optim.RAdam}
    start = parameters((2, 2), (3,))
    mine = made(optimizer, start, **VISIBLE, **given, **form)
    its = made(theirs, start, **VISIBLE, **given_theirs)
    source, target = (mine, its) if ours_first else (its, mine)
    train(source[1], 7)
    # The reader was made with the defaults of its class, or with what decides which state it has.
    kept = {k: v for k, v in (given if not ours_first else given_theirs).items() if k == "amsgrad"}
    target = made(theirs if ours_first else optimizer, values(source[1]), **kept)
    saved_and_loaded(source, target, tmp_path / "checkpoint", **options)
    near(train(source[1], 15, first=8), train(target[1], 15, first=8))
    steps = {type(state["step"]) for state in (mine if ours_first else target)[1].state.values()}
    assert steps == {int}


@EACH_OPTION
@pytest.mark.parametrize("mode", ["decoupled", "coupled"])
@pytest.mark.parametrize("form", [True, False])
@EACH
def test_ours_come_back_from_a_distributed_checkpoint(optimizer, form, mode, options, tmp_path):
    dcp()
    start = parameters((2, 2), (3,))
    source = made(optimizer, start, **VISIBLE, optimized_update=form, weight_decay=decay(mode))
    train(source[1], 7)
    # Made with the defaults: all is in the checkpoint.
    target = made(optimizer, values(source[1]))
    saved_and_loaded(source, target, tmp_path / "checkpoint", **options)
    assert {**source[1].param_groups[0], "params": 0} == {**target[1].param_groups[0], "params": 0}
    near(train(source[1], 15, first=8), train(target[1], 15, first=8))


@EACH_SIBLING
def test_torch_reads_a_flattened_checkpoint_of_ours(sibling, tmp_path):
    dcp()
    optimizer, given, theirs, given_theirs = sibling
    form = {"optimized_update": theirs is torch.optim.RAdam}
    source = made(optimizer, parameters((2, 2), (3,)), **VISIBLE, **given, **form)
    train(source[1], 7)
    target = made(theirs, values(source[1]), **given_theirs)
    saved_and_loaded(source, target, tmp_path / "checkpoint", **FLAT)
    near(train(source[1], 15, first=8), train(target[1], 15, first=8))


@pytest.mark.parametrize("from_torch", [True, False])
@EACH_SIBLING
def test_what_a_flattened_checkpoint_does_not_tell_stays_and_is_said(sibling, from_torch, tmp_path):
    # torch hands on the keys that the group has at the time, and these do not tell it.
    dcp()
    optimizer, given, theirs, given_theirs = sibling
    start = parameters((2, 2), (3,))
    form = {"optimized_update": theirs is torch.optim.RAdam}
    source = made(theirs, start, **VISIBLE, **given_theirs)
    if not from_torch:
        source = made(optimizer, start, **VISIBLE, **given, **form)
    train(source[1], 7)
    target = made(optimizer, values(source[1]), **given, **form)
    with pytest.warns(UserWarning) as caught:
        saved_and_loaded(source, target, tmp_path / "checkpoint", **FLAT)
    told = [str(warning.message) for warning in caught if "does not tell" in str(warning.message)]
    expected = ["optimized_update", *(["weight_decouple"] if "weight_decay" in given else [])]
    assert len(told) == len(expected)
    assert all(name in text for name, text in zip(expected, told, strict=True))
    # Made with the same arguments, it goes on with the same numbers.
    near(train(source[1], 15, first=8), train(target[1], 15, first=8))


def test_a_flattened_checkpoint_of_a_class_without_a_sibling_tells_all(tmp_path):
    dcp()
    source = made(AdaBelief, parameters((2, 2), (3,)), **VISIBLE, optimized_update=False)
    train(source[1], 7)
    target = made(AdaBelief, values(source[1]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        saved_and_loaded(source, target, tmp_path / "checkpoint", **FLAT)
    assert not [w for w in caught if "does not tell" in str(w.message)]
    near(train(source[1], 15, first=8), train(target[1], 15, first=8))


OWN_FLAGS = {
    "absolute": (Adam, {"weight_decay": decay("absolute")}),
    "no-sgd": (RAdam, {"degenerate_to_sgd": False}),
}


@pytest.mark.parametrize(("optimizer", "given"), OWN_FLAGS.values(), ids=OWN_FLAGS)
def test_flags_that_torch_does_not_have_need_a_reader_that_has_them(optimizer, given, tmp_path):
    dcp()
    start = parameters((2, 2), (3,))
    source = made(optimizer, start, **VISIBLE, **given)
    train(source[1], 7)
    target = made(optimizer, values(source[1]), **given)
    saved_and_loaded(source, target, tmp_path / "one")
    near(train(source[1], 15, first=8), train(target[1], 15, first=8))
    # Without them it would go on with other numbers, so it is refused.
    other = made(optimizer, values(source[1]))
    with pytest.raises(ValueError, match="flags of its own: make the optimizer with the same"):
        saved_and_loaded(source, other, tmp_path / "two")


@EACH
def test_what_is_read_key_by_key_is_written_by_everyone(optimizer):
    # A group of ours has the keys of torch's, and of our own flags.
    ours = optimizer(parameters())
    (group,) = ours.state_dict()["param_groups"]
    assert ours.param_groups[0].keys() - {"params"} <= group.keys()
    if optimizer.sibling is not None:
        theirs = optimizer.sibling.kind(parameters()).state_dict()["param_groups"][0]
        assert theirs.keys() <= group.keys()
        # An empty dictionary has no key for `torch.distributed.checkpoint`.
        assert all(group[key] == {} for key in group.keys() - theirs.keys())


# Hooks


def slim(optimizer, saved):
    groups = [{"params": g["params"], "lr": g["lr"]} for g in saved["param_groups"]]
    return {"state": saved["state"], "param_groups": groups}


HOOKED = {
    "slim": slim,
    "no-groups": lambda optimizer, saved: {"state": saved["state"]},
    "nothing": lambda optimizer, saved: {},
    "a-list": lambda optimizer, saved: [saved],
}


@pytest.mark.parametrize("hook", HOOKED.values(), ids=HOOKED)
@EACH
def test_what_is_saved_is_what_the_last_hook_returned(optimizer, hook):
    ours, seen = train(optimizer(parameters()), 2), []
    ours.register_state_dict_post_hook(lambda _, saved: seen.append(saved) or {"first": 1})
    ours.register_state_dict_post_hook(lambda _, saved: seen.append(saved))
    ours.register_state_dict_post_hook(hook, prepend=True)
    assert ours.state_dict() == {"first": 1} and seen[1] == {"first": 1}
    plain = train(optimizer(parameters()), 2)
    expected = hook(plain, plain.state_dict())
    assert type(seen[0]) is type(expected) and len(seen[0]) == len(expected)
    if isinstance(expected, dict):
        assert seen[0].get("param_groups") == expected.get("param_groups")


@EACH
def test_a_hook_may_put_another_checkpoint_in_the_place_of_the_given_one(optimizer):
    ours, other = train(optimizer(parameters()), 5), train(optimizer(parameters()), 2)
    calls, saved = [], ours.state_dict()
    other.register_load_state_dict_pre_hook(lambda o, d: calls.append(d) or saved)
    other.register_load_state_dict_pre_hook(lambda o, d: {"garbage": 1}, prepend=True)
    other.register_load_state_dict_post_hook(lambda o: calls.append(o))
    other.load_state_dict({"anything": 2})
    assert calls == [{"garbage": 1}, other]
    assert [state["step"] for state in other.state.values()] == [5, 5]
    # An empty one is one, too, and refused.
    other.register_load_state_dict_pre_hook(lambda o, d: {})
    with pytest.raises(ValueError, match="state"):
        other.load_state_dict(saved)


@EACH
def test_a_hook_before_saving_may_change_what_is_saved(optimizer):
    ours = train(optimizer(parameters()), 2)

    def hook(optimizer):
        optimizer.param_groups[0]["lr"] = 0.75

    handle = ours.register_state_dict_pre_hook(hook)
    assert ours.state_dict()["param_groups"][0]["lr"] == 0.75
    handle.remove()
    ours.param_groups[0]["lr"] = 0.5
    assert ours.state_dict()["param_groups"][0]["lr"] == 0.5


@EACH
def test_what_is_saved_are_the_optimizers_own_tensors(optimizer):
    # As in torch: what is written into them counts.
    ours = train(optimizer(parameters()), 2)
    saved = ours.state_dict()["state"]
    for index, p in enumerate(members(ours)):
        assert saved[index]["exp_avg"] is ours.state[p]["exp_avg"]
        assert type(ours.state[p]["step"]) is int


@EACH
def test_state_of_a_tensor_that_is_in_no_group_is_not_saved(optimizer):
    ours = train(optimizer(parameters()), 2)
    ours.param_groups[0]["params"].pop()
    assert list(ours.state_dict()["state"]) == [0]


@EACH
def test_a_checkpoint_is_plain_data(optimizer):
    file = io.BytesIO()
    torch.save(train(optimizer(parameters()), 2).state_dict(), file)
    file.seek(0)
    torch.load(file, weights_only=True)


@EACH
def test_a_checkpoint_that_has_our_own_words_is_read_by_them(optimizer):
    # As groups have them, and as this package wrote them at first.
    given = {"optimized_update": False, "weight_decay": decay("absolute"), "maximize": True}
    ours = train(optimizer(parameters(), **VISIBLE, **given), 3)
    (group,) = ours.param_groups
    saved = {
        "state": {i: dict(ours.state[p]) for i, p in enumerate(members(ours))},
        "param_groups": [{**group, "params": [0, 1], "decoupled_weight_decay": True}],
    }
    other = optimizer(values(ours))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other.load_state_dict(saved)
    assert {**other.param_groups[0], "params": 0} == {**group, "params": 0}
    assert same(values(train(ours, 6, first=4)), values(train(other, 6, first=4)))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.distributed.optim: torch.jit
@pytest.mark.parametrize("form", [True, False])
@EACH
def test_zero_redundancy_optimizer_saves_and_loads(optimizer, form, alone):
    # It writes the state that it loads into ours itself, with the count as a tensor.
    from torch.distributed.optim import ZeroRedundancyOptimizer

    def sharded(params):
        return ZeroRedundancyOptimizer(params, optimizer, **VISIBLE, optimized_update=form)

    ours = train(sharded(parameters()), 5)
    ours.consolidate_state_dict()
    other = sharded(values(ours))
    other.load_state_dict(copy.deepcopy(ours.state_dict()))
    assert same(values(train(ours, 12, first=6)), values(train(other, 12, first=6)))
    assert all(int(state["step"]) == 12 for state in other.optim.state.values())


@pytest.mark.parametrize("folded", [False, True])
def test_a_class_of_ones_own_says_which_form_its_sibling_computes(folded):
    class Own(Adam):
        sibling = Sibling(torch.optim.Adamax, {"optimized_update": folded})

    ours = Own(parameters(), optimized_update=not folded)
    ours.load_state_dict(torch.optim.Adamax(parameters()).state_dict())
    assert ours.param_groups[0]["optimized_update"] is folded
    other = Own(parameters(), optimized_update=folded)
    other.load_state_dict(ours.state_dict())
    assert other.param_groups[0]["optimized_update"] is folded


class Older(torch.optim.Adam):
    """Arguments as the Adam of torch had them before it could decouple the decay."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, betas, eps, weight_decay)


def test_a_sibling_that_cannot_decouple_is_given_no_key_for_it():
    class Ours(Adam):
        sibling = Sibling(Older, {"optimized_update": False, "weight_decouple": False})

    keys = {"lr", "betas", "eps", "weight_decay", "params"}
    for rule, told in ((WeightDecay(0.1, weight_decouple=False), True), (0.1, False)):
        (group,) = Ours(parameters(), weight_decay=rule).state_dict()["param_groups"]
        assert "decoupled_weight_decay" not in group
        # What it cannot do is written out, for a reader that can.
        assert ("capturable" not in group) is told and keys <= group.keys()
        assert group["weight_decouple"] == ({} if told else True)


@pytest.mark.parametrize("on", [False, True])
def test_a_flag_that_stands_in_a_file_of_torch_is_not_overruled(on):
    # What torch's class does not know, others may have written; what is missing is as torch has it.
    saved = train(torch.optim.RAdam(parameters()), 3).state_dict()
    saved["param_groups"][0]["degenerate_to_sgd"] = on
    ours = RAdam(parameters(), degenerate_to_sgd=not on)
    ours.load_state_dict(saved)
    (group,) = ours.param_groups
    assert (group["degenerate_to_sgd"], group["amsgrad"]) == (on, False)

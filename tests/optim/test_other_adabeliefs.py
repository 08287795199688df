"""A checkpoint of another AdaBelief goes on with its numbers, or what it leaves open is said."""

import contextlib
import copy
import io
import warnings

import pytest
import torch
from cases import VISIBLE, gradient, members, parameters, same, train, values

from labml_optim import AdaBelief, Adam
from labml_optim._checkpoint import from_others

# With this second beta the first six steps are not rectified, later ones are.
GIVEN = {**VISIBLE, "eps": 1e-2}


def adabelief_pytorch(params, **given):
    found = pytest.importorskip("adabelief_pytorch", reason="adabelief-pytorch is not installed")
    # It prints what its defaults are.
    with contextlib.redirect_stdout(io.StringIO()):
        return found.AdaBelief(params, **given, print_change_log=False)


def timm(params, **given):
    found = pytest.importorskip("timm.optim", reason="timm is not installed")
    given["decoupled_decay"] = given.pop("weight_decouple", True)
    return found.AdaBelief(params, **given, foreach=False)


MAKERS = pytest.mark.parametrize("make", [adabelief_pytorch, timm])
FLAGS = {
    "defaults": {},
    "rectify": {"rectify": False},
    "amsgrad": {"amsgrad": True},
    "amsgrad-unrectified": {"amsgrad": True, "rectify": False},
    "no-sgd": {"degenerated_to_sgd": False},
    "decay": {"weight_decay": 0.1},
    "coupled": {"weight_decay": 0.1, "weight_decouple": False},
    "fixed": {"weight_decay": 0.1, "fixed_decay": True},
}
MODES = {"coupled": {"weight_decouple": False}, "fixed": {"absolute": True}}


def loaded(saved, ours):
    """Load a checkpoint, and return what it does not tell."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ours.load_state_dict(saved)
    return [str(warning.message).split("tell ")[1].split(",")[0] for warning in caught]


def through_a_file(state):
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.parametrize("steps", [3, 20])
@pytest.mark.parametrize("name", FLAGS)
@MAKERS
def test_it_goes_on_as_if_nothing_had_happened(make, name, steps):
    theirs = train(make(parameters(), **GIVEN, **FLAGS[name]), steps)
    # What no group of adabelief-pytorch tells is given here, the rest is the default.
    decay = MODES.get(name, {}) if make is adabelief_pytorch else {}
    ours = AdaBelief(values(theirs))
    ours.param_groups[0].update(decay)
    untold = loaded(through_a_file(theirs.state_dict()), ours)
    open_ones = make is adabelief_pytorch and "weight_decay" in FLAGS[name]
    assert untold == (["weight_decouple"] if open_ones else [])
    assert "buffer" not in ours.param_groups[0]
    train(theirs, 200, first=steps + 1)
    train(ours, 200, first=steps + 1)
    for one, other in zip(values(theirs), values(ours), strict=True):
        # The same sums in another order, in float64.
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


@MAKERS
def test_a_checkpoint_before_the_first_step_tells_all_or_says_what_is_open(make):
    theirs = make(parameters(), **GIVEN, rectify=False)
    ours = AdaBelief(parameters(), rectify=False)
    untold = loaded(theirs.state_dict(), ours)
    assert untold == (["rectify"] if make is adabelief_pytorch else [])
    one, other = train(theirs, 20), train(ours, 20)
    torch.testing.assert_close(values(one), values(other), rtol=0, atol=1e-12)


def test_flags_that_are_the_optimizers_are_told_by_any_group():
    # The second group has betas, and so a buffer, of its own, and never moved.
    first, second = parameters()
    groups = [{"params": [first]}, {"params": [second], "betas": (0.7, 0.9)}]
    theirs = adabelief_pytorch(groups, **GIVEN)
    first.grad = gradient(first, 0, 1)
    theirs.step()
    ours = AdaBelief(copy.deepcopy(groups), rectify=False)
    assert loaded(theirs.state_dict(), ours) == []
    assert [group["rectify"] for group in ours.param_groups] == [True, True]
    assert [group["betas"] for group in ours.param_groups] == [GIVEN["betas"], (0.7, 0.9)]


WRONG = {
    "no-rows": ({"buffer": 7}, "buffer"),
    "short-rows": ({"buffer": [[1, 2]]}, "buffer"),
    "words": ({"buffer": [["a", "b", "c"]]}, "buffer"),
    "flag": ({"decoupled_decay": "yes"}, "weight_decouple"),
    "rectify": ({"buffer": [[None] * 3], "rectify": 1}, "rectify"),
}


@pytest.mark.parametrize(("more", "name"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_it_is_named_and_nothing_is_changed(more, name):
    ours = train(AdaBelief(parameters()), 3)
    before = copy.deepcopy(ours)
    group = {"lr": 0.1, "betas": (0.9, 0.99), "eps": 0.1, "weight_decay": 0, "amsgrad": False}
    saved = {"state": {}, "param_groups": [{**group, **more, "params": [0, 1]}]}
    with pytest.raises(ValueError, match=name):
        ours.load_state_dict(saved)
    assert {**ours.param_groups[0], "params": 0} == {**before.param_groups[0], "params": 0}
    assert same(values(train(ours, 9, first=4)), values(train(before, 9, first=4)))


def test_the_one_that_counts_in_its_group_is_refused():
    found = pytest.importorskip("pytorch_optimizer", reason="pytorch_optimizer is not installed")
    theirs = train(found.AdaBelief(parameters(), **GIVEN), 3)
    ours = AdaBelief(parameters())
    with pytest.raises(ValueError, match="the state of parameter 0 lacks step"):
        ours.load_state_dict(theirs.state_dict())
    assert ours.state == {} and "step" not in ours.param_groups[0]


def test_into_another_class_it_does_not_load():
    theirs = train(adabelief_pytorch(parameters(), **GIVEN), 3)
    ours = Adam(parameters())
    with pytest.raises(ValueError, match="parameter 0 lacks exp_avg_sq"):
        ours.load_state_dict(theirs.state_dict())
    assert ours.state == {} and len(members(ours)) == 2


@pytest.mark.parametrize("own", [True, False])
def test_a_buffer_that_is_empty_does_not_tell_which_update_is_made(own):
    saved = AdaBelief(parameters(), rectify=not own).state_dict()
    (group,) = saved["param_groups"]
    for key in ("accumulate_eps", "rectify", "degenerate_to_sgd"):
        del group[key]
    group["buffer"] = [[None] * 3 for _ in range(10)]
    ours = AdaBelief(parameters(), rectify=own)
    assert loaded(saved, ours) == ["rectify"] and ours.param_groups[0]["rectify"] is own
    assert ours.param_groups[0]["optimized_update"] is own
    # After steps it does: a rectified update would have filled it.
    begun = train(AdaBelief(parameters(), rectify=False), 1).state_dict()["state"]
    ours = AdaBelief(parameters(), rectify=own)
    assert loaded({**saved, "state": begun}, ours) == []
    assert ours.param_groups[0]["rectify"] is False


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize(
    ("row", "told"), [((6, 5.5, 0.1), None), ((3, 4.9, 0.1), True), ((3, 4.9, -1), False)]
)
def test_a_buffer_tells_of_the_first_steps_only_if_it_has_some(row, told, kind, own):
    saved = AdaBelief(parameters()).state_dict()
    (group,) = saved["param_groups"]
    # As adabelief-pytorch has it, with a row for each of ten steps.
    for key in ("accumulate_eps", "rectify", "degenerate_to_sgd"):
        del group[key]
    group |= {"buffer": [kind(row)] + 9 * [[None] * 3], "amsgrad": True}
    ours = AdaBelief(parameters(), degenerate_to_sgd=own, rectify=False)
    loaded(saved, ours)
    (group,) = ours.param_groups
    assert group["degenerate_to_sgd"] is (own if told is None else told)
    assert group["rectify"] is True and group["accumulate_eps"] is True
    # A rectified update of theirs is the folded one, and has no maximum.
    assert group["optimized_update"] is True and group["amsgrad"] is False


@pytest.mark.parametrize("on", [True, False])
def test_each_flag_of_others_has_a_word_of_ours(on):
    (own,) = AdaBelief(parameters()).param_groups
    theirs = {"lr": 0.1, "decoupled_decay": on, "fixed_decay": on, "degenerated_to_sgd": on}
    found = from_others(theirs, own, {})
    flags = ("weight_decouple", "absolute", "degenerate_to_sgd")
    assert {name: found.get(name) for name in flags} == dict.fromkeys(flags, on)

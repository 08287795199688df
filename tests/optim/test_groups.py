"""Every hyper-parameter lives in its group: it can differ per group, and change at any time."""

import copy
from fractions import Fraction

import pytest
import torch
from cases import FLAGS, MODES, OPTIMIZERS, VISIBLE, decay, parameters, same, train, values

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam, WeightDecay

START = {**VISIBLE, "weight_decay": 0.2}
OTHER = {
    "lr": 0.03,
    "betas": (0.5, 0.9),
    "eps": 0.4,
    "weight_decay": 0.5,
    "weight_decouple": False,
    "absolute": True,
}


def settings():
    """Each optimizer with each hyper-parameter it has, and a value that is not the usual one."""
    rows = []
    for optimizer, flags in FLAGS.items():
        others = OTHER | {name: not default for name, default in flags.items()}
        for name, value in others.items():
            row = pytest.param(optimizer, name, value, id=f"{optimizer.__name__}-{name}")
            rows.append(row)
    return rows


def build(optimizer, groups, **changed):
    """The mode of the decay is no argument of an optimizer: it comes with WeightDecay."""
    mode = {key: changed.pop(key) for key in tuple(changed) if key in MODES["decoupled"]}
    given = {**START, **changed}
    given["weight_decay"] = WeightDecay(given["weight_decay"], **mode)
    return optimizer(groups, **given)


@pytest.mark.parametrize(("optimizer", "name", "value"), settings())
def test_an_argument_reaches_its_group_and_takes_effect(optimizer, name, value):
    plain = train(build(optimizer, parameters()), 12)
    changed = train(build(optimizer, parameters(), **{name: value}), 12)
    assert changed.param_groups[0][name] == value != plain.param_groups[0][name]
    assert not same(values(changed), values(plain))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_argument_counts_for_more_than_a_default_of_the_caller(optimizer):
    given = {"lr": 0.25, "betas": (0.5, 0.75), "eps": 1e-3}
    others = {"lr": 0.5, "betas": (0.25, 0.5), "eps": 1e-4}
    ours = optimizer(parameters(), **given, defaults=others)
    assert given.items() <= ours.param_groups[0].items() and given.items() <= ours.defaults.items()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_group_counts_for_more_than_a_default_of_the_caller(optimizer):
    ours = optimizer(parameters(), defaults={"foreach": None})
    (p,) = parameters((2,))
    with pytest.raises(ValueError, match="foreach=True"):
        ours.add_param_group({"params": [p], "foreach": True})
    ours.add_param_group({"params": [p], "foreach": False})


@pytest.mark.parametrize(("optimizer", "name", "value"), settings())
def test_a_group_may_differ_from_its_neighbour(optimizer, name, value):
    first, second = parameters()
    groups = [{"params": [first]}, {"params": [second], name: value}]
    mixed = train(build(optimizer, groups), 12)
    plain = train(build(optimizer, parameters()), 12)
    changed = train(build(optimizer, parameters(), **{name: value}), 12)
    assert same(values(mixed), [values(plain)[0], values(changed)[1]])


@pytest.mark.parametrize(("optimizer", "name", "value"), settings())
def test_a_group_added_later_may_differ(optimizer, name, value):
    first, second = parameters()
    mixed = build(optimizer, [first])
    mixed.add_param_group({"params": [second], name: value})
    changed = train(build(optimizer, parameters(), **{name: value}), 12)
    assert torch.equal(values(train(mixed, 12))[1], values(changed)[1])


@pytest.mark.parametrize(("optimizer", "name", "value"), settings())
def test_a_change_takes_effect_at_the_next_step(optimizer, name, value):
    # after three steps: rectification and its fallback can still be switched
    ours = train(build(optimizer, parameters()), 3)
    unchanged = copy.deepcopy(ours)
    ours.param_groups[0][name] = value
    if name == "amsgrad" and value:
        # a maximum of v needs a v before: it begins with the next one
        assert not same(values(train(ours, 12, first=4)), values(train(unchanged, 12, first=4)))
        return
    fresh = build(optimizer, values(ours), **{name: value})
    for p, old in zip(fresh.param_groups[0]["params"], unchanged.param_groups[0]["params"],
                      strict=True):  # fmt: skip
        fresh.state[p] = copy.deepcopy(unchanged.state[old])
    assert same(values(train(ours, 12, first=4)), values(train(fresh, 12, first=4)))


@pytest.mark.parametrize("optimizer", [Adam, AdaBelief])
def test_each_group_starts_its_own_count(optimizer):
    first, second = parameters()
    ours = train(optimizer([first]), 4)
    ours.add_param_group({"params": [second]})
    train(ours, 6, first=5)
    assert [ours.state[p]["step"] for p in (first, second)] == [6, 2]


@pytest.mark.parametrize("optimizer", [AMSGrad, RAdam, AdaBelief])
def test_amsgrad_may_be_switched_and_the_checkpoint_still_loads(optimizer):
    ours = train(optimizer(parameters(), **VISIBLE), 5)
    ours.param_groups[0]["amsgrad"] = not FLAGS[optimizer]["amsgrad"]
    train(ours, 8, first=6)
    other = optimizer(values(ours), **VISIBLE)
    other.load_state_dict(ours.state_dict())
    assert same(values(train(ours, 12, first=9)), values(train(other, 12, first=9)))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_defaults_of_the_caller_are_not_changed(optimizer):
    defaults = {"tag": "mine"}
    ours = optimizer(parameters((2,)), defaults=defaults)
    ours.add_param_group({"params": parameters((2,))})
    train(ours, 2)
    ours.defaults["lr"] = 0.5
    assert defaults == {"tag": "mine"}


def as_list(groups):
    return groups


def as_generator(groups):
    return (group for group in groups)


@pytest.mark.parametrize("given", [as_list, as_generator, tuple])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_groups_own_dictionary_is_kept_and_filled_in(optimizer, given):
    # As in torch: a wrapper that keeps the dictionary, and writes a rate there, is heard.
    groups = [
        {"params": parameters((2,)), "lr": 0.5},
        {"params": parameters((2,)), "weight_decay": decay("coupled", 0.25)},
        {"params": (p for p in parameters((2,)))},
    ]
    ours = optimizer(given(groups[:2]))
    ours.add_param_group(groups[2])
    assert all(a is b for a, b in zip(ours.param_groups, groups, strict=True))
    assert groups[0]["eps"] == ours.defaults["eps"] and isinstance(groups[2]["params"], list)
    assert (groups[1]["weight_decay"], groups[1]["weight_decouple"]) == (0.25, False)
    before = values(ours)
    for group in groups:
        group["lr"] = 0.0
    assert same(values(train(ours, 3)), before)


BAD_GROUPS = {
    "value": lambda: {"params": parameters((2,)), "lr": -1.0},
    "flag": lambda: {"params": parameters((2,)), "maximize": "yes"},
    "rule": lambda: {"params": parameters((2,)), "weight_decay": "a rule"},
    "not-a-leaf": lambda: {"params": [parameters((2,))[0] * 2], "weight_decay": decay("coupled")},
    "no-tensor": lambda: {"params": (1, 2)},
    "no-params": lambda: {"lr": 0.5},
}


@pytest.mark.parametrize("bad", BAD_GROUPS.values(), ids=BAD_GROUPS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_group_that_is_refused_is_as_it_was(optimizer, bad):
    good, group = {"params": parameters((2,)), "weight_decay": decay("coupled")}, bad()
    before = [dict(good), dict(group)]
    with pytest.raises((TypeError, ValueError, KeyError)):
        optimizer([good, group])
    # The first one, too: else it would bring the values of that try to the next one.
    assert [good, group] == before
    ours = optimizer(parameters((2,)))
    with pytest.raises((TypeError, ValueError, KeyError)):
        ours.add_param_group(group)
    assert group == before[1] and len(ours.param_groups) == 1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_values_of_a_subclass_reach_the_groups(optimizer):
    groups = [{"params": parameters((2,))}, {"params": parameters((2,)), "tag": "other"}]
    ours = optimizer(groups, defaults={"tag": "mine"})
    assert [group["tag"] for group in ours.param_groups] == ["mine", "other"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_keys_that_we_do_not_know_pass_through(optimizer):
    # as in torch: schedulers keep their `initial_lr` there, people their own marks
    ours = optimizer([{"params": parameters((2,)), "name": "head", "initial_lr": 0.3}])
    train(ours, 1)
    saved = ours.state_dict()["param_groups"][0]
    assert saved["name"] == "head" and saved["initial_lr"] == 0.3


@pytest.mark.parametrize("error", [RuntimeError, ValueError, TypeError])
def test_a_value_that_cannot_be_compared_may_be_in_a_group(error):
    class Mark:
        def __eq__(self, other):
            raise error("cannot be compared")

    # Each step is given a new one, so it is compared.
    ours, plain = Adam(parameters()), Adam(parameters())
    for t in range(1, 4):
        ours.param_groups[0]["mark"] = Mark()
        train(ours, t, first=t)
    assert same(values(ours), values(train(plain, 3)))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.filterwarnings("ignore")  # beta2 = 1/2 never rectifies: test_refusals
def test_any_real_number_will_do_and_groups_hold_plain_floats(optimizer):
    half = Fraction(1, 2)
    ours = optimizer(parameters(), lr=1, betas=[0, half], eps=half, weight_decay=half)
    (group,) = ours.param_groups
    found = (group["lr"], *group["betas"], group["eps"], group["weight_decay"])
    assert found == (1.0, 0.0, 0.5, 0.5, 0.5)
    assert {type(value) for value in found} == {float} and type(group["betas"]) is tuple

r"""
# What the prover runs

`sidenotes prove` sends [exact numbers](../sidenotes/check/proof/__init__.py) through each optimizer
of [the table](catalog.py): with each combination of its flags, each mode of weight decay, and from
any state. It is the optimizer's own `step()`, with all its checks. A tensor is one number here,
which stands for every element. What is not done element by element is refused by name.

Some names are [replaced](engines/modules.py) in the modules while they run: `math` and what it has,
and the `float` of the checks of hyper-parameters.

The [fused engines](engines/__init__.py) are proved in the same way, with other code that makes the
step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import torch

from checks import optimizers
from checks.catalog import CATALOG, MODES, Entry, Flags
from checks.engines.modules import at_work
from checks.tensors import ExactTensor, selftest, tensor
from labml_optim import Adam, WeightDecay
from sidenotes.check.formula.symbols import shifted
from sidenotes.check.proof.arithmetic import error
from sidenotes.check.proof.ground import Ground, plain
from sidenotes.check.proof.numbers import Exact
from sidenotes.check.proof.task import Domain, Proof
from sidenotes.check.runs import Item, Started

# ## Configurations

RATE, ANY = Domain(0.0, usual=(0.05, 0.4)), Domain()
AVERAGE = Domain(0.0, usual=(0.1, 2.0))
HYPER = {
    "t": Domain(0.0, usual=(10, 30), whole=True),
    r"\alpha": RATE,
    r"\beta_1": Domain(0.0, 1.0, usual=(0.7, 0.92)),
    r"\beta_2": Domain(0.0, 1.0, usual=(0.93, 0.97)),
    r"\epsilon": Domain(0.0, usual=(0.05, 0.5)),
    r"\lambda": RATE,
    "g_t": ANY,
    r"\theta_{t-1}": ANY,
}


def proofs() -> Iterator[Proof]:
    """All configurations of the annotated code."""
    selftest()
    for row in CATALOG:
        for values, mode in product(product([True, False], repeat=len(row.flags)), MODES.values()):
            flags = {**dict(zip(row.flags, values, strict=True)), **mode}
            yield configuration(row, flags, Start(row, flags))


def configuration(row: Entry, flags: Flags, start: Start) -> Proof:
    return Proof(
        name=f"{row.name}({optimizers.listed(flags)})",
        subject=row.name,
        flags=flags,
        inputs={**remembered(row, flags), **HYPER, **dict.fromkeys(row.numbers, RATE)},
        given="g_t",
        aliases={r"\hat\epsilon": r"\epsilon"},
        # $\rho_\infty = (1 + \beta_2) / (1 - \beta_2)$.
        positive=lambda inputs: [2 / (1 - inputs[r"\beta_2"]) - 1],  # type: ignore[list-item]
        start=start,
        algorithms=[f"{row.name.lower()}.{row.name}", *optimizers.pages(row, flags)],
    )


def remembered(row: Entry, flags: Flags) -> dict[str, Domain]:
    """What an optimizer remembers: a mean has any sign, that of squares and a product have one."""
    keys = optimizers.remembered(row, flags)
    domains = {key: ANY if key == "exp_avg" else AVERAGE for key in keys.values()}
    return {before(symbol): domains[key] for symbol, key in keys.items()}


def before(symbol: str) -> str:
    return shifted(symbol, "t", "t-1")


def same(one: Any, other: Any) -> bool:
    """Whether they are the same numbers, and not only equal ones."""
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(map(same, one, other))
    return one is other


def held(optimizer: Adam) -> dict[tuple[str, str], Any]:
    """All that an optimizer has, but for its state and for what it has checked."""
    (group,) = optimizer.param_groups
    found = {"group": group, "defaults": optimizer.defaults, "own": vars(optimizer)}
    found["rule"] = vars(optimizer.weight_decay)
    every = {(of, name): value for of, names in found.items() for name, value in names.items()}
    return {each: value for each, value in every.items() if each != ("own", "_checked")}


def look_apart(optimizer: Adam, grad: torch.Tensor) -> None:
    """Each tensor that the next step finds has a memory of its own, and is a number alone."""
    ((param, state),) = optimizer.state.items()
    assert param.grad is grad, "the parameter has another gradient"
    found = [param, grad, *(x for x in state.values() if isinstance(x, torch.Tensor))]
    assert len({*map(id, found)}) == len(found), "two tensors have one memory"
    more = {name for each in found for name in vars(each)} - {"number"}
    assert not more, f"a tensor has {more}"


# The attributes of an optimizer of torch.
PLAIN = vars(torch.optim.SGD([torch.zeros(1)])).keys()


def begin(optimizer: Adam, ground: Ground) -> Callable[..., None]:
    """`init_state`, where what it makes without a tensor at hand becomes exact, too."""
    init_state = optimizer.init_state

    def init_exact(state: dict[str, Any], *rest: Any) -> None:
        asked = len(ground.path.guards)
        init_state(state, *rest)
        assert len(ground.path.guards) == asked, "what a first step begins with depends on a number"
        made: dict[int, ExactTensor] = {}
        for key, value in state.items():
            if isinstance(value, torch.Tensor) and not isinstance(value, ExactTensor):
                # One that has two keys remains one.
                exact = tensor(Exact.constant(ground, value.item()))
                state[key] = made.setdefault(id(value), exact)

    return init_exact


def annotated(optimizer: Adam) -> Callable[[], Any]:
    return optimizer.step


@dataclass(frozen=True)
class Start:
    """
    Starts a run of one step. `engine` returns what makes it, and `item` says what is looked at. An
    engine in C gets its text as well.
    """

    row: Entry
    flags: Flags
    engine: Callable[..., Callable[[], Any]] = annotated
    item: Callable[[Item], Item] = lambda item: item

    def __call__(self, inputs: Mapping[str, Exact], fresh: bool, *text: str) -> Started:
        grad, optimizer = tensor(inputs["g_t"]), self.optimizer(inputs, fresh)
        (group,) = optimizer.param_groups
        group["params"][0].grad = grad
        make = self.engine(optimizer, *text)

        before = held(optimizer)

        def step(given: Any) -> Any:
            with at_work():
                reported = make()
            assert grad.number is inputs["g_t"], "the gradient was written to"
            self.look(optimizer, before, 1 if fresh else inputs["t"] + 1)
            look_apart(optimizer, grad)
            return reported

        item = self.item(optimizers.item(self.row.kind, self.flags, optimizer, group))
        return Started([replace(item, before=None if fresh else inputs["t"])], step)

    def look(self, optimizer: Adam, before: Mapping[Any, Any], count: Any) -> None:
        """
        What the next step finds is what is compared, the count and the hyper-parameters: nothing
        else is remembered, and what is never negative is not.
        """
        (group,), after = optimizer.param_groups, held(optimizer)
        kept = {each for each in after if each in before and same(after[each], before[each])}
        assert kept == {*before, *after}, f"the step has changed { ({*before, *after} - kept) }"
        state = optimizer.state[group["params"][0]]
        keys = optimizers.remembered(self.row, self.flags)
        assert state.keys() == {"step", *keys.values()}, f"the state has {[*state]}"
        assert not error(state["step"], count), "the step is counted wrongly"
        more = vars(optimizer).keys() - PLAIN - {"weight_decay", "init_state", "_checked"}
        assert not more, f"the optimizer has {more}"
        for key in keys.values():
            negative = key != "exp_avg" and plain(state[key].number) < 0
            assert not negative, f"{key} is negative"

    def optimizer(self, inputs: Mapping[str, Exact], fresh: bool) -> Adam:
        """The optimizer, before the step."""
        row, param = self.row, tensor(inputs[before(r"\theta_t")])
        betas = inputs[r"\beta_1"], inputs[r"\beta_2"]
        group: dict[str, Any] = {
            "lr": inputs[r"\alpha"],
            "betas": betas,
            "eps": inputs[r"\epsilon"],
        }
        group |= {"weight_decay": inputs[r"\lambda"]}
        group |= {key: inputs[symbol] for symbol, key in row.numbers.items()}
        rule = WeightDecay(**{name: self.flags[name] for name in ("weight_decouple", "absolute")})
        own: dict[str, Any] = {name: self.flags[name] for name in row.flags}
        # What is no matter of numbers is the one or the other. Of both the code is the same.
        own["fused"] = None if self.flags["maximize"] else False
        # What the group has a number for, the optimizer has another.
        own |= {key: x + 1 for key, x in group.items() if key not in ("betas", "weight_decay")}
        own["betas"] = (sum(betas) / 2,) * 2
        with at_work():
            made = row.kind([{"params": [param], **group}], weight_decay=rule, **own)
        vars(rule)["weight_decay"] = made.defaults["weight_decay"] = inputs[r"\lambda"] + 1
        given = {key: value for key, value in made.param_groups[0].items() if key in group}
        assert all(same(given[key], value) for key, value in group.items()), "a number was changed"
        made.init_state = begin(made, param.number.ground)  # type: ignore[method-assign]
        if not fresh:
            keys = optimizers.remembered(row, self.flags)
            state = {key: tensor(inputs[before(symbol)]) for symbol, key in keys.items()}
            made.state[param] = {"step": inputs["t"], **state}
            # The step before has checked the group, and knows it.
            with at_work():
                made.current(made.param_groups[0])
        return made

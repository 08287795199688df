r"""
# The generic adaptive optimizer

Every optimizer here does the same chores: walk over the parameters, skip those without a
gradient, keep some memory for each, refuse nonsense, save and load. `GenericAdaptiveOptimizer`
does the chores and leaves two blanks. An optimizer fills in `init_state` (what to remember
about a parameter) and `step_param` (how to move it). Only the second one holds mathematics, so
the other pages hold little else.

## Parameter groups and state, for those who are new to torch

An optimizer in torch owns two things.

**`param_groups`** is a list of dictionaries. Each has the list `params` of the parameters that
it governs, and beside it the hyper-parameters for them: `lr`, `betas`, `eps` and whatever else
the optimizer knows. They are plain data, read again at each step. So two layers can have
different learning rates, a scheduler is somebody who writes a new `lr` into the groups, and a
change takes effect at the next step.

>>> import torch
>>> from labml_optim import Adam
>>> slow, fast = torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)
>>> optimizer = Adam([
...     {'params': slow.parameters(), 'lr': 1e-4},
...     {'params': fast.parameters(), 'weight_decay': 0.1},
... ])
>>> for group in optimizer.param_groups:
...     print(group['lr'], group['betas'], group['weight_decay'])
0.0001 (0.9, 0.999) 0.0
0.001 (0.9, 0.999) 0.1

**`state`** is a dictionary from parameters to what the optimizer remembers about each. It
starts empty. A parameter gets its entry when it first has a gradient, and from then on it
counts its own steps: one that sits out a step is not older for it, and its bias correction
stays right.

>>> for t in range(3):
...     optimizer.zero_grad()
...     hidden = slow(torch.ones(1, 3))
...     if t == 1:
...         hidden = hidden.detach()  # in this step, `slow` gets no gradient
...     fast(hidden).sum().backward()
...     optimizer.step()
>>> optimizer.state[slow.weight]['step'], optimizer.state[fast.weight]['step']
(2, 3)
>>> sorted(optimizer.state[fast.weight])
['exp_avg', 'exp_avg_sq', 'step']

The keys are those of `torch.optim`, so a checkpoint written there can be read here, and the
other way round. One thing differs. Our `step` is a Python `int`, exact for ever. torch counts
in a float32 tensor, which cannot count past $2^{24}$: there, adding one changes nothing.

>>> count = torch.tensor(2.0 ** 24)
>>> bool(count + 1 == count)
True
"""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from labml_optim import _checkpoint, _validation

State = dict[str, Any]
Group = dict[str, Any]

# Half-precision numbers are computed with in these.
EXACT = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.complex32: torch.complex64,
}


class GenericAdaptiveOptimizer(Optimizer):
    r"""
    ## The base class

    Extends `torch.optim.Optimizer`, so schedulers, hooks, closures and `zero_grad` work as they
    do there.

    * `params` are the tensors to optimize, or groups of them as dictionaries
    * `defaults` are group values beyond the three below. The dictionary is copied, never changed.
    * `lr` is the learning rate $\alpha$: finite, not negative, else `ValueError`
    * `betas` are $(\beta_1, \beta_2)$, the decay rates of the moving averages, each in $[0, 1)$
    * `eps` is $\epsilon$, which keeps a denominator from zero: finite, not negative

    A value that is not a number is a `TypeError`. Each group may bring its own values.
    """

    OPTIONAL: frozenset[str] = frozenset()

    def __init__(
        self,
        params: Any,
        defaults: dict[str, Any],
        lr: float,
        betas: tuple[float, float],
        eps: float,
    ):
        values = {**defaults, "lr": lr, "betas": betas, "eps": eps}
        super().__init__(params, self.check_group(values))

    def check_group(self, group: Group) -> Group:
        """
        ### Refuse a wrong hyper-parameter

        Returns a copy of `group`, which may hold any part of the hyper-parameters, as plain
        data. A subclass with hyper-parameters of its own extends this.
        """
        checks = {"lr": _validation.number, "eps": _validation.number, "betas": _validation.betas}
        return {**group, **{k: check(k, group[k]) for k, check in checks.items() if k in group}}

    def add_param_group(self, param_group: Group) -> None:
        """
        ### Add a group

        As in torch, but with its values checked first. The caller's dictionary stays as it was.
        """
        if isinstance(param_group, dict):
            param_group = self.check_group(param_group)
        super().add_param_group(param_group)

    def init_state(self, state: State, group: Group, param: Tensor) -> None:
        """
        ### Blank 1: what to remember

        Called when `param` has its first gradient, with an empty `state` to be filled. All that is
        ever kept is made here: a checkpoint is checked against it. An exception are the keys in
        `OPTIONAL`, which a step makes or drops as the flags ask.
        """
        raise NotImplementedError(f"{type(self).__name__} must define init_state")

    def step_param(self, state: State, group: Group, grad: Tensor, param: Tensor) -> None:
        r"""
        ### Blank 2: how to move

        * `state` is the memory of this parameter
        * `group` is the parameter group with the hyper-parameters
        * `grad` is the gradient $g_t$. It must not be changed.
        * `param` is the parameter $\theta_{t-1}$, to be changed in place into $\theta_t$
        """
        raise NotImplementedError(f"{type(self).__name__} must define step_param")

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """
        ### One step of everything

        `closure`, if there is one, computes the loss and its gradients anew. Its result is
        returned.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        # All is looked at before the first parameter moves: a step is whole or does not happen.
        # Groups are checked again, because anybody may have written to them since.
        for group in self.param_groups:
            group.update(self.check_group(group))
        for move in [self.look_at(group) for group in self.param_groups]:
            move()
        return loss

    def look_at(self, group: Group) -> Callable[[], None]:
        """
        ### Look at a group

        Returns what will step its parameters. Until that is called nothing is changed.
        """
        self.check_gradients(group["params"])
        return partial(self.step_tensors, group, group["params"])

    def step_tensors(self, group: Group, params: list[Tensor]) -> None:
        """### One step of some parameters of a group: of those that have a gradient"""
        for param in params:
            if param.grad is not None:
                self.step_tensor(group, param, param.grad)

    def step_tensor(self, group: Group, param: Tensor, grad: Tensor) -> None:
        """
        ### One step of one tensor, in the numbers that suit it

        `step_param` sees real numbers of at least 32 bits, whatever the parameter is made of.
        """
        state = self.state[param]
        if not state:
            state.update(self.new_state(group, param))
        if param.dtype not in EXACT:
            self.step_exact(state, group, grad, param)
            return
        # A half-precision parameter takes its step in float32 and is rounded once, at the end. Its
        # moments stay in float32: in bfloat16, $v$ could not follow $\beta_2 = 0.999$, which its
        # 8 bits cannot tell from 1.
        exact = param.to(EXACT[param.dtype])
        self.step_exact(state, group, grad.to(exact.dtype), exact)
        param.copy_(exact)

    def step_exact(self, state: State, group: Group, grad: Tensor, param: Tensor) -> None:
        """Take the step of a real tensor, or of a complex one as pairs of reals."""
        if not param.is_complex():
            self.step_param(state, group, grad, param)
            return
        # A complex number is a pair of real ones, and each of the two adapts by itself.
        real, shape = torch.view_as_real, torch.view_as_real(param).shape
        pairs = {k: real(v) if is_complex(v) else v for k, v in state.items()}
        self.step_param(pairs, group, real(grad.resolve_conj()), real(param))
        state.clear()
        for key, value in pairs.items():
            paired = isinstance(value, Tensor) and value.shape == shape
            state[key] = torch.view_as_complex(value) if paired else value

    def new_state(self, group: Group, param: Tensor) -> State:
        """Return the state of a parameter that has not moved yet."""
        state: State = {}
        self.init_state(state, group, param.to(EXACT.get(param.dtype, param.dtype)))
        return state

    def check_gradients(self, params: list[Tensor]) -> None:
        """
        ### Refuse a gradient or a state that does not fit its parameter

        `RuntimeError` with the parameter's index, before anything has changed.
        """
        for param in params:
            grad = param.grad
            if grad is None:
                continue
            for what in ("layout", "dtype", "device", "shape"):
                expected = torch.strided if what == "layout" else getattr(param, what)
                if getattr(grad, what) != expected:
                    raise RuntimeError(
                        f"{type(self).__name__}: the gradient of {self.named(param)} has {what} "
                        f"{getattr(grad, what)}, not {expected}"
                    )
            # Somebody gave the parameter another size or type since the last step.
            average = self.state[param].get("exp_avg") if param in self.state else None
            if average is not None and (
                average.shape != param.shape or average.dtype != EXACT.get(param.dtype, param.dtype)
            ):
                raise RuntimeError(
                    f"{type(self).__name__}: {self.named(param)} is now {param.dtype} "
                    f"{tuple(param.shape)}, its state {average.dtype} {tuple(average.shape)}"
                )

    def named(self, param: Tensor) -> str:
        """Return what to call a parameter: its index, counted over all groups."""
        params = [other for group in self.param_groups for other in group["params"]]
        return f"parameter {list(map(id, params)).index(id(param))}"

    @torch.no_grad()
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """
        ### Load a checkpoint

        Ours, or one of the `torch.optim` optimizer of the same kind. What does not fit is a
        `ValueError` that names it, and leaves the optimizer as it was. Hyper-parameters come
        from the checkpoint; those that it does not have stay as they are.

        This is torch's method, written again, for two reasons: torch rounds the state of a
        half-precision parameter to half precision, and it lets the new optimizer share the
        tensors of the old one.
        """
        state_dict = copy(state_dict)
        for before in self._optimizer_load_state_dict_pre_hooks.values():
            state_dict = before(self, state_dict) or state_dict
        self.__setstate__(_checkpoint.fit(self, state_dict))
        for after in self._optimizer_load_state_dict_post_hooks.values():
            after(self)


def is_complex(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_complex()

r"""
# The generic adaptive optimizer

It does the chores that every optimizer has, and leaves two blanks: what to remember about a
parameter, and how to move it.

The chores are the same for all: walk over the parameters, skip those without a
gradient, keep some memory for each, refuse nonsense, save and load. An optimizer fills in
`init_state` (what to remember) and `step_param` (how to move). Only the second one holds
mathematics, so the other pages hold little else. New to torch? [Parameter groups and
state](../docs/notes/groups.py) says what the two dictionaries are that every method here gets.
With both blanks filled in, this is gradient descent:

>>> import torch
>>> from labml_optim import GenericAdaptiveOptimizer
>>> class Descent(GenericAdaptiveOptimizer):
...     def init_state(self, state, group, param):
...         state['step'] = 0
...     def step_param(self, state, group, grad, param):
...         state['step'] += 1
...         param.add_(grad, alpha=-group['lr'])
>>> theta = torch.zeros(1, requires_grad=True)
>>> optimizer = Descent([theta], {}, lr=0.5, betas=(0.0, 0.0), eps=0.0)
>>> theta.grad = torch.ones_like(theta)
>>> optimizer.step()
>>> theta.item(), optimizer.state[theta]
(-0.5, {'step': 1})
"""

from collections.abc import Callable, Sequence
from copy import copy
from functools import cache, partial
from importlib import import_module
from multiprocessing.reduction import ForkingPickler
from operator import attrgetter
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from labml_optim import _checkpoint, _validation
from labml_optim._checkpoint import Sibling

State = dict[str, Any]
Group = dict[str, Any]

# Half-precision numbers are computed with in these.
EXACT = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.complex32: torch.complex64,
}
ON_CUDA = attrgetter("is_cuda")
# `torch.compiler.disable` imports the compiler, which takes most of a second. This does so when it
# is first called; torch's own optimizers use it.
untraced: Any = vars(torch)["_disable_dynamo"]
SPARSE = (
    "For sparse gradients there is torch.optim.SparseAdam; a layer that has an argument `sparse` "
    "makes dense ones with sparse=False"
)


class GenericAdaptiveOptimizer(Optimizer):
    r"""
    ## The base class

    Extends `torch.optim.Optimizer`, so schedulers, hooks, closures and `zero_grad` work as they
    do there.

    * `params` are the tensors to optimize, or groups of them as dictionaries
    * `defaults` are group values beyond the three below. The dictionary is copied, never changed.
    * `lr` is the learning rate $\alpha$: finite, not negative, else `ValueError`. A tensor of one
      element is kept as it is, and counts as its value.
    * `betas` are $(\beta_1, \beta_2)$, the decay rates of the moving averages, each in $[0, 1)$:
      any sequence of two numbers, kept as a tuple
    * `eps` is $\epsilon$, which keeps a denominator from zero: finite, not negative

    A value that is not a number is a `TypeError`. Each group may bring its own values. As in torch,
    a group's dictionary is kept, and missing values are filled in.
    """

    # The class of `torch.optim` with which checkpoints interchange.
    sibling: Sibling | None = None

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        # When an optimizer is sent to another process, its tensors are shared with that.
        ForkingPickler.register(cls, _checkpoint.reduce_shared)

    def __init__(
        self,
        params: Any,
        defaults: dict[str, Any],
        lr: float | Tensor,
        betas: Sequence[float],
        eps: float,
    ):
        values = {**defaults, "lr": lr, "betas": betas, "eps": eps}
        if not isinstance(params, Tensor):
            params = list(params)
        with _validation.restored(params):
            super().__init__(params, self.check_group(values))

    def check_group(self, group: Group) -> Group:
        """
        ### Refuse a wrong hyper-parameter

        Returns a copy of `group`, which may hold any part of the hyper-parameters, as plain
        data. A value whose default is `True` or `False` must be one of the two. A subclass with
        other hyper-parameters of its own extends this.
        """
        checks: dict[str, Callable[[str, Any], Any]]
        checks = {"lr": _validation.rate, "eps": _validation.number, "betas": _validation.betas}
        # Not yet there when the constructor checks them.
        defaults = vars(self).get("defaults", {})
        checks |= {name: _validation.flag for name, v in defaults.items() if isinstance(v, bool)}
        checks["fused"] = _validation.optional_flag
        _validation.refuse_flags(type(self), {**defaults, **group})
        return {**group, **{k: check(k, group[k]) for k, check in checks.items() if k in group}}

    def add_param_group(self, param_group: Group) -> None:
        """
        ### Add a group

        As in torch, but with its values checked first. If the group is refused, its dictionary
        stays as it was.
        """
        count = len(self.param_groups)
        with _validation.restored([param_group]):
            if isinstance(param_group, dict):
                param_group.update(self.check_group(param_group))
            super().add_param_group(param_group)
            try:
                if param_group.get("fused"):
                    require_kernels().require(self, param_group["params"])
            except BaseException:
                del self.param_groups[count:]
                raise

    def init_state(self, state: State, group: Group, param: Tensor) -> None:
        """
        ### Blank 1: what to remember

        Called when `param` has its first gradient, with an empty `state` to be filled. All that is
        ever kept is made here: a checkpoint is checked against it. Only a maximum of `key`, kept as
        `max_key`, may come and go with the flag `amsgrad`.
        """
        raise NotImplementedError(type(self).__name__ + " must define init_state")

    def step_param(self, state: State, group: Group, grad: Tensor, param: Tensor) -> None:
        r"""
        ### Blank 2: how to move

        * `state` is the memory of this parameter. Its `step` is an `int`.
        * `group` is the parameter group with the hyper-parameters, as plain numbers
        * `grad` is the gradient $g_t$. It must not be changed.
        * `param` is the parameter $\theta_{t-1}$, to be changed in place into $\theta_t$
        """
        raise NotImplementedError(type(self).__name__ + " must define step_param")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """
        ### One step of everything

        `closure`, if there is one, computes the loss and its gradients anew. Its result is
        returned. `RuntimeError` while a CUDA graph is captured: each replay would repeat the
        numbers of this one step.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        if torch.compiler.is_compiling():
            step_traced(self)
            return loss
        # `torch.no_grad` in a fifth of its time, which matters for one small parameter.
        enabled = torch.is_grad_enabled()
        torch._C._set_grad_enabled(False)
        try:
            self.step_groups()
        finally:
            torch._C._set_grad_enabled(enabled)
        return loss

    def step_groups(self) -> None:
        """
        ### One step of all groups

        All of them are checked before the first parameter moves: a step is whole or does not
        happen.
        """
        self.refuse_capture()
        for move in [self.prepare_step(self.current(group)) for group in self.param_groups]:
            move()

    def current(self, group: Group) -> Group:
        """
        ### The values of a group, as they are now

        Anything may have been written into a group since the last step, so it is checked again if
        it has another key or value. A tensor as `lr` can also change in place. Returns the group,
        or a copy in which that tensor is a number.
        """
        known = self.__dict__.get("_checked") or vars(self).setdefault("_checked", {})
        if not same(known.get(id(group)), (*group, *group.values())):
            # Groups that the optimizer no longer has are forgotten.
            for gone in known.keys() - map(id, self.param_groups):
                del known[gone]
            group.update(self.check_group(group))
            known[id(group)] = (*group, *group.values())
        lr = group["lr"]
        return {**group, "lr": _validation.number("lr", lr)} if isinstance(lr, Tensor) else group

    def prepare_step(self, group: Group) -> Callable[[], None]:
        """
        ### Choose an engine for a group

        The annotated code, or [one kernel for many tensors](fused/__init__.py). Returns what makes
        the step; until that is called nothing is changed. In a dispatch mode, which watches the
        operations of torch, the engine is the annotated code, so that there are some to watch.
        """
        fused = group.get("fused", False)
        if fused is None:
            fused = True in map(ON_CUDA, group["params"]) and kernels() is not None
        if fused and torch._C._len_torch_dispatch_stack() == 0:
            return require_kernels().prepare_step(self, group)
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
            self.step_counted(state, group, grad, param)
            return
        # A complex number is a pair of real ones, and each of the two adapts by itself.
        real, shape = torch.view_as_real, torch.view_as_real(param).shape
        pairs = {k: real(v) if is_complex(v) else v for k, v in state.items()}
        self.step_counted(pairs, group, real(grad.resolve_conj()), real(param))
        state.clear()
        for key, value in pairs.items():
            paired = isinstance(value, Tensor) and value.shape == shape
            state[key] = torch.view_as_complex(value) if paired else value

    def step_counted(self, state: State, group: Group, grad: Tensor, param: Tensor) -> None:
        """Take the step with a count that is an `int`, also where it is kept in a tensor."""
        count = state.get("step")
        if not isinstance(count, Tensor):
            self.step_param(state, group, grad, param)
            return
        before = state["step"] = int(count)
        try:
            self.step_param(state, group, grad, param)
        finally:
            # Added, not replaced: another process may have counted in the meantime.
            count += state["step"] - before
            state["step"] = count

    def new_state(self, group: Group, param: Tensor) -> State:
        """Return the state of a parameter that has not moved yet."""
        state: State = {}
        self.init_state(state, group, param.to(EXACT.get(param.dtype, param.dtype)))
        if _checkpoint.is_shared(param):
            _checkpoint.count_in_tensor(state)
        return state

    def refuse_capture(self) -> None:
        """
        ### Refuse to be captured

        A CUDA graph repeats the numbers of the step that was captured.
        """
        # Asked where CUDA is in use only: without a driver, a torch that is built for CUDA raises.
        if torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing():
            raise RuntimeError(
                f"{type(self).__name__}: a step cannot be captured in a CUDA graph, because the "
                "learning rate, the corrections and the count are others when it is replayed"
            )

    def check_gradients(self, params: list[Tensor]) -> None:
        """
        ### Refuse a gradient or a state that does not fit its parameter

        `RuntimeError` with the parameter's index, before anything has changed.
        """
        for param in params:
            grad = param.grad
            if grad is None:
                continue
            dtype, shape = param.dtype, param.shape
            fits = grad.layout is torch.strided and grad.dtype is dtype and grad.shape == shape
            if not fits or grad.device != param.device or is_freed(grad):
                self.refuse_gradient(param, grad)
            # The parameter may have another size or type since the last step.
            average = self.state[param].get("exp_avg") if param in self.state else None
            if average is not None and (
                average.shape != shape or average.dtype is not EXACT.get(dtype, dtype)
            ):
                raise RuntimeError(
                    f"{type(self).__name__}: {self.named(param)} is now {dtype} "
                    f"{tuple(shape)}, its state {average.dtype} {tuple(average.shape)}"
                )

    def refuse_gradient(self, param: Tensor, grad: Tensor) -> None:
        """Say what does not fit."""
        for what in ("layout", "dtype", "device", "shape"):
            found = getattr(grad, what)
            expected = torch.strided if what == "layout" else getattr(param, what)
            if found != expected:
                advice = f". {SPARSE}" if what == "layout" else ""
                raise RuntimeError(
                    f"{type(self).__name__}: the gradient of {self.named(param)} has {what} "
                    f"{found}, not {expected}{advice}"
                )
        raise RuntimeError(
            f"{type(self).__name__}: the gradient of {self.named(param)} has no memory, "
            "its storage was freed"
        )

    def named(self, param: Tensor) -> str:
        """Return what to call a parameter: its index, counted over all groups."""
        params = [other for group in self.param_groups for other in group["params"]]
        return f"parameter {list(map(id, params)).index(id(param))}"

    def state_dict(self) -> dict[str, Any]:
        """
        ### What to save

        As in torch, whose hooks run, and in torch's keys where the class has a `sibling` there:
        [`_checkpoint`](_checkpoint.py) says which. The tensors are the optimizer's own.
        """
        for before in self._optimizer_state_dict_pre_hooks.values():
            before(self)
        saved = _checkpoint.pack(self)
        for after in self._optimizer_state_dict_post_hooks.values():
            changed = after(self, saved)
            saved = saved if changed is None else changed
        return saved

    @torch.no_grad()
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """
        ### Load a checkpoint

        Ours, or one of the `torch.optim` optimizer of the same kind. What does not fit is a
        `ValueError` that names it, and leaves the optimizer as it was. Hyper-parameters come
        from the checkpoint; those that it does not have stay as they are. A checkpoint of torch
        sets `optimized_update` to the form that torch computes.

        This is torch's method, written again, for two reasons: torch rounds the state of a
        half-precision parameter to half precision, and it lets the new optimizer share the
        tensors of the old one.
        """
        state_dict = copy(state_dict)
        for before in self._optimizer_load_state_dict_pre_hooks.values():
            changed = before(self, state_dict)
            state_dict = state_dict if changed is None else changed
        fitted = _checkpoint.fit(self, state_dict)
        fitted["state"] = _checkpoint.into_shared(self.state, fitted["state"])
        self.__setstate__(fitted)
        for after in self._optimizer_load_state_dict_post_hooks.values():
            after(self)


def same(before: Any, now: Any) -> bool:
    """Whether two tuples have the same contents. What cannot be compared is not the same."""
    try:
        return bool(before == now)
    # Tensors, as an example, of several elements.
    except (RuntimeError, ValueError, TypeError):
        return False


# ## Under `torch.compile`


@torch.no_grad()
def step_traced(optimizer: GenericAdaptiveOptimizer) -> None:
    """### One step of everything, under `torch.compile`"""
    calls, states = start_traced_step(optimizer)
    make(calls)
    finish_traced_step(states)


@untraced
def start_traced_step(optimizer: GenericAdaptiveOptimizer) -> tuple[list[Any], list[State]]:
    """
    Return functions and their arguments for [`torch.compile` to trace](fused/traced.py), and the
    states in which the step is to be counted. The functions take tensors only, since a number would
    be a constant of what is compiled. Where they are not what the optimizer computes, because a
    method is overridden, the step is made here, untraced.
    """
    optimizer.refuse_capture()
    found = kernels()
    traced = None if found is None else found.trace_step(optimizer)
    if traced is None:
        optimizer.step_groups()
    return traced or ([], [])


@untraced
def finish_traced_step(states: list[State]) -> None:
    """Count a step that was traced."""
    for state in states:
        state["step"] += 1


def make(calls: list[tuple[Callable[..., None], tuple[Any, ...]]]) -> None:
    """Call functions with their arguments: under `torch.compile`, one graph for all of them."""
    for function, arguments in calls:
        function(*arguments)


def is_freed(tensor: Tensor) -> bool:
    """Whether the storage of a tensor was made empty. Zeros of torch may be without one, too."""
    if type(tensor) is not Tensor or tensor.data_ptr() or not tensor.numel():
        return False
    return not tensor.is_meta and not tensor._is_zerotensor()


def is_complex(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_complex()


@cache
def kernels() -> ModuleType | None:
    """The package of engines beside this file; `None` in a copy that has none."""
    name = f"{__package__}.fused"
    try:
        found = import_module(name) if __package__ else None
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith(name):
            raise
        return None
    # Another package may have a module of this name.
    return found if hasattr(found, "prepare_step") else None


def require_kernels() -> ModuleType:
    """The same. `RuntimeError` if there is none."""
    found = kernels()
    if found is None:
        raise RuntimeError(
            "fused=True: the kernels are in the folder `fused` of labml_optim, and this copy of "
            "`optimizer.py` has none beside it. Use fused=None"
        )
    return found

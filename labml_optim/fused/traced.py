r"""
# What `torch.compile` traces

A step that contains the value of a learning rate is compiled again for the next value. So under
`torch.compile` a step is the function `update`. It does what the [kernels](cpu/kernel.c) do, in
operations of torch, and its numbers come in a tensor. What is compiled is the same for all learning
rates, all $\beta$, and all $t$.

Code that looks at a number must not be traced. It runs before, in a function that `torch.compile`
calls and does not trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from labml_optim.fused.overrides import known, refusal
from labml_optim.fused.partition import PLAIN, keeps_maximum, moments
from labml_optim.fused.scalars import scalars
from labml_optim.fused.table import shard
from labml_optim.optimizer import GenericAdaptiveOptimizer, Group, State

Call = tuple[Callable[..., None], tuple[Any, ...]]


def trace_step(optimizer: GenericAdaptiveOptimizer) -> tuple[list[Call], list[State]] | None:
    """
    Return calls for `torch.compile` to trace, functions of tensors with their arguments, and the
    states in which the step is to be counted when they have been made. `None` if `update` is not
    what the optimizer computes, or if one of its tensors is of a subclass.
    """
    params = [param for group in optimizer.param_groups for param in group["params"]]
    inputs = [t for param in params if param.grad is not None for t in (param, param.grad)]
    if refusal(optimizer) is not None or not {type(shard(t)) for t in inputs} <= PLAIN:
        return None
    groups = [optimizer.current(group) for group in optimizer.param_groups]
    for group in groups:
        optimizer.check_gradients(group["params"])
    calls: list[Call] = []
    states: list[State] = []
    for group in groups:
        active = [param for param in group["params"] if param.grad is not None]
        tensors = [arguments(optimizer, group, param) for param in active]
        own = [optimizer.state[param] for param in active]
        numbers = in_tensors(optimizer, group, own, [m for _, _, m, *_ in tensors])
        flags = known(optimizer).centred, keeps_maximum(group)
        calls += [(update, (*t, n, *flags)) for t, n in zip(tensors, numbers, strict=True)]
        states += own
    return calls, states


def arguments(optimizer: GenericAdaptiveOptimizer, group: Group, param: Tensor) -> list[Tensor]:
    """The tensors that `update` is given for a parameter."""
    found = [shard(tensor) for tensor in (param, param.grad, *moments(optimizer, group, param))]
    if param.is_complex():
        found = [torch.view_as_real(tensor.resolve_conj()) for tensor in found]
    # Without a maximum, $v$ takes its place.
    return found if keeps_maximum(group) else [*found, found[-1]]


def in_tensors(
    optimizer: GenericAdaptiveOptimizer, group: Group, states: list[State], like: list[Tensor]
) -> list[Tensor]:
    """The numbers for each of these states, as a tensor that is like another one."""
    rows: list[list[float]] = []
    counts = [int(state["step"]) + 1 for state in states]
    for t, before in zip(counts, [None, *counts], strict=False):
        if t != before:
            beta1, beta2, *rest = scalars(optimizer, group, known(optimizer).centred, t)
        rows.append([1 - beta1, beta2, 1 - beta2, *rest])
    together = torch.tensor(rows, dtype=torch.float64, device="cpu")
    # One copy for each, and a view for each parameter: if two parameters shared a tensor, the graph
    # would not be the one for two tensors, and would be compiled again.
    copies = {(m.device, m.dtype): together.to(m.device, m.dtype) for m in like}
    return [copies[m.device, m.dtype][i] for i, m in enumerate(like)]


def update(
    stored: Tensor,
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    top: Tensor,
    numbers: Tensor,
    centred: bool,
    maximum: bool,
) -> None:
    r"""
    ## The step of one tensor

    * `stored` is the parameter, in the type of numbers that it is stored in
    * `grad` is its gradient
    * `m`, `v` and `top` are its moments; without `maximum`, `top` is not used
    * `numbers` are those of [`LAYOUT`](scalars.py), with $1 - \beta_1$ in place of $\beta_1$,
      and $1 - \beta_2$ after $\beta_2$
    * `centred` means AdaBelief's second moment
    * `maximum` means AMSGrad's largest one
    """
    rest1, beta2, rest2, sign, keep, penalty, *others = numbers.unbind()
    inside, under, root, eps, step_size, adaptive = others
    param, grad = stored.to(m.dtype), grad.to(m.dtype)
    # $$g_t \leftarrow \varsigma\,g_t$$
    grad = sign * grad
    # $$g_t \leftarrow g_t + \lambda_g\,\theta_{t-1}$$
    grad = torch.where(penalty != 0, grad + penalty * param, grad)
    # $$\tilde\theta_{t-1} \leftarrow \kappa\,\theta_{t-1}$$
    param = keep * param
    # $$m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t$$
    m.lerp_(grad, rest1)
    if centred:
        # $$e_t \leftarrow g_t - m_t$$
        error = grad - m
    else:
        # $$e_t \leftarrow g_t$$
        error = grad
    # $$v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,e_t^2$$
    v.mul_(beta2).add_(rest2 * error * error)
    # $$v_t \leftarrow v_t + \epsilon_v$$
    v.add_(inside)
    if maximum:
        # $$\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)$$
        top.copy_(torch.maximum(top, v))
    else:
        # $$\bar v_t \leftarrow v_t$$
        top = v
    # $$d_t \leftarrow \frac{\sqrt{\bar v_t + \epsilon_u}}{c_t} + \epsilon$$
    denominator = (top + under).sqrt() / root + eps
    # RAdam's first steps do not divide, and with $\alpha_t = 0$ nothing moves: both depend on
    # numbers here, so that no step needs another graph.
    ratio = torch.where(adaptive != 0, m / denominator, m)
    stored.copy_(torch.where(step_size != 0, param - step_size * ratio, param))

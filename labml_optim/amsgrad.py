r"""
# AMSGrad

Reddi, Kale and Kumar, [On the Convergence of Adam and
Beyond](https://openreview.net/forum?id=ryQu7f-RZ), 2018.

Adam can fail on a problem with one parameter, a line for a loss, and bounded gradients. The
paper shows how: a rare large gradient points the right way, many small ones point the wrong
way. Adam divides the large one by the root of a $v_t$ that it has just blown up itself, and
forgets it again by the time the small ones come. So the small ones win, although their sum is
smaller.

AMSGrad does not forget: it divides by the root of the largest $v$ so far. $\bar v_t$ can only
grow, and $\alpha/\sqrt{\bar v_t}$ only fall. The effective learning rate, bias correction
included, [can rise all the same](#which-maximum), and for thousands of steps.

$$
\begin{align*}
& m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad
\textcolor{new}{\bar v_0 \leftarrow 0}, \quad t \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
& \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
& \quad \textcolor{new}{\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)} \\[0.5em]
& \quad \hat m_t \leftarrow \frac{m_t}{1 - \beta_1^t} \\[1em]
& \quad \theta_t \leftarrow \tilde\theta_{t-1}
- \alpha\,\frac{\hat m_t}{\sqrt{\textcolor{new}{\bar v_t}/(1 - \beta_2^t)}
+ \textcolor{eps}{\epsilon}}
\end{align*}
$$

What is new against [Adam](adam.py) is set in colour. As there, this is the textbook form, and the
default [folds the corrections into the step size](adam.py#two-forms).

## The counter-example

The loss is $f_t(x) = 1010\,x$ when $t \bmod 101 = 1$ and $-10\,x$ otherwise, for $x$ in
$[-1, 1]$. Over 101 steps the gradients add up to $1010 - 1000 = 10 > 0$, so the best $x$ is
$-1$. Adam, with $\beta_1 = 0.9$ and $\beta_2 = 0.99$, walks to $+1$ and stays near it. AMSGrad
goes to $-1$. Here is the mean of $x$ over the last 101 of 20 200 steps:

>>> import torch
>>> from labml_optim import AMSGrad
>>> def walk(amsgrad, steps=20_200):
...     x = torch.zeros((), dtype=torch.float64, requires_grad=True)
...     optimizer = AMSGrad([x], lr=0.05, betas=(0.9, 0.99), amsgrad=amsgrad)
...     path = []
...     for t in range(1, steps + 1):
...         x.grad = torch.full_like(x, 1010 if t % 101 == 1 else -10)
...         optimizer.step()
...         x.data.clamp_(-1, 1)
...         path.append(x.item())
...     return round(sum(path[-101:]) / 101, 1)
>>> walk(amsgrad=False), walk(amsgrad=True)
(0.9, -0.9)

## Which maximum? {#which-maximum}

The maximum is taken of the uncorrected $v_t$, as in the paper, which has no bias correction at
all. Here, as in torch, the correction comes after the maximum. Some implementations take the
maximum of $\hat v_t$ instead. It is not a detail of the first
steps: $\hat v_1 = g_1^2$ is a large value made from one gradient, and its maximum is kept for
ever.

Our order has a price too. $\bar v_t$ never falls, but $\bar v_t/(1 - \beta_2^t)$ does, for
as long as the correction grows. After one large gradient $\bar v_t$ stays what it was, and the
effective learning rate at step $t$, divided by that of the first step, is

$$\sqrt{\frac{1 - \beta_2^t}{1 - \beta_2}}$$

It rises until $\beta_2$ has forgotten the start: for the default $\beta_2$ to 31.6 times the first
one. Here with $\beta_1 = 0$, a first gradient of 1 and then gradients of 0.01:

>>> import math
>>> def growth(beta2, t):
...     return math.sqrt((1 - beta2**t) / (1 - beta2))
>>> x = torch.zeros((), dtype=torch.float64, requires_grad=True)
>>> optimizer, rate = AMSGrad([x], lr=1.0, betas=(0.0, 0.999)), []
>>> for t in range(10_000):
...     before, g = x.item(), 1.0 if t == 0 else 0.01
...     x.grad = torch.tensor(g, dtype=torch.float64)
...     optimizer.step()
...     rate.append((before - x.item()) / g)
>>> for t in (2, 300, 3000, 10_000):
...     print(round(rate[t - 1] / rate[0], 1), round(growth(0.999, t), 1))
1.4 1.4
16.1 16.1
30.8 30.8
31.6 31.6
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from labml_optim import _validation
from labml_optim.adam import Adam
from labml_optim.optimizer import Group, State
from labml_optim.weight_decay import WeightDecay


class AMSGrad(Adam):
    r"""
    ## The AMSGrad optimizer

    Extends [Adam](adam.py), and is Adam with `amsgrad=False`.

    * `amsgrad` divides by the root of the maximum $\bar v_t$, `True` by default. It can be
      switched in a group between two steps: the maximum then starts, or is forgotten, there.

    The other arguments are those of Adam: `params`, `lr`, `betas`, `eps`, `weight_decay`,
    `optimized_update`, `defaults`, `maximize`, `fused`, `torch_arguments`.

    With all its flags, the algorithm is

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \bar v_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \text{for each gradient } g_t\text{:} \\
    & \quad t \leftarrow t + 1 \\
    & \quad g_t \leftarrow -g_t && \text{if } \texttt{maximize} \\
    & \quad \tilde\theta_{t-1} \leftarrow \theta_{t-1} \\
    & \quad \text{if } \texttt{weight\_decouple}\text{:} \\
    & \qquad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
    & \qquad \tilde\theta_{t-1} \leftarrow (1 - \lambda)\,\theta_{t-1}
    && \text{if } \texttt{absolute} \\
    & \quad \text{else:} \\
    & \qquad g_t \leftarrow g_t + \lambda\,\theta_{t-1} \\
    & \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \bar v_t \leftarrow v_t \\
    & \quad \bar v_t \leftarrow \max(\bar v_{t-1}, v_t) && \text{if } \texttt{amsgrad} \\
    & \quad \text{if } \texttt{optimized\_update}\text{:} \\
    & \qquad \alpha_t \leftarrow \alpha\,\sqrt{1 - \beta_2^t} / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{\bar v_t} + \textcolor{eps}{\hat\epsilon} \\
    & \quad \text{else:} \\
    & \qquad \alpha_t \leftarrow \alpha / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{\bar v_t} / \sqrt{1 - \beta_2^t} + \textcolor{eps}{\epsilon} \\
    & \quad \theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t / d_t
    \end{align*}
    $$

    >>> theta = torch.ones(3, requires_grad=True)
    >>> optimizer = AMSGrad([theta])
    >>> theta.sum().backward()
    >>> optimizer.step()
    >>> sorted(optimizer.state[theta])
    ['exp_avg', 'exp_avg_sq', 'max_exp_avg_sq', 'step']
    """

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: WeightDecay | float = WeightDecay(),
        *,
        optimized_update: bool = True,
        amsgrad: bool = True,
        defaults: dict[str, Any] | None = None,
        maximize: bool = False,
        fused: bool | None = None,
        **torch_arguments: bool | None,
    ):
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            optimized_update=optimized_update,
            defaults={**(defaults or {}), **_validation.flags(amsgrad=amsgrad)},
            maximize=maximize,
            fused=fused,
            **torch_arguments,
        )

    def init_state(self, state: State, group: Group, param: Tensor) -> None:
        """### Start"""
        super().init_state(state, group, param)
        if group["amsgrad"]:
            # $$\bar v_0 \leftarrow 0$$
            state["max_exp_avg_sq"] = torch.zeros_like(param)

    def get_mv(self, state: State, group: Group, grad: Tensor) -> tuple[Tensor, Tensor]:
        r"""
        ### The two moments

        Returns $m_t$ and, with `amsgrad`, $\bar v_t$ in place of $v_t$.
        """
        m, v = super().get_mv(state, group, grad)
        return m, self.get_maximum(state, group, "max_exp_avg_sq", v)

    def get_maximum(self, state: State, group: Group, key: str, v: Tensor) -> Tensor:
        r"""
        ### The maximum

        Returns the largest of $v_1, \dots, v_t$, element by element, kept under `key`, or $v_t$
        itself without `amsgrad`. (Reddi, Kale and Kumar, algorithm 2)
        """
        if not group["amsgrad"]:
            state.pop(key, None)
            return v
        if key not in state:
            state[key] = torch.zeros_like(v)
        v_max = state[key]
        # $$\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)$$
        torch.maximum(v_max, v, out=v_max)
        return v_max

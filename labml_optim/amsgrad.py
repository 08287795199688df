r"""
# AMSGrad

AMSGrad is Adam that does not forget: it divides by the root of the largest second moment so far.

Reddi, Kale and Kumar, [On the Convergence of Adam and
Beyond](https://openreview.net/forum?id=ryQu7f-RZ), 2018. Adam [can
fail](../docs/notes/counter_example.py) on a problem with one parameter, a line for a loss, and
bounded gradients: it divides a rare large gradient by the root of a $v_t$ that the gradient itself
has just blown up, and forgets it again by the time the many small ones come. Here $\bar v_t$ can
only grow, and $\alpha/\sqrt{\bar v_t}$ only fall.

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
default [folds the corrections into the step size](../docs/notes/two_forms.py).

/// figure | docs/notes/figures/counterexample.py
[The counter-example](../docs/notes/counter_example.py): one gradient in $101$ is $1010$, the
others are $-10$. The best $x$ is $-1$; Adam ends at $0.9$ in the mean, AMSGrad at $-0.9$.
///

The maximum is of the uncorrected $v_t$, so the effective learning rate, bias correction included,
[can rise](../docs/notes/counter_example.py#which-maximum), and for thousands of steps. After a
gradient of 100 and 5000 gradients of 1, a step of Adam is almost $\alpha$ long again:

>>> import torch
>>> from labml_optim import Adam, AMSGrad
>>> def last_step(kind):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer = kind([theta], lr=1.0)
...     for g in [100.0] + 5000 * [1.0]:
...         before, theta.grad = theta.item(), torch.full_like(theta, g)
...         optimizer.step()
...     return round(before - theta.item(), 2)
>>> last_step(Adam), last_step(AMSGrad)
(0.97, 0.32)
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

    The algorithm with all its flags:

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
    && \text{if } \texttt{absolute}\text{ and } \alpha \ne 0 \\
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

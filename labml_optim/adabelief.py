r"""
# AdaBelief

Adam divides by how large a gradient is. AdaBelief divides by how far it was from what one expected.

Zhuang, Tang, Ding, Tatikonda, Dvornek, Papademetris and Duncan, [AdaBelief Optimizer: Adapting
Stepsizes by the Belief in Observed Gradients](https://arxiv.org/abs/2010.07468), 2020. However
steady the gradient is, Adam's step stays at about $\alpha$. AdaBelief's expectation is $m_t$: where
$g_t$ keeps close to it, we believe what we see and [the step grows](../docs/notes/belief.py); where
it does not, the step stays as short as Adam's. In the code that is one subtraction.

$$
\begin{align*}
& m_0 \leftarrow 0, \quad \textcolor{new}{s_0 \leftarrow 0}, \quad t \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
& \quad \textcolor{new}{s_t \leftarrow
\beta_2 s_{t-1} + (1 - \beta_2)\,(g_t - m_t)^2} \\[0.5em]
& \quad \hat m_t \leftarrow \frac{m_t}{1 - \beta_1^t} \\[1em]
& \quad \textcolor{new}{\hat s_t \leftarrow
\frac{s_t + \textcolor{eps}{\epsilon}}{1 - \beta_2^t}} \\[1em]
& \quad \theta_t \leftarrow \tilde\theta_{t-1}
- \alpha\,\frac{\hat m_t}{\sqrt{\textcolor{new}{\hat s_t}} + \textcolor{eps}{\epsilon}}
\end{align*}
$$

What is new against [Adam](adam.py) is set in one colour, $\textcolor{eps}{\epsilon}$ in another: it
[stands in two places](../docs/notes/two_forms.py#inner). This is the textbook form again, and the
default [folds the corrections into the step size](../docs/notes/two_forms.py).

/// figure | docs/notes/figures/belief.py
Without rectification: step $1000$ is $20.03\,\alpha$ long while the gradient stays $1$. While it
flips its sign, the steps end at $0.06\,\alpha$, and those of Adam at $0.05\,\alpha$.
///

And it is the update without rectification: by default, `rectify=True`, the step is multiplied by
[RAdam's](radam.py) $r_t$, and the first five steps at the default $\beta_2$ are $\alpha\,\hat m_t$.
Step 1000 under a gradient that never changes, in units of $\alpha$:

>>> import torch
>>> from labml_optim import AdaBelief, Adam, RAdam
>>> def step_1000(kind, **flags):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer = kind([theta], lr=1.0, **flags)
...     for t in range(1000):
...         before, theta.grad = theta.item(), torch.ones_like(theta)
...         optimizer.step()
...     return round(before - theta.item(), 2)
>>> step_1000(Adam), step_1000(RAdam)
(1.0, 0.65)
>>> step_1000(AdaBelief, rectify=False), step_1000(AdaBelief)
(20.03, 12.93)
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from labml_optim import _validation
from labml_optim.optimizer import Group, State
from labml_optim.radam import RAdam
from labml_optim.weight_decay import WeightDecay


class AdaBelief(RAdam):
    r"""
    ## The AdaBelief optimizer

    Extends [RAdam](radam.py), and keeps its update.

    * `eps` is $\epsilon$, `1e-16` by default. It is used twice.
    * `rectify` uses RAdam's update (`True`, the default) or Adam's (`False`)
    * `accumulate_eps` adds the inner $\epsilon$ into the stored $s_t$ (`True`) or to a copy
      (`False`, the default)
    * `degenerate_to_sgd` is `True` by default, as in RAdam, and means nothing without `rectify`
    * `amsgrad` is `False` by default. With `True`, $\bar s_t = \max(s_1, \dots, s_t)$ takes the
      place of $s_t$.

    The other arguments are those of Adam: `params`, `lr`, `betas`, `weight_decay`,
    `optimized_update`, `defaults`, `maximize`, `fused`, `torch_arguments`.

    Around $\hat m_t$, the first step would be divided by next to nothing. This is its length in
    units of $\alpha$, without rectification:

    >>> class AroundHat(AdaBelief):
    ...     def get_mv(self, state, group, grad):
    ...         beta1, beta2 = group['betas']
    ...         m, s = state['exp_avg'], state['exp_avg_var']
    ...         m.lerp_(grad, 1 - beta1)
    ...         error = grad - m / (1 - beta1 ** state['step'])
    ...         s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
    ...         return m, s + group['eps']
    >>> def first_step(kind):
    ...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    ...     theta.grad = torch.ones_like(theta)
    ...     kind([theta], lr=1.0, rectify=False).step()
    ...     return f'{-theta.item():.3g}'
    >>> first_step(AdaBelief), first_step(AroundHat)
    ('1.11', '3.16e+06')

    The algorithm with all its flags:

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad s_0 \leftarrow 0, \quad \bar s_0 \leftarrow 0, \quad t \leftarrow 0 \\
    & \rho_\infty \leftarrow 2 / (1-\beta_2) - 1 \\
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
    & \quad s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)\,(g_t - m_t)^2 \\
    & \quad s_t \leftarrow s_t + \textcolor{eps}{\epsilon} && \text{if } \texttt{accumulate\_eps} \\
    & \quad \bar s_t \leftarrow s_t \\
    & \quad \bar s_t \leftarrow \max(\bar s_{t-1}, s_t) && \text{if } \texttt{amsgrad} \\
    & \quad u_t \leftarrow \bar s_t + \textcolor{eps}{\epsilon} \\
    & \quad u_t \leftarrow \bar s_t && \text{if } \texttt{accumulate\_eps} \\
    & \quad \rho_t \leftarrow \rho_\infty - 2t\beta_2^t / (1 - \beta_2^t) \\
    & \quad r_t \leftarrow 1 \\
    & \quad \text{if } \texttt{rectify}\text{ and } \rho_t \ge 5\text{:} \\
    & \qquad r_t \leftarrow
    \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}} \\[1em]
    & \quad \text{if } \texttt{optimized\_update}\text{:} \\
    & \qquad \alpha_t \leftarrow r_t\,\alpha\,\sqrt{1 - \beta_2^t} / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{u_t} + \textcolor{eps}{\hat\epsilon} \\
    & \quad \text{else:} \\
    & \qquad \alpha_t \leftarrow r_t\,\alpha / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{u_t} / \sqrt{1 - \beta_2^t} + \textcolor{eps}{\epsilon} \\
    & \quad \theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t / d_t \\
    & \quad \text{if } \texttt{rectify}\text{ and } \rho_t < 5\text{:} \\
    & \qquad \theta_t \leftarrow \tilde\theta_{t-1} \\
    & \qquad \text{if } \texttt{degenerate\_to\_sgd}\text{:} \\
    & \qquad \quad \theta_t \leftarrow \tilde\theta_{t-1} - \frac{\alpha}{1-\beta_1^t}\,m_t
    \end{align*}
    $$
    """

    # torch has no AdaBelief.
    sibling = None

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-16,
        weight_decay: WeightDecay | float = WeightDecay(),
        *,
        optimized_update: bool = True,
        amsgrad: bool = False,
        degenerate_to_sgd: bool = True,
        rectify: bool = True,
        accumulate_eps: bool = False,
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
            amsgrad=amsgrad,
            degenerate_to_sgd=degenerate_to_sgd,
            defaults={
                **(defaults or {}),
                **_validation.flags(rectify=rectify, accumulate_eps=accumulate_eps),
            },
            maximize=maximize,
            fused=fused,
            **torch_arguments,
        )

    def rectifies(self, group: Group) -> bool:
        """Return whether the updates of this group are to be rectified."""
        return group["rectify"]

    def init_state(self, state: State, group: Group, param: Tensor) -> None:
        """### Start"""
        # $$t \leftarrow 0$$
        state["step"] = 0
        # $$m_0 \leftarrow 0$$
        state["exp_avg"] = torch.zeros_like(param)
        # $$s_0 \leftarrow 0$$
        state["exp_avg_var"] = torch.zeros_like(param)
        if group["amsgrad"]:
            # $$\bar s_0 \leftarrow 0$$
            state["max_exp_avg_var"] = torch.zeros_like(param)

    def get_mv(self, state: State, group: Group, grad: Tensor) -> tuple[Tensor, Tensor]:
        r"""
        ### The mean and the belief

        Updates $m$ and $s$ in place with the gradient $g_t$. Returns $m_t$ and $u_t$, which takes
        the place of $v_t$: two tensors of the shape of the parameter, neither of them
        bias-corrected yet. (Zhuang et al., algorithm 2)
        """
        beta1, beta2 = group["betas"]
        m, s = state["exp_avg"], state["exp_avg_var"]
        # $$m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t$$
        m.lerp_(grad, 1 - beta1)
        # $$\textcolor{new}{e_t \leftarrow g_t - m_t}$$
        #
        # As in the paper, around $m_t$ as it is. [Should it be
        # $\hat m_t$?](../docs/notes/m_hat.py) Then the first error would be zero, since
        # $\hat m_1 = g_1$, and the first step, if it is not rectified, three million $\alpha$ long.
        error = grad - m
        # $$\textcolor{new}{s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)\,e_t^2}$$
        s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
        # Stored, it comes again with each step.
        if group["accumulate_eps"]:
            # $$s_t \leftarrow s_t + \textcolor{eps}{\epsilon}$$
            s.add_(group["eps"])
        s_max = self.get_maximum(state, group, "max_exp_avg_var", s)
        if group["accumulate_eps"]:
            return m, s_max
        # Without `amsgrad`, $\bar s_t$ is $s_t$.
        #
        # $$u_t \leftarrow \bar s_t + \textcolor{eps}{\epsilon}$$
        under_root = s_max + group["eps"]
        return m, under_root

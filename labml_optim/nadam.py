r"""
# NAdam

NAdam is Adam that looks one step ahead: the momentum of the next step is made now.

Dozat, [Incorporating Nesterov Momentum into
Adam](https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ), 2016. Momentum looks back: $m_t$ says
where the gradients have pointed, and Adam goes there. Nesterov's idea is to look one step ahead.
The next step will go along $\mu_{t+1}\,m_t$ in any case, whatever gradient it finds, so that part
of it can be made now. NAdam puts the present gradient and the momentum of the *next* step into one
mean, $n_t$, and makes Adam's step with that.

$$
\begin{align*}
& m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad
\textcolor{new}{\Pi_0 \leftarrow 1}, \quad t \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
& \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
& \quad \textcolor{new}{\mu_t \leftarrow \beta_1\,(1 - 0.96^{t\delta} / 2)} \\
& \quad \textcolor{new}{\mu_{t+1} \leftarrow \beta_1\,(1 - 0.96^{(t+1)\delta} / 2)} \\
& \quad \textcolor{new}{\Pi_t \leftarrow \Pi_{t-1}\,\mu_t} \\[0.5em]
& \quad \textcolor{new}{n_t \leftarrow \frac{1 - \mu_t}{1 - \Pi_t}\,g_t
+ \frac{\mu_{t+1}}{1 - \Pi_t\,\mu_{t+1}}\,m_t} \\[1em]
& \quad \hat v_t \leftarrow \frac{v_t}{1 - \beta_2^t} \\[1em]
& \quad \theta_t \leftarrow \tilde\theta_{t-1}
- \alpha\,\frac{\textcolor{new}{n_t}}{\sqrt{\hat v_t} + \textcolor{eps}{\epsilon}}
\end{align*}
$$

What is new against [Adam](adam.py) is set in colour. The momentum warms up: $\mu_t$ goes from about
$\beta_1/2$ to $\beta_1$, the more slowly the smaller $\delta$ is. $\Pi_t$, the product of all
$\mu_i$ so far, takes the place of $\beta_1^t$ in the bias correction.

/// figure | docs/notes/figures/lookahead.py
The gradient turns at step $101$, and NAdam with it: its step goes $0.18\,\alpha$ the new way.
Adam turns at step $107$.
///

The bias correction is not exact: while Adam's steps would all be $\alpha$ long, [the first steps of
NAdam](../docs/notes/nesterov.py) are longer or shorter.

>>> import torch
>>> from labml_optim import Adam, NAdam
>>> def second_step(kind):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer = kind([theta], lr=1.0)
...     for t in (1, 2):
...         before, theta.grad = theta.item(), torch.ones_like(theta)
...         optimizer.step()
...     return round(before - theta.item(), 2)
>>> second_step(Adam), second_step(NAdam)
(1.0, 0.78)
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from labml_optim import _validation
from labml_optim._checkpoint import Sibling
from labml_optim.adam import Adam, Step
from labml_optim.optimizer import Group, State
from labml_optim.weight_decay import WeightDecay


class NAdam(Adam):
    r"""
    ## The NAdam optimizer

    Extends [Adam](adam.py). No kernel computes it: it runs annotated, and `fused=True` is refused.

    * `lr` is the learning rate $\alpha$, `2e-3` by default
    * `optimized_update` is `False` by default, since the paper and `torch.optim.NAdam` have the
      textbook form only
    * `momentum_decay` is $\delta$, `4e-3` by default: finite and not negative, else `ValueError`.
      With 0, all $\mu_t$ are $\beta_1/2$.

    The other arguments are those of Adam: `params`, `betas`, `eps`, `weight_decay`, `defaults`,
    `maximize`, `fused`, `torch_arguments`.

    The algorithm with all its flags:

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \Pi_0 \leftarrow 1, \quad t \leftarrow 0 \\
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
    & \quad \mu_t \leftarrow \beta_1\,(1 - 0.96^{t\delta} / 2) \\
    & \quad \mu_{t+1} \leftarrow \beta_1\,(1 - 0.96^{(t+1)\delta} / 2) \\
    & \quad \Pi_t \leftarrow \Pi_{t-1}\,\mu_t \\
    & \quad n_t \leftarrow \frac{1 - \mu_t}{1 - \Pi_t}\,g_t
    + \frac{\mu_{t+1}}{1 - \Pi_t\,\mu_{t+1}}\,m_t \\[1em]
    & \quad \text{if } \texttt{optimized\_update}\text{:} \\
    & \qquad \alpha_t \leftarrow \alpha\,\sqrt{1 - \beta_2^t} \\
    & \qquad d_t \leftarrow \sqrt{v_t} + \textcolor{eps}{\hat\epsilon} \\
    & \quad \text{else:} \\
    & \qquad \alpha_t \leftarrow \alpha \\
    & \qquad d_t \leftarrow \sqrt{v_t} / \sqrt{1 - \beta_2^t} + \textcolor{eps}{\epsilon} \\
    & \quad \theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,n_t / d_t
    \end{align*}
    $$
    """

    sibling: Sibling | None = Sibling(torch.optim.NAdam, {"optimized_update": False})

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 2e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: WeightDecay | float = WeightDecay(),
        momentum_decay: float = 4e-3,
        *,
        optimized_update: bool = False,
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
            defaults={**(defaults or {}), "momentum_decay": momentum_decay},
            maximize=maximize,
            fused=fused,
            **torch_arguments,
        )

    def check_group(self, group: Group) -> Group:
        """### Refuse a wrong hyper-parameter"""
        if "momentum_decay" in group:
            value = _validation.number("momentum_decay", group["momentum_decay"])
            group = {**group, "momentum_decay": value}
        return super().check_group(group)

    def init_state(self, state: State, group: Group, param: Tensor) -> None:
        r"""
        ### Start

        The product is kept on the CPU: that is where it is needed, as a number.
        """
        super().init_state(state, group, param)
        # $$\Pi_0 \leftarrow 1$$
        state["mu_product"] = torch.ones((), dtype=torch.float64, device="cpu")

    def get_mv(self, state: State, group: Group, grad: Tensor) -> tuple[Tensor, Tensor]:
        r"""
        ### The two moments

        Returns $n_t$, in which the momentum is one step ahead, in place of $m_t$, and $v_t$.
        (Dozat, algorithm 2, with $\beta_1$ in $m_t$ as in torch)
        """
        m, v = super().get_mv(state, group, grad)
        t, (beta1, _), delta = state["step"], group["betas"], group["momentum_decay"]
        # $$\mu_t \leftarrow \beta_1\,(1 - 0.96^{t\delta} / 2)$$
        mu = beta1 * (1 - 0.96 ** (t * delta) / 2)
        # $$\mu_{t+1} \leftarrow \beta_1\,(1 - 0.96^{(t+1)\delta} / 2)$$
        mu_next = beta1 * (1 - 0.96 ** ((t + 1) * delta) / 2)
        # $$\Pi_t \leftarrow \Pi_{t-1}\,\mu_t$$
        mu_product = state["mu_product"].mul_(mu).item()
        weight = (1 - mu) / (1 - mu_product)
        # $$n_t \leftarrow \frac{1 - \mu_t}{1 - \Pi_t}\,g_t
        # + \frac{\mu_{t+1}}{1 - \Pi_t\,\mu_{t+1}}\,m_t$$
        ahead = m.mul(mu_next / (1 - mu_product * mu_next)).add_(grad, alpha=weight)
        return ahead, v

    def get_step(self, state: State, group: Group) -> Step:
        r"""
        ### The step size

        Without a correction of $m_t$: that of $n_t$ is done. In the folded form, with the
        correction of $v_t$.
        """
        lr = self.get_lr(state, group)
        _, root, _ = step = super().get_step(state, group)
        if group["optimized_update"]:
            # $$\alpha_t \leftarrow \alpha\,c_t$$
            step_size = lr * root
        else:
            # $$\alpha_t \leftarrow \alpha$$
            step_size = lr
        return step._replace(size=step_size)

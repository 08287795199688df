r"""
# RAdam, the rectified Adam

RAdam scales each step of Adam by how well $v_t$ is known by then: a warm-up that follows from a
formula.

Liu, Jiang, He, Chen, Liu, Gao and Han, [On the Variance of the Adaptive Learning Rate and
Beyond](https://arxiv.org/abs/1908.03265), 2019. In the first steps $\hat v_t$ is an average of very
few squares, so $1/\sqrt{\hat v_t}$ is a wild guess, and a wild guess multiplies the learning rate.
People warm up Adam's learning rate to get over this. RAdam [works
out](../docs/notes/rectification.py) how wild the guess is, and scales the step down by just that:
$r_t$ is close to 0 at first and goes to 1. While there are too few squares to say anything at all,
it does not divide by $\sqrt{\hat v_t}$.

$$
\begin{align*}
& m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0, \quad
\textcolor{new}{\rho_\infty \leftarrow \frac{2}{1-\beta_2} - 1} \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
& \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\[0.5em]
& \quad \hat m_t \leftarrow \frac{m_t}{1 - \beta_1^t} \\[1em]
& \quad \textcolor{new}{\rho_t \leftarrow \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t}} \\[1em]
& \quad \textcolor{new}{\text{if } \rho_t \ge 5\text{:}} \\
& \qquad \textcolor{new}{r_t \leftarrow
\sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}}} \\[1em]
& \qquad \hat v_t \leftarrow \frac{v_t}{1 - \beta_2^t} \\[1em]
& \qquad \theta_t \leftarrow \tilde\theta_{t-1} - \textcolor{new}{r_t}\,\alpha\,
\frac{\hat m_t}{\sqrt{\hat v_t} + \textcolor{eps}{\epsilon}} \\[1em]
& \quad \textcolor{new}{\text{else:}} \\
& \qquad \textcolor{new}{\theta_t \leftarrow \tilde\theta_{t-1} - \alpha\,\hat m_t}
\end{align*}
$$

What is new against [Adam](adam.py) is set in colour. As there, this is the textbook form, and the
default [folds the corrections into the step size](../docs/notes/two_forms.py).

/// figure | docs/notes/figures/rectified.py
For $\beta_2 = 0.999$, $r_t$ is $0.026$ at step $6$. With $\beta_2 = 0.6$ no step is ever
rectified.
///

Without `degenerate_to_sgd` the last row leaves $\tilde\theta_{t-1}$ as it is: then the first five
steps at the default $\beta_2$ move nothing, except for decoupled decay. While the gradient stays 1,
an Adam step is $\alpha$ long, and a RAdam step $r_t\,\alpha$ from the sixth on:

>>> import torch
>>> from labml_optim import RAdam
>>> theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
>>> optimizer, theta.grad = RAdam([theta], lr=1.0), torch.ones_like(theta)
>>> for t in range(1, 8):
...     before = theta.item()
...     optimizer.step()
...     print(t, round(before - theta.item(), 4)) if t > 4 else None
5 1.0
6 0.0258
7 0.0327
"""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from labml_optim import _validation
from labml_optim._checkpoint import Sibling
from labml_optim.adam import Step
from labml_optim.amsgrad import AMSGrad
from labml_optim.optimizer import Group, State
from labml_optim.weight_decay import WeightDecay


class RAdam(AMSGrad):
    r"""
    ## The RAdam optimizer

    Extends [AMSGrad](amsgrad.py), with `amsgrad=False` by default. Rectified steps are Adam's where
    $r_t = 1$.

    * `degenerate_to_sgd` makes a step of SGD with momentum while $\rho_t < 5$, `True` by
      default. `False` makes none.
    * `amsgrad` is `False` by default. With `True`, $\bar v_t$ takes the place of $v_t$.

    The other arguments are those of Adam: `params`, `lr`, `betas`, `eps`, `weight_decay`,
    `optimized_update`, `defaults`, `maximize`, `fused`, `torch_arguments`. With a $\beta_2$ of
    $2/3$ or less, $\rho_t$ stays below 5 and no step is rectified: the constructor warns of it.

    The algorithm with all its flags:

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad \bar v_0 \leftarrow 0, \quad t \leftarrow 0 \\
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
    & \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\
    & \quad \bar v_t \leftarrow v_t \\
    & \quad \bar v_t \leftarrow \max(\bar v_{t-1}, v_t) && \text{if } \texttt{amsgrad} \\
    & \quad \rho_t \leftarrow \rho_\infty - 2t\beta_2^t / (1 - \beta_2^t) \\
    & \quad r_t \leftarrow 1 \\
    & \quad \text{if } \rho_t \ge 5\text{:} \\
    & \qquad r_t \leftarrow
    \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}} \\[1em]
    & \quad \text{if } \texttt{optimized\_update}\text{:} \\
    & \qquad \alpha_t \leftarrow r_t\,\alpha\,\sqrt{1 - \beta_2^t} / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{\bar v_t} + \textcolor{eps}{\hat\epsilon} \\
    & \quad \text{else:} \\
    & \qquad \alpha_t \leftarrow r_t\,\alpha / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{\bar v_t} / \sqrt{1 - \beta_2^t} + \textcolor{eps}{\epsilon} \\
    & \quad \theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t / d_t \\
    & \quad \text{if } \rho_t < 5\text{:} \\
    & \qquad \theta_t \leftarrow \tilde\theta_{t-1} \\
    & \qquad \text{if } \texttt{degenerate\_to\_sgd}\text{:} \\
    & \qquad \quad \theta_t \leftarrow \tilde\theta_{t-1} - \frac{\alpha}{1-\beta_1^t}\,m_t
    \end{align*}
    $$
    """

    # It computes the folded form.
    sibling: Sibling | None = Sibling(
        torch.optim.RAdam, {"optimized_update": True, "degenerate_to_sgd": True, "amsgrad": False}
    )

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: WeightDecay | float = WeightDecay(),
        *,
        optimized_update: bool = True,
        amsgrad: bool = False,
        degenerate_to_sgd: bool = True,
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
            defaults={
                **(defaults or {}),
                **_validation.flags(degenerate_to_sgd=degenerate_to_sgd),
            },
            maximize=maximize,
            fused=fused,
            **torch_arguments,
        )
        if any(
            self.rectifies(group) and 2 / (1 - group["betas"][1]) - 1 < 5
            for group in self.param_groups
        ):
            # The warning is to point at the caller, beyond the constructors of subclasses.
            kinds = type(self).__mro__
            above = sum("__init__" in vars(kind) for kind in kinds[: kinds.index(RAdam)])
            message = "beta2 < 2/3 makes rho_inf < 5: no step will be rectified"
            warnings.warn(message, stacklevel=2 + above)

    def rectifies(self, group: Group) -> bool:
        """Return whether the updates of this group are to be rectified: in RAdam, always."""
        return True

    @staticmethod
    def calc_rectification_term(beta2: float, step: int) -> float | None:
        r"""
        ### The rectification $r_t$

        * `beta2` is $\beta_2$
        * `step` is $t$, from 1

        Returns $r_t$, or `None` while $\rho_t < 5$. (Liu et al., algorithm 2, where it is
        $\rho_t \le 4$)
        """
        # $$\rho_\infty \leftarrow \frac{2}{1-\beta_2} - 1$$
        rho_inf = 2 / (1 - beta2) - 1
        beta2_t = beta2**step
        # $$\rho_t \leftarrow \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t}$$
        rho = rho_inf - 2 * step * beta2_t / (1 - beta2_t)
        if rho < 5:
            return None
        # $$r_t \leftarrow
        # \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}}$$
        return math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))

    def get_step(self, state: State, group: Group) -> Step:
        r"""
        ### The step size, rectified

        Adam's step size times $r_t$, or that of a step that divides by nothing.
        """
        step_size, root, _ = step = super().get_step(state, group)
        if not self.rectifies(group):
            return step
        beta1, beta2 = group["betas"]
        r = self.calc_rectification_term(beta2, state["step"])
        if r is not None:
            # $$\alpha_t \leftarrow r_t\,\alpha_t$$
            step_size *= r
            return Step(step_size, root)
        if not group["degenerate_to_sgd"]:
            return Step(0.0, root, adaptive=False)
        # $$\alpha_t \leftarrow \frac{\alpha}{1 - \beta_1^t}$$
        step_size = self.get_lr(state, group) / (1 - beta1 ** state["step"])
        return Step(step_size, root, adaptive=False)

    def update(self, group: Group, param: Tensor, m: Tensor, v: Tensor, step: Step) -> None:
        r"""
        ### The update

        Adam's, or one of SGD with momentum. The arguments are those of Adam's.
        """
        step_size, _, adaptive = step
        if adaptive:
            super().update(group, param, m, v, step)
        elif step_size != 0:
            # $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t$$
            param.add_(m, alpha=-step_size)

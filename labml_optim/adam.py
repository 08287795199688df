r"""
# Adam

Adam divides the mean gradient by the root of its mean square, so that a step has about the same
length at any scale of the gradient.

Kingma and Ba, [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980), 2014.
Gradient descent has one learning rate for all parameters, although their gradients can differ
in size by orders of magnitude. Adam gives each its own. It keeps two moving averages, of the
gradient and of its square, and divides the one by the root of the other. The scale of the
gradient cancels. What is left is a step of about $\alpha$ where the gradient keeps its sign,
and a smaller one where it does not.

$$
\begin{align*}
& m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1} \\
& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
& \quad v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2 \\[0.5em]
& \quad \hat m_t \leftarrow \frac{m_t}{1 - \beta_1^t} \\[1em]
& \quad \hat v_t \leftarrow \frac{v_t}{1 - \beta_2^t} \\[1em]
& \quad \theta_t \leftarrow \tilde\theta_{t-1}
- \alpha\,\frac{\hat m_t}{\sqrt{\hat v_t} + \textcolor{eps}{\epsilon}}
\end{align*}
$$

Squares, roots and quotients are taken element by element. The row with $\tilde\theta_{t-1}$ is the
[decay](weight_decay.py) in its default form. This is the textbook form, `optimized_update=False`;
the default folds the corrections into the step size, which [changes what $\epsilon$
means](../docs/notes/two_forms.py).

/// figure | docs/notes/figures/bias_correction.py
Without the hats, the first step would be $3.16\,\alpha$ long, and step $12$ even $6.57\,\alpha$.
///

A step [can be longer than $\alpha$](../docs/notes/step_bound.py), but the first one is $\alpha$
long at any scale:

>>> import torch
>>> from labml_optim import Adam
>>> theta = torch.zeros(3, requires_grad=True)
>>> theta.grad = torch.tensor([100.0, 1.0, 0.01])
>>> Adam([theta], lr=1.0).step()
>>> [round(x, 4) for x in theta.tolist()]
[-1.0, -1.0, -1.0]
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from labml_optim import _validation
from labml_optim._checkpoint import Sibling
from labml_optim.optimizer import GenericAdaptiveOptimizer, Group, State
from labml_optim.weight_decay import WeightDecay


class Step(NamedTuple):
    r"""
    ## What a step needs to know, beside the moments

    * `size` is $\alpha_t$, the learning rate with all its corrections
    * `root` is $c_t = \sqrt{1 - \beta_2^t}$, the correction of $\sqrt{v_t}$
    * `adaptive` tells whether $m_t$ is divided by a root, which it is unless [RAdam](radam.py)
      says otherwise
    """

    size: float
    root: float
    adaptive: bool = True


class Adam(GenericAdaptiveOptimizer):
    r"""
    ## The Adam optimizer

    Extends the [generic optimizer](optimizer.py).

    * `params` are the tensors to optimize, or groups of them
    * `lr` is the learning rate $\alpha$, `1e-3` by default; it may be a tensor of one element
    * `betas` are $(\beta_1, \beta_2)$, `(0.9, 0.999)` by default
    * `eps` is $\epsilon$, or $\hat\epsilon$ with `optimized_update`; `1e-8` by default
    * `weight_decay` is a [rule](weight_decay.py) or a number, which means
      `WeightDecay(number)`. A group may give a number, which keeps the mode given here, or a
      rule of the same class, which brings its own mode.
    * `optimized_update` folds the bias correction into the step size, `True` by default
    * `defaults` adds values to every group, for subclasses; `None` by default
    * `maximize` flips the sign of the gradient, `False` by default
    * `fused` chooses the engine: `False` is the code on this page, `True` a
      [fused kernel](fused/__init__.py), or a `RuntimeError` that says why there is none; `None`,
      the default, takes the kernel for parameters on CUDA if it works there
    * `torch_arguments` are others of `torch.optim`, such as `foreach`. While they are `False` or
      `None` they are accepted and change nothing; else `ValueError`

    The algorithm with all its flags:

    $$
    \begin{align*}
    & m_0 \leftarrow 0, \quad v_0 \leftarrow 0, \quad t \leftarrow 0 \\
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
    & \quad \text{if } \texttt{optimized\_update}\text{:} \\
    & \qquad \alpha_t \leftarrow \alpha\,\sqrt{1 - \beta_2^t} / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{v_t} + \textcolor{eps}{\hat\epsilon} \\
    & \quad \text{else:} \\
    & \qquad \alpha_t \leftarrow \alpha / (1 - \beta_1^t) \\
    & \qquad d_t \leftarrow \sqrt{v_t} / \sqrt{1 - \beta_2^t} + \textcolor{eps}{\epsilon} \\
    & \quad \theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t / d_t
    \end{align*}
    $$
    """

    # Also AdamW. Both compute the textbook form.
    sibling: Sibling | None = Sibling(torch.optim.Adam, {"optimized_update": False})

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: WeightDecay | float = WeightDecay(),
        *,
        optimized_update: bool = True,
        defaults: dict[str, Any] | None = None,
        maximize: bool = False,
        fused: bool | None = None,
        **torch_arguments: bool | None,
    ):
        _validation.torch_arguments(type(self), torch_arguments)
        # The rule is the optimizer's, its numbers are the group's.
        rule = weight_decay if isinstance(weight_decay, WeightDecay) else WeightDecay(weight_decay)
        self.weight_decay = rule
        flags = _validation.flags(optimized_update=optimized_update, maximize=maximize)
        values = {**(defaults or {}), **rule.defaults(), **flags, "fused": fused}
        super().__init__(params, values, lr=lr, betas=betas, eps=eps)

    def check_group(self, group: Group) -> Group:
        """### Refuse a wrong hyper-parameter, and unfold a decay rule into numbers"""
        decay = group.get("weight_decay")
        if isinstance(decay, WeightDecay):
            if type(decay) is not type(self.weight_decay):
                raise TypeError(
                    f"weight_decay of a group must be a number or exactly a "
                    f"{type(self.weight_decay).__name__}, the optimizer's own rule, not {decay!r}"
                )
            group = {**group, **decay.defaults()}
        elif "weight_decay" in group:
            group = {**group, "weight_decay": _validation.number("weight_decay", decay)}
        return super().check_group(group)

    def init_state(self, state: State, group: Group, param: Tensor) -> None:
        r"""
        ### Start

        The averages have the shape, device and memory format of the parameter.
        """
        # $$t \leftarrow 0$$
        state["step"] = 0
        # $$m_0 \leftarrow 0$$
        state["exp_avg"] = torch.zeros_like(param)
        # $$v_0 \leftarrow 0$$
        state["exp_avg_sq"] = torch.zeros_like(param)

    def get_mv(self, state: State, group: Group, grad: Tensor) -> tuple[Tensor, Tensor]:
        r"""
        ### The two moments

        Updates $m$ and $v$ in place with the gradient $g_t$, and returns $m_t$ and $v_t$,
        uncorrected: two tensors of the shape of the parameter. (Kingma and Ba, algorithm 1)
        """
        beta1, beta2 = group["betas"]
        m, v = state["exp_avg"], state["exp_avg_sq"]
        # One pass over memory: `lerp_` moves $m$ towards $g_t$ by the fraction $1 - \beta_1$ of
        # the way.
        #
        # $$m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t$$
        m.lerp_(grad, 1 - beta1)
        # $$v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,g_t^2$$
        v.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        return m, v

    def get_lr(self, state: State, group: Group) -> float:
        r"""
        ### The learning rate $\alpha$

        A subclass that warms up or decays by the parameter's own count `state["step"]`
        overrides this. Weight decay goes on with the rate of the group: it is made before, and
        calls nothing that an optimizer could override.
        """
        return group["lr"]

    def get_step(self, state: State, group: Group) -> Step:
        r"""
        ### The step size, and the correction under it

        Everything in step $t$ that is a number and not a tensor, in double precision. The folded
        form is the one at the end of section 2 of the paper.

        Why there are corrections: both averages start at zero, and for a while they are too small.
        Unrolled, the first one is

        $$m_t = (1 - \beta_1) \sum_{i=1}^{t} \beta_1^{t-i} g_i$$

        and the weights in it add up to $1 - \beta_1^t$, not to 1. The same goes for $v_t$.
        """
        lr, (beta1, beta2) = self.get_lr(state, group), group["betas"]
        # In float32, $1 - 0.999^1$ would be right to five digits only.
        #
        # $$b_{1,t} \leftarrow 1 - \beta_1^t$$
        bias_correction1 = 1 - beta1 ** state["step"]
        # $$b_{2,t} \leftarrow 1 - \beta_2^t$$
        bias_correction2 = 1 - beta2 ** state["step"]
        # $$c_t \leftarrow \sqrt{b_{2,t}}$$
        root = math.sqrt(bias_correction2)
        if group["optimized_update"]:
            # $$\alpha_t \leftarrow \alpha\,\frac{c_t}{b_{1,t}}$$
            step_size = lr * root / bias_correction1
        else:
            # $$\alpha_t \leftarrow \frac{\alpha}{b_{1,t}}$$
            step_size = lr / bias_correction1
        return Step(step_size, root)

    def update(self, group: Group, param: Tensor, m: Tensor, v: Tensor, step: Step) -> None:
        r"""
        ### The update

        * `group` is the parameter group
        * `param` is the parameter, of any shape, which is changed in place
        * `m` and `v` are $m_t$ and $v_t$, uncorrected, of the same shape
        * `step` is what `get_step` has returned
        """
        step_size, root, _ = step
        # With $\alpha = 0$ nothing moves, not even by $0 \cdot \frac{0}{0}$.
        if step_size == 0:
            return
        if group["optimized_update"]:
            # $$d_t \leftarrow \sqrt{v_t} + \textcolor{eps}{\hat\epsilon}$$
            denominator = v.sqrt().add_(group["eps"])
        else:
            # $$d_t \leftarrow \frac{\sqrt{v_t}}{c_t} + \textcolor{eps}{\epsilon}$$
            denominator = v.sqrt().div_(root).add_(group["eps"])
        # $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,\frac{m_t}{d_t}$$
        param.addcdiv_(m, denominator, value=-step_size)

    def prepare(self, state: State, group: Group, grad: Tensor, param: Tensor) -> Tensor:
        r"""
        ### Before the update

        Counts the step and decays the parameter. Returns the gradient to go on with.
        """
        # $$t \leftarrow t + 1$$
        state["step"] += 1
        if group["maximize"]:
            # $$g_t \leftarrow -g_t$$
            grad = -grad
        return self.weight_decay(param, grad, group)

    def step_param(self, state: State, group: Group, grad: Tensor, param: Tensor) -> None:
        """### One step of one parameter"""
        grad = self.prepare(state, group, grad, param)
        m, v = self.get_mv(state, group, grad)
        self.update(group, param, m, v, self.get_step(state, group))

    def __getstate__(self) -> dict[str, Any]:
        """What `pickle` and `copy.deepcopy` take along: torch's part, and the decay rule."""
        return {**super().__getstate__(), "weight_decay": self.weight_decay}

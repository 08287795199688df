r"""
# Adam

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
[decay](weight_decay.py) in its default form; with $\lambda = 0$, the default,
$\tilde\theta_{t-1}$ is $\theta_{t-1}$. This is the textbook form, `optimized_update=False`. The
default folds the corrections into the step size, which changes what $\epsilon$ means:
[see below](#two-forms).

## Why the hats: bias correction

Both averages start at zero, and for a while they are too small. Unroll the recursion:

$$m_t = (1 - \beta_1) \sum_{i=1}^{t} \beta_1^{t-i} g_i$$

The weights add up to $(1-\beta_1)\sum_{i=1}^t \beta_1^{t-i} = 1 - \beta_1^t$, not to 1. If all
the $g_i$ have the same expectation, then $\mathbb{E}[m_t] = (1 - \beta_1^t)\,\mathbb{E}[g]$,
and $\hat m_t$ is what sets it right. The same goes for $v_t$ and the square. At the first step
both averages are one gradient: $\hat m_1 = g_1$ and $\hat v_1 = g_1^2$, so the first step has
the length $\alpha$ for every gradient that is not tiny.

>>> import math
>>> import torch
>>> from labml_optim import Adam
>>> def steps(gradients, **flags):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer = Adam([theta], lr=1.0, **flags)
...     for g in gradients:
...         before = theta.item()
...         theta.grad = torch.tensor([float(g)], dtype=torch.float64)
...         optimizer.step()
...         yield theta.item() - before
>>> [round(next(steps([g])), 4) for g in (100, 1, 0.01)]
[-1.0, -1.0, -1.0]

Without the correction it would be $(1-\beta_1)/\sqrt{1-\beta_2}$ times as long:

>>> round((1 - 0.9) / math.sqrt(1 - 0.999), 2)
3.16

## How far can a step go?

Not only as far as $\alpha$, as is often read. That bound holds if the gradients are all alike.
The paper (section 2.1) gives another one, $\alpha\,(1-\beta_1)/\sqrt{1-\beta_2}$, which is
$3.16\,\alpha$ for the default betas; it holds for a single gradient after a long silence. By the
inequality of Cauchy and Schwarz, the largest step of all is

$$
\frac{1-\beta_1}{1-\beta_1^t}
\sqrt{\frac{1-\beta_2^t}{1-\beta_2}\sum_{k=0}^{t-1}\left(\frac{\beta_1^2}{\beta_2}\right)^k}
\;\alpha
$$

and gradients that grow as $g_i = (\beta_1/\beta_2)^{-i}$ reach it. They grow by 11 % a step: a
loss that blows up can look like this. From step 210 on such a step is longer than the paper's
bound, and after 3000 steps it is $7.09\,\alpha$ for the default betas.

>>> def bound(beta1, beta2, t, lr=1.0):
...     ratios = sum((beta1**2 / beta2) ** k for k in range(t))
...     root = math.sqrt((1 - beta2**t) / (1 - beta2) * ratios)
...     return (1 - beta1) / (1 - beta1**t) * root * lr
>>> for t in (1, 10, 3000):
...     growing = [(0.9 / 0.999) ** (t - i) for i in range(1, t + 1)]
...     *_, last = steps(growing, eps=0.0)
...     print(round(bound(0.9, 0.999, t), 2), round(-last, 2))
1.0 1.0
1.04 1.04
7.09 7.09
>>> paper = (1 - 0.9) / math.sqrt(1 - 0.999)
>>> longer = [t for t in range(1, 1000) if bound(0.9, 0.999, t) > paper]
>>> longer == list(range(210, 1000))
True

Typical steps are shorter than $\alpha$, because noise cancels in $m_t$ and adds up in $v_t$.
For independent gradients of standard deviation 1 and mean $\mu$, the mean length of step 400 in
units of $\alpha$, over 4000 parameters, is:

>>> def typical(mu):
...     theta = torch.zeros(4000, requires_grad=True)
...     optimizer, _ = Adam([theta], lr=1.0), torch.manual_seed(0)
...     for t in range(400):
...         before = theta.detach().clone()
...         theta.grad = mu + torch.randn(4000, device='cpu').to(theta)
...         optimizer.step()
...     return round((theta.detach() - before).abs().mean().item(), 2)
>>> [typical(mu) for mu in (0.0, 0.5, 1.0, 3.0)]
[0.18, 0.45, 0.71, 0.95]

## Two forms, two epsilons {#two-forms}

The paper notes that one can save work by folding both corrections into the step size,
$\alpha_t = \alpha\sqrt{1-\beta_2^t}/(1-\beta_1^t)$, and dividing by $\sqrt{v_t} + \hat\epsilon$:

$$
\alpha\,\frac{m_t/(1-\beta_1^t)}{\sqrt{v_t}/\sqrt{1-\beta_2^t} + \epsilon}
= \alpha\,\frac{\sqrt{1-\beta_2^t}}{1-\beta_1^t}
\cdot\frac{m_t}{\sqrt{v_t} + \sqrt{1-\beta_2^t}\;\epsilon}
$$

The two are equal if

$$\hat\epsilon = \sqrt{1-\beta_2^t}\,\epsilon$$

But hardly any library lets $\hat\epsilon$ change with $t$; bitsandbytes is one that does. Kept
constant, it makes another algorithm: one whose $\epsilon_t = \hat\epsilon/\sqrt{1-\beta_2^t}$
starts 31.6 times as large, for $\beta_2 = 0.999$, and shrinks to $\hat\epsilon$ in some thousands
of steps. With
$\epsilon = 10^{-8}$ no one will notice. With $\epsilon = 0.1$ everyone will. The flag
`optimized_update` chooses: `False` is the textbook form, which is also that of `torch.optim.Adam`,
and `True` is the folded one. It is the default of Adam and of all that extends it here but
[NAdam](nadam.py), because the authors of RAdam and AdaBelief write their rectified step so, and
`torch.optim.RAdam` computes it: optimizers that are compared then have $\epsilon$ in the same
place. It also needs one pass over memory less.

>>> def folded(eps, beta2, t):
...     return math.sqrt(1 - beta2**t) * eps
>>> round(0.1 / folded(0.1, 0.999, 1), 1)
31.6
>>> first = next(steps([1], eps=0.1, optimized_update=False))
>>> round(first, 4), round(-1 / (1 + 0.1), 4)
(-0.9091, -0.9091)
>>> first = next(steps([1], eps=0.1, optimized_update=True))
>>> round(first, 4), round(-1 / (1 + 0.1 / math.sqrt(1 - 0.999)), 4)
(-0.2403, -0.2403)
>>> round(next(steps([1], eps=folded(0.1, 0.999, 1), optimized_update=True)), 4)
-0.9091
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

    With all its flags, the algorithm is

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
    && \text{if } \texttt{absolute} \\
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

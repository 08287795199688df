r"""
# AdaBelief

Zhuang, Tang, Ding, Tatikonda, Dvornek, Papademetris and Duncan,
[AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed
Gradients](https://arxiv.org/abs/2010.07468), 2020.

Adam divides by the root of the mean *square* of the gradient, that is by its size. However steady
the gradient is, the step stays at about $\alpha$. AdaBelief asks another question: how far was the
gradient from what we expected? The expectation is $m_t$. Where $g_t$ keeps close to it, we believe
what we see and the step grows; where it does not, the step stays as short as Adam's. In the code
that is one subtraction.

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

What is new against [Adam](adam.py) is set in one colour, $\textcolor{eps}{\epsilon}$ in another.
The division is by the *root* of the variance, a standard deviation. As on Adam's page, this is
the textbook form, and the default [folds the corrections into the step size](adam.py#two-forms).
And it is the update without rectification: by default, `rectify=True`, the step is multiplied by
[RAdam's](radam.py) $r_t$, and the first five steps at the default $\beta_2$ are
$\alpha\,\hat m_t$.

## What belief does

A gradient that never changes is what we expect, more and more so. Adam's step stays at $\alpha$;
AdaBelief's grows. A gradient that flips its sign surprises us at every step, and the two
are much alike. This is how far they go at steps 1, 10, 100 and 1000, in units of $\alpha$:

>>> import math
>>> import torch
>>> from labml_optim import AdaBelief, Adam
>>> def lengths(kind, gradient, at=(1, 10, 100, 1000), **flags):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer, found = kind([theta], lr=1.0, **flags), []
...     for t in range(1, at[-1] + 1):
...         before = theta.item()
...         theta.grad = torch.full_like(theta, gradient(t))
...         optimizer.step()
...         found.append(round(abs(theta.item() - before), 2))
...     return [found[t - 1] for t in at]
>>> lengths(Adam, lambda t: 1)
[1.0, 1.0, 1.0, 1.0]
>>> lengths(AdaBelief, lambda t: 1, rectify=False)
[1.11, 1.64, 4.96, 20.03]
>>> lengths(Adam, lambda t: (-1) ** t)
[1.0, 0.05, 0.05, 0.05]
>>> lengths(AdaBelief, lambda t: (-1) ** t, rectify=False)
[1.11, 0.06, 0.06, 0.06]

**What $s_t$ settles at.** Not quite the variance of the gradient. $m_t$ contains $g_t$ itself:

$$g_t - m_t = \beta_1\,(g_t - m_{t-1})$$

For independent gradients of variance $\sigma^2$, that of
$m_{t-1}$ goes to $\frac{1-\beta_1}{1+\beta_1}\,\sigma^2$, and so

$$
\mathbb{E}[s_t] \to \beta_1^2\left(1 + \frac{1-\beta_1}{1+\beta_1}\right)\sigma^2
= \frac{2\beta_1^2}{1+\beta_1}\,\sigma^2
$$

whatever the mean of the gradient: $0.853\,\sigma^2$ for $\beta_1 = 0.9$. Adam's
$\mathbb{E}[v_t]$ goes to $\mu^2 + \sigma^2$. With $\mu = 3$ and $\sigma = 2$, that is 3.41
against 13:

>>> def expected(beta1, sigma):
...     return 2 * beta1**2 / (1 + beta1) * sigma**2
>>> round(expected(0.9, 1), 3), round(expected(0.9, 2), 2)
(0.853, 3.41)
>>> def settled(kind, key):
...     theta = torch.zeros(4000, requires_grad=True)
...     optimizer = kind([theta], betas=(0.9, 0.99))
...     for t in range(1000):
...         theta.grad = 3 + 2 * torch.randn(4000, device='cpu').to(theta)
...         optimizer.step()
...     return round(optimizer.state[theta][key].mean().item(), 1)
>>> _ = torch.manual_seed(0)
>>> settled(AdaBelief, 'exp_avg_var'), settled(Adam, 'exp_avg_sq')
(3.4, 13.0)

## Should it be $\hat m_t$? {#m-or-m-hat}

The paper centres the variance on $m_t$, and so does the authors' package. But
$m_t$ is biased: it starts at zero, and for the first steps it is far too small. The paper
itself corrects it to $\hat m_t$ before the update. Should the variance not be taken around
$\hat m_t$ too? A [well-known annotated
implementation](https://nn.labml.ai/optimizers/ada_belief.html) asks this question and guesses
that it matters little. Here is the answer, from the optimizer on this page. The other version
is a subclass of one method:

>>> class AroundHat(AdaBelief):
...     def get_mv(self, state, group, grad):
...         beta1, beta2 = group['betas']
...         m, s = state['exp_avg'], state['exp_avg_var']
...         m.lerp_(grad, 1 - beta1)
...         error = grad - m / (1 - beta1 ** state['step'])
...         s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
...         return m, s + group['eps']

**Why one would want it.** With a constant gradient $\mu$ there is no variance. Around $\hat m_t$,
which is $\mu$ from the first step on, it is indeed zero. Around $m_t$ it is not:
$g_t - m_t = \beta_1^t\,\mu$, and the sum of the squares, $\frac{\beta_1^2}{1-\beta_1^2}\,\mu^2 =
4.26\,\mu^2$, stays in $s$ with the weight $1 - \beta_2$ until $\beta_2$ has forgotten it. It has
nothing to do with noise. It is the mean, taken for a deviation.

>>> round(0.9**2 / (1 - 0.9**2), 2)
4.26

**What happens at $t = 1$.** But $\hat m_1 = g_1$, exactly and for every gradient. Around it,
the first error is zero, so $s_1 = 0$ says that we are certain after one look. Without
rectification the first step is divided by next to nothing: its length is
$\alpha\,|g|/(\sqrt{\epsilon/(1-\beta_2)} + \epsilon)$. Around $m_t$ it is $\alpha/\beta_1$ for
every gradient that is not tiny.

>>> def first(kind, eps, g=1.0):
...     flags = dict(rectify=False, optimized_update=False, eps=eps)
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     theta.grad = torch.full_like(theta, g)
...     kind([theta], lr=1.0, **flags).step()
...     return f'{-theta.item():.3g}'
>>> first(AdaBelief, 1e-16), first(AroundHat, 1e-16), first(AroundHat, 1e-8)
('1.11', '3.16e+06', '316')
>>> first(AdaBelief, 1e-16, g=100.0), first(AroundHat, 1e-16, g=100.0)
('1.11', '3.16e+08')

**With rectification** the first five steps do not look at $s$, and the two are the same to the
last bit. From the sixth step on they differ. Here is the step around $\hat m_t$ divided by the
step around $m_t$, for gradients of mean $\mu$ and standard deviation 1: the median over 2000
parameters.

>>> mu = torch.tensor([[0], [1], [10], [100]])
>>> def run(kind, at=(5, 6, 10, 100, 1000, 6000)):
...     theta = torch.zeros(4, 2000, dtype=torch.float64, requires_grad=True)
...     optimizer, _ = kind([theta], lr=1.0), torch.manual_seed(0)
...     for t in range(1, at[-1] + 1):
...         before = theta.detach().clone()
...         theta.grad = mu + torch.randn(4, 2000, device='cpu').to(theta)
...         optimizer.step()
...         if t in at:
...             yield t, theta.detach() - before
>>> hat, plain = dict(run(AroundHat)), dict(run(AdaBelief))
>>> table = {t: (hat[t] / plain[t]).median(1).values.tolist() for t in hat}
>>> for t, row in table.items():
...     print(f't = {t:<5}', *(f'{x:7.2f}' for x in row))
t = 5        1.00    1.00    1.00    1.00
t = 6        1.23    1.58   10.65  105.22
t = 10       1.14    1.38    7.95   79.55
t = 100      1.01    1.04    2.44   22.31
t = 1000     1.00    1.00    1.14    5.51
t = 6000     1.00    1.00    1.00    1.06

From left to right, $\mu$ is 0, 1, 10 and 100. The difference lasts because what stays in $s$ is
forgotten only as fast as $\beta_2$ forgets. Once $m_t$ itself is right, the ratio is near

$$
\sqrt{1 + \frac{1-\beta_2}{2\,(1-\beta_1)} \cdot \frac{\beta_2^t}{1-\beta_2^t}
\cdot \frac{\mu^2}{\sigma^2}}
$$

The second summand is what stays in $s$, divided by what $s$ settles at.

>>> def predicted(mu, sigma, t, beta1=0.9, beta2=0.999):
...     left = beta1**2 / (1 - beta1**2) * mu**2 * (1 - beta2) * beta2**t
...     return math.sqrt(1 + left / (expected(beta1, sigma) * (1 - beta2**t)))
>>> for mu, row in ((10, 2), (100, 3)):
...     for t in (100, 1000):
...         print(round(predicted(mu, 1, t), 1), round(table[t][row], 1))
2.4 2.4
1.1 1.1
21.8 22.3
5.5 5.5

**Which one estimates the variance better?** With $\sigma^2 = 1$, the corrected
$s_t/(1-\beta_2^t)$ settles at 0.853. Two steps in, for $\mu = 0$ and $\mu = 10$, its mean is

>>> def second(kind, mu):
...     theta = torch.zeros(1_000_000, requires_grad=True)
...     optimizer, _ = kind([theta]), torch.manual_seed(0)
...     for t in (1, 2):
...         theta.grad = mu + torch.randn(1_000_000, device='cpu').to(theta)
...         optimizer.step()
...     s = optimizer.state[theta]['exp_avg_var'].mean().item()
...     return f'{s / (1 - 0.999 ** 2):.2g}'
>>> [second(AdaBelief, mu) for mu in (0, 10)]
['0.81', '74']
>>> [second(AroundHat, mu) for mu in (0, 10)]
['0.22', '0.22']

Around $m_t$ it is about right for mean 0, and far too large where the mean is large. Around
$\hat m_t$ it is almost four times too small everywhere: the first error is zero, and in the second
the mean of two values lies close to both of them. Exactly, its expectation is
$\frac{2\beta_1^2}{(1+\beta_1)^2(1+\beta_2)}\,\sigma^2$, whatever the mean:

>>> round(2 * 0.9**2 / ((1 + 0.9) ** 2 * (1 + 0.999)), 4)
0.2245

**In one sentence:** with rectification and noisy gradients it does not matter which of the two
one takes; without rectification the first step around $\hat m_t$ explodes; and where the mean
is much larger than the noise, the choice changes hundreds of steps, or thousands. The paper's
$m_t$ is the safe one, since it errs towards short steps, and it is what this page computes.

## Or $m_{t-1}$? {#or-m-before}

What was expected before $g_t$ came is $m_{t-1}$. optax centred the variance on that from its first
AdaBelief until November 2024 ([optax#1130](https://github.com/google-deepmind/optax/pull/1130)),
and the authors' tracker asks for it twice
([#21](https://github.com/juntang-zhuang/Adabelief-Optimizer/issues/21),
[#48](https://github.com/juntang-zhuang/Adabelief-Optimizer/issues/48)). It is not another
optimizer. Since $g_t - m_t = \beta_1\,(g_t - m_{t-1})$, the variance around $m_{t-1}$ is
$s_t/\beta_1^2$, and

$$
\sqrt{\frac{s_t}{\beta_1^2} + \frac{\epsilon}{\beta_1^2}} = \frac{\sqrt{s_t + \epsilon}}{\beta_1}
$$

So the step around $m_{t-1}$ with the learning rate $\alpha/\beta_1$ and $\epsilon/\beta_1^2$ in the
root is the step around $m_t$ with $\alpha$ and $\epsilon$. (The outer $\epsilon$ becomes
$\epsilon/\beta_1$, which at $10^{-16}$ nobody sees. While RAdam does not divide, the learning rate
is taken as it is, so all this holds without rectification.) Over 3000 steps, with gradients that
depend on the parameters:

>>> class AroundBefore(AdaBelief):
...     def get_mv(self, state, group, grad):
...         beta1, beta2 = group['betas']
...         m, s = state['exp_avg'], state['exp_avg_var']
...         error = grad - m
...         m.lerp_(grad, 1 - beta1)
...         s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
...         return m, s + group['eps']
>>> def end(kind, lr, eps=1e-16):
...     theta = torch.zeros(50, dtype=torch.float64, requires_grad=True)
...     optimizer, _ = kind([theta], lr=lr, eps=eps, rectify=False), torch.manual_seed(0)
...     for t in range(3000):
...         noise = torch.randn(50, device='cpu').to(theta)
...         theta.grad = 1 + noise + 0.3 * theta.detach()
...         optimizer.step()
...     return theta.detach()
>>> def apart(one, other):
...     return (one - other).abs().max().item()
>>> around_m = end(AdaBelief, lr=1e-3)
>>> apart(around_m, end(AroundBefore, lr=1e-3 / 0.9, eps=1e-16 / 0.9**2)) < 1e-13
True
>>> round(apart(around_m, end(AroundBefore, lr=1e-3)), 2)
0.13

With the same $\alpha$ and the same gradients, its steps are 0.9 times as long where $\epsilon$ is
small against $s_t$.

## Where implementations disagree

$\epsilon$ appears twice, inside the root and after it, and it is the inner one that people
handle differently. The paper's main text and the authors' package add it into the *stored*
$s_t$ at every step, so it accumulates: $s_t$ never falls below
$\epsilon\,(1-\beta_2^t)/(1-\beta_2)$. It began as a slip, says the author
([#18](https://github.com/juntang-zhuang/Adabelief-Optimizer/issues/18)): the `add_` of the outer
$\epsilon$ was copied to the front of the line, and he overlooked that it works in place there. In
December 2020 a revision of the paper wrote it into the algorithm of the main text; the appendix
still adds it on the way out.
At $\epsilon = 10^{-8}$, after 5000 gradients of zero, this is what is stored, and the root that the
step is divided by:

>>> def floor(accumulate_eps, eps=1e-8):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer = AdaBelief([theta], eps=eps, accumulate_eps=accumulate_eps)
...     for t in range(5000):
...         theta.grad = torch.zeros_like(theta)
...         optimizer.step()
...     s = optimizer.state[theta]['exp_avg_var'].item()
...     return f'{s:.3g}', f'{(s if accumulate_eps else s + eps) ** 0.5:.2g}'
>>> floor(accumulate_eps=True), floor(accumulate_eps=False)
(('9.93e-06', '0.0032'), ('0', '0.0001'))

The least denominator differs by a factor of about 30: these are two optimizers. We add
$\epsilon$ out of place unless `accumulate_eps` says otherwise. With `amsgrad` the maximum is of
$s_t$, and $\epsilon$ is added to that. [How AdaBeliefs differ](adabeliefs.md) has what seven
published implementations do.
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

    With all its flags, the algorithm is

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
    && \text{if } \texttt{absolute} \\
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

        Here AdaBelief differs from its parent. Updates $m$ and $s$ in place with the gradient
        $g_t$. The error is taken around the new $m_t$ as it is: [here is why](#m-or-m-hat).
        Returns $m_t$ and $u_t$, which takes the place of $v_t$: it is $\bar s_t + \epsilon$, or
        $\bar s_t$ where $\epsilon$ has been added to $s_t$ already. Without `amsgrad`,
        $\bar s_t$ is $s_t$. Neither is bias-corrected yet. (Zhuang et al., algorithm 2)
        """
        beta1, beta2 = group["betas"]
        m, s = state["exp_avg"], state["exp_avg_var"]
        # $$m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t$$
        m.lerp_(grad, 1 - beta1)
        # $$\textcolor{new}{e_t \leftarrow g_t - m_t}$$
        error = grad - m
        # $$\textcolor{new}{s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)\,e_t^2}$$
        s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
        if group["accumulate_eps"]:
            # $$s_t \leftarrow s_t + \textcolor{eps}{\epsilon}$$
            s.add_(group["eps"])
        s_max = self.get_maximum(state, group, "max_exp_avg_var", s)
        if group["accumulate_eps"]:
            return m, s_max
        # $$u_t \leftarrow \bar s_t + \textcolor{eps}{\epsilon}$$
        under_root = s_max + group["eps"]
        return m, under_root

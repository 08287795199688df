r"""
# What belief does

Where the gradient keeps to what was expected of it, AdaBelief's steps grow; where it does not, they
are about as short as Adam's.

[Adam](../../labml_optim/adam.py) divides by how large the gradient is,
[AdaBelief](../../labml_optim/adabelief.py) by how far it was from what one expected. What does that
change? Under a gradient that never changes, a thousand steps make AdaBelief's step twenty times as
long as Adam's. Under noise, $s_t$ settles at 0.853 of the variance of the gradient, whatever its
mean, and Adam's $v_t$ at the variance and the square of the mean.

/// figure | docs/notes/figures/belief.py
While the gradient stays $1$, step $1000$ of AdaBelief is $20.03\,\alpha$ long. While it flips its
sign, the steps end at $0.06\,\alpha$, and those of Adam at $0.05\,\alpha$.
///

## A gradient that never changes

It is what we expect, more and more so. Adam's step stays at $\alpha$; AdaBelief's grows. This is
how far they go at steps 1, 10, 100 and 1000, in units of $\alpha$:

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

The error at step $i$ is $\beta_1^i$ times the gradient: $m_t$ starts at zero and comes closer with
every step. $s_t$ holds the squares of these errors, and forgets them as $\beta_2$ forgets. So the
step is longer than $\alpha$ by the factor

$$
\sqrt{\frac{1-\beta_2^t}{(1-\beta_2) \sum_{i=1}^{t} \beta_1^{2i}\,\beta_2^{t-i}}}
$$

and it grows until $\epsilon$ ends it. (The rectification, which is left out here, multiplies it by
[RAdam's $r_t$](rectification.py).)

/// figure | docs/notes/figures/belief.py
While the gradient stays $1$, step $1000$ of AdaBelief is $20.03\,\alpha$ long. While it flips its
sign, the steps end at $0.06\,\alpha$, and those of Adam at $0.05\,\alpha$.
///

>>> def grown(beta1, beta2, t):
...     steps = range(1, t + 1)
...     s = sum(beta1 ** (2 * i) * beta2 ** (t - i) for i in steps)
...     return math.sqrt((1 - beta2**t) / ((1 - beta2) * s))
>>> [round(grown(0.9, 0.999, t), 2) for t in (1, 10, 100, 1000)]
[1.11, 1.64, 4.96, 20.03]

## A gradient that flips its sign

It surprises us at every step, and the two optimizers are much alike:

>>> lengths(Adam, lambda t: (-1) ** t)
[1.0, 0.05, 0.05, 0.05]
>>> lengths(AdaBelief, lambda t: (-1) ** t, rectify=False)
[1.11, 0.06, 0.06, 0.06]

## What $s_t$ settles at {#settles}

Not quite the variance of the gradient, since $m_t$ contains $g_t$ itself. The error
$e_t = g_t - m_t$ is smaller than that of the old mean:

$$e_t = g_t - (\beta_1 m_{t-1} + (1 - \beta_1)\,g_t) = \beta_1\,(g_t - m_{t-1})$$

>>> def error(grad, m_before, beta1):
...     return grad - (beta1 * m_before + (1 - beta1) * grad)
>>> round(error(1.0, 0.0, 0.9), 2)
0.9

For independent gradients of variance $\sigma^2$, that of $m_{t-1}$ goes to
$\frac{1-\beta_1}{1+\beta_1}\,\sigma^2$, and so

$$
\mathbb{E}[s_t] \to \beta_1^2\left(1 + \frac{1-\beta_1}{1+\beta_1}\right)\sigma^2
= \frac{2\beta_1^2}{1+\beta_1}\,\sigma^2
$$

whatever the mean of the gradient: $0.853\,\sigma^2$ for $\beta_1 = 0.9$.

/// figure | docs/notes/figures/settles.py
The bias-corrected $\hat s_t$ forgets the mean of the gradient and settles at $3.4$. $\hat v_t$
does not: it settles at $4$ for mean $0$, and at $13$ for mean $3$.
///

Adam's $\mathbb{E}[v_t]$ goes to $\mu^2 + \sigma^2$. With $\mu = 3$ and $\sigma = 2$, that is 3.41
against 13.

>>> def expected(beta1, sigma):
...     return 2 * beta1**2 / (1 + beta1) * sigma**2
>>> round(expected(0.9, 1), 3), round(expected(0.9, 2), 2)
(0.853, 3.41)
>>> def settled(kind, key):
...     theta = torch.zeros(4000, requires_grad=True)
...     optimizer = kind([theta], betas=(0.9, 0.99))
...     for t in range(1000):
...         noise = torch.randn(4000, device='cpu').to(theta)
...         theta.grad = 3 + 2 * noise
...         optimizer.step()
...     return round(optimizer.state[theta][key].mean().item(), 1)
>>> _ = torch.manual_seed(0)
>>> settled(AdaBelief, 'exp_avg_var'), settled(Adam, 'exp_avg_sq')
(3.4, 13.0)
"""

r"""
# How far can a step go?

One reads that a step of Adam is never longer than the learning rate $\alpha$. The first step is as
long as that, most are shorter, and the longest possible one is $7.09\,\alpha$.

The loss has jumped: can [Adam](../../labml_optim/adam.py) have done that by itself? It can. The
bound of $\alpha$ holds while the gradients are all alike; gradients that grow by 11 % a step make
steps of seven times that, with the default betas. Noise makes them shorter.

## The first step, and the bias correction {#first-step}

Both averages start at zero, and for a while they are too small, by what their weights add up to:

$$(1-\beta_1) \sum_{i=1}^{t} \beta_1^{t-i} = 1 - \beta_1^t$$

If all gradients have the same expectation, then $\mathbb{E}[m_t] = (1 - \beta_1^t)\,\mathbb{E}[g]$,
and $\hat m_t$ is what sets it right: the *bias correction*. The same goes for $v_t$ and the square.

>>> import math
>>> def weights(beta1, t):
...     return (1 - beta1) * sum(beta1 ** (t - i) for i in range(1, t + 1))
>>> [round(weights(0.9, t), 2) for t in (1, 10, 100)]
[0.1, 0.65, 1.0]

At the first step both averages are one gradient, $\hat m_1 = g_1$ and $\hat v_1 = g_1^2$. So it has
the length $\alpha$ for every gradient that is not tiny.

>>> import torch
>>> from labml_optim import Adam
>>> def steps(gradients, **flags):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer = Adam([theta], lr=1.0, **flags)
...     for g in gradients:
...         before = theta.item()
...         theta.grad = torch.full_like(theta, g)
...         optimizer.step()
...         yield theta.item() - before
>>> [round(next(steps([g])), 4) for g in (100, 1, 0.01)]
[-1.0, -1.0, -1.0]

Without the correction it would be $(1-\beta_1)/\sqrt{1-\beta_2}$ times as long, which would be a
reason more for a warm-up of the learning rate:

>>> round((1 - 0.9) / math.sqrt(1 - 0.999), 2)
3.16

Nor would it end with the first step. $m_t$ comes to its size in some ten steps and $v_t$ in some
thousand, so that without the hats the steps would grow before they come down to $\alpha$.

/// figure | docs/notes/figures/bias_correction.py
Without the hats, the first step would be $3.16\,\alpha$ long, and step $12$ even $6.57\,\alpha$.
///

## The longest step

The paper (section 2.1) says that a step is at most $\alpha$ long in most cases, and at most
$\alpha\,(1-\beta_1)/\sqrt{1-\beta_2}$, that is $3.16\,\alpha$ for the default betas, after a single
gradient that follows a long silence: with *sparse* gradients. By the inequality of Cauchy and
Schwarz, the largest step of all is

$$
\frac{1-\beta_1}{1-\beta_1^t}
\sqrt{\frac{1-\beta_2^t}{1-\beta_2}\sum_{k=0}^{t-1}\left(\frac{\beta_1^2}{\beta_2}\right)^k}
\;\alpha
$$

>>> def bound(beta1, beta2, t, lr=1.0):
...     ratios = sum((beta1**2 / beta2) ** k for k in range(t))
...     root = math.sqrt((1 - beta2**t) / (1 - beta2) * ratios)
...     return (1 - beta1) / (1 - beta1**t) * root * lr

Gradients that grow as $g_i = (\beta_1/\beta_2)^{-i}$ reach it. They grow by 11 % a step: a loss
that blows up can look like this. After 3000 steps the bound, and the step that they make, is
$7.09\,\alpha$ for the default betas.

>>> round(0.999 / 0.9, 2)
1.11
>>> for t in (1, 10, 3000):
...     growing = [(0.9 / 0.999) ** (t - i) for i in range(1, t + 1)]
...     *_, last = steps(growing, eps=0.0)
...     print(round(bound(0.9, 0.999, t), 2), round(-last, 2))
1.0 1.0
1.04 1.04
7.09 7.09

From step 210 on such a step is longer than the paper's bound:

>>> paper = (1 - 0.9) / math.sqrt(1 - 0.999)
>>> longer = [t for t in range(1, 1000) if bound(0.9, 0.999, t) > paper]
>>> longer == list(range(210, 1000))
True

The bound that is often claimed, $\alpha$, is passed much earlier. The dots are steps that Adam has
made with such gradients.

/// figure | docs/notes/figures/step_bound.py
Gradients that grow by the factor $1.11$ reach the true bound at each $t$, and $7.09\,\alpha$ at
step $3000$. From step $210$ on they pass the paper's bound, $3.16\,\alpha$.
///

It need not be exactly that factor. What counts is that the last gradients are much larger than
those that $v_t$ is still full of, so most factors above 1 do nearly as well in the end.

/// figure | docs/notes/figures/growth.py
The factor $1.11$ is the worst: $7.09\,\alpha$. From $1.006$ on, step $3000$ is longer than the
paper's $3.16\,\alpha$, and gradients that stay as they are make one of $1\,\alpha$.
///

## A typical step

Typical steps are shorter than $\alpha$, because noise cancels in $m_t$ and adds up in $v_t$. For
independent gradients of standard deviation 1 and mean $\mu$, the mean length of step 400 in units
of $\alpha$, over 4000 parameters, is this for four $\mu$:

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
"""

r"""
# Where $r_t$ comes from

RAdam multiplies Adam's step by $r_t$, which is close to 0 at first and goes to 1: a warm-up that
follows from how uncertain $v_t$ is.

People warm up Adam's learning rate by hand, and ask how long. [RAdam's](../../labml_optim/radam.py)
answer is a formula: scale each step so that its variance is what it would be after very many steps.
The formula is a first-order estimate, so it holds back more than its own argument asks for, and
mostly in its first rectified steps. But for $r_t$, a rectified step is Adam's:

$$
\text{RAdam}\big|_{r_t \leftarrow 1,\ \texttt{amsgrad} \leftarrow 0} \equiv \text{Adam}
\quad \text{if } \rho_t \ge 5
$$

/// figure | docs/notes/figures/rectified.py
Five steps that do not divide, and then $r_t$. For $\beta_2 = 0.999$ it is $0.026$ at step $6$,
where the exact variance asks for $0.038$. With $\beta_2 = 0.6$ no step is ever rectified.
///

## A simple model

Take the gradients of one parameter to be independent and normal with mean 0 and variance
$\sigma^2$, as the [paper](https://arxiv.org/abs/1908.03265) assumes for the start of training, and
replace the moving average by a plain mean $\hat v$ of $\rho$ squares. Its *reciprocal* $\psi^2$ has
the scaled inverse $\chi^2$ distribution with $\rho$ degrees of freedom and scale $1/\sigma^2$, of
which the mean and the variance are known:

$$
\begin{align*}
\psi^2 &= \frac{1}{\hat v} \\
\mathbb{E}[\psi^2] &= \frac{\rho}{(\rho-2)\,\sigma^2} \\
\operatorname{Var}[\psi^2] &= \frac{2\rho^2}{(\rho-2)^2(\rho-4)\,\sigma^4}
\end{align*}
$$

The variance is finite for $\rho > 4$ only. With ten squares and $\sigma = 1$ it is $0.52$.

>>> import math
>>> import torch
>>> def psi_squared(v_hat):
...     return 1 / v_hat
>>> def mean(rho, sigma):
...     return rho / ((rho - 2) * sigma**2)
>>> def variance(rho, sigma):
...     return 2 * rho**2 / ((rho - 2) ** 2 * (rho - 4) * sigma**4)
>>> round(variance(10, 1), 2)
0.52

A million draws, with $\sigma = 2$, agree as well as such heavy tails let them:

>>> _ = torch.manual_seed(1)
>>> gradients = 2 * torch.randn(1_000_000, 10, device='cpu')
>>> drawn = psi_squared(gradients.square().mean(1))
>>> abs(drawn.mean().item() / mean(10, 2) - 1) < 0.01
True
>>> abs(drawn.var().item() / variance(10, 2) - 1) < 0.02
True

## From $\psi^2$ to $\psi$

The step contains the root. To first order,
$\operatorname{Var}[\psi] \approx \operatorname{Var}[\psi^2] / (4\,\mathbb{E}[\psi^2])$, and that is

$$\operatorname{Var}[\psi] \approx \frac{\rho}{2\,(\rho-2)(\rho-4)\,\sigma^2}$$

The exact value is known as well, $\mathbb{E}[\psi^2] - \mathbb{E}[\psi]^2$ with
$\mathbb{E}[\psi] = \sqrt{\rho/2}\;\Gamma(\frac{\rho-1}{2})/\Gamma(\frac{\rho}{2})/\sigma$. Beside
it, the first order is 3.3 times as large at $\rho = 5$, and still 5 % too large at 50.

>>> def first_order(rho, sigma):
...     return rho / (2 * (rho - 2) * (rho - 4) * sigma**2)
>>> def exact(rho, sigma):
...     gammas = math.lgamma((rho - 1) / 2) - math.lgamma(rho / 2)
...     expected = math.sqrt(rho / 2) * math.exp(gammas) / sigma
...     return mean(rho, sigma) - expected**2
>>> [round(first_order(rho, 1) / exact(rho, 1), 2) for rho in (5, 50)]
[3.31, 1.05]

## How long is a moving average?

Its weights $\beta_2^{t-i}$ are all different. A plain mean over the last $\rho$ values has the same
centre of mass, $t - \frac{\rho-1}{2}$, if

$$\rho_t = \frac{2}{1-\beta_2} - 1 - \frac{2t\beta_2^t}{1-\beta_2^t}$$

It grows from $\rho_1 = 1$ to $\rho_\infty = \frac{2}{1-\beta_2} - 1$, which is 1999 for
$\beta_2 = 0.999$.

>>> def length(beta2, t):
...     return 2 / (1 - beta2) - 1 - 2 * t * beta2**t / (1 - beta2**t)
>>> [round(length(0.999, t), 1) for t in (1, 6, 100, 100_000)]
[1.0, 6.0, 98.3, 1999.0]

## The rectification

The variance of $\psi$ falls as $\rho$ grows, so it is least at $\rho_\infty$. Scaling the step by
$\sqrt{\operatorname{Var}[\psi]_{\rho_\infty} / \operatorname{Var}[\psi]_{\rho}}$ gives every step
this least variance. $\sigma$ cancels, and with the first order for both, at $\rho = \rho_t$, what
remains is

$$
r_t = \sqrt{\frac{(\rho-4)(\rho-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho}}
$$

>>> def rectification(rho, rho_inf):
...     return math.sqrt(first_order(rho_inf, 1) / first_order(rho, 1))
>>> round(rectification(length(0.999, 6), 1999), 4)
0.0258

It needs $\rho_t > 4$, which is what the paper's algorithm asks for. Like the authors' code we ask
for $\rho_t \ge 5$: close to 4 the first order says nothing, since it goes to infinity there and the
exact variance does not. At 5 it is of little use yet.

/// figure | docs/notes/figures/rectified.py
Five steps that do not divide, and then $r_t$. For $\beta_2 = 0.999$ it is $0.026$ at step $6$,
where the exact variance asks for $0.038$. With $\beta_2 = 0.6$ no step is ever rectified.
///

With the exact variances, the first rectified step would be multiplied by 0.038 and not by 0.026; at
step 100 the two agree to about 1 %. For the default $\beta_2$ rectification begins with the sixth
step.

>>> from labml_optim import RAdam
>>> r = RAdam.calc_rectification_term
>>> [r(0.999, t) for t in (1, 5)]
[None, None]
>>> [round(r(0.999, t), 4) for t in (6, 7, 100, 10_000)]
[0.0258, 0.0327, 0.2153, 0.9998]
>>> def exactly(t, beta2=0.999):
...     longest = 2 / (1 - beta2) - 1
...     return math.sqrt(exact(longest, 1) / exact(length(beta2, t), 1))
>>> [round(exactly(t), 4) for t in (6, 7, 100, 10_000)]
[0.0378, 0.0435, 0.2178, 0.9998]

## In a run

The step is multiplied by $r_t$, not by its root. While the gradient stays 1, an Adam step is
$\alpha$ long, and a RAdam step $r_t\,\alpha$, after five steps that do not divide:

>>> theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
>>> optimizer, lengths = RAdam([theta], lr=1.0), []
>>> for t in range(7):
...     before = theta.item()
...     theta.grad = torch.ones_like(theta)
...     optimizer.step()
...     lengths.append(round(before - theta.item(), 4))
>>> lengths
[1.0, 1.0, 1.0, 1.0, 1.0, 0.0258, 0.0327]
"""

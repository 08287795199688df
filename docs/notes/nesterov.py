r"""
# The first steps of NAdam

NAdam's bias correction is not exact: under a gradient that stays the same its first steps are too
long or too short, and there are two NAdams that disagree about which.

While the gradient stays the same, an Adam step is $\alpha$ long. Should a step of
[NAdam](../../labml_optim/nadam.py), Adam with a better momentum, not be as long? In torch and here
the first step is 6 % longer, the next ones are up to 27 % shorter, and after thirty steps all is
right to 2 %. In Dozat's own code the first step is 31 % longer, and none is shorter.

/// figure | docs/notes/figures/nadam_start.py
The first step is $1.06\,\alpha$ long, the third one $0.73\,\alpha$. Dozat's first step is
$1.31\,\alpha$ long.
///

## What the correction leaves

It is inexact in two ways. The two parts of $n_t$ are corrected one by one: at the first step the
gradient alone has the weight $\frac{1-\mu_1}{1-\Pi_1} = 1$, and the momentum comes on top. And
$m_t$ is a mean with the weight $\beta_1$, corrected as if it were one with the smaller weights
$\mu_i$. With the default $\beta_1$ and $\delta$, these are the lengths of the steps 1, 2, 3, 10, 30
and 100, in units of $\alpha$:

>>> import torch
>>> from labml_optim import NAdam
>>> def lengths(at=(1, 2, 3, 10, 30, 100)):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     optimizer, found = NAdam([theta], lr=1.0), []
...     for t in range(at[-1]):
...         before = theta.item()
...         theta.grad = torch.ones_like(theta)
...         optimizer.step()
...         found.append(round(before - theta.item(), 2))
...     return [found[t - 1] for t in at]
>>> lengths()
[1.06, 0.78, 0.73, 0.84, 0.98, 1.0]

## Whose $m_t$? {#whose-m}

[Dozat](https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ) averages with $\mu_t$ there, too ([his
code](https://github.com/tdozat/Optimization)):

> $m_t = \mu_t m_{t-1} + (1-\mu_t)\,g_t$

torch and Keras do so with $\beta_1$, and so does this class, which makes the steps of
`torch.optim.NAdam`. Dozat's first steps are longer than $\alpha$, and none is shorter:

>>> def dozat(at=(1, 2, 3, 10, 30, 100), beta1=0.9, delta=4e-3):
...     def momentum(t):
...         return beta1 * (1 - 0.96 ** (t * delta) / 2)
...     m, product, found = 0.0, 1.0, {}
...     for t in range(1, at[-1] + 1):
...         mu, mu_next = momentum(t), momentum(t + 1)
...         m, product = mu * m + (1 - mu), product * mu
...         ahead = mu_next * m / (1 - product * mu_next)
...         found[t] = (1 - mu) / (1 - product) + ahead
...     return [round(found[t], 2) for t in at]
>>> dozat()
[1.31, 1.08, 1.03, 1.0, 1.0, 1.0]

## Two more differences

The algorithm as it stands on OpenReview multiplies $\hat v_t$ by $\beta_2$ once more, which a
[contributor to optax](https://github.com/google-deepmind/optax/issues/719) takes for a typo;
neither torch nor this class does so. And torch keeps $\Pi_t$ in the default type of tensors, as a
rule float32, this class in float64: in the first steps that is a difference of about $10^{-8}$ of a
step.
"""

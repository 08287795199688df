r"""
# Why Adam can fail

On a problem with one parameter, a line for a loss and bounded gradients, Adam walks to the worst
point and stays there.

Reddi, Kale and Kumar ([On the Convergence of Adam and
Beyond](https://openreview.net/forum?id=ryQu7f-RZ), 2018) asked whether Adam converges at all where
gradient descent does, and found that it need not. Adam forgets a rare large gradient before the
many small ones have been made up for. [AMSGrad](../../labml_optim/amsgrad.py) divides by the
largest $v$ so far and does not forget; but its rate can rise as well, for thousands of steps. The
maximum is all that is new:

$$
\text{AMSGrad}\big|_{\texttt{amsgrad} \leftarrow 0} \equiv \text{Adam}
$$

/// figure | docs/notes/figures/counterexample.py
One gradient in $101$ is $1010$, the others are $-10$; the best $x$ is $-1$. The mean of $x$ over
$101$ steps ends at $0.9$ with Adam and at $-0.9$ with AMSGrad. The bands are how far $x$ swings.
///

## The counter-example

The loss is $f_t(x) = 1010\,x$ when $t \bmod 101 = 1$ and $-10\,x$ otherwise, for $x$ in $[-1, 1]$.
Over 101 steps the gradients add up to $1010 - 1000 = 10 > 0$, so the best $x$ is $-1$. The rare
large gradient points the right way, the many small ones the wrong way. Adam divides the large one
by the root of a $v_t$ that it has just blown up itself, and forgets it again by the time the small
ones come. So the small ones win, although their sum is smaller.

/// figure | docs/notes/figures/counterexample.py
One gradient in $101$ is $1010$, the others are $-10$; the best $x$ is $-1$. The mean of $x$ over
$101$ steps ends at $0.9$ with Adam and at $-0.9$ with AMSGrad. The bands are how far $x$ swings.
///

Adam, with $\beta_1 = 0.9$ and $\beta_2 = 0.99$, walks to $+1$ and stays near it. AMSGrad goes to
$-1$. Here is the mean of $x$ over the last 101 of 20 200 steps:

>>> import torch
>>> from labml_optim import AMSGrad
>>> def walk(amsgrad, steps=20_200):
...     x = torch.zeros((), dtype=torch.float64, requires_grad=True)
...     flags = {'betas': (0.9, 0.99), 'amsgrad': amsgrad}
...     optimizer, path = AMSGrad([x], lr=0.05, **flags), []
...     for t in range(1, steps + 1):
...         x.grad = torch.full_like(x, 1010 if t % 101 == 1 else -10)
...         optimizer.step()
...         x.data.clamp_(-1, 1)
...         path.append(x.item())
...     return round(sum(path[-101:]) / 101, 1)
>>> walk(amsgrad=False), walk(amsgrad=True)
(0.9, -0.9)

## Which maximum? {#which-maximum}

The maximum is taken of the uncorrected $v_t$, as in the paper, which has no bias correction at all.
Here, as in torch, the correction comes after the maximum. Some implementations take the maximum of
$\hat v_t$ instead. It is not a detail of the first steps: $\hat v_1 = g_1^2$ is a large value made
from one gradient, and its maximum is kept for ever.

Our order has a price too. $\bar v_t$ never falls, but $\bar v_t/(1 - \beta_2^t)$ does, for as long
as the correction grows. After one large gradient $\bar v_t$ stays what it was, and the effective
learning rate at step $t$, divided by that of the first step, is

$$\sqrt{\frac{1 - \beta_2^t}{1 - \beta_2}}$$

/// figure | docs/notes/figures/effective_rate.py
A gradient of $1$, and then gradients of $0.01$. AMSGrad's rate grows to $31.6$ times the first
one. Adam forgets the large gradient: its rate grows to $100$ times the first one.
///

It rises until $\beta_2$ has forgotten the start: for the default $\beta_2$ to 31.6 times the first
one. Here with $\beta_1 = 0$, a first gradient of 1 and then gradients of 0.01:

>>> import math
>>> def growth(beta2, t):
...     return math.sqrt((1 - beta2**t) / (1 - beta2))
>>> x = torch.zeros((), dtype=torch.float64, requires_grad=True)
>>> optimizer, rate = AMSGrad([x], lr=1.0, betas=(0.0, 0.999)), []
>>> for t in range(10_000):
...     before, g = x.item(), 1.0 if t == 0 else 0.01
...     x.grad = torch.full_like(x, g)
...     optimizer.step()
...     rate.append((before - x.item()) / g)
>>> for t in (2, 300, 3000, 10_000):
...     print(round(rate[t - 1] / rate[0], 1), round(growth(0.999, t), 1))
1.4 1.4
16.1 16.1
30.8 30.8
31.6 31.6
"""

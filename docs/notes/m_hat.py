r"""
# Should it be $\hat m_t$?

AdaBelief takes its variance around $m_t$, which is biased: it starts at zero, and for the first
steps it is far too small. Should the variance not be taken around the corrected $\hat m_t$?

A [well-known annotated implementation](https://nn.labml.ai/optimizers/ada_belief.html) asks this
question and guesses that it matters little. With rectification and noisy gradients that is right;
but without rectification the first step around $\hat m_t$ explodes, and where the mean is much
larger than the noise, the choice changes hundreds of steps, or thousands. The paper's $m_t$ is the
safe one, since it errs towards short steps, and it is what
[AdaBelief](../../labml_optim/adabelief.py) here computes.

## The other version

The [paper](https://arxiv.org/abs/2010.07468) averages $(g_t - m_t)^2$, and so does the authors'
package. Yet before the update the paper itself corrects $m_t$ to $\hat m_t = m_t/(1-\beta_1^t)$.
The version that does so in the variance too is a subclass with one method:

>>> import math
>>> import torch
>>> from labml_optim import AdaBelief
>>> class AroundHat(AdaBelief):
...     def get_mv(self, state, group, grad):
...         beta1, beta2 = group['betas']
...         m, s = state['exp_avg'], state['exp_avg_var']
...         m.lerp_(grad, 1 - beta1)
...         error = grad - m / (1 - beta1 ** state['step'])
...         s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
...         return m, s + group['eps']

Without rectification, and in the textbook form, both are one algorithm, and $\texttt{around\_hat}$
tells which. At the head of the page it runs: choose gradients, drag $\epsilon$ or, for noise,
$\mu$ and $\sigma$ by their names, and compare the steps.

$$
\begin{align*}
& m_0 \leftarrow 0, \quad s_0 \leftarrow 0, \quad t \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\
& \quad \hat m_t \leftarrow \frac{m_t}{1 - \beta_1^t} \\[1em]
& \quad s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)\,(g_t - m_t)^2 \\
& \quad s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)\,(g_t - \textcolor{new}{\hat m_t})^2
&& \text{if } \texttt{around\_hat} \\
& \quad \hat s_t \leftarrow \frac{s_t + \textcolor{eps}{\epsilon}}{1 - \beta_2^t} \\[1em]
& \quad \theta_t \leftarrow \theta_{t-1}
- \alpha\,\frac{\hat m_t}{\sqrt{\hat s_t} + \textcolor{eps}{\epsilon}}
\end{align*}
$$

**Why one would want it.** With a constant gradient $\mu$ there is no variance. Around $\hat m_t$,
which is $\mu$ from the first step on, it is indeed zero. Around $m_t$ it is not:
$g_t - m_t = \beta_1^t\,\mu$, and the sum of the squares,
$\frac{\beta_1^2}{1-\beta_1^2}\,\mu^2 = 4.26\,\mu^2$, stays in $s$ with the weight $1 - \beta_2$
until $\beta_2$ has forgotten it. It has nothing to do with noise. It is the mean, taken for a
deviation.

>>> round(0.9**2 / (1 - 0.9**2), 2)
4.26

## The first step

But $\hat m_1 = g_1$, exactly and for every gradient. Around it, the first error is zero, so
$s_1 = 0$ says that we are certain after one look. Without rectification the first step is divided
by next to nothing: its length is $\alpha\,|g|/(\sqrt{\epsilon/(1-\beta_2)} + \epsilon)$. Around
$m_t$ it is $\alpha/\beta_1$ for every gradient that is not tiny.

>>> def first(kind, eps, g=1.0):
...     flags = dict(rectify=False, optimized_update=False, eps=eps)
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     theta.grad = torch.full_like(theta, g)
...     kind([theta], lr=1.0, **flags).step()
...     return f'{-theta.item():.3g}'
>>> first(AdaBelief, 1e-16), first(AroundHat, 1e-16)
('1.11', '3.16e+06')
>>> first(AroundHat, 1e-8)
'316'
>>> first(AdaBelief, 1e-16, g=100.0), first(AroundHat, 1e-16, g=100.0)
('1.11', '3.16e+08')

Over a thousand steps, at $\epsilon = 10^{-8}$, and beside Adam:

* Where the gradient is constant, the step around $m_t$ grows as the belief does. Around $\hat m_t$
  there has never been an error, and the step grows without one.
* Where it flips its sign, the first step around $\hat m_t$ is as long, and later ones are short.
* Where it is noisy, the first step is about as long, and the three are soon of one size.

/// figure | docs/notes/figures/step_length.py
At $\epsilon = 10^{-8}$ the first step around $\hat m_t$ is $316\,\alpha$ long; around $m_t$ it is
$1.11\,\alpha$. The noisy gradients have mean $1$ and standard deviation $1$, and the line is the
median over $1001$ parameters.
///

## With rectification

The first five steps do not look at $s$, and the two are the same to the last bit. From the sixth
step on they differ. So both make 6000 steps, with gradients of standard deviation 1 and four
different means:

>>> mu = torch.tensor([[0], [1], [10], [100]])
>>> def run(kind, at=(5, 6, 10, 100, 1000, 6000)):
...     zeros = torch.zeros(4, 2000, dtype=torch.float64)
...     theta = zeros.requires_grad_()
...     optimizer, _ = kind([theta], lr=1.0), torch.manual_seed(0)
...     for t in range(1, at[-1] + 1):
...         before = theta.detach().clone()
...         noise = torch.randn(4, 2000, device='cpu').to(theta)
...         theta.grad = mu + noise
...         optimizer.step()
...         if t in at:
...             yield t, theta.detach() - before

Here is the step around $\hat m_t$ divided by the step around $m_t$, the median over 2000
parameters. From left to right, $\mu$ is 0, 1, 10 and 100:

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

The difference lasts because what stays in $s$ is forgotten only as fast as $\beta_2$ forgets. Once
$m_t$ itself is right, the ratio is near

$$
\sqrt{1 + \frac{1-\beta_2}{2\,(1-\beta_1)} \cdot \frac{\beta_2^t}{1-\beta_2^t}
\cdot \frac{\mu^2}{\sigma^2}}
$$

The second summand is what stays in $s$, divided by [what $s$ settles at](belief.py#settles).

/// figure | docs/notes/figures/hat_ratio.py
At step $6$ the ratio is $105.53$ for a mean that is $100$ times the noise, and at step $1000$ it
is still $5.51$. For mean $0$ it is $1.23$ at most. The median over $501$ parameters.
///

At steps 100 and 1000 that is, beside the ratio that was measured:

>>> def predicted(mu, sigma, t, beta1=0.9, beta2=0.999):
...     left = beta1**2 / (1 - beta1**2) * mu**2 * (1 - beta2) * beta2**t
...     settled = 2 * beta1**2 / (1 + beta1) * sigma**2
...     return math.sqrt(1 + left / (settled * (1 - beta2**t)))
>>> predicted(0, 1, 100)
1.0
>>> for mu, row in ((10, 2), (100, 3)):
...     for t in (100, 1000):
...         print(round(predicted(mu, 1, t), 1), round(table[t][row], 1))
2.4 2.4
1.1 1.1
21.8 22.3
5.5 5.5

## Which one estimates the variance better?

With $\sigma^2 = 1$, the corrected $s_t/(1-\beta_2^t)$ settles at 0.853. Two steps in, for $\mu = 0$
and $\mu = 10$, its mean is

>>> def second(kind, mu, count=1_000_000):
...     theta = torch.zeros(count, requires_grad=True)
...     optimizer, _ = kind([theta]), torch.manual_seed(0)
...     for t in (1, 2):
...         theta.grad = mu + torch.randn(count, device='cpu').to(theta)
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

>>> def root(s, eps, beta1):
...     return math.sqrt(s / beta1**2 + eps / beta1**2)
>>> round(root(0.81, 0.0, 0.9), 2)
1.0

So the step around $m_{t-1}$ with the learning rate $\alpha/\beta_1$ and $\epsilon/\beta_1^2$ in the
root is the step around $m_t$ with $\alpha$ and $\epsilon$. Decoupled decay is multiplied by the
learning rate and has to stay what it was, so $\lambda$ becomes $\beta_1\lambda$. Without the outer
$\epsilon$:

$$
\text{adabelief}\Big|_{\substack{
s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)\,(g_t - m_{t-1})^2 \\
s_{t-1} \leftarrow s_{t-1}/\beta_1^2 \\
\alpha \leftarrow \alpha/\beta_1,\ \lambda \leftarrow \beta_1\lambda \\
\epsilon \leftarrow \epsilon/\beta_1^2 \\
\theta_t \leftarrow \tilde\theta_{t-1} - \alpha\hat m_t/\sqrt{\hat s_t}}}
\equiv \text{adabelief}\Big|_{
\theta_t \leftarrow \tilde\theta_{t-1} - \alpha\hat m_t/\sqrt{\hat s_t}}
$$

The outer $\epsilon$ would become $\epsilon/\beta_1$, which at $10^{-16}$ nobody sees. While RAdam
does not divide, the learning rate is taken as it is, so all this holds without rectification.

>>> class AroundBefore(AdaBelief):
...     def get_mv(self, state, group, grad):
...         beta1, beta2 = group['betas']
...         m, s = state['exp_avg'], state['exp_avg_var']
...         error = grad - m
...         m.lerp_(grad, 1 - beta1)
...         s.mul_(beta2).addcmul_(error, error, value=1 - beta2)
...         return m, s + group['eps']

Over 3000 steps, with gradients that depend on the parameters, nothing but rounding is between the
two. With the same $\alpha$ for both there is: then the steps around $m_{t-1}$ are 0.9 times as long
where $\epsilon$ is small against $s_t$.

>>> def end(kind, lr, eps=1e-16):
...     theta = torch.zeros(50, dtype=torch.float64, requires_grad=True)
...     optimizer = kind([theta], lr=lr, eps=eps, rectify=False)
...     _ = torch.manual_seed(0)
...     for t in range(3000):
...         noise = torch.randn(50, device='cpu').to(theta)
...         theta.grad = 1 + noise + 0.3 * theta.detach()
...         optimizer.step()
...     return theta.detach()
>>> def apart(one, other):
...     return (one - other).abs().max().item()
>>> around_m = end(AdaBelief, lr=1e-3)
>>> matched = end(AroundBefore, lr=1e-3 / 0.9, eps=1e-16 / 0.9**2)
>>> apart(around_m, matched) < 1e-13
True
>>> round(apart(around_m, end(AroundBefore, lr=1e-3)), 2)
0.13
"""

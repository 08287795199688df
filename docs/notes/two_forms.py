r"""
# Two forms, two epsilons

Libraries write Adam's step in two forms that look alike, and the same $\epsilon$ does not mean the
same in both; AdaBelief has a second $\epsilon$, and there they disagree once more.

If you carry $\epsilon$ from one library to another, is it the same optimizer? At $10^{-8}$ Adam's
two forms cannot be told apart, at $0.1$ everyone sees the difference in the first thousand steps.
AdaBelief's inner $\epsilon$ shows at $10^{-8}$ already.

## The textbook form and the folded one {#two-forms}

[Adam's](../../labml_optim/adam.py) paper notes that one can save work by folding both corrections
into the step size, $\alpha_t = \alpha\sqrt{1-\beta_2^t}/(1-\beta_1^t)$, and dividing by
$\sqrt{v_t} + \hat\epsilon$. The step is then the same, if $\epsilon$ is corrected with the rest:

$$
\alpha\,\frac{m_t/(1-\beta_1^t)}{\sqrt{v_t}/\sqrt{1-\beta_2^t} + \epsilon}
= \alpha\,\frac{\sqrt{1-\beta_2^t}}{1-\beta_1^t}
\cdot\frac{m_t}{\sqrt{v_t} + \sqrt{1-\beta_2^t}\;\epsilon}
$$

>>> import math
>>> def textbook(lr, m, v, beta1, beta2, eps, t):
...     root = math.sqrt(v) / math.sqrt(1 - beta2**t)
...     return lr * m / (1 - beta1**t) / (root + eps)

The two are equal if

$$\hat\epsilon = \sqrt{1-\beta_2^t}\,\epsilon$$

But hardly any library lets $\hat\epsilon$ change with $t$; bitsandbytes is one that does. Kept
constant, it makes another algorithm: one whose $\epsilon_t = \hat\epsilon/\sqrt{1-\beta_2^t}$
starts 31.6 times as large, for $\beta_2 = 0.999$, and shrinks to $\hat\epsilon$ in some thousands
of steps.

>>> def folded(eps, beta2, t):
...     return math.sqrt(1 - beta2**t) * eps
>>> for t in (1, 100, 5000):
...     print(round(0.1 / folded(0.1, 0.999, t), 1))
31.6
3.2
1.0

With the $\hat\epsilon$ that changes, the folded form is the textbook's, whatever the other flags:

$$
\text{Adam}\Big|_{\substack{\texttt{optimized\_update} \leftarrow 1 \\
\hat\epsilon \leftarrow \sqrt{1-\beta_2^t}\,\epsilon}}
\equiv \text{Adam}\big|_{\texttt{optimized\_update} \leftarrow 0}
$$

With $\epsilon = 10^{-8}$ no one will notice. With $\epsilon = 0.1$ everyone will. This is the first
step for a gradient of 1, in the textbook form, in the folded one, and in the folded one with
$\hat\epsilon$ for the first step:

>>> import torch
>>> from labml_optim import Adam
>>> def first(**flags):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     theta.grad = torch.ones_like(theta)
...     Adam([theta], lr=1.0, **flags).step()
...     return round(theta.item(), 4)
>>> first(eps=0.1, optimized_update=False), round(-1 / (1 + 0.1), 4)
(-0.9091, -0.9091)
>>> first(eps=0.1, optimized_update=True)
-0.2403
>>> round(-textbook(1, 0.1, 0.001, 0.9, 0.999, 0.1 * 1000**0.5, 1), 4)
-0.2403
>>> first(eps=folded(0.1, 0.999, 1), optimized_update=True)
-0.9091

**Which one is it here?** The flag `optimized_update` chooses: `False` is the textbook form, which
is also that of `torch.optim.Adam`, and `True` is the folded one. It is the default of Adam and of
all that extends it here but [NAdam](../../labml_optim/nadam.py), because the authors of RAdam and
AdaBelief write their rectified step so, and `torch.optim.RAdam` computes it: optimizers that are
compared then have $\epsilon$ in the same place. It also needs one pass over memory less.

## The epsilon in the root {#inner}

In [AdaBelief](../../labml_optim/adabelief.py) $\epsilon$ appears twice, inside the root and after
it, and it is the inner one that people handle differently. The paper's main text and the authors'
package add it into the *stored* $s_t$ at every step, so it accumulates: $s_t$ never falls below

$$\epsilon\,\frac{1-\beta_2^t}{1-\beta_2}$$

It began as a slip, says the author
([#18](https://github.com/juntang-zhuang/Adabelief-Optimizer/issues/18)): the `add_` of the outer
$\epsilon$ was copied to the front of the line, and he overlooked that it works in place there. In
December 2020 a revision of the paper wrote it into the algorithm of the main text; the appendix
still adds it on the way out. At $\epsilon = 10^{-8}$, after 5000 gradients of zero, this is what is
stored, and the root that the step is divided by:

>>> from labml_optim import AdaBelief
>>> def least(eps, beta2, t):
...     return eps * sum(beta2**i for i in range(t))
>>> def floor(accumulate_eps, eps=1e-8):
...     theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
...     flag = {'accumulate_eps': accumulate_eps}
...     optimizer = AdaBelief([theta], eps=eps, **flag)
...     for t in range(5000):
...         theta.grad = torch.zeros_like(theta)
...         optimizer.step()
...     s = optimizer.state[theta]['exp_avg_var'].item()
...     u = s if accumulate_eps else s + eps
...     return f'{s:.3g}', f'{u ** 0.5:.2g}'
>>> floor(accumulate_eps=True), f'{least(1e-8, 0.999, 5000):.3g}'
(('9.93e-06', '0.0032'), '9.93e-06')
>>> floor(accumulate_eps=False)
('0', '0.0001')

The least denominator differs by a factor of about 30: these are two optimizers. We add $\epsilon$
out of place unless `accumulate_eps` says otherwise. With `amsgrad` the maximum is of $s_t$, and
$\epsilon$ is added to that. [How AdaBeliefs differ](adabeliefs.md) has what seven published
implementations do.

/// figure | docs/notes/figures/floor.py
While the gradient is $0$. With $\epsilon = 10^{-8}$ added into $s_t$, the root grows to $0.0032$
in $5000$ steps; with $\epsilon$ added on the way out it stays at $0.0001$.
///
"""

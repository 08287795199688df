r"""
# Three rules of decay

Under gradient descent weight decay and an $L_2$ penalty are the same thing. Under Adam they are
not, and there are two ways to write the decay.

What does `weight_decay=0.1` do? With a *coupled* rule, the penalty, almost nothing to parameters
with large gradients and far too much to those with small ones. A *decoupled* rule treats all alike:
AdamW's shrinks a parameter by $\alpha\lambda$ of itself in a step and follows the schedule of the
learning rate, the *absolute* one shrinks it by $\lambda$ and does not. [The
rules](../../labml_optim/weight_decay.py) are three formulas and three lines of code.

/// figure | docs/notes/figures/decay.py
After $100$ steps, coupled decay has left $0.98$ of a parameter with gradients of $\pm 100$, and
$0.23$ of one with gradients of $\pm 0.01$. Decoupled decay leaves $0.89$ of both.
///

## The penalty is divided too

A coupled decay is a gradient, and nothing else:

$$
\text{Adam}\Big|_{\substack{
\texttt{weight\_decouple} \leftarrow 0 \\ \texttt{maximize} \leftarrow 0}}
\equiv \text{Adam}\Big|_{\substack{
g_t \leftarrow g_t + \lambda\theta_{t-1},\ \lambda \leftarrow 0 \\ \texttt{maximize} \leftarrow 0}}
$$

The penalty's gradient $\lambda\theta$ is divided, with the rest of the gradient, by the root of the
second moment: parameters with large gradients are then decayed *less* than others. Loshchilov and
Hutter ([Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101), 2019) take the
decay out of the gradient and apply it to the parameter itself. With that, Adam becomes AdamW.

/// figure | docs/notes/figures/decay.py
After $100$ steps, coupled decay has left $0.98$ of a parameter with gradients of $\pm 100$, and
$0.23$ of one with gradients of $\pm 0.01$. Decoupled decay leaves $0.89$ of both.
///

The difference shows as soon as two gradients differ in size. Let one parameter have gradients of
$\pm100$ and another of $\pm0.01$, with alternating sign, so that the loss pulls neither way.
Decoupled, both shrink to $(1-\alpha\lambda)^{100} \approx 0.9$ of their size. Coupled, the first
one hardly shrinks at all, and the second much more than it should.

>>> import torch
>>> from labml_optim import Adam, WeightDecay
>>> def shrink(decay, lr=1e-2):
...     theta = torch.ones(2, requires_grad=True)
...     optimizer = Adam([theta], lr=lr, weight_decay=decay)
...     for t in range(100):
...         theta.grad = torch.tensor([100.0, 0.01]) * (-1) ** t
...         optimizer.step()
...     return [round(x, 1) for x in theta.tolist()]
>>> shrink(WeightDecay(0.1)), round((1 - 1e-2 * 0.1) ** 100, 1)
([0.9, 0.9], 0.9)
>>> shrink(WeightDecay(0.1, weight_decouple=False))
[1.0, 0.2]

## With the learning rate or without it

In the paper (algorithm 2) the decay is multiplied by the schedule $\eta_t$ and not by $\alpha$, so
that the two can be chosen apart. `torch.optim.AdamW` multiplies by $\alpha$, and that is the
default here; the absolute rule is the paper's with $\eta_t = 1$. Half the learning rate is half the
decay with the first, and the same decay with the second:

>>> for lr in (1e-2, 5e-3):
...     print(shrink(WeightDecay(0.5), lr))
[0.6, 0.6]
[0.8, 0.8]
>>> for lr in (1e-2, 5e-3):
...     print(shrink(WeightDecay(5e-3, absolute=True), lr))
[0.6, 0.6]
[0.6, 0.6]
"""

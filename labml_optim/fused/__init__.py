r"""
# Fused engines

The annotated code says what an optimizer does. It computes with whole tensors, and each of its
lines goes over memory: AdaBelief's step reads and writes the numbers of a parameter some ten times,
and makes some ten small calls for each tensor. Both cost more than the arithmetic. A large tensor's
step takes as long as fetching it ten times; a small tensor's, as long as ten calls.

With `fused=True` an optimizer makes one call for all tensors of a group that have the same type and
are on the same device. A kernel goes over them once and computes what the annotated code computes,
in the same order.

>>> import torch
>>> from labml_optim import AdaBelief
>>> def train(fused):
...     _ = torch.manual_seed(0)
...     weight, bias = torch.randn(50, 20, device='cpu'), torch.randn(20, device='cpu')
...     params = [weight.requires_grad_(), bias.requires_grad_()]
...     optimizer = AdaBelief(params, lr=0.1, fused=fused)
...     for t in range(100):
...         optimizer.zero_grad()
...         (torch.randn(8, 50, device='cpu') @ weight + bias).square().mean().backward()
...         optimizer.step()
...     return weight.detach()
>>> slow, fast = train(fused=False), train(fused=True)
>>> bool((slow - fast).abs().max() < 1e-4)
True

## Which engine

| `fused` | on the CPU | on CUDA |
|---|---|---|
| `False` | annotated code | annotated code |
| `None`, the default | annotated code | [Triton kernel](cuda/launch.py), if it works there |
| `True` | [C kernel](cpu/kernel.c) | Triton kernel |

If `True` is not possible, a `RuntimeError` says what is missing: a C compiler, Triton, this folder.
The engine depends on the machine and not on the algorithm, so it is not loaded with a checkpoint.
It is a value of the parameter group, can differ from group to group, and can be changed between two
steps: the state is the same.

## What the kernels compute

The kernels compute the optimizers in [a list](overrides.py), `KNOWN`: Adam, AMSGrad, RAdam and
AdaBelief. A subclass counts as one of them as long as it overrides none of the methods that a
kernel replaces. Everything else runs annotated, and `fused=True` is refused with the reason: a
method that is overridden, or replaced on our own class or on one object, a class that was added to
the package, a copy of this package in which such a method was edited.

>>> class Clipped(AdaBelief):
...     def get_mv(self, state, group, grad):
...         return super().get_mv(state, group, grad.clamp(-1, 1))
>>> theta = torch.ones(3, requires_grad=True)
>>> Clipped([theta], fused=True)
Traceback (most recent call last):
RuntimeError: fused=True: Clipped overrides get_mv, which the kernels do not call. Use fused=None

A kernel needs a tensor whose elements fill a stretch of memory, and a gradient and moments that lie
in the same order. Channels last, transposed and empty tensors are fine, and of a `DTensor` the
local shard is stepped. A tensor that is laid out otherwise, is complex, or shares memory with
another parameter is stepped by the annotated code: that tensor alone.

In a dispatch mode, which watches the operations of torch, the whole step is annotated. Under
`torch.compile` it is [a function that can be traced](traced.py), whatever `fused` says. While a
CUDA graph is captured there is no step: all engines refuse.

## How it is made

* [`plan`](plan.py) makes the step of a group. It checks whether the [`partition`](partition.py) of
  the tensors still holds: whether they are [`unchanged`](unchanged.py), and whether a new gradient
  has an [`overlap`](overlap.py) with what is written.
* [`table`](table.py) is what a kernel works through in one call
* [`overrides`](overrides.py) has the list of classes; [`digests`](digests.py) detect an edited
  method
* [`scalars`](scalars.py) collects the numbers of a step from the methods of the annotated code
* [`kernel.c`](cpu/kernel.c) is the kernel for the CPU, compiled by [`compiler`](cpu/compiler.py) on
  first use, kept by [`cache`](cpu/cache.py), called by [`launch`](cpu/launch.py)
* [`kernel.py`](cuda/kernel.py) is the kernel for CUDA, called by [`launch`](cuda/launch.py)
* [`traced`](traced.py) is the step that `torch.compile` compiles
"""

from labml_optim.fused.partition import require
from labml_optim.fused.plan import prepare_step
from labml_optim.fused.traced import trace_step

__all__ = ["prepare_step", "require", "trace_step"]

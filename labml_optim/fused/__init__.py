r"""
# Fused engines

The annotated code says what an optimizer does. It says it in whole tensors, and each line of it
goes over memory: AdaBelief's step reads and writes the numbers of a parameter some ten times, and
makes some ten small calls for each tensor. Both cost more than the arithmetic. A large tensor's
step lasts as long as fetching it ten times; a small tensor's, as long as ten calls.

With `fused=True` an optimizer makes one call for all tensors of a group, of one type and on one
device. A kernel goes over them once and computes what the annotated code computes, in the same
order.

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
| `None`, the default | annotated code | [Triton kernel](cuda/launch.py), where it can be had |
| `True` | [C kernel](cpu/kernel.c) | Triton kernel |

Where `True` cannot be had, a `RuntimeError` says what is missing: a C compiler, or Triton.
It is a matter of the machine, not of the algorithm, so it is not loaded with a checkpoint. It
stands in the parameter group, can differ from group to group, and can be changed between two
steps: the state is the same.

## What no kernel takes

A kernel wants a tensor whose elements fill a stretch of memory, and a gradient and moments laid
out in the same order. Channels last, transposed and empty ones are as good as others, and of a
`DTensor` it steps the local shard. What is laid out otherwise, is complex, or shares memory with
another parameter, is stepped by the annotated code: that tensor alone.

Under `torch.compile`, and while anybody watches the operations of torch in a dispatch mode, the
whole step is annotated, whatever `fused` says.

A subclass that overrides a method which a kernel stands for would be bypassed. So it runs
annotated, and `fused=True` is refused:

>>> class Clipped(AdaBelief):
...     def get_mv(self, state, group, grad):
...         return super().get_mv(state, group, grad.clamp(-1, 1))
>>> theta = torch.ones(3, requires_grad=True)
>>> Clipped([theta], fused=True)
Traceback (most recent call last):
RuntimeError: fused=True: Clipped overrides get_mv, which the kernels do not call. Use fused=None

## How it is made

* [`plan`](plan.py) deals out the tensors of a group, and notices when they are no longer what they
  were, which [`unchanged`](unchanged.py) tells; [`table`](table.py) says what a kernel can take,
  [`overlap`](overlap.py) who shares memory with whom, [`overrides`](overrides.py) whom it must not
  bypass, [`shards`](shards.py) what is here of a `DTensor`
* [`scalars`](scalars.py) collects the numbers of a step from the methods of the annotated code
* [`kernel.c`](cpu/kernel.c) is the kernel for the CPU, compiled by [`compiler`](cpu/compiler.py) on
  first use, kept by [`cache`](cpu/cache.py), called by [`launch`](cpu/launch.py)
* [`kernel.py`](cuda/kernel.py) is the kernel for CUDA, called by [`launch`](cuda/launch.py)
"""

from labml_optim.fused.partition import require
from labml_optim.fused.plan import prepare_step
from labml_optim.fused.traced import trace_step

__all__ = ["prepare_step", "require", "trace_step"]

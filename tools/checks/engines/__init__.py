r"""
# The engines on exact numbers

The [fused engines](../../../labml_optim/fused/__init__.py) are proved as the [annotated
code](../exact.py) is: on exact numbers, from any state, against the same algorithm. What
distributes the tensors among the engines is not, since it knows addresses and no numbers. So a step
consists here of the numbers that the [methods of the class](../../../labml_optim/fused/scalars.py)
give, and of the engine's own code, which makes the step of one element of them.

* [`modules.py`](modules.py): what is replaced in the modules, whichever engine is at work
* [`traced.py`](traced.py): what `torch.compile` traces
* [`host.py`](host.py): what a kernel is given
* [`compiled.py`](compiled.py): the kernel in C
* [`interpreted.py`](interpreted.py): the kernel for CUDA, and [`lanes.py`](lanes.py), the language
  in which it is run
"""

r"""
# What a copy has in place of the rest

A [bundle](../../sidenotes/bundle/__init__.py) of an optimizer is one file. What needs the rest of
the package is replaced there, and says so when it is asked for.

* [`optimizer.py`](optimizer.py): a copy has no engines, and `torch.compile` does not trace its
  step.
* [`checkpoint.py`](checkpoint.py): a copy reads checkpoints with its own keys, and refuses those
  with the keys of torch, which the package reads and writes.
"""

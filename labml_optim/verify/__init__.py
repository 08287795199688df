r"""
# Checked on your machine

`python -m labml_optim` says whether the optimizers compute here what they should, on the processor,
with the compiler, the torch and the GPU that are here. It needs torch and nothing else.

* [`doctests`](doctests.py): the examples in the notes of the package print what they say. They are
  run on the CPU and, where there is one, again on the GPU.
* [`engines`](engines.py): a fused kernel makes the steps of the annotated code, with every
  combination of flags and each rule of weight decay, in float64, float32 and bfloat16
* [`siblings`](siblings.py): an optimizer makes the steps of its class in `torch.optim`. AdaBelief
  has none there.

Each of these yields [checks](check.py). What is run is [derived from the classes](optimizers.py),
so an optimizer that is added to the package is checked without a line here. What the machine is
says [`machine`](machine.py), and [`results`](results.py) makes a table of it all.

A check is passed, failed, or not available. Not available is what this machine has not: a GPU, a C
compiler, Triton; the row says what is missing, and that is no failure.
"""

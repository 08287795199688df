r"""
# What is run

`sidenotes check` compares formulas with real runs, and it has to be told what to run.

* [`catalog.py`](catalog.py) is the table of the optimizers, one row for each.
* [`optimizers.py`](optimizers.py) runs each optimizer with all combinations of its flags.
* [`kernels.py`](kernels.py) runs the fused kernels.
* [`peers`](peers/__init__.py) runs the published AdaBeliefs beside ours.
"""

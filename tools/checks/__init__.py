r"""
# What is run

`sidenotes check` compares formulas with real runs. These files say what is run.

* [`catalog.py`](catalog.py) is the table of the optimizers, one row for each.
* [`optimizers.py`](optimizers.py) runs each optimizer with all combinations of its flags.
* [`kernels.py`](kernels.py) runs the fused kernels.
* `symbols.yml` is the table of symbols: what each means, and its names in the code.
"""

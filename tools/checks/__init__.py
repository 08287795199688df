r"""
# What is run

`sidenotes check` compares formulas with real runs. These files say what is run.

* [`catalog.py`](catalog.py) is the table of the optimizers, one row for each.
* [`optimizers.py`](optimizers.py) runs each optimizer with all combinations of its flags.
* [`corners.py`](corners.py) runs them on what is rare: large rates, zeros, schedules, 16 bits.
* [`kernels.py`](kernels.py) runs the fused kernels.
* [`exact.py`](exact.py) says what is proved for every value, with [`tensors.py`](tensors.py), the
  tensors for that, and [`exact_kernels.py`](exact_kernels.py) what is proved of the kernels.
* [`audit`](audit/__init__.py) proves the optimizers of torch and of others.
* [`museum`](museum/__init__.py) runs slips that others published.
* [`peers`](peers/__init__.py) runs the published AdaBeliefs beside ours.
* `symbols.yml` is the table of symbols: what each means, and its names in the code.

A bundle of an optimizer in one file is made of more:

* [papers](papers/__init__.py) has each algorithm once more, in plain Python.
* [`selfcheck.py`](selfcheck.py) compares an optimizer with that.
* [standins](standins/__init__.py) is what a bundle has in place of the rest of the package.
"""

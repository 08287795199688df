r"""
# What is claimed where

[`module.py`](module.py) finds the formulas of a module. [`python.py`](python.py) and [`c.py`](c.py)
say what the statement below a formula makes. [`derivations.py`](derivations.py) and
[`examples.py`](examples.py) test what only follows.
"""

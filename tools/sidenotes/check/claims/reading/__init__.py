r"""
# What a formula states, taken apart

[`formulas.py`](formulas.py) finds the formulas of a file, which can be [a page](pages.py).

[`assignments.py`](assignments.py) reads a display that gives symbols their values, and
[`equations.py`](equations.py) one that says what is equal to what.
[`identities.py`](identities.py) reads one that says which two algorithms are the same.
"""

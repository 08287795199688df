r"""
# What a formula states, taken apart

[`assignments.py`](assignments.py) reads a display that gives symbols their values, and
[`equations.py`](equations.py) one that says what is equal to what.
"""

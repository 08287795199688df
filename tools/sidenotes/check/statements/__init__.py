r"""
# What a statement makes

[`made.py`](made.py) says what has to be known of a statement that a formula speaks of, and
[`guards.py`](guards.py) under which conditions it is reached. [`python.py`](python.py) finds both
in Python, and [`c.py`](c.py) in C.
"""

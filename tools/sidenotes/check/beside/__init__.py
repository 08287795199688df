r"""
# What stands beside an algorithm

The page of an algorithm shows the code that it speaks of, and the formulas beside that code. In a
step, some of these lines run and some do not, and the formulas have values of their own.

[`coverage.py`](coverage.py) runs the real class in all settings, and takes down which lines ran and
what was made. [`conditions.py`](conditions.py) finds the condition on flags, and on what the
algorithm compares, under which a line runs; [`lines.py`](lines.py) says which lines run together.
[`code.py`](code.py) puts that into the data of a page.
"""

from .code import beside as beside

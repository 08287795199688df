r"""
# Values

[`arrays.py`](arrays.py) says what a value is. [`arithmetic.py`](arithmetic.py) says what can be
done with values, in terms of what numbers can do, and [`floats.py`](floats.py) what floats can do.
[`evaluator.py`](evaluator.py) gives a formula its value, and [`compare.py`](compare.py) says when
two values are the same. What rounding can make of the difference is in
[`rounding.py`](rounding.py).
"""

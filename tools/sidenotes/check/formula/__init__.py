r"""
# From TeX to a value

[`tokens.py`](tokens.py) cuts the TeX into tokens, [`cursor.py`](cursor.py) reads symbols and
numbers, [`parser.py`](parser.py) makes the [tree](tree.py), and [`evaluator.py`](evaluator.py)
computes its value. [`indices.py`](indices.py) makes $x_{t-1}$ from $x_t$.
"""

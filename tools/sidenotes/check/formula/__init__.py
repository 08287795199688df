r"""
# From TeX to a tree

* [`tokens.py`](tokens.py) cuts the TeX into tokens, and [`display.py`](display.py) a display into
  rows.
* [`cursor.py`](cursor.py) goes over the tokens, and reads numbers and the names of
  [symbols](symbols.py).
* [`operands.py`](operands.py) reads what stands between the signs, with [`sums.py`](sums.py) and
  the [functions](functions.py) that are known, and [`parser.py`](parser.py) makes a [tree](tree.py)
  of it all.
"""

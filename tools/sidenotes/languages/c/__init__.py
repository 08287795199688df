r"""
# C

* [`tokens.py`](tokens.py) cuts a file into tokens, and [`statements.py`](statements.py) finds its
  statements and definitions.
* [`notes.py`](notes.py) finds the notes.
* [`symbols.py`](symbols.py) finds the variables that hold a symbol.
"""

r"""
# From rows to a program

An algorithm is a block of rows with a loop and conditions. [`rows.py`](rows.py) reads them, and
[`words.py`](words.py) says which words it knows. [`nesting.py`](nesting.py) tells which row belongs
to which, [`program.py`](program.py) runs them, and [`replay.py`](replay.py) does so beside the real
run. [`altered.py`](altered.py) puts something else into an algorithm. [`export.py`](export.py)
makes data of a program, and [`panel.py`](panel.py) all that a page needs to run it.
"""

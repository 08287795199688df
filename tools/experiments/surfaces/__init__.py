"""
# Optimizers on surfaces

* [`table.py`](table.py) has the surfaces: formulas, and where to begin.
* [`block.py`](block.py) puts them on a page, with the algorithms of all optimizers.
* [`picture.py`](picture.py) draws, with the real classes, what is seen without a script.

On the page the formulas run: those of the optimizers are the ones that `sidenotes check` has
compared with the code, and those of the surfaces are the ones that are printed.
"""

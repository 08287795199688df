r"""
# Python

* [`notes.py`](notes.py) finds the notes of a file and the definitions that they speak of.
* [`references.py`](references.py) finds the names that a file uses, and
  [`bindings.py`](bindings.py) what a scope binds.
"""

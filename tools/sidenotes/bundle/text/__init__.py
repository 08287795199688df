r"""
# The text of a bundle

* [`rewrite.py`](rewrite.py) writes a statement under its new names, which
  [`definitions.py`](definitions.py) finds where they are not plain names, and
  [`edits.py`](edits.py) are the changes.
* [`notes.py`](notes.py) changes links, and leaves notes out.
* [`layout.py`](layout.py) puts it all together.
"""

"""
# The layout

* [`page.py`](page.py) fills the place of a block: title, actions, the rows that come first, the
  essay, and the file itself.
* [`view.py`](view.py) makes a row of each section, the note at the left and [the code](code.py) at
  the right, and [`essay.py`](essay.py) rows of a text, prose at the left and what belongs to it at
  the right.
* [`contents.py`](contents.py) lists the headings, and [`legend.py`](legend.py) the symbols.
"""

from .page import Page

__all__ = ["Page"]

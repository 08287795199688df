r"""
# The page

What Python-Markdown is given, and what a page looks like.

* [`extension.py`](extension.py) is the Markdown extension, where all begins: it finds the blocks
  `/// sidenotes | path` of a page and fills them.
* [`site.py`](site.py) knows which page shows which file.
* [`layout.py`](layout.py) makes rows of the sections of a file: the note left, the code right.
* [`prose.py`](prose.py) turns notes, with their formulas and doctests, into elements.
* [`links.py`](links.py) leads a name in the code to the page that shows its definition.
* [`contents.py`](contents.py) lists the headings, [`legend.py`](legend.py) the symbols, and
  [`badges.py`](badges.py) say what was checked.
"""

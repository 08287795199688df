r"""
# The page

What Python-Markdown is given, and what a page looks like.

* [`extension.py`](extension.py) is the Markdown extension, the entry point. It finds the
  [blocks](blocks.py) of a page, and [`builder.py`](builder.py) fills them, step by step.
* [The layout](layout/__init__.py) makes rows of the sections of a file: [the
  note](notes/__init__.py) left, the code right.
* [The site around the page](site/__init__.py) says which page it is, and where links lead.
* [Below the title](actions/__init__.py) is a row to copy, download and cite what is shown.
* [`badges.py`](badges.py) say what was checked, and [an algorithm runs](live/__init__.py).
* [`generate.py`](generate.py) writes pages for a folder of sources.
"""

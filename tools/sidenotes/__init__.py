r"""
# sidenotes

A build tool for annotated sources. It takes a file in Python, C or C++ whose docstrings and
comments are written in Markdown with LaTeX, and makes a page of it: the notes at the left, the code
that they are about at the right.

The way of a file through the tool:

1. [`page/`](page/__init__.py) is the Markdown extension. It finds `/// sidenotes | path` on a
   page. This is the entry point.
2. [`languages/`](languages/__init__.py) reads a source file: its notes, the code that they are
   about, and what the names in the code mean.
3. [`math/`](math/__init__.py) finds the formulas in the notes and typesets them.
4. [`check/`](check/__init__.py) compares the formulas with what the code does.

Apart from that, [`bundle/`](bundle/__init__.py) writes a module, and what it needs from its
package, into one file. [`figures/`](figures/__init__.py) draws figures of data, and
[`previews/`](previews/__init__.py) a picture for each page.

[`__main__.py`](__main__.py) is the command, [`output.py`](output.py) writes files, and
[`errors.py`](errors.py) says how a build stops.
[`block.py`](block.py) and `equations/` are the addresses that the extension and the runs had in
version 0.1.
"""

r"""
# The languages

* [`registry.py`](registry.py) lists the languages, and [`language.py`](language.py) says what each
  of them can do: [Python](python/__init__.py), and [C with C++](c/__init__.py).
* [`sections.py`](sections.py) cuts a file into sections, whatever the language, and
  [`directives.py`](directives.py) says which comments are for a program.
* [`files.py`](files.py) reads a source file once, [`highlight.py`](highlight.py) makes
  highlighted lines of it.
"""

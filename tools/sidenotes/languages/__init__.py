r"""
# The languages

* [`registry.py`](registry.py) lists the languages, each with all that the tool can do in it.
* [`sections.py`](sections.py) cuts a file into sections, whatever the language.
* [`files.py`](files.py) reads a source file once, [`highlight.py`](highlight.py) colours it and
  cuts it into lines.
* [Python](python/__init__.py) and [C](c/__init__.py) have readers of their own.
"""

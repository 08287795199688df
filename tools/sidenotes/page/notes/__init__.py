r"""
# Notes

What happens to the Markdown of a page and of its notes.

* [`prose.py`](prose.py) turns a note into elements.
* [`literal.py`](literal.py) says what stays text, and [`extract.py`](extract.py) takes displays and
  doctests out of the paragraphs that they stand in.
* [`console.py`](console.py) highlights doctests, and [`words.py`](words.py) tells the search what
  stands in code and formulas.
* [`headings.py`](headings.py) gives the headings their anchors.
* [`misread_blocks.py`](misread_blocks.py) finds blocks that PyMdown printed as text.
"""

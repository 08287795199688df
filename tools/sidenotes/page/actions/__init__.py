r"""
# What a reader can take along

Below the title of a whole file stands a row: Copy file, Download, Source, Cite.

* [`row.py`](row.py) makes the row.
* [`sources.py`](sources.py) copies the files that pages show into the site, for Download and
  Source.
* [`bibliography.py`](bibliography.py) reads the BibTeX entries, for Cite.
* [`clipboard.py`](clipboard.py) gives the script what its buttons copy: the file, or one function
  or class of it.
"""

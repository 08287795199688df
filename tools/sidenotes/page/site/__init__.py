r"""
# The site around a page

* [`host.py`](host.py) says on which page a block stands, under [MkDocs](mkdocs.py),
  [Zensical](zensical.py) and [Python-Markdown alone](standalone.py).
* [`index.py`](index.py) knows which page shows which file, and [`folder.py`](folder.py) finds the
  pages of a folder.
* [`lines.py`](lines.py) finds the line of the page that an error is on.
* [`links.py`](links.py) makes addresses of definitions and files.
* [`styles.py`](styles.py) looks for the style sheets.
"""

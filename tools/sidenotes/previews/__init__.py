r"""
# Pictures beside links

A site that shows a link to a page may show a picture with it. `sidenotes previews` draws one for
each page that the navigation names: its title, one formula of it, the name of the site.

1. [`pages.py`](pages.py) finds the pages, their titles and their formulas.
2. [`picture.py`](picture.py) draws, with matplotlib.
3. [`command.py`](command.py) renews those whose words have changed.
"""

"""
# On a page

[`tables.py`](tables.py) makes tables and sentences of the results, when the site is built.
"""

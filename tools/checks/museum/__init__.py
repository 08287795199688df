r"""
# The museum of slips

Formulas and lines of optimizers that were published and were wrong, each with its public report.
`slips.yml` has them, in symbols and in code of our own. [`exhibits.py`](exhibits.py) makes a small
module of each, with the formula above the line, and gives it to `sidenotes check`;
`python -m checks.museum` [writes the page](__main__.py).
"""

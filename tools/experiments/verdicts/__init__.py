"""
# What follows from the results

* [`paired.py`](paired.py) compares two contestants, seed by seed.
* [`claims.py`](claims.py) has what was claimed, and the verdicts that the comparisons give.
"""

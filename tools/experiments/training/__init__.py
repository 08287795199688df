"""
# How the networks are trained

* [`digits.py`](digits.py) has the data, and which of it each seed trains on.
* [`networks.py`](networks.py) has two networks, of which many are computed at once.
* [`cohort.py`](cohort.py) trains them, one optimizer for each contestant.
"""

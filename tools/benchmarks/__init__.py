r"""
# How it is measured

* [`bench.py`](bench.py) measures the optimizers that [`contestants.py`](contestants.py) lists.
* [`clock.py`](clock.py) lets contestants take turns, so that the machine's noise hits them all.
* [`ceiling.py`](ceiling.py) measures how fast memory is, with [a loop in C](ceiling.c), and
  [`startup.py`](startup.py) the first step of a process.
* [`rows.py`](rows.py) writes and reads the figures, and [`bars.py`](bars.py) draws them on a page.
* [`rendering.py`](rendering.py) measures how long sidenotes takes for a file, beside pycco.
"""

r"""
# From data to SVG

matplotlib scales the axes, finds the ticks and simplifies the lines; it is imported here and
nowhere else. The SVG is written by hand: it has no colours, which are the style sheet's, no fonts
and no dates, and so it is small and the same in each run.

1. [`plot.py`](plot.py) lays a figure out: plots, lines, and the labels at their ends.
2. [`ticks.py`](ticks.py) numbers the axes.
3. [`svg.py`](svg.py) writes elements, with the symbols of [`labels.py`](labels.py).
"""

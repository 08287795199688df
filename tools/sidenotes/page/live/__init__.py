r"""
# An algorithm that runs on its page

`sidenotes check` writes an algorithm that holds into its report, as data, if a run asks for it with
a `Panel`. [`panel.py`](panel.py) puts its rows on the page, each with its value in one step, and
[`controls.py`](controls.py) what a reader can set. Without a script, or on paper, that is all.

`assets/evaluator.js` computes, and `assets/live.js` answers the reader. `assets/sidenotes.js`
fetches both when the reader comes near.
"""

from .panel import insert as insert

r"""
# An algorithm that runs on its page

`sidenotes check` writes an algorithm that holds into its report, as data, if a run asks for it with
a `Panel`. [`panel.py`](panel.py) puts its rows on the page, each with its value in one step, and
[`controls.py`](controls.py) what a reader can set. [`beside.py`](beside.py) puts values behind the
formulas beside the code, and dims the lines that do not run; [`numbers.py`](numbers.py) are written
alike everywhere. Without a script that is all, and paper has none of it.

`assets/evaluator.js` computes, and `assets/live.js` answers the reader, with the parts that are
named like it. `assets/sidenotes.js` fetches them when the reader comes near.
"""

from .beside import Beside as Beside
from .panel import insert as insert
from .panel import small as small

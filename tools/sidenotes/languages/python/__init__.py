r"""
# Python

* [`notes.py`](notes.py) finds the notes of a file and the definitions that they speak of, and
  [`docstrings.py`](docstrings.py) says what a docstring says.
* [`syntax.py`](syntax.py) keeps the syntax tree of a file and its tokens, which
  [`colours.py`](colours.py) highlights.
* [`names.py`](names.py) has the names that a file binds and uses, which [`scopes.py`](scopes.py)
  finds, and [`modules.py`](modules.py) says what they mean.
* [`symbols.py`](symbols.py) finds the variables that hold a symbol.
"""

from ..language import Language
from . import colours, modules, notes, symbols, syntax

PYTHON = Language(
    colours=dict.fromkeys((".py", ".pyi", ".pyw"), colours.pieces),
    read=syntax.read,
    parse=notes.parse,
    definitions=syntax.definitions,
    symbol_marks=symbols.symbol_marks,
    links=modules.links,
)

r"""
# Python

* [`notes.py`](notes.py) finds the notes of a file and the definitions that they belong to, and
  [`docstrings.py`](docstrings.py) says what a docstring says.
* [`syntax.py`](syntax.py) keeps the syntax tree of a file and its tokens, which
  [`highlighting.py`](highlighting.py) highlights.
* [`names.py`](names.py) has the names that a file binds and uses, which [`scopes.py`](scopes.py)
  finds, and [`modules.py`](modules.py) says what they mean.
* [`symbols.py`](symbols.py) finds the variables that hold a symbol.
"""

from ..language import Language
from . import highlighting, modules, notes, symbols, syntax

PYTHON = Language(
    highlighters=dict.fromkeys((".py", ".pyi", ".pyw"), highlighting.highlighted),
    read=syntax.decode_file,
    parse=notes.parse,
    scopes=notes.scopes,
    within_strings=notes.within_strings,
    definitions=syntax.definitions,
    symbol_markup=symbols.symbol_markup,
    links=modules.links,
)

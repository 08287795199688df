r"""
# Python

* [`notes.py`](notes.py) finds the notes of a file and the definitions that they speak of, and
  [`docstrings.py`](docstrings.py) says what a docstring says.
* [`syntax.py`](syntax.py) keeps the syntax tree of a file.
* [`names.py`](names.py) finds the names that a file binds and uses, and [`modules.py`](modules.py)
  what they mean.
* [`symbols.py`](symbols.py) finds the variables that hold a symbol.
"""

from pygments.lexers import PythonLexer

from ..language import Language
from . import modules, notes, symbols, syntax

PYTHON = Language(
    lexers=dict.fromkeys((".py", ".pyi", ".pyw"), PythonLexer),
    read=syntax.read,
    parse=notes.parse,
    definitions=syntax.definitions,
    symbol_marks=symbols.symbol_marks,
    links=modules.links,
)

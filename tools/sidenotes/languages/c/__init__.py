r"""
# C and C++

* [`tokens.py`](tokens.py) cuts a file into tokens, and [`statements.py`](statements.py) finds its
  statements and definitions, by [their heads](heads.py).
* [`notes.py`](notes.py) finds the notes.
* [`symbols.py`](symbols.py) finds the variables that hold a symbol.

C++ and CUDA are read as C is, with classes and their methods, namespaces, templates and raw
strings.
"""

from pygments.lexers import CLexer, CppLexer, CudaLexer

from ..highlight import pygments
from ..language import Language
from . import notes, symbols, tokens

CPP = dict.fromkeys((".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"), pygments(CppLexer))
CUDA = dict.fromkeys((".cu", ".cuh"), pygments(CudaLexer))

C = Language(
    highlighters={".c": pygments(CLexer), ".h": pygments(CLexer), **CPP, **CUDA},
    read=notes.decode_file,
    parse=notes.parse,
    scopes=notes.scopes,
    within_strings=tokens.within_strings,
    definitions=notes.definitions,
    symbol_markup=symbols.symbol_markup,
)

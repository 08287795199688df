r"""
# Names of symbols in the code

The [table](../math/symbols.py) says which names in the code hold a symbol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..math.symbols import Symbol
from .formula.symbols import shifted, spelled


class SymbolTable:
    def __init__(self, symbols: Sequence[Symbol]):
        self.names: Mapping[str, tuple[str, ...]] = {spelled(s.tex): s.names for s in symbols}

    def holders(self, symbol: str) -> tuple[str, ...]:
        r"""
        The names that hold a symbol in the code. What holds $m_t$ also holds $m_0$.

        >>> SymbolTable([Symbol("m_t", "mean", ("m",))]).holders("m_0")
        ('m',)
        """
        return self.names.get(symbol, ()) or self.names.get(shifted(symbol, "0", "t"), ())

r"""
# Names of symbols in the code

The [table](../math/symbols.py) says which names in the code hold a symbol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..math.symbols import Symbol
from .formula.cursor import ACCENTS
from .formula.symbols import shifted, spelled, subscripts


class SymbolTable:
    def __init__(self, symbols: Sequence[Symbol]):
        self.names: Mapping[str, tuple[str, ...]] = {spelled(s.tex): s.names for s in symbols}

    def clash(self, symbol: str) -> str:
        r"""
        Why the names of a symbol do not tell which symbol is meant; empty if they do. Symbols of
        one letter may share a name at different times, as $\tilde\theta_{t-1}$ and $\theta_t$ do.

        >>> table = SymbolTable([Symbol(s, "", ("m",)) for s in ("m_t", r"\hat m_{t-1}", "n_t")])
        >>> table.clash("m_t"), table.clash("x_t")
        ('the table of symbols gives m to m_t and n_t', '')
        """
        letter, index = _letter(symbol)
        for name in self.holders(symbol):
            for other in self.held(name):
                if other != symbol and (_letter(other)[0] != letter or _letter(other)[1] == index):
                    return f"the table of symbols gives {name} to {symbol} and {other}"
        return ""

    def held(self, name: str) -> list[str]:
        """The symbols that a name in the code can hold."""
        return [symbol for symbol, names in self.names.items() if name in names]

    def holders(self, symbol: str) -> tuple[str, ...]:
        r"""
        The names that hold a symbol in the code. What holds $m_t$ also holds $m_0$.

        >>> SymbolTable([Symbol("m_t", "mean", ("m",))]).holders("m_0")
        ('m',)
        """
        return self.names.get(symbol, ()) or self.names.get(shifted(symbol, "0", "t"), ())


def _letter(symbol: str) -> tuple[str, list[str]]:
    """The letter without its accents, and the subscripts."""
    stem, index = subscripts(symbol)
    while (accent := stem.partition(" ")[0]) in ACCENTS or (accent := _accent(stem)):
        stem = stem[len(accent) :].lstrip()
    return stem, index


def _accent(stem: str) -> str:
    """An accent that no space separates from its letter."""
    return next((each for each in ACCENTS if stem.startswith(f"{each}\\")), "")

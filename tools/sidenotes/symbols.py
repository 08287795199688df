r"""
# The table of symbols

A page says $m_t$ in a formula and `exp_avg` in the code beside it, and both mean one thing. Which
names belong together nobody can guess, so a person writes it down, once, in a YAML list:

```yaml
- symbol: m_t
  meaning: running mean of the gradients
  names: [m, exp_avg]
```

`typeset.py` tags the symbols in formulas, `code.py` the names in the code, both with the symbol's
`key`, and the style sheet lights up what carries the same key. Nothing here knows what the symbols
are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Symbol:
    """
    One entry: the symbol in TeX, what it means, and the variables and state keys that hold it. In a
    table that was loaded, `tex` is the symbol's `key`.
    """

    tex: str
    meaning: str
    names: tuple[str, ...] = ()


# ## One spelling
#
# A TeX token is a command (`\beta`, `\\`, `\{`) or a single character; white space between tokens
# means nothing.
TOKEN = re.compile(r"\\(?:[a-zA-Z@]+|.)|\S", re.DOTALL)


def key(tex: str) -> str:
    r"""
    The one spelling of a symbol: no braces around a single token, no spaces but where TeX needs
    them.

    >>> key(r"\hat{m}_{t}") == key(r"\hat m _t")
    True
    >>> print(key(r"v_{t - 1}"), key(r"\hat{m}_t"), key(r"\beta_{1}^{t}"))
    v_{t-1} \hat m_t \beta_1^t
    """
    return _join(_items(iter(TOKEN.findall(tex))))


def _items(tokens: Iterator[str]) -> list[str]:
    """The tokens up to the end of the group; a group inside becomes one item."""
    items = []
    for token in tokens:
        if token == "}":
            break
        if token == "{":
            inner = _items(tokens)
            token = inner[0] if len(inner) == 1 else "{" + _join(inner) + "}"
        items.append(token)
    return items


def _join(items: list[str]) -> str:
    text = ""
    for item in items:
        # `\hat m` must not become `\hatm`.
        ends_in_command = re.search(r"\\[a-zA-Z@]+$", text)
        text += " " + item if ends_in_command and item[0].isalpha() else item
    return text


# ## Reading the list


def load(path: str | Path) -> tuple[Symbol, ...]:
    """
    The symbols of a YAML file. What is wrong raises a `ValueError` that names the file, the entry
    and the thing.
    """
    try:
        entries = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not YAML: {error}") from None
    if not isinstance(entries, list):
        raise ValueError(f"{path}: not a list of symbols")
    first: dict[str, int] = {}
    symbols = []
    for number, entry in enumerate(entries, 1):
        where = f"{path}: entry {number}"
        symbol = _symbol(entry, where)
        other = first.setdefault(symbol.tex, number)
        if other != number:
            raise ValueError(f"{where}: symbol {symbol.tex!r} is already entry {other}")
        symbols.append(symbol)
    return tuple(symbols)


def _symbol(entry: Any, where: str) -> Symbol:
    if not isinstance(entry, dict):
        raise ValueError(f"{where}: not a mapping with a symbol and its meaning: {entry!r}")
    unknown = [name for name in entry if name not in ("symbol", "meaning", "names")]
    if unknown:
        raise ValueError(f"{where}: unknown key {unknown[0]!r}; known: symbol, meaning, names")
    # YAML reads `on` and `1` as other things than text: better an error than a symbol named `True`.
    for name in ("symbol", "meaning"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise ValueError(f"{where}: {name} is missing or not text: {entry.get(name)!r}")
    names = entry.get("names", [])
    if not isinstance(names, list):
        raise ValueError(f"{where}: names is not a list: {names!r}")
    for name in names:
        if not isinstance(name, str):
            raise ValueError(f"{where}: name {name!r} is not text")
    return Symbol(key(entry["symbol"]), entry["meaning"].strip(), tuple(names))

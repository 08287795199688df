r"""
# The table of symbols

A page says $m_t$ in a formula and `exp_avg` in the code beside it, and both mean one thing. Which
names belong together cannot be guessed, so the author lists them once, in a YAML file:

```yaml
- symbol: m_t
  meaning: running mean of the gradients
  names: [m, exp_avg]
```

[`katex.py`](katex.py) tags the symbols in formulas, and each language the names in its code, both
with the symbol's `key`; the style sheet lights up what has the same key. Nothing here knows what
the symbols mean.
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


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping: YAML would drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        twice = [key for key in keys if isinstance(key, str) and keys.count(key) > 1]
        if twice:
            line = node.start_mark.line + 1
            raise ValueError(f"the key {twice[0]!r} stands twice in the entry on line {line}")
        return super().construct_mapping(node, deep)


def load(path: str | Path, name: str = "") -> tuple[Symbol, ...]:
    """
    The symbols of a YAML file. What is wrong raises a `ValueError` that names the file, the entry
    and the thing. `name` is what to call the file.
    """
    name = name or str(path)
    entries = _entries(Path(path), name)
    first: dict[str, int] = {}
    symbols = []
    for number, entry in enumerate(entries, 1):
        where = f"{name}: entry {number}"
        symbol = _symbol(entry, where)
        other = first.setdefault(symbol.tex, number)
        if other != number:
            raise ValueError(f"{where}: symbol {symbol.tex!r} is already entry {other}")
        symbols.append(symbol)
    return tuple(symbols)


def _entries(path: Path, name: str) -> list[Any]:
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{name}: not UTF-8: line {line}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{name}: not YAML: line {line}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: not YAML: {error}") from None
    except RecursionError:
        raise ValueError(f"{name}: it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if not isinstance(entries, list):
        what = "empty, " if entries is None else ""
        raise ValueError(f"{name}: {what}not a list of symbols")
    return entries


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
        if names.count(name) > 1:
            raise ValueError(f"{where}: name {name!r} stands twice")
    return Symbol(key(entry["symbol"]), entry["meaning"].strip(), tuple(names))

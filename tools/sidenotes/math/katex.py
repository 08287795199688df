r"""
# Typesetting formulas

Formulas are typeset while the site is built: a page needs no script to be read, and a formula with
an error stops the build instead of turning red under a reader's eyes. [KaTeX](https://katex.org)
does it, inside QuickJS, a small JavaScript engine that installs as a Python package. The result is
HTML with MathML beside it for screen readers and for copying.

KaTeX is set to be strict. It refuses what LaTeX would not take, unknown commands, links, pictures,
and raw colours: `\textcolor{name}` takes the names that the site knows and makes them classes, so
that the style sheet can give each colour a light and a dark form.

Known symbols come out tagged, `<span data-symbol="m_t">`, for the style sheet to light up. That is
done in `katex_bridge.js`, on KaTeX's own parse tree; its rules are

* the longest symbol wins, and nothing inside a tagged symbol is tagged again;
* a subscript belongs to the name: $m$ is not in $m_t$, and $v_{t-1}$ is not $v_t$;
* a superscript does not: $\beta_1$ is in $\beta_1^t$. It then carries two tags, on the letter and
  on the subscript. Primes, stars and daggers do belong to the name;
* what stands under an accent, in another font or in text is another thing;
* a tag never moves a glyph.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import quickjs

from ..errors import PageError
from .formulas import BadFormula, replace
from .symbols import Symbol, key, load

HERE = Path(__file__).parent
KATEX = HERE.parent / "vendor" / "katex"


class Typesetter:
    r"""
    Typesets formulas with one table of symbols and one of colours (`{"new": "sn-new"}`: the name in
    `\textcolor` and its CSS class). All of them share one engine and its results, so making another
    costs nothing.
    """

    def __init__(
        self, symbols: Iterable[Symbol] = (), colours: Mapping[str, str] | None = None
    ) -> None:
        known = [(key(symbol.tex), symbol.tex) for symbol in symbols]
        self._tables = json.dumps({"symbols": known, "colours": dict(colours or {})})

    def typeset(self, tex: str, *, display: bool, where: str = "") -> str:
        """
        The formula as HTML. `where` is what the message of a `BadFormula` begins with.

        The search of the site must not show `m_tmt` for $m_t$: hence `data-search-exclude`.
        """
        result = _typeset(tex, display, self._tables)
        if "error" in result:
            raise BadFormula(_message(where, tex, **result))
        # What `trust` refuses, KaTeX prints in its error colour without an error.
        if "#cc0000" in result["html"]:
            raise BadFormula(_message(where, tex, "a command in it is not allowed"))
        if display:
            return f'<div class="sn-display" data-search-exclude>{result["html"]}</div>'
        return f'<span class="sn-inline" data-search-exclude>{result["html"]}</span>'


# ## The engine
#
# A page says $m_t$ a dozen times, and is built again after each edit: each formula is typeset once.
@cache
def _typeset(tex: str, display: bool, tables: str) -> dict[str, Any]:
    # A JavaScript object cannot leave QuickJS whole; text can.
    result: dict[str, Any] = json.loads(_engine()(tex, display, tables, run_gc=False))
    return result


# It starts with the first formula, not with the import. `Function` keeps it on a thread of its own:
# QuickJS fails when it is called from two, and a site generator may build its pages on several. A
# process that is forked has no such thread, and needs an engine of its own.
def _engine() -> quickjs.Function:
    return _engine_of(os.getpid())


@cache
def _engine_of(process: int) -> quickjs.Function:
    scripts = (KATEX / "katex.min.js", HERE / "katex_bridge.js")
    code = "\n".join(script.read_text(encoding="utf-8") for script in scripts)
    return quickjs.Function("typeset", code, own_executor=True)


# ## The table of symbols, checked
#
# KaTeX starts when it is first needed, and what it has typeset stays typeset.


def typesetter(symbols: tuple[Symbol, ...], colours: tuple[str, ...]) -> Typesetter:
    """A name that formulas may use as a colour is a CSS class with `sn-` before it."""
    return Typesetter(symbols, {name: f"sn-{name}" for name in colours})


def table(root: Path, name: str, colours: tuple[str, ...]) -> tuple[Symbol, ...]:
    """
    The symbols of the file `name` in the project. A formula that KaTeX refuses is an error of the
    table, not of the first page with a formula.
    """
    file = root / name
    if not file.is_file():
        raise PageError(
            f"{name}: no such file; the option 'symbols' of the extension 'sidenotes' names it"
        )
    try:
        return _table(file, file.stat().st_mtime_ns, name, colours)
    except ValueError as error:
        raise PageError(str(error)) from None


# Kept until the file changes.
@lru_cache(maxsize=8)
def _table(file: Path, changed: int, name: str, colours: tuple[str, ...]) -> tuple[Symbol, ...]:
    symbols = load(file, name)
    plainly = typesetter((), colours)
    for number, symbol in enumerate(symbols, 1):
        where = f"{name}: entry {number}"
        plainly.typeset(symbol.tex, display=False, where=f"{where}: symbol")

        def formula(tex: str, display: bool, _: int, where: str = where) -> str:
            return plainly.typeset(tex, display=display, where=f"{where}: meaning")

        replace(symbol.meaning, formula, lambda _, where=where: f"{where}: meaning")  # type: ignore[misc]
    return symbols


# ## Messages


def _message(where: str, tex: str, error: str, start: int | None = None, length: int = 0) -> str:
    r"""
    One line that says it all, then the line of the formula with the place marked:

    >>> print(_message("adam.py:12", r"m + \foo", "Undefined control sequence: \\foo", 4, 4))
    adam.py:12: m + \foo: Undefined control sequence: \foo
        m + \foo
            ^^^^
    """
    if start is not None:
        start, length = _code_points(tex, start, length)
        # JavaScript names one half of an emoji, which cannot be printed.
        error = re.sub(r'"[\ud800-\udfff]" \(\d+\)', f"'{tex[start : start + 1]}'", error)
        error = re.sub(r"[\ud800-\udfff]", "\ufffd", error)
    message = ": ".join(part for part in (where, " ".join(tex.split()), error) if part)
    if start is None:
        return message
    line = tex.split("\n")[tex.count("\n", 0, start)]
    column = start - (tex.rfind("\n", 0, start) + 1)
    mark = "^" * max(1, len(line[column : column + length].rstrip()))
    return f"{message}\n    {line}\n    {' ' * column}{mark}"


def _code_points(tex: str, start: int, length: int) -> tuple[int, int]:
    """A span of the text that JavaScript has counted, as Python counts it."""
    data = tex.encode("utf-16-le")
    first, last = (
        len(data[: 2 * i].decode("utf-16-le", "ignore")) for i in (start, start + length)
    )
    return first, last - first

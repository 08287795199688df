r"""
# Prose: what happens to Markdown

Pages and notes go through the same three steps before Markdown sees them.

1. Maths is typeset and put aside, with a placeholder in its stead. Markdown would take the
   underscores of $m_t \cdot v_t$ for emphasis and the backslashes for escapes.
2. A doctest, which Markdown would take for a triple quotation, becomes a highlighted block.
3. The rest is Markdown, with all the extensions of the site.

And one after: a heading that holds a formula gets an anchor and a label that can be read without
one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import AtomicString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer

from .errors import PageError, near
from .typeset import BadFormula, Typesetter, replace

Where = Callable[[int], str]

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_ITEM = re.compile(r"\s*([-+*]|\d+[.)])\s")
_SYMBOL = re.compile(r'data-symbol="([^"]*)"')
# Ours has just run. The second would throw our placeholders out. A note has no front matter. The
# last one is MkDocs' own: it would forget the anchors of the page for those of the note.
NOT_FOR_NOTES = ("sidenotes", "normalize_whitespace", "meta", "mkdocs_raw_html")
HEADINGS = {f"h{level}" for level in range(1, 7)}


class Prose:
    """Turns Markdown with maths into elements, for one page."""

    def __init__(self, md: Markdown, typesetter: Typesetter):
        self.md = md
        self.typesetter = typesetter
        self.symbols: set[str] = set()
        self.formulas: dict[str, str] = {}
        self.displays: set[str] = set()
        self.anchors: set[str] = set()

    def prepare(self, text: str, where: Where) -> str:
        """Steps 1 and 2. `where` says, for a line of the text counted from 0, where that is."""

        def formula(tex: str, display: bool, line: int) -> str:
            return self._formula(tex, display, where(line))

        try:
            return self._doctests(replace(text, formula, where))
        except BadFormula as error:
            raise PageError(str(error)) from error

    def parse(self, parent: Element, text: str, where: Where, anchor: str) -> None:
        """A note, as children of `parent`; `anchor` is that of its section."""
        lines = self.prepare(text.expandtabs(self.md.tab_length), where).split("\n")
        steps = self.md.preprocessors
        passed = [steps[name] for name in NOT_FOR_NOTES if name in steps]
        for step in steps:
            if step not in passed:
                lines = step.run(lines)
        self.md.parser.parseChunk(parent, "\n".join(lines))
        self.refuse_strays(parent, text, where)
        self.name_headings(parent, anchor)

    def _formula(self, tex: str, display: bool, where: str) -> str:
        html = self.typesetter.typeset(tex, display=display, where=where)
        self.symbols.update(unescape(tex) for tex in _SYMBOL.findall(html))
        # Material's search passes over an element up to the first end of a tag with the same
        # name, so the outermost tag of a formula must be one that does not occur inside it. In a
        # display it is a `div`, and does not.
        if not display:
            html = f"<sn-math{html.removeprefix('<span').removesuffix('</span>')}</sn-math>"
        placeholder = self.md.htmlStash.store(html)
        self.formulas[placeholder] = tex
        if display:
            self.displays.add(placeholder)
        return placeholder

    def _doctests(self, text: str) -> str:
        result: list[str] = []
        fence, lines = "", text.split("\n")
        while lines:
            line = lines.pop(0)
            mark = _FENCE.match(line)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            if fence or not re.match(r"\s*>>>( |$)", line):
                result.append(line)
                continue
            block = [line]
            while lines and lines[0].strip():
                block.append(lines.pop(0))
            result += ["", _indent(result, line) + self._console(block), ""]
        return "\n".join(result)

    def _console(self, block: list[str]) -> str:
        margin = len(block[0]) - len(block[0].lstrip())
        code = "\n".join(line[margin:] for line in block)
        formatter = HtmlFormatter(cssclass="highlight", wrapcode=True)
        return self.md.htmlStash.store(highlight(code, PythonConsoleLexer(), formatter))

    def name_headings(self, parent: Element, anchor: str = "") -> None:
        """
        Headings of a note get anchors that no other note can change: one at the very top that of
        its section, the others a name below it. Elsewhere only a heading that holds a formula
        needs one.
        """
        for heading in parent.iter():
            text = heading.text or ""
            if heading.tag not in HEADINGS or heading.get("id") or isinstance(text, AtomicString):
                continue
            if not anchor and not any(key in text for key in self.formulas):
                continue
            words = re.sub(r"[`*]|\{[^}]*\}\s*$|\[([^\]]*)\]\([^)]*\)", r"\1", text)
            name = slug(self._spell(words, lambda tex: re.sub(r"[^A-Za-z0-9]+", "-", tex)))
            name = f"{anchor}.{name}" if "." in anchor else name
            first = anchor and heading is parent[0]
            heading.set("id", anchor if first else self.unused(name))
            heading.set("data-toc-label", self._spell(words, plain))

    def unused(self, anchor: str) -> str:
        """The anchor, with a number if the page has it already."""
        number, free = 1, anchor
        while free in self.anchors:
            number += 1
            free = f"{anchor}-{number}"
        self.anchors.add(free)
        return free

    def _spell(self, text: str, spell: Callable[[str], str]) -> str:
        for key, tex in self.formulas.items():
            text = text.replace(key, spell(tex))
        return text

    def refuse_strays(self, parent: Element, text: str, where: Where) -> None:
        """
        A block that Markdown did not accept stays in the text as `///`. Then the name is unknown
        or an option was refused; a reader would see the slashes, and nothing else would tell.
        """
        for element in parent.iter():
            for piece in (element.text, element.tail):
                if not piece or isinstance(piece, AtomicString) or element.tag in ("pre", "code"):
                    continue
                for line in piece.split("\n"):
                    if line.lstrip().startswith("///"):
                        number = next(
                            (i for i, x in enumerate(text.split("\n")) if line.strip() in x), 0
                        )
                        blocks: Any = self.md.parser.blockprocessors["blocks"]
                        raise PageError(
                            f"{where(number)}: {_stray(line.strip(), piece, blocks.blocks)}"
                        )


def _stray(line: str, text: str, blocks: dict[str, Any]) -> str:
    name = line.lstrip("/").partition("|")[0].strip()
    if not name:
        return "a closing '///' without a block that it closes"
    if name.lower() not in blocks:
        return f"unknown block '{name}'{near(name, blocks)}"
    known = {*blocks[name.lower()].OPTIONS, "attrs"}
    for option in re.findall(r"^\s*([\w-]+)\s*:", text.partition(line)[2], re.M):
        if option not in known:
            return f"block '{name}' has no option '{option}'{near(option, known)}"
    return f"block '{name}' refuses its argument or an option: '{line}'"


def _indent(above: Collection[str], line: str) -> str:
    """
    A doctest keeps its indentation inside a list; elsewhere four spaces would make it a code
    block.
    """
    margin = len(line) - len(line.lstrip())
    for other in reversed(list(above)):
        if other.strip() and len(other) - len(other.lstrip()) < margin:
            return line[:margin] if _ITEM.match(other) else ""
    return ""


def slug(text: str) -> str:
    """`Why the hats?` as an anchor: `why-the-hats`."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9_]+", ascii_text.lower())) or "section"


_LOW = str.maketrans("0123456789aehijklmnoprstuvx+-", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋")
_HIGH = str.maketrans("0123456789+-nit", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵗ")
_OVER = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307"}


def plain(tex: str) -> str:
    r"""A formula in plain text, for a table of contents: `\hat m_t` becomes m̂ₜ, `\beta_1` β₁."""
    tex = re.sub(
        r"\\(hat|tilde|bar|dot)\s*\{?(\\?[A-Za-z]+?)\}?(?![a-z])", lambda m: m[2] + _OVER[m[1]], tex
    )
    tex = re.sub(r"\\([A-Za-z]+)\s*", lambda m: _letter(m[1]), tex)
    tex = re.sub(r"_(?:\{([^}]*)\}|(\w))", lambda m: (m[1] or m[2]).translate(_LOW), tex)
    tex = re.sub(r"\^(?:\{([^}]*)\}|(\w))", lambda m: (m[1] or m[2]).translate(_HIGH), tex)
    return re.sub(r"[{}\\$]", "", tex)


def _letter(name: str) -> str:
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.removeprefix('var').upper()}")
    except KeyError:
        return {"infty": "∞", "sqrt": "√", "cdot": "·", "le": "≤", "ge": "≥", "to": "→"}.get(
            name, ""
        )

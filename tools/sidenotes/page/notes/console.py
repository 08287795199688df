r"""
# Doctests, highlighted

Each line is an element that says how far it is indented, so that one that is too long for its place
goes on below, deeper than it began: indentation is syntax.

>>> console(">>> f()\n1").count('class="sn-wrap"')
2
"""

from __future__ import annotations

import re
from html import unescape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer

from ...languages.highlight import breakable


def console(code: str) -> str:
    """The HTML of a doctest."""
    formatter = HtmlFormatter(cssclass="highlight", wrapcode=True)
    html = str(highlight(code, PythonConsoleLexer(), formatter))
    before, opened, rest = html.partition("<code>")
    inside, closed, after = rest.partition("\n</code>")
    lines = inside.split("\n")
    # An element that spans lines cannot be cut.
    if not closed or any(line.count("<span") != line.count("</span>") for line in lines):
        return html
    return before + opened + "".join(map(_line, lines)) + closed.lstrip("\n") + after


def _line(html: str) -> str:
    text = unescape(re.sub(r"<[^>]*>", "", html))
    found = re.match(r"(?:>>> |\.\.\. )? *", text)
    indent = len(found[0]) if found else 0
    style = f' style="--i:{indent}"' if indent else ""
    return f'<span class="sn-wrap"{style}>{breakable(html, text)}\n</span>'

"""Highlighting, tags and links change nothing about the text, and are never wrong."""

import ast
import html
import re
from pathlib import Path

import pytest

from sidenotes.languages import highlight
from sidenotes.languages.highlight import Markup
from sidenotes.languages.python import symbols
from sidenotes.languages.python.highlighting import highlighted
from sidenotes.languages.python.names import names


def text_of(line: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", line))


FILES = sorted(Path(ast.__file__).parent.glob("[a-d]*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_text_of_each_line_is_kept(path):
    text = path.read_text(encoding="utf-8")
    assert [text_of(line) for line in highlight.lines(highlighted(text))] == text.split("\n")


def test_blank_lines_at_both_ends_count():
    first, third = (
        highlight.lines(highlighted(f"{above}x = 1{above}\n")) for above in ("", "\n\n")
    )
    assert third[2] == first[0]


def test_a_mark_that_would_cut_a_token_is_left_out():
    assert "<b>" not in highlight.lines(highlighted("name\n"), [Markup(1, 1, 3, "<b>", "</b>")])[0]
    assert "<b>" in highlight.lines(highlighted("name\n"), [Markup(1, 0, 4, "<b>", "</b>")])[0]


SYMBOLS = {"m": ["m_t"], "exp_avg": ["m_t"], "step": ["t"]}
TAGGED = {
    "m = 1": ["m"],
    "def f(m): pass": ["m"],
    "f(m=2)": ["m"],
    "state['exp_avg']": ["'exp_avg'"],
    "é = m": ["m"],
    "self.m = 1": [],
    "m(1)": [],
    "'exp_avg_sq'": [],
    "'the m of it'": [],
    "# m": [],
    "def step(): pass": [],
    "optimizer.step()": [],
    "from x import m": [],
    "f'{x} exp_avg'": [],
    "{'exp_avg': 1}": ["'exp_avg'"],
    "state.get('exp_avg', 'm')": ["'exp_avg'"],
    "state.pop('exp_avg')": ["'exp_avg'"],
    "'exp_avg' in state": ["'exp_avg'"],
    "'exp_avg' not in state": ["'exp_avg'"],
    "1 == 'exp_avg'": [],
    "f('exp_avg')": [],
    "x = 'exp_avg'": [],
    "state[f'exp_avg']": [],
    "state['''exp_avg''']": ["'''exp_avg'''"],
}


@pytest.mark.parametrize("line, expected", TAGGED.items())
def test_what_is_tagged_as_a_symbol(line, expected):
    marks = symbols.symbol_markup(line, SYMBOLS)
    assert [line[mark.start : mark.end] for mark in marks] == expected


def test_a_name_for_two_symbols_carries_both():
    (mark,) = symbols.symbol_markup("m", {"m": ["m_t", "m_{t-1}"]})
    (line,) = highlight.lines(highlighted("m"), [mark])
    assert text_of(line) == "m" and line.count("data-symbol") == 2


USES = {
    "def f(): return g()": ["g"],
    "def f(g): return g()": [],
    "def f():\n    g = 1\n    return g": [],
    "def f():\n    import g\n    return g": [],
    "def f(x=g): pass": ["g"],
    "def f(x: g) -> h: pass": ["g", "h"],
    "g = 1\ng()": [],
    "[g for g in x]": ["x"],
    "lambda g: g(h)": ["h"],
    "try: pass\nexcept E as g: g": ["E"],
    "class A(B.C): pass": ["B", "B.C"],
    "class A:\n    g = 1\n    h = g": [],
    "class A:\n    def g(self): return g": ["g"],
    "a.g = 1\na.h += 1\ndel a.k": ["a", "a", "a"],
    "def f(x):\n    match x:\n        case [g, *h]: return g, h, k": ["k"],
    "def f(x):\n    match x:\n        case {1: 2, **g}: return g": [],
    "def f(x):\n    match x:\n        case int() as g: return g": ["int"],
    "match x:\n    case g: pass\ng()": ["x"],
    "class A:\n    g = 1\n    def f(self, x=g): pass": [],
    "class A:\n    g = 1\n    @g\n    def f(self) -> g: return g": ["g"],
    "class A:\n    g = 1\n    async def f(self): return g": ["g"],
    "class A:\n    g = 1\n    if h:\n        def f(self): return g": ["g", "h"],
    "class A:\n    g = 1\n    h = lambda: g": ["g"],
    "lambda x=g: x": ["g"],
}


@pytest.mark.parametrize("text, expected", USES.items())
def test_which_names_are_in_use(text, expected):
    # Of all these it is known what they mean, but for what the text binds.
    known = "from z import " + ", ".join([*"abcdefghkxyB", "A", "C", "E", "int"])
    assert sorted(use.name for use in names(f"{known}\n{text}").uses) == expected


METHODS = {
    "def f(self): self.g()": ("g", "A", False),
    "def f(this): this.g()": ("g", "A", False),
    "@classmethod\n    def f(cls): cls.g()": ("g", "A", False),
    "def f(self): super().g()": ("g", "A", True),
    "def f(self): return lambda: self.g": ("g", "A", False),
    "@staticmethod\n    def f(self): self.g()": None,
    "def f(self):\n        self = 1\n        self.g()": None,
    "def f(self):\n        def h(self): self.g()": None,
    "def f(self): other.g()": None,
    "async def f(self): self.g()": ("g", "A", False),
    "if True:\n        def f(self): self.g()": ("g", "A", False),
    "def f(self): self.g = 1": None,
    "def f(self): self.g += 1": None,
    "def f(self): super().g = 1": None,
    "def f(self):\n        match 1:\n            case self: self.g()": None,
    "def f(self):\n        class A:\n            def f(self): self.g()": None,
}


@pytest.mark.parametrize("method, expected", METHODS.items())
def test_which_attributes_are_methods_of_the_class(method, expected):
    uses = names(f"class A:\n    {method}\n").uses
    found = [(use.name, use.owner, use.inherited) for use in uses if use.owner]
    assert found == ([expected] if expected else [])

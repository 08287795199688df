"""Formulas are typeset strictly, and tagging their symbols and colours moves no glyph."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
import quickjs
from hypothesis import given, settings
from hypothesis import strategies as st

from sidenotes.math import katex as typeset
from sidenotes.math.katex import KATEX, BadFormula, Typesetter
from sidenotes.math.symbols import Symbol, key

COLOURS = {"new": "sn-new", "eps": "sn-eps"}
SYMBOLS = [
    *("t", "m", "m_t", "v_t", "s_t", r"\hat m_t", r"\beta_1", r"\beta_2", r"\theta_{t-1}"),
    *(r"\epsilon", r"\Delta\theta", "g", "g_t", r"\mathbb{E}", r"\rho_\infty", "x", "x^*"),
]


def typesetter(*symbols: str) -> Typesetter:
    return Typesetter([Symbol(tex, "a meaning") for tex in symbols], COLOURS)


class Tags(HTMLParser):
    """Collects (symbol or class, text) of each tag, outermost first."""

    def __init__(self, html: str, attribute: str) -> None:
        super().__init__()
        self.attribute = attribute
        self.open: list[int | None] = []
        self.found: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        name = dict(attrs).get(self.attribute)
        if self.attribute == "class" and name not in {f"enclosing {c}" for c in COLOURS.values()}:
            name = None
        self.open.append(None if name is None else len(self.found))
        if name is not None:
            self.found.append([name, ""])

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        for index in self.open:
            if index is not None:
                self.found[index][1] += data.replace("\u200b", "")


def tags(tex: str, *symbols: str, attribute: str = "data-symbol") -> list[tuple[str, str]]:
    html = typesetter(*(symbols or SYMBOLS)).typeset(tex, display=True)
    return [(name, text) for name, text in Tags(html, attribute).found]


# What KaTeX makes of a formula when nothing of ours is loaded.
PRISTINE = quickjs.Function(
    "plain",
    (KATEX / "katex.min.js").read_text(encoding="utf-8")
    + "\nfunction plain(tex, display) { return JSON.stringify(katex.renderToString("
    "tex, {displayMode: display, output: 'htmlAndMathml'})) }",
)


def bare(html: str) -> str:
    """
    The HTML without our tags. KaTeX puts letters that stand side by side into one span if it can,
    which a tag between them prevents: spans that could be one are made one, on both sides.
    """
    out, kept = [], []
    for piece in re.split(r"(<[^>]*>)", html.partition(">")[2].rpartition("<")[0]):
        if piece == "</span>":
            if kept.pop():
                out.append(piece)
        elif piece.startswith("<span"):
            kept.append('class="enclosing' not in piece)
            if kept[-1]:
                out.append(piece)
        else:
            out.append(piece)
    # Annotations have a test of their own. A tag around two letters is a row in MathML.
    joined = re.sub(r"<annotation.*?</annotation>|</?mrow>", "", "".join(out))
    letters = re.compile(
        r'<span class="(m\w+ [^"]+)">([^<]+)</span><span class="\1"( style="[^"]*")?>([^<]+)</span>'
    )
    while True:
        merged = letters.sub(r'<span class="\1"\3>\2\4</span>', joined, count=1)
        if merged == joined:
            return joined
        joined = merged


def assert_same_layout(tex: str, display: bool = True, plain: str = "") -> None:
    tagged = typesetter(*SYMBOLS).typeset(tex, display=display)
    assert bare(tagged) == bare(
        f"<div>{json.loads(PRISTINE(plain or tex, display, run_gc=False))}</div>"
    )


@pytest.mark.parametrize(
    "tex",
    [
        r"m_t",
        r"-\epsilon",
        r"a - \epsilon + t",
        r"m_t^2",
        r"m^2_t",
        r"\beta_1^t",
        r"\hat m_t^2 + {\hat{m}_t}^2",
        r"\sqrt{v_t}",
        r"\sqrt{\beta_2^t} + \sqrt{t} + \sqrt{\hat\epsilon}",
        r"\small \beta_2^t + \sqrt{\tiny m_t^2} = g_t \cdot t",
        r"\textstyle\frac1t + x^{t\scriptscriptstyle t^2}",
        r"\frac{m_t}{\sqrt{s_t}+\epsilon}",
        r"\theta_{t} \leftarrow \theta_{t-1} - \alpha\cdot\frac{\hat m_t}{\sqrt{v_t}+\epsilon}",
        r"2gtm = \Delta\theta t",
        r"\left(\frac{\beta_1^t}{t}\right)^t \Big( m_t \Big)",
        r"\operatorname{Var}[g_t] = \mathbb{E}[g_t^2] - \mathbb E[g_t]^2 \text{ for $t$ in $t$}",
        r"\sum_{t=1}^T g_t \max_{t} m_t \mathop{\rm arg\,max}_{x} x^2",
        r"\begin{align*} m_t &\leftarrow \beta_1 m_{t-1} + (1-\beta_1)\,g_t \\[1em]"
        r" v_t &\leftarrow \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2 \tag{t} \end{align*}",
        r"r_t = \begin{cases} m_t^2 & \text{if } t > 4 \\ \epsilon & \text{else} \end{cases}",
        r"\scriptstyle x^{t^{t^t}} + g_{t_t} + t",
        r"\underbrace{m_t + \epsilon}_{t} \overline{t} \rho_\infty^t x' x^*_t {}^t_1 \beta_1'",
    ],
)
@pytest.mark.parametrize("display", [True, False])
def test_a_tag_moves_nothing(tex, display):
    if not display and "align" in tex:
        tex = tex.replace("align*", "aligned").replace(r"\tag{t}", "")
    html = typesetter(*SYMBOLS).typeset(tex, display=display)
    assert "data-symbol" in html and "data-lower" not in html
    assert_same_layout(tex, display)


LETTERS = ["t", "m", "g", "a", r"\beta", r"\epsilon", r"\hat m", r"\mathbb E", "1", r"\sum"]
FORMULAS = st.recursive(
    st.sampled_from([*LETTERS, "m_t", r"\beta_1", r"\theta_{t-1}", "+", "-", "=", ",", r"\cdot"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(" ".join),
        st.tuples(st.sampled_from(LETTERS), inner).map(lambda p: f"{p[0]}_{{{p[1]}}}"),
        st.tuples(st.sampled_from(LETTERS), inner).map(lambda p: f"{p[0]}^{{{p[1]}}}"),
        st.tuples(st.sampled_from(LETTERS), st.sampled_from("1t"), inner).map(
            lambda p: f"{p[0]}_{p[1]}^{{{p[2]}}}"
        ),
        st.tuples(inner, inner).map(lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}"),
        inner.map(lambda tex: rf"\sqrt{{{tex}}}"),
        inner.map(lambda tex: rf"\left({tex}\right)"),
    ),
    max_leaves=12,
)


# Without colours: what `\textcolor` leaves behind are braces, and these space what is in them.
@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_a_tag_moves_nothing_in_any_formula(tex):
    assert_same_layout(tex)


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"1 + \textcolor{new}{s_t} - \epsilon", r"1 + s_t - \epsilon"),
        (r"{1 \textcolor{new}{+ s_t} = 0}", r"{1 + s_t = 0}"),
        (r"\textcolor{new}{\beta}_1^t", r"\beta_1^t"),
        (r"\frac{\textcolor{eps}{x}}{\textcolor{new}{\sqrt{v_t}}}", r"\frac{x}{\sqrt{v_t}}"),
    ],
)
def test_a_colour_moves_nothing(tex, plain):
    assert_same_layout(tex, plain=plain)


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        ("m_t", [("m_t", "mt")]),
        ("m", [("m", "m")]),
        (r"m_{t} m _t {m}_t", [("m_t", "mt")] * 3),
        # A superscript is no part of the name; its symbol's letter and subscript are tagged apart.
        (r"\beta_1^t", [(r"\beta_1", "β"), (r"\beta_1", "1"), ("t", "t")]),
        (r"\epsilon^2", [(r"\epsilon", "ϵ")]),
        # A subscript is: of $m_i$ and $v_{t-1}$ only the $t$ is known.
        ("m_i", []),
        ("v_{t-1}", [("t", "t")]),
        (r"\theta_{t-1}", [(r"\theta_{t-1}", "θt−1")]),
        (r"\hat{m}_t \hat m_t \hat{m_t}", [(r"\hat m_t", "m^t")] * 2),
        (r"\hat m \bar m_i \mathbf{m} \mathrm{m}_i^2", []),
        # Primes and stars make another name, or the one in the table.
        (r"m' m^* \beta_1' g''", []),
        ("x^* x^2 x", [("x^*", "x∗"), ("x", "x"), ("x", "x")]),
        (r"\Delta\theta \Delta", [(r"\Delta\theta", "Δθ")]),
        (r"\mathbb E", [(r"\mathbb E", "E")]),
        # What only looks like a symbol.
        (r"\text{m t g} \operatorname{t} \left. 1 \right. \max \tanh \tag{t}", []),
        (r"\begin{matrix} 1 \end{matrix} \hspace{1em} \kern1em \big|", []),
    ],
)
def test_symbols_are_found(tex, found):
    assert tags(tex) == found


def test_a_tag_does_not_take_in_the_space_behind_a_symbol():
    html = typesetter("m_t").typeset("m_t = 1", display=True)
    assert re.search(r'</span></span><span class="mspace"[^>]*></span><span class="mrel">=', html)
    [inside] = re.findall(r'data-symbol="m_t">(.*?)<span class="mrel"', html)
    depth = 1
    for piece in re.findall(r"</?span|mspace", inside):
        depth += {"<span": 1, "</span": -1}.get(piece, 0)
        assert piece != "mspace" or depth == 1


def test_a_tag_does_not_take_in_the_root_sign_over_a_symbol():
    for tex in (r"\sqrt{t}", r"\sqrt t"):
        assert_same_layout(tex, plain=r"\sqrt{t}")
        html = typesetter("t").typeset(tex, display=True)
        assert 'data-symbol="t"><span class="mord mathnormal">t</span></span>' in html


def test_a_tag_carries_the_key_of_its_symbol_escaped():
    html = typesetter(r"a_{i,j<\%}", r"\hat {m} _ t").typeset(r"a_{i,j<\%} \hat m_t", display=False)
    assert 'data-symbol="a_{i,j&lt;\\%}"' in html
    assert f'data-symbol="{key(chr(92) + "hat{m}_t")}"' in html


def test_colours_become_classes_and_nest_with_symbols():
    tex = r"\textcolor{new}{s_t + \textcolor{eps}{\epsilon}} \textcolor{new}{m}_t^2"
    assert tags(tex) == [("s_t", "st"), (r"\epsilon", "ϵ"), ("m_t", "m"), ("m_t", "t")]
    assert tags(tex, attribute="class") == [
        ("enclosing sn-new", "st+ϵ"),
        ("enclosing sn-eps", "ϵ"),
        ("enclosing sn-new", "m"),
    ]
    assert "color" not in typesetter(*SYMBOLS).typeset(tex, display=True)


@pytest.mark.parametrize(
    ("tex", "annotation"),
    [
        (r"\hat m_t^2 + \beta_1", r"\hat m_t^2 + \beta_1"),
        (r"\textcolor{new}{s_t + \textcolor{eps}{\epsilon}}", r"{s_t + {\epsilon}}"),
        (r"\alpha\textcolor{new}m", r"\alpha m"),
        (r"a &lt b".replace("&lt", "<"), "a &lt; b"),
    ],
)
def test_the_annotation_is_the_authors_tex_without_colours(tex, annotation):
    html = typesetter(*SYMBOLS).typeset(tex, display=True)
    assert f'<annotation encoding="application/x-tex">{annotation}</annotation>' in html


@pytest.mark.parametrize("display", [True, False])
def test_a_formula_stays_out_of_the_search(display):
    html = typesetter().typeset("x", display=display)
    tag, name = ("div", "sn-display") if display else ("span", "sn-inline")
    assert html.startswith(f'<{tag} class="{name}" data-search-exclude><span class="katex')
    assert html.endswith(f"</{tag}>") and "<math" in html


@pytest.mark.parametrize(
    ("tex", "words", "mark"),
    [
        (r"m + \foo", "Undefined control sequence: \\foo", "    ^^^^"),
        (r"\frac{m}{", "Unexpected end of input in a macro argument", "         ^"),
        ("m }", "Expected 'EOF', got '}'", "  ^"),
        ("m & t", "Expected 'EOF', got '&'", "  ^"),
        (r"x_1_2", "Double subscript", "   ^"),
        (r"\textcolor{red}{x}", "unknown colour 'red'; known: eps, new", "^^^^^^^^^^"),
        (r"m \color{new} x", r"\color has no dark form", "  ^^^^^^"),
        (r"\colorbox{red}{x}", r"\colorbox has no dark form", "^^^^^^^^^"),
        (r"a \\ b", "does nothing in display mode", None),
        ("é", "strict", "^"),
        (r"\href{https://a.b}{x}", r"\href is not allowed", None),
        (r"\href{javascript:a}{x}", r"\href is not allowed", None),
        (r"\includegraphics{x}", r"\includegraphics is not allowed", None),
        (r"\htmlId{x}{y}", r"\htmlId is not allowed", None),
        (r"\htmlStyle{color:red}{y}", r"\htmlStyle is not allowed", None),
    ],
)
def test_a_bad_formula_names_the_place_the_formula_and_what_is_wrong(tex, words, mark):
    with pytest.raises(BadFormula) as caught:
        typesetter("m").typeset(tex, display=True, where="docs/adam.md:12")
    first, *rest = str(caught.value).split("\n")
    assert first.startswith(f"docs/adam.md:12: {tex}: ") and words in first
    assert rest == ([] if mark is None else [f"    {tex}", f"    {mark}"])


def test_the_mark_stands_under_the_right_line():
    with pytest.raises(BadFormula) as caught:
        typesetter().typeset("a +\n\\foo +\nb", display=True)
    assert str(caught.value) == (
        r"a + \foo + b: Undefined control sequence: \foo" + "\n    \\foo +\n    ^^^^"
    )


def test_red_output_is_an_error(monkeypatch):
    monkeypatch.setattr(typeset, "_typeset", lambda *_: {"html": '<i style="color:#cc0000">x</i>'})
    with pytest.raises(BadFormula, match=r"here: x: .*not allowed"):
        typesetter().typeset("x", display=False, where="here")


def test_a_bad_symbol_is_named():
    with pytest.raises(BadFormula, match=r"symbol \\foo: Undefined control sequence"):
        typesetter("m_t", r"\foo").typeset("x", display=False)
    # The engine is none the worse for it.
    assert tags("m_t") == [("m_t", "mt")]


def test_typesetters_with_other_tables_keep_apart():
    one, other = typesetter("m_t"), Typesetter([], {"eps": "other"})
    for _ in range(2):
        assert "data-symbol" in one.typeset("m_t", display=False)
        assert "data-symbol" not in other.typeset("m_t", display=False)
        assert "enclosing other" in other.typeset(r"\textcolor{eps}{m}", display=False)


def test_a_formula_is_typeset_once(monkeypatch):
    calls = []
    engine = typeset._engine()

    def counting(*args, **options):
        calls.append(args)
        return engine(*args, **options)

    monkeypatch.setattr(typeset, "_engine", lambda: counting)
    for _ in range(3):
        typesetter("m_t").typeset("m_t + 17^{23}", display=False)
    assert len(calls) == 1


def test_any_thread_may_typeset():
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: tags(f"m_t^{{{n}}}"), range(40)))
    assert made == [[("m_t", "m"), ("m_t", "t")]] * 40


def test_a_process_that_was_forked_has_an_engine_of_its_own(monkeypatch):
    """The thread of its parent's engine is not there, and waiting for it would have no end."""
    engine = typeset._engine()
    assert typeset._engine() is engine
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert typeset._engine() is not engine


def test_the_vendored_style_sheet_needs_nothing_but_the_vendored_fonts():
    sheet = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    used = set(re.findall(r"url\(fonts/([^)]+)\)", sheet))
    assert used == {font.name for font in (KATEX / "fonts").iterdir()}
    assert sheet.count("url(") == len(used) and "http" not in sheet
    assert all(font.read_bytes()[:4] == b"wOF2" for font in (KATEX / "fonts").iterdir())
    version = (KATEX / "VERSION").read_text(encoding="utf-8").split()[0]
    engine = (KATEX / "katex.min.js").read_text(encoding="utf-8")
    assert (
        json.loads(
            quickjs.Function("v", engine + ";function v() {return JSON.stringify(katex.version)}")()
        )
        == version
    )

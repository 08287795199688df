"""Formulas are found where a reader of Markdown sees them, and nowhere else."""

import doctest

import markdown
import pytest
from markdown.preprocessors import Preprocessor

from sidenotes.math import formulas, plain, symbols
from sidenotes.math import katex as typeset
from sidenotes.math.formulas import BadFormula, replace


def found(text: str) -> list[tuple[str, bool, int]]:
    seen = []
    replace(text, lambda *formula: seen.append(formula) or "")
    return seen


def inline(text: str) -> str:
    return replace(text, lambda tex, display, line: f"<{tex}>")


class Displays(Preprocessor):
    """Hands finished HTML to Python-Markdown as an extension does."""

    def run(self, lines):
        stash = self.md.htmlStash.store
        return replace("\n".join(lines), lambda tex, *_: stash(f"<div>{tex}</div>")).split("\n")


def html(text: str) -> str:
    page = markdown.Markdown()
    page.preprocessors.register(Displays(page), "displays", 25)
    return page.convert(text)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("Let $x$ and $y_1$.", "Let <x> and <y_1>."),
        ("$x$-axis, ($x$), **$x$**", "<x>-axis, (<x>), **<x>**"),
        ("$a$$b$", "<a><b>"),
        (r"$\text{\$5}$ is \$5", r"<\text{\$5}> is $5"),
        (r"$a\\$", r"<a\\>"),
        ("* $x$\n* $y$\n1. $z$", "* <x>\n* <y>\n1. <z>"),
        ("$a\n+ b$", "<a\n+ b>"),
        # Money and shells.
        ("$5 and $6", "$5 and $6"),
        ("$5 or $6 for $x$", "$5 or $6 for <x>"),
        ("US$5,A$6", "US$5,A$6"),
        ("$ x$ and $x $", "$ x$ and $x $"),
        ("one $ alone", "one $ alone"),
        ("$x", "$x"),
        ("$x\n\nand y$", "$x\n\nand y$"),
        # Code.
        ("`$x$` $y$", "`$x$` <y>"),
        ("``a ` $x$`` $y$", "``a ` $x$`` <y>"),
        ("`$x$\n$x$` $y$", "`$x$\n$x$` <y>"),
        ("` $x$\n\n` $y$", "` <x>\n\n` <y>"),
        (r"\`$x$\`", r"\`<x>\`"),
        (r"`\$` \$", r"`\$` $"),
        ("$5 for `x$`", "$5 for `x$`"),
        ("```\n$x$\n```\n$y$", "```\n$x$\n```\n<y>"),
        ("```py\n$x$\n``\n$x$\n````\n$y$", "```py\n$x$\n``\n$x$\n````\n<y>"),
        ("  ~~~ {.sh}\n  $x$ ```\n  ~~~\n$y$", "  ~~~ {.sh}\n  $x$ ```\n  ~~~\n<y>"),
        ("> ```\n> $x$\n> ```\n> $y$", "> ```\n> $x$\n> ```\n> <y>"),
        ("```\n$x$\n\n$x$", "```\n$x$\n\n$x$"),
        ("$y$\n>>> f('$x$')\n'$x$'\n\n$y$", "<y>\n>>> f('$x$')\n'$x$'\n\n<y>"),
        ("    >>> '$x$'\n    $x$\n  \n$y$", "    >>> '$x$'\n    $x$\n  \n<y>"),
        ("<!-- $x$\n\n$x$ --> $y$", "<!-- $x$\n\n$x$ --> <y>"),
        ("````text\n```python\n$x$\n````\n$y$", "````text\n```python\n$x$\n````\n<y>"),
        ("```\n$x$\n```python\n$x$\n```\n$y$", "```\n$x$\n```python\n$x$\n```\n<y>"),
        # Indented code, and what is indented because it belongs to something.
        ("so\n\n    $x$\n\n    $x$\n\n$y$", "so\n\n    $x$\n\n    $x$\n\n<y>"),
        ("    $x$\n$y$", "    $x$\n<y>"),
        ("so\n    $x$", "so\n    <x>"),
        ("* item\n\n    $x$", "* item\n\n    <x>"),
        ("* item\n\n        $x$\n\n    $y$", "* item\n\n        $x$\n\n    <y>"),
        ("* item\nlazy\n\n    $x$", "* item\nlazy\n\n    <x>"),
        ("* item\n\nso\n\n    $x$", "* item\n\nso\n\n    $x$"),
        ("1. a\n    * b\n\n        $x$", "1. a\n    * b\n\n        <x>"),
        ("!!! note\n\n    $x$", "!!! note\n\n    <x>"),
        ('=== "Tab"\n\n    $x$', '=== "Tab"\n\n    <x>'),
        ("word\n:   meaning\n\n    $x$", "word\n:   meaning\n\n    <x>"),
        ("    `a\n\n`$x$` $y$", "    `a\n\n`$x$` <y>"),
        # Tags, and elements whose text is not prose.
        ("<img alt=\"$x$\" title='$x$'> $y$", "<img alt=\"$x$\" title='$x$'> <y>"),
        ('<span title="$x$">$y$</span>', '<span title="$x$"><y></span>'),
        ("<code>$x$</code> <pre>\n\n$x$\n</pre> $y$", "<code>$x$</code> <pre>\n\n$x$\n</pre> <y>"),
        ("a <b $x$> c", "a <b <x>> c"),
        ("$a <b$ and $c> d$", "<a <b> and <c> d>"),
        ("", ""),
    ],
)
def test_formulas_in_a_line(text, out):
    assert inline(text) == out


@pytest.mark.parametrize(
    ("text", "formulas_"),
    [
        ("$$x$$", [("x", True, 0)]),
        ("a\n$$\nx \\\\\ny\n$$\nb $z$", [("x \\\\\ny", True, 1), ("z", False, 5)]),
        (r"$$ \text{$x$, \$5} $$", [(r"\text{$x$, \$5}", True, 0)]),
        ("> so\n> $$\n> a\n> > b\n> $$", [("a\nb", True, 1)]),
        ("`$$` and ``` $$ ```", []),
        ("```\n$$\n```", []),
    ],
)
def test_displays(text, formulas_):
    assert found(text) == formulas_


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("so\n$$x$$\nand", "<p>so</p>\n<div>x</div>\n<p>and</p>"),
        ("so $$x$$, and", "<p>so </p>\n<div>x</div>\n<p>, and</p>"),
        ("so\n\n$$x$$\n\nand", "<p>so</p>\n<div>x</div>\n<p>and</p>"),
        ("# Head\n$$x$$", "<h1>Head</h1>\n<div>x</div>"),
    ],
)
def test_a_display_needs_no_blank_lines(text, out):
    assert html(text) == out


@pytest.mark.parametrize(
    "text",
    [
        "* item $$x$$ more\n* next",
        "* item\n  $$x$$\n  more\n* next",
        "* item\n$$\nx\n$$\nmore\n* next",
        "* item\n\n    $$x$$\n\n    more\n\n* next",
    ],
)
def test_a_display_stays_in_its_list_item(text):
    first, _, rest = html(text).partition("</li>")
    assert "<div>x</div>" in first and "<p>more</p>" in first
    assert rest.count("<li>") == 1 and html(text).count("<ul>") == 1


def test_a_display_stays_in_its_quotation():
    out = html("> so\n> $$\n> x\n> $$\n> more")
    assert out.count("<blockquote>") == 1
    assert "<div>x</div>" in out and out.index("more") < out.index("</blockquote>")


@pytest.mark.parametrize("text", ["a\nb $$x\n\n$$", "a\nb $$x$", "a\n> $$"])
def test_an_unclosed_display_names_its_line(text):
    with pytest.raises(BadFormula, match=r"^line 2: \$\$: not closed before the next blank line$"):
        inline(text)
    with pytest.raises(BadFormula, match=r"^docs/adam.md:41: \$\$"):
        replace(text, lambda *_: "", lambda line: f"docs/adam.md:{40 + line}")


@pytest.mark.parametrize("module", [formulas, plain, symbols, typeset])
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed

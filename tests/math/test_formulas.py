"""Formulas are found where a reader of Markdown sees them, and nowhere else."""

import doctest
import signal

import pytest

from sidenotes.math import formulas, plain, symbols
from sidenotes.math import katex as typeset
from sidenotes.math.formulas import BadFormula, replace


def found(text: str) -> list[tuple[str, bool, int]]:
    seen = []
    replace(text, lambda *formula: seen.append(formula) or "")
    return seen


def inline(text: str) -> str:
    return replace(text, lambda tex, display, line: f"<{tex}>")


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


@pytest.mark.parametrize("text", ["a\nb $$x\n\n$$", "a\nb $$x$", "a\n> $$"])
def test_an_unclosed_display_names_its_line(text):
    with pytest.raises(BadFormula, match=r"^line 2: \$\$: not closed before the next blank line$"):
        inline(text)
    with pytest.raises(BadFormula, match=r"^docs/adam.md:41: \$\$"):
        replace(text, lambda *_: "", lambda line: f"docs/adam.md:{40 + line}")


NO_MATHS = [
    "Search for $$, and for any bare $'s.",
    "The string '$' becomes '$b', which is then quoted as '$'\"'\"'b'.",
    'Either "${foo}" or "$foo".',
    "from $HOME/bin to $PATH, $(A)/$(B), ${a}${b}",
    "a$b$c and '^a$' or 'b$'",
    "$foo bar baz$",
    "use $$ for the process and $$ for a dollar",
    "$$ is the process",
    "echo $$; kill $$",
    "$1,000 or $2,000 for a $3 thing, $5-$10, $5/$6",
    r"\[1\], \(optional\) and \(\d+\) of \(ab*\)\1",
    r"a \begin{itemize} in \end{itemize}",
    "'$$' and \"$$\"",
    "Makefiles write $$HOME, $${x}",
]


@pytest.mark.parametrize("text", NO_MATHS)
def test_dollars_in_prose_are_no_formulas_and_no_errors(text):
    assert found(text) == []


OTHERS = {
    r"$\text{if $x$ holds}$": [(r"\text{if $x$ holds}", False)],
    "'$x$' and \"$y_1$\"": [("x", False), ("y_1", False)],
    "the $n$th of $k$s": [("n", False), ("k", False)],
    r"\(x_1 * y_1\), \(x\), \[a_1 = b_1\]": [
        ("x_1 * y_1", False),
        ("x", False),
        ("a_1 = b_1", True),
    ],
    "\\begin{align}\na &= b \\\\\nc\n\\end{align}": [
        ("\\begin{align}\na &= b \\\\\nc\n\\end{align}", True)
    ],
    "$[0, 1)$, $|x|$, $-1$, $f'$": [
        ("[0, 1)", False),
        ("|x|", False),
        ("-1", False),
        ("f'", False),
    ],
    r"$\frac{1$ and $x$": [(r"\frac{1", False), ("x", False)],
}


@pytest.mark.parametrize(("text", "expected"), OTHERS.items())
def test_formulas_without_dollars_or_beside_letters_and_quotes(text, expected):
    assert [formula[:2] for formula in found(text)] == expected


def test_a_formula_that_is_not_closed_takes_no_time():
    """Braces can be paired in many ways, and only one of them is tried."""
    assert found("$" + "{x}" * 4000) == found("$" + "{" * 4000) == []


PLAIN = {
    r"\lambda + \Lambda": "λ + Λ",
    r"a \odot b": "a ⊙ b",
    r"m_1, \dots, m_T, \dot s": "m₁, …, m_T, s\u0307",
    r"\begin{cases} a & b > 0 \\ c & \text{else} \end{cases}": "{ a b > 0; c else",
    r"\max(v_1, \dots)": "max(v₁, …)",
    r"\frac{1}{1 - \beta_1^t}": "1/(1 - β₁ᵗ)",
    r"\sqrt{\hat v} \cdot \log x": "√v̂ · log x",
    r"\operatorname{Var}[\psi^2]": "Var[ψ²]",
    r"\textcolor{new}{x}_t \in \{1, 2\}": "xₜ ∈ {1, 2}",
}


@pytest.mark.parametrize(("tex", "expected"), PLAIN.items())
def test_a_formula_as_plain_text(tex, expected):
    assert plain.plain(tex) == expected


@pytest.mark.parametrize("module", [formulas, plain, symbols, typeset])
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


UNCLOSED = ["$$", "$$ a_{", r"\[", r"\(", r"\begin{align}", "$", "$ {"]


@pytest.mark.parametrize("begin", UNCLOSED)
@pytest.mark.parametrize("part", [r"\alpha ", r"\\ ", "a_{b} ", "{", r"\$ ", "` "])
def test_what_is_never_closed_is_read_in_one_go(begin, part):
    # Each of these once could double the work. It is the time of the processor that is limited.
    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, 10)
    try:
        assert part.strip()[-1:] in replace(begin + part * 200, lambda *_: "")
    except BadFormula as error:
        assert "not closed" in str(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("text", ["It costs $5, US$ 5 more.", "$3 to CA$ 4.", "$5-$10", "$5k/$6k"])
def test_amounts_of_money_stay_text(text):
    assert found(text) == []

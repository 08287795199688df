"""Nothing that stands beside code passes unread: it is a claim, marked, or a problem."""

import json

import pytest

ASSIGNS = ["=", ":=", r"\coloneqq", r"\gets", r"\leftarrow", r"\longleftarrow", "←", "≔", "{=}"]


@pytest.mark.parametrize("sign", ASSIGNS)
def test_a_display_that_assigns_is_a_claim(sign, stranger):
    assert stranger.beside(f"$$y {sign} 2x$$")[0] == 0
    status, output = stranger.beside(f"$$y {sign} 3x$$")
    assert status == 1 and "y is 0.6, not 0.8999999999999999" in output, output


# What stands between the sides, and how the message says to write it.
OTHER_SIGNS = [
    (r"\to", r"an arrow to the right assigns nothing: write the symbol, \leftarrow and its value"),
    (r"\mapsto", "an arrow to the right assigns nothing"),
    (r"\longrightarrow", "an arrow to the right assigns nothing"),
    (r"\equiv", r"an identity or an assignment? Write = or \leftarrow"),
    (r"\approx", r"what is only near is no claim: write = or \leftarrow"),
    (r"\sim", "what is only near is no claim"),
    (r"\propto", "what is only near is no claim"),
    (r"\Leftarrow", "what follows from what is no claim"),
    (r"\triangleq", r"write := or \leftarrow"),
    (r"\overset{\text{def}}{=}", r"write := or \leftarrow"),
    (r"\le", r"a comparison does not say what a value is: write = or \leftarrow"),
    (">", "a comparison does not say what a value is"),
    (r"\ne", "a comparison does not say what a value is"),
    (r"\in", "a set has no value"),
    (r"\mathrel{:=}", "not understood"),
]


@pytest.mark.parametrize(("sign", "message"), OTHER_SIGNS)
def test_a_display_with_another_sign_is_a_problem_that_says_how_to_write_it(
    sign, message, stranger
):
    status, output = stranger.beside(f"$$y {sign} 2x$$")
    assert status == 1 and f"subject.py:2: y {sign} 2x\n    cannot be read: offset 2: " in output
    assert message in output
    assert (
        r"    If it is no claim about the line below, quote it with >, or begin it with" in output
    )


NO_ASSIGNMENTS = [
    ("2x", "this does not say what it is the value of: write symbol = …"),
    ("y", "this does not say what it is the value of"),
    ("", "a formula expected"),
    (r"\frac{y}{x} = 2", "only a symbol can be assigned to"),
    ("2y = 4x", "only a symbol can be assigned to"),
    ("y^2 = 4x^2", "only a symbol can be assigned to"),
    ("(y, z) = (2x, 3)", ") expected: , z"),
    (r"y = 2x \ge 0", "an assignment and a comparison in one formula"),
    (r"\text{so } y = 2x", "words have no value: write them before the formula"),
    (r"y = 2x \text{ for } x > 0", "words have no value"),
    (r"y = 2x + \dots", "dots leave out what is meant"),
    (r"\frac{\partial y}{\partial x} = 2", "a derivative has no value here"),
    (r"y = \mathbb{E}[x]", "an expectation, a probability or a set has no value"),
    (r"\begin{array}{rcl} y &=& 2x \end{array}", "this environment has no value"),
    (r"\text{for each } x\text{:} \\ \quad y = 2x", "an algorithm belongs in a docstring"),
    ("y += 2x", "not understood: = 2x"),
    (r"y = {2x", "this brace is never closed"),
]


@pytest.mark.parametrize(("tex", "message"), NO_ASSIGNMENTS)
def test_a_display_that_does_not_assign_is_a_problem(tex, message, stranger):
    status, output = stranger.beside(f"$${tex or ' '}$$")
    assert status == 1 and message in output, output


# Rows of a display, with the lines below it: right ones and a wrong one.
SEVERAL = [
    (r"y = 2x = x + x", r"y = 2x = x + 2x", ["y = 2 * x"]),
    (r"y &= x \\ &\quad + x", r"y &= x \\ &\quad + 2x", ["y = 2 * x"]),
    (r"y &= 2x \\ &= x + x", r"y &= 2x \\ &= x - x", ["y = 2 * x"]),
    (r"y &= 2x \\ z &= y + 1", r"y &= 2x \\ z &= y + 2", ["y = 2 * x", "z = y + 1"]),
    (r"y &= 2x \\[1em] z &= 1, &&\text{a number}", r"y &= 2x \\ z &= 2", ["y, z = 2 * x, 1"]),
    (r"y = 2x, \quad z = 1", r"y = 2x, \quad z = 2", ["y, z = 2 * x, 1"]),
    (r"y &\gets x \\ y &\gets 2x", r"y &\gets x \\ y &\gets x", ["y = x", "y = 2 * x"]),
]


@pytest.mark.parametrize("environment", ["aligned", "align*", "split", ""])
@pytest.mark.parametrize(("right", "wrong", "lines"), SEVERAL)
def test_each_part_of_a_display_is_a_claim(right, wrong, lines, environment, stranger):
    for tex, expected in ((right, 0), (wrong, 1)):
        begin, end = (
            f"\\{word}{{{environment}}}" if environment else "" for word in ("begin", "end")
        )
        status, output = stranger.beside(f"$${begin} {tex} {end}$$", *lines)
        assert status == expected, output


def test_a_row_is_about_the_next_line_that_makes_its_symbol(stranger):
    rows = r"$$y = 2x \\ z = 3$$"
    assert stranger.beside(rows, "y = 2 * x", "w = 1", "z = 3")[0] == 0
    status, output = stranger.beside(rows, "y = 2 * x", "w = 1", "z = 4")
    assert status == 1 and "subject.py:2: z = 3\n    z is 4.0, not 3.0" in output
    # The first one is about the line below it, and no other.
    status, output = stranger.beside("$$y = 2x$$", "z = 1", "y = 2 * x")
    assert "the statement below makes z, but the table of symbols gives y" in output
    status, output = stranger.beside(rows, "y = 2 * x", "w = 3")
    assert status == 1 and "but the table of symbols gives z" in output, output


@pytest.mark.parametrize("end", [".", ",", ";", r" \tag{1}", r"\quad", r" \label{eq}"])
def test_what_ends_a_display_says_nothing(end, stranger):
    assert stranger.beside(f"$$y = 2x{end}$$")[0] == 0
    assert stranger.beside(f"$$y = 3x{end}$$")[0] == 1


def test_an_inline_formula_is_a_claim_if_it_says_what_the_statement_makes(stranger):
    for sign in ("=", ":=", r"\gets", r"\leftarrow", r"\longleftarrow", r"\coloneqq"):
        assert stranger.beside(f"So $y {sign} 2x$.")[0] == 0
        assert stranger.beside(f"So $y {sign} 3x$.")[0] == 1
    # An equals sign within a line can say when: with $\alpha = 0$ nothing moves.
    assert stranger.beside("Where $y = 3$ and $n = 3x$.")[0] == 0
    status, output = stranger.beside(r"So $y \gets \dots$.")
    assert status == 1 and "dots leave out what is meant" in output


def test_the_author_can_speak_for_himself_in_a_quotation(stranger):
    status, output = stranger.beside("> $$y = 3x$$")
    assert status == 0 and output.split("\n")[2].split()[1] == "1", output


def test_a_display_can_be_marked_as_a_derivation_and_is_then_tested(stranger):
    status, output = stranger.beside(r"$$\therefore\; y = 3x$$")
    assert status == 1 and "nothing tests this: no algorithm evaluates it" in output
    note = '"""\n$$\\text{for each } x\\text{:} \\\\ \\quad y \\leftarrow 2x$$\n"""\n\n'
    function = "def f(x):\n    # $$\\therefore\\; %s$$\n    y = 2 * x\n    return y\n"
    given = {"values": "{'y': state['out']}", "given": "[[0.3], [1.7]]"}
    assert stranger.module("r" + note + function % "y - x = x", **given)[0] == 0
    assert stranger.module("r" + note + function % r"y \ge x", **given)[0] == 0
    status, output = stranger.module("r" + note + function % r"y \le x", **given)
    assert status == 1 and r"\therefore\; y \le x" + "\n    does not hold\n    in run" in output


def test_a_formula_below_all_statements_is_a_problem(stranger):
    text = "def f(x):\n    y = 2 * x\n    return y\n    # $$y = 3x$$\n\n\nz = 1\n"
    assert stranger.module(text)[0] == 1
    text = (
        "def f(x):\n    if x:\n        y = 2 * x\n        # $$y = 3x$$\n    else:\n        y = 1\n"
    )
    status, output = stranger.module(text + "    return y\n")
    assert status == 1 and "no statement begins below this formula" in output, output


def test_a_display_outside_of_functions_is_tested_or_a_problem(stranger):
    function = "\n\ndef f(x):\n    # $$y = 2x$$\n    y = 2 * x\n    return y\n"
    for sign in ("=", r"\leftarrow", ":="):
        # A claim says the same, or does not.
        assert stranger.module(f"# $$y {sign} 2x$$\nz = 1\n{function}")[0] == 0
        status, output = stranger.module(f"# $$y {sign} 3x$$\nz = 1\n{function}")
        assert status == 1 and "nothing tests this" in output, output


def test_a_definition_may_hold_nothing_but_assignments(stranger):
    function = "\n\ndef f(x):\n    # $$y = 2x$$\n    y = 2 * x\n    return y\n"
    for row in (r"\text{or so}", "x", r"x \to 1", r"x \ge 1", r"\dots"):
        status, output = stranger.module(f'r"""$$y \\leftarrow 2x \\\\ {row}$$"""' + function)
        assert status == 1 and "cannot be read" in output, output


def test_a_formula_that_cannot_be_read_is_in_the_report(stranger):
    stranger.beside(r"$$y \to 2x$$")
    found = json.loads((stranger.folder / "found.json").read_text("utf-8"))["files"]["subject.py"]
    (formula,) = found["formulas"]
    assert (formula["kind"], formula["state"]) == ("claim", "failed")
    assert found["counts"]["failed"] == 1 and found["badges"][0]["sign"] == "✗"


RESTATED = r"""
"Title"


def f(x):
    'Says $$y = %s$$ of it.'
    # $$y = 2x$$
    y = 2 * x
    return y
"""
ALGORITHM = r"$$\text{for each } g_t\text{:} \\ \quad z \leftarrow g_t$$"


@pytest.mark.parametrize("title", ["Title", ALGORITHM])
def test_an_equation_in_a_docstring_is_tested_by_a_claim_that_says_the_same(title, stranger):
    text = RESTATED.replace('"Title"', f'r"""{title}"""').replace("'Says", "r'Says")
    assert stranger.module(text % "2x")[0] == 0
    for other in ("3x", "x + x", "2z"):
        status, output = stranger.module(text % other)
        assert status == 1 and f"y = {other}\n    n" in output, output


BOTH = r"y stands on both sides of an equation: write an arrow, \leftarrow"
# A formula, the lines below it, and what is said of it; nothing if it holds.
ON_BOTH_SIDES = [
    ("y = y + x", "y = y + x", BOTH),
    ("y = y + x", "y += x", BOTH),
    ("y := x + 2y", "y = x + 2 * y", BOTH),
    (r"y \coloneqq y", "y = y", BOTH),
    (r"y = x + x = y", "y = 2 * x", BOTH),
    ("x = 2x", "y = x = 2 * x", "x stands on both sides of an equation"),
    ("m_t = m_t + x", "m = m + x", "m_t stands on both sides of an equation: write m_{t-1} on"),
    ("a_i = 2a_i", "a = a * 2", "a stands on both sides of an equation"),
    (r"y \gets y + x", "y = y + x", ""),
    (r"m_t \leftarrow m_t + x", "m = m + x", ""),
    (r"y = \sum_{y=1}^{2} y", "y = 3.0", ""),
]


@pytest.mark.parametrize(("formula", "line", "message"), ON_BOTH_SIDES)
@pytest.mark.parametrize("loop", [False, True], ids=["", "in a loop"])
def test_an_equation_with_one_symbol_on_both_sides_is_refused(
    formula, line, message, loop, stranger
):
    stranger.symbols.update({"m_t": ["m"]})
    body = f"# $${formula}$$\n{line}"
    if loop:
        body = "for _ in range(2):\n" + "\n".join(f"    {part}" for part in body.split("\n"))
    body = f"y, m, a = 1.0, 1.0, 1.0\n{body}\nreturn y\n".replace("\n", "\n    ")
    status, output = stranger.module(f"def f(x):\n    {body}")
    assert status == bool(message) and message in output, output


# A display that is no formula, since its environment does not begin or does not end.
TORN = [r"\begin{align} y &= 3x", r"y = 3x \end{align}", r"y = \begin{cases} 3x & x > 0"]


@pytest.mark.parametrize("formula", TORN)
def test_a_display_whose_environment_is_torn_is_named_with_its_line(formula, stranger):
    status, output = stranger.beside(f"Twice:\n$${formula}$$")
    assert status == 2, output
    assert output == (
        "sidenotes: subject.py:3: not a formula, since \\begin and \\end do not match:"
        f" $${formula}$$\n"
    )


OPEN = [r"\begin{align}", r"\begin{align*} y &= 3x", r"\[y = 3x", r"\[y \gets 3x", r"> \[y \to x"]


@pytest.mark.parametrize("formula", OPEN)
def test_a_display_without_dollars_that_is_never_closed_is_named_as_well(formula, stranger):
    status, output = stranger.beside(f"Twice:\n\n{formula}\n&= x")
    assert status == 2, output
    text = f"not a formula, since it is never closed: {formula}"
    assert output == f"sidenotes: subject.py:4: {text}\n"


CLOSED = [
    "\\begin{align}\ny &= 2x\n\\end{align}",
    "\\[\ny = 2x\n\\]",
    "$$\n\\begin{aligned}\ny &= 2x\n\\end{aligned}\n$$",
    "```\n\\begin{align}\n```",
    "    \\begin{align}",
    "`\\begin{align}` begins one.",
    "\\[a note in brackets] and no formula",
]


@pytest.mark.parametrize("note", CLOSED)
def test_what_is_closed_or_code_or_prose_is_not(note, stranger):
    status, output = stranger.beside(f"Twice:\n\n{note}")
    assert status == 0 or "never checked" in output, output


DEEP = [
    "y = " + "(" * 300 + "x" + ")" * 300 + " + 1",
    "y = " + " + ".join(["x"] * 1500),
    "y = " + r"\sqrt{" * 1200 + "x" + "}" * 1200,
    "y = " + r"\frac{1}{" * 500 + "x" + "}" * 500,
]


@pytest.mark.parametrize("formula", DEEP, ids=["brackets", "terms", "roots", "fractions"])
def test_a_formula_that_is_too_deep_is_a_problem_and_the_check_goes_on(formula, stranger):
    note = f"$${formula}$$\n$$y = 2x$$"
    status, output = stranger.beside(note)
    assert status == 1 and "Traceback" not in output, output
    head, _, gist = output.split("\n\n")[2].partition("\n    ")
    assert head.startswith("subject.py:2: ") and "too deep: brackets, roots or terms" in gist
    found = json.loads((stranger.folder / "found.json").read_text("utf-8"))
    assert [each["checks"] for each in found["files"]["subject.py"]["formulas"]] == [0, 2]


def test_what_is_too_deep_in_a_docstring_is_a_problem_as_well(stranger):
    terms = " + ".join(["x"] * 1500)
    stranger.symbols.update({"c": ["thrice"]})
    example = ">>> def thrice(x=1.0):\n...     return 3 * x\n>>> thrice()\n3.0"
    note = f"$$c = {terms}$$\n\n{example}\n\n$$b := {terms}$$"
    text = f'"""\n{note}\n"""\n\n\ndef f(x):\n    return x\n'
    status, output = stranger.module(text, draws=[{"x": 1.5}])
    assert status == 1 and output.count("too deep: ") == 2, output
    assert "\nsubject.py:2: " in output and "\nsubject.py:9: " in output

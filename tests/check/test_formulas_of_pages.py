"""The formulas of a page in Markdown are read as those of a docstring are, at their own lines."""

import json

import pytest

from checks.audit.__main__ import PACKAGES
from checks.audit.__main__ import PAGE as AUDIT
from checks.museum.__main__ import PAGE as MUSEUM
from exhaust.page import BLOCKS
from exhaust.page import PAGE as ROUNDING
from exhaust.results import DATA
from sidenotes.check.claims.reading import pages

LOOP = r"""$$
\begin{align*}
& y_0 \gets 0, \quad t \gets 0 \\
& \text{for each } x_t\text{:} \\
& \quad t \gets t + 1 \\
& \quad y_t \gets 2 x_t
\end{align*}
$$"""
MODULE = f'r"""\n{LOOP}\n"""\n\n\ndef f(x):\n    y = 2 * x\n    return y\n'
RUNS = """
from sidenotes.check.runs import Item, Run, Started
import subject


def start():
    state = {"y": 0.0}
    item = Item(state, {"a": 0.5}, lambda: {"y_t": state["y"]})

    def step(given):
        state["y"] = subject.f(given[0])

    return Started([item], step)


def runs(device):
    yield Run("run", "f", {}, start, [[1.5], [2.25], [4.0]], ["subject"])


def draws():
    return [{"a": 3.0}]
"""
HEAD = '---\ntitle: "$y_t = x_t$"\n---\n\n# A page\n\n'
MADE = "<!-- table -->\n\n| $y_t = 5 x_t$ |\n|---|\n\n<!-- /table -->\n\n"
DISPLAY = "$$3 a^2$$\n\n>>> def variance(a):\n...     return 3 * a**2\n"


@pytest.fixture
def page(stranger):
    """What the check says of a page beside a module: its status, its output and the formulas."""

    def checked(text, *words):
        stranger.symbols = {"y_t": ["y"], "x_t": ["x"], "a": ["a"]}
        stranger.write("subject.py", MODULE)
        stranger.write("runs.py", RUNS)
        (stranger.folder / "page.md").write_text(text, encoding="utf-8")
        status, output = stranger.check("subject.py", "page.md", *words)
        found = json.loads((stranger.folder / "found.json").read_text("utf-8"))
        formulas = found["files"]["page.md"]["formulas"]
        return status, output, [(f["line"], f["kind"], f["state"]) for f in formulas], found

    return checked


# A page, and what it states.
HOLD = {
    "a paragraph": ("Here $y_t = x_t + x_t$ holds.", [(7, "remark", "passed")]),
    "a bullet": ("* one\n* where $y_t = 2 x_t$", [(8, "remark", "passed")]),
    "a cell": ("| a | b |\n|---|---|\n| $x_t$ | $y_t = 2 x_t$ |", [(9, "remark", "passed")]),
    "numbers alone": ("In all, $2 \\cdot 3 = 6$.", [(7, "remark", "passed")]),
    "a chain of them": ("Here $10 - 4 = 6 > 2 \\cdot 2$.", [(7, "remark", "passed")]),
    "an earlier step": ("It is $y_t = \\max_{i=1}^{t} y_i$.", [(7, "remark", "passed")]),
    "below a table that was made": (f"{MADE}$y_t = 2 x_t$", [(14, "remark", "passed")]),
    "a condition": ("With $a = 0$ and $y_t < 5$.", [(7, "remark", "said")] * 2),
    "no statement": ("The sign $=$, and $2 x_t$, `$y_t = x_t$`.\n\n```\n$y_t = x_t$\n```", []),
    "a quotation": ("> I think that $y_t = 3 x_t$, and $x_t$.", [(7, "opinion", "opinion")]),
    "an example": (f"{DISPLAY}>>> variance(2)\n12", [(7, "derivation", "passed")]),
}


@pytest.mark.parametrize("text, stated", HOLD.values(), ids=HOLD)
def test_what_a_page_states_is_evaluated_or_counted(text, stated, page):
    status, output, formulas, found = page(HEAD + text)
    assert (status, formulas) == (0, stated), output
    # What a page says changes nothing of what other files say.
    assert set(found["inputs"]) == {"subject.py", "runs.py", "symbols.yml"}


# A page, the line, and what is said of it.
FAIL = {
    "a paragraph": ("Here $y_t = 3 x_t$.", 7, "one side is"),
    "a cell": ("| a | b |\n|---|---|\n| $x_t$ | $y_t = x_t$ |", 9, "one side is"),
    "numbers alone": ("In all, $2 \\cdot 3 = 5$.", 7, "one side is 6.0, not 5.0"),
    "a chain of them": ("Here $10 - 4 = 6 > 2 \\cdot 3$.", 7, "does not hold"),
    "what has no value": ("$y_t = \\sum_{i=1}^{x_t} 2$", 7, "whole number"),
    "an assignment": ("Here $y_t \\gets 2 x_t$.", 7, "nothing tests this definition"),
    "a display": ("$$\ny_t = 2 x_t\n$$", 8, "nothing tests this"),
    "an example that nobody calls": (DISPLAY, 7, "nothing tests variance()"),
    "an example that fails": (f"{DISPLAY}>>> variance(2)\n13", 7, "line 11 fails: 12, not 13"),
    "an arrow in a quotation": ("> $y_t \\gets 3 x_t$", 7, "nothing tests this definition"),
}


@pytest.mark.parametrize("text, line, reason", FAIL.values(), ids=FAIL)
def test_what_is_false_on_a_page_fails_at_its_line(text, line, reason, page):
    status, output, _, _ = page(HEAD + text)
    assert status == 1 and f"page.md:{line}: " in output and reason in output, output


def test_a_statement_that_holds_is_on_the_list_with_its_page(page, stranger):
    words = ["--stated", "stated.txt", "--renew"]
    assert page(f"{HEAD}$y_t = 2 x_t$, with $a = 0$", *words)[0] == 0
    assert "page.md: remark: y_t = 2 x_t\n" in (stranger.folder / "stated.txt").read_text("utf-8")
    status, output, *_ = page(f"{HEAD}With $a = 0$", *words[:2])
    assert status == 1 and "page.md: remark: y_t = 2 x_t\n    this formula was there" in output


def test_what_is_not_checked_on_a_page_is_counted_in_the_first_sentence(page):
    *_, found = page(f"{HEAD}$y_t = 2 x_t$, with $a = 0$.")
    said = "5 formulas hold in 1 run; 1 within a line is not checked. Those that hold: "
    assert found["summary"].startswith(said)


def test_a_folder_has_its_pages_with_it(page, stranger):
    (stranger.folder / "docs").mkdir()
    (stranger.folder / "docs/other.md").write_text("$y_t = 3 x_t$\n")
    status, output, *_ = page(HEAD, "docs")
    assert status == 1 and "docs/other.md:1: " in output


def test_what_is_left_out_of_a_page_is_what_a_program_renews():
    parts = json.loads(DATA.read_text("utf-8"))
    rounding = {name for part in parts for name in BLOCKS[part](parts[part]["rows"])} | {"about"}
    blocks = {ROUNDING: rounding, MUSEUM: {"museum"}, AUDIT: {each.name for each in PACKAGES}}
    for path in ROUNDING.parents[1].rglob("*.md"):
        text = pages.read(path)
        left = [line for line in text.split("\n") if line.startswith("<!-- ")]
        assert pages.note(text).count("\n") == text.count("\n")
        assert {line.strip("<!->/ ") for line in left} == blocks.get(path, set()), path

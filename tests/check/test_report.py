"""The report tells of each formula what became of it, in words that its kind brings along."""

import json
import sys
from hashlib import sha256

import pytest

from sidenotes.check.claims import registry
from sidenotes.check.claims.assertion import Assertion
from sidenotes.check.report import HEADS

MODULE = r'''r"""
# Twice

$$
\begin{align*}
& y_0 \leftarrow 0 \\
& \text{for each } x_t\text{:} \\
& \quad y_t \leftarrow 2 x_t
\end{align*}
$$

$$y_t - x_t = x_t$$

$$b = 2^{a}$$

>>> def four(a=2):
...     return 2.0 ** a
>>> four()
4.0

## By hand

$$c \to 2 b$$

>>> def twice(b=2):
...     return 2.0 * b
>>> twice()
4.0

> $$y_t = \text{nice}$$
"""


def f(x, fast):
    r"""
    $$y_t \leftarrow 2 x_t$$
    """
    if fast:
        # $$y_t \leftarrow 2 x_t$$
        y = 2 * x
    else:
        # $$y_t = x_t + x_t, \quad n \gets 1$$
        y, n = x + x, 1
    return y
'''
RUNS = """
from sidenotes.check.runs import Item, Run, Started
import subject


def about(device):
    return {"engine": "<steam>", "device": device}


def started(fast):
    state = {"y": 0.0}

    def step(given):
        state["y"] = subject.f(given[0], fast)

    return Started([Item(state, {}, lambda: {"y_t": state["y"]})], step)


def runs(device):
    for fast in (True, False):
        start = lambda fast=fast: started(fast)
        yield Run(f"fast={fast}", "f", {"fast": fast}, start, [[2.0], [0.3]], ["subject"])


def draws():
    yield {"a": 2.0, "b": 3.0}
"""


@pytest.fixture
def report(stranger):
    """The report on a version of the module, in which `old` is `new`."""
    stranger.symbols.update({"y_t": ["y"], "x_t": ["x"], "n": ["n"], "b": ["b", "four"]})
    stranger.symbols.update({"c": ["twice"]})
    stranger.write("runs.py", RUNS)

    def made(old="", new=""):
        assert not old or MODULE.count(old) == 1
        stranger.write("subject.py", MODULE.replace(old, new) if old else MODULE)
        status, output = stranger.check()
        found = json.loads((stranger.folder / "found.json").read_text("utf-8"))
        return status, output, found

    return made


def badges(found):
    every = found["files"]["subject.py"]["badges"]
    return [(badge["sign"], badge["label"], badge["words"]) for badge in every]


NUMBERS = "engine <steam>, device cpu."


def test_each_display_has_a_badge_with_the_words_of_its_kind(report):
    status, output, found = report()
    assert status == 0, output
    same = "A claim beside the code says the same, and holds."
    assert badges(found) == [
        (
            "✓",
            "Checked against the code",
            "Run as a program beside the real code, over what that was given: 2 runs. After every"
            f" step, what it made was compared with what the code keeps. No difference. {NUMBERS}",
        ),
        (
            "∴",
            "A derivation",
            f"Compared with what the algorithm makes: 4 times. No difference. {NUMBERS}",
        ),
        (
            "∴",
            "A derivation",
            "Compared with `four()`, which the example below defines: 1 time. No difference."
            f" {NUMBERS}",
        ),
        (
            "∴",
            "A derivation",
            "Compared with `twice()`, which the example below defines: 1 time. No difference."
            f" {NUMBERS}",
        ),
        ("“", "An opinion", "What the author thinks. Nothing tests it."),
        ("✓", "Checked against the code", same),
        (
            "✓",
            "Checked against the code",
            "Compared with `y` in the running code: 2 times, in 1 run of f, as fast decides. No"
            f" difference. {NUMBERS}",
        ),
        (
            "✓",
            "Checked against the code",
            "Compared with `y` and `n` in the running code: 4 times, in 1 run of f, as fast"
            f" decides. No difference. {NUMBERS}",
        ),
    ]


def test_what_fails_is_open_and_has_its_message(report):
    status, _, found = report(r"# $$y_t \leftarrow 2 x_t$$", r"# $$y_t \leftarrow 3 x_t$$")
    assert status == 1
    (wrong,) = [badge for badge in found["files"]["subject.py"]["badges"] if badge["wrong"]]
    assert (wrong["sign"], wrong["label"]) == ("✗", "Does not hold")
    assert wrong["words"].startswith("y is 4.0, not 6.0\n    in fast=True, step 1, item 1")


def test_what_nothing_tests_has_a_question_mark(report):
    old = "\n    $$y_t \\leftarrow 2 x_t$$"
    status, output, found = report(old, old.replace("2", "3"))
    assert status == 1 and "nothing tests this definition" in output
    assert ("?", "Not checked") in [badge[:2] for badge in badges(found)]


def test_the_summary_counts_kinds_and_states(report):
    _, output, found = report()
    assert found["summary"] == (
        "10 formulas hold in 2 runs."
        " Those that hold: 3 claims, 3 rows, 1 definition, 3 derivations."
        " The largest relative error was 0e+00. Opinions: 1."
    )
    heads, _, row, *_ = output.split("\n")
    assert heads.split() == ["file", *HEADS]
    assert row.split() == ["subject.py", *"1 0 3 3 1 3 0 10 0 0 0 0".split()]
    assert found["files"]["subject.py"]["counts"] == dict(
        zip(HEADS, map(int, row.split()[1:]), strict=True)
    )


class Note(Assertion):
    """A kind of its own: an inline formula that begins with `\\checkmark`."""

    name, plural, sign, label = "note", "notes", "♪", "A note"

    @classmethod
    def find(cls, formula):
        return [cls(formula, formula.place)] if formula.tex.startswith("\\checkmark") else None

    def end(self, context):
        if "wrong" in self.place.tex:
            self.fail("it says so itself")

    @classmethod
    def words(cls, results):
        return f"Sung by {len(results)}."


def test_the_files_that_the_results_depend_on_are_told_with_their_digests(report, stranger):
    stranger.write("helper.py", "x = 1\n")
    stranger.write("unused.py", "x = 1\n")
    sys.modules.pop("helper", None)
    _, _, found = report("# Twice\n", "# Twice \n")
    assert set(found["inputs"]) == {"subject.py", "runs.py", "symbols.yml"}
    stranger.write("runs.py", f"import json, helper\n{RUNS}")
    _, _, found = report()
    assert set(found["inputs"]) == {"subject.py", "runs.py", "symbols.yml", "helper.py"}
    for name, digest in found["inputs"].items():
        assert digest == sha256((stranger.folder / name).read_bytes()).hexdigest()
    sys.modules.pop("helper", None)


def test_a_new_kind_is_one_class_and_one_entry(report, monkeypatch, stranger):
    # The report takes its columns from the list when it is first imported.
    kinds = (Note, *registry.KINDS)
    monkeypatch.setattr(registry, "KINDS", kinds)
    monkeypatch.setattr("sidenotes.check.report.KINDS", kinds)
    monkeypatch.setattr("sidenotes.check.report.HEADS", ["notes", *HEADS])
    status, output, found = report(r"$$c \to 2 b$$", r"$$\checkmark a$$")
    assert status == 0, output
    assert output.split("\n")[0].split()[1] == "notes" and output.split("\n")[2].split()[1] == "1"
    assert ("♪", "A note", "Sung by 1.") in badges(found)
    assert "1 note, 3 claims" in found["summary"]
    status, output, found = report(r"$$c \to 2 b$$", r"$$\checkmark wrong$$")
    assert status == 1 and "\\checkmark wrong\n    it says so itself" in output
    assert ("✗", "Does not hold", "it says so itself") in badges(found)

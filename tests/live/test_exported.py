"""The report has an algorithm as data if a run asks for it, and if all of its rows hold."""

import json
import sys

import pytest

from sidenotes.__main__ import main

MODULE = r'''r"""
# A mean

$$
\begin{align*}
& m_0 \leftarrow 0, \quad t \leftarrow 0 \\
& \text{for each } x_t\text{:} \\
& \quad t \leftarrow t + 1 \\
& \quad m_t \leftarrow m_{t-1} + (x_t - m_{t-1}) / t \\
& \quad m_t \leftarrow -m_t && \text{if } \texttt{turned} \\
& \quad y_t \leftarrow \textcolor{new}{a\,m_t} + y_{t-1}
\end{align*}
$$
"""


def step(state, x, a):
    state["t"] += 1
    state["m"] += (x - state["m"]) / state["t"]
    state["y"] += a * state["m"]
'''
RUNS = """
from sidenotes.check.runs import Item, Panel, Run, Started
import subject


def start():
    state = {{"t": 0, "m": 0.0, "y": 2.0}}
    values = lambda: {{"m_t": state["m"], "y_t": state["y"]}}

    def step(given):
        if given[0] is not None:
            subject.step(state, given[0], 3.0)

    return Started([Item(state, {{"a": 3.0}}, values, start=["y_t"])], step)


def runs(device):
    flags = {{"turned": {turned}, "other": True}}
    panel = Panel({numbers}, {step})
    yield Run("shown", "step", flags, start, {given}, ["subject"], panel=panel)
    if {again}:
        yield Run("again", "step", flags, start, {given}, ["subject"], panel=panel)
"""


@pytest.fixture
def checked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def check(old="", new="", **runs):
        text = MODULE.replace(old, new) if old else MODULE
        (tmp_path / "subject.py").write_text(text)
        known = {"numbers": {"gain": ["a"]}, "step": 2, "given": [[1.0], [4.0]]}
        known |= {"again": False, "turned": False}
        (tmp_path / "runs.py").write_text(RUNS.format(**{**known, **runs}))
        symbols = [f"- {{symbol: {s}, meaning: m, names: [{s[0]}]}}" for s in ("m_t", "y_t", "a")]
        (tmp_path / "symbols.yml").write_text("\n".join(symbols) + "\n")
        sys.modules.pop("subject", None)
        words = ["--runs", "runs.py", "--symbols", "symbols.yml", "--json", "found.json"]
        main(["check", "subject.py", *words])
        found = json.loads((tmp_path / "found.json").read_text())
        return found["files"]["subject.py"]["panels"], capsys.readouterr().out

    return check


# The row with the flag never runs, which is a problem of its own.
PLAIN = (r"& \quad m_t \leftarrow -m_t && \text{if } \texttt{turned} \\" + "\n", "")


def test_an_algorithm_that_holds_is_data(checked):
    (panel,), output = checked(*PLAIN)
    assert panel["name"] == "subject" and "failed" in output
    assert panel["numbers"] == [{"name": "gain", "symbols": ["a"], "value": 3.0}]
    assert panel["start"] == {"y_{t-1}": 2.0} and panel["given"] == [1.0, 4.0]
    assert panel["program"] == {
        "given": "x_t",
        "counter": None,
        "loop": 2,
        "before": [{"row": 1, "set": [["m_0", 0.0], ["t", 0.0]]}],
        "body": [
            {"row": 3, "set": [["t", ["+", "t", 1.0]]]},
            {
                "row": 4,
                "set": [["m_t", ["+", "m_{t-1}", ["/", ["-", "x_t", "m_{t-1}"], "t"]]]],
            },
            {"row": 5, "set": [["y_t", ["+", ["*", "a", "m_t"], "y_{t-1}"]]]},
        ],
        "old": ["m_t", "x_t", "y_t"],
        "carried": [["m_t", "m_{t-1}"], ["x_t", "x_{t-1}"], ["y_t", "y_{t-1}"]],
        "initial": [["m_0", "m_{t-1}"], ["t", "t"]],
    }


def test_the_rows_stand_as_they_are_printed_with_the_values_of_one_step(checked):
    (panel,), _ = checked(*PLAIN)
    assert [(row["number"], row["depth"], row["role"]) for row in panel["rows"]] == [
        (1, 0, "assign"),
        (2, 0, "loop"),
        (3, 1, "assign"),
        (4, 1, "assign"),
        (5, 1, "assign"),
    ]
    assert panel["rows"][4]["tex"] == r"y_t \leftarrow \textcolor{new}{a\,m_t} + y_{t-1}"
    assert panel["step"] == 2
    assert panel["made"] == {"1": [0.0, 0.0], "2": [4.0], "3": [2.0], "4": [2.5], "5": [12.5]}


def test_flags_of_others_are_left_out_and_a_guard_is_printed(checked):
    (panel,), _ = checked("-m_t &&", "m_t &&", turned=True)
    assert panel["flags"] == {r"\texttt{turned}": {"name": "turned", "value": True}}
    guarded = panel["rows"][4]["tex"]
    assert guarded == r"m_t \leftarrow m_t \qquad \text{if } \texttt{turned}"
    assert panel["program"]["body"][2]["if"] == r"\texttt{turned}"


def test_what_does_not_hold_is_not_run(checked):
    panels, output = checked("(x_t - m_{t-1}) / t", "(x_t - m_{t-1}) / (t + 1)")
    assert panels == [] and "m_t is" in output
    # Nor what has a row that never ran.
    panels, output = checked()
    assert panels == [] and "this row never ran" in output


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ({"step": 3}, "there is no step 3"),
        ({"numbers": {"gain": ["b"]}}, "the run gives no value to gain"),
        ({"given": [[1.0], [None]]}, "what is given is None: a page shows one number"),
        ({"again": True}, "a page shows one item of one run"),
    ],
)
def test_what_a_page_cannot_show_is_a_problem_of_the_check(checked, runs, text):
    panels, output = checked(*PLAIN, **runs)
    assert panels == [] and text in output

"""An algorithm is one in whatever words its loop is said, or is refused by name."""

import pytest

from sidenotes.check.algorithm.program import program
from sidenotes.check.algorithm.words import CONTROL, is_algorithm
from sidenotes.check.formula.tokens import CannotParse, FormulaError

MODULE = '''r"""
$$
%s
$$
"""


def f(total):
    # $$m_t = m_{t-1} + 1$$
    m = total + 1
    return m
'''
RUNS = """
from sidenotes.check.runs import Item, Run, Started
import subject


def start():
    state = {"m": 0.0}

    def step(given):
        state["m"] = subject.f(state["m"])

    return Started([Item(state, %s, lambda: {"m_t": state["m"]})], step)


def runs(device):
    yield Run("run", "f", {}, start, [[1.0], [2.0], [4.0]], ["subject"])
"""


@pytest.fixture
def algorithm(stranger):
    """The check of an algorithm beside a function that counts."""
    stranger.symbols.update({"m_t": ["m"], "m_{t-1}": [], "g_t": ["g"], "T": []})

    def check(*rows, constants="{}"):
        stranger.write("subject.py", MODULE % " \\\\\n".join(rows))
        stranger.write("runs.py", RUNS % constants)
        return stranger.check()

    return check


START = r"m_0 \leftarrow 0"
# Each pass adds 1, however it is said.
GIVEN = [
    r"\text{for each } g_t\text{:}",
    r"\text{for every gradient } g_t\text{:}",
    r"\text{For each gradient } g_t:",
    r"\textbf{for each } g_t \textbf{ do}",
    r"\textbf{for each } g_t",
]
COUNTED = [
    r"\text{for } t = 1, 2, \dots\text{:}",
    r"\text{for } t = 1, \ldots",
    r"\textbf{for} \; t = 1 \; \textbf{to} \; \ldots \; \textbf{do}",
    r"\textbf{for } t=1,2,\dots,T \textbf{ do}",
    r"\text{for } t = 1 \text{ to } T\text{:}",
    r"\text{for } t = 1 \text{ to } \infty\text{:}",
]


@pytest.mark.parametrize("loop", GIVEN + COUNTED)
def test_a_loop_can_be_said_in_several_words(loop, algorithm):
    status, output = algorithm(START, loop, r"\quad m_t \leftarrow m_{t-1} + 1")
    assert status == 0, output
    assert output.split("\n")[2].split()[4] == "3", output
    status, output = algorithm(START, loop, r"\quad m_t \leftarrow m_{t-1} + 2")
    assert status == 1 and "m_t is 1.0, not 2.0\n    in run, step 1" in output, output


@pytest.mark.parametrize("loop", COUNTED)
def test_a_loop_that_counts_gives_t_its_value(loop, algorithm):
    assert algorithm(START, loop, r"\quad m_t \leftarrow t")[0] == 0
    status, output = algorithm(START, loop, r"\quad m_t \leftarrow t^2")
    assert status == 1 and "m_t is 2.0, not 4.0\n    in run, step 2" in output, output
    status, output = algorithm(START, loop, r"\quad m_t \leftarrow m_{t-1} + g_t")
    assert status == 1 and "nothing gives g_t a value" in output, output


@pytest.mark.parametrize("sign", ["=", ":=", r"\gets", r"\longleftarrow"])
def test_a_row_assigns_with_any_sign_that_does(sign, algorithm):
    loop = GIVEN[0]
    assert algorithm(f"m_0 {sign} 0", loop, rf"\quad m_t {sign} m_{{t-1}} + 1")[0] == 0
    assert algorithm(f"m_0 {sign} 0", loop, rf"\quad m_t {sign} m_{{t-1}} + 3")[0] == 1


@pytest.mark.parametrize(
    "start",
    [
        r"\text{Initialize: } m_0 \leftarrow 0",
        r"\textbf{initialise} \; m_0 = 0",
        r"\text{Init:} \\ m_0 = 0",
    ],
)
def test_the_start_can_be_named(start, algorithm):
    status, output = algorithm(start, GIVEN[0], r"\quad m_t \leftarrow m_{t-1} + 1")
    assert status == 0, output


@pytest.mark.parametrize("counted", [r"\text{for } t = 1 \text{ to } T\text{:}"])
def test_a_loop_that_is_known_to_end_elsewhere_is_a_problem(counted, algorithm):
    rows = START, counted, r"\quad m_t \leftarrow m_{t-1} + 1"
    assert algorithm(*rows, constants="{'T': 3}")[0] == 0
    status, output = algorithm(*rows, constants="{'T': 5}")
    assert status == 1 and "the loop makes 5.0 passes, and the run 3 steps" in output, output


# A word, and how to write it.
REFUSED = [
    (r"\text{while } m_t > 0\text{:}", r"'while': write \text{for each … } g_t\text{:}"),
    (r"\text{repeat:}", r"'repeat': write \text{for each … } g_t"),
    (r"\textbf{repeat until converged}", "'repeat': write"),
    (r"\text{until } m_t < 1", "'until': write"),
    (r"\text{loop:}", "'loop': write"),
    (r"\text{foreach } g_t\text{:}", "'foreach': write"),
    (
        r"\text{Input: } m",
        "'input': what a run gives, and what it is to give back, is said in prose",
    ),
    (r"\text{for all } g_t\text{:}", r"\text{each} expected"),
    (r"\text{for } k = 1, 2, \dots\text{:}", "what counts the steps is t"),
    (r"\text{for } t = 0, 1, \dots\text{:}", "t counts from 1"),
    (r"\text{for } t = 1, 3, \dots\text{:}", r"\dots expected"),
    (r"\text{for } t \text{ in time}", "= expected"),
]


@pytest.mark.parametrize(("loop", "message"), REFUSED)
def test_other_words_are_refused_by_name(loop, message, algorithm):
    # A correct algorithm, or one with a slip: neither is taken for definitions.
    for row in (r"\quad m_t \leftarrow m_{t-1} + 1", r"\quad m_t \leftarrow m_{t-1} + 2"):
        status, output = algorithm(START, loop, row)
        assert status == 1 and "cannot be read: " in output and message in output, output


@pytest.mark.parametrize(
    "word",
    [
        r"\text{at every step:}",
        r"\mathbf{for}\; t = 1, 2, \dots",
        r"\operatorname{for} t",
        r"\text{do}",
    ],
)
def test_what_is_no_word_of_an_algorithm_is_a_problem_too(word, algorithm):
    for sign in (r"\leftarrow", ":="):
        status, output = algorithm(f"m_0 {sign} 0", word, rf"\quad m_t {sign} m_{{t-1}} + 1")
        assert status == 1 and "subject.py:" in output, output


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (r"\text{end for}", "'end': how far rows are set in says where a loop or a condition ends"),
        (r"\textbf{return } m_t", "'return': what a run gives"),
        (r"\quad \text{break}", "'break': a pass of the loop goes on to its end"),
        (r"\quad \text{otherwise:}", "'otherwise': not a word of an algorithm"),
        (r"\quad \text{Init: } m_0 \leftarrow 1", "the start is above the loop"),
    ],
)
def test_words_below_the_loop_are_refused_by_name(end, message, algorithm):
    status, output = algorithm(START, GIVEN[0], r"\quad m_t \leftarrow m_{t-1} + 1", end)
    assert status == 1 and message in output, output


def test_every_word_that_controls_makes_a_display_an_algorithm():
    for word in CONTROL:
        for style in (r"\text{%s}", r"\textbf{%s } x", r"\quad \textit{%s:}"):
            assert is_algorithm(rf"x \leftarrow 1 \\ {style % word}"), word
            assert is_algorithm(rf"\begin{{align}} & {style % word} \\ & x = 1 \end{{align}}"), word
        # But for what assigns nothing, and for words within a row.
        assert not is_algorithm(rf"\text{{{word}}} \\ x \ge 1")
        assert not is_algorithm(rf"x = 1 \text{{ {word} }} y")


def test_a_loop_that_counts_counts_by_itself():
    rows = [
        r"s_0 \leftarrow 0",
        r"\text{for } t = 1, 2, \dots",
        r"\quad s_t \leftarrow s_{t-1} + t",
    ]
    env = {}
    made = program(r" \\ ".join(rows), ())
    made.start(env, {})
    for _ in range(4):
        made.run(0.0, env, {})
    assert (env["t"], env["s_t"]) == (4, 10)
    made.refuse_count(4, env)
    for row in (r"\quad t \leftarrow t + 1", r"\quad t = 2"):
        with pytest.raises(CannotParse, match="row 4, .*: the loop counts t already"):
            program(r" \\ ".join([*rows, row]), ())
    ends = program(r" \\ ".join([rows[0], r"\text{for } t = 1 \text{ to } 2T:", rows[2]]), ())
    ends.refuse_count(6, {"T": 3.0})
    ends.refuse_count(6, {})
    with pytest.raises(FormulaError, match="the loop makes 6.0 passes, and the run 5 steps"):
        ends.refuse_count(5, {"T": 3.0})

"""What a module says in formulas, and which statement each formula speaks of."""

import doctest
from pathlib import Path

import pytest
import stating

from sidenotes.check import problems, runs, symbol_table
from sidenotes.check.claims import derivation
from sidenotes.check.values import arrays, compare
from sidenotes.math.symbols import Symbol

TABLE = symbol_table.SymbolTable(
    [
        Symbol("m_t", "mean", ("m", "exp_avg")),
        Symbol("v_t", "square", ("v",)),
        Symbol(r"\beta", "memory", ("beta",)),
        Symbol("g_t", "given", ("grad",)),
    ]
)


def read(text):
    return stating.read(text, TABLE)


def test_a_prime_may_stand_on_either_side_of_the_subscript_in_the_table_too():
    for tex in ("x_t'", "x'_t", r"x^\prime_{t}"):
        table = symbol_table.SymbolTable([Symbol(tex, "another", ("other",))])
        assert table.holders("x'_t") == table.holders("x'_0") == ("other",)


def function(*lines, header="def f(self, state, m, v, grad, beta, torch):"):
    return "\n".join([header, *("    " + line for line in lines)]) + "\n"


CLAIM = r"# $$m_t \leftarrow g_t$$"


@pytest.mark.parametrize(
    ("statement", "made"),
    [
        ("m = grad", "m"),
        ("m: float = grad", "m"),
        ("m += grad", "m"),
        ("v, m = grad, grad", "m"),
        ("m[:] = grad", "m"),
        ("state['exp_avg'] = grad", "state['exp_avg']"),
        ("self.m = grad", "self.m"),
        ("m.copy_(grad)", "m"),
        ("m.mul_(0).add_(grad)", "m"),
        ("self.m.mul_(0)", "self.m"),
        ("state['exp_avg'].copy_(grad)", "state['exp_avg']"),
        ("torch.add(grad, 0, out=m)", "m"),
        ("m.sub(m).add(grad, out=m)", "m"),
        ("return grad", "the value returned"),
        ("self.update(grad)", "the argument handed on"),
    ],
)
def test_what_a_statement_makes(statement, made):
    module = read(function(CLAIM, statement))
    assert module.problems == []
    assert [str(claim.watched.made) for claim in module.claims] == [made]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("v = grad", "the statement below makes v, but the table of symbols gives m, exp_avg"),
        ("state['v'] = grad", "makes state['v'], but"),
        ("v.mul_(2)", "makes v, but"),
        ("v.sqrt_().add_(m)", "makes v, but"),
        ("pass", "makes no value that could be compared"),
        ("return", "makes no value that could be compared"),
        ("if m: m = grad", "makes no value that could be compared"),
        ("m[0] = grad", "makes no value that could be compared"),
    ],
)
def test_a_claim_on_a_statement_that_makes_something_else_is_a_problem(statement, message):
    module = read(function(CLAIM, statement))
    assert module.claims == []
    (problem,) = module.problems
    assert (problem.place.path, problem.place.line) == (Path("demo.py"), 2)
    assert message in problem.text


def test_a_claim_above_else_is_a_problem():
    (problem,) = read(function("if m:", "    m = 1", CLAIM, "else:", "    m = 2")).problems
    assert "no statement begins below" in problem.text


def test_a_formula_that_cannot_be_read_is_named_with_its_line_and_the_rest():
    text = function(r"# First.", "#", r"# $$m_t \leftarrow", r"# g_t + \nonsense{2}$$", "m = grad")
    (problem,) = read(text).problems
    assert problem.place.line == 5
    assert r"\nonsense{2}" in problem.text and "offset" in problem.text


def test_a_display_that_is_never_closed_is_named_with_its_line():
    with pytest.raises(ValueError, match=r"^demo.py:4: \$\$: not closed before the next blank"):
        read('"""\nTitle\n\n$$x\n\nMore\n"""\n')


def test_an_inline_formula_with_an_arrow_is_a_claim_and_one_without_is_not():
    text = function(r"# Here $m_t \leftarrow g_t$, by $1 - \beta$ of the way.", "m = grad")
    (claim,) = read(text).claims
    assert claim.place.line == 2 and claim.watched.statement.first == 3


def test_two_claims_on_one_statement():
    text = function(CLAIM, "#", r"# $$v_t \leftarrow g_t^2$$", "m, v = grad, grad * grad")
    assert [str(claim.watched.made) for claim in read(text).claims] == ["m", "v"]


def test_a_statement_of_several_lines():
    text = function(CLAIM, "m.mul_(", "    0", ").add_(", "    grad", ")")
    (claim,) = read(text).claims
    assert (claim.watched.statement.first, claim.watched.statement.last) == (3, 7)


MODULE = r'''r"""
# Title

$$
\begin{align*}
& m_0 \leftarrow 0 \\
& \text{for each gradient } g_t\text{:} \\
& \quad m_t \leftarrow g_t
\end{align*}
$$

$$m_t = g_t$$

>>> 1 + 1
2

## Other

$$m_t \to \infty$$

As $m_t$ in prose.
"""

# $$\begin{align*}
# v_t &\leftarrow g_t && \text{one} \\
# m_t &\leftarrow g_t
# \end{align*}$$
x = 1


def f(m, grad):
    r"""$$m_t \approx g_t$$"""
    # $$m_t \leftarrow g_t$$
    m = grad
    return m
'''


def test_the_kinds_of_formulas():
    module = read(MODULE)
    assert module.problems == []
    (algorithm,) = module.algorithms
    assert (algorithm.called, algorithm.place.line) == ("demo", 5)
    assert [claim.place.line for claim in module.claims] == [33]
    assert [(d.place.line, d.place.tex) for d in module.definitions] == [
        (25, r"v_t &\leftarrow g_t"),
        (26, r"m_t &\leftarrow g_t"),
    ]
    assert [(d.place.line, bool(d.doctest.below), d.by_algorithm) for d in module.derivations] == [
        (12, True, True),
        (19, False, False),
        (32, False, True),
    ]


OPINIONS = r'''r"""
# Title

> I doubt that $m_t \leftarrow g_t$ is
enough, and would try
>
> $$m_t = 2 g_t$$

And $m_t$.
"""


def f(m, grad):
    # > $$m_t \leftarrow 2 g_t$$
    m = grad
    return m
'''


def test_what_is_set_off_as_a_quotation_is_an_opinion():
    module = read(OPINIONS)
    assert module.problems == [] and module.derivations == []
    # An arrow says what code does: that is checked, quoted or not.
    assert [d.place.line for d in module.definitions] == [4]
    assert [c.place.line for c in module.claims] == [14]
    assert [(o.place.line, o.place.tex) for o in module.opinions] == [
        (7, "m_t = 2 g_t"),
    ]
    # The same, said by nobody in particular.
    module = read(OPINIONS.replace("> ", "").replace(">", ""))
    assert module.opinions == [] and len(module.claims) == len(module.derivations) == 1


def test_a_second_algorithm_is_a_problem():
    begin, end = MODULE.index("$$"), MODULE.index("$$\n\n$$m_t") + 2
    block = MODULE[begin:end]
    (problem,) = read(MODULE[:end] + "\n\n" + block + MODULE[end:]).problems
    assert "a second algorithm in this docstring; the first is demo.py:5" in problem.text


GUARDED = """
def f(state, group, m, grad, rho):
    if group["off"]:
        return m
    if rho < 5:
        return m
    if group["on"] and not group["never"]:
        if rho:
            # $$m_t \\leftarrow g_t$$
            m = grad
    return m
"""


@pytest.mark.parametrize(
    ("flags", "verdicts"),
    [
        ({"off": True, "on": True, "never": False}, [False, None, True, None]),
        ({"off": False, "on": True, "never": False}, [True, None, True, None]),
        ({"off": False, "on": True, "never": True}, [True, None, False, None]),
        ({"off": False, "never": True}, [True, None, False, None]),
        ({"off": False, "on": True}, [True, None, None, None]),
        ({}, [None, None, None, None]),
    ],
)
def test_conditions_are_decided_by_flags_and_by_nothing_else(flags, verdicts):
    (claim,) = read(GUARDED).claims
    assert [guard.verdict(flags) for guard in claim.watched.statement.guards] == verdicts
    assert claim.watched.statement.guards[2].flags({"on", "never", "off"}) == {"on", "never"}


def test_the_branch_of_an_else():
    text = function("if self.on:", "    pass", "else:", f"    {CLAIM}", "    m = grad")
    (claim,) = read(text).claims
    assert [guard.verdict({"on": True}) for guard in claim.watched.statement.guards] == [False]


@pytest.mark.parametrize("module", [compare, arrays, derivation, problems, runs, symbol_table])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0

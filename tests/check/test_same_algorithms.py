r"""That two algorithms are one is proved for every value, and refuted where it is not so."""

from pathlib import Path

import pytest

from checks import exact
from sidenotes.check import checker
from sidenotes.check.claims.identity import Identity
from sidenotes.math import symbols

ROOT = Path(__file__).parents[2]
SYMBOLS = symbols.load(ROOT / "tools/checks/symbols.yml")
NAMES = ("adam", "amsgrad", "radam", "adabelief")
SOURCES = checker.sources([ROOT / f"labml_optim/{name}.py" for name in NAMES])
PROOFS = list(exact.proofs())
AMSGRAD = r"\texttt{amsgrad} \leftarrow 0"
AROUND = (
    r"s_t \leftarrow \beta_2 s_{t-1} + (1 - \beta_2)\,(g_t - m_{t-1})^2,"
    r" s_{t-1} \leftarrow s_{t-1} / \beta_1^2, \alpha \leftarrow \alpha / \beta_1,"
    r" \lambda \leftarrow \beta_1\lambda,"
)
ROOTED = r"\theta_t \leftarrow \tilde\theta_{t-1} - \alpha\,\frac{\hat m_t}{\sqrt{\hat s_t}}"


def stated(tex, monkeypatch):
    """What becomes of an identity in a note."""
    monkeypatch.setattr(checker.Prover, "prove", lambda self, proofs: self.proved)
    note = Path("note.py")
    text = f'r"""\n# A note\n\n$$\n{tex}\n$$\n"""\n'
    sources = {**SOURCES, note: text}
    table = checker.SymbolTable(SYMBOLS)
    every = [e for p, t in sources.items() for e in checker.stated(p, t, table)]
    context = checker.Context(table, checker.Tracer(table), every)
    prover = checker.Prover(context, lambda run: None)
    (found,) = (each for each in every if each.place.path == note)
    if isinstance(found, Identity):
        prover._prove_identity(found, PROOFS)
    return found


TRUE = {
    "AMSGrad without its maximum": rf"\text{{AMSGrad}}\big|_{{{AMSGRAD}}} \equiv \text{{Adam}}",
    "RAdam with r = 1": rf"\text{{RAdam}}|_{{r_t \leftarrow 1, {AMSGRAD}}} \equiv \text{{Adam}}"
    r" \quad \text{if } \rho_t \ge 5",
    "around the mean before": rf"\text{{adabelief}}|_{{{AROUND} \epsilon \leftarrow \epsilon /"
    rf" \beta_1^2, {ROOTED}}} \equiv \text{{adabelief}}|_{{{ROOTED}}}",
    "the folded form": r"\text{Adam}|_{\texttt{optimized\_update} \leftarrow 1, \hat\epsilon"
    r" \leftarrow \epsilon\sqrt{1 - \beta_2^t}} \equiv \text{Adam}|_{\texttt{optimized\_update}"
    r" \leftarrow 0}",
    "decay as a gradient": r"\text{Adam}|_{\texttt{weight\_decouple} \leftarrow 0,"
    r" \texttt{maximize} \leftarrow 0} \equiv \text{Adam}|_{g_t \leftarrow g_t +"
    r" \lambda\theta_{t-1}, \lambda \leftarrow 0, \texttt{maximize} \leftarrow 0}",
    "one below the other": r"\text{AMSGrad}\big|_{\substack{\texttt{amsgrad} \leftarrow 0 \\"
    r" \alpha \leftarrow 2\alpha, \\ \lambda \leftarrow \lambda / 2}}"
    r" \equiv \text{Adam}|_{\substack{\alpha \leftarrow 2\alpha, \lambda \leftarrow \lambda / 2}}",
    "the head and all flags": r"\text{adam.Adam}|_{\texttt{maximize} \leftarrow 0,"
    r" \texttt{weight\_decouple} \leftarrow 1, \texttt{absolute} \leftarrow 0,"
    r" \texttt{optimized\_update} \leftarrow 0} \equiv \text{adam}",
}


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name, monkeypatch):
    found = stated(TRUE[name], monkeypatch)
    assert found.proved and not found.problems, [str(each) for each in found.problems]


FALSE = {
    "AMSGrad is not Adam": r"\text{AMSGrad} \equiv \text{Adam}",
    "nor with a head start": rf"\text{{AMSGrad}}|_{{{AMSGRAD}, v_{{t-1}} \leftarrow v_{{t-1}} + 1}}"
    r" \equiv \text{Adam}",
    "RAdam's first steps": rf"\text{{RAdam}}|_{{r_t \leftarrow 1, {AMSGRAD}}} \equiv \text{{Adam}}",
    "the parameter is forgotten": r"\text{adabelief}|_{\tilde\theta_{t-1} \leftarrow \lambda}"
    r" \equiv \text{adabelief}",
    "rho is 5": TRUE["RAdam with r = 1"].replace(r"\ge 5", r"\ge 4"),
    "r is not 1": TRUE["RAdam with r = 1"].replace(r"r_t \leftarrow 1, ", ""),
    "epsilon as it was": TRUE["around the mean before"].replace(
        r"\epsilon / \beta_1^2", r"\epsilon"
    ),
    "alpha times beta": TRUE["around the mean before"].replace(
        r"\alpha / \beta_1", r"\alpha\beta_1"
    ),
    "decay as it was": TRUE["around the mean before"].replace(r"\beta_1\lambda", r"\lambda"),
    "with the outer epsilon": TRUE["around the mean before"].replace(
        ROOTED, ROOTED.replace(r"\hat s_t}}", r"\hat s_t} + \epsilon}")
    ),
    "the other root": TRUE["the folded form"].replace(r"\beta_2^t}", r"\beta_1^t}"),
    "the step before": TRUE["the folded form"].replace(r"\beta_2^t}", r"\beta_2^{t-1}}"),
    "decay after the sign": TRUE["decay as a gradient"].replace(
        r", \texttt{maximize} \leftarrow 0}", "}"
    ),
    "decay of the wrong sign": TRUE["decay as a gradient"].replace(r"g_t +", "g_t -"),
    "another count": r"\text{Adam}|_{t \leftarrow t + 1, \beta_1 \leftarrow 0, \beta_2 \leftarrow"
    r" 0} \equiv \text{Adam}|_{t \leftarrow t + 2, \beta_1 \leftarrow 0, \beta_2 \leftarrow 0}",
    "another head": TRUE["the head and all flags"].replace(
        r"\equiv \text{adam}", r"\equiv \text{amsgrad}"
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_refuted(name, monkeypatch):
    assert FALSE[name] not in TRUE.values()
    found = stated(FALSE[name], monkeypatch)
    assert not found.proved
    assert any("not the same" in problem.text for problem in found.problems), found.problems


WRONG = {
    r"\text{AMSGrad} \equiv \text{Adam} \equiv \text{RAdam}": "one sign in a display",
    r"\text{Lion} \equiv \text{Adam}": "Lion is not the name of one algorithm",
    r"\text{Adam}|_{\rho_t \leftarrow 5} \equiv \text{Adam}": "neither given to this algorithm",
    r"\text{Adam}|_{\alpha \leftarrow 2\mu} \equiv \text{Adam}": r"no proof says which numbers \mu",
    r"\text{Adam} \equiv \text{Adam}|_{m_{t-1} \leftarrow 0}": "at the right, what is remembered",
    r"\text{Adam} \equiv \text{Adam} \quad \text{if } 2 < 1": "never holds",
    r"\text{Adam}|_{\texttt{amsgrad} \leftarrow 0} \equiv \text{Adam}": "Adam has no flag amsgrad",
    r"\text{Adam}|_{\alpha \leftarrow 1, \alpha \leftarrow 2} \equiv \text{Adam}": "two things",
    r"\text{Adam}|_{\texttt{maximize} \leftarrow 1, \texttt{maximize} \leftarrow 0} \equiv"
    r" \text{Adam}": "maximize is two things",
    # Of the step before nothing is known but what is carried on.
    rf"\text{{RAdam}}|_{{r_t \leftarrow 1, {AMSGRAD}}} \equiv \text{{Adam}}"
    r" \quad \text{if } \rho_{t-1} \ge 5": r"nothing gives \rho_{t-1} a value",
    r"\text{Adam}|_{\alpha \leftarrow 1 && \text{if } t > 5} \equiv \text{Adam}": "always",
    r"\text{Adam}|_{\alpha} \equiv \text{Adam}": "cannot be read",
    r"\text{Adam}|_{r_t \leftarrow \log(t)} \equiv \text{Adam}": "neither given",
    r"\text{Adam}|_{\lambda \leftarrow \log(t)} \equiv \text{Adam}": "no exact value",
}


@pytest.mark.parametrize("tex", WRONG)
def test_what_is_no_identity_is_told(tex, monkeypatch):
    (problem,) = stated(tex, monkeypatch).problems
    assert WRONG[tex] in problem.text


def test_what_an_algorithm_remembers_by_itself_is_told(monkeypatch):
    """Its first step is Adam's, and the others are none."""
    path = ROOT / "labml_optim/adam.py"
    head, line, own = SOURCES[path].partition("class Adam(")
    row = r"& \quad \theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t / d_t"
    start = r"\quad t \leftarrow 0"
    assert start in own and row in own
    own = own.replace(start, rf"{start}, \quad \mu \leftarrow 1", 1)
    own = own.replace(
        row, row.replace(r"\alpha_t", r"\mu\,\alpha_t") + r" \\ & \quad \mu \leftarrow 0"
    )
    monkeypatch.setitem(SOURCES, path, head + line + own)
    (problem,) = stated(TRUE["AMSGrad without its maximum"], monkeypatch).problems
    assert r"\mu is not what it was" in problem.text


def test_without_proofs_it_is_a_problem():
    note = {Path("note.py"): 'r"""\n# A note\n\n$$\n\\text{Adam} \\equiv \\text{Adam}\n$$\n"""\n'}
    (problem,) = checker.check({**SOURCES, **note}, [], SYMBOLS).of(Identity)[0].problems
    assert "never proved" in problem.text

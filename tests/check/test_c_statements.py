"""Formulas beside lines of C: what they are compared with, and what is found."""

import ctypes
import doctest
import re
import shutil
import subprocess
import sys

import pytest
import stating

from sidenotes.check import checker
from sidenotes.check.claims.claim import Claim
from sidenotes.check.runs import Item, Run, Started
from sidenotes.check.statements import c as in_c
from sidenotes.check.symbol_table import SymbolTable
from sidenotes.check.watch import instrument, readings
from sidenotes.languages.sections import numbered
from sidenotes.math.symbols import Symbol

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
COMPILES = pytest.mark.skipif(not COMPILER, reason="there is no C compiler")

SYMBOLS = [
    Symbol("x_t", "place", ("x",)),
    Symbol("x_{t-1}", "place before"),
    Symbol("m_t", "mean", ("m", "mean")),
    Symbol("m_{t-1}", "mean before"),
    Symbol("g_t", "given", ("grad",)),
    Symbol("d_t", "step", ("step",)),
    Symbol(r"\beta", "memory", ("beta",)),
    Symbol(r"\alpha", "rate", ("rate",)),
]
TABLE = SymbolTable(SYMBOLS)

SOURCE = r"""/*
# Momentum

Prose with a formula that states nothing, $x_t$.
*/
static double pulled(double grad, double m, double beta) {
  // $$m_t \leftarrow \beta m_{t-1} + g_t$$
  m = beta * m + grad;
  return m;
}

void momentum(int count, double *xs, double *ms, const double *grads, double rate, double beta,
              int signs) {
  for (int i = 0; i < count; i++) {
    const double grad = grads[i];
    double x = xs[i];
    double mean = pulled(grad, ms[i], beta);
    if (signs) {
      // $$d_t \leftarrow \alpha\,\frac{m_t}{|m_t|}$$
      double step = mean > 0 ? rate : -rate;
      x -= step;
    } else {
      // $$d_t \leftarrow \alpha m_t$$
      double step = rate * mean;
      // $$x_t \leftarrow x_{t-1} - d_t$$
      x -= step;
    }
    xs[i] = x;
    ms[i] = mean;
  }
}
"""


def read(text, path="demo.c"):
    return stating.read(text, TABLE, path)


def body(*lines, header="void f(double m, double beta, double grad, double *ms)"):
    return "\n".join([f"{header} {{", *(f"  {line}" for line in lines), "}"]) + "\n"


CLAIM = r"// $$m_t \leftarrow g_t$$"


@pytest.mark.parametrize("module", [in_c, instrument, readings])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("statement", "made"),
    [
        ("m = grad;", "m"),
        ("m += grad;", "m"),
        ("m <<= 1;", "m"),
        ("double mean = grad;", "mean"),
        ("const double beta2 = 1, mean = grad;", "mean"),
        ("unsigned long mean =\n    grad\n  ;", "mean"),
    ],
)
def test_what_a_statement_makes(statement, made):
    module = read(body(CLAIM, statement))
    assert module.problems == []
    assert [str(claim.watched.made) for claim in module.claims] == [made]


NOTHING = "the statement below makes no value that could be compared"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("beta = grad;", "the statement below makes beta, but the table of symbols gives m, mean"),
        ("double *p = ms, m2 = 1;", "makes p and m2, but"),
        ("double mean;", NOTHING),
        ("m == grad;", NOTHING),
        ("m <= grad;", NOTHING),
        ("ms[0] = grad;", NOTHING),
        ("*ms = grad;", NOTHING),
        ("if (beta) m = grad;", NOTHING),
        ("return;", NOTHING),
        ("#if 1\n  m = grad;\n#endif", "no statement begins below this formula"),
        ("", "no statement begins below this formula"),
    ],
)
def test_a_claim_on_a_statement_that_makes_something_else_is_a_problem(statement, message):
    module = read(body(CLAIM, statement))
    (problem,) = module.problems
    assert message in problem.text and str(problem.place) == "demo.c:2"


def test_a_formula_that_cannot_be_read_is_a_problem_with_its_line():
    (problem,) = read(body("m = 1;", r"// $$m_t \leftarrow \spam g_t$$", "m = grad;")).problems
    assert str(problem.place) == "demo.c:3" and problem.text.startswith("cannot be read: ")


def test_what_stands_outside_of_functions_is_no_claim():
    text = "// $$m_t \\leftarrow g_t$$\nstatic double m = 1;\n\n" + body("m = grad;")
    module = read(text)
    assert module.claims == [] and len(module.definitions) == 1


@pytest.mark.parametrize(
    ("lines", "guards"),
    [
        (["if (a) {", CLAIM, "m = grad;", "}"], ["a True"]),
        (["if (!a && b) {", CLAIM, "m = grad;", "}"], ["not a and b True"]),
        (["if (with->a || b) {", CLAIM, "m = grad;", "}"], ["with_.a or b True"]),
        (["if (a) {", "} else {", CLAIM, "m = grad;", "}"], ["a False"]),
        (["if (a) m = 1;", "else {", CLAIM, "m = grad;", "}"], ["a False"]),
        (
            ["if (a) {", "m = 1;", "} else if (b) {", CLAIM, "m = grad;", "}"],
            ["b True", "a False"],
        ),
        (
            ["if (a) {", "} else if (b) {", "} else {", CLAIM, "m = grad;", "}"],
            ["b False", "a False"],
        ),
        (["while (a) {", CLAIM, "m = grad;", "}"], []),
        (["if (a) {", "m = 1;", "}", CLAIM, "m = grad;"], []),
        (["if ((int)x) {", CLAIM, "m = grad;", "}"], ["... True"]),
        (["if (a) {", "for (;;) {", "if (b) {", CLAIM, "m = grad;", "}}}"], ["a True", "b True"]),
    ],
)
def test_the_conditions_around_a_statement(lines, guards):
    import ast

    text = body(*lines).replace("with->", "with_->")
    (claim,) = read(text).claims
    found = [f"{ast.unparse(guard.test)} {guard.holds}" for guard in claim.watched.statement.guards]
    assert found == guards


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["m = 1;"], "m beta grad"),
        (["double x = 1, *y, z[3];", "m = 1;"], "m beta grad x"),
        (["{ double x = 1; }", "m = 1;"], "m beta grad"),
        (["for (int i = 0, j = 1; i < 3; i++) {", "m = 1;", "}"], "m beta grad i j"),
        (["double *m = ms;", "m = 1;"], "beta grad"),
        (["m = 1;", "double x = 1;"], "m beta grad"),
        (["return f(1, 2, 3, ms);", "m = 1;"], "m beta grad"),
    ],
)
def test_the_numbers_that_have_a_name_where_a_statement_begins(lines, names):
    text = body(*lines)
    line = text.split("\n").index("  m = 1;") + 1
    assert sorted(in_c.Statements(text).numbers(line)) == sorted(names.split())


def test_an_attribute_is_no_parameter():
    text = body("m = 1;", header="static __attribute__((noinline)) void f(double m, int k)")
    assert in_c.Statements(text).numbers(2) == ["m", "k"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_stand_around_what_is_there_and_add_no_line_above_it(end):
    text = SOURCE.replace("\n", end)
    module = read(text)
    found = instrument.instrument(text, [c.watched for c in module.claims], TABLE).text
    assert re.sub(r" \{ extern [^}]* \} ", "", found) == f"{text}\n{instrument.DECLARED}\n"
    lines = numbered(found)[1]
    changed = {n for n, line in enumerate(lines) if "extern" in line}
    heads = {n for n, line in enumerate(lines) if re.match(r"static double|  .*int signs", line)}
    assert changed == heads | {claim.watched.statement.first for claim in module.claims}


# ## Running it


@pytest.fixture
def world(tmp_path):
    """Checks the source with some changes in it, on two runs of two steps."""

    def build(*changes):
        text = SOURCE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "momentum.c"
        path.write_text(text)
        every = [run(path, signs) for signs in (False, True)]
        return checker.check({path: text}, every, SYMBOLS)

    return build


def run(path, signs):
    def start(text):
        library = compiled(text, path.parent)
        items = [([1.0, 2.0, -3.0], [0.0] * 3), ([5.0], [0.0])]
        heard = []
        report = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_double)
        hear = report(lambda mark, value: heard[-1].append((mark, value)))
        pointer = ctypes.c_void_p.in_dll(library, instrument.REPORT)
        pointer.value = ctypes.cast(hear, ctypes.c_void_p).value

        def step(given):
            heard.clear()
            for (xs, ms), grads in zip(items, given, strict=True):
                heard.append([])
                if grads is not None:
                    arrays = [(ctypes.c_double * len(xs))(*own) for own in (xs, ms, grads)]
                    numbers = map(ctypes.c_double, (0.5, 0.25))
                    library.momentum(len(xs), *arrays, *numbers, int(signs))
                    xs[:], ms[:] = arrays[0], arrays[1]
            return [list(own) for own in heard]

        constants = {r"\alpha": 0.5, r"\beta": 0.25}
        return Started([item(own, constants, hear) for own in items], step)

    given = [((1.0, -2.0, 3.0), (4.0,)), ((2.0, 2.0, -1.0), None), ((1.0, 5.0, 7.0), (2.0,))]
    name = f"Momentum(signs={signs})"
    return Run(name, "Momentum", {"signs": signs}, start, given, source=path)


def item(own, constants, kept):
    # The function that is called from C must not be forgotten as long as the run lasts.
    return Item(kept, constants, lambda: {"x_t": tuple(own[0]), "m_t": tuple(own[1])})


def compiled(text, folder):
    source = folder / f"marked{len(list(folder.iterdir()))}.c"
    source.write_text(text)
    library = source.with_suffix(".so")
    subprocess.run([COMPILER, "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    return ctypes.CDLL(str(library))


def texts(result):
    return [str(problem) for problem in result.problems]


@COMPILES
def test_each_claim_is_compared_for_each_item_and_step(world):
    result = world()
    assert texts(result) == []
    checks = {c.place.tex.split()[0]: c.watched.checks for c in result.of(Claim)}
    # Two items in three steps, one of which one sits out; both runs come to the first claim.
    # The two of the step size have a run each.
    assert [claim.watched.checks for claim in result.of(Claim)] == [10, 5, 5, 5], checks


@COMPILES
def test_a_failure_names_file_line_formula_run_step_item_and_values(world):
    result = world(("beta * m + grad;", "beta * m - grad;"))
    first = texts(result)[0]
    assert first.split("\n")[0].endswith(r"momentum.c:7: m_t \leftarrow \beta m_{t-1} + g_t")
    assert first.split("\n")[1:] == [
        "    m is -1.0, not 1.0, in element 1 of 3",
        "    in Momentum(signs=False), step 1, item 1",
        "    where \\beta = 0.25, g_t = (1.0, -2.0, 3.0), m_{t-1} = (0.0, 0.0, 0.0)",
    ]


SLIPS = {
    "a formula": (r"m_{t-1} + g_t$$", r"m_{t-1} + g_t^2$$"),
    "the other beta": (r"\leftarrow \beta m_{t-1}", r"\leftarrow \alpha m_{t-1}"),
    "a line": ("step = rate * mean;", "step = rate + mean;"),
    "a sign": ("      x -= step;\n    }\n    xs", "      x += step;\n    }\n    xs"),
    "not a number": ("step = rate * mean;", "step = rate * mean + 0.0 / (count - count);"),
    "an element left out": ("int i = 0; i < count", "int i = 0; i < count && (!i || signs)"),
    "not in their order": ("for (int i = 0; i < count; i++)", "for (int i = count; i-- > 0;)"),
}


@COMPILES
@pytest.mark.parametrize("what", SLIPS)
def test_what_does_not_hold_is_found(what, world):
    assert texts(world(SLIPS[what])) != []


ERRORS = {
    "a symbol without a name in the table": (
        (r"\leftarrow \alpha m_t", r"\leftarrow \gamma m_t"),
        r"\gamma has no value: no name is given",
    ),
    "a symbol whose name is not in scope": (
        (r"\leftarrow \beta m_{t-1} + g_t", r"\leftarrow \beta m_{t-1} + d_t"),
        "d_t has no value: nothing here is called step",
    ),
    "a pointer is no number": (
        ("const double grad = grads[i];", "const double *grad = grads;"),
        "g_t has no value",
    ),
    "a line that is never reached": (
        ("if (signs) {", "if (signs && rate > 9) {"),
        "never checked for Momentum(signs=True)",
    ),
    "a condition that does not hold": (
        ("  for (int i = 0; i < count", "  signs = !signs;\n  for (int i = 0; i < count"),
        "checked, although its condition does not hold, for Momentum(signs=False)",
    ),
    "a function that nobody calls": (
        ("pulled(grad, ms[i], beta)", "beta * ms[i] + grad"),
        "never checked: no run calls pulled",
    ),
    "a branch of the preprocessor that is not compiled": (
        ("static double pulled", "#ifdef OTHER\nstatic double unused(double m, double grad) {\n"
         "  // $$m_t \\leftarrow g_t$$\n  m = grad;\n  return m;\n}\n#endif\nstatic double pulled"),
        "never checked: no run calls unused",
    ),
    "the symbol after the update": (
        (r"\leftarrow \beta m_{t-1} + g_t", r"\leftarrow \beta m_t + g_t"),
        "the right side says m_t, and reads m_{t-1} each time",
    ),
}  # fmt: skip


@COMPILES
@pytest.mark.parametrize("what", ERRORS)
def test_what_cannot_be_checked_is_an_error(what, world):
    change, message = ERRORS[what]
    changes = [change]
    if what.startswith("a pointer"):
        changes += [("pulled(grad, ms[i]", "pulled(grads[i], ms[i]")]
        changes += [(r"d_t \leftarrow \alpha m_t", r"d_t \leftarrow \alpha m_t + 0 g_t")]
    found = texts(world(*changes))
    assert any(message in text for text in found), found


@COMPILES
def test_a_text_that_does_not_compile_shows_under_the_name_of_the_run(world):
    result = world(("return m;", "return m"))
    assert [str(problem.place) for problem in result.problems[:2]] == [
        "Momentum(signs=False)",
        "Momentum(signs=True)",
    ]


def test_a_run_whose_source_is_not_checked_gets_it_as_it_stands(tmp_path):
    path = tmp_path / "momentum.c"
    path.write_text(SOURCE)
    seen = []

    def start(text):
        seen.append(text)
        return Started([], lambda given: [])

    other = tmp_path / "other.py"
    one = Run("one", "Momentum", {}, start, [[]], source=path)
    assert checker.check({other: ""}, [one], SYMBOLS).problems == []
    assert seen == [SOURCE]


@COMPILES
def test_a_loop_over_the_elements_knows_no_shape(world, monkeypatch):
    def as_matrix(own, constants, kept):
        return Item(kept, constants, lambda: {"x_t": (tuple(own[0]),), "m_t": (tuple(own[1]),)})

    monkeypatch.setattr(sys.modules[__name__], "item", as_matrix)
    assert texts(world()) == []
    assert any(
        "x is " in text
        for text in texts(world(("x -= step;\n    }\n    xs", "x += step;\n    }\n    xs")))
    )

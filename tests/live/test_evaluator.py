"""What a page computes is what the optimizers compute, and a slip in the evaluator is found."""

import json
import math
from functools import cache
from random import Random

import pytest
import quickjs
from evaluating import ROOT, SOURCE, Engine, error, programs, row_error, settings, state_error

from checks.catalog import CATALOG
from sidenotes.check.algorithm.export import FUNCTIONS, OPERATORS, exported, formula
from sidenotes.check.algorithm.program import program
from sidenotes.check.formula import tree
from sidenotes.check.formula.tokens import FormulaError
from sidenotes.check.values.evaluator import evaluate

# The sums of an optimizer are those of its formulas in another order: in 40 steps they lose three
# digits of sixteen.
ALLOWED = 1e-12


@cache
def drawn():
    """The settings, what the real optimizers do with them, and what the rows make in Python."""
    return [(setting, list(setting.real()), list(setting.rows())) for setting in settings(200)]


def test_no_optimizer_is_written_in_javascript():
    scripts = [*ROOT.glob("tools/sidenotes/assets/live*.js"), ROOT / "docs/assets/surfaces.js"]
    assert len(scripts) > 5
    words = {row.name.lower() for row in CATALOG} | {flag for row in CATALOG for flag in row.flags}
    symbols = {"beta", "theta", "alpha", "epsilon", "m_t", "v_t", "s_t"}
    for script in scripts:
        text = f"{SOURCE}{script.read_text('utf-8')}".lower()
        assert {word for word in words | symbols if word in text} == set(), script.name


def test_the_settings_have_every_class_flag_and_decay():
    found = [setting for setting, _, _ in drawn()]
    assert len(found) == 200
    for row in CATALOG:
        own = [setting for setting in found if setting.row is row]
        for flag in (*row.flags, "weight_decouple", "absolute"):
            assert {setting.flags[flag] for setting in own} == {True, False}
        assert {setting.group["weight_decay"] > 0 for setting in own} == {True, False}
        assert all(len(setting.given) == 40 for setting in own)


def test_the_evaluator_computes_what_the_optimizers_compute():
    engine = Engine()
    errors = [state_error(engine.answer(setting), real) for setting, real, _ in drawn()]
    assert max(errors) <= ALLOWED


def test_each_row_makes_what_it_makes_in_the_check():
    engine = Engine()
    errors = [row_error(engine.answer(setting), rows) for setting, _, rows in drawn()]
    assert max(errors) <= ALLOWED
    # Each row runs in some setting.
    for name, each in programs().items():
        ran = {n for s, _, rows in drawn() if s.row.name == name for step in rows for n in step}
        above = each.rows.index(each.nested.loop)
        assert {row.number for row in each.rows[above:]} == ran


# ## What no optimizer needs


def trees(count):
    """Formulas of all that an evaluator knows."""
    draw = Random(5)

    def condition(depth):
        a, b = expression(depth - 1), expression(depth - 1)
        compared = tree.Compare(draw.choice(("<", "<=", ">", ">=", "=", "!=")), a, b)
        if depth < 2:
            return compared
        other = condition(depth - 1)
        return draw.choice([tree.Not(other), tree.Logic("and", compared, other), compared])

    def expression(depth):
        if depth <= 0:
            return draw.choice(
                [tree.Name("x"), tree.Name("y"), tree.Number(draw.randint(1, 9) / 2)]
            )
        own = [expression(depth - draw.randint(1, 2)) for _ in range(3)]
        kind = draw.randrange(9)
        if kind < 3:
            return tree.Binary(draw.choice([*OPERATORS]), own[0], own[1])
        if kind < 6:
            name = draw.choice(sorted(FUNCTIONS))
            size = {"max": 3, "min": 2, "clip": 3}.get(name, 1)
            return tree.Call(name, tuple(own[:size]))
        if kind == 6:
            return tree.Minus(own[0])
        if kind == 7:
            return tree.Root(own[0], draw.choice((2, 3, 4)))
        first = tree.Case(own[0], tree.Logic("or", condition(1), condition(2)))
        return tree.Cases((first, tree.Case(own[1], None)))

    for _ in range(count):
        yield expression(4), {"x": draw.uniform(-3, 3), "y": draw.uniform(-3, 3)}


@cache
def valued():
    """Those of the formulas that have a number for a value."""
    found = []
    for node, env in trees(3000):
        try:
            value = evaluate(node, env)
        except FormulaError:
            # Two cases that are not numbers are never equal.
            continue
        # In a large power, the last bits of its exponent are seen.
        if not math.isnan(value) and (math.isinf(value) or abs(value) < 1e6):
            found.append((node, env, value))
    assert len(found) > 1000
    return found


def formula_error(source):
    """The largest error of the drawn formulas."""
    code = (
        "function ask(text) { const [node, env] = JSON.parse(text);"
        " return String(sidenotesEvaluator.value(node, new Map(Object.entries(env)))); }"
    )
    ask, largest = quickjs.Function("ask", f"{source}\n{code}"), 0.0
    for node, env, expected in valued():
        found = float(ask(json.dumps([formula(node), env]), run_gc=False))
        # Python has no -0 for what is rounded up from -0.5, so 1 by it has another sign.
        same = math.isinf(found) and math.isinf(expected)
        largest = max(largest, 0.0 if same else error(found, expected))
    return largest


def test_all_that_can_be_exported_is_computed_as_in_the_check():
    # The functions of the C library and of the engine differ in the last bits.
    assert formula_error(SOURCE) < 1e-9


def test_the_evaluator_knows_what_can_be_exported_and_nothing_else():
    names = set(
        json.loads(quickjs.Context().eval(f"{SOURCE}\nJSON.stringify(sidenotesEvaluator.names)"))
    )
    signs = {"negative", "root", "<", "<=", ">", ">=", "=", "!=", "not", "and", "or", "cases"}
    assert names == FUNCTIONS | {*OPERATORS.values()} | signs


def test_what_is_about_whole_arrays_is_not_exported():
    rows = r"& \text{for each } g_t\text{:} \\ & \quad x_t \leftarrow \operatorname{mean}(g_t)"
    with pytest.raises(FormulaError, match="cannot be computed on a page"):
        exported(program(rf"\begin{{align*}} {rows} \end{{align*}}", ()))


def test_what_has_no_value_is_an_error():
    code = "function ask() { return sidenotesEvaluator.value('x', new Map()); }"
    ask = quickjs.Function("ask", f"{SOURCE}\n{code}")
    with pytest.raises(quickjs.JSException, match="nothing gives x a value"):
        ask()


# ## Slips

MUTANTS = [
    ('"+": (a, b) => a + b', '"+": (a, b) => a - b'),
    ('"-": (a, b) => a - b', '"-": (a, b) => b - a'),
    ('"*": (a, b) => a * b', '"*": (a, b) => a * a'),
    ('"/": (a, b) => a / b', '"/": (a, b) => b / a'),
    ('"/": (a, b) => a / b', '"/": (a, b) => (b ? a / b : 0)'),
    ('"^": power', '"^": (a, b) => power(b, a)'),
    ('"^": power', '"^": (a, b) => power(a, b + 1)'),
    ("if (n % 2) made", "if (n % 4) made"),
    ("made = [1, 0]", "made = [1, 1e-9]"),
    ("size < 1e150 ? whole(a, b)", "size < 1e150 ? whole(a, 2)"),
    ("negative: (a) => -a", "negative: (a) => a"),
    ("return Math.sqrt(x)", "return Math.cbrt(x)"),
    ("Math.pow(Math.abs(x), 1 / degree) :", "Math.pow(x, 1 / degree) :"),
    ("rest < 0 !== b < 0", "rest < 0"),
    ('"<": (a, b) => a < b', '"<": (a, b) => a > b'),
    ('">=": (a, b) => a >= b', '">=": (a, b) => a <= b'),
    ('"=": (a, b) => a === b', '"=": (a, b) => true'),
    ("not: (a) => !a", "not: (a) => a"),
    ("value(a, env) && value(b, env)", "value(a, env) || value(b, env)"),
    ("value(a, env) || value(b, env)", "value(a, env) && value(b, env)"),
    ("condition === true || value(condition, env)", "condition === true || !value(condition, env)"),
    ("return value(found[1], env)", "return value(cases[0][1], env)"),
    ("Math.min(Math.max(x, low), high)", "Math.max(Math.min(x, low), high)"),
    ("relu: (x) => Math.max(x, 0)", "relu: (x) => Math.min(x, 0)"),
    ("1 / (1 + Math.exp(-x))", "1 / (1 + Math.exp(x))"),
    ("functions[name] = Math[name];", "functions[name] = Math[name === 'max' ? 'min' : name];"),
    ("functions[name] = Math[name];", "functions[name] = Math[name === 'floor' ? 'ceil' : name];"),
    ("parts.map((part) => value(part, env))", "parts.reverse().map((part) => value(part, env))"),
    ("if (holds) made.set(row, [])", "made.set(row, [])"),
    (
        "condition === undefined || value(condition, env)",
        "condition === undefined || !value(condition, env)",
    ),
    ("condition === undefined || value(condition, env)", "condition === undefined"),
    ("condition === undefined || value(condition, env)", "true"),
    ("execute(holds ? then : otherwise,", "execute(holds ? otherwise : then,"),
    ("execute(holds ? then : otherwise,", "execute(then,"),
    ("if (!holds && other)", "if (holds && other)"),
    ("of statements) {", "of [...statements].reverse()) {"),
    ("for (const [name, formula] of set) {", "for (const [name, formula] of set.slice(1)) {"),
    ("env.set(name, value(formula, env))", "env.has(name) || env.set(name, value(formula, env))"),
    ("state.set(before, state.get(name))", "state.set(before, 1)"),
    (
        "for (const name of old) state.delete(name);",
        "for (const name of carried) state.delete(name[1]);",
    ),
    ("state.set(variable, given)", "state.set(variable, before.get(variable) ?? given)"),
    ("state.set(next, state.get(name))", "state.set(next, before.get(name) ?? state.get(name))"),
    (
        "return { state, made };\n  };\n\n  return",
        "return { state: before, made };\n  };\n\n  return",
    ),
    ("state = new Map(before), made", "state = before, made"),
]


def caught(source):
    """Whether a comparison finds what is wrong with an evaluator."""
    try:
        engine = Engine(source)
        for setting, real, rows in drawn()[:60]:
            answer = engine.answer(setting)
            if state_error(answer, real) > ALLOWED or row_error(answer, rows) > ALLOWED:
                return True
        return formula_error(source) > 1e-9
    except quickjs.JSException:
        return True


def test_there_are_more_than_twenty_slips():
    assert len(MUTANTS) > 20


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_slip_in_the_evaluator_is_caught(old, new):
    assert SOURCE.count(old) == 1
    assert caught(SOURCE.replace(old, new))

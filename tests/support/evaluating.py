"""The algorithms of the optimizers as data, drawn settings, and what the classes do with them."""

import json
import math
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import quickjs

from checks.catalog import CATALOG, MODES, Entry
from checks.optimizers import first_shown, start
from sidenotes.check.algorithm.export import exported
from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.registry import stated
from sidenotes.check.formula.tree import flag_key
from sidenotes.check.symbol_table import SymbolTable
from sidenotes.check.values.arrays import plain
from sidenotes.math.symbols import load

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "tools/sidenotes/assets/evaluator.js").read_text("utf-8")
STEPS = 40
# What a test asks of the evaluator: all states of a run, with what each row made. Each step is made
# twice, since a page goes back and forth: the first must leave the state as it was.
ASKED = """
function ask(text) {
  const { program, values, given } = JSON.parse(text);
  let { state } = sidenotesEvaluator.start(program, values);
  return JSON.stringify(given.map((number) => {
    sidenotesEvaluator.step(program, state, number);
    const next = sidenotesEvaluator.step(program, state, number);
    state = next.state;
    return { state: Object.fromEntries(state), made: Object.fromEntries(next.made) };
  }));
}
"""


def file_of(name):
    return ROOT / f"labml_optim/{name.lower()}.py"


@cache
def programs():
    """What the docstring of each class says, by the name of the class."""
    table, found = SymbolTable(load(ROOT / "tools/checks/symbols.yml")), {}
    for row in CATALOG:
        path = file_of(row.name)
        for each in stated(path, path.read_text("utf-8"), table):
            if isinstance(each, Algorithm) and each.called.endswith(f".{row.name}"):
                found[row.name] = each.program
    return found


@dataclass(frozen=True)
class Setting:
    row: Entry
    flags: dict
    group: dict
    theta: float
    given: list

    def asked(self):
        """What a page would ask of the evaluator."""
        panel = first_shown(self.row, "cpu").panel
        names = {**self.group, **dict(zip(("beta1", "beta2"), self.group["betas"], strict=True))}
        values = {s: names[name] for name, symbols in panel.numbers.items() for s in symbols}
        values |= {flag_key(name): value for name, value in self.flags.items()}
        values[r"\theta_{t-1}"] = self.theta
        return {
            "program": exported(programs()[self.row.name]),
            "values": values,
            "given": self.given,
        }

    def real(self):
        """What the real optimizer remembers after each step."""
        started = start(self.row.kind, self.flags, [self.group], [self.theta], "cpu")
        for gradient in self.given:
            started.step([gradient])
            yield {s: plain(value) for s, value in started.items[0].values().items()}

    def lines(self):
        """The lines of the class's file that ran in each step, and the first of each function."""
        path = str(file_of(self.row.name))
        started = start(self.row.kind, self.flags, [self.group], [self.theta], "cpu")
        for gradient in self.given:
            found = set()

            def trace(frame, event, arg, found=found):
                if str(Path(frame.f_code.co_filename).resolve()) != path:
                    return None
                code = frame.f_code
                found.add(code.co_firstlineno if event == "call" else frame.f_lineno)
                return trace

            before = sys.gettrace()
            sys.settrace(trace)
            started.step([gradient])
            sys.settrace(before)
            yield found

    def rows(self):
        """What each row makes in each step, by the program in Python, and the state it leaves."""
        program, env = programs()[self.row.name], dict(self.asked()["values"])
        program.start(env, self.flags)
        for gradient in self.given:
            program.run(gradient, env, self.flags)
            made = {program.nested.loop.number: [gradient]}
            yield made | {row: list(values) for row, values in program.made.items()}


def settings(count):
    """Every class, all flags and modes of decay; gradients that a page offers, and others."""
    draw = Random(12)
    for number in range(count):
        row = CATALOG[number % len(CATALOG)]
        flags = {name: draw.random() < 0.5 for name in row.flags}
        flags |= draw.choice(list(MODES.values()))
        group = {
            "lr": 10 ** draw.uniform(-4, -0.5),
            "betas": (draw.uniform(0, 0.99), draw.choice((0.9, 0.97, 0.99, 0.999))),
            "eps": draw.choice((1e-16, 1e-8, 1e-3, 0.1)),
            "weight_decay": draw.choice((0.0, draw.uniform(0.001, 0.2))),
            **{key: draw.uniform(0.001, 0.2) for key in row.numbers.values()},
        }
        yield Setting(row, flags, group, draw.uniform(0.5, 2.0), gradients(draw, number // 5 % 6))


def gradients(draw, kind):
    size, steps = 10 ** draw.uniform(-2, 2), range(STEPS)
    change = draw.randrange(5, 20)
    return [
        [size for _ in steps],
        [size * (-1) ** t for t in steps],
        [draw.gauss(0.3, 1.0) * size for _ in steps],
        [size * (-2.0 if t < change else 1.0) for t in steps],
        [size if t == change else 0.0 for t in steps],
        [size * 1.11**t for t in steps],
    ][kind]


class Engine:
    """The evaluator, in QuickJS."""

    def __init__(self, source=SOURCE):
        self.ask = quickjs.Function("ask", f"{source}\n{ASKED}")

    def answer(self, setting):
        return json.loads(self.ask(json.dumps(setting.asked()), run_gc=False))


def error(found, expected):
    """How far a number is from another, relative to the larger."""
    if found == expected:
        return 0.0
    if not isinstance(found, int | float) or not math.isfinite(found):
        return math.inf
    return abs(found - expected) / max(abs(found), abs(expected))


def state_error(answer, real):
    """The largest error of what the optimizer remembers, over all steps."""
    pairs = zip(answer, real, strict=True)
    return max(
        error(found["state"].get(s), x) for found, values in pairs for s, x in values.items()
    )


def row_error(answer, rows):
    """The largest error of what the rows made; infinite where others ran."""
    largest = 0.0
    for found, made in zip(answer, rows, strict=True):
        own = {int(number): values for number, values in found["made"].items()}
        if any(len(own.get(row, ())) != len(made.get(row, ())) for row in {*own, *made}):
            return math.inf
        if own.keys() != made.keys():
            return math.inf
        for row, values in made.items():
            largest = max([largest, *map(error, own[row], values)])
    return largest

"""Symbols of the algorithms, computed from their meanings: out of gradients where that can be."""

from functools import cache
from math import log, prod, sqrt

import torch
from evaluating import ROOT, file_of, settings

from labml_optim import WeightDecay
from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.registry import stated
from sidenotes.check.formula.symbols import shifted
from sidenotes.check.symbol_table import SymbolTable
from sidenotes.math.symbols import load

TABLE = ROOT / "tools/checks/symbols.yml"


class Run:
    """The steps so far of a setting, as an algorithm makes them: the symbols after each of them."""

    def __init__(self, setting, steps):
        self.setting, self.steps = setting, steps
        self.t, self.now = len(steps), steps[-1]
        self.given = setting.given[self.t - 1]

    def __getitem__(self, symbol):
        return self.now[symbol]

    def flag(self, name, default=True):
        """What the algorithm says nothing of is as the head of its page has it."""
        return self.now.get(rf"\texttt{{{name}}}", default)

    def before(self):
        return Run(self.setting, self.steps[:-1]) if self.t > 1 else None

    def upto(self):
        return [Run(self.setting, self.steps[: i + 1]) for i in range(self.t)]


def average(values, decay):
    """With its weights written out."""
    return sum((1 - decay) * decay**i * x for i, x in enumerate(reversed(values)))


def mean(run):
    return average([step["g_t"] for step in run.steps], run[r"\beta_1"])


def squares(run):
    return average([step["g_t"] ** 2 for step in run.steps], run[r"\beta_2"])


def errors(run):
    if not run.flag("accumulate_eps", False):
        return average([(step["g_t"] - step["m_t"]) ** 2 for step in run.steps], run[r"\beta_2"])


def one_before(made):
    return lambda run: made(run.before()) if run.t > 1 else None


def largest(made):
    def found(run):
        values = [made(each) for each in run.upto()]
        return max(values) if run.flag("amsgrad") and None not in values else None

    return found


def corrected(made, beta, plus=""):
    def found(run):
        value, more = made(run), run[plus] if plus else 0.0
        return None if value is None else (value + more) / average([1.0] * run.t, run[beta])

    return found


def kept(moment):
    """With a gradient of zero, a decay rate is what is left."""

    def found(run):
        old = run.steps[-2].get(moment) if run.t > 1 else None
        return run[moment] / old if run["g_t"] == 0 and old and moment in run.now else None

    return found


def decayed(run):
    rule = {"weight_decouple": run.flag("weight_decouple"), "absolute": run.flag("absolute", False)}
    param = torch.tensor([run[r"\theta_{t-1}"]], dtype=torch.float64)
    WeightDecay()(param, torch.zeros_like(param), run.setting.group | rule)
    return param.item()


def unchanged_gradient(run):
    coupled = run.setting.group["weight_decay"] and not run.flag("weight_decouple")
    return None if run.flag("maximize", False) or coupled else run.given


def decay(run):
    if run.flag("weight_decouple") and not run.flag("absolute", False):
        return (1 - run[r"\tilde\theta_{t-1}"] / run[r"\theta_{t-1}"]) / run[r"\alpha"]


def where_all_is_zero(folded):
    """There it is the denominator of Adam, in one of the two forms."""

    def found(run):
        still = run.now.get("v_t") == 0 and "d_t" in run.now
        return run["d_t"] if still and run.flag("optimized_update") == folded else None

    return found


def moves(run):
    """How far the update goes, if that can be seen in the parameter."""
    move = run[r"\tilde\theta_{t-1}"] - run[r"\theta_t"]
    seen = abs(move) > 1e-6 * abs(run[r"\theta_t"]) and "d_t" in run.now
    return move if seen and rectified(run) else None


def rectified(run):
    asked = run.flag("rectify") and r"\rho_t" in run.now
    return length(run) >= 5 if asked else True


def direction(run):
    return run.now.get("n_t", run["m_t"])


def length(run):
    """The weights and a plain mean are equally old, by their means."""
    weights = [run[r"\beta_2"] ** i for i in range(run.t)]
    return 2 * sum(i * w for i, w in enumerate(weights)) / sum(weights) + 1


def longest(run):
    weights = [run[r"\beta_2"] ** i for i in range(int(40 / (1 - run[r"\beta_2"])))]
    return 2 * sum(i * w for i, w in enumerate(weights)) / sum(weights) + 1


def least_variance(run):
    if not run.flag("rectify"):
        return 1.0
    if r"\rho_t" not in run.now or not rectified(run):
        return None
    one, other = (x / ((x - 2) * (x - 4)) for x in (longest(run), length(run)))
    return sqrt(one / other) if longest(run) > 5 else None


def momentum(t):
    def found(run):
        return run[r"\beta_1"] * (1 - 0.96 ** ((run.t + t) * run[r"\delta"]) / 2)

    return found


def looked_ahead(run):
    """Dozat's correction: of the mean with the product to come, of the gradient with this one."""
    momenta = [momentum(t - run.t)(run) for t in range(1, run.t + 2)]
    *others, now, following = momenta
    ahead = following * run["m_t"] / (1 - prod(momenta))
    return ahead + (1 - now) * run["g_t"] / (1 - prod([*others, now]))


def under_root(run):
    after, plus = (run["d_t"], run.now[r"\hat\epsilon" if run.flag("optimized_update") else EPS])
    correction = 1 if run.flag("optimized_update") else average([1.0] * run.t, run[r"\beta_2"])
    return (after - plus) ** 2 * correction if after > 100 * plus and rectified(run) else None


EPS = r"\epsilon"
BY_RUNS = {
    r"\theta_t": ("the parameter after step $t$", lambda run: run.now.get("real")),
    r"\theta_{t-1}": (
        "the parameter before step $t$",
        lambda run: run.steps[-2][r"\theta_t"] if run.t > 1 else run.setting.theta,
    ),
    r"\tilde\theta_{t-1}": ("the parameter before step $t$, after weight decay", decayed),
    "g_t": ("the gradient at step $t$", unchanged_gradient),
    "t": ("the number of steps that this parameter has made", lambda run: run.t),
    r"\alpha": ("the learning rate", lambda run: run.setting.group["lr"]),
    r"\alpha_t": (
        "the step size, after bias correction and rectification",
        lambda run: (move := moves(run)) and move / (direction(run) / run["d_t"]),
    ),
    r"\beta_1": ("the decay rate of the first moment", kept("m_t")),
    r"\beta_2": ("the decay rate of the second moment", kept("v_t")),
    EPS: ("keeps the denominator from zero", where_all_is_zero(False)),
    r"\hat\epsilon": (
        "keeps the denominator from zero, where the root is not bias-corrected",
        where_all_is_zero(True),
    ),
    r"\lambda": ("the weight decay coefficient", decay),
    "m_t": ("the moving average of the gradient", mean),
    "m_{t-1}": ("the moving average of the gradient, one step before", one_before(mean)),
    r"\hat m_t": ("$m_t$, bias-corrected", corrected(mean, r"\beta_1")),
    "v_t": ("the moving average of the squared gradient", squares),
    "v_{t-1}": ("the moving average of the squared gradient, one step before", one_before(squares)),
    r"\hat v_t": ("$v_t$, bias-corrected", corrected(squares, r"\beta_2")),
    r"\bar v_t": (r"the largest of $v_1, \dots, v_t$", largest(squares)),
    r"\bar v_{t-1}": (r"the largest of $v_1, \dots, v_{t-1}$", one_before(largest(squares))),
    "s_t": ("the moving average of the squared error of the expectation", errors),
    "s_{t-1}": ("the moving average of the squared error, one step before", one_before(errors)),
    r"\bar s_t": (r"the largest of $s_1, \dots, s_t$", largest(errors)),
    r"\hat s_t": (r"$s_t + \epsilon$, bias-corrected", corrected(errors, r"\beta_2", EPS)),
    "u_t": ("what stands under the root in place of $v_t$", under_root),
    "d_t": (
        "the denominator of the update",
        lambda run: (move := moves(run)) and run[r"\alpha_t"] * direction(run) / move,
    ),
    r"\rho_t": (
        "the length of a plain mean as long as the moving average at step $t$",
        length,
    ),
    r"\rho_\infty": (r"what $\rho_t$ grows to", longest),
    "r_t": ("the rectification of the step, 1 where there is none", least_variance),
    r"\delta": (
        r"how fast the momentum grows to $\beta_1$",
        lambda run: log(2 - 2 * run[r"\mu_t"] / run[r"\beta_1"]) / log(0.96) / run.t,
    ),
    r"\mu_t": ("the momentum at step $t$", momentum(0)),
    r"\mu_{t+1}": ("the momentum one step ahead", momentum(1)),
    r"\Pi_t": (
        r"the product $\mu_1 \cdots \mu_t$",
        lambda run: prod(step[r"\mu_t"] for step in run.steps),
    ),
    r"\Pi_{t-1}": (
        r"the product $\mu_1 \cdots \mu_{t-1}$",
        lambda run: prod(step[r"\mu_t"] for step in run.steps[:-1]),
    ),
    "n_t": ("the gradient with the momentum of the next step", looked_ahead),
}
# Differences of numbers that are nearly equal: they have lost digits.
DIFFERENCES = {r"\alpha_t", r"\lambda", "d_t", "u_t", r"\delta", r"\Pi_t", r"\Pi_{t-1}"}


@cache
def algorithms(name):
    """Those at the head of a page, and of the class."""
    table = SymbolTable(load(TABLE))
    path = file_of(name)
    every = stated(path, path.read_text("utf-8"), table)
    return [each.program for each in every if isinstance(each, Algorithm)]


@cache
def runs():
    """Each step of each algorithm, with drawn settings."""
    made = []
    for setting in settings(120):
        real = [each[r"\theta_t"] for each in setting.real()]
        for number, program in enumerate(algorithms(setting.row.name)):
            # The head of a page has no flags, and is not the class with all of its own.
            flags = setting.flags if number else {}
            env, steps = dict(setting.asked()["values"]), []
            env = {name: x for name, x in env.items() if number or "texttt" not in name}
            program.start(env, flags)
            for gradient, param in zip(setting.given[:12], real, strict=False):
                old = dict(env)
                program.run(gradient, env, flags)
                # After a step, what was found there has made room for what the next one finds.
                found = {shifted(name, "t", "t-1") for name in program.present}
                step = env | {name: old[name] for name in found if name in old}
                steps.append(step | ({"real": param} if number else {}))
                made.append(Run(setting, list(steps)))
    return made

"""Where the numbers of pages come from: outputs of doctests, data that scripts wrote, settings."""

import json
import re
from doctest import DocTestParser
from functools import cache
from pathlib import Path

import torch
from mkdocs.config.defaults import MkDocsConfig

from labml_optim import AdaBelief, Adam, RAdam

ROOT = Path(__file__).parents[2]


@cache
def text(path):
    return (ROOT / path).read_text("utf-8")


def found(path, pattern):
    """What the group of a pattern has, which has to be the same wherever it matches in a file."""
    (one,) = {re.sub(r"(?<=\d)_(?=\d)", "", each) for each in re.findall(pattern, text(path), re.M)}
    return one


def number(path, pattern):
    return float(found(path, pattern))


def count(path, pattern):
    """How often a pattern matches in a file."""
    return len(re.findall(pattern, text(path), re.M))


def bullets(path, words):
    """The number of bullets below some words."""
    below = text(path).partition(words)[2].strip().partition("\n\n")[0]
    return len(re.findall(r"^\* ", below, re.M))


def printed(path, pattern):
    """A number of the output of a doctest, the group of a pattern."""
    wants = "".join(example.want for example in DocTestParser().get_examples(text(path)))
    (one,) = set(re.findall(pattern, wants, re.M))
    return float(one)


def requires(package):
    """The least version that is asked for: `python` or torch."""
    pattern = (
        r'^requires-python = ">=([\d.]+)"' if package == "python" else rf'"{package}>=([\d.]+)'
    )
    return found("pyproject.toml", pattern)


def pinned(package):
    """Major and minor number of the version that the project is tested with."""
    return found("constraints.txt", rf"^{re.escape(package)}==(\d+\.\d+)")


VERSION = found("pyproject.toml", r'^version = "(.*)"')


@cache
def lines(path):
    """The rows of a file of data."""
    return [json.loads(line) for line in text(path).splitlines()]


@cache
def rows(part):
    """The rows of a part of the data of `make exhaust`."""
    return json.loads(text("tools/exhaust/data/cpu.json"))[part]["rows"]


def peers():
    return {row["peer"] for row in lines("tools/checks/data/peers.jsonl")}


def seeds():
    """With how many seeds each row of the study was trained."""
    rows = lines("tools/experiments/data/digits.jsonl")
    (one,) = {len(row["loss"]) for row in rows if "loss" in row}
    return one


def shown(*patterns):
    """The figures that some files show."""
    files = [path for pattern in patterns for path in ROOT.glob(pattern)]
    texts = [path.read_text("utf-8") for path in files]
    return {name for each in texts for name in re.findall(r"^/// figure \| (\S+)$", each, re.M)}


def overflow():
    """From which gradient on Adam's second moment is infinite in float32."""
    first = [row for row in rows("gradients") if row["state"] == "first"]
    return min(row["overflow"] for row in first if row["call"].startswith("Adam("))


def defaults(kind):
    """The learning rate, the two betas and the epsilon that an optimizer has by default."""
    given = kind([torch.zeros(1)]).defaults
    return (given["lr"], *given["betas"], given["eps"])


def unrectified():
    """The number of steps that RAdam makes with the default betas before it rectifies."""
    term, beta2 = RAdam.calc_rectification_term, defaults(RAdam)[2]
    return next(t for t in range(100) if term(beta2, t + 1) is not None)


AFTER = printed("docs/notes/figures/belief.py", r"^(\d{4}) ")
BELIEF = printed("docs/notes/figures/belief.py", r"^\d{4} 1\.0 ([\d.]+)")
BOUND = printed("docs/notes/figures/step_bound.py", r"\(3000, ([\d.]+)\)")
RECTIFIED = number("labml_optim/radam.py", r"\{if \} \\rho_t \\ge (\d+)\\text")
MEAN = count("tools/examples/mean.py", r"\n")
RATE, _, BETA, EPS = defaults(AdaBelief)
# The files in which a step makes the first moment.
STATED = text("tools/checks/stated.txt")
ENGINES = len(set(re.findall(r"^(labml_optim/fused/\S+): claim: m_t ", STATED, re.M)))
ADAM_EPS = defaults(Adam)[-1]
FLOAT, HALF = (torch.finfo(dtype) for dtype in (torch.float32, torch.bfloat16))
ADDRESS, PORT = MkDocsConfig.dev_addr.default.split(":")
COPIES = len([p for p in ROOT.glob("tools/checks/papers/[a-z]*.py") if p.stem != "shared"])
MOVED = number("tools/benchmarks/ceiling.py", r"return update, (\d+) \* count")
MOVED_BY_AMSGRAD = number("tools/benchmarks/contestants.py", r"labml_optim\.AMSGrad.*, (\d+)\)")
DISTRIBUTED, OTHERS = "tests/use/test_distributed.py", "tests/use/test_others.py"
EVERY = number(DISTRIBUTED, r"^EVERY = (\d+)")
KILLED = number(DISTRIBUTED, r'folder / "killed", (\d+)\)')
SIDES = number(OTHERS, r"rtol=0, atol=(\S+)\)")
DECAYS = count("labml_optim/weight_decay.py", r"^ +# \$\$")
NOTES = count("docs/notes/index.md", r"^\| \[")
EXIT = "labml_optim/__main__.py"
PYTHON, VALUES = requires("python"), 2.0**FLOAT.bits
STEPS = number("docs/use/torch.md", r"given, steps=(\d+)\):")

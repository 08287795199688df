"""What the guides, and the pages about speed and the tool, say with numbers, and their sources."""

import torch
from facts import (
    ADAM_EPS,
    BETA,
    DISTRIBUTED,
    EPS,
    EVERY,
    EXIT,
    FLOAT,
    HALF,
    KILLED,
    MEAN,
    MOVED,
    MOVED_BY_AMSGRAD,
    OTHERS,
    PYTHON,
    RATE,
    RECTIFIED,
    ROOT,
    SIDES,
    STEPS,
    VALUES,
    VERSION,
    bullets,
    count,
    defaults,
    lines,
    number,
    overflow,
    requires,
    unrectified,
)

from checks.audit.__main__ import PACKAGES
from exhaust.cases import DECAY, STATES
from labml_optim import AdaBelief, Adam, NAdam, RAdam

COMMAND = "tools/sidenotes/check/command.py"
LARGE = number("docs/use/settings.md", r"lengths\(RAdam, gradient=(\d+)\.0")

FROM = {
    "docs/speed/index.md": [
        (
            "AMSGrad moves {} bytes for each parameter where the others move {}",
            (MOVED_BY_AMSGRAD, MOVED),
        ),
        ("has to read and write {} bytes", (MOVED,)),
        ("updates {} in place", (count("tools/benchmarks/ceiling.c", r"\[i\] \+="),)),
    ],
    "docs/speed/rounding.md": [
        ("all pairs of {} bits", (HALF.bits,)),
        ("${}$ float32 numbers", (VALUES,)),
        ("in their first {} steps", (unrectified(),)),
        (
            "The parameter is {}, $m$ is {}, $v$ is {}, its largest value so far {}, and weight"
            " decay is {},",
            (*STATES["later"], DECAY),
        ),
        ("Every pair of {} bits", (HALF.bits,)),
        ("have ${}$ values each, so all pairs of them are ${}$", (2.0**HALF.bits, VALUES)),
        ("the number of {} bits", (HALF.bits,)),
        ("All numbers of {} bits", (HALF.bits,)),
        ("among those of {} bits", (HALF.bits,)),
        ("With {} bits, a later", (HALF.bits,)),
        ("once can do is {}.", (0.5,)),
    ],
    "docs/tool/audit.md": [
        ("moves by {}.", (number("tests/check/test_audit.py", r"== -(\d+)\.0"),))
    ],
    "docs/tool/index.md": [
        ("follows {} lines of Python", (MEAN,)),
        ("and of {} packages", (len(PACKAGES) - 1,)),
    ],
    "docs/tool/proof.md": [
        (r"$\rho_t = {}$ or", (RECTIFIED,)),
        ("{} modulo {},", [number(COMMAND, each) for each in (r"!= (\d):", r"found % (\d) ")]),
        (
            "no prime factor above {}",
            (number("tools/sidenotes/check/proof/ground.py", r"in range\(3, (\d+), 2\)"),),
        ),
        ("[{} things]", (bullets("docs/tool/proof.md", "see to it:"),)),
        (
            "have existed in {} draws",
            (number("tools/sidenotes/check/proof/roots.py", r"^ENOUGH = (\d+)"),),
        ),
        ("{} and {} bits. What", (FLOAT.bits, HALF.bits)),
    ],
    "docs/tool/walk.md": [
        ("{} lines of Python", (MEAN,)),
        ("a Python file of {} lines", (MEAN,)),
        ("go from 1 to {}.", (MEAN,)),
        ("This is line {}:", (MEAN,)),
    ],
    "docs/use/check.md": [
        ("[labml_optim-{}-py", (VERSION,)),
        ("needs Python {} or later and torch {} or later", (PYTHON, requires("torch"))),
        ("and {} if the checks could not be run", (number(EXIT, r"did, and (\d)$"),)),
    ],
    "docs/use/distributed.md": [
        (
            "{} scripts make the same {} steps",
            (
                len([*ROOT.glob("docs/use/scripts/*.py")]) - 1,
                number("docs/use/scripts/task.py", r'"--steps", type=int, default=(\d+)'),
            ),
        ),
        (
            "to ${}$ in float64 and to ${}$ in float32",
            (
                number(DISTRIBUTED, r'alone\["--double"\], atol=(\S+)\)'),
                number(DISTRIBUTED, r'alone\[""\], atol=(\S+)\)'),
            ),
        ),
        (
            "wrote after step {} is read by one, and what that writes after step {} by",
            (EVERY, 2 * EVERY),
        ),
        ("is killed in step {},", (KILLED,)),
        ("they go on after step {},", (KILLED // EVERY * EVERY,)),
    ],
    "docs/use/index.md": [("${}$ in float32", (EPS,))],
    "docs/use/others.md": [
        ("{} steps in float64", (number(OTHERS, r"in range\((\d+)\)"),)),
        ("within ${}$ of each other", (SIDES,)),
        (
            "adabelief-pytorch {}, timm {}, pytorch_optimizer {} and optax {}.",
            [
                row["versions"][row["peer"]]
                for name in ("adabelief-pytorch", "timm", "pytorch_optimizer", "optax")
                for row in [
                    next(r for r in lines("tools/checks/data/peers.jsonl") if r["peer"] == name)
                ]
            ],
        ),
        (r"At the default $\epsilon = {}$", (EPS,)),
        ("and at ${}$ it is", (number(OTHERS, r"lr=0\.01, eps=(\S+)\""),)),
    ],
    "docs/use/precision.md": [
        ("an epsilon of {} does", (EPS,)),
        ("but at least {} bits", (FLOAT.bits,)),
        ("for a {} parameters", (number("docs/use/precision.md", r"count=(\S+)\):"),)),
        ("{} bytes in float32, {} in bfloat16", (2 * FLOAT.bits / 8, 2 * HALF.bits / 8)),
        ("Parameters of {} bits", (HALF.bits,)),
        ("parameters of {} bits", (HALF.bits,)),
        (r"$\epsilon = {}$ is zero in", (EPS,)),
        ("the smallest there is, ${}$", (torch.finfo(torch.float16).smallest_normal * 2.0**-10,)),
        ("by less than {}: a learning rate of ${}$", (HALF.eps / 4, RATE)),
        ("a gradient of about ${}$", (overflow(),)),
        ("its root counts: ${}$ is a floor of ${}$ under", (EPS, EPS**0.5)),
        (r"Adam's $\epsilon = {}$", (ADAM_EPS,)),
        ("normal one is ${}$", (FLOAT.smallest_normal,)),
        ("larger than about ${}$:", (EPS / (FLOAT.eps / 2),)),
        ("So ${}$ keeps", (EPS,)),
        ("the longest of {} steps", (number("docs/use/precision.md", r"eps, steps=(\d+)\):"),)),
    ],
    "docs/use/settings.md": [
        ("| Adam, AMSGrad | {} | ({}, {}) | {} | 0; ", defaults(Adam)),
        ("| NAdam | {} | ({}, {}) | {} | 0 |", defaults(NAdam)),
        ("| RAdam | {} | ({}, {}) | {} | as Adam |", defaults(RAdam)),
        ("| AdaBelief | {} | ({}, {}) | {}; ", defaults(AdaBelief)),
        ("With gradients of {} they are {} times as long", (LARGE, LARGE)),
        (r"Why $\epsilon$ is ${}$", (EPS,)),
        ("The first {} steps at the default", (unrectified(),)),
        ("in the first {} steps", (unrectified(),)),
        ("After {} steps, $1/(1-", (1 / (1 - BETA),)),
    ],
    "docs/use/torch.md": [
        (r"for $\beta_2 = {}$ its $\epsilon$ starts {} times", (BETA, (1 - BETA) ** -0.5)),
        (r"With $\epsilon = {}$ the two", (ADAM_EPS,)),
        (
            "the same to {} over {} steps.",
            (number("docs/use/torch.md", r"max\(\) < (1e-\d+)\)"), STEPS),
        ),
        ("Here they are after {}:", (STEPS,)),
    ],
    "docs/use/training.md": [
        (
            "A rate for each layer, {} times",
            (number("docs/use/training.md", r"1e-3 \* (\S+) \*\*"),),
        ),
        ("{} steps of warm-up", (number("docs/use/training.md", r"milestones=\[(\d+)\]"),)),
    ],
    "tools/README.md": [
        ("needs Python {} or later", (PYTHON,)),
        (
            "Up to {} lines are",
            (number("tools/sidenotes/figures/data.py", r"^MOST_LINES = (\d+)"),),
        ),
        ("and {} if the check could", (number(COMMAND, r"raised\.\"\)\n +return (\d)"),)),
    ],
}

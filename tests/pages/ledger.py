"""What the other pages say with numbers, `{}` for each, and where these come from."""

from facts import (
    ADDRESS,
    AFTER,
    BELIEF,
    BOUND,
    COPIES,
    DECAYS,
    ENGINES,
    HALF,
    NOTES,
    PORT,
    PYTHON,
    RATE,
    RECTIFIED,
    ROOT,
    VERSION,
    count,
    found,
    number,
    peers,
    pinned,
    seeds,
    shown,
)

from checks.museum.exhibits import exhibits
from experiments.design import FORMS, FULL, RATES, SHORT, WARMUP
from experiments.study import SEEDS, TUNING
from experiments.training.cohort import BATCH
from experiments.training.digits import PARTS
from experiments.training.networks import CONVOLUTION, SMALL
from experiments.verdicts.paired import TOGETHER

SIDE = SMALL.shapes["weight1"][0] ** 0.5

FROM = {
    "README.md": [
        ("http://{}:{};", (ADDRESS, PORT)),
        ("with Python {} or later", (PYTHON,)),
        ("lr={})", (RATE,)),
        (
            "each of the {} packages",
            (len([*ROOT.glob("pyproject.toml"), *ROOT.glob("*/pyproject.toml")]),),
        ),
        ("dist/labml_optim-{}-py", (VERSION,)),
        ("these are {} lines", (count("docs/use/check.md", r"^(?:pip|python) "),)),
        ("writes all {}.", (COPIES,)),
        ("every pair of {} bits", (HALF.bits,)),
        ("with {} seeds", (seeds(),)),
    ],
    "docs/index.md": [
        (r"step ${}$ is ${}\,\alpha$ long", (AFTER, BELIEF)),
        ("dist/labml_optim-{}-py", (VERSION,)),
        ("./labml_optim-{}-py", (VERSION,)),
    ],
    "CHANGELOG.md": [
        ("all pairs of a {}-bit parameter", (HALF.bits,)),
        ("in a group, {} bits", (HALF.bits,)),
        ("A museum of {} published slips", (len(exhibits()),)),
        ("The {} optimizers of torch", (count("docs/tool/audit.md", r"^\| \[`torch\.optim\."),)),
        ("a run of {} packages", (len(peers()),)),
        (
            "Over {} drawn settings it computes what the real classes compute, at {}.",
            (
                number("tests/live/test_evaluator.py", r"in settings\((\d+)\)"),
                number("tests/live/test_evaluator.py", r"^ALLOWED = (\S+)$"),
            ),
        ),
        ("{} lines run on the home page", (len(found("docs/index.md", r"only: (.*)$").split()),)),
        (
            "those of the real classes, at {}.",
            (number("tests/site/test_surfaces.py", r"error <= (\S+),"),),
        ),
        ("best rate, {} seeds", (seeds(),)),
        ("{} queries are a test", (count("tests/site/test_search.py", r'^    "[^"]+": "'),)),
        (
            "{} of them, from runs of the real classes",
            (len(shown("docs/notes/*.py", "labml_optim/*.py", "docs/optimizers/*.md")),),
        ),
    ],
    "CONTRIBUTING.md": [
        ("shows it on port {}", (PORT,)),
        ("on up to {} processors", (number("Makefile", r"--maxprocesses=(\d+)"),)),
        (
            "median of {} runs",
            (number("tools/lighthouse.py", r'"--runs", type=int, default=(\d+)'),),
        ),
        ("Python {} or later", (PYTHON,)),
        (
            "begins before line {}.",
            (number("tests/optim/test_class_is_early.py", r"^LAST = (\d+)") + 1,),
        ),
        ("all {} implementations of a step", (ENGINES,)),
        ("the {} implementations", (ENGINES,)),
        (
            "{} scripts of the theme",
            (count("tests/site/test_policy.py", r"""^    ['"](?:__md_|var )"""),),
        ),
        ("with Zensical {}.x", (pinned("zensical"),)),
    ],
    "docs/experiments/training.md": [
        ("best rate, {} seeds", (seeds(),)),
        ("geometric means of {} seeds", (seeds(),)),
        ("geometric mean of {} seeds", (len(TUNING),)),
        ("nothing else, after {} steps", (FULL,)),
        ("Here are {} forms", (len(FORMS),)),
        ("{} images of {} × {} pixels", (sum(PARTS), SIDE, SIDE)),
        ("split: {} to train, {} to choose the rate, {} to test", PARTS),
        (
            "hidden layer of {} units, and a convolution of {} and {} channels",
            (SMALL.shapes["bias1"][0], *(CONVOLUTION.shapes[f"bias{n}"][0] for n in (1, 2))),
        ),
        ("Batches of {},", (BATCH,)),
        ("over the first {} steps", (WARMUP,)),
        ("{} steps, which is what the claims about speed are decided on, and {}.", (SHORT, FULL)),
        ("a grid from {} to", RATES[:1]),
        ("over {} seeds. Then {} other seeds", (len(TUNING), len(SEEDS))),
        ("hold in {} of {} studies", (100 * TOGETHER, 100)),
    ],
    "docs/notes/adabeliefs.md": [
        ("and {} published implementations", (len(peers()),)),
        (
            "the first {} steps have the length",
            (found("tools/checks/data/peers.jsonl", r"is off: (\w+) steps of length 0"),),
        ),
        (r"$\rho_t \ge {}$; the maximum of", (RECTIFIED,)),
    ],
    "docs/notes/decay.md": [("{} rules of decay", (DECAYS,))],
    "docs/notes/index.md": [
        ("{} questions about", (NOTES,)),
        ("{} in a {} steps", (BELIEF, AFTER)),
        (r"is ${}\,\alpha$", (BOUND,)),
        ("[{} rules of decay]", (DECAYS,)),
        ("{} published implementations", (len(peers()),)),
    ],
    "docs/notes/m_hat.md": [
        ("All {}, run and compared", (count("docs/notes/m_hat.md", "around"),))
    ],
    "docs/notes/step_bound.md": [("can make is {} learning rates", (BOUND,))],
    "docs/optimizers/index.md": [
        (r"while $\rho_t < {}$", (RECTIFIED,)),
        ("in one of {} forms", (DECAYS,)),
    ],
    "docs/optimizers/weight_decay.md": [
        ("{} formulas beside {} lines", (DECAYS, DECAYS)),
    ],
}

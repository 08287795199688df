r"""
# pytorch_optimizer

Its classes count the steps in the group, and not in the state.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from checks.audit import papers
from checks.audit.configurations import ABOVE, BETAS, DECAYED, Optimizer, line
from checks.audit.from_adabelief_pytorch import SQUARES, STATE
from sidenotes.check.audit.subject import Subject
from sidenotes.check.proof.task import Domain

# The code compares its step size with zero.
DOMAINS = {**SQUARES, r"\alpha": Domain(ABOVE, usual=(0.05, 0.4))}
HERE = "pytorch_optimizer"


def optimizer(name: str, arguments: Any, state: Any, **more: Any) -> Optimizer:
    kind = getattr(import_module(HERE), name)
    domains = {**DOMAINS, **more.pop("domains", {})}
    fixed = {"foreach": False, **more.pop("fixed", {})}
    return Optimizer(
        kind, arguments, state, domains, fixed=fixed, count="group", package=HERE, **more
    )


def subjects() -> Iterator[Subject]:
    place = f"{HERE}.optimizer"
    names = {"ams_bound": "amsgrad"}
    belief = optimizer(
        "AdaBelief",
        DECAYED,
        STATE,
        names=names,
        kept=lambda symbol, flags: symbol != r"\bar s_t" or flags["ams_bound"],
    )
    yield papers.adabelief(f"{HERE}.AdaBelief", belief, "ams_bound", "rectify", positive=rates)
    moments = {"m_t": "exp_avg", "v_t": "exp_avg_sq"}
    rectified = optimizer("RAdam", DECAYED, moments, fixed={"degenerated_to_sgd": True})
    remark = papers.FIVE.format(line(f"{place}.radam", "if n_sma >= self.n_sma_threshold"))
    more: Any = {"remark": remark, "mended": papers.FROM_5, "positive": rates}
    yield papers.radam(f"{HERE}.RAdam", rectified, **more)
    decayed = {key: symbol for key, symbol in DECAYED.items() if key != "eps"}
    yield papers.lion(f"{HERE}.Lion", optimizer("Lion", decayed, {"m_t": "exp_avg"}))
    late = "The clip is that of one step later, $t^{1/4}$ for $(t - 1)^{1/4}$ "
    late += f"({line(f'{place}.adopt', 'self.clip_lambda(group')})."
    mended = [("(t - 1)^{1/4}", "t^{1/4}")]
    adopt = optimizer("ADOPT", BETAS, moments, domains=papers.SECOND)
    yield papers.adopt(f"{HERE}.ADOPT", adopt, remark=late, mended=mended)


def rates(inputs: Any) -> list[Any]:
    """The step sizes that the code compares with zero: rectified, and not."""
    t, power = inputs["t"] + 1, inputs[r"\beta_2"] ** (inputs["t"] + 1)
    rate = inputs[r"\alpha"] / (1 - inputs[r"\beta_1"] ** t)
    most = 2 / (1 - inputs[r"\beta_2"]) - 1
    rho = most - 2 * t * power / (1 - power)
    square = (1 - power) * (rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho)
    return [rate, rate * square.root()]

r"""
# timm

Its optimizers need torch alone, and the package around them is not imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.audit import papers
from checks.audit.configurations import BETAS, DECAYED, Optimizer, line
from checks.audit.from_adabelief_pytorch import NO_MAXIMUM, SQUARES, STATE, UNUSED, rate_one
from checks.peers.packages import without_parents
from sidenotes.check.audit.subject import Subject

MOMENTS = {"m_t": "exp_avg", "v_t": "exp_avg_sq"}


def optimizer(module: str, name: str, arguments: Any, state: Any, **more: Any) -> Optimizer:
    kind = getattr(without_parents(f"timm.optim.{module}"), name)
    domains = {**SQUARES, **more.pop("domains", {})}
    return Optimizer(kind, arguments, state, domains, package="timm", **more)


def subjects() -> Iterator[Subject]:
    yield belief()
    maximum = {**MOMENTS, r"\bar v_t": "max_exp_avg_sq"}
    decayed = optimizer(
        "adamw",
        "AdamWLegacy",
        DECAYED,
        maximum,
        fixed={"foreach": False},
        kept=lambda symbol, flags: symbol != r"\bar v_t" or flags["amsgrad"],
    )
    name = "timm.optim.AdamWLegacy"
    yield Subject(name, "torch_adams.adamw", decayed.proofs(name, "amsgrad", "maximize"))
    rectified = optimizer("radam", "RAdamLegacy", DECAYED, MOMENTS, count="number")
    remark = papers.FIVE.format(line(rectified.kind, "if num_sma >= 5"))
    name = "timm.optim.RAdamLegacy"
    yield papers.radam(name, rectified, remark=remark, mended=papers.FROM_5)
    given = {key: symbol for key, symbol in DECAYED.items() if key != "eps"}
    lion = optimizer("lion", "Lion", given, {"m_t": "exp_avg"}, fixed={"foreach": False}, step=None)
    yield papers.lion("timm.optim.Lion", lion)
    fixed = {"foreach": False, "clip_exp": 0.25}
    adopt = optimizer("adopt", "Adopt", BETAS, MOMENTS, fixed=fixed, domains=papers.SECOND)
    yield papers.adopt("timm.optim.Adopt", adopt)


def belief() -> Subject:
    made = optimizer(
        "adabelief",
        "AdaBelief",
        DECAYED,
        STATE,
        fixed={"foreach": False},
        kept=lambda symbol, flags: symbol != r"\bar s_t" or flags["amsgrad"],
        count="number",
    )
    remark = UNUSED.format(line(made.kind, "denom = exp_avg_var.sqrt().add_(eps)"))
    name, more = "timm.optim.AdaBelief", {"remark": remark, "mended": NO_MAXIMUM}
    return papers.adabelief(name, made, "amsgrad", "rectify", positive=rate_one, **more)

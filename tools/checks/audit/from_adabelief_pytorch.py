r"""
# adabelief-pytorch

The package of the authors of AdaBelief.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from checks.audit import papers
from checks.audit.configurations import AVERAGE, DECAYED, Optimizer, line
from sidenotes.check.audit.subject import Subject

STATE = {"m_t": "exp_avg", "s_t": "exp_avg_var", r"\bar s_t": "max_exp_avg_var"}
_AVERAGES = ("s_{t-1}", r"\bar s_{t-1}", "v_{t-1}", r"\bar v_{t-1}")
SQUARES = dict.fromkeys(_AVERAGES, AVERAGE)
# With `rectify`, the mean and not the maximum stands under the root.
NO_MAXIMUM = [(r"\hat m_t / (\sqrt{y_t} + \epsilon)", r"\hat m_t / (\sqrt{s_t} + \epsilon)")]
UNUSED = "With `rectify`, the maximum that `amsgrad` keeps is not used ({})."


def subjects() -> Iterator[Subject]:
    module = "adabelief_pytorch.AdaBelief"
    optimizer = Optimizer(
        import_module("adabelief_pytorch").AdaBelief,
        DECAYED,
        STATE,
        SQUARES,
        fixed={"print_change_log": False},
        kept=lambda symbol, flags: symbol != r"\bar s_t" or flags["amsgrad"],
        count="number",
        package="adabelief_pytorch",
    )
    remark = UNUSED.format(line(module, "denom = exp_avg_var.sqrt().add_(group['eps'])"))
    more: Any = {"remark": remark, "mended": NO_MAXIMUM, "positive": rate_one}
    yield papers.adabelief(module, optimizer, "amsgrad", "rectify", **more)


def rate_one(inputs: Any) -> list[Any]:
    """The step size of a step that is not rectified, which the code compares with zero."""
    return [1 / (1 - inputs[r"\beta_1"] ** (inputs["t"] + 1))]

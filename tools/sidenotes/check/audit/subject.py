r"""
# What is audited

A `Subject` is code that is compared with an algorithm, in some configurations. Each of these is a
[`Proof`](../proof/task.py). If no exact number can go through a configuration, its `start` is
called with floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..proof.task import Proof


@dataclass(frozen=True)
class Subject:
    """
    `block` is the algorithm: the name of the section in which it stands, `radam.radam` for the
    docstring of a function `radam` in a file of this name. If the code does not do what it says,
    `remark` tells the difference in a sentence, and `mended` makes of the algorithm what the code
    does: pairs of a text that stands in it once and of what is to stand there.
    """

    name: str
    block: str
    proofs: Sequence[Proof]
    remark: str = ""
    mended: Sequence[tuple[str, str]] = ()

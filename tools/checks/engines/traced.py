r"""
# What is traced, on exact numbers

`step()` under `torch.compile`, with nothing compiled: [`traced.py`](
../../../labml_optim/fused/traced.py) as it stands, on tensors of [one exact number](../tensors.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch

from checks.engines.modules import Keep
from checks.tensors import ExactTensor, tensor
from labml_optim import Adam
from labml_optim.fused import traced


class Rows:
    """The rows of a tensor of exact numbers, or one of them."""

    def __init__(self, rows: list[Any], **more: Any) -> None:
        self.rows = rows

    def to(self, *more: Any) -> Rows:
        return self

    def __getitem__(self, place: int) -> Rows:
        return Rows(self.rows[place])

    def unbind(self) -> list[ExactTensor]:
        return [tensor(number) for number in self.rows]


# Whether the class is what the kernels compute is decided by what its functions use, and some of
# that is replaced here.
REPLACED: dict[str, Any] = {
    "torch": SimpleNamespace(**{**vars(torch), "tensor": Rows}),
    "int": Keep,
    "refusal": lambda optimizer: None,
    "PLAIN": {ExactTensor},
}


@contextmanager
def at_work() -> Iterator[None]:
    with (
        patch.object(torch.compiler, "is_compiling", lambda: True),
        patch.multiple(traced, create=True, **REPLACED),
    ):
        yield


def engine(optimizer: Adam) -> Callable[[], None]:
    def step() -> None:
        with at_work():
            optimizer.step()

    return step

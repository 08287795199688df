"""The address that files of runs for version 0.1 import. They are defined in `check/runs.py`."""

from ..check.runs import Item, Run, Started

__all__ = ["Item", "Run", "Started"]

"""A project of one module, one file of runs and a table of symbols, and the command on it."""

import sys
import textwrap
from pathlib import Path

from sidenotes.__main__ import main

RUNS = """
from sidenotes.check.runs import Item, Run, Started
import subject


def start():
    state = {{"out": {out}}}
    item = Item(state, {constants}, lambda: {values})

    def step(given):
        state["out"] = subject.f(given[0])

    return Started([item], step)


def runs(device):
    yield Run("run", "f", {flags}, start, {given}, ["subject"])


def draws():
    return {draws}
"""


class Project:
    def __init__(self, folder: Path, capsys):
        self.folder, self.capsys = folder, capsys
        self.symbols = {"y": ["y"], "x": ["x"], "z": ["z"], "W": ["W"], "a": ["a"], "n": ["n"]}

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(textwrap.dedent(text), encoding="utf-8")

    def check(self, *names: str, runs: str = "runs.py") -> tuple[int, str]:
        """The status of the command, and all that it prints."""
        table = [f"- {{symbol: '{s}', meaning: m, names: {n}}}" for s, n in self.symbols.items()]
        self.write("symbols.yml", "\n".join(table) + "\n")
        sys.modules.pop("subject", None)
        words = ["--runs", runs, "--symbols", "symbols.yml", "--json", "found.json"]
        status = main(["check", *(names or ["subject.py"]), *words])
        printed = self.capsys.readouterr()
        return status, printed.out + printed.err

    def module(self, text: str, **runs: object) -> tuple[int, str]:
        """The check of a module in which `f` is called with what is given."""
        known = {"out": 0.0, "constants": {}, "values": {}, "flags": {}, "draws": []}
        known["given"] = [[0.3], [1.7]]
        self.write("subject.py", text)
        self.write("runs.py", RUNS.format(**{**known, **runs}))
        return self.check()

    def beside(self, note: str, *lines: str, **runs: object) -> tuple[int, str]:
        """The check of a function that has a note, and these lines below it."""
        comment = [f"# {line}".rstrip() for line in note.split("\n")]
        body = [*comment, *(lines or ["y = 2 * x"]), "return y"]
        text = "def f(x):\n" + "".join(f"    {line}\n" for line in body)
        return self.module(text, **runs)

"""
# What was found, as data

One file for each device. Each part of it says on what it was run and has its rows; a part that is
run again is replaced, and what was interrupted goes on.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from math import isinf
from pathlib import Path
from typing import Any

import torch

from benchmarks.bench import device_name
from exhaust.driver import KEPT, Found
from labml_optim.fused.cpu.compiler import SOURCE, compiler

DATA = Path(__file__).with_name("data") / "cpu.json"
Row = dict[str, Any]


def load(path: Path = DATA) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def write(path: Path, parts: dict[str, Any]) -> None:
    """Write the file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(parts, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    aside.replace(path)


class Part:
    """A part of the file, written after each row."""

    def __init__(self, path: Path, name: str):
        self.path, self.name = path, name
        known, found = load(path).get(name, {"rows": []}), about()
        same = {**found, "date": ""} == {**known.get("about", {}), "date": ""}
        self.about: dict[str, Any] = found
        self.rows: list[Row] = known["rows"] if same else []

    def has(self, key: Row) -> bool:
        return any(key.items() <= row.items() for row in self.rows)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        content = {"about": self.about, "rows": self.rows}
        write(self.path, {**load(self.path), self.name: content})


def about() -> dict[str, Any]:
    """On what, with what, when, and what of the kernel."""
    words = subprocess.run([*compiler(), "--version"], capture_output=True, text=True, check=True)
    return {
        "device": f"{device_name('cpu')}, {platform.machine()}",
        "compiler": words.stdout.splitlines()[0],
        "torch": str(torch.__version__),
        "kernel": digest(SOURCE.read_text("utf-8")),
        "date": date.today().isoformat(),
    }


def digest(source: str) -> str:
    """A name for what a C file computes, whatever its comments say."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*", " ", source, flags=re.DOTALL)
    return sha256(" ".join(code.split()).encode()).hexdigest()[:16]


def words_of(found: Found) -> Row:
    """What is found, with names; counts of nothing are left out."""
    row: Row = {name: [found.worst[i], f"{found.at[i]:#010x}"] for i, name in enumerate(KEPT)}
    limits = ("faint", "overflow", "finite", "vanish", "subnormal")
    row |= {name: getattr(found, name) for name in limits if not isinf(getattr(found, name))}
    return row | {name: count for name, count in found.counts.items() if count}


def sums(rows: Iterable[Row], name: str) -> int:
    return sum(int(row.get(name, 0)) for row in rows)

"""The programs of the page about frameworks run, and step our optimizer as often as they should."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/use/frameworks.md").read_text("utf-8")
FENCE = re.compile(r'^```python title="(with_(\w+)\.py)"\n(.*?)^```$', re.M | re.S)
PROGRAMS = {name: (package, text) for name, package, text in FENCE.findall(PAGE)}
# Five epochs of four batches.
PRINTED = {
    "with_lightning.py": "AdaBelief 20",
    "with_accelerate.py": "AdaBelief 20",
    "with_transformers.py": "AdaBelief 20 [(0.01, 0.01), (0.0, 0.01)]",
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_program_of_the_page_makes_its_steps(name, tmp_path):
    package, text = PROGRAMS[name]
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    (tmp_path / name).write_text(text, "utf-8")
    found = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": found},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == PRINTED[name]


def test_all_code_of_the_page_is_a_program_that_is_run():
    assert set(PROGRAMS) == set(PRINTED)
    assert PAGE.count("```") == 2 * len(PROGRAMS)

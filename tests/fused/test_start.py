"""
What a program waits for before its first step. `starting.py` is the program.

How long it takes is measured by `make bench`. What takes long is known, and can be told without a
clock: torch's compiler, which takes most of a second to import, a C compiler, the kernels.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("starting.py")
CC = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")

pytestmark = pytest.mark.skipif(CC is None, reason="there is no C compiler here")


def start(cache, **environment):
    """What a fresh process says."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", PROGRAM],
        env={**os.environ, "LABML_OPTIM_CACHE_DIR": str(cache), **environment},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["modules"]


@pytest.fixture(scope="module")
def starts(tmp_path_factory):
    """Two processes. The first one finds an empty cache, the second one no compiler."""
    cache = tmp_path_factory.mktemp("start") / "cache"
    first = start(cache)
    assert len(list(cache.iterdir())) == 1
    return [first, start(cache, PATH="")]


def of_torch(names):
    return [name for name in names if name.startswith("torch")]


def test_the_import_takes_nothing_along(starts):
    for modules in starts:
        ours = [name for name in modules["import"] if name.startswith("labml_optim")]
        # The kernels are imported when they are needed.
        assert "labml_optim.adam" in ours and "labml_optim.fused" not in ours
        assert of_torch(modules["import"]) == []
        # torch itself has imported what else is needed.
        assert len(modules["import"]) - len(ours) <= 5, modules["import"]


def test_the_first_fused_step_takes_nothing_of_torch_along(starts):
    for modules in starts:
        assert "labml_optim.fused.cpu.launch" in modules["fused"]
        assert of_torch(modules["fused"]) == []
        # It is torch's own first optimizer that does, which shows that this would be seen.
        assert "torch._dynamo" in modules["torch"]


def test_the_annotated_step_needs_no_kernels(starts):
    for modules in starts:
        assert modules["annotated"] == []


def test_the_kernel_is_compiled_once_for_all_processes(starts):
    # The second one had no compiler, and made its step.
    assert len(starts) == 2

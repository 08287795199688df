"""What a program waits for before its first step. `starting.py` is the program."""

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


@pytest.fixture(scope="module")
def starts(tmp_path_factory):
    """What some fresh processes say. The first one finds an empty cache."""
    cache = tmp_path_factory.mktemp("start") / "cache"
    found = []
    for _ in range(3):
        run = subprocess.run(
            [sys.executable, "-W", "ignore", PROGRAM],
            env={**os.environ, "LABML_OPTIM_CACHE_DIR": str(cache)},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        found.append(json.loads(run.stdout))
        assert len(list(cache.iterdir())) == 1
    return found


def quickest(starts, what):
    """The shortest time: others had to wait for the processor."""
    return min(start["times"][what] for start in starts)


def test_the_import_is_quick(starts):
    assert quickest(starts, "import") < 50


def test_the_import_takes_nothing_along(starts):
    for start in starts:
        theirs = [name for name in start["modules"]["import"] if name.startswith("torch")]
        assert theirs == []


def test_the_first_fused_step_compiles_in_no_time(starts):
    assert starts[0]["times"]["fused"] < 2000


def test_the_first_fused_step_of_the_next_process_is_quick(starts):
    assert quickest(starts[1:], "fused") < 50


def test_the_first_fused_step_takes_nothing_of_torch_along(starts):
    for start in starts:
        theirs = [name for name in start["modules"]["fused"] if name.startswith("torch")]
        assert theirs == []
        # It is torch's own first optimizer that does, which shows that this would be seen.
        assert "torch._dynamo" in start["modules"]["torch"]

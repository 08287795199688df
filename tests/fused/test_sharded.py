"""Parameters that are spread over processes: each steps the shards that it has."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

PROGRAM = Path(__file__).with_name("sharded.py")
HELD = [
    *("fully sharded AMSGrad", "fully sharded AdaBelief", "offloaded", "placed", "on the way"),
    "redundancy",
]


@pytest.mark.skipif(
    not torch.distributed.is_available() or sys.platform == "win32",
    reason="this torch has no processes that talk to each other",
)
def test_shards_are_stepped_as_the_whole_would_be(tmp_path):
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", PROGRAM, str(rank), "2", tmp_path / "meeting"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]

    # If one of them fails, the others would wait for it.
    def ended(process):
        found = process.communicate()
        if process.returncode != 0:
            for each in started:
                each.kill()
        return found

    with ThreadPoolExecutor() as threads:
        found = list(threads.map(ended, started))
    for process, (printed, errors) in zip(started, found, strict=True):
        assert process.returncode == 0, errors
        assert printed.splitlines() == HELD

"""
Scripts of the guide, run one after another: `several.py RUNS COUNT [STEP]`, where RUNS is a file
with a list of scripts and their arguments, and COUNT says how many processes each of them gets.
With STEP, each is first run until its last process is killed after that step.

They are forked from this one, which has imported what takes seconds.
"""

import json
import os
import runpy
import signal
import socket
import sys
from multiprocessing import get_context
from pathlib import Path

import torch._dynamo
import torch.distributed.checkpoint.state_dict
import torch.distributed.fsdp
import torch.distributed.optim  # noqa: F401
from torch.optim.optimizer import register_optimizer_step_post_hook

SCRIPTS = Path(__file__).parents[2] / "docs/use/scripts"


def free_port():
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return found.getsockname()[1]


def kill_after(step):
    def hook(optimizer, *_):
        if step in (int(state["step"]) for state in optimizer.state.values()):
            os.kill(os.getpid(), signal.SIGKILL)

    register_optimizer_step_post_hook(hook)


def one(script, given, environment, step):
    os.environ.update(environment)
    if step is not None:
        kill_after(step)
    # The scripts import one of their neighbours.
    sys.path.insert(0, str(SCRIPTS))
    sys.argv = [script, *given]
    runpy.run_path(str(SCRIPTS / script), run_name="__main__")


def run(script, given, count, step=None):
    """Return how the processes ended. If one fails, the others would wait for it for ever."""
    shared = {"MASTER_ADDR": "localhost", "MASTER_PORT": str(free_port()), "WORLD_SIZE": str(count)}
    fork = get_context("fork")
    started = [
        fork.Process(target=one, args=(script, given, {**shared, "RANK": str(rank)}, kill))
        for rank, kill in enumerate([None] * (count - 1) + [step])
    ]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    for process in started:
        process.kill()
        process.join()
    return [process.exitcode for process in started]


def main(runs, count, step=None):
    for script, *given in json.loads(Path(runs).read_text()):
        if step is not None and run(script, given, int(count), int(step))[-1] != -signal.SIGKILL:
            sys.exit(f"{script} was not killed")
        if any(run(script, given, int(count))):
            sys.exit(f"{script} {' '.join(given)} failed")


if __name__ == "__main__":
    main(*sys.argv[1:])

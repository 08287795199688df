"""The scripts of the guide end where one process ends, whatever spreads them over several."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
STEPS = 20
EVERY = 5  # a checkpoint
ENGINES = ("annotated", "fused")
WAYS = {
    "ddp": ["ddp.py"],
    "zero": ["zero.py"],
    "fsdp": ["fsdp.py"],
    "offload": ["fsdp.py", "--offload"],
}

pytestmark = pytest.mark.skipif(
    not torch.distributed.is_available() or sys.platform != "linux",
    reason="needs torch.distributed, and processes that can be forked",
)


def started(*command, **more):
    found = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        **more,
        "PYTHONPATH": os.pathsep.join(filter(None, found)),
        # A page's folder holds what is published.
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
    }
    words = [sys.executable, "-W", "ignore", *map(str, command)]
    # Processes that wait for each other for ever are a failure.
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    return done.stdout


def launch(count, runs, file, *step):
    file.write_text(json.dumps(runs))
    started(HERE / "several.py", file, count, *step)


def run_of(way, engine, *more):
    return [*WAYS[way], *(["--fused"] if engine == "fused" else []), *map(str, more)]


def near(found, expected, atol):
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=atol)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("distributed")


@pytest.fixture(scope="module")
def alone(folder):
    """The weights that one process ends with, in float64 and in float32."""
    double, single = folder / "alone-double", folder / "alone"
    runs = [["single.py", "--double", "--weights", str(double)]]
    launch(1, [*runs, ["single.py", "--weights", str(single)]], folder / "one")
    return {"--double": torch.load(double), "": torch.load(single)}


@pytest.fixture(scope="module")
def spread(folder):
    """The weights that two processes end with, in each way, with each engine and precision."""
    files = {
        (way, engine, precision): folder / f"{way}-{engine}{precision}"
        for way in WAYS
        for engine in ENGINES
        for precision in ("--double", "")
    }
    runs = [
        run_of(way, engine, *filter(None, [precision]), "--weights", file)
        for (way, engine, precision), file in files.items()
    ]
    launch(2, runs, folder / "two")
    return {name: torch.load(file) for name, file in files.items()}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", WAYS)
def test_two_processes_end_where_one_does(way, engine, spread, alone):
    # The gradient is the mean over two halves of a batch, which is added up in another order: a
    # rounding error a step, in numbers of about 1.
    near(spread[way, engine, "--double"], alone["--double"], atol=1e-15)
    near(spread[way, engine, ""], alone[""], atol=1e-6)


@pytest.fixture(scope="module")
def resumed(folder):
    """
    Checkpoints that two processes wrote after 5 steps and one after 10, and the weights with which
    two processes then end after 20.
    """
    names = [(way, engine) for way in ("ddp", "zero", "fsdp") for engine in ENGINES]

    def run(way, engine, steps):
        where = folder / f"checkpoint-{way}-{engine}"
        weights = folder / f"resumed-{way}-{engine}"
        more = ["--steps", steps, "--checkpoint", where, "--weights", weights]
        return run_of(way, engine, "--double", *more)

    for count, steps in ((2, EVERY), (1, 2 * EVERY)):
        launch(count, [run(*name, steps) for name in names], folder / f"steps-{steps}")
    for way, engine in names:
        here = folder / f"checkpoint-{way}-{engine}"
        copied = shutil.copytree if here.is_dir() else shutil.copy
        copied(here, folder / f"copy-{way}-{engine}")
    launch(2, [run(*name, STEPS) for name in names], folder / "steps-20")
    return {name: torch.load(folder / "-".join(["resumed", *name])) for name in names}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", ["ddp", "zero", "fsdp"])
def test_it_goes_on_with_another_number_of_processes(way, engine, resumed, alone):
    near(resumed[way, engine], alone["--double"], atol=1e-15)  # as above


@pytest.fixture(scope="module")
def killed(folder, resumed):
    """One of two processes is killed in step 13. Started again, they go on after step 10."""
    names = [(way, engine) for way in ("ddp", "fsdp") for engine in ENGINES]
    files = {name: folder / "-".join(["killed", *name]) for name in names}
    runs = [
        run_of(*name, "--double", "--checkpoint", folder / "-".join(["copy", *name]))
        + ["--weights", str(files[name])]
        for name in names
    ]
    launch(2, runs, folder / "killed", 13)
    return {name: torch.load(file) for name, file in files.items()}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", ["ddp", "fsdp"])
def test_a_process_that_is_killed_changes_nothing(way, engine, killed, resumed):
    # The same steps by as many processes.
    near(killed[way, engine], resumed[way, engine], atol=0)


@pytest.mark.parametrize("script", ["ddp", "zero"])
def test_no_thread_of_the_group_outlives_it(script, folder):
    # FSDP's group does, whatever a script does: torch keeps a reference to it.
    alone = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0", "RANK": "0", "WORLD_SIZE": "1"}
    assert started(HERE / "left.py", script, "--weights", folder / "left", **alone) == "\n"


def test_the_command_of_the_page_runs(folder, alone):
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    weights = folder / "by-torchrun"
    started(*torchrun, ROOT / "docs/use/scripts/ddp.py", "--weights", weights)
    near(torch.load(weights), alone[""], atol=1e-6)

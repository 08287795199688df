"""The benchmark measures what it says, and writes what the site can plot."""

import ctypes
import doctest
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import bench, ceiling, clock, contestants
from benchmarks.contestants import Contestant, Set
from benchmarks.rows import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """What a quick run prints, and the file that it writes."""
    folder = tmp_path_factory.mktemp("quick")
    command = [
        sys.executable,
        "-m",
        "benchmarks.bench",
        "--quick",
        "--threads",
        "1",
        "--data",
        folder / "new/cpu.jsonl",
    ]
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done, folder / "new/cpu.jsonl"


def test_the_site_can_read_what_a_run_writes(quick):
    data = load(quick[1])
    assert {bar.figure for bar in data.rows} == {"ratio", "step", "memory", "annotated", "start"}
    assert data.about["torch"] == torch.__version__
    assert (
        data.about["script"] == "tools/benchmarks/bench.py"
        and (ROOT / data.about["script"]).is_file()
    )


def test_a_run_prints_all_that_it_writes(quick):
    done, path = quick
    for bar in load(path).rows:
        found = [line for line in done.stdout.splitlines() if line.startswith(f"  {bar.label} ")]
        assert any(f" {bar.value:g} {bar.unit}" in f"{line} " for line in found), bar


def test_a_run_has_all_optimizers_fused_and_annotated(quick):
    bars = load(quick[1]).rows
    for figure in ("ratio", "memory"):
        labels = {bar.label for bar in bars if bar.figure == figure and bar.mark}
        ours = ("AdaBelief", "RAdam", "AMSGrad", "Adam")
        assert labels == {f"{name}(fused=True)" for name in ours}
    labels = {bar.label.partition(" ")[0] for bar in bars if bar.figure == "annotated"}
    assert {"Adam", "AMSGrad", "RAdam"} <= labels


def test_who_is_not_installed_is_named(quick):
    bars = load(quick[1]).rows
    for peer in ("adabelief-pytorch", "pytorch_optimizer AdaBelief"):
        measured = any(bar.label == peer for bar in bars)
        assert measured != (f"{peer} is left out" in quick[0].stderr)


def test_the_figures_of_the_site_have_their_goals():
    bars = load(ROOT / "tools/benchmarks/data/cpu.jsonl").figure("ratio")
    goals = [bar.at_most for bar in bars if bar.label == "AdaBelief(fused=True)"]
    assert goals == [0.5, 0.9, 1.0, 1.0]


def test_contestants_take_equal_turns_in_changing_order(monkeypatch):

    monkeypatch.setattr(clock, "strangers", lambda: 0)

    turns = []
    named = {name: (lambda name=name: turns.append(name)) for name in "abc"}
    found = clock.times(named, lambda: None, seconds=0, least=20)
    rounds = ["".join(turns[i : i + 3]) for i in range(3 * clock.WARM_UP, len(turns), 3)]
    assert {len(times) for times in found.values()} == {20} == {len(rounds)}
    assert {"".join(sorted(order)) for order in rounds} == {"abc"} and len(set(rounds)) > 3


def test_tensors_are_made_anew_in_each_place(monkeypatch):

    lines, which = [], Set("one", [(3,)], {"cpu": 1.0})

    def times(turns, wait, seconds, least, patience, gauge):
        lines.append(list(turns))
        assert (seconds, least, patience) == (2, 4, 0.5)
        return {name: [len(lines)] for name in turns}

    made = []

    def make(params):
        made.append(params)
        return torch.optim.SGD(params)

    monkeypatch.setattr(bench.clock, "times", times)
    heat = [Contestant("a", make, moves=28), Contestant("b", torch.optim.SGD)]
    flags = ["--places", "4", "--seconds", "8", "--rounds", "15", "--patience", "2"]
    options = bench.parse_arguments(flags)
    found = bench.measure(which, heat, options)
    names = [bench.REFERENCE.label, "a", "b", bench.ceiling.LABEL]
    assert found == {name: [1, 2, 3, 4] for name in names}
    # Each is the first in its turn; memory comes last.
    assert len(made) == 4 and len({id(params[0]) for params in made}) == 4
    assert all(line[-1] == names[-1] for line in lines)
    assert [line[0] for line in lines] == [*names[1:3], names[0], names[1]]


def test_rounds_in_which_others_work_are_left_out(monkeypatch):

    # Two readings for each block: others work in the second one alone.
    readings = iter([0, 0, 0, 9, 9, 9, 9, 9])
    monkeypatch.setattr(clock, "strangers", lambda: next(readings))
    counter = iter(range(-clock.WARM_UP, 100))
    seen = []

    def turn():
        seen.append(next(counter))
        return 0

    found = clock.times({"a": turn}, lambda: None, seconds=0, least=3, patience=0)
    assert len(found["a"]) == 3 and seen[-1] == 3


def test_where_it_is_never_quiet_all_rounds_count(monkeypatch):

    monkeypatch.setattr(clock, "strangers", iter(range(0, 10**6, 100)).__next__)
    found = clock.times({"a": lambda: None}, lambda: None, seconds=0, least=4)
    assert len(found["a"]) == 4


def test_blocks_in_which_memory_is_slow_are_left_out(monkeypatch):

    paces = iter([1.0, 1.1, 1.9, 1.05])
    monkeypatch.setattr(clock, "strangers", lambda: 0)
    monkeypatch.setattr(clock, "one_round", lambda *_: {"a": 7, "memory": next(paces)})
    turns = {"a": lambda: None, "memory": lambda: None}
    found = clock.times(turns, lambda: None, seconds=0, least=4, gauge="memory")
    assert found["memory"] == [1.0, 1.1, 1.9, 1.05]  # of three quiet rounds there are too few
    blocks = [[{"memory": pace}] for pace in (1.9, 1.1, 1.0, 1.2)]
    assert clock.fast(blocks, "memory") == blocks[1:3]
    assert clock.fast([], "memory") == []


def test_a_disturbed_round_does_not_disturb_a_ratio():

    assert doctest.testmod(clock).attempted
    assert not doctest.testmod(clock).failed


def test_sets_are_as_large_as_they_say():

    counts = [(len(s.shapes), round(bench.size(s) / 1e6, 1)) for s in contestants.sets("cuda")]
    assert counts == [(200, 0.1), (62, 11.7), (2, 33.6), (148, 124.4), (25, 100.0)]
    assert max(n for (n,) in contestants.sets("cpu")[0].shapes) <= 1024


def test_subnormal_numbers_are_refused():

    param = torch.nn.Parameter(torch.tensor([1.0, 0.0]))
    optimizer = torch.optim.SGD([param])
    bench.refuse_subnormal("SGD", optimizer)
    with torch.no_grad():
        param[1] = 1e-40
    with pytest.raises(ArithmeticError, match="SGD: subnormal"):
        bench.refuse_subnormal("SGD", optimizer)


def test_the_ceiling_goes_over_all_of_memory_and_changes_nothing():

    turn, moved = ceiling.turn("cpu", 1000)
    assert moved == 28 * 1000
    assert all((stream == 0).all() for stream in turn())
    starts = [stream.data_ptr() for stream in turn()]
    # None begins where the one before ends, nor a page behind a multiple of many pages.
    assert [b - a for a, b in zip(starts, starts[1:], strict=False)] == [2 * 65536] * 3
    # With another factor than zero, one sees that nothing is left out.
    p, g, m, v = torch.zeros(1000), torch.ones(1000), torch.zeros(1000), torch.zeros(1000)
    addresses = [ctypes.c_void_p(tensor.data_ptr()) for tensor in (p, g, m, v)]
    ceiling.function()(ctypes.c_int64(1000), *addresses, ctypes.c_float(2), 3)
    assert all((tensor == 2).all() for tensor in (p, m, v)) and (g == 1).all()

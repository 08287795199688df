"""The run on a GPU: each part has its limit, nothing measured is lost, and one table ends it."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def gpu():
    spec = importlib.util.spec_from_file_location("gpu", ROOT / "tools/gpu.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["gpu"] = module
    spec.loader.exec_module(module)
    return module


def part(gpu, name, code, limit=60, needs=()):
    command = ("-c", code)
    return gpu.Part(name, command, command, limit, gpu.lines, needs)


def results(folder):
    found = json.loads((folder / "results.json").read_text("utf-8"))
    return {each["part"]: each for each in found}


def test_a_part_that_fails_and_one_that_is_stopped_leave_what_they_had(gpu, tmp_path, capsys):
    parts = [
        part(gpu, "good", "print('twelve')"),
        part(gpu, "bad", "print('before'); raise SystemExit(3)"),
        part(gpu, "endless", "print('began', flush=True); import time; time.sleep(1000)", limit=3),
        part(gpu, "absent", "", needs=["no_such_package"]),
        part(gpu, "last", "print('the end')"),
    ]
    assert gpu.main(["--device", "cpu", "--out", str(tmp_path)], parts) == 1
    found = results(tmp_path)
    states = [each["state"] for each in found.values()]
    assert states == ["passed", "failed", "stopped", "left out", "passed"]
    assert found["endless"]["gist"] == ["began"] and found["bad"]["gist"] == ["before"]
    table = capsys.readouterr().out.split("\n\n")[-1]
    for words in ("good", "twelve", "stopped", "no_such_package is not installed", "the end"):
        assert words in table


def test_a_run_that_is_cut_short_has_written_the_parts_before(gpu, tmp_path, monkeypatch):
    real = gpu.run

    def run(one, *rest):
        if one.name == "second":
            raise KeyboardInterrupt
        return real(one, *rest)

    monkeypatch.setattr(gpu, "run", run)
    with pytest.raises(KeyboardInterrupt):
        gpu.main(
            ["--out", str(tmp_path)], [part(gpu, "first", "print(1)"), part(gpu, "second", "")]
        )
    assert results(tmp_path)["first"]["gist"] == ["1"]


def test_all_parts_together_take_at_most_seven_minutes(gpu):
    assert sum(part.limit for part in gpu.PARTS) <= 7 * 60


def test_each_part_names_tests_and_files_that_exist(gpu):
    for each in gpu.PARTS:
        for word in (*each.gpu, *each.cpu):
            if word.startswith(("tests/", "tools/", "labml_optim/")):
                assert (ROOT / word).exists(), word


def test_a_run_without_a_gpu_works(gpu, tmp_path):
    quick = [part for part in gpu.PARTS if part.name in ("versions", "tests of both engines")]
    assert gpu.main(["--device", "cpu", "--out", str(tmp_path)], quick) == 0
    assert " passed" in results(tmp_path)["tests of both engines"]["gist"][-1]

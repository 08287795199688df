r"""
Make slips in what surrounds the formulas, one at a time, and see whether tests or check find them.

```
python tests/mutation/around.py --part 300 --seed 7
```

Each mutant is first shown to tests that run its line, the quickest first, and to some that run its
file, or no line at all; then to a few runs of the check; then to all tests of the optimizers and of
the engines. Which tests run which lines is found out once, and kept in `.cache`. Of a test with
many parameters, six sets of them take part in that. What fails has to pass without the slip. With
`--quick`, the tests that run the line have one minute, and after the check there are no others.
`found.json` there has what became of each mutant.

The exit status is 1 if a mutant survives that is not in the list of `surviving.py`, or if less than
98 % of those that are not equivalent are found.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import surroundings
from covering import Covering
from known import Known
from surroundings import Mutant
from surviving import KNOWN
from trial import Copy, First, Spread, Trial, files

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache/mutants"
TESTS = ("tests/optim", "tests/fused")
# It compares a digest, which any change alters.
DIGEST = "test_all_was_tried_with_the_kernel_as_it_is"
# What a mutant of C is run by.
HOST = "fused/cpu/launch.py"
# What all tests together may take, in seconds, and what a stage may.
ALL = 1800
LIMITS = {"few": 60, "file": 200, "apart": 200, "line": 300, "check": 300, "all": ALL}
# Those of these folders make steps that the check sees.
CHECKED = ("optimizer.py", "adam.py", "amsgrad.py", "radam.py", "nadam.py", "adabelief.py")


class Map:
    """Which tests run which lines, and how long they take. Those that fail anyway are left out."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.tests = {
            name: each for name, each in found.items() if not each["failed"] and DIGEST not in name
        }
        self.seconds = {name: each["seconds"] for name, each in self.tests.items()}
        # Those that run no line here and take seconds start processes.
        self.apart = [
            name for name, each in self.tests.items() if not each["lines"] and each["seconds"] > 1
        ]
        self.lines: dict[tuple[str, int], set[str]] = defaultdict(set)
        for name, each in self.tests.items():
            for file, lines in each["lines"].items():
                for line in lines:
                    self.lines[file, line].add(name)

    def running(self, mutant: Mutant) -> list[str]:
        """The tests that run a line; if there are none, those of the function, or of the file."""
        file, whole = mutant.file, range(1, 1000)
        ranges = [
            range(mutant.first, mutant.last + 1),
            range(mutant.around[0] + 1, mutant.around[1]),
        ]
        if file.endswith(".c"):
            file, ranges = HOST, []
        for lines in [*ranges, whole]:
            found = set().union(*(self.lines.get((file, line), ()) for line in lines[:1000]))
            if found:
                return sorted(found, key=self.seconds.__getitem__)
        return []

    def of_file(self, mutant: Mutant) -> list[str]:
        """
        The tests that run any line of a file, since what is done once the first of them does, and
        those that run none: they look at what is written.
        """
        file = HOST if mutant.file.endswith(".c") else mutant.file
        lines = {name: each["lines"] for name, each in self.tests.items()}
        found = [name for name, files in lines.items() if file in files or not files]
        return sorted(found, key=self.seconds.__getitem__)

    def few(self, tests: Sequence[str], seconds: float) -> list[str]:
        """Some of each function, as many as take no longer."""
        found, count = [], dict[str, int]()
        for test in tests:
            function = test.partition("[")[0]
            count[function] = count.get(function, 0) + 1
            seconds -= self.seconds[test] if count[function] <= 3 else 0
            if seconds < 0:
                break
            if count[function] <= 3:
                found.append(test)
        return found


def mapped(copy: Copy, again: bool) -> Map:
    """The map. All tests are run for it, on the copy without a slip."""
    path = CACHE / "lines.json"
    if again or not path.exists():
        plugins = [Spread(6), Covering(copy.folder / "labml_optim", path)]
        print("finding out which tests run which lines", file=sys.stderr)
        copy.forked(lambda: First().run(TESTS, plugins, stop=False), ALL)
        found = json.loads(path.read_text("utf-8"))
        # Some may have failed only since they were watched.
        for test in [name for name, each in found.items() if each["failed"]]:
            found[test]["failed"] = bool(copy.test([test], LIMITS["line"]).found)
        path.write_text(json.dumps(found), encoding="utf-8")
    return Map(json.loads(path.read_text("utf-8")))


def warm(copy: Copy) -> None:
    """Import what the tests import, but for the project, so that no process has to."""

    def imported() -> str:
        First().run(["--collect-only", *TESTS])
        files = {name: str(getattr(module, "__file__", "")) for name, module in sys.modules.items()}
        return json.dumps([name for name, file in files.items() if "site-packages" in file])

    for name in json.loads(copy.forked(imported, ALL).found):
        with suppress(Exception):
            import_module(name)


def judge(
    mutant: Mutant, copy: Copy, known: Map, digests: str | None, whole: bool
) -> tuple[str, Trial]:
    """In which stage it was found, and by what."""
    texts = {mutant.file: mutant.text(), **({"fused/digests.py": digests} if digests else {})}
    stage, trial = "none", Trial("", 0)
    enough = math.inf if whole else 60
    for stage, tests in stages(mutant, known, whole):
        with copy.with_files(texts):
            if stage == "check":
                trial = copy.forked(lambda: checked(copy, mutant.file), LIMITS[stage])
            else:
                trial = copy.test(tests, LIMITS[stage], enough)
        if trial.found and (stage == "check" or passes(copy, tests, trial.found)):
            return stage, trial
    return stage, Trial("", trial.seconds)


def stages(mutant: Mutant, known: Map, whole: bool) -> Iterator[tuple[str, list[str]]]:
    running = known.running(mutant)
    if few := known.few(running, 10):
        yield "few", few
    if known_as(mutant):
        return
    if others := known.few(known.of_file(mutant), 15):
        yield "file", others
    # What they do in processes of their own has no lines.
    if known.apart:
        yield "apart", known.apart
    # All parameters, also those that have no place in the map.
    functions = list(dict.fromkeys(test.partition("[")[0] for test in running))
    if running:
        yield "line", functions
    if mutant.file in CHECKED:
        yield "check", []
    if whole:
        rest = sorted(known.seconds.keys() - set(running), key=known.seconds.__getitem__)
        rest = list(dict.fromkeys(test.partition("[")[0] for test in rest))
        yield "all", [each for each in rest if each not in functions]


PASSED: dict[tuple[str, ...], bool] = {}


def passes(copy: Copy, tests: Sequence[str], found: str) -> bool:
    """
    Whether a test that fails passes without the slip, where it is run alone; or whether all do, if
    it was none of them that failed.
    """
    blamed = (found,) if "::" in found and " " not in found.partition("[")[0] else tuple(tests)
    if blamed not in PASSED:
        PASSED[blamed] = not copy.test(blamed, LIMITS["line"]).found
        if not PASSED[blamed]:
            print(f"fails without a slip: {found}", file=sys.stderr, flush=True)
    return PASSED[blamed]


def checked(copy: Copy, file: str) -> str:
    """What a few runs of the check say."""
    sys.path.insert(0, str(copy.folder / "tests/mutation"))
    import judge

    from sidenotes.check import checker, runs

    every = list(runs.load(copy.folder / "tools/checks/optimizers.py").runs("cpu"))
    sources = checker.sources(sorted((copy.folder / "labml_optim").glob("*.py")))
    return judge.checked(sources, every, file, thorough=False)[0]


def known_as(mutant: Mutant) -> Known | None:
    return next((entry for entry in KNOWN if entry.speaks_of(mutant)), None)


def sample(mutants: Iterable[Mutant], count: int, draw: Random) -> list[Mutant]:
    """So many, three of each file at least."""
    groups: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in draw.sample(list(mutants), len(list(mutants))):
        groups[mutant.file].append(mutant)
    first = [each for group in groups.values() for each in distinct(group, 3)]
    rest = [each for group in groups.values() for each in group if each not in first]
    rest = list(distinct(draw.sample(rest, len(rest)), max(0, count - len(first))))
    return draw.sample([*first, *rest], min(count, len(first) + len(rest)))


def distinct(mutants: Iterable[Mutant], count: int) -> Iterator[Mutant]:
    for mutant in mutants:
        if count and mutant.alters():
            count -= 1
            yield mutant


def renewed(mutants: Sequence[Mutant], path: Path) -> str:
    """
    The digests that an author would write for functions with a slip, by the number of the mutant.
    Else each of them would be found by the test that compares digests.
    """
    import ast

    from labml_optim.fused.digests import DIGESTS
    from labml_optim.fused.overrides import digest_of_source

    before, found = path.read_text("utf-8"), {}
    for number, mutant in enumerate(mutants):
        text = before
        for kind in ast.parse(mutant.text()).body if mutant.file.endswith(".py") else ():
            for function in kind.body if isinstance(kind, ast.ClassDef) else ():
                old = DIGESTS.get(f"{kind.name}.{getattr(function, 'name', '')}")
                if old:
                    lines = mutant.text().splitlines()[function.lineno - 1 : function.end_lineno]
                    text = text.replace(old, digest_of_source("\n".join(lines) + "\n"))
        if text != before:
            found[number] = text
    return json.dumps(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", type=int, help="so many of all; without it, all")
    parser.add_argument("--seed", type=int, default=0, help="draws the mutants")
    parser.add_argument("--again", action="store_true", help="those of the last run that survived")
    parser.add_argument("--map", action="store_true", help="find out again what runs which lines")
    parser.add_argument("--quick", action="store_true", help="only with tests that run the line")
    options = parser.parse_args()
    draw = Random(options.seed)
    every = surroundings.every(options.seed)
    if options.again:
        before = json.loads((CACHE / "found.json").read_text("utf-8"))
        survived = {text for text, _, found, _ in before if not found}
        every = [mutant for mutant in every if str(mutant) in survived]
    mutants = sample(every, options.part or len(every), draw)
    results: list[tuple[Mutant, str, Trial]] = []
    begin = perf_counter()
    with tempfile.TemporaryDirectory() as name:
        copy = Copy(ROOT, files(ROOT), Path(name))
        warm(copy)
        known = mapped(copy, options.map)
        path = copy.folder / "labml_optim/fused/digests.py"
        digests = json.loads(copy.forked(lambda: renewed(mutants, path), 300).found)
        for number, mutant in enumerate(mutants):
            found = judge(mutant, copy, known, digests.get(str(number)), not options.quick)
            results.append((mutant, *found))
            told(results, len(mutants), perf_counter() - begin)
    return report(results)


def told(results: Sequence[tuple[Mutant, str, Trial]], count: int, seconds: float) -> None:
    mutant, _, trial = results[-1]
    if not trial.found and not known_as(mutant):
        print(f"survives: {mutant}", file=sys.stderr, flush=True)
    if len(results) % 10 == 0 or len(results) == count:
        print(f"{len(results)} of {count}, {seconds:.0f} s", file=sys.stderr, flush=True)
    rows = [(str(m), stage, *trial) for m, stage, trial in results]
    (CACHE / "found.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


def report(results: Sequence[tuple[Mutant, str, Trial]]) -> int:
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    survive = []
    for mutant, _, trial in results:
        entry = None if trial.found else known_as(mutant)
        column = 1 if trial.found else 2 if entry and entry.equal else 3
        for key in (mutant.file, f"all in {Path(mutant.file).parent}", "total"):
            rows[key][0] += 1
            rows[key][column] += 1
        if not trial.found and not entry:
            survive.append(mutant)
    print(f"{'':28}{'mutants':>9}{'found':>9}{'equal':>9}{'survive':>9}")
    for name, counts in sorted(rows.items(), key=lambda row: (row[0] == "total", row[0])):
        print(f"{name:28}" + "".join(f"{count:9}" for count in counts))
    if survive:
        print("\nSURVIVE, and no reason is known:", *survive, sep="\n")
    all_, found, equal, _ = rows["total"]
    print(f"\n{found} of {all_ - equal} found, {100 * found / max(1, all_ - equal):.2f} %")
    return 1 if survive or found < 0.98 * (all_ - equal) else 0


if __name__ == "__main__":
    sys.exit(main())

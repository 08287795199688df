"""What the table of symbols says in formulas of a symbol is what the code makes under its name."""

import re
from pathlib import Path

import pytest

from sidenotes.check import checker, runs
from sidenotes.check.claims.remark import Remark
from sidenotes.math.symbols import load

ROOT = Path(__file__).parents[2]
SYMBOLS = load(ROOT / "tools/checks/symbols.yml")
# The formula that a meaning ends in, as a formula of more than a symbol.
MEANT = {
    symbol.tex: found[1]
    for symbol in SYMBOLS
    if (found := re.search(r", \$([^$,]*[-+^\\/][^$]*)\$$", symbol.meaning))
}
FILES = [ROOT / "labml_optim" / f"{name}.py" for name in ("adam", "radam", "adabelief")]


@pytest.fixture(scope="module")
def stated():
    """What became of the meanings, written as remarks into a file of their own."""
    every = list(runs.load(ROOT / "tools/checks/optimizers.py").runs("cpu"))
    some = [run for run in every if run.subject in ("Adam", "AdaBelief")][::30]
    lines = [f"${tex} = {meant}$" for tex, meant in MEANT.items()]
    false = [f"${tex} = 2 + {meant}$" for tex, meant in MEANT.items()]
    texts = {path: path.read_text("utf-8") for path in FILES}
    texts[Path("meanings.py")] = 'r"""\n{}\n"""\n'.format("\n\n".join([*lines, *false]))
    found = checker.check(texts, some, SYMBOLS).of(Remark)
    own = [each for each in found if each.place.path.name == "meanings.py"]
    return {each.place.tex: next(each.results()).state for each in own}


MADE = [tex for tex in MEANT if tex in ("e_t", "b_{1,t}", "b_{2,t}", "c_t")]


@pytest.mark.parametrize("tex", MADE)
def test_a_meaning_is_what_the_code_makes(tex, stated):
    assert stated[f"{tex} = {MEANT[tex]}"] == "passed"
    assert stated[f"{tex} = 2 + {MEANT[tex]}"] == "failed"


def test_meanings_with_formulas_are_found():
    assert len(MADE) == 4, MEANT

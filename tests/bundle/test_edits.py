"""An edit of what an optimizer computes makes the check of its bundle fail.

The slips are those that `make mutants` makes in the package. Thirty of each bundle are drawn; with
ALL_EDITS=1 in the environment all are tried, which takes an hour.
"""

import os
import sys
import warnings
from pathlib import Path
from random import Random

import pytest
from optimizers import NAMES, load, text

sys.path.append(str(Path(__file__).parents[1] / "mutation"))
import lines  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread")

COUNT = 30
# What computes. The rest of `step` sees to gradients and closures, and has tests of its own.
COMPUTING = (
    *("prepare", "get_mv", "get_maximum", "get_lr", "get_step", "update", "init_state"),
    *("calc_rectification_term", "rectifies", "step_param", "__call__"),
)
# These make other code of the same meaning, or may.
SAME = {"statements_swapped", "out_of_place"}
# The rest of what changes nothing: a part of the line as it is, a part as it is then, the reason.
EQUIVALENT = (
    ("if decay == 0:", "", "With a coefficient of 0, each of the three rules changes nothing."),
    ("raise NotImplementedError", "", "The text of an error."),
    ("rho < 5", "rho <= 5", "They differ where rho_t is 5 to the last bit."),
    ("return True", "return -(True)", "-1 counts as true, too."),
    ('return group["rectify"]', "return -", "-1 counts as true, too."),
    ("torch.maximum(v_max, v", "torch.maximum(v, v_max", "It is the same maximum."),
    ("torch.maximum(v_max, v", "; torch.maximum", "The maximum of a maximum is that maximum."),
    ("zeros_like(", "-(torch.zeros_like", "-0 is 0."),
    ("super().init_state(", "; super()", "To set the start twice is to set it once."),
    ("Step(0.0, root, adaptive=False)", "", "A step of size 0 is none."),
    ('"max_exp_avg', "", "`get_maximum` makes the entry where it is missing."),
    ('if group["amsgrad"]:', "", "`get_maximum` drops the entry where it is not wanted."),
    ("elif step_size != 0:", "", "A step of size 0 is none."),
    ("state.pop(key, None)", "", "What is forgotten late is not used."),
    ('state["exp_avg', '; state["', "To set the start twice is to set it once."),
    ('state["step"] = 0', '; state["', "To set the start twice is to set it once."),
)


def computing_part(source):
    """The bundle without its check: a slip in the transcription is not one in the optimizer."""
    return source[: source.index("\ndef decayed(")]


def edits(name):
    source = text(name, is_bare=True)
    part = computing_part(source)
    for operator, edit in lines.mutants(part, Random(0)):
        function = lines_above(part, edit.start)
        old = part[: edit.start].rpartition("\n")[2] + part[edit.start :].partition("\n")[0]
        changed = source[: edit.start] + edit.text + source[edit.end :]
        new = changed[: edit.start].rpartition("\n")[2] + changed[edit.start :].partition("\n")[0]
        same = any(a in old and b in new for a, b, _ in EQUIVALENT)
        if function in COMPUTING and operator not in SAME and not same:
            yield f"{operator}: {old.strip()} -> {new.strip()}", changed


def lines_above(source, place):
    """The function around a place."""
    heads = [line for line in source[:place].splitlines() if line.lstrip().startswith("def ")]
    return heads[-1].split("def ")[1].partition("(")[0] if heads else ""


def holds(source):
    """Whether all that the check of a bundle looks at holds, but for its examples."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = load(source, "edited_bundle")
            subjects = subjects_of(found, source)
            for subject in subjects:
                if not all(row.holds for row in found.of_one(subject, "cpu")):
                    return False
    except Exception:
        # It does not even run.
        return False
    return True


def subjects_of(found, source):
    """What the bundle checks when it is run."""
    taken = []
    main = source[source.index('if __name__ == "__main__":') :].replace("sys.exit(", "(")
    space = {
        **vars(found),
        "__name__": "__main__",
        "check": lambda *subjects: taken.extend(subjects),
    }
    exec(main, space)
    return taken


@pytest.mark.parametrize("name", NAMES)
def test_every_slip_in_a_bundle_is_found(name):
    assert holds(text(name, is_bare=True))
    found = list(edits(name))
    if not os.environ.get("ALL_EDITS"):
        Random(f"{name}").shuffle(found)
        found = found[:COUNT]
    assert len(found) >= COUNT
    assert [label for label, source in found if holds(source)] == []


def test_a_slip_is_told_by_the_exit_status(tmp_path, capsys):
    source = text("adam", is_bare=True)
    old = "param.addcdiv_(m, denominator, value=-step_size)"
    assert source.count(old) == 1
    for factor, status in (("", 0), (" * (1 + 1e-6)", 1)):
        edited = source.replace(old, old.replace("-step_size", f"-step_size{factor}"))
        found = load(edited, "edited_bundle")
        assert found.check(*subjects_of(found, edited)) == status
        said = capsys.readouterr().out
        assert ("FAILED" in said) == (status == 1) and ("all holds" in said) == (status == 0)


def test_a_broken_example_is_told_by_the_exit_status(capsys):
    source = text("adam").replace("[-1.0, -1.0, -1.0]", "[-1.0, -1.0, -1.1]")
    found = load(source, "edited_bundle")
    assert found.check(*subjects_of(found, source)) == 1
    said = [line for line in capsys.readouterr().out.splitlines() if "FAILED" in line]
    assert len(said) == 1 and "examples" in said[0]

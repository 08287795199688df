"""What the page says of all gradients is what was found, and a sample of them finds it again."""

import doctest
import math
from functools import lru_cache

import pytest
import torch

from exhaust import cases, limits, page, parts
from exhaust.driver import ALL, KEPT, Driver, Found
from exhaust.results import digest, load, words_of
from labml_optim.fused.cpu.compiler import SOURCE, compiler

try:
    compiler()
except RuntimeError as error:
    pytestmark = pytest.mark.skip(reason=str(error))


DATA = load()
# Of 2^32, some 262,000 at equal distances. Odd, so that all low bits occur.
COUNT, STRIDE = 1 << 18, 16_381
# Bits around which all are tried: zero, normal numbers begin, 1, the largest, -0, the largest.
SPECIAL = (0, 0x00800000, 0x3F800000, 0x7F800000, 0x80000000, 0xFF800000)
BLOCK = 512


@lru_cache
def driver(dtype):
    return Driver(dtype)


def sampled(of, start, around=()):
    found = Found()
    found.add(of.steps(start, 1, COUNT, STRIDE))
    for bits in (*SPECIAL, *around):
        found.add(of.steps(start, (bits - BLOCK // 2) % ALL, BLOCK))
    return found


def rows(part):
    return {(row["type"], row["call"], row["state"]): row for row in DATA[part]["rows"]}


def row_of(case, kind="float32", part="gradients"):
    return rows(part)[kind, case.call, case.state]


def bits(x):
    return int(torch.tensor(x).view(torch.int32))


def places(row):
    """Where the errors are the worst, and where the limits are."""
    worst = [int(row[name][1], 16) for name in KEPT if row[name][0]]
    limit = [bits(row[name]) for name in ("overflow", "vanish") if row.get(name)]
    return [*worst, *limit, *(each | 1 << 31 for each in limit)]


GRADIENTS = cases.gradients()
PAIRS = [(name, case) for name, dtype in parts.HALF.items() for case in cases.pairs(dtype)]
NAMED = {"ids": lambda it: f"{it.call} {it.state}" if isinstance(it, cases.Case) else str(it)}


# ## What was found, and what the page says of it


def test_the_page_shows_what_was_found(tmp_path):
    copy = tmp_path / "rounding.md"
    copy.write_text(page.PAGE.read_text("utf-8"), encoding="utf-8")
    page.renew(copy, DATA)
    assert copy.read_text("utf-8") == page.PAGE.read_text("utf-8")
    assert doctest.testmod(page).failed == 0


@pytest.mark.parametrize("part", ["gradients", "pairs", "conversions", "limits"])
def test_all_was_tried_with_the_kernel_as_it_is(part):
    found = DATA[part]
    assert found["about"]["kernel"] == digest(SOURCE.read_text("utf-8")), "run `make exhaust`"
    for job in parts.jobs(part):
        (row,) = (row for row in found["rows"] if job.key.items() <= row.items())
        assert job.tries in (1, row.get("tried"), row.get("written"))


def test_a_comment_is_nothing_that_has_to_be_tried_again():
    text = SOURCE.read_text("utf-8")
    assert digest(text) == digest(text.replace("// A NaN on either side is kept.", "// Kept."))
    assert digest(text) != digest(text.replace("rest2 * error", "rest1 * error"))


# ## A sample, anew


def agrees(row, found):
    """Whether a sample finds nothing worse than all did, and the worst where all found it."""
    new = words_of(found)
    # Which digits are the worst depends on no order, and IEEE 754 leaves no choice.
    same = all(new[name] == row[name] for name in KEPT)
    ends = all(new.get(name) == row.get(name) for name in ("overflow", "vanish"))
    counts = ("lost", "broken", "misrounded", "unequal")
    moved = row["adaptive"] and new.get("moved", 0)
    return same and ends and not moved and not any(new.get(name, 0) for name in counts)


@pytest.mark.parametrize("case", GRADIENTS, **NAMED)
def test_a_sample_of_gradients_finds_what_all_of_them_found(case):
    row = row_of(case)
    assert row["tried"] == ALL and row["nan"] == 2 * (2**23 - 1) and row["infinite"] == 2
    assert not {"broken", "lost"} & {*row} and not (row["adaptive"] and "moved" in row)
    assert agrees(row, sampled(driver(torch.float32), case.start(), places(row)))


@pytest.mark.parametrize(("name", "case"), PAIRS, **NAMED)
def test_a_sample_of_pairs_is_rounded_once(name, case):
    row = row_of(case, name, "pairs")
    found = sampled(driver(parts.HALF[name]), case.start(), [int(row["parameter"][1], 16)])
    assert found.counts["misrounded"] == found.counts["unequal"] == found.counts["lost"] == 0
    assert not {"misrounded", "unequal", "lost", "broken"} & {*row}
    assert words_of(found)["parameter"] == row["parameter"] and row["parameter"][0] < 0.51


@pytest.mark.parametrize("case", [case for case in GRADIENTS if case.state == "first"], **NAMED)
def test_the_class_itself_is_as_far_off(case):
    """With the real optimizers, in float32 by the kernel and in float64 by the annotated code."""
    size, at = row_of(case)["parameter"]
    gradient = limits.number(int(at, 16))
    found = []
    for dtype in (torch.float32, torch.float64):
        theta = torch.zeros(1, dtype=dtype, requires_grad=True)
        theta.grad = gradient.to(dtype)
        case.kind([theta], fused=dtype == torch.float32, **dict(case.flags)).step()
        found.append(theta.item())
    _, exponent = math.frexp(found[1])
    assert abs(found[0] - found[1]) / 2.0 ** (exponent - 24) == pytest.approx(size, rel=1e-6)


def wrong_conversions(of):
    begun = [(0, 1 << 18, 16_381), *(((b - BLOCK) % ALL, 2 * BLOCK, 1) for b in SPECIAL)]
    # Around the middle between two numbers, and where a float16 becomes subnormal or infinite.
    middles = (0x3F808000, 0x3F818000, 0x3F801000, 0x3F803000, 0x387FE000, 0x33000000, 0x477FF000)
    begun += [(b - BLOCK, 2 * BLOCK, 1) for b in middles]
    written = [(*of.written(*part), part) for part in begun]
    unlike = sum(parts.differ(to, part[0], part[2]) for _, to, part in written)
    return of.misread() + sum(wrong for wrong, *_ in written) + unlike


@pytest.mark.parametrize("name", parts.HALF)
def test_a_sample_of_conversions_is_right(name):
    (row,) = (row for row in DATA["conversions"]["rows"] if row["type"] == name)
    assert row["misread"] == row["misrounded"] == row["unlike torch"] == 0
    assert wrong_conversions(driver(parts.HALF[name])) == 0


@pytest.mark.parametrize("call", ["Adam(fused=True)", "torch.optim.Adam(foreach=False)"])
def test_from_the_same_gradient_on_torchs_step_is_nothing_too(call):
    (row,) = (row for row in DATA["limits"]["rows"] if row["call"] == call)
    assert limits.limits(call).items() <= row.items()
    assert row["moved"] == 0 == float(row["after"])
    assert row["overflow"] == row_of(GRADIENTS[0])["overflow"]


# ## Slips, which the sample finds

IN_STEPS = [
    ("root_of(real x) { return sqrtf(x); }", "root_of(real x) { return 1.5f * sqrtf(x); }"),
    ("rest1 = 1 - with->beta1", "rest1 = 1 - (float)with->beta1"),
    ("rest2 * error * error", "rest2 * (error * error)"),
    ("beta2 * v + rest2 * error * error", "beta2 * (v + rest2 * error * error)"),
    ("v = v + inside;", "v = v + 0x1p-149f;"),
    ("ms[i] = m;", "ms[i] = v;"),
    ("vs[i] = v;", "vs[i] = m;"),
    ("m + rest1 * (grad - m) :", "m * (1 - rest1) + rest1 * grad :"),
]
IN_CONVERSIONS = [
    ("bfloat16", "(b + 0x7fff + (b >> 16 & 1)) >> 16", "b >> 16"),
    ("bfloat16", "(b + 0x7fff + (b >> 16 & 1)) >> 16", "(b + 0x8000) >> 16"),
    ("bfloat16", "x == x ? rounded : 0x7fc0", "rounded"),
    ("float16", "size >= 0x477ff000 ?", "size >= 0x477fe000 ?"),
    ("float16", "size >= 0x7c00 ?", "size > 0x7c00 ?"),
    ("float16", "? 0x7e00 : rounded", "? 0x7c00 : rounded"),
    ("float16", "exponent < 0x38800000 ? 0x38800000", "exponent < 0x38000000 ? 0x38000000"),
]


def mutated(path, old, new, dtype):
    text = SOURCE.read_text("utf-8")
    assert old in text
    (path / "kernel.c").write_text(text.replace(old, new), encoding="utf-8")
    return Driver(dtype, path / "kernel.c")


@pytest.mark.parametrize(("old", "new"), IN_STEPS)
def test_a_slip_in_a_step_is_found(old, new, tmp_path):
    of = mutated(tmp_path, old, new, torch.float32)
    # One from zeros, and one from other numbers.
    some = [case for case in GRADIENTS if case.call in ("Adam()", "AdaBelief(rectify=False)")]
    with_rows = ((case, row_of(case)) for case in some)
    found = [agrees(row, sampled(of, case.start(), places(row))) for case, row in with_rows]
    assert len(found) == 4 and not all(found)


@pytest.mark.parametrize(("name", "old", "new"), IN_CONVERSIONS)
def test_a_slip_in_a_conversion_is_found(name, old, new, tmp_path):
    of = mutated(tmp_path, old, new, parts.HALF[name])
    assert wrong_conversions(of) > 0

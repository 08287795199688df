"""A verdict follows from the losses, by rules that are seen here on losses of our own."""

import math
import re

import pytest
from rendering import Project

from experiments.design import OPTIMIZERS, RATES
from experiments.page.tables import StudyExtension, chosen
from experiments.results import Results, Row, load, write
from experiments.verdicts.claims import CLAIMS, PAIRS, Compared, Pair, better, compared, needless
from experiments.verdicts.paired import Ratio, quantile, ratio, within
from sidenotes.errors import PageError

FIRST, SAME, SECOND = Ratio(0.5, 0.4, 0.6), Ratio(1.0, 0.95, 1.05), Ratio(2.0, 1.5, 3.0)
WIDE = Ratio(0.9, 0.5, 1.6)


def found(*ratios, other="Adam", one="AdaBelief"):
    return [Compared(Pair(one, other), f"network {n}", each) for n, each in enumerate(ratios)]


def test_students_distribution_is_scipys():
    stats = pytest.importorskip("scipy.stats")
    for freedom in (1, 2, 4, 9, 10):
        for p in (0.5, 0.95, 1 - 0.05 / 60):
            expected = stats.t.ppf((1 + p) / 2, freedom)
            assert quantile(p, freedom) == pytest.approx(expected, rel=1e-9)
            assert within(expected, freedom) == pytest.approx(p, rel=1e-9)


def test_an_interval_is_that_of_the_paired_test():
    stats = pytest.importorskip("scipy.stats")
    one, other = [0.2, 0.31, 0.25, 0.28], [0.25, 0.33, 0.31, 0.29]
    test = stats.ttest_rel([math.log(x) for x in one], [math.log(x) for x in other])
    low, high = test.confidence_interval(1 - 0.05 / 7)
    made = ratio(one, other, 7)
    assert (made.low, made.high) == pytest.approx((math.exp(low), math.exp(high)), rel=1e-9)


@pytest.mark.parametrize(
    ("ratios", "said"),
    [
        ((FIRST, FIRST), "holds"),
        ((FIRST, SAME), "holds only in part"),
        ((FIRST, SECOND), "holds only in part"),
        ((SAME, SAME), "is not seen"),
        ((SAME, SECOND), "does not hold"),
    ],
)
def test_the_first_is_better_where_it_is_told_apart(ratios, said):
    assert better(found(*ratios)).short == said


@pytest.mark.parametrize(
    ("ours", "adams", "said"),
    [
        (SAME, FIRST, "holds"),
        (SAME, SAME, "holds, but for Adam, too"),
        (WIDE, FIRST, "is not decided"),
        (FIRST, FIRST, "does not hold"),
    ],
)
def test_a_warm_up_is_needless_where_little_is_gained(ours, adams, said):
    pairs = found(ours, other="RAdam") + found(adams, other="Adam")
    assert needless(pairs).short == said


# ## What was found


def test_the_rate_is_the_best_of_the_grid():
    rows = [row for row in load().rows if row.contestant in OPTIMIZERS]
    assert len(rows) == 24
    for row in rows:
        assert list(map(float, row.tuned)) == list(RATES)
        losses = {rate: loss for rate, loss in row.tuned.items() if loss is not None}
        assert row.rate == float(min(losses, key=losses.get))


def test_a_rate_at_the_edge_of_the_grid_is_marked():
    row = load().rows[0]
    tuned = {"0.1": 1.0, "0.2": 2.0, "0.5": None}
    words = [chosen(Row(**{**vars(row), "rate": r, "tuned": tuned})) for r in (0.1, 0.2, 0.5)]
    assert words == ["0.1, the first tried", "0.2", "0.5, the last tried"]


def test_each_pair_has_rows_with_ten_seeds():
    results = load()
    networks = {row.network for row in results.rows}
    assert len(list(compared(results, PAIRS))) == len(PAIRS) * len(networks)
    assert {len(row.loss) for row in results.rows} == {10}


# ## On the page


def made(folder, results, table, name="digits.jsonl"):
    folder.mkdir()
    write(folder / "digits.jsonl", results)
    project = Project(folder, [StudyExtension(root=str(folder))])
    return project.render(f"/// study | {name}\n    table: {table}\n///\n")


def worse(results, name):
    """The results, if that contestant had ended with twice its loss."""
    rows = [
        Row(**{**vars(row), "loss": [2 * x for x in row.loss]}) if row.contestant == name else row
        for row in results.rows
    ]
    return Results(results.about, rows)


def test_the_page_says_what_the_file_says(tmp_path):
    results = load()
    html = made(tmp_path / "a", results, "verdicts")
    for claim in CLAIMS:
        assert claim.text in html
    changed = made(tmp_path / "b", worse(results, "NAdam"), "verdicts")
    row = next(part for part in changed.split("<tr>") if "NAdam is faster" in part)
    assert re.search(r'class="st-(does|is)"', row) and html != changed
    tables = [made(tmp_path / "c", results, "optimizers")]
    tables.append(made(tmp_path / "d", worse(results, "AMSGrad"), "optimizers"))
    assert tables[0] != tables[1]


def test_a_wrong_block_stops_the_build(tmp_path):
    with pytest.raises(PageError, match="no table 'verdict'.*verdicts"):
        made(tmp_path / "a", load(), "verdict")
    with pytest.raises(PageError, match="make experiments"):
        made(tmp_path / "b", load(), "about", "none.jsonl")

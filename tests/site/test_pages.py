"""Nothing is left out, no link is broken, the contents and the search know the notes."""

import json
import posixpath
import re

import building
import pytest
import reading
from building import ROOT

from sidenotes.languages.files import stem
from sidenotes.languages.registry import language
from sidenotes.page.generate import page_name

FOLDERS = [
    "labml_optim/fused",
    "labml_optim/verify",
    "tools/sidenotes",
    "tools/checks",
    "tools/benchmarks",
    "tools/exhaust",
    "tools/experiments",
]
NOTES = sorted((ROOT / "docs/notes").glob("*.py"))
# The package's `__init__` only names what it exports.
MODULES = [
    *(path for path in (ROOT / "labml_optim").glob("*.py") if path.name != "__init__.py"),
    *NOTES,
    *(p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".c")),
]


def named(path):
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def html(site):
    return reading.read(site)


@pytest.fixture(scope="module")
def index(site):
    return json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]


def shown(path):
    """The sections of a module, and the address of its page."""
    source = language(path)
    sections = source.parse(source.read(path), stem(named(path)))
    for folder, pages in building.GENERATED.items():
        if path.is_relative_to(ROOT / folder):
            page = page_name(path.relative_to(ROOT / folder)).removesuffix(".md")
            return sections, f"{pages.removeprefix('docs/')}/{page}.html"
    if path in NOTES:
        return sections, f"notes/{path.stem}.html"
    names = {"_validation": "validation", "_checkpoint": "checkpoint", "__main__": "../use/check"}
    return sections, posixpath.normpath(f"optimizers/{names.get(path.stem, path.stem)}.html")


def test_what_only_the_tool_reads_is_not_published(site):
    told = ("optimizers.py", "kernels.py", "symbols.yml", "__pycache__")
    assert [p for name in told for p in site.rglob(name)] == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_has_its_page_with_every_section_and_every_line(path, html):
    sections, address = shown(path)
    ids = html[address].ids
    assert [s.name for s in sections if s.note and s.name not in ids] == []
    assert [n for s in sections for n in s.code if f"L{n}" not in ids] == []


def test_every_anchor_stands_once_on_its_page(html):
    twice = {
        address: {name for name in page.ids if page.ids.count(name) > 1}
        for address, page in html.items()
    }
    assert {address: names for address, names in twice.items() if names} == {}


def test_every_link_leads_somewhere(site, html):
    assert sum(len(page.targets) for page in html.values()) > 100
    assert list(reading.broken(site, html)) == []


def test_no_block_is_left_as_text(site):
    left = [p for p in site.rglob("*.html") if re.search(r"<p>\s*///", p.read_text("utf-8"))]
    assert left == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_headings_of_notes_are_in_the_table_of_contents(path, html):
    sections, address = shown(path)
    notes = "\n".join(section.note for section in sections)
    headings = re.findall(r"^#{2,3} (.+)$", re.sub(r"(?ms)^```.*?^```", "", notes), re.M)
    headings = [re.sub(r"\s*\{#[^}]*\}$", "", heading) for heading in headings]
    listed = list(html[address].contents.values())
    plain = [h for h in headings if not re.search(r"[$`*_\[]", h)]
    assert [h for h in plain if not any(h in entry for entry in listed)] == []


def test_search_knows_the_notes_and_no_marks_of_formulas(index):
    entries = [e["text"] for e in index if e["location"].startswith("optimizers/adam.html")]
    found = " ".join(" ".join(entries).split())
    assert "Gradient descent has one learning rate for all parameters" in found
    # Of the code the names alone: no call is there as it is written.
    assert "addcdiv_" in found and "addcdiv_(" not in found
    assert re.findall(r"\\[a-z]+|annotation|mathml", found) == []


def test_the_index_has_formulas_in_a_line_as_plain_text_and_no_holes(index):
    (moments,) = [e for e in index if e["location"].endswith("adam.html#adam.Adam.get_mv")]
    assert "Updates m and v in place with the gradient gₜ, and returns mₜ and vₜ" in moments["text"]


@pytest.mark.parametrize("name", ["adabelief", "adam", "amsgrad", "nadam", "radam"])
def test_all_that_an_optimizer_does_is_proved_and_its_page_says_so(project, site, name):
    report = json.loads((project / ".cache/equations.json").read_text("utf-8"))
    formulas = report["files"][f"labml_optim/{name}.py"]["formulas"]
    done = [each["proved"] for each in formulas if each["kind"] in ("claim", "row")]
    assert len(done) > 20 and all(done)
    text = (site / f"optimizers/{name}.html").read_text("utf-8")
    assert text.count('title="Proved for every value"') >= 3


ENGINES = {"cpu/kernel.c": 13, "cuda/kernel.py": 14, "traced.py": 11, "scalars.py": 3}


@pytest.mark.parametrize("name", ENGINES)
def test_all_formulas_beside_the_code_of_an_engine_are_proved(project, name):
    report = json.loads((project / ".cache/equations.json").read_text("utf-8"))
    formulas = report["files"][f"labml_optim/fused/{name}"]["formulas"]
    done = [each["proved"] for each in formulas if each["kind"] == "claim"]
    assert len(done) == ENGINES[name] and all(done)


def test_the_home_page_says_how_many_formulas_hold_and_how_many_nothing_checks(project, site):
    report = json.loads((project / ".cache/equations.json").read_text("utf-8"))
    every = [each for file in report["files"].values() for each in file["formulas"]]
    passed, said = (sum(each["state"] == state for each in every) for state in ("passed", "said"))
    proved = sum(each["proved"] for each in every)
    # Those of the pages are among them.
    assert any(name.startswith("docs/use/") for name in report["files"] if name.endswith(".md"))
    text = " ".join((site / "index.html").read_text("utf-8").split())
    holds = f"{passed} formulas hold in {report['runs']} runs, {proved} for every value"
    assert f"{holds}; {said} within a line are not checked</a>" in text

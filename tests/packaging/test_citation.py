"""`CITATION.cff` cites this version, and the papers that the modules are made from."""

import re
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG

ROOT = Path(__file__).parents[2]
CITED = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
# As the schema of version 1.2.0 has them.
KEYS = {"cff-version", "message", "title", "authors"}
OTHERS = {"abstract", "type", "version", "license", "keywords", "references", "repository-code"}


def test_it_has_the_keys_that_the_schema_requires_and_no_unknown_ones():
    assert KEYS <= CITED.keys() <= KEYS | OTHERS
    assert CITED["cff-version"] == "1.2.0" and CITED["type"] == "software"
    assert all(isinstance(CITED[key], str) and CITED[key] for key in KEYS - {"authors"})
    assert CITED["authors"] == [{"name": "labml_optim contributors"}]


def test_it_says_what_the_package_says():
    for key in ("version", "license"):
        assert re.search(f'^{key} = "(.*)"$', PROJECT, re.M)[1] == CITED[key]
    keywords = re.search(r"^keywords = \[(.*)\]$", PROJECT, re.M)[1]
    assert re.findall(r'"([^"]+)"', keywords) == CITED["keywords"]


@pytest.mark.parametrize("paper", CITED["references"], ids=lambda paper: paper["title"][:20])
def test_a_reference_is_whole(paper):
    assert {"type", "title", "authors", "year", "url", "collection-title"} == paper.keys()
    assert all({"family-names", "given-names"} == author.keys() for author in paper["authors"])
    assert isinstance(paper["year"], int)


@pytest.mark.parametrize("name", ["weight_decay", *(row.name.lower() for row in CATALOG)])
def test_the_paper_of_each_module_is_cited_with_its_title(name):
    text = " ".join((ROOT / f"labml_optim/{name}.py").read_text("utf-8").split())
    links = {url: title for title, url in re.findall(r"\[([^]]+)\]\((https://[^)]+)\)", text)}
    found = [paper for paper in CITED["references"] if paper["url"] in links]
    assert found and all(links[paper["url"]] == paper["title"] for paper in found)

"""What stands around each page: description, address, how a link to it looks; a page for none."""

import functools
import http.server
import re
import threading
from html import unescape

import pytest
import yaml
from building import Quiet, run

ADDRESS = "https://example.org/optim/"
# A few pages in the site's own frame: to build all again would take long.
FILES = {
    "index.md": "---\ntitle: Home\ndescription: All & none\n---\n\n# Welcome\n",
    "a/one.md": '---\ntitle: One\ndescription: "The <first>"\n---\n\n# One\n',
    "a/two.md": "---\ndescription: The second\n---\n\n# Two\n",
    "made.md": "---\ndescription: Made from a source\n---\n\n# Made\n",
}
NAV = [{"Home": "index.md"}, {"A": ["a/one.md", "a/two.md"]}]


def frame(project, folder, **changes):
    """A site of `FILES` in the frame of the project's; the folder it is built in."""
    kept = ("site_name", "site_description", "use_directory_urls", "theme", "extra", "plugins")
    whole = yaml.load((project / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)
    config = {name: whole[name] for name in kept} | {"nav": NAV, "not_in_nav": "made.md"} | changes
    config["theme"] |= {"custom_dir": str(project / "tools/theme"), "font": False}
    config["use_directory_urls"] = False
    for path, text in FILES.items():
        (folder / "docs" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / path).write_text(text, "utf-8")
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), "utf-8")
    run("mkdocs", "build", "--strict", cwd=folder)
    return folder / "site"


@pytest.fixture(scope="module")
def addressed(project, tmp_path_factory):
    return frame(project, tmp_path_factory.mktemp("addressed"), site_url=ADDRESS)


def tags(path):
    """What the tags in the head of a page say, by their name."""
    html = path.read_text("utf-8").partition("</head>")[0]
    pairs = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html)
    pairs += [
        ("canonical", url) for url in re.findall(r'<link rel="canonical" href="([^"]*)"', html)
    ]
    return {name: unescape(value) for name, value in pairs}


# ## Each page


def pages_of(nav):
    for entry in nav:
        if isinstance(entry, str):
            yield entry.replace(".md", ".html")
        else:
            for below in entry.values():
                yield from pages_of(below if isinstance(below, list) else [below])


@pytest.fixture(scope="module")
def listed(project):
    """The pages of the navigation."""
    config = yaml.load((project / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)
    return list(pages_of(config["nav"]))


def test_each_page_has_a_description_of_its_own(site, listed):
    found = {page: tags(site / page)["description"] for page in listed}
    assert len(found) > 30
    assert {page: text for page, text in found.items() if not 50 <= len(text) <= 160} == {}
    assert len(set(found.values())) == len(found)


def test_each_page_has_one_title_and_it_is_its_own(site, listed):
    titles = [re.findall("<title>(.*?)</title>", (site / p).read_text("utf-8")) for p in listed]
    assert all(len(title) == 1 for title in titles)
    assert len({title for (title,) in titles}) == len(listed)


def test_without_an_address_no_page_claims_one(site):
    found = tags(site / "optimizers/adam.html")
    assert found["og:title"] == "Adam" and found["og:description"] == found["description"]
    assert not {"canonical", "og:url", "og:image"} & found.keys()
    assert list(site.glob("sitemap*")) == []


def test_with_an_address_each_page_says_where_it_is(addressed):
    found = tags(addressed / "a/one.html")
    assert found["canonical"] == found["og:url"] == f"{ADDRESS}a/one.html"
    assert (found["og:type"], found["og:title"]) == ("article", "One")
    assert found["og:description"] == found["description"] == "The <first>"
    home = tags(addressed / "index.html")
    assert (home["og:type"], home["og:title"]) == ("website", "labml_optim")
    assert home["description"] == "All & none"


def test_a_page_of_the_navigation_has_its_picture_and_a_made_one_has_none(addressed):
    names = {"index": "index", "a/one": "a-one", "a/two": "a-two"}
    for page, name in names.items():
        found = tags(addressed / f"{page}.html")
        assert found["og:image"] == f"{ADDRESS}assets/previews/{name}.png"
        assert found["twitter:card"] == "summary_large_image"
    found = tags(addressed / "made.html")
    assert "og:image" not in found and found["twitter:card"] == "summary"


def test_each_page_of_the_navigation_has_its_picture_on_the_site(site, listed):
    names = {page.removesuffix(".html").replace("/", "-") for page in listed}
    assert {path.stem for path in (site / "assets/previews").glob("*.png")} >= names


def test_with_an_address_there_is_a_sitemap(addressed):
    found = re.findall("<loc>(.*?)</loc>", (addressed / "sitemap.xml").read_text("utf-8"))
    assert {f"{ADDRESS}a/one.html", f"{ADDRESS}made.html"} < set(found)


# ## No such page


@pytest.fixture(scope="module")
def hosted(site):
    """The address of a host that answers as they do: with the page for addresses of none."""

    class Host(Quiet):
        def send_error(self, code, message=None, explain=None):
            body = (site / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    handler = functools.partial(Host, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("wrong", ["adabelif.html", "optimizers/deep/er/adabelief"])
def test_the_page_for_an_address_of_none_helps_at_any_depth(browser, hosted, wrong):
    page = browser.new_page()
    missing = []
    page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
    assert page.goto(hosted + wrong).status == 404
    for name in ("Adam", "AMSGrad", "RAdam", "NAdam", "AdaBelief"):
        assert page.locator(".site-map").get_by_role("link", name=name, exact=True).is_visible()
    page.keyboard.press("/")
    page.keyboard.type("adabelief")
    page.locator(".md-search-result__item").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".site-map").get_by_role("link", name="AdaBelief", exact=True).click()
    page.wait_for_url(f"{hosted}optimizers/adabelief.html")
    page.close()
    assert missing == [hosted + wrong]


# ## Nothing else


def test_the_site_has_pages_and_what_they_need_and_no_more(site):
    kinds = {
        "assets": {".css", ".js", ".png", ".woff2", ".py", ".whl", ".txt", ".svg", ""},
        "search": {".json"},
        "use": {".html", ".py"},
    }
    strange = []
    for path in (p.relative_to(site) for p in site.rglob("*") if p.is_file()):
        known = kinds.get(path.parts[0], {".html"}) if len(path.parts) > 1 else {".html"}
        if path.suffix not in known or path.name != "LICENSE" and not path.suffix:
            strange.append(path.as_posix())
    assert strange == []
    # The theme's sentences of other languages for the search, and its maps.
    assert not (site / "assets/javascripts/lunr").exists() and not list(site.rglob("__pycache__"))

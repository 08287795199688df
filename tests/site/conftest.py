"""The site is built once, served on the loopback address and opened in headless Chromium."""

import os
import shutil

import pytest
from building import GENERATED, check, copy_project, draw, make_bundles, run, served

CHROMIUM = ["chromium", "chromium-browser", "google-chrome"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A copy of all that the site is made from, so that no test writes into the working tree."""
    copy = tmp_path_factory.mktemp("project")
    copy_project(copy)
    run("sidenotes", "assets", "docs/assets/sidenotes", cwd=copy)
    run("sidenotes", "sources", "docs", "docs/assets/source", cwd=copy)
    make_bundles(copy)
    (copy / ".cache").mkdir()
    draw(copy)
    check(copy)
    return copy


@pytest.fixture(scope="session")
def site(project):
    """The folder with the site that MkDocs builds."""
    run("mkdocs", "build", "--strict", cwd=project)
    return project / "site"


@pytest.fixture(scope="session")
def pages(project, site):
    """
    The addresses of the pages to visit, relative to the site: all that were written, and every
    fifth of those that are made from the folders of sources, which are all alike.
    """
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    found.remove("404.html")
    folders = [f"{folder.removeprefix('docs/')}/" for folder in GENERATED.values()]
    made = [page for page in found if page.startswith(tuple(folders))]
    assert "index.html" in found and "optimizers/adam.html" in found and len(made) > 100
    return sorted({*found} - {*made} | {*made[::5]})


@pytest.fixture(scope="session")
def address(site):
    with served(site) as found:
        yield found


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not path:
        missing = "there is no Chromium: install it, or name it in $CHROMIUM"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    """A page as wide as a laptop; addresses may be relative to the site. No script of it fails."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    opened, said = context.new_page(), []
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert said == []

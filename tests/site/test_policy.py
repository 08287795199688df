"""The site works under a content security policy: no script of ours stands in a page."""

import base64
import functools
import hashlib
import http.server
import re
import threading

import pytest
from building import Quiet

# How the scripts begin that the theme puts into its pages.
THEIRS = (
    "__md_scope=new URL(",
    'var palette=__md_get("__palette")',
    "var target=document.getElementById(location.hash.slice(1))",
)
SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.DOTALL)
VISITED = [
    "index.html",
    "optimizers/adabelief.html",
    "use/torch.html",
    "speed/index.html",
    "experiments/index.html",
    "404.html",
]


def inline(html):
    """The scripts in a page, without those that are data."""
    return [text for words, text in SCRIPT.findall(html) if "application/json" not in words]


@pytest.fixture(scope="module")
def texts(site):
    return {
        path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")
    }


def test_the_only_scripts_in_pages_are_the_themes(texts):
    ours = {
        page: s for page, html in texts.items() for s in inline(html) if not s.startswith(THEIRS)
    }
    assert ours == {}
    # They are few: one policy can name them.
    assert 2 < len({script for html in texts.values() for script in inline(html)}) < 10


def test_no_element_has_a_script_for_an_attribute(texts):
    found = {
        page: re.findall(r'<[^>]*\s(?:on[a-z]+="|href="javascript:)', h)
        for page, h in texts.items()
    }
    assert {page: tags for page, tags in found.items() if tags} == {}


@pytest.fixture(scope="module")
def guarded(site, texts):
    """The address of a host that sends the policy."""
    scripts = sorted({script for html in texts.values() for script in inline(html)})
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    policy = (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'"
    )

    class Host(Quiet):
        def end_headers(self):
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

    handler = functools.partial(Host, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("path", VISITED)
def test_pages_work_under_a_policy(browser, guarded, path):
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(guarded + path)
    page.wait_for_function("window.component$")
    page.keyboard.press("/")
    page.keyboard.type("adabelief")
    page.locator(".md-search-result__item").first.wait_for()
    page.close()
    assert said == []


def test_the_policy_is_in_force(browser, guarded):
    page = browser.new_page()
    page.goto(guarded)
    script = "Object.assign(document.createElement('script'), {text: 'window.x = 1'})"
    page.evaluate(f"document.body.append({script})")
    assert page.evaluate("window.x") is None
    page.close()

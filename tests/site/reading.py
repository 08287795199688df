"""What the tests read out of a page without a browser."""

from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit


class Page(HTMLParser):
    """The anchors of a page, where its links lead, and the links of its table of contents."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.targets, self.contents = [], [], {}
        self._depth, self._link = 0, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if found.get("id"):
            self.ids.append(found["id"])
        self.targets += [found[name] for name in ("href", "src") if found.get(name)]
        if tag == "nav":
            self._depth += bool(self._depth) or "md-nav--secondary" in found.get("class", "")
        if tag == "a" and self._depth:
            self._link = found.get("href")
            self.contents.setdefault(self._link, "")

    def handle_endtag(self, tag):
        if tag == "nav" and self._depth:
            self._depth -= 1
        if tag == "a":
            self._link = None

    def handle_data(self, text):
        if self._link:
            self.contents[self._link] = " ".join((self.contents[self._link] + text).split())


def read(site):
    """All pages of a site, by their address."""
    return {
        path.relative_to(site).as_posix(): Page(path.read_text("utf-8"))
        for path in site.rglob("*.html")
        if path.name != "404.html"
    }


def broken(site, pages):
    """The links that lead nowhere: no such file, or no such anchor on the page."""
    for address, page in pages.items():
        for target in page.targets:
            url, fragment = urldefrag(urljoin(f"http://site/{address}", target))
            parts = urlsplit(url)
            if parts.netloc != "site" or parts.scheme != "http":
                continue
            there = unquote(parts.path.lstrip("/"))
            there += "index.html" * (not there or there.endswith("/"))
            if there in pages:
                if fragment and unquote(fragment) not in pages[there].ids:
                    yield f"{address}: {target}: no such anchor"
            elif not (site / there).is_file():
                yield f"{address}: {target}: no such file"

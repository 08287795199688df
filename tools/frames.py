"""
# How smooth a panel is

```
python tools/frames.py [--site DIR] [--slow N] [--record DIR] [PAGE ...]
```

opens pages of the built site in Chromium with the processor slowed `N` times, four by default,
moves the slider of the panel in each frame, and prints the frames per second, with what the main
thread did in one: its own seconds, unslowed, so that what else the machine does counts less.
Without a GPU, Chromium paints on the processor as well, and the frames are fewer than on a reader's
machine. `--record` writes what is seen while it plays as pictures.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PAGES = ("optimizers/adabelief.html", "optimizers/radam.html")
FRAMES = 240
MOVE = """async (frames) => {
  const slider = document.querySelector(".sn-live [name=step]"), times = [];
  let at = 1, way = 1;
  await new Promise((done) => {
    const tick = (now) => {
      times.push(now);
      at += way;
      if (at >= slider.max || at <= 1) way = -way;
      slider.value = at;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      times.length > frames ? done() : requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  return (1000 * frames) / (times.at(-1) - times[0]);
}"""
PARTS = ("Task", "Script", "RecalcStyle", "Layout")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on the loopback interface."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def measure(page: Any, slow: float) -> tuple[float, dict[str, float], int]:
    """Frames per second, milliseconds of the main thread in a frame, and the page's elements."""
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> dict[str, float]:
        found = tools.send("Performance.getMetrics")["metrics"]
        return {each["name"]: each["value"] for each in found}

    before = spent()
    page.evaluate(MOVE, FRAMES)
    after = spent()
    names = {part: f"{part}Duration" for part in PARTS}
    each = {part: 1000 * (after[n] - before[n]) / FRAMES for part, n in names.items()}
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    return page.evaluate(MOVE, FRAMES), each, page.evaluate("document.querySelectorAll('*').length")


def record(page: Any, folder: Path) -> None:
    """Pictures of the panel while it plays, some of a second apart."""
    folder.mkdir(parents=True, exist_ok=True)
    page.get_by_role("button", name="Play").click()
    for number in range(16):
        page.screenshot(path=folder / f"{number:02}.png")
        page.wait_for_timeout(200)


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description="frames per second while a panel's slider moves")
    parser.add_argument("pages", nargs="*", default=PAGES)
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    parser.add_argument("--slow", type=float, default=4)
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    with served(options.site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name in options.pages:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{address}{name}#live")
            page.locator(".sn-live fieldset:enabled").first.wait_for()
            page.wait_for_timeout(2500)
            if options.record:
                record(page, options.record / Path(name).stem)
            else:
                rate, each, elements = measure(page, options.slow)
                parts = ", ".join(f"{part} {value:.1f}" for part, value in each.items())
                print(f"{name}: {elements} elements; {rate:.0f} frames a second, slowed")
                print(f"  {options.slow:g} times. Unslowed, of a frame in ms: {parts}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()

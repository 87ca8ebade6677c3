"""A browser without a network that opens maps as files, and remembers what went wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from browser.towns import town
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from planner.webmap import map_html

DESK = (1440, 900)
PHONE = (390, 844)
ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@dataclass
class Seen:
    """A page of a map, and what it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        return (self.page.text_content(selector) or "").strip()

    def figure(self, name: str) -> str:
        words = self.text(f"[data-figure={name}] dd >> nth=0")
        return re.sub(r"\s+", " ", words.replace("\u2009", " ")).strip()

    def where(self, kind: str, i: int) -> tuple[float, float]:
        """Return where on the page a station or a place is drawn."""
        return tuple(
            self.page.evaluate(
                """([kind, i]) => {
            const at = window.stationMap.positionOf(kind, i);
            const box = document.getElementById("stage").getBoundingClientRect();
            return [box.left + at[0], box.top + at[1]];
        }""",
                [kind, i],
            )
        )

    def settle(self) -> None:
        """Wait until the map has come to rest and the address tells about it."""
        # as a function: the page's own rules forbid to evaluate texts
        self.page.wait_for_function("() => window.stationMap.isAtRest()")


Open = Callable[..., Seen]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(names)} is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def open_map(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    contexts = []

    def opened(
        html: str, *, size: tuple[int, int] = DESK, address: str = "", lets_scripts_in: bool = False
    ) -> Seen:
        file = tmp_path / f"map{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            offline=True,
            has_touch=size == PHONE,
            bypass_csp=lets_scripts_in,  # only for those who look at the page with a script of their own
        )
        contexts.append(context)
        seen = Seen(context.new_page())
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("console", lambda said: seen.complaints.append(said.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.goto(file.as_uri() + address)
        try:
            seen.page.wait_for_selector("html[data-ready=true]", state="attached", timeout=15_000)
        except PlaywrightTimeout as error:
            raise AssertionError(f"the page did not come to life: {seen.complaints}") from error
        return seen

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def town_html() -> str:
    return map_html(town())

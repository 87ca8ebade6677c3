"""What a page says where it can't show its map."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser.towns import town
from playwright.sync_api import Browser, Page

from planner.webmap import map_html

OLD, DAMAGED = "#too-old", "#damaged"


@pytest.fixture(scope="module")
def html() -> str:
    return map_html(town(n_demand=60, n_stations=4))


def opened(chromium: Browser, path: Path, html: str, before: str = "") -> Page:
    path.write_text(html, encoding="utf-8")
    page = chromium.new_context(offline=True).new_page()
    if before:
        page.add_init_script(before)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("lacks", ["Element.prototype.replaceChildren", "DecompressionStream"])
def test_a_browser_that_is_too_old_is_told_so(chromium, tmp_path, html, lacks):
    page = opened(chromium, tmp_path / "map.html", html, f"delete window.{lacks}")
    page.wait_for_selector(OLD)
    assert "Chrome" in (page.text_content(OLD) or "")
    assert not page.is_visible(DAMAGED)
    assert page.evaluate("document.elementFromPoint(100, 300).id") == OLD[1:]  # over all else
    page.context.close()


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(lambda html: html[: html.index('id="packed"') + 500], id="in its data"),
        pytest.param(lambda html: html[: html.rindex("<script>")], id="before our scripts"),
        pytest.param(lambda html: html[:-100], id="in our scripts"),
        pytest.param(
            lambda html: re.sub(r'(id="packed">.{80}).{40}', r"\1", html), id="a gap in it"
        ),
    ],
)
def test_a_file_that_was_cut_or_hurt_says_so(chromium, tmp_path, html, kept):
    page = opened(chromium, tmp_path / "map.html", kept(html))
    page.wait_for_selector(DAMAGED)
    assert "copy" in (page.text_content(DAMAGED) or "")
    page.context.close()


def test_a_map_that_is_well_says_nothing_of_it(open_map, html):
    seen = open_map(html)
    assert not seen.page.is_visible(OLD)
    assert not seen.page.is_visible(DAMAGED)

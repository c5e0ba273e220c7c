"""A browser for the tests of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support.browser import WEB_FILES, Watched, find_browser
from support.companion import Companion

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        pytest.skip("no browser: `scripts/setup --tests` installs chromium on Debian; on a Mac install Google Chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def start_companion(install: Callable[[], Companion]) -> Callable[..., Companion]:
    """As everywhere, with the pages of COMPANION_WEB_FILES if it is set."""

    def start(settings: dict[str, Any] | str) -> Companion:
        companion = install()
        companion.configure(settings)
        return companion.start(*(["--web-files", WEB_FILES] if WEB_FILES else []))

    return start


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Opens a window on a proxy: `look(companion, width=390)`. A test fails when anything went wrong in it."""
    opened: list[Watched] = []

    def open(companion: Companion, width: int = 1280, height: int = 900, **options: Any) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US", **options)
        opened.append(Watched(context, companion.url))
        opened[-1].choose(language="en")
        return opened[-1]

    yield open
    trouble = [text for window in opened for text in window.trouble + window.violations()]
    for window in opened:
        window.context.close()
    assert trouble == [], "the browser had something to complain about"

"""A browser of this machine on the admin pages, and what must never happen in it."""

from __future__ import annotations

import os
import platform
import re
import shutil
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Error, Page, expect

WEB_FILES = os.environ.get("COMPANION_WEB_FILES")
"""A folder of pages to use instead of those inside the binary: for work on the pages without a build."""
CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")

# The page hears of a violation as an event; the console's sentence about it differs between versions.
_WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(
  `${event.violatedDirective} blocked ${event.blockedURI || 'inline'} ${event.sample}`));
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
"""


def find_browser() -> str | None:
    """The path of a Chromium, as Debian and its derivatives, or a Mac, have it."""
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    found = next((path for name in names if (path := shutil.which(name))), None)
    chrome = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if found is None and platform.system() == "Darwin" and chrome.exists():
        return str(chrome)
    return found


class Watched:
    """One page of a browser, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.trouble: list[str] = []
        """Errors in the console, exceptions, dialogs, violations of the content security policy."""
        self._expected: list[str] = []
        context.add_init_script(_WATCH)
        context.set_default_timeout(10_000)
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.trouble.append(f"exception: {error}"))
        self.page.on("dialog", self._dialog)

    def expect_error(self, pattern: str) -> None:
        """From here on an error in the console that fits is no trouble: the browser reports every 4xx there."""
        self._expected.append(pattern)

    def open(self, route: str = "dashboard", fresh: bool = False) -> Page:
        """Shows a page and waits until it is there; `fresh` loads everything anew."""
        page = self.page
        if fresh:
            # To another hash alone a browser would not load anything.
            page.goto("about:blank")
        if not page.url.startswith(self.url):
            page.goto(f"{self.url}/admin/#/{route}")
        else:
            page.evaluate("(hash) => { location.hash = hash; }", f"#/{route}")
        expect(page.locator("main h1").first).to_be_visible()
        expect(page.locator("main .skeleton, main [aria-busy=true]")).to_have_count(0)
        return page

    def choose(self, **preferences: str) -> None:
        """Theme and language of all pages that are loaded from now on: `choose(theme="dark", language="de")`."""
        for name, value in preferences.items():
            self.context.add_init_script(f"if (location.host) localStorage.setItem('companion.{name}', {value!r})")

    def violations(self) -> list[str]:
        return self.page.evaluate("window.violations ?? []")

    def check(self) -> None:
        """Fails if anything went wrong so far."""
        trouble = self.trouble + self.violations()
        assert trouble == [], trouble

    def _console(self, message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url', '')})"
        is_error = message.type == "error" and not any(re.search(pattern, text) for pattern in self._expected)
        if is_error:
            self.trouble.append(f"console: {text}")

    def _dialog(self, dialog: Dialog) -> None:
        # The browser asks before unsaved changes are lost; nothing else may open one.
        if dialog.type != "beforeunload":
            self.trouble.append(f"dialog: {dialog.message}")
        try:
            dialog.accept()
        except Error:
            pass  # The page was closed meanwhile.

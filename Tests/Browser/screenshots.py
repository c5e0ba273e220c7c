"""Takes the pictures in docs/screenshots: every page in both themes, with something going on."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from support.browser import Watched, find_browser  # noqa: E402
from support.companion import eventually  # noqa: E402
from support.scene import Scene  # noqa: E402

FOLDER = TESTS.parent / "docs/screenshots"
# Names of some providers are Chinese: without a font for them (Debian: fonts-wqy-microhei) they are boxes.
LIMIT = 200_000
"""Bytes of one picture."""
THEMES = ("light", "dark")


def wizard(page: Page) -> None:
    page.get_by_role("button", name="Add an endpoint").click()
    expect(page.locator(".provider").first).to_be_visible()


def first_attempt(page: Page) -> None:
    page.get_by_label("Show").select_option(index=0)
    expect(page.locator(".event-broken").or_(page.locator(".strip")).first).to_be_visible()


def tried(page: Page) -> None:
    request = {"model": "claude-haiku-4-5-20251001", "max_tokens": 100, "messages": [{"role": "user", "content": "A title?"}]}
    page.locator("[data-path=request] textarea").fill(json.dumps(request, indent=2))
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator(".bench-list").first).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 1250})
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")


def by_model(page: Page) -> None:
    page.get_by_role("radio", name="Model").check(force=True)
    expect(page.get_by_role("table").first).to_contain_text("claude-")


def take(browser: Browser, scene: Scene, theme: str, width: int, height: int, shots: dict) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US", reduced_motion="reduce")
    window = Watched(context, scene.companion.url)
    window.choose(theme=theme, language="en")
    for name, (route, prepare) in shots.items():
        page = window.open(route, fresh=True)
        # The feed has told a few seconds: lines have a shape.
        seconds = 12 if route == "dashboard" else 2
        page.evaluate("""() => {
          window.snapshots = 0;
          new EventSource('api/live').addEventListener('snapshot', () => { window.snapshots += 1; });
        }""")
        eventually(lambda: page.evaluate("window.snapshots") >= seconds, "the feed tells", 30)
        page.set_viewport_size({"width": width, "height": height})
        if prepare:
            prepare(page)
        suffix = "" if width > 600 else f"-{width}"
        path = FOLDER / f"{name}{suffix}-{theme}.png"
        page.screenshot(path=path)
        assert path.stat().st_size < LIMIT, f"{path.name} has {path.stat().st_size} bytes"
    window.check()
    context.close()


def main() -> None:
    path = find_browser()
    if path is None:
        sys.exit("no browser: `scripts/setup --tests` installs chromium on Debian; on a Mac install Google Chrome")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="companion-") as home, sync_playwright() as playwright:
        scene = Scene(Path(home))
        try:
            scene.play()
            scene.keep_asking()
            cut, broken = scene.broken
            shots = {
                "dashboard": ("dashboard", None), "endpoints": ("endpoints", None), "wizard": ("endpoints", wizard),
                "tags": ("tags", tried), "logs": ("logs", None), "request": (f"logs/{cut}", None),
                "timeline": (f"logs/{broken}?tab=events", first_attempt), "usage": ("usage", by_model),
                "settings": ("settings", None), "help": ("help", None),
            }
            browser = playwright.chromium.launch(executable_path=path)
            for theme in THEMES:
                take(browser, scene, theme, 1280, 960, shots)
                take(browser, scene, theme, 390, 844, {name: shots[name] for name in ("dashboard", "endpoints")})
            browser.close()
        finally:
            scene.stop()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


if __name__ == "__main__":
    main()

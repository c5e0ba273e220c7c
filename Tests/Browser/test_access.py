"""Everybody can use the pages: contrast, names, the keyboard, a phone; and they are light and calm."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from support.browser import CHECKS
from support.companion import eventually
from support.scene import Scene

ROUTES = ("dashboard", "endpoints", "endpoints?edit=deepseek", "tags", "tags?edit=planning", "logs", "usage", "settings", "help")
WIDTHS = (1280, 390)
NAMED = {
    "button", "checkbox", "combobox", "dialog", "image", "img", "link", "listbox", "menuitem", "radio", "searchbox", "slider",
    "spinbutton", "switch", "tab", "textbox", "progressbar", "meter",
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    scene = Scene(tmp_path_factory.mktemp("scene"))
    try:
        yield scene.play()
    finally:
        scene.stop()


def check(page, name):
    if not page.evaluate("'checks' in window"):
        page.evaluate(CHECKS)
    return page.evaluate(f"checks.{name}()")


def nameless(page):
    """Controls and pictures without a name, as the browser tells them to assistive technology."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    found = []
    for node in nodes:
        role = node.get("role", {}).get("value")
        if not node["ignored"] and role in NAMED and not node.get("name", {}).get("value", "").strip():
            found.append(f"{role} {node.get('backendDOMNodeId')}")
    return found


def everything(page):
    """All that is wrong with what is shown."""
    return {
        "contrast": check(page, "contrast"),
        "overflow": check(page, "overflow"),
        "duplicate ids": check(page, "duplicateIds"),
        "references to nothing": check(page, "lostReferences"),
        "without a name": nameless(page),
    }


def routes_of(scene):
    return (*ROUTES, *(f"logs/{scene.broken[1]}?tab={tab}" for tab in ("overview", "conversation", "answer", "events", "diff", "replay", "rule")))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.timeout(120)
def test_every_page_can_be_read_and_everything_has_a_name(scene, look, theme, width):
    window = look(scene.companion, width=width, reduced_motion="reduce")
    window.choose(theme=theme)
    wrong = {}
    for route in routes_of(scene):
        page = window.open(route)
        found = {what: one for what, one in everything(page).items() if one}
        if found:
            wrong[route] = found
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_dialogs_can_be_read(scene, look):
    window = look(scene.companion, width=390, reduced_motion="reduce")
    page = window.open("endpoints")
    page.get_by_role("button", name="Add an endpoint").click()
    expect(page.locator(".provider").first).to_be_visible()
    wrong = [everything(page)]
    page.get_by_role("button", name="Another server with the Anthropic API").click()
    wrong.append(everything(page))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Copy relay").click()
    wrong.append(everything(page))
    assert [found for step in wrong for found in step.values() if found] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.timeout(120)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(scene, look, width):
    window = look(scene.companion, width=width, reduced_motion="reduce")
    wrong = {}
    for route in ROUTES:
        page = window.open(route)
        check(page, "startWalk")
        for _ in range(600):
            page.keyboard.press("Tab")
            if not page.evaluate("checks.step()"):
                break
        if found := page.evaluate("checks.endWalk()"):
            wrong[route] = found
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_the_first_tab_leads_past_the_navigation(scene, look):
    page = look(scene.companion).open("dashboard")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_dialog_keeps_the_focus_and_gives_it_back(scene, look):
    page = look(scene.companion).open("endpoints")
    page.get_by_role("button", name="Copy relay").click()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Copy relay")).to_be_focused()


def test_a_dialog_does_not_outlive_its_page(scene, look):
    window = look(scene.companion)
    window.open("tags")
    page = window.open("endpoints")
    page.get_by_role("button", name="Copy relay").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Tag rules")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_jumps_while_numbers_change(scene, look, width):
    window = look(scene.companion, width=width)
    page = window.open("dashboard")
    page.evaluate("""() => {
      window.snapshots = 0;
      new EventSource('api/live').addEventListener('snapshot', () => { window.snapshots += 1; });
    }""")
    eventually(lambda: page.evaluate("window.snapshots >= 2"), "numbers change")
    page.evaluate("window.shift = 0")
    eventually(lambda: page.evaluate("window.snapshots >= 6"), "numbers change")
    assert page.evaluate("window.shift") < 0.05


def test_the_first_load_is_small_and_quick(scene, look):
    window = look(scene.companion)
    session = window.context.new_cdp_session(window.page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page = window.open("dashboard")
    expect(page.locator(".connection[data-state=open]")).to_be_visible()
    assert 0 < sum(sizes) < 300_000
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    assert timing < 5000
    print(f"first load: {sum(sizes)} bytes in {len(sizes)} files, interactive after {timing:.0f} ms")
    shown = page.evaluate("performance.getEntriesByType('paint').at(-1).startTime")
    print(f"first contentful paint after {shown:.0f} ms")

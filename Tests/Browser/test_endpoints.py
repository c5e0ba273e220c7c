"""Endpoints in the browser: added, put in order, watched when they break."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support import answers
from support.companion import endpoint, eventually, settings
from support.messages import hello
from support.scene import api
from support.wire import Client, ask


def order_in_file(companion) -> list[str]:
    """The names by priority, as config.yaml has them."""
    text = companion.config.read_text()
    ranks = map(int, re.findall(r"priority: (\d+)", text))
    return [name for _, name in sorted(zip(ranks, re.findall(r'name: "(\w+)"', text), strict=True))]


@pytest.fixture
def three(start_upstream, start_companion):
    upstream = start_upstream(answers.message(hello()))
    return start_companion(settings(*(endpoint(name, upstream) for name in ("first", "second", "third"))))


def test_an_endpoint_is_added_with_the_wizard(start_upstream, start_companion, look):
    upstream = start_upstream(answers.message(hello("It is the new one.", "msg_new")))
    companion = start_companion(settings({"name": "demo", "endpoint_type": "demo"}))
    page = look(companion).open("endpoints")
    page.get_by_role("button", name="Add an endpoint").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("another server")
    dialog.get_by_role("button", name="Another server with the Anthropic API").click()
    dialog.get_by_label("Name").fill("added")
    dialog.get_by_role("button", name="Add and test").click()
    expect(dialog.get_by_text("This is needed.").first).to_be_visible()
    assert "added" not in companion.config.read_text(), "an endpoint without an address was saved"
    dialog.get_by_label("Address").fill(upstream.url)
    dialog.locator("[data-path=auth_value] input").fill("a-key-that-is-secret")
    dialog.get_by_role("button", name="Add and test").click()
    expect(dialog).to_contain_text("It works.")
    expect(dialog).to_contain_text("It is the new one.")
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator("[data-name]").first).to_have_attribute("data-name", "added")
    assert "a-key-that-is-secret" not in page.content()
    with Client(companion.url) as client:
        assert b"msg_new" in client.exchange(ask())[1]
    assert upstream.requests[-1].field("authorization") == "Bearer a-key-that-is-secret"


def test_a_name_that_is_taken_is_told_at_its_field(three, look):
    window = look(three)
    window.expect_error("409")
    page = window.open("endpoints")
    page.get_by_role("button", name="Add an endpoint").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="The built-in demo").click()
    dialog.get_by_label("Name").fill("second")
    dialog.get_by_role("button", name="Add and test").click()
    expect(dialog.locator("[data-path=name] .field-problem")).to_contain_text("Another endpoint has this name")


def test_dragging_changes_who_is_asked_first(three, look):
    page = look(three).open("endpoints")
    cards = page.locator(".endpoint-card")
    grip = page.get_by_role("button", name="Move third: arrow keys or drag").bounding_box()
    target = cards.first.bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, target["y"] + 5, steps=20)
    expect(cards.first).to_have_class(re.compile("is-dragged"))
    page.mouse.up()
    expect(cards.first).to_have_attribute("data-name", "third")
    expect(page.get_by_text("The new order holds.")).to_be_visible()
    assert order_in_file(three) == ["third", "first", "second"]
    with Client(three.url) as client:
        client.exchange(ask())
    assert eventually(three.logs, "the request is logged")[0]["endpoint"] == "third"


def test_escape_puts_back_what_is_being_dragged(three, look):
    page = look(three).open("endpoints")
    cards = page.locator(".endpoint-card")
    grip = page.get_by_role("button", name="Move third: arrow keys or drag").bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, 150, steps=10)
    expect(cards.first).to_have_attribute("data-name", "third")
    page.keyboard.press("Escape")
    expect(cards.first).to_have_attribute("data-name", "first")
    page.mouse.up()
    assert order_in_file(three) == ["first", "second", "third"]


def test_the_arrow_keys_change_the_order_and_keep_the_focus(three, look):
    page = look(three).open("endpoints")
    grip = page.get_by_role("button", name="Move first: arrow keys or drag")
    grip.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(grip).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("first is now 3 of 3")
    expect(page.get_by_text("The new order holds.")).to_be_visible()
    assert order_in_file(three) == ["second", "third", "first"]
    page.get_by_role("button", name="Move first up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("first is now 2 of 3")
    eventually(lambda: order_in_file(three) == ["second", "first", "third"], "the order is saved")


def test_why_an_endpoint_rests_is_shown_and_leads_to_the_request(start_upstream, start_companion, look):
    breaking = start_upstream(answers.error(500, "api_error", "out of order"))
    working = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("breaking", breaking), endpoint("working", working)))
    page = look(companion).open("endpoints")
    card = page.locator("[data-name=breaking]")
    expect(card).to_contain_text("Available")
    for _ in range(4):
        with Client(companion.url) as client:
            assert client.exchange(ask())[0] == 200
    expect(card).to_contain_text("Benched")
    expect(card.locator(".endpoint-health")).to_contain_text("upstream_status")
    expect(card.locator(".endpoint-health")).to_contain_text(re.compile("Until .*"))
    card.locator(".endpoint-health a").first.click()
    expect(page.locator("h1")).to_have_text("POST /v1/messages")
    expect(page.locator("main")).to_contain_text("HTTP 500")
    page.go_back()
    card.get_by_role("button", name="Forget the failures of breaking").click()
    expect(card).to_contain_text("Available")


def test_what_is_switched_off_gets_no_requests(three, look):
    page = look(three).open("endpoints")
    page.get_by_role("switch", name="first enabled").click()
    expect(page.locator("[data-name=first]")).to_contain_text("Off")
    with Client(three.url) as client:
        client.exchange(ask())
    assert eventually(three.logs, "the request is logged")[0]["endpoint"] == "second"


def test_an_option_is_edited_and_the_key_stays_hidden(three, look):
    page = look(three).open("endpoints?edit=second")
    assert "key-of-second" not in page.content()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    page.get_by_label("Name", exact=False).first.fill("renamed")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-name=renamed]")).to_be_visible()
    text = three.config.read_text()
    assert "name: renamed" in text.replace('"', "") and "key-of-second" in text
    assert [one["name"] for one in api(three, "GET", "endpoints")["endpoints"]] == ["first", "renamed", "third"]

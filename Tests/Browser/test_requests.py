"""Requests in the browser: they appear by themselves, and everything about them can be read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support import answers
from support.companion import endpoint, settings
from support.messages import Script, frame, hello, one_tool
from support.wire import Client, ask, read_until

VIOLATION = {"type": "content_block_delta", "index": 4, "delta": {"type": "text_delta", "text": "lost"}}


def test_a_request_appears_in_the_list_and_opens(start_upstream, start_companion, look):
    upstream = start_upstream(answers.message(one_tool()))
    companion = start_companion(settings(endpoint("only", upstream)))
    page = look(companion).open("logs")
    expect(page.get_by_text("No requests yet")).to_be_visible()
    with Client(companion.url) as client:
        assert client.exchange(ask("What is the weather in Lisbon?"))[0] == 200
    row = page.locator(".log-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Completed")
    row.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("POST /v1/messages")
    page.get_by_role("tab", name="Conversation").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("What is the weather in Lisbon?")
    page.get_by_role("tab", name="Answer").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("get_weather")
    page.get_by_role("tab", name="Events").click()
    expect(page.locator(".event-name").first).to_have_text("message_start")
    expect(page.locator(".event-name").last).to_have_text("message_stop")
    page.locator(".event").first.locator("summary").click()
    expect(page.locator(".event").first).to_contain_text('"type":"message_start"')


def test_the_event_that_broke_a_rule_is_marked(start_upstream, start_companion, look):
    broken = Script("msg_broken").text("This much ", "was fine.").frames[:3]
    first = start_upstream(answers.stalled([*broken, frame(VIOLATION)]))
    second = start_upstream(answers.message(hello(id="msg_whole")))
    config = settings(endpoint("first", first), endpoint("second", second), failover={"commit": "complete"})
    companion = start_companion(config)
    with Client(companion.url) as client:
        assert b"msg_whole" in client.exchange(ask())[1]
    page = look(companion).open("logs")
    page.locator(".log-row a").click()
    page.get_by_role("tab", name="Events").click()
    page.get_by_label("Show").select_option(index=0)
    expect(page.locator(".event-broken .mark-bad")).to_have_count(1)
    expect(page.locator(".notice")).to_contain_text("breaks rule")
    page.get_by_role("button", name="Go to the event").click()
    expect(page.locator(".event-broken summary")).to_be_focused()


def test_a_request_that_runs_is_moved_by_hand(start_upstream, start_companion, look):
    first, second = start_upstream(answers.silent), start_upstream(answers.message(hello(id="msg_second")))
    companion = start_companion(settings(endpoint("first", first), endpoint("second", second)))
    page = look(companion).open("dashboard")
    with Client(companion.url) as client:
        client.send(ask())
        first.wait_for_calls(1)
        row = page.locator("tr", has=page.get_by_role("button", name=re.compile("^Move request")))
        expect(row).to_contain_text("first")
        row.get_by_role("button").click()
        assert b"msg_second" in read_until(client.head(), b"message_stop")
    expect(page.get_by_text("goes on at the next endpoint.")).to_be_visible()
    expect(page.get_by_text("Nothing runs.")).to_be_visible()


def test_a_filter_is_in_the_address_and_finds_what_failed(start_upstream, start_companion, look):
    upstream = start_upstream(answers.message(hello()), answers.error(400, "invalid_request_error", "so it is not"))
    companion = start_companion(settings(endpoint("only", upstream)))
    for _ in range(2):
        with Client(companion.url) as client:
            client.exchange(ask())
    page = look(companion).open("logs")
    expect(page.locator(".log-row")).to_have_count(2)
    page.get_by_label("Outcome").select_option("failed")
    expect(page.locator(".log-row")).to_have_count(1)
    expect(page).to_have_url(re.compile("outcome=failed"))
    page.get_by_label("Outcome").select_option(index=0)
    page.get_by_role("searchbox").fill("so it is not")
    page.keyboard.press("Enter")
    expect(page.locator(".log-row")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_list_has_pages(start_upstream, start_companion, look, width):
    upstream = start_upstream(answers.message(hello()))
    companion = start_companion(settings(endpoint("only", upstream)))
    with Client(companion.url) as client:
        for number in range(120):
            client.exchange(ask(stream=False, model=f"model-{number}"))
    page = look(companion, width=width).open("logs")
    expect(page.locator(".log-row").first).to_contain_text("model-119")
    shown = page.locator(".log-row").count()
    assert shown < 120
    page.get_by_role("button", name="Older").click()
    expect(page.locator(".log-row").first).to_contain_text(f"model-{119 - shown}")
    page.get_by_role("button", name="Newest").click()
    expect(page.locator(".log-row").first).to_contain_text("model-119")


def test_a_failure_becomes_a_rule(start_upstream, start_companion, look):
    first = start_upstream(answers.error(400, "invalid_request_error", "This account is closed."))
    companion = start_companion(settings(endpoint("first", first)))
    with Client(companion.url) as client:
        client.exchange(ask())
    page = look(companion).open("logs")
    page.locator(".log-row a").click()
    page.get_by_role("tab", name="Failover rule").click()
    page.get_by_role("button", name="Try it on the last 7 days").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("1")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("The rule is saved and in use.")
    assert "rules:" in companion.config.read_text()

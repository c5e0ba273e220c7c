"""Tag rules, settings, language and login in the browser."""

from __future__ import annotations

import re
import subprocess

from playwright.sync_api import expect

from support import answers
from support.companion import BINARY, endpoint, eventually, settings
from support.messages import hello

PASSWORD = "a long enough password"

COMMENTED = """\
# Kept: the head of the file.
server:
  host: 127.0.0.1
  port: 0  # Kept: beside a value.

endpoints:
  # Kept: before an item.
  - {name: demo, endpoint_type: demo}

logging:
  level: info  # Kept: beside what changes.
"""


def test_a_rule_is_edited_and_tried_before_it_is_saved(start_upstream, start_companion, look):
    upstream = start_upstream(answers.message(hello()))
    rule = {"name": "small", "tag": "fast", "type": "builtin", "builtin_type": "model", "config": {"expected_value": "*mini*"}}
    companion = start_companion(
        settings(endpoint("plain", upstream), endpoint("fast", upstream, tags=["fast"]), tagging={"enabled": True, "taggers": [rule]})
    )
    page = look(companion).open("tags")
    page.get_by_role("button", name="Edit the rule small").click()
    page.locator("[data-path$=expected_value] input").fill("*haiku*")
    page.locator("[data-path=request] textarea").fill('{"model": "claude-haiku-4-5", "messages": []}')
    page.get_by_role("button", name="Try it").click()
    bench = page.locator(".bench-result")
    expect(bench).to_contain_text("matches")
    expect(bench.locator("ol.bench-list li").first).to_contain_text("fast")
    assert "*haiku*" not in companion.config.read_text(), "trying a rule saved it"
    page.locator("[data-path=request] textarea").fill('{"model": "claude-opus-4-5", "messages": []}')
    page.get_by_role("button", name="Try it").click()
    expect(bench).to_contain_text("no match")
    expect(bench.locator("ol.bench-list li").first).to_contain_text("plain")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-name=small]")).to_contain_text("*haiku*")
    assert "*haiku*" in companion.config.read_text()


def test_a_setting_is_changed_in_the_file_and_comments_stay(start_companion, look):
    companion = start_companion(COMMENTED)
    page = look(companion).open("settings")
    page.locator('[data-path="logging.level"] select').select_option('"debug"')
    page.locator('[data-path="failover.budget"] input').fill("soon")
    page.get_by_role("button", name="Save").click()
    expect(page.locator('[data-path="failover.budget"] .field-problem')).to_be_visible()
    page.locator('[data-path="failover.budget"] input').fill("2m30s")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved and in force.")).to_be_visible()
    text = companion.config.read_text()
    assert text.startswith(COMMENTED.replace("level: info", "level: debug")), "more than the value was changed"
    assert "budget: 2m30s" in text
    assert companion.config.with_name("config.yaml.bak").read_text() == COMMENTED
    eventually(lambda: companion.health()["generation"] >= 2, "the change is in force")


def test_what_is_not_saved_is_not_lost_by_leaving(start_companion, look):
    page = look(start_companion(COMMENTED)).open("settings")
    page.locator('[data-path="logging.level"] select').select_option('"debug"')
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Dashboard").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Stay here").click()
    expect(page).to_have_url(re.compile("#/settings"))
    expect(page.locator('[data-path="logging.level"] select')).to_have_value('"debug"')
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Dashboard").click()
    dialog.get_by_role("button", name="Leave").click()
    expect(page.locator("h1")).to_have_text("Dashboard")


def test_the_language_changes_at_once_and_is_remembered(start_companion, look):
    window = look(start_companion(COMMENTED))
    page = window.page
    page.goto(f"{window.url}/admin/")
    page.get_by_label("Language").select_option("zh-cn")
    expect(page.locator("h1")).to_have_text(re.compile(r"[\u4e00-\u9fff]+"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    # The window itself always starts in English; another one of the same browser has what was chosen.
    assert page.evaluate("localStorage.getItem('companion.language')") == "zh-cn"
    expect(page.locator("main")).not_to_contain_text("Requests in flight")


def test_the_theme_follows_the_choice(start_companion, look):
    page = look(start_companion(COMMENTED), color_scheme="dark").open("dashboard")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Theme: Auto").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Theme: Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def with_password() -> str:
    printed = subprocess.run([BINARY, "admin-password"], input=PASSWORD + "\n", text=True, capture_output=True, timeout=60)
    assert printed.returncode == 0, printed.stderr
    return "server: {port: 0}\n" + printed.stdout


def test_who_knows_the_password_gets_in_and_out(start_companion, look):
    window = look(start_companion(with_password()))
    window.expect_error("401")
    page = window.page
    page.goto(f"{window.url}/admin/#/settings")
    expect(page.locator("h1")).to_have_text("Log in")
    page.get_by_label("Admin password").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not the password.")).to_be_visible()
    page.get_by_label("Admin password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Settings")
    page.reload()
    expect(page.locator("h1")).to_have_text("Settings")
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("h1")).to_have_text("Log in")
    assert page.evaluate("fetch('api/settings').then((answer) => answer.status)") == 401


def test_who_guesses_has_to_wait(start_companion, look):
    window = look(start_companion(with_password()))
    window.expect_error("401|429")
    page = window.page
    page.goto(f"{window.url}/admin/")
    submit = page.get_by_role("button", name="Log in")
    for number in range(20):
        expect(submit).to_be_enabled()
        page.get_by_label("Admin password").fill(f"guess {number}")
        with page.expect_response(re.compile("/api/session$")) as answer:
            submit.click()
        if answer.value.status == 429:
            break
    else:
        raise AssertionError("twenty wrong passwords in a row were looked at")
    expect(page.get_by_text(re.compile(r"Wait \d+ s"))).to_be_visible()
    expect(submit).to_be_disabled()
